"""How a collection can be listed: with which parameters, and by whose eyes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from wpexport.sources.base import Collection
from wpexport.sources.rest import values
from wpexport.sources.rest.api import Api, merged
from wpexport.sources.rest.catalogue import Catalogue
from wpexport.sources.rest.listing import Listing

#: all that is somebody's work; not ``trash``, which WordPress empties by itself after 30 days
STATUSES = "publish,future,draft,pending,private"


@dataclass(frozen=True, slots=True)
class Way:
    """One way to list a collection."""

    listing: Listing
    #: in core's ``edit`` context
    edit: bool = False


class Ways:
    """Knows the ways of one site.

    Args:
        catalogue: its types and taxonomies.
        login: whether a login is in effect.
        post: route and number of the single post that is asked for; None for the whole site.
    """

    def __init__(self, api: Api, catalogue: Catalogue, *, login: bool, post: tuple[str, int] | None) -> None:
        self._api = api
        self._login = login
        self._post = post
        #: what every listing is asked with besides; languages are told apart by it
        self.extra: Mapping[str, str] = {}
        self._by_page = {t.slug for t in catalogue.taxonomies if t.hierarchical}

    def __call__(self, what: Collection) -> list[Way]:
        """The ways to list a collection, richest first."""
        by_page = what.kind == "terms" and what.name in self._by_page
        scope = merged(self._scope(what), self.extra)

        def listing(extra: Mapping[str, str], login: bool) -> Listing:
            return Listing(
                what.key, what.label, what.route, merged(scope, extra), login=login, by_page=by_page
            )

        visitor = Way(listing({}, login=False))
        if not self._login:
            return [visitor]
        rich = [Way(listing(p, login=True), p.get("context") == "edit") for p in self._private(what)]
        # A site that is closed to visitors may answer a login that may not edit.
        return [*rich, visitor, Way(listing({}, login=True))]

    def _private(self, what: Collection) -> list[dict[str, str]]:
        """Parameters that show a login more, richest first."""
        if what.kind == "posts":
            return [{"context": "edit", "status": STATUSES}]
        if what.kind == "media":
            return [{"context": "edit", "status": "inherit,private"}, {"context": "edit"}]
        if what.kind == "comments":
            everything = {"status": "all", "type": "all"}
            return [{"context": "edit", **everything}, everything]
        return [{"context": "edit"}] if what.kind == "authors" else []

    def _scope(self, what: Collection) -> dict[str, str | int]:
        """The parameters that narrow a collection to the single post's."""
        if self._post is None:
            return {}
        _, number = self._post
        if what.kind == "posts":
            return {"include": number}
        if what.kind == "authors":
            return {"include": values.number(self.single.get("author")) or number}
        return {"parent" if what.kind == "media" else "post": number}

    @cached_property
    def single(self) -> dict[str, Any]:
        """What the single post refers to: its author and its featured image; empty for a whole site."""
        if self._post is None:
            return {}
        route, number = self._post
        fields = {"_fields": "id,author,featured_media"}
        answer = self._api.ask(f"{route}/{number}", fields, rows=False, login=self._login)
        return answer.data if answer.usable and isinstance(answer.data, dict) else {}
