"""Which exports this machine made of an archive: ``state/exports.jsonl``, to be named when it matters."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from wpexport.archive.archive import Archive
from wpexport.archive.records import read_lines
from wpexport.export.markdown.again import LAST, told_before
from wpexport.export.markdown.memory import NAME, remembered
from wpexport.model import encode_line
from wpexport.ops.erasing import spellings

_EXPORTS = "exports.jsonl"
#: what exporters remember, and how it is unpacked
_NOTES: Mapping[str, Callable[[Path], Iterator[bytes]]] = {NAME: remembered, LAST: told_before}
_PACKED = (".zip", ".gz", ".tgz", ".xlsx")


class Made(Struct, frozen=True, kw_only=True):
    """One export."""

    #: absolute
    out: str
    to: str
    time: datetime


def remember(archive: Archive, out: Path, to: str) -> None:
    """Note an export that was made; an archive on a disk that cannot be written is no reason to fail."""
    made = Made(out=str(out.resolve()), to=to, time=datetime.now(UTC).replace(microsecond=0))
    with suppress(OSError):
        archive.state.mkdir(mode=0o700, exist_ok=True)
        fd = os.open(archive.state / _EXPORTS, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        with os.fdopen(fd, "ab") as file:
            file.write(encode_line(made) + b"\n")


def there(archive: Archive) -> list[Made]:
    """The exports that are still where they were made, each once."""
    latest = {made.out: made for made in read_lines(archive.state / _EXPORTS, Made)}
    return [made for made in latest.values() if Path(made.out).exists()]


def holding(archive: Archive, words: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """The exports that hold any of these words: where, and whether that is certain (not of packed ones)."""
    forms = {form for word in words if len(word) > 2 for form in spellings(word)}
    for made in there(archive):
        found = _found(Path(made.out), forms)
        if found is not None:
            yield made.out, found


def _found(out: Path, forms: set[bytes]) -> bool | None:
    paths = [path for path in out.rglob("*") if path.is_file()] if out.is_dir() else [out]
    packed = False
    for path in paths:
        packed = packed or (path.suffix in _PACKED and path.name not in _NOTES)
        read = [path.read_bytes(), *_NOTES.get(path.name, _nothing)(path)]
        if any(form in data for data in read for form in forms):
            return True
    return False if packed else None


def _nothing(_path: Path) -> Iterator[bytes]:
    return iter(())
