"""Two archives, field by field: what differs, and by which cause.

For two ways into one blog (REST and feeds, a site and its export file), and for a move into another
WordPress. `wpexport.ops.pairing` tells which record is which, `wpexport.ops.causes` why two values differ,
`wpexport.ops.moving` what of it no move can help, and `wpexport.ops.natural` what lies in the two ways.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from wpexport.archive.archive import Archive
from wpexport.archive.format import COMMENTS, MEDIA, POSTS, TERMS
from wpexport.archive.records import read_lines, read_record, record_paths
from wpexport.errors import Exit
from wpexport.model import Comment, Media, Personal, Post, Term
from wpexport.ops.accounts import Account
from wpexport.ops.causes import contrasts
from wpexport.ops.events import Compared, Difference, Event, Moved, Warned
from wpexport.ops.held_files import HeldFiles
from wpexport.ops.moving import unavoidable
from wpexport.ops.natural import Nature
from wpexport.ops.pairing import Pair, Pairing, Record, Side

#: so many records are compared between two steps
_MANY = 1000


def diff(one: Path, two: Path) -> Iterator[Event]:
    """Compare two archives, and yield differences up to `Compared`.

    Raises:
        NoArchive: one of them is none.
        ArchiveDamaged: a record cannot be read.
    """
    pairing = Pairing(_open(one), _open(two))
    accounts = Account(pairing.sides[0]), Account(pairing.sides[1])
    nature = Nature(pairing, accounts)
    same = 0
    causes: Counter[str] = Counter()
    expected: Counter[str] = Counter()
    natural: Counter[str] = Counter()

    def counted(difference: Difference) -> Difference:
        counter = expected if difference.expected else natural if difference.natural else causes
        counter[difference.cause] += 1
        return difference

    media: list[Pair] = []
    yield Moved("posts", "Posts", 0)
    for kind, pairs in _pairs(pairing, accounts):
        if kind == "posts" and pairing.strangers is not None:
            yield Warned(
                f"These seem to be two different blogs; in both: {pairing.strangers} of their texts."
            )
        media = pairs if kind == "media" else media
        for done, pair in enumerate(pairs):
            if done % _MANY == 0:
                yield Moved(kind, kind.capitalize(), done, len(pairs))
            found = list(_compare(kind, pair, nature))
            same += None not in pair and all(d.expected or d.natural for d in found)
            yield from map(counted, found)
        yield Moved(kind, kind.capitalize(), len(pairs), len(pairs), last=len(pairs) >= _MANY)
    here, there = pairing.sides
    files = HeldFiles(pairing, accounts, media, (_media(here), _media(there)))
    yield from map(counted, files.compare())
    code = Exit.INCOMPLETE if causes else Exit.DONE
    yield Compared(one, two, code, same, dict(causes), dict(expected), dict(natural), files.same)


def _open(root: Path) -> Side:
    archive = Archive.open(root)
    settings = archive.settings()
    return Side(root, settings.home or settings.source)


def _pairs(pairing: Pairing, accounts: tuple[Account, Account]) -> Iterator[tuple[str, list[Pair]]]:
    """All records, kind by kind; comments, of which there are most, after what they lead to."""

    def media(side: Side) -> Iterator[Record]:
        # one without a number is a file that a text shows, which an import makes a record of
        return (item for item in _media(side) if item.id is not None or not pairing.at_home)

    first = {"authors": pairing.pair("authors", *(account.authors() for account in accounts))}
    first |= {
        kind: pairing.pair(kind, *(list(read(side)) for side in pairing.sides))
        for kind, read in (("terms", _terms), ("media", media), ("posts", _posts))
    }
    comments = pairing.pair("comments", *(list(_comments(side)) for side in pairing.sides))
    yield "posts", first.pop("posts")
    yield "comments", comments
    yield from first.items()
    yield "personal", pairing.pair("personal", *(account.people() for account in accounts))


# -- reading ----------------------------------------------------------------------------------------------


def _paths(side: Side, folder: str) -> Iterator[Path]:
    """The record files of both bags."""
    for bag in (side.root, side.root / "private"):
        for _, path in record_paths(bag / folder):
            yield path


def _posts(side: Side) -> Iterator[Record]:
    # the text of a post behind a password lies in the private bag, beside its record in the public one
    found: dict[Any, Record] = {}
    for path in _paths(side, POSTS):
        post = read_record(path, Post)
        found[post.id if post.id is not None else post.url] = post
    yield from found.values()


def _comments(side: Side) -> Iterator[Record]:
    for path in _paths(side, COMMENTS):
        yield from read_lines(path, Comment)


def _media(side: Side) -> Iterator[Media]:
    for path in _paths(side, MEDIA):
        yield read_record(path, Media)


def _terms(side: Side) -> Iterator[Record]:
    yield from read_lines(side.root / TERMS, Term)


# -- comparing --------------------------------------------------------------------------------------------


def _compare(kind: str, pair: Pair, nature: Nature) -> Iterator[Difference]:
    one, two = pair
    pairing = nature.pairing
    record = one if one is not None else two
    name = _name(record, pairing.sides[0 if one is not None else 1])
    for contrast in contrasts(kind, pair, pairing):
        told = nature.told_by_api(kind, one)
        expected = unavoidable(kind, pair, contrast, pairing, told=told) if pairing.moved else None
        natural = nature.explained(kind, pair, contrast) if expected is None else None
        # what is private is compared, and shown to nobody
        values = ("", "") if kind == "personal" else (_short(contrast.one), _short(contrast.two))
        cause = expected or natural or contrast.cause
        yield Difference(
            kind, name, contrast.field, cause, *values, expected is not None, natural is not None
        )


def _name(record: Record, side: Side) -> str:
    if isinstance(record, Term):
        return f"{record.taxonomy}/{record.slug}"
    if isinstance(record, Personal):
        return f"{record.of} {record.id}"
    return str(record.id) if record.id is not None else f"~{side.below(record.url or '')}"


def _short(value: Any) -> str:
    text = "" if value is None else value if isinstance(value, str) else str(value)
    return text if len(text) <= 120 else text[:119] + "…"
