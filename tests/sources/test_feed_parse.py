"""Reading feeds that are well-formed, ill-formed, damaged, hostile, or none at all."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from wpexport.sources.feed.decode import NotFeed, decode, trim
from wpexport.sources.feed.entries import Feed
from wpexport.sources.feed.parse import parse

RECORDED = sorted((Path(__file__).parents[2] / "samples/blog/recorded/feeds").rglob("*.xml"))
HEAD = """<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:slash="http://purl.org/rss/1.0/modules/slash/" xmlns:media="http://search.yahoo.com/mrss/">
<channel><title>Blog</title><link>https://b.test</link>"""
ITEM = """<item><title>{title}</title><link>https://b.test/a/</link><dc:creator><![CDATA[{author}]]></dc:creator>
<guid isPermaLink="false">https://b.test/?p=7</guid><description><![CDATA[short]]></description>
<content:encoded><![CDATA[{content}]]></content:encoded><slash:comments>3</slash:comments></item>"""
TAIL = "</channel></rss>\n"
HTML = (
    '<p style="b:1;a:2">Grüße</p>\n'
    '<script>x("<p>")</script><iframe src="//e/" data-x=1 loading=lazy></iframe>'
    '<svg><path/></svg> <a href="javascript:x()">y</a> &nbsp;&lt;b&gt; <img srcset="a 1x" src="rel.png">'
)


def item(title: str = "A", author: str = "Ana", content: str = HTML) -> str:
    return ITEM.format(title=title, author=author, content=content)


def rss(*items: str) -> str:
    return HEAD + "".join(items or (item(),)) + TAIL


def read(text: str | bytes, kind: str = "application/rss+xml; charset=UTF-8") -> Feed:
    return parse(text.encode() if isinstance(text, str) else text, kind)


@pytest.mark.parametrize("path", RECORDED, ids=lambda p: p.name)
def test_every_recorded_feed_of_a_real_wordpress_is_read_by_the_strict_parser(path: Path) -> None:
    # Core prints the names of comments' authors unescaped: those feeds are ill-formed, and mended.
    feed = parse(path.read_bytes(), "")
    assert not feed.loose
    assert len(feed.entries) == path.read_text(encoding="utf-8").count("</item>") + path.read_text(
        encoding="utf-8"
    ).count("</entry>")
    assert all(entry.url and entry.content is not None for entry in feed.entries)


def test_content_is_what_was_written_byte_for_byte() -> None:
    feed = read(rss())
    assert feed.entries[0].content == HTML
    assert not feed.notes
    assert (feed.entries[0].total, feed.entries[0].guid) == (3, "https://b.test/?p=7")


@pytest.mark.parametrize("before", ["\n \n", "\ufeff", "\ufeff\ufeff\r\n", "<br />Warning: x in y.php\n"])
def test_what_stands_before_a_feed_is_cut_off(before: str) -> None:
    feed = read(before + rss())
    assert feed.entries[0].content == HTML
    assert not feed.loose


def test_what_stands_after_a_feed_is_cut_off() -> None:
    feed = read(rss() + "\n<!-- cached --><script>x()</script><rss>")
    assert feed.entries[0].content == HTML
    assert feed.notes == ("text after the feed",)


def test_control_characters_and_impossible_references_are_removed_and_told() -> None:
    feed = read(rss(item(title="A\x07&#x0B;&#55357;&#x110000;B", content="x\x00y\ufffez &#55357;")))
    assert feed.entries[0].title == "AB"
    assert feed.entries[0].content == "xyz &#55357;"
    assert not feed.loose
    assert "6 characters" in feed.notes[0]


def test_html_entities_and_bare_ampersands_are_mended() -> None:
    feed = read(rss(item(title="Q&A &ndash; R&D &hellip; &lt;b&gt; &bogus; & more")))
    assert feed.entries[0].title == "Q&A – R&D … <b> &bogus; & more"
    assert feed.entries[0].content == HTML
    assert not feed.loose


def test_a_cdata_section_that_ends_too_early_is_mended() -> None:
    feed = read(rss(item(author='O\'Neil "<b>" & Söhne ]]>', content="a ]]> b")))
    assert feed.entries[0].authors == [('O\'Neil "<b>" & Söhne ]]>', None)]
    assert feed.entries[0].content == "a ]]> b"
    assert not feed.loose


def test_cdata_that_was_split_as_it_should_be_stays() -> None:
    feed = read(rss(item(title="R&D", content="a ]]]]><![CDATA[> b")))
    assert feed.entries[0].content == "a ]]> b"


def test_bare_angle_brackets_in_a_name_are_mended() -> None:
    feed = read(rss(item(title="By: P & <13>")))
    assert feed.entries[0].title == "By: P & <13>"
    assert not feed.loose


def test_one_bad_byte_costs_one_character_and_is_counted() -> None:
    body = rss(item(content="Grüße @ 日本語")).encode().replace(b"@", b"\xe9")
    feed = read(body)
    assert feed.entries[0].content == "Grüße \ufffd 日本語"
    assert feed.replaced == 1


def test_a_replacement_character_of_the_authors_own_is_not_counted() -> None:
    body = rss(item(content="\ufffd @")).encode().replace(b"@", b"\xe9")
    assert read(body).replaced == 1
    assert read(rss(item(content="\ufffd"))).replaced == 0


def test_valid_utf_8_is_utf_8_whatever_is_declared() -> None:
    text = rss(item(content="Grüße")).replace("UTF-8", "ISO-8859-1")
    assert read(text.encode(), "text/xml; charset=iso-8859-1").entries[0].content == "Grüße"


def test_another_declared_encoding_is_believed() -> None:
    text = rss(item(content="Grüße")).replace("UTF-8", "ISO-8859-1")
    assert read(text.encode("latin-1"), "text/xml").entries[0].content == "Grüße"
    assert read(rss(item(content="Grüße")).encode("utf-16")).entries[0].content == "Grüße"
    assert decode(b"\xff", "text/xml; charset=rot13").text == "\ufffd"


def test_a_feed_that_broke_off_gives_its_whole_items_and_says_so() -> None:
    whole = rss(item(title="one"), item(title="two"))
    feed = read(whole[: whole.index("two") + 20])
    assert [e.title for e in feed.entries] == ["one"]
    assert feed.truncated
    with pytest.raises(NotFeed, match="broke off"):
        read(whole[: whole.index("one")])


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("<!DOCTYPE html><html><head><title>Home &amp; co</title></head><p>x</p></html>", "web page"),
        ("<html><body><pre><rss version='2.0'></rss></pre></body></html>", "web page"),
        ("", "empty"),
        ("Feed disabled.", "something else"),
        ('{"code":"x"}', "something else"),
        ("<?xml version='1.0'?><error><code>feed</code></error>", "error"),
    ],
)
def test_what_is_no_feed_is_named(body: str, says: str) -> None:
    with pytest.raises(NotFeed, match=says):
        read(body)


def test_an_entity_bomb_is_refused() -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha">' + "".join(
        f'<!ENTITY a{n} "&a{n - 1 if n else ""};&a{n - 1 if n else ""};">' for n in range(1, 40)
    )
    with pytest.raises(NotFeed, match="entities"):
        read(bomb + "]><rss><channel><title>&a39;</title></channel></rss>")


def test_an_external_entity_reads_no_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    text = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "file://{tmp_path}/secret">]><rss><channel><title>&x;</title>'
    with pytest.raises(NotFeed, match="entities"):
        read("<?xml version='1.0'?>" + text + "</channel></rss>")


def test_a_document_type_without_entities_is_let_pass() -> None:
    doctype = '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://my.netscape.com/rss-0.91.dtd">'
    assert read(rss().replace("<rss", doctype + "<rss", 1)).entries[0].content == HTML


@pytest.mark.parametrize(
    "bad",
    [
        "<rss>" + "<![CDATA[" * 100_000 + "</rss>",
        "<rss>" + "<title><![CDATA[" * 100_000 + "</rss>",
        "<rss>" + "<title>" * 100_000 + "</rss>",
        "<feed>" + "<name> & " * 100_000 + "</feed>",
        "<feed>" + "&#1;" * 100_000 + "</feed>",
    ],
    ids=["cdata", "wrapped", "title", "name", "references"],
)
def test_hostile_repetition_takes_no_long_time(bad: str, processor_time: None) -> None:
    with contextlib.suppress(NotFeed):
        read(bad)


def test_deep_nesting_is_no_crash() -> None:
    with contextlib.suppress(NotFeed):
        read("<rss>" + "<a>" * 100_000 + "</a>" * 100_000 + "</rss>")


def test_what_nothing_can_mend_is_read_loosely_and_flagged() -> None:
    feed = read(rss(item(content="<p>x</p>")).replace("</guid>", "</gu"))
    assert feed.loose
    assert feed.entries[0].url == "https://b.test/a/"


def test_read_loosely_a_time_of_change_that_is_not_said_is_none() -> None:
    feed = read(
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>B</title><entry><title>x</title><id>i</i'
        "><published>2020-01-01T00:00:00Z</published></entry></feed>"
    )
    assert feed.loose
    assert [(e.published, e.updated) for e in feed.entries] == [("2020-01-01T00:00:00Z", None)]


def test_other_modules_do_not_overwrite_core_s_elements() -> None:
    other = "<media:description>wrong</media:description><media:content url='https://b.test/x.jpg'/></item>"
    entry = read(rss(item().replace("</item>", other))).entries[0]
    assert entry.summary == "short"
    assert entry.extra["media:content"] == [{"url": "https://b.test/x.jpg"}]


def test_a_name_that_looks_like_markup_is_a_name() -> None:
    """Core prints a commenter's name into Atom as it is stored."""
    feed = read(
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0">'
        "<title>B</title><entry><title>x</title><id>i</id><author><name><b>Robert</b></name></author></entry></feed>"
    )
    assert not feed.loose
    assert feed.entries[0].authors == [("<b>Robert</b>", None)]


def test_trim_changes_nothing_of_a_good_document() -> None:
    text = rss()
    assert trim(text).text == text.strip()
    assert trim(text).notes == ()


def test_atom_titles_are_html_and_rss_titles_are_text() -> None:
    atom = """<feed xmlns="http://www.w3.org/2005/Atom"><title type="text">B</title><entry>
    <title type="html"><![CDATA[A &amp; <em>B</em>]]></title><id>i</id>
    <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>x &amp; y</p></div></content>
    </entry></feed>"""
    entry = read(atom).entries[0]
    assert entry.title_html
    assert entry.content == "<p>x &amp; y</p>"
    assert not read(rss()).entries[0].title_html
