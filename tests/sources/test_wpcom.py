"""WordPress.com's API from a few lines that answer in its shapes.

The shapes are those of Automattic/jetpack, ``json-endpoints/``; no network is used.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import responses
from requests import PreparedRequest

from wpexport.errors import Blocked, LoginError, NotWordPress, Unreachable
from wpexport.model import SHARED_ID, Comment, Loss, Post, Record, Reference, Term, made_up
from wpexport.net import Credentials, Http
from wpexport.sources.registry import open_source
from wpexport.sources.wpcom import WpcomSource, open_wpcom
from wpexport.sources.wpcom.api import BASE, hosted_root, name_of
from wpexport.sources.wpcom.detect import is_hosted

FRONT = re.compile(r"https://blog\.test/$")
Reply = tuple[int, dict[str, str], str]


def post(number: int, **more: Any) -> dict[str, Any]:
    return {
        "ID": number,
        "site_ID": 77,
        "author": {"ID": 5, "login": "ana", "email": False, "name": "Ana", "URL": "https://ana.test"},
        "date": "2024-01-02T03:04:05-05:00",
        "modified": "2024-02-02T03:04:05-05:00",
        "title": f"P &amp; {number}",
        "URL": f"https://blog.test/p{number}/",
        "short_URL": "https://wp.me/p1-2",
        "content": f"<p>{number}</p>\n",
        "excerpt": "<p>x</p>\n",
        "slug": f"p{number}",
        "guid": f"https://blog.test/?p={number}",
        "status": "publish",
        "sticky": False,
        "password": "",
        "parent": False,
        "type": "post",
        "discussion": {"comments_open": True, "comment_status": "open", "ping_status": "closed"},
        "like_count": 3,
        "post_thumbnail": {"ID": 9, "URL": "https://blog.test/a.jpg"},
        "format": "standard",
        "geo": {"latitude": 1.5},
        "menu_order": 0,
        "page_template": "",
        "terms": {"category": {"News": {"ID": 3, "name": "News"}}, "post_tag": {"sea": {"ID": 4}}},
        "categories": {"News": {"ID": 3}},
        "tags": {"sea": {"ID": 4}},
        "meta": {"links": {}},
        **more,
    }


def comment(number: int, **more: Any) -> dict[str, Any]:
    return {
        "ID": number,
        "post": {"ID": 1, "title": "P 1", "type": "post", "link": "x"},
        "author": {"ID": 0, "email": False, "name": "Bo & Co", "URL": "https://bo.test"},
        "date": "2024-01-03T03:04:05-05:00",
        "URL": f"https://blog.test/p1/#comment-{number}",
        "content": f"<p>{number}</p>\n",
        "status": "approved",
        "parent": False,
        "type": "comment",
        "like_count": 0,
        **more,
    }


class Wpcom:
    """Answers for one site, ``blog.test`` or 77; attributes say what goes wrong."""

    def __init__(self) -> None:
        self.posts = [post(n) for n in range(1, 251)]
        self.comments = [comment(n) for n in range(1, 121)]
        self.categories = [
            {"ID": 3, "name": "News &amp; more", "slug": "news", "description": "", "parent": 0}
        ]
        self.tags: list[dict[str, Any]] = []
        self.info: dict[str, Any] = {
            "ID": 77,
            "URL": "https://blog.test",
            "name": "A &amp; B",
            "description": "d",
            "jetpack": False,
            "lang": "de",
            "options": {"timezone": "Europe/Berlin", "gmt_offset": 1},
        }
        self.failure: dict[str, Reply] = {}
        self.fail_above = 10_000
        #: posts and comments that break every answer of v1.1 they are in
        self.deadly: set[int] = set()
        #: ``wp/v2`` has posts and comments too
        self.core = False
        self.stuck = False
        self.asked: list[tuple[str, dict[str, str]]] = []

    def __call__(self, request: PreparedRequest) -> Reply:
        parts = urlsplit(request.url or "")
        query = dict(parse_qsl(parts.query))
        self.asked.append((parts.path, query))
        version, _, rest = parts.path.partition("/sites/")
        site, _, route = rest.partition("/")
        if site not in ("blog.test", "77"):
            return self.said({"error": "unknown_blog", "message": "Unknown blog"}, 404)
        if version == "/wp/v2":
            owner = request.headers.get("Authorization") == "Bearer good-token"
            if query.get("context") == "edit" and not owner:
                return self.said(
                    {"code": "rest_forbidden_context", "message": "No.", "data": {"status": 401}}, 401
                )
            return self.owned(route, query) if owner else self.wp(route, query)
        if route in self.failure:
            return self.failure[route]
        if not route:
            return self.said(self.info)
        return self.rows(route, query)

    @staticmethod
    def said(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Reply:
        return status, {"Content-Type": "application/json", **(headers or {})}, json.dumps(body)

    def rows(self, route: str, query: dict[str, str]) -> Reply:
        number = int(query.get("number", 20))
        if number > 100 and route in ("posts", "comments"):
            return self.said(
                {"error": "invalid_number", "message": "The NUMBER parameter must be <= 100."}, 400
            )
        if number > self.fail_above:
            return 502, {}, "<html>Bad gateway</html>"
        if route == "posts":
            rows = [p for p in self.posts if p["type"] == query["type"]]
            start = int(query.get("page_handle", "0").removeprefix("value=x&id="))
            some = rows[start : start + number]
            if self.deadly & {p["ID"] for p in some}:
                return 500, {}, "<html>Critical error</html>"
            after = start if self.stuck else start + number
            meta = {"next_page": f"value=x&id={after}"} if after < len(rows) else {}
            return self.said({"found": len(rows), "posts": some, "meta": meta})
        if route == "comments":
            start = int(query.get("offset", 0))
            body = {"found": len(self.comments), "comments": self.comments[start : start + number]}
            if self.deadly & {c.get("ID") for c in self.comments[start : start + number]}:
                return 500, {}, "<html>Critical error</html>"
            return self.said(body)
        found = {"categories": self.categories, "tags": self.tags}.get(route, [])
        return self.said({"found": len(found), route: found if query.get("page", "1") == "1" else []})

    def wp(self, route: str, query: dict[str, str]) -> Reply:
        if self.core and route in ("posts", "comments"):
            numbers = [row["ID"] for row in (self.posts if route == "posts" else self.comments)]
            start, size = int(query.get("offset", 0)), int(query.get("per_page", 10))
            rows: list[dict[str, Any]] = [
                {"id": n, "type": route[:-1], "post": 1, "content": {"rendered": f"<p>{n}</p>"}}
                for n in numbers[start : start + size]
            ]
            return self.said(rows, headers={"X-WP-Total": str(len(numbers)), "X-WP-TotalPages": "9"})
        if route == "types":
            return self.said({"post": {"name": "Posts", "slug": "post", "rest_base": "posts"}})
        if route == "taxonomies":
            return self.said({})
        if route == "media":
            rows = [
                {"id": 9, "source_url": "https://blog.test/a.jpg", "slug": "a", "date": "2024-01-01T00:00:00"}
            ]
            past = int(query.get("offset", 0)) > 0 or int(query.get("page", 1)) > 1
            return self.said([] if past else rows, headers={"X-WP-Total": "1", "X-WP-TotalPages": "1"})
        return self.said({"code": "rest_no_route", "message": "no", "data": {"status": 404}}, 404)

    def owned(self, route: str, query: dict[str, str]) -> Reply:
        """What ``wp/v2`` shows the owner."""
        if route == "users/me":
            return self.said({"id": 5, "username": "ana", "capabilities": {"edit_others_posts": True}})
        if route == "posts" and query.get("context") == "edit":
            draft = {"id": 900, "status": "draft", "type": "post", "title": {"raw": "D", "rendered": "D"}}
            past = int(query.get("offset", 0)) > 0 or int(query.get("page", 1)) > 1
            return self.said([] if past else [draft], headers={"X-WP-Total": "1", "X-WP-TotalPages": "1"})
        return self.wp(route, query)

    @contextmanager
    def serve(
        self, credentials: Credentials | None = None, *, front: responses.Response | None = None
    ) -> Iterator[Http]:
        """Serve the API; with ``front`` the site too, which has this page and no other."""
        with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
            if front is not None:
                mock.add(front)
                mock.add("GET", re.compile(r"https?://blog\.test/.+"), status=404, body="<html>no</html>")
            for method in ("GET", "HEAD"):
                mock.add_callback(method, re.compile(re.escape(BASE) + "/.*"), self, content_type=None)
            with Http(
                sleep=lambda _: None,
                backoff=0.0,
                resolve=lambda _: ["93.184.216.34"],
                credentials=credentials,
            ) as http:
                yield http


def read(source: WpcomSource, key: str) -> tuple[list[Record], list[Loss], bool]:
    what = next(o.collection for o in source.capabilities().offers if o.collection.key == key)
    batches = list(source.read(what))
    assert {b.view.way for b in batches} == {"wpcom"}
    records = [r for b in batches for r in b.records]
    return records, [loss for b in batches for loss in b.lost], batches[-1].last


def test_posts_are_read_by_handles_to_the_last() -> None:
    site = Wpcom()
    with site.serve() as http:
        records, lost, last = read(open_wpcom(http, "https://blog.test/"), "posts/post")
    assert [r.id for r in records] == list(range(1, 251))
    assert not lost
    assert last
    handles = [q["page_handle"] for p, q in site.asked if "page_handle" in q]
    # The value is itself encoded as a query: it must arrive as it was given.
    assert handles == ["value=x&id=100", "value=x&id=200"]
    assert all("page" not in q and "offset" not in q for p, q in site.asked if p.endswith("/posts"))


def test_a_post_has_all_that_the_api_says() -> None:
    site = Wpcom()
    with site.serve() as http:
        records, _, _ = read(open_wpcom(http, "blog.test"), "posts/post")
    first = records[0]
    assert isinstance(first, Post)
    assert (first.title, first.author, first.terms) == ("P & 1", 5, [3, 4])
    assert (first.featured_media, first.comment_status, first.ping_status) == (9, "open", "closed")
    assert first.date == datetime(2024, 1, 2, 8, 4, 5, tzinfo=UTC)
    assert first.date is not None
    assert first.date.isoformat() == "2024-01-02T03:04:05-05:00"
    assert first.extra == {"geo": {"latitude": 1.5}}


def test_an_author_without_a_number_is_a_name() -> None:
    site = Wpcom()
    site.posts = [
        post(1, author={"ID": 0, "name": "Gone"}, parent={"ID": 8}, date="0000-00-00T00:00:00+00:00")
    ]
    with site.serve() as http:
        records, _, _ = read(open_wpcom(http, "blog.test"), "posts/post")
    first = records[0]
    assert isinstance(first, Post)
    assert (first.author, first.parent, first.date) == (Reference(name="Gone"), 8, None)


def test_comments_come_with_pingbacks_and_parents() -> None:
    site = Wpcom()
    site.comments[1] = comment(
        2, parent={"ID": 1}, type="pingback", author={"ID": 5, "name": "Ana", "URL": ""}
    )
    with site.serve() as http:
        records, lost, last = read(open_wpcom(http, "blog.test"), "comments")
    assert [r.id for r in records] == list(range(1, 121))
    second = records[1]
    assert isinstance(second, Comment)
    assert (second.parent, second.type, second.author.user, second.author.url) == (1, "pingback", 5, None)
    assert second.post == 1
    assert not lost
    assert last


def test_terms_and_what_only_wp_v2_has() -> None:
    site = Wpcom()
    with site.serve() as http:
        source = open_wpcom(http, "blog.test")
        able = source.capabilities()
        terms, _, _ = read(source, "terms/category")
        media, _, _ = read(source, "media")
    assert isinstance(terms[0], Term)
    assert (terms[0].name, terms[0].slug, terms[0].id) == ("News & more", "news", 3)
    assert [m.id for m in media] == [9]
    closed = {o.collection.key for o in able.offers if o.closed}
    assert closed == {"authors"}
    assert any("password" in name for name in able.invisible)


def test_a_category_and_a_tag_of_one_number_are_two_terms() -> None:
    site = Wpcom()
    site.tags = [{"ID": 3, "name": "News", "slug": "news"}, {"ID": 4, "name": "Own", "slug": "own"}]
    named = {"News": {"ID": 3}}
    both: dict[str, Any] = {"category": named, "post_tag": named}
    site.posts = [post(1, terms=both), post(2, terms={}, categories={}, tags=named)]
    with site.serve() as http:
        source = open_wpcom(http, "blog.test")
        source.capabilities()
        terms = [*read(source, "terms/category")[0], *read(source, "terms/post_tag")[0]]
        posts, _, _ = read(source, "posts/post")
    tag = made_up("post_tag", 3)
    assert [(term.id, term.extra) for term in terms if isinstance(term, Term)] == [
        (3, {}),
        (tag, {SHARED_ID: 3}),
        (4, {}),
    ]
    assert {one.id: one.terms for one in posts if isinstance(one, Post)} == {1: [3, tag], 2: [tag]}


def test_the_site_describes_itself() -> None:
    with Wpcom().serve() as http:
        site = open_wpcom(http, "blog.test").site()
    assert (site.home, site.name, site.timezone, site.language) == (
        "https://blog.test/",
        "A & B",
        "Europe/Berlin",
        "de",
    )


def test_pages_that_are_too_big_are_made_smaller() -> None:
    site = Wpcom()
    site.fail_above = 30
    with site.serve() as http:
        records, lost, last = read(open_wpcom(http, "blog.test"), "posts/post")
    assert len(records) == 250
    assert not lost
    assert last


@pytest.mark.parametrize("key", ["posts/post", "comments"])
def test_what_breaks_v1_1_comes_by_wp_v2(key: str) -> None:
    site = Wpcom()
    site.deadly, site.core = {70}, True
    with site.serve() as http:
        records, lost, last = read(open_wpcom(http, "blog.test"), key)
    assert [r.id for r in records] == list(range(1, 251 if key == "posts/post" else 121))
    assert not lost
    assert last
    site.core = False
    with site.serve() as http:
        records, lost, _ = read(open_wpcom(http, "blog.test"), key)
    assert len(records) + sum(loss.count or 0 for loss in lost) == (250 if key == "posts/post" else 120)
    assert lost


def test_a_count_that_is_out_of_date_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    site = Wpcom()
    monkeypatch.setattr("wpexport.sources.wpcom.source.found", lambda answer: 100)
    with site.serve() as http:
        records, lost, _ = read(open_wpcom(http, "blog.test"), "comments")
    assert len(records) == 120
    assert not lost


def test_the_same_page_again_is_an_end_with_a_count() -> None:
    site = Wpcom()
    site.stuck = True
    with site.serve() as http:
        records, lost, _ = read(open_wpcom(http, "blog.test"), "posts/post")
    assert len(records) <= 100
    assert [loss.count for loss in lost] == [250 - len(records)]
    assert "same page" in lost[0].reason


def test_rows_that_are_counted_and_not_shown_are_withheld() -> None:
    site = Wpcom()
    site.comments[3] = {"nothing": "here"}
    with site.serve() as http:
        source = open_wpcom(http, "blog.test")
        what = next(o.collection for o in source.capabilities().offers if o.collection.key == "comments")
        batches = list(source.read(what))
    assert sum(b.withheld for b in batches) == 1


def test_a_token_shows_what_only_the_owner_may_see() -> None:
    with Wpcom().serve(Credentials.bearer("good-token")) as http:
        source = open_wpcom(http, "blog.test")
        able = source.capabilities()
        records, lost, last = read(source, "posts/post")
    assert able.login is not None
    assert (able.login.name, able.login.can_edit, able.invisible) == ("ana", True, ())
    assert [(r.id, r.status) for r in records if isinstance(r, Post)] == [(900, "draft")]
    assert not lost
    assert last


def test_a_token_that_is_not_taken_ends_it() -> None:
    with (
        Wpcom().serve(Credentials.bearer("old-token")) as http,
        pytest.raises(LoginError),
    ):
        open_wpcom(http, "blog.test").capabilities()


def test_a_login_for_a_site_of_wordpress_com_goes_to_its_api_alone() -> None:
    site = Wpcom()
    site.info["URL"] = "https://blog.wordpress.com"
    with Wpcom().serve(Credentials.bearer("good-token")) as http:
        # No other address answers here at all.
        with pytest.raises((NotWordPress, Unreachable)):
            open_source(http, "blog.wordpress.com")
        assert http.credentials is not None
        assert http.credentials.origin in (None, ("https", "public-api.wordpress.com", 443))


def test_an_unknown_site_a_private_one_and_a_broken_api() -> None:
    site = Wpcom()
    with site.serve() as http, pytest.raises(NotWordPress, match="unknown_blog"):
        open_wpcom(http, "other.test")
    site.failure[""] = site.said({"error": "unauthorized", "message": "private"}, 403)
    with site.serve() as http, pytest.raises(Blocked, match="unauthorized"):
        open_wpcom(http, "blog.test")
    site.failure[""] = (500, {}, "oops")
    with site.serve() as http, pytest.raises(Unreachable):
        open_wpcom(http, "blog.test")


def test_via_takes_it_for_a_domain_of_its_own() -> None:
    with Wpcom().serve() as http:
        assert isinstance(open_source(http, "https://blog.test", via="wpcom"), WpcomSource)


@pytest.mark.parametrize("sign", ["header", "root"])
def test_a_domain_of_its_own_is_known_by_its_front_page(sign: str) -> None:
    """Its own REST and feeds are closed; nobody said ``--via wpcom``."""
    site = Wpcom()
    head = {"Host-Header": "WordPress.com"} if sign == "header" else {}
    link = f'<link rel="https://api.w.org/" href="{BASE}/wp/v2/sites/77/">' if sign == "root" else ""
    page = responses.Response("GET", FRONT, f"<html>{link}</html>", headers=head)
    with site.serve(front=page) as http:
        assert open_source(http, "https://blog.test").capabilities().way == "wpcom"


def test_of_any_other_site_wordpress_com_hears_nothing() -> None:
    site = Wpcom()
    page = responses.Response("GET", FRONT, "<html>/wp-content/ /wp-includes/</html>")
    with site.serve(front=page) as http, pytest.raises(Blocked):
        open_source(http, "https://blog.test")
    assert not site.asked


@pytest.mark.parametrize(
    ("url", "more", "hosted"),
    [
        ("https://ana.wordpress.com/2020/x/", {}, True),
        ("https://wordpress.com.evil.test/", {}, False),
        ("https://notwordpress.com/", {}, False),
        ("https://b.test/", {"root": "https://public-api.wordpress.com/wp/v2/sites/7/"}, True),
        ("https://b.test/", {"headers": {"host-header": "WordPress.com"}}, True),
        ("https://b.test/", {"headers": {"x-hacker": "join us"}}, False),
        ("https://b.test/", {"generator": "http://wordpress.com/"}, True),
        ("https://b.test/", {"generator": "https://wordpress.org/?v=6.5"}, False),
    ],
)
def test_hosting_is_known_by_sure_signs(url: str, more: dict[str, Any], hosted: bool) -> None:
    assert is_hosted(url, **more) is hosted


def test_addresses_of_the_api() -> None:
    root = hosted_root("77")
    assert root.join("wp/v2/posts", {"page": 2}) == f"{BASE}/wp/v2/sites/77/posts?page=2"
    assert root.join("other/v1/things/5") == f"{BASE}/other/v1/sites/77/things/5"
    assert root.route_of(f"{BASE}/wp/v2/sites/77/posts/5") == "wp/v2/posts/5"
    assert root.others("https://b.test/") == []
    assert name_of("https://b.test/blog/") == "b.test::blog"
