"""Comments that were deleted long ago on the site are removed for good, where the owner asks for it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from wpexport.archive.archive import Writer
from wpexport.archive.redacted import Redacted
from wpexport.archive.runs import run_time
from wpexport.model import Coverage
from wpexport.ops.erasing import erase
from wpexport.sources.base import Capabilities, Sweepable

#: how a site says that something is deleted; 401 and 403 say that it is hidden
_DELETED = frozenset({404, 410})


def forget_vanished(
    writer: Writer, source: object, able: Capabilities, coverage: Iterable[Coverage], after: timedelta
) -> int:
    """Remove comments whose tombstone is older than that. Gives their number.

    Nothing but a deletion is believed: the site is asked for each of them once more, and only where its
    comments were read to their end. Comments that are held or in the trash are not deleted yet.

    Args:
        writer: the archive, sealed; to be sealed again when anything was removed.
        source: asked for each.
        able: what the source offers.
        coverage: the accounts of this run.
        after: so long after a pull noticed that they had vanished.

    Raises:
        ArchiveDamaged: a file cannot be read: repair the archive first.
    """
    what = next((offer.collection for offer in able.offers if offer.collection.kind == "comments"), None)
    cover = next((cover for cover in coverage if cover.collection == "comments"), None)
    if what is None or cover is None or not cover.whole or not isinstance(source, Sweepable):
        return 0
    limit = run_time(writer.run) - after
    graves = [row for stones in writer.tombstones.values() for row in stones.of("comments")]
    numbers = sorted({row.id for row in graves if run_time(row.run) <= limit})
    gone = [number for number in numbers if source.status_of(what, number) in _DELETED]
    if gone:
        erase(writer, [Redacted(collection="comments", id=number, run=writer.run) for number in gone])
    cover.forgotten = len(gone)
    return len(gone)
