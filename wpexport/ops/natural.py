"""What differs by the nature of the ways that filled two archives: ``docs/ways.md`` explains each cause."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from wpexport.model import TITLE_RAW, Comment, Media, Post, Reference
from wpexport.ops.accounts import Account, collection
from wpexport.ops.carried import gap
from wpexport.ops.causes import BY_NAME, RENDERED, Contrast
from wpexport.ops.moving import says_same
from wpexport.ops.pairing import Pair, Pairing, words
from wpexport.ops.unseen import why_unseen
from wpexport.text.smileys import typed

SHOWN = "shown here, as it is stored there (quotes, dashes)"
AS_TEXT = "a number here, its digits as text there"
BY_NUMBER = "its address by number here, its permalink there"
FOR_FEED = "rendered for a feed: the same words, other markup"
TWO_TAXONOMIES = "a feed names categories and tags alone"

#: what core's feeds name of a post
_FEED_TAXONOMIES = frozenset({None, "category", "post_tag"})
#: says only whether an emoji is drawn in colours; the pictures' texts are without
_VARIANT = re.compile("[\ufe0e\ufe0f]")
_BY_NUMBER = re.compile(r"[?&](?:p|page_id|attachment_id)=(\d{1,18})(?:&|$)")
#: what ``wptexturize`` sets (wp-includes/formatting.php), as it is typed
_TYPED = str.maketrans(
    dict.fromkeys("“”„″", '"') | dict.fromkeys("‘’‚′", "'") | {"–": "-", "—": "-", "…": "...", "×": "x"}
)


@dataclass(frozen=True, slots=True)
class Nature:
    """Knows by which ways two archives were filled.

    Args:
        pairing: of their records.
        accounts: of both.
    """

    pairing: Pairing
    accounts: tuple[Account, Account]

    def explained(self, kind: str, pair: Pair, contrast: Contrast) -> str | None:
        """Why a difference lies in the nature of the ways; None where both could have said the same."""
        if not contrast.field:
            here = 0 if pair[0] is not None else 1
            why = why_unseen(kind, pair[here], self.accounts[here], self.accounts[1 - here])
            return f"{contrast.cause}: {why}" if why else None
        return self._gap(kind, pair, contrast) or self._alike(kind, pair, contrast)

    def told_by_api(self, kind: str, record: Any) -> bool:
        """Whether the first archive has a record from the site's own API, which leaves no field out."""
        return record is not None and "rest" in self.accounts[0].ways(collection(kind, record))

    def _gap(self, kind: str, pair: Pair, contrast: Contrast) -> str | None:
        """Why a side that says nothing, or something of its own, cannot say it."""
        if contrast.field == "terms":
            return None
        silent = [not _says(contrast.field, value) for value in (contrast.one, contrast.two)]
        for place, record in enumerate(pair):
            key = collection(kind, record)
            plain = kind != "posts" or key in ("posts/post", "posts/page")
            name = f"{kind if plain else key}.{contrast.field}"
            locked = isinstance(record, Post) and record.password_protected
            found = gap(name, self.accounts[place].eyes(key), protected=locked)
            if found is None or (name == "comments.parent" and self._is_there(place, pair[1 - place])):
                continue
            if {"silent": silent[place], "own": True, "invents": silent[1 - place]}[found.when]:
                return found.why
        return None

    def _is_there(self, place: int, other: Comment) -> bool:
        """Whether a side holds the comment that the other side's is an answer to."""
        return self.pairing.counterpart("comments", 1 - place, other.parent) is not None

    def _alike(self, kind: str, pair: Pair, contrast: Contrast) -> str | None:
        """Two ways of saying one thing."""
        one, two = contrast.one, contrast.two
        if contrast.cause in (RENDERED, BY_NAME):
            return contrast.cause
        if contrast.field == "title":
            return SHOWN if _same_title(*pair) else None
        if contrast.field == "terms":
            return self._terms(one, two) if self._fed(kind, pair) else None
        if contrast.field == "url" and any(_number_in(record.url) == record.id for record in pair):
            return BY_NUMBER
        if ".meta." in f".{contrast.field}" and _stored(one) == _stored(two):
            return AS_TEXT
        texts = isinstance(one, str) and isinstance(two, str) and contrast.field.endswith(".html")
        if not texts or not self._fed(kind, pair) or _words(one) != _words(two):
            return None
        same = says_same(typed(one), typed(two), self.pairing)
        return FOR_FEED if same else None

    def _fed(self, kind: str, pair: Pair) -> bool:
        """Whether one side saw this in feeds alone."""
        sides = zip(self.accounts, pair, strict=True)
        return any(account.ways(collection(kind, record)) == {"feed"} for account, record in sides)

    def _terms(self, *both: list[int | Reference]) -> str | None:
        """By name; a name that is not known cannot be compared."""
        names: list[set[str | None]] = [set(), set()]
        for place, terms in enumerate(both):
            for term in terms:
                who = term if isinstance(term, Reference) else self.accounts[place].terms.get(term)
                if who is None:
                    return BY_NAME
                names[place] |= {who.name} if who.taxonomy in _FEED_TAXONOMIES else set()
        return TWO_TAXONOMIES if names[0] == names[1] else None


def _says(field: str, value: Any) -> bool:
    """Whether a value is more than what a record has without being told."""
    if field == "type":
        return bool(value != "comment")
    if field in ("menu_order", "sticky", "content.complete", "excerpt.complete"):
        return bool(value)
    return value not in (None, "", [], {})


def _same_title(one: Post | Media, two: Post | Media) -> bool:
    """Titles as they are stored, where that is known; else without what WordPress sets for showing."""
    stored = [record.extra.get(TITLE_RAW, record.title) for record in (one, two)]
    return stored[0] == stored[1] or _straight(one.title) == _straight(two.title)


def _straight(text: str) -> str:
    return re.sub(r"-+", "-", " ".join(text.translate(_TYPED).split()))


def _stored(value: Any) -> str:
    """A custom field as PHP stores it: everything is text."""
    return ("1" if value else "") if isinstance(value, bool) else str(value)


def _words(text: str) -> str:
    return " ".join(words(_VARIANT.sub("", typed(text))).split())


def _number_in(url: str | None) -> int | None:
    found = _BY_NUMBER.search(url or "")
    return int(found[1]) if found else None
