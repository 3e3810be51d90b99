"""The entry points."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from ..obfuscated import revealed
from ..shortcodes import expand
from . import anchors
from .errors import InsideHtml
from .escape import Escaper
from .flavours import FLAVOURS, Flavour
from .nesting import sink
from .notes import definitions, find
from .spans import SPANS
from .structure import BLOCKS
from .tree import BLOCK, Node, parse
from .writer import Writer

_MARKDOWN = FLAVOURS["markdown"]


@dataclass(slots=True)
class Conversion:
    """The Markdown, and what could not be said in it."""

    markdown: str
    html_left: Counter[str] = field(default_factory=Counter)
    shortcodes: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)


@lru_cache(maxsize=64)
def _escaper(name: str) -> Escaper:
    return Escaper(FLAVOURS[name])


def convert(
    html: str,
    flavour: Flavour = _MARKDOWN,
    *,
    rewrite: Callable[[str, str], str] | None = None,
    footnote_prefix: str = "",
    heading_shift: int = 0,
) -> Conversion:
    """Convert an HTML fragment.

    ``rewrite(url, kind)`` is called for every address that is written; ``kind`` is "link", "image" or
    "media". ``footnote_prefix`` keeps the footnotes of several fragments apart in one file. Never raises for
    any ``html``.
    """
    escaper = _escaper(flavour.name) if FLAVOURS.get(flavour.name) is flavour else Escaper(flavour)
    writer = Writer(flavour, escaper, BLOCKS, SPANS, rewrite, heading_shift)
    html, unknown = expand(revealed(html))
    try:
        text = _write(writer, html, footnote_prefix, footnotes="<sup" in html or "<SUP" in html)
    except InsideHtml:
        writer = Writer(flavour, escaper, BLOCKS, SPANS, rewrite, heading_shift)
        text = _write(writer, html, footnote_prefix, footnotes=False)
    return Conversion(text + "\n" if text else "", writer.html_left, unknown, writer.dropped)


def _write(writer: Writer, html: str, prefix: str, *, footnotes: bool) -> str:
    root = parse(html, writer.dropped)
    notes = find(root, prefix) if footnotes else []
    if writer.flavour.anchors:
        anchors.mark(root, html)
    if root.blk:
        sink(root)
    blocks = writer.flow(root.kids)
    if notes:
        for note in notes:
            sink(note.item)
        blocks += definitions(writer, notes)
    return "\n\n".join(blocks)


def html_to_markdown(html: str, dialect: str = "markdown") -> str:
    """The Markdown of an HTML fragment. Raises KeyError for a dialect not in ``FLAVOURS``."""
    return convert(html, FLAVOURS[dialect]).markdown


def plain_text(html: str) -> str:
    """The text of an HTML fragment (titles, excerpts): tags stripped, entities decoded, white space
    collapsed.
    """
    if "<" not in html and "&" not in html:
        return " ".join(html.split())
    parts: list[str] = []
    _collect(parse(html, Counter()), parts)
    return " ".join("".join(parts).split())


def _collect(node: Node, parts: list[str]) -> None:
    """The text, words of different blocks apart."""
    for kid in node.kids:
        if isinstance(kid, str):
            parts.append(kid)
        elif kid.tag == "br" or kid.tag in BLOCK:
            parts.append(" ")
            _collect(kid, parts)
            parts.append(" ")
        else:
            _collect(kid, parts)
