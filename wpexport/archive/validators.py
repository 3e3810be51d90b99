"""What a server said of a file when it was fetched: the next time, a short question tells whether it changed.

In the disposable index: when it is lost, files are fetched again where their size and age do not tell.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_SCHEMA = """
CREATE TABLE IF NOT EXISTS validators (key TEXT PRIMARY KEY, etag TEXT, modified TEXT, length TEXT)
    WITHOUT ROWID;
CREATE TEMP TABLE IF NOT EXISTS expected (key TEXT PRIMARY KEY, etag TEXT, modified TEXT, length TEXT)
    WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Validator:
    """Three headers of an answer; empty where it has none."""

    etag: str = ""
    modified: str = ""
    length: str = ""

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> Validator:
        """Take them from headers whose names may be in any case."""
        lower = {name.lower(): value for name, value in headers.items()}
        length = lower.get("content-length", "")
        if length == "0" or lower.get("content-encoding", "identity") != "identity":
            length = ""  # of the answer without a body, or of what is compressed on the way: not the file's
        return cls(lower.get("etag", ""), lower.get("last-modified", ""), length)

    def says_same(self, known: Validator | None, size: int, fetched: datetime) -> bool:
        """Whether the file is what it was: by what was said before, else by its size and age."""
        if self.length and self.length != str(size):
            return False
        if known is not None and (known.etag or known.modified):
            return self == known
        try:
            modified = parsedate_to_datetime(self.modified)
        except ValueError:
            return False
        modified = modified if modified.tzinfo is not None else modified.replace(tzinfo=UTC)
        return bool(self.length) and modified < fetched


class Validators:
    """The validators of all files that were asked for."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        for statement in _SCHEMA.split(";"):
            db.execute(statement)

    def of(self, key: str) -> Validator | None:
        """What is known of a file."""
        row = self._db.execute(
            "SELECT etag, modified, length FROM validators WHERE key = ?", (key,)
        ).fetchone()
        return Validator(*row) if row else None

    def note(self, key: str, seen: Validator) -> None:
        """Remember what the server said of the file that is there."""
        self._put("validators", key, seen)

    def expect(self, key: str, seen: Validator) -> None:
        """What the server said of a file that is to be fetched: it holds once the file is `fetched`."""
        self._put("expected", key, seen)

    def fetched(self, key: str) -> None:
        """A file is in the archive as it is on the site now."""
        self._db.execute("INSERT OR REPLACE INTO validators SELECT * FROM expected WHERE key = ?", (key,))

    def _put(self, table: str, key: str, seen: Validator) -> None:
        row = (key, seen.etag, seen.modified, seen.length)
        self._db.execute(f"INSERT OR REPLACE INTO {table} VALUES (?, ?, ?, ?)", row)  # noqa: S608
