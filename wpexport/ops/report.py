"""The report of an export: for each file, what could not be carried over as it was."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from wpexport.errors import WpexportError
from wpexport.export.base import Notice

#: what the kinds of notices mean; a kind without words is shown by its own name
MEANINGS = {
    "comment-cycle": "comment answers itself, shown at the top",
    "comment-parent": "comment answers one that is not here",
    "dropped": "not carried over",
    "fidelity": "not found again in what was made of it",
    "html-left": "left as HTML",
    "incomplete": "text is shown in part only",
    "kept-edit": "kept as you edited it",
    "missing-media": "picture or file that is not in the archive",
    "protected": "behind a password",
    "shortcode": "shortcode left as it is",
    "smaller-size": "smaller size in place of a picture that is not in the archive",
    "unresolved-link": "link that leads to nothing in the archive",
}


def write_report(path: Path, notices: Iterable[Notice]) -> None:
    """Write the report: a table when ``path`` ends in ``.csv``, else a text for people.

    Raises:
        WpexportError: it cannot be written.
    """
    rows = _counted(notices)
    text = _table(rows) if path.suffix.lower() == ".csv" else _text(rows)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", "replace", "\n")
    except OSError as error:
        raise WpexportError(f"The report cannot be written to {path}: {error.strerror}.") from error


#: file, kind, detail, is it a loss
_Row = tuple[str, str, str, bool]


def _counted(notices: Iterable[Notice]) -> list[tuple[_Row, int]]:
    counted: Counter[_Row] = Counter()
    for notice in notices:
        counted[notice.where, notice.kind, notice.detail, notice.loss] += notice.count
    return sorted(counted.items())


def _table(rows: list[tuple[_Row, int]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["file", "kind", "count", "detail", "lost"])
    for (where, kind, detail, loss), count in rows:
        writer.writerow([_inert(where), kind, count, _inert(detail), "yes" if loss else "no"])
    return out.getvalue()


def _inert(text: str) -> str:
    """A spreadsheet would calculate what begins like this."""
    return "'" + text if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _text(rows: list[tuple[_Row, int]]) -> str:
    lines: list[str] = []
    last = None
    for (where, kind, detail, loss), count in rows:
        if where != last:
            lines += ["", where] if lines else [where]
            last = where
        times = f" ({count} times)" if count > 1 else ""
        lost = "  LOST" if loss else ""
        said = f": {' '.join(detail.split())}" if detail else ""
        lines.append(f"  {MEANINGS.get(kind, kind)}{said}{times}{lost}")
    return "\n".join(lines or ["Everything was carried over as it was."]) + "\n"
