"""Moving house on the command line: what each export takes, by which rules, and what a comparison says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal
from tests.ops.blogs import MemorySource, comment, post
from wpexport.export.registry import names
from wpexport.model import Author, Personal
from wpexport.ops.pull import PullOptions, pull

COMMENTS = ["isso", "remark42", "disqus", "commento", "artalk"]


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    source = MemorySource(
        posts=[post(n, author=1 + n // 3) for n in (1, 2, 3, 4)],
        comments=[comment(1, 1), comment(2, 1, 1), comment(3, 3)],
        authors=[Author(id=1, name="Ana", slug="ana"), Author(id=2, name="Bo", slug="bo")],
    )
    source.comments.append(Personal(id=1, of="comment", post=1, email="reader@mail.example"))
    list(pull(tmp_path / "blog", source.home, lambda: source, PullOptions()))
    return tmp_path / "blog"


def out_of(to: str, folder: str = "out") -> str:
    return f"{folder}/{to}.xml" if to in ("wxr", "isso", "disqus") else f"{folder}/{to}"


def content(folder: Path) -> str:
    return "".join(path.read_text("utf-8", "replace") for path in sorted(folder.rglob("*")) if path.is_file())


@pytest.mark.parametrize(
    ("to", "words", "flag"),
    [
        ("wxr", ["--redirects", "nginx"], "--redirects"),
        ("isso", ["--redirects", "csv"], "--redirects"),
        ("hugo", ["--split", "10M"], "--split"),
        ("markdown", ["--media-base", "https://new.example"], "--media-base"),
        ("sqlite", ["--url-map", "https://a=https://b"], "--url-map"),
        ("wxr", ["--path", "{slug}"], "--path"),
        ("isso", ["--site-name", "x"], "--site-name"),
        ("remark42", ["--comments-only"], "--comments-only"),
        ("csv", ["--comments", "none"], "--comments"),
    ],
)
def test_an_option_that_an_export_does_nothing_with_is_refused(
    terminal: Terminal, archive: Path, to: str, words: list[str], flag: str
) -> None:
    said = terminal.run("export", str(archive), out_of(to), "--to", to, *words)
    assert said.exit_code == 2
    assert f"--to {to} does nothing with {flag}." in said.stderr
    assert not Path("out").exists()


@pytest.mark.parametrize("to", [name for name in names() if "." not in name])
def test_every_export_takes_a_part_of_the_blog(terminal: Terminal, archive: Path, to: str) -> None:
    """Post 3 is Bo's, and the only one that all of these choose."""
    chosen = ["--only", "posts", "--author", "bo", "--since", "2021-01-03", "--until", "2021-01-04"]
    said = terminal.run("export", str(archive), out_of(to), "--to", to, *chosen, "--ids", "2-3", "--json")
    assert said.exit_code in (0, 3), said.output
    assert json.loads(said.stdout.splitlines()[-1])["left_out"]["not chosen"] == 3


@pytest.mark.parametrize("to", ["wxr", *COMMENTS])
def test_e_mail_goes_out_only_when_it_is_asked_for_by_name(
    terminal: Terminal, archive: Path, to: str
) -> None:
    terminal.run("export", str(archive), out_of(to, "a"), "--to", to)
    assert "mail.example" not in content(Path("a"))
    terminal.run("export", str(archive), out_of(to, "b"), "--to", to, "--include", "email")
    # Remark42 has no place for it
    assert ("reader@mail.example" in content(Path("b"))) == (to != "remark42")


@pytest.mark.parametrize("to", ["wxr", *COMMENTS])
def test_each_export_says_what_the_importer_will_do(terminal: Terminal, archive: Path, to: str) -> None:
    said = terminal.run("export", str(archive), out_of(to), "--to", to).stdout
    advice = {"wxr": "Tools > Import", "remark42": "It deletes the comments", "isso": "TZ=UTC"}
    assert advice.get(to, "import").lower() in said.lower()
    assert "how-to" not in said


def test_comments_alone_for_a_wordpress_that_has_the_posts(terminal: Terminal, archive: Path) -> None:
    for words in (["--only", "comments"], ["--comments-only"]):
        said = terminal.run("export", str(archive), "c.xml", "--to", "wxr", "--overwrite", *words)
        assert "2 texts, 3 comments" in said.stdout
        assert "Text of 1" not in Path("c.xml").read_text()
    terminal.run("export", str(archive), "p.xml", "--to", "wxr", "--comments", "none")
    assert "Text of 1" in Path("p.xml").read_text()
    assert "wp:comment>" not in Path("p.xml").read_text()


def test_rules_for_new_addresses_come_from_files_and_from_the_command_line(
    terminal: Terminal, archive: Path
) -> None:
    Path("moved.csv").write_text("old,new\n/post-1/,/one/\n", encoding="utf-8")
    host = ("--url-map", "https://blog.example=https://new.example")
    words = ("--to", "remark42", "--url-map", "moved.csv")
    said = terminal.run("export", str(archive), "c.jsonl", *words, *host)
    assert said.exit_code == 0
    text = Path("c.jsonl").read_text()
    assert "https://new.example/one/" in text
    assert "https://new.example/post-3/" in text
    assert "blog.example" not in text
    said = terminal.run("export", str(archive), "d.jsonl", *words)
    assert "pages that keep their old address: no rule of --url-map fits  1\n" in said.stdout
    said = terminal.run("export", str(archive), "e.jsonl", "--to", "remark42", "--url-map", "nothing.csv")
    assert (said.exit_code, "nothing.csv cannot be read" in said.stderr) == (2, True)
    said = terminal.run("export", str(archive), "f.jsonl", "--to", "remark42", "--url-map", "=x")
    assert (said.exit_code, "is no rule" in said.stderr) == (2, True)


def test_a_comparison_tells_apart_what_no_move_can_help(
    terminal: Terminal, archive: Path, tmp_path: Path
) -> None:
    new = MemorySource(
        home="https://new.example",
        posts=[
            post(n, id=n + 50, author=1 + n // 3, url=f"https://new.example/post-{n}/") for n in (1, 2, 3, 4)
        ],
        comments=[comment(1, 51, id=1), comment(2, 51, 1, id=2), comment(3, 53, id=3)],
        authors=[Author(id=1, name="Ana", slug="ana"), Author(id=2, name="Bo", slug="bo")],
    )
    list(pull(tmp_path / "new", new.home, lambda: new, PullOptions()))
    said = terminal.run("diff", str(archive), str(tmp_path / "new")).stdout
    before, _, after = said.partition("What no move can help (docs/moving.md):\n")
    assert "Numbers are the new site's own\n  posts.id  4\n" in after
    assert "posts.id" not in before
