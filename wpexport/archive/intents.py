"""The write-ahead list: what is about to be renamed into place, so that no run that is cut off does harm."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from wpexport.errors import ArchiveDamaged

NO_FILE = "-"
_OUTSIDE = re.compile(r"^(?:[/~]|[A-Za-z]:)|(?:^|[/\\])\.\.(?:[/\\]|$)")


class Intent(Struct, frozen=True):
    """One line of the write-ahead list."""

    bag: str
    path: str
    old: str
    new: str


class WriteAhead:
    """``state/write-ahead.txt``: what is about to be renamed into place."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd: int | None = None

    def __bool__(self) -> bool:
        return self.path.exists()

    def begin(self) -> None:
        """A run begins: until `drop`, an archive is seen to be interrupted."""
        if self._fd is None:
            self._fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            size = os.fstat(self._fd).st_size
            if size and os.pread(self._fd, 1, size - 1) != b"\n":
                write_all(self._fd, b"\n")  # a line that was cut off must not swallow the next

    def add(self, intents: Iterable[Intent]) -> None:
        """Write down intents, safely on disk before this returns: one fsync a batch, not one a record."""
        self.begin()
        assert self._fd is not None  # noqa: S101
        lines = "".join(f"{i.bag} {i.old} {i.new} {i.path}\n" for i in intents)
        write_all(self._fd, lines.encode())
        os.fdatasync(self._fd)

    def restart(self) -> None:
        """Forget all intents, the manifests say the same now; the run goes on."""
        self.begin()
        assert self._fd is not None  # noqa: S101
        os.ftruncate(self._fd, 0)

    def read(self) -> Iterator[Intent]:
        """All intents of an interrupted run; a last line that was cut off meant nothing yet.

        Raises:
            ArchiveDamaged: one names a place outside of the archive.
        """
        if not self.path.exists():
            return
        with self.path.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                parts = line.rstrip("\n").split(" ", 3)
                if line.endswith("\n") and len(parts) == 4:
                    refuse_outside(self.path, parts[3])
                    yield Intent(bag=parts[0], old=parts[1], new=parts[2], path=parts[3])

    def drop(self) -> None:
        """The run is finished."""
        self.close()
        self.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file; the list stays."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None


def refuse_outside(listing: Path, name: str) -> None:
    """Take no name from a list that leads out of its archive (RFC 8493, 5.2).

    Raises:
        ArchiveDamaged: it does: somebody means harm.
    """
    if (".." in name or not name.startswith("data/")) and _OUTSIDE.search(name):
        raise ArchiveDamaged(f"{listing} names a place outside of the archive: {name}")


def write_all(fd: int, data: bytes) -> None:
    """``os.write`` until everything is written."""
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]
