"""The map of old addresses, before any server reads it (``tests/e2e/test_redirects.py`` asks real ones)."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from tests.export.blogs import HOME, MemoryBlog, html, sample
from wpexport.errors import UsageError
from wpexport.export.base import ExportReport, Notice, Options
from wpexport.export.markdown.redirects import Redirect
from wpexport.export.registry import make_exporter
from wpexport.model import Author, Media, Post, Term

ALL = ("apache", "csv", "netlify", "nginx")


def exported(blog: MemoryBlog, out: Path, to: str = "hugo", **options: Any) -> ExportReport:
    exporter = make_exporter(to, blog, out, Options(**{"redirects": ALL, **options}))
    exporter.report.notices = [event for event in exporter.run() if isinstance(event, Notice)]
    return exporter.report


def rows(out: Path) -> dict[str, tuple[str, str]]:
    text = (out / "redirects" / "redirects.csv").read_text("utf-8")
    return {row["old"]: (row["new"], row["status"]) for row in csv.DictReader(io.StringIO(text))}


@pytest.fixture
def blog(tmp_path: Path) -> MemoryBlog:
    return sample(tmp_path / "files")


def test_every_kind_of_address_is_in_the_list(blog: MemoryBlog, tmp_path: Path) -> None:
    many = "<p>a</p><!--nextpage--><p>b</p><!--nextpage--><p>c</p>"
    old = {"_wp_old_slug": ["former", "%E8%AA%9E"]}
    blog.the_posts.append(
        Post(id=90, slug="long", url=f"{HOME}/2021/10/long/", author=3, content=html(many), meta=old)
    )
    blog.the_authors = [Author(id=3, name="Ana", slug="ana", url=f"{HOME}/author/ana/")]
    blog.the_terms.append(Term(id=60, taxonomy="post_tag", slug="unused", url=f"{HOME}/tag/unused/"))
    exported(blog, tmp_path / "out")
    said = rows(tmp_path / "out")
    assert said["/blog/2021/10/hello/"] == ("/blog/2021/10/hello/", "200")
    assert said["/blog/?p=1"] == ("/blog/2021/10/hello/", "301")
    assert said["/blog/?page_id=6"] == ("/blog/about/team/", "301")
    assert said["/blog/2021/10/hello/feed/"] == ("/blog/2021/10/hello/", "301")
    assert said["/blog/2021/10/long/3/"] == ("/blog/2021/10/long/", "301")
    assert "/blog/2021/10/long/4/" not in said
    assert said["/blog/2021/10/former/"] == ("/blog/2021/10/long/", "200")
    assert said["/blog/2021/10/%E8%AA%9E/"] == ("/blog/2021/10/long/", "200")
    assert said["/blog/2021/10/hello/attachment/"][0].startswith("/blog/2021/10/hello/Photo.jpg")
    assert said["/blog/wp-content/uploads/2021/10/Photo.jpg"][1] == "301"
    assert said["/blog/author/ana/"] == ("/blog/", "301")
    assert said["/blog/author/ana/feed/"] == ("/blog/index.xml", "301")
    assert said["/blog/2021/10/25/"] == ("/blog/", "301")
    assert said["/blog/?m=202110"] == ("/blog/", "301")
    assert said["/blog/page/2/"] == ("/blog/", "301")
    assert said["/blog/feed/"] == ("/blog/index.xml", "301")
    assert said["/blog/category/cafe-bar/"] == ("/blog/category/cafe-bar/", "200")
    assert said["/blog/category/cafe-bar/feed/"] == ("/blog/category/cafe-bar/index.xml", "301")
    assert said["/blog/?cat=1"] == ("/blog/category/cafe-bar/", "301")
    assert said["/blog/tag/unused/"] == ("/blog/", "301")
    assert said["/blog/book/"] == ("/blog/book/", "200")


def test_an_attachment_that_nothing_shows_leads_to_its_post_or_is_named(
    blog: MemoryBlog, tmp_path: Path
) -> None:
    blog.the_media.append(Media(id=60, url=f"{HOME}/2021/10/odd/page/", post=2))
    blog.the_media.append(Media(id=61, url=f"{HOME}/lonely/"))
    report = exported(blog, tmp_path / "out")
    said = rows(tmp_path / "out")
    assert said["/blog/2021/10/odd/page/"] == ("/blog/2021/10/odd/", "301")
    assert said["/blog/lonely/"] == ("", "404")
    assert [one.where for one in report.notices if one.kind == "no-new-place"] == [f"{HOME}/lonely/"]


def test_without_feeds_in_the_new_site_feeds_lead_nowhere_of_their_own(
    blog: MemoryBlog, tmp_path: Path
) -> None:
    exported(blog, tmp_path / "out", "jekyll")
    assert rows(tmp_path / "out")["/blog/feed/"] == ("", "404")


def test_the_files_lie_where_the_generator_takes_them(blog: MemoryBlog, tmp_path: Path) -> None:
    exported(blog, tmp_path / "hugo")
    for path in (
        "static/_redirects",
        "static/.htaccess",
        "redirects/nginx-maps.conf",
        "redirects/nginx-server.conf",
    ):
        assert (tmp_path / "hugo" / path).is_file()
    exported(blog, tmp_path / "jekyll", "jekyll", redirects=("netlify",))
    assert [path.name for path in (tmp_path / "jekyll" / "redirects").iterdir()] == ["_redirects"]
    exported(blog, tmp_path / "none", redirects=())
    assert not (tmp_path / "none" / "redirects").exists()
    before = exported(blog, tmp_path / "hugo")
    assert before.written == 0


def test_netlify_is_told_exact_addresses_first_and_whole_folders_last(
    blog: MemoryBlog, tmp_path: Path
) -> None:
    exported(blog, tmp_path / "out")
    lines = (tmp_path / "out/static/_redirects").read_text("utf-8").splitlines()
    assert "/blog/ p=1 /blog/2021/10/hello/ 301!" in lines
    assert lines.index("/:p1/:p2/feed/* /:p1/:p2/ 301") < lines.index("/blog/2021/* /blog/ 301")
    for line in lines:
        assert line.isascii()
        assert line.startswith("#") or line.split()[-1] in {"301", "301!"}


def test_nginx_gets_no_two_keys_that_it_takes_for_one(blog: MemoryBlog, tmp_path: Path) -> None:
    blog.the_media += [
        Media(id=60, url=f"{HOME}/Photo/", post=1),
        Media(id=61, url=f"{HOME}/photo/", post=2),
        Media(id=62, url=f"{HOME}/PHOTO/", post=2),
    ]
    exported(blog, tmp_path / "out")
    maps = (tmp_path / "out/redirects/nginx-maps.conf").read_text("utf-8")
    for name in ("Photo", "photo", "PHOTO"):
        assert f'"~^/blog/{name}$"' in maps
    for block in maps.split("map ")[1:]:
        keys = [line.split('"')[1].lower() for line in block.splitlines()[2:] if line.startswith('    "')]
        plain = [key for key in keys if not key.startswith("~")]
        assert len(plain) == len(set(plain))


@pytest.mark.parametrize(
    ("to", "options", "words"),
    [
        ("hugo", {"redirects": ("iis",)}, "knows no iis"),
        ("markdown", {}, "is not known"),
        ("hugo", {"partial": True}, "a part of it"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    blog: MemoryBlog, tmp_path: Path, to: str, options: dict[str, Any], words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        make_exporter(to, blog, tmp_path / "out", Options(**{"redirects": ALL, **options}))


def test_addresses_are_written_as_a_browser_asks() -> None:
    assert Redirect("/a b/語", (), "/x/", "post").old == "/a%20b/%E8%AA%9E/"
    assert Redirect("/a.html", (), "/x/", "post").old == "/a.html"
    assert Redirect("", ("tag", "c#"), "/x/", "term").old == "/?tag=c%23"
    assert Redirect("/x", (), "/x/", "post").kept
