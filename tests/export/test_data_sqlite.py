"""The SQLite export: keys that lead somewhere, search, and a file that knows who changed it."""

from __future__ import annotations

import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.export.blogs import HOME, MemoryBlog, html, sample
from wpexport.errors import UsageError
from wpexport.export.base import ExportReport, Notice, Options
from wpexport.export.data.sqlite import is_ours, make_sqlite
from wpexport.export.registry import make_exporter
from wpexport.model import Comment, CommentAuthor, Post, Reference


def exported(blog: MemoryBlog, out: Path, **options: Any) -> ExportReport:
    exporter = make_sqlite(blog, out, Options(**options), "sqlite")
    for _ in exporter.run():
        pass
    return exporter.report


def rows(path: Path, question: str, *values: object) -> list[Any]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        return database.execute(question, values).fetchall()


@pytest.fixture
def blog(tmp_path: Path) -> MemoryBlog:
    return sample(tmp_path / "files")


def test_everything_is_in_it_and_every_key_leads_somewhere(blog: MemoryBlog, tmp_path: Path) -> None:
    out = tmp_path / "blog.sqlite"
    report = exported(blog, out)
    assert (report.posts, report.comments, report.written) == (len(blog.the_posts), len(blog.the_comments), 1)
    assert rows(out, "PRAGMA foreign_key_check") == []
    assert rows(out, "PRAGMA integrity_check") == [("ok",)]
    for table, there in (
        ("posts", blog.the_posts),
        ("comments", blog.the_comments),
        ("media", blog.the_media),
    ):
        assert rows(out, f"SELECT count(*) FROM {table}") == [(len(there),)]
    # One that answers what is not here, itself, or in a circle: as WordPress said, and a key where it leads.
    answers = "SELECT id, parent, parent_id FROM comments WHERE id IN (8, 11, 12, 13) ORDER BY id"
    assert rows(out, answers) == [(8, 7, 7), (11, 5, None), (12, 12, 12), (13, 14, 14)]
    assert rows(out, "SELECT parent, parent_id FROM posts WHERE id = 6") == [(5, 5)]
    assert rows(out, "SELECT featured_media, featured_media_id FROM posts WHERE id = 1") == [(50, 50)]
    named = "SELECT name FROM post_terms JOIN terms ON id = term_id WHERE post_id = 1 ORDER BY position"
    assert rows(out, named) == [("Café & Bar",), ("yes",), ("Novel: a/b",)]
    assert rows(out, "SELECT count(*), sum(present) FROM media_files") == [(3, 3)]
    assert rows(out, "SELECT home FROM site") == [(HOME,)]


def test_what_has_no_number_gets_a_negative_one(blog: MemoryBlog, tmp_path: Path) -> None:
    out = tmp_path / "blog.db"
    exported(blog, out)
    assert rows(out, "SELECT id, title FROM posts WHERE url LIKE '%feed-only/'") == [(-1, "Feed only")]
    by_name = "SELECT authors.id, name FROM authors JOIN posts ON author_id = authors.id WHERE posts.id = 2"
    assert rows(out, by_name) == [(-1, "Ana: the 2nd")]


def test_a_known_number_of_an_unknown_author_or_term_is_kept(blog: MemoryBlog, tmp_path: Path) -> None:
    post = msgspec.structs.replace(blog.the_posts[0], author=99, terms=[77, 77, Reference(name="loose")])
    blog.the_posts[0] = post
    out = tmp_path / "blog.db"
    exported(blog, out)
    assert rows(out, "PRAGMA foreign_key_check") == []
    assert rows(out, "SELECT name FROM authors WHERE id = 99") == [(None,)]
    terms = (
        "SELECT term_id, name FROM post_terms JOIN terms ON id = term_id WHERE post_id = 1 ORDER BY position"
    )
    assert rows(out, terms) == [(77, None), (-1, "loose")]


def test_one_search_finds_posts_and_comments(blog: MemoryBlog, tmp_path: Path) -> None:
    blog.the_posts.append(Post(id=90, title="Vidéo", content=html("<p>A <b>xylo</b>phone, at dusk</p>")))
    author = CommentAuthor(name="Zoë")
    blog.the_comments.append(Comment(id=91, post=1, author=author, content=html("Xylophone &amp; drum")))
    out = tmp_path / "blog.db"
    exported(blog, out)
    search = (
        "SELECT kind, id FROM texts_fts JOIN texts ON texts.rowid = texts_fts.rowid WHERE texts_fts MATCH ?"
    )
    assert sorted(rows(out, search, "xylophone")) == [("comment", 91), ("post", 90)]
    assert rows(out, search, "video") == [("post", 90)]
    assert rows(out, search, "zoe") == [("comment", 91)]
    assert rows(out, "SELECT rowid FROM posts_fts WHERE posts_fts MATCH 'dusk'") == [(90,)]
    assert rows(out, "SELECT rowid FROM comments_fts WHERE comments_fts MATCH 'drum'") == [(91,)]


def test_two_exports_are_the_same_to_the_byte_and_the_second_changes_nothing(
    blog: MemoryBlog, tmp_path: Path
) -> None:
    one, two = tmp_path / "one.db", tmp_path / "two.db"
    exported(blog, one)
    exported(blog, two)
    assert one.read_bytes() == two.read_bytes()
    assert exported(blog, one).unchanged == 1
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_former_export_is_replaced_and_one_in_which_somebody_worked_is_not(
    blog: MemoryBlog, tmp_path: Path
) -> None:
    out = tmp_path / "blog.db"
    exported(blog, out)
    blog.the_posts.pop()
    assert exported(blog, out).written == 1
    assert is_ours(out)
    with closing(sqlite3.connect(out)) as database, database:
        database.execute("CREATE TABLE mine (a)")
    assert not is_ours(out)
    with pytest.raises(UsageError, match="is not as an export left it"):
        exported(blog, out)
    assert exported(blog, out, overwrite=True).written == 1
    assert rows(out, "SELECT count(*) FROM sqlite_master WHERE name = 'mine'") == [(0,)]


@pytest.mark.parametrize("make", ["text", "link", "empty"])
def test_what_is_not_ours_is_left_alone(blog: MemoryBlog, tmp_path: Path, make: str) -> None:
    out = tmp_path / "notes.db"
    if make == "link":
        out.symlink_to(tmp_path / "elsewhere")
    else:
        out.write_text("my notes" if make == "text" else "")
    with pytest.raises(UsageError):
        exported(blog, out)
    assert out.is_symlink() or out.read_text() in {"my notes", ""}


def test_a_dry_run_and_a_failure_leave_nothing(blog: MemoryBlog, tmp_path: Path) -> None:
    out = tmp_path / "new" / "blog.db"
    assert exported(blog, out, dry_run=True).written == 1
    assert not out.parent.exists()

    class Failing(MemoryBlog):
        def media(self) -> Any:
            raise OSError("the disk went away")

    failing = Failing(blog.the_site, blog.the_posts)
    with pytest.raises(OSError, match="went away"):
        exported(failing, out)
    assert list(out.parent.iterdir()) == []


def test_two_comments_of_one_number_are_both_there_and_told(blog: MemoryBlog, tmp_path: Path) -> None:
    blog.the_comments.append(Comment(id=7, post=2, content=html("again")))
    out = tmp_path / "blog.db"
    report = exported(blog, out)
    assert rows(out, "SELECT count(*) FROM comments") == [(len(blog.the_comments),)]
    assert [notice.kind for notice in report.notices] == ["renumbered"]
    assert isinstance(report.notices[0], Notice)


def test_a_folder_and_a_zip_hold_it_too(blog: MemoryBlog, tmp_path: Path) -> None:
    for place in (tmp_path / "folder", tmp_path / "blog.zip"):
        exporter = make_exporter("sqlite", blog, place, Options(comments="none"))
        assert list(exporter.run())
    assert rows(tmp_path / "folder" / "blog.sqlite", "SELECT count(*) FROM comments") == [(0,)]
    with zipfile.ZipFile(tmp_path / "blog.zip") as packed:
        assert "blog.sqlite" in packed.namelist()


def test_half_characters_and_zero_bytes_do_not_stop_it(blog: MemoryBlog, tmp_path: Path) -> None:
    blog.the_posts.append(Post(id=90, title="half \ud83d and \0 zero", content=html("x")))
    out = tmp_path / "blog.db"
    exported(blog, out)
    assert rows(out, "SELECT title FROM posts WHERE id = 90") == [("half ? and \0 zero",)]
