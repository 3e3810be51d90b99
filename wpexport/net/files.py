"""A file on its way to where it is kept."""

from __future__ import annotations

import hashlib
from typing import BinaryIO


class SinkFailed(Exception):
    """Carries the sink's OSError past the transport, which would take it for the network's."""

    def __init__(self, error: OSError) -> None:
        super().__init__(str(error))
        self.error = error


class Taken:
    """What came of a file so far: in the sink, hashed, and its beginning for a look."""

    def __init__(self, sink: BinaryIO) -> None:
        self._sink = sink
        self._start = sink.tell()
        self.digest = hashlib.sha256()
        self.beginning = bytearray()

    def restart(self) -> None:
        """Forget what came."""
        self._sink.seek(self._start)
        self._sink.truncate()
        self.beginning.clear()
        self.digest = hashlib.sha256()

    def write(self, piece: bytes) -> None:
        """Take a piece."""
        self.digest.update(piece)
        if len(self.beginning) < 65536:
            self.beginning.extend(piece)
        try:
            self._sink.write(piece)
        except OSError as error:
            raise SinkFailed(error) from error
