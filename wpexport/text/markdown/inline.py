"""Join the pieces of a paragraph: white space, emphasis, escapes, line breaks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .emphasis import SIGNS, Span, settle
from .escape import Escaper
from .flavours import Flavour

_WHITE = re.compile(r"[\t\n\r\f][ \t\n\r\f]*| [ \t\n\r\f]+")
_SPACES = (
    " \t\n\r\f\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
)


@dataclass(frozen=True, slots=True)
class Open:
    """Emphasis of this kind begins ("strong", "em", "del")."""

    kind: str


@dataclass(frozen=True, slots=True)
class Close:
    """Emphasis of this kind ends."""

    kind: str


@dataclass(frozen=True, slots=True)
class Raw:
    """Markup that is ready: brackets of links, code spans, tags.

    ``code``: "(" link text begins, ")" it ends, "|" stands on a line of its own, "-" does so unless amid a
    text.
    """

    text: str
    code: str = ""


class Break:
    """A line break."""


BREAK = Break()
OPEN = {kind: Open(kind) for kind in SIGNS}
CLOSE = {kind: Close(kind) for kind in SIGNS}
Piece = str | Open | Close | Raw | Break


def spaced(text: str) -> str:
    """Each stretch of white space as one space."""
    # most texts have single ones alone: replacing those by themselves took 6 % of a conversion
    if "  " in text or "\n" in text or "\t" in text or "\r" in text or "\f" in text:
        return _WHITE.sub(" ", text)
    return text


def tidy(pieces: Sequence[Piece]) -> list[Piece]:
    """White space as a browser shows it, outside of emphasis; emphasis without content gone, neighbours
    merged.
    """
    done: list[Piece] = []
    for piece in pieces:
        if type(piece) is str:
            _add_text(done, spaced(piece))
        elif type(piece) is Raw:
            white = _white_end(done) if piece.code == ")" else ""
            done.append(piece)
            if white:
                _add_text(done, white)
        elif isinstance(piece, Close):
            _add_close(done, piece)
        elif isinstance(piece, Break):
            _strip_end(done)
            if done:
                done.append(piece)
        elif isinstance(piece, Open) and done and done[-1] is CLOSE[piece.kind]:
            done.pop()
        else:
            done.append(piece)
    while done and (done[-1] is BREAK or (isinstance(done[-1], str) and not done[-1].strip(_SPACES))):
        done.pop()
    if done and isinstance(done[-1], str):
        done[-1] = done[-1].rstrip(_SPACES)
    return done


def divide(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Split a paragraph at what needs a line of its own (frames, the fold of a post)."""
    parts: list[list[Piece]] = [[]]
    depth = 0
    for index, piece in enumerate(pieces):
        if isinstance(piece, Open):
            depth += 1
        elif isinstance(piece, Close):
            depth -= 1
        elif isinstance(piece, Raw) and piece.code:
            if piece.code in "()":
                depth += 1 if piece.code == "(" else -1
            elif not depth and (piece.code == "|" or not _amid(pieces, index)):
                parts += [[piece], []]
                continue
        parts[-1].append(piece)
    return parts


def _amid(pieces: Sequence[Piece], index: int) -> bool:
    """Does text stand on both sides, on the same line?"""
    return _texted(reversed(pieces[:index])) and _texted(pieces[index + 1 :])


def _texted(pieces: Iterable[Piece]) -> bool:
    for piece in pieces:
        if isinstance(piece, Break):
            return False
        if isinstance(piece, Raw) or (isinstance(piece, str) and piece.strip(_SPACES)):
            return True
    return False


def _add_text(done: list[Piece], text: str) -> None:
    at = len(done)
    while at and isinstance(done[at - 1], Open):
        at -= 1
    before = done[at - 1] if at else BREAK
    if before is BREAK:
        text = text.lstrip(" ") if at else text.lstrip(_SPACES)
    elif text[:1] == " " and isinstance(before, str) and before[-1] == " ":
        text = text[1:]
    if not text:
        return
    if at < len(done):  # what is white goes before the delimiter
        bare = text.lstrip(_SPACES)
        white = text[: len(text) - len(bare)]
        if white:
            if isinstance(before, str):
                done[at - 1] = before + white
            else:
                done.insert(at, white)
        if bare:
            done.append(bare)
    elif done and isinstance(done[-1], str):
        done[-1] += text
    else:
        done.append(text)


def _white_end(done: list[Piece]) -> str:
    """Take white space off the end of a link's text: it goes behind the link."""
    last = done[-1]
    if not isinstance(last, str):
        return ""
    bare = last.rstrip(_SPACES)
    if bare:
        done[-1] = bare
    else:
        done.pop()
    return last[len(bare) :]


def _strip_end(done: list[Piece]) -> None:
    if done and isinstance(done[-1], str):
        done[-1] = done[-1].rstrip(" ")
        if not done[-1]:
            done.pop()


def _add_close(done: list[Piece], piece: Close) -> None:
    """Close, with white space and breaks at the end of the content put behind."""
    tail: list[Piece] = []
    while done:
        last = done[-1]
        if last is BREAK:
            tail.append(done.pop())
            continue
        if isinstance(last, str):
            bare = last.rstrip(_SPACES)
            if len(bare) < len(last):
                tail.append(last[len(bare) :])
                done.pop()
                if bare:
                    done.append(bare)
                    break
                continue
        break
    if done and isinstance(done[-1], Open):
        done.pop()
    else:
        done.append(piece)
    for one in reversed(tail):
        if isinstance(one, str):
            _add_text(done, one)
        elif done:
            done.append(one)


class Joiner:
    """Writes tidy pieces as one dialect's Markdown."""

    def __init__(self, flavour: Flavour, escaper: Escaper):
        self._escaper = escaper
        self._strike = flavour.strike
        self._break = "\\\n" if flavour.line_break == "backslash" else "  \n"

    def join(self, pieces: Sequence[Piece], *, cell: bool = False, line: bool = False) -> str:
        """One paragraph. ``cell``: in a table; ``line``: on a single line (cells, headings)."""
        if len(pieces) == 1 and type(pieces[0]) is str:  # most paragraphs
            text = spaced(pieces[0]).strip(_SPACES)
            done: list[Piece] = [text] if text else []
        else:
            done = tidy(pieces)
        if not done:
            return ""
        if len(done) == 1 and isinstance(done[0], str):
            text = self._escaper.text(done[0], "", "", cell=cell, link=False, tildes=done[0].count("~"))
            return text if line else self._escaper.lines(text)
        texts = self._texts(done, cell, line)
        self._marks(done, texts)
        if BREAK not in done:
            text = "".join(texts)
            return text if line else self._escaper.lines(text)
        return self._broken(done, texts, line)

    def _texts(self, done: list[Piece], cell: bool, line: bool) -> list[str]:
        """The pieces as strings, text escaped; markers stay empty."""
        tildes = sum([piece.count("~") for piece in done if isinstance(piece, str)])
        texts: list[str] = []
        tagged = line or self._break[0] == " "  # a break may become a tag
        depth = 0
        last = len(done) - 1
        for index, piece in enumerate(done):
            if isinstance(piece, str):
                before = _outer(done, index, -1, tagged) if index else ""
                after = _outer(done, index, 1, tagged) if index < last else ""
                texts.append(
                    self._escaper.text(piece, before, after, cell=cell, link=depth > 0, tildes=tildes)
                )
            elif isinstance(piece, Raw):
                texts.append(piece.text)
                if piece.code == "(":
                    depth += 1
                elif piece.code == ")":
                    depth -= 1
            else:
                texts.append("\n" if piece is BREAK else "")
        return texts

    def _marks(self, done: list[Piece], texts: list[str]) -> None:
        spans: list[Span] = []
        opened: list[tuple[int, str]] = []
        for index, piece in enumerate(done):
            if isinstance(piece, Open):
                opened.append((index, piece.kind))
            elif isinstance(piece, Close) and opened:
                start, kind = opened.pop()
                if kind == "del" and not self._strike:
                    texts[start], texts[index] = "<del>", "</del>"
                else:
                    spans.append(Span(kind, start, index, SIGNS[kind]))
        if spans:
            spans.sort(key=lambda span: span.open)
            settle(texts, spans)

    def _broken(self, done: list[Piece], texts: list[str], line: bool) -> str:
        """With line breaks, which need a tag where the dialect's own sign would be misread."""
        parts: list[str] = []
        fresh = True
        for piece, text in zip(done, texts, strict=True):
            if piece is not BREAK:
                parts.append(text)
                fresh = fresh and not text
            elif line or (fresh and self._break[0] == " ") or (parts and parts[-1].endswith("\\")):
                parts.append("<br>")
            else:
                parts.append(self._break)
                fresh = True
        text = "".join(parts)
        return text if line else self._escaper.lines(text)


def _outer(done: list[Piece], index: int, step: int, tagged: bool) -> str:
    """The character beside a text, a delimiter counting as a star."""
    piece = done[index + step]
    if isinstance(piece, Raw):
        return piece.text[0 if step > 0 else -1] if piece.text else ""
    if isinstance(piece, str):
        return piece[0 if step > 0 else -1]
    if isinstance(piece, Break):
        if step > 0:
            return "<" if tagged else "\\"
        above = done[index - 2] if index > 1 else ""
        return ">" if tagged or (isinstance(above, str) and above.endswith("\\")) else "\n"
    return "~" if piece.kind == "del" else "*"
