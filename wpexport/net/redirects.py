"""Where a request may go next: redirects are followed by hand, and each hop is looked at."""

from __future__ import annotations

import re

from wpexport.errors import UsageError
from wpexport.net.address import clean, joined, shown
from wpexport.net.failures import Forbidden, NoAddress, TooManyRedirects

REDIRECTS = frozenset({301, 302, 303, 307, 308})
MAX_REDIRECTS = 10
#: a scheme that is not the web's
_ELSEWHERE = re.compile(r"(?!https?:)[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def sendable(url: str, whence: str = "") -> str:
    """An address made safe to send.

    Args:
        url: of the site's making, or one that a user typed and `wpexport.net.address.typed` has seen.
        whence: what led there, for the message.

    Raises:
        NoAddress: it is none.
    """
    try:
        return clean(url)
    except UsageError as error:
        told = f"{whence} “{shown(url)}”, which is no address." if whence else str(error)
        raise NoAddress(told, url=shown(url)) from error


def next_hop(url: str, location: str, chain: list[str]) -> str:
    """The address that an answer's ``Location`` leads to.

    Args:
        url: what was asked for.
        location: the header.
        chain: all addresses so far.

    Raises:
        Forbidden: it leads out of the web.
        NoAddress: it leads nowhere.
        TooManyRedirects: it was there before, or this goes on and on.
    """
    target = joined(url, location)
    if _ELSEWHERE.match(target):
        raise Forbidden(f"{shown(url)} redirects to {shown(target)}, which is not the web.", url=shown(url))
    target = sendable(target, f"{shown(url)} redirects to")
    if target in chain or len(chain) > MAX_REDIRECTS:
        hops = " -> ".join(shown(c) for c in [*chain, target])
        word = "in a circle" if target in chain else f"more than {MAX_REDIRECTS} times"
        raise TooManyRedirects(f"Redirected {word}: {hops}", url=shown(url))
    return target
