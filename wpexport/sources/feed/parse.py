"""Feeds in the four forms that WordPress writes (Atom, RSS 2.0, RDF, RSS 0.92), read by namespace.

A strict XML parser reads every feed that is one, or that becomes one once it is mended: it gives each text
exactly as it was written. feedparser, which other programs use for all feeds, renames and merges elements
(``media:description`` overwrites ``summary``, a second ``dc:creator`` the first) and is kept for what no
strict parser can read; what it gives is flagged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from wpexport.sources.feed.decode import NotFeed, close_off, decode, mend, trim
from wpexport.sources.feed.entries import Entry, Feed, Kind

_ATOM = "{http://www.w3.org/2005/Atom}"
_ATOM03 = "{http://purl.org/atom/ns#}"
_RSS1 = "{http://purl.org/rss/1.0/}"
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
_SLASH = "{http://purl.org/rss/1.0/modules/slash/}"
_WFW = "{http://wellformedweb.org/CommentAPI/}"
_THREAD = "{http://purl.org/syndication/thread/1.0}"
_FEEDBURNER = "{http://rssnamespace.org/feedburner/ext/1.0}"
_PREFIXES = {
    "http://search.yahoo.com/mrss/": "media",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://www.georss.org/georss": "georss",
    "com-wordpress:feed-additions:1": "wordpress",
}


def parse(body: bytes, content_type: str = "") -> Feed:
    """Read a feed's bytes.

    Raises:
        NotFeed: it is none; the message says what it is instead.
    """
    decoded = decode(body, content_type)
    trimmed = trim(decoded.text)
    text, notes = trimmed.text, list(trimmed.notes)
    if trimmed.truncated:
        text = close_off(text)
        notes.append("an end that broke off")
    feed: Feed | None = None
    try:
        feed = _strict(text)
    except etree.XMLSyntaxError as error:
        notes.append(f"XML that is ill-formed ({_why(error)})")
    if feed is None:
        try:
            feed = _strict(mend(text))
        except etree.XMLSyntaxError:
            from wpexport.sources.feed.loose import parse_loosely  # feedparser is slow to load

            feed = parse_loosely(text)
    feed.notes, feed.truncated, feed.replaced = tuple(notes), trimmed.truncated, decoded.replaced
    return feed


def _why(error: etree.XMLSyntaxError) -> str:
    return str(error).partition(",")[0][:120]


def _strict(text: str) -> Feed:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, remove_comments=True
    )
    text = re.sub(r"^<\?xml[^>]*\?>", "", text, count=1)
    root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    if root.tag in (f"{_ATOM}feed", f"{_ATOM03}feed"):
        return _atom(root, root.tag[: root.tag.index("}") + 1])
    if root.tag == "rss":
        return _rss(root.find("channel"), "rss", "")
    if root.tag == f"{_RDF}RDF":
        feed = _rss(root.find(f"{_RSS1}channel"), "rdf", _RSS1)
        feed.entries = [_item(item, _RSS1) for item in root.iter(f"{_RSS1}item")]
        return feed
    raise NotFeed("it is XML, and no feed")


# Atom (RFC 4287), with RFC 4685 for threads


def _atom(root: Any, ns: str) -> Feed:
    feed = Feed("atom", title=_text(root.find(f"{ns}title")), description=_text(root.find(f"{ns}subtitle")))
    feed.home = next(_links(root, ns, "alternate"), None)
    feed.language = root.get("{http://www.w3.org/XML/1998/namespace}lang")
    generator = root.find(f"{ns}generator")
    if generator is not None:
        feed.generator = f"{generator.get('uri', '')}?v={generator.get('version', '')}"
    feed.entries = [_entry(entry, ns) for entry in root.iter(f"{ns}entry")]
    return feed


def _entry(node: Any, ns: str) -> Entry:
    entry = Entry(title=_text(node.find(f"{ns}title")))
    title = node.find(f"{ns}title")
    entry.title_html = title is not None and title.get("type", "text") != "text"
    entry.url = _blank(node.findtext(f"{_FEEDBURNER}origLink")) or next(_links(node, ns, "alternate"), None)
    entry.guid = _blank(node.findtext(f"{ns}id"))
    entry.published = _blank(node.findtext(f"{ns}published") or node.findtext(f"{ns}issued"))
    entry.updated = _blank(node.findtext(f"{ns}updated") or node.findtext(f"{ns}modified"))
    entry.authors = [
        (_text(a.find(f"{ns}name")), _blank(a.findtext(f"{ns}uri"))) for a in node.findall(f"{ns}author")
    ]
    entry.categories = [c.get("label") or c.get("term") or "" for c in node.findall(f"{ns}category")]
    entry.summary = _whole(node.find(f"{ns}summary"))
    entry.content = _whole(node.find(f"{ns}content"))
    entry.total = _count(node.findtext(f"{_THREAD}total"))
    entry.replies = next(_links(node, ns, "replies", "application/atom+xml"), None)
    reply = node.find(f"{_THREAD}in-reply-to")
    entry.reply_to = reply.get("ref") if reply is not None else None
    enclosures = [
        _plain_attributes(link) for link in node.findall(f"{ns}link") if link.get("rel") == "enclosure"
    ]
    entry.extra = _extra(node) | ({"enclosures": enclosures} if enclosures else {})
    return entry


def _links(node: Any, ns: str, relation: str, kind: str | None = None) -> Iterator[str]:
    for link in node.findall(f"{ns}link"):
        if link.get("rel", "alternate") == relation and (kind is None or link.get("type") == kind):
            yield str(link.get("href") or "").strip()


# RSS


def _rss(channel: Any, kind: Kind, ns: str) -> Feed:
    if channel is None:
        raise NotFeed("it is a feed without a channel")
    feed = Feed(kind, title=_text(channel.find(f"{ns}title")), home=_blank(channel.findtext(f"{ns}link")))
    feed.description = _text(channel.find(f"{ns}description"))
    feed.language = _blank(channel.findtext(f"{ns}language") or channel.findtext(f"{_DC}language"))
    feed.generator = _text(channel.find(f"{ns}generator"))
    feed.entries = [_item(item, ns) for item in channel.findall(f"{ns}item")]
    return feed


def _item(node: Any, ns: str) -> Entry:
    entry = Entry(title=_text(node.find(f"{ns}title")))
    entry.url = _blank(node.findtext(f"{_FEEDBURNER}origLink")) or _blank(node.findtext(f"{ns}link"))
    entry.guid = _blank(node.findtext(f"{ns}guid"))
    entry.published = _blank(node.findtext(f"{ns}pubDate") or node.findtext(f"{_DC}date"))
    names = [_text(n) for n in node.findall(f"{_DC}creator")] or [
        _text(n) for n in node.findall(f"{ns}author")
    ]
    entry.authors = [(name, None) for name in names if name]
    found = [*node.findall(f"{ns}category"), *node.findall(f"{_DC}subject")]
    entry.categories = [text for text in map(_text, found) if text]
    entry.summary = _whole(node.find(f"{ns}description"))
    entry.content = _whole(node.find(f"{_CONTENT}encoded"))
    entry.total = _count(node.findtext(f"{_SLASH}comments"))
    entry.replies = _blank(node.findtext(f"{_WFW}commentRss") or node.findtext(f"{_WFW}commentRSS"))
    enclosures = [_plain_attributes(e) for e in node.findall(f"{ns}enclosure")]
    entry.extra = _extra(node) | ({"enclosures": enclosures} if enclosures else {})
    return entry


# Values


def _text(node: Any) -> str:
    """An element's text on one line."""
    return " ".join((_whole(node) or "").split())


def _whole(node: Any) -> str | None:
    """An element's text exactly as it is; XHTML (RFC 4287, 3.1.1.3) as it is written, without its ``div``."""
    if node is None:
        return None
    if not len(node):
        return str(node.text or "")
    inner = node[0] if node.get("type") == "xhtml" and len(node) == 1 else node
    text = "".join([inner.text or "", *(etree.tostring(child, encoding="unicode") for child in inner)])
    # lxml repeats what is declared further up; no author wrote that.
    for prefix, uri in inner.nsmap.items():
        text = text.replace(f' xmlns{":" if prefix else ""}{prefix or ""}="{uri}"', "")
    return text


def _blank(value: str | None) -> str | None:
    return value.strip() or None if value else None


def _count(value: str | None) -> int | None:
    value = (value or "").strip()
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else None


def _plain_attributes(node: Any) -> dict[str, str]:
    return {str(k): str(v) for k, v in node.attrib.items() if not str(k).startswith("{") and k != "rel"}


def _extra(node: Any) -> dict[str, Any]:
    """What other modules of a known prefix say: podcasts, pictures, places, WordPress.com's numbers."""
    extra: dict[str, Any] = {}
    for child in node:
        if not isinstance(child.tag, str) or not child.tag.startswith("{"):
            continue
        uri, _, name = child.tag[1:].partition("}")
        prefix = _PREFIXES.get(uri)
        if prefix is None:
            continue
        value = _plain_attributes(child) | ({"text": text} if (text := _text(child)) else {})
        extra.setdefault(f"{prefix}:{name}", []).append(value)
    return extra
