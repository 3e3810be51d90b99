"""Single values of WordPress' REST objects, made plain; pure functions that never raise."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from html import unescape
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--(?:(?!<!--).)*?-->", re.S)
#: an entity whose ampersand was itself escaped; only the kinds that nobody means to show
_TWICE = re.compile(r"&(?:#\d{2,7};?|#[xX][0-9a-fA-F]{2,6};?|amp;)")
_LARGEST_OFFSET = timedelta(hours=14)


def number(value: Any) -> int | None:
    """A positive whole number, also from a numeric string; WordPress' 0 for "none" is None."""
    if type(value) is int:  # nearly always; there are millions
        return value if 0 < value < 2**63 else None
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 19:
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and 0 < value < 2**63 else None


def string(value: Any) -> str:
    """A text; numbers become text, anything else is empty."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else ""


def address(value: Any) -> str | None:
    """An address, or None for an empty one."""
    return value.strip() or None if isinstance(value, str) else None


def slug(value: Any) -> str:
    """A slug, percent-decoded; left alone when it does not decode to UTF-8."""
    text = string(value)
    if "%" not in text:
        return text
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        return text


def plain(html: Any) -> tuple[str, str | None]:
    """A title as text, and as HTML only where the text loses something.

    Titles that were escaped once too often are decoded twice (WP-API/WP-API 3018).
    """
    source = string(html)
    if "<" not in source and "&" not in source:
        return source.strip(), None
    bare = _TAG.sub("", source)
    text = unescape(bare)
    again = _TWICE.search(text)
    if again:
        text = unescape(text)
    lost = len(bare) != len(source) or again is not None
    return text.replace("\xa0", " ").strip(), source if lost else None


def moment(local: Any, gmt: Any, zone: tzinfo) -> datetime | None:
    """An aware time from WordPress' pair of naive ones; a zero date is None.

    The offset at that moment is the difference of the two. Where it cannot be one (core repairs a missing
    ``date_gmt`` in different ways by version), the site's zone decides.

    Args:
        local: ``YYYY-MM-DDTHH:MM:SS`` in the site's zone.
        gmt: the same in UTC.
        zone: the site's.
    """
    here = naive(local)
    if here is not None and local == gmt:
        return here.replace(tzinfo=UTC)
    there = naive(gmt)
    if here is None:
        return there.replace(tzinfo=UTC).astimezone(zone) if there is not None else None
    if there is not None:
        offset = here - there
        if abs(offset) <= _LARGEST_OFFSET and not offset.total_seconds() % 900:
            return here.replace(tzinfo=timezone(offset))
    try:
        offset = zone.utcoffset(here) or timedelta(0)
    except OverflowError:
        offset = timedelta(0)
    # Whole minutes: local mean times before 1900 have seconds, which RFC 3339 cannot say.
    return here.replace(tzinfo=timezone(timedelta(minutes=round(offset.total_seconds() / 60))))


def naive(value: Any) -> datetime | None:
    """A naive time, or None for nothing, a zero date, or what PHP makes of one (``-0001-11-30``)."""
    if not isinstance(value, str) or len(value) < 10 or value[:4] == "0000" or not value[:4].isdecimal():
        return None
    try:
        time = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    if time.tzinfo is not None:
        try:
            time = time.astimezone(UTC).replace(tzinfo=None)
        except OverflowError:
            return None
    return time.replace(microsecond=0) if time.microsecond else time


def site_zone(name: Any, offset: Any) -> tuple[tzinfo, str | None, float | None]:
    """The site's zone, its IANA name (None for a fixed offset), and today's offset in hours.

    Args:
        name: ``timezone_string``, which may be empty.
        offset: ``gmt_offset``: a number, or one as text.
    """
    try:
        hours: float | None = float(offset)
    except (TypeError, ValueError):
        hours = None
    if hours is not None and not -14 <= hours <= 14:
        hours = None
    if isinstance(name, str) and name and not name.startswith(("/", ".")):
        try:
            return ZoneInfo(name), name, hours
        except (OSError, ValueError, KeyError):
            pass  # unknown to this machine: today's offset has to do
    return timezone(timedelta(minutes=round((hours or 0) * 60))), None, hours


def meta(value: Any) -> dict[str, Any]:
    """Registered meta; PHP writes an empty map as ``[]``."""
    return {str(k): v for k, v in value.items()} if isinstance(value, dict) else {}
