"""Archives made from export files: repeated, finished, and spoken of as such."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal
from wpexport.cli.commands.pull import planned
from wpexport.errors import Exit

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>A blog</title><link>https://blog.example</link>
<wp:wxr_version>1.2</wp:wxr_version><wp:base_blog_url>https://blog.example</wp:base_blog_url>
<wp:category><wp:term_id>9</wp:term_id><wp:category_nicename>formats</wp:category_nicename>
<wp:cat_name>Formats</wp:cat_name></wp:category>
<wp:tag><wp:term_id>9</wp:term_id><wp:tag_slug>formats</wp:tag_slug><wp:tag_name>Formats</wp:tag_name></wp:tag>
"""


def export(*titles: str) -> str:
    """An export of posts that all have the number 3."""
    items = (
        f"<item><title>{title}</title><link>https://blog.example/hello/</link>"
        "<wp:post_id>3</wp:post_id><wp:post_type>post</wp:post_type><wp:status>publish</wp:status></item>\n"
        for title in titles
    )
    return HEAD + "".join(items) + "</channel></rss>\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder the commands run in, with an export file of shared numbers."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.xml").write_text(export("One", "Two"))
    (tmp_path / "later.xml").write_text(export("One", "Three"))
    return tmp_path


def stored(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in (root / "data").rglob("*") if path.is_file()}


@pytest.mark.parametrize("files", [["a.xml"], ["a.xml", "later.xml"]])
def test_the_same_files_again_change_nothing(terminal: Terminal, here: Path, files: list[str]) -> None:
    first = terminal.run("pull", *files, "blog", "--media", "none")
    assert first.exit_code == Exit.DONE, first.output
    assert "All 4 are new." in first.stdout
    terms = [json.loads(line) for line in (here / "blog/data/terms.jsonl").read_text().splitlines()]
    assert [term["taxonomy"] for term in terms] == ["category", "post_tag"]
    before = stored(here / "blog")
    again = terminal.run("pull", *files, "blog", "--media", "none")
    assert "Nothing is new" in again.stdout
    assert stored(here / "blog") == before


def test_advice_names_the_file(terminal: Terminal, here: Path) -> None:
    first = terminal.run("pull", "a.xml", "blog", "--media", "none")
    for said in (first, terminal.run("info", "blog"), terminal.run("pull", "-n", "a.xml")):
        assert "No export file holds, so not here:" in said.stdout
        assert "login" not in said.stdout
    bare = terminal.run("pull", "blog")
    assert bare.exit_code == Exit.USAGE
    assert "wpexport pull FILE blog" in bare.stderr
    assert "wpexport pull https://blog.example blog" in bare.stderr
    other = terminal.run("pull", "blog", "other")
    assert "wpexport pull FILE blog" in other.stderr


def test_what_is_missing_of_a_file_is_accepted_with_the_file(terminal: Terminal, here: Path) -> None:
    text = (here / "a.xml").read_text()
    (here / "cut.xml").write_text(text[: text.rindex("</item>")])
    cut = terminal.run("pull", "cut.xml", "blog", "--media", "none")
    assert cut.exit_code == Exit.INCOMPLETE
    assert "To try again what is missing: wpexport pull FILE blog" in cut.stdout
    assert "wpexport pull FILE blog --accept all" in cut.stdout
    accepted = terminal.run("pull", "cut.xml", "blog", "--media", "none", "--accept", "all")
    assert accepted.exit_code == Exit.DONE


@pytest.mark.parametrize(
    "name", ["export.xml", "blog/export.xml", "./export", "../export", "/nosuch/export.xml.gz", "export.zip"]
)
def test_a_file_that_is_not_there_is_no_address(terminal: Terminal, here: Path, name: str) -> None:
    said = terminal.run("pull", name)
    assert said.exit_code == Exit.USAGE
    assert f"There is no file or folder {name}." in said.stderr


@pytest.mark.parametrize("address", ["example.org/feed.xml", "https://a.test/a.xml", "localhost:80/a.xml"])
def test_an_address_may_end_like_a_file(here: Path, address: str) -> None:
    assert planned(address).address == address


@pytest.mark.parametrize("name", ["blog", "backups/blog", "htp:/example.org", "http//example.org", "blog/"])
def test_a_word_that_can_be_no_host_is_an_archive_that_is_not_there(
    terminal: Terminal, here: Path, name: str
) -> None:
    said = terminal.run("pull", name)
    assert said.exit_code == Exit.USAGE
    assert f"There is no archive {name} here, and a site it cannot be." in said.stderr


@pytest.mark.parametrize(
    "name", ["localhost", "localhost:8080/blog", "nas:8080", "[::1]:80", "https://nas/blog"]
)
def test_a_host_needs_a_dot_a_port_or_a_scheme(here: Path, name: str) -> None:
    assert planned(name).address == name


def test_an_empty_source_is_no_folder(terminal: Terminal, here: Path) -> None:
    said = terminal.run("pull", "")
    assert (said.exit_code, said.stderr.splitlines()[0]) == (Exit.USAGE, "Error: SOURCE is empty.")


def test_an_archive_is_no_file(terminal: Terminal, here: Path) -> None:
    (here / "notes.txt").write_text("mine")
    said = terminal.run("pull", "https://blog.example", "notes.txt")
    assert (said.exit_code, said.stderr.splitlines()[0]) == (Exit.USAGE, "Error: notes.txt is a file.")


def test_a_site_s_archive_that_took_in_a_file_is_still_the_site_s(terminal: Terminal, here: Path) -> None:
    terminal.run("pull", "a.xml", "blog", "--media", "none")
    settings = json.loads((here / "blog/wpexport.json").read_text())
    del settings["extra"]
    (here / "blog/wpexport.json").write_text(json.dumps(settings))
    assert terminal.run("pull", "a.xml", "blog").exit_code == Exit.DONE
    assert planned("blog").address == "https://blog.example"


def test_the_log_of_a_record_names_its_export_file(terminal: Terminal, here: Path) -> None:
    terminal.run("pull", "a.xml", "blog", "--media", "none")
    said = terminal.run("log", "blog", "posts:3")
    assert "before any answer" not in said.stdout
    assert " UTC  posts 3 (as it is stored now)" in said.stdout
    assert "  from the export file a.xml" in said.stdout
