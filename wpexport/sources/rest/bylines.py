"""Authors by their posts, where their own route is closed.

Security plugins close ``/wp/v2/users`` alone. What a post embeds of its author (core ``embed_links``) has all
that a visitor sees of one; visitors see those alone who have published posts, so that nobody is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from wpexport.model import Loss
from wpexport.sources.rest import values
from wpexport.sources.rest.answer import Answer
from wpexport.sources.rest.api import Api
from wpexport.sources.rest.listing import Chunk, Fields, Listing, Refused
from wpexport.sources.rest.paging import Pager

_EMBEDDED = {"_embed": "author", "_fields": "id,author,_links,_embedded,yoast_head_json"}


def shown(api: Api, route: str) -> bool:
    """Whether posts tell who wrote them, though the authors' own route is closed."""
    answer = api.ask(route, {**_EMBEDDED, "per_page": 3}, rows=True, attempts=1)
    return answer.usable and any(_face(row) is not None for row in answer.data)


def authors(api: Api, listing: Listing, routes: Sequence[str]) -> Iterator[Chunk]:
    """Yield all authors of the posts on some routes, each once; last a chunk with what could not be read.

    Args:
        listing: the authors', for the names of losses.
        routes: of the types of posts.
    """
    done: set[int] = set()
    lost: list[Loss] = []
    for route in routes:
        posts = Listing(listing.key, listing.label, route)
        try:
            for chunk in Pager(api, posts, fields=Fields.only("id", "author")).chunks():
                if chunk.lost:
                    what = f"who wrote the {route.rpartition('/')[2]} that could not be read is not known"
                    lost = [loss for loss in lost if what not in loss.reason]
                    lost.append(listing.loss(what, count=None, status=chunk.lost[0].status))
                numbers = dict.fromkeys(values.number(row.get("author")) for row in chunk.rows)
                for number in numbers:
                    if number is not None and number not in done:
                        done.add(number)
                        yield _author(api, listing, route, number)
        except Refused as refused:
            what = f"those of {route} could not be read ({refused.answer.reason})"
            lost.append(listing.loss(what, count=None, status=refused.answer.status))
    yield Chunk(lost=lost, last=True)


def _author(api: Api, listing: Listing, route: str, number: int) -> Chunk:
    answer = api.ask(route, {**_EMBEDDED, "author": number, "per_page": 1}, rows=True)
    # The filter may be ignored: then it is somebody else's post.
    own = [r for r in answer.data if values.number(r.get("author")) == number] if answer.usable else []
    face = next((f for row in own if (f := _face(row)) is not None), None)
    if face is not None and values.number(face.get("id")) in (None, number):
        return Chunk(rows=[{**face, "id": number}], answers=[answer])
    reason = f"the name of number {number} could not be read ({_why(answer, own)})"
    return Chunk(lost=[listing.loss(reason, number=number, status=answer.status)])


def _face(row: dict[str, Any]) -> dict[str, Any] | None:
    """What a post shows of its author: embedded by core, where that is no error object; else by Yoast."""
    embedded = row.get("_embedded")
    found = embedded.get("author") if isinstance(embedded, dict) else None
    face = found[0] if isinstance(found, list) and found else None
    if isinstance(face, dict) and "code" not in face and face.get("name"):
        return {k: v for k, v in face.items() if k != "_links"}
    yoast = row.get("yoast_head_json")
    name = yoast.get("author") if isinstance(yoast, dict) else None
    return {"name": name} if isinstance(name, str) and name else None


def _why(answer: Answer, own: Sequence[dict[str, Any]]) -> str:
    if not answer.usable:
        return answer.reason
    return "its posts do not show it" if own else "the site shows no post by it alone"
