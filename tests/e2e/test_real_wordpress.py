"""The real WordPress itself: it starts, holds the sample blog, and says of itself what was recorded of it."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.e2e.blogs import ADMIN, fill, truth
from tests.e2e.wordpress import Site
from wpexport.demo.blog import MEDIA, POSTS, TERMS, load

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def said(real_wordpress: Site) -> dict[str, Any]:
    return truth(real_wordpress)


def test_it_answers(real_wordpress: Site) -> None:
    answer = requests.get(real_wordpress.url + "/wp-json/", timeout=30)
    assert answer.json()["name"] == "Tuulisaari Light"
    me = requests.get(real_wordpress.url + "/wp-json/wp/v2/users/me", auth=ADMIN, timeout=30)
    assert me.json()["id"] == 1


def test_the_recording_is_what_wordpress_holds(said: dict[str, Any]) -> None:
    blog = load()
    posts = {row["id"]: row for row in said["posts"]}
    for row in (row for one in blog.collections.values() if one.kind == POSTS for row in one.rows):
        held = posts.pop(row.id)
        assert (row.view is not None) == (held["public"] or held["type"] == "wp_navigation")
        assert row.edit["content"]["raw"].replace("http://blog.example", said["home"]) == held["raw"]
        assert row.edit["date"].replace("T", " ") == held["date"] or row.id == 33  # in the gap of summer time
        assert row.edit["status"] == held["status"]
    assert not {row["type"] for row in posts.values()} & set(said["public_types"])


def test_comments_terms_and_media_too(said: dict[str, Any]) -> None:
    blog = load()
    comments = {row["id"]: row for row in said["comments"]}
    for row in blog.collections["comments"].rows:
        held = comments.pop(row.id)
        assert (row.edit["parent"], row.edit["post"]) == (held["parent"], held["post"])
        assert (row.edit["status"], row.edit["type"]) == (held["status"], held["type"])
        readable = row.view is not None and row.edit["type"] == "comment"
        assert readable == held["readable"]
    assert not comments
    terms = {row["id"] for row in said["terms"] if row["rest"]}
    assert terms == {row.id for one in blog.collections.values() if one.kind == TERMS for row in one.rows}
    media = {row.id for one in blog.collections.values() if one.kind == MEDIA for row in one.rows}
    assert media == {row["id"] for row in said["media"]}


def test_a_new_one_can_be_filled(empty_wordpress: Site) -> None:
    assert fill(empty_wordpress, 30, 100) == {"posts": 31, "comments": 101}
    answer = requests.get(empty_wordpress.url + "/wp-json/wp/v2/comments?per_page=1", timeout=30)
    assert answer.headers["X-WP-Total"] == "101"
