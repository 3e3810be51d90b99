"""What a source claims to have, what was received, and what could not be read and why."""

from __future__ import annotations

from msgspec import Struct, field


class Loss(Struct, frozen=True, kw_only=True):
    """One thing that could not be read. Its `name` is what ``pull --accept`` takes."""

    #: the collection's key, such as ``posts/page`` or ``comments`` or ``files``
    collection: str
    #: one sentence for people
    reason: str
    id: int | None = None
    url: str | None = None
    #: how many things this stands for; None where nobody can know
    count: int | None = 1
    #: an HTTP status, or None where there was no answer
    status: int | None = None

    @property
    def name(self) -> str:
        """The stable name of this loss: collection and number or address."""
        what = self.id if self.id is not None else self.url
        return self.collection if what is None else f"{self.collection}:{what}"


class Coverage(Struct, kw_only=True):
    """The account of one collection in one run."""

    collection: str
    #: for people: "Posts", "Pages", "Categories", ...
    label: str
    #: ``rest``, ``feed``, ``wxr``, ``wpcom``
    way: str
    #: what the source says there is; None where it does not say
    expected: int | None = None
    received: int = 0
    #: WordPress counts these and shows them to nobody without a login
    withheld: int = 0
    #: why it could not be read at all, as one sentence; None when it could
    closed: str | None = None
    #: read to its end without an error: only then does absence mean anything
    whole: bool = False
    lost: list[Loss] = field(default_factory=list)
    #: names of losses here that the owner accepted
    accepted: list[str] = field(default_factory=list)
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    #: of the changed: with the same ``modified``, so nobody edited it; a plugin or theme renders it otherwise
    rendered: int = 0
    #: were there before, and are not any more; their content stays
    vanished: int = 0
    #: vanished so long ago that they were removed for good, as the owner asked (``--forget-vanished``)
    forgotten: int = 0
    #: asked for only what is new or changed, after a look at all numbers
    swept: bool = False

    @property
    def settled(self) -> bool:
        """True when nothing is missing but what the owner accepted by name."""
        closed = self.closed is not None and self.collection not in self.accepted
        return not closed and all(loss.name in self.accepted for loss in self.lost)

    def accept(self, names: frozenset[str]) -> None:
        """Note which losses of this account the owner accepted."""
        mine = {self.collection, *(loss.name for loss in self.lost)}
        self.accepted = sorted(mine & names)

    @property
    def missing(self) -> int:
        """How many records are known to be lost (an unknown number counts as one)."""
        return sum(loss.count or 1 for loss in self.lost)

    @property
    def complete(self) -> bool:
        """True when everything that the source shows was received."""
        return self.closed is None and not self.lost
