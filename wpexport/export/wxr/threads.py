"""Comments of one post brought into the order that importers need: each parent before its children."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field

from wpexport.model import Comment


@dataclass(frozen=True, slots=True)
class Placed:
    """A comment with the numbers that it goes out with."""

    comment: Comment
    number: int
    #: 0 for none
    parent: int
    #: 0 for those that answer the post
    depth: int


@dataclass(slots=True)
class Thread:
    """The comments of one post, parents first, and what had to be bent for that."""

    placed: list[Placed] = field(default_factory=list)
    #: answers to comments that are not part of the export: they answer the post now
    orphans: int = 0
    #: answers to themselves, directly or in a circle
    circles: int = 0
    #: numbers exchanged so that parents have the lower ones
    renumbered: int = 0


def arrange(comments: list[Comment], fresh: Callable[[], int]) -> Thread:
    """Arrange the comments of a post.

    WordPress' importer sorts by number and finds a parent only when it is already there; so do others.

    Args:
        comments: in any order; a missing or repeated number is replaced.
        fresh: gives a number that is not used yet.
    """
    thread = Thread()
    numbers: list[int] = []
    index: dict[int, int] = {}
    for at, comment in enumerate(comments):
        number = comment.id if comment.id and comment.id not in index else fresh()
        index[number] = at
        numbers.append(number)
    parents = [_parent(at, comment, index, thread) for at, comment in enumerate(comments)]
    _cut_circles(parents, thread)
    order = _parents_first(numbers, parents)
    final = numbers
    if any(parent is not None and numbers[parent] > numbers[at] for at, parent in enumerate(parents)):
        final = [0] * len(numbers)
        for number, at in zip(sorted(numbers), order, strict=True):
            final[at] = number
            thread.renumbered += number != numbers[at]
    depths = [0] * len(numbers)
    for at in order:
        parent = parents[at]
        depths[at] = 0 if parent is None else depths[parent] + 1
        above = 0 if parent is None else final[parent]
        thread.placed.append(Placed(comments[at], final[at], above, depths[at]))
    thread.placed.sort(key=lambda placed: placed.number)
    return thread


def _parent(at: int, comment: Comment, index: dict[int, int], thread: Thread) -> int | None:
    if not comment.parent:
        return None
    found = index.get(comment.parent)
    if found is None:
        thread.orphans += 1
    elif found == at:
        thread.circles += 1
        return None
    return found


def _cut_circles(parents: list[int | None], thread: Thread) -> None:
    """Make every chain of parents end."""
    done = [False] * len(parents)
    for start in range(len(parents)):
        path: list[int] = []
        walking: set[int] = set()
        at: int | None = start
        while at is not None and not done[at] and at not in walking:
            walking.add(at)
            path.append(at)
            at = parents[at]
        if at is not None and at in walking:
            parents[at] = None
            thread.circles += 1
        for passed in path:
            done[passed] = True


def _parents_first(numbers: list[int], parents: list[int | None]) -> list[int]:
    children: dict[int, list[int]] = {}
    ready: list[tuple[int, int]] = []
    for at, parent in enumerate(parents):
        if parent is None:
            ready.append((numbers[at], at))
        else:
            children.setdefault(parent, []).append(at)
    heapq.heapify(ready)
    order: list[int] = []
    while ready:
        _number, at = heapq.heappop(ready)
        order.append(at)
        for child in children.get(at, ()):
            heapq.heappush(ready, (numbers[child], child))
    return order
