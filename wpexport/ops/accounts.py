"""What an archive's own reports say of how its records came: by which eyes, and what they could not reach."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from wpexport.archive.archive import Archive
from wpexport.archive.format import AUTHORS, COMMENTS, PERSONAL, POSTS, TERMS
from wpexport.archive.records import read_lines, read_record, record_paths
from wpexport.model import Author, Comment, Loss, Personal, Post, Reference, Term
from wpexport.ops.carried import Eyes
from wpexport.ops.pairing import Record, Side


@dataclass(slots=True)
class _Read:
    """What the pulls of an archive say of a collection."""

    eyes: set[tuple[str, bool]] = field(default_factory=set)
    #: of the last pull that read it
    lost: list[Loss] = field(default_factory=list)


class Account:
    """The account of one archive.

    Args:
        side: the archive.
    """

    def __init__(self, side: Side) -> None:
        self._side = side
        self._read: dict[str, _Read] = {}
        self._closed: set[str] = set()
        for run in Archive(side.root).runs():
            for cover in run.coverage:
                if cover.closed is None:
                    read = self._read.setdefault(cover.collection, _Read())
                    read.eyes.add((cover.way, run.login))
                    read.lost = cover.lost
                else:
                    self._closed.add(cover.collection)

    def eyes(self, key: str) -> Eyes:
        """By which ways, and with a login or not, a collection was seen; none where it could not be read."""
        return frozenset(self._read[key].eyes if key in self._read else ())

    def could_list(self, key: str, by: Eyes) -> bool:
        """Whether eyes that listed a collection elsewhere looked at this blog, and were not shut out.

        Who has a login sees at least what a visitor sees.
        """
        mine = {eye for read in self._read.values() for eye in read.eyes}
        mine |= {(way, False) for way, _ in mine}
        return key not in self._closed and not mine.isdisjoint(by)

    def ways(self, key: str) -> set[str]:
        """By which ways a collection was seen."""
        return {way for way, _ in self.eyes(key)}

    def missed(self, key: str, number: int | None, *urls: str | None) -> bool:
        """Whether the last pull named a record, or the post it is on, as missing."""
        places = {self._side.below(url).rstrip("/") for url in urls if url}
        return any(
            (loss.id is not None and loss.id == number)
            or (loss.url is not None and self._side.below(loss.url).rstrip("/") in places)
            for loss in (self._read[key].lost if key in self._read else ())
        )

    # What is looked up, in both bags

    @cached_property
    def _posts(self) -> list[Post]:
        bags = (self._side.root, self._side.root / "private")
        return [read_record(path, Post) for bag in bags for _, path in record_paths(bag / POSTS)]

    @cached_property
    def _by_number(self) -> dict[int | str | None, Post]:
        return {number: post for post in self._posts for number in (post.url, post.id)}

    def post(self, where: int | Reference | None) -> Post | None:
        """The post that is meant."""
        return self._by_number.get(where.url if isinstance(where, Reference) else where)

    @cached_property
    def writers(self) -> set[int | Reference | None]:
        """Who wrote something."""
        return {post.author for post in self._posts}

    @cached_property
    def comments(self) -> dict[int | None, Comment]:
        """All comments by number."""
        bags = (self._side.root, self._side.root / "private")
        paths = (path for bag in bags for _, path in record_paths(bag / COMMENTS))
        return {comment.id: comment for path in paths for comment in read_lines(path, Comment)}

    @cached_property
    def terms(self) -> dict[int | None, Term]:
        """All terms by number."""
        return {term.id: term for term in read_lines(self._side.root / TERMS, Term)}

    def people(self) -> Iterator[Record]:
        """What only the owner may see of authors and commenters."""
        folder = self._side.root / "private" / PERSONAL
        yield from read_lines(folder / "authors.jsonl", Personal)
        for _, path in record_paths(folder / "comments"):
            yield from read_lines(path, Personal)

    def authors(self) -> Iterator[Record]:
        """All authors, also those that no visitor is shown."""
        for bag in (self._side.root, self._side.root / "private"):
            yield from read_lines(bag / AUTHORS, Author)


def collection(kind: str, record: Record) -> str:
    """The key of the collection that a record is of."""
    match record:
        case Post():
            return f"posts/{record.type}"
        case Term():
            return f"terms/{record.taxonomy}"
        case Personal():
            return "authors" if record.of == "author" else "comments"
    return kind
