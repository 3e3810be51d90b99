"""What belongs together although it lies in different files of a split export.

The importer knows parents, featured images and menu entries only by numbers of the same run. A post that is
already there counts as known, so a file that needs one of another file repeats its title, date and type
("stub").
"""

from __future__ import annotations

from collections.abc import Callable

from wpexport.export.wxr.parts import Parts, Shelf
from wpexport.export.wxr.plan import Plan
from wpexport.model import Post


class Kin:
    """Writes posts so that each finds its parent, its images and its menu in its own file."""

    def __init__(self, plan: Plan, parts: Parts, media: Shelf, stub: Callable[[Post], bytes]) -> None:
        """Prepare.

        Args:
            plan: knows who belongs to whom.
            parts: the files.
            media: attachments, by number.
            stub: makes a stub of a post.
        """
        self._plan = plan
        self._parts = parts
        self._media = media
        self._stub = stub
        self._awaited = plan.parents | plan.targets
        self._stubs = Shelf()
        self._menus = Shelf()
        self._waiting = Shelf()
        self._menu_bytes = 0
        #: which file a post (or its stub) was last written to
        self._where: dict[int, int] = {}
        #: children whose parent is still to come: number, own parent
        self._children: dict[int, list[int]] = {}

    def put(self, post: Post, number: int, record: bytes) -> None:
        """Write a post, or keep it until its parent (or all the rest) is written."""
        if post.type == "nav_menu_item":
            self._menus.put(number, record)
            self._menu_bytes += len(record)
            return
        if number in self._awaited:
            self._stubs.put(number, self._stub(post))
        if post.parent and post.parent in self._plan.numbers and post.parent not in self._where:
            self._waiting.put(number, record)
            self._children.setdefault(post.parent, []).append(number)
            return
        self._write(number, post.parent, record)

    def finish(self) -> None:
        """Write what still waits (parents in a circle), loose media, and the menus with what they lead to."""
        for record in self._waiting.rest():
            self._parts.add(record)
        for record in self._media.rest():
            self._parts.add(record)
        if not self._menu_bytes:
            return
        if not self._parts.fits(self._menu_bytes):
            self._parts.turn()
        for number in sorted(self._plan.targets & self._where.keys()):
            self._repeat(number)
        # A menu in two files would lose the items of one of them: it stays whole, whatever its size.
        for record in self._menus.rest():
            self._parts.add(record, whole=True)

    def close(self) -> None:
        """Give the disk back."""
        for shelf in (self._stubs, self._menus, self._waiting):
            shelf.close()

    def _write(self, number: int, parent: int | None, record: bytes) -> None:
        ready: list[tuple[int, int | None, bytes]] = [(number, parent, record)]
        while ready:
            number, parent, record = ready.pop()
            if parent in self._where:
                if not self._parts.fits(len(record)):
                    self._parts.turn()
                self._repeat(parent)
            self._parts.add(record)
            if number in self._awaited:
                self._where[number] = self._parts.number
            for image in self._plan.company.get(number, ()):
                data = self._media.take(image)
                if data is not None:
                    self._parts.add(data)
            for child in reversed(self._children.pop(number, [])):
                data = self._waiting.take(child)
                if data is not None:
                    ready.append((child, number, data))

    def _repeat(self, number: int) -> None:
        if self._where[number] == self._parts.number:
            return
        stub = self._stubs.look(number)
        if stub is not None:
            self._parts.add(stub, whole=True)
            self._where[number] = self._parts.number
