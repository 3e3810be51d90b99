"""When to ask again, and after how long."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

#: statuses that may be gone the next time (RFC 9110; 520 to 527 are Cloudflare's about the origin)
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504, *range(520, 528)})
#: statuses by which a server says that it is too busy
BUSY = frozenset({429, 503})


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds to wait by ``Retry-After`` (RFC 9110, 10.2.3): a number or an HTTP date; None where unsaid.

    Args:
        headers: with case-insensitive names.
        now: aware; the server's own ``Date`` is preferred, since clocks differ.
    """
    value = headers.get("Retry-After", "").strip()
    if not value:
        return None
    if value.replace(".", "", 1).isdecimal() and value.isascii():
        return float(value[:12])
    try:
        then = parsedate_to_datetime(value)
        said = headers.get("Date")
        start = parsedate_to_datetime(said) if said else now
        if then.tzinfo is None or start.tzinfo is None:
            then, start = then.replace(tzinfo=UTC), start.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError):
        return None
    return max(0.0, (then - start).total_seconds())


def backoff(attempt: int, base: float, cap: float, rng: random.Random) -> float:
    """Seconds before try ``attempt + 1``: doubling, half of it by chance, so that workers spread out."""
    whole = min(cap, base * 2.0 ** min(attempt - 1, 16))
    return whole * (0.5 + rng.random() / 2)
