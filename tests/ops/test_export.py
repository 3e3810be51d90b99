"""What an export left out is counted, whoever left it out; what an audit does not find is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ops.blogs import MemorySource, comment, post
from tests.ops.test_pull import run_pull
from wpexport.errors import Exit, UsageError
from wpexport.export.base import Options
from wpexport.model import Markup
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
