"""How many rows a listing counts, and which of them have come.

Numbers take eight bytes each, so that a million rows cost little memory.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

#: rows that may be added to a site, beyond as many again as there were, while it is read
MOST_GROWTH = 10_000
#: rows that are read where no total is told
MOST_UNCLAIMED = 20_000_000
#: pages in a row without anything new that mean the end where no total is told
_BARREN_PAGES = 3


class Seen:
    """Tells new rows from those that come again.

    While rows come in ascending order the last number is enough; when a site ignores the order that was asked
    for, every number is remembered.

    Args:
        last: the largest number of a run that is being resumed.
    """

    def __init__(self, last: int | None = None) -> None:
        self.last = last
        self._numbers: array[int] = array("q")
        self._scattered: set[int] | None = None

    def __len__(self) -> int:
        return len(self._numbers)

    def __contains__(self, number: int) -> bool:
        if self._scattered is not None:
            return number in self._scattered
        place = bisect_left(self._numbers, number)
        return place < len(self._numbers) and self._numbers[place] == number

    @property
    def ordered(self) -> bool:
        """Whether all came in ascending order so far."""
        return self._scattered is None

    def scatter(self) -> None:
        """From now on no order is expected."""
        if self._scattered is None:
            self._scattered = set(self._numbers)

    def check_order(self, numbers: Sequence[int]) -> None:
        """Look whether a page keeps the order."""
        if any(a >= b for a, b in pairwise(numbers)):
            self.scatter()

    def add(self, number: int) -> bool:
        """Note a number; False when it came before."""
        if self._scattered is None:
            new = self.last is None or number > self.last
        else:
            new = number not in self._scattered
            self._scattered.add(number)
        if new:
            self._numbers.append(number)
        return new

    def passed(self, numbers: Sequence[int]) -> None:
        """Move the mark of the largest number over a page."""
        if numbers:
            self.last = max(numbers) if self.last is None else max(self.last, *numbers)


class Count:
    """The total that a listing claims, as it changes while it is read."""

    def __init__(self) -> None:
        #: None while nothing was said, or nothing that can be believed
        self.now: int | None = None
        self._false = False
        self._first: int | None = None
        self._most = 0

    @property
    def growth(self) -> int:
        """How many came to it since the first page: those are for the next pull."""
        return max(0, (self.now or 0) - (self._first or 0))

    def runs_away(self, came: int) -> bool:
        """Whether more and more is claimed, or comes unclaimed, than any site grows in one run."""
        if self.now is None:
            return came > MOST_UNCLAIMED
        return self.growth > max(MOST_GROWTH, self._first or 0) and came > MOST_GROWTH

    def shrank(self, expected: int | None) -> bool:
        """Whether there were more before: rows were deleted, or a cache answered with how things were."""
        return self.now is not None and max(self._most, expected or 0) > self.now

    def note(self, total: int | None, offset: int, rows: bool) -> None:
        """Take the total of an answer for the rows from ``offset`` on.

        Core forgets the total of an offset beyond the end (``WP_Query::set_found_posts``): 0 does not mean
        that the site is empty.
        """
        self._most = max(self._most, total or 0)
        if self._false:
            return
        if total == 0 and offset and not rows:
            self.now = min(self.now or 0, offset)
        elif total is not None:
            self.now = total
            self._first = total if self._first is None else self._first

    def doubt(self) -> None:
        """More came than is counted: a cache or a plugin spoils the totals, and none is believed any more."""
        self._false, self.now = True, None


class Barren:
    """Pages in a row that brought nothing new, where no total is told: a few of them are the end."""

    def __init__(self) -> None:
        self._pages = 0
        self._full = False

    def note(self, *, new: bool, full: bool) -> None:
        """Take a page; a full one without anything new is another one again, and no end."""
        self._pages = 0 if new else self._pages + 1
        self._full = not new and (self._full or full)

    @property
    def ended(self) -> bool:
        """Whether there is nothing more to come."""
        return self._pages >= _BARREN_PAGES

    @property
    def repeats(self) -> bool:
        """Whether that is so because something drops or caches the parameters."""
        return self.ended and self._full
