"""A feed's bytes as text, and what keeps an XML parser from reading it, mended.

Parsers give up on one bad byte (XML 1.0, 4.3.3 makes it a fatal error) and feedparser then reads the whole
document in another encoding, which spoils every letter beyond ASCII. So the bytes are decoded here, and what
cannot be decoded is replaced and counted.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.entities import html5

ROOT = re.compile(r"<(?:rss|feed|rdf:RDF|RDF)[\s>]")
_START = re.compile(r"<\?xml[\s?]|<(?:rss|feed|rdf:RDF|RDF)[\s>]")
_DECLARED = re.compile(rb"^[^<]{0,200}<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{2,40})[\"']")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9._-]{2,40})", re.I)
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body)[\s>]", re.I)
#: what XML 1.0 (2.2) does not allow, written out or as a reference
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CHARREF = re.compile(r"&#(?:[xX]([0-9a-fA-F]{1,12})|([0-9]{1,12}));")
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*(\[.*?\]\s*)?>", re.S)
_AMPERSAND = re.compile(r"&(?:#[0-9]{1,7};|#[xX][0-9a-fA-F]{1,6};|([A-Za-z][A-Za-z0-9]{1,31});)?")
_XML_NAMES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_TEXTS = "dc:creator|category|description|content:encoded|title|name|summary|content"
#: the beginning of an element whose whole content is meant to be one CDATA section
_WRAPPED = re.compile(rf"<({_TEXTS})(?:\s[^<>]*)?>\s*<!\[CDATA\[")
#: elements that hold plain text, where core prints a stored name as it is (feed-atom-comments.php)
_BARE = re.compile(
    r"(<(title|name|uri|dc:creator|link|guid|id)(?:\s[^<>]*[^<>/])?>)((?:(?!</?\2\b).){0,4000})(</\2>)", re.S
)
#: what may stand after the root element; possessive, since a comment that never ends is looked through once
_NOTHING = re.compile(r"(?:[\x00 \t\r\n]|(?><!--.*?-->))*+", re.S)
_TYPED = re.compile(r"\btype\s*=\s*[\"']xhtml[\"']")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A feed as text."""

    text: str
    #: bytes sequences that could not be decoded; each is U+FFFD in the text
    replaced: int = 0


@dataclass(frozen=True, slots=True)
class Trimmed:
    """The XML document in a text, without what stands around it."""

    text: str
    #: what was taken away, in words
    notes: tuple[str, ...] = ()
    #: the root element is not closed: the answer broke off
    truncated: bool = False


class NotFeed(Exception):
    """The body is no feed; the message is one phrase for people."""


def decode(body: bytes, content_type: str = "") -> Decoded:
    """Decode a feed's bytes, never guessing beyond what is declared.

    A byte order mark wins (XML 1.0, F.1). Then whatever is valid UTF-8 is UTF-8, since WordPress and proxies
    declare other encodings over it; then what is declared.
    """
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if body.startswith(mark):
            return _decoded(body, name)
    try:
        return Decoded(body.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    declared = _DECLARED.match(body)
    header = _CHARSET.search(content_type)
    for candidate in (declared[1].decode("ascii") if declared else "", header[1] if header else ""):
        try:
            name = codecs.lookup(candidate).name if candidate else "utf-8"
        except LookupError:
            continue
        # Codecs such as "rot13" or "hex" are no character encodings.
        if name != "utf-8" and name not in _OTHER:
            return _decoded(body, name)
        if candidate:
            break
    return _decoded(body, "utf-8")


#: what `codecs.lookup` also knows
_OTHER = frozenset({"base64", "bz2", "hex", "quopri", "rot13", "uu", "zlib", "idna", "punycode", "undefined"})


def _decoded(body: bytes, name: str) -> Decoded:
    try:
        text = body.decode(name, "replace")
    except (UnicodeError, LookupError, ValueError):
        text = body.decode("utf-8", "replace")
    # What stood in the source as U+FFFD was lost before us; only what is new counts.
    before = body.count("\ufffd".encode()) if name == "utf-8" else 0
    return Decoded(text, max(0, text.count("\ufffd") - before))


def trim(text: str) -> Trimmed:
    """Cut a feed out of what stands around it, and remove what no XML document may hold.

    Nothing of this changes a well-formed document.

    Raises:
        NotFeed: there is no feed in it, or one that declares entities.
    """
    start = _START.search(text[:65536])
    root = ROOT.search(text[:65536], start.start()) if start else None
    if start is None or root is None:
        raise NotFeed(_what(text))
    if _HTML.search(text[: start.start()]):
        raise NotFeed(_what(text))
    notes = []
    if text[: start.start()].strip("\ufeff \t\r\n"):
        notes.append("text before the feed")
    text = text[start.start() :]
    before = root.start() - start.start()
    # The first alone: a document has one (XML 1.0, 2.8).
    doctype = _DOCTYPE.match(text, max(0, text.find("<!DOCTYPE", 0, before)), before)
    if "<!ENTITY" in text[:before]:
        raise NotFeed("it declares entities, which no feed of WordPress does and which can be an attack")
    if doctype is not None:
        text = text[: doctype.start()] + text[doctype.end() :]
    end = f"</{root[0].strip('<> ' + chr(9) + chr(10) + chr(13))}"
    close = text.rfind(end + ">")
    truncated = close < 0
    if not truncated:
        end_of_feed = close + len(end) + 1
        if (nothing := _NOTHING.match(text, end_of_feed)) and nothing.end() < len(text):
            notes.append("text after the feed")
        text = text[:end_of_feed]
    clean, removed = _legal(text)
    if removed:
        notes.append(f"{removed} characters that XML forbids")
    return Trimmed(clean, tuple(notes), truncated)


def close_off(text: str) -> str:
    """A document that broke off, up to its last whole item, closed.

    Raises:
        NotFeed: it broke off within the first item.
    """
    root = ROOT.search(text)
    last = max((text.rfind(end) + len(end), end) for end in ("</item>", "</entry>"))
    if root is None or last[0] < len(last[1]):
        raise NotFeed("it broke off before its first item ended")
    name = root[0].strip("<> \t\r\n")
    channel = "</channel>" if "<channel" in text and "</channel>" not in text else ""
    return f"{text[: last[0]]}{channel}</{name}>"


def mend(text: str) -> str:
    """Mend what makes a feed ill-formed: CDATA that ends too early, bare ``&`` and ``<``, HTML's entities.

    Core escapes neither the authors of comments nor ``]]>`` in names (wp-includes/feed-*-comments.php).
    To be called for ill-formed documents alone.
    """
    return "".join(p if is_cdata else _mended(p) for is_cdata, p in _pieces(_rewrapped(text)))


def _pieces(text: str) -> Iterator[tuple[bool, str]]:
    """The text cut into CDATA sections and what lies between. Each character is looked at once."""
    position = 0
    while (start := text.find("<![CDATA[", position)) >= 0 and (end := text.find("]]>", start)) >= 0:
        yield False, text[position:start]
        yield True, text[start : end + 3]
        position = end + 3
    yield False, text[position:]


def _rewrapped(text: str) -> str:
    """Let each CDATA section that is an element's content end where the element does."""
    pieces: list[str] = []
    position = 0
    never: set[str] = set()
    while (match := _WRAPPED.search(text, position)) is not None:
        pieces.append(text[position : match.end()])
        position = match.end()
        name = match[1]
        close = None if name in never else re.compile(rf"\]\]>\s*</{name}>").search(text, position)
        if close is None:
            never.add(name)
            continue
        inner = text[position : close.start()].replace("]]]]><![CDATA[>", "]]>")
        pieces += [inner.replace("]]>", "]]]]><![CDATA[>"), close[0]]
        position = close.end()
    return "".join([*pieces, text[position:]])


def _mended(markup: str) -> str:
    return _AMPERSAND.sub(_reference, _BARE.sub(_escaped, markup))


def _escaped(match: re.Match[str]) -> str:
    inner = match[3]
    if "<" not in inner or _TYPED.search(match[1]):
        return match[0]
    return match[1] + inner.replace("<", "&lt;").replace(">", "&gt;") + match[4]


def _reference(match: re.Match[str]) -> str:
    whole, name = match[0], match[1]
    if whole == "&":
        return "&amp;"
    if name is None or name in _XML_NAMES:
        return whole
    found = html5.get(f"{name};")
    return found if found is not None and found not in "<>&" else f"&amp;{whole[1:]}"


def _legal(text: str) -> tuple[str, int]:
    removed = 0

    def reference(match: re.Match[str]) -> str:
        nonlocal removed
        number = int(match[1], 16) if match[1] else int(match[2])
        if number <= 0x10FFFF and not _ILLEGAL.match(chr(number)):
            return match[0]
        removed += 1
        return ""

    if "&#" in text:
        # Only outside CDATA is it a reference; inside it is HTML, whose readers know what to do.
        text = "".join(p if is_cdata else _CHARREF.sub(reference, p) for is_cdata, p in _pieces(text))
    clean, many = _ILLEGAL.subn("", text)
    return clean, removed + many


def _what(text: str) -> str:
    """What a body is that is no feed, in a phrase."""
    start = text[:65536].lstrip("\ufeff \t\r\n")
    if not start:
        return "the answer is empty"
    if _HTML.search(start):
        title = re.search(r"<title[^>]*>(.{0,200}?)</title>", start, re.I | re.S)
        name = " ".join(title[1].split())[:80] if title else ""
        return f"it is a web page (“{name}”)" if name else "it is a web page"
    if start.startswith("<?xml") and "<error>" in start:
        return "WordPress answers with an error"
    return "it is something else"
