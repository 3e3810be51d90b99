"""Which records were seen by whose eyes, and when: what tells a vanished record from one never shown.

Absence means something only to the same eyes: a draft that a login saw is not gone because a visitor does not
see it (promise 4). The table is in the disposable index; when it is lost, the next run fills it again and
takes nothing for gone.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

_SCHEMA = """
CREATE TABLE IF NOT EXISTS seen (eyes TEXT, collection TEXT, id INTEGER, modified TEXT, run TEXT,
    PRIMARY KEY (eyes, collection, id)) WITHOUT ROWID;
"""


class Seen:
    """What one pair of eyes (``rest`` as a visitor, ``rest`` with a login, ...) saw in former runs.

    Args:
        db: the index.
        eyes: the way, and whether a login was in effect.
        run: the run that looks now.
    """

    def __init__(self, db: sqlite3.Connection, eyes: str, run: str) -> None:
        self._db = db
        self._eyes = eyes
        self._run = run
        db.execute(_SCHEMA)

    def mark(self, collection: str, rows: Iterable[tuple[int, str | None]]) -> None:
        """Note records that are there now, with what the site calls their modification."""
        self._db.executemany(
            "INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?, ?)",
            [(self._eyes, collection, number, modified, self._run) for number, modified in rows],
        )

    def modified(self, collection: str, numbers: Iterable[int]) -> dict[int, str | None]:
        """What was noted of some records; those never seen are absent."""
        found: dict[int, str | None] = {}
        for number in numbers:
            row = self._db.execute(
                "SELECT modified FROM seen WHERE eyes = ? AND collection = ? AND id = ?",
                (self._eyes, collection, number),
            ).fetchone()
            if row is not None:
                found[number] = row[0]
        return found

    def count(self, collection: str) -> int:
        """How many records of a collection were ever seen and not forgotten."""
        row = self._db.execute(
            "SELECT count(*) FROM seen WHERE eyes = ? AND collection = ?", (self._eyes, collection)
        ).fetchone()
        return int(row[0])

    def absent(self, collection: str) -> Iterator[int]:
        """The records that were seen before and not in this run, ascending."""
        rows = self._db.execute(
            "SELECT id FROM seen WHERE eyes = ? AND collection = ? AND run <> ? ORDER BY id",
            (self._eyes, collection, self._run),
        )
        return (row[0] for row in rows.fetchall())

    def forget(self, collection: str, number: int) -> None:
        """A record is known to be gone: from now on it is new if it comes back."""
        self._db.execute(
            "DELETE FROM seen WHERE eyes = ? AND collection = ? AND id = ?", (self._eyes, collection, number)
        )
