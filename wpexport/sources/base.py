"""What every way of reading a blog has in common.

One method reads every collection, so retry, resume, journal and progress are written once (in ``ops``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable

from wpexport.model import Loss, Record, Site

Kind = Literal["posts", "comments", "terms", "authors", "media"]
Way = Literal["rest", "wpcom", "feed", "wxr"]


@dataclass(frozen=True, slots=True)
class Collection:
    """All records of one kind: the posts of one type, the terms of one taxonomy, all comments, ..."""

    kind: Kind
    #: the post type or taxonomy; the kind itself for comments, authors and media
    name: str
    #: for people, plural: "Posts", "Pages", "Categories"
    label: str
    #: where the source reads it, in the source's own terms
    route: str = ""

    @property
    def key(self) -> str:
        """The stable name in reports and cursors: ``posts/page``, ``terms/category``, ``comments``."""
        return self.kind if self.kind == self.name else f"{self.kind}/{self.name}"


@dataclass(frozen=True, slots=True)
class Offer:
    """What a source says of one collection before it is read."""

    collection: Collection
    #: how many there are by the source's own account; None where it does not say
    expected: int | None = None
    #: one sentence when it cannot be read at all
    closed: str | None = None
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Login:
    """A login that was checked to be in effect."""

    name: str
    user: int | None
    #: may read what nobody else may: drafts, held comments, e-mails
    can_edit: bool


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What can be had from a source."""

    way: Way
    offers: Sequence[Offer]
    login: Login | None = None
    #: collections that a visitor can never see, named for ``info`` and ``probe``
    invisible: Sequence[str] = ()
    #: one post and what belongs to it: absence of others means nothing
    single: bool = False
    #: what is to be said of the address that was typed, as one sentence
    remark: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """By which eyes a record was seen. A poorer view never replaces what a richer one showed."""

    way: Way
    login: bool = False
    #: record fields that this view can show; None for all. Others keep what the archive has
    fields: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """One answer as it came, for the raw journal."""

    url: str
    #: RFC 3339, UTC
    time: str
    status: int
    body: bytes
    #: answered to a login: belongs in the private journal
    login: bool = False


@dataclass(slots=True)
class Batch:
    """What one or more answers brought: to be stored whole before the next is asked for."""

    collection: Collection
    view: View
    records: list[Record] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    #: the total that the source claims now; None where it does not say
    claimed: int | None = None
    #: rows that the source counted and did not show (promise 5)
    withheld: int = 0
    lost: list[Loss] = field(default_factory=list)
    #: the collection was read to its end
    last: bool = False
    #: records that no visitor is shown, though nothing in them says so (authors without a published post)
    hidden: bool = False
    #: where to go on once this is stored; None where a source cannot resume
    cursor: dict[str, Any] | None = None


class Source(Protocol):
    """A blog as it can be read from one side."""

    def site(self) -> Site:
        """Describe the blog. Cheap after `capabilities`."""

    def capabilities(self) -> Capabilities:
        """Find out what is there, and that a login is in effect.

        Raises:
            SourceError: nothing can be read there.
            LoginError: the login is refused or ignored.
        """

    def read(self, what: Collection, since: dict[str, Any] | None = None) -> Iterator[Batch]:
        """Yield all records of a collection, each batch as soon as it is there.

        Never raises for what can be named as a loss: a batch carries it in ``lost``.
        """


@runtime_checkable
class Foreseeing(Protocol):
    """A source that need not wait for what is read last to be stored."""

    def foresee(self, what: Collection) -> None:
        """Say what is read after the collection that is read now, or first."""


@runtime_checkable
class Mending(Protocol):
    """A source that tells what it had to mend to read what came; nothing was lost by it."""

    @property
    def repairs(self) -> Mapping[str, int]:
        """How often, by kind, as a phrase for people."""


def counted(phrase: str) -> tuple[str, int]:
    """A phrase such as "3 bytes that are no UTF-8" as its kind and its number; one where it has none."""
    number, _, kind = phrase.partition(" ")
    return (kind, int(number)) if number.isdecimal() else (phrase, 1)


@dataclass(slots=True)
class Glimpse:
    """A page of numbers: what is there, without its content."""

    #: number, and what the site says of its state: time of modification (UTC), status, or both with a space
    #: between; None where it says neither
    rows: list[tuple[int, str | None]] = field(default_factory=list)
    claimed: int | None = None
    withheld: int = 0
    lost: list[Loss] = field(default_factory=list)
    last: bool = False


@runtime_checkable
class Sweepable(Protocol):
    """A source that can cheaply tell what is there: then a pull asks only for what is new or changed."""

    def sweep(self, what: Collection, *, newest: bool = False) -> Iterator[Glimpse]:
        """Yield the numbers of all records of a collection that these eyes may see.

        With ``newest``, what was modified last comes first (of comments: what is newest), for as far as the
        caller reads on; then nothing is claimed, and the end of it means nothing. A glimpse with a loss then
        says that this source cannot tell it so: all numbers must be looked at.
        """

    def fetch(self, what: Collection, numbers: Sequence[int]) -> Iterator[Batch]:
        """Yield records by their numbers; those that the site does not show are absent."""

    def status_of(self, what: Collection, number: int) -> int | None:
        """The HTTP status of one record's own address (404: deleted, 401: not public); None without one."""
