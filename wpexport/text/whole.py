"""What of an HTML text is left as it is: code, scripts, drawings; and tags and comments themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from functools import cache


def whole_elements(html: str, names: Set[str], *, tags: bool = False) -> Iterator[tuple[int, int]]:
    """From where to where each goes, in order; one that is never closed is none.

    One pattern for all of it would look for the end of each unclosed one again, to the end of the text.

    Args:
        html: any text.
        names: of elements, in lower case.
        tags: also all other tags, and comments.
    """
    opening = _opening(frozenset(names), tags)
    never: set[str] = set()
    at = 0
    while found := opening.search(html, at):
        at = found.end()
        # of an element that is never closed, the tag alone
        for kind in [(found[1] or found[0]).lower(), *(["<"] if tags and found[1] else [])]:
            close = None if kind in never else _end(kind).search(html, at)
            if close is not None:
                at = close.end()
                yield found.start(), at
                break
            never.add(kind)


@cache
def _opening(names: frozenset[str], tags: bool) -> re.Pattern[str]:
    others = "|<!--|<(?=[a-zA-Z/])" if tags else ""
    return re.compile(rf"<({'|'.join(sorted(names))})\b{others}", re.IGNORECASE)


@cache
def _end(kind: str) -> re.Pattern[str]:
    return re.compile({"<!--": "-->", "<": ">"}.get(kind, rf"</{kind}\s*>"), re.IGNORECASE)
