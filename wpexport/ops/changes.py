"""Only what changed: a look at all numbers, then what is new or modified; and what is not there any more.

No filter of the site is trusted for this (``modified_after`` is ignored without a word before WordPress 5.7,
and says nothing of comments, of late approval, or of a post published with an old date): a list of numbers
with their time of modification costs a twentieth of the records and tells all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

from wpexport.archive.archive import Writer
from wpexport.archive.seen import Seen
from wpexport.model import Coverage, Loss, Personal, Record
from wpexport.ops.hurry import Hurry
from wpexport.ops.traffic import Meter
from wpexport.sources.base import Batch, Capabilities, Collection, Sweepable

#: records fetched at once
_BATCH = 100
#: more than this share of a collection does not vanish overnight: the site is broken, or another one
_SHRUNKEN = 0.2
_FEW = 10
#: so many vanished records are asked for one by one, to say how it is known
_CONFIRMED = 50
_SWEPT = frozenset({"posts", "media", "comments"})


def eyes_of(capabilities: Capabilities) -> str:
    """By whose eyes a source is read: the way and the login."""
    login = capabilities.login
    return f"{capabilities.way}:{'visitor' if login is None else f'user {login.user or login.name}'}"


class Changes:
    """What was seen in former runs, and what that means for this one."""

    def __init__(
        self,
        writer: Writer,
        eyes: str,
        meter: Meter,
        *,
        full: bool,
        full_every: timedelta,
        sweep_every: timedelta,
    ) -> None:
        self._writer = writer
        self._eyes = eyes
        self._seen: Seen = writer.seen(eyes)
        self._full = full
        self._full_every = full_every
        self._sweep_every = sweep_every
        self._meter = meter

    # -- before -------------------------------------------------------------------------------------

    def due(self, collection: Collection) -> bool:
        """Whether everything is to be read: the first time, now and then, and when asked to."""
        if self._full or collection.kind not in _SWEPT or self._seen.count(collection.key) == 0:
            return True
        last = self._writer.index.fact(self._fact(collection))
        last = self._writer.index.fact(self._pause(collection)) or last
        if last is None:
            return True
        return datetime.now(UTC) - datetime.fromisoformat(last) >= self._full_every

    def _sweep_due(self, collection: Collection) -> bool:
        """Whether all numbers are to be looked at, or the newest ones will do."""
        index = self._writer.index
        last = index.fact(self._swept(collection))
        if last is None or index.fact(self._pause(collection)) is not None:
            return True
        return datetime.now(UTC) - datetime.fromisoformat(last) >= self._sweep_every

    def sweep(
        self, source: Sweepable, collection: Collection, cover: Coverage, hurry: Hurry
    ) -> Iterator[Batch]:
        """Look at all numbers, and yield what is new or modified, until the time is over."""
        cover.swept = True
        wanted: dict[int, str | None] = {}
        self._meter.lap("records")
        newest, before = not self._sweep_due(collection), self._seen.count(collection.key)
        for glimpse in source.sweep(collection, newest=newest):
            known = self._seen.modified(collection.key, (number for number, _ in glimpse.rows))
            same = [row for row in glimpse.rows if row[0] in known and _agree(known[row[0]], row[1])]
            self._seen.mark(collection.key, same)
            wanted.update(set(glimpse.rows) - set(same))
            if newest and len(same) == len(glimpse.rows):
                break  # all further ones are older
            cover.received += len(same)
            cover.unchanged += len(same)
            cover.withheld += glimpse.withheld
            cover.expected = glimpse.claimed if glimpse.claimed is not None else cover.expected
            cover.lost.extend(glimpse.lost)
            cover.whole = cover.whole or glimpse.last
        if newest:  # the others are taken for what they were, and absence means nothing
            cover.whole = False
            cover.received = cover.unchanged = before - len(self._seen.modified(collection.key, wanted))
        self._meter.lap("sweep")
        numbers, last = iter(sorted(wanted)), max(wanted, default=0)
        while chunk := list(islice(numbers, _BATCH)):
            yield from self._fetch(source, collection, cover, {number: wanted[number] for number in chunk})
            if chunk[-1] < last and hurry.over():
                hurry.leave(collection.label, cover.received, cover.expected)
                cover.whole = False
                return

    def _fetch(
        self, source: Sweepable, collection: Collection, cover: Coverage, wanted: dict[int, str | None]
    ) -> Iterator[Batch]:
        came: set[int] = set()
        for batch in source.fetch(collection, list(wanted)):
            batch.claimed = None
            yield batch
            numbers = [record.id for record in main_records(batch.records) if record.id is not None]
            came.update(numbers)
            for number in numbers:
                self._writer.mark_back(collection.key, number)
            self._seen.mark(collection.key, [(n, wanted[n]) for n in numbers if n in wanted])
        for number in sorted(set(wanted) - came):
            reason = "the site lists it and does not deliver it"
            cover.lost.append(Loss(collection=collection.key, id=number, reason=reason))
        if cover.lost:
            self._writer.index.note(self._swept(collection), None)  # the next pull must not pass it over

    # -- while --------------------------------------------------------------------------------------

    def stored(self, collection: Collection, records: Iterable[Record]) -> None:
        """Note records that are in the archive now."""
        rows = [(record.id, _state(record)) for record in main_records(records) if record.id is not None]
        if self._writer.mourning:
            for number, _ in rows:
                self._writer.mark_back(collection.key, number)
        self._seen.mark(collection.key, rows)

    # -- after --------------------------------------------------------------------------------------

    def finished(self, collection: Collection, cover: Coverage) -> None:
        """A collection was read to its end: remember when, if all of it was read."""
        if not cover.whole:
            return
        index, full = self._writer.index, self._fact(collection)
        pause = index.fact(self._pause(collection))
        if not cover.swept:
            index.note(full, datetime.now(UTC).isoformat())
        elif pause is not None and index.fact(full) is None:
            index.note(full, pause)  # the rest of the first reading
        index.note(self._pause(collection), None)
        index.note(self._swept(collection), datetime.now(UTC).isoformat())

    def paused(self, collection: Collection) -> None:
        """A collection was left in good order: the next pull looks at all numbers, and reads the rest."""
        self._writer.index.note(self._pause(collection), datetime.now(UTC).isoformat())

    def absent(self, collection: Collection) -> list[int]:
        """The records that these eyes saw before and not now."""
        return list(self._seen.absent(collection.key))

    def shrunken(self, collection: Collection, absent: list[int]) -> bool:
        """Whether so much is absent that the site itself is to be doubted."""
        return len(absent) > max(_FEW, _SHRUNKEN * self._seen.count(collection.key))

    def bury(self, source: object, collection: Collection, absent: list[int]) -> int:
        """Give tombstones to what vanished. Returns how many are new."""
        count = 0
        for place, number in enumerate(absent):
            status = None
            if isinstance(source, Sweepable) and place < _CONFIRMED:
                status = source.status_of(collection, number)
            if isinstance(source, Sweepable) and status == 200 and _shown(source, collection, number):
                # it is there, and the list did not say so: a cache, most likely
                self._seen.mark(collection.key, [(number, None)])
                continue
            how = str(status) if status in (401, 403, 404, 410) else "absent from the list"
            count += self._writer.mark_gone(collection.key, number, how)
            self._seen.forget(collection.key, number)
        return count

    def _fact(self, collection: Collection) -> str:
        return f"full {self._eyes} {collection.key}"

    def _swept(self, collection: Collection) -> str:
        return f"swept {self._eyes} {collection.key}"

    def _pause(self, collection: Collection) -> str:
        return f"paused {self._eyes} {collection.key}"


def main_records(records: Iterable[Record]) -> list[Record]:
    """The records themselves, without what lies beside them."""
    return [record for record in records if not isinstance(record, Personal)]


def _shown(source: Sweepable, collection: Collection, number: int) -> bool:
    """Whether a list that is asked for one record shows it; its own address answers an owner in any case."""
    batches = source.fetch(collection, [number])
    return any(record.id == number for batch in batches for record in batch.records)


def _state(record: Record) -> str | None:
    """What a sweep would say of this record: ``modified_gmt`` as WordPress writes it, and its status."""
    modified: datetime | None = getattr(record, "modified", None)
    time = modified.astimezone(UTC).isoformat()[:19] if modified else ""
    return f"{time} {getattr(record, 'status', '')}".strip() or None


def _agree(before: str | None, now: str | None) -> bool:
    """Whether two accounts of a record's state differ in nothing that both of them tell."""
    before_time, before_status = _time_and_status(before)
    time, status = _time_and_status(now)
    same_status = before_status == status or not (before_status and status)
    return before_time == time and same_status


def _time_and_status(state: str | None) -> tuple[str, str]:
    words = (state or "").split(" ")
    times = [word for word in words if word[:1].isdecimal()]
    return "".join(times), " ".join(word for word in words if word not in times)
