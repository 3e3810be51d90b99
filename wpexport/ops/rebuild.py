"""All records made again from what the site once answered: offline, with today's understanding of it.

The journals are replayed, run by run, into an archive of their own in ``state/``; what comes out differently
there takes the stored record's place, and that goes to history. What no journal holds stays as it is.
"""

from __future__ import annotations

import heapq
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree

import msgspec
from msgspec.structs import replace

from wpexport import __version__
from wpexport.archive import journal
from wpexport.archive.archive import Archive, Writer, new_run, writing
from wpexport.archive.bag import Bag, clear_folder
from wpexport.archive.check import Finding
from wpexport.archive.format import (
    AUTHORS,
    COMMENTS,
    MEDIA,
    PERSONAL,
    POSTS,
    RAW,
    SITE,
    TERMS,
    Settings,
    file_path,
    record_path,
)
from wpexport.archive.records import read_record, record_paths
from wpexport.archive.runs import JOURNAL, Run, write_run
from wpexport.archive.store import Identity, put_history
from wpexport.errors import ArchiveDamaged, Exit
from wpexport.model import Comment, Media, MediaFile, Post, Record, Site, decode, encode_pretty
from wpexport.ops.answers import Answers
from wpexport.ops.events import Event, Moved, Rebuilt
from wpexport.ops.media import library_addresses
from wpexport.ops.storing import ORDER, put_batch

_FOLDERS = (POSTS, MEDIA, COMMENTS, f"{PERSONAL}/comments")
_TABLES = (AUTHORS, TERMS, f"{PERSONAL}/authors.jsonl")


@dataclass(slots=True)
class _Account:
    """What rebuilding did."""

    answers: int = 0
    #: of ways whose answers cannot be read again
    passed_over: int = 0
    #: of them by WordPress.com's API
    wpcom: int = 0
    same: int = 0
    changed: int = 0
    restored: int = 0
    findings: list[Finding] = field(default_factory=list)


def rebuild(root: Path, only: Collection[str] | None = None) -> Iterator[Event]:
    """Make the records at ``root`` again, and yield findings up to `Rebuilt`.

    Args:
        root: the archive.
        only: paths below it, to touch no others.

    Raises:
        NoArchive: there is none.
        ArchiveDamaged: a journal, or what is known of the site, cannot be read.
        ArchiveLocked: another process writes to it.
    """
    archive = Archive.open(root)
    site = read_record(root / SITE, Site)
    run = new_run(root)
    started = datetime.now(UTC)
    account = _Account()
    with writing(root, run) as writer:
        scratch = archive.state / "rebuild"
        clear_folder(scratch)
        with writing(scratch, run) as made:
            made.redacted = writer.redacted
            yield from _replayed(archive, site, made, account)
            _fed(archive, site, writer, made, account)
            made.tables.write()
            made.commit()
            for bag, new in ((writer.public, made.public), (writer.private, made.private)):
                for finding in _taken_over(bag, new, writer, only, account):
                    account.findings.append(finding)
                    yield finding
                    writer.commit()
        manifest = writer.seal()
        report = _report(writer, archive.settings(), started, account, manifest)
        write_run(root, report)
        writer.done()
        rmtree(scratch)
    for finding in _not_read(account):
        account.findings.append(finding)
        yield finding
    counts = {"answers": account.answers, "same": account.same}
    counts |= {"changed": account.changed, "restored": account.restored, "passed over": account.passed_over}
    yield Rebuilt(root, Exit.DONE, counts, account.findings)


def _not_read(account: _Account) -> Iterator[Finding]:
    """What could not be made again, and what to do instead."""
    if account.wpcom:
        number = "1 old answer" if account.wpcom == 1 else f"{account.wpcom:,} old answers"
        text = f"{number} came by WordPress.com's API, and no record was made of it."
        yield Finding("note", "passed-over", RAW, text, "Read the site again: pull --full")
    elif not account.answers and not account.passed_over:
        text = "There are no old answers of a site here: nothing was made again."
        yield Finding(
            "note", "no-answers", RAW, text, "What came from an export file comes again by pulling it."
        )


# -- replaying ------------------------------------------------------------------------------------


def _replayed(archive: Archive, site: Site, made: Writer, account: _Account) -> Iterator[Event]:
    answers = Answers(site)
    shown: set[int] = set()
    journals = [path for bag in (archive.root, archive.private) for path in (bag / RAW).glob("*.jsonl.gz")]
    for done, run in enumerate(sorted({path.name for path in journals}), 1):
        public = _entries(archive.root / RAW / run, answers, False, account)
        private = _entries(archive.private / RAW / run, answers, True, account)
        for _, login, entry in heapq.merge(public, private, key=lambda row: row[0]):
            _replay(made, answers, entry, login, shown)
        made.fold_comments()
        made.spool.clear()
        yield Moved("journals", "Journals", done)


def _entries(
    path: Path, answers: Answers, login: bool, account: _Account
) -> Iterator[tuple[int, bool, journal.Entry]]:
    """The answers of one journal that can be read again, with their place in a pull's order."""
    if not path.exists():
        return
    for entry in _read(path):
        what = answers.collection(entry)
        if what is None:
            account.passed_over += entry.way != "feed"
            account.wpcom += entry.way == "wpcom"
            continue
        account.answers += 1
        yield ORDER.index(what.kind), login, entry


def _read(path: Path) -> Iterator[journal.Entry]:
    try:
        yield from journal.read(path)
    except (OSError, EOFError, zlib.error, msgspec.MsgspecError) as error:
        raise ArchiveDamaged(f"{path} cannot be read: {error}.") from error


def _replay(made: Writer, answers: Answers, entry: journal.Entry, login: bool, shown: set[int]) -> None:
    what = answers.collection(entry)
    assert what is not None  # noqa: S101 - `_entries` has passed over the others
    for batch in answers.batches(entry, what, login=login, shown=shown):
        put_batch(made, batch, batch.records)
        made.commit()


def _fed(archive: Archive, site: Site, writer: Writer, made: Writer, account: _Account) -> None:
    """What is missing, made of the answers by feed.

    What is there stays as it is: another way may have supplied the numbers of authors and terms, and an
    answer of its own the further pages of a text.
    """
    from wpexport.ops.feed_answers import FeedAnswers, known_posts  # XML parsers, for a rebuild alone

    fed = FeedAnswers(site, Answers(site).zone, known_posts(archive))
    ours: set[str] = set()

    def is_missing(record: Record) -> bool:
        if isinstance(record, Post):
            place = record_path(POSTS, record.id, record.url, ".json")
            there = any(bag.hash_of(place) for bag in (writer.public, writer.private))
        elif isinstance(record, Comment) and isinstance(record.post, int):
            place = record_path(COMMENTS, record.post, None, ".jsonl")
            there = any(record.id in _numbers(bag, place) for bag in (writer.public, writer.private))
            place += f":{record.id}"
        else:
            return False
        if there or (place not in ours and made.public.hash_of(place)):
            return False
        ours.add(place)
        return True

    for path in sorted((archive.root / RAW).glob("*.jsonl.gz")):
        for entry in _read(path):
            if entry.way != "feed":
                continue
            account.answers += 1
            for batch in fed.batches(entry):
                put_batch(made, batch, [record for record in batch.records if is_missing(record)])
                made.commit()
        made.fold_comments()
        made.spool.clear()


def _numbers(bag: Bag, place: str) -> set[int | None]:
    return {decode(line, Identity).id for line in (_stored(bag, place) or b"").splitlines()}


# -- comparing ------------------------------------------------------------------------------------


def _taken_over(
    bag: Bag, new: Bag, writer: Writer, only: Collection[str] | None, account: _Account
) -> Iterator[Finding]:
    """Stage all that differs, and tell of it."""
    paths = [path for folder in _FOLDERS for _, path in record_paths(new.root / folder)]
    paths += [path for table in _TABLES if (path := new.root / table).exists()]
    for path in paths:
        place = str(path.relative_to(new.root))
        where = str((bag.root / place).relative_to(writer.archive.root))
        if only is not None and where not in only:
            continue
        other = writer.private if bag is writer.public else writer.public
        take = _lines_taken if place.endswith(".jsonl") else _record_taken
        finding = take(bag, other, place, path.read_bytes(), writer.run)
        if finding is None:
            account.same += 1
        else:
            account.restored += finding == "restored"
            account.changed += finding == "changed"
            told = "is here again, made of old answers" if finding == "restored" else "was made anew"
            yield Finding("note", finding, where, f"{where} {told}.")


def _record_taken(bag: Bag, other: Bag, place: str, data: bytes, run: str) -> str | None:
    stored = _stored(bag, place)
    if stored is None:
        if _stored(other, place) is not None:
            return None  # it moved: what brought it there is in no journal
        bag.stage(place, _with_files(bag, data) if place.startswith(MEDIA) else data)
        return "restored"
    if place.startswith(MEDIA):
        files = decode(stored, Media).files
        data = encode_pretty(replace(decode(data, Media), files=files))
    if data == stored:
        return None
    put_history(bag, place, [stored], run)
    bag.stage(place, data)
    return "changed"


def _with_files(bag: Bag, data: bytes) -> bytes:
    """A media record names those of its files that are in the archive, where a pull would put them."""
    media = decode(data, Media)
    files = {}
    for url in library_addresses(media):
        entry = bag.entry(file_path(url))
        if entry is not None:
            files[url] = MediaFile(url=url, path=entry.path, size=entry.size, sha256=entry.sha256)
    return encode_pretty(replace(media, files=[files[url] for url in sorted(files)]))


def _lines_taken(bag: Bag, other: Bag, place: str, data: bytes, run: str) -> str | None:
    """The same for a file of many records: those that no journal holds stay in it."""
    stored = _stored(bag, place)
    before = {_key(line): line for line in (stored or b"").splitlines()}
    elsewhere = {_key(line) for line in (_stored(other, place) or b"").splitlines()}
    now = {key: line for line in data.splitlines() if (key := _key(line)) in before or key not in elsewhere}
    lines = before | now
    if lines == before:
        return None
    former = [line for key, line in before.items() if lines[key] != line]
    if not place.startswith(PERSONAL):
        put_history(bag, place, former, run)
    bag.stage(place, b"".join(lines[key] + b"\n" for key in sorted(lines)))
    return "changed" if stored is not None else "restored"


def _stored(bag: Bag, place: str) -> bytes | None:
    return bag.read(place) if bag.hash_of(place) is not None else None


def _key(line: bytes) -> tuple[int, str]:
    """By number; those without one last."""
    known = decode(line, Identity)
    return (known.id, "") if known.id is not None else (2**63, known.url or "")


def _report(writer: Writer, settings: Settings, started: datetime, account: _Account, manifest: str) -> Run:
    return Run(
        run=writer.run,
        started=started,
        finished=datetime.now(UTC),
        tool=__version__,
        source=settings.source,
        way=JOURNAL,
        partial=True,
        warnings=[finding.text for finding in account.findings],
        manifest_before=writer.manifest_before,
        manifest_after=manifest,
    )
