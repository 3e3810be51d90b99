"""Comments arrive by number, interleaved over posts, and lie by post: a spool on disk sorts them.

Rewriting each post's file with every page cost 26 s for 20,000 comments; folded once, 0.9 s.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from wpexport.archive.bag import Bag
from wpexport.archive.format import COMMENTS, PERSONAL, POSTS, record_path
from wpexport.archive.index import opened
from wpexport.archive.merge import merge
from wpexport.archive.places import is_public_comment
from wpexport.archive.store import Eyes, Identity, Records, Tally, decode_stored, put_history
from wpexport.model import Comment, Personal, Reference, decode, encode_line

_SCHEMA = """
PRAGMA journal_mode=OFF;
PRAGMA synchronous=OFF;
CREATE TABLE answers (number INTEGER PRIMARY KEY, login INTEGER, wanted INTEGER DEFAULT 0, member BLOB);
CREATE INDEX answers_wanted ON answers (number) WHERE wanted = 1;
CREATE TABLE comments (post INTEGER, place TEXT, key TEXT, eyes INTEGER, answer INTEGER, line BLOB);
CREATE TABLE personal (place TEXT, key TEXT, line BLOB, PRIMARY KEY (place, key)) WITHOUT ROWID;
"""


class CommentSpool:
    """``state/spool.sqlite``: the comments of this run, until `Fold` writes each post's file once."""

    def __init__(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        self._path = path
        self._db = opened(path, _SCHEMA)
        self._db.execute("BEGIN")
        #: batches so far; a row has the number of the one it came with
        self._answers = 0
        #: by which eyes comments were seen; a row has the place in this list
        self._eyes: list[Eyes] = []
        #: answers that are marked: each has the comments of many posts
        self._wanted: set[int] = set()

    def add(self, records: Sequence[Comment | Personal], packed: Future[bytes] | None, eyes: Eyes) -> None:
        """Take a batch, and the answers it came from: they are journalled if anything in them is new."""
        self._answers += 1
        if eyes not in self._eyes:
            self._eyes.append(eyes)
        seen_by = self._eyes.index(eyes)
        rows = []
        personal = []
        for record in records:
            if isinstance(record, Personal):
                place = record_path(f"{PERSONAL}/comments", record.post, "unknown", ".jsonl")
                personal.append((place, _key(record.id, None), encode_line(record)))
            else:
                post = record.post if isinstance(record.post, int) else None
                url = record.post.url if isinstance(record.post, Reference) else record.url
                apart = None if post is not None else record_path(COMMENTS, None, url or "unknown", ".jsonl")
                key = _key(record.id, record.url)
                rows.append((post, apart, key, seen_by, self._answers, encode_line(record)))
        self._db.executemany("INSERT INTO comments VALUES (?, ?, ?, ?, ?, ?)", rows)
        self._db.executemany("INSERT OR REPLACE INTO personal VALUES (?, ?, ?)", personal)
        if packed is not None and (member := packed.result()):
            answer = (self._answers, eyes.login, member)
            self._db.execute("INSERT INTO answers (number, login, member) VALUES (?, ?, ?)", answer)

    def groups(self) -> Iterator[tuple[str, int | None, list[tuple[str, Eyes, int, bytes]]]]:
        """The comments by place: (path, post, rows of key, eyes, answer, line); each number once."""
        # rows are appended and sorted once: kept in order all the time, they cost three times as much
        self._db.execute("CREATE INDEX IF NOT EXISTS comments_place ON comments (post, place, key)")
        rows = self._db.execute(
            "SELECT post, place, key, eyes, answer, line FROM comments ORDER BY post, place, key, rowid"
        )
        for (post, place), group in groupby(rows, key=itemgetter(0, 1)):
            seen = {key: (key, self._eyes[eyes], answer, line) for _, _, key, eyes, answer, line in group}
            yield place or record_path(COMMENTS, post, None, ".jsonl"), post, list(seen.values())

    def personal(self) -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
        """The personal data by place: (path, rows of key, line)."""
        rows = self._db.execute("SELECT place, key, line FROM personal ORDER BY place, key")
        for place, group in groupby(rows, key=itemgetter(0)):
            yield place, [(key, line) for _, key, line in group]

    def want(self, answers: set[int]) -> None:
        """Mark answers that brought something new."""
        if fresh := answers - self._wanted:
            self._wanted |= fresh
            self._db.executemany("UPDATE answers SET wanted = 1 WHERE number = ?", [(n,) for n in fresh])

    def wanted(self) -> Iterator[tuple[bool, bytes]]:
        """What to journal, in the order it came: (of a login?, a member of the journal)."""
        for login, member in self._db.execute(
            "SELECT login, member FROM answers WHERE wanted = 1 ORDER BY number"
        ):
            yield bool(login), member

    def journalled(self) -> None:
        """What is wanted was written down."""
        self._db.execute("UPDATE answers SET wanted = 2, member = NULL WHERE wanted = 1")

    def clear(self) -> None:
        """Begin anew: what was folded is in place."""
        for statement in ("DELETE FROM answers", "DELETE FROM comments", "DELETE FROM personal"):
            self._db.execute(statement)
        self._wanted.clear()

    def close(self) -> None:
        """Close and delete the spool."""
        self._db.close()
        self._path.unlink(missing_ok=True)


class Fold:
    """Writes each post's comments once, merged with what is stored."""

    def __init__(self, spool: CommentSpool, public: Bag, private: Bag, records: Records, run: str) -> None:
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
            yield Tally()  # to be committed now and then: all at once they are a kilobyte of memory a post

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
            # what was seen without a login was seen by a visitor
            is_public = not eyes.login or (open_post and is_public_comment(decode(kept, Comment)))
            is_public = is_public and not eyes.hidden
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

    def settle(self) -> Iterator[Tally]:
        """Move the comments of posts that were published or withdrawn: nobody touched them, so none came."""
        hidden = [path.replace(POSTS, COMMENTS, 1) + "l" for path in self._private.paths(f"{POSTS}/")]
        places = {path for path in hidden if self._public.hash_of(path) is not None}
        places.update(self._private.paths(f"{COMMENTS}/"))
        for place in sorted(places):
            stem = place.rpartition("/")[2].removesuffix(".jsonl")
            if stem.isdecimal():
                yield self._settled(place, self._records.is_open(int(stem)))

    def _settled(self, place: str, is_open: bool) -> Tally:
        tally = Tally()
        public, private = _rows(self._public, place), _rows(self._private, place)
        home, other = (public, private) if is_open else (private, public)
        moved = {
            key: line
            for key, line in other.items()
            if not is_open or is_public_comment(decode_stored(line, Comment, place))
        }
        if not moved:
            return tally
        tally.changed = len(moved)
        lines = {key: line for key, line in other.items() if key not in moved}
        there, here = (self._private, self._public) if is_open else (self._public, self._private)
        self._write(there, place, lines, [*moved.values()])
        self._write(here, place, moved | home, [])
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
