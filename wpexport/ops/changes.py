"""Only what changed: a look at all numbers, then what is new or modified; and what is not there any more.

No filter of the site is trusted for this (``modified_after`` is ignored without a word before WordPress 5.7,
and says nothing of comments, of late approval, or of a post published with an old date): a list of numbers
with their time of modification costs a twentieth of the records and tells all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from wpexport.archive.archive import FULL, PAUSED, READ_UP_TO, SWEPT, Writer
from wpexport.archive.seen import Seen
from wpexport.model import Coverage, Loss, Personal, Record
from wpexport.ops.hurry import Hurry
from wpexport.ops.traffic import Meter
from wpexport.sources.base import Batch, Capabilities, Collection, Glimpse, Sweepable

#: records fetched at once
_BATCH = 100
#: more than this share of a collection does not vanish overnight: the site is broken, or another one
_SHRUNKEN = 0.2
_FEW = 10
#: so many vanished records are asked for one by one, to say how it is known
_CONFIRMED = 50
_SWEPT = frozenset({"posts", "media", "comments"})
#: a reading that never comes to its end, since the numbers cannot be looked at, begins anew after so long
_PATIENCE = timedelta(days=90)

#: numbers, and what the site says of their state
_States = dict[int, str | None]


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
        #: the number up to which each collection was read
        self._place: dict[str, int] = {}
        if full:  # until it is done: the pull after one that was cut off reads on
            writer.index.forget(f"{FULL} {eyes} ")
            writer.index.commit()

    # -- before -------------------------------------------------------------------------------------

    def due(self, collection: Collection) -> bool:
        """Whether everything is to be read: the first time, now and then, and when asked to."""
        if self._full or collection.kind not in _SWEPT or self._seen.count(collection.key) == 0:
            return True
        paused = self._age(self._pause(collection))
        if paused is not None:  # a reading that is under way is gone on with, not begun anew
            return paused >= max(self._full_every, _PATIENCE)
        age = self._age(self._fact(collection))
        return age is None or age >= self._full_every

    def begun(self, collection: Collection) -> None:
        """Everything is read now; if that is cut off, a look at the newest would not see what is missing."""
        self._writer.index.note(self._swept(collection), None)
        self._place.pop(collection.key, None)

    def _sweep_due(self, collection: Collection) -> bool:
        """Whether all numbers are to be looked at, or the newest ones will do."""
        if self._writer.index.fact(self._pause(collection)) is not None:
            return True
        age = self._age(self._swept(collection))
        return age is None or age >= self._sweep_every

    def _age(self, fact: str) -> timedelta | None:
        time = self._writer.index.fact(fact)
        return datetime.now(UTC) - datetime.fromisoformat(time) if time is not None else None

    def sweep(
        self, source: Sweepable, collection: Collection, cover: Coverage, hurry: Hurry
    ) -> Iterator[Batch]:
        """Look at all numbers, and yield what is new or modified, until the time is over."""
        cover.swept = True
        self._meter.lap("records")
        index, swept = self._writer.index, self._writer.index.fact(self._swept(collection))
        again: _States = {}
        wanted = None if self._sweep_due(collection) else self._look_at_newest(source, collection, cover)
        newest = wanted is not None
        if wanted is None:
            wanted, again = self._look_at_all(source, collection, cover)
        told = not cover.lost
        self._meter.lap("sweep")
        # what is fetched first may be what was modified last: once that is here, the newest tell nothing of
        # the others, until all came
        index.note(self._swept(collection), None)
        rows = [*sorted(wanted.items()), *sorted(again.items())]
        for start in range(0, len(rows), _BATCH):
            chunk = rows[start : start + _BATCH]
            yield from self._fetch(source, collection, cover, dict(chunk))
            if told and chunk[-1][0] in again:
                index.note(self._rest(collection), str(chunk[-1][0]))
            if start + _BATCH < len(rows) and hurry.over():
                hurry.leave(collection.label, cover.received, cover.expected)
                cover.whole = False
                return
        if newest and not cover.lost:
            index.note(self._swept(collection), swept)
        elif told and not newest and not self.shrunken(collection, self.absent(collection)):
            self._read_on(collection)

    def _look_at_newest(self, source: Sweepable, collection: Collection, cover: Coverage) -> _States | None:
        """What is new or modified by a look at what was modified last; None where that cannot be told."""
        before, wanted = self._seen.count(collection.key), _States()
        for glimpse in source.sweep(collection, newest=True):
            if glimpse.lost:
                return None
            same = self._same(collection, glimpse)
            wanted.update(set(glimpse.rows) - set(same))
            if len(same) == len(glimpse.rows):
                break  # all further ones are older
        # the others are taken for what they were, and absence means nothing
        cover.whole = False
        cover.received = cover.unchanged = before - len(self._seen.modified(collection.key, wanted))
        return wanted

    def _look_at_all(
        self, source: Sweepable, collection: Collection, cover: Coverage
    ) -> tuple[_States, _States]:
        """What is new or modified, and what a reading that was left still has to read again."""
        wanted, again = _States(), _States()
        rest = self._writer.index.fact(self._rest(collection))
        for glimpse in source.sweep(collection):
            same = self._same(collection, glimpse)
            wanted.update(set(glimpse.rows) - set(same))
            if rest is not None:
                again.update(row for row in same if row[0] > int(rest))
                same = [row for row in same if row[0] not in again]
            cover.received += len(same)
            cover.unchanged += len(same)
            cover.withheld += glimpse.withheld
            cover.expected = glimpse.claimed if glimpse.claimed is not None else cover.expected
            cover.lost.extend(glimpse.lost)
            cover.whole = cover.whole or glimpse.last
        return wanted, again

    def _same(self, collection: Collection, glimpse: Glimpse) -> list[tuple[int, str | None]]:
        """The rows of a glimpse that are in the archive as they are now; they are marked as there."""
        known = self._seen.modified(collection.key, (number for number, _ in glimpse.rows))
        same = [row for row in glimpse.rows if row[0] in known and _agree(known[row[0]], row[1])]
        self._seen.mark(collection.key, same)
        return same

    def _fetch(
        self, source: Sweepable, collection: Collection, cover: Coverage, wanted: _States
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

    # -- while --------------------------------------------------------------------------------------

    def stored(self, collection: Collection, records: Iterable[Record]) -> None:
        """Note records that are in the archive now."""
        rows = [(record.id, _state(record)) for record in main_records(records) if record.id is not None]
        if self._writer.mourning:
            for number, _ in rows:
                self._writer.mark_back(collection.key, number)
        self._seen.mark(collection.key, rows)
        for number, _ in rows:  # 0: it is not read by ascending numbers, and has no place to go on from
            last = self._place.get(collection.key, -1)
            self._place[collection.key] = number if last and number > last else 0

    # -- after --------------------------------------------------------------------------------------

    def finished(self, collection: Collection, cover: Coverage) -> None:
        """A collection was read to its end: remember when, if all of it was read."""
        if not cover.whole:
            return
        index, now = self._writer.index, datetime.now(UTC).isoformat()
        if not cover.swept:
            index.note(self._pause(collection), now)
            self._read_on(collection)
        index.note(self._swept(collection), now)

    def paused(self, collection: Collection) -> None:
        """A collection was left in good order: the next pull looks at all numbers, and reads the rest."""
        self._writer.index.note(self._pause(collection), datetime.now(UTC).isoformat())
        self._writer.index.note(self._rest(collection), str(self._place.get(collection.key, 0)))

    def _read_on(self, collection: Collection) -> None:
        """The rest of a reading is read, too: it counts from when it was left."""
        index = self._writer.index
        if (pause := index.fact(self._pause(collection))) is not None:
            index.note(self._fact(collection), pause)
        index.note(self._pause(collection), None)
        index.note(self._rest(collection), None)

    def absent(self, collection: Collection) -> list[int]:
        """The records that these eyes saw before and not now."""
        return list(self._seen.absent(collection.key))

    def count(self, collection: Collection) -> int:
        """How many records of a collection these eyes saw, before or now."""
        return self._seen.count(collection.key)

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
        return f"{FULL} {self._eyes} {collection.key}"

    def _swept(self, collection: Collection) -> str:
        return f"{SWEPT} {self._eyes} {collection.key}"

    def _pause(self, collection: Collection) -> str:
        return f"{PAUSED} {self._eyes} {collection.key}"

    def _rest(self, collection: Collection) -> str:
        return f"{READ_UP_TO} {self._eyes} {collection.key}"


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
