"""Lists: bullets, numbers, nesting, definitions."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

from . import html
from .tree import Node

if TYPE_CHECKING:
    from .writer import Writer

_NUMBER = re.compile(r"\s*(\d{1,8})\s*$")
_LIST = frozenset(("ul", "ol", "menu", "dir"))


def indent(text: str, by: str, first: str = "") -> str:
    """The text with ``first`` before its first line and ``by`` before the others (blank ones excepted)."""
    if "\n" not in text:
        return first + text
    head, *rest = text.split("\n")
    return "\n".join([first + head, *[by + line if line else line for line in rest]])


def _number(text: str, default: int) -> int:
    match = _NUMBER.match(text)
    return int(match[1]) if match else default


class _Marks:
    """Chooses markers so that lists beside each other stay apart."""

    def __init__(self, writer: Writer, ordered: bool, other: bool):
        self.ordered = ordered
        self.other = other
        self.fill = writer.flavour.list_indent

    def at(self, number: int) -> str:
        mark = (
            (f"{number})" if self.other else f"{number}.") if self.ordered else ("*" if self.other else "-")
        )
        return mark.ljust(max(self.fill, len(mark) + 1))


def bullets(writer: Writer, node: Node) -> list[str]:
    """A list, or the pictures of a gallery."""
    if "blocks-gallery-grid" in node.classes() or "wp-block-gallery" in node.classes():
        return writer.flow(_unwrapped(node))
    if _astray(node):
        writer_html = html.serialise(writer, node)
        return [writer_html] if writer_html else []
    ordered = node.tag == "ol"
    other = _beside(writer, ordered)
    apart = ["<!-- -->"] if other and not writer.flavour.list_marks else []
    other = other and not apart
    number = _number(node.get("start"), 1) if ordered else 0
    lists = apart
    items: list[str] = []
    loose = False
    marks = _Marks(writer, ordered, other)
    for kid in node.kids:
        if isinstance(kid, str):
            continue
        value = _number(kid.get("value"), number) if ordered else 0
        if value != number and items:
            lists.append(_joined(items, loose))
            items = []
            if writer.flavour.list_marks:
                other = not other
                marks = _Marks(writer, ordered, other)
            else:
                lists.append("<!-- -->")
        number = value
        text, wide = _item(writer, kid, marks.at(number))
        items.append(text)
        loose = loose or wide
        number += 1 if ordered else 0
    if items:
        lists.append(_joined(items, loose))
    return lists


_FIRST = {False: re.compile(r"-(?: |$)", re.M), True: re.compile(r"\d+\.(?: |$)", re.M)}


def _beside(writer: Writer, ordered: bool) -> bool:
    """Does this list follow one with the usual markers? They would become one list."""
    if not writer.flavour.list_marks:
        return bool(_FIRST[False].match(writer.before) or _FIRST[True].match(writer.before))
    return bool(_FIRST[ordered].match(writer.before))


def _joined(items: list[str], loose: bool) -> str:
    return ("\n\n" if loose else "\n").join(items)


def _unwrapped(node: Node) -> list[Node | str]:
    """A gallery's items as plain blocks."""
    return [
        Node("div", {}, kid.kids) if isinstance(kid, Node) and kid.tag == "li" else kid for kid in node.kids
    ]


def _astray(node: Node) -> bool:
    """Does the list hold something outside of its items?"""
    return any(not kid.isspace() if isinstance(kid, str) else kid.tag != "li" for kid in node.kids)


def _item(writer: Writer, node: Node, mark: str) -> tuple[str, bool]:
    """One item, and whether it needs blank lines around it."""
    writer.nested += 1
    blocks = writer.flow(node.kids)
    writer.nested -= 1
    by = " " * len(mark)
    if blocks and blocks[0] == "***" and mark[0] == "*":
        blocks[0] = "---"  # a line of stars alone is a rule, and no item
    if not blocks:
        return (mark.rstrip() if writer.flavour.list_marks else mark + "<!-- -->"), False
    wide = blocks[0][0] == "<" or any(not _TIGHT.match(block) for block in blocks[1:])
    wide = wide and len(blocks) > 1
    text = ("\n\n" if wide else "\n").join(blocks)
    return indent(text, by, mark), wide


_TIGHT = re.compile(
    r"(?:[-*]|1[.)]) +\S"
)  # a list that may follow a line of text without a blank line between


def definitions(writer: Writer, node: Node) -> list[str]:
    """A definition list, where the dialect has them and the list is simple."""
    items = [kid for kid in _parts(node) if isinstance(kid, Node)]
    if "gallery" in " ".join(node.classes()) or not any(item.tag == "dt" for item in items):
        return writer.flow(_grid(node))
    if not writer.flavour.deflists or not _orderly(node, items):
        return [html.serialise(writer, node)]
    done: list[str] = []
    for plain, groups in groupby(_groups(items), _plain):
        if plain:
            done += [_terms(writer, group) for group in groups]
        else:
            rest: list[Node | str] = [item for group in groups for item in group]
            done.append(html.serialise(writer, Node("dl", {}, rest)))
    return done


def _groups(items: list[Node]) -> list[list[Node]]:
    """Terms with their definitions."""
    groups: list[list[Node]] = []
    for index, item in enumerate(items):
        if not groups or (item.tag == "dt" and items[index - 1].tag == "dd"):
            groups.append([])
        groups[-1].append(item)
    return groups


def _terms(writer: Writer, group: list[Node]) -> str:
    """A term and its definitions in Markdown."""
    lines = [writer.escaper.lines(writer.inline(group[0].kids, line=True))]
    lines += [indent(writer.inline(item.kids), "    ", ":   ") for item in group[1:]]
    return "\n".join(lines)


def _grid(node: Node) -> list[Node | str]:
    return [
        Node("div", kid.attrs, kid.kids) if isinstance(kid, Node) and kid.tag in ("dt", "dd") else kid
        for kid in node.kids
    ]


def _parts(node: Node) -> list[Node | str]:
    """The terms and definitions, those in the <div>s of HTML 5.2 too."""
    parts: list[Node | str] = []
    for kid in node.kids:
        if isinstance(kid, Node) and kid.tag == "div":
            parts += kid.kids
        else:
            parts.append(kid)
    return parts


def _orderly(node: Node, items: list[Node]) -> bool:
    """Nothing but terms and definitions, a term first?"""
    loose = any(isinstance(kid, str) and not kid.isspace() for kid in _parts(node))
    return not loose and items[0].tag == "dt" and all(item.tag in ("dt", "dd") for item in items)


def _plain(group: list[Node]) -> bool:
    """One term, and definitions of one paragraph: two terms for one definition would be read as one term."""
    return (
        len(group) > 1
        and group[1].tag == "dd"
        and all(not item.blk and item.text().strip() for item in group)
    )
