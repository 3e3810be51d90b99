"""Logins, pinned to one origin, and never to be seen in a log."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from urllib.parse import unquote

from wpexport.errors import LoginError
from wpexport.net.address import Origin, is_loopback, may_stand_for, origin

#: characters; what is shorter may stand in any text by chance
_LONG = 16
#: headers that browsers send to everyone
_OPEN = re.compile(r"accept|accept-.*|sec-.*|referer|origin|user-agent", re.I)


class Credentials:
    """A secret that turns into request headers for one origin alone.

    Basic authentication (application passwords) by the constructor; `bearer` and `headers` for the others.
    Neither ``repr`` nor ``str`` nor pickling shows the secret.
    """

    __slots__ = ("_headers", "_origin", "_secrets", "name")

    def __init__(self, user: str, password: str) -> None:
        # WordPress compares UTF-8; requests would send Latin-1 (RFC 7617 leaves it open).
        token = base64.b64encode(f"{user}:{password}".encode()).decode("ascii")
        self.name = user
        self._headers: dict[str, str] = {"Authorization": f"Basic {token}"}
        self._secrets = _secrets([token, *([] if password.isalpha() or password.isdigit() else [password])])
        self._origin: Origin | None = None

    @classmethod
    def bearer(cls, token: str, *, name: str = "token") -> Credentials:
        """An OAuth2 bearer token (RFC 6750), as WordPress.com and JWT plugins use."""
        return cls.headers({"Authorization": f"Bearer {token.strip()}"}, name=name)

    @classmethod
    def headers(cls, headers: Mapping[str, str], *, name: str = "headers") -> Credentials:
        """Any set of headers, such as ``Cookie``, for a site behind a gate.

        Raises:
            LoginError: a header holds a line break.
        """
        made = cls.__new__(cls)
        made.name = name
        for key, value in headers.items():
            if any(c in "\r\n\0" for c in key + value):
                raise LoginError(f"The header {key!r} holds a line break.", hint="One header a line.")
        made._headers = dict(headers)
        made._secrets = _secrets(_hidden(headers))
        made._origin = None
        return made

    @property
    def is_token(self) -> bool:
        """A bearer token, and no password."""
        return self._headers.get("Authorization", "").startswith("Bearer ")

    @property
    def origin(self) -> Origin | None:
        """Where these may be sent; None before `pin`."""
        return self._origin

    def pin(self, url: str, typed: str | None = None) -> None:
        """Bind to the origin of ``url``; once, for good.

        Args:
            typed: the address that a user named, where ``url`` is what the site made of it.

        Raises:
            LoginError: it is neither https nor a loopback address, or another origin than before, or not
                what was typed.
        """
        where = origin(url)
        if where.scheme != "https" and not is_loopback(where.host):
            raise LoginError(
                f"The login is not sent to {where}: without https everyone on the way could read it.",
                hint="Use the site's https address.",
            )
        if typed is not None and not may_stand_for(url, typed):
            raise LoginError(
                f"{origin(typed)} leads to {where}, where the login of {self.name} was not sent.",
                hint=f"If it belongs there, name {where} itself. Nothing was pulled.",
            )
        if self._origin not in (None, where):
            raise LoginError(f"The login belongs to {self._origin} and is not sent to {where}.", hint="")
        self._origin = where

    def headers_for(self, url: str) -> dict[str, str]:
        """The headers for a request; none at all for any other origin than the pinned one."""
        return dict(self._headers) if self._origin is not None and origin(url) == self._origin else {}

    def renew(self, cookies: Mapping[str, str]) -> None:
        """Take the new values of cookies that these hold, as their origin sets them: old ones may be void.

        Not thread-safe: one at a time.
        """
        for name, value in self._headers.items():
            if name.lower() != "cookie":
                continue
            held = [cookie.strip().partition("=") for cookie in value.split(";")]
            new = "; ".join(f"{key}{equals}{cookies.get(key, old)}" for key, equals, old in held)
            if any(cookies.get(key, old) != old for key, _, old in held):
                self._secrets = _secrets([*self._secrets, *_hidden({name: new})])
                self._headers = {**self._headers, name: new}
                return

    def scrubbed(self, body: bytes) -> bytes:
        """Remove the secret from an answer: error pages sometimes show the request that led to them.

        Only what no text holds by chance is looked for: to leave a page as the site wrote it goes before.
        """
        for secret in self._secrets:
            body = body.replace(secret.encode(), b"***")
        return body

    def __repr__(self) -> str:
        return f"<Credentials of {self.name!r} for {self._origin or 'no origin yet'}>"

    def __reduce__(self) -> str:
        raise TypeError("credentials are not pickled")


def discreet(body: bytes, *secrets: Credentials | None) -> bytes:
    """An answer without the secrets that it may show."""
    for secret in secrets:
        body = secret.scrubbed(body) if secret is not None else body
    return body


def _hidden(headers: Mapping[str, str]) -> Iterable[str]:
    """The values that are secrets: a theme, a language or a date in a cookie is none, nor is an address."""
    for name, value in headers.items():
        if name.lower() in ("authorization", "proxy-authorization"):
            yield value.partition(" ")[2] or value
        elif name.lower() == "cookie":
            yield from filter(_is_random, (cookie.partition("=")[2].strip() for cookie in value.split(";")))
        elif not _OPEN.fullmatch(name) and _is_random(value):
            yield value


def _is_random(value: str) -> bool:
    """Whether letters and digits take turns as they do in the tokens of PHP, WordPress and proxies."""
    value = unquote(value)
    kinds = [c.isdigit() for c in value if c.isalnum()]
    return "://" not in value and sum(a != b for a, b in pairwise(kinds)) >= 4


def _secrets(values: Iterable[str]) -> list[str]:
    """What must never be seen, also as JSON writes it."""
    long = [value for value in values if len(value) >= _LONG]
    return sorted({*long, *(value.replace("/", "\\/") for value in long)}, key=len, reverse=True)
