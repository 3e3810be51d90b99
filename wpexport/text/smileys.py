"""Smileys and emoji that WordPress draws as pictures: ``convert_smilies()``, ``wp_staticize_emoji()``."""

from __future__ import annotations

import re
from collections.abc import Callable

_IMAGE = re.compile(r"<img\b[^<>]*>", re.IGNORECASE)
_CLASS = re.compile(r'\bclass="([^"]*)"')
_ALT = re.compile(r'\balt="([^"]*)"')


def typed(html: str, decode: Callable[[str], str] = str) -> str:
    """The HTML with what was typed in place of each such picture.

    Args:
        html: rendered.
        decode: what to do with the attribute: it has entities, as the HTML around it.
    """

    def letters(image: re.Match[str]) -> str:
        kind, alt = _CLASS.search(image[0]), _ALT.search(image[0])
        drawn = kind is not None and {"wp-smiley", "emoji"} & set(kind[1].split())
        return decode(alt[1]) if drawn and alt else image[0]

    return _IMAGE.sub(letters, html)
