"""Records are cut out of answers of any shape, and what cannot be taken apart is emptied."""

from __future__ import annotations

import json

import pytest

from wpexport.archive import journal
from wpexport.archive.cutting import without

NAME = "Quirina"
OURS = {"id": 7, "post": 1, "parent": 0, "author_name": NAME, "content": {"rendered": "Mine"}}
OTHER = {
    "id": 8,
    "post": 1,
    "parent": 7,
    "author_name": "Bo",
    "content": {"rendered": "See <rss> and <feed>"},
}
POST = {"id": 7, "title": {"rendered": "A post of the same number"}, "slug": "a", "parent": 0}
ITEM = "<item><link>https://a.example/p/#comment-{}</link><dc:creator>{}</dc:creator>{}</item>"


def cut(
    body: str,
    comments: set[int] = frozenset({7}),  # type: ignore[assignment]
    authors: set[int] = frozenset(),  # type: ignore[assignment]
    url: str = "https://a.example/x",
) -> str:
    entry = journal.entry(url=url, time="", status=200, way="", tool="", body=body.encode())
    made = without(entry, frozenset(comments), frozenset(authors))
    assert made.redacted is (made.body != body)
    assert (
        made is entry
        or made.sha256
        == journal.entry(url="", time="", status=200, way="", tool="", body=made.body.encode()).sha256
    )
    return made.body


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ([OTHER, OURS], [OTHER]),
        ([POST, OURS], [POST]),
        (OURS, []),
        ({"found": 2, "comments": [OURS, OTHER]}, {"found": 2, "comments": [OTHER]}),
        (
            [{**POST, "_embedded": {"replies": [[OURS, OTHER]]}}],
            [{**POST, "_embedded": {"replies": [[OTHER]]}}],
        ),
        (
            {"comments": [{"ID": 7, "post": {"ID": 1}, "parent": False, "author": {"name": NAME}}]},
            {"comments": []},
        ),
        ([POST, OTHER], [POST, OTHER]),
    ],
)
def test_json_of_any_shape(body: object, left: object) -> None:
    assert json.loads(cut(json.dumps(body))) == left
    noisy = f"<br />Warning: {{main}} x\n{json.dumps(body)}\n<!-- cached -->"
    assert cut(noisy) == (noisy if body == left else cut(json.dumps(body)))


def test_what_is_cut_off_or_a_page_is_emptied() -> None:
    whole = json.dumps([OTHER, OURS])
    assert NAME in whole
    assert cut(whole[:-20]) == ""
    assert cut(f'<html><li id="comment-7">{NAME}</li><script>{{"a": [1]}}</script></html>') == ""
    assert cut('<html><li id="comment-70">Bo</li></html>') == '<html><li id="comment-70">Bo</li></html>'


def test_a_feed_loses_the_item_alone() -> None:
    tricky = "<description><![CDATA[</item> says nothing, #comment-7 neither]]></description>"
    head, tail = '<?xml version="1.0"?>\n<rss><channel>', "</channel></rss>"
    mine, other = ITEM.format(7, NAME, tricky), ITEM.format(70, "Bo", tricky)
    assert cut(head + other + mine + other + tail) == head + other + other + tail
    assert cut(head + other + tail) == head + other + tail
    assert cut(head + other + mine[:-7]) == head + other  # broke off


def test_an_export_file_loses_a_comment_within_its_post() -> None:
    comment = (
        "<wp:comment><wp:comment_id>{}</wp:comment_id>"
        "<wp:comment_author><![CDATA[{}]]></wp:comment_author></wp:comment>"
    )
    post = "<item><wp:post_id>7</wp:post_id>{}</item>"
    author = "<wp:author><wp:author_id>{}</wp:author_id></wp:author>"
    body = (
        "<rss>"
        + author.format(3)
        + author.format(33)
        + post.format(comment.format(7, NAME) + comment.format(8, "Bo"))
        + "</rss>"
    )
    left = "<rss>" + author.format(33) + post.format(comment.format(8, "Bo")) + "</rss>"
    assert cut(body, {7}, {3}) == left


def test_users_are_told_from_other_things_of_their_number() -> None:
    user = {"id": 3, "name": NAME, "slug": "q", "avatar_urls": {}}
    term = {"id": 3, "name": "Ships", "slug": "ships", "taxonomy": "category"}
    assert json.loads(cut(json.dumps([user, term]), set(), {3})) == [term]


@pytest.mark.parametrize(
    "url",
    [
        "https://users.example/wp-json/wp/v2/{}",
        "https://a.example/users/wp-json/wp/v2/{}?per_page=100",
        "https://a.example/?rest_route=/wp/v2/{}&slug=users",
    ],
)
def test_the_word_users_in_an_address_makes_no_user_of_a_post(url: str) -> None:
    others = [
        {"id": 3, "slug": "a", "title": {"rendered": "A post"}, "author": 3, "modified": ""},
        {"id": 3, "slug": "users"},
        {"id": 3, "name": "Ships", "slug": "ships", "taxonomy": "category"},
        {"id": 3, "media_type": "image", "mime_type": "image/png"},
    ]
    body = json.dumps(others)
    assert cut(body, set(), {3}, url.format("posts")) == body


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/wp-json/wp/v2/users?per_page=100",
        "https://a.example/wp-json/wp/v2/users/3",
        "https://a.example/?rest_route=%2Fwp%2Fv2%2Fusers&page=1",
    ],
)
def test_a_user_without_an_avatar_is_told_by_its_route(url: str) -> None:
    users = [{"id": 3, "name": NAME, "slug": "q"}, {"id": 4, "name": "Bo", "slug": "bo"}]
    assert json.loads(cut(json.dumps(users), set(), {3}, url)) == users[1:]
    assert json.loads(cut(json.dumps({"data": users}), set(), {3}, url)) == {"data": users[1:]}


def test_an_embedded_author_without_an_avatar_goes_and_its_post_stays() -> None:
    post = {"id": 3, "slug": "users", "title": {"rendered": "A"}, "author": 3}
    user = {"id": 3, "name": NAME, "slug": "q"}
    body = json.dumps([{**post, "_embedded": {"author": [user], "wp:term": [[{"id": 3, "taxonomy": "x"}]]}}])
    left = json.loads(cut(body, set(), {3}))
    assert left == [{**post, "_embedded": {"author": [], "wp:term": [[{"id": 3, "taxonomy": "x"}]]}}]


@pytest.mark.parametrize(
    "mine",
    [
        {**OURS, "id": 7.0},
        {**OURS, "id": "comment-7"},
        {"id": 7, "content": {"rendered": NAME}},
        {"id": 7, "author": {"name": NAME}},
        {"id": 7, "link": "https://a.example/p/#comment-7", "slug": NAME},
        {"comment_ID": "7", "comment_author": NAME},
    ],
)
def test_a_comment_whose_fields_a_plugin_took_away(mine: dict[str, object]) -> None:
    assert json.loads(cut(json.dumps([OTHER, mine, POST]))) == [OTHER, POST]
    within = json.loads(cut(json.dumps({"body": json.dumps([OTHER, mine]), "text": "[gallery ids=7]"})))
    assert json.loads(within.pop("body")) == [OTHER]
    assert within == {"text": "[gallery ids=7]"}


def test_what_has_the_number_and_is_no_comment_stays() -> None:
    others = [
        POST,
        {"id": 7, "name": "Ships", "slug": "ships", "taxonomy": "category", "parent": 0},
        {"id": 7, "media_type": "image", "mime_type": "image/png", "post": 1, "author": 1},
        {"id": 7, "modified_gmt": "2026-01-01T00:00:00", "content": {"rendered": "A note"}, "author": 1},
        {"predecessor-version": [{"id": 7, "href": "https://a.example/wp-json/wp/v2/posts/1/revisions/7"}]},
        {"id": 7},
    ]
    assert cut(json.dumps(others)) == json.dumps(others)


@pytest.mark.parametrize(
    "mine",
    [
        "<atom:entry><atom:id>https://a.example/p/#comment-7</atom:id>{}</atom:entry>",
        "<ITEM><LINK>https://a.example/p/#comment-7</LINK>{}</ITEM>",
        "<item><link>https://a.example/p/%23comment-7</link>{}</item>",
        "<item><link>https://a.example/p/&#35;comment-7</link>{}</item>",
        "<item><link>https://a.example/p/&#x23;comment-7</link>{}</item>",
        '<entry><link rel="alternate" href="https://a.example/p/#comment-7"/>{}</entry>',
    ],
)
def test_a_feed_however_it_spells_a_comment(mine: str) -> None:
    head, tail = '<?xml version="1.0"?><rss><channel>', "</channel></rss>"
    other = ITEM.format(70, "Bo", "in reply to #comment-7")
    assert cut(head + other + mine.format(NAME) + other + tail) == head + other + other + tail


def test_an_element_that_no_feed_has_empties_the_answer() -> None:
    assert cut(f"<rss><reply><link>https://a.example/#comment-7</link>{NAME}</reply></rss>") == ""


def test_json_that_is_nested_too_deep_is_emptied() -> None:
    assert cut("[" * 100_000 + json.dumps(OURS) + "]" * 100_000) == ""


def test_a_number_that_python_cannot_read_harms_nothing() -> None:
    assert NAME not in cut('[{"id": ' + "7" * 5000 + f'}}, {{"id": 7, "author_name": "{NAME}"}}]')
