"""Which files an archive has, with their hashes: a disposable index on disk.

``state/index.sqlite`` may be deleted at any time: the manifests and the write-ahead list are the truth.
It is on disk so that memory does not grow with the archive.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from wpexport.archive.format import FILES, folded

# the write-ahead log survives a killed process; no need to wait for the disk, since the manifests are the
# truth
_SCHEMA = """
PRAGMA journal_mode=WAL;
PRAGMA synchronous=OFF;
CREATE TABLE IF NOT EXISTS files (bag TEXT, path TEXT, sha256 TEXT, size INTEGER, fold TEXT,
    PRIMARY KEY (bag, path)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS files_fold ON files (fold) WHERE fold IS NOT NULL;
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
"""

BAGS = ("public", "private")


class Entry(Struct, frozen=True):
    """One payload file."""

    path: str
    sha256: str
    size: int


class Index:
    """The payload files of both bags."""

    def __init__(self, path: Path) -> None:
        try:
            self._db = opened(path, _SCHEMA)
        except sqlite3.OperationalError:
            raise  # the disk is full, or read-only: no fault of the index
        except sqlite3.DatabaseError:  # damaged by a power cut: it can be made again
            for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
                path.with_name(name).unlink(missing_ok=True)
            self._db = opened(path, _SCHEMA)
        self._db.execute("BEGIN")
        #: bags without a file: most archives have no private side, and each record asks for it
        self._empty = {bag for bag in BAGS if not self._has_any(bag)}

    @property
    def connection(self) -> sqlite3.Connection:
        """The database, for `wpexport.archive.seen`."""
        return self._db

    def close(self, *, keep: bool) -> None:
        """Close; what an unfinished run put since `commit` is forgotten, and found again on disk."""
        try:
            if self._db.in_transaction:  # a full disk ends one
                self._db.execute("COMMIT" if keep else "ROLLBACK")
        finally:
            self._db.close()

    def commit(self) -> None:
        """Write down what was put so far."""
        self._db.execute("COMMIT")
        self._db.execute("BEGIN")

    def clear(self, bag: str) -> None:
        """Forget all files of a bag."""
        self._db.execute("DELETE FROM files WHERE bag = ?", (bag,))

    def get(self, bag: str, path: str) -> Entry | None:
        """What is known of a file."""
        row = self._db.execute(
            "SELECT sha256, size FROM files WHERE bag = ? AND path = ?", (bag, path)
        ).fetchone()
        return Entry(path, row[0], row[1]) if row else None

    def hash_of(self, bag: str, path: str) -> str | None:
        """The hash of a file, or None."""
        if bag in self._empty:
            return None
        row = self._db.execute("SELECT sha256 FROM files WHERE bag = ? AND path = ?", (bag, path)).fetchone()
        return row[0] if row else None

    def _has_any(self, bag: str) -> bool:
        return self._db.execute("SELECT 1 FROM files WHERE bag = ? LIMIT 1", (bag,)).fetchone() is not None

    def put(self, bag: str, entry: Entry) -> None:
        """Note a file as it is now."""
        self._empty.discard(bag)
        # records' own names are numbers: what a site named may be taken for another
        fold = folded(entry.path) if entry.path.startswith(f"{FILES}/") else None
        self._db.execute(
            "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?)",
            (bag, entry.path, entry.sha256, entry.size, fold),
        )

    def remove(self, bag: str, path: str) -> None:
        """Note that a file is gone."""
        self._db.execute("DELETE FROM files WHERE bag = ? AND path = ?", (bag, path))

    def twin(self, path: str) -> str | None:
        """A path that some file systems would take for this one, if there is another such."""
        row = self._db.execute(
            "SELECT path FROM files WHERE fold = ? AND path <> ? LIMIT 1", (folded(path), path)
        ).fetchone()
        return row[0] if row else None

    def entries(self, bag: str, prefix: str = "") -> Iterator[Entry]:
        """All files of a bag below ``prefix``, sorted by path as bytes."""
        rows = self._db.execute(
            "SELECT path, sha256, size FROM files WHERE bag = ? AND path >= ? AND path < ? ORDER BY path",
            (bag, prefix, prefix + "\U0010ffff"),
        )
        for path, sha256, size in rows:
            yield Entry(path, sha256, size)

    def totals(self, bag: str) -> tuple[int, int]:
        """Bytes and files of a bag: what BagIt calls its Payload-Oxum."""
        row = self._db.execute(
            "SELECT coalesce(sum(size), 0), count(*) FROM files WHERE bag = ?", (bag,)
        ).fetchone()
        return int(row[0]), int(row[1])

    def fact(self, name: str) -> str | None:
        """A small thing that was noted."""
        row = self._db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def forget(self, prefix: str) -> None:
        """Forget all that was noted under names that begin so."""
        self._db.execute("DELETE FROM facts WHERE substr(name, 1, ?) = ?", (len(prefix), prefix))

    def note(self, name: str, value: str | None) -> None:
        """Note a small thing, or forget it."""
        if value is None:
            self._db.execute("DELETE FROM facts WHERE name = ?", (name,))
        else:
            self._db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))


def opened(path: Path, script: str) -> sqlite3.Connection:
    """Open a database for use by any thread, and run a script in it; closed where that fails."""
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        db.executescript(script)
    except BaseException:
        db.close()
        raise
    return db
