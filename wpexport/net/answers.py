"""What a request brings back, and how parameters are put on an address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from requests.structures import CaseInsensitiveDict

Params = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Response:
    """One answer of any status, whole."""

    #: the last address, after redirects, without secrets
    url: str
    status: int
    headers: CaseInsensitiveDict[str]
    #: decoded of its content coding
    body: bytes
    #: when it had arrived: RFC 3339, UTC
    time: str
    #: credentials were sent with it
    login: bool = False
    #: who stands in front of the site and refuses us; None for a true answer
    blocked: str | None = None


@dataclass(frozen=True, slots=True)
class Download:
    """What `Http.download` wrote; on another status than 200 the sink holds nothing of use."""

    url: str
    status: int
    #: bytes
    size: int
    #: hexadecimal
    sha256: str
    content_type: str


def with_params(url: str, params: Params | None) -> str:
    """Append parameters to an address that may have a query already; commas and slashes stay readable."""
    if not params:
        return url
    query = urlencode({k: str(v) for k, v in params.items()}, safe=",/:")
    return f"{url}{'&' if urlsplit(url).query else '?'}{query}"
