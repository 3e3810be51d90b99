"""One request, one answer: connections per thread, a size cap while reading, typed failures, no redirects."""

from __future__ import annotations

import os
import ssl
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import requests
import urllib3.exceptions as low
from requests.cookies import RequestsCookieJar, extract_cookies_to_jar
from requests.structures import CaseInsensitiveDict
from requests.utils import get_environ_proxies, select_proxy

from wpexport.net.address import origin, shown
from wpexport.net.failures import (
    BadEncoding,
    NoAddress,
    NoConnection,
    TimedOut,
    TlsFailure,
    TooLarge,
    Truncated,
)
from wpexport.net.watch import TooSlow, Watch, WatchedAdapter

#: what requests always understands; ``br`` and ``zstd`` depend on what is installed
ENCODINGS = "gzip, deflate"
_CHUNK = 65536
#: the handshake failed before there was a certificate
_NO_TLS = "Perhaps nothing there speaks https. If the site has no https, write http:// before its address."
#: what a request shows of us: nothing, what opens a gate, or a login
Shows = Literal["visitor", "gate", "login"]
_DECODED = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})


@dataclass(frozen=True, slots=True)
class Answer:
    """A status line, its headers, and how many bytes went to the sink."""

    status: int
    headers: CaseInsensitiveDict[str]
    size: int
    #: how many bytes of the body came over the wire, compressed or not
    wire: int = 0
    #: those that it sets, by name
    cookies: Mapping[str, str] = field(default_factory=dict)


class Transport:
    """Sends requests with ``requests``; thread-safe, since each thread has connections of its own.

    Without its sessions: they merge settings that are always the same, in a third of a request's time. The
    environment is not trusted: ``~/.netrc`` would override a given login and follow redirects (psf/requests
    ``Session.trust_env``). Proxies and the CA bundle are taken from it by name instead.
    """

    def __init__(self, timeout: tuple[float, float], max_time: float, clock: Callable[[], float]) -> None:
        self._timeout = timeout
        self._max_time = max_time
        self._clock = clock
        self._local = threading.local()
        # No cookie of a gate may reach a visitor's request: cookies know no ports (RFC 6265, 8.5).
        self._cookies = {"visitor": RequestsCookieJar(), "gate": RequestsCookieJar()}
        self._verify = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True
        self._adapters: list[WatchedAdapter] = []
        #: by scheme and host: finding them reads the whole environment
        self._proxies: dict[str, dict[str, str]] = {}
        self._lock = threading.Lock()

    def _adapter(self, shows: Shows, max_time: float | None) -> WatchedAdapter:
        """The thread's connections for what a request shows of us, and so many seconds for its answer."""
        watch: Watch | None = getattr(self._local, "watch", None)
        if watch is None:
            watch = self._local.watch = Watch(self._clock)
        watch.begin(max_time)
        adapter: WatchedAdapter | None = getattr(self._local, shows, None)
        if adapter is None:
            adapter = WatchedAdapter(watch)
            setattr(self._local, shows, adapter)
            with self._lock:
                self._adapters.append(adapter)
        return adapter

    def _proxies_for(self, url: str) -> dict[str, str]:
        """The proxy for an address by ``http_proxy``, ``https_proxy`` and ``no_proxy``."""
        where = str(origin(url))
        if where not in self._proxies:
            proxies: dict[str, str] = get_environ_proxies(url)
            self._proxies[where] = proxies if select_proxy(url, proxies) else {}
        return self._proxies[where]

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            adapters, self._adapters = self._adapters, []
        for adapter in adapters:
            adapter.close()

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        *,
        sink: Callable[[bytes], Any],
        max_size: int,
        shows: Shows = "visitor",
        timed: bool = True,
    ) -> Answer:
        """Send one request and pour the decoded body into ``sink``.

        Args:
            sink: called with each piece of the body.
            shows: whose cookies go with it; a gate's have to be for one origin alone.
            max_size: bytes, after decompression.
            timed: give up when the whole answer takes longer than the transport's ``max_time`` seconds;
                otherwise when it hardly comes forward (see `Watch`).

        Raises:
            NetError: as its subclasses say.
        """
        try:
            # A login keeps no cookies: none may reach a visitor's request.
            jar = self._cookies.get(shows)
            request = _prepared(method, url, headers, jar)
            with self._adapter(shows, self._max_time if timed else None).send(
                request,
                stream=True,
                timeout=self._timeout,
                verify=self._verify,
                proxies=self._proxies_for(url),
            ) as response:
                if jar is not None:
                    extract_cookies_to_jar(jar, request, response.raw)
                _check_announced(response, url, max_size)
                size = 0
                for piece in _pieces(response, url):
                    size += len(piece)
                    if size > max_size:
                        raise TooLarge(f"{shown(url)} sends more than {max_size:,} bytes.", url=shown(url))
                    sink(piece)
                set_cookies = {c.name: c.value for c in response.cookies if c.value and c.value.isprintable()}
                return Answer(response.status_code, response.headers, size, response.raw.tell(), set_cookies)
        except (requests.RequestException, low.HTTPError, OSError, ValueError) as error:
            raise _translated(error, url) from error


def _prepared(
    method: str, url: str, headers: Mapping[str, str], jar: RequestsCookieJar | None
) -> requests.PreparedRequest:
    request = requests.PreparedRequest()
    request.prepare_method(method)
    request.prepare_url(url, None)
    request.prepare_headers(headers)
    if jar:
        request.prepare_cookies(jar)
    return request


def _check_announced(response: requests.Response, url: str, max_size: int) -> None:
    coding = response.headers.get("Content-Encoding", "").lower()
    known = _DECODED | set(getattr(response.raw, "CONTENT_DECODERS", ()))
    if any(token.strip() not in known for token in coding.split(",")):
        # requests would hand out the compressed bytes without a word.
        raise BadEncoding(
            f"{shown(url)} is compressed as “{coding[:40]}”, which was not asked for.", url=shown(url)
        )
    length = response.headers.get("Content-Length", "")
    if length.isdecimal() and int(length[:18]) > max_size:
        raise TooLarge(
            f"{shown(url)} announces {int(length[:18]):,} bytes; the cap is {max_size:,}.", url=shown(url)
        )


def _pieces(response: requests.Response, url: str) -> Iterator[bytes]:
    try:
        yield from response.iter_content(_CHUNK)
    except zlib.error as error:
        raise BadEncoding(f"{shown(url)} is compressed, but damaged.", url=shown(url)) from error


def _translated(error: Exception, url: str) -> Exception:
    """The typed failure for what requests or urllib3 raised."""
    where = shown(url)
    inner = _chain(error)
    kinds: list[tuple[tuple[type[BaseException], ...], Callable[[], Exception]]] = [
        (
            (
                requests.exceptions.InvalidURL,
                requests.exceptions.InvalidSchema,
                requests.exceptions.MissingSchema,
                low.LocationValueError,
                UnicodeError,
            ),
            lambda: NoAddress(f"{where} cannot be asked for, or leads to what is no address.", url=where),
        ),
        (
            (requests.exceptions.ContentDecodingError, low.DecodeError),
            lambda: BadEncoding(f"{where} is compressed, but damaged.", url=where),
        ),
        (
            (low.NameResolutionError,),
            lambda: NoConnection(f"There is no host of the name in {where}.", url=where),
        ),
        # A refused connection is a kind of time-out in urllib3's tree.
        (
            (low.NewConnectionError, requests.exceptions.ProxyError),
            lambda: NoConnection(f"No connection to {where}: {_last(inner)}.", url=where),
        ),
        (
            (low.SSLError, requests.exceptions.SSLError),
            lambda: TlsFailure(
                f"No safe connection to {where}: {_last(inner)}.",
                url=where,
                hint=None if any(isinstance(e, ssl.SSLCertVerificationError) for e in inner) else _NO_TLS,
            ),
        ),
        (
            (TooSlow,),
            lambda: TimedOut(f"{where} {_last([e for e in inner if isinstance(e, TooSlow)])}.", url=where),
        ),
        (
            (requests.exceptions.Timeout, low.TimeoutError, TimeoutError),
            lambda: TimedOut(f"{where} did not answer in time.", url=where),
        ),
        (
            (low.IncompleteRead, requests.exceptions.ChunkedEncodingError),
            lambda: Truncated(f"{where} broke off in the middle.", url=where),
        ),
    ]
    for types, made in kinds:
        if any(isinstance(e, types) for e in inner):
            return made()
    return NoConnection(f"No connection to {where}: {_last(inner)}.", url=where)


def _chain(error: BaseException) -> list[BaseException]:
    """An exception with all that it wraps, in arguments and causes."""
    found: list[BaseException] = []
    queue: list[BaseException | None] = [error]
    while queue and len(found) < 20:
        current = queue.pop(0)
        if current is None or current in found:
            continue
        found.append(current)
        queue += [a for a in current.args if isinstance(a, BaseException)]
        queue += [
            current.__cause__,
            getattr(current, "reason", None)
            if isinstance(getattr(current, "reason", None), BaseException)
            else None,
        ]
    return found


def _last(chain: list[BaseException]) -> str:
    """The innermost reason as a short phrase."""
    error = chain[-1]
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(text).split("(_ssl.c")[0].strip(" .")[:200]
