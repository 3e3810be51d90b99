"""In which fields two records of one thing differ, and by which cause."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from wpexport.archive.merge import masked
from wpexport.model import CommentAuthor, Markup, Reference
from wpexport.ops.pairing import Pair, Pairing, words

ONLY_ONE, ONLY_TWO = "only in the first", "only in the second"
SILENT_ONE, SILENT_TWO = "the first does not say", "the second does not say"
BY_NAME = "known by name only"
RENDERED = "rendered differently: generated ids, attributes for loading"
WHITE = "white space"
SAME_WORDS = "the same words, other markup"
DIFFERENT = "different"
NUMBER = "another number"

#: what depends on when and how a record was seen, and is no content; files are compared by themselves
_IGNORED = frozenset({"files", "guid"})
#: fields that lead to another record, by number
_LEADS = {
    ("posts", "author"): "authors",
    ("posts", "terms"): "terms",
    ("posts", "parent"): "posts",
    ("posts", "featured_media"): "media",
    ("comments", "post"): "posts",
    ("comments", "parent"): "comments",
    ("comments", "author.user"): "authors",
    ("media", "author"): "authors",
    ("media", "post"): "posts",
    ("media", "extra.terms"): "terms",
    ("terms", "parent"): "terms",
    ("personal", "post"): "posts",
}
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Contrast:
    """A field in which two records differ; empty where one of them is missing."""

    field: str
    cause: str
    one: Any = None
    two: Any = None


def contrasts(kind: str, pair: Pair, pairing: Pairing) -> Iterator[Contrast]:
    """All differences of a pair."""
    one, two = pair
    if one is None or two is None:
        # a file that a text shows: an import makes a record of it, unless it is a smaller copy
        if kind == "media" and (one or two).id is None and (one is None or not pairing.must_arrive(one)):
            return
        yield Contrast("", ONLY_TWO if one is None else ONLY_ONE)
        return
    for name in one.__struct_fields__:
        if name in _IGNORED or (name == "id" and kind == "terms" and not pairing.moved):
            continue
        for part, mine, other in _parts(name, getattr(one, name), getattr(two, name)):
            cause = _cause(kind, part, mine, other, pairing)
            if cause is not None:
                yield Contrast(part, cause, mine, other)


def _parts(name: str, left: Any, right: Any) -> Iterator[tuple[str, Any, Any]]:
    """A field, or the faces of a text, or the entries of a dictionary, that are not equal."""
    if isinstance(left, Markup) and isinstance(right, Markup):
        for face in ("html", "raw", "complete"):
            yield from _parts(f"{name}.{face}", getattr(left, face), getattr(right, face))
    elif isinstance(left, CommentAuthor) and isinstance(right, CommentAuthor):
        for part in left.__struct_fields__:
            yield from _parts(f"{name}.{part}", getattr(left, part), getattr(right, part))
    elif isinstance(left, dict) and isinstance(right, dict):
        for key in sorted(left.keys() | right.keys()):
            yield from _parts(f"{name}.{key}", left.get(key), right.get(key))
    elif left != right or _is_number(left):
        # the same number may mean two things in two archives
        yield name, left, right


def _is_number(value: Any) -> bool:
    return isinstance(value, int | list) and not isinstance(value, bool)


def _cause(kind: str, field: str, left: Any, right: Any, pairing: Pairing) -> str | None:
    """Why two values differ; None where they mean the same."""
    lead = _LEADS.get((kind, field))
    if lead is not None:
        return _cause_of_leads(lead, left, right, pairing)
    if left == right:
        return None
    if not _says(left) or not _says(right):
        if not _says(left) and not _says(right):
            return None
        return SILENT_TWO if _says(left) else SILENT_ONE
    if field == "id":
        return NUMBER
    if isinstance(left, str) and isinstance(right, str):
        return _cause_of_texts(left, right, pairing)
    if isinstance(left, list) and isinstance(right, list):
        return None if sorted(map(str, left)) == sorted(map(str, right)) else DIFFERENT
    return DIFFERENT


def _cause_of_leads(kind: str, left: Any, right: Any, pairing: Pairing) -> str | None:
    """Why two fields lead elsewhere; None where they lead to a pair."""
    if not _says(left) or not _says(right):
        if not _says(left) and not _says(right):
            return None
        return SILENT_TWO if _says(left) else SILENT_ONE
    if left == right and not pairing.moved:
        return None  # also where they lead to what one archive does not have
    mine, other = (value if isinstance(value, list) else [value] for value in (left, right))
    if {pairing.place(kind, 0, who) for who in mine} == {pairing.place(kind, 1, who) for who in other}:
        return None
    if any(isinstance(who, Reference) for who in (*mine, *other)):
        names = ({pairing.name(kind, side, who) for who in them} for side, them in enumerate((mine, other)))
        one, two = names
        return BY_NAME if one == two else DIFFERENT
    return DIFFERENT


def _says(value: Any) -> bool:
    return value not in (None, "", [], {})


def _cause_of_texts(left: str, right: str, pairing: Pairing) -> str | None:
    one, two = (side.below(text) for text, side in zip((left, right), pairing.sides, strict=True))
    if one == two:
        return None
    if masked(one) == masked(two):
        return RENDERED
    if _SPACE.sub("", one) == _SPACE.sub("", two):
        return WHITE
    if words(one) == words(two):
        return SAME_WORDS
    return DIFFERENT
