"""Which record of one archive is which of another, also where a move gave all of them new numbers.

Each kind has its identities, the surest first: records that agree in one are a pair, the rest is tried with
the next. A number alone counts for nothing between two addresses, and for little at one: a blog that was
imported into a new WordPress at its old address has other numbers, too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

from wpexport.export.wxr.media import full_names, is_spare
from wpexport.model import Author, Comment, Media, Personal, Post, Reference, Term
from wpexport.model.originals import own_file
from wpexport.text.addresses import host_of, parted
from wpexport.text.markdown import plain_text

Record = Post | Comment | Author | Term | Media | Personal
Pair = tuple[Any, Any]


@dataclass(frozen=True, slots=True)
class Side:
    """One archive, and the address whose name means nothing in a comparison."""

    root: Path
    home: str

    def below(self, text: str) -> str:
        """The text with the blog's own address left away, whatever its scheme."""
        parts = parted(self.home)
        place = f"{parts.netloc}{parts.path}".rstrip("/")
        if "://" in text or place in text:
            text = re.sub(rf"https?:(\\?/){{2}}{re.escape(place)}", "", text)
        return unquote(text) if text.startswith("/") and "<" not in text else text

    def path(self, url: str | None) -> str | None:
        """The path of a permalink below the blog's address; None for one that only names a number."""
        path = self.below(url or "")
        return None if not path or "?" in path else path.rstrip("/")


class Pairing:
    """Pairs the records of two archives, kind by kind, and knows then who is who behind a number."""

    def __init__(self, one: Side, two: Side) -> None:
        """Prepare; `pair` authors, terms, media and posts before comments."""
        self.sides = (one, two)
        #: both are known under one address
        self.at_home = one.below("/") == two.below("/") and host_of(one.home) == host_of(two.home)
        #: a pair has two numbers: one blog was made of the other
        self.renumbered = False
        #: how many posts both archives have, where these are next to none: two different blogs
        self.strangers: int | None = None
        self._writers: dict[int, frozenset[int | Reference | None]] = {}
        self._speaks: dict[tuple[str, int, str], bool] = {}
        self._places: dict[str, tuple[dict[Hashable, int], dict[Hashable, int]]] = {}
        self._records: dict[str, tuple[dict[int, Any], dict[int, Any]]] = {}
        self._full: set[str] | None = None
        self._pairs: dict[str, list[Pair]] = {}
        self._moments: dict[str, dict[datetime, list[Post | Media]]] = {}
        #: names of media files that are others now, without ending
        self.renamed: dict[str, str] = {}
        #: paths of media files that lie elsewhere now, below each blog's address
        self.relocated: dict[str, str] = {}

    @property
    def moved(self) -> bool:
        """Whether the two are one blog before and after a move."""
        return (not self.at_home or self.renumbered) and self.strangers is None

    def pair(self, kind: str, ones: Iterable[Record], twos: Iterable[Record]) -> list[Pair]:
        """The records of a kind as pairs, by number; None where one side has no counterpart."""
        rest: tuple[list[Any], list[Any]] = (list(ones), list(twos))
        pairs: list[Pair] = []
        for identity in _IDENTITIES[kind]:
            rest = self._pair_by(identity, rest, pairs)
        pairs += [(record, None) for record in rest[0]]
        pairs += [(None, record) for record in rest[1]]
        pairs.sort(key=_order)
        self._remember(kind, pairs)
        return pairs

    def _pair_by(
        self, identity: Identity, rest: tuple[list[Any], list[Any]], pairs: list[Pair]
    ) -> tuple[list[Any], list[Any]]:
        waiting: dict[Hashable, list[Any]] = {}
        for record in rest[0]:
            key = identity(record, self, 0)
            if key is not None:
                waiting.setdefault(key, []).append(record)
        left = []
        for record in rest[1]:
            found = waiting.get(identity(record, self, 1))
            if found:
                pairs.append((found.pop(0), record))
            else:
                left.append(record)
        met = {id(one) for one, _ in pairs}
        return [record for record in rest[0] if id(record) not in met], left

    def _remember(self, kind: str, pairs: list[Pair]) -> None:
        places: tuple[dict[Hashable, int], dict[Hashable, int]] = ({}, {})
        records: tuple[dict[int, Any], dict[int, Any]] = ({}, {})
        for at, pair in enumerate(pairs):
            for side, record in enumerate(pair):
                if record is None:
                    continue
                if record.id is not None:
                    places[side][record.id] = at
                    records[side][record.id] = record
                path = self.sides[side].path(_url(record))
                if path is not None:
                    places[side].setdefault(path, at)
            one, two = pair
            if one is not None and two is not None and one.id != two.id and None not in (one.id, two.id):
                self.renumbered = True
            if kind == "media" and one is not None and two is not None:
                names = [_stem(media.source_url) for media in pair]
                if names[0] != names[1]:
                    self.renamed[names[0]] = names[1]
                was, now = (self.sides[side].path(media.source_url) for side, media in enumerate(pair))
                if was and now and was != now:
                    self.relocated[was] = now
        self._places[kind] = places
        self._pairs[kind] = pairs
        self._records[kind] = records
        if kind == "posts" and not self.at_home:
            both = sum(None not in pair for pair in pairs)
            # an "About" or "Hello world" is in many a blog
            fewer = min(sum(pair[side] is not None for pair in pairs) for side in (0, 1))
            self.strangers = both if both * 10 < fewer else None

    def place(self, kind: str, side: int, who: int | Reference | None) -> Hashable:
        """The same for both sides where they mean a pair; for what is not in the archive its own name."""
        if who is None:
            return None
        known = self._places.get(kind, ({}, {}))[side]
        if kind == "posts" and isinstance(who, int) and who not in known:
            # comments stand on the pages of media files, too
            page = self._places.get("media", ({}, {}))[side].get(who)
            return ("unknown", side, who) if page is None else ("media", page)
        if isinstance(who, Reference):
            path = self.sides[side].path(who.url)
            return known.get(path, ("by name", who.name or who.slug or path))
        return known.get(who, ("unknown", side, who))

    def record(self, kind: str, side: int, number: int | None) -> Any:
        """The record of this number; None where the archive has none."""
        return self._records.get(kind, ({}, {}))[side].get(number or 0)

    def must_arrive(self, media: Media) -> bool:
        """Whether a file that is in no library should have become a media item of the new blog."""
        if self._full is None:
            records = (pair[0] for pair in self._pairs.get("media", []) if pair[0] is not None)
            self._full = {name for record in records for name in full_names(record)}
        return self.moved and bool(media.files) and not is_spare(media, self._full)

    def others_at(self, kind: str, record: Post | Media, when: datetime) -> list[Post | Media]:
        """The other records of the first archive with this time on the blog's clock."""
        if kind not in self._moments:
            moments: dict[datetime, list[Post | Media]] = {}
            for one in self._records.get(kind, ({}, {}))[0].values():
                if one.date is not None:
                    moments.setdefault(one.date.replace(tzinfo=None), []).append(one)
            self._moments[kind] = moments
        found = self._moments[kind].get(when.replace(tzinfo=None), [])
        return [one for one in found if one.id != record.id]

    def writers(self, side: int) -> frozenset[int | Reference | None]:
        """Who wrote a post of an archive."""
        if side not in self._writers:
            records = self._records.get("posts", ({}, {}))[side].values()
            self._writers[side] = frozenset(post.author for post in records)
        return self._writers[side]

    def counterpart(self, kind: str, side: int, number: int | None) -> Any:
        """What the other archive holds as the record of this number; None where it holds none."""
        at = self._places.get(kind, ({}, {}))[side].get(number)
        return None if at is None else self._pairs[kind][at][1 - side]

    def knows(self, kind: str, side: int, number: int) -> bool:
        """Whether the archive has a record of this number."""
        return self.record(kind, side, number) is not None

    def speaks(self, kind: str, side: int, field: str) -> bool:
        """Whether an archive says anything in this field of any record: feeds know nothing of some."""
        if (kind, side, field) not in self._speaks:
            records = self._records.get(kind, ({}, {}))[side].values()
            said = (_said(record, field.split(".")) for record in records)
            self._speaks[kind, side, field] = any(value not in (None, "", [], {}) for value in said)
        return self._speaks[kind, side, field]

    def name(self, kind: str, side: int, who: int | Reference) -> str:
        """What somebody or something is called."""
        if isinstance(who, Reference):
            return (who.name or who.slug or "").casefold()
        record = self.record(kind, side, who)
        return str(getattr(record, "name", "") or getattr(record, "title", "")).casefold()


Identity = Callable[[Any, Pairing, int], Hashable | None]


def sha256(media: Media) -> str | None:
    """The hash of the file that was uploaded, where the archive has it."""
    own = own_file(media)
    return own.sha256 if own is not None else None


def words(text: str | None) -> str:
    """The words of some HTML."""
    return plain_text(text or "")


def _order(pair: Pair) -> tuple[bool, int, str]:
    record = pair[0] if pair[0] is not None else pair[1]
    return record.id is None, record.id or 0, _url(record) or ""


def _url(record: Record) -> str | None:
    return None if isinstance(record, Personal) else record.url


def _stem(url: str | None) -> str:
    return PurePosixPath(unquote(parted(url or "").path)).stem


def _said(record: Any, path: list[str]) -> Any:
    for name in path:
        record = record.get(name) if isinstance(record, dict) else getattr(record, name, None)
    return record


def _instant(date: datetime | None) -> str | None:
    return date.astimezone(UTC).isoformat() if date else None


# -- identities -------------------------------------------------------------------------------------------


def _by(*fields: str) -> Identity:
    """These fields, all of which must say something."""

    def identity(record: Any, _pairing: Pairing, _side: int) -> Hashable | None:
        values = tuple(
            _instant(value) if isinstance(value, datetime) else value
            for value in (getattr(record, field) for field in fields)
        )
        return None if any(value in (None, "") for value in values) else values

    return identity


def _by_number(record: Any, pairing: Pairing, _side: int) -> Hashable | None:
    return record.id if pairing.at_home else None


def _by_address(record: Any, pairing: Pairing, side: int) -> Hashable | None:
    return pairing.sides[side].path(record.url)


def _by_file(record: Media, pairing: Pairing, side: int) -> Hashable | None:
    path = pairing.sides[side].path(record.source_url)
    return path.rpartition("/")[2] if path else None


def _by_bytes(record: Media, _pairing: Pairing, _side: int) -> Hashable | None:
    return sha256(record)


def _comment_by(*fields: str) -> Identity:
    """The post, and these of ``date``, ``name`` and ``words``."""

    def identity(comment: Comment, pairing: Pairing, side: int) -> Hashable | None:
        said = {
            "date": _instant(comment.date),
            "name": words(comment.author.name),
            "words": words(comment.content.html or comment.content.raw),
        }
        where = pairing.place("posts", side, comment.post)
        values = tuple(said[field] for field in fields)
        return None if where is None or not any(values) else (where, *values)

    return identity


def _by_owner(record: Personal, pairing: Pairing, side: int) -> Hashable | None:
    """Whose private side it is."""
    return record.of, pairing.place("authors" if record.of == "author" else "comments", side, record.id)


_IDENTITIES: dict[str, tuple[Identity, ...]] = {
    "authors": (_by("id", "slug"), _by("slug"), _by("name"), _by_number),
    "terms": (_by("taxonomy", "slug"), _by("taxonomy", "name")),
    "media": (
        _by("id", "slug"),
        _by("id", "date"),
        _by_address,
        _by("slug", "date"),
        _by("title", "date"),
        _by_bytes,
        _by_file,
        _by_number,
    ),
    "posts": (
        _by("id", "type", "slug"),
        _by("id", "type", "date"),
        _by_address,
        _by("type", "slug", "date"),
        _by("type", "title", "date"),
        _by("type", "slug"),
        _by("type", "title"),
        _by_number,
    ),
    "comments": (
        _by("id", "date"),
        _comment_by("date", "name", "words"),
        _comment_by("date", "name"),
        _comment_by("date", "words"),
        _comment_by("name", "words"),
        _by_number,
    ),
    "personal": (_by_owner,),
}
