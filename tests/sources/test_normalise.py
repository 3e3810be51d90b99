from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sources.tinywp import post as row
from wpexport.model import Markup, encode_line
from wpexport.sources.rest import normalise, values
from wpexport.sources.rest.normalise import Setting

SETTING = Setting(
    values.site_zone("America/New_York", "-5")[0],
    {"categories": "category", "tags": "post_tag", "genre": "genre"},
)


def made(**more: Any) -> Any:
    return normalise.post(row(1, **more), SETTING)


@pytest.mark.parametrize(
    ("html", "text", "kept"),
    [
        ("Hello", "Hello", False),
        ("A &amp; B", "A & B", False),
        ("It&#8217;s &#8211; here&nbsp;now", "It’s – here now", False),
        ("Use <code>x</code> &lt;b&gt;", "Use x <b>", True),
        ("a < b and c > d", "a < b and c > d", False),
        ("A &amp;#8211; B", "A – B", True),
        ("A &amp;amp; B", "A & B", True),
        ("about &amp;lt;div&amp;gt;", "about &lt;div&gt;", False),
        ("cut &#8211 here", "cut – here", False),
        ("", "", False),
    ],
)
def test_titles_are_text_and_html_is_kept_where_text_loses(html: str, text: str, kept: bool) -> None:
    post = made(title={"rendered": html})
    assert post.title == text
    assert post.title_html == (html if kept else None)


def test_a_login_s_title_is_kept_as_it_is_stored() -> None:
    """What is shown has other quotes and dashes; an import compares stored titles letter by letter."""
    seen = made(title={"raw": '"A" -- B', "rendered": "&#8220;A&#8221; &#8212; B"})
    assert (seen.title, seen.extra) == ("“A” — B", {"title_raw": '"A" -- B'})
    assert made(title={"raw": "A", "rendered": "A"}).extra == {}


@pytest.mark.parametrize(
    ("local", "gmt", "expected"),
    [
        ("2021-10-25T12:00:00", "2021-10-25T09:00:00", "2021-10-25T12:00:00+03:00"),
        ("2021-07-01T12:00:00", "2021-07-01T16:00:00", "2021-07-01T12:00:00-04:00"),
        ("2021-07-01T12:00:00", None, "2021-07-01T12:00:00-04:00"),
        ("2021-01-01T12:00:00", "0000-00-00T00:00:00", "2021-01-01T12:00:00-05:00"),
        ("2021-01-01T12:00:00", "2021-01-03T12:00:00", "2021-01-01T12:00:00-05:00"),
        ("2021-01-01T12:00:00", "2021-01-01T11:53:28", "2021-01-01T12:00:00-05:00"),
        (None, "2021-01-01T17:00:00", "2021-01-01T12:00:00-05:00"),
        ("2021-01-01T12:00:00+02:00", None, "2021-01-01T10:00:00-05:00"),
        ("1969-07-20T22:17:00", "1969-07-21T02:17:00", "1969-07-20T22:17:00-04:00"),
        ("1850-01-01T00:00:00", None, "1850-01-01T00:00:00-04:56"),
        ("-0001-11-30T00:00:00", "-0001-11-29T23:06:32", None),
        ("0000-00-00T00:00:00", None, None),
        ("yesterday at ten", None, None),
        (12, [], None),
    ],
)
def test_times_are_aware_with_the_offset_of_their_moment(local: Any, gmt: Any, expected: str | None) -> None:
    post = made(date=local, date_gmt=gmt)
    assert (post.date.isoformat() if post.date else None) == expected


@pytest.mark.parametrize(
    ("name", "offset", "expected"),
    [
        ("Europe/Berlin", 1, ("Europe/Berlin", 1.0)),
        ("", "5.5", (None, 5.5)),
        ("Not/AZone", "x", (None, None)),
        ("../etc/passwd", 99, (None, None)),
        (None, None, (None, None)),
    ],
)
def test_the_site_s_zone(name: Any, offset: Any, expected: tuple[str | None, float | None]) -> None:
    zone, iana, hours = values.site_zone(name, offset)
    assert (iana, hours) == expected
    assert datetime(2024, 1, 1, tzinfo=zone).utcoffset() is not None


def test_nothing_but_an_id_is_needed() -> None:
    post = normalise.post({"id": "7"}, SETTING, "book")
    assert post is not None
    assert (post.id, post.type, post.status, post.content) == (7, "book", "publish", Markup())
    for bad in ({}, {"id": 0}, {"id": None}, {"id": True}, {"id": "x"}, {"id": -1}, {"id": 10**30}):
        assert normalise.post(bad, SETTING) is None
        assert normalise.media(bad, SETTING) is None
        assert normalise.comment(bad, SETTING) is None
        assert normalise.term(bad, SETTING, "category") is None
        assert normalise.author(bad, SETTING) is None


def test_what_the_model_does_not_know_is_kept_verbatim() -> None:
    extra = {"acf": False, "yoast_head": "<title>", "translations": {"de": 3}, "tags": [5, "x"]}
    post = made(**extra, content={"rendered": "x", "protected": False, "builder": {"a": 1}}, genre=[4, 9, 4])
    assert post.extra == {**extra, "content": {"builder": {"a": 1}}}
    assert post.terms == [1, 4, 9]
    assert post.meta == {}


def test_known_fields_of_wrong_types_are_kept_too() -> None:
    post = made(slug=["a"], featured_media={"id": 4}, meta="x", link=7, author=False, title=None)
    assert post.extra == {"slug": ["a"], "featured_media": {"id": 4}, "meta": "x", "link": 7}
    assert (post.slug, post.featured_media, post.meta, post.url, post.author) == ("", None, {}, None, None)


def test_zero_is_none_and_slugs_are_decoded() -> None:
    post = made(featured_media=0, parent=0, author=0, slug="%d0%bf%d1%80%d0%b8")
    assert (post.featured_media, post.parent, post.author, post.slug) == (None, None, None, "при")
    assert made(slug="100%-sure").slug == "100%-sure"
    assert made(slug="%ff").slug == "%ff"


def test_the_text_of_a_password_post_is_incomplete_and_the_password_is_gone() -> None:
    hidden = {"rendered": "", "protected": True}
    post = made(content=hidden, excerpt=hidden)
    assert post.password_protected
    assert post.content == Markup(html=None, complete=False)
    edited = made(content={"raw": "r", "rendered": "h", "protected": True}, password="sesame")
    assert edited.content == Markup(html="h", raw="r")
    assert "sesame" not in repr(edited)


def test_html_is_kept_to_the_byte() -> None:
    html = "\r\n<p class='a'  id=b>\u00a0&amp;&nbsp;\x0b</p>\n"
    assert made(content={"rendered": html, "protected": False}).content.html == html
    assert made(content={"rendered": None}).content == Markup(html=None, complete=False)
    assert made(content=None).content == Markup(html=None)


def test_a_comment_s_private_side_lies_apart() -> None:
    source = {
        "id": 7,
        "post": 3,
        "parent": 0,
        "author_name": "Ana &amp; Co",
        "author_email": "a@x.test",
        "author_ip": "192.0.2.1",
        "author_user_agent": "UA",
        "author_avatar_urls": {"24": "https://avatar.test/hash"},
        "content": {"rendered": "<p>Hi</p>", "raw": "Hi"},
        "status": "hold",
        "meta": {"_wp_note_status": None},
        "rating": 5,
    }
    made = normalise.comment(source, SETTING)
    assert made is not None
    comment, personal = made
    assert (comment.parent, comment.status, comment.author.name) == (None, "hold", "Ana &amp; Co")
    assert comment.content == Markup(html="<p>Hi</p>", raw="Hi")
    assert comment.extra == {"rating": 5}
    assert personal is not None
    assert (personal.post, personal.email, personal.ip, personal.user_agent) == (
        3,
        "a@x.test",
        "192.0.2.1",
        "UA",
    )
    assert "x.test" not in repr(comment)
    assert "avatar.test" not in repr(comment)


def test_media_keep_their_details() -> None:
    media = normalise.media(
        {
            "id": 9,
            "status": "inherit",
            "title": {"rendered": "<em>A</em>"},
            "source_url": "https://cdn.test/a.jpg",
            "mime_type": "image/jpeg",
            "media_type": "image",
            "media_details": [],
            "post": None,
            "alt_text": "alt",
            "caption": {"rendered": "<p>c</p>"},
            "class_list": [],
        },
        SETTING,
    )
    assert media is not None
    assert (media.title, media.post, media.details, media.files) == ("A", None, {}, [])
    assert media.extra == {"title_html": "<em>A</em>"}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
KEYS = sorted(
    {*normalise._POST, *normalise._MEDIA, *normalise._COMMENT, *normalise._TERM, *normalise._AUTHOR, "genre"}
)


@settings(suppress_health_check=[HealthCheck.too_slow])  # no test depends on how busy the machine is
@given(st.dictionaries(st.sampled_from(KEYS), json_values))
def test_no_value_is_fatal_and_all_records_can_be_written(fields: dict[str, Any]) -> None:
    source = {**fields, "id": 5}
    found: list[Any] = [
        normalise.post(source, SETTING),
        normalise.media(source, SETTING),
        normalise.term(source, SETTING, "x"),
        *(normalise.comment(source, SETTING) or ()),
        *(normalise.author(source, Setting(UTC, {}, edit=True)) or ()),
    ]
    for record in found:
        if record is not None:
            assert encode_line(record)
