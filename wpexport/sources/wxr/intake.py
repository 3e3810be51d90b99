"""The one pass over the files: pieces in, records on the spool, and an account of what went wrong."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from msgspec.structs import replace

from wpexport.errors import NotWordPress, UsageError
from wpexport.model import (
    SHARED_ID,
    Author,
    Comment,
    Loss,
    Media,
    Personal,
    Post,
    Reference,
    Term,
    made_up,
    taxonomy_rank,
)
from wpexport.sources.base import Collection, Kind
from wpexport.sources.wxr import records
from wpexport.sources.wxr.bits import Bits
from wpexport.sources.wxr.elements import Element, parse, strict
from wpexport.sources.wxr.head import Heads, read_head
from wpexport.sources.wxr.labels import label
from wpexport.sources.wxr.scan import ExportFile, Piece, Scan
from wpexport.sources.wxr.spool import Spool, packed
from wpexport.sources.wxr.times import Zone
from wpexport.sources.wxr.twins import Twins, Versions
from wpexport.sources.wxr.visible import is_public

#: no blog has so many types; a hostile file could
_COLLECTIONS_MAX = 5000
_NEXT_ITEM = re.compile(rb"(?=<item>\s*<title)")
_Numbered = TypeVar("_Numbered", bound=Post | Media | Comment)
_BLOG = ("wp:base_blog_url", "link")


@dataclass(slots=True)
class Pile:
    """One collection while it fills."""

    collection: Collection
    index: int
    count: int = 0
    lost: list[Loss] = field(default_factory=list)
    versions: Versions = field(default_factory=Versions)
    #: records that share their number with another, and got one of their own
    shared: int = 0

    def note(self, record: Post | Media | Comment | Term | Author) -> None:
        """Count a record, unless it is a later version of one that is counted."""
        if record.id is None or not self.versions.add(record.id):
            self.count += 1
        self.shared += SHARED_ID in record.extra


class Intake:
    """Everything that the files say, read once."""

    def __init__(self, paths: Sequence[Path], folder: Path | None) -> None:
        self.repairs: Counter[str] = Counter()
        self.piles: dict[str, Pile] = {}
        self.zone = Zone()
        self.files: list[ExportFile] = []
        #: channel elements, the first of each name
        self.channel: dict[str, str] = {}
        self.generator: str | None = None
        self.authors: dict[int, tuple[Author, Personal | None]] = {}
        self.logins: dict[str, int | Reference] = {}
        self.terms: dict[tuple[str, str], Term] = {}
        self.parents: dict[tuple[str, str], str] = {}
        #: numbers of all posts, of those that visitors can see, and the logins of who wrote these
        self.numbers, self.public = Bits(), Bits()
        self.public_logins: set[str] = set()
        #: a file ended before it was complete: what is not here may still be on the site
        self.cut = False
        self.posts, self.media, self.comments = (Spool(folder) for _ in range(3))
        self._twins = {kind: Twins(kind) for kind in ("posts", "media", "comments")}
        self._heads = Heads()
        self._last: Collection | None = None
        for path in paths:
            self._file(path)
        self._check()

    def _file(self, path: Path) -> None:
        scan = Scan(path, self.repairs)
        self._heads = Heads(prefixes=self._heads.prefixes)
        for piece in scan.pieces():
            if piece.kind == "head":
                self._head(piece.data)
            else:
                self._piece(piece)
        self.files.append(scan.file)
        self.generator = self.generator or self._heads.generator
        reason = scan.damage
        if not reason and self._heads.closed < self._heads.opened:
            reason = f"{path.name} ends in the middle"
        if reason:
            self.cut = True
            pile = self._pile_of(self._last) if self._last else self._pile("posts", "post")
            pile.lost.append(
                Loss(
                    collection=pile.collection.key,
                    reason=f"{reason}; how much is missing nobody can tell. Try a smaller export.",
                    count=None,
                )
            )

    def _head(self, data: bytes) -> None:
        for element in read_head(data, self._heads, self.repairs):
            match element.name:
                case "wp:author":
                    self._author(element)
                case "wp:category" | "wp:tag" | "wp:term":
                    self._term(element)
                case _ if not element.children:
                    self._channel(element)

    def _channel(self, element: Element) -> None:
        text = element.text.strip()
        if element.name == "wp:base_blog_url":
            known = self.channel.get(element.name)
            if known and _bare(known) != _bare(text):
                raise UsageError(
                    f"These are exports of two blogs: {known} and {text}.",
                    hint="Pull each of them into an archive of its own.",
                )
        self.channel.setdefault(element.name, text)

    def _author(self, element: Element) -> None:
        login, author, private = records.author(element)
        if author is None or author.id is None:
            self.logins.setdefault(login, Reference(name=author.name if author and author.name else login))
            return
        self.logins[login] = author.id
        self.authors[author.id] = (author, private)

    def _term(self, element: Element) -> None:
        term, parent = records.term(element)
        key = (term.taxonomy, term.slug)
        self.terms[key] = term
        if parent:
            self.parents[key] = parent

    def _piece(self, piece: Piece) -> None:
        for data, cut in self._split(piece):
            item = parse(data, self.repairs, prefixes=self._heads.prefixes)
            if item is None or item.name != "item":
                pile = self._pile_of(self._last) if self._last else self._pile("posts", "post")
                reason = f"an item of {len(data):,} bytes could not be understood"
                pile.lost.append(Loss(collection=pile.collection.key, reason=reason))
                continue
            self._item(item, cut)

    def _split(self, piece: Piece) -> Iterator[tuple[bytes, bool]]:
        """Part items that ran together where one of them was never closed (a broken file, then another)."""
        starts = [0]
        if piece.data.count(b"<item>") > 1:
            starts = [found.start() for found in _NEXT_ITEM.finditer(piece.data)]
        if len(starts) < 2 or strict(piece.data, self._heads.prefixes) is not None:
            yield piece.data, piece.cut
            return
        parts = [piece.data[a:b] for a, b in zip(starts, [*starts[1:], None], strict=True)]
        if any(b"<wp:post_id>" not in part and b"<wp:post_type>" not in part for part in parts[1:]):
            yield piece.data, piece.cut
            return
        for part in parts[:-1]:
            yield part, True
        yield parts[-1], piece.cut

    def _item(self, item: Element, cut: bool) -> None:
        kind = records.item_type(item)
        record: Post | Media
        if kind == "attachment":
            pile = self._pile("media", "media")
            record = records.media(item, self.zone)
            spool, where = self.media, record.url or record.source_url
        else:
            pile = self._pile("posts", kind)
            record = records.post(item, self.zone)
            spool, where = self.posts, record.url
            self._remember(record)
        self._last = pile.collection
        if cut:
            # Also when the item looks whole: comments or meta may have followed.
            self._lose(pile, "the file ends within this item; what came after is missing", record.id, where)
            self.cut = True
        if record.id is None and where is None:
            title = f' "{record.title}"' if record.title else ""
            self._lose(pile, f"an item{title} has neither a number nor an address", None, None)
            return
        own = self._numbered(pile, record)
        if own is not None:
            spool.add(pile.index, packed(own))
            pile.note(own)
        self._comments(item, own.id if own else record.id)

    def _numbered(self, pile: Pile, record: _Numbered) -> _Numbered | None:
        """The record under a number of its own in this document; None where it is there already."""
        if record.id is None:
            return record
        document = (len(self.files), self._heads.opened)
        number = self._twins[pile.collection.kind].number(document, record.id, packed(record))
        if number is None or number == record.id:
            return record if number else None
        return replace(record, id=number, extra={**record.extra, SHARED_ID: record.id})

    def _remember(self, post: Post) -> None:
        if post.id is not None:
            self.numbers.add(post.id)
        if is_public(post):
            self.public.add(post.id or 0)
            if isinstance(post.author, Reference):
                self.public_logins.add(post.author.name or "")

    def _comments(self, item: Element, post: int | None) -> None:
        pile: Pile | None = None
        for comment, private in records.comments(item, self.zone):
            pile = pile or self._pile("comments", "comments")
            if comment.id is None or comment.post is None:
                by = f" by {comment.author.name}" if comment.author.name else ""
                when = f" of {comment.date:%Y-%m-%d %H:%M}" if comment.date else ""
                what = "a comment" if comment.id is None else "a comment on an unknown post"
                of = f" on post {comment.post}" if isinstance(comment.post, int) else ""
                self._lose(pile, f"{what}{by}{when}{of} has no number to keep it under", comment.id, None)
                continue
            on = post if isinstance(comment.post, int) else comment.post
            own = self._numbered(pile, replace(comment, post=on))
            if own is None:
                continue
            beside = (
                replace(private, id=own.id, post=on if isinstance(on, int) else None) if private else None
            )
            self.comments.add(pile.index, packed((own, beside)))
            pile.note(own)

    def _lose(self, pile: Pile, reason: str, number: int | None, url: str | None) -> None:
        pile.lost.append(Loss(collection=pile.collection.key, reason=reason, id=number, url=url))

    def _pile(self, kind: Kind, name: str) -> Pile:
        collection = Collection(kind=kind, name=name, label=label(kind, name), route=name)
        return self._pile_of(collection)

    def _pile_of(self, collection: Collection) -> Pile:
        pile = self.piles.get(collection.key)
        if pile is None:
            if len(self.piles) >= _COLLECTIONS_MAX:
                raise NotWordPress("This file names thousands of post types: it is no export of a blog.")
            pile = self.piles[collection.key] = Pile(collection, len(self.piles))
        return pile

    def _check(self) -> None:
        version = self.channel.get("wp:wxr_version")
        if not self.piles and not self.terms and not self.authors and not version:
            names = ", ".join(file.name for file in self.files)
            raise NotWordPress(
                f"There is no WordPress export in {names}.",
                hint="In the old blog: Tools > Export > Download Export File.",
            )
        for author, _private in self.authors.values():
            self._pile("authors", "authors").note(author)
        self._share_out()
        for term in self.terms.values():
            pile = self._pile("terms", term.taxonomy)
            if term.id is None:
                name = term.name or term.slug
                self._lose(pile, f'the term "{name}" has no number to keep it under', None, None)
            else:
                pile.note(term)

    def _share_out(self) -> None:
        """Give each term a number of its own; of those that share one in a taxonomy, the last keeps it."""
        taken: set[int] = set()
        keys = list(reversed(self.terms))
        keys.sort(key=lambda key: taxonomy_rank(key[0]))
        for key in keys:
            term = self.terms[key]
            if term.id is None:
                continue
            number, which = term.id, 0
            while number in taken:
                number = made_up(term.taxonomy, term.id, which)
                which += 1
            taken.add(number)
            if number != term.id:
                self.terms[key] = replace(term, id=number, extra={**term.extra, SHARED_ID: term.id})

    def home(self) -> str:
        """The blog's address."""
        for name in _BLOG:
            if self.channel.get(name):
                return self.channel[name]
        return ""

    def close(self) -> None:
        """Drop the spools."""
        for spool in (self.posts, self.media, self.comments):
            spool.close()


def _bare(url: str) -> str:
    return re.sub(r"^https?://(www\.)?", "", url).rstrip("/").lower()
