"""What is listed, in which order, and with which fields."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from wpexport.model import Loss
from wpexport.sources.rest.answer import Answer, Outcome
from wpexport.sources.rest.api import Api
from wpexport.sources.rest.normalise import DERIVED

#: core's largest ``per_page`` (class-wp-rest-controller.php)
LARGEST = 100
#: rows of which two neighbouring pages share, to prove that none fell between them
OVERLAP = 2
#: why a listing that answers was left
AGAIN = Answer(
    Outcome.BROKEN, status=200, reason="the same page comes again and again, whatever is asked for"
)
ENDLESS = Answer(Outcome.BROKEN, reason="the site's own count grows and grows; such a site has no end")
#: a post's password is a secret that no archive needs
_SECRET = frozenset({"password"})


@dataclass(frozen=True, slots=True)
class Listing:
    """One way to list a collection."""

    #: the collection's key, for losses
    key: str
    #: for people, plural
    label: str
    #: below the root, such as ``wp/v2/posts``
    route: str
    #: besides paging and order
    params: Mapping[str, str | int] = field(default_factory=dict)
    login: bool = False
    #: ``offset`` is ignored there: hierarchical taxonomies (core class-wp-rest-terms-controller.php)
    by_page: bool = False

    def loss(
        self, what: str, *, number: int | None = None, count: int | None = 1, status: int | None = None
    ) -> Loss:
        """A loss of this listing; ``what`` goes on after the label."""
        return Loss(
            collection=self.key, reason=f"{self.label}: {what}.", id=number, count=count, status=status
        )


@dataclass(slots=True)
class Chunk:
    """What came of one page, or of the pieces it had to be cut into."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    #: rows that could only be had without their text
    partial: list[dict[str, Any]] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    lost: list[Loss] = field(default_factory=list)
    total: int | None = None
    withheld: int = 0
    last: bool = False
    cursor: dict[str, Any] | None = None

    def set_hollow_apart(self, listing: Listing, *, keep: bool) -> None:
        """Name the rows whose text came as null, and move them to the partial ones unless they are kept.

        A shortcode that prints instead of returning takes the text out of the JSON (WP-API/WP-API 1239).
        """
        hollow = [row for row in self.rows if _is_hollow(row)]
        for row in hollow:
            number = row.get("id")
            what = f"the text of number {number} came empty from the site"
            self.lost.append(listing.loss(what, number=number if isinstance(number, int) else None))
        if hollow and not keep:
            self.rows = [row for row in self.rows if not _is_hollow(row)]
            self.partial = [*self.partial, *hollow]


def _is_hollow(row: Mapping[str, Any]) -> bool:
    content = row.get("content")
    if not isinstance(content, dict) or content.get("protected") is True:
        return False
    return content.get("rendered", "") is None and content.get("raw") is None


class Refused(Exception):
    """A collection cannot be read at all; carries the answer that says so."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.reason)
        self.answer = answer


#: orders to try: by id nothing is shown twice or missed; without one, what the site does by itself
ORDERS: Sequence[Mapping[str, str]] = (
    {"orderby": "id", "order": "asc"},
    {"orderby": "date", "order": "asc"},
    {},
)


class Fields:
    """Which fields are asked for: all that are kept, none that cost the server for nothing.

    The keys of the first page, which comes unfiltered, and the route's schema name them: some plugins'
    fields are in no schema, others not on every row. Every filtered page is checked to hold what it must.
    """

    def __init__(self) -> None:
        self._wanted: list[str] | None = None
        self._always: frozenset[str] = frozenset()
        self._off = False
        self.learned = False

    @classmethod
    def only(cls, *names: str) -> Fields:
        """Just these fields, without a look at a whole row first."""
        fields = cls()
        fields._wanted = list(names)
        fields._always = frozenset({"id"})
        fields.learned = True
        return fields

    @property
    def param(self) -> dict[str, str]:
        """The ``_fields`` parameter, or nothing while all fields are wanted."""
        return {} if self._off or not self._wanted else {"_fields": ",".join(self._wanted)}

    @property
    def without_text(self) -> str:
        """For a row whose text breaks the server: all but what is rendered."""
        wanted = self._wanted or [
            "id",
            "date",
            "date_gmt",
            "slug",
            "status",
            "type",
            "link",
            "title",
            "author",
            "post",
        ]
        return ",".join(
            k for k in wanted if k not in ("content", "excerpt", "description", "caption", "yoast_head")
        )

    def learn(self, rows: Sequence[Mapping[str, Any]], schema: Mapping[str, Any]) -> None:
        """Take the keys of unfiltered rows and of the route's schema."""
        self.learned = True
        keys = dict.fromkeys(k for row in rows for k in row)
        dropped = DERIVED | _SECRET
        if not dropped & set(keys):
            return
        named = [*keys, *(k for k in schema if k not in keys)]
        # A comma or dot in a name would mean something else in ``_fields``.
        self._wanted = [k for k in named if k not in dropped and re.fullmatch(r"[^,.\s]+", k)]
        if any(not re.fullmatch(r"[^,.\s]+", k) for k in keys):
            self._off = True
        self._always = (
            frozenset.intersection(*(frozenset(row) for row in rows)) - dropped if rows else frozenset()
        )

    def held(self, rows: Sequence[Mapping[str, Any]]) -> bool:
        """Whether filtered rows have all that every unfiltered one had."""
        return not self.param or all(row.keys() >= self._always for row in rows)

    def drop(self) -> bool:
        """Ask for everything from now on; False when it was so already."""
        used = bool(self.param)
        self._off = True
        return used


def schema_of(api: Api, listing: Listing) -> Mapping[str, Any]:
    """The properties that a route's schema names, by ``OPTIONS``; nothing where that is not allowed."""
    answer = api.ask(listing.route, rows=False, login=listing.login, attempts=1, method="OPTIONS")
    if not answer.usable or not isinstance(answer.data, dict):
        return {}
    schema = answer.data.get("schema")
    properties = schema.get("properties") if isinstance(schema, dict) else None
    return properties if isinstance(properties, dict) else {}


_BETWEEN = re.compile(r"between 1 \(\w+\) and (\d{1,9})\b")


def cap_of(answer: Answer) -> int | None:
    """The largest ``per_page`` by the message that refuses ours (an object since 5.x, a list before)."""
    text = str(answer.data)
    found = _BETWEEN.search(text)
    if found and "per_page" in text:
        return max(1, int(found[1]))
    return None


def real_size(answer: Answer, came: int, asked: int) -> int | None:
    """The page size that a server used instead of ours, by its number of pages; None where it obeyed."""
    pages, total = answer.headers.get("x-wp-totalpages", ""), answer.total
    count = int(pages) if pages.isdecimal() and len(pages) < 16 else 0
    if not came or came >= asked or not total or not count or -(-total // asked) == count:
        return None
    return came if -(-total // came) == count else max(came, -(-total // count))


def refuses(answer: Answer, parameter: str) -> bool:
    """Whether an HTTP 400 is about this parameter."""
    data = answer.data.get("data") if isinstance(answer.data, dict) else None
    params = data.get("params") if isinstance(data, dict) else None
    names = params if isinstance(params, (dict, list)) else [params]
    return any(parameter in str(n) for n in names) or parameter in str(_message(answer))


def _message(answer: Answer) -> Any:
    return answer.data.get("message", "") if isinstance(answer.data, dict) else ""
