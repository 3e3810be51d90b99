"""What ``wpexport export`` is asked for on the command line, on the sample blog: files, reports, codes."""

from __future__ import annotations

import csv
import re
import shlex
from pathlib import Path

import pytest
import yaml

from tests.cli.terminal import Terminal
from wpexport.errors import Exit

CHECKOUT = Path(__file__).parents[2]
SAMPLE = str(CHECKOUT / "samples/archive")
HEADER = re.compile(r"---\n(.*?)\n---\n", re.S)


def exported(terminal: Terminal, *words: str, code: int = Exit.DONE) -> dict[str, dict[str, object]]:
    """Export the sample into ``out``; path to front matter of all posts and pages."""
    said = terminal.run("export", SAMPLE, "out", *words)
    assert said.exit_code == code, said.output
    found = {}
    for path in sorted(Path("out").rglob("*.md")):
        if header := HEADER.match(path.read_text("utf-8")):
            found[str(path.relative_to("out"))] = yaml.safe_load(header[1])
    return found


@pytest.fixture
def whole(terminal: Terminal) -> dict[str, dict[str, object]]:
    found = exported(terminal)
    assert len(found) > 30
    return found


@pytest.mark.parametrize(
    ("words", "belongs"),
    [
        (["--only", "posts"], lambda one: one["type"] == "post"),
        (["--only", "pages,recipe"], lambda one: one["type"] in {"page", "recipe"}),
        (["--author", "森 健二"], lambda one: one.get("author") == "森 健二"),
        (["--category", "Log book"], lambda one: "Log book" in one.get("categories", [])),
        (
            ["--since", "2024-03-01", "--until", "2024-04-30"],
            lambda one: "2024-03" <= str(one["date"]) < "2024-05",
        ),
        (
            ["--since", "2024-03-01", "--only", "posts"],
            lambda one: str(one["date"]) >= "2024-03" and one["type"] == "post",
        ),
    ],
)
def test_a_part_is_what_was_asked_for(
    terminal: Terminal, whole: dict[str, dict[str, object]], tmp_path: Path, words: list[str], belongs: object
) -> None:
    assert callable(belongs)
    wanted = {path for path, head in whole.items() if belongs(head)}
    assert 0 < len(wanted) < len(whole)
    Path("out").rename("whole")
    assert set(exported(terminal, *words)) == wanted


def test_by_number(terminal: Terminal, whole: dict[str, dict[str, object]]) -> None:
    Path("out").rename("whole")
    numbers = sorted(int(str(head["id"])) for head in whole.values())[:5]
    asked = f"{numbers[0]},{numbers[1]}-{numbers[3]}"
    inside = {numbers[0]} | {n for n in numbers if numbers[1] <= n <= numbers[3]}
    assert {head["id"] for head in exported(terminal, "--ids", asked).values()} == inside


def test_fields_names_and_places(terminal: Terminal) -> None:
    words = [
        "--fields",
        "title,date,tags",
        "--rename",
        "title=headline",
        "--path",
        "{year}/{slug}.md",
        "--only",
        "posts",
    ]
    found = exported(terminal, *words)
    assert all(re.fullmatch(r"\d{4}/.+\.md", path) for path in found)
    assert all(list(head)[:2] == ["headline", "date"] for head in found.values())
    assert {key for head in found.values() for key in head} == {"headline", "date", "tags"}
    assert terminal.run("export", SAMPLE, "two", "--fields", "nothing").exit_code == Exit.USAGE
    assert not Path("two").exists()


def test_what_was_edited_and_what_is_left_over(terminal: Terminal) -> None:
    found = exported(terminal)
    path = Path("out") / next(path for path in found if path.startswith("posts/"))
    ours = path.read_bytes()
    path.write_bytes(ours + b"mine\n")
    said = terminal.run("export", SAMPLE, "out")
    assert (
        f"Kept as you edited them (--overwrite replaces them):\n  {path.relative_to('out')}\n" in said.stdout
    )
    assert path.read_bytes().endswith(b"mine\n")
    assert terminal.run("export", SAMPLE, "out", "--overwrite").exit_code == Exit.DONE
    assert path.read_bytes() == ours
    said = terminal.run("export", SAMPLE, "out", "--path", "{year}/{slug}.md")
    assert "Left over from a former export (--prune removes them):" in said.stdout
    assert path.exists()
    said = terminal.run("export", SAMPLE, "out", "--path", "{year}/{slug}.md", "--prune")
    assert re.search(r"\d+ removed", said.stdout)
    assert not path.exists()


def test_the_report_and_strict(terminal: Terminal) -> None:
    exported(terminal, "--report", "report.csv", "--strict", code=Exit.INCOMPLETE)
    with Path("report.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {"html-left", "shortcode", "unresolved-link"} <= {row["kind"] for row in rows}
    assert all((Path("out") / row["file"]).is_file() for row in rows if row["kind"] == "html-left")
    exported(terminal, "--report", "report.txt", "--audit")
    assert "left as HTML" in Path("report.txt").read_text("utf-8")


def test_the_readmes_exports_work(terminal: Terminal) -> None:
    lines = re.findall(
        r"^wpexport (export example\.org .+)$", (CHECKOUT / "README.md").read_text("utf-8"), re.M
    )
    assert len(lines) >= 3
    for number, line in enumerate(lines):
        words = shlex.split(line, comments=True)
        words[1], words[2] = SAMPLE, f"{number}-{words[2]}"
        said = terminal.run(*words)
        assert said.exit_code == Exit.DONE, (line, said.output)
        assert Path(words[2]).exists(), line
