"""One function decides what an answer is: usable, or why not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from html import unescape
from typing import Any

from wpexport.net import NetError, Response
from wpexport.sources.rest.repair import NotJson, parse


class Outcome(Enum):
    """What an answer is good for."""

    USABLE = "usable"
    #: something in front of WordPress refuses us; asking again makes it worse
    BLOCKED = "blocked"
    #: WordPress, or a plugin, demands a login or forbids
    AUTH = "auth"
    MAINTENANCE = "maintenance"
    RATE = "rate"
    NOT_FOUND = "not found"
    #: a parameter is not liked (HTTP 400)
    REFUSED = "refused"
    #: an error of the server, or a body of no use; may work the next time or in smaller pieces
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Answer:
    """A judged answer."""

    outcome: Outcome
    #: the JSON, where usable or an error object of WordPress
    data: Any = None
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    #: WordPress' error code, such as ``rest_forbidden``
    code: str = ""
    #: one phrase for people
    reason: str = ""
    #: what was repaired in the body
    repaired: str | None = None
    response: Response | None = None

    @property
    def usable(self) -> bool:
        """Whether `data` is what was asked for."""
        return self.outcome is Outcome.USABLE

    @property
    def total(self) -> int | None:
        """``X-WP-Total``: rows that WordPress counts, shown or not."""
        value = self.headers.get("x-wp-total", "")
        return int(value) if value.isdecimal() and len(value) < 16 else None


_TITLE = re.compile(rb"<title[^>]*>(.{0,200}?)</title>", re.I | re.S)
_BY_STATUS = {
    400: Outcome.REFUSED,
    401: Outcome.AUTH,
    403: Outcome.AUTH,
    404: Outcome.NOT_FOUND,
    410: Outcome.NOT_FOUND,
    429: Outcome.RATE,
}


def judge(response: Response, *, rows: bool | None = None) -> Answer:
    """Judge an answer of the REST API by its content, not by its headers' word.

    Args:
        rows: True when a list of objects is expected, False for an object, None for either.
    """
    headers = {k.lower(): v for k, v in response.headers.items()}
    if response.blocked:
        reason = f"{response.blocked} refuses us (HTTP {response.status})"
        return Answer(Outcome.BLOCKED, None, response.status, headers, reason=reason, response=response)

    def fits(value: Any) -> bool:
        return _is_error(value) or _is_envelope(value) or _has_shape(value, rows)

    try:
        data, repaired = parse(response.body, fits)
    except NotJson as error:
        return _page(response, headers, str(error))
    status = response.status
    if _is_envelope(data):
        status = data["status"] if isinstance(data["status"], int) else status
        headers |= {str(k).lower(): str(v) for k, v in _mapping(data["headers"]).items()}
        data = data["body"]
    if _is_error(data) and (status != 200 or rows is True or _has_status(data)):
        return _error(data, status, headers, repaired, response)
    if status != 200:
        return Answer(_outcome(status), data, status, headers, reason=f"HTTP {status}", response=response)
    if not _has_shape(data, rows):
        what = "an object" if isinstance(data, dict) else "something"
        reason = f"answered with {what} that is not what was asked for"
        return Answer(Outcome.BROKEN, data, status, headers, reason=reason, response=response)
    return Answer(Outcome.USABLE, data, status, headers, repaired=repaired, response=response)


def failed(error: NetError) -> Answer:
    """The answer that never came."""
    return Answer(Outcome.BROKEN, reason=str(error).rstrip("."))


def _mapping(value: Any) -> dict[Any, Any]:
    return value if isinstance(value, dict) else {}


def _is_error(value: Any) -> bool:
    """WordPress' error object (core ``rest_convert_error_to_response``); a record has an id."""
    return isinstance(value, dict) and "code" in value and "message" in value and "id" not in value


def _has_status(value: Any) -> bool:
    return isinstance(_mapping(value.get("data")).get("status"), int)


def _is_envelope(value: Any) -> bool:
    return isinstance(value, dict) and set(value) == {"body", "status", "headers"}


def _has_shape(value: Any, rows: bool | None) -> bool:
    if rows is True:
        return isinstance(value, list) and all(isinstance(v, dict) for v in value)
    # PHP writes an empty map as a list (core ``rest_ensure_response`` on array()).
    return isinstance(value, dict) or (value == [] if rows is False else isinstance(value, list))


def _outcome(status: int) -> Outcome:
    return _BY_STATUS.get(status, Outcome.BROKEN)


def _error(
    data: dict[str, Any], status: int, headers: Mapping[str, str], repaired: str | None, response: Response
) -> Answer:
    inner = _mapping(data.get("data")).get("status")
    if status == 200 and isinstance(inner, int):
        status = inner
    code = str(data["code"])[:100]
    outcome = Outcome.AUTH if status == 200 else _outcome(status)
    if code == "wp_die" and status == 503:
        outcome = Outcome.MAINTENANCE
    reason = f"HTTP {status} {code}"
    return Answer(outcome, data, status, headers, code, reason, repaired, response)


def _page(response: Response, headers: Mapping[str, str], why: str) -> Answer:
    """Classify a body that is no JSON: most often a web page."""
    status = response.status
    outcome = _outcome(status)
    where = headers.get("location", "") + response.url
    title = _TITLE.search(response.body[:65536])
    name = unescape(title[1].decode("utf-8", "replace")).strip() if title else ""
    reason = f"HTTP {status}" if status != 200 else "answered with a web page instead of data"
    reason += f" (“{name[:80]}”)" if name else "" if status != 200 or response.body else ", and an empty one"
    if "wp-login.php" in where:
        outcome, reason = Outcome.AUTH, "sends us to its login page"
    elif status == 503 and b"maintenance" in response.body[:65536].lower():
        outcome, reason = Outcome.MAINTENANCE, "is in maintenance (HTTP 503)"
    elif "nested" in why:
        reason = why
    return Answer(outcome, None, status, headers, reason=reason, response=response)
