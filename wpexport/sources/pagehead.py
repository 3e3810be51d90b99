"""What a web page tells about the API behind it: in its headers and in its head."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape

from wpexport.net import Response, is_address
from wpexport.net.address import joined

#: core ``rest_output_link_header``
REL = "https://api.w.org/"
#: bytes of a page that are looked at
HEAD = 512 * 1024
_LINK = re.compile(rb"<link\b[^<>]*>", re.I)
_ATTRIBUTE = re.compile(r"(?<![a-zA-Z-])([a-zA-Z-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_LANGUAGE = re.compile(rb"<html\b[^<>]*\blang=[\"']?([A-Za-z0-9-]{2,20})", re.I)
_LINK_HEADER = re.compile(r"<([^<>]*)>((?:\s*;\s*[\w*-]+\s*=\s*(?:\"[^\"]*\"|[^\s;,]+))*)")
_SIGNS = (b"/wp-content/", b"/wp-includes/", b'content="WordPress', b"/wp-json", b"api.w.org")
#: bytes of a page in which a service's script is looked for: it stands near the end
_WHOLE = 4 * 1024 * 1024
_SERVICES = (
    ("Disqus", re.compile(rb"\.disqus\.com/(?:embed|count)\.js|disqus_shortname|/disqus-comment-system/")),
    ("Jetpack", re.compile(rb"jetpack\.wordpress\.com/jetpack-comment/")),
    ("Facebook", re.compile(rb"<(?:div|fb:comments)\b[^<>]*\bfb[-:]comments\b")),
)


@dataclass(slots=True)
class Page:
    """What a web page tells about the API behind it."""

    url: str
    roots: list[tuple[str, str]] = field(default_factory=list)
    rsd: str | None = None
    objects: list[str] = field(default_factory=list)
    shortlink: str | None = None
    language: str | None = None
    #: signs of WordPress on it
    signs: int = 0
    #: services beside WordPress that keep comments
    services: tuple[str, ...] = ()


def read(response: Response) -> Page:
    """Collect the signals of a page from its headers and its head."""
    page = Page(response.url)
    base = response.url
    for target, parameters in _link_headers(response.headers.get("Link", "")):
        _note(page, base, "the Link header", target, parameters)
    head = response.body[:HEAD]
    for tag in _LINK.finditer(head):
        found = attributes(tag[0])
        _note(page, base, "the page's head", found.get("href", ""), found)
    language = _LANGUAGE.search(head)
    page.language = language[1].decode("ascii") if language else None
    page.signs = sum(sign in head for sign in _SIGNS) + ("x-pingback" in response.headers) * 2
    page.services = services(response.body)
    return page


def services(body: bytes) -> tuple[str, ...]:
    """The services whose comments a page shows in place of WordPress' own."""
    return tuple(name for name, mark in _SERVICES if mark.search(body[:_WHOLE]))


def _note(page: Page, base: str, evidence: str, target: str, found: Mapping[str, str]) -> None:
    relation = found.get("rel", "").lower().split()
    url = joined(base, target)
    if not target or not is_address(url):
        return
    if REL in relation:
        page.roots.append((evidence, url))
    elif "edituri" in relation and found.get("type") == "application/rsd+xml":
        page.rsd = page.rsd or url
    elif "alternate" in relation and found.get("type") == "application/json":
        page.objects.append(url)
    elif "shortlink" in relation:
        page.shortlink = page.shortlink or url


def _link_headers(value: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Targets and parameters of ``Link`` headers, joined by commas as HTTP clients do (RFC 8288)."""
    for match in _LINK_HEADER.finditer(value):
        yield match[1], _attributes_of(match[2])


def attributes(tag: bytes) -> dict[str, str]:
    """The attributes of a tag, however they are quoted; names in lower case."""
    return _attributes_of(tag.decode("utf-8", "replace"))


def _attributes_of(text: str) -> dict[str, str]:
    return {m[1].lower(): unescape(m[2] or m[3] or m[4] or "").strip() for m in _ATTRIBUTE.finditer(text)}
