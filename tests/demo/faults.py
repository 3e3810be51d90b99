"""What goes wrong on real servers, one fault each; the B-numbers are the project's catalogue of breakages.

A `Fault` stands between the client and the healthy site: ``when`` says what it concerns, ``then``
gets the request and the way on (``proceed``) and returns the answer. So it can change the request, the
answer, both, or answer by itself. ``times`` ends it after so many requests.
"""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from typing import Any, Final

from wpexport.demo.web import HOME, Answer, Request, encode

Predicate = Callable[[Request], bool]
Proceed = Callable[[Request], Answer]
Then = Callable[[Request, Proceed], Answer]
HTML: Final = "text/html; charset=UTF-8"


@dataclass
class Fault:
    """One thing that goes wrong."""

    name: str
    when: Predicate
    then: Then
    #: how many requests it hits; None for ever
    times: int | None = None
    #: the requests it has hit
    hits: list[Request] = field(default_factory=list)

    def applies(self, request: Request) -> bool:
        """Whether it hits this request."""
        return (self.times is None or len(self.hits) < self.times) and self.when(request)


# -- which requests -------------------------------------------------------------------------------


def route_of(request: Request) -> str | None:
    """The REST route (``/wp/v2/posts``), in whichever form it is asked for; None for other requests."""
    route = request.text("rest_route")
    path = request.path.removeprefix("/index.php")
    if route is None and (path == "/wp-json" or path.startswith("/wp-json/")):
        route = path.removeprefix("/wp-json")
    return None if route is None else "/" + route.strip("/")


def everything(request: Request) -> bool:
    """All requests."""
    return True


def rest(request: Request) -> bool:
    """All REST requests."""
    return route_of(request) is not None


def feeds(request: Request) -> bool:
    """All requests for feeds."""
    return route_of(request) is None and ("feed" in request.query or "/feed" in request.path + "/")


def pretty(request: Request) -> bool:
    """REST by ``/wp-json/``, not by ``?rest_route=``."""
    return rest(request) and "rest_route" not in request.query


def on(base: str, **query: Any) -> Predicate:
    """REST requests to a collection (``"posts"``) or one row (``"posts/7"``), with these parameters."""

    def when(request: Request) -> bool:
        route = route_of(request) or ""
        return route.endswith("/" + base) and all(request.query.get(k) == str(v) for k, v in query.items())

    return when


def under(base: str) -> Predicate:
    """REST requests to a collection and to all of its rows."""
    return lambda request: f"/{base}/" in (route_of(request) or "") + "/"


# -- how ------------------------------------------------------------------------------------------


def answering(status: int, body: bytes | str = b"", headers: dict[str, str] | None = None) -> Then:
    """Answer this, whatever was asked."""
    content = body.encode() if isinstance(body, str) else body
    return lambda request, proceed: Answer(status, {"Content-Type": HTML, **(headers or {})}, content)


def changing(change: Callable[[Answer], None]) -> Then:
    """Let the site answer, and change the answer."""

    def then(request: Request, proceed: Proceed) -> Answer:
        answer = proceed(request)
        change(answer)
        return answer

    return then


def body(change: Callable[[bytes], bytes]) -> Then:
    """Let the site answer, and change what it says."""

    def apply(answer: Answer) -> None:
        answer.body = change(answer.body)

    return changing(apply)


def asking(change: Callable[[Request], Request]) -> Then:
    """Change what the site is asked."""
    return lambda request, proceed: proceed(change(request))


def error(status: int, code: str, message: str = "Sorry, you are not allowed to do that.") -> Then:
    """An error of the REST API."""
    said = encode({"code": code, "message": message, "data": {"status": status}})
    return answering(status, said, {"Content-Type": "application/json; charset=UTF-8"})


# -- faults with names ----------------------------------------------------------------------------


def failing(when: Predicate = rest, status: int = 500, times: int | None = None, text: str = "Oops") -> Fault:
    """B51 a request that fails, for ever or so many times."""
    return Fault("failing", when, answering(status, f"<html><body><h1>{text}</h1></body></html>"), times)


def poison(number: int | Collection[int], base: str = "posts") -> Fault:
    """B10 an item, or several, that turns every page with it into an error 500, and itself too."""
    numbers = {number} if isinstance(number, int) else set(number)

    def then(request: Request, proceed: Proceed) -> Answer:
        bare = {name: value for name, value in request.query.items() if name not in ("_fields", "_envelope")}
        answer = proceed(replace(request, query=bare, method="GET"))
        rows = json.loads(answer.body) if answer.status == 200 else []
        if any(row["id"] in numbers for row in (rows if isinstance(rows, list) else [rows])):
            message = "Malformed UTF-8 characters, possibly incorrectly encoded"
            return error(500, "rest_encode_error", message)(request, proceed)
        return proceed(request)

    return Fault("poison", under(base), then)


def too_many(times: int | None = 1, retry_after: str | None = None, when: Predicate = rest) -> Fault:
    """B49 429, with or without Retry-After (seconds or an HTTP date)."""
    headers = {"Retry-After": retry_after} if retry_after is not None else {}
    return Fault("too many", when, answering(429, "slow down", headers), times)


def maintenance(times: int | None = None) -> Fault:
    """B50 "Briefly unavailable for scheduled maintenance"."""
    text = "Briefly unavailable for scheduled maintenance. Check back in a minute."
    return Fault("maintenance", everything, answering(503, text, {"Retry-After": "600"}), times)


def refused(base: str, status: int = 401, code: str = "rest_forbidden") -> Fault:
    """B14 to B16 one collection is refused, with all its rows (404 ``rest_no_route``: removed)."""
    return Fault("refused", under(base), error(status, code))


def users_blocked() -> Fault:
    """B15 the users' route alone is closed."""
    return refused("users", 401, "rest_user_cannot_view")


def rest_closed(status: int = 401, code: str = "rest_cannot_access") -> Fault:
    """B13 a plugin closes all of REST; the feeds still answer."""
    return Fault(
        "rest closed", rest, error(status, code, "DRA: Only authenticated users can access the REST API.")
    )


def junk_before(text: str = "<br />\n<b>Notice</b>: Undefined index in <b>x.php</b><br />\n") -> Fault:
    """B01, B02 a PHP notice before the JSON."""
    return Fault("junk before", rest, body(lambda said: text.encode() + said))


def junk_after(text: str = "\n<!-- served from cache -->") -> Fault:
    """B03, B04 a comment, or a second document, after the JSON."""
    return Fault("junk after", rest, body(lambda said: said + text.encode()))


def bom(count: int = 1) -> Fault:
    """B06 byte order marks before the JSON."""
    return Fault("bom", rest, body(lambda said: b"\xef\xbb\xbf" * count + said))


def wrong_type(kind: str = "text/html; charset=ISO-8859-1", when: Predicate = rest) -> Fault:
    """B07, B12 a Content-Type that is not true."""
    return Fault("wrong type", when, changing(lambda answer: answer.headers.update({"Content-Type": kind})))


def page_instead(status: int = 200, text: str = "<title>Welcome</title>", when: Predicate = rest) -> Fault:
    """B08, B32 a web page instead of JSON."""
    return Fault("page instead", when, answering(status, f"<!DOCTYPE html><html><head>{text}</head></html>"))


def lone_surrogate() -> Fault:
    r"""B09 half an emoji: ``\ud83d``."""
    return Fault(
        "lone surrogate", rest, body(lambda said: said.replace(b'"rendered":"', b'"rendered":"\\ud83d', 1))
    )


def challenge() -> Fault:
    """B17 Cloudflare's "Just a moment..."."""
    page = "<html><head><title>Just a moment...</title></head></html>"
    return Fault(
        "challenge", everything, answering(403, page, {"cf-mitigated": "challenge", "Server": "cloudflare"})
    )


def captcha() -> Fault:
    """B19 SiteGround's captcha: a 202 that is no answer."""
    page = '<html><head><meta http-equiv="refresh" content="0;/.well-known/sgcaptcha/?r=%2F"></head></html>'
    return Fault("captcha", everything, answering(202, page, {"SG-Captcha": "challenge"}))


def agent_banned(part: str = "python-requests") -> Fault:
    """B18 a firewall that does not like the name of the client."""
    return Fault(
        "agent banned", lambda r: part in r.headers.get("user-agent", ""), answering(403, "error code: 1010")
    )


def plain_permalinks() -> Fault:
    """B26 ``/wp-json/`` is not there; ``?rest_route=`` is."""
    return Fault("plain permalinks", pretty, answering(404, "<html><title>Not found</title></html>"))


def query_dropped() -> Fault:
    """B27 nginx forgets the query string of pretty routes: page 1 for ever."""
    return Fault("query dropped", pretty, asking(lambda request: replace(request, query={})))


def capped(most: int = 10) -> Fault:
    """B37 a plugin lowers the maximum of per_page."""
    message = f"per_page must be between 1 (inclusive) and {most} (inclusive)"
    said = {"code": "rest_invalid_param", "message": "Invalid parameter(s): per_page"}
    said_too = encode({**said, "data": {"status": 400, "params": {"per_page": message}}})
    return Fault(
        "capped",
        lambda request: rest(request) and int(request.text("per_page") or 10) > most,
        answering(400, said_too, {"Content-Type": "application/json; charset=UTF-8"}),
    )


def too_big(most: int, status: int = 502) -> Fault:
    """B36 pages of more than so many rows are beyond the server's strength."""
    return Fault(
        "too big",
        lambda request: rest(request) and int(request.text("per_page") or 10) > most,
        answering(status, "Bad Gateway"),
    )


def without_totals() -> Fault:
    """B38 a proxy strips the X-WP-* headers, and Link."""

    def strip(answer: Answer) -> None:
        for name in ("X-WP-Total", "X-WP-TotalPages", "Link"):
            answer.headers.pop(name, None)

    return Fault("without totals", rest, changing(strip))


def empty_page(when: Predicate) -> Fault:
    """B42 a page in the middle from which everything was withheld."""
    return Fault("empty page", when, body(lambda said: b"[]"))


def duplicates(base: str = "posts") -> Fault:
    """B40 each page begins with the last row of the one before, and so loses its own last."""

    def shift(request: Request) -> Request:
        size = int(request.text("per_page") or 10)
        start = int(request.text("offset") or (int(request.text("page") or 1) - 1) * size)
        query = {name: value for name, value in request.query.items() if name != "page"}
        return replace(request, query={**query, "offset": str(max(start - 1, 0))})

    return Fault("duplicates", on(base), asking(shift))


def orderby_refused(base: str = "posts") -> Fault:
    """A site that does not know ``orderby=id``."""
    return Fault("orderby refused", on(base, orderby="id"), error(400, "rest_invalid_param", "orderby"))


def login_ignored() -> Fault:
    """The server strips the Authorization header: served as anybody, without a word."""

    def strip(request: Request) -> Request:
        kept = {name: value for name, value in request.headers.items() if name != "authorization"}
        return replace(request, headers=kept)

    return Fault("login ignored", everything, asking(strip))


def moved(to: str, when: Predicate = everything, status: int = 301) -> Fault:
    """B30, B31 redirected to another origin, path and query kept; or in a circle."""

    def then(request: Request, proceed: Proceed) -> Answer:
        return Answer(status, {"Location": to.rstrip("/") + request.target, "Content-Type": HTML})

    return Fault("moved", when, then)


def truncated(part: float = 0.5, when: Predicate = rest, times: int | None = None) -> Fault:
    """B54 the connection ends before the body does."""

    def cut(answer: Answer) -> None:
        answer.headers |= {"Content-Length": str(len(answer.body)), "Connection": "close"}
        answer.body = answer.body[: int(len(answer.body) * part)]

    return Fault("truncated", when, changing(cut), times)


def reset(when: Predicate = rest, times: int | None = 1) -> Fault:
    """B57 the connection ends without an answer (status 0 says so to the server)."""
    return Fault("reset", when, answering(0), times)


def slow(seconds: float, when: Predicate = rest, times: int | None = None) -> Fault:
    """An answer that takes its time."""

    def then(request: Request, proceed: Proceed) -> Answer:
        time.sleep(seconds)
        return proceed(request)

    return Fault("slow", when, then, times)


def not_gzip() -> Fault:
    """B52 a Content-Encoding that is not true, unless identity is asked for."""
    return Fault(
        "not gzip",
        lambda request: "gzip" in request.headers.get("accept-encoding", ""),
        changing(lambda answer: answer.headers.update({"Content-Encoding": "gzip"})),
    )


def gzip_bomb(megabytes: int = 100, when: Predicate = rest) -> Fault:
    """A small answer that unpacks to a very big one."""
    said = gzip.compress(b"[" + b" " * (megabytes << 20) + b"]", 9)
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    return Fault("gzip bomb", when, answering(200, said, headers))


def feeds_closed(status: int = 301) -> Fault:
    """B63 feeds are redirected home (or 403, 404, 410)."""
    headers = {"Location": HOME + "/"} if status in (301, 302) else {}
    return Fault("feeds closed", feeds, answering(status, "Feed disabled.", headers))


def paging_ignored() -> Fault:
    """B64 a feed whose ``paged`` is ignored: the same page for ever."""
    return Fault(
        "paging ignored",
        feeds,
        asking(
            lambda r: replace(r, query={name: value for name, value in r.query.items() if name != "paged"})
        ),
    )


def blank_before(text: bytes = b"\n \n") -> Fault:
    """B59 white space before ``<?xml``."""
    return Fault("blank before", feeds, body(lambda said: text + said))
