"""Two faces of ``public-api.wordpress.com``: ``rest/v1.1``, and ``wp/v2`` in the shape of core's REST API.

Facts: Automattic/jetpack, ``json-endpoints/`` (class.wpcom-json-api-list-posts-v1-1-endpoint.php,
class.wpcom-json-api-list-comments-endpoint.php), which is the same code on both sides.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlsplit

from wpexport.net import JSON, Http, NetError, Params, with_params
from wpexport.net.failures import Stopped
from wpexport.sources.rest.answer import Answer, failed, judge
from wpexport.sources.rest.root import Root

BASE = "https://public-api.wordpress.com"
#: the largest ``number`` of posts and comments; more is HTTP 400 ``invalid_number``
LARGEST = 100


def name_of(url: str) -> str:
    """What the API calls the site at an address: its host, and a folder after ``::``."""
    parts = urlsplit(url)
    folder = parts.path.strip("/")
    return (parts.hostname or "") + (f"::{folder.replace('/', '::')}" if folder else "")


@dataclass(frozen=True, slots=True)
class Api:
    """``rest/v1.1`` of one site."""

    http: Http
    #: a host name, or the number of a blog
    site: str

    def ask(self, route: str = "", params: Params | None = None, *, attempts: int | None = None) -> Answer:
        """Ask a route of the site.

        Raises:
            Stopped: the client was closed.
        """
        url = f"{BASE}/rest/v1.1/sites/{quote(self.site, safe=':')}" + (f"/{route}" if route else "")
        try:
            response = self.http.get(with_params(url, params), accept=JSON, attempts=attempts)
        except Stopped:
            raise
        except NetError as error:
            return failed(error)
        answer = judge(response, rows=False)
        code = answer.data.get("error") if isinstance(answer.data, dict) and not answer.usable else None
        # Errors are {error, message} here, {code, message, data} in wp/v2.
        return (
            replace(answer, code=code, reason=f"HTTP {answer.status} {code}")
            if isinstance(code, str)
            else answer
        )


@dataclass(frozen=True)
class HostedRoot(Root):
    """The root of ``wp/v2`` for one site: the site's name stands between the namespace and the route."""

    site: str = ""

    def join(self, route: str = "", params: Params | None = None) -> str:
        """The address of a route such as ``wp/v2/posts``."""
        route = route.strip("/")
        pieces = route.split("/", 2)
        namespace, rest = ("/".join(pieces[:2]), "".join(pieces[2:])) if len(pieces) > 1 else ("wp/v2", route)
        path = f"{BASE}/{namespace}/sites/{quote(self.site, safe=':')}"
        return with_params(path + (f"/{rest}" if rest else ""), params)

    def route_of(self, url: str) -> str | None:
        """The route that an address of this API names."""
        before, marker, after = urlsplit(url).path.partition("/sites/")
        rest = after.partition("/")[2].strip("/")
        return f"{before.strip('/')}/{rest}" if marker and rest else None

    def others(self, home: str) -> list[Root]:
        """There is no other form of it."""
        del home
        return []


def hosted_root(site: str) -> HostedRoot:
    """The root of a site's ``wp/v2``."""
    return HostedRoot(f"{BASE}/wp/v2/sites/{quote(site, safe=':')}/", site)


def entries(answer: Answer, key: str) -> list[dict[str, Any]] | None:
    """The rows of a listing; None where it is none."""
    rows = answer.data.get(key) if answer.usable and isinstance(answer.data, dict) else None
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else None


def found(answer: Answer) -> int | None:
    """How many there are; -1 says that it was not counted (list-comments with a filter)."""
    value = answer.data.get("found") if answer.usable and isinstance(answer.data, dict) else None
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
