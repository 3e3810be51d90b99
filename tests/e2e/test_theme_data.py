"""WordPress' own theme unit test data, in each generator: it builds, nothing is missing, every link leads on.

The data is not ours to keep; the test runs where it lies beside the checkout.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.e2e.generators import GENERATORS
from tests.e2e.test_generators import bare, built, check_comments, file_of, read, unexpected, words
from wpexport.archive.archive import Archive
from wpexport.archive.reader import Reader

DATA = Path(__file__).parents[3] / "shared/data/themeunittestdata.wordpress.xml"
pytestmark = [pytest.mark.e2e, pytest.mark.skipif(not DATA.is_file(), reason="the data is not here")]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("theme") / "archive"
    command = [sys.executable, "-m", "wpexport", "pull", str(DATA), str(root), "--media", "none", "--quiet"]
    subprocess.run(command, check=True, timeout=120)
    return root


@pytest.mark.parametrize("name", GENERATORS)
def test_it_builds_whole(name: str, archive: Path, tmp_path: Path) -> None:
    generator = GENERATORS[name]
    if reason := generator.missing():
        if os.environ.get("WPEXPORT_E2E") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    generator.install()
    blog = Reader(Archive.open(archive), frozenset())
    site = built(blog, generator, tmp_path / "out", "data")
    assert unexpected(site, blog.site().home.rstrip("/") + "/") == []
    for post in blog.posts():
        page = file_of(site.public, urlsplit(post.url or "").path)
        if not page.is_file():  # MkDocs puts posts by their dates; //greek/... is no address in a site
            page = next(site.public.glob(f"**/{post.slug}/index.html"))
        shown = read(page)
        assert bare(post.title) in shown, post.url
        missing = [word for word in words(post.content.html or "") if word not in shown]
        assert missing == [], post.url
        comments = [one for one in blog.comments(post) if one.type == "comment"]
        check_comments(page.read_text("utf-8"), shown, comments)
