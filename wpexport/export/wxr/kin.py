"""What belongs together although it lies in different files of a split export.

The importer knows parents, featured images and menu entries only by numbers of the same run. A post that is
already there counts as known, so a file that needs one of another file repeats its title, date and type
("stub"); meta on a stub are added to the post that is there. Media come after all posts: whenever a file is
through, the importer mends links in all texts that are there, but only those to the media of that file.
"""

from __future__ import annotations

from collections.abc import Callable

from wpexport.export.wxr.parts import Blobs, Parts
from wpexport.export.wxr.plan import Plan
from wpexport.model import Post


class Kin:
    """Writes posts and media so that each finds its parent, its images and its menu in its own file."""

    def __init__(
        self,
        plan: Plan,
        parts: Parts,
        media: Blobs,
        stub: Callable[[Post], bytes],
        picture: Callable[[Post], bytes],
    ) -> None:
        """Prepare.

        Args:
            plan: knows who belongs to whom.
            parts: the files.
            media: attachments, by number.
            stub: makes a stub of a post.
            picture: makes one that names its featured image.
        """
        self._plan = plan
        self._parts = parts
        self._media = media
        self._stub = stub
        self._picture = picture
        self._awaited = plan.parents | plan.targets | set(plan.homes.values())
        self._stubs = Blobs()
        self._pictures = Blobs()
        self._menus = Blobs()
        self._waiting = Blobs()
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
        if number in self._plan.featured:
            self._pictures.put(number, self._picture(post))
        if post.parent and post.parent in self._plan.numbers and post.parent not in self._where:
            self._waiting.put(number, record)
            self._children.setdefault(post.parent, []).append(number)
            return
        self._write(number, post.parent, record)

    def finish(self) -> None:
        """Write what still waits (parents in a circle), loose media, and the menus with what they lead to."""
        for record in self._waiting.rest():
            self._parts.add(record)
        self._finish_media()
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
        for shelf in (self._stubs, self._pictures, self._menus, self._waiting):
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
            for child in reversed(self._children.pop(number, [])):
                data = self._waiting.take(child)
                if data is not None:
                    ready.append((child, number, data))

    def _finish_media(self) -> None:
        """Write featured images with their posts, and all other media below the posts they were uploaded to.

        In files of their own: within one file the importer reads the first mention of a post, and no other.
        """
        if self._parts.split and self._media.numbers():
            self._parts.turn()
        placed: dict[int, int] = {}
        for number in self._plan.featured:
            if self._pictures.look(number) is not None:
                self._write_group((number, 0), placed)
        for image in self._media.numbers():
            if image not in placed:
                self._write_group((0, image), placed)

    def _write_group(self, first: tuple[int, int], placed: dict[int, int]) -> None:
        """Write a post or media item with all that must be in the same file."""
        group = self._group(first, placed)
        if not self._parts.fits(sum(map(len, group.values()))):
            self._parts.turn()
            group = self._group(first, placed)  # what was in the file before is not in this one
        for (number, image), record in group.items():
            self._parts.add(record, whole=True)
            if image:
                placed[image] = self._parts.number
            else:
                self._where[number] = self._parts.number
                self._pictures.take(number)

    def _group(self, first: tuple[int, int], placed: dict[int, int]) -> dict[tuple[int, int], bytes]:
        """By (post, 0) or (0, media): a featured image with its post, media with the post they belong to."""
        group: dict[tuple[int, int], bytes] = {}
        waiting = [first]
        while waiting:
            number, image = waiting.pop()
            there = placed.get(image) if image else self._where.get(number)
            if (number, image) in group or there == self._parts.number:
                continue
            picture = self._pictures.look(number)
            record = self._media.look(image) if image else picture or self._stubs.look(number)
            if record is None:
                continue
            group[number, image] = record
            if picture is not None:
                waiting.append((0, self._plan.featured[number]))
            # one that the importer has already is fetched no second time, and stays where it is
            elif image and there is None and image in self._plan.homes:
                waiting.append((self._plan.homes[image], 0))
        return group

    def _repeat(self, number: int) -> None:
        if self._where[number] == self._parts.number:
            return
        stub = self._stubs.look(number)
        if stub is not None:
            self._parts.add(stub, whole=True)
            self._where[number] = self._parts.number
