"""The commands for a backup one can trust: repair, rebuild, against, the past, and one record's life."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.fakewp import FakeWordPress
from wpexport.cli.program import program
from wpexport.errors import Exit


@pytest.fixture
def blog(tmp_path: Path) -> Iterator[tuple[FakeWordPress, str, Path]]:
    fake = FakeWordPress()
    fake.post(1, title="First", content="First words.")
    fake.post(2, title="Second")
    fake.comment(7, post=1)
    with fake.serve() as url:
        root = tmp_path / "blog"
        assert run("pull", url, str(root)).exit_code == Exit.DONE
        yield fake, url, root


def run(*words: str) -> Result:
    return CliRunner().invoke(program, list(words), standalone_mode=False)


def code(result: Result) -> int:
    return result.return_value if isinstance(result.return_value, int) else result.exit_code


def test_check_against_the_site(blog: tuple[FakeWordPress, str, Path]) -> None:
    fake, url, root = blog
    assert code(run("check", str(root), "--against", url)) == Exit.DONE
    fake.post(3, title="New")
    found = run("check", str(root), "--against", url)
    assert code(found) == Exit.INCOMPLETE
    assert "the site has 3, and the archive 2" in found.output


def test_repair_and_rebuild(blog: tuple[FakeWordPress, str, Path]) -> None:
    _, _, root = blog
    path = root / "data/posts/000/1.json"
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"First", b"Worst"))
    assert code(run("check", str(root))) == Exit.DAMAGED
    assert code(run("check", str(root), "--repair")) == Exit.DONE
    assert path.read_bytes() == whole
    done = run("check", str(root), "--rebuild", "--json")
    lines = [json.loads(line) for line in done.output.splitlines()]
    assert [line["command"] for line in lines if line["type"] == "summary"] == ["check"]
    assert lines[-1]["exit_code"] == 0


def test_the_past_and_the_life_of_a_record(blog: tuple[FakeWordPress, str, Path], tmp_path: Path) -> None:
    fake, _, root = blog
    fake.post(1, title="Later", modified="2026-05-05T00:00:00", modified_gmt="2026-05-05T00:00:00")
    assert run("pull", str(root)).exit_code == Exit.DONE
    runs = run("log", str(root)).output
    assert runs.count(" requests, ") == 3  # the first pull, the second, and the sweep of it
    assert runs.count("of them for the look at all numbers: ") == 1
    told = run("log", str(root), "posts:1")
    assert told.output.index("title: First") < told.output.index("title: Later")
    assert "data/raw/" in told.output
    said = [json.loads(line) for line in run("log", str(root), "posts:1", "--json").output.splitlines()]
    assert [line["current"] for line in said if line["type"] == "record"] == [False, True]
    out = tmp_path / "then"
    assert code(run("export", str(root), str(out), "--at", "2021-01-01")) == Exit.DONE
    text = "".join(path.read_text() for path in out.rglob("*.md"))
    assert "First" in text
    assert "Later" not in text
