"""What inline elements become."""

from __future__ import annotations

from collections.abc import Mapping

from .clean import emoji, latex
from .code import code_span
from .inline import BREAK, CLOSE, OPEN, Piece, Raw
from .links import autolink, resolve, target, title
from .markup import attribute, start_tag
from .maths import formula, mathml
from .media import MEDIA, MediaRule
from .tree import Node
from .writer import SpanRule, Writer


def _style(kind: str) -> SpanRule:
    opening, closing = OPEN[kind], CLOSE[kind]

    def rule(writer: Writer, node: Node, pieces: list[Piece]) -> None:
        if kind in writer.styles:
            writer.walk(node.kids, pieces)
            return
        writer.styles.add(kind)
        pieces.append(opening)
        writer.walk(node.kids, pieces)
        pieces.append(closing)
        writer.styles.discard(kind)

    return rule


def _tagged(writer: Writer, node: Node, pieces: list[Piece]) -> None:
    """An element Markdown has no sign for: its tag stays, what it holds is Markdown."""
    at = len(pieces)
    pieces.append(Raw(start_tag(writer, node)))
    writer.walk(node.kids, pieces)
    if not _shows(pieces[at + 1 :]):
        inner = [piece for piece in pieces[at + 1 :] if isinstance(piece, str)]
        pieces[at:] = inner
        return
    writer.left(node.tag)
    pieces.append(Raw(f"</{node.tag}>"))


def _shows(pieces: list[Piece]) -> bool:
    return any(isinstance(piece, Raw) or (isinstance(piece, str) and not piece.isspace()) for piece in pieces)


def _acronym(writer: Writer, node: Node, pieces: list[Piece]) -> None:
    _tagged(writer, Node("abbr", node.attrs, node.kids), pieces)


def _break(_writer: Writer, _node: Node, pieces: list[Piece]) -> None:
    pieces.append(BREAK)


def _link(writer: Writer, node: Node, pieces: list[Piece]) -> None:
    href = node.attrs.get("href")
    url = None if href is None or writer.in_link else resolve(writer, href, "link")
    if url is None:
        writer.walk(node.kids, pieces)
        return
    inner: list[Piece] = []
    writer.in_link = True
    styles, writer.styles = writer.styles, set(writer.styles)
    writer.walk(node.kids, inner)
    writer.in_link, writer.styles = False, styles
    if not _shows(inner):
        pieces += [piece for piece in inner if isinstance(piece, str)]
        return
    text = inner[0] if len(inner) == 1 else None
    hint = node.get("title")
    if isinstance(text, str):
        short = autolink(writer, url, text) if not hint else None
        if short:
            pieces.append(Raw(short))
            return
        if hint == text.strip():
            hint = ""
    white = _lead(inner)
    if white:
        pieces.append(white)
    pieces.append(Raw("[", "("))
    pieces += inner
    pieces.append(Raw(f"]({target(writer, url)}{title(writer, hint)})", ")"))


def _lead(inner: list[Piece]) -> str:
    """Take white space off the front of a link's text: it goes before the link."""
    first = inner[0]
    if isinstance(first, str) and first[:1].isspace():
        inner[0] = first.lstrip()
        return " "
    return ""


def _image(writer: Writer, node: Node, pieces: list[Piece]) -> None:
    sign = emoji(node.attrs)
    if sign is not None:
        pieces.append(sign)
        return
    tex = latex(node.attrs)
    if tex is not None:
        formula(writer, tex, pieces, block=False)
        return
    src = node.get("src")
    url = resolve(writer, src, "image") if src else None
    alt = " ".join(node.get("alt").split())
    if not url and not alt:
        return
    hint = " ".join(node.get("title").split())
    alt_text = _alt(writer, alt)
    pieces.append(
        Raw(f"![{alt_text}]({target(writer, url or '')}{title(writer, '' if hint == alt else hint)})")
    )


def _alt(writer: Writer, alt: str) -> str:
    if not alt:
        return ""
    return writer.escaper.text(alt, "[", "]", cell=writer.cell, link=True, tildes=alt.count("~"))


_PLAIN = frozenset(("span", "br", "font", "code", "wbr"))


def _styled(node: Node) -> bool:
    """Does code hold links, emphasis or pictures, which a code span would show as text?"""
    return any(isinstance(kid, Node) and (kid.tag not in _PLAIN or _styled(kid)) for kid in node.kids)


def _code(writer: Writer, node: Node, pieces: list[Piece]) -> None:
    if _styled(node):
        _tagged(writer, Node("code", {}, node.kids), pieces)
        return
    text = node.text()
    bare = text.strip(" \t\r\n")
    if not bare:
        pieces.append(text)
        return
    beside = pieces[-1] if pieces else None
    melts = isinstance(beside, Raw) and beside.text.endswith("`") and text[0] == bare[0]
    if text[0] != bare[0]:
        pieces.append(" ")
    if melts:
        pieces.append(Raw("<!-- -->"))  # or the ticks of both would be one
    pieces.append(Raw(code_span(writer, bare)))
    if text[-1] != bare[-1]:
        pieces.append(" ")


def _reference(writer: Writer, node: Node, pieces: list[Piece]) -> None:
    """A reference to a footnote."""
    label = node.get("label")
    if writer.flavour.footnotes:
        pieces.append(Raw(f"[^{label}]"))
    else:
        writer.left("sup")
        pieces.append(Raw(f'<sup id="fnref-{label}"><a href="#fn-{label}">{node.get("number")}</a></sup>'))


def _fold(writer: Writer, node: Node, pieces: list[Piece]) -> None:
    """The fold of a post, or a page break inside of it."""
    writer.apart = True
    pieces.append(Raw(writer.flavour.more if node.tag == "more-" else "<!--nextpage-->", "-"))


def _anchor(writer: Writer, node: Node, pieces: list[Piece]) -> None:
    """A place that a link of the text leads to."""
    if node.get("id"):
        writer.left("span")
        pieces.append(Raw(f'<span id="{attribute(writer, node.get("id"))}"></span>'))


def _skip(_writer: Writer, _node: Node, _pieces: list[Piece]) -> None:
    return


def _math(writer: Writer, node: Node, pieces: list[Piece]) -> None:
    mathml(writer, node, pieces)


def _media(rule: MediaRule) -> SpanRule:
    def span(writer: Writer, node: Node, pieces: list[Piece]) -> None:
        text = rule(writer, node, _inner)
        if text:
            apart = text.startswith("<iframe")  # a line that begins so is HTML up to its end
            writer.apart = writer.apart or apart
            pieces.append(Raw(text, "|" if apart else ""))

    return span


def _inner(writer: Writer, kids: list[Node | str]) -> str:
    return writer.inline(kids, line=True)


_EM = _style("em")
_STRONG = _style("strong")
_DEL = _style("del")

SPANS: Mapping[str, SpanRule] = {
    **dict.fromkeys(("em", "i", "cite", "var", "dfn"), _EM),
    **dict.fromkeys(("strong", "b"), _STRONG),
    **dict.fromkeys(("del", "s", "strike"), _DEL),
    **dict.fromkeys(
        ("sub", "sup", "mark", "ins", "u", "kbd", "abbr", "q", "ruby", "rt", "rp", "bdo"), _tagged
    ),
    "acronym": _acronym,
    "code": _code,
    "tt": _code,
    "samp": _code,
    "a": _link,
    "br": _break,
    "img": _image,
    "math": _math,
    "wbr": _skip,
    "more-": _fold,
    "nextpage-": _fold,
    "fnref-": _reference,
    "anchor-": _anchor,
    **{tag: _media(rule) for tag, rule in MEDIA.items()},
}
