"""A part of a blog: by type, author, category, time of publication, or number.

Everything that the chosen texts need (terms, authors, media) is still there; what is not chosen is counted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path

from wpexport.errors import UsageError
from wpexport.export.base import Blog
from wpexport.model import Author, Comment, Media, MediaFile, Post, Reference, Site, Term

#: what is not chosen is counted under this word
NOT_CHOSEN = "not chosen"
_KINDS = {"posts": "post", "pages": "page"}
_FLAGS = {
    **{name: f"--{name}" for name in ("only", "since", "until", "ids")},
    "authors": "--author",
    "categories": "--category",
}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
_RANGE = re.compile(r"(\d+)(?:-(\d+))?\Z")


@dataclass(frozen=True, slots=True)
class Selection:
    """What is chosen. Each of them narrows the choice; within one, any of its words will do."""

    #: ``posts``, ``pages``, WordPress' own name of a type, or ``comments``: texts that have some
    only: frozenset[str] = frozenset()
    #: names, short names or numbers of authors
    authors: frozenset[str] = frozenset()
    #: names, slugs or numbers of categories; those below them are meant as well
    categories: frozenset[str] = frozenset()
    #: when it was published, both bounds included; naive ones are on the blog's own clock
    since: datetime | None = None
    until: datetime | None = None
    #: numbers of posts, from and to
    ids: tuple[tuple[int, int], ...] = ()

    def __bool__(self) -> bool:
        return self != Selection()


def moment(text: str, *, end: bool = False) -> datetime:
    """Read a day or a time; a day means its first instant, or with ``end`` its last.

    Raises:
        UsageError: it is neither.
    """
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError as error:
        hint = "Write 2024-05-01, or 2024-05-01T12:00."
        raise UsageError(f"{text!r} is no day and no time.", hint=hint) from error
    if end and _DAY.match(text.strip()):
        return datetime.combine(found.date(), time()) + timedelta(days=1, microseconds=-1)
    return found


def numbers(text: str) -> tuple[tuple[int, int], ...]:
    """Read numbers and ranges: ``3,7,100-199``.

    Raises:
        UsageError: something in it is neither.
    """
    result = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        found = _RANGE.match(part)
        if found is None or int(found[2] or found[1]) < int(found[1]):
            raise UsageError(f"{part!r} is no number and no range.", hint="Write 3,7,100-199.")
        result.append((int(found[1]), int(found[2] or found[1])))
    return tuple(result)


class Selected:
    """A blog of which only a part goes out."""

    def __init__(self, blog: Blog, selection: Selection) -> None:
        """Look the names up.

        Raises:
            UsageError: the blog has no such type, or something that was named chooses nothing.
        """
        self._blog = blog
        self._selection = selection
        self.left_out: Counter[str] = Counter()
        self._types = self._known_types(selection.only - {"comments"})
        self._asked: tuple[Post, list[Comment]] | None = None
        self._authors = {word.casefold() for word in selection.authors}
        self._category_words = {word.casefold() for word in selection.categories}
        self._categories = self._with_those_below() if selection.categories else frozenset()
        self._refuse_what_matches_nothing()

    def _refuse_what_matches_nothing(self) -> None:
        """A name that is mistyped would be an empty export; posts are read until all names are met."""
        selection = self._selection
        authors = {word.casefold(): f"--author {word}" for word in selection.authors}
        categories = {word.casefold(): f"--category {word}" for word in selection.categories}
        for number in self._categories:
            for word in _words(self._blog.terms()[number]) | {str(number)}:
                categories.pop(word, None)
        ids = {bounds: f"--ids {'-'.join(map(str, sorted(set(bounds))))}" for bounds in selection.ids}
        chosen = False
        for post in self._blog.posts():
            for word in self._author_words(post):
                authors.pop(word, None)
            for term in post.terms:
                for word in _words(term) if isinstance(term, Reference) else ():
                    categories.pop(word, None)
            ids = {bounds: flag for bounds, flag in ids.items() if not _within(post.id, (bounds,))}
            chosen = chosen or self._chosen(post)
            if chosen and not (authors or categories or ids):
                return
        missed = sorted([*authors.values(), *categories.values(), *ids.values()])
        if not missed and (selection.since or selection.until):
            return  # nothing was published in that time: no mistake, and every night's answer in a crontab
        if not missed:
            missed = [flag for name, flag in _FLAGS.items() if getattr(selection, name)]
        raise UsageError(
            f"No text that would go out matches {', '.join(missed)}.",
            hint="Drafts and what else stays in the archive is chosen only where --include names it.",
        )

    def _known_types(self, words: Iterable[str]) -> frozenset[str]:
        types = frozenset(_KINDS.get(word, word) for word in words)
        known = {kind.slug for kind in self._blog.site().types} | {"post", "page"}
        if unknown := types - known:
            hint = (
                f"There are: {', '.join(['posts', 'pages', 'comments', *sorted(known - {'post', 'page'})])}."
            )
            raise UsageError(f"The blog has no {min(unknown)!r}.", hint=hint)
        return types

    def _with_those_below(self) -> frozenset[int]:
        """The numbers of the categories that were named, and of all below them."""
        terms = {number: term for number, term in self._blog.terms().items() if term.taxonomy == "category"}
        found = {
            number for number, term in terms.items() if (_words(term) | {str(number)}) & self._category_words
        }
        while more := {number for number, term in terms.items() if term.parent in found} - found:
            found |= more
        return frozenset(found)

    def site(self) -> Site:
        """The blog itself."""
        return self._blog.site()

    def posts(self) -> Iterator[Post]:
        """The chosen posts, in the blog's order."""
        passed_over = 0
        for post in self._blog.posts():
            if self._chosen(post):
                yield post
            else:
                passed_over += 1
        self.left_out[NOT_CHOSEN] = passed_over

    def _chosen(self, post: Post) -> bool:
        selection = self._selection
        if self._types and post.type not in self._types:
            return False
        if selection.ids and not _within(post.id, selection.ids):
            return False
        if self._authors and not self._author_words(post) & self._authors:
            return False
        if self._category_words and not any(map(self._is_category, post.terms)):
            return False
        if not _between(post.date, selection.since, selection.until):
            return False
        # media pages are asked for by their comments alone
        return post.type == "attachment" or "comments" not in selection.only or bool(self.comments(post))

    def _author_words(self, post: Post) -> set[str]:
        author = post.author
        if isinstance(author, int):
            known = self._blog.authors().get(author)
            words = {str(author)} | ({known.name or "", known.slug or ""} if known else set())
        else:
            words = {author.name or "", author.slug or ""} if author else set()
        return {word.casefold() for word in words if word}

    def _is_category(self, term: int | Reference) -> bool:
        if isinstance(term, Reference):
            return term.taxonomy in {None, "", "category"} and bool(_words(term) & self._category_words)
        return term in self._categories

    def comments(self, post: Post) -> list[Comment]:
        """The comments of a chosen post; asked twice in a row, they are read (and counted) once."""
        if self._asked is None or self._asked[0] is not post:
            left_out = post.type == "attachment" and not self._chosen(post)
            self._asked = post, [] if left_out else self._blog.comments(post)
        return self._asked[1]

    def authors(self) -> Mapping[int, Author]:
        """All authors by number."""
        return self._blog.authors()

    def terms(self) -> Mapping[int, Term]:
        """All terms by number."""
        return self._blog.terms()

    def media(self) -> Iterator[Media]:
        """All media records: what no chosen text needs is not copied."""
        return self._blog.media()

    def file(self, file: MediaFile) -> Path | None:
        """Where a media file lies on disk."""
        return self._blog.file(file)


def _words(term: Term | Reference) -> set[str]:
    """What a term may be called by."""
    return {word.casefold() for word in (term.name, term.slug) if word}


def _within(number: int | None, ranges: Iterable[tuple[int, int]]) -> bool:
    return number is not None and any(first <= number <= last for first, last in ranges)


def _between(when: datetime | None, since: datetime | None, until: datetime | None) -> bool:
    if since is None and until is None:
        return True
    if when is None:
        return False
    after = since is None or _on_the_clock_of(when, since) >= since
    return after and (until is None or _on_the_clock_of(when, until) <= until)


def _on_the_clock_of(when: datetime, bound: datetime) -> datetime:
    """The post's time, comparable with a bound: a bound without zone is on the blog's own clock."""
    if bound.tzinfo is None:
        return when.replace(tzinfo=None)
    return when if when.tzinfo is not None else when.replace(tzinfo=bound.tzinfo)
