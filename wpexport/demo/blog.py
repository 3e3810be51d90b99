"""The sample blog as data: collections of rows, each row in the faces that WordPress showed of it."""

from __future__ import annotations

import importlib.resources
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final, Protocol, runtime_checkable

from wpexport.demo.feeds import Feeds

Json = dict[str, Any]

POSTS, MEDIA, COMMENTS, TERMS, USERS = "posts", "media", "comments", "terms", "users"
#: the recorded collections: where each is found and by whose rules it is read
ROUTES: Final = {
    "posts": ("/wp/v2/posts", POSTS),
    "pages": ("/wp/v2/pages", POSTS),
    "recipes": ("/wp/v2/recipes", POSTS),
    "projects": ("/lighthouse/v1/projects", POSTS),
    "blocks": ("/wp/v2/blocks", POSTS),
    "navigation": ("/wp/v2/navigation", POSTS),
    "media": ("/wp/v2/media", MEDIA),
    "comments": ("/wp/v2/comments", COMMENTS),
    "categories": ("/wp/v2/categories", TERMS),
    "tags": ("/wp/v2/tags", TERMS),
    "courses": ("/wp/v2/courses", TERMS),
    "workshops": ("/lighthouse/v1/workshops", TERMS),
    "users": ("/wp/v2/users", USERS),
}


@dataclass
class Row:
    """One post, comment, term, user or media item."""

    id: int
    #: what anybody gets; None where it is refused
    view: Json | None
    #: what an administrator gets with ``context=edit``
    edit: Json
    #: the error, where anybody is refused
    refused: Json | None = None
    #: what anybody gets who knows the post's password
    unlocked: Json | None = None


@runtime_checkable
class MadeRows(Protocol):
    """Rows that are made when they are asked for, for blogs too big to hold; dates run with the numbers."""

    def find(self, number: int) -> Row | None:
        """The row with this number."""

    def encoded(self, rows: Sequence[Row], fields: list[str]) -> bytes:
        """Some of these rows as a JSON list, with these fields (all, if none)."""


@dataclass
class Collection:
    """All rows of one route, in the order of their numbers."""

    name: str
    route: str
    #: by whose rules it is read: POSTS, MEDIA, COMMENTS, TERMS or USERS
    kind: str
    rows: Sequence[Row] = field(default_factory=list)
    #: the parameters that the route knows, as the API's index describes them
    arguments: Json = field(default_factory=dict)
    #: in which contexts each property is shown
    contexts: Json = field(default_factory=dict)
    hierarchical: bool = False

    def find(self, number: int) -> Row | None:
        """The row with this number."""
        if isinstance(self.rows, MadeRows):
            return self.rows.find(number)
        return next((row for row in self.rows if row.id == number), None)


@dataclass
class Blog:
    """Everything a WordPress site can say."""

    #: the answer of ``/wp-json/``
    index: Json
    collections: dict[str, Collection]
    #: routes that are not paged: ``{route: {"view"|"administrator"|"edit": {"status", "body"}}}``
    answers: dict[str, Json]
    feeds: Feeds
    #: login name to application password
    logins: dict[str, str] = field(default_factory=dict)
    #: path to status, headers and ``<head>`` of a web page
    html: dict[str, Json] = field(default_factory=dict)
    #: path to the content of a file
    files: dict[str, Traversable] = field(default_factory=dict)

    def post(self, number: int) -> Row | None:
        """The post of any type with this number (WordPress counts all types in one)."""
        for collection in self.collections.values():
            if collection.kind in (POSTS, MEDIA):
                row = collection.find(number)
                if row is not None:
                    return row
        return None

    @property
    def posts(self) -> list[Row]:
        """The rows of all public types, without media."""
        kinds = [one for one in self.collections.values() if one.kind == POSTS]
        return [row for one in kinds if one.name not in ("blocks", "navigation") for row in one.rows]


def sample_folder() -> Traversable:
    """Where the sample blog lies: in the installed package, else beside the checkout's package."""
    try:
        folder = importlib.resources.files("wpexport.samples") / "blog"
    except ModuleNotFoundError:
        folder = Path(__file__).parents[2] / "samples" / "blog"
    return folder


def load(folder: Traversable | None = None) -> Blog:
    """Read the recorded sample blog."""
    folder = folder or sample_folder()
    recorded = folder / "recorded"
    index = _json(recorded / "index.json")
    contexts = _json(recorded / "contexts.json")
    collections = {}
    for name, (route, kind) in ROUTES.items():
        rows = [Row(**row) for row in _json(recorded / f"{name}.json")]
        collections[name] = Collection(
            name, route, kind, rows, arguments_of(index, route), contexts[name],
            hierarchical=any("parent" in row.edit for row in rows),
        )  # fmt: skip
    files = {f"/{entry.name}": entry for entry in recorded.iterdir() if entry.name.endswith((".xml", ".txt"))}
    files["/xmlrpc.php"] = files.pop("/rsd.xml")
    _collect(recorded / "uploads", "/wp-content/uploads", files)
    return Blog(
        index=index,
        collections=collections,
        answers=_json(recorded / "answers.json"),
        feeds=Feeds.load(recorded / "feeds"),
        logins=_json(folder / "logins.json"),
        html=_json(recorded / "html.json"),
        files=files,
    )


def arguments_of(index: Json, route: str) -> Json:
    """The parameters of a route's GET, from the API's index."""
    for endpoint in index["routes"].get(route, {}).get("endpoints", []):
        if "GET" in endpoint["methods"]:
            arguments: Json = endpoint["args"]
            return arguments
    return {}


def _json(path: Traversable) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _collect(folder: Traversable, path: str, files: dict[str, Traversable]) -> None:
    for entry in folder.iterdir():
        if entry.is_dir():
            _collect(entry, f"{path}/{entry.name}", files)
        else:
            files[f"{path}/{entry.name}"] = entry
