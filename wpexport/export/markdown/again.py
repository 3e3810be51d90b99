"""What the last export wrote and told: the account by which the next one may be spared.

The same archive, the same choice and the same program make the same files and tell the same. So an account
is kept under a hash of all three (`OUT/.wpexport.cache/last.jsonl.gz`). Where the hash is the same, and each
file lies there as writing it would leave it, nothing of the archive is read, and the account is told again.
As with `wpexport.export.markdown.memory`, one that is old or damaged costs time and never a byte.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Generator, Iterator, Mapping
from contextlib import suppress
from hashlib import sha256
from io import BufferedWriter
from pathlib import Path
from typing import Any

import msgspec

from wpexport.errors import WpexportError
from wpexport.export.base import ExportReport, Notice, Options, Progress
from wpexport.export.dialects.base import Dialect
from wpexport.export.markdown.memory import settings_digest
from wpexport.export.output.tree import How, OutputTree

#: its name among a tree's notes
LAST = "last.jsonl.gz"
_EVERY = 500
_BUFFER = 1 << 16
#: what reading a damaged account may raise
_DAMAGED = (OSError, EOFError, zlib.error, msgspec.MsgspecError, UnicodeDecodeError, WpexportError)


class _Begin(msgspec.Struct, tag="begin", frozen=True):
    """The first line."""

    key: str


class _File(msgspec.Struct, tag="file", frozen=True):
    """A file of the export."""

    path: str
    sha256: str
    how: How = ""


class _Told(msgspec.Struct, tag="told", frozen=True):
    """A notice."""

    notice: Notice


class _End(msgspec.Struct, tag="end", frozen=True):
    """The last line."""

    posts: int
    comments: int
    left_out: dict[str, int]
    facts: dict[str, Any]


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(_Begin | _File | _Told | _End)


def key_of(dialect: Dialect, options: Options, source: bytes, *, theirs: bool) -> str:
    """A hash of all that decides what is written and told.

    Args:
        dialect: what the generator expects.
        options: what the user chose.
        source: a hash of what is exported.
        theirs: the folder holds a site of the user's, so that no starter is written.
    """
    told = (source, settings_digest(dialect, options, ""), options.redirects, theirs)
    return sha256(repr(told).encode()).hexdigest()


def told_before(path: Path) -> Iterator[bytes]:
    """The lines of the account at ``path``, unpacked; as far as they can be read where it is damaged."""
    with suppress(OSError, EOFError, zlib.error), gzip.open(path) as file:
        yield from file


class Account:
    """The last run's account, and this one's."""

    def __init__(self, former: Path | None, fresh: Path | None, key: str) -> None:
        """Without a file to read nothing is known, without one to write nothing is kept."""
        self._former = former
        self._fresh = fresh
        self._key = key
        self._out: BufferedWriter | None = None

    def stands(self, tree: OutputTree) -> Generator[Progress, None, bool]:
        """Take each file for written; the value is whether all are as the account has them, of this key."""
        end, count = False, 0
        try:
            for line in self._lines():
                end = isinstance(line, _End)
                if isinstance(line, _File):
                    if not tree.keep(line.path, line.sha256, line.how):
                        return False
                    count += 1
                    if count % _EVERY == 0:
                        yield Progress("files", count)
        except _DAMAGED:
            return False
        return end

    def told(self, report: ExportReport) -> Iterator[Notice]:
        """Tell again what that run told, and fill the report."""
        for line in self._lines():
            if isinstance(line, _Told):
                yield line.notice
            elif isinstance(line, _End):
                report.posts, report.comments = line.posts, line.comments
                report.left_out, report.facts = line.left_out, line.facts

    def _lines(self) -> Iterator[_Begin | _File | _Told | _End]:
        """All lines; none where the key is another."""
        if self._former is None:
            return
        with gzip.open(self._former) as file:
            begin = _decoder.decode(file.readline())
            if begin != _Begin(self._key):
                return
            for line in file:
                yield _decoder.decode(line)

    def note(self, notice: Notice) -> None:
        """This is told."""
        self._add(_Told(notice))

    def close(self, tree: OutputTree, report: ExportReport, left_out: Mapping[str, int]) -> None:
        """All is written and told."""
        for file in tree.seen():
            self._add(_File(*file))
        self._add(_End(report.posts, report.comments, dict(left_out), report.facts))
        if self._out is not None:
            self._out.close()

    def _add(self, line: _Begin | _File | _Told | _End) -> None:
        if self._fresh is None:
            return
        if self._out is None:
            # without its time, the same account is the same bytes
            packed = gzip.GzipFile(self._fresh, "wb", 1, mtime=0)
            self._out = BufferedWriter(packed, _BUFFER)
            self._add(_Begin(self._key))
        self._out.write(_encoder.encode(line) + b"\n")
