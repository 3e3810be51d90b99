"""How much of an HTML text is found again in its Markdown, which is rendered and compared with its source.

Rendering is markdown-it-py's, which does not know how we write Markdown; it is an optional extra (``audit``),
imported when it is used. Both sides are read by the converter's own parser, so that what no reader sees
(scripts, hidden elements, the twin of a lazy picture) is no loss.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING
from urllib.parse import unquote

from wpexport.text.markdown.clean import emoji, latex
from wpexport.text.markdown.code import highlighted
from wpexport.text.markdown.flavours import Flavour
from wpexport.text.markdown.links import unsafe
from wpexport.text.markdown.media import MEDIA
from wpexport.text.markdown.notes import find
from wpexport.text.markdown.tree import BLOCK, Node, parse
from wpexport.text.obfuscated import revealed
from wpexport.text.shortcodes import expand

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

#: what is looked for, in the order of a report
KINDS = ("text", "links", "images", "code", "tables")
_NEEDED = ("markdown_it", "mdit_py_plugins")
_WORD = re.compile(r"\w+")
_SHOWN = 3  # examples of what is missing
_LONGEST = 60
_WHITE = re.compile(r"\s+")
#: as the renderer and the converter write them
_REFERENCE = re.compile(r'<sup (?:class="footnote-ref"|id="fnref-[^"]*")>.*?</sup>')
#: what the template language takes away from code (`wpexport.text.markdown.code.guard_code`)
_GUARDS: Mapping[str, re.Pattern[str]] = {
    "liquid": re.compile(r"\{% raw %\}(.*?)\{% endraw %\}", re.S),
    "hugo": re.compile(r"(?<=\{\{<)/\*(.*?)\*/(?=>\}\})", re.S),
    "zola": re.compile(r"(?<=\{\{)/\*(.*?)\*/(?=\}\})", re.S),
}
_CELLS = re.compile(r"^ *\|.*", re.M)
_CODE = re.compile(r"(?<![\\`])(`+)(?!`)(.+?)(?<!`)\1(?!`)")


@dataclass(frozen=True, slots=True)
class Fidelity:
    """What was looked for and what was found, by `KINDS`."""

    #: kind to how many there are in the source and how many of them were found
    counts: Mapping[str, tuple[int, int]]
    #: kind to examples of what was not found
    missing: Mapping[str, tuple[str, ...]]

    @property
    def lost(self) -> int:
        """How many items were not found."""
        return sum(there - found for there, found in self.counts.values())

    def __str__(self) -> str:
        """One line: what is missing, with examples."""
        parts = []
        for kind, examples in self.missing.items():
            there, found = self.counts[kind]
            parts.append(f"{kind} {found} of {there} (not {', '.join(examples)})")
        return "; ".join(parts)


def can_measure() -> bool:
    """Is the extra installed?"""
    return all(find_spec(name) is not None for name in _NEEDED)


def measure(
    html: str, markdown: str, flavour: Flavour, rewrite: Callable[[str, str], str] | None = None
) -> Fidelity:
    """Compare a source with the Markdown that was made of it.

    Args:
        html: the source, as `wpexport.text.markdown.convert` got it.
        markdown: what became of it.
        flavour: the Markdown it was written in.
        rewrite: what the conversion did to addresses.

    Raises:
        ImportError: markdown-it-py or mdit-py-plugins is not installed (`can_measure`).
    """
    source, shown = _Items(rewrite), _Items(None)
    root = parse(expand(revealed(html))[0], Counter())
    notes = find(root, "")
    source.read(root)
    for note in notes:
        source.read(note.item)
    page = _renderer(flavour.strike).render(_common(markdown, flavour))
    shown.read(parse(_REFERENCE.sub("", page), Counter()))
    counts: dict[str, tuple[int, int]] = {}
    missing: dict[str, tuple[str, ...]] = {}
    for kind in KINDS:
        wanted = source.of(kind)
        lost = wanted - shown.of(kind)
        there = wanted.total()
        if there:
            counts[kind] = there, there - lost.total()
        if lost:
            missing[kind] = tuple(repr(_short(source.said.get(item, item))) for item in list(lost)[:_SHOWN])
    return Fidelity(counts, missing)


def _common(markdown: str, flavour: Flavour) -> str:
    """As CommonMark has it: without the guards of templates, with pipes in a table's code escaped."""
    taken = _GUARDS.get(flavour.guard or "")
    if taken is not None:
        markdown = taken.sub(r"\1", markdown)
    if not flavour.code_pipes:
        markdown = _CELLS.sub(
            lambda row: _CODE.sub(lambda code: code[0].replace("|", "\\|"), row[0]), markdown
        )
    return markdown


def _short(item: str) -> str:
    return item if len(item) <= _LONGEST else item[: _LONGEST - 1] + "\u2026"


@lru_cache(maxsize=2)
def _renderer(strike: bool) -> MarkdownIt:
    from markdown_it import MarkdownIt
    from mdit_py_plugins.deflist import deflist_plugin
    from mdit_py_plugins.footnote import footnote_plugin

    renderer = MarkdownIt("commonmark", {"html": True, "maxNesting": 400})
    renderer.enable(["table", "strikethrough"] if strike else ["table"])
    renderer.use(footnote_plugin, inline=False).use(deflist_plugin)
    # The converter decides which addresses are safe; here nothing is to be hidden.
    renderer.validateLink = lambda _url: True  # type: ignore[method-assign, assignment]
    return renderer


class _Items:
    """What stands in one text: words, addresses, code, cells."""

    def __init__(self, rewrite: Callable[[str, str], str] | None) -> None:
        self._rewrite = rewrite
        #: an item without white space, to the item as it stands
        self.said: dict[str, str] = {}
        self._text: list[str] = []
        self._in_code = False
        self._found: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}

    def of(self, kind: str) -> Counter[str]:
        """How often each item of this kind is there."""
        return Counter(_WORD.findall("".join(self._text))) if kind == "text" else self._found[kind]

    def read(self, node: Node) -> None:
        """Add all that is in an element."""
        for kid in node.kids:
            if isinstance(kid, str):
                self._text.append(kid)
            else:
                self._element(kid)

    def _element(self, node: Node) -> None:
        tag = node.tag
        if tag == "math":
            notes = (note.text() for note in node.find("annotation") if "tex" in note.get("encoding"))
            self._text.append(next(notes, "") or node.text())
            return
        apart = tag == "br" or tag in BLOCK or tag in MEDIA
        node = highlighted(node) or node if tag == "div" and node.attrs else node
        if apart:
            self._text.append("\n")
        if tag == "img":
            self._image(node)
        elif tag == "a" and "href" in node.attrs and _shows(node):
            self._address("links", node.get("href"), "link")
        elif node.tag in ("pre", "code") and not self._in_code:
            self._add("code", node.text())
        elif tag in ("td", "th") and not any(True for _ in node.find("table")):
            self._add("tables", node.text())
        outer, self._in_code = self._in_code, self._in_code or node.tag in ("pre", "code")
        self.read(node)
        self._in_code = outer
        if apart:
            self._text.append("\n")

    def _image(self, node: Node) -> None:
        said = emoji(node.attrs)
        said = latex(node.attrs) if said is None else said
        if said is not None:
            self._text.append(said)
        elif node.get("src"):
            self._address("images", node.get("src"), "image")

    def _address(self, kind: str, url: str, use: str) -> None:
        url = re.sub(r"[\t\r\n]+", "", url).strip()
        if url and not unsafe(url, use):
            url = self._rewrite(url, use) if self._rewrite else url
            self._add(kind, unquote(url))

    def _add(self, kind: str, item: str) -> None:
        bare = _WHITE.sub("", item)
        if bare:
            self._found[kind][bare] += 1
            self.said.setdefault(bare, " ".join(item.split()))


def _shows(node: Node) -> bool:
    return bool(node.text().strip()) or any(_pictures(node))


def _pictures(node: Node) -> Iterator[bool]:
    return (bool(one.get("src")) for one in node.find("img"))
