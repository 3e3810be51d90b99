"""Parse HTML into a small tree of our own, cleaned of what no reader sees.

The parser is lexbor (through selectolax), an HTML5 parser in C. Its nodes are read once, into ``Node``: the
steps after this one look at every node several times, and rewrite them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from selectolax.lexbor import LexborHTMLParser

from .clean import fix_image, hidden

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

BLOCK_WORDS = (
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset "
    "figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr legend li listing main "
    "menu nav noframes ol optgroup p plaintext pre search section summary table tbody td tfoot th "
    "thead tr ul xmp"
)
BLOCK = frozenset(BLOCK_WORDS.split())
MAX_DEPTH = (
    90  # deeper elements are unwrapped: the text stays, the renderer's recursion stays far from its limit
)
_MAX_OPEN = 400  # tags left open before the parser: its time grows with the square of the depth

_VOID_WORDS = (
    "area base br col embed hr img input link meta param source track wbr p li td tr th dd dt option"
)
_VOID = frozenset(_VOID_WORDS.split())
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)(?=[\s/>])[^>]*>")
_MARK = re.compile(r"^\s*(more|nextpage)\b\s*(.*?)\s*$", re.S)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\u2028\u2029]")
_CP1252 = {c: bytes([c]).decode("cp1252", "ignore") or " " for c in range(0x80, 0xA0)}
_CLEAN = {
    **{c: "" for c in range(0x20) if c not in (9, 10, 13)},
    **_CP1252,
    0x0B: " ",
    0x0C: " ",
    0x7F: "",
    0xFFFE: "",
}
_CLEAN |= {0xFFFF: "", 0x2028: " ", 0x2029: " ", 0x85: "\u2026"}


class Node:
    """An element: tag, attributes, children (elements and text). ``blk``: does it hold a block somewhere
    inside?
    """

    __slots__ = ("attrs", "blk", "kids", "tag")

    def __init__(
        self, tag: str, attrs: dict[str, str | None] | None = None, kids: list[Node | str] | None = None
    ):
        self.tag = tag
        self.attrs: dict[str, str | None] = {} if attrs is None else attrs
        self.kids: list[Node | str] = [] if kids is None else kids
        self.blk = False

    def get(self, name: str) -> str:
        """The attribute's value, or ""."""
        return self.attrs.get(name) or ""

    def classes(self) -> list[str]:
        """The class names."""
        return (self.attrs.get("class") or "").split()

    def find(self, *tags: str) -> Iterator[Node]:
        """All elements below with one of these tags, in document order."""
        for kid in self.kids:
            if not isinstance(kid, str):
                if kid.tag in tags:
                    yield kid
                yield from kid.find(*tags)

    def text(self) -> str:
        """All text below, as it stands."""
        return "".join(
            [kid if isinstance(kid, str) else "\n" if kid.tag == "br" else kid.text() for kid in self.kids]
        )


def clean_text(html: str) -> str:
    """Repair what a text may carry from broken exports: lone surrogates, NULs, Windows-1252 bytes read as
    Latin-1.
    """
    try:
        html.encode()
    except UnicodeEncodeError:
        html = html.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return html.translate(_CLEAN) if _CONTROL.search(html) else html


def limit_depth(html: str) -> str:
    """Take out the tags nested deeper than the parser can bear. No text is lost.

    Elements that close each other (p, li, td, ...) do not count.
    """
    if html.count("<") < _MAX_OPEN:
        return html
    depth = deepest = 0
    for close, name in _TAG.findall(html, 0, _last(html)):
        if name.lower() not in _VOID:
            depth = max(0, depth - 1) if close else depth + 1
            deepest = max(depth, deepest)
    return html if deepest <= _MAX_OPEN else _drop_deep(html)


def _drop_deep(html: str) -> str:
    depth = 0

    def keep(match: re.Match[str]) -> str:
        nonlocal depth
        name = match[2].lower()
        if name in _VOID:
            return match[0] if depth <= _MAX_OPEN or name in ("br", "img", "hr") else " "
        if match[1]:
            inside = depth <= _MAX_OPEN
            depth = max(0, depth - 1)
        else:
            depth += 1
            inside = depth <= _MAX_OPEN
        return match[0] if inside or name in _RAWTEXT else " "

    end = _last(html)
    return _TAG.sub(keep, html[:end]) + html[end:]


def _last(html: str) -> int:
    """Where the last tag ends: thousands that do not would each be looked for to the end."""
    return html.rfind(">") + 1


_RAWTEXT = frozenset(
    ["script", "style", "textarea", "title", "iframe", "noembed", "noframes", "noscript", "xmp", "plaintext"]
)


def parse(html: str, dropped: Counter[str]) -> Node:
    """Parse a fragment. What is removed for safety is counted in ``dropped``."""
    parser = LexborHTMLParser("<!DOCTYPE html><body>" + limit_depth(clean_text(html)))
    root = Node("body")
    if parser.body is not None:
        _copy(parser.body, root, dropped)
    return root


def _copy(body: LexborNode, root: Node, dropped: Counter[str]) -> None:
    """Copy without recursion. ``path`` holds (node, what follows it) of the elements being copied."""
    node = root
    path: list[tuple[Node, LexborNode | None]] = []
    chain = [root]
    src = body.child
    while True:
        if src is None:
            if not path:
                return
            node, src = path.pop()
            chain.pop()
            continue
        tag = src.tag
        if tag == "-text":
            text = src.text_content
            if text:
                node.kids.append(text)
            src = src.next
            continue
        kid = _element(src, tag or "", node, dropped)
        if kid is None:
            src = src.next
            continue
        if kid.tag in BLOCK:
            for above in reversed(chain):
                if above.blk:
                    break
                above.blk = True
        if len(chain) < MAX_DEPTH or kid.tag in _LEAF:
            node.kids.append(kid)
        elif kid.tag in BLOCK:
            node.kids.append("\n")
            kid = node
        else:
            kid = node
        child = None if kid.tag == "iframe" else src.child  # inside is text for browsers of the last century
        if child is None:
            src = src.next
            continue
        path.append((node, src.next))
        chain.append(kid)
        node, src = kid, child


_LEAF_WORDS = "img br hr more- nextpage- iframe audio video embed object math pre"
_LEAF = frozenset(_LEAF_WORDS.split())
_NEVER_WORDS = (
    "script style template svg select textarea datalist title meta link head base param col colgroup "
    "area map input source track"
)
_NEVER = frozenset(_NEVER_WORDS.split())
#: of these nothing is missed
_SHAPE = frozenset({"source", "param", "track", "col", "colgroup", "head"})


def _element(src: LexborNode, tag: str, parent: Node, dropped: Counter[str]) -> Node | None:
    """The node for this element, or None when nothing of it is to be kept."""
    if tag[:1] in "-!#_":
        return _comment(src) if tag == "-comment" else None
    attrs: dict[str, str | None] = src.attributes
    if tag in _NEVER and not (
        tag in ("source", "param", "track") and parent.tag in ("audio", "video", "object", "picture")
    ):
        if tag not in _SHAPE:
            dropped[tag] += 1
        return None
    if attrs:
        for name in attrs:
            if name[:2] == "on" and name != "on":
                dropped[name] += 1
        reason = hidden(attrs)
        if reason and (reason != "aria-hidden" or not src.css_first("img")):
            if reason != "aria-hidden" and src.text().strip():
                dropped["hidden text"] += 1
            return None
    if tag == "noscript" and _is_twin(src, parent):
        return None
    if tag == "img":
        attrs = fix_image(attrs)
    elif tag == "span" and attrs and (attrs.get("id") or "").startswith("more-") and not src.text().strip():
        return Node("more-")
    return Node(tag, attrs)


def _comment(src: LexborNode) -> Node | None:
    match = _MARK.match(src.comment_content or "")
    if match is None:
        return None
    return Node(match[1] + "-", {"title": match[2]})


def _is_twin(src: LexborNode, parent: Node) -> bool:
    """Is this <noscript> the copy of a lazy picture or frame before it (or has it nothing to show)?"""
    if not src.css("img,iframe"):
        return True
    before = src.prev
    while before is not None and before.tag == "-text" and not (before.text_content or "").strip():
        before = before.prev
    if before is None or (before.tag or "-")[0] == "-":
        return False
    return any(name.startswith("data-") and "src" in name for name in before.attributes)
