"""Events as lines, as JSON, as nothing; and text from a site that cannot hurt a terminal."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal
from wpexport.archive.check import Finding
from wpexport.cli.console import counted, is_animated
from wpexport.cli.jsonlines import as_json
from wpexport.cli.safe import printable
from wpexport.cli.state import colour
from wpexport.errors import Exit
from wpexport.export.base import Notice
from wpexport.ops import events

HOSTILE = "a\x1b]0;owned\x07b\u202ec\x9bd\r\ne\u2028f\ud800g"


def test_nothing_that_moves_the_cursor_is_printed() -> None:
    safe = printable(HOSTILE)
    assert safe == r"a\x1b]0;owned\x07b\u202ec\x9bd\x0d\x0ae\u2028f\ud800g"
    safe.encode("utf-8")


def test_the_texts_of_the_world_stay_as_they_are() -> None:
    for text in ("霧笛の夜", "שלום \u200eHTML\u200e", "رسالة", "👩\u200d🌾", "å"):
        assert printable(text) == text


@pytest.mark.parametrize(
    ("done", "total", "text"), [(3, None, "3"), (1200, 1200, "1,200"), (3, 1200, "3 of 1,200")]
)
def test_counts(done: int, total: int | None, text: str) -> None:
    assert counted(done, total) == text


def test_lines_tell_the_end_of_each_collection_alone(terminal: Terminal) -> None:
    terminal.plays(
        events.Moved("posts", "Posts", 0, 200),
        *(events.Moved("posts", "Posts", number, 200) for number in range(0, 200, 10)),
        events.Moved("posts", "Posts", 199, 200, last=True),
        events.Waited("example.org, HTTP 429, asked to wait", 1.0),
        events.Waited("example.org, HTTP 429, asked to wait", 30.0),
        events.Warned(f"Posts 7 could not be read: {HOSTILE}"),
    )
    said = terminal.run("check", "archive")
    lines = said.stderr.splitlines()
    assert lines[0] == "Posts: 199 of 200"
    assert lines[1] == "Waiting 30 s: example.org, HTTP 429, asked to wait"
    assert lines[2].startswith("Warning: Posts 7 could not be read: a\\x1b]0;owned")
    assert len(lines) == 3
    assert "\x1b" not in said.output


def test_json_is_one_object_a_line_and_ends_in_a_summary(terminal: Terminal) -> None:
    terminal.plays(
        events.Moved("posts", "Posts", 5, None),
        events.Waited("example.org", 2.0),
        events.Warned(HOSTILE.replace("\ud800", "")),
        Finding("note", "orphans", "data/comments", "2 comments answer others."),
        events.Noticed(Notice("html-left", "posts/a.md", "ruby")),
    )
    said = terminal.run("check", "archive", "--json")
    rows = [json.loads(line) for line in said.stdout.splitlines()]
    assert [row["type"] for row in rows] == ["progress", "waiting", "warning", "finding", "notice", "summary"]
    assert said.stdout.isascii()
    assert not re.search(r"[\x00-\x09\x0b-\x1f]", said.stdout)
    assert rows[-1]["exit_code"] == 0
    assert rows[4]["kind"] == "html-left"
    assert said.stderr == ""


def test_every_event_has_its_json(terminal: Terminal) -> None:
    pulled = terminal.pulled()
    found = terminal.found()
    exported = events.Exported(Path("out"), Exit.DONE, posts=3, kept=["a.md"])
    for event in (pulled, found, exported):
        row = json.loads(json.dumps(as_json(event)))
        assert row["type"] in ("summary", "found")
    assert as_json(exported)["command"] == "export"
    assert as_json(pulled)["run"]["coverage"][0]["collection"] == "posts/post"


def test_quiet_says_nothing_when_all_is_well(terminal: Terminal) -> None:
    terminal.plays(events.Moved("posts", "Posts", 5, 5, last=True), events.Waited("x", 60))
    said = terminal.run("check", "archive", "--quiet")
    assert said.output == ""
    assert said.exit_code == 0


def test_quiet_speaks_when_something_is_wrong(terminal: Terminal) -> None:
    terminal.plays(code=Exit.DAMAGED)
    said = terminal.run("check", "-q", "archive")
    assert "The archive is damaged." in said.stdout
    assert said.exit_code == 12


@pytest.mark.parametrize("term", ["dumb", "unknown"])
def test_no_animation_on_a_simple_terminal(monkeypatch: pytest.MonkeyPatch, term: str) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert is_animated()
    monkeypatch.setenv("TERM", term)
    assert not is_animated()


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_colours_are_left_away_where_unwanted(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert colour() is None
    monkeypatch.setenv(name, value)
    assert colour() is False
    terminal.pulls(terminal.found(), terminal.pulled())
    # as on a terminal: click strips no colours but by the context's word
    assert "\x1b" not in terminal.run("pull", "https://example.org", color=True).stdout
    assert "\x1b" not in terminal.run("check", "nowhere", color=True).stderr


def test_bars_show_counts_and_escape_what_a_site_says(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from wpexport.cli.bars import Bars

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")
    bars = Bars()
    bars.moved(events.Moved("posts", "Po\x1b[31msts [red]x[/red]", 3, 10))
    bars.moved(events.Moved("comments", "Comments", 5))
    bars.waited("example.org, HTTP 503 [bold]", 7)
    bars.message("Warning: one")
    bars.moved(events.Moved("posts", "Posts", 10, 10, last=True))
    bars.close()
    bars.close()
    said = capsys.readouterr().err
    assert "10/10" in said
    assert "Po\\x1b[31msts [red]x" in said
    assert "Warning: one" in said
