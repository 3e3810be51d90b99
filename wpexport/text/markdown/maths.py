"""Mathematics: TeX where the source has it, as the dialect writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .inline import Piece, Raw
from .tree import Node

if TYPE_CHECKING:
    from .writer import Writer


def formula(writer: Writer, tex: str, pieces: list[Piece], *, block: bool) -> None:
    """A formula. In dialects without mathematics it is text between dollars, escaped like text."""
    tex = " ".join(tex.split())
    if not tex:
        return
    sign = "$$" if block or writer.flavour.maths == "double" else "$"
    if writer.flavour.maths == "escaped":
        pieces.append(f"{sign}{tex}{sign}")
        return
    pieces.append(Raw(writer.escaper.raw(f"{sign}{tex}{sign}".replace("<", "\\lt "))))


def mathml(writer: Writer, node: Node, pieces: list[Piece]) -> None:
    """MathML: its TeX annotation, else the text of the formula."""
    for note in node.find("annotation"):
        if "tex" in note.get("encoding") and note.text().strip():
            formula(writer, note.text(), pieces, block=node.get("display") == "block")
            return
    pieces.append(node.text())
