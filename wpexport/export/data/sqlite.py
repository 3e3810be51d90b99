"""Export to one SQLite file: for SQL, and for Datasette.

The file says of itself whether somebody changed it: SQLite counts each transaction in bytes 24 to 27 of the
header (https://www.sqlite.org/fileformat.html, 1.3.7), and the count at which we left it is in bytes 60 to
63 (``PRAGMA user_version``). So a former export is replaced, and a database in which somebody worked is not.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from wpexport.errors import UsageError
from wpexport.export.base import Blog, ExportReport, Notice, Options, Progress
from wpexport.export.data.rows import TABLES, Row, Rows, encodable
from wpexport.export.data.schema import APPLICATION, INDEXES, RESOLVE, SEARCH, create, insert
from wpexport.export.output.tree import Rules, open_tree, refuse_file

#: its name in a folder
NAME = "blog.sqlite"
ENDINGS = frozenset({".sqlite", ".sqlite3", ".db"})
_EVERY = 200
_MAGIC = b"SQLite format 3\0"
#: numbers of comments that have one that another has already
_FRESH = -1_000_000_000


class SqliteExporter:
    """Writes a blog as one SQLite file. Implements `wpexport.export.base.Exporter`."""

    def __init__(self, blog: Blog, out: Path, options: Options, name: str = "sqlite") -> None:
        """Prepare.

        Args:
            blog: read once, from start to end.
            out: the file (``.sqlite``, ``.sqlite3``, ``.db``), or a folder or archive for it.
            options: ``comments`` (only whether), ``overwrite``, ``dry_run``; in a folder all rules of one.
            name: the exporter's, for the folder's ledger.

        Raises:
            UsageError: the file is there and is not what a former export left.
        """
        self.report = ExportReport()
        self._blog = blog
        self._out = out
        self._options = options
        self._name = name
        self._alone = out.suffix.lower() in ENDINGS and not out.is_dir()
        if self._alone and os.path.lexists(out) and not options.overwrite and not is_ours(out):
            message = f"{out} is there already, and is not as an export left it."
            raise UsageError(message, hint="Name another file, or add --overwrite.")

    def run(self) -> Iterator[Progress | Notice]:
        """Write the file; it appears whole or not at all.

        Raises:
            OSError: the disk is full, or access is denied.
            sqlite3.Error: as above, told by SQLite.
        """
        if self._alone:
            yield from self._write_file()
        else:
            yield from self._write_tree()

    def _write_file(self) -> Iterator[Progress | Notice]:
        report = self.report
        if not self._options.dry_run:
            self._out.parent.mkdir(parents=True, exist_ok=True)
        # Beside the target, so that it can be renamed; for a dry run nothing appears there.
        folder = None if self._options.dry_run else self._out.parent
        with tempfile.TemporaryDirectory(prefix=".wpexport-", dir=folder) as place:
            fresh = Path(place) / NAME
            yield from self._build(fresh)
            report.files = 1
            if self._out.is_file() and not self._out.is_symlink() and _hash(fresh) == _hash(self._out):
                report.unchanged = 1
                return
            report.written = 1
            if not self._options.dry_run:
                with fresh.open("rb+") as file:
                    os.fsync(file.fileno())
                fresh.replace(self._out)

    def _write_tree(self) -> Iterator[Progress | Notice]:
        options = self._options
        rules = Rules.of(self._name, options)
        with (
            open_tree(self._out, rules) as tree,
            tempfile.TemporaryDirectory(prefix="wpexport-") as place,
        ):
            fresh = Path(place) / NAME
            yield from self._build(fresh)
            if tree.copy(NAME, fresh, _hash(fresh)) == "kept":
                notice = Notice("kept-edit", NAME, "changed by you, or there before")
                self.report.notices.append(notice)
                yield notice
        self.report.files = tree.counts.files
        tree.counts.tell(self.report)

    def _build(self, path: Path) -> Iterator[Progress | Notice]:
        with closing(sqlite3.connect(path, isolation_level=None)) as database:
            # Nobody sees the file before it is whole, so nothing of it needs to survive a crash.
            for pragma in ("journal_mode = OFF", "synchronous = OFF", "page_size = 4096"):
                database.execute(f"PRAGMA {pragma}")
            database.execute(f"PRAGMA application_id = {APPLICATION}")
            database.execute("BEGIN")
            for table in TABLES:
                database.execute(create(table))
            yield from self._fill(database)
            database.execute("COMMIT")
            database.executescript("BEGIN;" + RESOLVE + INDEXES + SEARCH + "ANALYZE; COMMIT;")
        _seal(path)

    def _fill(self, database: sqlite3.Connection) -> Iterator[Progress | Notice]:
        statements = {table.name: insert(table) for table in TABLES}
        again = 0
        report = self.report
        for table, row in Rows(self._blog, comments=self._options.comments != "none").all():
            added = _add(database, statements[table.name], row)
            if table.name == "posts":
                report.posts += 1
                if report.posts % _EVERY == 0:
                    yield Progress("posts", report.posts)
            elif table.name == "comments":
                report.comments += 1
                if not added:
                    _add(database, statements[table.name], (_FRESH - again, *row[1:]))
                    again += 1
            elif not added:
                self._tell(
                    Notice("same-number", f"{table.name} {row[0]}", "the second is not in it", loss=True)
                )
        if again:
            detail = "comments have a number that another has too; they got one of ours"
            self._tell(Notice("renumbered", "comments", detail, again))
        yield Progress("posts", report.posts, report.posts)
        yield from report.notices

    def _tell(self, notice: Notice) -> None:
        self.report.notices.append(notice)


def make_sqlite(blog: Blog, out: Path, options: Options, name: str) -> SqliteExporter:
    """The factory of ``--to sqlite`` (`wpexport.export.registry.Factory`). Errors: as `SqliteExporter`."""
    refuse_file(out, name, *sorted(ENDINGS))
    return SqliteExporter(blog, out, options, name)


def is_ours(path: Path) -> bool:
    """Is this a database that an export wrote and nobody changed since?"""
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as file:
        head = file.read(100)
    ours = head[68:72] == APPLICATION.to_bytes(4, "big")
    return len(head) == 100 and head.startswith(_MAGIC) and ours and head[24:28] == head[60:64]


def _add(database: sqlite3.Connection, statement: str, row: Row) -> bool:
    """Add a row; False where its key is taken."""
    try:
        return database.execute(statement, row).rowcount > 0
    except UnicodeEncodeError:
        whole = tuple(map(encodable, row))
        return database.execute(statement, whole).rowcount > 0


def _seal(path: Path) -> None:
    """Write down at which count of transactions we left it."""
    with path.open("rb+") as file:
        file.seek(24)
        count = file.read(4)
        file.seek(60)
        file.write(count)


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
