"""Files whose records say that they changed, until they are fetched anew: ``state/stale.txt``.

A record is stored before its file is asked for. If the run is cut off between the two, the next one finds the
record unchanged; only this list still knows that the file is not.
"""

from __future__ import annotations

from pathlib import Path

from wpexport.archive.bag import write_safely
from wpexport.archive.files import address_key


class StaleFiles:
    """The addresses of files to be fetched although they are there; kept on disk at each step."""

    def __init__(self, path: Path) -> None:
        self._path = path
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []
        self._keys = dict.fromkeys(line for line in lines if line)

    def __contains__(self, url: str) -> bool:
        return address_key(url) in self._keys

    def add(self, url: str) -> None:
        """Note a file; before its record is put in place."""
        key = address_key(url).replace("\n", "")
        if key not in self._keys:
            self._keys[key] = None
            with self._path.open("a", encoding="utf-8") as out:
                out.write(f"\n{key}\n")  # the line before may have been cut off

    def fetched(self, url: str) -> None:
        """A file is in the archive as it is on the site now."""
        self._keys.pop(address_key(url), None)

    def save(self) -> None:
        """Write down what is still to be fetched; after what was fetched is in place."""
        if not self._keys:
            self._path.unlink(missing_ok=True)
            return
        temp = self._path.with_suffix(".new")
        write_safely(temp, "".join(f"{key}\n" for key in self._keys).encode())
        temp.rename(self._path)
