"""Paging that survives a changing, failing, cached and filtered site.

Rows are read by ascending id with ``offset``, since WordPress breaks ties of a date differently for each page
and has no ``id > N``. An offset counts database rows, shown or not, so pages may be short or empty anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from typing import Any

from wpexport.sources.rest import values
from wpexport.sources.rest.answer import Answer, Outcome
from wpexport.sources.rest.api import Api, merged
from wpexport.sources.rest.listing import (
    AGAIN,
    ENDLESS,
    LARGEST,
    ORDERS,
    OVERLAP,
    Chunk,
    Fields,
    Listing,
    Refused,
    cap_of,
    real_size,
    refuses,
    schema_of,
)
from wpexport.sources.rest.rescue import Patience, Rescue
from wpexport.sources.rest.seen import Barren, Count, Seen

#: pages in a row of which nothing could be saved, until the rest is given up
_DEAD_PAGES = 3
_STOPPING = frozenset({Outcome.BLOCKED, Outcome.RATE, Outcome.MAINTENANCE})


class Pager:
    """Reads one listing to its end, a page at a time, asking ahead while the caller stores.

    Args:
        api: the site.
        listing: what to list.
        start: the `Chunk.cursor` to go on from.
        expected: how many rows there will be, where it is known.
        fields: what to ask for; None for all that is kept.

    The client's ``jobs`` pages are asked for at once, and ``jobs + 1`` are held at most.
    """

    def __init__(
        self,
        api: Api,
        listing: Listing,
        *,
        start: dict[str, Any] | None = None,
        expected: int | None = None,
        fields: Fields | None = None,
    ) -> None:
        self._api = api
        self.listing = listing
        self._jobs = api.http.jobs
        self._expected = expected
        self._schema: Future[Mapping[str, Any]] | None = None
        if expected is not None and expected > LARGEST and fields is None:
            # There will be a second page: ask for the schema beside the first.
            self._schema = api.http.workers.submit(schema_of, api, listing)
        self._ahead: dict[tuple[int, int], Future[Answer]] = {}
        self._fields = fields or Fields()
        self._orders = list(ORDERS)
        self._size = LARGEST
        self._by_page = listing.by_page
        self._offset = values.number((start or {}).get("offset")) or 0
        #: the numbers handed out
        self.seen = Seen(values.number((start or {}).get("last")))
        self._resumed = self._offset
        self._count = Count()
        self._previous: list[int] = []
        self._previous_offset = 0
        self._previous_full = True
        self._short = self._missing = self._dead = 0
        self._barren = Barren()
        #: losses before anything came: if nothing ever comes, one sentence stands for all
        self._held: list[Rescue] = []
        self._swept = self._page_tried = self._done = False

    def chunks(self) -> Iterator[Chunk]:
        """Yield all rows, each once.

        Raises:
            Refused: nothing of the collection could be read.
        """
        try:
            while not self._done:
                chunk = self._next()
                if chunk is not None:
                    yield chunk
        finally:
            self._forget_ahead()

    @property
    def _total(self) -> int | None:
        return self._count.now

    def _ask(self, offset: int, size: int, attempts: int | None = None, **params: str) -> Answer:
        place = {"page": offset // size + 1} if self._by_page else {"offset": offset} if offset else {}
        query = merged(
            self.listing.params, self._orders[0], {"per_page": size}, place, self._fields.param, params
        )
        return self._api.ask(
            self.listing.route, query, rows=True, login=self.listing.login, attempts=attempts
        )

    def _take(self) -> Answer:
        """The answer for the current place."""
        if (self._offset, self._size) not in self._ahead:
            self._forget_ahead()
        self.schedule()
        return self._ahead.pop((self._offset, self._size)).result()

    def schedule(self) -> None:
        """Keep ``jobs`` pages on their way from here on, and one more waiting for a free hand."""
        offset = self._offset
        for position in range(self._jobs + 1):
            # Until the fields are learned one page more comes whole: better than an idle server.
            most = self._jobs if self._fields.learned else 1
            end = self._expected if self._total is None else self._total
            if position and (position > most or end is None or offset + self._shared >= end):
                return
            if (offset, self._size) not in self._ahead:
                attempts = 1 if self._dead else None
                self._ahead[offset, self._size] = self._api.http.workers.submit(
                    self._ask, offset, self._size, attempts
                )
            offset = self._after(offset)

    def _forget_ahead(self) -> None:
        for future in self._ahead.values():
            future.cancel()
        self._ahead.clear()

    @property
    def _shared(self) -> int:
        return 0 if self._by_page else min(OVERLAP, self._size - 1)

    def _after(self, offset: int) -> int:
        return offset + self._size - self._shared

    def _next(self) -> Chunk | None:
        answer = self._take()
        if not answer.usable:
            return self._trouble(answer)
        rows: list[dict[str, Any]] = answer.data
        if answer.total is None and not self._api.envelope and not self._resumed and not self._offset:
            self._count.note(self._api.envelop(lambda: self._ask(0, 1)), 0, True)
        if not self._fields.held(rows):
            self._fields.drop()
            self._forget_ahead()
            return None
        ids = [values.number(row.get("id")) or 0 for row in rows]
        if self._offset and rows and len(ids) > self._shared and ids == self._previous:
            return self._repeated()
        if self._smaller_pages(answer, len(rows)) or self._gap(answer, ids):
            return None
        return self._accept(answer, rows, ids)

    def _accept(self, answer: Answer, rows: list[dict[str, Any]], ids: list[int]) -> Chunk:
        self._count.note(answer.total, self._offset, bool(rows))
        chunk = Chunk(answers=[answer])
        self._take_in(rows, ids, chunk)
        if answer.total is not None and min(len(self.seen), self._offset + len(rows)) > answer.total:
            self._count.doubt()
        chunk.total = self._total
        self._dead = 0
        expected = self._size if self._total is None else min(self._size, self._total - self._offset)
        self._short += max(0, expected - len(rows))
        self._previous, self._previous_offset = ids, self._offset
        self._previous_full = len(rows) >= expected
        if rows and not self._fields.learned:
            self._fields.learn(rows, self._known_schema())
        self._advance(chunk, len(rows))
        if not self._done:
            self.schedule()  # the server works while the caller stores
        return chunk

    def _take_in(self, rows: list[dict[str, Any]], ids: list[int], chunk: Chunk) -> None:
        """Put the rows that are new into the chunk."""
        self.seen.check_order(ids)
        for row, number in zip(rows, ids, strict=True):
            if not number:
                chunk.lost.append(self.listing.loss("a row came without a number"))
                self._missing += 1
            elif self.seen.add(number):
                chunk.rows.append(row)
        if chunk.rows:
            self._release(chunk)
        self.seen.passed(ids)

    def _release(self, chunk: Chunk) -> None:
        """Hand out the losses of spans that failed before anything came."""
        for rescue in self._held:
            found = rescue.finish(self._total)
            self._missing += found.missing
            chunk.lost += found.lost
        self._held = []

    def _advance(self, chunk: Chunk, came: int) -> None:
        """Go on to the next page, or end."""
        if self._total is None:
            self._barren.note(new=bool(chunk.rows), full=came >= self._size)
            ended = self._barren.ended
            step = came - self._shared if chunk.rows and 0 < came < self._size and not self._by_page else 0
            following = self._offset + step if step > 0 else self._after(self._offset)
        else:
            following = self._after(self._offset)
            # A full page is never the last one: the total may be out of date.
            ended = following + self._shared >= self._total and came < self._size
        self._offset = following
        if self._count.runs_away(len(self.seen)):
            self._give_up(ENDLESS, chunk)
        elif self._barren.repeats:
            self._give_up(AGAIN, chunk)
        elif ended:
            self._finish(chunk)
        else:
            chunk.cursor = {"offset": self._offset, "last": self.seen.last}

    def _known_schema(self) -> Mapping[str, Any]:
        if self._schema is not None:
            return self._schema.result()
        more = self._total is None or self._after(self._offset) + self._shared < self._total
        return schema_of(self._api, self.listing) if more else {}

    def _smaller_pages(self, answer: Answer, came: int) -> bool:
        """Whether the server made its pages smaller unasked, which would look like withheld rows."""
        size = real_size(answer, came, self._size)
        if size is None:
            return False
        self._size = size
        self._forget_ahead()
        return True

    def _gap(self, answer: Answer, ids: list[int]) -> bool:
        """Whether rows may have slipped through before this page; then the place was moved back.

        A row that vanished from an earlier page moves all others forward. A page that begins at or before the
        last id seen proves that nothing is between.
        """
        proved = self.seen.last is None or not ids or ids[0] <= self.seen.last
        if proved or self._by_page or not self.seen.ordered or not self._previous:
            return False
        steady = answer.total == self._total
        if steady and not self._previous_full:
            return False  # the end of the page before was withheld rows; nothing was deleted
        back = max(0, min(self._previous_offset, self._offset - 2 * OVERLAP))
        if back >= self._offset:
            return False
        self._previous_offset = max(0, self._previous_offset - self._size)
        self._offset = back
        self._forget_ahead()
        return True

    # When it does not go well

    def _trouble(self, answer: Answer) -> Chunk | None:
        """Find another way to ask, or rescue what is there, or give up."""
        if answer.outcome is Outcome.REFUSED and self._reworded(answer):
            return None
        if answer.outcome is Outcome.REFUSED and self._offset and "invalid_page" in answer.code:
            chunk = Chunk(total=self._total)
            self._finish(chunk)
            return chunk
        if answer.outcome is not Outcome.BROKEN and self._fields.drop():
            self._forget_ahead()
            return None  # a firewall may dislike the long query
        begun = bool(self.seen) or self._missing > 0
        if answer.outcome in _STOPPING or (not begun and answer.outcome is not Outcome.BROKEN):
            return self._give_up(answer)
        return self._rescue(answer)

    def _reworded(self, answer: Answer) -> bool:
        cap = cap_of(answer)
        if cap is not None and cap < self._size:
            self._size = cap
        elif refuses(answer, "orderby") and len(self._orders) > 1:
            self._orders.pop(0)
            self.seen.scatter()
        else:
            return False
        self._forget_ahead()
        return True

    def _rescue(self, failure: Answer) -> Chunk | None:
        self._forget_ahead()
        patience = Patience(60 if self.seen else 6)
        if self._dead:
            patience = Patience(1)
        rescue = Rescue(
            self._api,
            self.listing,
            self._ask,
            self._fields,
            patience=patience,
            end=self._total,
            before=self.seen.last,
            shown=self._previous_offset + len(self._previous) if self._previous_full else 0,
        )
        rescue.span(self._offset, self._size, failure)
        found = rescue.found
        chunk = Chunk(answers=found.answers, partial=found.partial)
        self._count.note(found.total, self._offset, True)
        self._held.append(rescue)
        if self.seen or found.rows or found.partial:
            self._release(chunk)
        rows = sorted(found.rows + found.partial, key=lambda row: values.number(row.get("id")) or 0)
        self._take_in(rows, [values.number(row.get("id")) or 0 for row in rows], chunk)
        chunk.rows = [row for row in chunk.rows if row not in found.partial]
        self._dead = 0 if rows else self._dead + 1
        if self._dead >= _DEAD_PAGES:
            return self._give_up(failure, chunk)
        chunk.total = self._total
        # No overlap with a span that was cut up: its last row may be the one that fails.
        self._offset += self._size
        self._previous = []
        if not chunk.lost and 1 < found.piece < self._size:
            self._size = found.piece  # the server cannot make larger pages
            self._offset -= self._offset % self._size if self._by_page else 0
        if self._total is not None and self._offset >= self._total:
            self._finish(chunk)
        else:
            chunk.cursor = {"offset": self._offset, "last": self.seen.last}
        return chunk

    def _repeated(self) -> Chunk | None:
        """The same page again: something drops or caches the parameters. Ask otherwise, but not for ever."""
        self._forget_ahead()
        if not self._by_page and not self._page_tried:
            # ``offset`` alone may be ignored (terms of a hierarchical taxonomy).
            self._by_page, self._page_tried = True, True
            self._offset -= self._offset % self._size
            if not self._offset:
                self._offset = self._size
            return None
        route, login = self.listing.route, self.listing.login
        if self._api.switch_form(route, login=login) or self._api.bust_caches():
            by_offset = 0 if self.listing.by_page else min(OVERLAP, self._size - 1)
            self._offset -= by_offset - self._shared
            self._size = LARGEST
            self._by_page, self._page_tried = self.listing.by_page, False
            return None
        return self._give_up(AGAIN)

    def _give_up(self, answer: Answer, chunk: Chunk | None = None) -> Chunk:
        if not self.seen and not self._resumed:
            raise Refused(answer)
        chunk = chunk or Chunk()
        left = None if self._total is None else max(0, self._total - len(self.seen) - self._missing)
        if left != 0:
            what = f"the rest could not be read ({answer.reason})"
            chunk.lost.append(self.listing.loss(what, count=left, status=answer.status))
        chunk.total, chunk.last, self._done = self._total, True, True
        return chunk

    def _finish(self, chunk: Chunk) -> None:
        """Reconcile: what WordPress counted and did not show is withheld; what nothing explains is lost."""
        if self._is_stale():
            return
        known = self._total if self._total is not None and not self._resumed else 0
        unseen = max(0, known - len(self.seen) - self._missing)
        if unseen and not self.seen.ordered and not self._swept:
            # Without a stable order rows slip between pages: read once more from the other side.
            self._swept = True
            self._restart()
            self._orders = [{**self._orders[0], "order": "desc"}]
            return
        self._done = chunk.last = True
        self._release(chunk)
        chunk.withheld = min(unseen, self._short)
        unexplained = unseen - chunk.withheld - self._count.growth
        if unexplained > 0:
            what = f"the site counts {self._total:,}, but {unexplained:,} of them never came"
            chunk.lost.append(self.listing.loss(what, count=unexplained))

    def _is_stale(self) -> bool:
        """Whether a cache answered with fewer rows than there are; then all is read once more, past it."""
        if self._resumed or not self._count.shrank(self._expected) or not self._api.bust_caches():
            return False
        again = self._ask(0, 1)
        if again.total is None or again.total <= (self._total or 0):
            return False
        self._count.note(again.total, 0, True)
        self.seen.scatter()
        self._restart()
        return True

    def _restart(self) -> None:
        self._forget_ahead()
        self._offset, self._short, self._previous = 0, 0, []
