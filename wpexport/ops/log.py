"""What happened to an archive, run by run, and to one record: its versions, and the answers they came in."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from wpexport.archive.archive import Archive
from wpexport.archive.damage import unrepaired
from wpexport.archive.format import GONE, RAW, SITE
from wpexport.archive.gone import read_gone_lines
from wpexport.archive.history import Version, places_with, versions
from wpexport.archive.journal import Entry
from wpexport.archive.records import read_record
from wpexport.archive.redacted import read_redacted
from wpexport.archive.runs import Run
from wpexport.errors import ArchiveDamaged, UsageError
from wpexport.model import Site, decode
from wpexport.ops.answers import Answers
from wpexport.ops.feed_answers import FeedAnswers, known_posts

_KINDS = ("posts", "media", "comments", "terms", "authors")


@dataclass(frozen=True, slots=True)
class Ran:
    """One run."""

    report: Run


@dataclass(frozen=True, slots=True)
class Said:
    """An answer of the site that holds the record."""

    run: str
    time: str
    url: str
    way: str
    #: the journal, below the archive
    file: str


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that happened to a record."""

    #: ``posts``, ``comments``, ...
    kind: str
    number: int
    #: ``stored``: this version came; ``vanished``: the site does not show it any more; ``redacted``: it was
    #: removed for good
    what: str
    #: the run in which; None where no journal tells
    run: str | None
    #: known to the owner alone
    private: bool = False
    #: how it is known that it vanished
    how: str = ""
    #: the version itself; and whether it is the one that is stored now
    record: dict[str, Any] = field(default_factory=dict)
    current: bool = False
    said: tuple[Said, ...] = ()
    #: the export files that were read in this run, where it came by no answer
    files: tuple[str, ...] = ()


def log(root: Path) -> Iterator[Ran]:
    """Tell what each run did, the oldest first.

    Raises:
        NoArchive: there is none.
        ArchiveDamaged: a report cannot be read.
    """
    archive = Archive.open(root)
    for run in archive.runs():
        yield Ran(run)
    for _, error in archive.unread():
        raise error


def log_record(root: Path, name: str) -> Iterator[Told]:
    """Tell all that is known of a record, in the order in which it happened.

    Args:
        root: the archive.
        name: a number, for all records that have it, or a kind and a number: ``comments:12``.

    Raises:
        NoArchive: there is none.
        UsageError: it is no such name, or there is no such record.
        ArchiveDamaged: something of it cannot be read.
    """
    kind, _, digits = name.rpartition(":")
    kind = kind.partition("/")[0]
    kind = f"{kind}s" if f"{kind}s" in _KINDS else kind
    if not digits.isdecimal() or (kind and kind not in _KINDS):
        raise UsageError(
            f"{name!r} is no record.",
            hint="Give its number, alone or as in comments:12; before the colon stands one of "
            "posts, media, comments, terms or authors; pages are posts, too.",
        )
    number = int(digits)
    archive = Archive.open(root)
    found = sorted(
        (_KINDS.index(held), held, private, place)
        for private, bag in ((False, archive.root), (True, archive.private))
        for held, place in places_with(bag, number)
        if held == (kind or held)
    )
    lives = {(held, private): _versions(archive, place, number, private) for _, held, private, place in found}
    removed = [
        row for row in read_redacted(root) if row.id == number and row.collection == (kind or row.collection)
    ]
    yield from (Told(row.collection, number, "redacted", row.run) for row in removed)
    if not any(lives.values()):
        if removed:
            return
        for loss in unrepaired(archive).lost:
            place = loss.url or ""
            if place.endswith((f"/{number}.json", f":{number}")) and f"data/{kind}" in place:
                raise ArchiveDamaged(f"{place}: {loss.reason}.")
        raise UsageError(f"There is no record {name} in {root}.")
    said = _said(archive, number)
    filed = [run for run in archive.runs() if run.way == "wxr"]
    for (held, private), life in lives.items():
        if life:
            yield from _life(held, number, private, life, said.get((held, private), []), filed)
            yield from _vanished(archive, held, number, private)


def _versions(archive: Archive, place: str, number: int, private: bool) -> list[Version]:
    return versions(archive.private if private else archive.root, place, number)


def _life(
    kind: str, number: int, private: bool, life: list[Version], said: list[Said], filed: list[Run]
) -> Iterator[Told]:
    """All versions of a record, each with the answers that came while it was the newest, or the files."""
    since = said[0].run if said else _first(kind, filed)
    files = {run.run: tuple(run.learned.get("files", ())) for run in filed}
    for version in life:
        last = version.replaced
        mine = tuple(a for a in said if (since is None or a.run >= since) and (last is None or a.run < last))
        yield Told(
            kind,
            number,
            "stored",
            since,
            private,
            record=msgspec.json.decode(version.record),
            current=last is None,
            said=mine,
            files=() if mine else files.get(since or "", ()),
        )
        since = last


def _first(kind: str, filed: list[Run]) -> str | None:
    """The pull of export files that brought records of this kind; None where several did."""
    brought = [
        run.run
        for run in filed
        if any(cover.added and cover.collection.partition("/")[0] == kind for cover in run.coverage)
    ]
    return brought[0] if len(brought) == 1 else None


def _vanished(archive: Archive, kind: str, number: int, private: bool) -> Iterator[Told]:
    path = (archive.private if private else archive.root) / GONE
    for row in read_gone_lines(path.read_bytes() if path.exists() else b""):
        if row.id == number and row.collection.partition("/")[0] == kind:
            yield Told(kind, number, "vanished", row.run, private, how=row.how)


def _said(archive: Archive, number: int) -> dict[tuple[str, bool], list[Said]]:
    """The answers that hold a record of this number, by kind, oldest first."""
    site = archive.root / SITE
    found: dict[tuple[str, bool], list[Said]] = {}
    if not site.exists():
        return found
    about = read_record(site, Site)
    answers = Answers(about)
    feeds = FeedAnswers(about, answers.zone, known_posts(archive))
    for private, bag in ((False, archive.root), (True, archive.private)):
        for path in sorted((bag / RAW).glob("*.jsonl.gz")):
            run = path.name.removesuffix(".jsonl.gz")
            for entry in _holding(path, number):
                file = str(path.relative_to(archive.root))
                said = Said(run, entry.time, entry.url, entry.way, file)
                for kind in _kinds(entry, number, answers, feeds):
                    # a login's answers hold what is public as well
                    keys = [(kind, False), (kind, True)] if private else [(kind, False)]
                    for key in keys:
                        found.setdefault(key, []).append(said)
    return {key: sorted(rows, key=lambda row: (row.run, row.time)) for key, rows in found.items()}


def _kinds(entry: Entry, number: int, answers: Answers, feeds: FeedAnswers) -> set[str]:
    """Of which kinds a record of this number is in an answer."""
    if entry.way == "feed":
        batches = feeds.batches(entry)
        return {batch.collection.kind for batch in batches if any(r.id == number for r in batch.records)}
    what = answers.collection(entry)
    if what is not None and any(row.get("id") == number for row in answers.rows(entry)):
        return {what.kind}
    return set()


def _holding(path: Path, number: int) -> Iterator[Entry]:
    """The entries of a journal that may hold a record; the others are passed over undecoded."""
    mark = rf"\"id\":{number}".encode()
    try:
        with gzip.open(path, "rb") as lines:
            for line in lines:
                if mark in line or rb"\"id\": " in line or b'"way":"feed"' in line:
                    yield decode(line, Entry)
    except (OSError, EOFError, ValueError) as error:
        raise ArchiveDamaged(f"{path} cannot be read: {error}.") from error
