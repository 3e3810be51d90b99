"""Sets of record numbers in an eighth of a byte each."""

from __future__ import annotations

#: numbers above this are not remembered: no blog has so many records, but a hostile file may
_LIMIT = 1 << 27


class Bits:
    """A set of numbers."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def add(self, number: int) -> bool:
        """Put a number in; True where it was there already."""
        if not 0 <= number < _LIMIT:
            return False
        at, bit = divmod(number, 8)
        if at >= len(self._bytes):
            self._bytes.extend(bytes(at + 1 + at // 8 - len(self._bytes)))
        known = bool(self._bytes[at] >> bit & 1)
        self._bytes[at] |= 1 << bit
        return known

    def __contains__(self, number: int) -> bool:
        at, bit = divmod(number, 8)
        return 0 <= at < len(self._bytes) and bool(self._bytes[at] >> bit & 1)
