"""Two archives compared: what differs is named with its cause."""

from __future__ import annotations

from pathlib import Path

import msgspec

from tests.ops.blogs import HOME, MemorySource, comment, post
from tests.ops.test_pull import run_pull
from wpexport.errors import Exit
from wpexport.model import Author, Markup, Media, Reference, Term
from wpexport.ops.diff import diff
from wpexport.ops.events import Compared, Difference


def compared(tmp_path: Path, one: MemorySource, two: MemorySource) -> tuple[list[Difference], Compared]:
    run_pull(tmp_path / "one", one)
    run_pull(tmp_path / "two", two)
    *found, last = diff(tmp_path / "one", tmp_path / "two")
    assert isinstance(last, Compared)
    return [event for event in found if isinstance(event, Difference)], last


def test_the_same_blog_at_another_address_is_the_same(tmp_path: Path) -> None:
    moved = MemorySource(
        posts=[post(1, url="http://new.example/blog/post-1/")], home="http://new.example/blog"
    )
    found, last = compared(tmp_path, MemorySource(posts=[post(1)]), moved)
    assert (found, last.exit_code, last.same) == ([], Exit.DONE, 3)


def test_each_cause_is_told(tmp_path: Path) -> None:
    one = MemorySource(
        posts=[
            post(1),
            post(2, content=Markup(html="<p>a  b</p>")),
            post(3, content=Markup(html="<p>a <b>b</b></p>")),
            post(4, content=Markup(html="<p>a</p>")),
            post(5),
            post(6),
        ],
        comments=[comment(1, 1)],
    )
    two = MemorySource(
        posts=[
            post(1, modified=None),
            post(2, content=Markup(html="<p>a b</p>")),
            post(3, content=Markup(html="<p>a <i>b</i></p>")),
            post(4, content=Markup(html="<p>b</p>")),
            post(5, author=Reference(name="Ana")),
        ],
        comments=[comment(1, 1)],
    )
    found, last = compared(tmp_path, one, two)
    assert {(d.name, d.field): d.cause for d in found} == {
        ("1", "modified"): "the second does not say",
        ("2", "content.html"): "white space",
        ("3", "content.html"): "the same words, other markup",
        ("4", "content.html"): "different",
        ("5", "author"): "known by name only",
        ("6", ""): "only in the first",
    }
    assert last.exit_code == Exit.INCOMPLETE
    assert last.causes["different"] == 1


def moved_house() -> tuple[MemorySource, MemorySource]:
    """A blog, and the same after an import elsewhere: every number is another one."""
    new = "https://new.example"
    here = MemorySource(
        posts=[post(1), post(2, parent=1, featured_media=7), post(3, slug="", url=f"{HOME}/?p=3")],
        comments=[comment(1, 1), comment(2, 1, 1), comment(3, 2)],
        media=[Media(id=7, slug="lamp", title="Lamp", post=2, source_url=f"{HOME}/up/lamp.png")],
    )
    there = MemorySource(
        home=new,
        authors=[Author(id=8, name="Ana", slug="ana")],
        terms=[Term(id=50, name="News & views", slug="news")],
        posts=[
            post(1, id=2, author=8, terms=[50], url=f"{new}/post-1/"),
            post(2, id=3, author=8, terms=[50], parent=2, featured_media=1, url=f"{new}/post-2/"),
            post(3, id=1, author=8, terms=[50], slug="", url=f"{new}/?p=1"),
        ],
        comments=[
            comment(1, 2, id=3, url=f"{new}/post-1/#comment-3"),
            comment(2, 2, 3, id=1, url=f"{new}/post-1/#comment-1"),
            comment(3, 3, id=2, url=f"{new}/post-2/#comment-2"),
        ],
        media=[Media(id=1, slug="lamp", title="Lamp", post=3, source_url=f"{new}/up/lamp.png")],
    )
    return here, there


def test_records_are_found_again_under_new_numbers(tmp_path: Path) -> None:
    found, last = compared(tmp_path, *moved_house())
    assert {d.field for d in found} == {"id", "url"}
    assert all(d.expected for d in found)
    assert last.expected == {"numbers are the new site's own": 13}
    assert last.exit_code == Exit.DONE


def test_a_number_that_leads_elsewhere_now_is_a_difference(tmp_path: Path) -> None:
    here, there = moved_house()
    there.posts[1] = msgspec.structs.replace(there.posts[1], parent=1, author=1)
    there.comments[1] = msgspec.structs.replace(there.comments[1], parent=2)
    found, last = compared(tmp_path, here, there)
    wrong = {(d.kind, d.name, d.field): d.cause for d in found if not d.expected}
    assert wrong == {
        ("posts", "2", "parent"): "different",
        ("posts", "2", "author"): "different",
        ("comments", "2", "parent"): "different",
    }
    assert last.exit_code == Exit.INCOMPLETE


def test_an_import_at_the_old_address_has_other_numbers_too(tmp_path: Path) -> None:
    """The usual move to another host: the name stays, and number 2 is another post now."""
    here = MemorySource(posts=[post(1), post(2)], comments=[comment(1, 1), comment(2, 2)])
    there = MemorySource(
        posts=[post(1, id=2), post(2, id=1)],
        comments=[
            comment(1, 2, id=2, url=f"{HOME}/post-1/#comment-2"),
            comment(2, 1, id=1, url=f"{HOME}/post-2/#comment-1"),
        ],
    )
    found, last = compared(tmp_path, here, there)
    assert {(d.field, d.cause) for d in found if not d.expected} == set()
    assert last.exit_code == Exit.DONE


def test_names_are_compared_where_there_is_no_number(tmp_path: Path) -> None:
    one = MemorySource(posts=[post(1), post(2)])
    two = MemorySource(posts=[post(1, author=Reference(name="Ana")), post(2, author=Reference(name="Eve"))])
    found, _ = compared(tmp_path, one, two)
    assert [(d.name, d.cause) for d in found] == [("1", "known by name only"), ("2", "different")]
