"""The JSON Feed: what version 1.1 demands, and comments under our own key."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.export.blogs import HOME, MemoryBlog, html, sample
from wpexport.export.base import Options
from wpexport.export.registry import make_exporter
from wpexport.model import Post

#: https://www.jsonfeed.org/version/1.1/
_TOP = {"version", "title", "home_page_url", "description", "language", "items", "_wpexport"}
_ITEM = {
    *("id", "url", "title", "content_html", "summary", "image", "date_published", "date_modified"),
    *("authors", "tags", "_wpexport"),
}


def exported(blog: MemoryBlog, out: Path, **options: Any) -> dict[str, Any]:
    for _ in make_exporter("jsonfeed", blog, out, Options(**options)).run():
        pass
    path = out if out.suffix == ".json" else out / "feed.json"
    loaded: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return loaded


def test_it_is_a_valid_feed_of_everything(tmp_path: Path) -> None:
    blog = sample(tmp_path / "files")
    feed = exported(blog, tmp_path / "blog.json")
    assert set(feed) <= _TOP
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"]
    assert len(feed["items"]) == len(blog.the_posts)
    assert len({item["id"] for item in feed["items"]}) == len(feed["items"])
    dates = []
    for item in feed["items"]:
        assert set(item) <= _ITEM
        assert isinstance(item["id"], str)
        assert isinstance(item["content_html"], str)
        for name in ("date_published", "date_modified"):
            assert name not in item or datetime.fromisoformat(item[name]).utcoffset() is not None
        dates.append(item.get("date_published", "0"))
        assert all(isinstance(tag, str) for tag in item.get("tags", []))
        assert all(author.get("name") or author.get("url") for author in item.get("authors", []))
    moments = [datetime.fromisoformat(date) for date in dates if date != "0"]
    assert moments == sorted(moments, reverse=True)


def test_comments_come_with_their_posts(tmp_path: Path) -> None:
    blog = sample(tmp_path / "files")
    blog.the_posts.append(Post(id=90, url=f"{HOME}/half/", title="half \ud83d", content=html("x")))
    feed = exported(blog, tmp_path / "out")
    items = {item["_wpexport"].get("id"): item for item in feed["items"]}
    hello = items[1]
    assert [comment["id"] for comment in hello["_wpexport"]["comments"]] == list(range(7, 19))
    assert hello["_wpexport"]["comments"][1]["parent"] == 7
    assert hello["tags"] == ["Café & Bar", "yes", "Novel: a/b"]
    assert hello["authors"] == [{"name": "Ana & Ben"}]
    assert items[90]["title"] == "half ?"
    without = exported(blog, tmp_path / "none", comments="none")
    assert not any(item["_wpexport"]["comments"] for item in without["items"])
