"""The REST API's root address in its two forms, and how routes are put on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from wpexport.net import Params, at_origin

Form = Literal["pretty", "query"]


@dataclass(frozen=True, slots=True)
class Root:
    """``https://h/wp-json/`` or ``https://h/index.php?rest_route=/`` (core ``get_rest_url()``)."""

    url: str

    @property
    def form(self) -> Form:
        """``query`` when the route is a parameter (plain permalinks)."""
        return "query" if "rest_route" in dict(parse_qsl(urlsplit(self.url).query)) else "pretty"

    def join(self, route: str = "", params: Params | None = None) -> str:
        """The address of a route below the root, such as ``wp/v2/posts``.

        In the query form the value of ``rest_route`` is replaced, and all parameters follow with ``&``.
        """
        route = route.strip("/")
        parts = urlsplit(self.url)
        query = parse_qsl(parts.query, keep_blank_values=True)
        own = [(k, str(v)) for k, v in (params or {}).items()]
        if self.form == "query":
            query = [(k, f"/{route}" if k == "rest_route" else v) for k, v in query]
            path = parts.path
        else:
            # Collections are asked for without a trailing slash: some servers redirect for one.
            path = parts.path.rstrip("/") + f"/{route}"
        return urlunsplit((parts.scheme, parts.netloc, path, urlencode(query + own, safe=",/:"), ""))

    def route_of(self, url: str) -> str | None:
        """The route that an address below this root names; scheme and host are not compared.

        WordPress builds its links from its own settings, which a proxy may contradict.
        """
        own, parts = urlsplit(self.url), urlsplit(url)
        query = dict(parse_qsl(parts.query))
        if "rest_route" in query:
            return query["rest_route"].strip("/")
        base = own.path.rstrip("/") + "/"
        if self.form == "pretty" and parts.path.startswith(base):
            return parts.path[len(base) :].strip("/")
        marker = "/wp-json/"
        return parts.path.partition(marker)[2].strip("/") if marker in parts.path else None

    def others(self, home: str) -> list[Root]:
        """Other addresses of the same API, for servers that mangle this one."""
        base = home.rstrip("/")
        forms = [f"{base}/index.php?rest_route=/", f"{base}/?rest_route=/", f"{base}/wp-json/"]
        same = [at_origin(f, self.url) for f in forms]
        return [Root(f) for f in same if f != self.url]
