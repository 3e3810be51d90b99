"""B59 to B69: feeds that are not as they should be, by a whole pull where the API is closed.

How single feeds are read and mended is tested in `tests.sources.test_feed_parse` and `test_feed_source`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import responses

from tests.breakages import further
from tests.breakages.pulled import HOME, POSTS_COUNT, Harvest, blog, harvest
from tests.fakewp import FakeWordPress, Fault, faults
from wpexport.errors import Exit

Change = Callable[[bytes], bytes]


def closed() -> FakeWordPress:
    fake = blog()
    fake.fault(faults.rest_closed())
    return fake


def complete(found: Harvest) -> bool:
    """All that feeds can show of the blog is there, byte by byte."""
    assert set(found.posts) == set(range(1, POSTS_COUNT + 1))
    for number, post in found.posts.items():
        assert post.title == f"Post {number}"
        assert post.content.html == f"<p>Text {number}: Grüße, 你好 😀</p>\n"
    assert set(found.comments) == set(range(1, 13))
    assert found.comments[7].parent == 1
    assert not [loss for loss in found.lost if "further pages" not in loss.reason]
    return True


CHANGES: dict[str, Change] = {
    "blank lines before": lambda said: b"\n \t\n" + said,
    "byte order marks before": lambda said: b"\xef\xbb\xbf\xef\xbb\xbf" + said,
    "a notice before": lambda said: b"<br />\n<b>Notice</b>: Undefined index: x in /a.php<br />\n" + said,
    "a comment after": lambda said: said + b"\n<!-- cached by a plugin -->\n",
    "a script after": lambda said: said + b"<script>track()</script>",
    "nothing but a cut end": lambda said: said.rstrip() + b"\x00\x00",
    "control characters": lambda said: said.replace(b"<updated>", b"\x0b\x1f<updated>"),
    "entities of HTML": lambda said: said.replace(b"<name>", b"<name>&nbsp;"),
    "bare ampersands": lambda said: said.replace(b"<name>", b"<name>A & B &c; "),
    "bare angle brackets": lambda said: said.replace(b"<name>", b"<name>x < y "),
    "CDATA that ends too early": lambda said: re.sub(
        rb"<name>(.*?)</name>", rb"<name><![CDATA[a ]]> b \1]]></name>", said
    ),
    "references to nothing": lambda said: said.replace(b"<name>", b"<name>&#55357;&#x110000;&#0;"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_ill_formed_feeds_are_mended_and_nothing_else_is_touched(tmp_path: Path, change: str) -> None:
    fake = closed()
    fake.fault(further.feed_text(CHANGES[change]))
    found = harvest(fake, tmp_path / "a")
    assert complete(found)


@pytest.mark.parametrize("status", [301, 302, 403, 404, 410, 200])
def test_closed_feeds_are_no_empty_feeds(tmp_path: Path, status: int) -> None:
    fake = blog()
    fake.fault(faults.refused("comments"))
    fake.fault(faults.feeds_closed(status))
    found = harvest(fake, tmp_path / "a")
    assert found.closed["comments"].startswith("Comments could not be read")
    assert found.code == Exit.INCOMPLETE


def test_a_feed_without_pages_is_read_by_its_archives(tmp_path: Path) -> None:
    fake = closed()
    fake.fault(faults.paging_ignored())
    found = harvest(fake, tmp_path / "a")
    assert len(found.posts) == POSTS_COUNT or found.lost


def test_a_theme_s_own_template_has_fewer_fields_and_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    fake = closed()
    names = rb"author|updated|summary|thr:total|category"
    gone = re.compile(rb"<(" + names + rb")\b[^>]*?(?:/>|>.*?</\1>)", re.S)
    fake.fault(further.feed_text(lambda said: gone.sub(b"", said)))
    found = harvest(fake, tmp_path / "a")
    assert set(found.posts) == set(range(1, POSTS_COUNT + 1))
    assert all(post.content.html for post in found.posts.values())
    assert all(post.author is None for post in found.posts.values())


def test_times_that_a_feed_does_not_say_replace_none(tmp_path: Path) -> None:
    before = harvest(blog(), tmp_path / "a").posts[7]
    assert before.date is not None
    assert before.modified is not None
    fake = closed()
    fake.post(7, title="Post 7, edited", content="<p>Edited</p>")
    fake.fault(further.feed_text(lambda said: re.sub(rb"<(published|updated)>.*?</\1>", b"", said)))
    post = harvest(fake, tmp_path / "a").posts[7]
    assert post.title == "Post 7, edited"
    assert (post.date, post.modified) == (before.date, before.modified)


def test_an_excerpt_is_not_the_text(tmp_path: Path) -> None:
    fake = closed()
    content = re.compile(rb"<content\b.*?</content>", re.S)
    fake.fault(further.feed_text(lambda said: content.sub(b"", said)))
    found = harvest(fake, tmp_path / "a")
    assert set(found.posts) == set(range(1, POSTS_COUNT + 1))
    assert not any(post.content.complete for post in found.posts.values())
    assert found.code == Exit.INCOMPLETE


def test_a_second_encoding_in_one_feed_costs_its_own_characters_alone(tmp_path: Path) -> None:
    fake = closed()
    fake.fault(
        further.feed_text(
            lambda said: said.replace("Text 7: Grüße".encode(), "Text 7: Grüße".encode("latin-1"))
        )
    )
    found = harvest(fake, tmp_path / "a")
    assert "Text 8: Grüße, 你好 😀" in (found.posts[8].content.html or "")
    assert "\ufffd" in (found.posts[7].content.html or "")
    assert "\ufffd" in str(found.lost)
    assert found.code == Exit.INCOMPLETE


BURNED = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"
  xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>B</title><link>https://blog.test</link>
<item><title>Post 3</title><link>https://feedproxy.google.com/~r/b/~3/xyz/</link>
<guid isPermaLink="false">https://blog.test/?p=3</guid><pubDate>Wed, 01 Jan 2020 12:03:00 +0000</pubDate>
<content:encoded><![CDATA[<p>Text 3</p>]]></content:encoded>
<feedburner:origLink>https://blog.test/2020/01/post-3/</feedburner:origLink></item></channel></rss>"""


def burned(fake: FakeWordPress, *, all_of_them: bool) -> responses.RequestsMock:
    """The pretty feed is redirected to a service; its other forms are too, or not."""
    when = faults.feeds if all_of_them else lambda r: faults.feeds(r) and "feed" not in r.query
    moved = faults.answering(302, "", {"Location": "https://feeds.feedburner.com/b"})
    fake.fault(Fault("burned", when, moved))
    mock = responses.RequestsMock(assert_all_requests_are_fired=False)
    mock.get("https://feeds.feedburner.com/b", body=BURNED, content_type="text/xml; charset=UTF-8")
    return mock


def test_a_feed_that_went_to_a_service_is_read_by_the_site_s_own_other_address(tmp_path: Path) -> None:
    fake = closed()
    found = harvest(fake, tmp_path / "a", mock=burned(fake, all_of_them=False))
    assert set(found.posts) == set(range(1, POSTS_COUNT + 1))


def test_of_a_feed_that_only_a_service_has_the_original_addresses_are_taken(tmp_path: Path) -> None:
    fake = closed()
    found = harvest(fake, tmp_path / "a", mock=burned(fake, all_of_them=True))
    assert {post.url for post in found.posts.values()} >= {f"{HOME}/2020/01/post-3/"}
    assert not any("feedproxy" in (post.url or "") for post in found.posts.values())
    assert found.code == Exit.INCOMPLETE
