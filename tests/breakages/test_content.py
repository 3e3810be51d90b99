"""B70 to B78: what plugins and proxies make of a text."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import responses

from tests.breakages import further
from tests.breakages.pulled import HOME, POSTS_COUNT, Harvest, blog, harvest
from tests.fakewp import FakeWordPress, Fault, faults
from wpexport.errors import Exit
from wpexport.ops.events import Noticed
from wpexport.ops.export import ExportRequest, export
from wpexport.text.markdown import html_to_markdown
from wpexport.text.obfuscated import revealed

UPLOADS = f"{HOME}/wp-content/uploads"


def with_text(html: str, **more: Any) -> FakeWordPress:
    fake = blog()
    fake.post(30, title="Odd", content=html, **more)
    return fake


def markdown(found: Harvest, out: Path) -> tuple[str, list[str]]:
    """The text of post 30 as exported, and what the export has to say."""
    events = list(export(found.root, out, ExportRequest()))
    (text,) = [t for p in out.rglob("*.md") if re.search(r"^id: 30$", t := p.read_text("utf-8"), re.M)]
    return text, [str(e.notice) for e in events if isinstance(e, Noticed)]


BUILDERS = {
    "WPBakery": '[vc_row][vc_column width="1/2"]<p>Inside</p>[/vc_column][/vc_row]',
    "Divi": '[et_pb_section][et_pb_text admin_label="x"]<p>Inside</p>[/et_pb_text][/et_pb_section]',
    "Avada": "[fusion_builder_container][fusion_text]<p>Inside</p>[/fusion_text][/fusion_builder_container]",
}


@pytest.mark.parametrize("builder", BUILDERS)
def test_what_page_builders_leave_unrendered_is_kept_and_read_through(tmp_path: Path, builder: str) -> None:
    found = harvest(with_text(BUILDERS[builder]), tmp_path / "a")
    assert BUILDERS[builder] in (found.posts[30].content.html or "")
    text, _ = markdown(found, tmp_path / "out")
    assert "Inside" in text
    assert "[vc_" not in text
    assert "[et_pb" not in text
    assert "[fusion" not in text


def test_shortcodes_that_nobody_knows_stay_and_are_counted(tmp_path: Path) -> None:
    found = harvest(with_text('<p>Before</p>[some_plugin id="3"]'), tmp_path / "a")
    text, notices = markdown(found, tmp_path / "out")
    assert "some_plugin" in text.replace("\\", "")
    assert any("some_plugin" in notice for notice in notices)


LAZY = (
    '<img src="data:image/svg+xml;base64,PHN2Zz4=" data-src="{0}/2024/01/a.png" alt="A">'
    '<noscript><img src="{0}/2024/01/a.png" alt="A"></noscript>'
    '<img src="/blank.gif" data-lazy-src="{0}/2024/01/b.png" alt="B">'
)


def test_pictures_that_load_late_are_fetched_and_shown_once(tmp_path: Path) -> None:
    fake = with_text(LAZY.format(UPLOADS))
    found = harvest(fake, tmp_path / "a", media="used")
    assert found.cover("files").received == 2
    text, _ = markdown(found, tmp_path / "out")
    assert len(re.findall(r"!\[A\]\([^)]*a\.png\)", text)) == 1
    assert re.search(r"!\[B\]\([^)]*b\.png\)", text)
    assert "data:image" not in text


def test_jetpack_s_image_host_and_thumbnails_lead_to_the_file_of_the_site(tmp_path: Path) -> None:
    html = (
        '<img src="https://i0.wp.com/blog.test/wp-content/uploads/2024/01/a.png?resize=300%2C200" alt="A">'
        f'<img src="{UPLOADS}/2024/01/b-300x200.png" alt="B">'
    )
    fake = with_text(html)
    found = harvest(fake, tmp_path / "a", media="all")
    assert found.cover("files").received == 2
    text, _ = markdown(found, tmp_path / "out")
    assert re.search(r"!\[A\]\((?!http)[^)]*a\.png\)", text)
    assert re.search(r"!\[B\]\((?!http)[^)]*b\.png\)", text)
    assert not any("i0.wp.com" in url for url in found.requests)


HIDDEN = "422f27022e2b252a362a2d3731276c273a232f322e27"


CLASS = f'class="__cf_email__" data-cfemail="{HIDDEN}"'
PAGE = "/cdn-cgi/l/email-protection"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        (f'<p>Ask <a href="{PAGE}" {CLASS}>[email&#160;protected]</a>.</p>', "Ask <me@lighthouse.example>."),
        (f'<p><a href="{PAGE}#{HIDDEN}">Ask</a></p>', "[Ask](mailto:me@lighthouse.example)"),
        (f"<p><span {CLASS}>[email protected]</span></p>", "me@lighthouse.example"),
    ],
)
def test_addresses_that_cloudflare_hid_are_readable_again(html: str, text: str) -> None:
    assert html_to_markdown(html).strip() == text


@pytest.mark.parametrize("digits", ["42", "422f2", "zz2f27", "4242424242", "42c3c3c3c3"])
def test_what_hides_no_address_stays(digits: str) -> None:
    html = f'<span class="__cf_email__" data-cfemail="{digits}">[email protected]</span>'
    assert revealed(html) == html


def test_a_hidden_address_is_kept_in_the_archive_as_it_came(tmp_path: Path) -> None:
    html = f'<p><span class="__cf_email__" data-cfemail="{HIDDEN}">[email protected]</span></p>'
    found = harvest(with_text(html), tmp_path / "a")
    assert found.posts[30].content.html == html
    assert "me@lighthouse.example" in markdown(found, tmp_path / "out")[0]


def test_emoji_pictures_of_feeds_become_their_characters(tmp_path: Path) -> None:
    fake = with_text("<p>Ahoy 😀!</p>")
    image = '<img src="https://s.w.org/images/core/emoji/1.png" alt="😀" class="wp-smiley" />'
    fake.fault(further.feed_text(lambda said: said.replace("😀".encode(), image.encode())))
    fake.fault(faults.refused("posts"))
    found = harvest(fake, tmp_path / "a")
    assert "Ahoy 😀!" in markdown(found, tmp_path / "out")[0]


COUNTS = b"<slash:comments>0</slash:comments>", b"<slash:comments>9</slash:comments>"


def test_comments_that_the_feed_counts_and_does_not_show_are_missed(tmp_path: Path) -> None:
    fake = blog()
    fake.fault(faults.rest_closed())
    fake.fault(further.feed_text(lambda said: said.replace(b"<thr:total>0<", b"<thr:total>9<")))
    found = harvest(fake, tmp_path / "a")
    lost = [loss for loss in found.lost if loss.collection == "comments"]
    assert sum(loss.count or 0 for loss in lost) == 9 * (POSTS_COUNT - 6)
    assert found.code == Exit.INCOMPLETE


@pytest.mark.parametrize(
    ("script", "name"),
    [
        ('<script src="https://lighthouse.disqus.com/embed.js"></script>', "Disqus"),
        ('<iframe src="https://jetpack.wordpress.com/jetpack-comment/?blogid=1"></iframe>', "Jetpack"),
        ('<div class="fb-comments" data-href="x"></div>', "Facebook"),
    ],
)
def test_comments_that_another_service_keeps_are_spoken_of(tmp_path: Path, script: str, name: str) -> None:
    fake = blog()
    page = lambda r: not faults.rest(r) and not faults.feeds(r)  # noqa: E731
    fake.fault(
        Fault(
            "elsewhere",
            page,
            faults.body(lambda said: said.replace(b"</body>", script.encode() + b"</body>")),
        )
    )
    found = harvest(fake, tmp_path / "a")
    assert any(name in line for line in found.done.run.invisible)
    assert not any("Disqus" in line for line in harvest(blog(), tmp_path / "b").done.run.invisible)


def test_files_for_those_alone_who_come_from_the_site_s_own_pages(tmp_path: Path) -> None:
    fake = blog()
    fake.fault(further.hotlink_protection())
    found = harvest(fake, tmp_path / "a", media="all")
    assert found.cover("files").received == 2
    assert found.code == Exit.DONE
    assert {r.headers.get("referer") for r in fake.requests if r.path.endswith(".png")} == {None, f"{HOME}/"}


def test_a_file_that_is_refused_for_good_is_named_and_its_address_kept(tmp_path: Path) -> None:
    fake = with_text(f'<p><img src="{UPLOADS}/2024/01/a.png" alt="A"></p>')
    fake.fault(Fault("refused", lambda r: r.path.endswith("a.png"), faults.answering(403, "No.")))
    found = harvest(fake, tmp_path / "a", media="all")
    assert [(loss.url, loss.status) for loss in found.lost] == [(f"{UPLOADS}/2024/01/a.png", 403)]
    assert found.code == Exit.INCOMPLETE
    assert f"{UPLOADS}/2024/01/a.png" in markdown(found, tmp_path / "out")[0]


def test_excerpts_that_plugins_mangle_are_kept_as_they_are(tmp_path: Path) -> None:
    fake = blog()

    def mangle(rows: list[dict[str, Any]]) -> None:
        for row in rows:
            if "excerpt" in row:
                row["excerpt"]["rendered"] = "<p>&hellip;</p>\n"

    fake.fault(further.rows(mangle))
    found = harvest(fake, tmp_path / "a")
    assert found.posts[7].excerpt.html == "<p>&hellip;</p>\n"
    assert found.posts[7].content.html == "<p>Text 7: Grüße, 你好 😀</p>\n"
    assert found.code == Exit.DONE


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("One &amp;#8211; two", "One – two"),
        ("cut &#8211 here", "cut – here"),
        ("AT&amp;amp;T", "AT&T"),
        ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),  # somebody wrote about entities
    ],
)
def test_titles_that_were_escaped_too_often(tmp_path: Path, title: str, plain: str) -> None:
    fake = blog()
    fake.post(30, title=title)
    found = harvest(fake, tmp_path / "a")
    assert found.posts[30].title == plain


def test_other_hosts_get_no_referer_of_ours_unasked(tmp_path: Path) -> None:
    fake = blog()
    fake.media(70, "c.png", None, source_url="https://cdn.test/c.png")
    mock = responses.RequestsMock(assert_all_requests_are_fired=False)
    mock.get("https://cdn.test/c.png", body=b"\x89PNG", content_type="image/png")
    found = harvest(fake, tmp_path / "a", media="all", mock=mock)
    assert found.code == Exit.DONE
    assert not any("Referer" in headers for _, headers in found.sent)
