"""Puts records into the archive: finds their place, keeps the better copy and the former version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from wpexport.archive.bag import Bag
from wpexport.archive.format import AUTHORS, MEDIA, PERSONAL, POSTS, TERMS, history_path, record_path
from wpexport.archive.merge import merge
from wpexport.archive.places import has_hidden_text, is_public, public_face
from wpexport.errors import ArchiveDamaged
from wpexport.model import Author, Media, Personal, Post, Term, decode, encode_line, encode_pretty

T = TypeVar("T", Post, Media)


@dataclass(slots=True)
class Tally:
    """What putting records did to the archive."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    #: of the changed: rendered differently, and edited by nobody
    rendered: int = 0

    def __iadd__(self, other: Tally) -> Tally:
        self.added += other.added
        self.changed += other.changed
        self.unchanged += other.unchanged
        self.rendered += other.rendered
        return self

    def count(self, old: object, *, changed: bool) -> bool:
        """Count one record; returns whether it is new or changed."""
        if old is None:
            self.added += 1
        elif changed:
            self.changed += 1
        else:
            self.unchanged += 1
        return old is None or changed

    @property
    def touched(self) -> bool:
        """True when anything is new or changed."""
        return bool(self.added or self.changed)


class Former(msgspec.Struct, kw_only=True):
    """One line of a history file."""

    #: the run that found the next version (its id is the time it began)
    replaced: str
    record: msgspec.Raw


class Identity(msgspec.Struct, frozen=True):
    """Just enough of a record to know which it is."""

    id: int | None = None
    url: str | None = None


def decode_stored(data: bytes, kind: type[Any], place: str) -> Any:
    """Decode what lies in the archive.

    Raises:
        ArchiveDamaged: it is not what it should be.
    """
    try:
        return decode(data, kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ArchiveDamaged(
            f"{place} cannot be read: {error}.", hint="Repair the archive with: wpexport check --repair"
        ) from error


def put_history(bag: Bag, path: str, former: Sequence[bytes], run: str) -> None:
    """Append former versions to a file's history, but for those that a run which was cut off put there."""
    if not former:
        return
    place = history_path(path)
    versions = bag.read(place) or b""
    last = {}
    for line in versions.splitlines():
        record = decode_stored(line, Former, place).record
        last[decode_stored(bytes(record), Identity, place)] = bytes(record)
    for version in former:
        one_line = encode_line(msgspec.Raw(version))
        if last.get(decode_stored(version, Identity, path)) != one_line:
            versions += encode_line(Former(replaced=run, record=msgspec.Raw(version))) + b"\n"
    bag.stage(place, versions)


@dataclass(frozen=True, slots=True)
class Eyes:
    """By which eyes records were seen."""

    login: bool = False
    #: the fields that were shown; None for all
    shown: frozenset[str] | None = None
    #: no visitor sees these, though nothing in them says so (a menu item, an author without a post)
    hidden: bool = False


class Records:
    """Posts and media: one file each."""

    def __init__(self, public: Bag, private: Bag, run: str) -> None:
        self._public = public
        self._private = private
        self._run = run
        #: posts that went from the public bag to the private one
        self._withdrawn: set[int] = set()

    def put_post(self, post: Post, eyes: Eyes, tally: Tally) -> bool:
        """Store a post; what only its owner may see goes to the private bag. True when new or changed."""
        login, shown = eyes.login, eyes.shown
        path = record_path(POSTS, post.id, post.url, ".json")
        if eyes.hidden or not is_public(post, login=login):
            touched = self._put(self._private, path, post, shown, tally)
            if self._leave(self._public, path) and post.id is not None:
                self._withdrawn.add(post.id)
            return touched
        if login and has_hidden_text(post):
            self._put(self._private, path, post, shown, Tally())
            post = public_face(post)
        touched = self._put(self._public, path, post, shown, tally)
        if not post.password_protected:
            self._leave(self._private, path)
        return touched

    def put_media(self, media: Media, eyes: Eyes, tally: Tally) -> bool:
        """Store a media record. True when new or changed."""
        login, shown = eyes.login, eyes.shown
        path = record_path(MEDIA, media.id, media.source_url, ".json")
        public = not eyes.hidden and is_public(media, login=login)
        public = public and not (login and self.is_hidden(media.post))
        bag, other = (self._public, self._private) if public else (self._private, self._public)
        self._leave(other, path)
        return self._put(bag, path, media, shown, tally)

    def misplaced_media(self) -> list[str]:
        """Where media records lie that may belong to the other bag: their post was published or withdrawn.

        No time of change tells it: WordPress changes the post alone.
        """
        marks = [f'"post": {number},'.encode() for number in self._withdrawn]
        public = self._public.paths(f"{MEDIA}/") if marks else []
        withdrawn = [
            path for path in public if any(mark in (self._public.read(path) or b"") for mark in marks)
        ]
        return [*self._private.paths(f"{MEDIA}/"), *withdrawn]

    def settle_media(self, path: str, tally: Tally) -> None:
        """Put a media record where it belongs by now, for a run that sees what an owner sees."""
        there = self._public if self._private.hash_of(path) is None else self._private
        media: Media = decode_stored(there.read(path) or b"", Media, path)
        public = is_public(media, login=True) and not self.is_hidden(media.post)
        if media.id is not None and (media.post is not None) and public != (there is self._public):
            self.put_media(media, Eyes(login=True), Tally())
            tally.changed += 1

    def is_hidden(self, post: int | None) -> bool:
        """Whether a post of this number is known to its owner alone."""
        if post is None:
            return False
        path = record_path(POSTS, post, None, ".json")
        return self._private.hash_of(path) is not None and self._public.hash_of(path) is None

    def is_open(self, post: int | None) -> bool:
        """Whether a visitor may read the post of this number, text and comments."""
        if post is None:
            return False
        path = record_path(POSTS, post, None, ".json")
        return self._public.hash_of(path) is not None and self._private.hash_of(path) is None

    def _leave(self, bag: Bag, path: str) -> bool:
        """A draft was published, or a post withdrawn: the other bag has it, the last one here is history.

        True when it was here.
        """
        if bag.hash_of(path) is None:
            return False
        former = bag.read(path)
        if former is not None:
            put_history(bag, path, [former], self._run)
        bag.remove(path)
        return True

    def _put(self, bag: Bag, path: str, record: T, shown: frozenset[str] | None, tally: Tally) -> bool:
        if bag.hash_of(path) is None:
            bag.stage(path, encode_pretty(record))
            return tally.count(None, changed=True)
        if not bag.is_there(path):  # the disk was touched behind our back; nothing of it can be kept
            bag.remove(path)
            bag.stage(path, encode_pretty(record))
            return tally.count(None, changed=True)
        former = bag.read(path) or b""
        data = encode_pretty(record)
        if data != former:
            old = decode_stored(former, type(record), path)
            data = encode_pretty(merge(old, record, shown))
            if data != former and record.modified is not None and old.modified == record.modified:
                tally.rendered += 1
        if data == former:
            return tally.count(former, changed=False)
        put_history(bag, path, [former], self._run)
        bag.stage(path, data)
        return tally.count(former, changed=True)


class SmallTable:
    """Records that fit into one ``.jsonl`` file, by number: authors, terms, authors' personal data."""

    def __init__(self, bag: Bag, path: str, kind: type[Any], run: str) -> None:
        self._bag = bag
        self._path = path
        self._run = run
        self._rows: dict[int, Any] = {}
        for line in (bag.read(path) or b"").splitlines():
            row = decode_stored(line, kind, path)
            self._rows[row.id] = row
        self._former: list[bytes] = []

    def put(self, record: Author | Term | Personal, shown: frozenset[str] | None, tally: Tally) -> bool:
        """Store a record. True when new or changed."""
        if record.id is None:
            return False
        old = self._rows.get(record.id)
        kept: Any = record
        if old is not None and not isinstance(record, Personal):
            kept = merge(old, record, shown)
        changed = kept != old
        if changed and old is not None:
            self._former.append(encode_line(old))
        self._rows[record.id] = kept
        return tally.count(old, changed=changed)

    def forget(self, number: int) -> None:
        """Drop a record for good."""
        self._rows.pop(number, None)

    def write(self) -> None:
        """Stage the file, and the history of what changed."""
        if not self._rows:
            return
        put_history(self._bag, self._path, self._former, self._run)
        self._former.clear()
        rows = (encode_line(self._rows[number]) + b"\n" for number in sorted(self._rows))
        self._bag.stage(self._path, b"".join(rows))


class SmallTables:
    """Authors and terms, and what only the owner may see of authors."""

    def __init__(self, public: Bag, private: Bag, run: str) -> None:
        self.authors = SmallTable(public, AUTHORS, Author, run)
        self.terms = SmallTable(public, TERMS, Term, run)
        #: authors that no visitor sees: they have published nothing
        self.hidden = SmallTable(private, AUTHORS, Author, run)
        self.personal = SmallTable(private, f"{PERSONAL}/authors.jsonl", Personal, run)

    def write(self) -> None:
        """Stage all files."""
        for table in (self.authors, self.hidden, self.terms, self.personal):
            table.write()
