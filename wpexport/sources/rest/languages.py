"""Sites in several languages, whose API shows one of them alone until it is asked for the others.

WPML and Polylang Pro filter by ``lang``; Polylang's free version does not know it and shows all
languages mixed. Neither says so: what a value of ``lang`` does is seen by the totals alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from wpexport.net import NetError
from wpexport.sources.rest.api import Api

#: namespaces of the plugins that filter by language
_PLUGINS = ("pll/", "wpml/", "polylang")
_HREFLANG = re.compile(rb"<link\b[^<>]*\bhreflang=[\"']([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)[\"']", re.I)
_ROUTE = "wp/v2/posts"
#: what stands for all languages: WPML's own word, and what switches Polylang's filter off
_ALL = ("all", "")


def parameters(api: Api, index: Mapping[str, Any], home: str, *, login: bool) -> list[dict[str, str]]:
    """With what to list each collection so that all languages come; ``[{}]`` where nothing is hidden.

    Args:
        index: the API's.
        home: the front page, which names its translations.
        login: whether a login is in effect.
    """
    names = index.get("namespaces")
    if not isinstance(names, list) or not any(str(n).startswith(_PLUGINS) for n in names):
        return [{}]
    default = _look(api, {}, login)
    if default is None:
        return [{}]
    for word in _ALL:
        found = _look(api, {"lang": word}, login)
        if found is not None and found[0] > default[0]:
            return [{"lang": word}]
    looks = {code: found for code in _codes(api, home) if (found := _look(api, {"lang": code}, login))}
    # Where the parameter is ignored, every language shows the same posts: all there are.
    if len(set(looks.values()) | {default}) < 2:
        return [{}]
    return [{}, *({"lang": code} for code in looks)]


def _look(api: Api, params: Mapping[str, str], login: bool) -> tuple[int, Any] | None:
    """How many posts there are, and the newest one's number; None where there are none."""
    query: dict[str, str | int] = {**params, "per_page": 1, "_fields": "id"}
    answer = api.ask(_ROUTE, query, rows=True, login=login, attempts=2)
    if not answer.usable or not answer.total:
        return None
    return answer.total, answer.data[0].get("id") if answer.data else None


def _codes(api: Api, home: str) -> Sequence[str]:
    """The site's languages: by Polylang's own list, and by the front page's links to its translations."""
    found = dict.fromkeys(_listed(api))
    try:
        body = api.http.get(home, accept="text/html, */*;q=0.5", attempts=1).body
    except NetError:
        return list(found)
    for match in _HREFLANG.finditer(body[: 512 * 1024]):
        found.setdefault(match[1].decode("ascii").partition("-")[0].lower())
    return list(found)


def _listed(api: Api) -> Iterator[str]:
    answer = api.ask("pll/v1/languages", rows=True, attempts=1)
    for row in answer.data if answer.usable else ():
        slug = row.get("slug")
        if isinstance(slug, str) and re.fullmatch(r"[A-Za-z0-9_-]{2,16}", slug):
            yield slug
