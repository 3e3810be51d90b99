"""A feed and its entries as they say it themselves, by whichever parser."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["atom", "rss", "rdf"]


@dataclass(slots=True)
class Entry:
    """One item of a feed, as it says; nothing is interpreted."""

    title: str = ""
    #: the title is HTML (Atom's ``type="html"``), else plain text
    title_html: bool = False
    url: str | None = None
    guid: str | None = None
    published: str | None = None
    updated: str | None = None
    #: name and address
    authors: list[tuple[str, str | None]] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)
    summary: str | None = None
    content: str | None = None
    #: comments of all types that WordPress counts
    total: int | None = None
    #: the feed of its comments
    replies: str | None = None
    #: what a comment answers (RFC 4685)
    reply_to: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Feed:
    """A whole feed."""

    kind: Kind
    title: str = ""
    description: str = ""
    #: the page that it is the feed of
    home: str | None = None
    language: str | None = None
    generator: str = ""
    entries: list[Entry] = field(default_factory=list)
    #: what had to be mended, in words
    notes: tuple[str, ...] = ()
    #: read by the tolerant parser: texts may be escaped once too often
    loose: bool = False
    #: it broke off; only whole items are here
    truncated: bool = False
    #: sequences of bytes that were no characters
    replaced: int = 0
