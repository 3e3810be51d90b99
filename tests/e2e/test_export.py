"""A real WordPress, pulled and exported: the real Hugo builds it, and everything in it resolves."""

from __future__ import annotations

import html
import os
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.blogs import truth
from tests.e2e.test_pull import pulled
from tests.e2e.wordpress import Site
from tests.export.sites import broken_links, build, hugo
from wpexport.export.base import Options
from wpexport.ops.events import Exported
from wpexport.ops.export import ExportRequest, export

pytestmark = pytest.mark.e2e
#: what the blog itself links to and does not have: told in the export's report, kept as it was
GONE = ("/2020/01/long-gone/", "/the-lamp-is-lit-again/x")


def exported(archive: Path, out: Path, to: str, **options: Any) -> Exported:
    *_, last = export(archive, out, ExportRequest(to=to, options=Options(**options)))
    assert isinstance(last, Exported)
    return last


def header(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(path.read_text("utf-8").split("\n---\n")[0])
    return loaded


@pytest.fixture(scope="module")
def archive(real_wordpress: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("export") / "archive"
    pulled(real_wordpress, root)
    return root


@pytest.mark.skipif(hugo() is None and os.environ.get("WPEXPORT_E2E") != "1", reason="no Hugo: make e2e")
@pytest.mark.parametrize("comments", ["inline", "data"])
def test_hugo_builds_it_and_every_link_and_picture_resolves(
    real_wordpress: Site, archive: Path, tmp_path: Path, comments: str
) -> None:
    out = tmp_path / "hugo"
    exported(archive, out, "hugo", comments=comments)
    build(out)
    broken = [
        link
        for link in broken_links(out / "public", real_wordpress.url + "/")
        if not html.unescape(link).endswith(GONE) and "/author/" not in link
    ]
    assert broken == []
    for row in truth(real_wordpress)["posts"]:
        if row["public"] and row["status"] == "publish" and row["type"] in ("post", "page"):
            address = row["permalink"].removeprefix(real_wordpress.url)
            assert any((out / "public").glob(f"{_unquoted(address)}index.html")), address


def _unquoted(address: str) -> str:
    from urllib.parse import unquote

    return unquote(address).lstrip("/")


@pytest.mark.parametrize("to", ["markdown", "hugo"])
def test_every_post_and_comment_is_in_the_export(
    real_wordpress: Site, archive: Path, tmp_path: Path, to: str
) -> None:
    said = truth(real_wordpress)
    done = exported(archive, tmp_path / to, to)
    texts = {path: path.read_text("utf-8") for path in (tmp_path / to).rglob("*.md")}
    headers = {path: header(path) for path, text in texts.items() if text.startswith("---\n")}
    numbers = Counter(_number(head) for head in headers.values())
    public = [row for row in said["posts"] if row["public"] and row["status"] == "publish"]
    assert {row["id"] for row in public} <= set(numbers)
    assert all(count == 1 for number, count in numbers.items() if number is not None)
    assert done.posts == len(public)
    readable = [row for row in said["comments"] if row["readable"]]
    assert done.comments == len(readable)
    everything = "".join(texts.values())
    for row in readable:
        assert f'id="comment-{row["id"]}"' in everything
    titles = {_number(head): head["title"] for head in headers.values()}
    assert titles[11] == "part \\1: “yes” {{< x >}} {% y %}"


def _number(head: dict[str, Any]) -> int | None:
    """The post's number; terms have pages too, and numbers of their own."""
    own = head if "type" in head else head.get("params", {}).get("wordpress", {})
    return own.get("id") if "type" in own else None


def test_two_exports_of_one_archive_are_the_same_to_the_byte(archive: Path, tmp_path: Path) -> None:
    for ending in ("zip", "tar.gz"):
        one, two = tmp_path / f"one.{ending}", tmp_path / f"two.{ending}"
        exported(archive, one, "hugo")
        exported(archive, two, "hugo")
        assert one.read_bytes() == two.read_bytes()


def test_an_export_holds_no_address_of_the_old_site_that_could_be_relative(
    real_wordpress: Site, archive: Path, tmp_path: Path
) -> None:
    exported(archive, tmp_path / "out", "markdown")
    left = set()
    for path in (tmp_path / "out/posts").rglob("*.md"):
        body = path.read_text("utf-8").partition("\n---\n")[2]
        left |= set(re.findall(rf"\]\(({re.escape(real_wordpress.url)}[^)\s]*)", body))
    outside = (*GONE, "/author/kenji/", "/category/birds/sea-birds/")
    assert {link for link in left if not link.endswith(outside)} == set()
