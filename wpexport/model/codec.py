"""Records to and from JSON: UTF-8, ``\\n``, keys in schema order, dictionaries sorted.

The same record always gives the same bytes (promise 6 of docs/design.md).
"""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

_encoder = msgspec.json.Encoder(order="deterministic")


def encode_line(record: Any) -> bytes:
    """Encode as one line with spaces between items, for ``.jsonl``; no line end."""
    return msgspec.json.format(_encoder.encode(record), indent=0)


def encode_pretty(record: Any) -> bytes:
    """Encode with two spaces of indentation and a final line end, for ``.json``."""
    return msgspec.json.format(_encoder.encode(record), indent=2) + b"\n"


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)


def decode(data: bytes, kind: type[T]) -> T:
    """Decode JSON into ``kind``.

    Raises:
        msgspec.DecodeError: the bytes are no JSON.
        msgspec.ValidationError: the JSON is no ``kind``.
    """
    decoded: T = _decoder(kind).decode(data)  # type: ignore[arg-type]
    return decoded
