"""Comments that another service keeps: WordPress has none of them, or not all."""

from __future__ import annotations

from collections.abc import Sequence

from wpexport.net import NetError
from wpexport.net.address import joined
from wpexport.sources.base import Offer
from wpexport.sources.pagehead import services
from wpexport.sources.rest.api import Api


def kept_elsewhere(api: Api, seen: Sequence[str], home: str, offers: Sequence[Offer]) -> list[str]:
    """A line for each service that keeps comments of the site.

    Args:
        seen: services that the front page already spoke of.
        home: the front page.
        offers: what WordPress itself has; only a site that shows no comments is looked at more closely.
    """
    names = list(seen)
    comments = next((o for o in offers if o.collection.kind == "comments"), None)
    if not names and comments is not None and (comments.closed is not None or comments.expected == 0):
        names += _on_newest_post(api, home)
    return [f"comments that {name} keeps: WordPress does not have them, or not all" for name in names]


def _on_newest_post(api: Api, home: str) -> tuple[str, ...]:
    query: dict[str, str | int] = {"per_page": 1, "_fields": "id,link"}
    answer = api.ask("wp/v2/posts", query, rows=True, attempts=1)
    link = answer.data[0].get("link") if answer.usable and answer.data else None
    if not isinstance(link, str):
        return ()
    try:
        page = api.http.get(joined(home, link), accept="text/html, */*;q=0.5", attempts=1)
    except NetError:
        return ()
    return services(page.body)
