"""WordPress export files: every field, every kind of damage, and hostile ones."""

from __future__ import annotations

import gzip
import tracemalloc
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from wpexport.errors import NotWordPress, SourceError, UsageError
from wpexport.model import Author, Comment, Loss, Media, Personal, Post, Record, Reference, Term
from wpexport.sources.wxr import WxrSource, open_wxr

HEAD = """<?xml version="1.0" encoding="UTF-8" ?>
<!-- generator="WordPress/6.4" created="2024-01-01 00:00" -->
<rss version="2.0"
	xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
	xmlns:content="http://purl.org/rss/1.0/modules/content/"
	xmlns:wfw="http://wellformedweb.org/CommentAPI/"
	xmlns:dc="http://purl.org/dc/elements/1.1/"
	xmlns:wp="http://wordpress.org/export/1.2/">
<channel>
	<title>Wild &amp; Co</title><link>https://blog.example</link><description>Notes</description>
	<language>en-GB</language><wp:wxr_version>1.2</wp:wxr_version>
	<wp:base_site_url>https://blog.example</wp:base_site_url>
	<wp:base_blog_url>https://blog.example</wp:base_blog_url>
"""
TAIL = "</channel>\n</rss>\n"
AUTHOR = (
    "<wp:author><wp:author_id>3</wp:author_id><wp:author_login><![CDATA[anna]]></wp:author_login>"
    "<wp:author_email><![CDATA[anna@blog.example]]></wp:author_email>"
    "<wp:author_display_name><![CDATA[Anna &amp; Öst]]></wp:author_display_name>"
    "<wp:author_first_name><![CDATA[Anna]]></wp:author_first_name>"
    "<wp:author_last_name><![CDATA[]]></wp:author_last_name></wp:author>\n"
)
TERMS = """
<wp:category><wp:term_id>5</wp:term_id><wp:category_nicename><![CDATA[child]]></wp:category_nicename>
<wp:category_parent><![CDATA[news]]></wp:category_parent><wp:cat_name><![CDATA[Child]]></wp:cat_name></wp:category>
<wp:category><wp:term_id>4</wp:term_id><wp:category_nicename><![CDATA[news]]></wp:category_nicename>
<wp:category_parent><![CDATA[]]></wp:category_parent><wp:cat_name><![CDATA[News &amp; views]]></wp:cat_name>
<wp:category_description><![CDATA[<b>All</b>]]></wp:category_description>
<wp:termmeta><wp:meta_key><![CDATA[color]]></wp:meta_key><wp:meta_value><![CDATA[red]]></wp:meta_value></wp:termmeta>
</wp:category>
<wp:tag><wp:term_id>6</wp:term_id><wp:tag_slug><![CDATA[%d7%a9]]></wp:tag_slug><wp:tag_name><![CDATA[ש]]></wp:tag_name></wp:tag>
<wp:term><wp:term_id>7</wp:term_id><wp:term_taxonomy><![CDATA[genre]]></wp:term_taxonomy>
<wp:term_slug><![CDATA[jazz]]></wp:term_slug><wp:term_parent><![CDATA[lost]]></wp:term_parent>
<wp:term_name><![CDATA[Jazz]]></wp:term_name></wp:term>
"""


def comment(number: int, *, parent: int = 0, extra: str = "", **fields: str) -> str:
    said = {
        "author": f"<![CDATA[Visitor {number}]]>",
        "author_email": f"<![CDATA[v{number}@mail.example]]>",
        "author_url": "https://v.example/?a=1",
        "author_IP": "<![CDATA[192.0.2.7]]>",
        "date": "<![CDATA[2023-07-01 12:00:00]]>",
        "date_gmt": "<![CDATA[2023-07-01 10:00:00]]>",
        "content": f"<![CDATA[Comment {number}]]>",
        "approved": "<![CDATA[1]]>",
        "type": "<![CDATA[comment]]>",
        "user_id": "0",
    } | fields
    inner = "".join(f"<wp:comment_{name}>{value}</wp:comment_{name}>" for name, value in said.items())
    head = f"<wp:comment_id>{number}</wp:comment_id><wp:comment_parent>{parent}</wp:comment_parent>"
    return f"<wp:comment>{head}{inner}{extra}</wp:comment>\n"


def meta(key: str, value: str, kind: str = "postmeta") -> str:
    return (
        f"<wp:{kind}><wp:meta_key><![CDATA[{key}]]></wp:meta_key>"
        f"<wp:meta_value><![CDATA[{value}]]></wp:meta_value></wp:{kind}>\n"
    )


def item(number: int = 12, inner: str = "", *, content: str = "<!-- wp:p --><p>Hi</p>", **wp: str) -> str:
    said = {
        "post_date": "2023-07-01 12:00:00",
        "post_date_gmt": "2023-07-01 10:00:00",
        "post_modified": "2023-12-01 12:00:00",
        "post_modified_gmt": "2023-12-01 11:00:00",
        "comment_status": "open",
        "ping_status": "closed",
        "post_name": f"post-{number}",
        "status": "publish",
        "post_parent": "0",
        "menu_order": "0",
        "post_type": "post",
        "post_password": "",
        "is_sticky": "0",
    } | wp
    body = "".join(f"<wp:{name}><![CDATA[{value}]]></wp:{name}>\n" for name, value in said.items())
    return (
        f"<item>\n<title><![CDATA[Post {number}]]></title><link>https://blog.example/{number}/</link>\n"
        "<pubDate>Sat, 01 Jul 2023 10:00:00 +0000</pubDate><dc:creator><![CDATA[anna]]></dc:creator>\n"
        f'<guid isPermaLink="false">https://blog.example/?p={number}</guid><description></description>\n'
        f"<content:encoded><![CDATA[{content}]]></content:encoded>\n"
        f"<excerpt:encoded><![CDATA[]]></excerpt:encoded><wp:post_id>{number}</wp:post_id>\n{body}{inner}</item>\n"
    )


def source(tmp_path: Path, text: str | bytes, name: str = "blog.xml") -> WxrSource:
    path = tmp_path / name
    path.write_bytes(text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text)
    return WxrSource([path], spool=tmp_path)


def document(*items: str, head: str = "") -> str:
    return HEAD + AUTHOR + TERMS + head + "".join(items) + TAIL


def everything(wxr: WxrSource) -> tuple[list[Record], list[Loss]]:
    records: list[Record] = []
    lost: list[Loss] = []
    for offer in wxr.capabilities().offers:
        assert offer.closed is None
        batches = list(wxr.read(offer.collection))
        here = [record for batch in batches for record in batch.records]
        assert sum(not isinstance(record, Personal) for record in here) <= (offer.expected or 0)
        assert all(batch.view.login and batch.view.way == "wxr" for batch in batches)
        records += here
        lost += [loss for batch in batches for loss in batch.lost]
    return records, lost


def posts(wxr: WxrSource) -> list[Post]:
    return [record for record in everything(wxr)[0] if isinstance(record, Post)]


CET = timezone(timedelta(hours=1))
CEST = timezone(timedelta(hours=2))


def test_post_with_every_field(tmp_path: Path) -> None:
    inner = (
        '<category domain="category" nicename="child"><![CDATA[Child]]></category>'
        '<category domain="post_tag" nicename="%d7%a9"><![CDATA[ש]]></category>'
        '<category domain="genre" nicename="rock"><![CDATA[Rock]]></category>'
        '<category domain="post_format" nicename="post-format-aside"><![CDATA[Aside]]></category>'
        + meta("_thumbnail_id", "55")
        + meta("_wp_page_template", "wide.php")
        + meta("list", 'a:2:{i:0;s:3:"a\nb";i:1;s:2:"é";}')
        + meta("twice", "1")
        + meta("twice", "2")
        + "<wp:custom_thing>kept</wp:custom_thing>"
    )
    wxr = source(tmp_path, document(item(12, inner, post_parent="9", is_sticky="1", post_password="sesame")))
    (post,) = posts(wxr)
    assert (post.id, post.type, post.status, post.slug, post.url) == (
        12, "post", "publish", "post-12", "https://blog.example/12/",
    )  # fmt: skip
    assert post.date == datetime(2023, 7, 1, 12, tzinfo=CEST)
    assert post.date.utcoffset() == timedelta(hours=2)
    assert post.modified == datetime(2023, 12, 1, 12, tzinfo=CET)
    assert post.author == 3
    assert post.content.raw == "<!-- wp:p --><p>Hi</p>"
    assert post.content.html is None
    assert post.excerpt.raw == ""
    assert post.terms == [5, 6, Reference(name="Rock", slug="rock", taxonomy="genre")]
    assert (post.parent, post.featured_media, post.sticky, post.format) == (9, 55, True, "aside")
    assert (post.template, post.comment_status, post.ping_status) == ("wide.php", "open", "closed")
    assert post.password_protected
    assert post.guid == "https://blog.example/?p=12"
    assert post.meta == {"list": ["a\nb", "é"], "twice": ["1", "2"]}
    assert post.extra == {"wp:custom_thing": "kept", "meta_repeated": ["twice"]}
    assert b"sesame" not in repr(everything(wxr)).encode()


def test_terms_authors_and_site(tmp_path: Path) -> None:
    wxr = source(tmp_path, document(item()))
    records, lost = everything(wxr)
    assert not lost
    terms = {term.id: term for term in records if isinstance(term, Term)}
    assert terms[4] == Term(
        id=4, name="News & views", slug="news", description="<b>All</b>", meta={"color": "red"}
    )
    assert terms[5].parent == 4
    assert (terms[6].taxonomy, terms[6].slug) == ("post_tag", "ש")
    assert terms[7].extra == {"parent_slug": "lost"}
    assert [record for record in records if isinstance(record, Author)] == [Author(id=3, name="Anna & Öst")]
    assert (
        Personal(id=3, of="author", email="anna@blog.example", username="anna", extra={"first_name": "Anna"})
        in records
    )
    site = wxr.site()
    assert (site.home, site.name, site.language) == ("https://blog.example", "Wild & Co", "en-GB")
    assert site.extra == {"wxr_version": "1.2", "generator": "WordPress/6.4"}
    (file,) = wxr.files
    assert file.name == "blog.xml"
    assert file.size == (tmp_path / "blog.xml").stat().st_size
    assert wxr.repairs == {}


def test_comments_of_all_states_with_their_private_parts_apart(tmp_path: Path) -> None:
    kinds = [
        comment(1),
        comment(2, parent=1, approved="0", user_id="3"),
        comment(3, approved="spam", author="A &amp; B"),
        comment(4, approved="trash", type="pingback"),
        comment(5, approved="post-trashed", type=""),
        comment(
            6,
            extra=meta("rating", "5", "commentmeta")
            + meta("akismet_result", "false", "commentmeta")
            + meta("copy", "from v6@mail.example", "commentmeta"),
        ),
    ]
    records, lost = everything(source(tmp_path, document(item(12, "".join(kinds)))))
    assert not lost
    found = [record for record in records if isinstance(record, Comment)]
    assert [(c.id, c.parent, c.status, c.type) for c in found] == [
        (1, None, "approved", "comment"),
        (2, 1, "hold", "comment"),
        (3, None, "spam", "comment"),
        (4, None, "trash", "pingback"),
        (5, None, "post-trashed", "comment"),
        (6, None, "approved", "comment"),
    ]
    assert all(c.post == 12 for c in found)
    assert found[0].author.url == "https://v.example/?a=1"
    assert found[0].date == datetime(2023, 7, 1, 12, tzinfo=CEST)
    assert found[0].content.raw == "Comment 1"
    assert found[1].author.user == 3
    assert found[2].author.name == "A & B"
    assert found[5].meta == {"rating": "5"}
    secrets = [record for record in records if isinstance(record, Personal)]
    private = {record.id: record for record in secrets if record.of == "comment"}
    assert private[1] == Personal(id=1, of="comment", post=12, email="v1@mail.example", ip="192.0.2.7")
    assert private[6].extra == {"meta": {"akismet_result": "false", "copy": "from v6@mail.example"}}


def test_attachments_are_media_and_nothing_else_is_skipped(tmp_path: Path) -> None:
    attachment = item(
        55,
        "<wp:attachment_url><![CDATA[https://blog.example/wp-content/uploads/2023/07/a.JPG]]></wp:attachment_url>"
        + meta("_wp_attachment_image_alt", "An alt")
        + meta("_wp_attached_file", "2023/07/a.JPG")
        + meta("_wp_attachment_metadata", 'a:2:{s:5:"width";i:800;s:6:"height";i:600;}'),
        post_type="attachment",
        status="inherit",
        post_parent="12",
    )
    kinds = ["nav_menu_item", "custom_css", "revision", "wp_block", "recipe", "page"]
    others = [item(100 + at, post_type=kind, status="draft") for at, kind in enumerate(kinds)]
    wxr = source(tmp_path, document(attachment, *others))
    records, _ = everything(wxr)
    (media,) = [record for record in records if isinstance(record, Media)]
    assert (media.id, media.post, media.alt_text, media.mime_type) == (55, 12, "An alt", "image/jpeg")
    assert media.source_url == "https://blog.example/wp-content/uploads/2023/07/a.JPG"
    assert media.details == {"width": 800, "height": 600}
    assert media.meta == {"_wp_attached_file": "2023/07/a.JPG"}
    assert [post.type for post in posts(wxr)] == kinds
    labels = {offer.collection.key: offer.collection.label for offer in wxr.capabilities().offers}
    assert labels["posts/nav_menu_item"] == "Menu items"
    assert labels["posts/recipe"] == "Recipe"
    assert labels["media"] == "Media"


def test_what_visitors_cannot_see_is_marked(tmp_path: Path) -> None:
    picture = "<wp:attachment_url>https://blog.example/a.jpg</wp:attachment_url>"
    attached = {"post_type": "attachment", "status": "inherit"}
    feedback = item(3, post_type="feedback").replace(
        "https://blog.example/3/", "https://blog.example/?post_type=feedback&#038;p=3"
    )
    other = AUTHOR.replace("anna", "bob").replace(">3<", ">4<")
    wxr = source(
        tmp_path,
        document(
            item(1),
            item(2, status="draft").replace("[anna]", "[bob]"),
            feedback,
            item(4, post_type="nav_menu_item"),
            item(5, post_type="recipe"),
            item(11, picture, post_parent="1", **attached),
            item(12, picture, post_parent="2", **attached),
            item(13, picture, **attached),
            head=other,
        ),
    )
    hidden: dict[str, list[int | None]] = {}
    for offer in wxr.capabilities().offers:
        for batch in wxr.read(offer.collection):
            main = [record.id for record in batch.records if not isinstance(record, Personal)]
            if batch.hidden:
                hidden.setdefault(offer.collection.key, []).extend(main)
    assert hidden == {"posts/feedback": [3], "posts/nav_menu_item": [4], "media": [12], "authors": [4]}


def test_absence_means_something_only_where_the_file_is_known_to_be_whole(tmp_path: Path) -> None:
    source(tmp_path, document(item(1)))
    for whole in (False, True):
        wxr = WxrSource([tmp_path / "blog.xml"], whole=whole)
        for offer in wxr.capabilities().offers:
            assert any(batch.last for batch in wxr.read(offer.collection)) is whole


def test_drafts_take_the_offset_of_the_season(tmp_path: Path) -> None:
    zero = "0000-00-00 00:00:00"
    summer = item(2, post_date="2022-07-20 08:00:00", post_date_gmt=zero, status="draft")
    winter = item(3, post_date="2025-12-24 08:00:00", post_date_gmt=zero, status="draft")
    nothing = item(4, post_date=zero, post_date_gmt=zero, status="draft")
    odd = item(5, post_date="2023-07-02 08:00:00", post_date_gmt="1970-01-01 00:00:00")
    wxr = source(tmp_path, document(summer, winter, nothing, odd, item(1)))
    found = {post.id: post for post in posts(wxr)}
    assert found[2].date == datetime(2022, 7, 20, 8, tzinfo=CEST)
    assert found[3].date == datetime(2025, 12, 24, 8, tzinfo=CET)
    assert found[4].date is None
    assert found[5].date == datetime(2023, 7, 2, 8, tzinfo=CEST)
    assert found[2].extra == {}


def test_without_any_offset_local_time_is_utc(tmp_path: Path) -> None:
    draft = item(2, post_date_gmt="0000-00-00 00:00:00", post_modified_gmt="")
    (post,) = posts(source(tmp_path, HEAD + draft + TAIL))
    assert post.date == datetime(2023, 7, 1, 12, tzinfo=UTC)
    assert post.author == Reference(name="anna")


BROKEN = {
    "bare ampersand in a comment's website": (
        document(item(12, comment(1, author_url="http://v.example/?a=1&b=2&copy=3&amp;d=4"))),
        {"bare ampersands": 2},
    ),
    "control characters": (
        document(item(12, content="a\x0bb\x07c\ufffe", inner=comment(1))),
        {"control characters removed": 3},
    ),
    "references to control characters": (
        document(item(12, comment(1, author="A&#11;B &#55357; &#x110000;"))),
        {"control characters removed": 3},
    ),
    "]]> inside CDATA": (
        document(item(12, comment(1), content="if (a[b[0]]> 1) </p> & so on")),
        {"unescaped ]]> kept as text": 1},
    ),
    "HTML entities": (
        document(item(12, comment(1, author="M&uuml;ller&nbsp;&amp; Co"))),
        {"HTML entities that XML does not know": 2},
    ),
    "markup outside CDATA": (
        document(item(12, comment(1, author="Ann <b>x"))),
        {"markup outside CDATA kept as text": 1},
    ),
    "output of a plugin between items": (
        document(item(11), "<br />\n<b>Warning</b>: foo() & bar() in <b>x.php</b>\n", item(12, comment(1))),
        {"foreign text between elements left out": 1},
    ),
    "an element that is not closed": (
        document(item(12, "<wp:attachment_url>https://blog.example/a.jpg\n" + comment(1))),
        {"elements that were not closed": 1},
    ),
    "a closing tag too many": (
        document(item(12, "</wp:postmeta>" + comment(1))),
        {"closing tags without a beginning": 1},
    ),
    "slug with a quote in an attribute": (
        document(item(12, '<category domain="genre" nicename="a&b"><![CDATA[A]]></category>' + comment(1))),
        {"bare ampersands": 1},
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_files_are_mended_and_counted(tmp_path: Path, name: str) -> None:
    text, repairs = BROKEN[name]
    wxr = source(tmp_path, text)
    told: list[str] = []
    wxr = WxrSource([tmp_path / "blog.xml"], told.append)
    records, lost = everything(wxr)
    assert not lost
    assert wxr.repairs == repairs
    assert not told
    assert {record.id for record in records if isinstance(record, Post)} >= {12}
    assert [record.id for record in records if isinstance(record, Comment)] == [1]
    assert wxr.capabilities().offers[0].expected == len(posts(wxr))


def test_what_mending_gives(tmp_path: Path) -> None:
    def first(name: str) -> tuple[Post, Comment]:
        records, _ = everything(source(tmp_path, BROKEN[name][0]))
        post = next(record for record in records if isinstance(record, Post) and record.id == 12)
        return post, next(record for record in records if isinstance(record, Comment))

    assert (
        first("bare ampersand in a comment's website")[1].author.url == "http://v.example/?a=1&b=2&copy=3&d=4"
    )
    assert first("control characters")[0].content.raw == "abc"
    assert first("]]> inside CDATA")[0].content.raw == "if (a[b[0]]> 1) </p> & so on"
    assert first("HTML entities")[1].author.name == "Müller\N{NO-BREAK SPACE}& Co"
    assert first("markup outside CDATA")[1].author.name == "Ann <b>x"
    assert first("references to control characters")[1].author.name == "AB"


def test_split_cdata_and_talk_about_wxr_survive(tmp_path: Path) -> None:
    talk = "see <item><wp:post_id>7</wp:post_id></item> and ]]]]><![CDATA[> and </content:encoded>"
    wanted = "see <item><wp:post_id>7</wp:post_id></item> and ]]> and </content:encoded>"
    well_formed = source(tmp_path, document(item(12, content=talk)))
    assert [post.content.raw for post in posts(well_formed)] == [wanted]
    assert not well_formed.repairs
    broken = source(tmp_path, document(item(12, comment(1, author_url="?a&b"), content=talk)))
    assert [post.content.raw for post in posts(broken)] == [wanted]


def test_stray_bytes_are_windows_1252(tmp_path: Path) -> None:
    data = document(item(12, content="Grüße XX")).encode().replace(b"XX", b"\x93gut\x94")
    wxr = source(tmp_path, data)
    assert [post.content.raw for post in posts(wxr)] == ["Grüße “gut”"]
    assert wxr.repairs == {"bytes that are no UTF-8, read as Windows-1252": 2}


@pytest.mark.parametrize("encoding", ["iso-8859-1", "utf-16", "utf-8-sig"])
def test_other_encodings(tmp_path: Path, encoding: str) -> None:
    text = document(item(12, content="Grüße")).replace("ש", "s")
    text = text.replace("UTF-8", "ISO-8859-1" if encoding == "iso-8859-1" else encoding)
    wxr = source(tmp_path, text.encode(encoding))
    assert [post.content.raw for post in posts(wxr)] == ["Grüße"]


def test_blank_lines_and_marks_before_the_document(tmp_path: Path) -> None:
    wxr = source(tmp_path, "\n\n " + document(item(12)))
    assert [post.id for post in posts(wxr)] == [12]
    assert wxr.repairs == {"blank lines before <?xml": 1}


def test_other_prefixes(tmp_path: Path) -> None:
    text = document(item(12, comment(1), content="Hi")).replace("wp:", "ns0:").replace(":wp=", ":ns0=")
    text = text.replace("dc:", "ns1:").replace(":dc=", ":ns1=")
    records, lost = everything(source(tmp_path, text))
    assert not lost
    assert [record.id for record in records if isinstance(record, Comment)] == [1]
    assert [record.author for record in records if isinstance(record, Post)] == [3]


@pytest.mark.parametrize("cut", range(0, 3400, 97))
def test_truncated_files_keep_the_rest_and_say_so(tmp_path: Path, cut: int) -> None:
    text = document(item(11), item(12, comment(1) + comment(2)))
    text = text[: len(text) - 5 - cut]
    wxr = source(tmp_path, text)
    records, lost = everything(wxr)
    assert lost
    assert any(loss.count is None for loss in lost)
    assert all(not batch.last for offer in wxr.capabilities().offers for batch in wxr.read(offer.collection))
    if cut < 2600:
        assert next(record for record in records if isinstance(record, Post)).id == 11


def test_a_cut_text_is_marked_incomplete(tmp_path: Path) -> None:
    text = document(item(12, content="one two three"))
    wxr = source(tmp_path, text[: text.index("three")])
    (post,) = posts(wxr)
    assert (post.content.raw, post.content.complete) == ("one two ", False)
    _, lost = everything(wxr)
    assert [loss.url for loss in lost] == ["https://blog.example/12/", None]


def test_concatenated_documents_and_several_files(tmp_path: Path) -> None:
    first, second = document(item(1), item(2)), document(item(2), item(3))
    told: list[str] = []
    (tmp_path / "a.xml").write_text(first + second)
    (tmp_path / "b.xml.gz").write_bytes(gzip.compress(document(item(4)).encode()))
    wxr = WxrSource([tmp_path / "a.xml", tmp_path / "b.xml.gz"], told.append)
    assert [post.id for post in posts(wxr)] == [1, 2, 3, 4]
    assert told == ["Posts: 1 come again in a later file; the last version is kept"]
    assert [file.name for file in wxr.files] == ["a.xml", "b.xml.gz"]


def test_a_truncated_document_before_another(tmp_path: Path) -> None:
    broken = HEAD + item(1, content="the disk was fu")
    broken = broken[: broken.index("fu") + 2]
    records, lost = everything(source(tmp_path, broken + document(item(2), item(3))))
    ids = [record.id for record in records if isinstance(record, Post)]
    assert ids[-2:] == [2, 3]
    assert lost


def test_items_without_a_channel(tmp_path: Path) -> None:
    assert [post.id for post in posts(source(tmp_path, item(7) + item(8)))] == [7, 8]


def test_wxr_1_0_lists_terms_twice(tmp_path: Path) -> None:
    inner = (
        "<category><![CDATA[News &amp; views]]></category>"
        '<category domain="category" nicename="news"><![CDATA[News &amp; views]]></category>'
        '<category domain="tag"><![CDATA[loose]]></category>'
    )
    (post,) = posts(source(tmp_path, document(item(1, inner))))
    assert post.terms == [4, Reference(name="loose", taxonomy="post_tag")]


def test_titles_are_plain_and_keep_their_markup_beside(tmp_path: Path) -> None:
    text = document(item(1)).replace("Post 1]", "Tom &amp;amp; <em>Jerry</em>]")
    (post,) = posts(source(tmp_path, text))
    assert (post.title, post.title_html) == ("Tom & Jerry", "Tom &amp;amp; <em>Jerry</em>")


def test_records_without_a_number_are_kept_by_address_or_named(tmp_path: Path) -> None:
    by_url = item(1).replace("<wp:post_id>1</wp:post_id>", "")
    nameless = by_url.replace("<link>https://blog.example/1/</link>", "")
    loose = item(2, comment(0))
    records, lost = everything(source(tmp_path, document(by_url, nameless, loose)))
    assert [(p.id, p.url) for p in records if isinstance(p, Post)] == [
        (None, "https://blog.example/1/"), (2, "https://blog.example/2/"),
    ]  # fmt: skip
    assert [loss.collection for loss in lost] == ["posts/post", "comments"]
    assert "Visitor 0" in lost[1].reason


def test_two_blogs_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(document(item(1)))
    (tmp_path / "b.xml").write_text(document(item(1)).replace("blog.example", "other.example"))
    with pytest.raises(UsageError, match="two blogs"):
        WxrSource([tmp_path / "a.xml", tmp_path / "b.xml"]).capabilities()


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", NotWordPress),
        (b"<html><body>Please log in</body></html>", NotWordPress),
        (b"<!DOCTYPE html>\n<html><body>Please log in</body></html>", NotWordPress),
        (b"{}", NotWordPress),
        (b"\x00" * 5000, NotWordPress),
    ],
)
def test_no_export(tmp_path: Path, data: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        source(tmp_path, data).capabilities()


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"gone\.xml cannot be read"):
        WxrSource([tmp_path / "gone.xml"]).site()


def test_entity_bombs_and_external_entities_are_refused(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b SYSTEM "file:///etc/passwd">]>'
    text = document(item(1)).replace("<rss", bomb + "<rss", 1)
    with pytest.raises(SourceError, match="DOCTYPE"):
        source(tmp_path, text).capabilities()
    talk = document(item(1, content=bomb))
    assert [post.content.raw for post in posts(source(tmp_path, talk))] == [bomb]


def test_gzip_bomb(tmp_path: Path) -> None:
    bomb = gzip.compress((HEAD + "<item>").encode() + b" " * (80 << 20))
    with pytest.raises(SourceError, match="times its size"):
        source(tmp_path, bomb, "b.gz").capabilities()


def test_truncated_gzip(tmp_path: Path) -> None:
    whole = gzip.compress("".join(document(*[item(n, comment(n)) for n in range(1, 400)])).encode())
    wxr = source(tmp_path, whole[: len(whole) // 2], "b.gz")
    records, lost = everything(wxr)
    assert len(records) > 100
    assert any("compressed" in loss.reason for loss in lost)


def test_deep_nesting_is_no_stack_overflow(tmp_path: Path) -> None:
    text = document(item(1, "<x>" * 100_000 + "</x>" * 100_000), item(2))
    assert {post.id for post in posts(source(tmp_path, text))} == {1, 2}


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "big.xml"
    with path.open("w") as stream:
        stream.write(HEAD + AUTHOR + TERMS)
        for number in range(1, 3000):
            stream.write(item(number, comment(number), content="word " * 500))
        stream.write(TAIL)
    wxr = WxrSource([path], spool=tmp_path)
    tracemalloc.start()
    try:
        count = 0
        for offer in wxr.capabilities().offers:
            count += sum(len(batch.records) for batch in wxr.read(offer.collection))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        wxr.close()
    assert count > 3000 * 3 - 10
    assert path.stat().st_size > 10_000_000
    assert peak < 9_000_000


def test_theme_unit_test_data() -> None:
    shared = next(
        (up / "shared" for up in Path(__file__).resolve().parents if (up / "shared" / "data").is_dir()), None
    )
    path = shared / "data" / "themeunittestdata.wordpress.xml" if shared else None
    if path is None or not path.exists():
        pytest.skip("the theme unit test data are not there")
    wxr = WxrSource([path])
    records, lost = everything(wxr)
    assert not lost
    # The real file has a stray apostrophe between two elements.
    assert wxr.repairs == {"foreign text between elements left out": 1}
    assert sum(isinstance(record, Post) for record in records) == 149
    assert sum(isinstance(record, Media) for record in records) == 37
    assert sum(isinstance(record, Comment) for record in records) == 33


def test_opened_by_name(tmp_path: Path) -> None:
    source(tmp_path, document(item(1)))
    opened = open_wxr(None, str(tmp_path / "blog.xml"))  # type: ignore[arg-type]
    assert opened.site().home == "https://blog.example"
