"""Rows of the REST API as batches of records."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from wpexport.model import Post, Record
from wpexport.sources.base import Batch, Collection, Exchange, View
from wpexport.sources.rest import normalise
from wpexport.sources.rest.answer import Answer
from wpexport.sources.rest.api import exchange
from wpexport.sources.rest.listing import Chunk
from wpexport.sources.rest.normalise import Setting
from wpexport.sources.rest.ways import Way

_PASSWORD = re.compile(rb'"password":\s*"(?:[^"\\]|\\.)*"')
_TEXTS = frozenset({"content", "excerpt"})


def batches(what: Collection, way: Way, chunk: Chunk, place: int, setting: Setting) -> Iterator[Batch]:
    """A chunk as batches; rows without their text are in one of their own: they overwrite no text.

    Args:
        place: of the way among those of the collection, for the cursor.
        setting: the site's.
    """
    view = View("rest", login=way.listing.login)
    if what.kind in ("posts", "comments"):
        chunk.set_hollow_apart(way.listing, keep=what.kind == "comments")
    batch = Batch(what, view, claimed=chunk.total, withheld=chunk.withheld, lost=chunk.lost, last=chunk.last)
    batch.exchanges = [e for a in chunk.answers if (e := _exchange(a)) is not None]
    batch.records = [r for row in chunk.rows for r in _records(what, row, setting, edit=way.edit)]
    if chunk.cursor is not None:
        batch.cursor = {**chunk.cursor, "way": place}
    if chunk.partial:
        fields = frozenset(Post.__struct_fields__) - _TEXTS
        poor = View("rest", login=way.listing.login, fields=fields)
        records = [r for row in chunk.partial for r in _records(what, row, setting, edit=way.edit)]
        yield Batch(what, poor, records)
    yield batch


def _records(what: Collection, row: dict[str, Any], setting: Setting, *, edit: bool) -> list[Record]:
    if what.kind == "posts":
        return _some(normalise.post(row, setting, what.name))
    if what.kind == "media":
        return _some(normalise.media(row, setting))
    if what.kind == "terms":
        return _some(normalise.term(row, setting, what.name))
    if what.kind == "comments":
        return _some(*(normalise.comment(row, setting) or ()))
    edited = replace(setting, edit=edit)
    return _some(*(normalise.author(row, edited) or ()))


def _some(*records: Record | None) -> list[Record]:
    return [r for r in records if r is not None]


def _exchange(answer: Answer) -> Exchange | None:
    """The answer for the journal; a post's password, which the edit context shows, is no business of it."""
    made = exchange(answer)
    if made is None or not made.login or b'"password"' not in made.body:
        return made
    return Exchange(made.url, made.time, made.status, _PASSWORD.sub(b'"password":""', made.body), made.login)
