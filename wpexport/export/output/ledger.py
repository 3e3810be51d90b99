"""The list of what an export wrote, by which its own files are told from the user's.

``OUT/.wpexport.json`` maps each path to its SHA-256. While an export runs, each file is announced in
``OUT/.wpexport.json.pending`` before it is renamed into place, so that a crash at any instant never
makes a file of ours look like the user's. The folded list replaces the old one at the end.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from filecmp import cmp
from pathlib import Path
from typing import IO, Any

from wpexport.errors import WpexportError
from wpexport.export.shelf import Shelf, Table

LEDGER = ".wpexport.json"
PENDING = LEDGER + ".pending"
#: temporary files lie here until they are renamed; removed at the end
TEMPORARY = ".wpexport.tmp"
#: what exporters remember; it can be made again, so it is ignored by git and nothing is lost with it
NOTES = ".wpexport.cache"
FORMAT = 1

#: of a list as we write it
_LINE = re.compile(rb' {2}("(?:[^"\\]|\\.)*"): "([0-9a-f]{64})",?\n\Z')
_DRIVE = re.compile(r"[A-Za-z]:")


def checked(path: str) -> str:
    """A relative path with ``/`` that stays inside; returned as it is.

    Raises:
        WpexportError: it is absolute, climbs out, or is one of the ledger's own files.
    """
    parts = path.split("/")
    bad = "\\" in path or "\0" in path or _DRIVE.match(path) or any(part in {"", ".", ".."} for part in parts)
    if bad or parts[0] in {LEDGER, PENDING, TEMPORARY, NOTES}:
        raise WpexportError(f"The export will not write to {path!r}: it is not a path inside the target.")
    return path


def encode(to: str, files: Mapping[str, str]) -> bytes:
    """The ledger's bytes: sorted, one file a line, without times."""
    return b"".join(_lines(to, sorted(files.items())))


def _lines(to: str, files: Iterable[tuple[str, str]]) -> Iterator[bytes]:
    """The same, of files in the order of their paths, as JSON with an indent of one."""
    yield f'{{\n "format": {FORMAT},\n "to": {_json(to)},\n "files": {{'.encode()
    between, end = "", ""
    for path, sha256 in files:
        yield f"{between}\n  {_json(path)}: {_json(sha256)}".encode()
        between, end = ",", "\n "
    yield f"{end}}}\n}}\n".encode()


def _json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def decode(data: bytes, where: object) -> tuple[str, dict[str, str]]:
    """Read a ledger: what the export was made for, and path to hash.

    Raises:
        WpexportError: it is damaged, or of a newer format.
    """
    hint = "Export into an empty folder, or remove that file: what is there then counts as yours."
    try:
        record: Any = json.loads(data)
        version, to, files = record["format"], str(record["to"]), record["files"]
        known = {str(path): str(sha256) for path, sha256 in files.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise WpexportError(f"The list of exported files in {where} cannot be read.", hint=hint) from error
    if version != FORMAT:
        raise WpexportError(f"{where} was written by a newer wpexport (format {version}).", hint=hint)
    return to, known


class Ledger:
    """What former runs wrote, what this one writes, and the announcements in between."""

    def __init__(self, root: Path, shelf: Shelf) -> None:
        self._root = root
        self.to = ""
        #: all hashes that a file of ours may have, in one text
        self._hashes: Table[str] = shelf.table()
        #: the whole list of this run, as far as it got; None for what is gone
        self.current: Table[str] = shelf.table()
        self._announced: IO[str] | None = None
        self._load()

    def _load(self) -> None:
        place = self._root / LEDGER
        if place.is_file() and not self._load_lines(place):
            self.to, files = decode(place.read_bytes(), place)
            for path, sha256 in files.items():
                self._know(path, sha256)
        pending = self._root / PENDING
        if not pending.is_file():
            return
        for line in pending.read_text("utf-8", "replace").splitlines():
            # The last line may be cut: then its file was never renamed.
            sha256, _, path = line.partition(" ")
            if len(sha256) == 64 and path:
                path = json.loads(path) if path.startswith('"') and path.endswith('"') else ""
            if path:
                self._know(path, sha256)

    def _load_lines(self, place: Path) -> bool:
        """Read a list as `_lines` writes it; False where it is another one (it may still be a good one)."""
        with place.open("rb") as file:
            head = b"".join(file.readline() for _ in range(4))
            found = re.match(rb'\{\n "format": %d,\n "to": "([\w.-]*)",\n "files": \{\n' % FORMAT, head)
            if found is None:
                return False
            for line in file:
                if (one := _LINE.match(line)) is None:
                    return line + file.read(3) == b" }\n}\n" and self._named(found[1])
                self._know(json.loads(one[1]), one[2].decode())
        return False

    def _named(self, to: bytes) -> bool:
        self.to = to.decode()
        return True

    def _know(self, path: str, sha256: str) -> None:
        self._hashes.put(path, f"{self._hashes.get(path) or ''} {sha256}".strip())
        self.current.put(path, sha256)

    def knows(self, path: str) -> bool:
        """Was this file ever ours?"""
        return path in self._hashes

    def is_ours(self, path: str, sha256: str) -> bool:
        """Is a file of this hash, lying there, as we wrote it?"""
        return sha256 in (self._hashes.get(path) or "").split()

    def announce(self, path: str, sha256: str) -> None:
        """Write down that this file is about to be put into place."""
        if self._announced is None:
            self._announced = (self._root / PENDING).open("a", encoding="utf-8")
            # A cut line of a crashed run must not swallow the first of ours.
            self._announced.write("\n")
        self._announced.write(f"{sha256} {json.dumps(path)}\n")
        self._announced.flush()
        self._know(path, sha256)

    def adopt(self, path: str, sha256: str) -> None:
        """A file that is already as we would write it counts as ours."""
        self.current.put(path, sha256)

    def forget(self, path: str) -> None:
        """This file is gone."""
        self.current.put(path, None)

    def close(self, to: str) -> None:
        """Replace the list, then drop the announcements."""
        place = self._root / LEDGER
        fresh = self._root / TEMPORARY / "ledger"
        fresh.parent.mkdir(exist_ok=True)
        with fresh.open("wb") as file:
            listed = ((path, sha256) for path, sha256 in self.current.items() if sha256 is not None)
            file.writelines(_lines(to, listed))
        if not place.is_file() or not cmp(fresh, place, shallow=False):
            fresh.replace(place)
        self.release()
        (self._root / PENDING).unlink(missing_ok=True)

    def release(self) -> None:
        """Let go of the open file; announcements stay for the next run."""
        if self._announced is not None:
            self._announced.close()
            self._announced = None
