"""A few lines of WordPress in memory, for the paging tests: what core does, and what goes wrong."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import responses
from requests import PreparedRequest

from wpexport.net import Credentials, Http

HOME = "https://blog.test"
Reply = tuple[int, dict[str, str], str | bytes]


def post(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "date": "2024-01-02T03:04:05",
        "date_gmt": "2024-01-02T08:04:05",
        "slug": f"p{number}",
        "status": "publish",
        "type": "post",
        "link": f"{HOME}/p{number}/",
        "title": {"rendered": f"P {number}"},
        "content": {"rendered": f"<p>{number}</p>", "protected": False},
        "excerpt": {"rendered": "", "protected": False},
        "author": 1,
        "categories": [1],
        "tags": [],
        "meta": [],
        "class_list": ["post"],
        "_links": {"self": [{"href": "x"}]},
        **more,
    }


class TinyWp:
    """Answers ``/wp-json/wp/v2/...``; attributes say what goes wrong."""

    def __init__(self, posts: int = 0) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = {
            "posts": [post(n) for n in range(1, posts + 1)],
            "pages": [],
            "comments": [],
            "media": [],
            "users": [],
            "categories": [{"id": 1, "name": "A &amp; B", "slug": "a", "taxonomy": "category", "parent": 0}],
            "tags": [],
        }
        #: counted and not shown
        self.hidden: set[int] = set()
        #: rows whose text breaks the answer
        self.poison: set[int] = set()
        #: rows that break every answer they are in
        self.deadly: set[int] = set()
        self.closed: dict[str, Reply] = {}
        self.cap = 100
        self.totals = True
        self.offset = True
        self.orders = {"id", "date"}
        self.password: str | None = None
        #: called with every request before it is answered
        self.before: Callable[[str, dict[str, str]], Reply | None] = lambda route, query: None
        self.asked: list[tuple[str, dict[str, str]]] = []

    # Routing

    def __call__(self, request: PreparedRequest) -> Reply:
        parts = urlsplit(request.url or "")
        query = dict(parse_qsl(parts.query))
        route = query.pop("rest_route", None)
        if route is None and "/wp-json" in parts.path:
            route = parts.path.partition("/wp-json")[2]
        route = (route or "").strip("/")
        self.asked.append((route, query))
        special = self.before(route, query)
        if special is not None:
            return special
        if request.method == "OPTIONS":
            return self.json({"schema": {"properties": {"id": {}, "plugin_field": {}}}})
        return self.answer(route, query, str(request.headers.get("Authorization", "")))

    def answer(self, route: str, query: dict[str, str], authorization: str = "") -> Reply:
        logged_in = self._logged_in(authorization)
        name = route.removeprefix("wp/v2/")
        if name in self.closed:
            return self.closed[name]
        if not route:
            return self.json({"name": "B &amp; log", "home": HOME, "url": HOME, "namespaces": ["wp/v2"]})
        if name == "users/me":
            if not logged_in:
                return self.error(401, "rest_not_logged_in")
            return self.json({"id": 1, "username": "admin", "capabilities": {"edit_others_posts": True}})
        if name in ("types", "taxonomies"):
            return self.json(_TYPES if name == "types" else _TAXONOMIES)
        base, _, number = name.partition("/")
        if base not in self.rows:
            return self.error(404, "rest_no_route")
        if query.get("context") == "edit" and not logged_in:
            return self.error(401, "rest_forbidden_context")
        return self.single(base, int(number), query) if number else self.listing(base, query)

    def _logged_in(self, authorization: str) -> bool:
        wanted = base64.b64encode(f"admin:{self.password}".encode()).decode()
        return self.password is not None and authorization == f"Basic {wanted}"

    def single(self, base: str, number: int, query: dict[str, str]) -> Reply:
        row = next((r for r in self.rows[base] if r["id"] == number), None)
        if row is None:
            return self.error(404, "rest_post_invalid_id")
        return self.broken([row], query) or self.json(self.filtered(row, query))

    def listing(self, base: str, query: dict[str, str]) -> Reply:
        size = int(query.get("per_page", "10"))
        if size > self.cap:
            message = f"per_page must be between 1 (inclusive) and {self.cap} (inclusive)"
            return self.error(400, "rest_invalid_param", {"per_page": message})
        if query.get("orderby", "date") not in self.orders:
            return self.error(400, "rest_invalid_param", {"orderby": "orderby is not one of date."})
        rows = sorted(self.rows[base], key=lambda r: r["id"], reverse=query.get("order") == "desc")
        start = (int(query.get("page", "1")) - 1) * size
        if "offset" in query and self.offset:
            start = int(query["offset"])
        window = rows[start : start + size]
        total = 0 if start and not window else len(rows)
        broken = self.broken(window, query)
        if broken:
            return broken
        shown = [self.filtered(r, query) for r in window if r["id"] not in self.hidden]
        headers = {"X-WP-Total": str(total), "X-WP-TotalPages": str(-(-total // size))} if self.totals else {}
        if "_envelope" in query:
            inner = {"X-WP-Total": total, "X-WP-TotalPages": -(-total // size)}
            return self.json({"body": shown, "status": 200, "headers": inner})
        return self.json(shown, headers)

    def broken(self, window: list[dict[str, Any]], query: dict[str, str]) -> Reply | None:
        fields = query.get("_fields", "content").split(",")
        numbers = {row["id"] for row in window}
        if numbers & self.deadly or (numbers & self.poison and "content" in fields):
            return 500, {"Content-Type": "text/html"}, "<title>Critical error</title>"
        return None

    @staticmethod
    def filtered(row: dict[str, Any], query: dict[str, str]) -> dict[str, Any]:
        fields = query.get("_fields")
        return {k: v for k, v in row.items() if k in fields.split(",")} if fields else row

    @staticmethod
    def json(data: Any, headers: dict[str, str] | None = None) -> Reply:
        return 200, {"Content-Type": "application/json", **(headers or {})}, json.dumps(data)

    @staticmethod
    def error(status: int, code: str, params: Any = None) -> Reply:
        body = {"code": code, "message": f"No: {code}", "data": {"status": status, "params": params or {}}}
        return status, {"Content-Type": "application/json"}, json.dumps(body)


_TYPES = {
    "post": {"slug": "post", "name": "Posts", "rest_base": "posts", "taxonomies": ["category", "post_tag"]},
    "page": {"slug": "page", "name": "Pages", "rest_base": "pages"},
    "attachment": {"slug": "attachment", "name": "Media", "rest_base": "media"},
    "wp_font_face": {
        "slug": "wp_font_face",
        "rest_base": "font-families/(?P<font_family_id>[\\d]+)/font-faces",
    },
}
_TAXONOMIES = {
    "category": {"name": "Categories", "rest_base": "categories", "hierarchical": True, "types": ["post"]},
    "post_tag": {"name": "Tags", "rest_base": "tags", "hierarchical": False, "types": ["post"]},
}
FRONT = f'<html lang="en-GB"><head><link rel="https://api.w.org/" href="{HOME}/wp-json/" /></head></html>'


@contextmanager
def served(site: TinyWp) -> Iterator[responses.RequestsMock]:
    """Serve a site at `HOME`, with a front page that leads to its API."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        api = re.compile(r"https://blog\.test/(wp-json|(index\.php)?\?rest_route).*")
        for method in (responses.GET, responses.OPTIONS):
            mock.add_callback(method, api, callback=site)
        mock.add(responses.GET, re.compile(r"https://blog\.test/$"), body=FRONT, content_type="text/html")
        yield mock


def client(password: str | None = None, **options: Any) -> Http:
    """A client that never really waits."""
    made = {
        "sleep": lambda seconds: None,
        "resolve": lambda host: ["93.184.216.34"],
        "backoff": 0.0,
        **options,
    }
    return Http(credentials=Credentials("admin", password) if password else None, **made)
