"""The time that a pull may take, and what it leaves for the next one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(slots=True)
class Hurry:
    """Knows when to stop.

    Args:
        most: how long; None for as long as it takes.
        clock: seconds.
    """

    most: timedelta | None
    clock: Callable[[], float]
    #: what was left, in words
    left: list[str] = field(default_factory=list)
    _began: float = field(init=False)

    def __post_init__(self) -> None:
        self._began = self.clock()

    def over(self) -> bool:
        """Whether the time is over."""
        return self.most is not None and self.clock() - self._began >= self.most.total_seconds()

    def leave(self, label: str, done: int | None = None, total: int | None = None) -> None:
        """Note what is not finished, or not begun."""
        many = (
            "not begun"
            if done is None
            else f"{done:,} of {total:,}"
            if total is not None
            else f"{done:,} so far"
        )
        self.left.append(f"{label} {many}")

    def told(self) -> list[str]:
        """One sentence where something was left."""
        if not self.left:
            return []
        return [
            f"The time for this pull (--max-time) was over, and it stopped in order: {', '.join(self.left)}."
        ]
