"""Journalled answers read again, offline: which collection an answer is about, and the records in it.

What `wpexport.sources.rest` does while it asks, done with what it was told. Answers of other ways are left
alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

from wpexport.archive.journal import Entry
from wpexport.model import Author, Personal, Post, Record, Site
from wpexport.sources.base import Batch, Collection, View
from wpexport.sources.rest import normalise, values
from wpexport.sources.rest.catalogue import Catalogue
from wpexport.sources.rest.normalise import Setting
from wpexport.sources.rest.repair import NotJson, parse
from wpexport.sources.rest.root import Root

_TEXTS = frozenset({"content", "excerpt"})


class Answers:
    """Reads the answers that one site once gave."""

    def __init__(self, site: Site) -> None:
        catalogue = Catalogue(types=site.types, taxonomies=site.taxonomies)
        self._by_route = {c.route: c for c in catalogue.collections() if c.route}
        self._root = Root(site.root or site.home.rstrip("/") + "/wp-json/")
        self.zone, _, _ = values.site_zone(site.timezone, site.gmt_offset)
        self._setting = Setting(self.zone, catalogue.term_keys())

    def collection(self, entry: Entry) -> Collection | None:
        """What an answer is about; None for what is no list of records, or came another way."""
        if entry.way != "rest":
            return None
        route = self._root.route_of(entry.url) or ""
        parent, _, last = route.rpartition("/")
        return self._by_route.get(route) or (self._by_route.get(parent) if last.isdecimal() else None)

    def rows(self, entry: Entry) -> list[dict[str, Any]]:
        """The objects in an answer; none where it is not what was asked for."""
        try:
            data, _ = parse(entry.body.encode("utf-8", "surrogatepass"), _is_rows)
        except NotJson:
            return []
        if isinstance(data, dict) and set(data) == {"body", "status", "headers"}:
            data = data["body"]
        found = data if isinstance(data, list) else [data]
        return [row for row in found if isinstance(row, dict) and values.number(row.get("id")) is not None]

    def batches(self, entry: Entry, what: Collection, *, login: bool, shown: set[int]) -> list[Batch]:
        """The records of an answer.

        Args:
            entry: the answer.
            what: as `collection` says.
            login: it lies in the private journal.
            shown: the authors whom visitors see; those that an answer to a visitor holds are added.
        """
        edit = login and "edit" in parse_qs(urlsplit(entry.url).query).get("context", [])
        setting = replace(self._setting, edit=edit)
        rows = self.rows(entry)
        whole = [row for row in rows if what.kind != "posts" or row.keys() & _TEXTS]
        poor = [row for row in rows if what.kind == "posts" and not row.keys() & _TEXTS]
        fields = frozenset(Post.__struct_fields__) - _TEXTS
        made = [
            Batch(what, View("rest", login, fields), _records(what, poor, setting)),
            Batch(what, View("rest", login), _records(what, whole, setting)),
        ]
        if what.kind == "authors":
            made = _authors(made[1], login, shown)
        return [batch for batch in made if batch.records]


def _records(what: Collection, rows: Sequence[Mapping[str, Any]], setting: Setting) -> list[Record]:
    return [record for row in rows for record in _made(what, row, setting)]


def _made(what: Collection, row: Mapping[str, Any], setting: Setting) -> list[Record]:
    made: Sequence[Record | None]
    if what.kind == "posts":
        made = [normalise.post(row, setting, what.name)]
    elif what.kind == "media":
        made = [normalise.media(row, setting)]
    elif what.kind == "terms":
        made = [normalise.term(row, setting, what.name)]
    elif what.kind == "comments":
        made = normalise.comment(row, setting) or ()
    else:
        made = normalise.author(row, setting) or ()
    return [record for record in made if record is not None]


def _authors(batch: Batch, login: bool, shown: set[int]) -> list[Batch]:
    """As a pull stores them: public ones by a visitor's eyes alone, others apart."""
    if not login:
        shown.update(record.id for record in batch.records if record.id is not None)
        return [batch]
    personal: list[Record] = [record for record in batch.records if isinstance(record, Personal)]
    hidden: list[Record] = [r for r in batch.records if isinstance(r, Author) and r.id not in shown]
    return [
        Batch(batch.collection, batch.view, hidden, hidden=True),
        Batch(batch.collection, batch.view, personal),
    ]


def _is_rows(value: Any) -> bool:
    return isinstance(value, (list, dict))
