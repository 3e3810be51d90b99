"""The state of one conversion, and the walk over the tree. What elements become is in the other modules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from .escape import Escaper
from .flavours import Flavour
from .inline import BREAK, Joiner, Piece, divide
from .tree import BLOCK, Node

Rewrite = Callable[[str, str], str]
BlockRule = Callable[["Writer", Node], list[str]]
SpanRule = Callable[["Writer", Node, list[Piece]], None]


class Writer:
    """Writes one document. ``cell`` and ``line`` say where the walk is: in a pipe table, on a line of its
    own.
    """

    def __init__(
        self,
        flavour: Flavour,
        escaper: Escaper,
        blocks: Mapping[str, BlockRule],
        spans: Mapping[str, SpanRule],
        rewrite: Rewrite | None,
        heading_shift: int,
    ):
        self.flavour = flavour
        self.escaper = escaper
        self.joiner = Joiner(flavour, escaper)
        self.rewrite = rewrite
        self.heading_shift = heading_shift
        self.html_left: Counter[str] = Counter()
        self.dropped: Counter[str] = Counter()
        self.before = ""  # the block before the one being written
        self.nested = 0  # how many lists and quotations are around
        self.cell = False
        self.in_link = False
        self.apart = False  # did the walk meet something that needs a line of its own?
        self.styles: set[str] = set()
        self._blocks = blocks
        self._spans = spans

    def flow(self, kids: Sequence[Node | str], before: str = "") -> list[str]:
        """The blocks of a container. Inline content between blocks makes paragraphs.

        ``before``: the block above, when the container itself leaves no trace.
        """
        done: list[str] = []
        run: list[Node | str] = []
        blocks = self._blocks
        for kid in kids:
            if isinstance(kid, str):
                if run or not kid.isspace():
                    run.append(kid)
            elif kid.tag not in BLOCK and not kid.blk:
                run.append(kid)
            else:
                if run:
                    self._paragraph(run, done)
                    run = []
                rule = blocks.get(kid.tag)
                self.before = done[-1] if done else before
                if rule is not None:
                    done += [block for block in rule(self, kid) if block]
                elif kid.blk:
                    done += self.flow(kid.kids, self.before)
                else:
                    self._paragraph(kid.kids, done)
        if run:
            self._paragraph(run, done)
        return done

    def _paragraph(self, kids: Sequence[Node | str], done: list[str]) -> None:
        pieces: list[Piece] = []
        self.walk(kids, pieces)
        if not self.apart:
            text = self.joiner.join(pieces, cell=self.cell, line=self.cell)
            if text:
                done.append(text)
            return
        self.apart = False
        for part in divide(pieces):
            text = self.joiner.join(part, cell=self.cell, line=self.cell)
            if text:
                done.append(text)

    def inline(self, kids: Sequence[Node | str], *, line: bool = False) -> str:
        """Inline content as one paragraph's text."""
        pieces: list[Piece] = []
        self.walk(kids, pieces)
        return self.joiner.join(pieces, cell=self.cell, line=line or self.cell)

    def walk(self, kids: Sequence[Node | str], pieces: list[Piece]) -> None:
        """Inline content as pieces."""
        rules = self._spans
        for kid in kids:
            if isinstance(kid, str):
                pieces.append(kid)
            else:
                rule = rules.get(kid.tag)
                if rule is not None:
                    rule(self, kid, pieces)
                elif kid.tag in BLOCK:
                    pieces.append(" ")
                    self.walk(kid.kids, pieces)
                    pieces.append(" ")
                else:
                    self.walk(kid.kids, pieces)

    def lines_in_cell(self, kids: Sequence[Node | str]) -> str:
        """Paragraphs inside of a table's cell, on one line."""
        pieces: list[Piece] = []
        for kid in kids:
            if isinstance(kid, Node) and kid.tag in ("p", "div"):
                if pieces and pieces[-1] is not BREAK:
                    pieces.append(BREAK)
                self.walk(kid.kids, pieces)
                if pieces and pieces[-1] is not BREAK:
                    pieces.append(BREAK)
            elif not isinstance(kid, str) or not kid.isspace():
                self.walk([kid], pieces)
        return self.joiner.join(pieces, cell=True, line=True)

    def plain(self, text: str) -> str:
        """A text without any markup of its own, on one line (alt texts, titles of links)."""
        pieces: list[Piece] = [text]
        return self.joiner.join(pieces, cell=self.cell, line=True)

    def left(self, tag: str) -> None:
        """Count an element that stays as HTML."""
        self.html_left[tag] += 1
