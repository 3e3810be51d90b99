"""Addresses: which are safe, and how they are written in Markdown and in HTML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .writer import Writer

_BLANK = re.compile(r"[\x00-\x20\x7f-\xa0\xad\u200b-\u200f\u2028\u2029\ufeff]+")
_SCHEME = re.compile(r"([a-z][a-z0-9+.\-]*):")
_BAD = frozenset(
    ("javascript", "vbscript", "livescript", "mocha", "data", "view-source", "jar", "file", "ms-its")
)
_PICTURE = re.compile(r"data:image/(png|gif|jpe?g|webp|avif|bmp|x-icon|svg\+xml)[;,]")
_PLAYER = re.compile(r"data:(audio|video)/[\w.+-]+[;,]")
_ENCODE = re.compile(r"[\x00-\x20<>\\\x7f`\"]")
_LINEFEED = re.compile(r"[\t\r\n]+")
_ENTITY = re.compile(r"&(?=#?[a-zA-Z0-9]+;)")
_AUTO = re.compile(r"(?:https?|ftp)://[^\s<>\\`{}&|%\x00-\x20\x7f]+$")
_MAIL = re.compile(r"[a-zA-Z0-9.+\-]+@[a-zA-Z0-9\-]+(?:\.[a-zA-Z0-9\-]+)+$")


def unsafe(url: str, kind: str = "link") -> str:
    """The scheme that must not pass ("javascript", "data", ...), or ""."""
    if ":" not in url:
        return ""
    bare = _BLANK.sub("", url).lower()
    match = _SCHEME.match(bare)
    if match is None or match[1] not in _BAD:
        return ""
    if (kind == "image" and _PICTURE.match(bare)) or (kind == "player" and _PLAYER.match(bare)):
        return ""
    return match[1]


def resolve(writer: Writer, url: str, kind: str) -> str | None:
    """The address to write, rewritten by the caller's function; None when it is not safe.

    ``kind``: "link", "image", "media" (frames) or "player" (audio and video, "media" for the caller).
    """
    url = _LINEFEED.sub("", url).strip()
    bad = unsafe(url, kind)
    if bad:
        writer.dropped[bad + ":"] += 1
        return None
    if writer.rewrite is not None and url:
        url = writer.rewrite(url, "media" if kind == "player" else kind)
        if unsafe(url, kind):
            return None
    return url


def target(writer: Writer, url: str) -> str:
    """An address as it stands between a link's parentheses."""
    if _ENCODE.search(url):
        url = _ENCODE.sub(lambda m: f"%{ord(m[0]):02X}", url)
    if "&" in url:
        url = _ENTITY.sub("&amp;", url)
    if "'" in url and writer.flavour.backslash:
        url = url.replace("'", "%27")
    if "(" in url or ")" in url:
        url = _parentheses(url)
    if "|" in url and (writer.cell or writer.flavour.name == "jekyll"):
        url = url.replace("|", "%7C")
    if not url:
        return "<>"
    return writer.escaper.url(url) if "{" in url else url


def _parentheses(url: str) -> str:
    depth = 0
    for char in url:
        if char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
            if depth < 0:
                break
    if depth == 0 and url.count("(") <= 3:
        return url
    return url.replace("(", "%28").replace(")", "%29")


def title(writer: Writer, text: str) -> str:
    """A link's or a picture's title, with the space before it, or ""."""
    text = " ".join(text.split())
    if not text:
        return ""
    text = re.sub(r'[\\"]', r"\\\g<0>", text)
    text = _ENTITY.sub("&amp;", text)
    if "<" in text:
        text = text.replace("<", "&lt;")
    if writer.cell:
        text = text.replace("|", "\\|")
    return f' "{writer.escaper.raw(text)}"'


def autolink(writer: Writer, url: str, text: str) -> str | None:
    """The short form ``<url>``, when the text is nothing but the address."""
    if writer.cell and "|" in url:
        return None
    if url == text and _AUTO.match(url):
        return f"<{url}>"
    if url == "mailto:" + text and _MAIL.match(text):
        return f"<{text}>"
    return None
