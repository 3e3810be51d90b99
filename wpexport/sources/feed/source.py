"""The feeds of a WordPress site as a source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, tzinfo
from functools import cached_property

from wpexport.model import Loss, PostType, Site
from wpexport.net import Http, NetError
from wpexport.net.failures import Stopped
from wpexport.sources.base import Batch, Capabilities, Collection, Exchange, Offer, View
from wpexport.sources.feed import normalise, sitemap
from wpexport.sources.feed.ask import Reply, ask, number_in, ours, together
from wpexport.sources.feed.comments import CommentReader, Target, mended, place_of
from wpexport.sources.feed.discovery import FoundFeed, find, of_comments
from wpexport.sources.feed.entries import Entry, Feed
from wpexport.sources.feed.normalise import Setting
from wpexport.sources.feed.paging import Walk, key
from wpexport.sources.feed.singles import Single, Singles, own_entry

POSTS = Collection("posts", "post", "Posts", "post")
PAGES = Collection("posts", "page", "Pages", "page")
COMMENTS = Collection("comments", "comments", "Comments", "comments")
_INVISIBLE = (
    "drafts, scheduled, pending and private posts",
    "the texts of posts with a password, and their comments",
    "comments that wait for approval",
)
_NONE = (
    (
        Collection("terms", "category", "Categories"),
        "A feed names categories and tags, but has no list of them.",
    ),
    (Collection("terms", "post_tag", "Tags"), "A feed does not tell tags from categories."),
    (Collection("authors", "authors", "Authors"), "A feed names authors, but has no list of them."),
    (Collection("media", "media", "Media"), "A feed has no list of the media library."),
)
_FEW = 10


class FeedSource:
    """Reads a blog by its feeds: Atom, RSS 2.0 or RDF, whichever the site has and is richest.

    Args:
        http: paced client; a login is never used.
        found: what `wpexport.sources.feed.discovery.find` found.
        zone: the site's, where it is known: feeds give all times in UTC.
    """

    def __init__(self, http: Http, found: FoundFeed, *, zone: tzinfo = UTC) -> None:
        self._http = http
        self._found = found
        self._place = found.place
        #: the site's, where it is known: feeds give all times in UTC
        self.zone = zone
        self._singles = Singles(http, found.place)
        self._targets: dict[str, Target] = {}
        self._listed: set[str] = set()
        self._largest = 0
        #: posts of which nobody said whether their text has further pages
        self._unsure = 0
        #: what had to be mended in feeds: phrase -> how often
        self.repairs: Counter[str] = Counter()

    # What is there

    @property
    def _feed(self) -> Feed:
        return self._found.feed

    @cached_property
    def _sitemap(self) -> sitemap.Sitemap:
        return sitemap.read(self._http, self._place.home)

    def site(self) -> Site:
        """Describe the blog by the head of its feed."""
        feed = self._feed
        types = [PostType(slug="post", name="Posts")]
        types += [PostType(slug=kind, name=_label(kind)) for kind in self._sitemap.posts if kind != "post"]
        return Site(
            home=self._place.home,
            name=feed.title,
            description=feed.description,
            language=self._found.language or feed.language,
            root=self._found.first.url,
            types=types,
            extra={"generator": feed.generator} if feed.generator else {},
        )

    def capabilities(self) -> Capabilities:
        """List what the feeds and the sitemap hold."""
        if self._found.post is not None:
            offers = [Offer(POSTS, 1), Offer(COMMENTS)]
            return Capabilities("feed", offers, invisible=_INVISIBLE, single=True)
        listed = self._sitemap
        offers = [Offer(POSTS, self._expected("post"))]
        if "page" in listed.posts:
            offers.append(Offer(PAGES, self._expected("page")))
        else:
            reason = "A feed has no pages, and the site has no sitemap that lists them."
            offers.append(Offer(PAGES, closed=reason))
        for kind in listed.posts:
            if kind not in ("post", "page"):
                offers.append(Offer(Collection("posts", kind, _label(kind), kind), self._expected(kind)))
        offers += [Offer(what, closed=reason) for what, reason in _NONE]
        offers.append(self._comments_offer())
        return Capabilities("feed", offers, invisible=_INVISIBLE)

    def _expected(self, kind: str) -> int | None:
        found = self._sitemap
        return len(found.posts[kind]) if found.whole.get(kind) else None

    def _comments_offer(self) -> Offer:
        reply = ask(self._http, self._place.comments(), attempts=2)
        if reply.good:
            return Offer(COMMENTS, status=reply.status)
        # The site's feed may be closed and those of the posts open.
        with_some = next((e for e in self._feed.entries if e.total and e.url), None)
        if with_some is not None and with_some.url:
            own = ask(self._http, self._place.of(ours(with_some.url, self._place.home)), attempts=2)
            if own.good and own.feed is not None and of_comments(own.feed):
                return Offer(COMMENTS, status=own.status)
        return Offer(COMMENTS, closed=f"Comments could not be read ({reply.reason}).", status=reply.status)

    def know(self, url: str, number: int, total: int | None = None) -> None:
        """Tell of a post that another way found: its comments are asked for too."""
        url = ours(url, self._place.home)
        target = self._targets.setdefault(place_of(url), Target(url, number, total))
        target.number = number

    # Reading

    def read(self, what: Collection, since: dict[str, object] | None = None) -> Iterator[Batch]:
        """Yield a collection; what cannot be read is in a batch's ``lost``, never raised.

        ``since`` is without effect: feeds cannot be resumed.
        """
        if what.kind == "posts" and self._found.post is not None:
            yield self._one_post(what, *self._found.post)
        elif what.kind == "posts":
            yield from self._read_posts(what)
        elif what.kind == "comments":
            yield from self._read_comments(what)
        else:
            reason = next((r for w, r in _NONE if w.kind == what.kind), "A feed has no such thing.")
            yield Batch(
                what, View("feed"), lost=[Loss(collection=what.key, count=None, reason=reason)], last=True
            )

    def _walk(self, kind: str) -> Walk | None:
        """The feed of a type; None where it has none (pages) or the site ignores ``post_type``."""
        if kind == "post":
            return Walk(self._http, self._place, first=self._found.first)
        if kind == "page" or self._place.fixed is not None:
            return None
        params: dict[str, str | int] = {"post_type": kind}
        first = ask(self._http, self._place.posts(params), attempts=2)
        if first.feed is None or not first.feed.entries:
            return None
        # A type that is not publicly queryable is dropped from the query, and the posts feed comes.
        if {key(e) for e in first.feed.entries} & {key(e) for e in self._feed.entries}:
            return None
        return Walk(self._http, self._place, params, first=first)

    def _read_posts(self, what: Collection) -> Iterator[Batch]:
        kind = what.name
        walk = self._walk(kind)
        complete = True
        there: set[str] = set()
        for piece in walk.pieces() if walk else ():
            there |= {place_of(ours(e.url, self._place.home)) for e in piece.entries if e.url}
            for batch in self._made(what, piece.reply, piece.feed, piece.entries):
                complete = complete and not batch.lost
                yield batch
        listed = self._sitemap.posts.get(kind, [])
        missing = [url for url in dict.fromkeys(listed) if place_of(url) not in there]
        for batch in self._by_address(what, missing):
            complete = complete and not batch.lost
            yield batch
        self._largest = max(self._largest, walk.largest if walk else 0)
        self._listed.add(kind)
        ended = (walk is not None and walk.ended) or bool(self._sitemap.whole.get(kind))
        lost = [] if ended else [self._unfinished(what, walk)]
        if self._unsure:
            reason = (
                f"{what.label}: of {self._unsure} texts it could not be found out whether they have further "
                "pages, which a feed does not show."
            )
            lost.append(Loss(collection=what.key, count=None, reason=reason))
            self._unsure = 0
        last = complete and ended and not lost
        # A sitemap may lag behind or leave posts out ("noindex"): it is a claim only where nothing better is.
        claimed = len(there) + len(missing) if last and listed else None
        yield Batch(what, View("feed"), claimed=claimed, lost=lost, last=last)

    def _unfinished(self, what: Collection, walk: Walk | None) -> Loss:
        if walk is None:
            reason = f"{what.label} have no feed of their own, and the site has no sitemap that lists them."
            return Loss(collection=what.key, count=None, reason=reason)
        many = len(walk.seen)
        reason = (
            f"{what.label}: the feed showed {many} and no end ({walk.reason or 'no answer'}); "
            "there may be more, and the site has no sitemap that lists them all."
        )
        return Loss(collection=what.key, count=None, reason=reason)

    def _made(self, what: Collection, reply: Reply, feed: Feed, entries: Sequence[Entry]) -> Iterator[Batch]:
        """An answer's items as records, in one batch for all that show the same fields.

        Of those behind a password the title has a prefix in the site's language and the text is a form:
        neither replaces anything.
        """
        urls = [ours(e.url, self._place.home) if e.url else None for e in entries]
        singles = together(self._http, self._look, entries, urls)
        batches: dict[frozenset[str], Batch] = {}
        for entry, url, single in zip(entries, urls, singles, strict=True):
            self._add(batches, what, feed, entry, url, single)
        exchange = reply.exchange()
        self.repairs.update(mended(feed))
        for batch in batches.values():
            batch.exchanges[:0] = [exchange] if exchange else []
        if batches and (feed.replaced or feed.truncated):
            reason = _damage(feed)
            next(iter(batches.values())).lost.append(Loss(collection=what.key, url=reply.url, reason=reason))
        yield from batches.values()

    def _look(self, entry: Entry, url: str | None) -> Single:
        if url is None or self._place.fixed is not None:
            return Single()
        single = self._singles.look(entry, url)
        if single.number is None and entry.guid:
            single.number = self._sure(entry.guid, url)
        return single

    def _sure(self, guid: str, url: str) -> int | None:
        """The number in a ``guid`` of the site's own form, where the post's address does not tell.

        A post that was imported keeps its former site's number there. Only where the permalink itself is
        ``?p=ID`` (plain permalinks), or the number's address leads to this very post, is it certain.
        """
        number = number_in(guid, self._place.home)
        if number is None or number_in(url, self._place.home) == number:
            return number
        try:
            response = self._http.get(f"{self._place.home}?p={number}", attempts=1, method="HEAD")
        except Stopped:
            raise
        except NetError:
            return None
        return number if place_of(response.url) == place_of(url) else None

    def _add(
        self,
        batches: dict[frozenset[str], Batch],
        what: Collection,
        feed: Feed,
        entry: Entry,
        url: str | None,
        single: Single,
    ) -> None:
        setting = Setting(self._place.home, self.zone, what.name)
        made = normalise.post(entry, feed, setting, single.number, single.parts)
        if made is None:
            return
        self._unsure += single.unsure and made.content.complete
        fields = normalise.post_fields(entry, feed, protected=made.password_protected)
        batch = batches.setdefault(fields, Batch(what, View("feed", fields=fields)))
        batch.records.append(made)
        batch.exchanges += _exchanges(single.replies)
        reason = normalise.incomplete(made, entry, feed)
        if reason is not None:
            batch.lost.append(Loss(collection=what.key, id=made.id, url=url, reason=reason))
        if url is not None:
            replies = entry.replies if entry.replies and "feed" in entry.replies else None
            self._targets[place_of(url)] = Target(url, made.id, entry.total, replies, True, what.name)

    def _by_address(self, what: Collection, urls: Sequence[str]) -> Iterator[Batch]:
        """Posts that no feed listed, each by the feed of its own address."""
        for start in range(0, len(urls), _FEW):
            some = urls[start : start + _FEW]
            lost: list[Loss] = []
            for url, (reply, entry) in zip(
                some, together(self._http, self._singles.post, some, [what.name] * len(some)), strict=True
            ):
                if entry is None or reply.feed is None:
                    reason = reply.reason or "its address has no feed of it"
                    lost.append(Loss(collection=what.key, url=url, reason=reason, status=reply.status))
                    self._targets.setdefault(place_of(url), Target(url, kind=what.name))
                else:
                    yield from self._made(what, reply, reply.feed, [entry])
            if lost:
                yield Batch(what, View("feed"), lost=lost)

    def fetch(self, what: Collection, numbers: Sequence[int]) -> Iterator[Batch]:
        """Posts by their numbers; those that no feed shows are absent."""
        for number in numbers:
            reply = ask(
                self._http, self._place.numbered(number, what.name, {"withoutcomments": 1}), attempts=2
            )
            entry = own_entry(reply)
            if entry is None or reply.feed is None or reply.number not in (None, number):
                continue
            for batch in self._made(what, reply, reply.feed, [entry]):
                batch.records = [r for r in batch.records if r.id == number]
                yield batch

    def _one_post(self, what: Collection, url: str, number: int | None) -> Batch:
        reply, entry = self._singles.post(url)
        if entry is None or reply.feed is None:
            reason = reply.reason or "its address has no feed of it"
            lost = [Loss(collection=what.key, id=number, url=url, reason=reason, status=reply.status)]
            self._targets[place_of(url)] = Target(url, number)
            return Batch(what, View("feed"), lost=lost, last=True)
        batch = next(self._made(what, reply, reply.feed, [entry]))
        batch.last = True
        return batch

    def _read_comments(self, what: Collection) -> Iterator[Batch]:
        if self._found.post is not None:
            url, number = self._found.post
            targets = [self._targets.get(place_of(url)) or Target(url, number)]
        else:
            self._find_targets()
            targets = list(self._targets.values())
            if any(t.total is not None for t in targets):
                # Core leaves the number out where there are no comments and none may come.
                targets = [
                    replace(t, total=0) if t.total is None and t.shown and not t.feed else t for t in targets
                ]
        setting = Setting(self._place.home, self.zone)
        limit = self._largest or _FEW
        reader = CommentReader(self._http, self._place, setting, what, limit)
        yield from reader.read(targets, site=self._found.post is None)
        self.repairs.update(reader.repairs)

    def _find_targets(self) -> None:
        """Posts and their numbers of comments, where the posts themselves were not read by feed."""
        kinds = {"post", *self._sitemap.posts} - self._listed
        for kind in sorted(kinds):
            walk = self._walk(kind)
            for piece in walk.pieces() if walk else ():
                for entry in piece.entries:
                    if entry.url:
                        self._note(ours(entry.url, self._place.home), entry, kind)
            self._largest = max(self._largest, walk.largest if walk else 0)
            for url in self._sitemap.posts.get(kind, []):
                self._targets.setdefault(place_of(url), Target(url, kind=kind))

    def _note(self, url: str, entry: Entry, kind: str) -> None:
        target = self._targets.setdefault(place_of(url), Target(url))
        target.total, target.shown, target.kind = entry.total, True, kind
        target.feed = entry.replies if entry.replies and "feed" in entry.replies else None


def _damage(feed: Feed) -> str:
    parts = []
    if feed.replaced:
        parts.append(f"{feed.replaced} places of this answer are no text in its encoding and became “\ufffd”")
    if feed.truncated:
        parts.append("this answer broke off")
    return "; ".join(parts)


def _exchanges(replies: Sequence[Reply]) -> list[Exchange]:
    return [e for r in replies if (e := r.exchange()) is not None]


def _label(kind: str) -> str:
    return {"post": "Posts", "page": "Pages"}.get(kind, kind.replace("_", " ").replace("-", " ").capitalize())


def open_feed(http: Http, address: str) -> FeedSource:
    """Find a site's feeds from what a user typed, and open them.

    Raises:
        SourceError: not reachable, no feed, or blocked.
        UsageError: it is no address.
    """
    return FeedSource(http, find(http, address))


__all__ = ["COMMENTS", "PAGES", "POSTS", "FeedSource", "open_feed"]
