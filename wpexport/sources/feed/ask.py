"""Asking for feeds: every failure becomes a reply with a reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar
from urllib.parse import parse_qs

from wpexport.net import Http, NetError, Response, at_origin, is_address, is_loopback, same_site, with_params
from wpexport.net.failures import Stopped
from wpexport.sources.base import Exchange
from wpexport.sources.feed.decode import NotFeed
from wpexport.sources.feed.entries import Feed
from wpexport.sources.feed.parse import parse
from wpexport.text.addresses import parted

ACCEPT = "application/atom+xml, application/rss+xml, application/xml;q=0.9, */*;q=0.1"
_LINK = re.compile(r"<([^<>]*)>((?:\s*;\s*[\w*-]+\s*=\s*(?:\"[^\"]*\"|[^\s;,]+))*)")
_SINGLE = re.compile(r"/([\w.-]+/v\d+/[^?#]+?)/(\d+)/?$")

T = TypeVar("T")
Type = Literal["atom", "rss2", "rdf"]
#: how core's rewrite rules name them (class-wp-rewrite.php, ``feed_base``)
_TAIL: dict[str, str] = {"atom": "atom/", "rss2": "", "rdf": "rdf/"}


@dataclass(frozen=True, slots=True)
class Reply:
    """What an address answered."""

    url: str
    feed: Feed | None = None
    #: why there is no feed, as one phrase
    reason: str = ""
    status: int | None = None
    response: Response | None = None
    #: something in front of the site refuses us
    blocked: bool = False

    @property
    def over(self) -> bool:
        """A well-formed feed without items: with a 404 it is how core ends paging (``WP::handle_404``)."""
        return self.feed is not None and not self.feed.entries and self.status in (200, 404)

    @property
    def good(self) -> bool:
        """A feed that was found, with or without items."""
        return self.feed is not None and self.status == 200

    @property
    def number(self) -> int | None:
        """The number of the single post that was asked for, by the answer's ``Link`` header."""
        return number_of(self.response) if self.response is not None else None

    def exchange(self) -> Exchange | None:
        """The answer as it came, for the raw journal."""
        r = self.response
        return Exchange(r.url, r.time, r.status, r.body, r.login) if r is not None else None


def ask(http: Http, url: str, *, attempts: int | None = None) -> Reply:
    """Ask for a feed. A feed that broke off is asked for once more.

    Raises:
        Stopped: the client was closed.
    """
    reply = _once(http, url, attempts)
    if reply.feed is not None and reply.feed.truncated:
        again = _once(http, url, 1)
        reply = (
            again if again.feed is not None and len(again.feed.entries) >= len(reply.feed.entries) else reply
        )
    return reply


def together(http: Http, work: Callable[..., T], *arguments: Sequence[Any]) -> list[T]:
    """Do ``work`` for each set of arguments, as many at once as the client's pace allows; in order."""
    futures = [http.workers.submit(work, *each) for each in zip(*arguments, strict=True)]
    return [future.result() for future in futures]


def _once(http: Http, url: str, attempts: int | None) -> Reply:
    try:
        response = http.get(url, accept=ACCEPT, attempts=attempts)
    except Stopped:
        raise
    except NetError as error:
        return Reply(url, reason=str(error).rstrip("."))
    return judged(response)


def judged(response: Response) -> Reply:
    """What an answer is, by its content and not by its headers' word."""
    status = response.status
    if response.blocked:
        reason = f"{response.blocked} refuses us (HTTP {status})"
        return Reply(response.url, None, reason, status, response, blocked=True)
    if "wp-login.php" in response.url:
        return Reply(response.url, None, "sends us to its login page", status, response)
    try:
        feed = parse(response.body, response.headers.get("Content-Type", ""))
    except NotFeed as error:
        reason = str(error) if status == 200 else f"HTTP {status}, {error}"
        return Reply(response.url, None, reason, status, response)
    if status not in (200, 404):
        return Reply(response.url, None, f"HTTP {status}", status, response)
    return Reply(response.url, feed, "", status, response)


def number_of(response: Response) -> int | None:
    """A single post's number, by its page's or feed's ``Link`` headers (RFC 8288).

    ``rel=shortlink`` (core ``wp_shortlink_header``) holds ``?p=ID``; ``rel=alternate`` with the type of JSON
    (core ``rest_output_link_header``, since 5.5) the object's route.
    """
    for target, parameters in _LINK.findall(response.headers.get("Link", "")):
        plain = parameters.replace('"', "").lower()
        if "rel=shortlink" in plain and (number := number_in(target, response.url)) is not None:
            return number
        if "application/json" in plain and (found := _SINGLE.search(_route(target))) is not None:
            return int(found[2]) or None
    return None


def number_in(url: str, home: str) -> int | None:
    """The number in ``?p=ID`` or ``?page_id=ID`` of the site itself; None for another site's."""
    parts = parted(url)
    if not parts.hostname or not same_site(url, home):
        return None
    query = parse_qs(parts.query)
    value = (query.get("p") or query.get("page_id") or query.get("attachment_id") or [""])[0]
    return int(value) or None if value.isascii() and value.isdecimal() and len(value) < 16 else None


def _route(url: str) -> str:
    parts = parted(url)
    return (parse_qs(parts.query).get("rest_route") or [parts.path])[0]


def ours(url: str, home: str) -> str:
    """An address of the site's own making with the origin that we talk to, where it means the same site.

    Behind a TLS proxy WordPress may write http, or a name inside the container, into its links.
    """
    parts = parted(url)
    if not is_address(url) or not parts.hostname:
        return url
    here = parted(home).hostname or ""
    inside = is_loopback(parts.hostname) and not is_loopback(here)
    return at_origin(url, home) if inside or same_site(url, home) else url


@dataclass(frozen=True, slots=True)
class Place:
    """Where a site's feeds are, and in which form their addresses are written."""

    #: the front page, with a slash at its end
    home: str
    type: Type = "atom"
    #: routes are a path (``feed/atom/``), else a parameter (``?feed=atom``)
    pretty: bool = True
    #: a single address that is no feed of core's: nothing can be asked of it but itself
    fixed: str | None = None

    def posts(self, params: dict[str, str | int] | None = None) -> str:
        """The feed of posts."""
        if self.fixed is not None:
            return self.fixed
        return self.below("", params)

    def below(self, path: str, params: dict[str, str | int] | None = None) -> str:
        """The feed of an archive, such as ``2014/05/``, below the front page."""
        if self.pretty:
            return with_params(f"{self.home}{path}feed/{_TAIL[self.type]}", params)
        return with_params(f"{self.home}{path}", {"feed": self.type, **(params or {})})

    def comments(self) -> str:
        """The feed of the site's newest comments."""
        if self.pretty:
            return f"{self.home}comments/feed/{_TAIL[self.type]}"
        return with_params(self.home, {"feed": f"comments-{self.type}"})

    def numbered(self, number: int, kind: str, params: dict[str, str | int] | None = None) -> str:
        """The same by number: ``?p=ID``, of a page ``?page_id=ID``, of a plugin's type with its name."""
        own: dict[str, str | int] = {"page_id" if kind == "page" else "p": number}
        own |= {} if kind in ("post", "page") else {"post_type": kind}
        type_ = "rss2" if self.type == "rdf" else self.type
        return with_params(self.home, {**own, "feed": type_, **(params or {})})

    def of(self, url: str, params: dict[str, str | int] | None = None) -> str:
        """The feed of a post's own address: its comments (core ``get_post_comments_feed_link``)."""
        type_ = "rss2" if self.type == "rdf" else self.type
        parts = parted(url)
        if parts.query or not self.pretty or parts.path.endswith((".html", ".php", ".htm")):
            return with_params(url.partition("#")[0], {"feed": type_, **(params or {})})
        return with_params(f"{url.partition('#')[0].rstrip('/')}/feed/{_TAIL[type_]}", params)
