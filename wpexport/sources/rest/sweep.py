"""What is there, without its content: numbers and times of modification.

A hundred posts cost a server 44 ms so, and 770 ms whole (measured on 7.1.1); the bytes are a hundredth.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

from wpexport.model import Loss
from wpexport.sources.base import Glimpse
from wpexport.sources.rest import values
from wpexport.sources.rest.api import Api, merged
from wpexport.sources.rest.listing import LARGEST, Fields, Listing, Refused
from wpexport.sources.rest.paging import Pager

#: a status changes without a time: comments have none, and cron publishes what was scheduled as it is
#: (core ``wp_publish_post``)
_NAMES = ("id", "modified_gmt", "status")


def glimpses(api: Api, listings: list[Listing]) -> Iterator[Glimpse]:
    """Yield what a collection holds.

    Args:
        api: the site.
        listings: ways to list it, richest first; the first that answers is taken.
    """
    refused: Refused | None = None
    for listing in listings:
        pager = Pager(api, listing, fields=Fields.only(*_NAMES))
        try:
            for chunk in pager.chunks():
                rows = [row for row in map(_row, chunk.rows) if row is not None]
                yield Glimpse(rows, chunk.total, chunk.withheld, chunk.lost, chunk.last)
        except Refused as failure:
            refused = refused or failure
            continue
        return
    if refused is not None and listings:
        answer = refused.answer
        reason = f"{listings[0].label} could not be read ({answer.reason})."
        loss = Loss(collection=listings[0].key, reason=reason, count=None, status=answer.status)
        yield Glimpse(lost=[loss])


def latest(api: Api, listing: Listing, kind: str) -> Iterator[Glimpse]:
    """Yield what was modified last, newest first; a site that does not sort so is looked at as a whole."""
    order = "date_gmt" if kind == "comments" else "modified"
    for page in count(1):
        asked: dict[str, str | int] = {"orderby": order, "order": "desc", "per_page": LARGEST, "page": page}
        query = merged(listing.params, asked, {"_fields": ",".join(_NAMES)})
        answer = api.ask(listing.route, query, rows=True, login=listing.login)
        if not answer.usable and page == 1:
            yield from glimpses(api, [listing])
        if not answer.usable or not answer.data:
            return
        yield Glimpse([row for row in map(_row, answer.data) if row is not None])


def _row(row: dict[str, Any]) -> tuple[int, str | None] | None:
    number = values.number(row.get("id"))
    modified, status = (v if isinstance(v := row.get(name), str) else "" for name in _NAMES[1:])
    stamp = f"{modified} {status}".strip()
    return None if number is None else (number, stamp or None)
