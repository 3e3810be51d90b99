"""Export files cut into pieces as they stream by: heads, items, and what follows the last item.

Memory holds one piece, never a file. Nothing here needs the XML to be well-formed: an item ends at
``</item>`` outside CDATA.
"""

from __future__ import annotations

import codecs
import hashlib
import itertools
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from wpexport.errors import SourceError

BLOCK = 1 << 20
#: an item larger than this is no item: the closing tag of a CDATA section is missing, or the file is hostile
PIECE_MAX = 256 << 20
#: text shrinks to a tenth, rarely to a fiftieth; a bomb to a thousandth
INFLATION_MAX = 200
INFLATION_FREE = 64 << 20

_MAGIC = b"\x1f\x8b"
#: zlib's number for "gzip, largest window"
_GZIP = 31

_ITEM = re.compile(rb"<item(?=[\s>])")
_ITEM_END = re.compile(rb"<!\[CDATA\[|</item\s*>")
_HEAD_STOP = re.compile(rb"<!\[CDATA\[|<!--|<item(?=[\s>])")
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A file that was read: the witness of what the records say."""

    name: str
    #: bytes on disk
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a file: an ``item``, or ``head``: all that is outside of items."""

    kind: Literal["head", "item"]
    data: bytes
    #: the file ended inside
    cut: bool = False


class Scan:
    """One pass over one file. Iterate `pieces`, then look at ``file`` and ``damage``."""

    def __init__(self, path: Path, repairs: Counter[str]) -> None:
        self._path = path
        self._repairs = repairs
        self._hash = hashlib.sha256()
        self._size = 0
        #: why the file could not be read to its end, as one sentence
        self.damage: str | None = None

    @property
    def file(self) -> ExportFile:
        """Name, size and checksum of what was read."""
        return ExportFile(self._path.name, self._size, self._hash.hexdigest())

    def pieces(self) -> Iterator[Piece]:
        """Cut the file.

        Raises:
            SourceError: it cannot be opened, or inflates like a bomb.
        """
        yield from _Cutter(_as_utf8(self._inflated(), self._repairs)).pieces()

    def _raw(self) -> Iterator[bytes]:
        try:
            with self._path.open("rb") as stream:
                while block := stream.read(BLOCK):
                    self._hash.update(block)
                    self._size += len(block)
                    yield block
        except OSError as error:
            raise SourceError(f"{self._path.name} cannot be read: {error.strerror or error}") from error

    def _inflated(self) -> Iterator[bytes]:
        blocks = self._raw()
        first = next(blocks, b"")
        if not first.startswith(_MAGIC):
            yield first
            yield from blocks
            return
        out = 0
        member = zlib.decompressobj(_GZIP)
        for block in itertools.chain((first,), blocks):
            packed = block
            while packed:
                if member.eof:
                    # Another member may follow, or padding, which is none.
                    if not packed.startswith(_MAGIC[: len(packed)]):
                        break
                    member = zlib.decompressobj(_GZIP)
                try:
                    plain = member.decompress(packed, BLOCK)
                except zlib.error as error:
                    self.damage = f"the compressed file {self._path.name} is damaged ({error})"
                    return
                packed = member.unconsumed_tail or member.unused_data
                out += len(plain)
                self._refuse_bomb(out)
                yield plain
        if not member.eof:
            self.damage = f"the compressed file {self._path.name} ends in the middle"

    def _refuse_bomb(self, out: int) -> None:
        if out > INFLATION_FREE and out > INFLATION_MAX * self._size:
            raise SourceError(
                f"{self._path.name} grows to more than {INFLATION_MAX} times its size when unpacked",
                hint="No export does that. If this one is real, unpack it and name the unpacked file.",
            )


def _as_utf8(blocks: Iterator[bytes], repairs: Counter[str]) -> Iterator[bytes]:
    """Drop what stands before the document, and recode what does not claim to be UTF-8."""
    first = next(blocks, b"")
    encoding = "utf-8"
    for bom, name in _BOMS:
        if first.startswith(bom):
            encoding = name
            first = first[len(bom) :]
            break
    else:
        declared = _DECLARED.search(first[:4096])
        if declared:
            encoding = declared[1].decode("ascii")
    try:
        known = codecs.lookup(encoding).name
    except LookupError:
        repairs[f"unknown encoding {encoding}, read as UTF-8"] += 1
        known = "utf-8"
    if known in ("utf-8", "ascii"):
        yield first
        yield from blocks
        return
    decoder = codecs.getincrementaldecoder(known)("replace")
    yield decoder.decode(first).encode("utf-8", "replace")
    for block in blocks:
        yield decoder.decode(block).encode("utf-8", "replace")
    yield decoder.decode(b"", True).encode("utf-8", "replace")


class _Cutter:
    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._buffer = bytearray()

    def pieces(self) -> Iterator[Piece]:
        while True:
            head, more = self._until(_HEAD_STOP, _ITEM, keep=True)
            if head:
                yield Piece("head", head)
            if not more:
                return
            item, whole = self._until(_ITEM_END, re.compile(rb"</item\s*>"), keep=False)
            yield Piece("item", item, cut=not whole)

    def _more(self) -> bool:
        for block in self._blocks:
            if block:
                self._buffer += block
                return True
        return False

    def _until(self, stops: re.Pattern[bytes], goal: re.Pattern[bytes], *, keep: bool) -> tuple[bytes, bool]:
        """Take bytes up to the goal outside of CDATA and comments; ``keep`` leaves the goal there."""
        at = 0
        while True:
            found = stops.search(self._buffer, at)
            if found and goal.match(found[0] + b" "):
                end = found.start() if keep else found.end()
                return self._take(end), True
            if found:
                closing = b"]]>" if found[0] == b"<![CDATA[" else b"-->"
                at = self._after(closing, found.end())
                if at >= 0:
                    continue
                return self._take(len(self._buffer)), False
            # A stop may lie across the border of two blocks: none is longer than 32 bytes.
            at = max(at, len(self._buffer) - 32)
            if len(self._buffer) > PIECE_MAX or not self._more():
                return self._take(len(self._buffer)), False

    def _after(self, closing: bytes, at: int) -> int:
        while (end := self._buffer.find(closing, at)) < 0:
            at = max(at, len(self._buffer) - len(closing))
            if len(self._buffer) > PIECE_MAX or not self._more():
                return -1
        return end + len(closing)

    def _take(self, end: int) -> bytes:
        piece = bytes(self._buffer[:end])
        del self._buffer[:end]
        return piece
