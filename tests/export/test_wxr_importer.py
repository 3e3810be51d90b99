"""What the importer makes of a WXR, by the rules in its source: nothing is taken for another, or left out."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.export.test_wxr import (
    WHEN,
    WP,
    Folder,
    MemoryBlog,
    a_comment,
    a_post,
    export,
    items,
    moved_text,
    read_back,
    said,
    shown,
    uploads,
)
from wpexport.export.comment_systems.as_json import Remark42
from wpexport.export.data.rows import Rows
from wpexport.export.wxr.exporter import WxrOptions
from wpexport.export.wxr.plan import mistaken, terms_in_order
from wpexport.export.wxr.texts import excerpt
from wpexport.model import Comment, CommentAuthor, Markup, Media, Personal, Term, made_up
from wpexport.text.php import decode


def test_a_term_comes_after_the_one_whose_slug_is_its_name() -> None:
    """``term_exists()`` looks for a slug, then for a name: "C++" (cpp) was taken for "cpp" (a-language)."""
    terms = [
        Term(id=1, name="CPP", slug="a-language"),
        Term(id=2, name="C++", slug="cpp"),
        Term(id=3, name="cpp", slug="tag", taxonomy="post_tag"),
        Term(id=4, name="Child", slug="child", parent=5),
        Term(id=5, name="Parent", slug="parent"),
    ]
    assert [term.id for term in terms_in_order(terms)] == [2, 1, 3, 5, 4]
    assert mistaken(terms) == []


def test_terms_that_no_order_saves_are_named(tmp_path: Path) -> None:
    crossed = {1: Term(id=1, name="y", slug="x"), 2: Term(id=2, name="x", slug="y")}
    below = {1: Term(id=1, name="news", slug="all"), 2: Term(id=2, name="Late", slug="news", parent=1)}
    assert [term.id for term in mistaken(crossed.values())] == [1]
    assert [term.id for term in mistaken(below.values())] == [2]
    notice = export(MemoryBlog([a_post(1)], _terms=crossed), tmp_path)["term-mistaken"]
    assert notice.loss
    assert notice.where == "category x"


def media_with_comments() -> MemoryBlog:
    media = Media(
        id=7,
        title="Pic",
        slug="pic",
        url="https://old.example/pic/",
        date=WHEN,
        source_url="https://old.example/a.jpg",
    )
    return MemoryBlog([a_post(1)], {7: [a_comment(3, post=7), a_comment(4, 3, post=7)]}, _media=[media])


@pytest.mark.parametrize("only", ["all", "comments"])
def test_comments_on_the_page_of_a_picture_go_out(tmp_path: Path, only: str) -> None:
    export(media_with_comments(), tmp_path, WxrOptions(only=only))  # type: ignore[arg-type]
    (item,) = [item for item in items(tmp_path / "blog.xml") if said(item, "wp:post_type") == "attachment"]
    assert [said(c, "wp:comment_id") for c in item.findall(f"{WP}comment")] == ["3", "4"]


def test_other_exports_have_them_as_well(tmp_path: Path) -> None:
    list(Remark42(media_with_comments(), Folder(tmp_path)).run())
    assert "https://old.example/pic/" in (tmp_path / Remark42.name).read_text()
    rows = [(table.name, row[0]) for table, row in Rows(media_with_comments()).all()]
    assert {("posts", 7), ("comments", 3), ("comments", 4)} <= set(rows)


def test_meta_is_stored_as_it_was(tmp_path: Path) -> None:
    """A text that looks serialised stays text; lengths are those of what XML lets through; [] is no row."""
    meta = {"text": 'a:1:{i:0;s:1:"x";}', "list": ["a\x0bb\r\n"], "none": [], "nothing": {}, "zero": 0}
    export(MemoryBlog([a_post(1, meta=meta)]), tmp_path)
    (item,) = items(tmp_path / "blog.xml")
    rows = {said(row, "wp:meta_key"): said(row, "wp:meta_value") for row in item.findall(f"{WP}postmeta")}
    assert rows == {"text": 's:18:"a:1:{i:0;s:1:"x";}";', "list": 'a:1:{i:0;s:3:"ab\n";}', "zero": "0"}
    assert decode(rows["text"]) == meta["text"]


def test_a_stub_is_found_by_a_title_with_backslashes(tmp_path: Path) -> None:
    """``post_exists()`` takes them for escapes, and would have made a second post."""
    post = a_post(1, title="C:\\new", content=Markup(raw="x"))
    export(MemoryBlog([post], {1: [a_comment(3)]}), tmp_path, WxrOptions(only="comments"))
    (item,) = items(tmp_path / "blog.xml")
    assert said(item, "title") == "C:\\\\new"


def test_two_comments_of_one_name_and_second_both_arrive(tmp_path: Path) -> None:
    """``comment_exists()`` looks at the whole blog; one page that links to two posts pings both at once."""
    ping: dict[str, Any] = {"author": CommentAuthor(name="Elsewhere"), "type": "pingback", "date": WHEN}
    comments: dict[int | None, list[Comment]] = {
        1: [a_comment(3, **ping)],
        2: [a_comment(4, **ping), a_comment(5, **ping)],
    }
    blog = MemoryBlog([a_post(1), a_post(2, title="Other")], comments)
    notices = export(blog, tmp_path, WxrOptions(only="comments"))
    assert notices["same-name-and-date"].count == 2
    found = read_back(tmp_path)["Comment"]
    assert len({comment.date for comment in found}) == 3
    assert max(comment.date for comment in found) - min(comment.date for comment in found) == timedelta(
        seconds=2
    )
    assert "same-name-and-date" not in export(blog, tmp_path / "whole")


def test_names_of_people_go_out_where_their_addresses_do(tmp_path: Path) -> None:
    from wpexport.archive.archive import Archive
    from wpexport.archive.format import PERSONAL
    from wpexport.archive.reader import Reader
    from wpexport.model import encode_line

    folder = tmp_path / "private" / PERSONAL
    folder.mkdir(parents=True)
    person = Personal(
        id=1, of="author", email="a@b.example", extra={"first_name": "Anna", "roles": ["editor"]}
    )
    (folder / "authors.jsonl").write_bytes(encode_line(person))
    for include, wanted in ((frozenset({"email"}), {"first_name": "Anna"}), (frozenset({"ip"}), {})):
        found = Reader(Archive(tmp_path), include).personal("author", 1)
        assert found is not None
        assert found.extra == wanted


def test_a_short_excerpt_that_wordpress_cut_is_not_frozen() -> None:
    """A text of less than 55 words is its own excerpt, without players and lists of files."""
    text = Markup(html='<p>One &#8220;two&#8221;</p><audio><a href="x">x.mp3</a></audio><p>three</p>')
    assert excerpt(a_post(1, content=text, excerpt=Markup(html="<p>One &#8220;two&#8221; three</p>\n"))) == ""
    assert excerpt(a_post(1, content=text, excerpt=Markup(html="<p>Three one</p>\n"))) == "Three one"


def test_a_scaled_picture_and_its_original_do_not_meet(tmp_path: Path) -> None:
    """Feeds' texts show both: the export ended with "is there already"."""
    old, new = "https://old.example/wp-content/uploads/2023/02/", "https://new.example/up/2023/02/"
    media, files = shown(tmp_path, "a-scaled.jpg", "a.jpg", "b 1.jpg", "b-1.jpg", ids=False)
    text = moved_text(tmp_path, media, files, f"{old}a-scaled.jpg {old}a.jpg {old}b%201.jpg {old}b-1.jpg")
    assert text == f"{new}a.jpg {new}a.jpg {new}b-1.jpg {new}b-1-1.jpg"
    assert uploads(tmp_path) == ["a.jpg", "b-1-1.jpg", "b-1.jpg"]


@pytest.mark.parametrize(("width", "name"), [(2560, "a-scaled.jpg"), (1600, "a.jpg")])
def test_the_original_of_a_scaled_picture_goes_out(tmp_path: Path, width: int, name: str) -> None:
    """The new WordPress scales it down again, at its own limit; texts lead to what it shows then."""
    media, files = shown(tmp_path, "a-scaled.jpg", "a.jpg")
    details = {"original_image": "a.jpg", "width": width, "height": 900}
    both = [replace(media[0], details=details, files=[*media[0].files, *media[1].files])]
    old, new = "https://old.example/wp-content/uploads/2023/02/", "https://new.example/up/2023/02/"
    text = moved_text(tmp_path, both, files, f"{old}a-scaled.jpg {old}a-300x200.jpg")
    assert text == f"{new}{name} {new}a-300x200.jpg"
    assert uploads(tmp_path) == ["a.jpg"]
    assert (tmp_path / "out" / "uploads" / "2023" / "02" / "a.jpg").read_bytes() == b"a.jpg"


def test_made_up_numbers_stay_at_home(tmp_path: Path) -> None:
    """The importer keeps numbers: one above 10^12 would be followed by all that is ever written there."""
    big, picture = made_up("posts", 1), made_up("media", 5)
    menu = {
        "_menu_item_type": "post_type",
        "_menu_item_object_id": str(big),
        "_menu_item_menu_item_parent": "0",
    }
    posts = [
        a_post(1),
        a_post(3, title="Child", parent=big, featured_media=picture),
        a_post(4, title="M", type="nav_menu_item", meta=menu),
        replace(a_post(2, title="Twin"), id=big),
    ]
    media = [Media(id=picture, title="P", source_url="https://old.example/p.jpg", date=WHEN, post=big)]
    blog = MemoryBlog(posts, {big: [replace(a_comment(9), post=big)]}, _media=media)
    export(blog, tmp_path)
    found = {said(item, "title"): item for item in items(tmp_path / "blog.xml")}
    numbers = {name: said(item, "wp:post_id") for name, item in found.items()}
    assert sorted(numbers.values()) == ["1", "3", "4", "5", "6"]
    twin, pic = numbers["Twin"], numbers["P"]
    assert said(found["Child"], "wp:post_parent") == said(found["P"], "wp:post_parent") == twin
    rows = {said(r, "wp:meta_key"): said(r, "wp:meta_value") for r in found["Child"].findall(f"{WP}postmeta")}
    assert rows["_thumbnail_id"] == pic
    rows = {said(r, "wp:meta_key"): said(r, "wp:meta_value") for r in found["M"].findall(f"{WP}postmeta")}
    assert rows["_menu_item_object_id"] == twin
    assert len(found["Twin"].findall(f"{WP}comment")) == 1


def test_what_becomes_of_twins_is_told_as_it_is(tmp_path: Path) -> None:
    """Posts that are there already are not moved: their comments come under the first of them."""
    blog = MemoryBlog([a_post(1), a_post(2, title="Post 1")], {2: [replace(a_comment(3), post=2)]})
    blog._posts[1] = replace(blog._posts[1], date=blog._posts[0].date, title=blog._posts[0].title)
    assert "same-title-and-date" in export(blog, tmp_path / "all")
    notices = export(blog, tmp_path / "comments", WxrOptions(only="comments"))
    assert notices["comments-elsewhere"].loss
    assert "same-title-and-date" not in notices
