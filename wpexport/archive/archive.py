"""An archive on disk: opened for reading, or by the one process that may write."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path

import msgspec

from wpexport.archive import journal
from wpexport.archive.bag import (
    REPAIR,
    Bag,
    clear_folder,
    commit,
    file_hash,
    read_manifest,
    write_safely,
)
from wpexport.archive.comments import CommentSpool, Fold
from wpexport.archive.format import (
    FORMAT,
    MANIFEST,
    MEDIA,
    POSTS,
    RAW,
    SETTINGS,
    SITE,
    TAG_MANIFEST,
    Settings,
    record_path,
)
from wpexport.archive.gone import Gone, Tombstones
from wpexport.archive.index import BAGS, Index
from wpexport.archive.intents import WriteAhead
from wpexport.archive.lock import locked
from wpexport.archive.records import read_record
from wpexport.archive.redacted import Redactions
from wpexport.archive.runs import RUN_NAME, Run, report_paths, run_time
from wpexport.archive.seen import Seen
from wpexport.archive.stale import StaleFiles
from wpexport.archive.store import Records, SmallTables, Tally
from wpexport.errors import ArchiveDamaged, ArchiveError, NoArchive, SettingsDamaged
from wpexport.model import Site, decode, encode_pretty

#: where the private bag lies below an archive
PRIVATE = "private/"
#: what the index notes of the reading of a collection, before the name of the eyes
READINGS = FULL, SWEPT, PAUSED, READ_UP_TO = "full", "swept", "paused", "read up to"
_IGNORED = "# what git should not publish\nprivate/\nstate/\n"


class Archive:
    """An archive for reading."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.private = root / "private"
        self.state = root / "state"

    @classmethod
    def open(cls, root: Path) -> Archive:
        """Open an archive that exists.

        Raises:
            NoArchive: there is none.
            SettingsDamaged: its settings cannot be read.
            ArchiveDamaged: its format is newer than this version knows.
        """
        archive = cls(root)
        if not (root / SETTINGS).is_file():
            if any(path == SETTINGS for _, path in read_manifest(root / TAG_MANIFEST)):
                raise SettingsDamaged(f"{root / SETTINGS} is missing.")
            raise NoArchive(f"There is no archive at {root}.")
        if archive.settings().format < FORMAT:
            from wpexport.archive.upgrade import upgrade  # which needs the writer from here

            upgrade(archive)
        return archive

    def settings(self) -> Settings:
        """What this archive is and what it pulls.

        Raises:
            SettingsDamaged: it cannot be read.
            ArchiveDamaged: it is of a newer format.
        """
        try:
            settings = decode((self.root / SETTINGS).read_bytes(), Settings)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise SettingsDamaged(f"{self.root / SETTINGS} cannot be read: {error}.") from error
        if settings.format > FORMAT:
            raise ArchiveDamaged(
                f"{self.root} has format {settings.format}; this wpexport knows format {FORMAT}.",
                hint="Use a newer wpexport.",
            )
        return settings

    @property
    def interrupted(self) -> bool:
        """True when a run was cut off and the archive is not sealed; the first run may not have begun."""
        never_sealed = not (self.root / MANIFEST).exists() and not (self.root / "runs").exists()
        return never_sealed or bool(WriteAhead(self.state / "write-ahead.txt"))

    def runs(self) -> list[Run]:
        """The reports of all runs that can be read, oldest first; `unread` has the others."""
        return [run for _, run in self._reports() if isinstance(run, Run)]

    def unread(self) -> list[tuple[Path, ArchiveDamaged]]:
        """The reports that cannot be read."""
        return [(path, error) for path, error in self._reports() if isinstance(error, ArchiveDamaged)]

    def _reports(self) -> Iterator[tuple[Path, Run | ArchiveDamaged]]:
        for path in report_paths(self.root):
            try:
                yield path, read_record(path, Run)
            except ArchiveDamaged as error:
                yield path, error


class Writer:
    """An archive in the hands of the one process that writes to it."""

    def __init__(self, archive: Archive, run: str, lost: Collection[str] = ()) -> None:
        self.archive = archive
        self.run = run
        state = archive.state
        clear_folder(state / "tmp")
        self._done = False
        with ExitStack() as undo:
            self.index = Index(state / "index.sqlite")
            undo.callback(lambda: self.index.close(keep=self._done))
            self._ahead = WriteAhead(state / "write-ahead.txt")
            undo.callback(self._ahead.close)
            public, private = BAGS
            self.public = Bag(public, archive.root, state, self.index, self._ahead, 0o755)
            self.private = Bag(private, archive.private, state, self.index, self._ahead, 0o700)
            self._recover(lost)
            self._ahead.begin()
            for place in lost:
                bag = self.private if place.startswith(PRIVATE) else self.public
                bag.remove(place.removeprefix(PRIVATE))
            self.manifest_before = _hash_or_none(archive.root / MANIFEST)
            self.records = Records(self.public, self.private, run)
            self.tables = SmallTables(self.public, self.private, run)
            self.tombstones = {False: Tombstones(self.public), True: Tombstones(self.private)}
            self.redacted = Redactions(self.public)
            self.stale = StaleFiles(state / "stale.txt")
            self.spool = CommentSpool(state / "spool.sqlite")
            undo.callback(self.spool.close)
            self._journals = {
                False: journal.Journal(state / f"public-{run}.jsonl.gz"),
                True: journal.Journal(state / f"private-{run}.jsonl.gz"),
            }
            for book in self._journals.values():
                undo.callback(book.close)
            self._packer = ThreadPoolExecutor(1, "wpexport-journal")
            undo.callback(self._packer.shutdown)
            #: what to do at the end, whatever of it fails
            self._undo = undo.pop_all()

    # -- putting ------------------------------------------------------------------------------------

    def put_site(self, site: Site) -> None:
        """Store what is known of the blog itself."""
        self.public.stage(SITE, encode_pretty(site))

    def put_settings(self, settings: Settings) -> None:
        """Write ``wpexport.json``, if it is not as it should be."""
        path = self.archive.root / SETTINGS
        data = encode_pretty(settings)
        if not path.exists() or path.read_bytes() != data:
            temp = self.public.temporary()
            write_safely(temp, data)
            temp.rename(path)

    def pack(self, entries: Iterable[journal.Entry]) -> Future[bytes]:
        """Compress answers for the journal while the caller does other work: zlib does not hold Python up."""
        return self._packer.submit(lambda: journal.member(self.redacted.cut(list(entries))))

    def journal(self, packed: Future[bytes], *, login: bool) -> None:
        """Keep answers as they came; answers to a login lie in the private bag."""
        self._journals[login].add(packed.result())

    def commit(self) -> int:
        """Put everything staged in place. Returns the number of files."""
        return commit([self.public, self.private])

    def fold_comments(self, *, settle: bool = True) -> Tally:
        """Write the comments of this run, each post's file once.

        Args:
            settle: what an owner saw is stored: comments follow a post that was published or withdrawn.
        """
        total = Tally()
        fold = Fold(self.spool, self.public, self.private, self.records, self.run)
        for count, tally in enumerate(chain(fold.posts(), fold.settle() if settle else ()), 1):
            total += tally
            if count % 200 == 0:
                self._commit_comments()
        self._commit_comments()
        return total

    def settle_media(self) -> Tally:
        """Let media records follow a post that was published or withdrawn, as `fold_comments` does."""
        tally = Tally()
        for place in self.records.misplaced_media():
            self.records.settle_media(place, tally)
            self.commit()
        return tally

    def _commit_comments(self) -> None:
        for login, member in self.spool.wanted():
            self._journals[login].add(member)
        self.spool.journalled()
        self.commit()

    # -- what vanished ------------------------------------------------------------------------------

    def read_again(self) -> None:
        """Let the next pulls read everything again: something that was seen is not here any more."""
        for fact in READINGS:
            self.index.forget(f"{fact} ")

    def seen(self, eyes: str) -> Seen:
        """What these eyes saw in former runs."""
        return Seen(self.index.connection, eyes, self.run)

    def mark_gone(self, collection: str, number: int, how: str) -> bool:
        """Note that a record vanished from the site; its content stays. False when that was known."""
        if self.redacted.has(collection, number):
            return False
        folder = {"posts": POSTS, "media": MEDIA}.get(collection.partition("/")[0])
        path = record_path(folder, number, None, ".json") if folder else None
        hidden = path is not None and self.public.hash_of(path) is None
        row = Gone(collection=collection, id=number, run=self.run, how=how)
        return self.tombstones[hidden].add(row)

    @property
    def mourning(self) -> bool:
        """Whether any record has a tombstone."""
        return any(self.tombstones.values())

    def mark_back(self, collection: str, number: int) -> bool:
        """A record is on the site: it has no tombstone. True when it had one."""
        backs = [stones.back(collection, number) for stones in self.tombstones.values()]
        return any(backs)

    # -- sealing ------------------------------------------------------------------------------------

    def seal(self) -> str:
        """Write the manifests; from here on other tools find the archive whole. Returns its hash."""
        self.tables.write()
        for stones in self.tombstones.values():
            stones.write()
        self._adopt_journals()
        self.commit()
        ignored = self.archive.root / ".gitignore"
        if not ignored.exists():  # it is the user's from then on
            ignored.write_text(_IGNORED, encoding="utf-8")
        os.sync()  # one for all: an fsync a record is 1.9 ms each
        settings = self.archive.settings()
        info = {
            "Bag-Software-Agent": "wpexport",
            "External-Identifier": settings.home or settings.source,
            "External-Description": f"Archive of the blog at {settings.home or settings.source}",
        }
        manifest = self.public.seal(info, [SETTINGS])
        if self.index.totals("private")[1] or (self.archive.private / MANIFEST).exists():
            info["External-Description"] = f"What only the owner of {settings.home} may see"
            self.private.seal(info)
        # from here on the index says what the manifests say, and a run that is cut off need not read it again
        self.index.commit()
        self._ahead.restart()
        return manifest

    def done(self) -> None:
        """The run is finished."""
        self._ahead.drop()
        self._done = True

    def close(self) -> None:
        """Let go. What is not sealed stays recognisably interrupted."""
        with self._undo:
            self.public.discard()
            self.private.discard()
        clear_folder(self.archive.state / "tmp")

    def _adopt_journals(self) -> None:
        for book in self._journals.values():
            book.close()
        own = {book.path for book in self._journals.values()}  # nothing cut them off
        for path in sorted(self.archive.state.glob("*-*.jsonl.gz")):
            name, _, run = path.name.partition("-")
            if path not in own and journal.recover(path) == 0:
                path.unlink()
                continue
            bag = self.private if name == "private" else self.public
            bag.adopt(f"{RAW}/{run}", path, file_hash(path), path.stat().st_size)

    # -- recovering ---------------------------------------------------------------------------------

    def _recover(self, lost: Collection[str]) -> None:
        """Make sure that the index says what is on disk, whatever happened to the run before."""
        intents = list(self._ahead.read())
        torn: list[str] = []
        for bag in (self.public, self.private):
            if not intents and bag.indexed:
                continue
            if not self._ahead and not bag.proved:
                raise ArchiveDamaged(f"{bag.root / MANIFEST} is not as the last run left it.", hint=REPAIR)
            above = PRIVATE if bag is self.private else ""
            torn += (above + path for path in bag.load_index(intents))
            if not self._ahead:  # an older copy was put in its place, perhaps: what was seen may not be here
                self.read_again()
        torn = [place for place in torn if place not in lost]
        if torn:
            more = f" (and {len(torn) - 1:,} more)" if len(torn) > 1 else ""
            text = f"{self.archive.root / torn[0]}{more} is not as the interrupted run wrote it."
            raise ArchiveDamaged(text, hint=REPAIR)
        self.index.commit()


@contextmanager
def writing(root: Path, run: str, lost: Collection[str] = ()) -> Iterator[Writer]:
    """Open the archive at ``root`` for writing, and let go of it at the end, sealed or not.

    Args:
        root: the archive.
        run: the name of the run that writes.
        lost: files, as paths below the archive, that are known not to be there any more.

    Raises:
        ArchiveLocked: another process writes to it.
        ArchiveDamaged: what it has to read first is not as it was written.
        ArchiveError: the disk is full, or cannot be written.
    """
    archive = Archive(root)
    root.mkdir(parents=True, exist_ok=True)
    archive.state.mkdir(mode=0o700, exist_ok=True)
    with locked(archive.state / "lock"):
        try:
            writer = Writer(archive, run, lost)
            try:
                yield writer
            finally:
                writer.close()
        except sqlite3.OperationalError as error:  # its own words for what the system says of the disk
            raise ArchiveError(
                f"{root} cannot be written: {error}.",
                hint="Everything stored so far is kept. Put this right, and repeat.",
            ) from error


def new_run(root: Path) -> str:
    """The name of a run that begins now: its time, always later than any run's before.

    A clock that was set back, or two runs in one second, must not mix up their order or their journals.
    """
    now = datetime.now(UTC).replace(microsecond=0)
    former = [path.name for path in report_paths(root)]
    for folder in (root / RAW, root / "private" / RAW):
        former += [path.name for path in folder.glob("*.jsonl.gz")]
    former += [path.name.partition("-")[2] for path in (root / "state").glob("*-*.jsonl.gz")]
    if former:
        now = max(now, run_time(max(former)) + timedelta(seconds=1))
    return now.strftime(RUN_NAME)


def _hash_or_none(path: Path) -> str | None:
    return file_hash(path) if path.exists() else None
