"""Two archives compared: what differs is named with its cause."""

from __future__ import annotations

from pathlib import Path

from tests.ops.blogs import MemorySource, comment, post
from tests.ops.test_pull import run_pull
from wpexport.errors import Exit
from wpexport.model import Markup, Reference
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
