"""A WordPress export file (WXR, "WordPress eXtended RSS") as a source.

Format: WordPress' own ``wp-admin/includes/export.php`` (versions 1.0 to 1.2), wp-cli's ``wp export``, and
what is left of them after plugins, editors and full disks.

The files are read once, from start to end; the records wait in temporary files until they are asked for, so a
large export needs disk, not memory. ``Batch.exchanges`` stays empty: the file is the witness, and `files`
names it with its checksum.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from wpexport.model import (
    Comment,
    Loss,
    Media,
    Personal,
    Post,
    PostType,
    Record,
    Reference,
    Site,
    Taxonomy,
    Term,
)
from wpexport.sources.base import Batch, Capabilities, Collection, Offer, View
from wpexport.sources.wxr.intake import Intake, Pile
from wpexport.sources.wxr.records import LOCAL, plain
from wpexport.sources.wxr.scan import ExportFile
from wpexport.sources.wxr.visible import has_no_page, is_hidden_media

#: records a batch
BATCH = 250
#: bytes of JSON a batch
BATCH_BYTES = 4 << 20

#: what WordPress itself leaves out of every export (wp-admin/includes/export.php)
_INVISIBLE = ("spam comments", "automatic drafts", "widgets and settings", "authors without posts")

#: what a WXR can show of each kind; other fields keep what the archive has
_FIELDS: dict[str, frozenset[str]] = {
    "posts": frozenset(Post.__struct_fields__),
    "media": frozenset(Media.__struct_fields__) - {"files"},
    "comments": frozenset(Comment.__struct_fields__) - {"url"},
    "terms": frozenset(Term.__struct_fields__) - {"url"},
    "authors": frozenset({"id", "name"}),
}

_Dated = TypeVar("_Dated", Post, Media, Comment)


@dataclass(slots=True)
class _Filling:
    batch: Batch
    size: int = 0


class WxrSource:
    """One blog, from one or several export files (plain or gzip, each with one or several documents).

    Implements `wpexport.sources.base.Source`, and `Mending`: real exports are often ill-formed.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        notify: Callable[[str], None] | None = None,
        *,
        spool: Path | None = None,
        whole: bool = False,
    ) -> None:
        """Prepare; nothing is read yet.

        Args:
            paths: the files, oldest first: where two hold the same record, the later one is what remains.
            notify: is told what looks odd.
            spool: a folder for temporary files as large as the unpacked exports; the system's if None.
            whole: the files are known to hold all of the site. A file does not tell: an export of one type or
                author looks like one of all, so without this its silence never means that something is gone.
        """
        self._paths = list(paths)
        self._notify = notify or (lambda _sentence: None)
        self._folder = spool
        self._whole = whole
        self._read: Intake | None = None

    @property
    def files(self) -> Sequence[ExportFile]:
        """The files with size and SHA-256."""
        return self._intake().files

    @property
    def repairs(self) -> dict[str, int]:
        """What had to be mended to read the files, by kind."""
        return {kind: count for kind, count in sorted(self._intake().repairs.items()) if count}

    def close(self) -> None:
        """Drop the temporary files."""
        if self._read:
            self._read.close()
            self._read = None

    def site(self) -> Site:
        """Describe the blog.

        Raises:
            SourceError: no file can be read, or none is an export.
            UsageError: the files are of two blogs.
        """
        intake = self._intake()
        channel = intake.channel
        kinds = [pile.collection for pile in intake.piles.values()]
        extra: dict[str, Any] = {"wxr_version": channel.get("wp:wxr_version")}
        extra["generator"] = channel.get("generator") or intake.generator
        if channel.get("wp:base_site_url") not in (None, intake.home()):
            extra["network"] = channel["wp:base_site_url"]
        return Site(
            home=intake.home(),
            name=plain(channel.get("title")),
            description=plain(channel.get("description")),
            language=channel.get("language") or None,
            types=[PostType(slug=of.name, name=of.label) for of in kinds if of.kind == "posts"]
            + [PostType(slug="attachment", name="Media") for of in kinds if of.kind == "media"],
            taxonomies=[Taxonomy(slug=of.name, name=of.label) for of in kinds if of.kind == "terms"],
            extra={key: value for key, value in extra.items() if value},
        )

    def capabilities(self) -> Capabilities:
        """Read the files and say what is in them.

        Raises:
            SourceError: no file can be read, or none is an export.
            UsageError: the files are of two blogs.
        """
        order = ("posts", "comments", "media", "terms", "authors")
        piles = list(self._intake().piles.values())
        piles.sort(key=lambda pile: (order.index(pile.collection.kind), pile.index))
        return Capabilities(
            way="wxr",
            offers=[Offer(pile.collection, expected=self._expected(pile)) for pile in piles],
            invisible=_INVISIBLE,
        )

    def read(self, what: Collection, since: dict[str, Any] | None = None) -> Iterator[Batch]:
        """Yield the records of a collection in the file's order; ``since`` is not needed.

        What visitors cannot see, though its status does not say so, comes in batches marked ``hidden``.
        """
        del since
        intake = self._intake()
        pile = intake.piles.get(what.key)
        view = View(way="wxr", login=True, fields=_FIELDS[what.kind])
        claimed = self._expected(pile) if pile else 0
        full: dict[bool, _Filling] = {}
        for hidden, records, length in self._records(pile) if pile else ():
            filling = full.setdefault(hidden, _Filling(Batch(what, view, claimed=claimed, hidden=hidden)))
            filling.batch.records += records
            filling.size += length
            if len(filling.batch.records) >= BATCH or filling.size >= BATCH_BYTES:
                yield full.pop(hidden).batch
        yield from (full[hidden].batch for hidden in sorted(full))
        lost = list(pile.lost) if pile else []
        yield Batch(what, view, claimed=claimed, lost=lost, last=self._whole and not intake.cut)

    def _expected(self, pile: Pile) -> int:
        return pile.count + sum(loss.count or 0 for loss in pile.lost if _is_absent(loss))

    def _intake(self) -> Intake:
        if self._read is None:
            self._read = Intake(self._paths, self._folder)
            self._tell(self._read)
        return self._read

    def _tell(self, intake: Intake) -> None:
        for pile in intake.piles.values():
            label = pile.collection.label
            if again := pile.versions.former.total():
                self._notify(f"{label}: {again:,} come again in a later file; the last version is kept")
            if pile.shared:
                self._notify(
                    f"{label}: {pile.shared:,} share their number with something else; "
                    "all are kept, under numbers of their own"
                )

    def _records(self, pile: Pile) -> Iterator[tuple[bool, list[Record], int]]:
        """Each record, in its last version, with what lies beside it: hidden from visitors?, all, bytes."""
        former = pile.versions.former.copy()
        for hidden, records, length in self._all(pile):
            number = records[0].id
            if number is not None and former[number] > 0:
                former[number] -= 1
            else:
                yield hidden, records, length

    def _all(self, pile: Pile) -> Iterator[tuple[bool, list[Record], int]]:
        intake = self._intake()
        match pile.collection.kind:
            case "posts":
                posts = msgspec.json.Decoder(Post)
                for data in intake.posts.read(pile.index):
                    post = self._post(posts.decode(data))
                    yield has_no_page(post), [post], len(data)
            case "media":
                media = msgspec.json.Decoder(Media)
                for data in intake.media.read(pile.index):
                    record = self._dated(media.decode(data))
                    record = msgspec.structs.replace(record, author=self._author(record.author))
                    yield is_hidden_media(record, intake.numbers, intake.public), [record], len(data)
            case "comments":
                pairs = msgspec.json.Decoder(tuple[Comment, Personal | None])
                for data in intake.comments.read(pile.index):
                    comment, private = pairs.decode(data)
                    dated = self._dated(comment)
                    yield False, [dated, private] if private else [dated], len(data)
            case "terms":
                for key, term in intake.terms.items():
                    if term.taxonomy == pile.collection.name and term.id is not None:
                        yield False, [self._term(key, term)], 0
            case "authors":
                public = {intake.logins.get(login) for login in intake.public_logins}
                for author, personal in intake.authors.values():
                    yield author.id not in public, [author, personal] if personal else [author], 0

    def _post(self, post: Post) -> Post:
        terms: list[int | Reference] = []
        for one in post.terms:
            known = self._known_term(one)
            if known not in terms:
                terms.append(known)
        return msgspec.structs.replace(self._dated(post), terms=terms, author=self._author(post.author))

    def _known_term(self, term: int | Reference) -> int | Reference:
        if isinstance(term, int):
            return term
        known = self._intake().terms.get((term.taxonomy or "category", term.slug or ""))
        return known.id if known and known.id is not None else term

    def _author(self, author: int | Reference | None) -> int | Reference | None:
        if not isinstance(author, Reference):
            return author
        return self._intake().logins.get(author.name or "", author)

    def _term(self, key: tuple[str, str], term: Term) -> Term:
        intake = self._intake()
        slug = intake.parents.get(key)
        if not slug:
            return term
        parent = intake.terms.get((term.taxonomy, slug))
        if parent and parent.id is not None:
            return msgspec.structs.replace(term, parent=parent.id)
        return msgspec.structs.replace(term, extra={**term.extra, "parent_slug": slug})

    def _dated(self, record: _Dated) -> _Dated:
        local = record.extra.get(LOCAL)
        if not local:
            return record
        guess = self._intake().zone.guess
        times = {name: guess(datetime.fromisoformat(text)) for name, text in local.items()}
        extra = {key: value for key, value in record.extra.items() if key != LOCAL}
        return msgspec.structs.replace(record, **times, extra=extra)


def _is_absent(loss: Loss) -> bool:
    """Whether the record of a loss was left out (a cut item is kept as far as it goes, and counted there)."""
    return loss.id is None and loss.url is None
