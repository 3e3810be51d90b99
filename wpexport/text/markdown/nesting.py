"""Nesting that HTML knows and Markdown does not: inline elements around blocks, list items without a list."""

from __future__ import annotations

from .tree import BLOCK, Node

_KEEP_WORDS = (
    "a b strong i em cite var dfn del s strike sub sup mark ins u kbd abbr acronym q code tt samp bdo"
)
_KEEP = frozenset(_KEEP_WORDS.split())
_WHOLE = frozenset(("hr", "more-", "nextpage-", "iframe"))
_FRAME = frozenset(("table", "thead", "tbody", "tfoot", "tr", "ul", "ol", "menu", "dir", "dl"))
_LISTS = frozenset(("ul", "ol", "menu", "dir"))
_MEDIA = ("img", "iframe", "video", "audio")


def sink(node: Node) -> None:
    """Rewrite the tree below ``node`` so that no inline element holds blocks (links may hold several)."""
    kids: list[Node | str] = []
    for kid in node.kids:
        if isinstance(kid, str) or not kid.blk:
            kids.append(kid)
        elif kid.tag in BLOCK:
            sink(kid)
            kids.append(kid)
        else:
            sink(kid)
            kids += _spread(kid)
    if node.tag in BLOCK and node.tag not in _LISTS and _has_item(kids):
        kids = _adopted(kids)
    node.kids = kids


def _has_item(kids: list[Node | str]) -> bool:
    return any(isinstance(kid, Node) and kid.tag == "li" for kid in kids)


def _adopted(kids: list[Node | str]) -> list[Node | str]:
    """List items that no list holds, in a list."""
    done: list[Node | str] = []
    home: Node | None = None
    for kid in kids:
        if isinstance(kid, Node) and kid.tag == "li":
            if home is None:
                home = Node("ul")
                home.blk = True
                done.append(home)
            home.kids.append(kid)
        elif home is None or not isinstance(kid, str) or not kid.isspace():
            home = None
            done.append(kid)
    return done


def _spread(node: Node) -> list[Node | str]:
    """The children of an inline element with blocks, each in the element's style."""
    if node.tag not in _KEEP:
        return [*node.kids]
    if node.tag == "a" and _several(node) and not _has_item(node.kids):
        return [node]
    done: list[Node | str] = []
    run: list[Node | str] = []
    for kid in node.kids:
        if isinstance(kid, Node) and (kid.tag in BLOCK or kid.blk):
            if run:
                done.append(Node(node.tag, node.attrs, run))
                run = []
            _wrap(kid, node)
            done.append(kid)
        else:
            run.append(kid)
    if run:
        done.append(Node(node.tag, node.attrs, run))
    return done


def _several(node: Node) -> bool:
    """Does the link hold more than one stretch of text or picture, so that it would become several links?"""
    return "href" in node.attrs and _stretches(node) > 1


def _stretches(node: Node) -> int:
    count = 0
    inside = False
    for kid in node.kids:
        if isinstance(kid, Node) and (kid.tag in BLOCK or kid.blk):
            inside = False
            count += _stretches(kid) if kid.blk else _filled(kid)
        elif not inside and (not kid.isspace() if isinstance(kid, str) else _filled(kid)):
            inside = True
            count += 1
    return count


def _filled(node: Node) -> bool:
    return node.tag in _MEDIA or bool(node.text().strip()) or any(True for _ in node.find(*_MEDIA))


def _wrap(block: Node, style: Node) -> None:
    """Put the style inside a block."""
    if block.tag in _WHOLE:
        return
    if block.tag in _FRAME:
        for kid in block.kids:
            if isinstance(kid, Node):
                _wrap(kid, style)
        return
    if not block.blk:
        block.kids = [Node(style.tag, style.attrs, block.kids)] if block.kids else []
        return
    inner = Node(style.tag, style.attrs, block.kids)
    inner.blk = True
    block.kids = _spread(inner)
