"""What an export left out is counted, whoever left it out; what an audit does not find is named."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.ops.blogs import MemorySource, comment, post
from tests.ops.test_pull import run_pull
from wpexport.archive.archive import new_run, writing
from wpexport.archive.reader import Reader
from wpexport.errors import Exit, UsageError
from wpexport.export.base import Options
from wpexport.model import Markup, Post
from wpexport.ops.events import Exported, Warned
from wpexport.ops.export import ExportRequest, export
from wpexport.ops.repair import repair
from wpexport.ops.selection import Selection


def test_what_the_reader_and_the_exporter_leave_out_is_counted(tmp_path: Path) -> None:
    source = MemorySource(
        posts=[post(1), post(2, status="draft")],
        comments=[comment(1, 1), comment(2, 1, type="pingback"), comment(3, 1, status="hold")],
        login=True,
    )
    run_pull(tmp_path / "archive", source)
    *_, last = export(tmp_path / "archive", tmp_path / "comments.xml", ExportRequest(to="isso"))
    assert isinstance(last, Exported)
    assert last.comments == 1
    assert {k: n for k, n in last.left_out.items() if n} == {"drafts": 1, "held": 1, "pingbacks": 1}


def audited(archive: Path, out: Path, *, strict: bool = False, report: Path | None = None) -> Exported:
    request = ExportRequest("markdown", Options(audit=True), strict=strict, report=report)
    *_, last = export(archive, out, request)
    assert isinstance(last, Exported)
    return last


def test_an_audit_names_what_the_converter_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {
        1: "<p>all is well</p>",
        2: "<p>a <b>lost</b> word</p>",
        3: "<p><b>two</b> <b>words</b> here</p>",
    }
    posts = (post(number, content=Markup(html=text)) for number, text in texts.items())
    run_pull(tmp_path / "archive", MemorySource(posts=[*posts]))
    whole = audited(tmp_path / "archive", tmp_path / "whole", strict=True)
    assert (whole.audited, list(whole.worst), whole.exit_code) == (True, [], Exit.DONE)

    from wpexport.text.markdown import spans

    monkeypatch.setitem(spans.SPANS, "b", spans._skip)
    report = tmp_path / "report.csv"
    for folder in ("out", "out"):  # the second export remembers what the first one found
        spoilt = audited(tmp_path / "archive", tmp_path / folder, report=report)
        assert [(one.where[-4:], one.detail, one.count) for one in spoilt.worst] == [
            ("3.md", "text 1 of 3 (not 'two', 'words')", 2),
            ("2.md", "text 2 of 3 (not 'lost')", 1),
        ]
        assert (spoilt.notices, spoilt.exit_code) == ({"fidelity": 3}, Exit.DONE)
        assert ",fidelity,2,\"text 1 of 3 (not 'two', 'words')\",no" in report.read_text()
    assert audited(tmp_path / "archive", tmp_path / "out", strict=True).exit_code == Exit.INCOMPLETE


def test_an_audit_says_what_it_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_pull(tmp_path / "archive", MemorySource(posts=[post(1)]))
    with pytest.raises(UsageError, match="wxr"):
        list(export(tmp_path / "archive", tmp_path / "o.xml", ExportRequest("wxr", Options(audit=True))))
    monkeypatch.setattr("wpexport.text.fidelity._NEEDED", ("markdown_it", "not_installed_here"))
    with pytest.raises(UsageError) as caught:
        audited(tmp_path / "archive", tmp_path / "out")
    assert "wpexport-archive[audit]" in (caught.value.hint or "")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("how", ["another status", "missing"])
@pytest.mark.parametrize("place", ["data/posts/000/2.json", "data/comments/000/1.jsonl"])
def test_what_is_damaged_in_the_archive_is_named(tmp_path: Path, place: str, how: str) -> None:
    root = tmp_path / "archive"
    run_pull(root, MemorySource(posts=[post(1), post(2)], comments=[comment(1, 1)]))
    if how == "missing":
        (root / place).unlink()
    else:
        whole = (root / place).read_bytes()
        (root / place).write_bytes(whole.replace(b"publish", b"publhsh").replace(b"approved", b"apprived"))
    for code, kind in ((Exit.DAMAGED, "damaged"), (Exit.INCOMPLETE, "lost")):
        *events, last = export(root, tmp_path / "out", ExportRequest(to="jsonl"))
        assert isinstance(last, Exported)
        assert (last.exit_code, last.notices) == (code, {kind: 1})
        assert any(place in event.text for event in events if isinstance(event, Warned))
        shutil.rmtree(root / "data/raw", ignore_errors=True)  # no answer tells it again
        list(repair(root))


def test_a_media_file_that_is_gone_is_named(tmp_path: Path) -> None:
    root = tmp_path / "archive"
    run_pull(root, MemorySource(posts=[post(1)]))
    with writing(root, new_run(root)) as writer:
        writer.public.stage("data/files/blog.example/a.pdf", b"%PDF")
        writer.seal()
        writer.done()
    (root / "data/files/blog.example/a.pdf").unlink()
    for to in ("markdown", "wxr", "csv"):
        *_, last = export(root, tmp_path / to, ExportRequest(to=to))
        assert isinstance(last, Exported)
        assert (last.exit_code, last.notices["damaged"]) == (Exit.DAMAGED, 1)


def exported(root: Path, out: Path, **choice: object) -> Exported:
    *_, last = export(root, out, ExportRequest(to="markdown", **choice))  # type: ignore[arg-type]
    assert isinstance(last, Exported)
    return last


def test_an_archive_as_it_was_is_not_read_again_but_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, out = tmp_path / "archive", tmp_path / "out"
    source = MemorySource(posts=[post(1), post(2), post(3, status="draft")], login=True)
    run_pull(root, source)
    first = exported(root, out)
    reads: list[str] = []
    whole = Reader.posts

    def watched(self: Reader) -> Iterator[Post]:
        reads.append("posts")
        return whole(self)

    monkeypatch.setattr(Reader, "posts", watched)
    again = exported(root, out)
    assert (reads, again.written, again.unchanged) == ([], 0, first.written)
    assert {k: n for k, n in again.left_out.items() if n} == {"drafts": 1}
    assert (again.notices, again.posts) == (first.notices, first.posts)
    # whatever else is asked for, or another pull brought
    assert exported(root, out, include=frozenset({"drafts"})).posts == 3
    assert exported(root, out, selection=Selection(ids=((1, 1),))).posts == 1
    assert exported(root, out, at=datetime.now(UTC)).posts == 2
    assert len(reads) >= 3
    source.posts = [post(1), post(2, title="Another")]
    run_pull(root, source)
    assert exported(root, out).written > 0
    assert any(b"Another" in path.read_bytes() for path in out.rglob("*.md"))


def test_damage_is_found_where_nothing_else_is_new(tmp_path: Path) -> None:
    root, out = tmp_path / "archive", tmp_path / "out"
    run_pull(root, MemorySource(posts=[post(1), post(2)]))
    exported(root, out)
    place = root / "data/posts/000/2.json"
    times, data = place.stat(), place.read_bytes()
    place.write_bytes(data.replace(b"publish", b"publhsh"))
    os.utime(place, ns=(times.st_atime_ns, times.st_mtime_ns))
    found = exported(root, out)
    assert (found.exit_code, found.posts) == (Exit.DAMAGED, 1)
    place.write_bytes(data)
    assert exported(root, out).exit_code == Exit.DONE
    (root / "state/write-ahead.txt").write_text("")  # a pull is at work
    assert exported(root, out).posts == 2
