"""Where an export may go, and how it is told."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.e2e.test_agreement import wpexport

SAMPLE = Path(__file__).parents[2] / "samples" / "archive"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    root = tmp_path / "archive"
    shutil.copytree(SAMPLE, root)
    shutil.rmtree(root / "state", ignore_errors=True)
    return root


@pytest.mark.parametrize(
    ("out", "to"),
    [
        ("blog.json", "wxr"),
        ("x.json", "isso"),
        ("x.xml", "remark42"),
        ("x.csv", "sqlite"),
        ("x.txt", "wxr"),
        ("-", "wxr"),
        ("-", "hugo"),
        ("x.xml", "hugo"),
        ("x.sqlite", "jsonl"),
    ],
)
def test_a_name_of_another_kind_is_refused_and_not_remembered(archive: Path, out: str, to: str) -> None:
    """``redact`` looks into what is remembered: a refused name may be somebody's own file."""
    done = wpexport("export", archive, archive.parent / out, "--to", to)
    assert done.returncode == 2, done.stdout
    assert not (archive.parent / out).exists()
    assert not (archive / "state" / "exports.jsonl").exists()


def test_parts_are_named(archive: Path) -> None:
    done = wpexport("export", archive, archive.parent / "blog.xml", "--to", "wxr", "--split", "40K")
    names = sorted(path.name for path in archive.parent.glob("blog*"))
    assert len(names) > 1
    assert f"{names[0]} to {names[-1]}" in done.stdout.splitlines()[0]
    assert (archive / "state" / "exports.jsonl").exists()


@pytest.mark.parametrize("size", ["0", "10", "999"])
def test_a_size_that_no_file_can_have_is_a_mistake(archive: Path, size: str) -> None:
    done = wpexport("export", archive, archive.parent / "blog.xml", "--to", "wxr", "--split", size)
    assert done.returncode == 2
    assert f"{size} bytes" in done.stderr
