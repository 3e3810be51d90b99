"""Addresses: what a user types, what an origin is, and which hosts lie in a private network."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

from wpexport.errors import UsageError

#: host -> addresses; raises OSError where there are none
Resolve = Callable[[str], Iterable[str]]

_PORTS = {"http": 80, "https": 443}
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


class Origin(NamedTuple):
    """Scheme, host and port (RFC 6454): what a login is pinned to."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _PORTS.get(self.scheme) else f":{self.port}"
        return f"{self.scheme}://{host}{port}"


def split(url: str) -> SplitResult:
    """Split an http(s) address.

    Raises:
        UsageError: it is none, or its host or port is malformed.
    """
    try:
        parts = urlsplit(url)
        port_is_number = parts.port is None or parts.port > 0
    except ValueError:
        raise UsageError(f"“{shown(url)}” is not an address.") from None
    if parts.scheme.lower() not in _PORTS or not parts.hostname or not port_is_number:
        raise UsageError(f"“{shown(url)}” is not an http or https address.")
    return parts


@lru_cache(maxsize=64)  # each request asks five times for that of its address
def origin(url: str) -> Origin:
    """The origin of an http(s) address, host in lower case and IDNA form.

    Raises:
        UsageError: it is no such address.
    """
    parts = split(url)
    scheme = parts.scheme.lower()
    return Origin(scheme, _ascii_host(parts.hostname or "", url), parts.port or _PORTS[scheme])


def _ascii_host(host: str, url: str) -> str:
    host = host.rstrip(".").lower()
    if host.isascii():
        return host
    import idna

    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError:
        raise UsageError(
            f"The host name in “{shown(url)}” is not a valid one.",
            hint="Some browsers accept names that no registry does; try the form that begins with xn--.",
        ) from None


def clean(url: str) -> str:
    """Make an address safe to send: no fragment, no user:password, host in IDNA form.

    Raises:
        UsageError: it is no http(s) address.
    """
    parts = split(url)
    where = origin(url)
    return urlunsplit((where.scheme, str(where).partition("://")[2], parts.path or "/", parts.query, ""))


def typed(text: str) -> list[str]:
    """The addresses that a user may mean by what was typed, best first.

    Without a scheme, https is tried before http, for a loopback name http alone.

    Raises:
        UsageError: it cannot be an address, or holds a user name or password.
    """
    text = text.strip()
    if not text or any(c.isspace() or ord(c) < 32 for c in text):
        raise UsageError(f"“{shown(text)}” is not an address.", hint="Give it as https://example.org/")
    candidates = [text] if _SCHEME.match(text) else [f"https://{text}", f"http://{text}"]
    parts = split(candidates[0])
    if parts.username is not None or parts.password is not None:
        raise UsageError(
            "An address must not hold a user name or password.",
            hint="Give the login with --user and --password-file; addresses end up in logs and histories.",
        )
    if len(candidates) > 1 and is_loopback(parts.hostname or ""):
        candidates.reverse()
    return [clean(c) for c in candidates]


def shown(url: str) -> str:
    """The address as it may be shown: without user:password, not endlessly long."""
    url = re.sub(r"(?<=//)[^/?#@]*@", "", url)
    return url if len(url) <= 300 else url[:297] + "..."


def is_loopback(host: str) -> bool:
    """Whether a host name or literal address is this machine by its very name."""
    host = host.lower().rstrip(".").strip("[]")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_private(address: str) -> bool:
    """Whether a literal IP address lies where the public internet does not reach (RFC 6890)."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    if mapped is not None:
        ip = mapped
    return not ip.is_global or ip.is_multicast


def resolve(host: str) -> list[str]:
    """All addresses of a host, by the system's resolver.

    Raises:
        OSError: there are none.
    """
    import socket

    return [str(info[4][0]) for info in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]


def is_address(url: str) -> bool:
    """Whether what a site calls an address is one that can be asked for."""
    try:
        origin(url)
    except UsageError:
        return False
    return True


def same_site(a: str, b: str) -> bool:
    """Whether two addresses differ in nothing but scheme, port or a leading ``www.``; False for none."""
    if not (is_address(a) and is_address(b)):
        return False
    return origin(a).host.removeprefix("www.") == origin(b).host.removeprefix("www.")


def may_stand_for(url: str, typed: str) -> bool:
    """Whether an address lies on the typed host and port, be it with ``www.`` or by https instead."""
    there, named = origin(url), origin(typed)
    return same_site(url, typed) and (there.port == named.port or (named.port, there.port) == (80, 443))


def at_origin(url: str, home: str) -> str:
    """The address with the scheme, host and port of another one."""
    parts = urlsplit(url)
    where = urlsplit(home)
    return urlunsplit((where.scheme, where.netloc, parts.path, parts.query, parts.fragment))


def joined(base: str, location: str) -> str:
    """Resolve a redirect's ``Location`` (RFC 9110, 10.2.2): often relative, in the wild also raw UTF-8.

    What cannot be resolved (``http://[``) is given back as it is: `is_address` tells.
    """
    with suppress(UnicodeEncodeError, UnicodeDecodeError):
        location = location.encode("latin-1").decode("utf-8")
    location = location.strip()
    try:
        return urljoin(base, location)
    except ValueError:
        return location
