"""PHP's serialised values, as WordPress keeps arrays in its meta tables: read, and written.

Nothing is ever constructed from a class name: a value that holds an object stays the text that it is.
Lengths may lie: PHP counts bytes, and an editor, a mail or a version control system that turned CRLF into LF
(or re-encoded the file) left the numbers as they were.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

#: deeper nesting than this is no blog's data; the value stays text
DEPTH = 64

#: PHP turns such text keys of an array into numbers
_NUMERIC = re.compile(r"(?:0|-?[1-9][0-9]{0,17})\Z")
_LOOKS = re.compile(r"(?:[abdisOCE]:|N;)")
_SCALAR = re.compile(rb"(?:N|b:[01]|i:[+-]?[0-9]{1,20}|d:[^;]{1,40});")
_COUNT = re.compile(rb"a:([0-9]{1,9}):\{")
_LENGTH = re.compile(rb's:([0-9]{1,10}):"')
#: what can follow a text: the next value, the end of an array, the end of all
_END_OF_TEXT = re.compile(rb'";(?=[abdisOCErR]:|N;|\}|\s*\Z)')


class _NotPlain(Exception):
    """The text is not serialised data, or holds something that has no plain form."""


def decode(text: str) -> Any:
    """Give the value that a meta text stands for; the text itself where it is not serialised plain data.

    Arrays with the keys 0, 1, 2, ... become lists, others become dictionaries with text keys.

    Source of the format: PHP's ``serialize()``; WordPress' ``maybe_serialize()`` applies it to arrays and
    objects only, so a plain text that merely looks like one is rare.
    """
    if not _LOOKS.match(text):
        return text
    data = text.strip().encode("utf-8", "surrogatepass")
    try:
        value, end = _value(data, 0, 0)
    except _NotPlain:
        return text
    return value if end == len(data) else text


def _value(data: bytes, at: int, depth: int) -> tuple[Any, int]:
    if depth > DEPTH:
        raise _NotPlain
    match data[at : at + 2]:
        case b"s:":
            return _text(data, at)
        case b"a:":
            return _array(data, at, depth)
    found = _SCALAR.match(data, at)
    if not found:
        raise _NotPlain
    return _scalar(found[0]), found.end()


def _scalar(token: bytes) -> Any:
    match token[:1]:
        case b"N":
            return None
        case b"b":
            return token == b"b:1;"
        case b"i":
            return int(token[2:-1])
    try:
        number = float(token[2:-1])
    except ValueError:
        raise _NotPlain from None
    if not math.isfinite(number):  # JSON has no such number
        raise _NotPlain
    return number


def _text(data: bytes, at: int) -> tuple[str, int]:
    head = _LENGTH.match(data, at)
    if not head:
        raise _NotPlain
    start = head.end()
    end = start + int(head[1])
    if data[end : end + 2] != b'";':
        close = _END_OF_TEXT.search(data, start)
        if not close:
            raise _NotPlain
        end = close.start()
    return data[start:end].decode("utf-8", "replace"), end + 2


def _array(data: bytes, at: int, depth: int) -> tuple[Any, int]:
    head = _COUNT.match(data, at)
    if not head:
        raise _NotPlain
    at = head.end()
    pairs: dict[int | str, Any] = {}
    # The announced count is compared, never trusted: no memory is reserved for it.
    while data[at : at + 1] != b"}":
        key, at = _value(data, at, depth + 1)
        if isinstance(key, bool) or not isinstance(key, int | str):
            raise _NotPlain
        pairs[key], at = _value(data, at, depth + 1)
    if len(pairs) != int(head[1]):
        raise _NotPlain
    if list(pairs) == list(range(len(pairs))):
        return list(pairs.values()), at + 1
    return {str(key): item for key, item in pairs.items()}, at + 1


def stored(value: Any, clean: Callable[[str], str] = str) -> str:
    """A meta value as WordPress' database holds it: arrays serialised, the rest as text.

    A text that looks like serialised data is serialised itself, as ``maybe_serialize()`` does, or it would be
    read back as what it looks like. Line ends in arrays become ``\\n`` first: an XML reader would do it
    anyway, and the lengths must be right.

    Args:
        value: plain data.
        clean: what will be done to each text on its way, so that lengths are those of what arrives.
    """
    if isinstance(value, str):
        return value if decode(value) == value else serialize(value, clean)
    if isinstance(value, bool):
        return "1" if value else ""
    if value is None:
        return ""
    if isinstance(value, int | float):
        return str(value)
    return serialize(value, clean)


def serialize(value: Any, clean: Callable[[str], str] = str) -> str:
    """Serialise lists, dictionaries, texts, numbers, truth values and None; ``clean`` as in `stored`.

    Raises:
        TypeError: it is something else.
    """
    match value:
        case None:
            return "N;"
        case bool():
            return f"b:{int(value)};"
        case int():
            return f"i:{value};"
        case float():
            return f"d:{value!r};"
        case str():
            text = clean(value).replace("\r\n", "\n").replace("\r", "\n")
            return f's:{len(text.encode("utf-8", "surrogatepass"))}:"{text}";'
        case list():
            return _serialized([(f"i:{at};", item) for at, item in enumerate(value)], clean)
        case dict():
            return _serialized([(_key(key, clean), item) for key, item in value.items()], clean)
    raise TypeError(f"no PHP form for {type(value).__name__}")


def _serialized(pairs: list[tuple[str, Any]], clean: Callable[[str], str]) -> str:
    inner = "".join(key + serialize(item, clean) for key, item in pairs)
    return f"a:{len(pairs)}:{{{inner}}}"


def _key(key: Any, clean: Callable[[str], str]) -> str:
    text = str(key)
    return f"i:{text};" if _NUMERIC.match(text) else serialize(text, clean)
