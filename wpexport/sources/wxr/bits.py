"""Sets of record numbers in an eighth of a byte each."""

from __future__ import annotations

#: numbers above this are remembered one by one: no blog counts so far, but made-up and hostile numbers do
_LIMIT = 1 << 27


class Bits:
    """A set of numbers."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._large: set[int] = set()

    def add(self, number: int) -> bool:
        """Put a number in; True where it was there already."""
        if not 0 <= number < _LIMIT:
            known = number in self._large
            self._large.add(number)
            return known
        at, bit = divmod(number, 8)
        if at >= len(self._bytes):
            self._bytes.extend(bytes(at + 1 + at // 8 - len(self._bytes)))
        known = bool(self._bytes[at] >> bit & 1)
        self._bytes[at] |= 1 << bit
        return known

    def __contains__(self, number: int) -> bool:
        at, bit = divmod(number, 8)
        return number in self._large or (0 <= at < len(self._bytes) and bool(self._bytes[at] >> bit & 1))
