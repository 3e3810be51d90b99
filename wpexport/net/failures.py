"""What can go wrong between us and a server, beyond an HTTP status (statuses are answers, not errors).

::

    errors.Unreachable
    ├── TimedOut           no answer in time
    ├── TlsFailure         certificate or handshake
    ├── Truncated          the answer broke off before its announced end
    ├── BadEncoding        compressed in a way that cannot be undone
    ├── TooLarge           larger than the cap, also after decompression
    ├── TooManyRedirects   a loop, or more hops than anyone needs
    ├── NoAddress          what a site calls an address is none
    ├── Forbidden          a place we must not go: a private network, another scheme, a login's foreign origin
    └── Stopped            this client was closed while it waited
        └── OutOfTime      the time that it was given is over, or would be by the end of a wait
"""

from __future__ import annotations

from wpexport.errors import Unreachable


class NetError(Unreachable):
    """Base of the transport's own errors; `url` never holds a secret."""

    #: worth another try as it is
    transient: bool = False

    def __init__(self, message: str, *, url: str = "", hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.url = url


class NoConnection(NetError):
    """Unknown host, connection refused or reset."""

    transient = True


class TimedOut(NetError):
    """No answer, or no more of it, in time."""

    transient = True


class TlsFailure(NetError):
    """The certificate or the TLS handshake failed."""

    default_hint = "The site's certificate is not in order; only its owner can mend that."


class Truncated(NetError):
    """The answer broke off before its announced end (RFC 9112, section 8)."""

    transient = True


class BadEncoding(NetError):
    """The body is compressed in a way that was not asked for, or damaged."""


class TooLarge(NetError):
    """The answer is larger than the cap; counted after decompression, so a small bomb is found too."""

    default_hint = "Raise the cap with --max-size if this is meant."


class TooManyRedirects(NetError):
    """Redirected in a loop or more often than anyone needs; the message shows the chain."""


class NoAddress(NetError):
    """What a site calls an address is none: a typing error in a link, a redirect to nowhere."""

    default_hint = "Only the site's owner can mend that."


class Forbidden(NetError):
    """An address that a site must not send us to."""

    default_hint = "A site cannot send wpexport into a private network, nor a login to another host."


class Stopped(NetError):
    """The client was closed while a request waited for its turn."""

    default_hint = ""


class OutOfTime(Stopped):
    """The time that the client was given is over, or would be before a wait is."""
