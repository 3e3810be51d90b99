"""Escape text exactly where Markdown would misread it.

Rules of CommonMark 0.31 (inlines, flanking), of GFM's tables and strikethrough, of the footnote and
definition-list extensions, and of the template languages that run before Markdown.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from .flavours import Flavour, Guard

SPACE, PUNCT, WORD, UNSURE = 0, 1, 2, 3

_SPECIAL = re.compile(r"[\\`*_\[\]<&~{}|^]")
_INLINE = re.compile(
    r"\\(?=[!-/:-@\[-`{-~\n]|$)|`|\*+|_+|~+|\[(?=\^)|\](?=[(\[:])|<(?=[a-zA-Z/!?]|[^\s>]{1,99}@|$)"
    r"|&(?=#\d{1,7};|#[xX][0-9a-fA-F]{1,6};|[a-zA-Z][a-zA-Z0-9]*;)|\^(?=\[)|\|"
)
_LINKED = re.compile(_INLINE.pattern + r"|[\[\]]")  # in a link's text no bracket may stand alone
_LINE = re.compile(
    r"#{1,6}(?=[ \t]|$)|>|[-+*](?=[ \t]|$)|\d{1,9}(?=[.)](?:[ \t]|$))"  # headings, quotations, lists
    r"|=+[ \t]*$|(?:-[ \t]*)+$|(?:_[ \t]*){3,}$|(?:\*[ \t]*){3,}$"  # underlines and rules
    r"|[:~](?=[ \t]|$)|~{3,}|[|:-][ |:-]*$|\[(?=[ xX]\](?:[ \t]|$))|\+\+\+|\|(?=.*\|)"
)
_RUN = re.compile(r"^[*_~]|(?<=[*_~])[*_~]")

NEEDLES: dict[Guard, re.Pattern[str]] = {
    "liquid": re.compile(r"\{(?=[{%])"),
    "hugo": re.compile(r"\{(?=\{[<%])"),
    "zola": re.compile(r"\{(?=[{%])"),
    "nunjucks": re.compile(r"\{(?=[{%#])"),
    "mdx": re.compile(r"\{"),
}


@lru_cache(maxsize=4096)
def kind(char: str) -> int:
    """Is this character white space, punctuation, part of a word, or does that depend on the parser?

    Symbols (Unicode S*) count as punctuation since CommonMark 0.31 only; "" (the edge of the text) is white
    space.
    """
    if not char or char.isspace():
        return SPACE
    if char.isascii():
        return WORD if char.isalnum() else PUNCT
    category = unicodedata.category(char)
    if category[0] == "P":
        return PUNCT
    return UNSURE if category[0] == "S" or category in ("Cf", "Mn", "Me", "Cn", "Co") else WORD


def escaping(text: str) -> bool:
    """Does the text end in a backslash that escapes what comes next?"""
    return text.endswith("\\") and (len(text) - len(text.rstrip("\\"))) % 2 == 1


class Escaper:
    """Escapes for one dialect. Build one per dialect and keep it: its patterns are compiled once."""

    def __init__(self, flavour: Flavour):
        self.needle = NEEDLES.get(flavour.guard) if flavour.guard else None
        self._own = re.compile("|".join(flavour.escapes)) if flavour.escapes else None
        self._line = re.compile(_LINE.pattern + "".join("|" + own for own in flavour.line_escapes))
        self._strike = flavour.strike
        self._only = flavour.backslash

    def text(self, text: str, before: str, after: str, *, cell: bool, link: bool, tildes: int) -> str:
        """One run of text. ``before`` and ``after`` are the characters around it, "" at the edges.

        ``link``: inside a link's text, where brackets must balance. ``tildes``: how many there are in the
        paragraph.
        """
        if _SPECIAL.search(text):
            pattern = _LINKED if link else _INLINE
            text = pattern.sub(self._replacer(text, before, after, cell, tildes), text)
            if not link and after and after in "([:" and text.endswith("]"):
                text = text[:-1] + self._sign("]")
        if (before == "[" and text[0] == "^") or (before == "]" and text[0] == ":"):
            text = self._sign(text[0]) + text[1:]  # a footnote's reference, or its definition
        if after == "[" and text.endswith("!"):
            text = text[:-1] + self._sign("!")
        if self.needle and "{" in text:
            text = self.needle.sub(self._brace, text)
            if text[-1] == "{" and after and after in "{%<":
                bare = text[:-1]
                text = bare[: len(bare) - escaping(bare)] + "&#123;"
        if self._own:
            text = self._own.sub(self._own_sign, text)
        return text

    def _brace(self, match: re.Match[str]) -> str:
        inner, after = match.string[match.end()], match.string[match.end() + 1 : match.end() + 2]
        if self._only and inner not in self._only:
            return "&#123;"
        if self._only and inner == "{" and after in ("%", "#") and after not in self._only:
            return "{"  # the next brace becomes an entity, which no backslash may precede
        return "{\\" if inner in "{%#" else "\\{"

    def _sign(self, char: str) -> str:
        """One character, so that it means itself."""
        return f"&#{ord(char)};" if self._only and char not in self._only else "\\" + char

    def _own_sign(self, match: re.Match[str]) -> str:
        if escaping(match.string[: match.start()]):
            return match[0]
        return self._sign(match[0][0]) + match[0][1:]

    def _replacer(
        self, text: str, before: str, after: str, cell: bool, tildes: int
    ) -> Callable[[re.Match[str]], str]:
        end = len(text)

        def replace(match: re.Match[str]) -> str:
            found = match[0]
            char = found[0]
            start, stop = match.span()
            if char == "<":
                return found if stop == end and after in ("", " ", "\\") else "&lt;"
            if char == "&":
                return "&amp;"
            if char == "|":
                return self._sign("|") if cell else "|"
            if char == "\\":
                return found if stop == end and not after and not self._only else "\\\\"
            if char in "*_~":
                left = kind(text[start - 1] if start else before)
                right = kind(text[stop] if stop < end else after)
                if left == right == SPACE or (char == "_" and left == right == WORD):
                    return found
                beside = (not start and before == "~") or (stop == end and after == "~")  # of a delimiter
                if char == "~" and (not self._strike or (tildes < 2 and len(found) == 1 and not beside)):
                    return found
                return "".join([self._sign(one) for one in found])
            return self._sign(char)

        return replace

    def lines(self, text: str) -> str:
        """Guard the starts of the lines of a paragraph."""
        if "\n" not in text:
            return self._start(text)
        return "\n".join([self._start(line) for line in text.split("\n")])

    def _start(self, line: str) -> str:
        match = self._line.match(line)
        if match is None:
            return line
        found = match[0]
        if found[0].isdigit():
            return found + "\\" + line[match.end() :]
        if found[0] in "*_~":  # the rest of a run would be a delimiter behind a backslash
            return _RUN.sub(lambda run: self._sign(run[0]), found) + line[match.end() :]
        return self._sign(found[0]) + line[1:]

    def raw(self, html: str) -> str:
        """Guard template code in ready HTML (text and attribute values)."""
        return self.needle.sub("&#123;", html) if self.needle else html

    def url(self, url: str) -> str:
        """Guard template code in an address."""
        return self.needle.sub("%7B", url) if self.needle else url
