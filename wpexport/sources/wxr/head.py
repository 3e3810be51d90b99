"""What an export file says outside of its items: the site, its authors and its terms."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from wpexport.errors import NotWordPress, SourceError
from wpexport.sources.wxr.elements import Element, parse, strict

_SKIPPED = re.compile(
    rb"(<!\[CDATA\[.*?\]\]>)|<!--.*?-->|<\?.*?\?>|</?(?:rss|channel)(?=[\s>])[^>]*>", re.DOTALL
)
_DOCTYPE = re.compile(rb"<!DOCTYPE\s+(\w*)", re.IGNORECASE)
_XMLNS = re.compile(rb"""xmlns:([\w.-]+)\s*=\s*["']([^"']+)["']""")
_GENERATOR = re.compile(rb'<!-- generator="([^"]{1,80})"')
_START = re.compile(
    rb"<(title|link|description|language|generator|image|pubDate|wp:wxr_version|wp:base_site_url|"
    rb"wp:base_blog_url|wp:author|wp:category|wp:tag|wp:term)(?=[\s/>])[^>]*?(/?)>"
)

_USUAL = {
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://wellformedweb.org/CommentAPI/": "wfw",
}
_WXR = re.compile(r"https?://wordpress\.org/export/\d+\.\d+/(excerpt/)?$")


@dataclass(slots=True)
class Heads:
    """What all heads of all files said together, and whether each document was closed."""

    #: prefixes that differ from the usual ones
    prefixes: dict[str, str] = field(default_factory=dict)
    generator: str | None = None
    #: documents begun, and documents ended
    opened: int = 0
    closed: int = 0


def read_head(data: bytes, heads: Heads, repairs: Counter[str]) -> list[Element]:
    """Read one stretch between items (or before the first, or after the last).

    Returns:
        Its elements, authors and terms among them; `heads` learns prefixes and counts documents.

    Raises:
        NotWordPress: it is a web page.
        SourceError: it declares entities, which no export does.
    """
    if data.isspace():
        return []
    _refuse_doctype(data)
    opened = len(re.findall(rb"<rss(?=[\s>])", data))
    heads.opened += opened
    heads.closed += min(len(re.findall(rb"</rss\s*>", data)), heads.opened - heads.closed)
    found = _GENERATOR.search(data)
    if found:
        heads.generator = found[1].decode("utf-8", "replace")
    _learn_prefixes(data, heads.prefixes)
    before = re.match(rb"\s+<\?xml", data)
    if before:
        repairs["blank lines before <?xml"] += 1
    inner = _SKIPPED.sub(lambda found: found[1] or b"", data)
    if not inner.strip():
        return []
    tree = strict(b"<head>" + inner + b"</head>", heads.prefixes)
    if tree is None:
        return list(_loose(inner, heads.prefixes, repairs))
    if tree.text.strip():
        repairs["foreign text between elements left out"] += 1
    return tree.children


def _loose(inner: bytes, prefixes: dict[str, str], repairs: Counter[str]) -> Iterator[Element]:
    for ours, usual in prefixes.items():
        inner = inner.replace(f"<{ours}:".encode(), f"<{usual}:".encode())
        inner = inner.replace(f"</{ours}:".encode(), f"</{usual}:".encode())
    at = 0
    while start := _START.search(inner, at):
        if inner[at : start.start()].strip():
            repairs["foreign text between elements left out"] += 1
        close = re.compile(rb"</" + start[1] + rb"\s*>").search(inner, start.end())
        at = start.end() if start[2] or not close else close.end()
        element = parse(inner[start.start() : at], repairs)
        if element is not None:
            yield element
    if inner[at:].strip():
        repairs["foreign text between elements left out"] += 1


def _refuse_doctype(data: bytes) -> None:
    found = _DOCTYPE.search(re.sub(rb"<!\[CDATA\[.*?\]\]>", b"", data, flags=re.DOTALL))
    if not found:
        return
    if found[1].lower() == b"html":
        raise NotWordPress(
            "This file is a web page, not an export.",
            hint="In the old blog: Tools > Export > Download Export File.",
        )
    raise SourceError(
        "This file has a DOCTYPE, which no WordPress export has; it was not read.",
        hint="Entities declared there can be an attack. If you trust it, remove the DOCTYPE and try again.",
    )


def _learn_prefixes(data: bytes, prefixes: dict[str, str]) -> None:
    for name, address in _XMLNS.findall(data):
        prefix, space = name.decode("utf-8", "replace"), address.decode("utf-8", "replace")
        wxr = _WXR.match(space)
        usual = ("excerpt" if wxr[1] else "wp") if wxr else _USUAL.get(space)
        if usual and usual != prefix:
            prefixes[prefix] = usual
