"""What Markdown cannot say: whole elements as clean HTML blocks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .clean import emoji, latex
from .errors import InsideHtml
from .inline import spaced
from .links import resolve
from .markup import ALLOWED, attribute, start_tag, text
from .media import MEDIA
from .tree import Node

if TYPE_CHECKING:
    from .writer import Writer

_RENAME = {"acronym": "abbr", "strike": "s", "tt": "code", "samp": "code", "dir": "ul", "menu": "ul"}
_VOID = frozenset(("br", "hr"))
_LINE = "table tr thead tfoot caption ul ol li dl dt dd p div blockquote figure figcaption h1 h2 h3 h4 h5 h6"
_OWN_LINE = frozenset(_LINE.split())
_WORTHLESS = frozenset(
    [
        "b",
        "strong",
        "i",
        "em",
        "u",
        "s",
        "del",
        "ins",
        "mark",
        "sub",
        "sup",
        "p",
        "div",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "a",
        "code",
        "ul",
        "ol",
    ]
)
#: white space between their parts is none
_FRAMES = frozenset(("table", "thead", "tbody", "tfoot", "tr", "ul", "ol", "dl"))
_BLANK = re.compile(r"\n([ \t]*)\n")
_TRAILING = re.compile(r"[ \t]+\n")


def serialise(writer: Writer, node: Node) -> str:
    """An element as an HTML block, without blank lines: Markdown would resume after one. "" if nothing is in
    it.
    """
    parts: list[str] = []
    _element(writer, node, parts, pre=False)
    html = "".join(parts).strip()
    if node.tag == "pre":  # the only block that may hold blank lines
        return html
    if "<pre>" not in html:
        html = _TRAILING.sub("\n", html)
    while _BLANK.search(html):
        html = _BLANK.sub(r"\n\1&#10;", html)
    return html


def _element(writer: Writer, node: Node, parts: list[str], *, pre: bool) -> None:
    tag = _RENAME.get(node.tag, node.tag)
    if tag in _LEAVES:
        _leaf(writer, node, parts)
        return
    start = len(parts)
    known = tag in ALLOWED and not (tag == "a" and resolve(writer, node.get("href"), "link") is None)
    if known:
        if tag in _OWN_LINE and parts and not pre and not parts[-1].endswith("\n"):
            parts.append("\n")
            start += 1
        parts.append(start_tag(writer, node if tag == node.tag else Node(tag, node.attrs)))
    inside = pre or tag == "pre"
    for kid in node.kids:
        if not isinstance(kid, str):
            _element(writer, kid, parts, pre=inside)
        elif inside or node.tag not in _FRAMES or not kid.isspace():
            _text(writer, kid, parts, inside)
    if not known:
        return
    if tag in _WORTHLESS and not "".join(parts[start + 1 :]).strip():
        del parts[start]
        return
    writer.left(tag)
    if tag not in _VOID:
        parts.append(f"</{tag}>")


_LEAVES = frozenset(("img", "fnref-", "anchor-", "math", *MEDIA))


def _leaf(writer: Writer, node: Node, parts: list[str]) -> None:
    tag = node.tag
    if tag == "fnref-":
        raise InsideHtml
    if tag == "img":
        _picture(writer, node, parts)
    elif tag == "anchor-":
        writer.left("span")
        parts.append(f'<span id="{attribute(writer, node.get("id"))}"></span>')
    elif tag == "math":
        parts.append(text(writer, node.text()))
    else:
        parts.append(MEDIA[tag](writer, node, _inner))


def _inner(writer: Writer, kids: list[Node | str]) -> str:
    parts: list[str] = []
    _element(writer, Node("span", {}, kids), parts, pre=False)
    return "".join(parts).strip()


def _text(writer: Writer, value: str, parts: list[str], pre: bool) -> None:
    if pre:
        parts.append(text(writer, value.replace("\r\n", "\n").replace("\r", "\n")))
        return
    value = spaced(value)
    if not parts or parts[-1].endswith("\n"):
        value = value.lstrip(" ")
    if value:
        parts.append(text(writer, value))


def _picture(writer: Writer, node: Node, parts: list[str]) -> None:
    sign = emoji(node.attrs)
    if sign is None:
        sign = latex(node.attrs)
    if sign is not None:
        parts.append(text(writer, sign))
    elif node.get("src") or node.get("alt"):
        writer.left("img")
        parts.append(start_tag(writer, node))
