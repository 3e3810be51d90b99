"""Media files of two archives: the same bytes by the hashes of their records, or missing on one side.

No file is read again: that its bytes are those of its record is what ``check`` proves. What is not on the
disk is not held, and what has another size there is another file, whatever the record says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from wpexport.archive.archive import Archive
from wpexport.model import Media, MediaFile
from wpexport.model.originals import own_file
from wpexport.ops.accounts import Account
from wpexport.ops.causes import DIFFERENT, ONLY_ONE, ONLY_TWO
from wpexport.ops.events import Difference
from wpexport.ops.moving import OLD_SILENT
from wpexport.ops.pairing import Pair, Pairing, Side

#: what the owner chose (``pull --media``), and what is not there for it
_BY_CHOICE = {"none": "pulled without media files, by choice", "used": "pulled with used media files alone"}
_NOT_SHOWN = "the texts of the other way do not show it"
#: which files a pull wants depends on these
_SHOWING = ("posts/post", "posts/page", "media")


@dataclass(slots=True)
class _Held:
    """The files of one archive."""

    #: address below the blog's, or by pair after a move, to what is there; None for what is lost
    files: dict[str, str | None] = field(default_factory=dict)
    #: addresses that the media library itself names
    listed: set[str] = field(default_factory=set)


class HeldFiles:
    """Compares the files of two archives; `same` counts, after it, those that are equal.

    After a move each item's own file is compared, by the pairs of their records: a WordPress makes its
    smaller copies itself.

    Args:
        pairing: of all records.
        accounts: of both archives.
        pairs: of the media records.
        records: the media records of both archives, those without a number among them.
    """

    def __init__(
        self,
        pairing: Pairing,
        accounts: tuple[Account, Account],
        pairs: list[Pair],
        records: tuple[Iterable[Media], Iterable[Media]],
    ) -> None:
        self.same = 0
        self._moved = pairing.moved
        self._accounts = accounts
        self._chosen = [Archive(side.root).settings().media for side in pairing.sides]
        both = [(one, two) for one, two in pairs if one is not None and two is not None]
        self._held = tuple(_Held() for _ in pairing.sides)
        for place, (side, held) in enumerate(zip(pairing.sides, self._held, strict=True)):
            if self._moved:
                for one, two in both:
                    _add_own(held, side, f"{one.id}", (one, two)[place])
            else:
                # of a record that the other archive lacks, that is told, and says all
                alone = {pair[place].id for pair in pairs if pair[1 - place] is None} - {None}
                _add_all(held, side, (media for media in records[place] if media.id not in alone))

    def compare(self) -> Iterator[Difference]:
        """Each file that is another one, or held by one archive alone."""
        one, two = self._held
        for name in sorted(one.files.keys() | two.files.keys()):
            mine, other = one.files.get(name), two.files.get(name)
            if mine == other:
                self.same += mine is not None
            elif mine is not None and other is not None:
                yield Difference("files", name, "", DIFFERENT, mine, other)
            else:
                yield self._missing(name, 1 if other is None else 0)

    def _missing(self, name: str, place: int) -> Difference:
        cause = ONLY_ONE if place else ONLY_TWO
        if self._moved and place == 0 and self._chosen[0] == "all":
            return Difference("files", name, "", OLD_SILENT, expected=True)
        why = self._why(name, place)
        return Difference("files", name, "", f"{cause}: {why}" if why else cause, natural=why is not None)

    def _why(self, name: str, place: int) -> str | None:
        """Why an archive need not hold a file; None where it should. What its records name was there once."""
        held = self._held[place]
        if name in held.files:
            return None
        if self._chosen[place] in _BY_CHOICE:
            return f"the other was {_BY_CHOICE[self._chosen[place]]}"
        eyes = [{account.eyes(key) for key in _SHOWING} for account in self._accounts]
        return _NOT_SHOWN if eyes[0] != eyes[1] and name not in held.listed else None


def _add_own(held: _Held, side: Side, name: str, media: Media) -> None:
    own = own_file(media)
    if own is not None:
        held.files[name] = _stamp(side, own)


def _add_all(held: _Held, side: Side, records: Iterable[Media]) -> None:
    for media in records:
        if media.source_url:
            held.listed.add(side.below(media.source_url))
        for file in media.files:
            held.files[side.below(file.url)] = _stamp(side, file)


def _stamp(side: Side, file: MediaFile) -> str | None:
    """What tells a file from others; None where it is not on the disk."""
    for bag in (side.root, side.root / "private"):
        path = bag / file.path
        if path.is_file():
            size = path.stat().st_size
            return file.sha256 if size == file.size else f"damaged: {size} bytes"
    return None
