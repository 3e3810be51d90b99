"""Things that share a number in an export file: all are kept, and the same on every pull."""

from __future__ import annotations

from pathlib import Path

from tests.sources.test_wxr import comment, document, everything, item, posts, source
from wpexport.model import Comment, Post, Term
from wpexport.model.numbers import SHARED_ID, made_up
from wpexport.sources.wxr import WxrSource

SHARED = (
    "<wp:tag><wp:term_id>9</wp:term_id><wp:tag_slug>formats</wp:tag_slug><wp:tag_name>Formats</wp:tag_name></wp:tag>"
    "<wp:category><wp:term_id>9</wp:term_id><wp:category_nicename>formats</wp:category_nicename>"
    "<wp:cat_name>Formats</wp:cat_name></wp:category>"
)
IN_BOTH = (
    '<category domain="category" nicename="formats">Formats</category>'
    '<category domain="post_tag" nicename="formats">Formats</category>'
)


def entry(text: str) -> str:
    """A menu item; all have the number 4."""
    return item(4, content=text, post_type="nav_menu_item")


def test_a_category_and_a_tag_of_one_number(tmp_path: Path) -> None:
    records, lost = everything(source(tmp_path, document(item(1, IN_BOTH), head=SHARED)))
    shared = [term for term in records if isinstance(term, Term) and term.slug == "formats"]
    terms = {(term.taxonomy, term.id): term.extra for term in shared}
    tag = made_up("post_tag", 9)
    assert terms == {("category", 9): {}, ("post_tag", tag): {SHARED_ID: 9}}
    (post,) = (record for record in records if isinstance(record, Post))
    assert post.terms == [9, tag]
    assert not lost


def test_two_items_of_one_number_are_two_things(tmp_path: Path) -> None:
    told: list[str] = []
    path = tmp_path / "a.xml"
    path.write_text(document(entry("Home"), entry("About"), entry("Home")))
    wxr = WxrSource([path], told.append)
    found = posts(wxr)
    assert [(post.id, post.content.raw) for post in found] == [(4, "Home"), (made_up("posts", 4, 1), "About")]
    assert found[1].extra[SHARED_ID] == 4
    assert wxr.capabilities().offers[0].expected == 2
    assert len(told) == 1
    assert "1 share their number" in told[0]


def test_comments_stay_with_the_item_that_had_them(tmp_path: Path) -> None:
    text = document(item(4, comment(1)), item(4, comment(2), content="another"))
    records, _ = everything(source(tmp_path, text))
    found = {one.id: one.post for one in records if isinstance(one, Comment)}
    assert found == {1: 4, 2: made_up("posts", 4, 1)}


def test_a_later_file_replaces_each_of_them(tmp_path: Path) -> None:
    for name, about in (("old.xml", "About"), ("new.xml", "About us")):
        (tmp_path / name).write_text(document(entry("Home"), entry(about)))
    found = posts(WxrSource([tmp_path / "old.xml", tmp_path / "new.xml"]))
    assert [post.content.raw for post in found] == ["Home", "About us"]
