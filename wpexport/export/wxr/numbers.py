"""A blog whose made-up numbers of posts and media are small ones, for importers that keep the numbers.

WordPress' importer asks for the number that a file says (``import_id``). One above 10^12 would be given, and
every later post of the new blog would get a number above it (``AUTO_INCREMENT``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from wpexport.export.base import Blog
from wpexport.model import Author, Comment, Media, MediaFile, Post, Site, Term
from wpexport.model.numbers import MADE_UP

#: meta that hold the number of a post or media item, or of a menu item
_LEADS = frozenset({"_menu_item_menu_item_parent", "_thumbnail_id", "_menu_item_object_id"})


def with_small_numbers(blog: Blog, numbers: Set[int]) -> Blog | None:
    """The blog with small numbers; None where none is made up."""
    return SmallNumbers(blog, numbers) if max(numbers, default=0) >= MADE_UP else None


class SmallNumbers:
    """Implements `wpexport.export.base.Blog`."""

    def __init__(self, blog: Blog, numbers: Set[int]) -> None:
        """Prepare.

        Args:
            blog: as the archive holds it.
            numbers: of all its posts and media.
        """
        self._blog = blog
        top = max((number for number in numbers if number < MADE_UP), default=0)
        made = sorted(number for number in numbers if number >= MADE_UP)
        self._small = {number: top + at for at, number in enumerate(made, 1)}
        self._old = {small: number for number, small in self._small.items()}

    def _new(self, number: int | None) -> int | None:
        return self._small.get(number, number) if number is not None else None

    def posts(self) -> Iterator[Post]:
        """All posts, led to by their new numbers."""
        for post in self._blog.posts():
            yield self._post(post)

    def _post(self, post: Post) -> Post:
        return replace(
            post,
            id=self._new(post.id),
            parent=self._new(post.parent),
            featured_media=self._new(post.featured_media),
            meta=self._meta(post),
        )

    def _meta(self, post: Post) -> dict[str, Any]:
        leads = (
            _LEADS if post.meta.get("_menu_item_type") != "taxonomy" else _LEADS - {"_menu_item_object_id"}
        )
        return {
            key: str(self._new(int(value)))
            if key in leads and isinstance(value, str | int) and str(value).isdecimal()
            else value
            for key, value in post.meta.items()
        }

    def media(self) -> Iterator[Media]:
        """All media, led to by their new numbers."""
        for media in self._blog.media():
            yield replace(media, id=self._new(media.id), post=self._new(media.post))

    def comments(self, post: Post) -> list[Comment]:
        """The comments of a post."""
        return self._blog.comments(replace(post, id=self._old.get(post.id or 0, post.id)))

    def site(self) -> Site:
        """As it is."""
        return self._blog.site()

    def authors(self) -> Mapping[int, Author]:
        """As they are."""
        return self._blog.authors()

    def terms(self) -> Mapping[int, Term]:
        """As they are: the importer gives terms numbers of its own."""
        return self._blog.terms()

    def file(self, file: MediaFile) -> Path | None:
        """Where a media file lies."""
        return self._blog.file(file)
