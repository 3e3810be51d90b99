"""Finding a site's feeds from what a user typed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit, urlunsplit

from wpexport.errors import Blocked, NotWordPress, SourceError, Unreachable
from wpexport.net import Http, Response, is_address, typed
from wpexport.net.address import joined
from wpexport.sources.feed.ask import Place, Reply, Type, ask, judged, number_of, ours
from wpexport.sources.feed.entries import Feed

_HEAD = 512 * 1024
_TYPES: dict[str, Type] = {
    "application/atom+xml": "atom",
    "application/rss+xml": "rss2",
    "application/rdf+xml": "rdf",
}
_FEED_PATH = re.compile(r"(?:index\.php/)?(?:feed|rss|rss2|atom|rdf)(?:/(?:atom|rss2?|rdf|feed))?/?$")
_FOREIGN = re.compile(r"(?:^|\.)(?:feedburner\.com|feedpress\.me|feedblitz\.com|feedproxy\.google\.com)$")


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A feed of posts, and what was learned on the way to it."""

    place: Place
    #: its first page as it came
    first: Reply
    feed: Feed
    #: of a single post that was asked for: its address and number
    post: tuple[str, int | None] | None = None
    language: str | None = None
    evidence: tuple[str, ...] = ()


@dataclass(slots=True)
class _Page:
    """What a web page tells about feeds."""

    url: str
    #: announced feeds of posts: type and address
    feeds: list[tuple[Type, str]] = field(default_factory=list)
    number: int | None = None
    language: str | None = None


def find(http: Http, address: str) -> FoundFeed:
    """Find the posts feed of what a user typed.

    Raises:
        UsageError: it is no address.
        Unreachable: nothing answers there.
        NotWordPress: something answers, but no feed.
        Blocked: something in front of the site refuses us.
    """
    error: SourceError | None = None
    for url in typed(address):
        http.trust(url)
        try:
            return _find(http, url)
        except (Unreachable, NotWordPress) as failure:
            error = error or failure
            if isinstance(failure, NotWordPress):
                break
    raise error or NotWordPress(f"{address} has no feed.")


def _find(http: Http, url: str) -> FoundFeed:
    response: Response | None = None
    try:
        response = http.get(url, accept="text/html, */*;q=0.5", attempts=3)
    except Unreachable:
        # The front page may be down, or go in circles, while feeds answer; a host that is not there is not.
        if ask(http, _base(url) + "feed/", attempts=1).feed is None:
            raise
    host = urlsplit(url).netloc
    if response is not None and response.blocked:
        raise Blocked(f"{host} cannot be read: {response.blocked} refuses us (HTTP {response.status}).")
    page = _read(response) if response is not None else _Page(url)
    own = judged(response) if response is not None else None
    if own is not None and own.good and own.feed is not None and not of_comments(own.feed):
        page.feeds.insert(0, (_type(own.feed), page.url))
    reasons: list[Reply] = []
    empty: FoundFeed | None = None
    abroad: FoundFeed | None = None
    closed = ""
    for place in _places(page):
        if page.number is None and len(urlsplit(place.home).path) < len(closed):
            # The feeds of the blog in this folder are closed; its parent is another blog of the same network.
            continue
        reply = ask(http, place.posts(), attempts=2)
        if reply.status in (401, 403):
            closed = max(closed, urlsplit(place.home).path, key=len)
        if reply.good and reply.feed is not None and not of_comments(reply.feed):
            if place.fixed is None and _FOREIGN.search(urlsplit(reply.url).hostname or ""):
                # A service's copy has one page alone; WordPress' own may be there in another form.
                only = replace(place, fixed=reply.url)
                abroad = abroad or _found(only, reply, page, reply.feed)
                continue
            found = _found(place, reply, page, reply.feed)
            if reply.feed.entries:
                return found
            # Core has a feed of everything, also of a folder that is no blog (feed of no comments).
            empty = empty or found
        reasons.append(reply)
        if reply.blocked:
            break
    best = abroad or empty
    if best is not None:
        return best
    refused = next((r for r in reasons if r.blocked), None)
    if refused is not None:
        raise Blocked(f"The feeds of {host} cannot be read: {refused.reason}.")
    raise NotWordPress(f"{host} has no feed that can be read{_why(reasons)}.")


def _why(reasons: list[Reply]) -> str:
    told = next((r.reason for r in reasons if r.reason), "")
    return f" ({told})" if told else ""


def _found(place: Place, reply: Reply, page: _Page, feed: Feed) -> FoundFeed:
    """Take the front page from the feed itself: it knows in which folder the blog lies."""
    home = ours(feed.home or "", page.url) if feed.home else place.home
    if not is_address(home):
        home = place.home
    home = home.partition("#")[0].rstrip("/") + "/"
    if place.fixed is None and urlsplit(home).hostname != urlsplit(place.home).hostname:
        home = place.home
    post = None if _same(page.url, home) or page.number is None else (page.url, page.number)
    steps = [f"{place.type} feed: {reply.url}"]
    made = Place(home, place.type, place.pretty, place.fixed)
    return FoundFeed(made, reply, feed, post, page.language or feed.language, tuple(steps))


def _places(page: _Page) -> Iterator[Place]:
    """Where feeds may be: by what the page announces, then by core's rules, deepest folder first.

    Atom first: what core writes into it is all that RSS 2.0 has, and the time of modification, the authors'
    addresses and the parents of comments (wp-includes/feed-atom.php, feed-atom-comments.php).
    """
    bases: list[str] = []
    for _, url in page.feeds:
        parts = urlsplit(url)
        if (found := _FEED_PATH.search(parts.path)) is not None or not parts.path.strip("/"):
            path = parts.path[: found.start()] if found else parts.path or "/"
            bases.append(urlunsplit((parts.scheme, parts.netloc, path, "", "")))
    bases += list(_parents(page.url))[:4]
    seen: set[str] = set()
    for base in bases:
        if base in seen or _FOREIGN.search(urlsplit(base).hostname or ""):
            continue
        seen.add(base)
        for type_ in ("atom", "rss2"):
            yield Place(base, type_)
            yield Place(base, type_, pretty=False)
    for base in list(dict.fromkeys(bases))[:1]:
        yield Place(f"{base}index.php/", "atom")
        yield Place(base, "rdf")
        yield Place(base, "rdf", pretty=False)
    for type_, url in page.feeds:
        yield Place(_base(page.url), type_, fixed=url)


def _parents(url: str) -> Iterator[str]:
    parts = urlsplit(url)
    path = re.sub(r"(?:comments/)?$", "", _FEED_PATH.sub("", parts.path))
    path = path if path.endswith("/") else path.rpartition("/")[0] + "/"
    while True:
        yield urlunsplit((parts.scheme, parts.netloc, path, "", ""))
        if path in ("/", ""):
            return
        path = path.rstrip("/").rpartition("/")[0] + "/"


def _base(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, "/", "", ""))


def _read(response: Response) -> _Page:
    """The feeds that a page announces (core ``feed_links``), those of comments left out."""
    from selectolax.lexbor import LexborHTMLParser

    page = _Page(response.url)
    tree = LexborHTMLParser(response.body[:_HEAD].decode("utf-8", "replace"))
    html = tree.css_first("html")
    page.language = (html.attributes.get("lang") or None) if html is not None else None
    page.number = number_of(response)
    for link in tree.css("link[rel~='alternate']"):
        type_ = _TYPES.get((link.attributes.get("type") or "").strip().lower())
        href = (link.attributes.get("href") or "").strip()
        if type_ is None or not href:
            continue
        url = ours(joined(response.url, href), response.url)
        if not is_address(url):
            continue
        # Its position means nothing: themes and plugins print them in any order.
        if not re.search(r"(?:/comments/|comments-(?:rss2|atom)|withcomments)", url):
            page.feeds.append((type_, url))
    # On a post's page its own comments feed is announced too; a shorter path is the blog's.
    page.feeds.sort(key=lambda f: len(urlsplit(f[1]).path))
    return page


def of_comments(feed: Feed) -> bool:
    """Whether all items of a feed are named ``POST#comment-ID`` (core ``comment_guid``)."""
    return bool(feed.entries) and all("#comment-" in (e.guid or e.url or "") for e in feed.entries)


def _type(feed: Feed) -> Type:
    return "rss2" if feed.kind == "rss" else feed.kind


def _same(url: str, home: str) -> bool:
    a, b = urlsplit(url), urlsplit(home)
    path = _FEED_PATH.sub("", a.path)
    return not re.search(r"(?:^|&)(?:p|page_id)=", a.query) and path.rstrip("/") == b.path.rstrip("/")
