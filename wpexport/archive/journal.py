"""The raw journal: what came from the site, as it came. One file a run, one JSON object a line.

Each batch is a gzip member of its own (RFC 1952, 2.2 allows any number), so that a journal cut off at any
byte is readable to its last whole member.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from wpexport.archive.intents import write_all

#: how a gzip member begins (RFC 1952, 2.3.1)
_MAGIC = b"\x1f\x8b\x08"


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One answer of the site."""

    url: str
    #: RFC 3339, UTC
    time: str
    status: int
    #: ``rest``, ``feed``, ...
    way: str
    #: the wpexport that asked
    tool: str
    #: of the body's bytes
    sha256: str
    #: as text where it is UTF-8, else with a replacement for each bad byte
    body: str
    #: a person's data was taken out of the body; absent where not
    redacted: bool = False


def entry(*, url: str, time: str, status: int, way: str, tool: str, body: bytes) -> Entry:
    """Make an entry; the hash is of the bytes as they came."""
    text = body.decode("utf-8", "replace")
    sha256 = hashlib.sha256(body).hexdigest()
    return Entry(url=url, time=time, status=status, way=way, tool=tool, sha256=sha256, body=text)


def member(entries: Iterable[Entry]) -> bytes:
    """A batch as one gzip member; nothing for no entries."""
    lines = [msgspec.json.encode(entry) + b"\n" for entry in entries]
    return _packer()(b"".join(lines)) if lines else b""


@cache
def _packer() -> Callable[[bytes], bytes]:
    """What makes a gzip member: ISA-L takes a seventh of zlib's time, and is not there for every machine.

    A page of WordPress' posts takes 1.1 ms and keeps 23.1 % of its size. zlib at level 3: 8.0 ms and 21.5 %;
    zlib-ng and libdeflate: 2.0 to 2.7 ms. No time of compression is inside, so that the same answers give the
    same bytes.
    """
    try:
        from isal import isal_zlib
    except ImportError:
        return lambda data: gzip.compress(data, compresslevel=3, mtime=0)
    return lambda data: isal_zlib.compress(data, 2, wbits=31)


class Journal:
    """A journal that is being written: ``state/<run>.jsonl.gz`` until it is sealed into ``data/raw``."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd: int | None = None

    def add(self, member: bytes) -> None:
        """Append what `member` made of a batch, handed to the system before this returns."""
        if not member:
            return
        if self._fd is None:
            self._fd = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        write_all(self._fd, member)

    def close(self) -> None:
        """Close the file."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None


def recover(path: Path) -> int:
    """Cut a journal that was interrupted back to its last whole member. Returns the bytes that are left."""
    good = 0
    with path.open("r+b") as file:
        for end in _members(file.read):
            good = end
        file.truncate(good)
    return good


def salvaged(data: bytes) -> bytes:
    """The whole members of a damaged journal, wherever in it they are."""
    good = b""
    start = 0
    while (start := data.find(_MAGIC, start)) >= 0:
        unzip = zlib.decompressobj(wbits=31)
        try:
            lines = unzip.decompress(data[start:])
            for line in lines.splitlines():
                msgspec.json.decode(line, type=Entry)
        except (zlib.error, msgspec.MsgspecError):
            start += 1
            continue
        if not unzip.eof:
            break
        end = len(data) - len(unzip.unused_data)
        good += data[start:end]
        start = end
    return good


def read(path: Path) -> Iterator[Entry]:
    """All entries of a journal.

    Raises:
        OSError, EOFError, zlib.error: the file is damaged.
        msgspec.DecodeError: a line is no entry.
    """
    decoder = msgspec.json.Decoder(Entry)
    with gzip.open(path, "rb") as lines:
        for line in lines:
            yield decoder.decode(line)


def _members(read: Any) -> Iterator[int]:
    """The offsets at which whole gzip members end."""
    offset, rest = 0, b""
    unzip = zlib.decompressobj(wbits=31)
    while True:
        data = rest or read(1 << 20)
        if not data:
            return
        try:
            unzip.decompress(data)
        except zlib.error:
            return
        rest = unzip.unused_data
        offset += len(data) - len(rest)
        if unzip.eof:
            yield offset
            unzip = zlib.decompressobj(wbits=31)
