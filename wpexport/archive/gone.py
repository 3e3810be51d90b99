"""Tombstones: records that vanished from the site. Their content stays."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from msgspec import Struct

from wpexport.archive.bag import Bag
from wpexport.archive.format import GONE
from wpexport.archive.runs import run_time
from wpexport.archive.store import decode_stored
from wpexport.model import encode_line


class Gone(Struct, frozen=True, kw_only=True):
    """One line of ``data/gone.jsonl``."""

    #: ``posts/page``, ``comments``, ...
    collection: str
    id: int
    #: the run that missed it (its id is the time it began)
    run: str
    #: how it is known: ``absent from the list``, ``404``, ``401``
    how: str


class Tombstones:
    """The tombstones of one bag: few, so they are held in memory."""

    def __init__(self, bag: Bag) -> None:
        self._bag = bag
        self._rows = {(row.collection, row.id): row for row in read_gone_lines(bag.read(GONE) or b"")}
        self._changed = False

    def add(self, row: Gone) -> bool:
        """Note that a record vanished. False when that was known."""
        if (row.collection, row.id) in self._rows:
            return False
        self._rows[row.collection, row.id] = row
        self._changed = True
        return True

    def back(self, collection: str, number: int) -> bool:
        """A record is there again. True when it had a tombstone."""
        if self._rows.pop((collection, number), None) is None:
            return False
        self._changed = True
        return True

    def of(self, collection: str) -> list[Gone]:
        """The tombstones of one collection."""
        return [row for row in self._rows.values() if row.collection == collection]

    def __len__(self) -> int:
        return len(self._rows)

    def write(self) -> None:
        """Stage the file, if it changed."""
        if not self._changed:
            return
        rows = sorted(self._rows.values(), key=lambda row: (row.collection, row.id))
        if rows:
            self._bag.stage(GONE, b"".join(encode_line(row) + b"\n" for row in rows))
        else:
            self._bag.remove(GONE)


def read_gone_lines(data: bytes) -> list[Gone]:
    """The lines of ``gone.jsonl``.

    Raises:
        ArchiveDamaged: a line is not what it should be.
    """
    return [decode_stored(line, Gone, GONE) for line in data.splitlines()]


def gone_numbers(root: Path, at: datetime | None = None) -> dict[str, set[int]]:
    """Which records of a bag have tombstones (at a time), by kind of record: ``posts``, ``comments``, ..."""
    path = root / GONE
    found: dict[str, set[int]] = {}
    for row in read_gone_lines(path.read_bytes() if path.exists() else b""):
        if at is not None and run_time(row.run) > at:
            continue
        found.setdefault(row.collection.partition("/")[0], set()).add(row.id)
    return found
