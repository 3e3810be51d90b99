"""An archive as a blog to be exported: what goes out, and a count of what is left out (promise 7)."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from msgspec.structs import replace

from wpexport.archive.archive import Archive
from wpexport.archive.format import (
    AUTHORS,
    COMMENTS,
    MEDIA,
    PERSONAL,
    POSTS,
    SITE,
    TERMS,
    former_file,
    record_path,
)
from wpexport.archive.gone import gone_numbers
from wpexport.archive.past import Past
from wpexport.archive.places import PUBLIC_STATUSES
from wpexport.archive.records import read_lines, read_record, record_paths
from wpexport.archive.redacted import read_redacted
from wpexport.model import Author, Comment, Media, MediaFile, Personal, Post, Site, Term

T = TypeVar("T", Author, Term)

#: what ``--include`` can name
INCLUDABLE = ("drafts", "private", "protected", "held", "vanished", "email", "ip")
#: how those that nobody made private are counted; they go out with what is ``private``
MENU_ITEMS = "menu items"
_NAMES = frozenset({"first_name", "last_name"})
_DRAFTS = frozenset({"draft", "pending", "future", "auto-draft"})


class Reader:
    """Everything in an archive that a visitor may see, and what the user asked for by name.

    Args:
        archive: where it lies.
        include: of `INCLUDABLE`.
        at: the blog as it was then, as far as the pulls could know; an aware time.
    """

    def __init__(
        self, archive: Archive, include: frozenset[str] = frozenset(), at: datetime | None = None
    ) -> None:
        self._archive = archive
        self._include = include
        self._at = at
        self.left_out: Counter[str] = Counter()
        self._personal_comments: dict[int, Personal] = {}

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
                is_menu = reason == "private" and post.type == "nav_menu_item"
                self.left_out[MENU_ITEMS if is_menu else reason] += 1

    def _pairs(self) -> Iterator[tuple[Post, bool]]:
        """Each post once, and whether it comes from the private bag alone."""
        if self._at is not None:
            yield from Past(self._archive, self._at).posts()
            return
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
        place = record_path(POSTS, post.id, post.url, ".json")
        path = self._archive.private / place
        if "protected" in self._include and path.exists():
            if self._at is not None:
                return Past(self._archive, self._at).record(self._archive.private, place, Post) or post
            return read_record(path, Post)
        self.left_out["protected"] += 1
        return post

    def comments(self, post: Post) -> list[Comment]:
        """The comments of a post that go out, ascending by number.

        What answers a comment that was removed for good answers what that one answered.
        """
        self._read_personal(post)
        public, private = self._stored_comments(record_path(COMMENTS, post.id, post.url, ".jsonl"))
        hidden = []
        for comment in private:
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
        if self._redacted:
            there = [replace(c, parent=ancestor(c.parent, self._redacted)) for c in there]
        return sorted(there, key=lambda comment: (comment.id is None, comment.id or 0))

    def _stored_comments(self, place: str) -> tuple[list[Comment], list[Comment]]:
        if self._at is not None:
            return Past(self._archive, self._at).comments(place)
        archive = self._archive
        return read_lines(archive.root / place, Comment), read_lines(archive.private / place, Comment)

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
    def _redacted(self) -> dict[int, int | None]:
        """Comments that were removed for good, and what they answered."""
        return {
            row.id: row.parent for row in read_redacted(self._archive.root) if row.collection == "comments"
        }

    @cached_property
    def _gone(self) -> dict[str, set[int]]:
        found = gone_numbers(self._archive.root, self._at)
        for kind, numbers in gone_numbers(self._archive.private, self._at).items():
            found.setdefault(kind, set()).update(numbers)
        return found

    @cached_property
    def _authors(self) -> dict[int, Author]:
        return {a.id: a for a in self._table(AUTHORS, Author) if a.id is not None}

    @cached_property
    def _terms(self) -> dict[int, Term]:
        return {t.id: t for t in self._table(TERMS, Term) if t.id is not None}

    def _table(self, place: str, kind: type[T]) -> list[T]:
        if self._at is not None:
            return Past(self._archive, self._at).rows(self._archive.root, place, kind)
        return read_lines(self._archive.root / place, kind)

    def personal(self, of: str, number: int) -> Personal | None:
        """What only the owner may see of an author, or of a comment of the post that was read last."""
        found = (self._personal_authors if of == "author" else self._personal_comments).get(number)
        if found is None:
            return None
        return Personal(
            id=found.id,
            of=found.of,
            post=found.post,
            email=found.email if "email" in self._include else None,
            ip=found.ip if "ip" in self._include else None,
            username=found.username,
            # first and last name; what else a site says of an account stays
            extra={name: found.extra[name] for name in _NAMES & found.extra.keys()}
            if "email" in self._include
            else {},
        )

    @cached_property
    def _personal_authors(self) -> dict[int, Personal]:
        path = self._archive.private / PERSONAL / "authors.jsonl"
        return {person.id: person for person in read_lines(path, Personal)}

    def _read_personal(self, post: Post) -> None:
        """Hold what lies beside the comments of one post, if it was asked for."""
        self._personal_comments = {}
        if self._include & {"email", "ip"}:
            place = record_path(f"{PERSONAL}/comments", post.id, post.url, ".jsonl")
            self._personal_comments = {p.id: p for p in read_lines(self._archive.private / place, Personal)}

    def authors(self) -> Mapping[int, Author]:
        """All authors by number."""
        return self._authors

    def terms(self) -> Mapping[int, Term]:
        """All terms by number."""
        return self._terms

    def media(self) -> Iterator[Media]:
        """All media records that go out, ascending by number; those without a number last."""
        roots = [self._archive.root]
        if self._include & {"drafts", "private"}:
            roots.append(self._archive.private)
        for root in roots:
            for _, path in record_paths(root / MEDIA):
                if self._at is None:
                    yield read_record(path, Media)
                elif media := Past(self._archive, self._at).record(root, str(path.relative_to(root)), Media):
                    yield media

    def file(self, file: MediaFile) -> Path | None:
        """Where a media file lies on disk."""
        for root in (self._archive.root, self._archive.private):
            former = root / former_file(file.path, file.sha256)
            if self._at is not None and former.is_file():
                return former
            path = root / file.path
            if path.is_file():
                return path
        return None


def ancestor(parent: int | None, redacted: dict[int, int | None]) -> int | None:
    """What a comment answers once those on the list (number to parent) are away: the nearest that is left."""
    seen: set[int] = set()
    while parent is not None and parent in redacted and parent not in seen:
        seen.add(parent)
        parent = redacted[parent]
    return None if parent in seen else parent
