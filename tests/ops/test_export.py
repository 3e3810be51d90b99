"""What an export left out is counted, whoever left it out."""

from __future__ import annotations

from pathlib import Path

from tests.ops.blogs import MemorySource, comment, post
from tests.ops.test_pull import run_pull
from wpexport.ops.events import Exported
from wpexport.ops.export import ExportRequest, export


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
