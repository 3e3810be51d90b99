"""What the site does not show any more: noted while reading, believed at the end, when all of it was seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from wpexport.model import Coverage
from wpexport.net.failures import OutOfTime
from wpexport.ops.changes import Changes
from wpexport.ops.events import Event, Warned
from wpexport.sources.base import Collection, Source

#: so few may vanish from the smallest blog in one night
_FEW = 3


class Vanishing:
    """What one pull misses.

    Args:
        changes: what was seen before; None where absence means nothing.
        source: asked how it is known.
        believed: the owner says that the site really became that small.
    """

    def __init__(self, changes: Changes | None, source: Source, *, believed: bool) -> None:
        self._changes = changes
        self._source = source
        self._believed = believed
        self._rows: list[tuple[Collection, Coverage, list[int]]] = []
        #: the collections of which the site shows far less than was there
        self.shrunken: list[str] = []

    def note(self, collection: Collection, cover: Coverage) -> Iterator[Event]:
        """A collection was read; absence means something only where these eyes read it to its end."""
        if self._changes is None or not cover.whole:
            return
        absent = self._changes.absent(collection)
        self._rows.append((collection, cover, absent))
        if absent and self._changes.shrunken(collection, absent) and not self._believed:
            self.shrunken.append(collection.key)
            yield Warned(
                f"{collection.label}: {len(absent)} that were there are not shown any more. "
                "That is too many to believe: nothing is marked as gone."
            )

    def settle(self, leave: Callable[[Collection, Coverage], None]) -> Iterator[Event]:
        """Give tombstones to what vanished, if all of it can be believed: it is one site that was emptied.

        Args:
            leave: told of each collection for which the time was too short.
        """
        if self._changes is None:
            return
        rows = [(what, numbers) for what, _, numbers in self._rows if what.kind not in ("terms", "authors")]
        absent = sum(len(numbers) for _, numbers in rows)
        seen = sum(self._changes.count(what) for what, _ in rows)
        if absent > max(_FEW, seen / 2) and not (self.shrunken or self._believed):
            self.shrunken = [collection.key for collection, _, numbers in self._rows if numbers]
            yield Warned(
                f"{absent} of {seen} records that were there are not shown any more. "
                "That is too many to believe: nothing is marked as gone."
            )
        for collection, cover, numbers in self._rows:
            if numbers and self.shrunken:
                continue
            try:
                cover.vanished = self._changes.bury(self._source, collection, numbers)
                self._changes.finished(collection, cover)
            except OutOfTime:
                leave(collection, cover)
