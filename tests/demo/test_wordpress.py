from __future__ import annotations

import base64
import json
from typing import Any

import pytest
import requests

from wpexport.demo.blog import load
from wpexport.demo.server import Server
from wpexport.demo.wordpress import Answer, DemoWordPress

BASE = "http://127.0.0.1:8000/blog"
V2 = "/blog/wp-json/wp/v2"


@pytest.fixture(scope="module")
def site() -> DemoWordPress:
    return DemoWordPress(base=BASE)


def login(name: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


ADMIN = login("admin", "demo admin on loopback only")


def ask(site: DemoWordPress, path: str, **headers: str) -> Answer:
    return site.answer("GET", path, headers)


def said(site: DemoWordPress, path: str, **headers: str) -> Any:
    return json.loads(ask(site, path, **headers).body)


def test_the_sample_has_what_the_demo_promises() -> None:
    blog = load()
    assert sum(1 for row in blog.posts if row.view) >= 14
    slugs = [(row.edit["slug"], row.edit["parent"]) for row in blog.collections["pages"].rows]
    assert ("visit", 40) in slugs
    assert ("visit", 41) in slugs
    names = [row.edit["media_details"].get("file", "") for row in blog.collections["media"].rows]
    assert {"2024/01/lamp.png", "2024/05/lamp.png"} <= set(names)
    parents = {row.id: row.edit["parent"] for row in blog.collections["comments"].rows}
    depth, number = 0, 7
    while number:
        depth, number = depth + 1, parents[number]
    assert depth == 6
    titles = {row.edit["title"]["raw"] for row in blog.posts}
    assert r'part \1: "yes" {{< x >}} {% y %}' in titles
    assert "" in titles


def test_addresses_are_those_of_the_server_in_every_spelling(site: DemoWordPress) -> None:
    for path in (f"{V2}/posts?per_page=100", "/blog/feed/", "/blog/", "/blog/wp-json/", f"{V2}/media"):
        answer = ask(site, path)
        assert b"blog.example" not in answer.body
        assert "blog.example" not in str(answer.headers)
    assert rb"http:\/\/127.0.0.1:8000\/blog\/2024" in ask(site, f"{V2}/posts").body
    page = ask(site, "/blog/2024/01/the-lamp-is-lit-again/")
    assert b"url=http%3A%2F%2F127.0.0.1%3A8000%2Fblog%2F2024" in page.body
    assert page.headers["Link"].startswith('<http://127.0.0.1:8000/blog/wp-json/>; rel="https://api.w.org/"')


def test_hidden_rows_are_counted_and_leave_holes(site: DemoWordPress) -> None:
    answer = ask(site, f"{V2}/comments?per_page=100&_fields=id")
    assert answer.headers["X-WP-Total"] == "24"
    assert len(json.loads(answer.body)) == 21
    blocks = ask(site, f"{V2}/blocks")
    assert (blocks.headers["X-WP-Total"], blocks.body) == ("1", b"[]")


def test_behind_the_end(site: DemoWordPress) -> None:
    assert ask(site, f"{V2}/posts?page=99").status == 400
    assert ask(site, f"{V2}/comments?page=99").body == b"[]"
    gone = ask(site, f"{V2}/posts?offset=99")
    assert (gone.status, gone.headers["X-WP-Total"], gone.body) == (200, "0", b"[]")
    feed = ask(site, "/blog/feed/?paged=9")
    assert feed.status == 404
    assert feed.headers["Content-Type"].startswith("application/rss+xml")
    assert b"<item>" not in feed.body


def test_a_login_that_is_wrong_is_ignored_without_a_word(site: DemoWordPress) -> None:
    answer = ask(site, f"{V2}/posts", **login("admin", "wrong"))
    assert answer.status == 200
    assert answer.body == ask(site, f"{V2}/posts").body
    assert said(site, f"{V2}/users/me", **login("admin", "wrong"))["code"] == "rest_not_logged_in"
    assert said(site, f"{V2}/users/me", **ADMIN)["slug"] == "aino"
    mail = login("admin@example.test", "demoadminonloopbackonly")
    assert said(site, f"{V2}/users/me", **mail)["id"] == 1


def test_an_administrator_sees_everything(site: DemoWordPress) -> None:
    query = "context=edit&per_page=100&orderby=id&order=asc"
    posts = said(site, f"{V2}/posts?status=any&{query}", **ADMIN)
    assert {"draft", "pending", "private", "future", "publish"} == {post["status"] for post in posts}
    comments = ask(site, f"{V2}/comments?status=any&type=all&{query}", **ADMIN)
    assert comments.headers["X-WP-Total"] == str(len(json.loads(comments.body))) == "30"


def test_a_password_opens_a_post_and_its_comments(site: DemoWordPress) -> None:
    assert said(site, f"{V2}/posts/24")["content"] == {"rendered": "", "protected": True}
    assert "barometer" in said(site, f"{V2}/posts/24?password=fresnel")["content"]["rendered"]
    assert said(site, f"{V2}/comments?post=24")["code"] == "rest_cannot_read_post"
    assert len(said(site, f"{V2}/comments?post=24&password=fresnel")) == 1


def test_what_is_not_modified_is_not_sent(site: DemoWordPress) -> None:
    first = ask(site, "/blog/feed/")
    both = {"If-None-Match": first.headers["ETag"], "If-Modified-Since": first.headers["Last-Modified"]}
    assert ask(site, "/blog/feed/", **both).status == 304
    assert ask(site, "/blog/feed/", **{"If-None-Match": "W/" + first.headers["ETag"]}).status == 200


def test_envelope_and_fields(site: DemoWordPress) -> None:
    whole = said(site, f"{V2}/posts?_envelope=1&per_page=1&_fields=id,title.rendered")
    assert whole["headers"]["X-WP-Total"] == 24
    assert whole["body"] == [{"id": 23, "title": {"rendered": "Where everything is"}}]
    assert "_embedded" in said(site, f"{V2}/posts/10?_embed")


def test_every_link_of_the_sample_leads_somewhere(site: DemoWordPress) -> None:
    """Each page, file and route that the sample's own data names is there."""
    for row in site.blog.posts:
        if row.view:
            assert ask(site, row.view["link"].replace("http://blog.example", "/blog")).status == 200
    for row in site.blog.collections["media"].rows:
        sizes = (row.edit["media_details"] or {}).get("sizes") or {}
        for address in [row.edit["source_url"], *(size["source_url"] for size in sizes.values())]:
            assert ask(site, address.replace("http://blog.example", "/blog")).status == 200, address


def test_over_a_socket_with_one_connection() -> None:
    with Server(DemoWordPress(), folder="/blog") as server, requests.Session() as session:
        session.trust_env = False
        for _ in range(3):
            answer = session.get(server.url + "/wp-json/wp/v2/posts?per_page=1&_fields=link", timeout=10)
            assert answer.json()[0]["link"].startswith(server.url)
        assert (
            session.head(server.url + "/", timeout=10).headers["Link"].startswith(f"<{server.url}/wp-json/>")
        )
        answer = session.get(server.url + "/?p=10", timeout=10)
        assert answer.url == server.url + "/2024/01/the-lamp-is-lit-again/"
        assert (
            session.get(server.url + "/wp-content/uploads/2024/06/tide-table.txt", timeout=10).text[:4]
            == "high"
        )
