"""The places of a text that its own links lead to: tables of contents, "back to top", notes by hand."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import unquote

from .tree import BLOCK, Node

if TYPE_CHECKING:
    from .writer import Writer

_LINK = r"""href\s*=\s*(?:"[^"#]*#([^"]+)"|'[^'#]*#([^']+)'|[^"'\s>#]*#([^\s>]+))"""
_NAME = r"""\s(?:id|name)\s*=\s*(?:"([^"]+)"|'([^']+)'|([^"'\s>]+))"""
_WHOLE_WORDS = "a br code embed hr iframe img math object pre audio video more- nextpage- fnref-"
#: an element that no anchor can stand in: it stands before it
_WHOLE = frozenset(_WHOLE_WORDS.split())
_CODE = frozenset(("pre", "code", "xmp", "listing"))
_FRAMES = frozenset(("table", "thead", "tbody", "tfoot", "tr", "ul", "ol", "menu", "dir", "dl"))
#: every generator makes the same address of a heading of such words, and a simple sign for all others
_WORDS = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*\Z")
_SIMPLE = re.compile(r"[A-Za-z][A-Za-z0-9_-]*\Z")


def mark(root: Node, html: str) -> None:
    """Put an ``anchor-`` element where a link of this text leads to.

    Args:
        root: the parsed text; changed.
        html: the same as HTML: most texts have no such link, which is seen faster there.
    """
    names = _found(_LINK, html)
    if names:
        wanted = names.union(map(unquote, names)) & _found(_NAME, html)
        if wanted:
            _place(root, wanted)


def _found(pattern: str, html: str) -> set[str]:
    flags = re.I if "HREF" in html or "NAME" in html else re.NOFLAG  # five times as slow
    return {unescape(one or other or bare) for one, other, bare in re.findall(pattern, html, flags)}


def _place(node: Node, wanted: set[str]) -> None:
    kids: list[Node | str] = []
    for kid in node.kids:
        if isinstance(kid, Node):
            for name in {kid.get("id"), kid.get("name") if kid.tag == "a" else ""} & wanted:
                wanted.discard(name)
                anchor = Node("anchor-", {"id": name})
                home = _home(kid)
                if home is not None:
                    home.kids.insert(0, anchor)
                elif node.tag not in _FRAMES:
                    kids.append(anchor)
            if kid.tag not in _CODE:  # a line's number is a link to itself
                _place(kid, wanted)
        kids.append(kid)
    node.kids = kids


def _home(node: Node) -> Node | None:
    """The element in which an anchor for ``node`` can stand first."""
    if node.tag == "a" and "href" not in node.attrs:
        return node
    while node.blk:
        first = next((kid for kid in node.kids if not isinstance(kid, str) or not kid.isspace()), None)
        if not isinstance(first, Node) or not (first.tag in BLOCK or first.blk):
            break
        node = first
    return None if node.tag in _WHOLE or node.tag in _FRAMES else node


def of_heading(writer: Writer, node: Node) -> str:
    """The sign for the heading's anchor, where the dialect has one; the anchor is taken out then."""
    for kid in node.find("anchor-"):
        name = kid.get("id")
        words = " ".join(re.findall(r"\w+", node.text().lower()))
        if _WORDS.match(name) and name == words.replace(" ", "-"):
            kid.attrs["id"] = ""
            return ""
        if writer.flavour.heading_ids and _SIMPLE.match(name):
            kid.attrs["id"] = ""
            return f" {{#{name}}}"
        return ""
    return ""
