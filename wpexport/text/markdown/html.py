"""What Markdown cannot say: clean HTML from a list of allowed tags and attributes."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from .clean import emoji, latex
from .errors import InsideHtml
from .links import resolve
from .tree import Node

if TYPE_CHECKING:
    from .writer import Writer

_ALLOWED: dict[str, tuple[str, ...]] = {
    "a": ("href", "title"),
    "abbr": ("title",),
    "bdo": ("dir",),
    "iframe": ("src", "title", "width", "height", "allowfullscreen"),
    "img": ("src", "alt", "title"),
    "audio": ("src",),
    "video": ("src", "poster"),
    "li": ("value",),
    "ol": ("start", "type", "reversed"),
    "td": ("colspan", "rowspan"),
    "th": ("colspan", "rowspan", "scope"),
    "details": ("open",),
    "q": ("cite",),
    **dict.fromkeys(
        [
            "b",
            "blockquote",
            "br",
            "caption",
            "cite",
            "code",
            "dd",
            "del",
            "dfn",
            "div",
            "dl",
            "dt",
            "em",
            "figcaption",
            "figure",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "hr",
            "i",
            "ins",
            "kbd",
            "mark",
            "p",
            "pre",
            "rp",
            "rt",
            "ruby",
            "s",
            "samp",
            "strong",
            "sub",
            "summary",
            "sup",
            "table",
            "tbody",
            "tfoot",
            "thead",
            "tr",
            "u",
            "ul",
            "var",
        ],
        (),
    ),
}
_RENAME = {"acronym": "abbr", "strike": "s", "tt": "code", "dir": "ul", "menu": "ul", "center": "div"}
_VOID = frozenset(("br", "hr", "img"))
_NUMBER = re.compile(r"\s*(\d{1,3})\d*")
_URLS = {"href": "link", "src": "media", "poster": "image", "cite": "link"}
_WHITE = re.compile(r"[ \t\n\r\f]+")


def attribute(writer: Writer, value: str) -> str:
    """A value between double quotes, on one line, without template code."""
    return writer.escaper.raw(escape(_WHITE.sub(" ", value)))


def start_tag(writer: Writer, node: Node) -> str:
    """The start tag with its allowed attributes."""
    tag = node.tag
    parts = [tag]
    for name in _ALLOWED.get(tag, ()):
        if name not in node.attrs:
            continue
        value = node.attrs[name]
        if name in _URLS:
            value = resolve(writer, value or "", "image" if tag == "img" else _URLS[name])
            if value is None:
                continue
        if name in ("colspan", "rowspan"):
            match = _NUMBER.match(value or "")
            if match is None or match[1] in ("1", "0"):
                continue
            value = match[1]
        parts.append(
            name
            if not value and name not in ("alt", "href")
            else f'{name}="{attribute(writer, value or "")}"'
        )
    return "<" + " ".join(parts) + ">"


def text(writer: Writer, value: str) -> str:
    """Text between tags."""
    if "&" in value or "<" in value or ">" in value:
        value = escape(value, quote=False)
    return writer.escaper.raw(value) if "{" in value else value


def serialise(writer: Writer, node: Node) -> str:
    """An element as an HTML block: no blank line in it, so that Markdown does not resume before its end."""
    parts: list[str] = []
    _write(writer, node, parts, pre=False)
    return "".join(parts).strip()


_BREAKS = frozenset(
    [
        "table",
        "tr",
        "thead",
        "tbody",
        "tfoot",
        "caption",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "p",
        "div",
        "blockquote",
        "figure",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
    ]
)


def _write(writer: Writer, node: Node, parts: list[str], *, pre: bool) -> None:
    tag = _RENAME.get(node.tag, node.tag)
    if tag == "img":
        _picture(writer, node, parts)
        return
    if tag == "fnref-":
        raise InsideHtml
    if tag == "math":
        parts.append(text(writer, node.text()))
        return
    known = tag in _ALLOWED and not (tag == "a" and resolve(writer, node.get("href"), "link") is None)
    if known:
        if tag in _BREAKS and parts and not pre and not parts[-1].endswith("\n"):
            parts.append("\n")
        parts.append(start_tag(writer, node if tag == node.tag else Node(tag, node.attrs)))
        writer.left(tag)
    inside = pre or tag == "pre"
    for kid in node.kids:
        if isinstance(kid, str):
            _text(writer, kid, parts, inside)
        else:
            _write(writer, kid, parts, pre=inside)
    if known and tag not in _VOID:
        parts.append(f"</{tag}>")


def _text(writer: Writer, value: str, parts: list[str], pre: bool) -> None:
    if not pre:
        value = _WHITE.sub(" ", value)
        if not parts or parts[-1].endswith("\n") or (value == " " and parts[-1].endswith(">")):
            value = value.lstrip(" ") if not parts or parts[-1].endswith("\n") else value
        if value:
            parts.append(text(writer, value))
        return
    value = text(writer, value.replace("\r\n", "\n").replace("\r", "\n"))
    parts.append(value.replace("\n\n", "\n&#10;").replace("\n\n", "\n&#10;"))


def _picture(writer: Writer, node: Node, parts: list[str]) -> None:
    sign = emoji(node.attrs)
    if sign is None:
        sign = latex(node.attrs)
    if sign is not None:
        parts.append(text(writer, sign))
        return
    url = resolve(writer, node.get("src"), "image") if node.get("src") else None
    if url:
        writer.left("img")
        parts.append(start_tag(writer, node))
