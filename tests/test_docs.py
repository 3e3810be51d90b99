"""The docs are true: generated pages are up to date, and what the others name is there."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import jsonschema
import pytest

from docs import generate
from wpexport.cli.program import COMMANDS, program
from wpexport.errors import Exit
from wpexport.model import schema

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
README = (ROOT / "README.md").read_text(encoding="utf-8")

_CONTEXT = click.Context(program, info_name="wpexport")


def command(name: str) -> click.Command:
    found = program.get_command(_CONTEXT, name)
    assert found is not None
    return found


def options(name: str) -> set[str]:
    return {opt for param in command(name).params for opt in (*param.opts, *param.secondary_opts)} | {
        "--help",
        "-h",
    }


GENERATED = list(generate.everything())


@pytest.mark.parametrize(("path", "text"), GENERATED, ids=[path.name for path, _ in GENERATED])
def test_generated_pages_are_up_to_date(path: Path, text: str) -> None:
    assert path.read_text(encoding="utf-8") == text, "run: make docs"


def test_no_schema_is_left_over() -> None:
    there = {path.name for path in (ROOT / "docs" / "schema" / schema.VERSION).iterdir()}
    assert there == {name for name, _ in schema.documents()}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_and_options_in_the_docs_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    fenced = "".join(re.findall(r"^```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE))
    inline = re.findall(r"`wpexport ([a-z][^`]*)`", text)
    for line in [*re.findall(r"^ *(?:\$ )?wpexport ([a-z].*)$", fenced, re.MULTILINE), *inline]:
        words = line.partition("  ")[0].split()
        assert words[0] in COMMANDS, line
        for word in words[1:]:
            if re.match(r"--?[a-z]", word):
                assert word.partition("=")[0] in options(words[0]), line


def test_every_exit_code_is_told_everywhere() -> None:
    table = (ROOT / "docs" / "exit-codes.md").read_text(encoding="utf-8")
    rows = {int(code): name for code, name in re.findall(r"^\| (\d+) \| (\w+) \|", table, re.MULTILINE)}
    assert rows == {int(code): code.name for code in Exit}
    for text in (README, program.epilog or ""):
        for code in Exit:
            assert re.search(rf"\b{int(code)}\b", text), code


def test_the_readme_names_every_command() -> None:
    for name in COMMANDS:
        assert f"`wpexport {name}" in README, name


def test_the_readme_never_says_to_install_another_package() -> None:
    for page in PAGES:
        assert not re.search(
            r"(?:pip|pipx|uv\w*) (?:install|run) wpexport\b(?!-archive)", page.read_text("utf-8")
        )
    assert "wpexport-archive" in README


def test_the_readme_is_two_commands_away_from_a_demo() -> None:
    assert "\nmake demo\nmake test\n" in README


def test_python_in_the_readme_runs(capsys: pytest.CaptureFixture[str]) -> None:
    for block in re.findall(r"```python\n(.*?)```", README, re.DOTALL):
        exec(compile(block, "README.md", "exec"), {})
    assert capsys.readouterr().out == "Hello **you**\n\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_and_examples(name: str) -> None:
    found = command(name)
    assert found.help
    examples = getattr(found, "examples", ())
    assert examples
    for line, meaning in examples:
        assert meaning
        assert line.startswith(f"wpexport {name}")
        for word in line.split():
            if re.match(r"--?[a-z]", word):
                assert word in options(name), line
    for param in found.params:
        if isinstance(param, click.Option):
            assert param.help, param.name


def test_help_is_what_the_docs_say_it_is() -> None:
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    command = [sys.executable, "-m", "wpexport", "export", "--help"]
    said = subprocess.run(command, env={**os.environ, "COLUMNS": "100"}, capture_output=True, check=True)
    text = "\n".join(line.rstrip() for line in said.stdout.decode().splitlines())
    assert f"```\n{text}\n```" in page


def test_the_list_of_commands_says_what_they_say_themselves() -> None:
    assert set(program.list_commands(_CONTEXT)) == set(COMMANDS)
    for name, entry in COMMANDS.items():
        assert command(name).name == name
        assert entry.short_help.endswith(".")


@pytest.mark.parametrize(
    "verb", ["demo", "test", "lint", "types", "golden", "samples", "e2e", "bench", "docs", "dist", "clean"]
)
def test_make_knows_its_verbs(verb: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{verb}:.* ## ", makefile, re.MULTILINE)
    assert re.search(rf"\.PHONY:.*\b{verb}\b", makefile)


# -- the schemas --------------------------------------------------------------------------------------------

KINDS = {
    "data/posts": "post",
    "data/comments": "comment",
    "data/media": "media",
    "data/authors.jsonl": "author",
    "data/terms.jsonl": "term",
    "data/site.json": "site",
    "data/personal": "personal",
    "data/history": "former",
    "data/gone.jsonl": "gone",
    "runs": "run",
    "wpexport.json": "settings",
}


def validator(name: str) -> Any:
    loaded = json.loads((ROOT / "docs" / "schema" / "v1" / f"{name}.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(loaded)
    assert loaded["$id"].endswith(f"/v1/{name}.json")
    return jsonschema.Draft202012Validator(loaded)


@pytest.mark.parametrize("name", [*dict.fromkeys(KINDS.values()), "journal-entry"])
def test_schemas_are_schemas(name: str) -> None:
    assert not validator(name).is_valid([])


def records(archive: Path) -> dict[str, list[Any]]:
    """Everything in an archive by the kind it should be."""
    found: dict[str, list[Any]] = {}
    for root in (archive, archive / "private"):
        for place, kind in KINDS.items():
            target = root / place
            paths = (
                [target] if target.is_file() else sorted(target.rglob("*.json*")) if target.is_dir() else []
            )
            for path in paths:
                text = path.read_text(encoding="utf-8")
                lines = text.splitlines() if path.suffix == ".jsonl" else [text]
                found.setdefault(kind, []).extend(json.loads(line) for line in lines)
    return found


SAMPLES = sorted(path.parent for path in (ROOT / "samples").rglob("wpexport.json"))


@pytest.mark.parametrize("archive", SAMPLES, ids=lambda path: path.name)
def test_sample_archives_are_what_the_schemas_say(archive: Path) -> None:
    found = records(archive)
    assert found["post"]
    for kind, rows in found.items():
        check = validator(kind)
        for row in rows:
            check.validate(row)


def test_a_fresh_archive_is_what_the_schemas_say(tmp_path: Path) -> None:
    from tests.ops.blogs import MemorySource, comment, post
    from wpexport.ops.pull import PullOptions, pull

    source = MemorySource(posts=[post(1), post(2, title="<b>")], comments=[comment(1, 1), comment(2, 1, 1)])
    list(pull(tmp_path / "a", source.home, lambda: source, PullOptions()))
    source.posts = [post(1, title="Another title"), post(2)]
    list(pull(tmp_path / "a", source.home, lambda: source, PullOptions()))
    source.posts = [post(1, title="Another title")]
    list(pull(tmp_path / "a", source.home, lambda: source, PullOptions()))
    found = records(tmp_path / "a")
    assert {"post", "comment", "author", "term", "site", "settings", "run", "former", "gone"} <= set(found)
    for kind, rows in found.items():
        for row in rows:
            validator(kind).validate(row)
