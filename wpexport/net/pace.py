"""Pacing: how many requests at once, how far apart, and one slow-down for all workers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

#: seconds between two requests to a host after its first complaint
FIRST_INTERVAL = 0.25
#: seconds; no host is asked less often than this because of complaints
LARGEST_INTERVAL = 30.0
#: good answers in a row before the pace goes up one step
GOOD_BEFORE_FASTER = 8


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is being waited for, how long, and why: an event for people."""

    #: the host that is waited for
    host: str
    #: seconds
    seconds: float
    #: one phrase, such as ``HTTP 429, asked to wait``
    reason: str
    #: the request that will be made, without secrets
    url: str = ""
    #: which try failed, of how many; 0 where nothing failed
    attempt: int = 0
    attempts: int = 0


@dataclass(slots=True)
class _Host:
    allowed: int
    interval: float
    #: the most at once, and the least time between two, in good times
    jobs: int
    delay: float
    running: int = 0
    #: monotonic times
    next_start: float = 0.0
    hold_until: float = 0.0
    good: int = 0


class Hosts:
    """How busy each host is; shared by the pacers of clients that work side by side."""

    def __init__(self) -> None:
        self.known: dict[str, _Host] = {}
        self.changed = threading.Condition()


class Pacer:
    """Grants turns per host; thread-safe.

    At most ``jobs`` requests run at once to a host, their starts at least ``delay`` seconds apart.
    `complain` slows all workers of a host down at once, `praise` speeds up again step by step. Where several
    pacers share their hosts, the most patient of them sets the pace of a host.
    """

    def __init__(
        self,
        jobs: int,
        delay: float,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        hosts: Hosts | None = None,
    ) -> None:
        self._jobs = max(1, jobs)
        self._delay = max(0.0, delay)
        self._clock = clock
        self._sleep = sleep
        hosts = hosts or Hosts()
        self._hosts = hosts.known
        self._changed = hosts.changed
        self._met: set[str] = set()

    def _host(self, name: str) -> _Host:
        host = self._hosts.setdefault(name, _Host(self._jobs, self._delay, self._jobs, self._delay))
        if name not in self._met:
            self._met.add(name)
            host.jobs, host.delay = min(host.jobs, self._jobs), max(host.delay, self._delay)
            host.allowed, host.interval = min(host.allowed, host.jobs), max(host.interval, host.delay)
        return host

    @contextmanager
    def turn(self, name: str) -> Iterator[None]:
        """Hold a turn for one request to a host; blocks until there is one."""
        with self._changed:
            host = self._host(name)
            while host.running >= host.allowed:
                self._changed.wait()
            host.running += 1
        try:
            self._wait_for_start(host)
            yield
        finally:
            with self._changed:
                host.running -= 1
                self._changed.notify_all()

    def _wait_for_start(self, host: _Host) -> None:
        with self._changed:
            start = max(self._clock(), host.next_start, host.hold_until)
            host.next_start = start + host.interval
        while (left := start - self._clock()) > 0:
            self._sleep(left)
            # Another worker may have been told to wait in the meantime.
            start = max(start, host.hold_until)

    def complain(self, name: str, seconds: float) -> None:
        """The host is busy: nobody starts before ``seconds`` from now, and all go slower after."""
        with self._changed:
            host = self._host(name)
            now = self._clock()
            # Several workers complain about one incident: it counts once.
            fresh = now >= host.hold_until
            host.hold_until = max(host.hold_until, now + seconds)
            host.good = 0
            if fresh:
                host.interval = min(LARGEST_INTERVAL, max(FIRST_INTERVAL, host.interval * 2))
                host.allowed = max(1, host.allowed // 2)

    def praise(self, name: str) -> None:
        """The host answered well; after some of these the pace goes up one step."""
        with self._changed:
            host = self._host(name)
            if host.allowed == host.jobs and host.interval <= host.delay:
                return
            host.good += 1
            if host.good < GOOD_BEFORE_FASTER:
                return
            host.good = 0
            host.interval = max(host.delay, host.interval * 0.7 if host.interval > FIRST_INTERVAL / 2 else 0)
            host.allowed = min(host.jobs, host.allowed + 1)
            self._changed.notify_all()
