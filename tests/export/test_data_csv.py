"""Comments as CSV: every one of them, and none that a spreadsheet would run."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.export.blogs import MemoryBlog, html, sample
from wpexport.errors import UsageError
from wpexport.export.base import ExportReport, Options
from wpexport.export.registry import make_exporter
from wpexport.model import Comment, CommentAuthor


def exported(blog: MemoryBlog, out: Path) -> ExportReport:
    exporter = make_exporter("csv", blog, out, Options())
    for _ in exporter.run():
        pass
    return exporter.report


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def test_every_comment_is_a_row_with_its_post(tmp_path: Path) -> None:
    blog = sample(tmp_path / "files")
    report = exported(blog, tmp_path / "comments.csv")
    found = rows(tmp_path / "comments.csv")
    assert [int(row["id"]) for row in found] == [comment.id for comment in blog.the_comments]
    assert found[0]["text"] == "Hi there, two paragraphs."
    assert found[1]["answers"] == "7"
    assert found[0]["post_title"] == "Hello & <goodbye>"
    assert found[0]["date"] == "2021-10-25T12:07:00+03:00"
    assert found[0]["date_utc"] == "2021-10-25T09:07:00Z"
    assert report.comments == len(found)
    assert (tmp_path / "comments.csv").read_bytes().startswith(b"\xef\xbb\xbfid,date,")


@pytest.mark.parametrize(
    "text",
    [
        "=HYPERLINK(0)",
        "+1",
        "-1+cmd|'/C calc'!A0",
        "@SUM(A1)",
        "\t=1",
        " =1",
        "\u00a0=1",
        "\uff1d1",
    ],
)
def test_what_a_spreadsheet_would_run_is_defused_and_said(tmp_path: Path, text: str) -> None:
    blog = sample(tmp_path / "files")
    author = CommentAuthor(name=text)
    blog.the_comments = [Comment(id=1, post=1, author=author, content=html(f"<p>{text}</p>"))]
    report = exported(blog, tmp_path / "out")
    [row] = rows(tmp_path / "out" / "comments.csv")
    assert row["author"] == f"'{text}"
    assert row["text"] == f"'{text.strip()}"
    assert [(one.kind, one.count) for one in report.notices] == [("formula", 2)]


def test_breaks_quotes_and_long_texts_stay_in_their_cell(tmp_path: Path) -> None:
    blog = sample(tmp_path / "files")
    author = CommentAuthor(name='a "b",\nc;\r\nd')
    text = "<p>one</p><p>" + "x" * 40_000 + "\0</p>"
    blog.the_comments = [Comment(id=1, post=1, author=author, content=html(text))]
    report = exported(blog, tmp_path / "one.csv")
    [row] = rows(tmp_path / "one.csv")
    assert row["author"] == 'a "b",\nc;\r\nd'
    assert row["text"].startswith("one xxx")
    assert [one.kind for one in report.notices] == ["long-cell"]


def test_a_blog_without_posts_is_a_head_and_another_file_is_left_alone(tmp_path: Path) -> None:
    blog = MemoryBlog(sample(tmp_path).the_site)
    exported(blog, tmp_path / "none.csv")
    assert rows(tmp_path / "none.csv") == []
    (tmp_path / "mine.csv").write_text("mine")
    with pytest.raises(UsageError):
        exported(blog, tmp_path / "mine.csv")
    assert (tmp_path / "mine.csv").read_text() == "mine"
