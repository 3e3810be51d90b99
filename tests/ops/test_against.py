"""The archive against the live site, and the sitemap as another witness."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.fakewp import FakeWordPress
from wpexport.errors import Exit
from wpexport.net import Credentials, Http
from wpexport.ops.against import against, place_of
from wpexport.ops.events import Checked
from wpexport.ops.pull import PullOptions, pull
from wpexport.sources.registry import open_source

LOGINS = json.loads((Path(__file__).parents[2] / "samples/blog/logins.json").read_text())


class Site:
    """The sample blog, pulled once; what it says may change afterwards."""

    def __init__(self, fake: FakeWordPress, url: str, root: Path, login: bool) -> None:
        self.fake, self.url, self.root, self.login = fake, url, root, login
        with self.http() as http:
            list(pull(root, url, partial(open_source, http, url), PullOptions(), http))

    def http(self) -> Http:
        credentials = Credentials("admin", LOGINS["admin"]) if self.login else None
        return Http(credentials=credentials, attempts=1)

    def checked(self, sample: int = 100) -> Checked:
        with self.http() as http:
            connect = partial(open_source, http, self.url)
            *_, last = against(self.root, connect, http, sample=sample, seed=1)
        assert isinstance(last, Checked)
        return last


@pytest.fixture(params=[False, True], ids=["visitor", "login"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    fake = FakeWordPress.sample()
    with fake.serve() as url:
        yield Site(fake, url, tmp_path / "archive", request.param)


def test_a_faithful_archive(site: Site) -> None:
    done = site.checked()
    assert [f for f in done.findings if f.severity != "note"] == []
    assert done.exit_code == Exit.DONE
    assert done.counts["addresses in the sitemap"] > 30
    assert done.counts["Posts compared"] > 15
    assert done.counts["Comments compared"] > 10
    assert {f.kind for f in done.findings} <= {"sitemap-list", "rendered", "closed"}


def test_what_changed_since_is_found(site: Site) -> None:
    posts = site.fake.blog.collections["posts"]
    number = next(row.id for row in posts.rows if row.view and not row.edit["password"])
    site.fake.post(number, title="Another title", modified_gmt="2030-01-01T00:00:00")
    site.fake.post(9_999, title="A new one")
    gone = next(row.id for row in posts.rows if row.view and row.id not in (number, 9_999))
    site.fake.remove("posts", gone)
    page = next(row.id for row in site.fake.blog.collections["pages"].rows if row.view)
    site.fake.remove("pages", page)
    found = {f.kind: f for f in site.checked().findings}
    assert found["differs"].where == f"posts/post:{number}"
    assert site.checked().exit_code == Exit.INCOMPLETE
    assert {f.where for f in site.checked().findings if f.kind == "not-shown"} == {
        f"posts/post:{gone}",
        f"posts/page:{page}",
    }
    assert found["more"].where == "posts/page"
    site.fake.post(10_000)
    assert "fewer" in {f.kind for f in site.checked(sample=1).findings}


def test_what_only_a_login_saw_did_not_vanish_for_a_visitor(tmp_path: Path) -> None:
    """Pingbacks are public, and lie in the public bag; the API shows them to a login alone."""
    with FakeWordPress.sample().serve() as url:
        site = Site(FakeWordPress.sample(), url, tmp_path / "archive", login=True)
        kinds = [
            json.loads(line)["type"]
            for path in (site.root / "data/comments").rglob("*.jsonl")
            for line in path.read_text().splitlines()
        ]
        assert "pingback" in kinds
        site.login = False
        done = site.checked()
    assert {f.kind for f in done.findings} <= {"sitemap-list", "rendered", "closed", "fewer"}
    assert {f.severity for f in done.findings} == {"note"}
    assert done.exit_code == Exit.DONE


def test_the_sitemap_names_what_the_archive_lacks(tmp_path: Path) -> None:
    fake = FakeWordPress()
    fake.post(1, title="Shown")
    index = b"<sitemapindex><sitemap><loc>http://blog.example/post-sitemap.xml</loc></sitemap></sitemapindex>"
    fake.file("/sitemap_index.xml", index)
    pages = ("/2020/01/shown/", "/a-type-without-rest/?a=1&amp;b=2", "/")
    urls = "".join(f"<url>\n<loc><![CDATA[http://blog.example{page}]]></loc>\n</url>" for page in pages)
    fake.file("/post-sitemap.xml", f"<urlset>{urls}</urlset>".encode())
    with fake.serve() as url:
        site = Site(fake, url, tmp_path / "archive", login=False)
        done = site.checked()
        assert [f.where for f in done.findings if f.kind == "sitemap"] == [
            f"{url}/a-type-without-rest/?a=1&b=2"
        ]
        assert done.exit_code == Exit.INCOMPLETE
        fake.blog.files.clear()
        assert "no-sitemap" in {f.kind for f in site.checked().findings}


def test_an_address_is_compared_without_its_scheme_and_slash() -> None:
    assert place_of("https://www.Blog.example/%C3%A4/") == place_of("http://blog.example/ä")
    assert place_of("http://blog.example/?p=1") != place_of("http://blog.example/?p=2")
