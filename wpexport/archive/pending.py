"""E-mail addresses whose removal was begun and not finished: ``state/redacting.txt``."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from wpexport.archive.bag import write_safely


class PendingAddresses:
    """The list, kept on disk at each step.

    Their SHA-256, so that another's address does not count for them, and only until they are out: so long the
    archive may hold the addresses themselves.
    """

    def __init__(self, state: Path) -> None:
        self._path = state / "redacting.txt"

    def read(self) -> set[str]:
        """The hashes; none where nothing was interrupted."""
        if not self._path.exists():
            return set()
        return set(self._path.read_text("ascii", errors="replace").split())

    def begin(self, addresses: Iterable[str]) -> None:
        """Before the first of these is taken out."""
        self._write(self.read() | set(map(_hashed, addresses)))

    def finish(self, addresses: Iterable[str]) -> None:
        """These are out, and that is on disk."""
        self._write(self.read() - set(map(_hashed, addresses)))

    def _write(self, hashes: set[str]) -> None:
        hashes = {one for one in hashes if len(one) == 64 and one.isascii()}  # nobody can finish another
        if hashes:
            write_safely(self._path, "".join(f"{one}\n" for one in sorted(hashes)).encode())
        else:
            self._path.unlink(missing_ok=True)


def _hashed(address: str) -> str:
    return sha256(address.casefold().encode("utf-8", "surrogatepass")).hexdigest()
