"""What is there, without its content: numbers and times of modification.

A hundred posts cost a server 44 ms so, and 770 ms whole (measured on 7.1.1); the bytes are a hundredth.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any

from wpexport.model import Loss
from wpexport.sources.base import Glimpse
from wpexport.sources.rest import values
from wpexport.sources.rest.api import Api, merged
from wpexport.sources.rest.listing import LARGEST, Fields, Listing, Refused
from wpexport.sources.rest.paging import Pager
from wpexport.sources.rest.ways import Way

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


def swept(api: Api, ways: Sequence[Way], *, login: bool) -> Iterator[Glimpse]:
    """Yield what a collection holds by all ways together, each number once."""
    seen: set[int] = set()
    # Core drops from the edit context what this user may not edit, even where it is public.
    both = login and len(ways) > 1
    withheld = 0
    for glimpse in glimpses(api, [way.listing for way in ways]):
        if both:
            seen.update(number for number, _ in glimpse.rows)
            withheld += glimpse.withheld
            glimpse.last = glimpse.last and not withheld
        yield glimpse
    if both and withheld:
        for glimpse in glimpses(api, [way.listing for way in ways if not way.listing.login]):
            glimpse.rows = [row for row in glimpse.rows if row[0] not in seen]
            glimpse.claimed, glimpse.withheld = None, 0
            yield glimpse


def latest(api: Api, listings: list[Listing], kind: str) -> Iterator[Glimpse]:
    """Yield what was modified last, newest first.

    Where that is not sure to be all of it, what comes last has a loss: all numbers must be looked at.
    """
    listing = listings[0]
    untold = Glimpse(lost=[Loss(collection=listing.key, reason="what was modified last is not told")])
    if len(listings) > 1:  # each of them may show what the others do not
        yield untold
        return
    order = "date_gmt" if kind == "comments" else "modified"
    for page in count(1):
        asked: dict[str, str | int] = {"orderby": order, "order": "desc", "per_page": LARGEST, "page": page}
        query = merged(listing.params, asked, {"_fields": ",".join(_NAMES)})
        answer = api.ask(listing.route, query, rows=True, login=listing.login)
        if not answer.usable and (page == 1 or "invalid_page" not in answer.code):
            yield untold
        if not answer.usable or not answer.data:
            return
        rows = [row for row in map(_row, answer.data) if row is not None]
        times = [(state or "")[:19] for _, state in rows]
        if kind != "comments" and times != sorted(times, reverse=True):  # a plugin has an order of its own
            yield untold
            return
        yield Glimpse(rows)


def _row(row: dict[str, Any]) -> tuple[int, str | None] | None:
    number = values.number(row.get("id"))
    modified, status = (v if isinstance(v := row.get(name), str) else "" for name in _NAMES[1:])
    stamp = f"{modified} {status}".strip()
    return None if number is None else (number, stamp or None)
