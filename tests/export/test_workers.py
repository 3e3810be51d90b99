"""However many processes convert, an export is the same; what goes wrong is told where it would be."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.export.blogs import MemoryBlog, day, html, sample
from wpexport.errors import ArchiveDamaged
from wpexport.export.base import Notice, Options
from wpexport.export.dialects.load import dialects
from wpexport.export.markdown import workers
from wpexport.export.markdown.exporter import MarkdownExporter
from wpexport.export.markdown.facts import Context
from wpexport.export.markdown.post import Piece, convert_post
from wpexport.export.markdown.workers import Job
from wpexport.export.output.tree import Rules, open_tree
from wpexport.model import Post, encode_line

MANY = 70
HERE = os.getpid()


def many(folder: Path) -> MemoryBlog:
    blog = sample(folder)
    for number in range(1000, 1000 + MANY):
        text = f'<p>Number {number}: <a href="/?p={number - 1}">before</a>, [gone], <x-y>odd</x-y>.</p>'
        blog.the_posts.append(
            Post(id=number, type="post", slug=f"n-{number}", date=day(1 + number % 28), content=html(text))
        )
    return blog


def export(blog: MemoryBlog, out: Path, jobs: int) -> tuple[dict[str, bytes], list[Notice]]:
    tree = open_tree(out, Rules())
    exporter = MarkdownExporter(blog, tree, dialects()["markdown"], Options(), jobs=jobs)
    notices = [event for event in exporter.run() if isinstance(event, Notice)]
    return tree_of(out), notices


def tree_of(out: Path) -> dict[str, bytes]:
    return {str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file()}


@pytest.mark.parametrize(("jobs", "way"), [(2, "fork"), (3, "fork"), (2, "spawn")])
def test_any_number_of_processes_writes_the_same(
    jobs: int, way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "_way", lambda: way)
    blog = many(tmp_path / "media")
    alone = export(blog, tmp_path / "alone", 1)
    assert len(alone[0]) > MANY
    assert alone[1]
    assert export(blog, tmp_path / "together", jobs) == alone


def test_an_error_comes_after_all_posts_before_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaking(post: Post, *rest: object) -> Piece:
        if post.id == 1040:
            raise ArchiveDamaged("Number 1040 is damaged.", hint="Look at it.")
        return convert_post(post, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(workers, "_way", lambda: "fork")
    monkeypatch.setattr(workers, "convert_post", breaking)
    with pytest.raises(ArchiveDamaged, match="1040") as caught:
        export(many(tmp_path / "media"), tmp_path / "out", 2)
    assert caught.value.hint == "Look at it."
    written = {path.stem[-6:] for path in (tmp_path / "out").rglob("*-n-*.md")}
    assert written == {f"n-{number}" for number in range(1000, 1040)}


def test_a_record_that_cannot_be_read_does_not_take_others_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> Iterator[Job]:
        for number in range(30):
            post = Post(id=number, type="post", content=html("<p>x</p>"))
            yield Job(post, [], None, lines=[encode_line(post)])  # type: ignore[arg-type]
        raise ArchiveDamaged("The next cannot be read.")

    monkeypatch.setattr(workers, "_way", lambda: "fork")
    monkeypatch.setattr(workers, "convert_post", lambda *_: Piece())
    came: list[int | None] = []
    with pytest.raises(ArchiveDamaged):
        came.extend(job.post.id for job, _ in workers.convert_all(broken(), context(), 2))
    assert came == list(range(30))


def test_a_worker_that_was_killed_is_stood_in_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def dying(post: Post, *rest: object) -> Piece:
        if os.getpid() != HERE and post.id == 1030:
            os._exit(9)
        return convert_post(post, *rest)  # type: ignore[arg-type]

    blog = many(tmp_path / "media")
    alone = export(blog, tmp_path / "alone", 1)
    monkeypatch.setattr(workers, "_way", lambda: "fork")
    monkeypatch.setattr(workers, "convert_post", dying)
    assert export(blog, tmp_path / "together", 2) == alone


def test_no_process_is_left_when_nobody_wants_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_way", lambda: "fork")
    monkeypatch.setattr(workers, "convert_post", lambda *_: Piece())
    posts = (Post(id=number, type="post", content=html("<p>x</p>")) for number in range(200))
    jobs = (Job(post, [], None, lines=[encode_line(post)]) for post in posts)  # type: ignore[arg-type]
    pieces = workers.convert_all(jobs, context(), 2)
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    assert multiprocessing.active_children() == []


def test_few_posts_need_no_other_process() -> None:
    assert workers.how_many(20) == 1
    assert 1 <= workers.how_many(1_000_000) <= 8


def context() -> Context:
    return None  # type: ignore[return-value]
