"""Export to JSON Lines: one flat file for each collection, as DuckDB, pandas and Spark load them.

Every line of a file has the same keys in the same order, and a key holds one type (or null); what is nested
in WordPress is JSON as text. ``load.sql`` says the types to DuckDB, for columns that are null throughout.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import msgspec

from wpexport.errors import UsageError
from wpexport.export.base import Blog, Exporter, ExportReport, Notice, Options, Progress
from wpexport.export.data.rows import TABLES, Rows, Table, encodable
from wpexport.export.output.place import IntoPlace
from wpexport.export.wxr.parts import Parts, Sink

_EVERY = 200
_DUCKDB = {"integer": "BIGINT", "real": "DOUBLE", "text": "VARCHAR", "boolean": "BOOLEAN"}


class JsonLinesExporter:
    """Writes a blog as JSON Lines. Implements `wpexport.export.base.Exporter`."""

    def __init__(self, blog: Blog, sink: Sink, *, comments: bool = True) -> None:
        """Prepare.

        Args:
            blog: read once, from start to end.
            sink: takes the files.
            comments: do they go out?
        """
        self.report = ExportReport()
        self._blog = blog
        self._sink = sink
        self._comments = comments

    def run(self) -> Iterator[Progress | Notice]:
        """Write everything.

        Raises:
            OSError: the disk is full, or the sink is not writable.
        """
        report = self.report
        counts: Counter[str] = Counter()
        with ExitStack() as stack:
            files = {table.name: stack.enter_context(self._file(f"{table.name}.jsonl")) for table in TABLES}
            names = {table.name: table.names() for table in TABLES}
            for table, row in Rows(self._blog, comments=self._comments).all():
                files[table.name].add(_line(dict(zip(names[table.name], row, strict=True))))
                counts[table.name] += 1
                if table.name == "posts" and counts["posts"] % _EVERY == 0:
                    yield Progress("posts", counts["posts"])
            script = stack.enter_context(self._file("load.sql"))
            script.add("".join(_load(table) for table in TABLES).encode())
            for file in (*files.values(), script):
                file.finish()
        report.posts, report.comments = counts["posts"], counts["comments"]
        report.files = len(files) + 1
        report.facts["rows"] = dict(counts)
        yield Progress("posts", counts["posts"], counts["posts"])

    def _file(self, name: str) -> Parts:
        return Parts(self._sink, name, head=lambda _number: b"", tail=b"")


def make_jsonl(blog: Blog, out: Path, options: Options, name: str) -> Exporter:
    """The factory of ``--to jsonl`` (`wpexport.export.registry.Factory`).

    Raises:
        UsageError: the target is one file.
    """
    if out.suffix.lower() in {".jsonl", ".ndjson", ".json"} and not out.is_dir():
        raise UsageError(f"{out} is one file, and there is one for each collection.", hint="Name a folder.")
    comments = options.comments != "none"
    return IntoPlace(out, options, name, lambda sink, _file: JsonLinesExporter(blog, sink, comments=comments))


def _line(row: dict[str, object]) -> bytes:
    try:
        return msgspec.json.encode(row) + b"\n"
    except UnicodeEncodeError:
        return _line({key: encodable(value) for key, value in row.items()})


def _load(table: Table) -> str:
    types = {name: "TIMESTAMPTZ" if name.endswith("_utc") else _DUCKDB[kind] for name, kind in table.columns}
    columns = ", ".join(f"{name}: '{kind}'" for name, kind in types.items())
    read = f"read_json('{table.name}.jsonl', format = 'newline_delimited', columns = {{{columns}}})"
    return f"CREATE TABLE {table.name} AS SELECT * FROM {read};\n"  # noqa: S608 - our own names
