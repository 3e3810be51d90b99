"""How commands end: one sentence, what to do next, the right exit code."""

from __future__ import annotations

import json
import sqlite3

import click
import pytest

from tests.cli.terminal import Terminal
from wpexport import errors
from wpexport.cli.failures import described
from wpexport.cli.interrupt import Terminated, farewell
from wpexport.errors import Exit, WpexportError

ERRORS = [
    (WpexportError("It failed."), 1),
    (errors.UsageError("Not like this."), 2),
    (errors.SourceError("Nothing there."), 4),
    (errors.Unreachable("No answer."), 4),
    (errors.NotWordPress("No WordPress."), 4),
    (errors.Blocked("Refused."), 4),
    (errors.LoginError("Wrong password."), 5),
    (errors.ShrunkenSite("Far less."), 6),
    (errors.NoArchive("No archive."), 10),
    (errors.ArchiveLocked("In use."), 11),
    (errors.ArchiveDamaged("Damaged."), 12),
    (PermissionError(13, "Permission denied", "/disk/state"), 1),
    (OSError(28, "No space left on device", "/disk/file"), 1),
    (sqlite3.OperationalError("database or disk is full"), 1),
    (RuntimeError("a bug"), 1),
    (KeyboardInterrupt(), 130),
    (Terminated(), 143),
]


@pytest.mark.parametrize(("error", "code"), ERRORS, ids=lambda value: type(value).__name__)
def test_each_error_has_its_code_and_no_traceback(
    terminal: Terminal, error: BaseException, code: int
) -> None:
    terminal.fails("check", error)
    said = terminal.run("check", "archive")
    assert said.exit_code == code
    assert "Error: " in said.stderr
    assert "Traceback" not in said.output
    assert said.stdout == ""


@pytest.mark.parametrize(("error", "code"), ERRORS, ids=lambda value: type(value).__name__)
def test_with_json_an_error_is_one_object_on_stderr(
    terminal: Terminal, error: BaseException, code: int
) -> None:
    terminal.fails("check", error)
    said = terminal.run("check", "archive", "--json")
    last = json.loads(said.stderr.strip().splitlines()[-1])
    assert set(last) == {"type", "message", "hint", "exit_code"}
    assert (last["type"], last["exit_code"]) == ("error", code)
    assert said.exit_code == code


def test_the_hint_follows_the_sentence(terminal: Terminal) -> None:
    said = terminal.run("check", "nowhere")
    assert said.exit_code == Exit.NO_ARCHIVE
    lines = said.stderr.splitlines()
    assert lines == ["Error: There is no archive at nowhere.", "Make one with: wpexport pull SITE ARCHIVE"]


def test_what_a_site_says_in_an_error_cannot_hurt_the_terminal(terminal: Terminal) -> None:
    terminal.fails("check", errors.Blocked("It says \x1b[2J\u202e.", hint="See \x07."))
    said = terminal.run("check", "archive")
    assert "\\x1b[2J\\u202e" in said.stderr
    assert "\x1b" not in said.stderr
    assert "\x07" not in said.stderr


def test_a_full_disk_is_named(terminal: Terminal) -> None:
    terminal.fails("check", OSError(28, "No space left on device", "/disk/file"))
    said = terminal.run("check", "archive")
    assert said.stderr.startswith("Error: /disk/file: No space left on device.")


@pytest.mark.parametrize("words", [("--debug", "check", "archive"), ("check", "archive", "--debug")])
def test_debug_shows_where_it_came_from(terminal: Terminal, words: tuple[str, ...]) -> None:
    terminal.fails("check", errors.ArchiveDamaged("Damaged."))
    said = terminal.run(*words)
    assert "Traceback" in said.stderr
    assert "Error: Damaged." in said.stderr
    assert said.exit_code == 12


def test_a_bug_says_what_to_do(terminal: Terminal) -> None:
    terminal.fails("check", RuntimeError("a bug"))
    assert "--debug" in terminal.run("check", "archive").stderr


def test_an_interrupted_command_says_that_all_is_kept(terminal: Terminal) -> None:
    terminal.fails("check", KeyboardInterrupt())
    said = terminal.run("check", "archive")
    assert "The archive is kept" in said.stderr


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("chekc", "x"), "Did you mean 'check'?"),
        (("xyzzy",), "No such command 'xyzzy'."),
        (("check",), "Missing argument 'ARCHIVE'"),
        (("check", "a", "--no-such"), "No such option"),
        (("pull", "example.org", "--media", "some"), "'some' is not one of"),
        (("pull", "example.org", "--jobs", "0"), "0 is not in the range"),
        (("pull", "example.org", "--max-size", "lots"), "is no size"),
        (("export", "a", "b", "--include", "drafts,secrets"), "'secrets' is none of"),
        (("export", "a", "b", "--rename", "title"), "write it as OLD=NEW"),
    ],
)
def test_what_cannot_be_meant_ends_with_2(terminal: Terminal, words: tuple[str, ...], text: str) -> None:
    said = terminal.run(*words)
    assert said.exit_code == Exit.USAGE
    assert text in said.stderr
    assert "--help" in said.stderr


def test_a_wrong_option_is_json_too(terminal: Terminal) -> None:
    said = terminal.run("check", "--json", "a", "--nope")
    assert json.loads(said.stderr)["exit_code"] == 2


def test_help_is_help_with_both_options(terminal: Terminal) -> None:
    for word in ("-h", "--help"):
        said = terminal.run("check", word)
        assert said.exit_code == 0
        assert "Examples:" in said.stdout
    assert terminal.run("--version").stdout.startswith("wpexport ")


def test_the_last_word_of_what_is_no_pull_speaks_of_none() -> None:
    assert "What came is kept" in farewell("pull")
    for command in ("export", "redact", "check"):
        code, said, _ = described(click.Abort(), command)
        assert (code, said) == (Exit.INTERRUPTED, farewell(command))
        assert "pull" not in said


def test_a_full_disk_is_no_fault_of_wpexport() -> None:
    assert described(sqlite3.OperationalError("database or disk is full"))[2] == "Put this right, and repeat."
    assert described(sqlite3.OperationalError("no such table: x"))[2].startswith("This is a fault")
