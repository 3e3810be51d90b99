"""Two archives compared: what differs is named with its cause."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.ops.blogs import HOME, MemorySource, comment, media, post
from tests.ops.test_pull import Files, run_pull
from wpexport.errors import Exit
from wpexport.model import (
    Author,
    Comment,
    CommentAuthor,
    Loss,
    Markup,
    Media,
    Personal,
    Post,
    Record,
    Reference,
    Term,
)
from wpexport.ops.carried import GAPS, gaps
from wpexport.ops.diff import diff
from wpexport.ops.events import Compared, Difference, Moved, Warned
from wpexport.ops.media import MediaOptions
from wpexport.ops.pull import PullOptions
from wpexport.sources.base import Collection, Way


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


def test_a_long_comparison_says_how_far_it_is(tmp_path: Path) -> None:
    many = MemorySource(posts=[post(number) for number in range(1, 1202)], page=500)
    for name in ("one", "two"):
        run_pull(tmp_path / name, many)
    moves = [e for e in diff(tmp_path / "one", tmp_path / "two") if isinstance(e, Moved) and e.key == "posts"]
    assert [(move.done, move.total, move.last) for move in moves] == [
        (0, None, False),
        (0, 1201, False),
        (1000, 1201, False),
        (1201, 1201, True),
    ]


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


def test_two_blogs_that_share_next_to_nothing_are_no_move(tmp_path: Path) -> None:
    """Each WordPress begins with the same post; that makes none of them another's house."""
    both = [post(1, slug="hello-world", title="Hello")]
    new = "https://other.example"
    one = MemorySource(posts=[*both, *(post(n) for n in range(2, 14))])
    two = MemorySource(
        home=new,
        terms=[Term(id=9, name="Own", slug="own")],
        posts=[
            *both,
            *(post(n, slug=f"x-{n}", title=f"X {n}", url=f"{new}/x-{n}/") for n in range(51, 62)),
        ],
    )
    run_pull(tmp_path / "one", one)
    run_pull(tmp_path / "two", two)
    events = list(diff(tmp_path / "one", tmp_path / "two"))
    told = [event.text for event in events if isinstance(event, Warned)]
    assert told == ["These seem to be two different blogs; in both: 1 of their texts."]
    assert not any(event.expected for event in events if isinstance(event, Difference))
    *_, last = diff(tmp_path / "one", tmp_path / "one")
    assert isinstance(last, Compared)
    assert last.exit_code == Exit.DONE


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


def by(way: Way, **parts: Any) -> MemorySource:
    """A blog that came by another way than REST."""
    return MemorySource(way=way, **parts)


def causes(found: list[Difference], *, natural: bool) -> dict[tuple[str, str], str]:
    return {(f"{d.kind} {d.name}", d.field): d.cause for d in found if d.natural is natural}


def test_who_is_known_by_name_is_the_same_by_number(tmp_path: Path) -> None:
    terms: list[Record] = [
        Term(id=5, name="News & views", slug="news"),
        Term(id=6, taxonomy="course", name="Soup", slug="soup"),
    ]
    named = [Reference(name="News & views")]
    one = MemorySource(posts=[post(1, terms=[5]), post(2, terms=[5, 6]), post(3, terms=[5])], terms=terms)
    two = by(
        "feed",
        posts=[
            post(n, author=Reference(name="Ana"), terms=terms)
            for n, terms in ((1, named), (2, named), (3, [Reference(name="Olds")]))
        ],
        terms=terms,
    )
    found, last = compared(tmp_path, one, two)
    assert causes(found, natural=True) == {
        **{(f"posts {n}", "author"): "known by name only" for n in (1, 2, 3)},
        ("posts 1", "terms"): "known by name only",
        ("posts 2", "terms"): "a feed names categories and tags alone",
    }
    assert causes(found, natural=False) == {("posts 3", "terms"): "different"}
    assert last.exit_code == Exit.INCOMPLETE


def test_what_a_way_cannot_say_is_no_difference_and_what_it_could_say_is_one(tmp_path: Path) -> None:
    shown: dict[str, Any] = {"featured_media": 9, "menu_order": 3, "sticky": True, "meta": {"a": "b"}}
    one = MemorySource(login=True, posts=[post(1, **shown), post(2), post(3)])
    two = by("feed", posts=[post(1), post(2, date=None), post(3, title="")])
    found, last = compared(tmp_path, one, two)
    silent = causes(found, natural=True)
    assert {field for name, field in silent if name == "posts 1"} == {
        "featured_media",
        "menu_order",
        "sticky",
        "meta.a",
    }
    assert causes(found, natural=False) == {
        ("posts 2", "date"): "the second does not say",
        ("posts 3", "title"): "the second does not say",
    }
    assert last.exit_code == Exit.INCOMPLETE


def test_a_parent_that_a_feed_shows_no_more_is_excused_and_one_that_is_there_is_not(tmp_path: Path) -> None:
    answers: list[Record] = [comment(1, 1), comment(2, 1, parent=1), comment(3, 1, parent=99)]
    one = MemorySource(posts=[post(1)], comments=answers)
    two = by("feed", posts=[post(1)], comments=[comment(n, 1) for n in (1, 2, 3)])
    found, _ = compared(tmp_path, one, two)
    assert [(d.name, d.field, d.natural) for d in found] == [("2", "parent", False), ("3", "parent", True)]


def test_a_feed_has_a_name_for_who_gave_none_and_no_other_name(tmp_path: Path) -> None:
    def said(*names: str) -> list[Record]:
        return [comment(n, 1, author=CommentAuthor(name=name)) for n, name in enumerate(names, 1)]

    one = MemorySource(posts=[post(1)], comments=said("", "Ana", "Ana"))
    two = by("feed", posts=[post(1)], comments=said("Anonymous", "Ann", ""))
    found, _ = compared(tmp_path, one, two)
    assert [(d.name, d.natural) for d in found] == [("1", True), ("2", False), ("3", False)]


def test_a_title_as_it_is_shown_and_as_it_is_stored_is_one_title(tmp_path: Path) -> None:
    shown, stored = "“A” – b…", '"A" -- b...'
    one = MemorySource(posts=[post(1, title=shown), post(2, title=shown, extra={"title_raw": stored})])
    two = by("wxr", posts=[post(1, title=stored), post(2, title=stored)])
    found, last = compared(tmp_path, one, two)
    assert {d.field for d in found} == {"title", "extra.title_raw"}
    assert last.exit_code == Exit.DONE
    two.posts[0] = post(1, title='"A" - c')
    _, last = compared(tmp_path / "again", one, two)
    assert last.causes == {"different": 1}


def test_what_cannot_be_there_is_told_from_what_should(tmp_path: Path) -> None:
    everything: list[Record] = [post(1), post(2, status="draft"), post(3, status="trash"), post(4), post(5)]
    owner = MemorySource(
        login=True,
        posts=everything,
        comments=[comment(1, 1), comment(2, 1, status="hold"), comment(3, 2), comment(4, 1, type="pingback")],
        media=[Media(id=9, source_url="https://blog.example/a.png", post=2)],
        authors=[Author(id=1, name="Ana", slug="ana"), Personal(id=1, of="author", email="a@b.example")],
    )
    lost = Loss(collection="posts/post", id=4, reason="HTTP 500")
    visitor = MemorySource(posts=[post(1)], comments=[comment(1, 1)], lost={"posts/post": [lost]})
    found, last = compared(tmp_path, owner, visitor)
    alone = {
        name: why.partition(": ")[2]
        for (name, field), why in causes(found, natural=True).items()
        if not field
    }
    assert alone == {
        "posts 2": "what is not published is shown to no visitor",
        "posts 3": "it lies in the trash",
        "posts 4": "the other way cannot reach it, and its pull says so",
        "comments 2": "comments that wait are shown to no visitor",
        "comments 3": "it belongs to a post that no visitor is shown, or that is behind a password",
        "comments 4": "the API shows pingbacks and trackbacks to no visitor",
        "media 9": "it belongs to a post that no visitor is shown, or that is behind a password",
        "personal author 1": "e-mail and IP addresses are shown to no visitor",
    }
    assert causes(found, natural=False) == {("posts 5", ""): "only in the first"}
    assert not any("a@b.example" in d.one + d.two for d in found)
    assert last.exit_code == Exit.INCOMPLETE


class WithRecipes(MemorySource):
    """A blog with a type that a plugin registers."""

    def _collections(self) -> Sequence[tuple[Collection, list[Record]]]:
        recipe = post(50, type="recipe", slug="soup", url=f"{self.home}/recipes/soup/")
        return (*super()._collections(), (Collection("posts", "recipe", "Recipes"), [recipe]))


@pytest.mark.parametrize("way", ["rest", "feed"])
@pytest.mark.parametrize("home", [HOME, "https://new.example"])
def test_a_type_that_the_same_way_does_not_list_any_more_is_a_difference(
    tmp_path: Path, way: Way, home: str
) -> None:
    two = MemorySource(posts=[post(1, url=f"{home}/post-1/")], home=home, way=way)
    found, last = compared(tmp_path, WithRecipes(posts=[post(1)]), two)
    whole = {(d.name, d.cause, d.natural) for d in found if not d.field and d.kind == "posts"}
    if way == "rest":
        # A move into a WordPress without the plugin of the type, say.
        assert whole == {("50", "only in the first", False)}
        assert last.exit_code == Exit.INCOMPLETE
    else:
        assert whole == {("50", "only in the first: the other way has no list of these", True)}


@pytest.mark.parametrize(
    ("one", "two", "natural"),
    [
        ('<p>A <img src="/1.png" alt="😀" class="wp-smiley" /></p>', "<p>A 😀</p>", True),
        ('<img loading="lazy" src="a">', '<img src="a">', True),
        ("<p>A</p>", "<p>B</p>", False),
    ],
)
def test_a_text_for_a_feed_has_the_same_words(tmp_path: Path, one: str, two: str, natural: bool) -> None:
    first = by("feed", posts=[post(1, content=Markup(html=one))])
    found, _ = compared(tmp_path, first, MemorySource(posts=[post(1, content=Markup(html=two))]))
    assert [(d.field, d.natural) for d in found] == [("content.html", natural)]


def test_every_way_that_a_pull_can_take_has_its_gaps() -> None:
    """A pattern that names no field explains nothing."""
    known = {kind: set(of.__struct_fields__) for kind, of in _KINDS.items()}
    for way in (*GAPS, "none"):
        for gap in gaps(way, login=False):
            for pattern in gap.fields:
                kind, _, field = pattern.partition(".")
                fields = known.get(kind.partition("/")[0].rstrip("*"), set().union(*known.values()))
                assert field.partition(".")[0] in {*fields, *_FACES, "*"}, pattern


_KINDS: dict[str, Any] = {"posts": Post, "comments": Comment, "authors": Author, "terms": Term}
_KINDS |= {"media": Media, "personal": Personal}
_FACES = ("html", "raw", "complete", "title_raw")


def pictures(root: Path, source: MemorySource, files: dict[str, bytes], which: str = "all") -> None:
    """Pull with these media files, by their names."""
    served = Files({f"{source.home}/wp-content/uploads/{name}": data for name, data in files.items()})
    run_pull(root, source, PullOptions(media=MediaOptions(which=which)), served)


def seen(one: Path, two: Path) -> tuple[dict[str, str], Compared]:
    """What differs, by name; and the verdict."""
    *found, last = diff(one, two)
    assert isinstance(last, Compared)
    return {d.name: d.cause for d in found if isinstance(d, Difference)}, last


def with_pictures(**fields: Any) -> MemorySource:
    """Two of the library, and a smaller copy that no record but the text names."""
    shown = Markup(html='<img src="/wp-content/uploads/a-300x200.jpg">')
    return MemorySource(
        posts=[post(1, content=shown)], media=[media(7, "a.jpg"), media(8, "b.jpg")], **fields
    )


THREE = {"a.jpg": b"A", "b.jpg": b"B", "a-300x200.jpg": b"a"}


@pytest.mark.parametrize("name", sorted(THREE))
def test_a_file_that_is_gone_or_another_is_a_difference_by_its_name(tmp_path: Path, name: str) -> None:
    one, two, three = (tmp_path / name for name in ("one", "two", "three"))
    pictures(one, with_pictures(), THREE)
    pictures(two, with_pictures(), THREE)
    pictures(three, with_pictures(), THREE | {name: b"!"})
    found, last = seen(one, two)
    assert (found, last.exit_code, last.files) == ({}, Exit.DONE, 3)
    address = f"/wp-content/uploads/{name}"
    found, last = seen(one, three)
    assert (found, last.exit_code, last.files) == ({address: "different"}, Exit.INCOMPLETE, 2)
    file = two / f"data/files/blog.example{address}"
    file.write_bytes(b"longer")
    assert seen(one, two)[0] == {address: "different"}
    file.unlink()
    assert seen(one, two)[0] == {address: "only in the first"}
    assert seen(two, one)[0] == {address: "only in the second"}
    assert seen(two, one)[1].exit_code == Exit.INCOMPLETE


def test_an_archive_without_files_by_choice_says_so(tmp_path: Path) -> None:
    pictures(tmp_path / "one", with_pictures(), THREE)
    pictures(tmp_path / "two", with_pictures(), {}, which="none")
    found, last = seen(tmp_path / "one", tmp_path / "two")
    assert set(found.values()) == {"only in the first: the other was pulled without media files, by choice"}
    assert (last.exit_code, sum(last.natural.values())) == (Exit.DONE, 3)


def test_a_copy_that_another_way_shows_is_no_loss_and_the_file_itself_is(tmp_path: Path) -> None:
    other = with_pictures(way="wxr")
    other.posts = [post(1)]
    pictures(tmp_path / "one", with_pictures(), THREE)
    pictures(tmp_path / "two", other, {"a.jpg": b"A"})
    found, _ = seen(tmp_path / "one", tmp_path / "two")
    assert found["/wp-content/uploads/b.jpg"] == "only in the first"
    assert "do not show it" in found["/wp-content/uploads/a-300x200.jpg"]


def test_a_file_that_a_move_lost_or_changed_is_a_difference(tmp_path: Path) -> None:
    moved = with_pictures(home="https://new.example")
    moved.media = [
        Media(id=n + 10, slug=f"media-{n}", source_url=f"{moved.home}/wp-content/uploads/{name}.jpg")
        for n, name in ((7, "a"), (8, "b"))
    ]
    pictures(tmp_path / "one", with_pictures(), THREE)
    pictures(tmp_path / "two", moved, {"a.jpg": b"!"})
    *found, _ = diff(tmp_path / "one", tmp_path / "two")
    files = {d.name: d.cause for d in found if isinstance(d, Difference) and d.kind == "files"}
    assert files == {"7": "different", "8": "only in the first"}
    *found, _ = diff(tmp_path / "two", tmp_path / "one")
    assert [d.expected for d in found if isinstance(d, Difference) and d.name == "18"][-1]
