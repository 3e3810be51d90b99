"""``--max-time`` and ``--max-size``, as one types them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.breakages.pulled import blog
from wpexport.archive.archive import Archive
from wpexport.errors import Exit


def wpexport(*words: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "wpexport", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def test_a_pull_without_time_is_sealed_and_the_next_one_goes_on(tmp_path: Path) -> None:
    with blog().serve() as url:
        first = wpexport("pull", "--max-time", "0s", url, tmp_path / "a")
        checked = wpexport("check", tmp_path / "a")
        again = wpexport("pull", tmp_path / "a", "--media", "none")
    assert first.returncode == Exit.INCOMPLETE
    assert "The time for this pull (--max-time) was over" in first.stdout
    assert "Comments not begun" in first.stdout
    assert f"To go on: wpexport pull {tmp_path / 'a'}" in first.stdout
    assert checked.returncode == Exit.DONE
    assert again.returncode == Exit.DONE
    one, two = Archive.open(tmp_path / "a").runs()
    assert (one.partial, two.partial, two.warnings) == (True, False, [])


@pytest.mark.parametrize("time", ["30", "2 days", "h", ""])
def test_what_is_no_time(time: str) -> None:
    done = wpexport("pull", "--max-time", time, "https://blog.test")
    assert done.returncode == Exit.USAGE
    assert "is no time" in done.stderr


def test_files_that_are_too_large_are_named(tmp_path: Path) -> None:
    fake = blog()
    fake.media(70, "2024/02/large.png", b"\x89PNG" + b"x" * 2_000_000)
    with fake.serve() as url:
        done = wpexport("pull", "--max-size", "1M", url, tmp_path / "a")
    assert done.returncode == Exit.INCOMPLETE
    assert "large.png: " in done.stdout
    assert "1,048,576" in done.stdout
    names = {path.name for path in (tmp_path / "a/data/files").rglob("*.png")}
    assert names == {"a.png", "b.png"}
