"""Tables: pipes where a pipe table can say it, HTML where not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from . import html
from .tree import Node

if TYPE_CHECKING:
    from .writer import Writer

_IN_CELL = frozenset(("p", "div"))
_ALIGN = re.compile(r"text-align:\s*(left|right|center)|has-text-align-(left|right|center)")
_RULES = {"left": ":--", "right": "--:", "center": ":-:", "": "---"}
_RULE = re.compile(r"[-=:+ ]+")
_MAX_COLUMNS = 200


def table(writer: Writer, node: Node) -> list[str]:
    """A table."""
    rows = _rows(node)
    if not rows:
        return writer.flow([kid for kid in node.kids if isinstance(kid, Node)])
    captions = [kid for kid in node.kids if isinstance(kid, Node) and kid.tag == "caption"]
    if not _simple(node, rows):
        return [html.serialise(writer, node)]
    before = [block for caption in captions for block in writer.flow(caption.kids)]
    return [*before, _pipes(writer, rows)]


def _rows(node: Node) -> list[tuple[Node, str]]:
    rows: list[tuple[Node, str]] = []
    for kid in node.kids:
        if isinstance(kid, str):
            continue
        if kid.tag == "tr":
            if any(isinstance(cell, Node) for cell in kid.kids):
                rows.append((kid, node.tag))
        elif kid.tag in ("thead", "tbody", "tfoot"):
            rows += _rows(kid)
    return rows


def _cells(row: Node) -> list[Node]:
    return [cell for cell in row.kids if isinstance(cell, Node) and cell.tag in ("td", "th")]


def _simple(node: Node, rows: list[tuple[Node, str]]) -> bool:
    """Can pipes say it? No cells over several columns, no blocks in cells but paragraphs."""
    if any(section == "thead" for _, section in rows[1:]):
        return False
    for row, _ in rows:
        cells = _cells(row)
        if len(cells) > _MAX_COLUMNS:
            return False
        for cell in cells:
            if cell.get("colspan") not in ("", "1", "0") or cell.get("rowspan") not in ("", "1", "0"):
                return False
            if cell.blk and not _flat(cell):
                return False
    return True


def _flat(cell: Node) -> bool:
    return all(
        isinstance(kid, str) or (kid.tag in _IN_CELL and not kid.blk) or not (kid.blk or kid.tag in _BLOCKY)
        for kid in cell.kids
    )


_BLOCKY_WORDS = (
    "ul ol dl table pre blockquote h1 h2 h3 h4 h5 h6 hr figure details iframe audio video object math "
    "form address section article figcaption li dt dd center menu dir main header footer nav aside "
    "fieldset"
)
_BLOCKY = frozenset(_BLOCKY_WORDS.split())


def _pipes(writer: Writer, rows: list[tuple[Node, str]]) -> str:
    grid = [[_cell(writer, cell) for cell in _cells(row)] for row, _ in rows]
    first, section = rows[0]
    cells = _cells(first)
    headed = section == "thead" or all(cell.tag == "th" for cell in cells)
    width = max(len(row) for row in grid)
    rules = _rules(rows, width)
    if not headed:
        grid.insert(0, [""] * width)
    if writer.flavour.name == "jekyll":  # kramdown takes a row of such signs for a rule
        grid = [
            [writer.escaper.lines(cell) if _RULE.fullmatch(cell) else cell for cell in row] for row in grid
        ]
    lines = [_line(row, width) for row in grid]
    lines.insert(1, "| " + " | ".join(rules) + " |")
    return "\n".join(lines)


def _cell(writer: Writer, cell: Node) -> str:
    outer, writer.cell = writer.cell, True
    text = writer.lines_in_cell(cell.kids) if cell.blk else writer.inline(cell.kids)
    writer.cell = outer
    return text


def _line(row: list[str], width: int) -> str:
    return "| " + " | ".join(row + [""] * (width - len(row))) + " |"


def _rules(rows: list[tuple[Node, str]], width: int) -> list[str]:
    """The alignment of each column, when all its cells agree."""
    found: list[set[str]] = [set() for _ in range(width)]
    for row, _ in rows:
        for index, cell in enumerate(_cells(row)):
            found[index].add(_align(cell))
    return [_RULES[sides.pop()] if len(sides) == 1 else "---" for sides in found]


def _align(cell: Node) -> str:
    side = cell.get("align").strip().lower()
    if side in _RULES:
        if side:
            return side
        if cell.attrs:
            match = _ALIGN.search(cell.get("style")) or _ALIGN.search(cell.get("class"))
            if match:
                return match[1] or match[2] or ""
    return ""
