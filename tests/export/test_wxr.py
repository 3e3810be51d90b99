"""WXR out: read back by the strict parser of the standard library, and by our own source."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wpexport.export.base import Notice
from wpexport.export.wxr.exporter import WxrExporter, WxrOptions
from wpexport.export.wxr.media import upload_path
from wpexport.export.wxr.plan import ascii_name
from wpexport.export.wxr.texts import unparagraphed
from wpexport.export.wxr.threads import arrange
from wpexport.export.wxr.xml import stored_slug
from wpexport.model import (
    Author,
    Comment,
    CommentAuthor,
    Markup,
    Media,
    MediaFile,
    Personal,
    Post,
    Reference,
    Site,
    Term,
)
from wpexport.sources.wxr import WxrSource

WP = "{http://wordpress.org/export/1.2/}"
NY = timezone(timedelta(hours=-5))
WHEN = datetime(2023, 2, 1, 7, 30, tzinfo=NY)


@dataclass
class MemoryBlog:
    """A blog held in memory. Implements `wpexport.export.base.Blog`."""

    _posts: list[Post] = field(default_factory=list)
    _comments: dict[int | None, list[Comment]] = field(default_factory=dict)
    _authors: dict[int, Author] = field(default_factory=dict)
    _terms: dict[int, Term] = field(default_factory=dict)
    _media: list[Media] = field(default_factory=list)
    files: dict[str, Path] = field(default_factory=dict)
    _site: Site = field(default_factory=lambda: Site(home="https://old.example", name="Old & <b>"))

    def site(self) -> Site:
        return self._site

    def posts(self) -> Iterator[Post]:
        return iter(self._posts)

    def comments(self, post: Post) -> list[Comment]:
        return self._comments.get(post.id, [])

    def authors(self) -> Mapping[int, Author]:
        return self._authors

    def terms(self) -> Mapping[int, Term]:
        return self._terms

    def media(self) -> Iterator[Media]:
        return iter(self._media)

    def file(self, file: MediaFile) -> Path | None:
        return self.files.get(file.url)


class Folder:
    """A sink that is a folder, and checks the hashes it is told."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def copy(self, path: str, source: Path, sha256: str) -> None:
        assert hashlib.sha256(source.read_bytes()).hexdigest() == sha256
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        assert not target.exists()
        shutil.copyfile(source, target)


def export(
    blog: MemoryBlog, folder: Path, options: WxrOptions | None = None, **more: Any
) -> dict[str, Notice]:
    exporter = WxrExporter(blog, Folder(folder), options, **more)
    told = [event for event in exporter.run() if isinstance(event, Notice)]
    assert told == exporter.report.notices
    return {notice.kind: notice for notice in told}


def items(path: Path) -> list[ElementTree.Element]:
    text = path.read_bytes()
    assert b"<!DOCTYPE" not in text
    return ElementTree.fromstring(text).findall("channel/item")


def said(element: ElementTree.Element, name: str) -> str:
    found = element.find(name if ":" not in name else WP + name.removeprefix("wp:"))
    assert found is not None, name
    return found.text or ""


def read_back(folder: Path, name: str = "blog.xml") -> dict[str, list[Any]]:
    wxr = WxrSource([folder / name])
    found: dict[str, list[Any]] = {}
    for offer in wxr.capabilities().offers:
        for batch in wxr.read(offer.collection):
            assert not batch.lost
            for record in batch.records:
                found.setdefault(type(record).__name__, []).append(record)
    assert not wxr.repairs
    wxr.close()
    return found


def a_post(number: int, **more: Any) -> Post:
    fields: dict[str, Any] = {
        "id": number,
        "slug": f"post-{number}",
        "url": f"https://old.example/{number}/",
        "title": f"Post {number}",
        "date": WHEN + timedelta(days=number),
        "modified": WHEN + timedelta(days=number),
        "content": Markup(raw=f"<!-- wp:paragraph --><p>{number}</p>"),
        "excerpt": Markup(raw=""),
        "comment_status": "open",
        "ping_status": "open",
        "guid": f"https://old.example/?p={number}",
        "format": "standard",
        "author": 1,
    }
    return Post(**(fields | more))


def a_comment(number: int, parent: int | None = None, **more: Any) -> Comment:
    fields: dict[str, Any] = {
        "id": number,
        "post": 1,
        "parent": parent,
        "author": CommentAuthor(name=f"Visitor {number}", url="https://v.example/?a=1&b=2"),
        "date": WHEN + timedelta(minutes=number),
        "content": Markup(raw=f"Comment {number} ]]> & <b>more</b>"),
    }
    return Comment(**(fields | more))


AUTHORS = {1: Author(id=1, name="Anna Öst", slug="anna")}


def test_what_goes_out_comes_back(tmp_path: Path) -> None:
    terms = {
        9: Term(id=9, taxonomy="category", name="Child", slug="child", parent=10, description="<i>x</i>"),
        10: Term(id=10, taxonomy="category", name="A & B", slug="ab", meta={"color": ["red"]}),
        11: Term(id=11, taxonomy="post_tag", name="שלום", slug="שלום"),
        12: Term(id=12, taxonomy="genre", name="Jazz", slug="jazz"),
    }
    post = a_post(
        1,
        title="Tom & < Jerry >",
        terms=[9, 11, 12],
        parent=2,
        featured_media=7,
        sticky=True,
        format="aside",
        template="wide.php",
        menu_order=4,
        content=Markup(raw="a ]]> b &amp; <item> </content:encoded> \U0001f600"),
        excerpt=Markup(raw="An excerpt"),
        meta={"array": {"a": [1, 2.5, True, None, 'é ]]> \\ "q"']}, "twice": ["x", "y"], "text": "5"},
        extra={"meta_repeated": ["twice"]},
    )
    media = Media(
        id=7,
        slug="pic",
        url="https://old.example/pic/",
        title="Pic",
        date=WHEN,
        modified=WHEN,
        author=1,
        post=1,
        source_url="https://old.example/wp-content/uploads/2023/02/pic.jpg",
        mime_type="image/jpeg",
        alt_text="Alt",
        caption=Markup(raw="Caption"),
        description=Markup(raw=""),
        details={"width": 5},
        guid="https://old.example/?attachment_id=7",
        meta={"_wp_attached_file": "2023/02/pic.jpg"},
    )
    comments = [a_comment(3), a_comment(4, 3, status="hold", type="pingback", meta={"rating": "5"})]
    blog = MemoryBlog([post, a_post(2, type="page", format=None)], {1: comments}, AUTHORS, terms, [media])
    notices = export(blog, tmp_path)
    assert not notices
    found = read_back(tmp_path)
    assert found["Post"] == [post, a_post(2, type="page", format=None)]
    assert found["Media"] == [media]
    assert found["Comment"] == comments
    assert {term.id: term for term in found["Term"]} == terms
    assert found["Author"] == [Author(id=1, name="Anna Öst")]
    assert found["Personal"] == [Personal(id=1, of="author", username="anna")]


def is_legal(c: str) -> bool:
    """XML 1.0, production 2."""
    return c in "\t\n\r" or "\x20" <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff"


ANY = st.text(st.characters(exclude_categories=[]))


@example("", "", "", "\ud800")
@given(ANY, ANY, ANY, ANY)
def test_any_text_makes_valid_xml(title: str, content: str, name: str, key: str) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        comment = a_comment(3, author=CommentAuthor(name=name, url=content), content=Markup(raw=title))
        meta = {key: [name], f"{key}2": name}
        post = a_post(1, title=title, slug=key, content=Markup(raw=content), meta=meta)
        blog = MemoryBlog([post], {1: [comment]}, {1: Author(id=1, name=name, slug=name)})
        export(blog, Path(folder))
        (item,) = items(Path(folder) / "blog.xml")
        wanted = "".join(filter(is_legal, content)).replace("\r\n", "\n").replace("\r", "\n")
        assert item.findtext("{http://purl.org/rss/1.0/modules/content/}encoded") == wanted


def test_illegal_characters_are_counted(tmp_path: Path) -> None:
    blog = MemoryBlog([a_post(1, title="a\x0b\x07b", content=Markup(raw="\ufffe"))])
    notice = export(blog, tmp_path)["illegal-characters"]
    assert (notice.where, notice.count) == ("post 1", 3)


def test_terms_and_comments_come_parents_first(tmp_path: Path) -> None:
    terms = {
        1: Term(id=1, name="C", slug="c", parent=2),
        2: Term(id=2, name="B", slug="b", parent=3),
        3: Term(id=3, name="A", slug="a"),
        4: Term(id=4, name="X", slug="x", parent=5),
        5: Term(id=5, name="Y", slug="y", parent=4),
    }
    comments = [a_comment(5, 9), a_comment(7), a_comment(9), a_comment(10, 99), a_comment(11, 11)]
    comments += [a_comment(12, 13), a_comment(13, 12)]
    notices = export(MemoryBlog([a_post(1)], {1: comments}, {}, terms), tmp_path)
    tree = ElementTree.parse(tmp_path / "blog.xml")
    seen: list[str] = []
    for category in tree.findall(f"channel/{WP}category"):
        seen.append(said(category, "wp:category_nicename"))
        parent = said(category, "wp:category_parent")
        assert not parent or parent in seen or parent in "xy"
    assert seen == ["a", "b", "c", "y", "x"]
    (item,) = items(tmp_path / "blog.xml")
    out = [
        (int(said(c, "wp:comment_id")), int(said(c, "wp:comment_parent")), said(c, "wp:comment_author"))
        for c in item.findall(f"{WP}comment")
    ]
    assert all(parent < number for number, parent, _ in out)
    assert [number for number, _, _ in out] == sorted(c.id or 0 for c in comments)
    by_name = {name: number for number, _, name in out}
    assert next(parent for _, parent, name in out if name == "Visitor 5") == by_name["Visitor 9"]
    assert (notices["orphans"].count, notices["circles"].count) == (1, 2)
    assert notices["renumbered"].count > 0


@given(st.lists(st.tuples(st.integers(1, 9) | st.none(), st.integers(1, 9) | st.none()), max_size=9))
def test_any_thread_becomes_a_forest(pairs: list[tuple[int | None, int | None]]) -> None:
    fresh = iter(range(1000, 2000))
    thread = arrange([a_comment(1, parent, id=number) for number, parent in pairs], lambda: next(fresh))
    numbers = [placed.number for placed in thread.placed]
    assert len(set(numbers)) == len(pairs)
    depth = {placed.number: placed.depth for placed in thread.placed}
    for placed in thread.placed:
        assert placed.parent < placed.number
        assert placed.depth == (depth[placed.parent] + 1 if placed.parent else 0)


def test_posts_that_the_importer_would_take_for_one_are_kept_apart(tmp_path: Path) -> None:
    same = {"date": WHEN, "modified": WHEN}
    posts = [
        a_post(1, title="Résumé", **same),
        a_post(2, title="RESUME ", **same),
        a_post(3, title="", **same),
        a_post(4, title="resume", type="page", **same),
    ]
    notice = export(MemoryBlog(posts), tmp_path)["same-title-and-date"]
    dates = [said(item, "wp:post_date") for item in items(tmp_path / "blog.xml")]
    seconds = [date.removeprefix("2023-02-01 07:30:") for date in dates]
    assert seconds == ["00", "01", "02", "00"]
    assert (notice.count, notice.loss) == (2, False)


def test_dates_in_both_zones(tmp_path: Path) -> None:
    floating = a_post(2, status="draft", date=WHEN, modified=WHEN)
    planned = a_post(3, status="draft", date=WHEN + timedelta(days=1), modified=WHEN)
    notices = export(MemoryBlog([a_post(1, date=WHEN), floating, planned, a_post(4, date=None)]), tmp_path)
    found = items(tmp_path / "blog.xml")
    assert [said(item, "wp:post_date_gmt") for item in found] == [
        "2023-02-01 12:30:00", "0000-00-00 00:00:00", "2023-02-02 12:30:00", "0000-00-00 00:00:00",
    ]  # fmt: skip
    assert notices["undated"].count == 1


def test_rendered_html_is_marked_and_kept_as_it_is(tmp_path: Path) -> None:
    html = "<p>It&#8217;s <b>here</b></p>\n"
    post = a_post(1, content=Markup(html=html), excerpt=Markup(html="<p>It&#8217;s [&hellip;]</p>\n"))
    short = a_post(2, content=Markup(html=html), excerpt=Markup(html="<p>It&#8217;s here</p>"))
    own = a_post(3, content=Markup(html=html), excerpt=Markup(html="<p>By hand</p>"))
    smiley = '<p>a<br />\nb</p>\n<p>c <img class="wp-smiley" alt="😀" src="x"/></p>'
    comment = a_comment(3, content=Markup(html=smiley))
    notices = export(MemoryBlog([post, short, own], {1: [comment]}), tmp_path)
    found = items(tmp_path / "blog.xml")
    texts = [item.findtext("{http://purl.org/rss/1.0/modules/content/}encoded") for item in found]
    assert texts == [f"<!-- wp:html -->{html}<!-- /wp:html -->"] * 3
    excerpts = [item.findtext("{http://wordpress.org/export/1.2/excerpt/}encoded") for item in found]
    assert excerpts == ["", "", "By hand"]
    assert notices["rendered"].count == 3
    assert "3 of the posts were read without a login" in (tmp_path / "blog.xml").read_text()
    assert said(found[0].find(f"{WP}comment"), "wp:comment_content") == "a\nb\n\nc 😀"  # type: ignore[arg-type]


def test_password_posts_never_come_out_in_public(tmp_path: Path) -> None:
    blog = MemoryBlog([a_post(1, password_protected=True)])
    assert export(blog, tmp_path / "a")["password-unknown"].count == 1
    (item,) = items(tmp_path / "a" / "blog.xml")
    assert (said(item, "wp:status"), said(item, "wp:post_password")) == ("private", "")
    assert not export(blog, tmp_path / "b", WxrOptions(password="new"))
    (item,) = items(tmp_path / "b" / "blog.xml")
    assert (said(item, "wp:status"), said(item, "wp:post_password")) == ("publish", "new")


def test_comments_only_attaches_to_posts_that_are_there(tmp_path: Path) -> None:
    shown = "Don\u2019t \u201cpanic\u201d \u2026"
    typed = a_post(1, title=shown, content=Markup(html="<p>x</p>"), meta={"a": "b"})
    blog = MemoryBlog([typed, a_post(2)], {1: [a_comment(3)]}, AUTHORS, {1: Term(id=1, name="T", slug="t")})
    assert not export(blog, tmp_path, WxrOptions(only="comments"))
    (item,) = items(tmp_path / "blog.xml")
    assert said(item, "title") == 'Don\'t "panic" ...'
    assert said(item, "wp:post_date") == "2023-02-02 07:30:00"
    assert (said(item, "wp:post_type"), said(item, "wp:status")) == ("post", "draft")
    assert item.find(f"{WP}postmeta") is None
    assert b"wp:category>" not in (tmp_path / "blog.xml").read_bytes()


def test_posts_only(tmp_path: Path) -> None:
    media = [Media(id=7, source_url="https://old.example/a.jpg")]
    blog = MemoryBlog([a_post(1, featured_media=7)], {1: [a_comment(3)]}, AUTHORS, {}, media)
    assert export(blog, tmp_path, WxrOptions(only="posts"))["featured-missing"].loss
    (item,) = items(tmp_path / "blog.xml")
    assert item.find(f"{WP}comment") is None


def test_private_data_only_when_asked(tmp_path: Path) -> None:
    secrets = {
        ("comment", 3): Personal(id=3, of="comment", email="v@mail.example", ip="192.0.2.7"),
        ("author", 1): Personal(id=1, of="author", email="a@mail.example", username="boss"),
    }
    # without a short name the login would be the account's own
    blog = MemoryBlog([a_post(1)], {1: [a_comment(3)]}, {1: Author(id=1, name="Anna Öst")})
    export(blog, tmp_path / "a")
    text = (tmp_path / "a" / "blog.xml").read_text()
    assert "mail.example" not in text
    assert "boss" not in text
    export(blog, tmp_path / "b", private=lambda of, number: secrets.get((of, number)))
    text = (tmp_path / "b" / "blog.xml").read_text()
    assert all(word in text for word in ("v@mail.example", "192.0.2.7", "a@mail.example", "<![CDATA[boss]]>"))


def test_authors_known_by_name_only(tmp_path: Path) -> None:
    writers = [Reference(name="Zoë"), Reference(name="李"), 5]
    posts = [a_post(at, author=writer) for at, writer in enumerate(writers, 1)]
    export(MemoryBlog(posts, {}, {5: Author(id=5, name="Zoe", slug="zoe")}), tmp_path)
    creator = "{http://purl.org/dc/elements/1.1/}creator"
    creators = [item.findtext(creator) for item in items(tmp_path / "blog.xml")]
    assert creators == ["Zoe-2", "writer-2", "zoe"]
    assert ascii_name("José <x> 李") == "Jose x"


def test_terms_known_by_name_only(tmp_path: Path) -> None:
    terms: list[int | Reference] = [Reference(name="New York"), Reference(slug="a", taxonomy="genre"), 77]
    notices = export(MemoryBlog([a_post(1, terms=terms)]), tmp_path)
    (item,) = items(tmp_path / "blog.xml")
    assert [(c.get("domain"), c.get("nicename"), c.text) for c in item.findall("category")] == [
        ("category", "new-york", "New York"), ("genre", "a", "a"),
    ]  # fmt: skip
    assert notices["term-unknown"].loss
    assert notices["taxonomy-unknown"].count == 1


def test_custom_types_are_announced(tmp_path: Path) -> None:
    assert export(MemoryBlog([a_post(1, type="recipe")]), tmp_path)["custom-type"].where == "recipe"


def pictures(tmp_path: Path) -> MemoryBlog:
    old = "https://old.example/wp-content/uploads/2023/02/"
    (tmp_path / "pic").write_bytes(b"picture")
    sha = hashlib.sha256(b"picture").hexdigest()
    files = [MediaFile(url=f"{old}pic one.jpg", path="data/x", size=7, sha256=sha)]
    there = Media(id=7, title="P", source_url=f"{old}pic one.jpg", files=files, date=WHEN, post=1)
    gone = Media(id=8, title="Q", source_url=f"{old}gone.jpg", date=WHEN)
    content = f'<img src="{old}pic%20one-300x200.jpg"> <a href="{old.replace("s:", ":")}gone.jpg">'
    post = a_post(1, content=Markup(raw=content), featured_media=7)
    blog = MemoryBlog([post], {}, AUTHORS, {}, [there, gone])
    blog.files[f"{old}pic one.jpg"] = tmp_path / "pic"
    return blog


def test_media_lie_beside_the_file_and_texts_lead_there(tmp_path: Path) -> None:
    notices = export(pictures(tmp_path), tmp_path / "out", WxrOptions(media_base="https://files.example/up/"))
    assert (tmp_path / "out" / "uploads" / "2023" / "02" / "pic-one.jpg").read_bytes() == b"picture"
    post, there, gone = items(tmp_path / "out" / "blog.xml")
    assert said(there, "wp:attachment_url") == "https://files.example/up/2023/02/pic-one.jpg"
    assert said(there, "guid") == "https://old.example/wp-content/uploads/2023/02/pic one.jpg"
    assert said(gone, "wp:attachment_url") == "https://old.example/wp-content/uploads/2023/02/gone.jpg"
    text = post.findtext("{http://purl.org/rss/1.0/modules/content/}encoded") or ""
    assert 'src="https://files.example/up/2023/02/pic-one-300x200.jpg"' in text
    assert 'href="http://old.example/wp-content/uploads/2023/02/gone.jpg"' in text
    assert notices["missing-media"].where.endswith("gone.jpg")


@pytest.mark.parametrize("path", ["../../etc/passwd", "/etc/passwd", "a//b", "C:\\x", "a\nb", "x/./y"])
def test_paths_that_lead_out_are_not_taken(path: str) -> None:
    assert upload_path(Media(meta={"_wp_attached_file": path}, source_url="https://h/a.jpg")) is None


def test_split_files_are_whole_and_find_their_own(tmp_path: Path) -> None:
    posts = [a_post(n, content=Markup(raw="x" * 900), featured_media=100 + n) for n in range(1, 9)]
    posts[1] = a_post(2, type="page", parent=8, content=Markup(raw="x" * 900), format=None)
    posts[7] = a_post(8, type="page", content=Markup(raw="x" * 900), format=None)
    link = {"_menu_item_type": "post_type", "_menu_item_object_id": "1"}
    posts += [a_post(n, type="nav_menu_item", title="", meta=link, format=None) for n in (20, 21)]
    address = "https://old.example/{}.jpg"
    media = [Media(id=100 + n, title=f"M{n}", date=WHEN, source_url=address.format(n)) for n in range(1, 9)]
    blog = MemoryBlog(posts, {}, AUTHORS, {}, media)
    notices = export(blog, tmp_path, WxrOptions(name="my.blog.xml", split=8000))
    files = sorted(tmp_path.iterdir())
    assert len(files) > 2
    assert files[0].name == "my.blog-001.xml"
    assert all(file.stat().st_size <= 8000 for file in files)
    assert "oversized" not in notices
    real: list[str] = []
    for file in files:
        found = items(file)
        here = [said(item, "wp:post_id") for item in found]
        stubs = [n for n, item in zip(here, found, strict=True) if said(item, "wp:status") == "draft"]
        real += [number for number in here if number not in stubs]
        for item in found:
            parent = said(item, "wp:post_parent")
            assert parent == "0" or parent in here
            if said(item, "wp:post_type") == "nav_menu_item":
                assert "1" in here
            for row in item.findall(f"{WP}postmeta"):
                if said(row, "wp:meta_key") == "_thumbnail_id":
                    assert said(row, "wp:meta_value") in here
    assert sorted(map(int, real)) == sorted([post.id or 0 for post in posts] + [m.id or 0 for m in media])


def test_the_same_blog_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        export(pictures(tmp_path), tmp_path / name, WxrOptions(media_base="https://files.example"))
    assert (tmp_path / "a" / "blog.xml").read_bytes() == (tmp_path / "b" / "blog.xml").read_bytes()


def test_posts_without_a_number(tmp_path: Path) -> None:
    posts = [a_post(5), *(a_post(0, id=None, url=f"https://old.example/{name}/") for name in "xy")]
    export(MemoryBlog(posts), tmp_path)
    assert [said(item, "wp:post_id") for item in items(tmp_path / "blog.xml")] == ["5", "6", "7"]


def test_an_empty_blog_still_makes_a_file(tmp_path: Path) -> None:
    export(MemoryBlog(), tmp_path)
    assert items(tmp_path / "blog.xml") == []
    assert ElementTree.parse(tmp_path / "blog.xml").findtext("channel/title") == "Old & <b>"


def test_titles_are_stored_as_html(tmp_path: Path) -> None:
    posts = [
        a_post(1, title="{{< x >}} & <b>"),
        a_post(2, title="Tom & Jerry", title_html="Tom & <em>Jerry</em>"),
        a_post(3, title="A & B", extra={"title_raw": "A &amp; B"}),
    ]
    export(MemoryBlog(posts), tmp_path)
    found = items(tmp_path / "blog.xml")
    stored = [item.findtext("title") for item in found]
    assert stored == ["{{< x >}} & &lt;b>", "Tom & <em>Jerry</em>", "A &amp; B"]
    assert [post.title for post in read_back(tmp_path)["Post"]] == [post.title for post in posts]


def test_small_things() -> None:
    assert stored_slug("日本 & x%") == "%e6%97%a5%e6%9c%ac & x%"
    assert unparagraphed("<p>a</p>\n<p>b</p>") == "a\n\nb"
    assert unparagraphed('<p class="x">a</p>') == '<p class="x">a</p>'


def shown(tmp_path: Path, *names: str, ids: bool = True) -> tuple[list[Media], dict[str, Path]]:
    """Media whose files are in the archive."""
    media, files = [], {}
    for number, name in enumerate(names, 100):
        url = f"https://old.example/wp-content/uploads/2023/02/{name}"
        files[url] = tmp_path / name
        files[url].write_bytes(name.encode())
        sha = hashlib.sha256(name.encode()).hexdigest()
        file = MediaFile(url=url, path="data/x", size=1, sha256=sha)
        media.append(Media(id=number if ids else None, title=name, source_url=url, files=[file], date=WHEN))
    return media, files


def moved_text(tmp_path: Path, media: list[Media], files: dict[str, Path], text: str) -> str:
    blog = MemoryBlog([a_post(1, content=Markup(raw=text))], {}, AUTHORS, {}, media)
    blog.files |= files
    export(blog, tmp_path / "out", WxrOptions(media_base="https://new.example/up"))
    item = next(i for i in items(tmp_path / "out" / "blog.xml") if said(i, "wp:post_type") == "post")
    return item.findtext("{http://purl.org/rss/1.0/modules/content/}encoded") or ""


def uploads(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "out" / "uploads").rglob("*.*"))


def test_a_scaled_picture_goes_out_under_the_name_of_the_original(tmp_path: Path) -> None:
    """WordPress allows no upload called ``-scaled``: it would call it and its copies otherwise."""
    media, files = shown(tmp_path, "wide-scaled.png")
    old = "https://old.example/wp-content/uploads/2023/02/wide"
    text = moved_text(
        tmp_path, media, files, f'<img src="{old}-scaled.png" srcset="{old}-1024x158.png 1024w">'
    )
    assert uploads(tmp_path) == ["wide.png"]
    new = "https://new.example/up/2023/02/wide"
    assert text == f'<img src="{new}.png" srcset="{new}-1024x158.png 1024w">'


def test_a_size_that_wordpress_does_not_make_becomes_the_full_picture(tmp_path: Path) -> None:
    media, files = shown(tmp_path, "a.jpg")
    old = "https://old.example/wp-content/uploads/2023/02/a"
    text = moved_text(tmp_path, media, files, f"{old}-640x427.jpg {old}-300x200.jpg?x=1 {old}-150x150.jpg")
    new = "https://new.example/up/2023/02/a"
    assert text == f"{new}.jpg {new}-300x200.jpg?x=1 {new}-150x150.jpg"


def test_a_smaller_copy_is_no_picture_of_its_own_where_the_full_one_is_there(tmp_path: Path) -> None:
    """Feeds have no library: what the texts show goes out, once."""
    media, files = shown(tmp_path, "a-300x200.jpg", "a.jpg", "b-300x200.jpg", ids=False)
    old, new = "https://old.example/wp-content/uploads/2023/02/", "https://new.example/up/2023/02/"
    text = moved_text(tmp_path, media, files, f"{old}a-300x200.jpg {old}b-300x200.jpg {old}a.jpg")
    assert uploads(tmp_path) == ["a.jpg", "b-300x200.jpg"]
    assert text == f"{new}a-300x200.jpg {new}b-300x200.jpg {new}a.jpg"


def test_letters_of_any_script_stay_in_a_files_name(tmp_path: Path) -> None:
    """The importer makes the name of the address as it is written: ``%C3%A5`` would become ``C3A5``."""
    media, files = shown(tmp_path, "åland 1.png")
    old = "https://old.example/wp-content/uploads/2023/02/"
    text = moved_text(tmp_path, media, files, f'<img src="{old}%C3%A5land%201.png">')
    assert text == '<img src="https://new.example/up/2023/02/åland-1.png">'


def test_what_wordpress_shows_before_a_description_is_no_part_of_it(tmp_path: Path) -> None:
    before = (
        "<p class=\"attachment\"><a href='x'><img src='y'></a></p>\n",
        '<audio class="wp-audio-shortcode" id="a"><a href="x">x</a></audio>\n',
        '<div style="width: 640px;" class="wp-video"><video><a>x</a></video></div>\n',
        "",
    )
    media = [
        Media(
            id=n, title=str(n), source_url=f"https://old.example/{n}.png", date=WHEN + timedelta(days=n),
            caption=Markup(html="<p>x</p>\n"), description=Markup(html=f"{text}<p>Mine.</p>\n"),
            extra={"comment_status": "open", "terms": [4]},
        )
        for n, text in enumerate(before, 1)
    ]  # fmt: skip
    terms = {4: Term(id=4, name="Seen", slug="seen")}
    export(MemoryBlog([], {}, AUTHORS, terms, media), tmp_path)
    for item in items(tmp_path / "blog.xml"):
        assert item.findtext("{http://purl.org/rss/1.0/modules/content/}encoded") == "Mine."
        assert said(item, "wp:comment_status") == "open"
        assert [category.get("nicename") for category in item.findall("category")] == ["seen"]


def test_pages_stand_below_those_their_addresses_name_where_nothing_else_tells(tmp_path: Path) -> None:
    urls = (
        "https://old.example/about/",
        "https://old.example/about/visit/",
        "https://old.example/other/visit/",
    )
    posts = [a_post(n, type="page", url=url) for n, url in enumerate(urls, 1)]
    export(MemoryBlog(posts), tmp_path / "feeds")
    assert [said(i, "wp:post_parent") for i in items(tmp_path / "feeds" / "blog.xml")] == ["0", "1", "0"]
    export(MemoryBlog([*posts, a_post(4, type="page", parent=3)]), tmp_path / "rest")
    assert [said(i, "wp:post_parent") for i in items(tmp_path / "rest" / "blog.xml")] == ["0", "0", "0", "3"]


def test_an_author_keeps_the_address_of_the_page(tmp_path: Path) -> None:
    """WordPress makes it of the login: the short name is one, the username only where there is none."""
    secrets = {("author", 1): Personal(id=1, of="author", email="a@mail.example", username="boss")}
    export(MemoryBlog([a_post(1)], {}, AUTHORS), tmp_path, private=lambda of, n: secrets.get((of, n)))
    creator = "{http://purl.org/dc/elements/1.1/}creator"
    assert [item.findtext(creator) for item in items(tmp_path / "blog.xml")] == [AUTHORS[1].slug]


def test_media_of_a_split_blog_come_after_the_texts_that_lead_to_them(tmp_path: Path) -> None:
    """The importer mends links in all texts that are there, but only those to media of the file it reads.

    And within one file it reads the first mention of a post alone: that must be the one with the image.
    """
    size = {"content": Markup(raw="x" * 3000), "format": None}
    posts = [a_post(n, featured_media=100 if n < 4 else 101, **size) for n in range(1, 7)]
    address = "https://old.example/{}.jpg"
    media = [
        Media(id=n, title=f"M{n}", date=WHEN, post=6, source_url=address.format(n)) for n in (100, 101, 102)
    ]
    export(MemoryBlog(posts, {}, AUTHORS, {}, media), tmp_path, WxrOptions(split=8000))
    seen: set[str] = set()
    featured: dict[str, str] = {}
    below: set[str] = set()
    for file in sorted(tmp_path.iterdir()):
        here: list[str] = []
        for item in items(file):
            number, kind = said(item, "wp:post_id"), said(item, "wp:post_type")
            assert number not in here
            here.append(number)
            assert (
                kind == "attachment"
                or not (seen & {"100", "101", "102"})
                or said(item, "wp:status") == "draft"
            )
            for row in item.findall(f"{WP}postmeta"):
                if said(row, "wp:meta_key") == "_thumbnail_id":
                    assert number not in featured
                    featured[number] = said(row, "wp:meta_value")
        for number, image in featured.items():
            assert number not in here or image in here or number in below
        below |= set(here)
        if {"100", "101", "102"} & (set(here) - seen):
            assert "6" in here
        seen |= set(here)
    assert featured == {str(n): "100" if n < 4 else "101" for n in range(1, 7)}
    assert {"100", "101", "102"} < seen
