"""Faults beside those of `tests.demo.faults`: what plugins, proxies, hosts and old settings add to a site."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from tests.demo.faults import (
    HTML,
    Fault,
    Predicate,
    Proceed,
    answering,
    asking,
    body,
    changing,
    everything,
    feeds,
    pretty,
    rest,
    route_of,
)
from tests.fakewp import FakeWordPress
from wpexport.demo.blog import Row
from wpexport.demo.web import HOME, Answer, Request, encode

Rows = list[dict[str, Any]]
_HEAD_LINK = re.compile(rb"<link\b[^>]*(?:api\.w\.org|application/json|EditURI|shortlink)[^>]*>\s*", re.I)


def rows(change: Callable[[Rows], Any], when: Predicate = rest) -> Fault:
    """Let the site answer, and change its rows (also that of a single one)."""

    def apply(answer: Answer) -> None:
        try:
            data = json.loads(answer.body)
        except ValueError:
            return
        listed = data if isinstance(data, list) else [data]
        if answer.status == 200 and all(isinstance(row, dict) and "id" in row for row in listed):
            change(listed)
            answer.body = encode(data)

    return Fault("rows", when, changing(apply))


def echoed(number: int, text: str = "<div>A gallery</div>") -> Fault:
    """B05 a shortcode prints its HTML before the JSON, and the post's own text is null."""

    def then(request: Request, proceed: Proceed) -> Answer:
        answer = proceed(request)
        data = json.loads(answer.body)
        for row in data if isinstance(data, list) else [data]:
            if row.get("id") == number and "content" in row:
                row["content"]["rendered"] = None
                answer.body = text.encode() + encode(data)
        return answer

    return Fault("echoed", lambda r: "/posts" in (route_of(r) or ""), then)


def blocked(
    status: int, page: str, headers: dict[str, str] | None = None, when: Predicate = everything
) -> Fault:
    """B17 to B24 a page by something in front of the site."""
    return Fault("blocked", when, answering(status, page, headers))


def cookie_wanted() -> Fault:
    """B22 a firewall that wants its cookie back, which the first answer sets."""

    def then(request: Request, proceed: Proceed) -> Answer:
        if "pass=1" in request.headers.get("cookie", ""):
            return proceed(request)
        answer = (
            proceed(request) if route_of(request) is None else Answer(403, {"Content-Type": HTML}, b"No.")
        )
        answer.headers["Set-Cookie"] = "pass=1; Path=/"
        return answer

    return Fault("cookie wanted", everything, then)


def query_disliked() -> Fault:
    """B23 a firewall that takes ``_fields`` and long queries for an attack."""
    page = "<html><head><title>Not Acceptable!</title></head><body>Mod_Security</body></html>"
    return blocked(406, page, when=lambda r: "_fields" in r.query or len(r.target) > 300)


def login_wall(when: Predicate = everything) -> Fault:
    """B25 everything is redirected to the login page."""

    def then(request: Request, proceed: Proceed) -> Answer:
        if request.path == "/wp-login.php":
            page = '<link rel="stylesheet" href="/wp-includes/css/x.css"><img src="/wp-content/logo.png">'
            return Answer(200, {"Content-Type": HTML}, page.encode())
        return Answer(302, {"Location": f"{HOME}/wp-login.php?redirect_to=%2F", "Content-Type": HTML})

    return Fault("login wall", when, then)


def without_links() -> Fault:
    """Pages do not say where the API is (a theme or a plugin took the links out)."""

    def strip(answer: Answer) -> None:
        answer.headers.pop("Link", None)
        answer.body = _HEAD_LINK.sub(b"", answer.body)

    return Fault("without links", lambda request: not rest(request), changing(strip))


def prefix_changed(prefix: str = "api") -> Fault:
    """B28 the API lies at ``/api/``, and the pages say so."""

    def then(request: Request, proceed: Proceed) -> Answer:
        if request.path.startswith("/wp-json"):
            return Answer(404, {"Content-Type": HTML}, b"<html><title>Not found</title></html>")
        if request.path.startswith(f"/{prefix}/") or request.path == f"/{prefix}":
            request = replace(request, path="/wp-json" + request.path[len(prefix) + 1 :])
        answer = proceed(request)
        answer.body = answer.body.replace(b"/wp-json", f"/{prefix}".encode())
        answer.body = answer.body.replace(rb"\/wp-json", rf"\/{prefix}".encode())
        if "Link" in answer.headers:
            answer.headers["Link"] = answer.headers["Link"].replace("/wp-json", f"/{prefix}")
        return answer

    return Fault("prefix changed", everything, then)


def links_to(origin: str) -> Fault:
    """B29 WordPress writes another scheme or host into all its links: it does not know of its proxy."""
    plain, escaped = HOME.encode(), HOME.replace("/", r"\/").encode()

    def change(answer: Answer) -> None:
        answer.body = answer.body.replace(plain, origin.encode())
        answer.body = answer.body.replace(escaped, origin.replace("/", r"\/").encode())
        answer.headers = {k: v.replace(HOME, origin) for k, v in answer.headers.items()}

    return Fault("links to", lambda request: not feeds(request), changing(change))


def cached_pages() -> Fault:
    """B32 a full-page cache that ignores query strings: ``/`` and ``/index.php`` are the front page."""
    text = "<head><title>Welcome</title></head><body>/wp-content/ /wp-includes/</body>"
    page = f'<html lang="en-US">{text}</html>'.encode()

    def when(request: Request) -> bool:
        return request.path == "/" and "_wpexport" not in request.query

    return Fault("cached pages", when, lambda r, p: Answer(200, {"Content-Type": HTML}, page))


def stale(old_total: int, when: Predicate) -> Fault:
    """B39 a cache answers with how things were when there were fewer; a parameter it does not know passes."""

    def then(request: Request, proceed: Proceed) -> Answer:
        answer = proceed(request)
        size, start = int(request.text("per_page") or 10), int(request.text("offset") or 0)
        data = json.loads(answer.body)
        answer.body = encode(data[: max(0, old_total - start)])
        answer.headers |= {
            "X-WP-Total": str(old_total),
            "X-WP-TotalPages": str(-(-old_total // size)),
            "Age": "86400",
        }
        return answer

    return Fault("stale", lambda r: when(r) and "_wpexport" not in r.query, then)


def ignoring(*names: str, when: Predicate = rest) -> Fault:
    """B44 parameters that are dropped without a word."""

    def forget(request: Request) -> Request:
        kept = {name: value for name, value in request.query.items() if name not in names}
        return replace(request, query=kept)

    return Fault("ignoring", when, asking(forget))


def one_language(
    languages: dict[int, str], default: str = "en", base: str = "posts", all_by: str = "all"
) -> Fault:
    """B45 without ``lang`` only the default language is shown (WPML; Polylang Pro for ``lang=xx``)."""

    def then(request: Request, proceed: Proceed) -> Answer:
        wanted = request.text("lang") or default
        size, start = int(request.text("per_page") or 10), int(request.text("offset") or 0)
        if not request.text("offset"):
            start = (int(request.text("page") or 1) - 1) * size
        bare = {k: v for k, v in request.query.items() if k not in ("lang", "offset", "page")}
        answer = proceed(replace(request, query={**bare, "per_page": "100"}))
        # The blog of this fault has a hundred posts at most.
        if answer.status != 200 or request.method == "OPTIONS":
            return answer
        shown = [r for r in json.loads(answer.body) if wanted in (all_by, languages.get(r["id"], default))]
        answer.body = encode(shown[start : start + size])
        answer.headers |= {"X-WP-Total": str(len(shown)), "X-WP-TotalPages": str(-(-len(shown) // size))}
        return answer

    return Fault("one language", lambda r: (route_of(r) or "").endswith("/" + base), then)


def unasked_coding(coding: str = "br") -> Fault:
    """B53 a body in a coding that was not asked for, unless none at all is."""
    return Fault(
        "unasked coding",
        lambda r: rest(r) and "gzip" in r.headers.get("accept-encoding", ""),
        changing(lambda answer: answer.headers.update({"Content-Encoding": coding})),
    )


def many_headers(count: int = 150, when: Predicate = pretty) -> Fault:
    """B55 more headers than Python's ``http.client`` takes."""
    more = {f"X-Debug-{n}": "x" for n in range(count)}
    return Fault("many headers", when, changing(lambda answer: answer.headers.update(more)))


def long_header(size: int = 70_000, when: Predicate = pretty) -> Fault:
    """B55 one header line that is longer than Python's ``http.client`` takes."""
    return Fault("long header", when, changing(lambda a: a.headers.update({"X-Debug": "x" * size})))


def method_refused(*methods: str) -> Fault:
    """B58 a server that does not like HEAD, or OPTIONS."""
    return Fault("method refused", lambda r: r.method in methods, answering(405, "Method Not Allowed"))


def hotlink_protection(home: str = HOME) -> Fault:
    """B76 files for those alone who come from the site's own pages."""

    def when(request: Request) -> bool:
        return request.path.startswith("/wp-content/") and not request.headers.get("referer")

    return Fault("hotlink protection", when, answering(403, "Hotlinking is forbidden"))


def feed_text(change: Callable[[bytes], bytes], when: Predicate = feeds) -> Fault:
    """Let the site answer, and change what its feeds say."""
    return Fault("feed text", when, body(change))


def below(path: str) -> Predicate:
    """Requests for addresses below a path of the host."""
    return lambda request: urlsplit(request.target).path.startswith(path)


def own_feeds(fake: FakeWordPress) -> Fault:
    """No fault: what core does and the demo leaves out. ``withoutcomments=1`` gives the feed of one post.

    Seen on a real WordPress 7.1; where a text has no second page, it redirects to the post.
    """

    def then(request: Request, proceed: Proceed) -> Answer:
        number = request.text("p") or request.text("page_id") or "0"
        path = request.path.partition("feed/")[0].rstrip("/")
        for row in fake.blog.posts:
            if row.view is None:
                continue
            link = row.view["link"]
            if row.id == int(number) or (path and link.removeprefix(HOME).rstrip("/") == path):
                return _own_feed(fake, row, link, int(request.text("page") or 1))
        return proceed(request)

    return Fault("own feeds", lambda r: "withoutcomments" in r.query and feeds(r), then)


def _own_feed(fake: FakeWordPress, row: Row, link: str, page: int) -> Answer:
    text = row.edit["content"]["rendered"]
    parts = text.split("<!--nextpage-->")
    if page > len(parts):
        return Answer(301, {"Location": f"{link}?withoutcomments=1"})
    item = fake.blog.feeds.post_item("atom", row.edit) or ""
    head = '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0">'
    said = (
        f"<?xml version='1.0'?>{head}<title>B</title>{item.replace(text or chr(0), parts[page - 1])}</feed>"
    )
    headers = {"Content-Type": "application/atom+xml", "Link": f"<{HOME}/?p={row.id}>; rel=shortlink"}
    return Answer(200, headers, said.encode())


def embeds_refused() -> Fault:
    """B46 what is embedded is an error object: its route is closed for embedding too."""
    refusal = {"code": "rest_user_cannot_view", "message": "No.", "data": {"status": 401}}

    def change(answer: Answer) -> None:
        if b"_embedded" not in answer.body:
            return
        data = json.loads(answer.body)
        for row in data if isinstance(data, list) else [data]:
            for found in row.get("_embedded", {}).values():
                found[:] = [refusal]
        answer.body = encode(data)

    return Fault("embeds refused", rest, changing(change))
