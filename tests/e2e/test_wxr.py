"""WordPress' own export of one blog, through us, into another WordPress by WordPress' own importer."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.blogs import BLOG, truth
from tests.e2e.wordpress import Site
from tests.export.test_wxr import Folder, MemoryBlog
from wpexport.export.wxr.exporter import WxrExporter, WxrOptions
from wpexport.model import Author, Comment, Loss, Media, Post, Term
from wpexport.sources.wxr import WxrSource

pytestmark = pytest.mark.e2e

EXPORT = """<?php
require_once ABSPATH . 'wp-admin/includes/export.php';
@export_wp( array( 'content' => 'all' ) );
"""
#: what the importer says when something is not as it wants it
COMPLAINTS = re.compile(r"^.*(?:Failed|Warning|Error|skipped|already exists).*$", re.MULTILINE | re.I)


def own_export(site: Site, folder: Path) -> Path:
    """What Tools > Export > All content gives."""
    script = folder / "export.php"
    script.write_text(EXPORT, encoding="utf-8")
    path = folder / "own.xml"
    path.write_text(site.php(script), encoding="utf-8")
    return path


def gather(path: Path) -> tuple[MemoryBlog, list[Loss]]:
    """All that an export file holds."""
    wxr = WxrSource([path])
    blog = MemoryBlog(_site=wxr.site())
    lost: list[Loss] = []
    for offer in wxr.capabilities().offers:
        for batch in wxr.read(offer.collection):
            lost += batch.lost
            for record in batch.records:
                match record:
                    case Post():
                        blog._posts.append(record)
                    case Comment() if record.post is None or isinstance(record.post, int):
                        blog._comments.setdefault(record.post, []).append(record)
                    case Media():
                        blog._media.append(record)
                    case Author(id=int(number)):
                        blog._authors[number] = record
                    case Term(id=int(number)):
                        blog._terms[number] = record
    wxr.close()
    return blog, lost


def prepared(site: Site) -> Site:
    """An empty WordPress that knows the sample blog's types, and keeps its time."""
    shutil.copyfile(BLOG / "plugin.php", site.root / "wp-content" / "mu-plugins" / "tuulisaari.php")
    numbers = site.wp("post", "list", "--post_type=any", "--post_status=any", "--format=ids").split()
    if numbers:
        site.wp("post", "delete", *numbers, "--force", "--quiet")
    site.wp("plugin", "activate", "wordpress-importer", "--quiet")
    return site


def post_facts(said: dict[str, Any]) -> Counter[tuple[Any, ...]]:
    """What must be the same in both blogs, free of numbers."""
    slugs = {(term["taxonomy"], term["id"]): term["slug"] for term in said["terms"]}
    facts: Counter[tuple[Any, ...]] = Counter()
    titles = {post["id"]: post["title"] for post in said["posts"]}
    for post in said["posts"]:
        terms = sorted(
            (taxonomy, slugs.get((taxonomy, number)))
            for taxonomy, numbers in dict(post["terms"]).items()
            for number in numbers
        )
        plain = (post["type"], post["title"], post["date"], post["raw"], post["excerpt"], post["sticky"])
        facts[(*plain, post["format"], post["slug"], titles.get(post["parent"]), tuple(terms))] += 1
    return facts


def comment_facts(said: dict[str, Any]) -> Counter[tuple[Any, ...]]:
    """Each comment with the one it answers; spam is in no export.

    The importer sends comments through WordPress' filters (dangerous attributes go, links get ``rel``), so
    words are compared; and it knows comments of the same post only.
    """
    titles = {post["id"]: post["title"] for post in said["posts"]}
    kept = {comment["id"]: comment for comment in said["comments"] if comment["status"] != "spam"}

    def words(comment: dict[str, Any] | None) -> str | None:
        return " ".join(re.sub(r"<[^>]*>", " ", comment["raw"]).split()) if comment else None

    def answered(comment: dict[str, Any]) -> dict[str, Any] | None:
        parent = kept.get(comment["parent"])
        return parent if parent and parent["post"] == comment["post"] else None

    facts: Counter[tuple[Any, ...]] = Counter()
    for c in kept.values():
        times = (c["date"], c["date_gmt"])
        facts[titles.get(c["post"]), words(c), times, c["status"], c["type"], words(answered(c))] += 1
    return facts


@pytest.mark.parametrize("split", [None, 60_000])
def test_from_one_wordpress_to_another(
    real_wordpress: Site, empty_wordpress: Site, tmp_path: Path, split: int | None
) -> None:
    blog, lost = gather(own_export(real_wordpress, tmp_path))
    assert not lost
    # Pictures are another matter: the importer fetches from a few ports only, and not from this one.
    blog._media.clear()
    exporter = WxrExporter(blog, Folder(tmp_path), WxrOptions(split=split, password="open"))
    list(exporter.run())
    target = prepared(empty_wordpress)
    said = ""
    for name in exporter.report.facts["files"]:
        said += target.wp("import", str(tmp_path / name), "--authors=create", "--user=admin")
    complaints = [line for line in COMPLAINTS.findall(said) if not split or "already exists" not in line]
    assert complaints == []
    before, after = truth(real_wordpress), truth(target)
    assert post_facts(before) == post_facts(after)
    assert comment_facts(before) == comment_facts(after)


def test_comments_find_the_posts_that_are_there(
    real_wordpress: Site, empty_wordpress: Site, tmp_path: Path
) -> None:
    blog, _ = gather(own_export(real_wordpress, tmp_path))
    target = prepared(empty_wordpress)
    said: list[str] = []
    for only in ("posts", "comments"):
        options = WxrOptions(name=f"{only}.xml", only=only, password="open")
        list(WxrExporter(blog, Folder(tmp_path), options).run())
        said.append(target.wp("import", str(tmp_path / f"{only}.xml"), "--authors=create", "--user=admin"))
    assert COMPLAINTS.findall(said[0]) == []
    assert all("already exists" in line for line in COMPLAINTS.findall(said[1]))
    before, after = truth(real_wordpress), truth(target)
    assert post_facts(before) == post_facts(after)
    assert comment_facts(before) == comment_facts(after)
