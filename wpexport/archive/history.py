"""All versions of a record: the former ones from its history, and the one that is stored now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import msgspec

from wpexport.archive.format import HISTORY, MEDIA, POSTS, history_path, record_path
from wpexport.archive.runs import run_time
from wpexport.archive.store import Former, Identity
from wpexport.errors import ArchiveDamaged
from wpexport.model import decode

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a record."""

    record: bytes
    #: the run that found the next version; None for what is stored now
    replaced: str | None = None


def former_versions(root: Path, place: str) -> list[Former]:
    """The former versions of the record, or of the records, at ``place`` in a bag, oldest first.

    Raises:
        ArchiveDamaged: a line is not what it should be.
    """
    path = root / history_path(place)
    if not path.exists():
        return []
    try:
        return [decode(line, Former) for line in path.read_bytes().splitlines()]
    except ValueError as error:
        raise ArchiveDamaged(f"{path} cannot be read: {error}.") from error


def versions(root: Path, place: str, number: int | None = None) -> list[Version]:
    """All versions of a record, oldest first; ``number`` picks one out of a file of many."""
    found = [
        Version(bytes(former.record), former.replaced)
        for former in former_versions(root, place)
        if number is None or number_of(bytes(former.record)) == number
    ]
    path = root / place
    if path.exists():
        data = path.read_bytes()
        lines = data.splitlines() if place.endswith(".jsonl") else [data]
        found += [Version(line) for line in lines if number is None or number_of(line) == number]
    return found


class _Dated(msgspec.Struct):
    """Just enough of a record to know since when it was like this."""

    modified: datetime | None = None


def version_at(life: Sequence[Version], at: datetime) -> Version | None:
    """The version that was there at a time; None where there is no version at all.

    A version began when WordPress says that it was modified, and where it does not say, with the run that
    found it. The first one is as far back as anybody knows.
    """
    chosen, before = None, None
    for place, version in enumerate(life):
        modified = decode(version.record, _Dated).modified
        since = modified if modified is not None and (before is None or modified > before) else None
        if since is None and place:
            since = run_time(life[place - 1].replaced or "")
        if chosen is None or (since is not None and since <= at):
            chosen = version
        before = modified
    return chosen


def places_with(root: Path, number: int) -> Iterator[tuple[str, str]]:
    """Where a bag may hold records of this number: (kind, path below the bag)."""
    for kind, folder in (("posts", POSTS), ("media", MEDIA)):
        place = record_path(folder, number, None, ".json")
        if (root / place).exists() or (root / history_path(place)).exists():
            yield kind, place
    for kind in ("terms", "authors"):
        place = f"data/{kind}.jsonl"
        if (root / place).exists():
            yield kind, place
    yield from (("comments", place) for place in _comment_files(root, number))


def _comment_files(root: Path, number: int) -> Iterator[str]:
    """The files of comments that hold this number, today or in their history."""
    mark = f'"id": {number},'.encode()
    found = set()
    for folder in (root / "data/comments", root / HISTORY / "comments"):
        for path in folder.rglob("*.jsonl"):
            if mark in path.read_bytes():
                found.add(f"data/comments/{path.relative_to(folder)}")
    yield from sorted(found)


def number_of(record: bytes) -> int | None:
    """The number of a record, if it has one."""
    try:
        return decode(record, Identity).id
    except msgspec.MsgspecError as error:
        raise ArchiveDamaged(f"A version in the history cannot be read: {error}.") from error
