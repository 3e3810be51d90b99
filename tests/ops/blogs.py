"""A source that holds its blog in memory: what the use cases are tested with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from wpexport.model import Author, Comment, CommentAuthor, Loss, Markup, Media, Post, Record, Site, Term
from wpexport.sources.base import Batch, Capabilities, Collection, Exchange, Glimpse, Login, Offer, View, Way

ZONE = timezone(timedelta(hours=2))
HOME = "https://blog.example"


def post(number: int, **fields: Any) -> Post:
    """A post with a text of its own."""
    given: dict[str, Any] = {
        "id": number,
        "slug": f"post-{number}",
        "url": f"{HOME}/post-{number}/",
        "title": f"Post {number}",
        "date": datetime(2021, 1, 1, 12, 0, tzinfo=ZONE) + timedelta(days=number),
        "modified": datetime(2021, 1, 1, 12, 0, tzinfo=ZONE) + timedelta(days=number),
        "author": 1,
        "content": Markup(html=f"<p>Text of {number}</p>\n"),
        "terms": [5],
    }
    return Post(**(given | fields))


def comment(number: int, on: int, parent: int | None = None, **fields: Any) -> Comment:
    """A comment on a post."""
    given: dict[str, Any] = {
        "id": number,
        "post": on,
        "parent": parent,
        "author": CommentAuthor(name=f"Visitor {number}"),
        "date": datetime(2022, 1, 1, tzinfo=ZONE) + timedelta(hours=number),
        "content": Markup(html=f"<p>Comment {number}</p>\n"),
        "url": f"{HOME}/post-{on}/#comment-{number}",
    }
    return Comment(**(given | fields))


@dataclass
class MemorySource:
    """A source whose blog is a few lists; ``login`` shows all statuses, as WordPress does."""

    posts: list[Record] = field(default_factory=list)
    comments: list[Record] = field(default_factory=list)
    media: list[Record] = field(default_factory=list)
    terms: list[Record] = field(default_factory=lambda: [Term(id=5, name="News & views", slug="news")])
    authors: list[Record] = field(default_factory=lambda: [Author(id=1, name="Ana", slug="ana")])
    login: bool = False
    way: Way = "rest"
    home: str = HOME
    fields: frozenset[str] | None = None
    lost: dict[str, list[Loss]] = field(default_factory=dict)
    page: int = 2
    #: raise at this batch of the whole pull, as a crash would
    crash_at: int | None = None
    batches: int = 0

    def site(self) -> Site:
        return Site(home=self.home, name="A blog")

    def _collections(self) -> Sequence[tuple[Collection, list[Record]]]:
        return (
            (Collection("comments", "comments", "Comments"), self.comments),
            (Collection("posts", "post", "Posts"), self.posts),
            (Collection("terms", "category", "Categories"), self.terms),
            (Collection("authors", "authors", "Authors"), self.authors),
            (Collection("media", "media", "Media"), self.media),
        )

    def capabilities(self) -> Capabilities:
        offers = [Offer(what, len(rows)) for what, rows in self._collections()]
        login = Login("admin", 1, can_edit=True) if self.login else None
        return Capabilities(self.way, offers, login)

    def read(self, what: Collection, since: dict[str, Any] | None = None) -> Iterator[Batch]:
        rows = dict(self._collections())[what]
        for start in range(0, max(1, len(rows)), self.page):
            self.batches += 1
            if self.batches == self.crash_at:
                raise KeyboardInterrupt
            some = rows[start : start + self.page]
            answer = Exchange(
                f"{self.home}/{what.key}?offset={start}",
                "2026-01-01T00:00:00Z",
                200,
                repr(some).encode(),
                self.login,
            )
            view = View(self.way, self.login, self.fields)
            last = start + self.page >= len(rows)
            lost = self.lost.get(what.key, []) if last else []
            yield Batch(what, view, list(some), [answer], len(rows), lost=lost, last=last)


def media(number: int, path: str, **fields: Any) -> Media:
    """A media item with its file's address."""
    return Media(id=number, slug=f"media-{number}", source_url=f"{HOME}/wp-content/uploads/{path}", **fields)


@dataclass
class SweepingSource(MemorySource):
    """The same, able to tell cheaply what is there; counts what it was asked for."""

    fetched: list[int] = field(default_factory=list)
    reads: list[str] = field(default_factory=list)
    sweeps: list[str] = field(default_factory=list)
    #: statuses of single records, where they differ from what the list says
    statuses: dict[int, int] = field(default_factory=dict)

    def read(self, what: Collection, since: dict[str, Any] | None = None) -> Iterator[Batch]:
        self.reads.append(what.key)
        return super().read(what, since)

    def sweep(self, what: Collection, *, newest: bool = False) -> Iterator[Glimpse]:
        self.sweeps.append(f"{what.key}, newest" if newest else what.key)
        rows = dict(self._collections())[what]
        seen = []
        for row in rows:
            modified = getattr(row, "modified", None)
            stamp = modified.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S") if modified else ""
            if row.id is not None:
                seen.append((row.id, f"{stamp} {getattr(row, 'status', '')}".strip() or None))
        if newest:
            seen.sort(key=lambda row: (row[1] or "", row[0]), reverse=True)
            for start in range(0, len(seen), self.page):
                yield Glimpse(seen[start : start + self.page])
                self.sweeps.append(f"{what.key}, further")
        else:
            yield Glimpse(seen, claimed=len(seen), last=True)

    def fetch(self, what: Collection, numbers: Sequence[int]) -> Iterator[Batch]:
        self.fetched += numbers
        rows = [row for row in dict(self._collections())[what] if row.id in set(numbers)]
        answer = Exchange(f"{self.home}/{what.key}?include", "2026-01-02T00:00:00Z", 200, b"[]", self.login)
        yield Batch(what, View("rest", self.login), rows, [answer])

    def status_of(self, what: Collection, number: int) -> int | None:
        return self.statuses.get(number, 404)
