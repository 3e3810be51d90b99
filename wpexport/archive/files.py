"""Media files in the archive: which are wanted, which are there, and where a new one goes.

The lists are in a database on disk, so that memory does not grow with the library.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unicodedata import normalize
from urllib.parse import unquote

from msgspec.structs import replace

from wpexport.archive.bag import Bag
from wpexport.archive.format import MEDIA, file_path, former_file, record_path, with_suffix
from wpexport.archive.index import Index, opened
from wpexport.archive.store import decode_stored
from wpexport.model import Media, MediaFile, encode_pretty
from wpexport.text.addresses import parted

_SCHEMA = """
PRAGMA journal_mode=OFF;
PRAGMA synchronous=OFF;
CREATE TABLE library (key TEXT PRIMARY KEY, place TEXT) WITHOUT ROWID;
CREATE TABLE present (key TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE claims (path TEXT PRIMARY KEY, key TEXT) WITHOUT ROWID;
CREATE INDEX claims_key ON claims (key);
CREATE TABLE wanted (key TEXT PRIMARY KEY, url TEXT, post INTEGER, done INTEGER DEFAULT 0) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file to be fetched."""

    key: str
    url: str
    #: a post that shows it, for people and for the ``Referer``
    post: int | None
    #: it is in the archive, and may have changed on the site
    again: bool = False


@dataclass(frozen=True, slots=True)
class There:
    """A file that is in the archive."""

    key: str
    url: str
    path: str


def address_key(url: str) -> str:
    """The same for http and https, for any fragment, and whether or not a letter is percent-encoded.

    RFC 3986, 6.2.2.2; WordPress' library encodes the names of files and an author's text often does not.
    """
    parts = parted(url)
    if not parts.hostname:  # no address at all: to fetch it will fail, and be named
        return url
    host = parts.hostname + (f":{parts.port}" if parts.port else "")
    return f"{host}{normalize('NFC', unquote(parts.path))}" + (f"?{parts.query}" if parts.query else "")


class FileList:
    """What this run wants, and to which media record each address belongs."""

    def __init__(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        self._path = path
        self._db = opened(path, _SCHEMA)
        self._db.execute("BEGIN")

    def add_library(self, url: str, place: str) -> None:
        """Note that an address is a file of the media record at ``place``."""
        self._db.execute("INSERT OR IGNORE INTO library VALUES (?, ?)", (address_key(url), place))

    def want(self, url: str, post: int | None = None) -> None:
        """Ask for a file."""
        self._db.execute(
            "INSERT OR IGNORE INTO wanted (key, url, post) VALUES (?, ?, ?)", (address_key(url), url, post)
        )

    def have(self, url: str) -> None:
        """Note that a file is in the archive; `settle` tells what that means, once all are asked for."""
        self._db.execute("INSERT OR IGNORE INTO present VALUES (?)", (address_key(url),))

    def settle(self) -> None:
        """Everything is asked for: what is in the archive need not be fetched."""
        self._db.execute("UPDATE wanted SET done = 1 WHERE key IN (SELECT key FROM present)")

    def claim(self, path: str, url: str) -> None:
        """Note that a record names a path as that of an address."""
        self._db.execute("INSERT OR IGNORE INTO claims VALUES (?, ?)", (path, address_key(url)))

    def claimed(self, path: str) -> bool:
        """Whether any record names this path. A run that was cut off may leave a file that none names yet."""
        return self._db.execute("SELECT 1 FROM claims WHERE path = ?", (path,)).fetchone() is not None

    def doubt(self, key: str) -> None:
        """A file that is there is to be fetched again."""
        self._db.execute("UPDATE wanted SET done = 2 WHERE key = ? AND done = 1", (key,))

    def there(self) -> Iterator[There]:
        """The files that are wanted and there, in the order of their addresses."""
        last = ""
        while True:
            rows = self._db.execute(
                "SELECT wanted.key, url, path FROM wanted JOIN claims ON claims.key = wanted.key "
                "WHERE done = 1 AND wanted.key > ? GROUP BY wanted.key ORDER BY wanted.key LIMIT 500",
                (last,),
            ).fetchall()
            if not rows:
                return
            yield from (There(*row) for row in rows)
            last = rows[-1][0]

    def place_of(self, key: str) -> str | None:
        """The media record that an address belongs to, if the library knows it."""
        row = self._db.execute("SELECT place FROM library WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def missing(self) -> Iterator[Wanted]:
        """The files that are wanted and not there, in the order of their addresses."""
        last = ""
        while True:
            rows = self._db.execute(
                "SELECT key, url, post, done FROM wanted WHERE done <> 1 AND key > ? ORDER BY key LIMIT 500",
                (last,),
            ).fetchall()
            if not rows:
                return
            for key, url, post, done in rows:
                yield Wanted(key, url, post, again=done == 2)
            last = rows[-1][0]

    def counts(self) -> tuple[int, int]:
        """How many are wanted, and how many of them are there."""
        row = self._db.execute("SELECT count(*), coalesce(sum(done = 1), 0) FROM wanted").fetchone()
        return int(row[0]), int(row[1])

    def close(self) -> None:
        """Close and delete the lists."""
        self._db.close()
        self._path.unlink(missing_ok=True)


class FileStore:
    """Puts fetched files in place, and their names into the media records."""

    def __init__(self, public: Bag, private: Bag, index: Index, files: FileList) -> None:
        self._bags = (public, private)
        self._index = index
        self._files = files

    def temporary(self) -> Path:
        """Where to write a file while it is fetched."""
        return self._bags[0].temporary()

    def bag_of(self, place: str) -> Bag:
        """The bag that holds a media record; the public one for one that is not there yet."""
        public, private = self._bags
        return private if public.hash_of(place) is None and private.hash_of(place) is not None else public

    def has(self, file: MediaFile, bag: Bag) -> bool:
        """Whether a file lies in the archive as its record says."""
        return bag.hash_of(file.path) == file.sha256

    def put(self, url: str, place: str | None, temp: Path, *, size: int, sha256: str) -> bool:
        """Take a fetched file, and name it in its media record (made where the library has none).

        False when it is what was there.
        """
        if place is None:
            place = record_path(MEDIA, None, url, ".json")
        bag = self.bag_of(place)
        stored = bag.read(place)
        media = decode_stored(stored, Media, place) if stored is not None else Media(source_url=url)
        path = self._free_path(bag, url, media)
        self._files.claim(path, url)
        file = MediaFile(url=url, path=path, size=size, sha256=sha256)
        same = bag.hash_of(path) == sha256
        if same:
            temp.unlink()
        else:
            self._keep_former(bag, path)
            bag.adopt(path, temp, sha256, size)
        others = [known for known in media.files if address_key(known.url) != address_key(url)]
        files = sorted([*others, file], key=lambda known: known.url)
        # no history: naming a file is not a change of the record
        bag.stage(place, encode_pretty(replace(media, files=files)))
        return not same

    def _keep_former(self, bag: Bag, path: str) -> None:
        """A file that was replaced on the site goes to history before the new one takes its place."""
        former = bag.hash_of(path)
        if former is None or not (bag.root / path).exists():
            return
        copy = bag.temporary()
        shutil.copyfile(bag.root / path, copy)
        bag.adopt(former_file(path, former), copy, former, copy.stat().st_size)

    def _free_path(self, bag: Bag, url: str, media: Media) -> str:
        for known in media.files:
            if address_key(known.url) == address_key(url):
                return known.path
        path = file_path(url)
        if self._index.twin(path) or self._files.claimed(path):
            folder, _, name = path.rpartition("/")
            return f"{folder}/{with_suffix(name, address_key(url))}"
        return path
