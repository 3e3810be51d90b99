"""From what a user typed to a REST API: a site's address, a subdirectory's, or a single post's.

The signals, best first: the ``Link`` header and the ``<link>`` of a page (core ``rest_output_link_header``,
``rest_output_link_wp_head``), the RSD file (``rest_output_rsd``), then the four addresses that core's rewrite
rules answer, at the typed path and each of its parents.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit, urlunsplit

from wpexport.errors import Blocked, NotWordPress, SourceError, Unreachable
from wpexport.net import (
    JSON,
    Forbidden,
    Http,
    NetError,
    Response,
    TooManyRedirects,
    at_origin,
    is_address,
    same_site,
    typed,
)
from wpexport.net.address import is_loopback, origin, shown
from wpexport.sources.pagehead import HEAD, Page, attributes, read
from wpexport.sources.rest.answer import Answer, Outcome, failed, judge
from wpexport.sources.rest.api import BUST, by_firewall
from wpexport.sources.rest.root import Form, Root

_INDEX_FIELDS = (
    "name,description,url,home,gmt_offset,timezone_string,namespaces,authentication,"
    "page_for_posts,page_on_front,show_on_front,site_logo,site_icon"
)
_API = re.compile(rb"<api\b[^<>]*>", re.I)


@dataclass(frozen=True, slots=True)
class Found:
    """A REST API, and what was learned on the way to it."""

    #: the blog's front page, with the scheme and host that we talk to
    home: str
    #: the address that a user named, and none that the site made of it
    typed: str
    #: the REST root
    root: str
    #: the API's index without its routes
    index: Mapping[str, Any]
    #: of a single post that was asked for: its route (``wp/v2/posts``) and number
    post: tuple[str, int] | None = None
    #: of the front page's ``<html lang>``
    language: str | None = None
    #: what led here, for people
    evidence: tuple[str, ...] = ()
    #: a cache in front answers with web pages, unless it is asked for what it has never seen
    cached: bool = False
    #: services beside WordPress that keep comments of the site
    services: tuple[str, ...] = ()
    #: that the typed address is neither the blog's nor a post's; empty where it is
    remark: str = ""

    @property
    def form(self) -> Form:
        """Whether routes are part of the path or a parameter."""
        return Root(self.root).form


class RestClosed(Blocked):
    """WordPress is there, but its REST API is closed to us."""

    default_hint = "Its feeds may still be open; with a login the API may be too."


def discover(http: Http, address: str) -> Found:
    """Find the REST API of what a user typed.

    Raises:
        UsageError: it is no address.
        Unreachable: nothing answers there.
        NotWordPress: something answers, but nothing speaks of WordPress.
        RestClosed: WordPress answers, but its API demands a login or is gone.
        Blocked: something in front of the site refuses us.
    """
    error: SourceError | None = None
    for url in typed(address):
        http.trust(url)
        try:
            return _Search(http, url).run()
        except (Unreachable, NotWordPress) as failure:
            error = error or failure
            if isinstance(failure, NotWordPress):
                break
    raise error or NotWordPress(f"{address} is not a WordPress site.")


class _Search:
    def __init__(self, http: Http, url: str) -> None:
        self._http = http
        self._url = url
        self._page = Page(url)
        self._tried: dict[str, Answer] = {}
        self._response: Response | None = None
        self._bust: dict[str, str | int] = {}

    def run(self) -> Found:
        try:
            self._response = self._http.get(self._url, accept="text/html, */*;q=0.5", attempts=3)
        except Unreachable:
            # It may be down, or go in circles, while the API is up; a host that is not there is not.
            if not any(self._index(root) for root in list(_guesses(self._url))[:2]):
                raise
            self._tried.clear()
        if self._response is not None:
            self._page = self._as_index(self._response) or read(self._response)
        return self._search()

    @staticmethod
    def _as_index(response: Response) -> Page | None:
        """The typed address may be the API's own."""
        answer = judge(response, rows=False)
        if answer.usable and _is_index(answer.data):
            return Page(response.url, roots=[("the address itself", response.url)], signs=2)
        return None

    def _search(self) -> Found:
        found = self._among(self._candidates())
        if found is None and any(
            a.outcome is Outcome.BROKEN and a.status == 200 for a in self._tried.values()
        ):
            # A full-page cache may ignore the query, and sometimes the whole path.
            pages = [r for r, a in self._tried.items() if a.outcome is Outcome.BROKEN and a.status == 200]
            self._bust = {BUST: 0}
            self._tried = {r: a for r, a in self._tried.items() if r not in pages}
            found = self._among(("a guess", root) for root in pages[:4])
        if found is None:
            raise self._failure()
        return found

    def _among(self, candidates: Iterator[tuple[str, str]]) -> Found | None:
        """The first root that has an index for what was typed."""
        where = self._page.url
        closed = ""
        for evidence, root in candidates:
            folder = _folder(root)
            if len(folder) < len(closed):
                # The blog in the deeper folder is closed; its parent is another blog of the same network.
                continue
            index = self._index(root)
            if index is None:
                refusal = self._tried.get(root)
                if refusal is not None and refusal.outcome is Outcome.AUTH and refusal.code:
                    closed = max(closed, folder, key=len)
                continue
            final, data = index
            home = _home(data, final, where)
            if not evidence.startswith("a guess") or _is_within(where, home):
                return self._found(evidence, home, final, data)
        return None

    def _candidates(self) -> Iterator[tuple[str, str]]:
        where = self._page.url
        for evidence, root in self._page.roots:
            yield from ((evidence, r) for r in _rewritten(root, where))
        if self._page.rsd:
            yield from self._from_rsd(self._page.rsd, where)
        yield from (("a guess", root) for root in _guesses(where))

    def _from_rsd(self, url: str, where: str) -> Iterator[tuple[str, str]]:
        try:
            body = self._http.get(next(iter(_rewritten(url, where))), attempts=1).body
        except (NetError, SourceError):
            return
        for tag in _API.finditer(body[:HEAD]):
            api = attributes(tag[0])
            if api.get("name") == "WP-API" and api.get("apilink"):
                yield from (("the RSD file", r) for r in _rewritten(api["apilink"], where))

    def _index(self, root: str) -> tuple[str, dict[str, Any]] | None:
        """Ask a root for its index; remember why not."""
        if root in self._tried:
            return None
        try:
            query = {"_fields": _INDEX_FIELDS, **self._bust}
            response = self._http.get(Root(root).join("", query), accept=JSON, attempts=2)
            if by_firewall(judge(response, rows=False)):
                # The index may be megabytes large without it, but then it is there.
                response = self._http.get(Root(root).join(), accept=JSON, attempts=1)
        except (Forbidden, TooManyRedirects, NetError) as error:
            self._tried[root] = failed(error)
            return None
        answer = self._tried[root] = judge(response, rows=False)
        if answer.outcome is Outcome.AUTH and self._may_log_in(root):
            # Closed to visitors, and perhaps not to the owner.
            response = self._http.get(Root(root).join("", query), accept=JSON, attempts=2, login=True)
            answer = self._tried[root] = judge(response, rows=False)
        if not answer.usable or not _is_index(answer.data):
            return None
        # Redirected to another host or scheme: that is whom we talk to from now on.
        final = at_origin(root, response.url)
        return final, answer.data

    def _may_log_in(self, root: str) -> bool:
        """Whether the login belongs to a root: at the origin of the page, which the user named, and no other.

        Raises:
            LoginError: it is not to be sent there: the user named another site, or everyone on the way could
                read it.
        """
        credentials = self._http.credentials
        if credentials is None or origin(root) != origin(self._page.url):
            return False
        credentials.pin(root, self._url)
        return True

    def _found(self, evidence: str, home: str, root: str, index: dict[str, Any]) -> Found:
        post = None if _same_page(self._page.url, home) else self._post(Root(root))
        steps = (f"REST API by {evidence}: {root}",)
        return Found(
            home,
            self._url,
            root,
            index,
            post,
            self._page.language,
            steps,
            bool(self._bust),
            self._page.services,
            "" if post is not None or _same_page(self._page.url, home) else self._no_post(),
        )

    def _no_post(self) -> str:
        """That the typed address is no post's: it may have been meant as one."""
        status = self._response.status if self._response is not None else 200
        what = "is not there" if status in (404, 410) else "is no single post"
        return f"{shown(self._url)} {what}, so the whole blog is read."

    def _post(self, root: Root) -> tuple[str, int] | None:
        """The single post that the typed page shows, verified by its object."""
        for url in self._page.objects:
            route = root.route_of(url)
            if route is None:
                continue
            collection, _, number = route.rpartition("/")
            if number.isdecimal() and collection and self._is_post(root, collection, int(number)):
                return collection, int(number)
        return self._by_shortlink(root)

    def _by_shortlink(self, root: Root) -> tuple[str, int] | None:
        """By ``?p=ID``: in the typed address itself, or the page's shortlink (core ``wp_get_shortlink``)."""
        for url in (self._url, self._page.shortlink or ""):
            query = parse_qs(urlsplit(url).query)
            for key, routes in (("p", ("posts", "pages")), ("page_id", ("pages",))):
                number = (query.get(key) or [""])[0]
                for route in routes:
                    if number.isdecimal() and self._is_post(root, f"wp/v2/{route}", int(number)):
                        return f"wp/v2/{route}", int(number)
        return None

    def _is_post(self, root: Root, collection: str, number: int) -> bool:
        url = root.join(f"{collection}/{number}", {"_fields": "id,type,status"})
        try:
            answer = judge(self._http.get(url, accept=JSON, attempts=2), rows=False)
        except NetError:
            return False
        # Terms and users have no type.
        return answer.usable and answer.data.get("id") == number and isinstance(answer.data.get("type"), str)

    def _closed(self, root: str) -> RestClosed:
        """WordPress refuses; a login that would open another origin's API is not sent there."""
        api = f"{urlsplit(self._page.url).netloc} is WordPress, but its REST API"
        reason = self._tried[root].reason
        if origin(root) == origin(self._page.url):
            return RestClosed(f"{api} is closed to visitors ({reason}).")
        return RestClosed(
            f"{api} is at {origin(root)}, and closed to visitors there ({reason}).",
            hint=f"A login goes to the host that is named and to no other: name {origin(root)} itself.",
        )

    def _failure(self) -> SourceError:
        """Say why not: blocked before closed before not WordPress."""
        where = self._page.url
        host = urlsplit(where).netloc
        tried = list(self._tried.values())
        blocked = next((a for a in tried if a.outcome is Outcome.BLOCKED), None)
        if self._response is not None and self._response.blocked:
            blocked = judge(self._response)
        if blocked is not None:
            hint = (
                "Try later or from another network; if the site is yours, allow wpexport's User-Agent there."
            )
            return Blocked(f"{host} cannot be read: {blocked.reason}.", hint=hint)
        closed = next(
            (
                r
                for r, a in self._tried.items()
                if a.outcome is Outcome.AUTH and (a.code or "login" in a.reason)
            ),
            None,
        )
        if closed is not None:
            return self._closed(closed)
        gone = next(
            (a for a in tried if a.code.startswith("rest_") or a.outcome is Outcome.MAINTENANCE), None
        )
        signs = self._page.signs + len(self._page.roots) * 2
        if gone is not None or signs >= 2:
            reason = (gone or next(iter(tried), failed(NetError("no answer")))).reason
            return RestClosed(f"{host} is WordPress, but its REST API gives no answer ({reason}).")
        if self._response is not None and self._response.status in (401, 403):
            server = self._response.headers.get("Server", "")
            by = f", by its server “{server[:60]}”" if server else ""
            hint = "Is it behind a login? Some servers refuse whole countries or data centres: try elsewhere."
            return Blocked(f"{host} refuses us (HTTP {self._response.status}{by}).", hint=hint)
        if self._response is not None and self._response.status >= 500:
            return Unreachable(
                f"{host} is in trouble (HTTP {self._response.status}).", hint="Try again later."
            )
        return NotWordPress(f"{host} answers, but not as a WordPress site does.")


# Addresses


def _guesses(url: str) -> Iterator[str]:
    """Roots that core answers at, for the path and each of its parents, deepest first."""
    parts = urlsplit(url)
    path = parts.path if parts.path.endswith("/") else parts.path + "/"
    if path.endswith(".php/"):
        path = path.rsplit("/", 2)[0] + "/"
    while True:
        base = urlunsplit((parts.scheme, parts.netloc, path, "", ""))
        for tail in ("wp-json/", "?rest_route=/", "index.php/wp-json/", "index.php?rest_route=/"):
            yield base + tail
        if path == "/":
            return
        path = path.rstrip("/").rpartition("/")[0] + "/"


def _folder(root: str) -> str:
    """The folder of the host in which the blog of a guessed root lies."""
    path = urlsplit(root).path.removesuffix("wp-json/").removesuffix("index.php/").removesuffix("index.php")
    return path if path.endswith("/") else path + "/"


def _rewritten(url: str, where: str) -> Iterator[str]:
    """An address of the site's own making with the origin that we talk to, where it means the same site.

    Behind a TLS proxy WordPress may write http, or a name inside the container, into its links.
    """
    if not is_address(url):
        return
    local = is_loopback(urlsplit(url).hostname or "") and not is_loopback(urlsplit(where).hostname or "")
    if local or same_site(url, where):
        yield at_origin(url, where)
    else:
        yield url


def _is_index(data: Any) -> bool:
    """An index of core's: an object whose list of namespaces holds ``wp/v2``."""
    if not isinstance(data, dict):
        return False
    namespaces = data.get("namespaces")
    namespaces = list(namespaces.values()) if isinstance(namespaces, dict) else namespaces
    return isinstance(namespaces, list) and "wp/v2" in namespaces


def _home(index: Mapping[str, Any], root: str, where: str) -> str:
    """The front page by the index, with the origin that we talk to."""
    home = index.get("home") or index.get("url")
    if isinstance(home, str) and is_address(home):
        home = next(iter(_rewritten(home, where)))
    else:
        home = at_origin("/", root)
    return home.rstrip("/") + "/"


def _is_within(url: str, home: str) -> bool:
    """Whether a page lies below a front page (a root of a multisite answers for its first blog only)."""
    a, b = urlsplit(url), urlsplit(home)
    return a.hostname != b.hostname or (a.path.rstrip("/") + "/").startswith(b.path.rstrip("/") + "/")


def _same_page(url: str, home: str) -> bool:
    a, b = urlsplit(url), urlsplit(home)
    if any(k in parse_qs(a.query) for k in ("p", "page_id")):
        return False
    path = re.sub(r"/(index\.php|wp-json|wp-admin|wp-login\.php|feed)(/.*)?$", "/", a.path)
    return path.rstrip("/") == b.path.rstrip("/")
