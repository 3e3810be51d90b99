"""Text from a site made safe for a terminal: what would move the cursor or turn the line is spelled out."""

from __future__ import annotations

import re

#: C0, DEL and C1; bidirectional embeddings, overrides and isolates; line and paragraph separators; the byte
#: order mark; lone surrogates; tags. Left-to-right and right-to-left marks stay: Hebrew and Arabic need them.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)


def printable(text: object) -> str:
    """The text on one line, with every dangerous character as its escape sequence."""
    return _UNSAFE.sub(_spelled, str(text))


def _spelled(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
