"""Cookies and headers for a site behind a gate (a staging site, a single sign-on), out of files."""

from __future__ import annotations

import re
import sys
from http.cookiejar import LoadError, MozillaCookieJar
from pathlib import Path
from urllib.request import Request

from wpexport.errors import LoginError, UsageError
from wpexport.net import Credentials, typed

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
#: what belongs to the connection and not to the site (RFC 9110, 7.2 and 7.6.1)
_NOT_OURS = frozenset(
    {"host", "connection", "content-length", "transfer-encoding", "te", "upgrade", "accept-encoding"}
)


def gate_of(headers: Path | None, cookies: Path | None, address: str, *, login: bool) -> Credentials | None:
    """What is sent with each request to the site's origin, and to no other; None where no file is named.

    Args:
        headers: a file with one header a line; ``-`` is stdin.
        cookies: a file as browsers and curl write it (Netscape's ``cookies.txt``).
        address: what the user typed.
        login: there is a login too.

    Raises:
        LoginError: a file cannot be read, or has nothing for this site, or may not be sent there.
        UsageError: a header cannot be sent.
    """
    url = typed(address)[0] if headers or cookies else ""
    found = _headers(headers) if headers else {}
    if cookies:
        mine = [_cookies(cookies, url), *(value for name, value in found.items() if name.lower() == "cookie")]
        found = {name: value for name, value in found.items() if name.lower() != "cookie"}
        found["Cookie"] = "; ".join(mine)
    if not found:
        return None
    if login and any(name.lower() == "authorization" for name in found):
        raise UsageError("A login and an Authorization header cannot be sent together: WordPress reads one.")
    made = Credentials.headers(found, name=str(headers or cookies))
    made.pin(url)
    return made


def _headers(path: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in _read(path).splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        name, colon, value = (part.strip() for part in line.partition(":"))
        if not colon or not _NAME.fullmatch(name) or name.lower() in _NOT_OURS or not value.isprintable():
            shown = name if colon and _NAME.fullmatch(name) else "a line"
            raise UsageError(
                f"{path}: {shown} is no header that can be sent.", hint="Write NAME: VALUE, one a line."
            )
        found[name] = value
    if not found:
        raise LoginError(f"There is no header in {path}.", hint="Write NAME: VALUE, one a line.")
    return found


def _cookies(path: Path, url: str) -> str:
    """The ``Cookie`` header for an address: domain, path, https and time of expiry count, as in a browser."""
    _read(path)
    jar = MozillaCookieJar(str(path))
    try:
        jar.load(ignore_discard=True, ignore_expires=True)
    except (LoadError, ValueError) as error:
        hint = "It is a cookies.txt as browsers' extensions and curl write it; its first line says so."
        raise LoginError(f"The cookie file {path} is none in Netscape's format.", hint=hint) from error
    for cookie in jar:
        # Browsers and curl write 0 for a cookie of this session.
        cookie.expires = cookie.expires or None
    request = Request(url)  # noqa: S310 - nothing is opened; the standard library's rules are applied to it
    jar.add_cookie_header(request)
    header = request.get_header("Cookie")
    if not header:
        raise LoginError(
            f"There is no cookie in {path} for {url} that is still good.", hint="Log in there again."
        )
    return header


def _read(path: Path) -> str:
    try:
        return sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise LoginError(f"The file {path} cannot be read: {reason}.", hint="") from error
