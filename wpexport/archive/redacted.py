"""What was removed for good: a list of numbers, never of persons, that pulls and rebuilds obey."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from wpexport.archive.bag import Bag
from wpexport.archive.cutting import without
from wpexport.archive.format import REDACTED
from wpexport.archive.journal import Entry
from wpexport.archive.records import read_lines
from wpexport.archive.runs import Run
from wpexport.archive.store import decode_stored
from wpexport.model import Author, Comment, Personal, Record, encode_line

R = TypeVar("R", bound=Record)


class Redacted(Struct, frozen=True, kw_only=True):
    """One line of ``data/redacted.jsonl``."""

    #: ``comments`` or ``authors``
    collection: str
    id: int
    #: the run that removed it (its id is the time it began)
    run: str
    #: of a public comment: what it answered. Its answers move there when the blog is exported
    parent: int | None = None
    #: False while it is being removed: a run that was cut off is to be repeated
    done: bool = False


class Redactions:
    """The list of one archive, while it is written to."""

    def __init__(self, bag: Bag) -> None:
        self._bag = bag
        lines = (bag.read(REDACTED) or b"").splitlines()
        found = [decode_stored(line, Redacted, REDACTED) for line in lines]
        self._rows: dict[tuple[str, int], Redacted] = {(row.collection, row.id): row for row in found}

    @property
    def rows(self) -> Sequence[Redacted]:
        """All of the list."""
        return list(self._rows.values())

    @property
    def unfinished(self) -> bool:
        """Was a removal cut off?"""
        return not all(row.done for row in self._rows.values())

    def numbers(self, collection: str) -> frozenset[int]:
        """The numbers of one collection."""
        return frozenset(number for kind, number in self._rows if kind == collection)

    def add(self, rows: Iterable[Redacted]) -> None:
        """Put records on the list; those that are on it stay as they are. Staged."""
        for row in rows:
            self._rows.setdefault((row.collection, row.id), row)
        self._write()

    def learned(self, run: str) -> dict[str, Any]:
        """What this run removed, for its report: a second copy of what nobody can make again."""
        rows = [self._rows[key] for key in sorted(self._rows) if self._rows[key].run == run]
        return {"removed": msgspec.to_builtins(rows)} if rows else {}

    def finish(self) -> None:
        """Everything on the list is removed. Staged."""
        self._rows = {key: replace(row, done=True) for key, row in self._rows.items()}
        self._write()

    def _write(self) -> None:
        rows = [self._rows[key] for key in sorted(self._rows)]
        if rows:
            self._bag.stage(REDACTED, b"".join(encode_line(row) + b"\n" for row in rows))

    def has(self, collection: str, number: int | None) -> bool:
        """Whether a record is on the list."""
        return (collection, number) in self._rows

    def kept(self, records: Iterable[R]) -> list[R]:
        """The records that are not on the list."""
        return [record for record in records if not self._rows or not self._holds(record)]

    def _holds(self, record: Record) -> bool:
        if isinstance(record, Comment) or (isinstance(record, Personal) and record.of == "comment"):
            return self.has("comments", record.id)
        return isinstance(record, Author | Personal) and self.has("authors", record.id)

    def cut(self, entries: Sequence[Entry]) -> Sequence[Entry]:
        """Answers of the site without what is on the list."""
        if not self._rows:
            return entries
        comments, authors = self.numbers("comments"), self.numbers("authors")
        return [without(entry, comments, authors) for entry in entries]


def removed_by(run: Run) -> list[Redacted]:
    """What a run removed, as its report says: a second copy of the list, which no pull can make again."""
    try:
        return msgspec.convert(run.learned.get("removed", []), list[Redacted])
    except msgspec.ValidationError:
        return []


def read_redacted(root: Path) -> list[Redacted]:
    """The list of the archive at ``root``; nothing where there is none.

    Raises:
        ArchiveDamaged: a line is not what it should be.
    """
    return read_lines(root / REDACTED, Redacted)
