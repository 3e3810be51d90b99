"""A strict reader of Ghost's import files, written from the rules of its importer and its database.

``core/server/data/importer`` (``handlers/json.js``, ``importers/data/*.js``, ``content-file-importer.js``,
``import-archive.ts``) and ``core/server/data/schema/schema.js`` of TryGhost/Ghost. What Ghost would repair,
drop or refuse is an error here.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

_SEMVER = re.compile(r"\d+\.\d+\.\d+\Z")
_EMAIL = re.compile(r"[a-z0-9._-]+@[a-z0-9-]+(\.[a-z0-9-]+)+\Z")
_STORED = {
    "images": {".jpg", ".jpeg", ".gif", ".png", ".svg", ".svgz", ".ico", ".webp"},
    "media": {".mp4", ".webm", ".ogv", ".mp3", ".wav", ".ogg", ".m4a"},
    "files": {".pdf", ".odp", ".ods", ".odt", ".ppt", ".pptx", ".rtf", ".txt", ".xls", ".xlsx", ".xml"},
}
_LIMITS = {
    "posts": {
        "id": 24,
        "title": 255,
        "slug": 191,
        "comment_id": 50,
        "custom_excerpt": 300,
        "feature_image_alt": 191,
    },
    "tags": {"id": 24, "name": 191, "slug": 191, "description": 500},
    "users": {"id": 24, "name": 191, "slug": 191, "email": 191, "bio": 250, "website": 2000},
}
_POST_KEYS = {
    *(
        "id",
        "comment_id",
        "title",
        "slug",
        "html",
        "type",
        "status",
        "visibility",
        "featured",
        "feature_image",
    ),
    *("feature_image_alt", "custom_excerpt", "created_at", "updated_at", "published_at"),
}


def read(path: Path) -> dict[str, Any]:
    """The tables of an import file. Asserts everything that Ghost demands."""
    document = json.loads(path.read_text("utf-8"))
    assert list(document) == ["db"]
    assert len(document["db"]) == 1
    [whole] = document["db"]
    assert set(whole) == {"meta", "data"}
    assert _SEMVER.match(whole["meta"]["version"])
    assert isinstance(whole["meta"]["exported_on"], int)
    data: dict[str, Any] = whole["data"]
    for table, limits in _LIMITS.items():
        for row in data[table]:
            for column, most in limits.items():
                value = row.get(column)
                assert value is None or (isinstance(value, str) and _length(value) <= most), (table, column)
    _posts(data["posts"])
    _tags(data["tags"])
    _users(data)
    _relations(data)
    return data


def _length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _posts(posts: list[dict[str, Any]]) -> None:
    assert len({post["id"] for post in posts}) == len(posts)
    assert len({post["slug"].lower() for post in posts}) == len(posts)
    for post in posts:
        assert set(post) == _POST_KEYS
        assert post["title"]
        assert post["slug"]
        assert post["type"] in {"post", "page"}
        assert post["status"] in {"published", "draft", "scheduled"}
        assert post["visibility"] == "public"
        assert isinstance(post["featured"], bool)
        assert isinstance(post["html"], str)
        for name in ("created_at", "updated_at", "published_at"):
            if name != "published_at" or post["status"] == "published":
                assert datetime.fromisoformat(post[name]).utcoffset() is not None


def _tags(tags: list[dict[str, Any]]) -> None:
    assert len({tag["slug"].lower() for tag in tags}) == len(tags)
    for tag in tags:
        assert tag["name"]
        assert not tag["name"].startswith(",")
        assert tag.get("visibility", "public") == ("internal" if tag["name"].startswith("#") else "public")


def _users(data: dict[str, Any]) -> None:
    users = data["users"]
    assert len({user["email"] for user in users}) == len(users)
    assert len({user["slug"].lower() for user in users}) == len(users)
    for user in users:
        assert user["name"]
        assert _EMAIL.match(user["email"])
        assert user["email"].endswith(".invalid")
        assert not user["website"] or user["website"].startswith(("http://", "https://"))
    assert [role["name"] for role in data["roles"]] == ["Author"]
    assert {row["user_id"] for row in data["roles_users"]} == {user["id"] for user in users}
    assert {row["role_id"] for row in data["roles_users"]} <= {role["id"] for role in data["roles"]}


def _relations(data: dict[str, Any]) -> None:
    posts, tags, users = ({row["id"] for row in data[name]} for name in ("posts", "tags", "users"))
    for row in data["posts_tags"]:
        assert row["post_id"] in posts
        assert row["tag_id"] in tags
    for row in data["posts_authors"]:
        assert row["post_id"] in posts
        assert row["author_id"] in users
    pairs = [(row["post_id"], row["tag_id"]) for row in data["posts_tags"]]
    assert len(pairs) == len(set(pairs))


def stored(root: Path) -> set[str]:
    """The files that Ghost would store of an unpacked archive, by their paths."""
    found = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
    assert [name for name in found if name.endswith(".json") and not name.startswith(".")] == ["ghost.json"]
    assert not [name for name in found if name.endswith((".md", ".markdown", ".csv"))]
    files = {name for name in found if name.startswith("content/")}
    for name in files:
        _, folder, *_rest = name.split("/")
        assert Path(name).suffix in _STORED[folder], name
        assert re.fullmatch(r"[A-Za-z0-9_@.\-/]+", name), name
    return files


def replaced(html: str, files: set[str]) -> str:
    """The text after the importer put its own addresses in; every path is found, and nothing else is."""
    for name in files:
        html = re.sub(rf"(?:__GHOST_URL__)?/?{re.escape(name)}", f"/{name}", html)
    assert "__GHOST_URL__/content" not in html
    return html
