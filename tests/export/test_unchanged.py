"""An export into an existing folder converts what changed, and ends with what a new one would be."""

from __future__ import annotations

import gzip
import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.export.blogs import HOME, MemoryBlog, day, html, sample
from wpexport.export.base import ExportReport, Notice, Options, Source
from wpexport.export.dialects.load import dialects
from wpexport.export.markdown import memory, workers
from wpexport.export.markdown.again import LAST
from wpexport.export.markdown.exporter import MarkdownExporter
from wpexport.export.markdown.post import Piece, convert_post
from wpexport.export.output.ledger import NOTES
from wpexport.export.output.tree import Rules, open_tree
from wpexport.model import Comment, Media, Post, Term

MORE = 30
#: an edit of the blog; it may change nothing at all
Edit = Callable[[MemoryBlog, random.Random], None]


def blog_in(folder: Path) -> MemoryBlog:
    """The sample, and posts that lead to each other, with pictures and comments."""
    blog = sample(folder)
    for number in range(100, 100 + MORE):
        other = 100 + number * 7 % MORE
        text = (
            f'<p>{number}: <a href="{HOME}/n/{other}/">by address</a>, [odd{number}] '
            f'<a href="/blog/?p={other + 1}">by number</a>, <a href="/blog/slug-{other + 2}/">guessed</a>, '
            f'<a href="{HOME}/category/cafe-bar/">all</a> <x-y>left</x-y> '
            f'<img src="{HOME}/wp-content/uploads/2021/10/Photo-300x200.jpg" alt="x"></p>'
        )
        blog.the_posts.insert(
            -1,
            Post(
                id=number,
                slug=f"slug-{number}",
                url=f"{HOME}/n/{number}/",
                title=f"Number {number}",
                date=day(1 + number % 28),
                author=3 if number % 2 else None,
                content=html(text),
                terms=[1 + number % 7],
                featured_media=50 if number % 3 == 0 else None,
            ),
        )
        blog.the_comments.append(
            Comment(id=1000 + number, post=number, parent=999 + number if number % 4 == 0 else None)
        )
    return blog


def export(blog: MemoryBlog, out: Path, to: str, *, jobs: int = 1, **options: Any) -> ExportReport:
    chosen = Options(prune=True, **options)
    tree = open_tree(out, Rules.of(to, chosen))
    exporter = MarkdownExporter(blog, tree, dialects()[to], chosen, jobs=jobs)
    exporter.report.notices = [event for event in exporter.run() if isinstance(event, Notice)]
    return exporter.report


def tree_of(out: Path) -> dict[str, bytes]:
    return {str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file()}


def told(report: ExportReport) -> tuple[object, ...]:
    """All that a report says but what had to be written."""
    return report.posts, report.comments, report.files, report.notices, report.facts, report.left_out


@pytest.fixture
def converted(monkeypatch: pytest.MonkeyPatch) -> list[int | None]:
    """The posts that were converted, as it goes on."""
    seen: list[int | None] = []

    def watched(post: Post, *rest: object) -> Piece:
        seen.append(post.id)
        return convert_post(post, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(workers, "convert_post", watched)
    return seen


def _some(blog: MemoryBlog, chance: random.Random) -> int:
    return chance.randrange(len(blog.the_posts))


def _edit_post(**fields: Callable[[random.Random], object]) -> Edit:
    def edit(blog: MemoryBlog, chance: random.Random) -> None:
        place = _some(blog, chance)
        values = {name: make(chance) for name, make in fields.items()}
        blog.the_posts[place] = replace(blog.the_posts[place], **values)

    return edit


def _remove_post(blog: MemoryBlog, chance: random.Random) -> None:
    del blog.the_posts[_some(blog, chance)]


def _add_post(blog: MemoryBlog, chance: random.Random) -> None:
    number = 5000 + chance.randrange(1000)
    if all(post.id != number for post in blog.the_posts):
        slug = f"slug-{100 + chance.randrange(MORE)}"
        post = Post(id=number, slug=slug, url=f"{HOME}/n/{number}/", date=day(3), content=html("<p>New.</p>"))
        blog.the_posts.insert(-1, post)


def _edit_term(blog: MemoryBlog, chance: random.Random) -> None:
    place = chance.randrange(len(blog.the_terms))
    word = f"t{chance.randrange(5)}"
    fields: dict[str, Any] = chance.choice([{"name": word}, {"slug": word}, {"url": f"{HOME}/tag/{word}/"}])
    blog.the_terms[place] = replace(blog.the_terms[place], **fields)


def _swap_terms(blog: MemoryBlog, chance: random.Random) -> None:
    _edit_post(terms=lambda chance: [1 + chance.randrange(7), 1 + chance.randrange(7)])(blog, chance)


def _edit_author(blog: MemoryBlog, chance: random.Random) -> None:
    blog.the_authors = [replace(one, name=f"A{chance.randrange(9)}") for one in blog.the_authors]


def _edit_comment(blog: MemoryBlog, chance: random.Random) -> None:
    place = chance.randrange(len(blog.the_comments))
    fields: dict[str, Any] = chance.choice(
        [{"content": html("<p>Edited.</p>")}, {"parent": 1000 + 100 + chance.randrange(MORE)}]
    )
    blog.the_comments[place] = replace(blog.the_comments[place], **fields)


def _remove_comment(blog: MemoryBlog, chance: random.Random) -> None:
    del blog.the_comments[chance.randrange(len(blog.the_comments))]


def _edit_media(blog: MemoryBlog, chance: random.Random) -> None:
    place = chance.randrange(len(blog.the_media))
    alt = f"alt {chance.random()}"
    fields: dict[str, Any] = chance.choice([{"alt_text": alt}, {"files": []}, {"id": 7000}])
    blog.the_media[place] = replace(blog.the_media[place], **fields)


def _add_media(blog: MemoryBlog, chance: random.Random) -> None:
    url = f"{HOME}/wp-content/uploads/2021/10/{chance.choice(['gone', 'Photo-300x200'])}.jpg"
    data = b"picture %d" % chance.randrange(9)
    blog.add_file(
        Media(id=800 + chance.randrange(9), source_url=url), data, f"media/new-{chance.random()}.jpg"
    )


def _remove_file(blog: MemoryBlog, chance: random.Random) -> None:
    assert blog.folder is not None
    if files := sorted(path for path in blog.folder.rglob("*") if path.is_file()):
        chance.choice(files).unlink()


EDITS: dict[str, Edit] = {
    "text": _edit_post(content=lambda chance: html(f"<p>{chance.random()} [code]</p>")),
    "title": _edit_post(title=lambda chance: f"Title {chance.random()}"),
    "slug": _edit_post(slug=lambda chance: f"slug-{100 + chance.randrange(MORE)}"),
    "address": _edit_post(url=lambda chance: f"{HOME}/n/{100 + chance.randrange(MORE)}/"),
    "date": _edit_post(date=lambda chance: day(1 + chance.randrange(28), 2022)),
    "parent": _edit_post(parent=lambda chance: 100 + chance.randrange(MORE)),
    "type": _edit_post(type=lambda chance: chance.choice(["post", "page", "book"])),
    "picture": _edit_post(featured_media=lambda chance: chance.choice([50, 51, None])),
    "status": _edit_post(status=lambda chance: chance.choice(["publish", "draft"])),
    "post-gone": _remove_post,
    "post-new": _add_post,
    "term": _edit_term,
    "terms": _swap_terms,
    "author": _edit_author,
    "comment": _edit_comment,
    "comment-gone": _remove_comment,
    "media": _edit_media,
    "media-new": _add_media,
    "file-gone": _remove_file,
}


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(
    ("to", "options"),
    [("hugo", {"redirects": ("netlify", "csv")}), ("markdown", {}), ("eleventy", {"comments": "data"})],
)
def test_after_any_edits_it_is_as_a_new_one(
    to: str, options: dict[str, Any], seed: int, tmp_path: Path
) -> None:
    chance = random.Random(seed)
    blog = blog_in(tmp_path / "media")
    out = tmp_path / "out"
    export(blog, out, to, **options)
    for step in range(8):
        names = [chance.choice(sorted(EDITS)) for _ in range(1 + step % 3)]
        for name in names:
            EDITS[name](blog, chance)
        again = export(blog, out, to, jobs=1 + step % 4 // 3, **options)
        fresh = export(blog, tmp_path / f"fresh-{step}", to, **options)
        assert told(again) == told(fresh), names
        assert tree_of(out) == tree_of(tmp_path / f"fresh-{step}"), names


def test_what_is_unchanged_is_not_converted(tmp_path: Path, converted: list[int | None]) -> None:
    blog = blog_in(tmp_path / "media")
    first = export(blog, tmp_path / "out", "hugo")
    assert len(converted) == len(blog.the_posts)
    converted.clear()
    second = export(blog, tmp_path / "out", "hugo")
    assert converted == []
    assert told(second) == told(first)
    assert first.notices
    assert (second.written, second.unchanged) == (0, first.files)
    place = next(n for n, post in enumerate(blog.the_posts) if post.id == 110)
    blog.the_posts[place] = replace(blog.the_posts[place], content=html("<p>New text.</p>"))
    assert export(blog, tmp_path / "out", "hugo").written == 1
    assert converted == [110]


def test_who_asked_for_what_changed_is_converted(tmp_path: Path, converted: list[int | None]) -> None:
    blog = blog_in(tmp_path / "media")
    export(blog, tmp_path / "out", "hugo")
    converted.clear()
    place = next(n for n, post in enumerate(blog.the_posts) if post.id == 110)
    blog.the_posts[place] = replace(blog.the_posts[place], url=f"{HOME}/n/moved/")
    export(blog, tmp_path / "out", "hugo")
    asking = {post.id for post in blog.the_posts if post.content.html and "/n/110/" in post.content.html}
    assert {110, *asking} <= set(converted)
    assert len(converted) < 10
    converted.clear()
    blog.the_terms[0] = Term(id=1, name="Renamed", slug="cafe-bar", url=blog.the_terms[0].url)
    export(blog, tmp_path / "out", "hugo")
    assert {post.id for post in blog.the_posts if 1 in post.terms} <= set(converted)
    assert 101 not in converted


def test_another_choice_converts_all(tmp_path: Path, converted: list[int | None]) -> None:
    blog = blog_in(tmp_path / "media")
    export(blog, tmp_path / "out", "hugo")
    converted.clear()
    export(blog, tmp_path / "out", "hugo", comments="none")
    assert len(converted) == len(blog.the_posts)
    export(blog, tmp_path / "fresh", "hugo", comments="none")
    assert tree_of(tmp_path / "out") == tree_of(tmp_path / "fresh")


def test_another_program_converts_all(
    tmp_path: Path, converted: list[int | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    blog = blog_in(tmp_path / "media")
    export(blog, tmp_path / "out", "hugo")
    converted.clear()
    monkeypatch.setattr("wpexport.__version__", "999")
    export(blog, tmp_path / "out", "hugo")
    assert len(converted) == len(blog.the_posts)


def test_another_renderer_audits_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def digest(audit: bool) -> bytes:
        return memory.settings_digest(dialects()["hugo"], Options(audit=audit), "")

    plain, audited = digest(False), digest(True)
    newer = {"markdown-it-py": "999"}
    monkeypatch.setattr(f"{memory.__name__}.version", lambda name: newer.get(name) or version(name))
    assert digest(False) == plain
    assert digest(True) != audited


def test_a_file_that_is_gone_or_edited_is_looked_at(tmp_path: Path, converted: list[int | None]) -> None:
    blog = blog_in(tmp_path / "media")
    out = tmp_path / "out"
    export(blog, out, "markdown")
    [gone] = out.rglob("*-slug-110.md")
    [edited] = out.rglob("*-slug-111.md")
    former = gone.read_bytes()
    gone.unlink()
    edited.write_text("Mine.")
    converted.clear()
    report = export(blog, out, "markdown")
    assert converted == [110, 111]
    assert gone.read_bytes() == former
    assert edited.read_text() == "Mine."
    assert report.kept == [str(edited.relative_to(out))]
    assert export(blog, out, "markdown").kept == report.kept


class _Unread(MemoryBlog):
    """A blog of which nothing may be read."""

    def posts(self) -> Iterator[Post]:
        raise AssertionError("the posts are read")

    def media(self) -> Iterator[Media]:
        raise AssertionError("the media records are read")


def _source(digest: bytes = b"as it is") -> Callable[[], Source]:
    return lambda: Source(digest, {"drafts": 3})


@pytest.mark.parametrize("to", ["markdown", "hugo"])
def test_where_all_is_the_same_nothing_is_read(tmp_path: Path, to: str) -> None:
    blog, out = blog_in(tmp_path / "media"), tmp_path / "out"
    first = export(blog, out, to, source=_source())
    before = tree_of(out)
    assert first.notices
    again = export(_Unread(blog.the_site), out, to, source=_source())
    assert told(again) == (*told(first)[:-1], {"drafts": 3})
    assert (again.written, again.unchanged) == (0, first.written)
    assert tree_of(out) == before
    with pytest.raises(AssertionError, match="are read"):
        export(_Unread(blog.the_site), out, to, source=_source(b"another"))
    with pytest.raises(AssertionError, match="are read"):
        export(_Unread(blog.the_site), out, to, source=_source(), rename={"title": "name"})


def test_what_the_user_did_to_the_files_is_seen_where_all_else_is_the_same(tmp_path: Path) -> None:
    blog, out = blog_in(tmp_path / "media"), tmp_path / "out"
    unread = _Unread(blog.the_site)
    export(blog, out, "hugo", source=_source())
    (out / "hugo.toml").unlink()  # a starter is the user's
    (out / "layouts/_default/single.html").write_text("Mine.")
    assert export(unread, out, "hugo", source=_source()).written == 0
    assert not (out / "hugo.toml").exists()
    [gone] = out.rglob("slug-110/index.md")
    [edited] = out.rglob("slug-111/index.md")
    former = gone.read_bytes()
    gone.unlink()
    assert export(blog, out, "hugo", source=_source()).written == 1
    assert gone.read_bytes() == former
    edited.write_text("Mine.")
    with pytest.raises(AssertionError, match="are read"):
        export(unread, out, "hugo", source=_source())
    kept = export(blog, out, "hugo", source=_source())
    again = export(unread, out, "hugo", source=_source())
    assert kept.kept == again.kept == [str(edited.relative_to(out))]
    assert [one.where for one in again.notices if one.kind == "kept-edit"] == kept.kept
    assert again.notices == kept.notices
    edited.unlink()  # then it would be written
    assert export(blog, out, "hugo", source=_source()).kept == []
    assert edited.exists()


def test_an_account_may_be_damaged(tmp_path: Path) -> None:
    blog, out = blog_in(tmp_path / "media"), tmp_path / "out"
    first = export(blog, out, "hugo", source=_source())
    good = tree_of(out)
    account = out / NOTES / LAST
    lines = gzip.decompress(good[f"{NOTES}/{LAST}"])
    outside = lines.replace(b'"path":"hugo.toml"', b'"path":"../hugo.toml"')
    assert outside != lines
    packed = [gzip.compress(one) for one in (b"", b"[]\n", outside, lines[:-20], lines.split(b"\n")[0])]
    for data in (b"", b"no gzip", good[f"{NOTES}/{LAST}"][:900], *packed):
        account.write_bytes(data)
        assert export(blog, out, "hugo", source=_source()).notices == first.notices
        assert tree_of(out) == good


def test_a_trial_and_a_part_remember_nothing(tmp_path: Path, converted: list[int | None]) -> None:
    blog = blog_in(tmp_path / "media")
    export(blog, tmp_path / "out", "hugo", dry_run=True)
    assert not (tmp_path / "out").exists()
    export(blog, tmp_path / "out", "hugo")
    before = tree_of(tmp_path / "out")
    posts, blog.the_posts = blog.the_posts, blog.the_posts[:5]
    export(blog, tmp_path / "out", "hugo", partial=True)
    export(blog, tmp_path / "out", "hugo", dry_run=True)
    blog.the_posts = posts
    converted.clear()
    export(blog, tmp_path / "out", "hugo")
    assert len(converted) < len(posts)
    assert tree_of(tmp_path / "out") == before


def test_what_is_remembered_may_be_damaged(tmp_path: Path) -> None:
    blog = blog_in(tmp_path / "media")
    export(blog, tmp_path / "out", "hugo")
    good = tree_of(tmp_path / "out")
    notes = tmp_path / "out" / NOTES / "posts.sqlite"
    for data in (b"", b"no database", good[f"{NOTES}/posts.sqlite"][:5000], None):
        if data is not None:
            notes.write_bytes(data)
        else:
            with sqlite3.connect(notes) as db:
                db.execute("UPDATE posts SET entry = x'00' WHERE key LIKE '%1'")
                db.execute("UPDATE posts SET files = '[3]' WHERE key LIKE '%2'")
                db.execute("UPDATE posts SET files = NULL, entry = NULL WHERE key LIKE '%3'")
        export(blog, tmp_path / "out", "hugo")
        assert tree_of(tmp_path / "out") == good


def test_notes_that_lead_elsewhere_are_left_alone(tmp_path: Path) -> None:
    blog = blog_in(tmp_path / "media")
    away = tmp_path / "away"
    away.mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / NOTES).symlink_to(away)
    export(blog, tmp_path / "out", "hugo")
    assert list(away.iterdir()) == []


def test_nothing_depends_on_the_process(tmp_path: Path) -> None:
    script = (
        "import sys; from wpexport.export.markdown.memory import settings_digest as digest;"
        "from wpexport.export.base import Options; from wpexport.export.dialects.load import dialects;"
        "print([digest(one, Options(), '').hex() for one in dialects().values()])"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            cwd=Path(__file__).parents[2],
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1


def test_a_packed_export_is_whole(tmp_path: Path) -> None:
    blog = blog_in(tmp_path / "media")
    export(blog, tmp_path / "out.zip", "hugo")
    first = (tmp_path / "out.zip").read_bytes()
    export(blog, tmp_path / "out.zip", "hugo")
    assert (tmp_path / "out.zip").read_bytes() == first
