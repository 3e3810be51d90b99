"""Brings back what no site can tell again, from what the archive says in a second place.

A checksum knows the one bit that flipped; the index knows what was sealed; reports know what was removed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from wpexport.archive.archive import PRIVATE, Archive
from wpexport.archive.bag import Bag, read_manifest, write_safely
from wpexport.archive.format import GONE, HISTORY, MANIFEST, RAW, REDACTED
from wpexport.archive.index import BAGS, Index
from wpexport.archive.intents import WriteAhead
from wpexport.archive.lock import locked

#: no site tells these again
IRREPLACEABLE = (f"{RAW}/", f"{HISTORY}/", GONE, REDACTED)
#: each bit is tried, and each try costs the length: 4 s for the largest
_LARGEST = 32_768
#: where more files are damaged, no bits flipped: a disk died
_MOST = 20


def unflipped(data: bytes, sha256: str) -> bytes | None:
    """The bytes with the one bit put right that makes this their hash; None where there is no such bit."""
    before = hashlib.sha256()
    for place, byte in enumerate(data):
        rest = data[place + 1 :]
        for bit in range(8):
            tried = before.copy()
            tried.update(bytes((byte ^ (1 << bit),)))
            tried.update(rest)
            if tried.hexdigest() == sha256:
                return data[:place] + bytes((byte ^ (1 << bit),)) + rest
        before.update(data[place : place + 1])
    return None


def bits_mended(archive: Archive, places: Sequence[str]) -> list[str]:
    """Put flipped bits right in files that no site tells again. Gives those that are right now."""
    hashes = {path: sha256 for sha256, path in read_manifest(archive.root / MANIFEST)}
    hashes |= {PRIVATE + path: sha256 for sha256, path in read_manifest(archive.private / MANIFEST)}
    mended = []
    with locked(archive.state / "lock"):
        for place in [p for p in places if p.removeprefix(PRIVATE).startswith(IRREPLACEABLE)][:_MOST]:
            path = archive.root / place
            if place not in hashes or not path.is_file() or path.stat().st_size > _LARGEST:
                continue
            data = unflipped(path.read_bytes(), hashes[place])
            if data is not None:
                _replace(archive, path, data)
                mended.append(place)
    return mended


def _replace(archive: Archive, path: Path, data: bytes) -> None:
    (archive.state / "tmp").mkdir(mode=0o700, exist_ok=True)
    temp = archive.state / "tmp" / "mended"
    write_safely(temp, data)
    temp.chmod(path.stat().st_mode & 0o777)
    temp.replace(path)


def manifests_mended(archive: Archive) -> list[str]:
    """Write damaged manifests again, so that what they list is not taken for damaged. Gives sentences."""
    told = []
    ahead = WriteAhead(archive.state / "write-ahead.txt")
    if ahead:
        return []
    archive.state.mkdir(mode=0o700, exist_ok=True)
    with locked(archive.state / "lock"):
        index = Index(archive.state / "index.sqlite")
        try:
            for name, root, mode in zip(BAGS, (archive.root, archive.private), (0o755, 0o700), strict=True):
                bag = Bag(name, root, archive.state, index, ahead, mode)
                if bag.proved or bag.indexed:
                    continue
                (archive.state / "tmp").mkdir(mode=0o700, exist_ok=True)
                where = (root / MANIFEST).relative_to(archive.root)
                if bag.prove():
                    told.append(f"{where} was made again as it was.")
                else:
                    told.append(f"{where} was made again of what lies there: nothing proves that it is all.")
        finally:
            index.close(keep=True)
    return told
