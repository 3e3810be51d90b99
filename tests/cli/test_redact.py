"""``wpexport redact`` asks before it removes, and says where else to look."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal
from tests.fakewp import FakeWordPress
from wpexport.errors import Exit


@pytest.fixture
def archive(terminal: Terminal) -> Path:
    fake = FakeWordPress()
    fake.post(1)
    fake.comment(7, post=1, author_name="Quirina", content="Violet marmalade is what I like.")
    fake.comment(8, post=1, author_name="Bo", content="So Quirina says.")
    with fake.serve() as url:
        assert terminal.run("pull", url, "blog").exit_code == Exit.DONE
    return Path("blog")


def test_nothing_goes_unless_somebody_says_yes(terminal: Terminal, archive: Path) -> None:
    before = (archive / "data/comments/000/1.jsonl").read_bytes()
    asked = terminal.run("redact", "blog", "--comment", "7")
    assert asked.exit_code == Exit.USAGE
    assert "--yes" in asked.stderr
    shown = terminal.run("redact", "blog", "--comment", "7", "--dry-run")
    assert shown.exit_code == Exit.DONE
    assert "comment 7 by Quirina on post 1" in shown.stdout
    assert (archive / "data/comments/000/1.jsonl").read_bytes() == before


def test_what_went_and_what_still_names_the_person(terminal: Terminal, archive: Path) -> None:
    terminal.run("export", "blog", "site")
    done = terminal.run("redact", "blog", "--comment", "7", "--yes")
    assert done.exit_code == Exit.DONE
    assert "Removed for good: 1 comment" in done.stdout
    assert "Still in data/comments/000/1.jsonl: Quirina" in done.stdout
    assert f"The export {Path('site').resolve()} holds it" in done.stdout
    by_name = terminal.run("redact", "blog", "--name", "Quirina", "--yes")
    assert by_name.exit_code == Exit.INCOMPLETE
    assert archive.exists()


def test_in_json_and_with_nobody_named(terminal: Terminal, archive: Path) -> None:
    nobody = terminal.run("redact", "blog", "--yes")
    assert (nobody.exit_code, archive.exists()) == (Exit.USAGE, True)
    done = terminal.run("redact", "blog", "--comment", "7", "--yes", "--json")
    last = json.loads(done.stdout.splitlines()[-1])
    assert (last["type"], last["command"], last["comments"]) == ("summary", "redact", [7])
    quiet = terminal.run("redact", "blog", "--email", "no@body.example", "--yes", "--quiet")
    assert (quiet.exit_code, quiet.stdout) == (Exit.USAGE, "")


@pytest.mark.parametrize(
    "given",
    [
        ("--email", ""),
        ("--email", "  "),
        ("--email", "Quirina"),
        ("--email", "@"),
        ("--name", ""),
        ("--name", " "),
        ("--user", ""),
        ("--email", "", "--comment", "7"),
    ],
)
def test_an_empty_value_is_nobody_and_not_everybody(
    terminal: Terminal, archive: Path, given: tuple[str, ...]
) -> None:
    before = {path: path.read_bytes() for path in archive.rglob("*") if path.is_file()}
    told = terminal.run("redact", "blog", *given, "--yes")
    assert told.exit_code == Exit.USAGE
    assert "empty" in told.stderr or "no e-mail address" in told.stderr
    assert {path: path.read_bytes() for path in archive.rglob("*") if path.is_file()} == before


def test_a_name_that_nobody_has_is_a_slip(terminal: Terminal, archive: Path) -> None:
    runs = sorted((archive / "runs").iterdir())
    told = terminal.run("redact", "blog", "--name", "Quirinus", "--yes")
    assert told.exit_code == Exit.USAGE
    assert "no comment under the name Quirinus" in told.stderr
    assert "case" in told.stderr
    assert sorted((archive / "runs").iterdir()) == runs
    assert terminal.run("redact", "blog", "--name", "quirina", "-n").exit_code == Exit.DONE


def test_the_log_of_a_redaction_does_not_speak_of_a_pull(terminal: Terminal, archive: Path) -> None:
    terminal.run("redact", "blog", "--comment", "7", "--yes")
    told = terminal.run("log", "blog", "-n", "1").stdout
    assert "Personal data was removed for good." in told
    assert "Nothing is new" not in told
    assert "Warning" not in told
