"""Rows that are made when they are asked for: a blog of any size in no memory, and fast."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, overload

from wpexport.demo.blog import Row
from wpexport.demo.parameters import pick
from wpexport.demo.web import encode

Json = dict[str, Any]
#: numbers that stand for others in the model row: its own, its post's, its parent's
NUMBER, POST, PARENT = 987654321, 987654322, 987654323
DATE: Final = "1987-06-05T04:03:02"
START: Final = datetime(2010, 1, 1, tzinfo=UTC)


class Made(Sequence[Row]):
    """``count`` rows with the numbers from ``first``, all after one model row."""

    def __init__(
        self, model: Row, count: int, first: int = 1, others: Callable[[int], tuple[int, int]] | None = None
    ) -> None:
        self.model = model
        self.numbers = range(first, first + count)
        #: the numbers of the post and of the parent, for comments
        self.others = others or (lambda number: (0, 0))
        self._patterns: dict[tuple[str, ...], list[tuple[bytes, str]]] = {}

    def __len__(self) -> int:
        return len(self.numbers)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Made: ...
    def __getitem__(self, index: int | slice) -> Row | Made:
        if isinstance(index, int):
            return self._row(self.numbers[index])
        part = Made(self.model, 0, 1, self.others)
        part.numbers = self.numbers[index]
        return part

    def __iter__(self) -> Iterator[Row]:
        return (self._row(number) for number in self.numbers)

    def find(self, number: int) -> Row | None:
        """The row with this number."""
        return self._row(number) if number in self.numbers else None

    def encoded(self, rows: Sequence[Row], fields: list[str]) -> bytes:
        """A page of rows as JSON, by filling numbers and dates into one pattern for each choice of fields."""
        numbers = rows.numbers if isinstance(rows, Made) else [row.id for row in rows]
        pattern = self._pattern(fields)
        return b"[" + b",".join([self._filled(pattern, number) for number in numbers]) + b"]"

    def _pattern(self, fields: list[str]) -> list[tuple[bytes, str]]:
        key = tuple(fields)
        if key not in self._patterns:
            view = self.model.view or {}
            text = encode(pick(view, fields) if fields else view)
            self._patterns[key] = _split(text)
        return self._patterns[key]

    def _filled(self, pattern: list[tuple[bytes, str]], number: int) -> bytes:
        post, parent = self.others(number)
        values = {
            "": b"",
            str(NUMBER): b"%d" % number,
            str(POST): b"%d" % post,
            str(PARENT): b"%d" % parent,
            DATE: (START + timedelta(minutes=number)).strftime("%Y-%m-%dT%H:%M:%S").encode(),
        }
        return b"".join([text + values[mark] for text, mark in pattern])

    def _row(self, number: int) -> Row:
        def filled(face: Json) -> Json:
            made: Json = json.loads(self._filled(_split(encode(face)), number))
            return made

        return Row(number, filled(self.model.view or {}), filled(self.model.edit))


def _split(text: bytes) -> list[tuple[bytes, str]]:
    """The text in pieces, each with the mark that follows it."""
    marks = [str(NUMBER), str(POST), str(PARENT), DATE]
    pieces: list[tuple[bytes, str]] = []
    rest = text
    while True:
        found = [(place, mark) for mark in marks if (place := rest.find(mark.encode())) >= 0]
        if not found:
            return [*pieces, (rest, "")]
        place, mark = min(found)
        pieces.append((rest[:place], mark))
        rest = rest[place + len(mark) :]
