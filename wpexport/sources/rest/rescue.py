"""A page that fails is cut in pieces down to the row that poisons it, and all the rest is kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from wpexport.model import Loss
from wpexport.sources.rest import values
from wpexport.sources.rest.answer import Answer
from wpexport.sources.rest.api import Api, merged
from wpexport.sources.rest.listing import Fields, Listing

#: how many pieces a span is cut into, by its size; pieces divide, so that ``page=`` can name them
_PIECES = {100: 2, 50: 2, 25: 5, 20: 2, 10: 2, 5: 5, 4: 2, 2: 2}


class Window(Protocol):
    """Asks for the rows from ``offset`` on."""

    def __call__(self, offset: int, size: int, attempts: int | None, **params: str) -> Answer:
        """``params`` override the listing's own."""


@dataclass(slots=True)
class Patience:
    """A circuit breaker: how many failures in a row are borne before spans are given up whole."""

    left: int

    def spend(self) -> bool:
        """Count a failure; False when patience is at its end."""
        self.left -= 1
        return self.left > 0


@dataclass(slots=True)
class Rescued:
    """What could be saved of a span, and what not."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    partial: list[dict[str, Any]] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    lost: list[Loss] = field(default_factory=list)
    #: rows that did not come at all
    missing: int = 0
    total: int | None = None
    #: the largest pieces that came whole
    piece: int = 0


@dataclass(slots=True)
class _Gap:
    """Rows without a number, by their place."""

    offset: int
    size: int
    failure: Answer
    #: the last number before
    after: int | None


class Rescue:
    """Reads one span of a listing in pieces.

    Args:
        ask: asks for a window of the listing.
        end: where the listing ends, as far as known.
        before: the last id seen before the span, to name a row by its neighbours.
        shown: rows before this place came with the page before: pages overlap, and what came is not lost.
    """

    def __init__(
        self,
        api: Api,
        listing: Listing,
        ask: Window,
        fields: Fields,
        *,
        patience: Patience,
        end: int | None,
        before: int | None,
        shown: int = 0,
    ) -> None:
        self._api = api
        self._listing = listing
        self._ask = ask
        self._fields = fields
        self._patience = patience
        self._generous = patience.left
        self._end = end
        self._before = before
        self._shown = shown
        self.found = Rescued()
        self._gaps: list[_Gap] = []

    def span(self, offset: int, size: int, failure: Answer) -> None:
        """Save what can be saved of the rows from ``offset`` on, which failed as a whole."""
        if self._end is not None and offset >= self._end:
            return
        if size == 1:
            self._single(offset, failure)
            return
        piece = size // _PIECES.get(size, size)
        for start in range(offset, offset + size, piece):
            if self._end is not None and start >= self._end:
                return
            answer = self._ask(start, piece, 1)
            if answer.usable:
                self._keep(answer, piece)
            elif self._patience.spend():
                self.span(start, piece, answer)
            else:
                self._give_up(start, piece, answer)

    def one(self, number: int, failure: Answer) -> Rescued:
        """Save what can be saved of one record whose number is known."""
        if not self._alone(number, failure):
            self._lose(failure, number, f"number {number}")
        return self.found

    def _keep(self, answer: Answer, piece: int) -> None:
        self._patience.left = max(self._patience.left, self._generous)
        self.found.rows += answer.data
        self.found.answers.append(answer)
        self.found.piece = max(self.found.piece, piece)
        if answer.total:
            self.found.total = answer.total
            self._end = answer.total

    def _single(self, offset: int, failure: Answer) -> None:
        named = self._ask(offset, 1, 2, _fields="id")
        if named.usable and not named.data:
            return  # counted and not shown: withheld, not lost
        number = values.number(named.data[0].get("id")) if named.usable else None
        if number is None:
            self._nameless(failure, offset, 1)
            return
        self.one(number, failure)

    def _alone(self, number: int, failure: Answer) -> bool:
        """Fetch one item by its own address, at last without its text; False when all fails."""
        route = f"{self._listing.route}/{number}"
        context = {k: v for k, v in self._listing.params.items() if k == "context"}
        login = self._listing.login
        whole = self._api.ask(route, merged(context, self._fields.param), rows=False, login=login, attempts=1)
        if whole.usable and values.number(whole.data.get("id")) == number:
            self._keep_row(self.found.rows, whole)
            return True
        bare = self._api.ask(
            route,
            merged(context, {"_fields": self._fields.without_text}),
            rows=False,
            login=login,
            attempts=1,
        )
        if bare.usable and values.number(bare.data.get("id")) == number:
            self._keep_row(self.found.partial, bare)
            reason = (
                f"{self._listing.label}: the text of number {number} could not be read ({failure.reason})."
            )
            self.found.lost.append(
                Loss(collection=self._listing.key, reason=reason, id=number, status=failure.status)
            )
            return True
        return False

    def _keep_row(self, rows: list[dict[str, Any]], answer: Answer) -> None:
        self._patience.left = max(self._patience.left, self._generous)
        rows.append(answer.data)
        self.found.answers.append(answer)

    def _give_up(self, offset: int, size: int, failure: Answer) -> None:
        """Leave a span that will not be tried row by row; but a run of rows that fail ends somewhere.

        Where it does is looked for from its far side, so that no row behind it is lost with it.
        """
        if self._before is None or size == 1:
            self._name(offset, size, failure)
            return
        piece = size // _PIECES.get(size, size)
        end = offset + size if self._end is None else min(offset + size, self._end)
        behind: list[Answer] = []
        for start in reversed(range(offset, end, piece)):
            answer = self._ask(start, piece, 1)
            if answer.usable:
                behind.append(answer)
                continue
            for before in range(offset, start, piece):
                self._name(before, piece, failure)
            self._give_up(start, piece, answer)
            break
        for answer in reversed(behind):
            self._keep(answer, piece)

    def _name(self, offset: int, size: int, failure: Answer) -> None:
        """Name rows as lost, by their numbers where those can be had."""
        named = self._ask(offset, size, 1, _fields="id")
        numbers = [values.number(row.get("id")) for row in named.data] if named.usable else []
        for number in numbers:
            self._lose(failure, number, f"number {number}")
        if not numbers and not named.usable:
            self._nameless(failure, offset, size)

    def _nameless(self, failure: Answer, offset: int, size: int) -> None:
        """Rows that are lost without a number; neighbours are named together by `finish`."""
        offset, size = max(offset, self._shown), size - max(0, self._shown - offset)
        if size <= 0:
            return
        known = [n for row in self.found.rows if (n := values.number(row.get("id")))]
        after = known[-1] if known else self._before
        last = self._gaps[-1] if self._gaps else None
        if last is not None and last.offset + last.size == offset:
            last.size += size
        else:
            self._gaps.append(_Gap(offset, size, failure, after))

    def finish(self, end: int | None) -> Rescued:
        """Name what is left to name, and hand over; ``end`` is where the listing is known to end by now."""
        for gap in self._gaps:
            if end is not None:
                gap.size = min(gap.size, end - gap.offset)
            if gap.size <= 0:
                continue
            self.found.missing += gap.size
            rows = (
                f"row {gap.offset + 1}"
                if gap.size == 1
                else f"rows {gap.offset + 1} to {gap.offset + gap.size}"
            )
            many = "one of them" if gap.size == 1 else f"{gap.size:,} of them"
            after = f", after number {gap.after}" if gap.after else ""
            place = f"{many} ({rows} in order of number{after})"
            # Where the end is not known, nobody knows how many there were.
            self._lose(gap.failure, None, place, gap.size if end is not None else None)
        return self.found

    def _lose(self, failure: Answer, number: int | None, what: str, count: int | None = 1) -> None:
        if number is not None:
            self.found.missing += 1
        what = f"{what} could not be read ({failure.reason})"
        self.found.lost.append(self._listing.loss(what, number=number, count=count, status=failure.status))
