"""A server that sends a byte now and then keeps each limit of the socket, and ends nothing."""

from __future__ import annotations

import gzip
import io
import socket
import threading
import time
from collections.abc import Callable, Iterator
from itertools import repeat
from typing import Any

import pytest

from wpexport.net import Http, TimedOut
from wpexport.net.watch import TooSlow, Watch

#: so many bytes are dripped, each after so many seconds of the client's clock
DRIPS, APART = 300, 30.0
OK = b"HTTP/1.1 200 OK\r\n"
EMPTY_BLOCK = b"\x00\x00\x00\xff\xff"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Server:
    """Answers one request: with a beginning at once, and then in drips."""

    def __init__(self, clock: Clock, begin: bytes, drips: Iterator[bytes]) -> None:
        self._clock, self._begin, self._drips = clock, begin, drips
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}/"
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        client, _ = self._listening.accept()
        with client:
            client.recv(65536)
            client.sendall(self._begin)
            try:
                for _, drip in zip(range(DRIPS), self._drips, strict=False):
                    time.sleep(0.005)
                    self._clock.now += APART
                    client.sendall(drip)
            except OSError:
                pass  # the client has gone, as it should

    def close(self) -> None:
        self._thread.join()
        self._listening.close()


def get(http: Http, url: str) -> None:
    http.get(url, attempts=1)


def download(http: Http, url: str) -> None:
    http.download(url, io.BytesIO(), attempts=1)


@pytest.mark.parametrize("ask", [get, download])
@pytest.mark.parametrize(
    ("begin", "drips"),
    [
        (OK + b"Content-Length: 300\r\n\r\n", repeat(b"a")),
        (OK + b"\r\n", repeat(b"a")),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n", repeat(b"1\r\na\r\n")),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n12c\r\n", repeat(b"a")),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n", repeat(b"0")),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", repeat(b"A: b\r\n")),
        (OK + b"X-Long: ", repeat(b"a")),
        (OK.strip(), repeat(b" ")),
        (OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"")[:10], repeat(EMPTY_BLOCK)),
    ],
    ids=["length", "connection", "chunks", "chunk", "chunk size", "trailers", "header", "status", "gzip"],
)
def test_what_drips_is_ended(ask: Callable[[Http, str], None], begin: bytes, drips: Iterator[bytes]) -> None:
    clock = Clock()
    server = Server(clock, begin, drips)
    try:
        with Http(clock=clock, timeout=(5, 5)) as http:
            http.trust(server.url)
            with pytest.raises(TimedOut, match="still sending" if ask is get else "sent [0-9,]+ bytes in"):
                ask(http, server.url)
    finally:
        server.close()


class Line(io.RawIOBase):
    """What is read of it comes so many seconds later."""

    def __init__(self, clock: Clock, size: int, seconds: float) -> None:
        self._clock, self._size, self._seconds = clock, size, seconds

    def readinto(self, buffer: Any) -> int:
        self._clock.now += self._seconds
        return min(self._size, len(buffer))


def test_a_large_file_may_take_hours() -> None:
    clock = Clock()
    watch = Watch(clock)
    watch.begin(None)
    watch.read(Line(clock, 1, 1000), bytearray(65536))  # it is being made
    for _ in range(1000):
        watch.read(Line(clock, 50_000, 40), bytearray(65536))
        clock.now += 1000  # a slow disk of ours
    watch.begin(None)
    for _ in range(3):
        watch.read(Line(clock, 10_000, 40), bytearray(65536))
    with pytest.raises(TooSlow):
        watch.read(Line(clock, 10_000, 40), bytearray(65536))


def test_each_answer_has_all_of_its_time() -> None:
    clock = Clock()
    watch = Watch(clock)
    for _ in range(3):
        watch.begin(300)
        watch.read(Line(clock, 1, 290), bytearray(65536))
    with pytest.raises(TooSlow):
        watch.read(Line(clock, 1, 20), bytearray(65536))
