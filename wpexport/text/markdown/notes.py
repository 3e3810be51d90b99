"""Footnotes: references and the notes they point to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .inline import Piece
from .tree import Node

if TYPE_CHECKING:
    from .writer import Writer


class Notes:
    """The footnotes of one document."""

    def reference(self, writer: Writer, node: Node, pieces: list[Piece]) -> bool:
        """Write the link as a reference if it is one."""
        return False
