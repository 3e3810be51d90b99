"""Repair an archive: from the site what it still has, from the journals what it has not; then seal it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from wpexport import __version__
from wpexport.archive.archive import Archive, new_run, writing
from wpexport.archive.check import Finding
from wpexport.archive.damage import forget, set_aside, still_lost, unrepaired
from wpexport.archive.format import SETTINGS, SITE, Settings
from wpexport.archive.lock import locked
from wpexport.archive.records import read_record
from wpexport.archive.runs import REPAIR, Run, run_time, write_run
from wpexport.archive.salvage import bits_mended, manifests_mended
from wpexport.errors import ArchiveDamaged, Exit, SettingsDamaged, SourceError
from wpexport.model import Coverage, Site
from wpexport.ops.check import check
from wpexport.ops.events import Checked, Event, Rebuilt, Warned
from wpexport.ops.media import Fetcher
from wpexport.ops.pull import PullOptions, pull
from wpexport.ops.rebuild import rebuild
from wpexport.sources.base import Source

#: damage that is in one file; the rest is mended by sealing
_IN_A_FILE = frozenset({"checksum", "missing-file", "record", "place", "run"})


def repair(
    root: Path,
    connect: Callable[[], Source] | None = None,
    options: PullOptions | None = None,
    fetcher: Fetcher | None = None,
) -> Iterator[Event]:
    """Repair the archive at ``root``, check it again, and yield events up to the `Checked` of that.

    What is damaged moves to ``state/damaged``. With ``connect`` everything is read again from the site; what
    it has no more comes from the journals.

    Raises:
        WpexportError: as `pull` and `rebuild` say.
    """
    yield from settings_mended(root)
    archive = Archive.open(root)
    told = manifests_mended(archive)  # first: what a damaged list says of a file means nothing
    damage = [finding for finding in _checked(root).findings if finding.severity == "error"]
    for place in bits_mended(archive, [finding.where for finding in damage if finding.kind == "checksum"]):
        told.append(f"{place} is as it was again: one bit had flipped.")
        damage = [finding for finding in damage if finding.where.partition(":")[0] != place]
    yield from map(Warned, told)
    if damage or told:
        yield from _mended(root, damage, told, connect, options or PullOptions(), fetcher)
    elif connect is not None and not unrepaired(archive).settled:  # a repair before this one was cut off
        yield from _fetched(root, connect, options or PullOptions(), fetcher)
    yield from check(root)


def settings_mended(root: Path) -> Iterator[Event]:
    """Make ``wpexport.json`` again where it cannot be read: the last runs and the site's record know it.

    Raises:
        NoArchive: there is no archive.
        SettingsDamaged: nothing tells what this archive is of.
    """
    try:
        Archive.open(root)
    except SettingsDamaged as error:
        settings = _settings_known(root)
        if settings is None:
            hint = f'Write {{"source": "https://YOUR.SITE"}} into {root / SETTINGS}, and repeat.'
            raise SettingsDamaged(str(error), hint=hint) from error
    else:
        return
    run = new_run(root)
    set_aside(Archive(root), [SETTINGS], run)
    with writing(root, run) as writer:
        writer.put_settings(settings)
        writer.seal()
        writer.done()
    told = f"source {settings.source}, media {settings.media}"
    yield Warned(f"{SETTINGS} was made again ({told}); name --media and --via once more if they were others.")


def _settings_known(root: Path) -> Settings | None:
    """What reports and records tell of the settings; None where they tell nothing."""
    with suppress(ArchiveDamaged):
        site = read_record(root / SITE, Site) if (root / SITE).exists() else None
        runs = [run for run in Archive(root).runs() if run.is_pull]
        if site is None and not runs:
            return None
        whole = [run for run in runs if not run.partial] or runs
        covers = whole[-1].coverage if whole else []
        files = not whole or any(cover.collection == "files" for cover in covers)
        return Settings(
            source=runs[-1].source if runs else site.home if site else "",
            home=site.home if site else None,
            media="all" if files else "none",
            accepted=sorted({name for cover in covers for name in cover.accepted}),
        )
    return None


def _mended(
    root: Path,
    damage: list[Finding],
    told: list[str],
    connect: Callable[[], Source] | None,
    options: PullOptions,
    fetcher: Fetcher | None,
) -> Iterator[Event]:
    archive = Archive.open(root)
    run = new_run(root)
    places = sorted(set(_files(archive, damage)))
    aside = set_aside(archive, places, run)
    with writing(root, run, lost=places) as writer:
        for place in forget(writer, places, aside) if places else ():
            told.append(f"{place} was damaged; what can be read of it is kept. It is in no other place.")
            yield Warned(told[-1])
        before = writer.manifest_before
        # before the manifest forgets them: cut off here, they are still losses, and not nothing
        report = _report(archive, run, still_lost(root, places, aside), told, before)
        write_run(root, report)
        report.manifest_after = writer.seal()
        writer.done()
    records = [place for place in places if not place.startswith("runs/")]
    # first: what was edited since goes to history, as if nothing had been damaged
    remade = yield from _remade(root, records)
    if connect is not None and records:
        yield from _fetched(root, connect, options, fetcher)
        if not remade:
            yield from _remade(root, records)
    lost = still_lost(root, places, aside)
    with locked(archive.state / "lock"):
        report.coverage = [lost]
        report.exit_code = Exit.DONE if lost.settled else Exit.INCOMPLETE
        report.finished = datetime.now(UTC)
        write_run(root, report)


def _remade(root: Path, places: list[str]) -> Generator[Event, None, bool]:
    """Make records again of old answers; False where the site's own record is what is damaged."""
    if not places or not (root / SITE).exists():
        return False
    for event in rebuild(root, places):
        if not isinstance(event, Rebuilt):
            yield event
    return True


def _fetched(
    root: Path, connect: Callable[[], Source], options: PullOptions, fetcher: Fetcher | None
) -> Iterator[Event]:
    source = Archive.open(root).settings().source
    try:
        yield from pull(root, source, connect, replace(options, full=True), fetcher)
    except SourceError as error:
        yield Warned(f"{error} The journals have to do.")


def _report(archive: Archive, run: str, lost: Coverage, told: list[str], before: str | None) -> Run:
    """What the log, each check and `info` say of a repair, until what it lost is there again."""
    return Run(
        run=run,
        started=run_time(run),
        finished=datetime.now(UTC),
        tool=__version__,
        source=archive.settings().source,
        way=REPAIR,
        partial=True,
        exit_code=Exit.INCOMPLETE,
        coverage=[lost],
        warnings=told,
        manifest_before=before,
    )


def _files(archive: Archive, damage: list[Finding]) -> Iterator[str]:
    """The damaged files, as paths below the archive."""
    for finding in damage:
        if finding.kind in _IN_A_FILE:
            # a line's number may follow
            yield (
                finding.where if (archive.root / finding.where).exists() else finding.where.partition(":")[0]
            )


def _checked(root: Path) -> Checked:
    *_, last = check(root)
    assert isinstance(last, Checked)  # noqa: S101 - `check` ends so
    return last
