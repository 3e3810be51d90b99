"""Pull a blog into an archive: text first, files last, the account of both at the end."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from wpexport import __version__
from wpexport.archive.archive import Archive, Writer, new_run, writing
from wpexport.archive.damage import unrepaired
from wpexport.archive.format import Settings
from wpexport.archive.runs import Run, write_run
from wpexport.archive.store import Tally
from wpexport.errors import Exit, NoArchive, UsageError
from wpexport.model import Coverage, Personal, Record, Site
from wpexport.net.failures import OutOfTime
from wpexport.ops.accepting import SHRUNKEN, accepted, unknown, without_login
from wpexport.ops.belonging import check_same_site
from wpexport.ops.changes import Changes, eyes_of, main_records
from wpexport.ops.erasing import erase
from wpexport.ops.events import Event, Found, Moved, Pulled, Warned
from wpexport.ops.forgetting import forget_vanished
from wpexport.ops.hurry import Hurry
from wpexport.ops.media import Fetcher, MediaOptions, MediaPass
from wpexport.ops.storing import ORDER, entry, put_batch
from wpexport.ops.traffic import Meter
from wpexport.ops.vanishing import Vanishing
from wpexport.ops.wording import describe_loss, learned, mended
from wpexport.sources.base import Batch, Capabilities, Collection, Foreseeing, Offer, Source, Sweepable

NOT_REPAIRED = "What a repair could not bring back is still missing; wpexport check names it."


@dataclass(frozen=True, slots=True)
class PullOptions:
    """What the user chose for one pull."""

    media: MediaOptions = field(default_factory=MediaOptions)
    #: at most so many records of each collection
    limit: int | None = None
    dry_run: bool = False
    #: one post and its comments alone: absence of others means nothing
    single: bool = False
    via: str | None = None
    #: read everything again, not only what changed
    full: bool = False
    full_every: timedelta = timedelta(days=30)
    #: look at all numbers after so long; in between, at the newest alone
    sweep_every: timedelta = timedelta(0)
    #: remove comments for good that were deleted on the site so long ago; None for never
    forget_vanished: timedelta | None = None
    #: stop in good order after so long, at the next page or file
    max_time: timedelta | None = None
    #: losses that are accepted by name from now on; ``all``: those of the last pull; ``shrunken``: this once,
    #: the site really became that small; ``login``: that pulls have none, though one before had
    accept: frozenset[str] = frozenset()


def pull(
    root: Path,
    address: str,
    connect: Callable[[], Source],
    options: PullOptions,
    fetcher: Fetcher | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Event]:
    """Pull what ``connect`` finds into the archive at ``root``, and yield events up to `Pulled`.

    Args:
        root: the archive's folder; made if it is not there.
        address: what the user named as the source; kept, so that a bare pull repeats it. Empty for export
            files: the archive then repeats the blog itself.
        connect: makes the source; called once, before anything is written.
        options: what the user chose.
        fetcher: fetches media files; None where the source has none to offer.
        clock: seconds, for `PullOptions.max_time`.

    Raises:
        SourceError: nothing can be read from the source.
        LoginError: the login is refused or ignored.
        UsageError: the archive at ``root`` is another site's.
        ArchiveLocked: another process is writing to the archive.
    """
    settings = _former_settings(root)
    if settings is None and root.exists():
        _check_folder(root)
    meter, hurry = Meter(fetcher), Hurry(options.max_time, clock)
    source = connect()
    capabilities = source.capabilities()
    site = source.site()
    check_same_site(root, settings, site)
    options = replace(options, single=options.single or capabilities.single)
    address = address or (settings.source if settings else site.home)
    yield Found(site, capabilities)
    if capabilities.remark and settings is None:
        yield Warned(capabilities.remark)
    names, before = accepted(root, settings, options.accept), settings.accepted if settings else []
    yield from without_login(root, capabilities, names)
    if options.dry_run:
        yield Pulled(root, _empty_run(address, capabilities), Exit.DONE, dry_run=True)
        return
    run = new_run(root)
    with writing(root, run) as writer:
        writer.put_settings(_settings(settings, address, site, options, names, capabilities.way))
        meter.lap("opening")
        work = _Pull(writer, source, capabilities, site, options, frozenset(names), meter, hurry)
        yield from work.texts()
        work.forget()
        if options.media.which != "none":
            yield from work.files(fetcher)
        report = work.report(address)
        for name in unknown(options.accept, before, report.coverage):
            yield Warned(f"Nothing is missing that is called {name!r}.")
        write_run(root, report)
        writer.done()
    yield Pulled(root, report, Exit(report.exit_code))


class _Pull:
    """One pull while it is under way."""

    def __init__(
        self,
        writer: Writer,
        source: Source,
        capabilities: Capabilities,
        site: Site,
        options: PullOptions,
        accepted: frozenset[str],
        meter: Meter,
        hurry: Hurry,
    ) -> None:
        self._writer = writer
        self._source = source
        self._capabilities = capabilities
        self._site = site
        self._options = options
        self._accepted = accepted
        self._meter = meter
        self._hurry = hurry
        self._started = datetime.now(UTC)
        self._coverage: list[Coverage] = []
        self._manifest = ""
        whole = not options.single and options.limit is None
        eyes = eyes_of(capabilities)
        self._changes = (
            Changes(
                writer,
                eyes,
                meter,
                full=options.full,
                full_every=options.full_every,
                sweep_every=options.sweep_every,
            )
            if whole
            else None
        )
        self._vanishing = Vanishing(self._changes, source, believed=SHRUNKEN in options.accept)

    def texts(self) -> Iterator[Event]:
        """Read all collections, and seal: from here on the text is safe."""
        self._writer.put_site(self._site)
        offers = sorted(self._capabilities.offers, key=lambda offer: ORDER.index(offer.collection.kind))
        for place, offer in enumerate(offers):
            if self._must_stop():
                self._hurry.leave(offer.collection.label)
            else:
                self._foresee([one for one in offers[place + 1 : place + 2] if one.closed is None])
                yield from self._collection(offer)
        yield from self._vanishing.settle(self._leave)
        self._meter.lap("records")
        self._manifest = self._writer.seal()

    def _foresee(self, following: Sequence[Offer]) -> None:
        """Let the source ask ahead for what is surely read next."""
        for offer in following:
            whole = self._changes is not None and self._changes.due(offer.collection)
            if whole and self._options.max_time is None and isinstance(self._source, Foreseeing):
                self._source.foresee(offer.collection)

    def _collection(self, offer: Offer) -> Iterator[Event]:
        collection = offer.collection
        cover = Coverage(
            collection=collection.key,
            label=collection.label,
            way=self._capabilities.way,
            expected=offer.expected,
            closed=offer.closed,
        )
        self._coverage.append(cover)
        if offer.closed is not None:
            yield Warned(offer.closed)
            return
        yield Moved(collection.key, collection.label, 0, offer.expected)
        try:
            yield from self._read(collection, cover)
        except OutOfTime:  # in the middle of a wait, or of a page that is asked for in pieces
            self._leave(collection, cover)
        owner = self._capabilities.login is not None
        if collection.kind == "comments":
            _add(cover, self._writer.fold_comments(settle=owner))
        elif collection.kind == "media" and owner:
            _add(cover, self._writer.settle_media())
        cover.whole = cover.whole and cover.complete
        yield from self._vanishing.note(collection, cover)
        for loss in cover.lost[:5]:
            yield Warned(describe_loss(cover, loss))
        if len(cover.lost) > 5:
            yield Warned(f"{collection.label}: {len(cover.lost) - 5} more could not be read.")
        yield Moved(collection.key, collection.label, cover.received, cover.expected, last=True)

    def _read(self, collection: Collection, cover: Coverage) -> Iterator[Moved]:
        """Store what comes."""
        with closing(self._batches(collection, cover)) as batches:
            for batch in batches:
                self._account(cover, batch)
                self._store(cover, batch, self._cut(cover, batch))
                yield Moved(collection.key, collection.label, cover.received, cover.expected)
                if self._options.limit is not None and cover.received >= self._options.limit:
                    break

    def _must_stop(self) -> bool:
        """Whether the time is over; a file on this disk is read whole: half of it would be for nothing."""
        return self._capabilities.way != "wxr" and self._hurry.over()

    def _leave(self, collection: Collection, cover: Coverage) -> None:
        """The time is over: the rest is for the next pull."""
        cover.whole = False
        self._hurry.leave(collection.label, cover.received, cover.expected)
        if self._changes is not None and not cover.swept:
            self._changes.paused(collection)

    def _batches(self, collection: Collection, cover: Coverage) -> Generator[Batch, None, None]:
        """All of a collection, or only what changed; a generator, so that leaving early ends the workers."""
        changes = self._changes
        if changes is not None and isinstance(self._source, Sweepable) and not changes.due(collection):
            yield from changes.sweep(self._source, collection, cover, self._hurry)
            return
        if changes is not None:
            changes.begun(collection)
        for batch in self._source.read(collection):
            yield batch
            if changes is not None:
                changes.stored(collection, batch.records)
            if not batch.last and self._must_stop():
                self._leave(collection, cover)
                return

    def _cut(self, cover: Coverage, batch: Batch) -> list[Record]:
        """The batch's records, as far as ``--limit`` goes; the count of what was received."""
        limit = self._options.limit
        main = main_records(batch.records)
        if limit is None:
            cover.received += len(main)
            return list(batch.records)  # what lies beside authors comes in a batch of its own
        main = main[: max(0, limit - cover.received)]
        cover.received += len(main)
        kept = {record.id for record in main}
        return [*main, *(r for r in batch.records if isinstance(r, Personal) and r.id in kept)]

    def _account(self, cover: Coverage, batch: Batch) -> None:
        if batch.claimed is not None:
            cover.expected = batch.claimed
        cover.way = batch.view.way
        cover.withheld += batch.withheld
        cover.lost.extend(batch.lost)
        cover.whole = cover.whole or batch.last

    # -- storing ------------------------------------------------------------------------------------

    def _store(self, cover: Coverage, batch: Batch, records: list[Record]) -> None:
        """Put a batch in place: what came first, then the records made of it."""
        packed = self._writer.pack(entry(exchange, batch.view.way) for exchange in batch.exchanges)
        login = any(exchange.login for exchange in batch.exchanges)
        tally = put_batch(self._writer, batch, records, packed)
        _add(cover, tally)
        if tally.touched:
            self._writer.journal(packed, login=login)
        self._writer.commit()

    def forget(self) -> None:
        """Finish a removal that was cut off; remove what vanished long ago, where the owner asks."""
        if self._writer.redacted.unfinished:
            erase(self._writer, ())
            self._manifest = self._writer.seal()
        after = self._options.forget_vanished
        if after is None or self._changes is None or self._vanishing.shrunken or self._hurry.left:
            return
        if forget_vanished(self._writer, self._source, self._capabilities, self._coverage, after):
            self._manifest = self._writer.seal()

    # -- files --------------------------------------------------------------------------------------

    def files(self, fetcher: Fetcher | None) -> Iterator[Event]:
        """Fetch the media files, and seal again."""
        full = self._options.full
        work = MediaPass(self._writer, self._site, self._options.media, full=full, over=self._hurry.over)
        yield from work.run(fetcher)
        if work.left:
            self._hurry.leave("Files", work.coverage.received, work.coverage.expected)
        self._meter.lap("files")
        self._coverage.append(work.coverage)
        self._manifest = self._writer.seal()

    # -- the account --------------------------------------------------------------------------------

    def report(self, address: str) -> Run:
        """What this pull did."""
        for cover in self._coverage:
            cover.accept(self._accepted)
        lost = unrepaired(self._writer.archive)
        told = [NOT_REPAIRED] if not lost.settled else []
        complete = all(cover.settled for cover in [*self._coverage, lost]) and not self._hurry.left
        code = Exit.DONE if complete else Exit.INCOMPLETE
        return Run(
            run=self._writer.run,
            started=self._started,
            finished=datetime.now(UTC),
            tool=__version__,
            source=address,
            way=self._capabilities.way,
            login=self._capabilities.login is not None,
            partial=self._options.single or self._options.limit is not None or bool(self._hurry.left),
            exit_code=Exit.SHRUNKEN if self._vanishing.shrunken else code,
            coverage=self._coverage,
            warnings=[*self._hurry.told(), *mended(self._source), *told],
            traffic=self._meter.report(),
            learned=learned(self._source) | self._writer.redacted.learned(self._writer.run),
            invisible=list(self._capabilities.invisible),
            manifest_before=self._writer.manifest_before,
            manifest_after=self._manifest,
        )


def _add(cover: Coverage, tally: Tally) -> None:
    cover.added += tally.added
    cover.changed += tally.changed
    cover.unchanged += tally.unchanged
    cover.rendered += tally.rendered


def _settings(
    old: Settings | None, address: str, site: Site, options: PullOptions, accepted: list[str], way: str
) -> Settings:
    """What to write into ``wpexport.json``: a single post or a limit is no setting of the archive."""
    if old is not None and options.single:
        return msgspec.structs.replace(old, accepted=accepted)
    return Settings(
        source=address,
        home=site.home,
        media=options.media.which,
        via=options.via,
        accepted=accepted,
        # a site's archive that takes in a file is still the site's
        extra={"way": way} if way == "wxr" and (old is None or old.from_files) else {},
    )


def _former_settings(root: Path) -> Settings | None:
    """Those of the archive that is there; None where there is none."""
    try:
        return Archive.open(root).settings()
    except NoArchive:
        return None


def _check_folder(root: Path) -> None:
    """What is there already, and no archive, has to be empty, or one that is being made."""
    if not root.is_dir():
        raise UsageError(f"{root} is a file.", hint="An archive is a folder: name a new one.")
    if any(root.iterdir()) and not (root / "state").is_dir():
        raise UsageError(f"{root} is a folder with other things in it.", hint="Name a new folder.")


def _empty_run(address: str, capabilities: Capabilities) -> Run:
    now = datetime.now(UTC)
    return Run(run="", started=now, finished=now, tool=__version__, source=address, way=capabilities.way)
