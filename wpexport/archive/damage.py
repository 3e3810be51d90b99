"""What is damaged is set aside, never thrown away; what can be read of it stays in the archive."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
from msgspec.structs import replace

from wpexport.archive import journal
from wpexport.archive.archive import Archive, Writer
from wpexport.archive.bag import Bag, file_hash
from wpexport.archive.format import FILES, GONE, HISTORY, MEDIA, RAW, REDACTED
from wpexport.archive.gone import Gone
from wpexport.archive.lock import locked
from wpexport.archive.records import record_paths
from wpexport.archive.redacted import Redacted
from wpexport.archive.store import Former, decode_stored
from wpexport.model import Media, decode, encode_pretty

_PRIVATE = "private/"
#: lists that no site can tell again
_LISTS: Mapping[str, type[Gone] | type[Redacted]] = {GONE: Gone, REDACTED: Redacted}


def set_aside(archive: Archive, places: Sequence[str], run: str) -> Path:
    """Move damaged files (paths below the archive) to ``state/damaged``; gives the folder.

    Before the archive is opened for writing: that reads some of them.
    """
    folder = archive.state / "damaged" / run
    with locked(archive.state / "lock"):
        for place in places:
            source, target = archive.root / place, folder / place
            if source.is_file():
                target.parent.mkdir(parents=True, exist_ok=True)
                source.rename(target)
    return folder


def forget(writer: Writer, places: Sequence[str], aside: Path) -> list[str]:
    """Take damaged files out of the bags; gives what nobody can fetch again (a part of it may be kept)."""
    lost = []
    for place in places:
        bag = writer.private if place.startswith(_PRIVATE) else writer.public
        path = place.removeprefix(_PRIVATE)
        if path.startswith((RAW, HISTORY)) or path in _LISTS:
            lost.append(place)
            _keep_what_can_be_read(bag, path, aside / place)
        else:
            bag.remove(path)
    files = {place.removeprefix(_PRIVATE) for place in places if f"{FILES}/" in place}
    if files:
        _unname(writer, files)
    writer.commit()
    return lost


def _keep_what_can_be_read(bag: Bag, path: str, aside: Path) -> None:
    if not aside.is_file():
        bag.remove(path)
    elif path.startswith(f"{HISTORY}/files"):  # a picture with a flaw is better than none
        copy = bag.temporary()
        shutil.copyfile(aside, copy)
        bag.adopt(path, copy, file_hash(copy), copy.stat().st_size)
    else:
        data = aside.read_bytes()
        kind = _LISTS.get(path, Former)
        kept = journal.salvaged(data) if path.startswith(RAW) else _lines(data, kind)
        if kept:
            bag.stage(path, kept)
        else:
            bag.remove(path)


def _lines(data: bytes, kind: type[Gone] | type[Redacted] | type[Former]) -> bytes:
    kept = b""
    for line in data.splitlines():
        try:
            decode(line, kind)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            continue
        kept += line + b"\n"
    return kept


def _unname(writer: Writer, files: set[str]) -> None:
    """A media record names no file that is not there: then the next pull wants it."""
    for bag in (writer.public, writer.private):
        for _, path in record_paths(bag.root / MEDIA):
            place = str(path.relative_to(bag.root))
            data = bag.read(place)
            if data is None or not any(file.encode() in data for file in files):
                continue
            media = decode_stored(data, Media, place)
            kept = [file for file in media.files if file.path not in files]
            bag.stage(place, encode_pretty(replace(media, files=kept)))
