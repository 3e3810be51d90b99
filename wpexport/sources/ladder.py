"""Several ways into one site, put together: each collection by the best way that answers.

REST comes first. What it refuses, or breaks off, the feeds supply if they can: posts by REST and comments by
feed is one pull. What the second way shows with the same fields is no loss; what it cannot carry is named.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from functools import cached_property
from typing import Any, Protocol, runtime_checkable

import msgspec

from wpexport.errors import LoginError, SourceError
from wpexport.model import Author, Loss, Post, Record, Reference, Site, Term
from wpexport.net import Stopped
from wpexport.sources.base import (
    Batch,
    Capabilities,
    Collection,
    Foreseeing,
    Glimpse,
    Mending,
    Offer,
    Source,
    Sweepable,
    View,
)
from wpexport.sources.rest import values

#: what a second way can supply
_SUPPLIED = frozenset({"posts", "comments", "terms", "authors", "media"})
_POORER = {
    "posts": "of posts read from feeds: featured images, formats, hierarchy, plugins' fields",
    "comments": "of comments read from feeds: which of them are by registered users",
}


@runtime_checkable
class Knowing(Protocol):
    """A source that can read what belongs to posts which another way found."""

    def know(self, url: str, number: int, total: int | None = None) -> None:
        """Tell of a post."""


@runtime_checkable
class Zoned(Protocol):
    """A source that shows all times in UTC, and takes the site's zone from who knows it."""

    zone: tzinfo


@runtime_checkable
class Fetching(Protocol):
    """A source that finds records by their numbers."""

    def fetch(self, what: Collection, numbers: Sequence[int]) -> Iterator[Batch]:
        """Yield records by their numbers; those that it does not have are absent."""


class Names:
    """Which author or term is meant by a name, where one alone has it.

    A feed names categories and tags alike: a name that two terms have stays a name.
    """

    def __init__(self) -> None:
        self._terms: dict[str, set[int]] = {}
        self._authors: dict[str, set[int]] = {}

    def note(self, record: Record) -> None:
        """Learn the name of a term or author."""
        if isinstance(record, Term | Author) and record.id is not None:
            known = self._terms if isinstance(record, Term) else self._authors
            known.setdefault(record.name, set()).add(record.id)

    def resolved(self, post: Post) -> Post:
        """The post with numbers for the names that are certain."""
        return msgspec.structs.replace(
            post,
            author=self._number(self._authors, post.author),
            terms=[n for t in post.terms if (n := self._number(self._terms, t)) is not None],
        )

    @staticmethod
    def _number(known: dict[str, set[int]], value: int | Reference | None) -> int | Reference | None:
        found = known.get(value.name or "") if isinstance(value, Reference) else None
        return next(iter(found)) if found is not None and len(found) == 1 else value


class Ladder:
    """A blog read by several ways at once.

    Args:
        first: the best way.
        others: opens the further ways, best first; called only when something is missing.
    """

    def __init__(self, first: Source, others: Sequence[Callable[[], Source]]) -> None:
        self._first = first
        self._openers = list(others)
        #: collection -> the source that supplies it; those not here are the first's
        self._by: dict[str, Source] = {}
        self._kinds: dict[str, str] = {}
        self._names = Names()
        #: collections that another way supplies -> why the first does not
        self.refused: dict[str, str] = {}
        #: posts that were read: address -> number
        self._posts: dict[str, int] = {}

    # What is there

    def site(self) -> Site:
        """Describe the blog as the first way does."""
        return self._first.site()

    @cached_property
    def _able(self) -> Capabilities:
        return self._first.capabilities()

    @cached_property
    def _others(self) -> list[tuple[Source, Capabilities]]:
        """The further ways that lead in."""
        found = []
        for opener in self._openers:
            try:
                source = opener()
                if isinstance(source, Zoned):
                    source.zone = self._zone()
                found.append((source, source.capabilities()))
            except Stopped:
                raise
            except (SourceError, LoginError):
                continue
        return found

    def _zone(self) -> tzinfo:
        site = self._first.site()
        return values.site_zone(site.timezone, site.gmt_offset)[0]

    def capabilities(self) -> Capabilities:
        """The first way's offers, what it refuses replaced by what another supplies.

        Raises:
            SourceError: the first way shows nothing at all.
            LoginError: the login is refused or ignored.
        """
        able = self._able
        if not any(o.closed for o in able.offers):
            return able
        offers = [self._best(offer) for offer in able.offers]
        by_feed = {o.collection.kind for o in offers if not o.closed and self.way_of(o.collection) == "feed"}
        named = [line for kind, line in _POORER.items() if kind in by_feed]
        # The API hides pingbacks from visitors; other ways show them.
        others = "comments" in {self._kinds[key] for key in self._by}
        invisible = [n for n in able.invisible if not (others and n.startswith("pingbacks"))]
        return replace(able, offers=offers, invisible=(*invisible, *named))

    def _best(self, offer: Offer) -> Offer:
        if offer.closed is None or offer.collection.kind not in _SUPPLIED:
            return offer
        for source, able in self._others:
            other = _offered(able, offer.collection)
            if other is not None:
                self._by[offer.collection.key] = source
                self._kinds[offer.collection.key] = offer.collection.kind
                self.refused[offer.collection.key] = offer.closed
                return replace(other, collection=offer.collection)
        return offer

    @property
    def repairs(self) -> Mapping[str, int]:
        """What had to be mended, by whatever way."""
        found: Counter[str] = Counter()
        others = [source for source, _ in self._others] if "_others" in self.__dict__ else []
        for source in (self._first, *others):
            found.update(source.repairs if isinstance(source, Mending) else {})
        return found

    def way_of(self, what: Collection) -> str:
        """By which way a collection is read."""
        source = self._by.get(what.key)
        return next((able.way for s, able in self._others if s is source), "") if source else self._able.way

    @property
    def mixed(self) -> bool:
        """Some collections are read by another way than the first."""
        return bool(self._by)

    # Reading

    def read(self, what: Collection, since: dict[str, Any] | None = None) -> Iterator[Batch]:
        """Yield a collection by the way that supplies it; what that loses, the next is asked for."""
        source = self._by.get(what.key)
        batches = self._first.read(what, since) if source is None else self._supplied(source, what)
        done = _Done(View(self._able.way))
        for batch in self._noted(batches):
            done.lost += batch.lost
            done.view, done.ended = batch.view, done.ended or batch.last
            done.numbers.extend(r.id for r in batch.records if r.id is not None)
            batch.lost, batch.last = [], batch.last and not done.lost
            yield batch
        if done.lost:
            yield from self._mended(what, done, source)

    def foresee(self, what: Collection) -> None:
        """What is read next; the first way may ask ahead."""
        if what.key not in self._by and isinstance(self._first, Foreseeing):
            self._first.foresee(what)

    def _noted(self, batches: Iterator[Batch]) -> Iterator[Batch]:
        """Remember where posts are, and who is meant by a name; give numbers to the names of a poorer way."""
        for batch in batches:
            if batch.view.way == "feed" and batch.collection.kind == "posts":
                batch.records = [self._names.resolved(r) if isinstance(r, Post) else r for r in batch.records]
            for record in batch.records:
                self._names.note(record)
                if isinstance(record, Post) and record.id is not None and record.url:
                    self._posts[record.url] = record.id
            yield batch

    def _mended(self, what: Collection, done: _Done, source: Source | None) -> Iterator[Batch]:
        """What further ways have of that which one lost; then the account of what no way has."""
        sources = [other for other, able in self._others if _offered(able, what) is not None]
        for other in sources[sources.index(source) + 1 if source in sources else 0 :]:
            if not done.lost:
                break
            yield from self._filled(what, done, other)
        yield Batch(what, done.view, lost=done.lost, last=done.ended)

    def _filled(self, what: Collection, done: _Done, source: Source) -> Iterator[Batch]:
        """What one more way has; the account is corrected by it."""
        theirs: list[Loss] = []
        fresh: set[int | str] = set()
        nothing, whole, view = not done.numbers and not done.fresh, False, done.view
        for batch in self._others_batches(source, what, done):
            theirs += batch.lost
            whole, view = whole or batch.last, batch.view
            batch.records = [r for r in batch.records if self._is_new(r, done)]
            batch.lost, batch.last, batch.claimed = [], False, None
            batch.withheld = batch.withheld if nothing else 0
            fresh |= {n for r in batch.records if (n := _name(r)) is not None}
            if batch.records or batch.withheld:
                yield batch
        done.fresh |= fresh
        if fresh and nothing:
            # Where nothing at all came before, this way's own account is the true one.
            done.view, done.lost, done.ended = view, theirs, not theirs
            return
        if fresh and what.kind == "comments":
            # Comments are stored together, by what the poorest view can show.
            done.view = replace(done.view, fields=view.fields)
        done.lost = _remaining(done.lost, fresh, all_came=whole and not theirs)

    def _others_batches(self, source: Source, what: Collection, done: _Done) -> Iterator[Batch]:
        """Only what is missing, where that has numbers and the source can find by them; else all."""
        numbers = [loss.id for loss in done.lost if loss.id is not None]
        if len(numbers) == len(done.lost) and what.kind == "posts" and isinstance(source, Fetching):
            yield from source.fetch(self._own(source, what), numbers)
        else:
            yield from self._supplied(source, what)

    def _is_new(self, record: Record, done: _Done) -> bool:
        if _name(record) in done.fresh:
            return False
        if record.id is not None:
            return record.id in done.wanted or record.id not in done.known
        known = getattr(record, "url", None)
        return known is not None and known not in self._posts

    def _supplied(self, source: Source, what: Collection) -> Iterator[Batch]:
        if what.kind == "comments" and isinstance(source, Knowing):
            for url, number in self._posts.items():
                source.know(url, number)
        for batch in source.read(self._own(source, what)):
            batch.collection = what
            yield batch

    def _own(self, source: Source, what: Collection) -> Collection:
        """The collection as the other source names it."""
        able = next((a for s, a in self._others if s is source), None)
        other = _offered(able, what) if able is not None else None
        return other.collection if other is not None else what


@dataclass
class _Done:
    """What the first way gave of a collection."""

    view: View
    lost: list[Loss] = field(default_factory=list)
    #: of all records; eight bytes each, since nearly always nothing is lost and nobody asks
    numbers: array[int] = field(default_factory=lambda: array("q"))
    #: numbers or addresses of what further ways had
    fresh: set[int | str] = field(default_factory=set)
    ended: bool = False

    @cached_property
    def known(self) -> frozenset[int]:
        """The numbers, to look one up; asked for when all have come."""
        return frozenset(self.numbers)

    @cached_property
    def wanted(self) -> frozenset[int]:
        """The numbers of what was lost."""
        return frozenset(loss.id for loss in self.lost if loss.id is not None)


class SweepingLadder(Ladder):
    """A ladder all of whose collections are the first way's, which can tell cheaply what is there."""

    def __init__(self, first: Source, others: Sequence[Callable[[], Source]], able: Sweepable) -> None:
        super().__init__(first, others)
        self._sweepable = able

    def sweep(self, what: Collection, *, newest: bool = False) -> Iterator[Glimpse]:
        """Yield what the first way lists."""
        return self._sweepable.sweep(what, newest=newest)

    def fetch(self, what: Collection, numbers: Sequence[int]) -> Iterator[Batch]:
        """Yield records by their numbers."""
        return self._sweepable.fetch(what, numbers)

    def status_of(self, what: Collection, number: int) -> int | None:
        """The status of one record's own address."""
        return self._sweepable.status_of(what, number)


def climb(first: Source, others: Sequence[Callable[[], Source]]) -> Ladder:
    """Put ways together. Asks the first for what it has, to know whether others are needed.

    Raises:
        SourceError: the first way shows nothing at all.
        LoginError: the login is refused or ignored.
    """
    if isinstance(first, Sweepable):
        sweeping = SweepingLadder(first, others, first)
        sweeping.capabilities()
        if not sweeping.mixed:
            return sweeping
    # A list of numbers cannot be had of feeds: everything is read anew then.
    ladder = Ladder(first, others)
    ladder.capabilities()
    return ladder


def _offered(able: Capabilities, what: Collection) -> Offer | None:
    """What these capabilities say of a collection; None where it is closed there too."""
    return next((o for o in able.offers if o.collection.key == what.key and o.closed is None), None)


def _name(record: Record) -> int | str | None:
    return record.id if record.id is not None else getattr(record, "url", None)


def _remaining(lost: Sequence[Loss], fresh: set[int | str], *, all_came: bool) -> list[Loss]:
    """The losses that are left: what has a number and came is none, the rest of what came fills counts.

    What was not even counted is no loss where another way had all.
    """
    named = {loss.id for loss in lost if loss.id is not None}
    spare = len(fresh - named)
    left: list[Loss] = []
    for loss in lost:
        if loss.id is not None:
            if loss.id not in fresh:
                left.append(loss)
        elif loss.count is None:
            left += [] if all_came else [loss]
        elif loss.count > spare:
            left.append(msgspec.structs.replace(loss, count=loss.count - spare))
            spare = 0
        else:
            spare -= loss.count
    return left
