"""Ghost's import file, read by the rules of its importer."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.export import ghost_reader
from tests.export.blogs import HOME, MemoryBlog, html, sample
from wpexport.export.base import ExportReport, Options
from wpexport.export.registry import make_exporter
from wpexport.model import Author, Markup, Media, Post, Reference, Term


def exported(blog: MemoryBlog, out: Path, **options: Any) -> ExportReport:
    exporter = make_exporter("ghost", blog, out, Options(**options))
    for _ in exporter.run():
        pass
    return exporter.report


@pytest.fixture
def blog(tmp_path: Path) -> MemoryBlog:
    return sample(tmp_path / "files")


def test_it_keeps_all_of_ghosts_rules(blog: MemoryBlog, tmp_path: Path) -> None:
    blog.the_authors += [
        Author(id=8, name="N" * 300, slug="ana", description="b" * 400, website="javascript:alert(1)"),
        Author(id=9, name="", slug=""),
    ]
    blog.the_terms += [
        Term(id=60, taxonomy="post_tag", name=", , odd" + "x" * 300, slug="odd"),
        Term(id=61, taxonomy="genre", name="Same slug", slug="cafe-bar", description="d" * 900, parent=5),
    ]
    long = Post(
        id=90,
        title="😀" * 200,
        slug="%E8%AA%9E" * 100,
        author=8,
        terms=[60, 61, 60, Reference(name="Loose", taxonomy="post_tag"), 999],
        content=html("<p>x</p>"),
        excerpt=Markup(raw="e" * 400),
        sticky=True,
    )
    blog.the_posts += [
        long,
        Post(id=91, author=9),
        Post(id=92, slug="ghost"),
        Post(id=93, slug="GHOST", status="private"),
    ]
    exported(blog, tmp_path / "out")
    data = ghost_reader.read(tmp_path / "out" / "ghost.json")
    assert len(data["posts"]) == len(blog.the_posts)
    by_id = {post["id"]: post for post in data["posts"]}
    assert by_id["5"]["type"] == "page"
    assert by_id["14"]["status"] == by_id["93"]["status"] == by_id["8"]["status"] == "draft"
    assert by_id["1"]["published_at"] == "2021-10-25T09:00:00Z"
    assert by_id["1"]["featured"] is True
    assert {by_id["6"]["slug"], by_id["7"]["slug"]} == {"team", "team-2"}
    names = {tag["id"]: tag["name"] for tag in data["tags"]}
    tags = [names[row["tag_id"]] for row in data["posts_tags"] if row["post_id"] == "1"]
    assert tags == ["Café & Bar", "yes", "Novel: a/b"]
    assert "#book" in names.values()


def test_links_and_pictures_lead_into_the_new_site(blog: MemoryBlog, tmp_path: Path) -> None:
    report = exported(blog, tmp_path / "out")
    data = ghost_reader.read(tmp_path / "out" / "ghost.json")
    files = ghost_reader.stored(tmp_path / "out")
    post = next(post for post in data["posts"] if post["id"] == "1")
    text = ghost_reader.replaced(post["html"], files)
    addresses = re.findall(r'(?:href|src)="([^"]*)"', text)
    assert "__GHOST_URL__/odd/" in addresses
    assert "__GHOST_URL__/odd/#comment-7" in addresses
    assert "__GHOST_URL__/tag/cafe-bar/" in addresses
    assert "https://elsewhere.example/x?utm_source=1" in addresses
    assert f"{HOME}/nothing-here/" in addresses
    assert "/content/images/2021/10/Photo.jpg" in addresses
    assert "/content/images/2020/01/photo.jpg" in addresses
    assert f"{HOME}/wp-content/uploads/notes.html" in addresses
    assert post["feature_image"] == "__GHOST_URL__/content/images/2021/10/Photo.jpg"
    assert post["feature_image_alt"] == "A photo"
    kinds = {notice.kind: notice.count for notice in report.notices}
    assert kinds["file-kind"] == 1
    assert kinds["unresolved-link"] == 1
    assert kinds["missing-media"] == 2
    assert report.facts["media_files"] == len(files) == 2


def test_no_two_files_get_one_name_and_none_is_taken_for_the_blog(blog: MemoryBlog, tmp_path: Path) -> None:
    uploads = f"{HOME}/wp-content/uploads"
    for number, name in enumerate(("a b.png", "a-b.png", "A-b.png", "å.png", "data.json", "list.csv"), 60):
        blog.add_file(Media(id=number, source_url=f"{uploads}/{name}"), name.encode(), f"files/{number}")
        text = f"<p><a class=x href='{uploads}/{name}' srcset=\"{uploads}/{name} 2x\">x</a></p>"
        blog.the_posts.append(
            Post(id=100 + number, slug=f"p{number}", url=f"{HOME}/p{number}/", content=html(text))
        )
    exported(blog, tmp_path / "out")
    data = ghost_reader.read(tmp_path / "out" / "ghost.json")
    files = ghost_reader.stored(tmp_path / "out")
    assert len({name.lower() for name in files}) == len(files) == 6
    texts = {post["id"]: post["html"] for post in data["posts"]}
    assert f"{uploads}/data.json" in texts["164"]
    assert "srcset" not in texts["160"]
    assert "uploads" not in texts["163"]


def test_it_says_that_comments_are_lost_unless_nobody_wants_them(blog: MemoryBlog, tmp_path: Path) -> None:
    [lost] = [one for one in exported(blog, tmp_path / "out").notices if one.loss]
    assert (lost.kind, lost.count) == ("comments-lost", len(blog.the_comments))
    assert not [one for one in exported(blog, tmp_path / "other", comments="none").notices if one.loss]


def test_one_file_leaves_media_where_they_are(blog: MemoryBlog, tmp_path: Path) -> None:
    report = exported(blog, tmp_path / "blog.json")
    data = ghost_reader.read(tmp_path / "blog.json")
    assert list(tmp_path.glob("*.json")) == [tmp_path / "blog.json"]
    assert f"{HOME}/wp-content/uploads/2021/10/Photo.jpg" in data["posts"][0]["html"]
    assert "media-stay" in {notice.kind for notice in report.notices}
    before = (tmp_path / "blog.json").read_bytes()
    assert exported(blog, tmp_path / "blog.json").unchanged == 1
    assert (tmp_path / "blog.json").read_bytes() == before


def test_old_addresses_lead_to_the_new_ones(blog: MemoryBlog, tmp_path: Path) -> None:
    exported(blog, tmp_path / "out")
    rules = yaml.safe_load((tmp_path / "out" / "redirects.yaml").read_text("utf-8"))[301]
    for old, new in (("/2021/10/odd/", "/odd/"), ("/2021/10/%e6%97%a5%e6%9c%ac%e8%aa%9e", "/日本語/")):
        assert [to for rule, to in rules.items() if re.search(rule, old)] == [new]
    assert not [rule for rule in rules if re.search(rule, "/odd/")]
