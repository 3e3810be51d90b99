"""Records on their way from the file to the archive, in temporary files that vanish with the process.

The files are unlinked while open and readable by their owner alone: they hold e-mail addresses.
"""

from __future__ import annotations

import struct
import tempfile
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import msgspec

_FRAME = struct.Struct("<HI")
_encoder = msgspec.json.Encoder()


def packed(record: Any) -> bytes:
    """A record as it lies on the spool."""
    return _encoder.encode(record)


class Spool:
    """Records of one kind, in the order they came, told apart by a small number (which collection)."""

    def __init__(self, folder: Path | None = None) -> None:
        self._stream: IO[bytes] = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 (closed by `close`)
        # Nobody is forced to call `close`: the disk comes back when the spool is forgotten.
        self._close = weakref.finalize(self, self._stream.close)

    def add(self, which: int, data: bytes) -> None:
        """Append a record, as `packed` made it."""
        self._stream.write(_FRAME.pack(which, len(data)))
        self._stream.write(data)

    def read(self, which: int) -> Iterator[bytes]:
        """The JSON of all records of one collection. Interleaved readers do not disturb each other."""
        at = self._stream.seek(0)
        while True:
            self._stream.seek(at)
            frame = self._stream.read(_FRAME.size)
            if not frame:
                return
            found, length = _FRAME.unpack(frame)
            at += _FRAME.size + length
            if found == which:
                yield self._stream.read(length)

    def close(self) -> None:
        """Give the disk back."""
        self._close()
