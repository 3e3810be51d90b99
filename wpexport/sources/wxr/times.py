"""WordPress' two clocks (local and GMT) made one aware time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

#: the extreme zones of the world are -12:00 and +14:00
_WIDEST = timedelta(hours=14)


def moment(text: str | None) -> datetime | None:
    """Read ``YYYY-MM-DD HH:MM:SS``; None for a zero date, a missing one, or nonsense."""
    if not text or text.startswith("0000"):
        return None
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=None, microsecond=0)
    except ValueError:
        return None


class Zone:
    """The site's offset through the year, learned from all times that are given by both clocks.

    An export names no time zone, and drafts have no GMT time: theirs is taken from other days.
    """

    def __init__(self) -> None:
        self._seen: dict[tuple[int, int], int] = {}

    def aware(self, local: str | None, gmt: str | None) -> tuple[datetime | None, datetime | None]:
        """Join both clocks.

        Returns:
            The time, or else the local time whose offset must be guessed once all is read.
        """
        here, there = moment(local), moment(gmt)
        if here is None:
            return (None, None) if there is None else (there.replace(tzinfo=UTC), None)
        if there is None:
            return None, here
        offset = here - there
        if abs(offset) > _WIDEST or offset.seconds % 60:
            return None, here
        self._seen.setdefault((here.year, here.timetuple().tm_yday), int(offset.total_seconds()) // 60)
        return here.replace(tzinfo=timezone(offset)), None

    def guess(self, local: datetime) -> datetime:
        """Give a local time the offset of the nearest known day of the year; UTC where nothing is known."""
        if not self._seen:
            return local.replace(tzinfo=UTC)
        day = local.timetuple().tm_yday

        def distance(known: tuple[int, int]) -> tuple[int, int]:
            apart = abs(known[1] - day)
            return min(apart, 366 - apart) // 7, abs(known[0] - local.year)

        return local.replace(tzinfo=timezone(timedelta(minutes=self._seen[min(self._seen, key=distance)])))
