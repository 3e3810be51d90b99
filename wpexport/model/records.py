"""What a blog consists of, normalised: one definition gives the classes, the JSON and the JSON Schema.

Rules that hold for all records:

- Only identity is required: ``id`` where WordPress' number is known, else ``url``. Everything else may be
  missing. ``None`` means "none, or not shown to us"; WordPress' ``0`` for "none" is ``None`` here.
- Times are aware, with the site's offset at that moment; a zero date is ``None``.
- Names and titles are plain text: entities decoded, tags stripped.
- ``extra`` holds what the source said and the model does not know.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct, field

#: below ``data/files`` and never out of it: an archive may come from somebody who means harm
FilePath = Annotated[str, Meta(pattern=r"^data/files(/(?!\.{1,2}(/|$))[^/\\]+)+$")]


class Markup(Struct, frozen=True, kw_only=True):
    """A text in its two faces, which must never be mixed up."""

    #: rendered HTML, as a visitor's browser gets it (REST, feeds); None where never seen
    html: str | None = None
    #: what the author typed: block comments, shortcodes, no ``<p>`` (WXR, REST with a login)
    raw: str | None = None
    #: False for an excerpt-only feed, a first page only, or a text behind a password
    complete: bool = True


class Reference(Struct, frozen=True, kw_only=True):
    """Something that is referred to where its number is not known (a feed's author, a blocked route)."""

    name: str | None = None
    slug: str | None = None
    url: str | None = None
    #: for terms: ``category``, ``post_tag``, ...; None where a feed does not tell
    taxonomy: str | None = None


#: key in ``extra``: a title as it is stored, where the plain one differs (importers compare letter by letter)
TITLE_RAW = "title_raw"


class Post(Struct, frozen=True, kw_only=True):
    """A post of any type: post, page, or a custom type. Attachments are `Media`."""

    id: int | None = None
    type: str = "post"
    status: str = "publish"
    #: percent-decoded
    slug: str = ""
    #: the permalink
    url: str | None = None
    title: str = ""
    #: the title as HTML, only where the plain text loses something (``<em>``, ``<code>``)
    title_html: str | None = None
    date: datetime | None = None
    modified: datetime | None = None
    author: int | Reference | None = None
    content: Markup = field(default_factory=Markup)
    excerpt: Markup = field(default_factory=Markup)
    #: term numbers, in WordPress' order, of all taxonomies
    terms: list[int | Reference] = field(default_factory=list)
    parent: int | None = None
    #: the number of a `Media` record
    featured_media: int | None = None
    sticky: bool = False
    format: str | None = None
    menu_order: int = 0
    template: str = ""
    comment_status: str | None = None
    ping_status: str | None = None
    password_protected: bool = False
    #: opaque; looks like an address and is none (WordPress Trac #6492)
    guid: str | None = None
    meta: dict[str, Any] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)


class CommentAuthor(Struct, frozen=True, kw_only=True):
    """Who wrote a comment, as the comment itself says."""

    name: str = ""
    url: str | None = None
    #: the number of an `Author`, for those who were logged in
    user: int | None = None


class Comment(Struct, frozen=True, kw_only=True):
    """A comment, pingback or trackback."""

    id: int | None = None
    #: the number of the `Post`
    post: int | Reference | None = None
    #: kept as given: it may be missing, itself, on another post, or part of a cycle
    parent: int | None = None
    #: ``comment``, ``pingback``, ``trackback``, ``review``, ...
    type: str = "comment"
    #: ``approved``, ``hold``, ``spam``, ``trash``
    status: str = "approved"
    author: CommentAuthor = field(default_factory=CommentAuthor)
    date: datetime | None = None
    content: Markup = field(default_factory=Markup)
    url: str | None = None
    meta: dict[str, Any] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)


class Author(Struct, frozen=True, kw_only=True):
    """A user who wrote something."""

    id: int | None = None
    name: str = ""
    slug: str = ""
    #: the archive of this author's posts
    url: str | None = None
    #: the author's own site
    website: str | None = None
    description: str = ""
    meta: dict[str, Any] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)


class Term(Struct, frozen=True, kw_only=True):
    """A term of any taxonomy. Its ``count`` is not kept: it is derived and changes with every post."""

    id: int | None = None
    #: ``category``, ``post_tag``, or a custom one
    taxonomy: str = "category"
    name: str = ""
    #: percent-decoded
    slug: str = ""
    parent: int | None = None
    #: HTML
    description: str = ""
    url: str | None = None
    meta: dict[str, Any] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)


class MediaFile(Struct, frozen=True, kw_only=True):
    """One file of a media item, as it lies in the archive."""

    #: where it came from
    url: str
    #: below the archive (or its ``private/``), with ``/``
    path: FilePath
    #: bytes
    size: int
    #: hexadecimal
    sha256: str


class Media(Struct, frozen=True, kw_only=True):
    """An attachment of the media library, or (``id`` None) a file that a text shows."""

    id: int | None = None
    slug: str = ""
    #: the attachment page
    url: str | None = None
    status: str = "inherit"
    title: str = ""
    date: datetime | None = None
    modified: datetime | None = None
    author: int | Reference | None = None
    #: the `Post` it was uploaded to
    post: int | None = None
    #: the address of the file itself
    source_url: str | None = None
    mime_type: str | None = None
    alt_text: str = ""
    caption: Markup = field(default_factory=Markup)
    description: Markup = field(default_factory=Markup)
    #: width, height, sizes, EXIF, as WordPress says
    details: dict[str, Any] = field(default_factory=dict)
    files: list[MediaFile] = field(default_factory=list)
    guid: str | None = None
    meta: dict[str, Any] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)


class Personal(Struct, frozen=True, kw_only=True):
    """What only the site's owner may see of a public comment or author; lies in ``private/`` alone."""

    id: int
    #: ``comment`` or ``author``
    of: str
    #: the comment's `Post`
    post: int | None = None
    email: str | None = None
    ip: str | None = None
    user_agent: str | None = None
    username: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)


class PostType(Struct, frozen=True, kw_only=True):
    """A registered post type. ``count`` is what the source claims, not what was received."""

    slug: str
    name: str = ""
    description: str = ""
    hierarchical: bool = False
    taxonomies: list[str] = field(default_factory=list)
    #: the REST route below the root, such as ``wp/v2/posts``
    route: str | None = None


class Taxonomy(Struct, frozen=True, kw_only=True):
    """A registered taxonomy."""

    slug: str
    name: str = ""
    description: str = ""
    hierarchical: bool = False
    types: list[str] = field(default_factory=list)
    #: the REST route below the root, such as ``wp/v2/categories``
    route: str | None = None
    #: the key under which a post's REST object lists these terms
    key: str | None = None


class Site(Struct, frozen=True, kw_only=True):
    """The blog itself."""

    #: the address of its front page
    home: str
    #: where WordPress lies (``siteurl``); may differ from ``home``
    url: str | None = None
    name: str = ""
    description: str = ""
    #: IANA name, or None where the site has a fixed offset only
    timezone: str | None = None
    #: hours east of UTC, today
    gmt_offset: float | None = None
    language: str | None = None
    #: where its data is asked for (REST root, or feed)
    root: str | None = None
    types: list[PostType] = field(default_factory=list)
    taxonomies: list[Taxonomy] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)


Record = Post | Comment | Author | Term | Media | Personal
