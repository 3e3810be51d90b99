"""Numbers for what shares its own with something else.

Before WordPress 4.2 a category and a tag of one name had one number (core ticket #5809, "shared terms");
WordPress.com does so to this day. Files joined or edited by hand hold two items of one number. The archive
keeps one record a number, so the second one gets a number that WordPress cannot have given.
"""

from __future__ import annotations

from hashlib import sha256

#: key in ``extra``: the number that the source has for it
SHARED_ID = "shared_id"
#: made-up numbers lie above this; WordPress.com, the largest of all, counts its terms in hundreds of millions
MADE_UP = 1_000_000_000_000


def made_up(kind: str, number: int, which: int = 0) -> int:
    """A number of its own: the same on every pull, exact in JSON and in SQLite.

    Args:
        kind: the taxonomy of a term; else ``posts``, ``media`` or ``comments``.
        number: the one that it shares.
        which: the how-manieth it is of those that share it.
    """
    text = f"{kind}:{number}:{which}".encode()
    return MADE_UP + int.from_bytes(sha256(text).digest()[:6])


def taxonomy_rank(taxonomy: str) -> tuple[int, str]:
    """Who keeps a shared number: categories, then tags, then the others by name."""
    return {"category": 0, "post_tag": 1}.get(taxonomy, 2), taxonomy


class TermNumbers:
    """The numbers of the terms of one site, as they come: taxonomy by taxonomy, by `taxonomy_rank`."""

    def __init__(self) -> None:
        self._owners: dict[int, str] = {}

    def give(self, taxonomy: str, number: int) -> int:
        """The number to keep a term under."""
        self._owners.setdefault(number, taxonomy)
        return self.of(taxonomy, number)

    def of(self, taxonomy: str, number: int) -> int:
        """The number under which the term that is referred to is kept."""
        shared = self._owners.get(number, taxonomy) != taxonomy
        return made_up(taxonomy, number) if shared else number
