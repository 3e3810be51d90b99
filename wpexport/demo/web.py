"""What comes in and what goes out: requests as PHP sees them, answers as plain data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

#: the address that the recorded blog believed to have
HOME: Final = "http://blog.example"

Query = dict[str, "str | list[str]"]


@dataclass
class Answer:
    """One HTTP answer. Header names as WordPress writes them; several ``Link`` are joined by a comma."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Request:
    """One HTTP request, its address taken apart."""

    method: str
    #: below the blog's address, decoded, beginning with a slash
    path: str
    query: Query
    #: names in lower case
    headers: Mapping[str, str]
    #: the address as it was asked for, below the blog's
    target: str = "/"

    @classmethod
    def parse(cls, method: str, url: str, headers: Mapping[str, str], base: str) -> Request:
        """Take an absolute address, or a path on the host of ``base``, apart."""
        parts = urlsplit(url)
        folder = urlsplit(base).path.rstrip("/")
        path = parts.path or "/"
        if folder and (path == folder or path.startswith(folder + "/")):
            path = path[len(folder) :] or "/"
        lower = {name.lower(): value for name, value in headers.items()}
        target = path + ("?" + parts.query if parts.query else "")
        return cls(method.upper(), unquote(path), parse_query(parts.query), lower, target)

    def text(self, name: str) -> str | None:
        """A parameter that is a single text."""
        value = self.query.get(name)
        return value if isinstance(value, str) else None


def parse_query(query: str) -> Query:
    """A query string as PHP reads it: ``a[]=1&a[]=2`` is a list, of other repetitions the last one counts."""
    out: Query = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        bare, bracket, _ = name.partition("[")
        if bracket:
            seen = out.get(bare)
            if isinstance(seen, list):
                seen.append(value)
            else:
                out[bare] = [value]
        else:
            out[name] = value
    return out


def words(value: str | list[str] | None) -> list[str]:
    """A list parameter: ``a[]=1&a[]=2``, ``a=1,2`` or ``a=1 2`` (WordPress' ``wp_parse_list``)."""
    if value is None:
        return []
    if isinstance(value, list):
        return value
    return [word for word in value.replace(",", " ").split() if word]


def encode(value: Any) -> bytes:
    r"""JSON as PHP writes it: ASCII only, no spaces, and ``/`` as ``\/``."""
    return json.dumps(value, separators=(",", ":")).replace("/", "\\/").encode()


def rebase(body: bytes, base: str) -> bytes:
    """Put the address of the running server in place of the recorded one, in each way it can be written."""
    if HOME.encode() == base.encode():
        return body
    plain, here = HOME.encode(), base.rstrip("/").encode()
    for change in (lambda text: text, _escaped, _escaped_twice, _percent):
        body = body.replace(change(plain), change(here))
    return body


def _escaped(text: bytes) -> bytes:
    return text.replace(b"/", b"\\/")


def _escaped_twice(text: bytes) -> bytes:
    """JSON within JSON: footnotes."""
    return text.replace(b"/", rb"\\\/")


def _percent(text: bytes) -> bytes:
    return text.replace(b":", b"%3A").replace(b"/", b"%2F")
