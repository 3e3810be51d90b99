"""What a pull cost the site: requests, bytes and time, told apart by what they were for."""

from __future__ import annotations

from time import monotonic
from typing import Any, Literal, Protocol, runtime_checkable

#: ``opening``: finding the way in; ``sweep``: the look at all numbers; ``records``, ``files``
Purpose = Literal["opening", "sweep", "records", "files"]


@runtime_checkable
class Metered(Protocol):
    """A client that counts."""

    @property
    def traffic(self) -> tuple[int, int]:
        """Requests so far, and bytes received as they came over the wire."""


class Meter:
    """Reads the counter whenever one purpose ends and another begins.

    Args:
        client: counts; one that does not gives no numbers, and time alone is told.
    """

    def __init__(self, client: object) -> None:
        self._client = client if isinstance(client, Metered) else None
        self._spent: dict[Purpose, list[float]] = {}
        self._last = self._read()

    def lap(self, purpose: Purpose) -> None:
        """All since the last time was for this."""
        now = self._read()
        sums = self._spent.setdefault(purpose, [0, 0, 0.0])
        self._spent[purpose] = [
            total + new - old for total, new, old in zip(sums, now, self._last, strict=True)
        ]
        self._last = now

    def _read(self) -> tuple[float, float, float]:
        requests, size = self._client.traffic if self._client is not None else (0, 0)
        return requests, size, monotonic()

    def report(self) -> dict[str, Any]:
        """For the run's report: the sums, the sweep's seconds, and each purpose apart."""
        told: dict[str, Any] = {}
        for purpose, (requests, size, seconds) in self._spent.items():
            told[purpose] = {"requests": int(requests), "bytes": int(size), "seconds": round(seconds, 3)}
            if self._client is None:
                told[purpose] = {"seconds": round(seconds, 3)}
        sums = {
            name: sum(one[name] for one in told.values()) for name in ("requests", "bytes") if self._client
        }
        return {**sums, "sweep_seconds": told.get("sweep", {}).get("seconds", 0.0), "purposes": told}
