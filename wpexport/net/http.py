"""Polite HTTP: paced, patient, within limits, and with logins that stay at home."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from types import TracebackType
from typing import BinaryIO, Self

from wpexport import __version__
from wpexport.net import retry
from wpexport.net.address import Origin, Resolve, is_private, origin, resolve, shown
from wpexport.net.answers import Download, Params, Response, with_params
from wpexport.net.blockpage import blocked_by
from wpexport.net.credentials import Credentials, discreet
from wpexport.net.failures import (
    BadEncoding,
    Forbidden,
    NetError,
    OutOfTime,
    Stopped,
    TimedOut,
)
from wpexport.net.files import SinkFailed, Taken
from wpexport.net.pace import Hosts, Pacer, Waiting
from wpexport.net.redirects import REDIRECTS, next_hop, sendable
from wpexport.net.transport import ENCODINGS, Answer, Shows, Transport
from wpexport.net.workers import Workers

USER_AGENT = f"wpexport/{__version__} (+https://github.com/wpexport/wpexport)"
JSON = "application/json, */*;q=0.1"
#: bytes of one answer that is held in memory
MAX_BODY = 64 * 1024 * 1024
#: bytes of one file that goes to disk
MAX_FILE = 8 * 1024 * 1024 * 1024

Notify = Callable[[Waiting], None]


class Http:
    """A client for one run. Thread-safe; close it to wake all who wait.

    Args:
        jobs: requests at once to one host.
        delay: seconds between the starts of two requests to one host.
        attempts: how often a request that failed in passing is made in all.
        timeout: seconds to connect, and between two pieces of an answer.
        max_time: seconds for one answer that is held in memory.
        max_size: bytes of one such answer.
        max_wait: seconds; the most that ``Retry-After`` can make us wait at once.
        lifetime: seconds from now on; no request begins after it, and no wait that would outlast it.
        user_agent: instead of `USER_AGENT`.
        credentials: a login, sent with ``login=True`` only; pinned by `Credentials.pin`.
        gate: headers for a site behind a gate (cookies, say), sent with every request to their pinned origin.
        hosts: shared with other clients, so that one host is asked by all of them as politely as by one.
        notify: told of every wait of a second or more, and of every retry.
        clock: monotonic seconds, for tests.
        sleep: waits so many seconds, for tests.
        now: the time of day, aware, for tests.
        resolve: host to addresses, for tests.
    """

    def __init__(
        self,
        *,
        jobs: int = 2,
        delay: float = 0.0,
        attempts: int = 4,
        backoff: float = 1.0,
        timeout: tuple[float, float] = (15.0, 60.0),
        max_time: float = 300.0,
        max_size: int = MAX_BODY,
        max_wait: float = 600.0,
        lifetime: float | None = None,
        user_agent: str | None = None,
        credentials: Credentials | None = None,
        gate: Credentials | None = None,
        hosts: Hosts | None = None,
        notify: Notify | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        resolve: Resolve = resolve,
    ) -> None:
        self.jobs = max(1, jobs)
        self.credentials = credentials
        self.gate = gate
        self._attempts = max(1, attempts)
        self._backoff = backoff
        self._max_size = max_size
        self._max_wait = max_wait
        self._clock = clock
        self._until = None if lifetime is None else clock() + lifetime
        self._agent = user_agent or USER_AGENT
        self._notify = notify
        self._now = now
        self._resolve = resolve
        self._stop = threading.Event()
        self._own_sleep = sleep
        #: threads for requests ahead of need, at most ``jobs``
        self.workers = Workers(self.jobs)
        self._pacer = Pacer(jobs, delay, clock=clock, sleep=self._sleep, hosts=hosts)
        self._transport = Transport(timeout, max_time, clock)
        self._rng = random.Random()
        self._counting = threading.Lock()
        self._requests = 0
        self._received = 0
        self._trusted: set[tuple[str, int]] = set()
        self._checked: set[str] = set()
        #: of the site that the user typed
        self._home: str | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Wake all who wait, with `Stopped`, and close all connections."""
        self._stop.set()
        self.workers.close()
        self._transport.close()

    @property
    def traffic(self) -> tuple[int, int]:
        """Requests sent so far, each try counted, and bytes of answers as they came over the wire."""
        return self._requests, self._received

    def trust(self, url: str) -> None:
        """Allow this address' host even in a private network: the user typed it."""
        where = origin(url)
        # A site on http may well redirect to its own https.
        self._home = self._home or f"{where}/"
        self._trusted |= {(where.host, port) for port in (where.port, *((443,) if where.port == 80 else ()))}

    # Requests

    def get(
        self,
        url: str,
        params: Params | None = None,
        *,
        accept: str = "*/*",
        login: bool = False,
        max_size: int | None = None,
        attempts: int | None = None,
        method: str = "GET",
        referer: str | None = None,
    ) -> Response:
        """Ask for an address and return the answer, whatever its status.

        Args:
            params: appended to the address' own query.
            login: send the credentials; then no redirect is followed, and the 3xx is returned.
            max_size: bytes, instead of the client's.
            attempts: instead of the client's.

        Raises:
            NetError: there was no whole answer (see its subclasses).
            LoginError: the credentials may not go there.
        """
        url = with_params(sendable(url), params)
        headers = {"User-Agent": self._agent, "Accept": accept, "Accept-Encoding": ENCODINGS}
        if referer:
            headers["Referer"] = referer
        limit = self._max_size if max_size is None else max_size

        def once(headers: dict[str, str]) -> Response:
            body: list[bytes] = []
            final, answer = self._follow(
                method, url, headers, body.clear, body.append, limit, login, timed=True
            )
            content = discreet(b"".join(body), self.credentials if login else None, self.gate)
            blocked = blocked_by(answer.status, answer.headers, content)
            return Response(
                shown(final), answer.status, answer.headers, content, self._time(), login, blocked
            )

        return self._patiently(url, headers, once, attempts or self._attempts)

    def download(
        self,
        url: str,
        sink: BinaryIO,
        *,
        referer: str | None = None,
        max_size: int = MAX_FILE,
        attempts: int | None = None,
    ) -> Download:
        """Write a file to ``sink`` (seekable, from where it stands) while hashing it. Never with a login.

        Raises:
            NetError: there was no whole answer.
            OSError: the sink cannot be written.
        """
        url = sendable(url)
        headers = {"User-Agent": self._agent, "Accept": "*/*", "Accept-Encoding": ENCODINGS}
        if referer:
            headers["Referer"] = referer
        last = Download(url, 0, 0, "", "")

        def once(headers: dict[str, str]) -> Response:
            nonlocal last
            taken = Taken(sink)
            try:
                final, answer = self._follow(
                    "GET", url, headers, taken.restart, taken.write, max_size, False, timed=False
                )
            except BaseException:
                taken.restart()
                raise
            kind = answer.headers.get("Content-Type", "")
            well = answer.status == 200
            blocked = None if well else blocked_by(answer.status, answer.headers, bytes(taken.beginning))
            last = Download(shown(final), answer.status, answer.size, taken.digest.hexdigest(), kind)
            if answer.status in retry.PASSING:
                taken.restart()
            return Response(shown(final), answer.status, answer.headers, b"", self._time(), False, blocked)

        begin = sink.tell()
        try:
            self._patiently(url, headers, once, attempts or self._attempts)
            if last.status == 403 and referer is None and self._home is not None:
                # Protected against pages of other sites that show it: it is shown on the site's own.
                sink.seek(begin)
                sink.truncate()
                self._patiently(url, {**headers, "Referer": self._home}, once, 1)
        except SinkFailed as failed:
            raise failed.error from None
        return last

    # Patience

    def _patiently(
        self, url: str, headers: dict[str, str], once: Callable[[dict[str, str]], Response], attempts: int
    ) -> Response:
        """Repeat a request while its failure may pass; tell everyone of a host that is busy."""
        host = origin(url).host
        identity = False
        attempt = 0
        while True:
            attempt += 1
            self._check_open(url)
            try:
                response = once(headers)
            except BadEncoding:
                if identity:
                    raise
                identity = True
                headers = {**headers, "Accept-Encoding": "identity"}
                attempt -= 1
                continue
            except NetError as error:
                if not error.transient or attempt >= attempts:
                    if isinstance(error, TimedOut):
                        self._pacer.complain(host, 0)
                    raise
                self._wait(host, url, str(error), None, attempt, attempts, busy=isinstance(error, TimedOut))
                continue
            if response.blocked or response.status not in retry.PASSING:
                if response.status < 400 and not response.blocked:
                    self._pacer.praise(host)
                return response
            asked = retry.retry_after(response.headers, self._now())
            if attempt >= attempts:
                if response.status in retry.BUSY:
                    self._pacer.complain(host, 0)
                return response
            self._wait(
                host,
                url,
                f"HTTP {response.status}",
                asked,
                attempt,
                attempts,
                busy=response.status in retry.BUSY,
            )

    def _wait(
        self,
        host: str,
        url: str,
        reason: str,
        asked: float | None,
        attempt: int,
        attempts: int,
        *,
        busy: bool,
    ) -> None:
        seconds = retry.backoff(attempt, self._backoff, 60.0, self._rng)
        if asked is not None:
            # A little over what was asked: the server's clock may count whole seconds.
            seconds = max(seconds, min(asked, self._max_wait) + self._rng.random() / 4)
            reason += ", asked to wait"
        self._check_open(url, seconds, reason)
        if busy:
            self._pacer.complain(host, seconds)
        self._tell(Waiting(host, seconds, reason, shown(url), attempt, attempts))
        if not busy:
            self._sleep(seconds)

    def _tell(self, event: Waiting) -> None:
        if self._notify is not None:
            self._notify(event)

    def _sleep(self, seconds: float) -> None:
        self._check_open("", seconds)
        if self._own_sleep is not None:
            self._own_sleep(seconds)
        else:
            self._stop.wait(seconds)
        self._check_open("")

    def _check_open(self, url: str, wait: float = 0.0, reason: str = "") -> None:
        """Raise unless a request may still begin after a wait of so many seconds, which has a reason."""
        if self._stop.is_set():
            raise Stopped("The client was closed.", url=shown(url))
        if self._until is not None and self._clock() + wait >= self._until:
            why = f" before a wait of {wait:.0f} s ({reason})" if reason else ""
            raise OutOfTime(f"The time that was given (--max-time) is over{why}.", url=shown(url))

    def _time(self) -> str:
        return self._now().astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")

    # One request with its redirects

    def _follow(
        self,
        method: str,
        url: str,
        headers: dict[str, str],
        restart: Callable[[], object],
        sink: Callable[[bytes], object],
        max_size: int,
        login: bool,
        *,
        timed: bool,
    ) -> tuple[str, Answer]:
        """Send, following redirects by hand: each hop is checked, and a login is never carried over one."""
        chain = [url]
        while True:
            self._check_place(url)
            opens = self.gate.headers_for(url) if self.gate is not None else {}
            sent = {**headers, **opens, **(self._login_for(url) if login else {})}
            shows: Shows = "login" if login else "gate" if opens else "visitor"
            restart()
            with self._pacer.turn(origin(url).host):
                with self._counting:
                    self._requests += 1
                answer = self._transport.send(
                    method, url, sent, sink=sink, max_size=max_size, shows=shows, timed=timed
                )
            with self._counting:
                self._received += answer.wire
                if opens and self.gate is not None:
                    self.gate.renew(answer.cookies)
            location = answer.headers.get("Location", "")
            if answer.status not in REDIRECTS or not location or login:
                return url, answer
            url = next_hop(url, location, chain)
            chain.append(url)

    def _login_for(self, url: str) -> dict[str, str]:
        own = self.credentials.headers_for(url) if self.credentials is not None else {}
        if not own:
            raise Forbidden(f"The login does not belong to {shown(url)} and was not sent.", url=shown(url))
        return own

    def _check_place(self, url: str) -> None:
        """Refuse private networks, except the hosts that the user named."""
        where: Origin = origin(url)
        if (where.host, where.port) in self._trusted or where.host in self._checked:
            return
        addresses: Iterable[str] = [where.host]
        if not is_private(where.host):
            try:
                addresses = self._resolve(where.host)
            except OSError:
                return  # then the connection will fail too, with a better message
        if any(is_private(a) for a in addresses):
            raise Forbidden(f"{where} lies in a private network, and the site sent us there.", url=shown(url))
        self._checked.add(where.host)
