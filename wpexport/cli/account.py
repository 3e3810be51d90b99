"""The account of a blog in words, always the same: what is there, what was withheld, what is missing."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import click

from wpexport.archive.runs import JOURNAL, REDACTION, REPAIR, Run
from wpexport.cli.safe import printable
from wpexport.model import Coverage, Loss
from wpexport.ops.closers import closed_by

#: what runs did that are no pulls
_NO_PULLS = {
    JOURNAL: "Records were made again of the site's old answers.",
    REDACTION: "Personal data was removed for good.",
    REPAIR: "Damage was repaired, as far as it could be.",
}
#: losses that are named one by one; the run's report has them all
NAMED = 8


def table(rows: Sequence[tuple[str, str, str]]) -> Iterator[str]:
    """Label, count and remark in three columns; labels come from the site."""
    safe = [(printable(label), count, printable(remark)) for label, count, remark in rows]
    wide = max((len(label) for label, _, _ in safe), default=0)
    right = max((len(count) for _, count, _ in safe), default=0)
    for label, count, remark in safe:
        yield f"  {label:<{wide}}  {count:>{right}}  {remark}".rstrip()


#: what an HTTP status means to who is no programmer
_MEANING = {
    "401": "the site does not show this to visitors",
    "403": "the site does not show this to visitors",
    "404": "the site says that it is not there",
    "410": "the site says that it is not there",
    "429": "the site was too busy",
    "5": "the site's own server failed",
}
_STATUS = re.compile(r"\((HTTP (\d)(\d\d)[^()]*)\)")


def plainly(reason: str) -> str:
    """A reason with the meaning of its HTTP status, and who closes something where that can be told."""

    def explained(match: re.Match[str]) -> str:
        meaning = _MEANING.get(match[2] + match[3], _MEANING.get(match[2]))
        by = closed_by(match[1]) if match[2] + match[3] in ("401", "403") else None
        said = f"closed by {by}" if by else meaning
        return f"({said}: {match[1]})" if said else match[0]

    return _STATUS.sub(explained, reason)


def collections(coverage: Sequence[Coverage]) -> Iterator[str]:
    """One line for each collection."""
    mixed = {cover.way for cover in coverage if cover.closed is None} > {"feed"}
    rows = []
    for cover in coverage:
        by_feed = "read from the feeds" if mixed and cover.way == "feed" and cover.closed is None else ""
        rows.append((cover.label, _count(cover), ", ".join(filter(None, (remark(cover), by_feed)))))
    yield from table(rows)


def _count(cover: Coverage) -> str:
    return "-" if cover.closed is not None else f"{cover.received:,}"


def remark(cover: Coverage) -> str:
    """What is to be said of a collection beside its count."""
    if cover.closed is not None:
        return "could not be read"
    parts = [
        (cover.withheld, "withheld"),
        (cover.missing, "missing"),
    ]
    return ", ".join(f"{number:,} {word}" for number, word in parts if number)


def news(coverage: Sequence[Coverage]) -> str:
    """What a pull changed, as one sentence."""
    added = sum(cover.added for cover in coverage)
    rendered = sum(cover.rendered for cover in coverage)
    changed = sum(cover.changed for cover in coverage) - rendered
    same = sum(cover.unchanged for cover in coverage)
    vanished = sum(cover.vanished for cover in coverage)
    forgotten = sum(cover.forgotten for cover in coverage)
    if not (added or changed or rendered or vanished or forgotten):
        return "Nothing is new: the archive was up to date."
    if added and not (changed or rendered or vanished or forgotten or same):
        return f"All {added:,} are new."
    parts = [f"{added:,} new", f"{changed:,} changed"]
    parts += [f"{rendered:,} rendered differently"] if rendered else []
    parts += [f"{vanished:,} vanished from the site and kept"] if vanished else []
    parts += [f"{forgotten:,} vanished long ago and removed"] if forgotten else []
    return f"{', '.join([*parts, f'{same:,} as before'])}."


def did(run: Run) -> str:
    """What a run did, a pull or not, as one sentence."""
    return _NO_PULLS.get(run.way) or news(run.coverage)


def withheld(coverage: Sequence[Coverage]) -> Iterator[str]:
    """What the site counts and shows to nobody: not lost."""
    parts = [f"{cover.withheld:,} under {printable(cover.label)}" for cover in coverage if cover.withheld]
    if parts:
        yield f"Withheld: the site counts {', '.join(parts)} and shows them to nobody; they are not lost."


def missing(coverage: Sequence[Coverage], root: Path, report: str = "") -> Iterator[str]:
    """What could not be read, by name; what the owner accepted is counted.

    Args:
        coverage: the accounts of one run.
        root: the archive, for the command to type next.
        report: where all of it is told.
    """
    losses = [(cover, loss) for cover in coverage for loss in cover.lost if loss.name not in cover.accepted]
    closed = [cover for cover in coverage if cover.closed and cover.collection not in cover.accepted]
    names = [*(cover.collection for cover in closed), *(loss.name for _, loss in losses)]
    if names:
        yield click.style("Missing:", fg="yellow", bold=True)
    for cover in closed:
        yield f"  {printable(_sentence(cover.label, plainly(cover.closed or ''), ' could not be read'))}"
    for cover, loss in losses[:NAMED]:
        what = _named(loss)
        reason = plainly(loss.reason)
        told = f"{printable(cover.label)}{what}: {printable(reason)}"
        yield f"  {told if what else printable(_sentence(cover.label, reason))}"
    if len(losses) > NAMED:
        where = f"; all are in {printable(report)}" if report else ""
        yield f"  and {len(losses) - NAMED:,} more{where}"
    if names:
        name = names[0] if len(names) == 1 else "all"
        files = any(cover.way == "wxr" for cover in coverage)
        yield f"  If that is gone for good: {again(root, '--accept', name, files=files)}"
    accepted = sum(len(cover.accepted) for cover in coverage)
    if accepted:
        yield f"Missing, and accepted by you: {accepted:,}."


def _sentence(label: str, reason: str, what: str = "") -> str:
    """What befell a whole collection; most reasons name it themselves."""
    reason = f"{reason.rstrip('.')}."
    return reason if label.lower() in reason.lower() else f"{label}{what}: {reason}"


def _named(loss: Loss) -> str:
    what = f" {loss.id}" if loss.id is not None else f" {printable(loss.url)}" if loss.url else ""
    return f"{what} ({loss.count:,} of them)" if loss.count and loss.count > 1 else what


def invisible(
    names: Sequence[str], *, had_login: bool, way: str = "", former: datetime | None = None
) -> Iterator[str]:
    """What no visitor can see, or no export file holds.

    Args:
        names: of what that is.
        had_login: whether the pull had a login.
        way: by which it came.
        former: when a pull last had a login, where this one had none.
    """
    if not names:
        return
    if former is not None and not had_login:
        yield f"No visitor can see, so here as a login last saw it, {moment(former)}:"
    elif way == "wxr":
        yield "No export file holds, so not here:"
    else:
        yield f"No visitor can see, so not here{':' if had_login else ' (a login shows more: --user NAME):'}"
    for name in names:
        yield f"  {printable(name)}"


def again(root: Path, *more: str, files: bool) -> str:
    """The command that repeats a pull; of export files nobody notes where they lay."""
    return typed("wpexport", "pull", *(["FILE"] if files else []), root, *more)


def typed(*words: str | Path) -> str:
    """A command line as one would type it."""
    return printable(shlex.join(str(word) for word in words))


def size(number: int) -> str:
    """Bytes for people."""
    amount = float(number)
    for unit in ("bytes", "kB", "MB", "GB"):
        if amount < 1000:
            return f"{amount:,.0f} {unit}" if unit == "bytes" or amount >= 100 else f"{amount:,.1f} {unit}"
        amount /= 1000
    return f"{amount:,.1f} TB"


def moment(time: datetime) -> str:
    """A time for people, in UTC as in the reports."""
    return time.strftime("%Y-%m-%d %H:%M UTC")


def several(number: int, noun: str, plural: str = "") -> str:
    """``1 pull``, ``3 pulls``; ``plural`` where it is not made by an s."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
