"""Comments on their way into an archive."""

from __future__ import annotations

from pathlib import Path

import pytest

from wpexport.archive import journal
from wpexport.archive.archive import Writer, writing
from wpexport.archive.store import Eyes
from wpexport.model import Comment, Personal

RUN = "2024-05-01T120000Z"


def entries(*urls: str) -> list[journal.Entry]:
    return [journal.entry(url=u, time="t", status=200, way="rest", tool="0", body=b"[]") for u in urls]


def test_a_batch_that_came_in_several_answers_is_journalled_with_all_of_them(tmp_path: Path) -> None:
    with writing(tmp_path / "archive", RUN) as writer:
        writer.spool.add(
            [Comment(id=1, post=5), Comment(id=2, post=4)], writer.pack(entries("a", "b")), Eyes()
        )
        writer.spool.add([Comment(id=3, post=5)], writer.pack(entries("c")), Eyes())
        tally = writer.fold_comments()
        (path,) = (tmp_path / "archive/state").glob("public-*.jsonl.gz")
        assert [entry.url for entry in journal.read(path)] == ["a", "b", "c"]
    assert tally.added == 3


def test_of_a_comment_that_came_twice_the_later_one_stays(tmp_path: Path) -> None:
    root = tmp_path / "archive"
    with writing(root, RUN) as writer:
        writer.spool.add([Comment(id=1, post=5, status="hold"), Comment(id=2, post=5)], None, Eyes())
        writer.spool.add([Comment(id=1, post=5, status="spam")], None, Eyes())
        assert writer.fold_comments().added == 2
    lines = (root / "data/comments/000/5.jsonl").read_text().splitlines()
    assert [("spam" in line, '"id": 1' in line) for line in lines] == [(True, True), (False, False)]


def test_not_more_files_wait_in_memory_than_a_few_hundred(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with writing(tmp_path / "archive", RUN) as writer:
        for post in range(1, 501):
            beside = Personal(id=post, of="comment", post=post, email=f"{post}@example.org")
            writer.spool.add([Comment(id=post, post=post), beside], None, Eyes(login=True))
        at_once: list[int] = []
        monkeypatch.setattr(writer, "commit", lambda: at_once.append(Writer.commit(writer)))
        writer.fold_comments()
    assert sum(at_once) == 1000
    assert max(at_once) <= 200
