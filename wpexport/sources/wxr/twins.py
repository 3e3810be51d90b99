"""Records of one number in export files: the same one again, a later version of it, or another one."""

from __future__ import annotations

from array import array
from collections import Counter

from wpexport.model import made_up
from wpexport.sources.wxr.bits import Bits


class Twins:
    """The numbers of one kind of record, in the order of the files.

    Within a document a number is given once; two items that share one (a file joined by hand) are two things,
    as for WordPress' own importer.
    In the next document the same number is a later version of the first thing.
    """

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._document = (-1, -1)
        self._seen = Bits()
        #: numbers of this document with the hash of each; a table only where one comes twice
        self._numbers, self._hashes = array("Q"), array("q")
        self._table: dict[int, list[int]] | None = None

    def number(self, document: tuple[int, int], number: int, data: bytes) -> int | None:
        """The number to keep a record under; None where the document holds just the same already."""
        if document != self._document:
            self._document, self._table, self._seen = document, None, Bits()
            del self._numbers[:], self._hashes[:]
        digest = hash(data)
        if self._table is None and self._seen.add(number):
            self._table = {}
            for known, of in zip(self._numbers, self._hashes, strict=True):
                self._table.setdefault(known, []).append(of)
        if self._table is None:
            self._numbers.append(number)
            self._hashes.append(digest)
            return number
        others = self._table.setdefault(number, [])
        if digest in others:
            return None
        others.append(digest)
        return made_up(self._kind, number, len(others) - 1) if len(others) > 1 else number


class Versions:
    """Which records of a collection a later file replaces."""

    def __init__(self) -> None:
        self._seen = Bits()
        #: number -> how many of its records, from the first, are former versions
        self.former: Counter[int] = Counter()

    def add(self, number: int) -> bool:
        """Note a record; True where it replaces one."""
        known = self._seen.add(number)
        if known:
            self.former[number] += 1
        return known
