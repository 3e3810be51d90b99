"""The files of an export as they grow: on disk until they are whole, cut by size, then handed to the sink."""

from __future__ import annotations

import hashlib
import tempfile
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

#: a plain number in a file's name is easy to sort and to type: blog-001.xml
_NUMBERED = "{stem}-{number:03d}{suffix}"


class Sink(Protocol):
    """Where files go. `wpexport.export.output.tree.OutputTree` is one."""

    def copy(self, path: str, source: Path, sha256: str) -> Any:
        """Take a copy of a file whose hash is known; ``path`` is relative, with ``/``."""


class Parts:
    """Writes records between a head and a tail, and begins another file when one is full.

    Use as a context manager: what was not handed over is removed.
    """

    def __init__(
        self, sink: Sink, name: str, *, head: Callable[[int], bytes], tail: bytes, split: int | None = None
    ) -> None:
        """Prepare.

        Args:
            sink: takes the finished files.
            name: of the file; with several files a number is put before the ending.
            head: gives the bytes before the records of the file with this number (from 1).
            tail: the bytes after them.
            split: bytes that no file is to exceed, unless one record alone does.
        """
        self._sink = sink
        self._name = PurePosixPath(name)
        self._head = head
        self._tail = tail
        #: bytes that no file is to exceed; None for one file
        self.split = split
        self._folder = tempfile.TemporaryDirectory(prefix="wpexport-")
        self._stream: Any = None
        self._hash = hashlib.sha256()
        self._size = 0
        self._records = 0
        #: of the file that is being written, from 1
        self.number = 0
        #: paths of the files handed over
        self.files: list[str] = []
        #: records that alone exceed the wanted size
        self.oversized = 0

    def add(self, record: bytes, *, whole: bool = False) -> None:
        """Append one record, to a new file where this one is full (`whole`: never)."""
        if self._records and not whole and not self.fits(len(record)):
            self.turn()
        if self._stream is None:
            self._begin()
        if not self.fits(len(record)):
            self.oversized += 1
        self._put(record)
        self._records += 1

    def fits(self, size: int) -> bool:
        """Whether so many bytes more leave the file within its limit."""
        return not self.split or self._size + size + len(self._tail) <= self.split

    def turn(self) -> None:
        """Begin another file, unless this one is still empty."""
        if self._records:
            self._end(more=True)
            self._begin()

    def finish(self) -> None:
        """Hand over the last file; a blog without records still makes one."""
        if self._stream is None:
            self._begin()
        self._end(more=False)

    def _begin(self) -> None:
        self.number += 1
        self._stream = (Path(self._folder.name) / "part").open("wb")
        self._hash = hashlib.sha256()
        self._size = self._records = 0
        self._put(self._head(self.number))

    def _end(self, *, more: bool) -> None:
        self._put(self._tail)
        self._stream.close()
        self._stream = None
        path = str(self._name)
        if more or self.number > 1:
            name = _NUMBERED.format(stem=self._name.stem, number=self.number, suffix=self._name.suffix)
            path = str(self._name.with_name(name))
        self._sink.copy(path, Path(self._folder.name) / "part", self._hash.hexdigest())
        self.files.append(path)

    def _put(self, data: bytes) -> None:
        self._stream.write(data)
        self._hash.update(data)
        self._size += len(data)

    def __enter__(self) -> Parts:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._stream is not None:
            self._stream.close()
        self._folder.cleanup()


class Blobs:
    """Byte strings kept on disk and fetched by number, in any order."""

    def __init__(self) -> None:
        self._stream = tempfile.TemporaryFile()  # noqa: SIM115 (closed by `close`)
        self._close = weakref.finalize(self, self._stream.close)
        self._at: dict[int, tuple[int, int]] = {}

    def put(self, number: int, data: bytes) -> None:
        """Keep some bytes."""
        self._at[number] = (self._stream.seek(0, 2), len(data))
        self._stream.write(data)

    def take(self, number: int) -> bytes | None:
        """Fetch once; None where nothing is left under this number."""
        data = self.look(number)
        self._at.pop(number, None)
        return data

    def look(self, number: int) -> bytes | None:
        """Fetch, and keep."""
        place = self._at.get(number)
        if place is None:
            return None
        self._stream.seek(place[0])
        return self._stream.read(place[1])

    def numbers(self) -> list[int]:
        """What is left, in the order it was put."""
        return list(self._at)

    def rest(self) -> Iterator[bytes]:
        """All that was never taken, in the order it was put."""
        for number in list(self._at):
            data = self.take(number)
            if data is not None:
                yield data

    def close(self) -> None:
        """Give the disk back."""
        self._close()
