"""Records by their numbers, a hundred a request; where that fails, in smaller groups, at last one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wpexport.sources.rest import values
from wpexport.sources.rest.answer import Answer, Outcome
from wpexport.sources.rest.api import Api, merged
from wpexport.sources.rest.listing import LARGEST, Chunk, Fields, Listing
from wpexport.sources.rest.rescue import Patience, Rescue
from wpexport.sources.rest.ways import Way

_STOPPING = frozenset({Outcome.RATE, Outcome.MAINTENANCE})
#: what narrows a listing to one post; numbers narrow it already
_SCOPE = frozenset({"parent", "post", "include"})
#: so many failures of single records in a row, until the rest is given up
_PATIENCE = 60


def by_number(api: Api, ways: Sequence[Way], numbers: Sequence[int]) -> Iterator[tuple[int, Chunk]]:
    """Yield chunks with the place of the way by which they came.

    Numbers that the site does not show are absent; what fails is in a chunk's ``lost``.
    """
    patience = Patience(_PATIENCE)
    for start in range(0, len(numbers), LARGEST):
        yield from _some(api, ways, numbers[start : start + LARGEST], patience)


def _some(
    api: Api, ways: Sequence[Way], numbers: Sequence[int], patience: Patience
) -> Iterator[tuple[int, Chunk]]:
    failure = Answer(Outcome.BROKEN)
    for place, way in enumerate(ways):
        answer = _ask(api, way.listing, numbers)
        if answer.usable:
            yield place, _checked(api, way.listing, numbers, answer)
            return
        failure = answer
    # A firewall may dislike a long address: then it is worth asking for fewer.
    hopeless = failure.outcome in _STOPPING or (failure.outcome is Outcome.BLOCKED and len(numbers) < 20)
    if len(numbers) > 1 and not hopeless and patience.spend():
        half = len(numbers) // 2
        yield from _some(api, ways, numbers[:half], patience)
        yield from _some(api, ways, numbers[half:], patience)
    elif len(numbers) > 1:
        what = f"{len(numbers)} of them could not be read ({failure.reason})"
        lost = ways[-1].listing.loss(what, count=len(numbers), status=failure.status)
        yield len(ways) - 1, Chunk(lost=[lost])
    else:
        yield len(ways) - 1, _one(api, ways[-1].listing, numbers[0], failure)


def _ask(api: Api, listing: Listing, numbers: Sequence[int]) -> Answer:
    params = {k: v for k, v in listing.params.items() if k not in _SCOPE}
    query = merged(params, {"include": ",".join(map(str, numbers)), "per_page": LARGEST})
    return api.ask(listing.route, query, rows=True, login=listing.login)


def _checked(api: Api, listing: Listing, numbers: Sequence[int], answer: Answer) -> Chunk:
    """Only what was asked for: a parameter that is not known is ignored without a word."""
    wanted = set(numbers)
    rows = [row for row in answer.data if values.number(row.get("id")) in wanted]
    chunk = Chunk(rows=rows, answers=[answer])
    if len(rows) < len(answer.data):
        came = {values.number(row.get("id")) for row in rows}
        for number in sorted(wanted - came):
            single = api.ask(f"{listing.route}/{number}", _context(listing), rows=False, login=listing.login)
            if single.usable and values.number(single.data.get("id")) == number:
                chunk.rows.append(single.data)
                chunk.answers.append(single)
    return chunk


def _context(listing: Listing) -> dict[str, str | int]:
    return {k: v for k, v in listing.params.items() if k == "context"}


def _one(api: Api, listing: Listing, number: int, failure: Answer) -> Chunk:
    """A record that breaks every list it is in."""

    def ask(offset: int, size: int, attempts: int | None, **params: str) -> Answer:
        return failure

    rescue = Rescue(api, listing, ask, Fields(), patience=Patience(1), end=None, before=None)
    found = rescue.one(number, failure)
    return Chunk(rows=found.rows, partial=found.partial, answers=found.answers, lost=found.lost)
