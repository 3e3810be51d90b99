"""Polite HTTP: pacing, retries, limits, redirects by hand, and credentials pinned to an origin."""

from wpexport.net.address import (
    Origin,
    at_origin,
    clean,
    is_address,
    is_loopback,
    may_stand_for,
    origin,
    same_site,
    shown,
    typed,
)
from wpexport.net.answers import Download, Params, Response, with_params
from wpexport.net.blockpage import blocked_by
from wpexport.net.credentials import Credentials
from wpexport.net.failures import (
    BadEncoding,
    Forbidden,
    NetError,
    NoAddress,
    NoConnection,
    OutOfTime,
    Stopped,
    TimedOut,
    TlsFailure,
    TooLarge,
    TooManyRedirects,
    Truncated,
)
from wpexport.net.http import JSON, USER_AGENT, Http, Notify
from wpexport.net.pace import Waiting

__all__ = [
    "JSON",
    "USER_AGENT",
    "BadEncoding",
    "Credentials",
    "Download",
    "Forbidden",
    "Http",
    "NetError",
    "NoAddress",
    "NoConnection",
    "Notify",
    "Origin",
    "OutOfTime",
    "Params",
    "Response",
    "Stopped",
    "TimedOut",
    "TlsFailure",
    "TooLarge",
    "TooManyRedirects",
    "Truncated",
    "Waiting",
    "at_origin",
    "blocked_by",
    "clean",
    "is_address",
    "is_loopback",
    "may_stand_for",
    "origin",
    "same_site",
    "shown",
    "typed",
    "with_params",
]
