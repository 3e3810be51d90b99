"""Pieces of clean HTML: allowed tags and attributes, values and text."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from .links import resolve
from .tree import Node

if TYPE_CHECKING:
    from .writer import Writer

_BARE = (
    "b blockquote br caption cite code dd del dfn div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i ins "
    "kbd mark p pre rp rt ruby s strong sub summary sup table tfoot thead tr u ul var"
)
ALLOWED: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(_BARE.split(), ()),
    "a": ("href", "title"),
    "abbr": ("title",),
    "bdo": ("dir",),
    "img": ("src", "alt", "title"),
    "li": ("value",),
    "ol": ("start", "type", "reversed"),
    "td": ("colspan", "rowspan"),
    "th": ("colspan", "rowspan", "scope"),
    "details": ("open",),
    "q": ("cite",),
}
_SPAN = re.compile(r"\s*(\d{1,3})")
_URLS = {"href": "link", "src": "image", "cite": "link"}
_EMPTY = ("alt", "href")  # attributes that keep their value even when it is empty
_WHITE = re.compile(r"[ \t\n\r\f]+")


def attribute(writer: Writer, value: str) -> str:
    """A value between double quotes, on one line, without template code."""
    return writer.escaper.raw(escape(_WHITE.sub(" ", value)))


def text(writer: Writer, value: str) -> str:
    """Text between tags."""
    if "&" in value or "<" in value or ">" in value:
        value = escape(value, quote=False)
    return writer.escaper.raw(value) if "{" in value else value


def start_tag(writer: Writer, node: Node) -> str:
    """The start tag with its allowed attributes."""
    parts = [node.tag]
    for name in ALLOWED.get(node.tag, ()):
        value = _value(writer, name, node.attrs[name] or "") if name in node.attrs else None
        if value is not None:
            parts.append(f'{name}="{attribute(writer, value)}"' if value or name in _EMPTY else name)
    return "<" + " ".join(parts) + ">"


def _value(writer: Writer, name: str, value: str) -> str | None:
    """The attribute's value if it may stay: addresses must be safe, spans must be worth telling."""
    if name in _URLS:
        url: str | None = resolve(writer, value, _URLS[name])
        return url if url is None else url.replace(" ", "%20")
    if name in ("colspan", "rowspan"):
        match = _SPAN.match(value)
        return None if match is None or match[1] in ("0", "1") else match[1]
    return value
