"""WordPress.com's public API as a source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import msgspec

from wpexport.errors import Blocked, LoginError, NotWordPress, SourceError, Unreachable
from wpexport.model import Loss, Record, Site
from wpexport.net import Http, NetError, typed
from wpexport.net.failures import Stopped
from wpexport.sources import pagehead
from wpexport.sources.base import Batch, Capabilities, Collection, Login, Offer, View
from wpexport.sources.discover import Found
from wpexport.sources.rest import values
from wpexport.sources.rest.answer import Answer, Outcome
from wpexport.sources.rest.api import Api as RestApi
from wpexport.sources.rest.api import exchange
from wpexport.sources.rest.source import RestSource
from wpexport.sources.wpcom import normalise
from wpexport.sources.wpcom.api import LARGEST, Api, entries, found, hosted_root, name_of
from wpexport.sources.wpcom.detect import is_hosted

_TERMS = 1000
_INVISIBLE = (
    "drafts, scheduled, pending and private posts",
    "posts with a password: WordPress.com does not even name them",
    "comments that wait for approval",
)
#: collections of ``rest/v1.1``: it has pingbacks, and paging that holds still
_OWN = (
    Collection("terms", "category", "Categories", "categories"),
    Collection("terms", "post_tag", "Tags", "tags"),
    Collection("posts", "post", "Posts", "posts"),
    Collection("posts", "page", "Pages", "posts"),
    Collection("comments", "comments", "Comments", "comments"),
)
_FIELDS = "ID,URL,name,description,jetpack,is_private,is_coming_soon,is_vip,post_count,lang,options"


class _HostedRest(RestSource):
    """Core's REST API as WordPress.com offers it for a site."""

    def __init__(self, http: Http, found_: Found, site: str) -> None:
        super().__init__(http, found_)
        self._api = RestApi(http, hosted_root(site), found_.home)
        self.repairs = self._api.repairs


class WpcomSource:
    """Reads a site by ``public-api.wordpress.com``: v1.1 where that shows more, ``wp/v2`` for the rest.

    Args:
        http: paced client; with ``credentials`` (a token of WordPress.com's) all comes by ``wp/v2``, which
            shows a login more.
        info: what the API says of the site.
    """

    def __init__(self, http: Http, info: dict[str, Any]) -> None:
        self._info = info
        number = values.number(info.get("ID"))
        self._name = str(number) if number else name_of(str(info.get("URL") or ""))
        self._api = Api(http, self._name)
        home = (values.address(info.get("URL")) or "").rstrip("/") + "/"
        index = {"name": info.get("name"), "description": info.get("description"), **self._zone()}
        root = hosted_root(self._name).url
        # A token of WordPress.com's is for this host, whatever the site's own address.
        self._rest = _HostedRest(http, Found(home, root, root, index), self._name)
        self._rest_offers: dict[str, Offer] = {}
        self._http = http
        self._login: Login | None = None

    def _zone(self) -> dict[str, Any]:
        options = self._info.get("options")
        options = options if isinstance(options, dict) else {}
        return {"timezone_string": options.get("timezone"), "gmt_offset": options.get("gmt_offset")}

    def site(self) -> Site:
        """Describe the blog."""
        home = (values.address(self._info.get("URL")) or "").rstrip("/") + "/"
        zone = self._zone()
        _, name, hours = values.site_zone(zone["timezone_string"], zone["gmt_offset"])
        return Site(
            home=home,
            url=values.address(self._info.get("URL")),
            name=values.plain(self._info.get("name"))[0],
            description=values.plain(self._info.get("description"))[0],
            timezone=name,
            gmt_offset=hours,
            language=values.string(self._info.get("lang")) or None,
            root=hosted_root(self._name).url,
            types=self._hosted.types,
            taxonomies=self._hosted.taxonomies,
            extra={k: self._info[k] for k in ("ID", "jetpack", "is_vip") if self._info.get(k)},
        )

    @cached_property
    def _hosted(self) -> Site:
        try:
            return self._rest.site()
        except SourceError:
            return Site(home="")

    def capabilities(self) -> Capabilities:
        """Ask both APIs for their totals; v1.1's word counts where both have a collection.

        Raises:
            SourceError: not one collection answers.
            LoginError: the login is refused or ignored.
        """
        try:
            able = self._rest.capabilities()
            self._login = able.login
            self._rest_offers = {o.collection.key: o for o in able.offers}
        except SourceError as error:
            if self._http.credentials is not None:
                raise LoginError(f"The login could not be used: {error}", hint=error.hint) from error
            self._rest_offers = {}
        offers = [self._offer(what) for what in _OWN]
        own = {o.collection.key for o in offers}
        offers += [o for key, o in self._rest_offers.items() if key not in own]
        if all(o.closed for o in offers):
            raise Blocked(f"Nothing can be read by WordPress.com's API. {offers[2].closed}")
        invisible = () if self._login and self._login.can_edit else _INVISIBLE
        return Capabilities("wpcom", offers, self._login, invisible)

    def _offer(self, what: Collection) -> Offer:
        if self._login and what.key in self._rest_offers:
            return self._rest_offers[what.key]
        answer = self._api.ask(what.route, {**_scope(what), "number": 1}, attempts=2)
        if entries(answer, what.route) is not None:
            return Offer(what, found(answer), status=answer.status)
        other = self._rest_offers.get(what.key)
        if other is not None and other.closed is None:
            return other
        return Offer(what, closed=_closed(what, answer), status=answer.status)

    # Reading

    @property
    def repairs(self) -> Mapping[str, int]:
        """What had to be mended in answers."""
        return self._rest.repairs

    def read(self, what: Collection, since: dict[str, Any] | None = None) -> Iterator[Batch]:
        """Yield a collection; what cannot be read is in a batch's ``lost``, never raised."""
        if what not in _OWN or (self._login and what.key in self._rest_offers):
            for batch in self._rest.read(what, since):
                batch.view = replace(batch.view, way="wpcom")
                yield batch
        else:
            state = _State(what, _TERMS if what.kind == "terms" else LARGEST)
            own = self._by_handle(what, state) if what.kind == "posts" else self._by_number(what, state)
            for batch in own:
                yield from self._by_core(what, state, batch) if batch.lost else [batch]

    def _by_core(self, what: Collection, state: _State, broken: Batch) -> Iterator[Batch]:
        """The rest by ``wp/v2``, where v1.1 broke off: there a page that fails is read row by row."""
        other = self._rest_offers.get(what.key)
        theirs: list[Loss] = []
        before = len(state.seen)
        for batch in self._rest.read(other.collection) if other and other.closed is None else ():
            theirs += batch.lost
            batch.records = [r for r in batch.records if r.id not in state.seen]
            state.seen.update(r.id for r in batch.records if r.id is not None)
            if batch.records:
                yield Batch(what, replace(batch.view, way="wpcom"), batch.records, batch.exchanges)
        if len(state.seen) > before:
            # Pingbacks are in v1.1 alone: what was counted there and did not come stays lost.
            left = state.left - sum(loss.count or 1 for loss in theirs)
            named = [loss for loss in theirs if loss.id not in state.seen]
            broken.lost = named + [msgspec.structs.replace(x, count=left) for x in broken.lost if left > 0]
        yield broken

    def _by_handle(self, what: Collection, state: _State) -> Iterator[Batch]:
        """Posts by ``page_handle``: the next page begins behind a value and a number, not at a count."""
        handle = ""
        seen: set[str] = set()
        while True:
            params = {**_scope(what), "number": state.size} | ({"page_handle": handle} if handle else {})
            answer = self._api.ask(what.route, params)
            rows = entries(answer, what.route)
            if rows is None:
                if state.shrink(answer):
                    continue
                yield state.broken(answer)
                return
            yield state.batch(answer, rows, self._records(what, rows, state))
            meta = answer.data.get("meta")
            handle = values.string(meta.get("next_page")) if isinstance(meta, dict) else ""
            if not handle or handle in seen:
                if handle:
                    yield state.broken(replace(answer, reason="the API answers with the same page again"))
                    return
                break
            seen.add(handle)
        yield state.end()

    def _by_number(self, what: Collection, state: _State) -> Iterator[Batch]:
        """Comments and terms by offset or page; the rows that are not shown use up places."""
        key, size = ("page", _TERMS) if what.kind == "terms" else ("offset", LARGEST)
        start = 0
        while True:
            where = start if key == "offset" else start // size + 1
            params = {**_scope(what), "number": state.size, key: where}
            answer = self._api.ask(what.route, params)
            rows = entries(answer, what.route)
            if rows is None:
                if key == "offset" and state.shrink(answer):
                    continue
                yield state.broken(answer)
                return
            fresh = self._records(what, rows, state)
            yield state.batch(answer, rows, fresh)
            start += state.size
            total = state.claimed
            if (total is not None and start >= total and len(rows) < state.size) or (
                not rows and total is None
            ):
                break
            if rows and not fresh:
                yield state.broken(replace(answer, reason="the API answers with the same page again"))
                return
        yield state.end()

    def _records(self, what: Collection, rows: list[dict[str, Any]], state: _State) -> list[Record]:
        made: list[Record] = []
        for row in rows:
            record: Record | None
            if what.kind == "posts":
                record = normalise.post(row, self._rest.numbers, what.name)
            elif what.kind == "comments":
                record = normalise.comment(row)
            else:
                record = normalise.term(row, self._rest.numbers, what.name)
            if record is not None and record.id not in state.seen:
                state.seen.add(record.id or 0)
                made.append(record)
        return made


@dataclass(slots=True)
class _State:
    """How far the reading of one collection came."""

    what: Collection
    size: int
    claimed: int | None = None
    seen: set[int] = field(default_factory=set)

    @property
    def left(self) -> int:
        """How many were counted and did not come."""
        return max(0, (self.claimed or 0) - len(self.seen))

    @property
    def view(self) -> View:
        fields = {"posts": normalise.POST_FIELDS, "comments": normalise.COMMENT_FIELDS}
        return View("wpcom", fields=fields.get(self.what.kind, normalise.TERM_FIELDS))

    def shrink(self, answer: Answer) -> bool:
        """Ask for less after an error that a smaller page may not have."""
        if answer.outcome is not Outcome.BROKEN or self.size == 1:
            return False
        self.size = max(1, self.size // 4)
        return True

    def batch(self, answer: Answer, rows: list[dict[str, Any]], records: list[Record]) -> Batch:
        total = found(answer)
        self.claimed = total if total is not None else self.claimed
        made = exchange(answer)
        return Batch(self.what, self.view, records, [made] if made and rows else [], claimed=total)

    def broken(self, answer: Answer) -> Batch:
        rest = None if self.claimed is None else max(1, self.left)
        reason = f"{self.what.label} could not be read to their end ({answer.reason})."
        loss = Loss(collection=self.what.key, reason=reason, count=rest, status=answer.status)
        return Batch(self.what, self.view, lost=[loss], last=True)

    def end(self) -> Batch:
        return Batch(self.what, self.view, withheld=self.left, last=True)


def _scope(what: Collection) -> dict[str, str | int]:
    if what.kind == "posts":
        return {"type": what.name, "status": "publish", "order_by": "ID", "order": "ASC"}
    return {"order": "ASC", "status": "approved"} if what.kind == "comments" else {}


def _closed(what: Collection, answer: Answer) -> str:
    return f"{what.label} could not be read ({answer.reason})."


def open_wpcom(http: Http, address: str) -> WpcomSource:
    """Ask WordPress.com for a site: one of its own, under whatever domain, or one that Jetpack connects.

    Raises:
        SourceError: WordPress.com does not know it, or keeps it closed.
        UsageError: it is no address.
    """
    url = typed(address)[0]
    host = urlsplit(url).netloc
    answer = Answer(Outcome.NOT_FOUND)
    names = [name_of(url), name_of(f"https://{urlsplit(url).hostname}")]
    for name in dict.fromkeys(names):
        answer = Api(http, name).ask(params={"fields": _FIELDS}, attempts=3)
        if answer.usable and isinstance(answer.data, dict) and answer.data.get("ID"):
            return WpcomSource(http, answer.data)
        if answer.outcome is not Outcome.NOT_FOUND:
            break
    if answer.outcome is Outcome.NOT_FOUND:
        raise NotWordPress(
            f"WordPress.com does not know {host} ({answer.reason}).",
            hint="Leave --via away to try other ways.",
        )
    if answer.outcome is Outcome.AUTH:
        raise Blocked(f"WordPress.com keeps {host} closed ({answer.reason}).", hint="Is the site private?")
    raise Unreachable(
        f"WordPress.com gives no answer about {host} ({answer.reason}).", hint="Try again later."
    )


def open_hosted(http: Http, address: str) -> WpcomSource:
    """As `open_wpcom`, for a site that WordPress.com hosts by its own front page's word, and for no other.

    Nobody else's address is told to a third party.

    Raises:
        SourceError: it is not there, or not hosted by WordPress.com, or closed there.
        UsageError: it is no address.
    """
    reason = ""
    for url in typed(address):
        http.trust(url)
        try:
            response = http.get(url, accept="text/html, */*;q=0.5", attempts=2)
        except Stopped:
            raise
        except NetError as error:
            reason = str(error)
            continue
        roots = ["", *(root for _, root in pagehead.read(response).roots)]
        if any(is_hosted(url, root=root, headers=response.headers) for root in roots):
            return open_wpcom(http, address)
        break
    raise NotWordPress(reason or f"{urlsplit(typed(address)[0]).netloc} is not hosted by WordPress.com.")
