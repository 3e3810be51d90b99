"""Text made XML that every reader takes, whatever the blog contained."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import quote

ZERO = "0000-00-00 00:00:00"

#: what XML 1.0 has no place for: control characters, U+FFFE, U+FFFF, halves of surrogate pairs
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Xml:
    """Writes elements, and counts what it had to leave out."""

    def __init__(self) -> None:
        #: illegal characters left out, by the place they were found at
        self.illegal: Counter[str] = Counter()
        self._where = ""

    def at(self, where: str) -> None:
        """Say what is being written, for the account."""
        self._where = where

    def clean(self, text: str) -> str:
        """Leave out what XML does not allow. Line ends become ``\\n``, as for any reader."""
        count = len(_ILLEGAL.findall(text))
        if count:
            self.illegal[self._where] += count
        return legal(text)

    def cdata(self, name: str, text: str) -> str:
        """An element with its text in CDATA."""
        inner = self.clean(text).replace("]]>", "]]]]><![CDATA[>")
        return f"<{name}><![CDATA[{inner}]]></{name}>\n"

    def plain(self, name: str, text: str | int) -> str:
        """An element with escaped text."""
        return f"<{name}>{self.escape(str(text))}</{name}>\n"

    def escape(self, text: str) -> str:
        """Escape for text and for attribute values."""
        text = self.clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return text.replace('"', "&quot;")


def legal(text: str) -> str:
    """A text as an XML reader gives it back."""
    text = _ILLEGAL.sub("", text)
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def comment_text(text: str) -> str:
    """Text that may stand in an XML comment."""
    return re.sub(r"-(?=-)", "- ", _ILLEGAL.sub("", text)).removesuffix("-")


def local_time(time: datetime | None) -> str:
    """WordPress' site-local form; a zero date for None."""
    return time.isoformat(sep=" ", timespec="seconds")[:19] if time else ZERO


def utc_time(time: datetime | None) -> str:
    """WordPress' GMT form; a zero date for None."""
    return local_time(time.astimezone(UTC)) if time else ZERO


def mail_time(time: datetime | None) -> str:
    """The form of RSS' ``pubDate``; empty for None."""
    return format_datetime(time.astimezone(UTC)) if time else ""


def stored_slug(slug: str) -> str:
    """A slug as WordPress stores it: everything outside ASCII percent-encoded in lower case."""
    encoded = quote(slug, safe="!$&'()*+,;=:@/~._-% ", errors="replace")
    return re.sub(r"%[0-9A-F]{2}", lambda found: found[0].lower(), encoded)
