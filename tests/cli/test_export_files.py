"""Archives made from export files: repeated, finished, and spoken of as such."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal
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
