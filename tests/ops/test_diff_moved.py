"""What an import cannot help is told from what it lost, record by record."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from msgspec.structs import replace

from tests.ops.blogs import MemorySource, comment, post
from tests.ops.test_diff import compared
from wpexport.model import Markup, Media, Post, Record
from wpexport.ops.events import Difference

NEW = "https://new.example"


def there(*posts: Post) -> list[Record]:
    """The posts at the new place, under new numbers."""
    return [replace(p, id=(p.id or 0) + 50, url=f"{NEW}/post-{p.id}/") for p in posts]


def wrong(found: list[Difference]) -> set[tuple[str, str, str]]:
    return {(d.kind, d.name, d.field) for d in found if not (d.expected or d.natural)}


def later(record: Post, seconds: int) -> Post:
    assert record.date is not None
    return replace(record, date=record.date + timedelta(seconds=seconds))


def test_posts_that_an_export_moved_apart(tmp_path: Path) -> None:
    """Of three with one title and second two are moved; a fourth one had no reason to."""
    date = datetime.fromisoformat("2024-02-02T10:00:00+02:00")
    here: list[Post] = [post(n, title="Twins" if n < 4 else "Alone", date=date) for n in (1, 2, 3, 4)]
    moved = [here[0], later(here[1], 1), later(here[2], 2), later(here[3], 1)]
    found, last = compared(tmp_path, MemorySource(posts=[*here]), MemorySource(home=NEW, posts=there(*moved)))
    assert wrong(found) == {("posts", "4", "date")}
    assert last.expected["two of one title and second are moved apart"] == 2
    found, _ = compared(
        tmp_path / "far",
        MemorySource(posts=[*here]),
        MemorySource(home=NEW, posts=there(*moved[:2], later(here[2], 3), here[3])),
    )
    assert wrong(found) == {("posts", "3", "date")}


def test_characters_that_xml_does_not_have(tmp_path: Path) -> None:
    here: list[Post] = [
        post(1, title="a\x0bb", content=Markup(html="<p>a\x08b</p>", raw="a\x08b\r\nc")),
        post(2, title="x\x0by"),
        post(3, content=Markup(html="<p>a b</p>", raw="a\r\nb")),
    ]
    moved = [
        post(1, title="ab", content=Markup(html="<p>ab</p>", raw="ab\nc")),
        post(2, title="xz"),
        post(3, content=Markup(html="<p>a b</p>", raw="a  b")),
    ]
    found, last = compared(tmp_path, MemorySource(posts=[*here]), MemorySource(home=NEW, posts=there(*moved)))
    assert wrong(found) == {("posts", "2", "title"), ("posts", "3", "content.raw")}
    assert last.expected["XML has no such characters"] == 3


def test_comments_on_the_page_of_a_picture_are_found_again(tmp_path: Path) -> None:
    picture = Media(
        id=7,
        slug="pic",
        source_url="https://blog.example/wp-content/uploads/pic.jpg",
        url="https://blog.example/pic/",
    )
    moved = replace(picture, id=57, source_url=f"{NEW}/wp-content/uploads/pic.jpg", url=f"{NEW}/pic/")
    texts = [comment(n, 7, url=f"https://blog.example/pic/#comment-{n}") for n in (1, 2)]
    again = [
        replace(c, id=(c.id or 0) + 90, post=57, url=f"{NEW}/pic/#comment-{(c.id or 0) + 90}") for c in texts
    ]
    here = MemorySource(posts=[post(1)], media=[picture], comments=[*texts])
    found, _ = compared(
        tmp_path, here, MemorySource(home=NEW, posts=there(post(1)), media=[moved], comments=[*again])
    )
    assert wrong(found) == set()
    found, _ = compared(
        tmp_path / "less",
        here,
        MemorySource(home=NEW, posts=there(post(1)), media=[moved], comments=[*again[:1]]),
    )
    assert ("comments", "2", "") in wrong(found)


def test_words_alone_do_not_make_a_text_the_same(tmp_path: Path) -> None:
    """Rendered texts were excused when their words were equal, whatever became of pictures and links."""
    html = '<p>A <b>b</b> <a href="/x/">c</a> <img src="/wp-content/uploads/d.png"></p>'
    changes = ["<p>A <b>b</b>", "<p>A b", '<a href="/y/">', "/e.png"]
    olds = ["<p>A <b>b</b>", "<p>A <b>b</b>", '<a href="/x/">', "/d.png"]
    here = [post(n, content=Markup(html=html)) for n in range(1, 5)]
    moved = [
        post(n, content=Markup(html=f"{html.replace(olds[n - 1], changes[n - 1])}\n")) for n in range(1, 5)
    ]
    found, _ = compared(tmp_path, MemorySource(posts=[*here]), MemorySource(home=NEW, posts=there(*moved)))
    assert wrong(found) == {("posts", str(n), "content.html") for n in (2, 3, 4)}
    fed = MemorySource(way="feed", posts=[*moved])
    found, _ = compared(tmp_path / "fed", MemorySource(posts=[*here]), fed)
    assert {d for d in wrong(found) if d[2] == "content.html"} == {
        ("posts", str(n), "content.html") for n in (2, 3, 4)
    }


def test_an_api_that_said_nothing_said_that_there_is_nothing(tmp_path: Path) -> None:
    """No picture of the old blog had a parent, and its API would have said so."""
    picture = Media(id=7, slug="pic", source_url="https://blog.example/wp-content/uploads/pic.jpg")
    moved = replace(picture, id=57, post=51, source_url=f"{NEW}/wp-content/uploads/pic.jpg")
    for way, wanted in (("rest", {("media", "7", "post")}), ("feed", set())):
        here = MemorySource(way=way, posts=[post(1)], media=[picture])  # type: ignore[arg-type]
        new = MemorySource(home=NEW, posts=there(post(1)), media=[moved])
        found, _ = compared(tmp_path / way, here, new)
        assert {one for one in wrong(found) if one[0] == "media"} == wanted


def test_a_comment_that_answers_another_now_is_not_excused_by_a_feed(tmp_path: Path) -> None:
    """The number of what it answers is another one there, so it was thought to be deleted."""
    here = MemorySource(
        way="feed", posts=[post(1)], comments=[comment(1, 1), comment(2, 1), comment(3, 1, 2)]
    )
    again = [
        replace(comment(n, 1, parent), id=n + 90, post=51, url=f"{NEW}/post-1/#comment-{n + 90}")
        for n, parent in ((1, None), (2, 91), (3, 92))
    ]
    found, _ = compared(tmp_path, here, MemorySource(home=NEW, posts=there(post(1)), comments=[*again]))
    assert ("comments", "2", "parent") in wrong(found)
