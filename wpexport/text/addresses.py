"""Addresses as sites write them: pure, and nothing here raises, for some of them are none (``http://[``)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import SplitResult, urlsplit

_LOC = re.compile(r"<loc>((?:[^<]|<!\[CDATA\[){1,4000})</loc>")
_NONE = SplitResult("", "", "", "", "")


def parted(url: str | None) -> SplitResult:
    """The parts of an address; all of them empty for what is none, or has a port that is no number."""
    try:
        parts = urlsplit(url or "")
        _ = parts.port  # which raises, too
    except ValueError:
        return _NONE
    return parts


def host_of(url: str | None) -> str:
    """The host with its port, in lower case and without ``www.``; empty for what is no address."""
    parts = parted(url)
    port = f":{parts.port}" if parts.port else ""
    return (parts.hostname or "").removeprefix("www.") + port


def locations(text: str) -> Iterator[str]:
    """The addresses in a sitemap, or in a map of sitemaps; a plugin may wrap them in CDATA."""
    for match in _LOC.finditer(text):
        bare = match[1].strip().removeprefix("<![CDATA[").removesuffix("]]>")
        yield unescape(bare.strip())
