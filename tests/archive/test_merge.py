"""A good copy is never lost to a poorer view."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from tests.ops.blogs import comment
from wpexport.archive.merge import masked, merge
from wpexport.model import Markup, Post

HELSINKI = timezone(timedelta(hours=2))
MOMENT = datetime(2024, 1, 1, 12, tzinfo=HELSINKI)
FEED = frozenset({"url", "title", "date", "modified", "content"})


def post(**fields: object) -> Post:
    given = {"id": 1, "date": MOMENT, "modified": MOMENT, "content": Markup(html="<p>Fog &amp; sun</p>")}
    return Post(**(given | fields))  # type: ignore[arg-type]


def test_the_same_instant_in_another_zone_is_no_change() -> None:
    old = post()
    kept = merge(old, post(date=MOMENT.astimezone(UTC), modified=MOMENT.astimezone(UTC)), FEED)
    assert kept.date is not None
    assert kept.date.utcoffset() == timedelta(hours=2)
    assert kept == old


def test_what_a_view_cannot_show_stays() -> None:
    old = post(sticky=True, terms=[3], featured_media=9)
    assert merge(old, post(sticky=False), FEED) == old


@pytest.mark.parametrize("modified", [MOMENT, None])
def test_a_feed_s_rendering_of_the_same_words_changes_nothing(modified: datetime | None) -> None:
    old = post(content=Markup(html="<p>Fog ☀</p>", raw="<!-- wp:paragraph -->"))
    html = '<p>Fog <img src="https://s.w.org/2600.png" alt="☀" class="wp-smiley" style="height: 1em" /></p>'
    shown = FEED if modified else FEED - {"modified"}
    assert merge(old, post(content=Markup(html=html), modified=modified), shown).content == old.content


def test_a_feed_s_new_words_take_their_place() -> None:
    old = post(content=Markup(html="<p>old</p>", raw="old"))
    later = MOMENT + timedelta(days=1)
    new = merge(old, post(content=Markup(html="<p>new</p>"), modified=later), FEED)
    assert new.content == Markup(html="<p>new</p>", raw=None)


def test_a_feed_knows_no_parent_that_is_not_there_any_more() -> None:
    stored = comment(14, on=10, parent=9999)
    assert merge(stored, comment(14, on=10), frozenset({"parent", "content"})) == stored
    assert merge(stored, comment(14, on=10)).parent is None
    assert merge(stored, comment(14, on=10, parent=3), frozenset({"parent"})).parent == 3


def test_an_excerpt_takes_the_place_of_no_text() -> None:
    old = post()
    assert merge(old, post(content=Markup(html="Fog", complete=False))).content == old.content


def test_raw_markup_stays_as_long_as_it_speaks_of_the_same_version() -> None:
    old = post(content=Markup(html="<p>a</p>", raw="a"))
    assert merge(old, post(content=Markup(html="<p>a</p>"))).content.raw == "a"
    edited = post(content=Markup(html="<p>b</p>"), modified=MOMENT + timedelta(days=1))
    assert merge(old, edited).content == Markup(html="<p>b</p>", raw=None)
    export = post(content=Markup(html=None, raw="a"))
    assert merge(old, export).content == old.content


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ('<div id="gallery-1">', '<div id="gallery-7">'),
        (
            '<p class="wp-container-core-columns-is-layout-1">',
            '<p class="wp-container-core-columns-is-layout-9">',
        ),
        ('<img loading="lazy" decoding="async" src="a">', '<img src="a">'),
        ('<a href="?a=1&#038;_wpnonce=1a2b">', '<a href="?a=1&#038;_wpnonce=9f">'),
    ],
)
def test_what_is_new_at_each_rendering_is_masked(one: str, two: str) -> None:
    assert masked(one) == masked(two)


@pytest.mark.parametrize(
    "html",
    [
        '<input type="hidden" id="_wpnonce" name="_wpnonce" value="{}" />',
        '<input value="{}" name="comment_nonce" type="hidden">',
        '<script>var it = {{"ajax_nonce":"{}"}}</script>',
        "<script>var it = {{nonce: '{}'}}</script>",
        '<script>{{"wpRestNonce":"{}","a":1}}</script>',
        '<div data-wp-context="{{&quot;nonce&quot;:&quot;{}&quot;}}">y</div>',
        '<a href="?_ajax_nonce={}">z</a>',
        "<a href='/?nonce={}'>l</a>",
    ],
)
def test_a_nonce_is_masked_wherever_wordpress_and_its_plugins_put_it(html: str) -> None:
    assert masked(html.format("1f2e3d4c5b")) == masked(html.format("9988776655"))
    assert masked(html.format("1f2e3d4c5b")) != masked(html.format("1f2e3d4c5bx"))


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ('<div data-security="1f2e3d4c5b">', '<div data-security="a0b1c2d3e4">', True),
        ('<div id="slider-65f1c2a3b4d5e">', '<div id="slider-65f1c2a3b4fff">', True),
        ("Call 5551234567.", "Call 5557654321.", False),
        ('<img src="/up/1f2e3d4c5b.jpg">', '<img src="/up/a0b1c2d3e4.jpg">', False),
        ("Commit 1f2e3d4c5b6.", "Commit 1f2e3d4c5b7.", False),
    ],
)
def test_a_token_is_noise_only_where_nobody_edited(one: str, two: str, same: bool) -> None:
    old, new = post(content=Markup(html=one)), post(content=Markup(html=two))
    assert (merge(old, new) == old) == same
    edited = post(content=Markup(html=two), modified=MOMENT + timedelta(days=1))
    assert merge(old, edited).content.html == two
