"""Inline elements around blocks, which HTML knows and Markdown does not: the style moves into the blocks."""

from __future__ import annotations

from .tree import BLOCK, Node

_KEEP = frozenset(
    "a b strong i em cite var dfn del s strike sub sup mark ins u kbd abbr acronym q code tt samp bdo".split()
)
_WHOLE = frozenset(("pre", "table", "dl", "hr", "more-", "nextpage-"))


def sink(node: Node) -> None:
    """Rewrite the tree below ``node`` so that no inline element holds a block."""
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
    node.kids = kids


def _spread(node: Node) -> list[Node | str]:
    """The children of an inline element with blocks, each in the element's style."""
    if node.tag not in _KEEP:
        return [*node.kids]
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


def _wrap(block: Node, style: Node) -> None:
    if block.tag in _WHOLE:
        return
    if not block.blk:
        block.kids = [Node(style.tag, style.attrs, block.kids)] if block.kids else []
        return
    inner = Node(style.tag, style.attrs, block.kids)
    inner.blk = True
    block.kids = _spread(inner)
