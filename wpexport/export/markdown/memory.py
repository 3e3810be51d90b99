"""What an export remembers of each post, so that the next one into the same folder need not convert it again.

It is a copy of what can be worked out at any time, and may be deleted: `OUT/.wpexport.cache/posts.sqlite`. An
entry is used where post, comments, settings, all answers (`wpexport.export.markdown.facts`) and the written
files are the same, so one that is old or damaged costs time and never a byte.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import unicodedata
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import fields, replace
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import msgspec

import wpexport
from wpexport.export.base import Notice, Options
from wpexport.export.dialects.base import Dialect
from wpexport.export.markdown.facts import Context, Question, asked_again
from wpexport.export.markdown.places import Key, Place
from wpexport.export.markdown.post import Piece
from wpexport.model import Post

#: its name among a tree's notes
NAME = "posts.sqlite"
#: whose releases may change a converted text
_LIBRARIES = ("msgspec", "selectolax", "PyYAML", "tomli-w")
#: and what is told of it with ``--audit``; they need not be there
_RENDERERS = ("markdown-it-py", "mdit-py-plugins")
_CODE = ("archive", "export", "model", "ops", "text")

# Written from nothing in one go: the same entries are the same bytes.
_SCHEMA = """
PRAGMA page_size=4096;
PRAGMA journal_mode=OFF;
PRAGMA synchronous=OFF;
BEGIN;
CREATE TABLE posts (key TEXT PRIMARY KEY, digest BLOB, files TEXT, entry BLOB) WITHOUT ROWID;
"""


class _Entry(msgspec.Struct, array_like=True):
    """A piece without its files."""

    questions: list[Question]
    answers: bytes
    #: path to the address of the media file that is copied there
    copies: dict[str, str]
    notices: list[Notice]
    comments: int


class Known(NamedTuple):
    """What is known of one post."""

    #: path to hash
    files: dict[str, str]
    entry: bytes


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Entry)
_files = msgspec.json.Decoder(dict[str, str])


def settings_digest(dialect: Dialect, options: Options, base: str) -> bytes:
    """A hash of what is the same for all posts: the user's choice, the site's path, the program itself."""
    # what is to be done with the files changes none of them
    plain = replace(
        options,
        overwrite=False,
        prune=False,
        partial=False,
        dry_run=False,
        redirects=(),
        private=None,
        source=None,
    )
    root = Path(wpexport.__file__).parent
    code = sha256()
    for folder in _CODE:
        for path in sorted((root / folder).rglob("*.py")):
            code.update(path.read_bytes())
    libraries = _LIBRARIES + (_RENDERERS if options.audit else ())
    program = [wpexport.__version__, sys.version, unicodedata.unidata_version, *map(version, libraries)]
    told = (_ordered(dialect), _ordered(plain), base, program, code.hexdigest())
    return sha256(repr(told).encode("utf-8", "surrogatepass")).digest()


def _ordered(record: Dialect | Options) -> list[tuple[str, object]]:
    """All fields; sets come in another order in each process."""
    values = [(one.name, getattr(record, one.name)) for one in fields(record)]
    return [(name, sorted(value) if isinstance(value, frozenset) else value) for name, value in values]


def digest_of(settings: bytes, lines: Iterable[bytes]) -> bytes:
    """A hash of what one post is made of: the settings, and the records as lines."""
    return sha256(settings + b"\n".join(lines)).digest()


def entry_of(piece: Piece) -> bytes:
    """What to remember of a piece."""
    copies = {path: file.url for path, file in piece.copies.items()}
    entry = _Entry(piece.questions, piece.answers, copies, piece.notices, piece.comments)
    return zlib.compress(_encoder.encode(entry), 1)


def remembered(path: Path) -> Iterator[bytes]:
    """All that the file at ``path`` remembers, unpacked; nothing where it is damaged."""
    db = _opened(path)
    if db is None:
        return
    with closing(db), suppress(sqlite3.Error, zlib.error, TypeError):
        for (entry,) in db.execute("SELECT entry FROM posts"):
            yield zlib.decompress(entry)


def standing(known: Known, post: Post, place: Place, context: Context) -> Piece | None:
    """The piece of a post that is as it was; None where an answer is another one now."""
    try:
        entry = _decoder.decode(zlib.decompress(known.entry))
    except (zlib.error, msgspec.MsgspecError):  # damaged: as if it were not there
        return None
    facts = asked_again(entry.questions, context, post.url or "")
    files = facts.files()
    if facts.digest(post, place) != entry.answers or not files.keys() >= set(entry.copies.values()):
        return None
    copies = {path: files[url] for path, url in entry.copies.items()}
    return Piece({}, known.files, copies, entry.notices, entry.comments, entry=known.entry)


class Memory:
    """What the last export remembered, and what this one will."""

    def __init__(self, former: Path | None, fresh: Path | None) -> None:
        """Open both; without a file to read it knows nothing, without one to write it keeps nothing."""
        self._former = _opened(former) if former is not None else None
        self._fresh: sqlite3.Connection | None = None
        if fresh is not None:
            self._fresh = sqlite3.connect(fresh, isolation_level=None)
            self._fresh.executescript(_SCHEMA)

    @property
    def used(self) -> bool:
        """Is anything remembered, or to be?"""
        return self._former is not None or self._fresh is not None

    def find(self, key: Key, digest: bytes) -> Known | None:
        """What is known of a post that is made of this."""
        if self._former is None or not digest:
            return None
        try:
            asked = "SELECT files, entry FROM posts WHERE key = ? AND digest = ?"
            row = self._former.execute(asked, (_name(key), digest)).fetchone()
            return Known(_files.decode(row[0]), bytes(row[1])) if row else None
        except (sqlite3.Error, msgspec.MsgspecError, TypeError):  # damaged
            return None

    def keep(self, key: Key, digest: bytes, files: Mapping[str, str], entry: bytes) -> None:
        """Remember a post."""
        if self._fresh is not None:
            row = (_name(key), digest, json.dumps(files), entry)
            self._fresh.execute("INSERT OR REPLACE INTO posts VALUES (?, ?, ?, ?)", row)

    def close(self) -> None:
        """Everything is remembered."""
        if self._former is not None:
            self._former.close()
        if self._fresh is not None:
            self._fresh.execute("COMMIT")
            self._fresh.close()


def _opened(path: Path) -> sqlite3.Connection | None:
    with suppress(sqlite3.Error):
        # nobody else writes to it; its schema is not to be trusted with functions
        db = sqlite3.connect(f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True)
        db.execute("PRAGMA trusted_schema=OFF")
        return db
    return None


def _name(key: Key) -> str:
    kind, number, url = key
    return f"{kind} {number:020} {url}"
