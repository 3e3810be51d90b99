"""One piece of an export file (an item, an author, a term) as a small tree: strictly, or else by repair.

A piece is read by expat first. It has no DOCTYPE, being a fragment, so there are no entities to expand and
nothing to fetch. What expat refuses is read by `_Mender`, which knows how WordPress writes these elements and
so finds their true ends where the markup inside is broken. (lxml's ``recover=True`` was tried and rejected:
it drops ``& B`` of ``A & B`` and the tail of a text with ``]]>`` in it, without a word.)
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator
from xml.parsers import expat

#: how deep a piece may nest: channel > item > comment > commentmeta > meta_key is 4
DEPTH = 32

#: characters that XML 1.0 does not allow, as they appear in UTF-8 text
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_STRAY = re.compile("[\udc80-\udcff]")
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_REFERENCE = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-zA-Z][a-zA-Z0-9]{1,31}));")
_ATTRIBUTE = re.compile(r"""(?<![\w:.-])([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")

_XML_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}

#: elements that hold other elements; all others hold text
CONTAINERS = frozenset(
    {"item", "wp:author", "wp:category", "wp:tag", "wp:term"}
    | {"wp:postmeta", "wp:termmeta", "wp:comment", "wp:commentmeta"}
)
#: elements that hold text, as WordPress and wp-cli write them (source: wp-admin/includes/export.php)
_LEAVES = re.findall(
    r"\S+",
    """
    title link pubDate dc:creator guid description content:encoded excerpt:encoded category
    wp:post_id wp:post_date wp:post_date_gmt wp:post_modified wp:post_modified_gmt wp:comment_status
    wp:ping_status wp:post_name wp:status wp:post_parent wp:menu_order wp:post_type wp:post_password
    wp:is_sticky wp:attachment_url wp:meta_key wp:meta_value wp:comment_id wp:comment_author
    wp:comment_author_email wp:comment_author_url wp:comment_author_IP wp:comment_date
    wp:comment_date_gmt wp:comment_content wp:comment_approved wp:comment_type wp:comment_parent
    wp:comment_user_id wp:term_id wp:category_nicename wp:category_parent wp:cat_name
    wp:category_description wp:tag_slug wp:tag_name wp:tag_description wp:term_taxonomy wp:term_slug
    wp:term_parent wp:term_name wp:term_description wp:author_id wp:author_login wp:author_email
    wp:author_display_name wp:author_first_name wp:author_last_name wp:wxr_version wp:base_site_url
    wp:base_blog_url language generator wp:id
    """,
)
_TAG = re.compile(
    r"<(/?)(" + "|".join(map(re.escape, sorted([*CONTAINERS, *_LEAVES], key=len, reverse=True))) + r")"
    r"(?=[\s/>])((?:[^<>\"']|\"[^\"]*\"|'[^']*')*?)(/?)>"
)


class Element:
    """An element: its name with the usual prefix, attributes, text, children."""

    __slots__ = ("_first", "attributes", "children", "cut", "name", "text")

    def __init__(self, name: str, attributes: dict[str, str] | None = None) -> None:
        self.name = name
        self.attributes = attributes or {}
        self.text = ""
        self.children: list[Element] = []
        self._first: dict[str, str] | None = None
        #: the file ended before this element did
        self.cut = False

    def get(self, name: str) -> str | None:
        """The text of the first child of that name; None where there is none. Ask when all are there."""
        if self._first is None:
            self._first = {child.name: child.text for child in reversed(self.children)}
        return self._first.get(name)

    def all(self, name: str) -> Iterator[Element]:
        """All children of that name."""
        return (child for child in self.children if child.name == name)


def parse(piece: bytes, repairs: Counter[str], *, prefixes: dict[str, str] | None = None) -> Element | None:
    """Read one piece.

    Args:
        piece: from ``<item>`` to ``</item>`` (or another element), UTF-8; the end may be missing.
        repairs: counts what had to be mended, by kind.
        prefixes: prefixes of this file that differ from the usual ones (``ns0`` for ``wp``).

    Returns:
        None where nothing of it can be understood.
    """
    element = strict(piece, prefixes or {})
    if element is not None:
        repairs["foreign text between elements left out"] += bool(element.children and element.text.strip())
        return element
    text = _decode(piece, repairs)
    text, illegal = _ILLEGAL.subn("", text)
    repairs["control characters removed"] += illegal
    for ours, usual in (prefixes or {}).items():
        text = re.sub(rf"(</?){re.escape(ours)}:", rf"\1{usual}:", text)
    return _Mender(text, repairs).piece()


def strict(piece: bytes, prefixes: dict[str, str]) -> Element | None:
    """Read a well-formed piece; None where it is not. Text between elements becomes their parent's."""
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.buffer_size = 1 << 16
    root = Element("")
    stack = [root]
    texts: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if texts:
            text = "".join(texts)
            texts.clear()
            if not text.isspace():
                stack[-1].text += text
        if prefixes and ":" in name:
            prefix, _, local = name.partition(":")
            name = f"{prefixes.get(prefix, prefix)}:{local}"
        element = Element(name, attributes)
        stack[-1].children.append(element)
        if len(stack) > DEPTH:
            raise ValueError("nested too deep")
        stack.append(element)

    def end(_name: str) -> None:
        element = stack.pop()
        if texts:
            text = "".join(texts)
            texts.clear()
            if not element.children or not text.isspace():
                element.text += text

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = texts.append
    try:
        parser.Parse(piece, True)
    except (expat.ExpatError, ValueError):
        return None
    return root.children[0]


def _decode(piece: bytes, repairs: Counter[str]) -> str:
    """Decode UTF-8; single bytes that are none are taken for Windows-1252, the usual guest."""
    try:
        return piece.decode("utf-8")
    except UnicodeDecodeError:
        pass
    text, count = _STRAY.subn(
        lambda found: bytes([ord(found[0]) - 0xDC00]).decode("cp1252", "replace"),
        piece.decode("utf-8", "surrogateescape"),
    )
    repairs["bytes that are no UTF-8, read as Windows-1252"] += count
    return text


class _Mender:
    """Reads a broken piece by what its elements are known to look like."""

    def __init__(self, text: str, repairs: Counter[str]) -> None:
        self._source = text
        self._repairs = repairs

    def piece(self) -> Element | None:
        tag = _TAG.search(self._source)
        if not tag or tag[1]:
            return None
        element, _end = self._element(tag)
        return element

    def _element(self, tag: re.Match[str]) -> tuple[Element, int]:
        attributes = {
            name: self._plain(double or single) for name, double, single in _ATTRIBUTE.findall(tag[3])
        }
        element = Element(tag[2], attributes)
        if tag[4]:
            return element, tag.end()
        if element.name in CONTAINERS:
            return element, self._children(element, tag.end())
        return element, self._leaf(element, tag.end())

    def _children(self, element: Element, at: int) -> int:
        while tag := _TAG.search(self._source, at):
            self._foreign(at, tag.start())
            if not tag[1]:
                if element.name != "item" and tag[2] in ("item", "wp:comment"):
                    self._repairs["elements that were not closed"] += 1
                    return tag.start()
                child, at = self._element(tag)
                element.children.append(child)
            elif tag[2] == element.name:
                return tag.end()
            elif tag[2] == "item":
                self._repairs["elements that were not closed"] += 1
                return tag.start()
            else:
                self._repairs["closing tags without a beginning"] += 1
                at = tag.end()
        element.cut = True
        return len(self._source)

    def _foreign(self, start: int, end: int) -> None:
        between = self._source[start:end]
        if between and not between.isspace() and not between.lstrip().startswith("<!--"):
            self._repairs["foreign text between elements left out"] += 1

    def _leaf(self, element: Element, at: int) -> int:
        close = re.compile(rf"\s*</{re.escape(element.name)}\s*>")
        opening = re.compile(r"\s*<!\[CDATA\[").match(self._source, at)
        if opening:
            # The true end: a text may well speak of "]]>" or of "</content:encoded>" itself.
            end = re.compile(rf"\]\]>\s*</{re.escape(element.name)}\s*>").search(self._source, opening.end())
            if end:
                inner = self._source[opening.start() : end.start()] + "]]>"
                element.text = self._cdata(inner.lstrip())
                return end.end()
        found = close.search(self._source, at)
        limit = found.start() if found else len(self._source)
        inside = None if opening else _TAG.search(self._source, at, limit)
        if inside:
            self._repairs["elements that were not closed"] += 1
            element.text = self._mixed(self._source[at : inside.start()].rstrip())
            return inside.start()
        if not found:
            element.cut = True
            rest = self._source[at:].lstrip().removeprefix("<![CDATA[").removesuffix("]]>")
            element.text = rest if opening else self._plain(rest)
            return len(self._source)
        element.text = self._mixed(self._source[at : found.start()])
        return found.end()

    def _cdata(self, inner: str) -> str:
        """The text of CDATA sections from the first ``<![CDATA[`` to the last ``]]>``."""
        whole = inner[len("<![CDATA[") : -len("]]>")]
        # No text holds U+0000 here: it stands for what was escaped properly while the rest is looked at.
        joined = whole.replace("]]]]><![CDATA[>", "\0").replace("]]><![CDATA[", "")
        self._repairs["unescaped ]]> kept as text"] += joined.count("]]>")
        return joined.replace("\0", "]]>")

    def _mixed(self, inner: str) -> str:
        parts: list[str] = []
        at = 0
        for section in _CDATA.finditer(inner):
            parts += [self._plain(inner[at : section.start()]), section[1]]
            at = section.end()
        return "".join([*parts, self._plain(inner[at:])])

    def _plain(self, text: str) -> str:
        """Decode references; what is none of XML's was either HTML's or a bare ampersand."""
        good = 0

        def reference(found: re.Match[str]) -> str:
            nonlocal good
            good += 1
            if found[3]:
                if found[3] in _XML_ENTITIES:
                    return _XML_ENTITIES[found[3]]
                name = html.unescape(found[0])
                self._repairs["HTML entities that XML does not know"] += name != found[0]
                return name
            code = int(found[1]) if found[1] else int(found[2], 16)
            character = chr(code) if code <= 0x10FFFF else ""
            if not character or _ILLEGAL.match(character):
                self._repairs["control characters removed"] += 1
                return ""
            return character

        bare = text.count("&")
        decoded = _REFERENCE.sub(reference, text)
        self._repairs["bare ampersands"] += bare - good
        self._repairs["markup outside CDATA kept as text"] += text.count("<")
        return decoded
