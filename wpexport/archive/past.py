"""The blog as it was at a time: versions from history, dates, and what was known to its owner alone then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from wpexport.archive.archive import Archive
from wpexport.archive.format import HISTORY, POSTS
from wpexport.archive.history import Version, number_of, version_at, versions
from wpexport.archive.places import PUBLIC_STATUSES
from wpexport.archive.records import record_paths
from wpexport.archive.runs import run_time
from wpexport.errors import ArchiveDamaged
from wpexport.model import Author, Comment, Media, Post, Term, decode

T = TypeVar("T", Post, Media)
Kind = TypeVar("Kind")
Row = TypeVar("Row", Author, Term, Comment)


@dataclass(frozen=True, slots=True)
class Past:
    """Reads an archive as a pull at a time would have left it, as far as later pulls found out."""

    archive: Archive
    at: datetime

    def posts(self) -> Iterator[tuple[Post, bool]]:
        """Each post that was there, and whether it was its owner's alone."""
        bags = (self.archive.root, self.archive.private)
        # what left the private bag has its history there still
        folders = [bag / folder for bag in bags for folder in (POSTS, f"{HISTORY}/posts")]
        keys = {key: path for folder in folders for key, path in record_paths(folder)}
        for key in sorted(keys):
            parts = keys[key].parts
            below = "/".join(parts[len(parts) - 1 - parts[::-1].index("posts") :])
            place = f"data/{below.removesuffix('.jsonl').removesuffix('.json')}.json"
            public = self.record(bags[0], place, Post)
            hidden = self.record(bags[1], place, Post)
            if hidden is not None and (public is None or self._withheld(hidden, public)):
                yield hidden, True
            elif public is not None:
                yield public, False

    def _withheld(self, hidden: Post, public: Post) -> bool:
        """Whether a post that was in both bags was its owner's alone: a draft that was published later."""
        published = public.modified is not None and public.modified <= self.at
        return hidden.status not in PUBLIC_STATUSES and not published

    def record(self, bag: Path, place: str, kind: type[T]) -> T | None:
        """A record as it was; None where it was not there."""
        life = versions(bag, place)
        version = version_at(life, self.at)
        if version is None or _left(life, version, self.at):
            return None
        record = _decoded(version, place, kind)
        return None if record.date is not None and record.date > self.at else record

    def rows(self, bag: Path, place: str, kind: type[Row]) -> list[Row]:
        """The records of a file of many, as they were."""
        lives: dict[int | str, list[Version]] = {}
        for version in versions(bag, place):
            lives.setdefault(number_of(version.record) or str(version.record), []).append(version)
        found = []
        for life in lives.values():
            then = version_at(life, self.at)
            if then is not None and not _left(life, then, self.at):
                found.append(_decoded(then, place, kind))
        return found

    def comments(self, place: str) -> tuple[list[Comment], list[Comment]]:
        """The public and the private comments of a post, as they were."""
        hidden = [c for c in self.rows(self.archive.private, place, Comment) if self._there(c)]
        apart = {comment.id for comment in hidden if comment.status != "approved"}
        public = [c for c in self.rows(self.archive.root, place, Comment) if self._there(c)]
        return [comment for comment in public if comment.id not in apart], hidden

    def _there(self, comment: Comment) -> bool:
        return comment.date is None or comment.date <= self.at


def _left(life: list[Version], version: Version, at: datetime) -> bool:
    """Whether a record had left this bag: all that is there of it is its history, and that had ended."""
    return life[-1].replaced is not None and version is life[-1] and run_time(version.replaced or "") <= at


def _decoded(version: Version, place: str, kind: type[Kind]) -> Kind:
    try:
        return decode(version.record, kind)
    except ValueError as error:
        raise ArchiveDamaged(f"A version of {place} cannot be read: {error}.") from error
