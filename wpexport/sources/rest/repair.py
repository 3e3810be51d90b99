"""JSON as it arrives in the wild: with notices before it, comments after it, broken text inside."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import msgspec

_BOM = "\ufeff"
_SURROGATE = re.compile("[\ud800-\udfff]")
_START = re.compile(r"[\[{]")
#: starts to try; a debug page may hold thousands of brackets
_STARTS = 400


class NotJson(ValueError):
    """There is no JSON of a use in the body."""


def parse(body: bytes, fits: Callable[[Any], bool]) -> tuple[Any, str | None]:
    """Read JSON, repairing what can be repaired without guessing.

    Args:
        body: the bytes; the header's charset is not asked, it is often wrong while JSON is UTF-8 (RFC 8259).
        fits: whether a value has the expected shape; junk around JSON may itself look like JSON.

    Returns:
        The value, and one phrase on what was repaired (None when nothing was).

    Raises:
        NotJson: there is none, or it is nested too deeply.
    """
    with suppress(msgspec.MsgspecError, ValueError, RecursionError):
        return msgspec.json.decode(body), None
    try:
        return _repaired(body, fits)
    except RecursionError:
        raise NotJson("JSON nested too deeply") from None


def _repaired(body: bytes, fits: Callable[[Any], bool]) -> tuple[Any, str | None]:
    notes = []
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        text = body.decode("utf-8", "replace")
        notes.append(f"{text.count(chr(0xFFFD))} bytes that are no UTF-8")
    stripped = text.strip().lstrip(_BOM).strip()
    if len(stripped) != len(text.strip()):
        notes.append("a byte order mark")
    value, before, after = _find(stripped, fits)
    if before:
        notes.append("text before the JSON")
    if after:
        notes.append("text after the JSON")
    value, changed = _clean(value)
    if changed:
        notes.append("half characters")
    return value, ", ".join(notes) or "odd JSON"


def _find(text: str, fits: Callable[[Any], bool]) -> tuple[Any, bool, bool]:
    decoder = json.JSONDecoder(strict=False)
    empty: tuple[Any, bool, bool] | None = None
    for tried, start in enumerate(_START.finditer(text)):
        if tried > _STARTS:
            break
        try:
            value, end = decoder.raw_decode(text, start.start())
        except ValueError:
            continue
        if not fits(value):
            continue
        found = value, start.start() > 0, bool(text[end:].strip())
        if value or not found[1]:
            return found
        # ``[]`` within a notice or a script is not yet the answer.
        empty = empty or found
    if empty is not None:
        return empty
    raise NotJson("no JSON in it")


def _clean(value: Any) -> tuple[Any, bool]:
    """Replace lone surrogates, which no UTF-8 file can hold."""
    if isinstance(value, str):
        if _SURROGATE.search(value) is None:
            return value, False
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace"), True
    if isinstance(value, list):
        pairs = [_clean(v) for v in value]
        return [v for v, _ in pairs], any(c for _, c in pairs)
    if isinstance(value, dict):
        cleaned = [(_clean(k), _clean(v)) for k, v in value.items()]
        return {k[0]: v[0] for k, v in cleaned}, any(k[1] or v[1] for k, v in cleaned)
    return value, False
