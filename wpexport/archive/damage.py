"""What is damaged is set aside, never thrown away; what can be read of it stays in the archive."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec.structs import replace

from wpexport.archive import journal
from wpexport.archive.archive import PRIVATE, Archive, Writer
from wpexport.archive.bag import Bag, file_hash
from wpexport.archive.format import FILES, GONE, HISTORY, MEDIA, RAW, REDACTED
from wpexport.archive.gone import Gone
from wpexport.archive.lock import locked
from wpexport.archive.records import record_paths
from wpexport.archive.redacted import Redacted, removed_by
from wpexport.archive.runs import REPAIR
from wpexport.archive.salvage import IRREPLACEABLE
from wpexport.archive.store import Former, Identity, decode_stored
from wpexport.errors import SettingsDamaged
from wpexport.model import Coverage, Loss, Media, decode, encode_pretty

#: the collection in the report of a repair
DAMAGED = "damaged"
#: the end of a loss's name: there is a file of this name, and something of it is missing
PART = ":part"
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
        bag = writer.private if place.startswith(PRIVATE) else writer.public
        path = place.removeprefix(PRIVATE)
        if path.startswith(IRREPLACEABLE):
            lost.append(place)
            _keep_what_can_be_read(bag, path, _set_aside(writer.archive, aside, place))
        if path == REDACTED:
            _keep_what_reports_say(writer)
    files = {place.removeprefix(PRIVATE) for place in places if f"{FILES}/" in place}
    if files:
        _unname(writer, files)
    writer.read_again()
    writer.commit()
    return lost


def _set_aside(archive: Archive, aside: Path, place: str) -> Path:
    """Where a file was moved to; by a repair that was cut off, perhaps."""
    if (aside / place).is_file():
        return aside / place
    former = sorted(path for path in (archive.state / "damaged").glob(f"*/{place}") if path.is_file())
    return former[-1] if former else aside / place


def _keep_what_reports_say(writer: Writer) -> None:
    """The list of what was removed for good: each run that removed something says what."""
    known = {(row.collection, row.id): row for run in writer.archive.runs() for row in removed_by(run)}
    read = {(row.collection, row.id): row for row in _read_list(writer.public.read(REDACTED) or b"")}
    # a number that a flipped bit made must not keep a record away that nobody removed
    writer.redacted.add((known if len(known) >= len(read) else known | read).values())


def _read_list(data: bytes) -> list[Redacted]:
    return [decode(line, Redacted) for line in _lines(data, Redacted).splitlines()]


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


# -- what no repair could bring back ----------------------------------------------------------------


def still_lost(root: Path, places: Iterable[str], aside: Path) -> Coverage:
    """The account of damaged files: what of them is not in the archive at ``root``.

    Args:
        root: the archive.
        places: the damaged files, below it.
        aside: where they were moved to.
    """
    cover = Coverage(collection=DAMAGED, label="Damaged", way=REPAIR)
    for place in places:
        reason = "it was gone from the archive, and no repair could bring it back"
        if (aside / place).is_file():
            left = (aside / place).relative_to(root)
            reason = f"it was damaged, and no repair could bring it back; what was left of it is in {left}"
        if place.removeprefix(PRIVATE).startswith(IRREPLACEABLE):
            names = _gone_for_good(root, place, aside)
        else:
            names = _lines_gone(root, place, aside) if _in_a_bag(root, place) else [place]
        cover.lost += [Loss(collection=DAMAGED, url=name, reason=reason) for name in names]
    return cover


def _gone_for_good(root: Path, place: str, aside: Path) -> list[str]:
    """Of a file that no site tells again: itself, or that a part of it is missing."""
    path = root / place
    if not path.is_file():
        return [place]
    if place == REDACTED:  # the reports told the rest
        before = (aside / place).read_bytes() if (aside / place).is_file() else b""
        if path.read_bytes().count(b"\n") >= before.count(b"\n"):
            return []
    return [f"{place}{PART}"]


def unrepaired(archive: Archive) -> Coverage:
    """What repairs could not bring back, and no pull since: a loss until it is there again, or accepted."""
    cover = Coverage(collection=DAMAGED, label="Damaged", way=REPAIR)
    known = {
        loss.name: loss
        for run in archive.runs()
        if run.way == REPAIR
        for account in run.coverage
        for loss in account.lost
    }
    cover.lost = [loss for loss in known.values() if not _is_back(archive.root, loss)]
    if cover.lost:
        with suppress(SettingsDamaged):
            cover.accept(frozenset(archive.settings().accepted))
    return cover


def open_losses(archive: Archive) -> set[str]:
    """The names of all that the last pull could not read, and that no repair could bring back."""
    last = [run for run in archive.runs() if run.is_pull][-1:]
    covers = [*(cover for run in last for cover in run.coverage), unrepaired(archive)]
    closed = {cover.collection for cover in covers if cover.closed is not None}
    return closed | {loss.name for cover in covers for loss in cover.lost}


def _lines_gone(root: Path, place: str, aside: Path) -> list[str]:
    """Records that could be read in a damaged file, and are not in the one that took its place."""
    bare = place.removeprefix(PRIVATE)
    if not bare.endswith(".jsonl"):
        return []
    now = set().union(*(_numbers(bag / bare) for bag in (root, root / PRIVATE)))
    before = _numbers(aside / place)
    # where as many are there, a number that is not is one that was damaged itself
    return [f"{place}:{number}" for number in sorted(before - now)] if len(now) < len(before) else []


def _is_back(root: Path, loss: Loss) -> bool:
    """Whether a file, or a line of one (its number follows), is in one of the bags."""
    place, colon, number = (loss.url or "").rpartition(":")
    if not colon or not number.isdecimal():
        return number != PART[1:] and _in_a_bag(root, loss.url or "")
    bare = place.removeprefix(PRIVATE)
    return any(int(number) in _numbers(bag / bare) for bag in (root, root / PRIVATE))


def _in_a_bag(root: Path, place: str) -> bool:
    """Whether a file is there; what only its owner saw may be public by now, and the other way round."""
    bare = place.removeprefix(PRIVATE)
    if bare.startswith(IRREPLACEABLE):  # each bag has its own of this name
        return (root / place).is_file()
    return any((bag / bare).is_file() for bag in (root, root / PRIVATE))


def _numbers(path: Path) -> set[int]:
    """The numbers of the records in a file, as far as they can be read."""
    found = set()
    for line in path.read_bytes().splitlines() if path.is_file() else ():
        with suppress(msgspec.MsgspecError, UnicodeDecodeError):
            number = decode(line, Identity).id
            if number is not None:
                found.add(number)
    return found
