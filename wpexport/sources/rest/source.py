"""The REST API of a WordPress site as a source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from wpexport.errors import SourceError
from wpexport.model import Loss, Personal, Site, TermNumbers
from wpexport.net import Http
from wpexport.sources.base import Batch, Capabilities, Collection, Glimpse, Login, Offer, View
from wpexport.sources.rest import bylines, catalogue, languages, values
from wpexport.sources.rest.ahead import Ahead
from wpexport.sources.rest.answer import Answer, Outcome
from wpexport.sources.rest.api import Api, merged
from wpexport.sources.rest.batches import batches
from wpexport.sources.rest.catalogue import Catalogue
from wpexport.sources.rest.elsewhere import kept_elsewhere
from wpexport.sources.rest.fetching import by_number
from wpexport.sources.rest.listing import Chunk, Refused
from wpexport.sources.rest.login import check
from wpexport.sources.rest.normalise import Setting
from wpexport.sources.rest.paging import Pager
from wpexport.sources.rest.root import Root
from wpexport.sources.rest.sweep import latest, swept
from wpexport.sources.rest.ways import Way, Ways

if TYPE_CHECKING:
    from wpexport.sources.discover import Found

_INVISIBLE = (
    "drafts, scheduled, pending and private posts",
    "the texts of posts with a password, and their comments",
    "pingbacks and trackbacks",
    "comments that wait for approval",
    "authors without a published post",
)
_POSTS = "wp/v2/posts"


class RestSource:
    """Reads a blog by WordPress' own REST API (core 4.7 and later).

    Args:
        http: paced client; with ``credentials`` a login is used wherever it shows more.
        found: what `wpexport.sources.discover.discover` found.
    """

    def __init__(self, http: Http, found: Found) -> None:
        self._http = http
        self._found = found
        self._api = Api(http, Root(found.root), found.home)
        self.repairs: Mapping[str, int] = self._api.repairs
        if found.cached:
            self._api.bust_caches()
        self.numbers = TermNumbers()
        self._expected: dict[str, int | None] = {}

    @cached_property
    def _login(self) -> Login | None:
        credentials = self._http.credentials
        return check(self._api, credentials, self._found.typed) if credentials is not None else None

    @cached_property
    def _ahead(self) -> Ahead:
        return Ahead(self._api)

    @cached_property
    def _catalogue(self) -> Catalogue:
        return catalogue.read(self._api, login=self._login is not None)

    @cached_property
    def _ways(self) -> Ways:
        login = self._login is not None
        return Ways(self._api, self._catalogue, login=login, post=self._found.post)

    @cached_property
    def _languages(self) -> list[dict[str, str]]:
        """What each collection is to be asked with, so that all languages come."""
        found = self._found
        if found.post is not None:
            return [{}]
        made = languages.parameters(self._api, found.index, found.home, login=self._login is not None)
        if len(made) == 1:
            self._ways.extra = made[0]
        return made

    def _each_language(self) -> Iterator[dict[str, str]]:
        """Set one language after the other; afterwards none, where there are several."""
        try:
            for extra in self._languages:
                self._ways.extra = extra
                yield extra
        finally:
            self._ways.extra = self._languages[0] if len(self._languages) == 1 else {}

    @cached_property
    def _setting(self) -> Setting:
        index = self._found.index
        zone, _, _ = values.site_zone(index.get("timezone_string"), index.get("gmt_offset"))
        return Setting(zone=zone, term_keys=self._catalogue.term_keys(), term_numbers=self.numbers)

    def site(self) -> Site:
        """Describe the blog by the API's index, its types and taxonomies."""
        index = self._found.index
        _, zone, hours = values.site_zone(index.get("timezone_string"), index.get("gmt_offset"))
        kept = ("namespaces", "page_for_posts", "page_on_front", "show_on_front", "site_logo", "site_icon")
        return Site(
            home=self._found.home,
            url=values.address(index.get("url")),
            name=values.plain(index.get("name"))[0],
            description=values.plain(index.get("description"))[0],
            timezone=zone,
            gmt_offset=hours,
            language=self._found.language,
            root=self._api.root.url,
            types=self._catalogue.types,
            taxonomies=self._catalogue.taxonomies,
            extra={k: index[k] for k in kept if index.get(k)},
        )

    def capabilities(self) -> Capabilities:
        """Check the login, list the collections, and ask each for its total.

        Raises:
            LoginError: the login is refused or ignored.
            SourceError: not one collection answers.
        """
        login, several = self._login, len(self._languages) > 1
        collections = self._catalogue.collections()
        if self._found.post is not None:
            collections = self._catalogue.around(self._found.post[0])
        asked = [self._http.workers.submit(self._offer, what, self._ways(what)) for what in collections]
        offers = [future.result() for future in asked]
        if several:
            offers = [replace(o, expected=None) for o in offers]
        self._expected = {o.collection.key: o.expected for o in offers}
        if all(o.closed for o in offers):
            raise self._nothing(offers)
        offers += [
            Offer(what, closed=f"{what.label} could not be asked for: {answer.reason}.", status=answer.status)
            for what, answer in self._catalogue.unknown
            if self._found.post is None
        ]
        invisible: tuple[str, ...] = () if login and login.can_edit else _INVISIBLE
        invisible += tuple(kept_elsewhere(self._api, self._found.services, self._found.home, offers))
        single = self._found.post is not None
        return Capabilities("rest", offers, login, invisible, single=single, remark=self._found.remark)

    def _offer(self, what: Collection, ways: Sequence[Way]) -> Offer:
        answer = Answer(Outcome.BROKEN)
        for way in ways:
            listing = way.listing
            query = merged(listing.params, {"per_page": 1, "_fields": "id"})
            answer = self._api.ask(listing.route, query, rows=True, login=listing.login, attempts=2)
            if answer.usable:
                return Offer(what, answer.total, status=answer.status)
        if answer.outcome in (Outcome.BROKEN, Outcome.REFUSED):
            # The first row alone may be what fails; reading will tell.
            return Offer(what, None, status=answer.status)
        if what.kind == "authors" and self._found.post is None and bylines.shown(self._api, _POSTS):
            return Offer(what, None, status=answer.status)
        return Offer(what, closed=_closed(what, answer), status=answer.status)

    @staticmethod
    def _nothing(offers: Sequence[Offer]) -> SourceError:
        from wpexport.sources.discover import RestClosed

        first = next((o for o in offers if o.collection.kind == "posts"), offers[0])
        return RestClosed(f"Nothing can be read by this site's REST API. {first.closed}")

    def read(self, what: Collection, since: dict[str, Any] | None = None) -> Iterator[Batch]:
        """Yield a collection page by page, asking ahead. ``since`` is a batch's ``cursor``.

        What cannot be read is in a batch's ``lost``, never raised.
        """
        if self._found.post is not None and what.kind in ("posts", "authors"):
            yield from self._only(what)
        elif len(self._languages) > 1:
            yield from self._in_languages(what)
        else:
            yield from self._read(what, since)

    def foresee(self, what: Collection) -> None:
        """What is read next: its first page is asked for as soon as there is a free hand."""
        alone = self._found.post is not None or len(self._languages) > 1
        if not alone and not (what.kind == "authors" and self._login is not None):
            self._ahead.foresee(self._ways(what)[0].listing, self._expected.get(what.key))

    def _only(self, what: Collection) -> Iterator[Batch]:
        """The single post, or its author."""
        number = self._found.post[1] if self._found.post is not None else None
        if what.kind == "authors":
            number = values.number(self._ways.single.get("author"))
        came = False
        for batch in self.fetch(what, [number] if number is not None else []):
            came = came or bool(batch.records or batch.lost)
            yield batch
        end = Batch(what, View("rest", login=self._login is not None), last=True)
        if what.kind == "posts" and not came:
            end.lost = [Loss(collection=what.key, id=number, reason="The site does not show this post.")]
        yield end

    def _in_languages(self, what: Collection) -> Iterator[Batch]:
        """A collection in one language after the other; what is in several comes once."""
        seen: set[int | None] = set()
        withheld = 0
        for _ in self._each_language():
            for batch in self._read(what, None):
                main = {r.id for r in batch.records if not isinstance(r, Personal)}
                batch.records = [r for r in batch.records if r.id not in seen]
                seen |= main
                withheld += batch.withheld
                batch.claimed, batch.cursor, batch.last = None, None, False
                yield batch
        yield Batch(what, View("rest"), claimed=len(seen) + withheld, last=True)

    def _read(self, what: Collection, since: dict[str, Any] | None) -> Iterator[Batch]:
        if what.kind == "authors" and self._login is not None and not since:
            yield from self._read_authors(what)
            return
        since = dict(since or {})
        ways = self._ways(what)
        skipped = since.pop("way", 0)
        for place, way in enumerate(ways):
            if place < skipped:
                continue
            pager = self._ahead.pager(way.listing, self._expected.get(what.key), since)
            try:
                yield from self._batches(what, way, pager, place, ways)
            except Refused as refused:
                if place + 1 < len(ways):
                    continue
                if what.kind == "authors" and self._found.post is None:
                    yield from self._by_posts(what, way, refused.answer)
                else:
                    yield self._refused(what, refused.answer)
            return

    def _by_posts(self, what: Collection, way: Way, refusal: Answer) -> Iterator[Batch]:
        """Authors as their posts show them, where their own route is closed."""
        if not bylines.shown(self._api, _POSTS):
            yield self._refused(what, refusal)
            return
        routes = [t.route for t in self._catalogue.types if t.route]
        for chunk in bylines.authors(self._api, way.listing, routes):
            for batch in self._batches_of(what, way, chunk, 0):
                # Yoast tells names alone.
                if any("slug" not in row for row in chunk.rows):
                    batch.view = View("rest", login=way.listing.login, fields=frozenset({"id", "name"}))
                yield batch

    def _batches(
        self, what: Collection, way: Way, pager: Pager, place: int, ways: Sequence[Way]
    ) -> Iterator[Batch]:
        poorer = [w for w in ways[place + 1 :] if not w.edit] if way.listing.login else []
        featured = self._featured(what)
        own = 0
        for chunk in pager.chunks():
            self._ahead.came(chunk)
            own += self._narrow(what, chunk, own)
            # Core drops from the edit context what this user may not edit, even where it is public.
            hidden = chunk.withheld if chunk.last and poorer else 0
            chunk.withheld -= hidden
            for batch in self._batches_of(what, way, chunk, place):
                batch.last = batch.last and not hidden and not featured
                yield batch
            if hidden:
                yield from self._rest(what, poorer, pager, hidden, last=not featured)
        if featured:
            yield from self.fetch(what, featured)
            yield Batch(what, View("rest", login=way.listing.login), last=True)

    def _narrow(self, what: Collection, chunk: Chunk, before: int) -> int:
        """Leave of a chunk what belongs to the single post; says how much that is.

        A site may ignore the parameter by which it was asked for that.
        """
        if self._found.post is None or what.kind not in ("comments", "media"):
            return 0
        own = [row for row in chunk.rows if values.number(row.get("post")) == self._found.post[1]]
        if len(own) < len(chunk.rows) or before < (chunk.total or 0):
            chunk.total = before + len(own) if chunk.last else None
        chunk.rows = own
        return len(own)

    def _rest(
        self, what: Collection, ways: Sequence[Way], before: Pager, hidden: int, *, last: bool
    ) -> Iterator[Batch]:
        """What visitors see and an editing user was not shown; whatever else was hidden is withheld."""
        for way in ways:
            try:
                for chunk in Pager(self._api, way.listing).chunks():
                    chunk.rows = [
                        r for r in chunk.rows if (values.number(r.get("id")) or 0) not in before.seen
                    ]
                    # The totals are those of the other listing.
                    chunk.total, chunk.cursor, chunk.withheld, chunk.last = None, None, 0, False
                    hidden -= len(chunk.rows)
                    yield from self._batches_of(what, way, chunk, 0)
                break
            except Refused:
                continue
        yield Batch(what, View("rest", login=True), withheld=max(0, hidden), last=last)

    def _featured(self, what: Collection) -> list[int]:
        """The featured image of a single post, which need not be attached to it."""
        number = values.number(self._ways.single.get("featured_media")) if what.kind == "media" else None
        return [number] if number is not None else []

    def _read_authors(self, what: Collection) -> Iterator[Batch]:
        """First whom visitors see, then what a login adds: others, and everyone's private side."""
        edit, visitor, *_ = self._ways(what)
        public = Pager(self._api, visitor.listing)
        try:
            for chunk in public.chunks():
                for batch in self._batches_of(what, visitor, chunk, 0):
                    batch.last, batch.cursor = False, None
                    yield batch
        except Refused:
            pass
        try:
            for chunk in Pager(self._api, edit.listing).chunks():
                for batch in self._batches_of(what, edit, chunk, 0):
                    batch.cursor = None
                    yield from self._split_authors(batch, public)
        except Refused as refused:
            if public.seen:
                yield Batch(what, View("rest"), last=True)
            else:
                yield self._refused(what, refused.answer)

    @staticmethod
    def _split_authors(batch: Batch, public: Pager) -> Iterator[Batch]:
        """Authors that no visitor sees go into a batch of their own."""
        hidden = [r for r in batch.records if not isinstance(r, Personal) and (r.id or 0) not in public.seen]
        if hidden:
            yield Batch(batch.collection, batch.view, list(hidden), hidden=True)
        batch.records = [r for r in batch.records if isinstance(r, Personal)]
        yield batch

    def fetch(self, what: Collection, numbers: Sequence[int]) -> Iterator[Batch]:
        """Fetch records of a collection by their numbers, a hundred a request.

        Numbers that the site does not show are simply absent from the result.
        """
        left = list(numbers)
        for _ in self._each_language():
            ways = self._ways(what)
            for place, chunk in by_number(self._api, ways, left):
                came = {values.number(row.get("id")) for row in (*chunk.rows, *chunk.partial)}
                left = [number for number in left if number not in came]
                yield from self._batches_of(what, ways[place], chunk, place)

    def sweep(self, what: Collection, *, newest: bool = False) -> Iterator[Glimpse]:
        """Yield the numbers of what is there, and when each was modified."""
        if newest:
            ways = [way.listing for _ in self._each_language() for way in self._ways(what)]
            yield from latest(self._api, ways, what.kind)
            return
        for extra in self._each_language():
            for glimpse in swept(self._api, self._ways(what), login=self._login is not None):
                if len(self._languages) > 1:
                    glimpse.claimed, glimpse.last = None, glimpse.last and extra is self._languages[-1]
                yield glimpse

    def status_of(self, what: Collection, number: int) -> int | None:
        """The HTTP status of one record's own address."""
        answer = self._api.ask(
            f"{what.route}/{number}", {"_fields": "id"}, rows=False, login=self._login is not None, attempts=2
        )
        return answer.status

    def _batches_of(self, what: Collection, way: Way, chunk: Chunk, place: int) -> Iterator[Batch]:
        return batches(what, way, chunk, place, self._setting)

    def _refused(self, what: Collection, answer: Answer, count: int | None = None) -> Batch:
        loss = Loss(collection=what.key, reason=_closed(what, answer), count=count, status=answer.status)
        return Batch(what, View("rest", login=self._login is not None), lost=[loss], last=True)


def open_rest(http: Http, address: str) -> RestSource:
    """Discover a site's REST API from what a user typed, and open it.

    Raises:
        SourceError: not reachable, not WordPress, or blocked.
        UsageError: it is no address.
    """
    from wpexport.sources.discover import discover  # which needs the judge of answers from here

    return RestSource(http, discover(http, address))


def _closed(what: Collection, answer: Answer) -> str:
    """One sentence on why a collection cannot be read."""
    return f"{what.label} could not be read ({answer.reason})."
