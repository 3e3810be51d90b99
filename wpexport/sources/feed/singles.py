"""One post by its own address: its number, and the pages of its text that a feed leaves out.

A feed shows the first page of a text that ``<!--nextpage-->`` divides, and gives no sign of the others. But a
post's own feed is one of the post itself with ``withoutcomments=1`` (``WP_Query::parse_query``), and
``page=2`` asks for its second page; where there is none, core redirects to the post (``redirect_canonical``).
A HEAD request tells both, and its ``Link`` header the number; it costs no rendering (``exit_on_http_head``).
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field
from typing import Literal

from wpexport.net import Http, NetError, Response
from wpexport.net.failures import Stopped
from wpexport.sources.feed.ask import Place, Reply, ask, number_in, number_of
from wpexport.sources.feed.discovery import of_comments
from wpexport.sources.feed.entries import Entry

#: pages of one text; more is a server that answers with something to everything
_MOST_PAGES = 500
#: so many posts in a row of which nothing was learned: stop asking
_PATIENCE = 5
#: what ``wp_link_pages`` writes around each page's number
_LINKED_PAGES = re.compile(rb"class=[\"'][^\"']*\bpost-page-numbers\b")
_HTML = 1024 * 1024

#: whether a text has further pages
Paged = Literal["no", "yes", "unknown"]


@dataclass(slots=True)
class Single:
    """What a post's own address tells."""

    number: int | None = None
    #: the second and further pages; None where there are some and they could not be had
    parts: tuple[str, ...] | None = ()
    #: it could not be found out whether there are any
    unsure: bool = False
    #: all answers to the journal
    replies: list[Reply] = field(default_factory=list)


class Singles:
    """Asks posts one by one, and stops asking a site that never tells."""

    def __init__(self, http: Http, place: Place) -> None:
        self._http = http
        self._place = place
        self._lock = threading.Lock()
        self._vain = 0
        self._head = True

    def look(self, entry: Entry, url: str) -> Single:
        """Find a post's number, and the rest of its text.

        Raises:
            Stopped: the client was closed.
        """
        if self._vain >= _PATIENCE:
            return Single(unsure=True)
        number, paged = self._by_head(url) if self._head else (None, "unknown")
        single = Single(number)
        if paged == "yes" and entry.content is not None:
            single = self._rest(entry, url, number)
            # Something else may answer the HEAD request with a feed, such as that of the comments.
            paged = "unknown" if single.parts is None else "yes"
        if single.number is None or paged == "unknown":
            again, seen = self._by_page(url)
            single.number = single.number or again
            if paged == "unknown":
                single.parts = None if seen == "yes" else ()
                paged = seen
        single.unsure = paged == "unknown"
        with self._lock:
            self._vain = self._vain + 1 if single.number is None and single.unsure else 0
        return single

    def post(self, url: str, kind: str = "") -> tuple[Reply, Entry | None]:
        """A post of any type, also a page, by the feed of its address.

        Core makes no such address for hierarchical types of plugins: then by its number.
        """
        reply = ask(self._http, self._place.of(url, {"withoutcomments": 1}), attempts=2)
        entry = own_entry(reply)
        if entry is None and kind not in ("", "post"):
            page = self._get(url, "HEAD")
            number = number_of(page) if page is not None else None
            if number is not None:
                again = ask(
                    self._http, self._place.numbered(number, kind, {"withoutcomments": 1}), attempts=2
                )
                reply, entry = (again, found) if (found := own_entry(again)) is not None else (reply, None)
        return reply, entry

    def _by_head(self, url: str) -> tuple[int | None, Paged]:
        response = self._get(self._place.of(url, {"withoutcomments": 1, "page": 2}), "HEAD")
        if response is None:
            return None, "unknown"
        if response.status in (400, 403, 405, 501):
            # Not liked here: do not try it with every post.
            self._head = False
            return None, "unknown"
        number = number_of(response)
        if response.status == 404:
            return number, "no"
        if response.status != 200:
            return number, "unknown"
        if "xml" in response.headers.get("Content-Type", ""):
            return number, "yes"
        landed = response.url.partition("?")[0].rstrip("/") == url.partition("?")[0].rstrip("/")
        return number, "no" if landed and number is not None else "unknown"

    def _by_page(self, url: str) -> tuple[int | None, Paged]:
        """The same by the web page, for sites that treat feeds in their own way."""
        response = self._get(url, "GET")
        if response is None or response.status != 200 or response.blocked:
            return None, "unknown"
        number = number_of(response)
        if number is None:
            number = _shortlink(response)
        if "html" not in response.headers.get("Content-Type", "html"):
            return number, "unknown"
        if _LINKED_PAGES.search(response.body[:_HTML]):
            return number, "yes"
        return number, self._second_page(url)

    def _second_page(self, url: str) -> Paged:
        """Whether ``PERMALINK/2/`` is there; core redirects to the post where it is not."""
        if "?" in url:
            return "unknown"
        response = self._get(f"{url.rstrip('/')}/2/", "HEAD")
        if response is None or response.status != 200:
            return "unknown"
        path = response.url.rstrip("/")
        return "yes" if path.endswith("/2") else "no" if path == url.rstrip("/") else "unknown"

    def _rest(self, entry: Entry, url: str, number: int | None) -> Single:
        """The further pages of a text, until core has no more or repeats the last."""
        parts: list[str] = []
        replies: list[Reply] = []
        before = entry.content
        for page in range(2, _MOST_PAGES):
            reply = ask(self._http, self._place.of(url, {"withoutcomments": 1, "page": page}), attempts=2)
            found = own_entry(reply)
            if found is None or found.content is None or reply.status == 404:
                ended = reply.feed is None and reply.status in (200, 404)
                return Single(number, tuple(parts) if ended and parts else None, replies=replies)
            if found.content == before:
                break
            before = found.content
            parts.append(found.content)
            replies.append(reply)
        return Single(number, tuple(parts), replies=replies)

    def _get(self, url: str, method: str) -> Response | None:
        try:
            return self._http.get(url, accept="*/*", attempts=2, method=method)
        except Stopped:
            raise
        except NetError:
            return None


def own_entry(reply: Reply) -> Entry | None:
    """The post in the feed of a single post; None where it is a feed of comments, or of other posts."""
    feed = reply.feed
    if feed is None or len(feed.entries) != 1 or of_comments(feed):
        return None
    return feed.entries[0]


def _shortlink(response: Response) -> int | None:
    """``<link rel=shortlink href="…?p=ID">`` of a page whose headers were stripped."""
    tag = re.search(rb"<link\b[^<>]*\brel=[\"']shortlink[\"'][^<>]*>", response.body[:_HTML])
    href = re.search(rb"href=[\"']([^\"']+)", tag[0]) if tag else None
    return number_in(href[1].decode("utf-8", "replace"), response.url) if href else None
