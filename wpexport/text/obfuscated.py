"""E-mail addresses that Cloudflare hid in a page, made readable again.

It writes them as hexadecimal bytes, each but the first combined with the first by exclusive or. Texts
have them that were copied from a page, or went through its servers as HTML.
"""

from __future__ import annotations

import re
from html import escape

_ELEMENT = re.compile(
    r"""<(a|span)\b[^<>]*\bdata-cfemail=["']([0-9a-fA-F]{4,400})["'][^<>]*>.{0,400}?</\1\s*>""", re.S | re.I
)
_HREF = re.compile(r"""(\bhref=["'])[^"'#]{0,300}/cdn-cgi/l/email-protection#([0-9a-fA-F]{4,400})""", re.I)


def revealed(html: str) -> str:
    """The text with its addresses; what does not decode to one stays as it is."""
    if "cfemail" not in html and "email-protection" not in html:
        return html
    return _HREF.sub(_link, _ELEMENT.sub(_element, html))


def _element(match: re.Match[str]) -> str:
    address = _decoded(match[2])
    if address is None:
        return match[0]
    text = escape(address)
    return text if match[1].lower() == "span" else f'<a href="mailto:{text}">{text}</a>'


def _link(match: re.Match[str]) -> str:
    address = _decoded(match[2])
    return match[0] if address is None else f"{match[1]}mailto:{escape(address)}"


def _decoded(digits: str) -> str | None:
    if len(digits) % 2:
        return None
    key, *rest = bytes.fromhex(digits)
    try:
        address = bytes(byte ^ key for byte in rest).decode("utf-8")
    except UnicodeDecodeError:
        return None
    return address if "@" in address and address.isprintable() else None
