"""Comments arrive by number, interleaved over posts, and lie by post: a spool on disk sorts them.

Rewriting each post's file with every page cost 26 s for 20,000 comments; folded once, 0.9 s.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from wpexport.archive.bag import Bag
from wpexport.archive.format import COMMENTS, PERSONAL, record_path
from wpexport.archive.index import opened
from wpexport.archive.journal import Entry
from wpexport.archive.merge import merge
from wpexport.archive.places import is_public_comment
from wpexport.archive.store import Eyes, Identity, Records, Tally, decode_stored, put_history
from wpexport.model import Comment, Personal, Reference, decode, encode_line

_SCHEMA = """
PRAGMA journal_mode=OFF;
PRAGMA synchronous=OFF;
CREATE TABLE answers (number INTEGER PRIMARY KEY, login INTEGER, entry BLOB, wanted INTEGER DEFAULT 0);
CREATE TABLE comments (place TEXT, key TEXT, post INTEGER, eyes INTEGER, answer INTEGER, line BLOB,
    PRIMARY KEY (place, key)) WITHOUT ROWID;
CREATE TABLE personal (place TEXT, key TEXT, line BLOB, PRIMARY KEY (place, key)) WITHOUT ROWID;
"""


class Spool:
    """``state/spool.sqlite``: the comments of this run, until `Fold` writes each post's file once."""

    def __init__(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        self._path = path
        self._db = opened(path, _SCHEMA)
        self._db.execute("BEGIN")
        self._answers = 0
        #: by which eyes comments were seen; a row has the place in this list
        self._eyes: list[Eyes] = []

    def add(self, records: Sequence[Comment | Personal], entries: Sequence[Entry], eyes: Eyes) -> None:
        """Take a batch, and the answers it came from: they are journalled if anything in them is new."""
        number = self._answers + 1
        if eyes not in self._eyes:
            self._eyes.append(eyes)
        seen_by = self._eyes.index(eyes)
        for entry in entries:
            self._answers += 1
            self._db.execute(
                "INSERT INTO answers (number, login, entry) VALUES (?, ?, ?)",
                (self._answers, eyes.login, encode_line(entry)),
            )
        rows = []
        personal = []
        for record in records:
            if isinstance(record, Personal):
                place = record_path(f"{PERSONAL}/comments", record.post, "unknown", ".jsonl")
                personal.append((place, _key(record.id, None), encode_line(record)))
            else:
                post = record.post if isinstance(record.post, int) else None
                url = record.post.url if isinstance(record.post, Reference) else record.url
                place = record_path(COMMENTS, post, url or "unknown", ".jsonl")
                key = _key(record.id, record.url)
                rows.append((place, key, post, seen_by, number, encode_line(record)))
        self._db.executemany("INSERT OR REPLACE INTO comments VALUES (?, ?, ?, ?, ?, ?)", rows)
        self._db.executemany("INSERT OR REPLACE INTO personal VALUES (?, ?, ?)", personal)

    def groups(self) -> Iterator[tuple[str, int | None, list[tuple[str, Eyes, int, bytes]]]]:
        """The comments by place: (path, post, rows of key, eyes, answer, line)."""
        rows = self._db.execute(
            "SELECT place, post, key, eyes, answer, line FROM comments ORDER BY place, key"
        )
        for (place, post), group in groupby(rows, key=itemgetter(0, 1)):
            seen = [(key, self._eyes[eyes], answer, line) for *_, key, eyes, answer, line in group]
            yield place, post, seen

    def personal(self) -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
        """The personal data by place: (path, rows of key, line)."""
        rows = self._db.execute("SELECT place, key, line FROM personal ORDER BY place, key")
        for place, group in groupby(rows, key=itemgetter(0)):
            yield place, [(key, line) for _, key, line in group]

    def want(self, answers: set[int]) -> None:
        """Mark answers that brought something new."""
        self._db.executemany(
            "UPDATE answers SET wanted = 1 WHERE number = ? AND wanted = 0", [(n,) for n in answers]
        )

    def wanted(self) -> Iterator[tuple[bool, Entry]]:
        """The answers to journal, in the order they came: (to a login?, entry)."""
        for login, entry in self._db.execute(
            "SELECT login, entry FROM answers WHERE wanted = 1 ORDER BY number"
        ):
            yield bool(login), decode(entry, Entry)

    def journalled(self) -> None:
        """What is wanted was written down."""
        self._db.execute("UPDATE answers SET wanted = 2, entry = NULL WHERE wanted = 1")

    def clear(self) -> None:
        """Begin anew: what was folded is in place."""
        for statement in ("DELETE FROM answers", "DELETE FROM comments", "DELETE FROM personal"):
            self._db.execute(statement)

    def close(self) -> None:
        """Close and delete the spool."""
        self._db.close()
        self._path.unlink(missing_ok=True)


class Fold:
    """Writes each post's comments once, merged with what is stored."""

    def __init__(self, spool: Spool, public: Bag, private: Bag, records: Records, run: str) -> None:
        self._spool = spool
        self._public = public
        self._private = private
        self._records = records
        self._run = run

    def posts(self) -> Iterator[Tally]:
        """Stage the files of one post after the other; the caller commits now and then."""
        for place, post, rows in self._spool.groups():
            yield self._fold(place, post, rows)
        for place, lines in self._spool.personal():
            stored = _rows(self._private, place)
            stored.update(lines)
            data = b"".join(stored[key] + b"\n" for key in sorted(stored))
            self._private.stage(place, data)

    def _fold(self, place: str, post: int | None, rows: list[tuple[str, Eyes, int, bytes]]) -> Tally:
        tally = Tally()
        public, private = _rows(self._public, place), _rows(self._private, place)
        fresh: set[int] = set()
        former: dict[str, list[bytes]] = {"public": [], "private": []}
        open_post = post is None or self._records.is_open(post)
        for key, eyes, answer, line in rows:
            old = public.get(key) or private.get(key)
            kept = line
            if old is not None and old != line:
                kept = encode_line(
                    merge(decode_stored(old, Comment, place), decode(line, Comment), eyes.shown)
                )
            comment = decode(kept, Comment)
            is_public = not eyes.hidden and is_public_comment(
                comment, login=eyes.login, on_public_post=open_post
            )
            home, other = (public, private) if is_public else (private, public)
            moved = key in other  # or in both, where a run was cut off
            if tally.count(old, changed=kept != old or moved):
                fresh.add(answer)
                if key in home and home[key] != kept:
                    former["public" if is_public else "private"].append(home[key])
                if moved:
                    former["private" if is_public else "public"].append(other[key])
            public.pop(key, None)
            private.pop(key, None)
            home[key] = kept
        if tally.touched:
            self._spool.want(fresh)
            for bag, lines, name in ((self._public, public, "public"), (self._private, private, "private")):
                self._write(bag, place, lines, former[name])
        return tally

    def _write(self, bag: Bag, place: str, lines: dict[str, bytes], former: list[bytes]) -> None:
        put_history(bag, place, former, self._run)
        if lines:
            bag.stage(place, b"".join(lines[key] + b"\n" for key in sorted(lines)))
        else:
            bag.remove(place)


def _key(number: int | None, url: str | None) -> str:
    """Sorts by number; those without one last."""
    return f"{number:020d}" if number is not None else f"~{url}"


def _rows(bag: Bag, place: str) -> dict[str, bytes]:
    """The stored lines of a file by key."""
    rows: dict[str, bytes] = {}
    if bag.hash_of(place) is None:
        return rows
    for line in (bag.read(place) or b"").splitlines():
        row = decode_stored(line, Identity, place)
        rows[_key(row.id, row.url)] = line
    return rows
