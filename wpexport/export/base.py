"""What an exporter is given, and what it must give back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from wpexport.export.urlmap import UrlMap
from wpexport.model import Author, Comment, Media, MediaFile, Personal, Post, Site, Term


class Blog(Protocol):
    """A blog to be exported, as the archive holds it; ``ops`` makes it and counts what it leaves out."""

    def site(self) -> Site:
        """The blog itself."""

    def posts(self) -> Iterator[Post]:
        """All posts of all types that go out, ascending by number (those without one last, by address)."""

    def comments(self, post: Post) -> list[Comment]:
        """The comments of one post that go out, ascending by number."""

    def authors(self) -> Mapping[int, Author]:
        """All authors by number."""

    def terms(self) -> Mapping[int, Term]:
        """All terms by number."""

    def media(self) -> Iterator[Media]:
        """All media records, ascending by number (those without one last)."""

    def file(self, file: MediaFile) -> Path | None:
        """Where a media file lies on disk; None when it is not there."""


def media_page(media: Media) -> Post:
    """The page of a media item as a post: visitors comment there, too."""
    return Post(
        id=media.id,
        type="attachment",
        status="publish" if media.status == "inherit" else media.status,
        slug=media.slug,
        url=media.url,
        title=media.title,
        date=media.date,
        modified=media.modified,
        author=media.author,
        parent=media.post,
    )


def commented_media(blog: Blog) -> Iterator[tuple[Post, list[Comment]]]:
    """The pages of media items that have comments which go out, with them."""
    for media in blog.media():
        if media.id is not None:
            page = media_page(media)
            if comments := blog.comments(page):
                yield page, comments


@dataclass(frozen=True, slots=True)
class Source:
    """What an export is made of, where all of it was just proved to be as the archive's last run left it."""

    #: a hash of it, and of what was asked for by name
    digest: bytes
    #: what the blog leaves out, by reason; whole once its posts were read
    left_out: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Options:
    """What the user chose; each exporter uses what concerns it."""

    #: ``inline``, ``data`` or ``none``
    comments: str = "inline"
    #: front matter keys to write, in this order; empty for the dialect's own
    fields: tuple[str, ...] = ()
    rename: Mapping[str, str] = field(default_factory=dict)
    #: path template, overriding the dialect's
    path: str | None = None
    overwrite: bool = False
    prune: bool = False
    #: a selection is exported: lists of the whole are not written, what is not in it is not left over
    partial: bool = False
    dry_run: bool = False
    #: find each text's words, links, images, code and cells again in what was made of it (Markdown)
    audit: bool = False
    #: servers for which the old addresses are written down, for generators: ``nginx``, ``apache``, ...
    redirects: tuple[str, ...] = ()
    #: bytes that no file is to exceed, for what can be split
    split: int | None = None
    #: where media files will be served, for files that only name them
    media_base: str | None = None
    #: where the blog's addresses lead in its new place, for what is not a site of files
    url_map: UrlMap = field(default_factory=UrlMap)
    #: the name of the site in the system that takes the file
    site_name: str | None = None
    #: comments alone, for what can do so
    comments_only: bool = False
    #: what only the owner may see of a ``comment`` or ``author``, where it was asked for by name
    private: Callable[[str, int], Personal | None] | None = None
    #: gives what is exported when asked at the beginning of ``run``; None of a part, or of what is damaged
    source: Callable[[], Source | None] | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that could not be carried over as it was, or needs the user's eye."""

    #: ``html-left``, ``shortcode``, ``unresolved-link``, ``missing-media``, ``kept-edit``, ``dropped``, ...
    kind: str
    #: which file or post
    where: str
    detail: str = ""
    count: int = 1
    #: True when something of the blog is not in the export
    loss: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """So many of so many things are done."""

    what: str
    done: int
    total: int | None = None


@dataclass(slots=True)
class ExportReport:
    """What an export wrote, and what it could not."""

    posts: int = 0
    comments: int = 0
    files: int = 0
    #: files: written now, already as they should be, edited by the user, left over, removed
    written: int = 0
    unchanged: int = 0
    kept: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    removed: int = 0
    #: empty where a big blog has many of them: all are yielded
    notices: list[Notice] = field(default_factory=list)
    #: what the reader left out, by reason (``drafts``, ``held``, ...)
    left_out: dict[str, int] = field(default_factory=dict)
    #: facts for the summary, such as the newest post's date
    facts: dict[str, Any] = field(default_factory=dict)


class Exporter(Protocol):
    """One target. ``run`` yields `Progress` and `Notice` events and fills ``report``."""

    report: ExportReport

    def run(self) -> Iterator[Progress | Notice]:
        """Write everything."""
