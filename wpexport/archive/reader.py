"""An archive as a blog to be exported: what goes out, and a count of what is left out (promise 7)."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from wpexport.archive.archive import Archive
from wpexport.archive.format import AUTHORS, COMMENTS, MEDIA, POSTS, SITE, TERMS, record_path
from wpexport.archive.gone import gone_numbers
from wpexport.archive.places import PUBLIC_STATUSES
from wpexport.errors import ArchiveDamaged
from wpexport.model import Author, Comment, Media, MediaFile, Post, Site, Term, decode

T = TypeVar("T")

#: what ``--include`` can name
INCLUDABLE = ("drafts", "private", "protected", "held", "vanished", "email", "ip")
_DRAFTS = frozenset({"draft", "pending", "future", "auto-draft"})


class Reader:
    """Everything in an archive that a visitor may see, and what the user asked for by name."""

    def __init__(self, archive: Archive, include: frozenset[str] = frozenset()) -> None:
        self._archive = archive
        self._include = include
        self.left_out: Counter[str] = Counter()

    def site(self) -> Site:
        """The blog itself."""
        return read_record(self._archive.root / SITE, Site)

    def posts(self) -> Iterator[Post]:
        """All posts that go out, ascending by number; those without a number last.

        Each pass counts anew what is left out.
        """
        self.left_out.clear()
        for post, hidden in self._pairs():
            if self._is_gone("posts", post.id):
                self.left_out["vanished"] += 1
                continue
            reason = self._reason(post) or ("private" if hidden else None)
            if reason is None:
                yield self._with_text(post, hidden)
            elif reason in self._include:
                yield post
            else:
                self.left_out[reason] += 1

    def _pairs(self) -> Iterator[tuple[Post, bool]]:
        """Each post once, and whether it comes from the private bag alone."""
        public = ((key, 0, path) for key, path in record_paths(self._archive.root / POSTS))
        private = ((key, 1, path) for key, path in record_paths(self._archive.private / POSTS))
        last = None
        for key, hidden, path in heapq.merge(public, private):
            if key != last:
                yield read_record(path, Post), bool(hidden)
            last = key

    def _reason(self, post: Post) -> str | None:
        """Why a post stays in unless asked for by name; None when it goes out."""
        if post.status in PUBLIC_STATUSES:
            return None
        return "drafts" if post.status in _DRAFTS else "private"

    def _with_text(self, post: Post, hidden: bool) -> Post:
        if not post.password_protected or hidden:
            return post
        path = self._archive.private / record_path(POSTS, post.id, post.url, ".json")
        if "protected" in self._include and path.exists():
            return read_record(path, Post)
        self.left_out["protected"] += 1
        return post

    def comments(self, post: Post) -> list[Comment]:
        """The comments of a post that go out, ascending by number."""
        place = record_path(COMMENTS, post.id, post.url, ".jsonl")
        public = _lines(self._archive.root / place, Comment)
        hidden = []
        for comment in _lines(self._archive.private / place, Comment):
            reason = self._comment_reason(comment, post)
            if reason is None or reason in self._include:
                hidden.append(comment)
            else:
                self.left_out[reason] += 1
        known = {comment.id for comment in public}
        both = public + [comment for comment in hidden if comment.id not in known]
        there = [comment for comment in both if not self._is_gone("comments", comment.id)]
        if len(there) < len(both):
            self.left_out["vanished"] += len(both) - len(there)
        return sorted(there, key=lambda comment: (comment.id is None, comment.id or 0))

    def _comment_reason(self, comment: Comment, post: Post) -> str | None:
        if comment.status in ("spam", "trash"):
            return comment.status
        if comment.status != "approved":
            return "held"
        if post.password_protected:
            return "protected"
        return self._reason(post)

    def _is_gone(self, kind: str, number: int | None) -> bool:
        """Whether a record vanished from the site, and was not asked for by name."""
        if "vanished" in self._include or number is None:
            return False
        return number in self._gone.get(kind, ())

    @cached_property
    def _gone(self) -> dict[str, set[int]]:
        found = gone_numbers(self._archive.root)
        for kind, numbers in gone_numbers(self._archive.private).items():
            found.setdefault(kind, set()).update(numbers)
        return found

    @cached_property
    def _authors(self) -> dict[int, Author]:
        return {a.id: a for a in _lines(self._archive.root / AUTHORS, Author) if a.id is not None}

    @cached_property
    def _terms(self) -> dict[int, Term]:
        return {t.id: t for t in _lines(self._archive.root / TERMS, Term) if t.id is not None}

    def authors(self) -> Mapping[int, Author]:
        """All authors by number."""
        return self._authors

    def terms(self) -> Mapping[int, Term]:
        """All terms by number."""
        return self._terms

    def media(self) -> Iterator[Media]:
        """All media records that go out, ascending by number; those without a number last."""
        for _, path in record_paths(self._archive.root / MEDIA):
            yield read_record(path, Media)
        if self._include & {"drafts", "private"}:
            for _, path in record_paths(self._archive.private / MEDIA):
                yield read_record(path, Media)

    def file(self, file: MediaFile) -> Path | None:
        """Where a media file lies on disk."""
        for root in (self._archive.root, self._archive.private):
            path = root / file.path
            if path.is_file():
                return path
        return None


def record_paths(folder: Path) -> Iterator[tuple[tuple[int, str], Path]]:
    """The record files below a folder with their sort keys: by number, then those by address."""
    if not folder.is_dir():
        return
    shards = [entry for entry in folder.iterdir() if entry.name.isdigit()]
    for shard in sorted(shards, key=lambda path: int(path.name)):
        for path in sorted(shard.glob("*.json*"), key=lambda path: int(path.stem)):
            yield (int(path.stem), ""), path
    for path in sorted((folder / "by-url").glob("*/*.json*")):
        yield (2**63, path.stem), path


def read_record(path: Path, kind: type[T]) -> T:
    """Read one record.

    Raises:
        ArchiveDamaged: the file is not there or not what it should be.
    """
    try:
        return decode(path.read_bytes(), kind)
    except (OSError, ValueError) as error:  # msgspec's errors are ValueErrors
        raise ArchiveDamaged(f"{path} cannot be read: {error}.") from error


def _lines(path: Path, kind: type[T]) -> list[T]:
    try:
        return [decode(line, kind) for line in path.read_bytes().splitlines()]
    except FileNotFoundError:
        return []
    except ValueError as error:
        raise ArchiveDamaged(f"{path} cannot be read: {error}.") from error
