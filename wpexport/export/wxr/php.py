"""Plain data as PHP's ``serialize()`` writes it, for meta values that are arrays."""

from __future__ import annotations

import re
from typing import Any

#: PHP turns such text keys of an array into numbers
_NUMERIC = re.compile(r"(?:0|-?[1-9][0-9]{0,17})\Z")


def stored(value: Any) -> str:
    """A meta value as WordPress' database holds it: arrays serialised, the rest as text.

    Line ends in arrays become ``\\n`` first: an XML reader would do it anyway, and the lengths must be right.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "1" if value else ""
    if value is None:
        return ""
    if isinstance(value, int | float):
        return str(value)
    return serialize(value)


def serialize(value: Any) -> str:
    """Serialise lists, dictionaries, texts, numbers, truth values and None.

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
            text = value.replace("\r\n", "\n").replace("\r", "\n")
            return f's:{len(text.encode("utf-8", "surrogatepass"))}:"{text}";'
        case list():
            return _array([(f"i:{at};", item) for at, item in enumerate(value)])
        case dict():
            return _array([(_key(key), item) for key, item in value.items()])
    raise TypeError(f"no PHP form for {type(value).__name__}")


def _array(pairs: list[tuple[str, Any]]) -> str:
    inner = "".join(key + serialize(item) for key, item in pairs)
    return f"a:{len(pairs)}:{{{inner}}}"


def _key(key: Any) -> str:
    text = str(key)
    return f"i:{text};" if _NUMERIC.match(text) else serialize(text)
