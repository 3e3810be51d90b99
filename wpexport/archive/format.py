"""Format 1 of the archive: names, places and settings. The twin of this module is ``docs/format.md``."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from msgspec import Struct, field

FORMAT = 1

SETTINGS = "wpexport.json"
MANIFEST = "manifest-sha256.txt"
TAG_MANIFEST = "tagmanifest-sha256.txt"
#: what RFC 8493, 2.1.1 asks for, byte for byte
BAGIT = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"

POSTS, COMMENTS, MEDIA, PERSONAL = "data/posts", "data/comments", "data/media", "data/personal"
HISTORY, RAW, FILES = "data/history", "data/raw", "data/files"
AUTHORS, TERMS, SITE, GONE = "data/authors.jsonl", "data/terms.jsonl", "data/site.json", "data/gone.jsonl"
REDACTED = "data/redacted.jsonl"


class Settings(Struct, kw_only=True):
    """``wpexport.json``: what this archive is and what it pulls; it changes with settings only."""

    format: int = FORMAT
    #: what the user gave: a bare ``wpexport pull ARCHIVE`` repeats it
    source: str
    #: the site's own address, once known: another site is refused
    home: str | None = None
    media: str = "all"
    via: str | None = None
    #: names of losses that the owner accepted: they stay in every report and set no exit code
    accepted: list[str] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def from_files(self) -> bool:
        """Whether it was made from export files alone: a bare pull cannot repeat that."""
        return self.extra.get("way") == "wxr"


def shard(number: int) -> str:
    """The folder of a record: its number in thousands, at least three digits."""
    return f"{number // 1000:03d}"


def url_key(url: str) -> str:
    """The place of a record whose number is not known: by a hash of its address."""
    digest = hashlib.sha256(url.encode("utf-8", "replace")).hexdigest()[:32]
    return f"by-url/{digest[:2]}/{digest}"


def record_path(folder: str, number: int | None, url: str | None, suffix: str) -> str:
    """Where a record lies below a bag: ``data/posts/012/12345.json``.

    Raises:
        ValueError: it has neither a number nor an address, and so no identity.
    """
    if number is not None:
        return f"{folder}/{shard(number)}/{number}{suffix}"
    if url is None:
        raise ValueError("a record needs a number or an address")
    return f"{folder}/{url_key(url)}{suffix}"


def history_path(path: str) -> str:
    """Where the former versions of the record at ``path`` lie."""
    return HISTORY + path.removeprefix("data").removesuffix(".jsonl").removesuffix(".json") + ".jsonl"


def former_file(path: str, sha256: str) -> str:
    """Where a media file lies that was replaced on the site, by the hash of what it held."""
    folder, _, name = f"{HISTORY}/{path.removeprefix('data/')}".rpartition("/")
    return f"{folder}/{with_suffix(name, sha256)}"


#: bagit-python and GNU sha256sum disagree about how a manifest writes ``%``, ``\\``, CR and LF; the others
#: cannot be in a file name everywhere
_UNSAFE = re.compile(r'[%\\\x00-\x1f\x7f-\x9f:*?"<>|\u2028\u2029\ud800-\udfff]')


def safe_component(name: str) -> str:
    """One part of a path, made safe for any file system: at most 200 bytes, never empty, no odd ends."""
    name = _UNSAFE.sub("_", name).rstrip(". ") or "_"
    if len(name.encode()) <= 200:
        return name
    stem, dot, suffix = name.rpartition(".")
    suffix = dot + suffix if stem and len(suffix) <= 8 else ""
    mark = hashlib.sha256(name.encode()).hexdigest()[:8]
    cut = name.encode()[: 190 - len(suffix.encode())].decode("utf-8", "ignore")
    return f"{cut}-{mark}{suffix}"


def file_path(url: str) -> str:
    """Where a media file lies: by host and path, readable, and never outside ``data/files``.

    A query is part of what the address means (``photo.php?id=3``), so its hash goes into the name.
    """
    parts = urlsplit(url)
    host = safe_component((parts.hostname or "unknown").lower())
    if parts.port:
        host += f"_{parts.port}"
    raw = [piece for piece in parts.path.split("/") if piece not in ("", ".", "..")] or ["index"]
    names = [safe_component(unicodedata.normalize("NFC", unquote(piece).replace("/", "_"))) for piece in raw]
    if parts.query:
        names[-1] = with_suffix(names[-1], parts.query)
    return "/".join([FILES, host, *names])


def with_suffix(name: str, key: str) -> str:
    """The file name told apart by a short hash of ``key``, its extension kept."""
    path = PurePosixPath(name)
    mark = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:8]
    return str(path.with_name(f"{path.stem}-{mark}{path.suffix}"))


def folded(path: str) -> str:
    """What a file system that ignores case and Unicode form would take this path for."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", path).casefold())
