"""Two archives, field by field: what differs, and by which cause.

For two ways into one blog (REST and feeds, a site and its export file), and for a move into another
WordPress. Records are matched by number, and where one side has none, by address below the
blog's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from wpexport.archive.archive import Archive
from wpexport.archive.format import AUTHORS, COMMENTS, MEDIA, POSTS, TERMS
from wpexport.archive.merge import masked
from wpexport.archive.records import read_lines, read_record, record_paths
from wpexport.errors import Exit
from wpexport.model import Author, Comment, Markup, Media, Post, Reference, Term
from wpexport.ops.events import Compared, Difference, Event
from wpexport.text.markdown import plain_text

Record = Post | Comment | Author | Term | Media

#: what depends on when and how a record was seen, and is no content
_IGNORED = frozenset({"files", "guid"})
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class _Blog:
    """One side: where its records lie, and the hosts whose names mean nothing in a comparison."""

    root: Path
    home: str

    def paths(self, folder: str) -> Iterator[Path]:
        """The record files of both bags."""
        for bag in (self.root, self.root / "private"):
            for _, path in record_paths(bag / folder):
                yield path


def diff(one: Path, two: Path) -> Iterator[Event]:
    """Compare two archives, and yield differences up to `Compared`.

    Raises:
        NoArchive: one of them is none.
        ArchiveDamaged: a record cannot be read.
    """
    sides = [_open(one), _open(two)]
    count = same = 0
    causes: dict[str, int] = {}
    for kind, read in _READERS.items():
        a, b = (read(side) for side in sides)
        for key in sorted(a.keys() | b.keys()):
            found = list(_compare(kind, key, (a.get(key), b.get(key)), sides))
            same += not found
            for difference in found:
                count += 1
                causes[difference.cause] = causes.get(difference.cause, 0) + 1
                yield difference
    yield Compared(one, two, Exit.INCOMPLETE if count else Exit.DONE, same, causes)


def _open(root: Path) -> _Blog:
    archive = Archive.open(root)
    settings = archive.settings()
    return _Blog(root, settings.home or settings.source)


# -- reading ----------------------------------------------------------------------------------------------


def _posts(side: _Blog) -> dict[str, Record]:
    posts = (read_record(path, Post) for path in side.paths(POSTS))
    return {_key(post.id, post.url, side): post for post in posts}


def _comments(side: _Blog) -> dict[str, Record]:
    comments = (comment for path in side.paths(COMMENTS) for comment in read_lines(path, Comment))
    return {_key(comment.id, comment.url, side): comment for comment in comments}


def _media(side: _Blog) -> dict[str, Record]:
    library = (read_record(path, Media) for path in side.paths(MEDIA))
    # one without a number is a file that a text shows, and no record of the site
    return {_key(item.id, item.source_url, side): item for item in library if item.id is not None}


def _terms(side: _Blog) -> dict[str, Record]:
    return {f"{term.taxonomy}/{term.slug}": term for term in read_lines(side.root / TERMS, Term)}


def _authors(side: _Blog) -> dict[str, Record]:
    authors = read_lines(side.root / AUTHORS, Author)
    return {_key(author.id, author.url, side): author for author in authors}


_READERS = {"posts": _posts, "comments": _comments, "terms": _terms, "authors": _authors, "media": _media}


def _key(number: int | None, url: str | None, side: _Blog) -> str:
    return f"{number:020d}" if number is not None else f"~{_below(url or '', side.home)}"


# -- comparing --------------------------------------------------------------------------------------------


def _compare(
    kind: str, key: str, pair: tuple[Record | None, Record | None], sides: list[_Blog]
) -> Iterator[Difference]:
    a, b = pair
    name = key.lstrip("0") or "0"
    if a is None or b is None:
        cause = "only in the second" if a is None else "only in the first"
        yield Difference(kind, name, "", cause)
        return
    for field_name in a.__struct_fields__:
        if field_name in _IGNORED or (kind == "terms" and field_name in ("id", "parent")):
            continue
        left, right = getattr(a, field_name), getattr(b, field_name)
        for part, mine, other in _parts(field_name, left, right):
            why = _cause(mine, other, sides)
            if why is not None:
                yield Difference(kind, name, part, why, _short(mine), _short(other))


def _parts(name: str, left: Any, right: Any) -> Iterator[tuple[str, Any, Any]]:
    """A field, or the faces of a text, or the entries of a dictionary, that are not equal."""
    if isinstance(left, Markup) and isinstance(right, Markup):
        for face in ("html", "raw", "complete"):
            yield from _parts(f"{name}.{face}", getattr(left, face), getattr(right, face))
    elif isinstance(left, dict) and isinstance(right, dict):
        for key in sorted(left.keys() | right.keys()):
            if left.get(key) != right.get(key):
                yield f"{name}.{key}", left.get(key), right.get(key)
    elif left != right:
        yield name, left, right


def _cause(left: Any, right: Any, sides: list[_Blog]) -> str | None:
    """Why two values differ; None where they mean the same."""
    if not _says(left) or not _says(right):
        silent = "the first" if not _says(left) else "the second"
        return f"{silent} does not say" if _says(left) or _says(right) else None
    if isinstance(left, Reference) or isinstance(right, Reference):
        return "known by name only"
    if isinstance(left, str) and isinstance(right, str):
        return _cause_of_texts(left, right, sides)
    if isinstance(left, list) and isinstance(right, list):
        if any(isinstance(item, Reference) for item in (*left, *right)):
            return "known by name only"
        return None if sorted(map(str, left)) == sorted(map(str, right)) else "different"
    return "different"


def _says(value: Any) -> bool:
    return value not in (None, "", [], {})


def _cause_of_texts(left: str, right: str, sides: list[_Blog]) -> str | None:
    one, two = (_below(text, side.home) for text, side in zip((left, right), sides, strict=True))
    if one == two:
        return None
    if masked(one) == masked(two):
        return "rendered differently: generated ids, attributes for loading"
    if _SPACE.sub("", one) == _SPACE.sub("", two):
        return "white space"
    if _words(one) == _words(two):
        return "the same words, other markup"
    return "different"


def _words(text: str) -> str:
    return _SPACE.sub(" ", plain_text(text)).strip()


def _below(text: str, home: str) -> str:
    """The text with the blog's own address left away, whatever its scheme."""
    parts = urlsplit(home)
    place = f"{parts.netloc}{parts.path}".rstrip("/")
    if "://" in text or place in text:
        text = re.sub(rf"https?:(\\?/){{2}}{re.escape(place)}", "", text)
    return unquote(text) if text.startswith("/") and "<" not in text else text


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else str(value)
    return text if len(text) <= 120 else text[:119] + "…"
