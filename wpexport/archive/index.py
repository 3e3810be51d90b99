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
#: files that are put before they are written to the database together: a quarter of the time of one by one
_WAITING = 1000
#: folders whose hashes are held: those of posts, media and comments, in both bags, and some to spare
_SHARDS = 12


class Entry(Struct, frozen=True):
    """One payload file."""

    path: str
    sha256: str
    size: int


class Index:
    """The payload files of both bags.

    Records come by number, and a folder of them has a thousand at most (`wpexport.archive.format.shard`): the
    hashes of the last few folders are at hand, and what is put is written to the database now and then.
    """

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
        #: put, and not in the database yet
        self._waiting: dict[tuple[str, str], Entry] = {}
        #: the hashes of a folder's files by path; the folder that was asked for first goes first
        self._shards: dict[tuple[str, str], dict[str, str]] = {}

    @property
    def connection(self) -> sqlite3.Connection:
        """The database, for `wpexport.archive.seen`."""
        return self._db

    def close(self, *, keep: bool) -> None:
        """Close; what an unfinished run put since `commit` is forgotten, and found again on disk."""
        try:
            if self._db.in_transaction:  # a full disk ends one
                if keep:
                    self._flush()
                self._db.execute("COMMIT" if keep else "ROLLBACK")
        finally:
            self._db.close()

    def commit(self) -> None:
        """Write down what was put so far."""
        self._flush()
        self._db.execute("COMMIT")
        self._db.execute("BEGIN")

    def clear(self, bag: str) -> None:
        """Forget all files of a bag."""
        self._flush()
        self._shards.clear()
        self._db.execute("DELETE FROM files WHERE bag = ?", (bag,))

    def get(self, bag: str, path: str) -> Entry | None:
        """What is known of a file."""
        if (waiting := self._waiting.get((bag, path))) is not None:
            return waiting
        row = self._db.execute(
            "SELECT sha256, size FROM files WHERE bag = ? AND path = ?", (bag, path)
        ).fetchone()
        return Entry(path, row[0], row[1]) if row else None

    def hash_of(self, bag: str, path: str) -> str | None:
        """The hash of a file, or None."""
        if bag in self._empty:
            return None
        folder = path.rpartition("/")[0]
        shard = self._shards.get((bag, folder))
        if shard is None and _is_shard(folder):
            shard = self._load(bag, folder)
        if shard is not None:
            return shard.get(path)
        entry = self.get(bag, path)
        return entry.sha256 if entry else None

    def _load(self, bag: str, folder: str) -> dict[str, str]:
        """Take a folder's hashes from the database."""
        shard = self._shards[bag, folder] = {
            entry.path: entry.sha256 for entry in self.entries(bag, f"{folder}/")
        }
        if len(self._shards) > _SHARDS:
            del self._shards[next(iter(self._shards))]
        return shard

    def _has_any(self, bag: str) -> bool:
        return self._db.execute("SELECT 1 FROM files WHERE bag = ? LIMIT 1", (bag,)).fetchone() is not None

    def put(self, bag: str, entry: Entry) -> None:
        """Note a file as it is now."""
        self._empty.discard(bag)
        self._waiting[bag, entry.path] = entry
        shard = self._shards.get((bag, entry.path.rpartition("/")[0]))
        if shard is not None:
            shard[entry.path] = entry.sha256
        if len(self._waiting) >= _WAITING:
            self._flush()

    def _flush(self) -> None:
        """Write to the database what waits."""
        if not self._waiting:
            return
        self._db.executemany(
            "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?)",
            [
                (bag, path, entry.sha256, entry.size, _fold(path))
                for (bag, path), entry in self._waiting.items()
            ],
        )
        self._waiting.clear()

    def remove(self, bag: str, path: str) -> None:
        """Note that a file is gone."""
        self._waiting.pop((bag, path), None)
        if (shard := self._shards.get((bag, path.rpartition("/")[0]))) is not None:
            shard.pop(path, None)
        self._db.execute("DELETE FROM files WHERE bag = ? AND path = ?", (bag, path))

    def twin(self, path: str) -> str | None:
        """A path that some file systems would take for this one, if there is another such."""
        self._flush()
        row = self._db.execute(
            "SELECT path FROM files WHERE fold = ? AND path <> ? LIMIT 1", (folded(path), path)
        ).fetchone()
        return row[0] if row else None

    def entries(self, bag: str, prefix: str = "") -> Iterator[Entry]:
        """All files of a bag below ``prefix``, sorted by path as bytes."""
        self._flush()
        rows = self._db.execute(
            "SELECT path, sha256, size FROM files WHERE bag = ? AND path >= ? AND path < ? ORDER BY path",
            (bag, prefix, prefix + "\U0010ffff"),
        )
        for path, sha256, size in rows:
            yield Entry(path, sha256, size)

    def totals(self, bag: str) -> tuple[int, int]:
        """Bytes and files of a bag: what BagIt calls its Payload-Oxum."""
        self._flush()
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


def _fold(path: str) -> str | None:
    """Records' own names are numbers: what a site named may be taken for another."""
    return folded(path) if path.startswith(f"{FILES}/") else None


def _is_shard(folder: str) -> bool:
    """Whether a folder is one of records by number, such as ``data/posts/012``."""
    parts = folder.split("/")
    return len(parts) == 3 and len(parts[2]) >= 3 and parts[2].isdecimal()


def opened(path: Path, script: str) -> sqlite3.Connection:
    """Open a database for use by any thread, and run a script in it; closed where that fails."""
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        db.executescript(script)
    except BaseException:
        db.close()
        raise
    return db
