"""Comments by feeds: each post's own, and the site's.

Core shows a feed's newest ten comments and has no further page (``WP_Query::get_posts``, ``LIMIT``); what a
post has beyond them is counted as lost, by the number of comments that the posts feed names.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import unquote

from wpexport.model import Loss, Reference
from wpexport.net import Http
from wpexport.sources.base import Batch, Collection, View, counted
from wpexport.sources.feed import normalise
from wpexport.sources.feed.ask import Place, Reply, ask, ours, together
from wpexport.sources.feed.discovery import of_comments
from wpexport.sources.feed.entries import Entry, Feed
from wpexport.sources.feed.normalise import Setting
from wpexport.sources.feed.singles import Singles
from wpexport.text.addresses import parted

#: posts asked for in one batch
_CHUNK = 20
#: so many posts whose comments cannot be had, and none that can: the feeds are closed
_PATIENCE = 5
_PAGE = re.compile(r"/comment-page-\d+/?$")
#: core's own setting of ``posts_per_rss``
_USUAL = 10
_BEYOND = "a feed shows only the newest {} comments of a post, and this one has more"


@dataclass(slots=True)
class Target:
    """A post whose comments may be asked for."""

    url: str
    number: int | None = None
    #: how many it has, all types; None where nothing says
    total: int | None = None
    #: the feed of them, where the posts feed names it
    feed: str | None = None
    #: a posts feed showed it, and with it what that says of its comments
    shown: bool = False
    #: its type
    kind: str = "post"


def _is_of_comments(reply: Reply) -> bool:
    feed = reply.feed
    return reply.good and feed is not None and (not feed.entries or of_comments(feed))


def mended(feed: Feed) -> Counter[str]:
    """What had to be mended to read a feed, by kind."""
    found: Counter[str] = Counter()
    for note in feed.notes:
        kind, number = counted(re.sub(r" \(.*\)$", "", note))
        found[f"in feeds, {kind}"] += number
    return found


def place_of(url: str) -> str:
    """What makes an address of a post the same: not its scheme, its encoding or its slash."""
    parts = parted(url)
    query = f"?{parts.query}" if parts.query else ""
    return f"{(parts.hostname or '').removeprefix('www.')}{unquote(parts.path).rstrip('/')}{query}"


@dataclass(slots=True)
class CommentReader:
    """Reads the comments of many posts.

    Args:
        http: asks.
        place: where the feeds are.
        setting: of the site.
        what: the collection of comments.
        limit: how many comments a feed shows.
    """

    http: Http
    place: Place
    setting: Setting
    what: Collection
    limit: int = _USUAL
    seen: set[int] = field(default_factory=set)
    #: what had to be mended in feeds: phrase -> how often
    repairs: Counter[str] = field(default_factory=Counter)
    _known: dict[str, Target] = field(default_factory=dict)
    _failed: int = 0
    _answered: bool = False
    _parents: bool = True

    def read(self, targets: Sequence[Target], *, site: bool = True) -> Iterator[Batch]:
        """Yield the comments of all posts that may have some, then those of the site's own feed."""
        self._known = {place_of(t.url): t for t in targets}
        rest = iter([t for t in targets if t.total != 0])
        complete = True
        while chunk := list(islice(rest, _CHUNK)):
            if not self._answered and self._failed >= _PATIENCE:
                yield self._given_up([*chunk, *rest])
                complete = False
                break
            for batch in self._merged(zip(chunk, together(self.http, self._ask, chunk), strict=True)):
                complete = complete and not batch.lost
                yield batch
        if site:
            for batch in self._site():
                complete = complete and not batch.lost
                yield batch
        total = sum(t.total or 0 for t in targets) if all(t.total is not None for t in targets) else None
        yield Batch(self.what, self._view(), claimed=total, last=complete)

    def _view(self, feed: Feed | None = None) -> View:
        """What all feeds so far can show: comments are stored together, under one view."""
        if feed is not None:
            self._parents = self._parents and "parent" in normalise.comment_fields(feed)
        return View("feed", fields=normalise.COMMENT_FIELDS | ({"parent"} if self._parents else frozenset()))

    def _ask(self, target: Target) -> Reply:
        url = ours(target.feed, self.place.home) if target.feed else self.place.of(target.url)
        reply = ask(self.http, url)
        if not _is_of_comments(reply) and target.feed and self.place.of(target.url) != url:
            reply = ask(self.http, self.place.of(target.url))
        if not _is_of_comments(reply) and target.number is not None and not reply.blocked:
            again = ask(self.http, self.place.numbered(target.number, target.kind), attempts=2)
            reply = again if _is_of_comments(again) else reply
        return reply

    def _merged(self, replies: Iterable[tuple[Target, Reply]]) -> Iterator[Batch]:
        """One batch for each kind of feed: only Atom shows parents."""
        batches: dict[frozenset[str] | None, Batch] = {}
        for target, reply in replies:
            view = self._view(reply.feed if reply.good else None)
            batch = batches.setdefault(view.fields, Batch(self.what, view))
            self._one(batch, target, reply)
        yield from batches.values()

    def _one(self, batch: Batch, target: Target, reply: Reply) -> None:
        if reply.feed is None or not _is_of_comments(reply):
            self._failed += 1
            reason = reply.reason or "answered with something else than its comments"
            loss = Loss(
                collection=self.what.key,
                url=target.url,
                count=target.total,
                reason=reason,
                status=reply.status,
            )
            batch.lost.append(loss)
            return
        self._answered = True
        target.number = target.number or reply.number
        exchange = reply.exchange()
        batch.exchanges += [exchange] if exchange else []
        self.repairs.update(mended(reply.feed))
        came = sum(self._take(batch, entry, reply.feed, target) for entry in reply.feed.entries)
        self._account(batch, target, came, reply.feed)

    def _take(self, batch: Batch, entry: Entry, feed: Feed, target: Target) -> bool:
        where = target.number if target.number is not None else Reference(url=target.url)
        made = normalise.comment(entry, feed, self.setting, where)
        if made is None or made.id is None:
            batch.lost.append(Loss(collection=self.what.key, url=entry.url, reason="it has no number"))
            return True
        if made.id in self.seen:
            return True
        self.seen.add(made.id)
        if normalise.is_form(entry.content):
            # Its author and number are shown; a form stands in for what was said.
            batch.withheld += 1
        else:
            batch.records.append(made)
        return True

    def _account(self, batch: Batch, target: Target, came: int, feed: Feed) -> None:
        """Count what lies beyond a feed's reach."""
        if feed.truncated or feed.loose or feed.replaced:
            reason = "its comments feed is damaged, and not all of it could be read exactly"
            batch.lost.append(Loss(collection=self.what.key, url=target.url, reason=reason))
        if target.total is None and came >= min(self.limit, _USUAL):
            _, entry = Singles(self.http, self.place).post(target.url)
            target.total = entry.total if entry is not None else None
        if target.total is None:
            if came >= min(self.limit, _USUAL):
                reason = f"a feed shows only the newest {came} comments of a post, and this one may have more"
                batch.lost.append(Loss(collection=self.what.key, url=target.url, count=None, reason=reason))
            return
        short = target.total - came
        if short > 0 and came >= min(self.limit, _USUAL):
            loss = Loss(
                collection=self.what.key, url=target.url, count=short, reason=_BEYOND.format(came), status=200
            )
            batch.lost.append(loss)
        elif short > 0 and came == 0:
            reason = "its comments feed is empty, though WordPress counts some"
            batch.lost.append(Loss(collection=self.what.key, url=target.url, count=short, reason=reason))
        elif short > 0:
            # There was room for them: WordPress counts them and shows them to nobody.
            batch.withheld += short

    def _given_up(self, targets: Sequence[Target]) -> Batch:
        counts = [t.total for t in targets]
        total = sum(c or 0 for c in counts)
        reason = "The comments of further posts were not asked for: no comments feed of this site answers."
        return Batch(
            self.what, self._view(), lost=[Loss(collection=self.what.key, count=total or None, reason=reason)]
        )

    def _site(self) -> Iterator[Batch]:
        """The newest comments of the whole site: those of posts that no list had."""
        reply = ask(self.http, self.place.comments())
        if not reply.good or reply.feed is None or not of_comments(reply.feed):
            return
        batch = Batch(self.what, self._view(reply.feed))
        exchange = reply.exchange()
        batch.exchanges += [exchange] if exchange else []
        unknown: dict[str, Target] = {}
        for entry in reply.feed.entries:
            url = _PAGE.sub("/", ours(entry.url or "", self.place.home).partition("#")[0])
            target = self._known.get(place_of(url))
            if target is None:
                unknown.setdefault(place_of(url), Target(url))
            else:
                self._take(batch, entry, reply.feed, target)
        yield batch
        targets = list(unknown.values())
        yield from self._merged(zip(targets, together(self.http, self._ask, targets), strict=True))
