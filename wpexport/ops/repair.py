"""Repair an archive: from the site what it still has, from the journals what it has not; then seal it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from wpexport.archive.archive import Archive, new_run, writing
from wpexport.archive.check import Finding
from wpexport.archive.damage import forget, set_aside
from wpexport.archive.format import SITE
from wpexport.errors import SourceError
from wpexport.ops.check import check
from wpexport.ops.events import Checked, Event, Rebuilt, Warned
from wpexport.ops.media import Fetcher
from wpexport.ops.pull import PullOptions, pull
from wpexport.ops.rebuild import rebuild
from wpexport.sources.base import Source

#: damage that is in one file; the rest is mended by sealing
_IN_A_FILE = frozenset({"checksum", "missing-file", "record", "place"})


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
    damage = [finding for finding in _checked(root).findings if finding.severity == "error"]
    if damage:
        yield from _mended(root, damage, connect, options or PullOptions(), fetcher)
    yield from check(root)


def _mended(
    root: Path,
    damage: list[Finding],
    connect: Callable[[], Source] | None,
    options: PullOptions,
    fetcher: Fetcher | None,
) -> Iterator[Event]:
    archive = Archive.open(root)
    run = new_run(root)
    places = sorted(set(_files(archive, damage)))
    aside = set_aside(archive, places, run)
    with writing(root, run) as writer:
        for place in forget(writer, places, aside):
            yield Warned(f"{place} was damaged; what can be read of it is kept. It is in no other place.")
        writer.seal()
        writer.done()
    if connect is not None and places:
        try:
            yield from pull(root, archive.settings().source, connect, replace(options, full=True), fetcher)
        except SourceError as error:
            yield Warned(f"{error} The journals have to do.")
    if places and (root / SITE).exists():
        for event in rebuild(root, places):
            if not isinstance(event, Rebuilt):
                yield event
    for place in places:
        if not (root / place).exists():
            yield Warned(f"{place} could not be repaired. What was left of it is in {aside}.")


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
