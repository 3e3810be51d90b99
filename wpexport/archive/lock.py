"""One writer at a time: ``flock(2)``, which the kernel releases with the process, never a pid file."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wpexport.errors import ArchiveLocked


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock file at ``path`` for the time of the block.

    Raises:
        ArchiveLocked: another process holds it.
    """
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(fd, 32, 0).decode("ascii", "replace").strip()
            whom = f" (process {holder})" if holder else ""
            raise ArchiveLocked(f"Another wpexport{whom} is writing to {path.parent.parent}.") from None
        os.ftruncate(fd, 0)
        os.pwrite(fd, str(os.getpid()).encode(), 0)  # for the message above alone
        yield
    finally:
        os.close(fd)
