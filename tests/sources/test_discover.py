from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import responses
from responses.matchers import query_param_matcher as query

from tests.sources.tinywp import client
from wpexport.errors import Blocked, NotWordPress, SourceError, UsageError
from wpexport.net import NetError, TooManyRedirects
from wpexport.sources.discover import RestClosed, discover
from wpexport.sources.rest.root import Root

SITE = "https://blog.test"
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def mock() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def index(home: str = SITE, **more: Any) -> str:
    return json.dumps({"name": "B", "url": home, "home": home, "namespaces": ["wp/v2"], **more})


def page(mock: Any, path: str, head: str = "", *, site: str = SITE, **options: Any) -> None:
    html = f'<html lang="de-DE"><head>{head}</head></html>'
    mock.get(site + path, **{"body": html, "content_type": "text/html", **options})


def api(mock: Any, url: str, body: str | None = None, **options: Any) -> None:
    mock.get(url, body=body or index(), content_type="application/json", **options)


@pytest.mark.parametrize("typed", [SITE, "blog.test", f"{SITE}/index.php", "BLOG.test/"])
def test_by_the_link_header(mock: Any, typed: str) -> None:
    link = f'<{SITE}/api/>; rel="https://api.w.org/", <{SITE}/?p=3>; rel=shortlink'
    for path in ("/", "/index.php"):
        page(mock, path, headers={"Link": link})
    api(mock, f"{SITE}/api/")
    found = discover(client(), typed)
    assert (found.home, found.root, found.form) == (f"{SITE}/", f"{SITE}/api/", "pretty")
    assert found.post is None
    assert found.language == "de-DE"
    assert "Link header" in found.evidence[0]


@pytest.mark.parametrize(
    "tag",
    [
        '<link rel="https://api.w.org/" href="https://blog.test/index.php?rest_route=/" />',
        "<LINK href='https://blog.test/index.php?rest_route=/' rel='https://api.w.org/'>",
        "<link href=http://www.blog.test/index.php?x=1&#038;rest_route=/ rel=https://api.w.org/>",
    ],
)
def test_by_the_head_of_the_page(mock: Any, tag: str) -> None:
    page(mock, "/", tag)
    api(mock, f"{SITE}/index.php")
    found = discover(client(), SITE)
    assert found.form == "query"
    assert found.root.startswith(f"{SITE}/index.php?")  # the scheme and host we talk to


def test_by_the_rsd_file(mock: Any) -> None:
    page(mock, "/", f'<link rel="EditURI" type="application/rsd+xml" href="{SITE}/xmlrpc.php?rsd" />')
    mock.get(f"{SITE}/xmlrpc.php", body=f'<rsd><apis><api name="WP-API" apiLink="{SITE}/r/" /></apis></rsd>')
    api(mock, f"{SITE}/r/")
    assert discover(client(), SITE).root == f"{SITE}/r/"


def test_by_guessing_where_plain_permalinks_answer_with_the_home_page(mock: Any) -> None:
    page(mock, "/wp-json/")
    mock.get(
        f"{SITE}/",
        body=index(),
        match=[query({"rest_route": "/"}, strict_match=False)],
        content_type="text/html",
    )
    page(mock, "/")
    found = discover(client(), SITE)
    assert found.root == f"{SITE}/?rest_route=/"


def test_a_subdirectory_is_found_from_below_and_the_deepest_wins(mock: Any) -> None:
    page(mock, "/a/b/some/page/")
    api(mock, f"{SITE}/a/b/wp-json/", index(f"{SITE}/a/b"))
    api(mock, f"{SITE}/wp-json/", index(SITE))
    mock.get(f"{SITE}/a/b/some/page/wp-json/", status=404)
    found = discover(client(), f"{SITE}/a/b/some/page/")
    assert found.home == f"{SITE}/a/b/"


def test_a_guess_that_answers_for_another_blog_is_not_taken(mock: Any) -> None:
    page(mock, "/other/")
    api(mock, f"{SITE}/wp-json/", index(f"{SITE}/main"))
    with pytest.raises(SourceError):
        discover(client(), f"{SITE}/other/")


def test_a_post_is_found_by_its_alternate_link(mock: Any) -> None:
    head = (
        f'<link rel="https://api.w.org/" href="{SITE}/wp-json/" />'
        f'<link rel="alternate" type="application/json" href="http://old.test/wp-json/wp/v2/books/7">'
    )
    page(mock, "/books/x/", head)
    api(mock, f"{SITE}/wp-json/")
    api(mock, f"{SITE}/wp-json/wp/v2/books/7", '{"id": 7, "type": "book", "status": "publish"}')
    assert discover(client(), f"{SITE}/books/x/").post == ("wp/v2/books", 7)


def test_a_category_page_is_no_post(mock: Any) -> None:
    head = (
        f'<link rel="https://api.w.org/" href="{SITE}/wp-json/" />'
        f'<link rel="alternate" type="application/json" href="{SITE}/wp-json/wp/v2/categories/7" />'
    )
    page(mock, "/category/x/", head)
    api(mock, f"{SITE}/wp-json/")
    api(mock, f"{SITE}/wp-json/wp/v2/categories/7", '{"id": 7, "taxonomy": "category"}')
    found = discover(client(), f"{SITE}/category/x/")
    assert found.post is None
    assert "the whole blog is read" in found.remark


def test_a_post_is_found_by_its_shortlink(mock: Any) -> None:
    page(
        mock,
        "/x/",
        f'<link rel="https://api.w.org/" href="{SITE}/wp-json/" /><link rel=shortlink href="/?p=9">',
    )
    api(mock, f"{SITE}/wp-json/")
    mock.get(
        f"{SITE}/wp-json/wp/v2/posts/9", status=404, body='{"code": "rest_post_invalid_id", "message": ""}'
    )
    api(mock, f"{SITE}/wp-json/wp/v2/pages/9", '{"id": 9, "type": "page"}')
    assert discover(client(), f"{SITE}/x/").post == ("wp/v2/pages", 9)


def test_the_front_page_may_be_a_page_and_is_still_the_site(mock: Any) -> None:
    head = (
        f'<link rel="https://api.w.org/" href="{SITE}/wp-json/" />'
        f'<link rel="alternate" type="application/json" href="{SITE}/wp-json/wp/v2/pages/2" />'
    )
    page(mock, "/", head)
    api(mock, f"{SITE}/wp-json/")
    assert discover(client(), SITE).post is None


def test_http_is_left_for_https_when_redirected(mock: Any) -> None:
    mock.get("http://blog.test/", status=301, headers={"Location": f"{SITE}/"})
    page(mock, "/", '<link rel="https://api.w.org/" href="http://blog.test/wp-json/" />')
    api(mock, f"{SITE}/wp-json/", index("http://blog.test"))
    found = discover(client(), "http://blog.test/")
    assert (found.home, found.root) == (f"{SITE}/", f"{SITE}/wp-json/")


def test_a_container_s_own_name_is_not_followed(mock: Any) -> None:
    page(mock, "/", '<link rel="https://api.w.org/" href="http://localhost:8000/wp-json/" />')
    api(mock, f"{SITE}/wp-json/", index("http://localhost:8000"))
    assert discover(client(), SITE).home == f"{SITE}/"


def test_the_api_s_own_address_may_be_typed(mock: Any) -> None:
    api(mock, f"{SITE}/wp-json/")
    assert discover(client(), f"{SITE}/wp-json/").root == f"{SITE}/wp-json/"


# Why not


def test_not_wordpress(mock: Any) -> None:
    mock.get(url=re.compile(".*"), body="<html>Hello</html>", content_type="text/html")
    with pytest.raises(NotWordPress, match=r"blog\.test answers, but not as a WordPress"):
        discover(client(), SITE)


def test_closed_at_another_host_that_one_is_to_be_named(mock: Any) -> None:
    """A login is sent to the typed host alone; who has one there must know which to type."""
    page(mock, "/", '<link rel="https://api.w.org/" href="https://cms.test/wp-json/">')
    body = '{"code": "rest_cannot_access", "message": "Only authenticated users.", "data": {"status": 401}}'
    api(mock, "https://cms.test/wp-json/", body, status=401)
    with pytest.raises(RestClosed, match=r"is at https://cms\.test, and closed") as caught:
        discover(client(), SITE)
    assert "name https://cms.test itself" in caught.value.hint


def test_closed_by_a_plugin(mock: Any) -> None:
    body = '{"code": "rest_cannot_access", "message": "Only authenticated users.", "data": {"status": 401}}'
    mock.get(url=re.compile(".*wp-json.*|.*rest_route.*"), status=401, body=body)
    page(mock, "/", '<link rel="stylesheet" href="/wp-content/x.css">')
    with pytest.raises(RestClosed, match=r"closed to visitors .*rest_cannot_access"):
        discover(client(), SITE)


def test_gone_but_wordpress(mock: Any) -> None:
    mock.get(url=re.compile(".*wp-json.*|.*rest_route.*"), status=404, body="<html>")
    page(mock, "/", '<script src="/wp-content/x.js"></script><script src="/wp-includes/y.js"></script>')
    with pytest.raises(RestClosed, match="gives no answer"):
        discover(client(), SITE)


def test_blocked_by_whom(mock: Any) -> None:
    challenge = "<html><title>Just a moment...</title></html>"
    mock.get(url=re.compile(".*"), status=403, body=challenge, headers={"cf-mitigated": "challenge"})
    with pytest.raises(Blocked, match="Cloudflare"):
        discover(client(), SITE)
    assert len(mock.calls) < 10


def test_force_login(mock: Any) -> None:
    mock.get(f"{SITE}/", status=302, headers={"Location": "/wp-login.php"})
    mock.get(url=re.compile(".*wp-json.*|.*rest_route.*"), status=302, headers={"Location": "/wp-login.php"})
    page(mock, "/wp-login.php", '<link href="/wp-includes/x.css"><link href="/wp-content/x">')
    with pytest.raises(RestClosed, match="login page"):
        discover(client(), SITE)


def test_unreachable(mock: Any) -> None:
    with pytest.raises(NetError):
        discover(client(), SITE)


def test_redirect_loops_are_shown(mock: Any) -> None:
    mock.get(f"{SITE}/", status=302, headers={"Location": "/a"})
    mock.get(f"{SITE}/a", status=302, headers={"Location": "/"})
    with pytest.raises(TooManyRedirects, match="->"):
        discover(client(), SITE)


@pytest.mark.parametrize(
    "typed", ["", "https://u:p@blog.test/", "two words", "https://", "http://😀😀.test./\n"]
)
def test_what_cannot_be_meant(typed: str) -> None:
    with pytest.raises(UsageError):
        discover(client(), typed)


@pytest.mark.parametrize(
    ("root", "expected"),
    [
        ("https://h/wp-json/", "https://h/wp-json/wp/v2/posts?page=2&_fields=id,date"),
        (
            "https://h/b/index.php/wp-json/",
            "https://h/b/index.php/wp-json/wp/v2/posts?page=2&_fields=id,date",
        ),
        ("https://h/?rest_route=/", "https://h/?rest_route=/wp/v2/posts&page=2&_fields=id,date"),
        (
            "https://h/index.php?a=1&rest_route=%2F",
            "https://h/index.php?a=1&rest_route=/wp/v2/posts&page=2&_fields=id,date",
        ),
    ],
)
def test_routes_join_both_forms_of_root(root: str, expected: str) -> None:
    assert Root(root).join("wp/v2/posts", {"page": 2, "_fields": "id,date"}) == expected


def test_routes_are_read_from_both_forms_of_address() -> None:
    root = Root("https://h/b/wp-json/")
    assert root.route_of("http://x/b/wp-json/wp/v2/posts/3") == "wp/v2/posts/3"
    assert root.route_of("http://x/index.php?rest_route=%2Fwp%2Fv2%2Fposts%2F3") == "wp/v2/posts/3"
    assert root.route_of("http://x/feed/") is None
