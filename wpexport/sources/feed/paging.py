"""All items of a posts feed: by pages, and by the archives of years, months and days where paging is dead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from wpexport.net import Http
from wpexport.sources.feed.ask import Place, Reply, ask
from wpexport.sources.feed.entries import Entry, Feed
from wpexport.sources.feed.normalise import moment

#: so many pages in a row that cannot be read, or hold nothing new, are the end
_PATIENCE = 3
#: nobody blogged before; imports reach further back than WordPress
_FIRST_YEAR = 1990
#: no blog has so many pages; a calendar, or a trap, has
MOST_PAGES = 20_000
#: what core shows at most, unless a site changed the setting ``posts_per_rss``
_USUAL = 10


@dataclass(slots=True)
class Piece:
    """One answer and what is new in it."""

    reply: Reply
    feed: Feed
    entries: list[Entry]


@dataclass(slots=True)
class Walk:
    """Reads one posts feed to its end, as far as the site goes along.

    Args:
        http: asks.
        place: where the feeds are.
        params: narrow the feed, such as ``post_type``.
        first: the first page, newest first, where it is known already.
    """

    http: Http
    place: Place
    params: dict[str, str | int] = field(default_factory=dict)
    first: Reply | None = None
    #: everything was seen: core's own end was reached
    ended: bool = False
    #: why not, as one phrase
    reason: str = ""
    #: pages that could not be read: address and reason
    broken: list[tuple[str, str]] = field(default_factory=list)
    #: items of the fullest page
    largest: int = 0
    seen: set[str] = field(default_factory=set)

    def pieces(self) -> Iterator[Piece]:
        """Yield each answer that holds something new."""
        first = self.first or ask(self.http, self.place.posts(self.params))
        self.first = first
        if first.feed is None:
            self.reason = first.reason
            return
        if self.place.fixed is not None:
            yield from self._take(first)
            self.reason = "this feed is not WordPress' own and has one page alone"
            return
        ascending = self._ascending(first)
        if ascending is None:
            yield from self._take(first)
        else:
            yield from self._take(ascending)
        order: dict[str, str | int] = {} if ascending is None else {"orderby": "ID", "order": "asc"}
        yield from self._pages(order)
        if not self.ended:
            yield from self._take(first)
            yield from self._archives(first)

    def _take(self, reply: Reply) -> Iterator[Piece]:
        feed = reply.feed
        if feed is None:
            return
        self.largest = max(self.largest, len(feed.entries))
        fresh = [e for e in feed.entries if (name := key(e)) and name not in self.seen]
        self.seen.update(key(e) for e in fresh)
        if fresh:
            yield Piece(reply, feed, fresh)

    # Pages

    def _ascending(self, first: Reply) -> Reply | None:
        """The first page in ascending order, where that is honoured: then nothing new shifts the pages.

        A parameter that is ignored leaves no trace but the same page again.
        """
        if first.feed is None or len(first.feed.entries) < 2:
            return None
        reply = ask(self.http, self.place.posts({**self.params, "orderby": "ID", "order": "asc"}))
        same = reply.feed is None or _keys(reply.feed) == _keys(first.feed)
        # The other feed's items would be no good either: a cache may answer with something else.
        foreign = reply.feed is not None and not reply.feed.entries
        return None if same or foreign or not reply.good else reply

    def _pages(self, order: dict[str, str | int]) -> Iterator[Piece]:
        """Page after page until core's end: HTTP 404 with a well-formed feed without items."""
        before: list[str] | None = None
        number, bad, stale = 1, 0, 0
        while True:
            number += 1
            if number > MOST_PAGES:
                self._dead(f"it has no end that {number - 1:,} pages would reach", 0)
                return
            reply = ask(self.http, self.place.posts({**self.params, **order, "paged": number}))
            if reply.feed is None:
                bad += 1
                if reply.blocked or bad >= _PATIENCE or reply.status in (404, 410) or number == 2:
                    self._dead(reply.reason, bad)
                    return
                self.broken.append((reply.url, reply.reason))
                continue
            if reply.over:
                self.ended = not self.broken
                self.reason = "" if self.ended else "pages of the feed could not be read"
                return
            bad, names = 0, _keys(reply.feed)
            pieces = list(self._take(reply))
            stale = 0 if pieces else stale + 1
            if not pieces and (names == before or number == 2 or stale >= _PATIENCE):
                self._dead("the feed answers with the same page again and again", 0)
                return
            before = names
            yield from pieces

    def _dead(self, reason: str, bad: int) -> None:
        self.reason = reason
        # The pages that only ended the walk are behind its end as likely as not.
        if bad > 1:
            del self.broken[-(bad - 1) :]

    # Archives

    def _archives(self, first: Reply) -> Iterator[Piece]:
        """Year by year from the newest; a full year by months, a full month by days.

        What a day has more than a feed shows stays out of reach.
        """
        dates = [
            d
            for e in (first.feed.entries if first.feed else ())
            if (d := moment(e.published, UTC)) is not None
        ]
        if self.params or not dates or self.largest < 2:
            return
        newest = min(max(dates), datetime.now(UTC) + timedelta(days=366)).year
        answered, full = False, False
        for year in range(newest, _FIRST_YEAR - 1, -1):
            for reply, overfull in self._archive((year,)):
                answered = answered or bool(reply.feed and reply.feed.entries)
                full = full or overfull
                yield from self._take(reply)
            if year == newest and not answered:
                return
        if answered and not full and not self.broken:
            self.ended, self.reason = True, ""
        elif full:
            self.reason = "on some days there are more posts than a feed shows"

    def _archive(self, date: tuple[int, ...]) -> Iterator[tuple[Reply, bool]]:
        """The feeds of one archive and of those within it; whether more lies there than they show."""
        reply = self._dated(date)
        if reply is None or reply.feed is None:
            if reply is not None and reply.status != 404:
                self.broken.append((reply.url, reply.reason))
            return
        full = len(reply.feed.entries) >= min(self.largest, _USUAL)
        yield reply, full and len(date) == 3
        if not full or len(date) == 3:
            return
        inner = range(1, 13) if len(date) == 1 else range(1, 32)
        for part in reversed(inner):
            yield from self._archive((*date, part))

    def _dated(self, date: tuple[int, ...]) -> Reply | None:
        """The feed of one date, in the form that answers with posts of this date; None where none does."""
        path = "/".join(f"{part:02d}" for part in date) + "/"
        short = "".join(f"{part:02d}" for part in date)
        candidates = [self.place.posts({"m": short})]
        if self.place.pretty:
            candidates.insert(0, self.place.below(path))
        failed: Reply | None = None
        for url in candidates:
            reply = ask(self.http, url)
            if reply.feed is not None and _within(reply.feed, date):
                return reply
            failed = failed or (reply if reply.feed is None else None)
        return failed


def key(entry: Entry) -> str:
    """What tells items apart: a ``guid`` alone may be that of another post, copied or imported."""
    return f"{entry.url or ''} {entry.guid or ''}".strip()


def _keys(feed: Feed) -> list[str]:
    return [key(e) for e in feed.entries]


def _within(feed: Feed, date: Sequence[int]) -> bool:
    """Whether a filter by date was honoured; for the site's zone a day on each side is let pass."""
    year, month, day = (*date, 1, 1)[:3]
    try:
        start = datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return False
    length = (366, 31, 1)[len(date) - 1]
    end = start + timedelta(days=length)
    found = [moment(e.published, UTC) for e in feed.entries]
    margin = timedelta(days=1)
    return all(t is None or start - margin <= t <= end + margin for t in found)
