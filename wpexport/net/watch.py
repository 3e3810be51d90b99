"""Ends an answer that comes too slowly: each byte in time for the socket, and yet for hours in all."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from http.client import HTTPResponse
from typing import Any, Final

from requests.adapters import HTTPAdapter

#: seconds of waiting after which a file has to have come forward; the socket's own limit lets one pause pass
_WINDOW: Final = 120.0
#: bytes a second; a modem brings four times as many
_LEAST: Final = 1000


class TooSlow(TimeoutError):
    """An answer that still comes, but not fast enough; the message goes on from its address."""


class Watch:
    """How long one answer at a time may take: so many seconds in all, or without coming forward.

    Args:
        clock: monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.begin(None)

    def begin(self, max_time: float | None) -> None:
        """Watch a new answer from now on.

        Args:
            max_time: seconds for all of it. None for a file, which may take hours: it must bring 1,000 bytes
                for each second, in any two minutes of waiting for it.
        """
        self._max_time = max_time
        self._started = self._clock()
        self._waited = 0.0
        self._got: int | None = None

    def read(self, raw: io.RawIOBase, buffer: Any) -> int | None:
        """Read once, into the buffer.

        Raises:
            TooSlow: the answer has used up its time.
        """
        before = self._clock()
        got = raw.readinto(buffer)
        now = self._clock()
        if self._max_time is not None:
            if now - self._started > self._max_time:
                raise TooSlow(f"was still sending after {self._max_time:.0f} s")
        elif self._got is None:
            # The site thinks before it answers; the socket's own limit is for that.
            self._got = got or 0
        else:
            # Our own time, at the disk say, is not the site's.
            self._waited += now - before
            self._got += got or 0
            if self._waited >= _WINDOW:
                if self._got < self._waited * _LEAST:
                    raise TooSlow(f"sent {self._got:,} bytes in {self._waited:.0f} s, and was ended")
                self._waited, self._got = 0.0, 0
        return got


class WatchedAdapter(HTTPAdapter):
    """Connections whose answers are watched from their first byte: headers, sizes of chunks and trailers too.

    Beneath ``http.client``, since each of these is read to its end by one call from above, and a piece of a
    body that has a length as well (`io.BufferedReader.read`).
    """

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        super().__init__()

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        """The pool for a request, by way of a proxy or not."""
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        if "ConnectionCls" not in vars(pool):
            answer = staticmethod(partial(_Answer, self._watch))
            pool.ConnectionCls = type("Watched", (pool.ConnectionCls,), {"response_class": answer})
        return pool


class _Answer(HTTPResponse):
    def __init__(self, watch: Watch, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fp = io.BufferedReader(_Watched(self.fp.detach(), watch))


class _Watched(io.RawIOBase):
    def __init__(self, raw: io.RawIOBase, watch: Watch) -> None:
        self._raw = raw
        self._watch = watch

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        return self._watch.read(self._raw, buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()
