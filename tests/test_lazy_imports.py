"""Slow modules are imported where they are used: ``wpexport --help`` and ``import wpexport`` stay quick."""

from __future__ import annotations

import subprocess
import sys

import pytest

SLOW = {
    "requests",
    "urllib3",
    "rich",
    "lxml",
    "feedparser",
    "selectolax",
    "msgspec",
    "yaml",
    "tomli_w",
    "sqlite3",
}


def loaded_by(code: str) -> set[str]:
    """The top-level modules that are loaded after a piece of code ran in a fresh Python."""
    code += "\nimport sys\nprint('LOADED', *{name.split('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.rpartition("LOADED")[2].split())


def run(*words: str) -> str:
    return (
        "from wpexport.cli.program import program\n"
        f"try: program.main({list(words)!r}, prog_name='wpexport')\n"
        "except SystemExit as end: assert not end.code, end.code"
    )


@pytest.mark.parametrize("words", [("--help",), ("--version",)])
def test_help_loads_nothing_slow(words: tuple[str, ...]) -> None:
    assert not loaded_by(run(*words)) & SLOW


def test_the_package_itself_loads_nothing_slow() -> None:
    assert (
        not loaded_by("import wpexport; wpexport.__version__; wpexport.WpexportError; dir(wpexport)") & SLOW
    )


@pytest.mark.parametrize("command", ["pull", "export", "check", "info", "log", "probe", "convert", "demo"])
def test_no_command_loads_the_terminal_before_there_is_one(command: str) -> None:
    assert "rich" not in loaded_by(run(command, "--help"))


def test_feeds_and_xml_are_not_loaded_to_check_an_archive() -> None:
    loaded = loaded_by(run("check", "--help"))
    assert not loaded & {"feedparser", "lxml"}


def test_public_names_are_there() -> None:
    import wpexport

    for name in wpexport.__all__:
        assert getattr(wpexport, name) is not None
    with pytest.raises(AttributeError, match="no_such_name"):
        wpexport.no_such_name  # noqa: B018
    assert wpexport.html_to_markdown("<p>Hello <strong>you</strong></p>", dialect="hugo") == "Hello **you**\n"
