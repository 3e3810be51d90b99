"""The blog as flat rows: the one definition behind the SQLite tables and the JSON Lines.

Rules that hold for all tables:

- ``id`` is WordPress' number. Where that is not known (feeds, blocked routes) it is negative and ours.
- A column that ends in ``_id`` always leads to a row. ``parent``, ``featured_media``, ``post`` and
  ``author_user`` are what WordPress said, and may name what is not here.
- Times are kept twice: as the blog shows them, with its offset, and (``_utc``) sortable as text.
- ``meta``, ``extra`` and ``details`` have a shape of their own in every blog, so they are JSON as text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, cast

from wpexport.export.base import Blog, commented_media
from wpexport.export.markdown.places import keyed
from wpexport.export.markdown.titles import title_of
from wpexport.model import Author, Comment, Markup, Media, Post, Reference, Site, Term
from wpexport.text.markdown import plain_text

Kind = Literal["integer", "real", "text", "boolean"]
Value = int | float | str | bool | None
Row = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One collection, and what its rows hold, in this order."""

    name: str
    columns: tuple[tuple[str, Kind], ...]

    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(name for name, _ in self.columns)


def _table(name: str, columns: str) -> Table:
    """``NAME`` is text, ``NAME:KIND`` is another kind."""
    pairs = [column.partition(":") for column in columns.split()]
    return Table(name, tuple((column, cast("Kind", kind or "text")) for column, _, kind in pairs))


SITE = _table(
    "site",
    "home url name description timezone gmt_offset:real language root types taxonomies extra",
)
POSTS = _table(
    "posts",
    "id:integer type status slug url title untitled:boolean title_html date date_utc modified "
    "modified_utc author_id:integer html text raw complete:boolean excerpt_html excerpt_text excerpt_raw "
    "parent:integer featured_media:integer sticky:boolean format menu_order:integer template "
    "comment_status ping_status password_protected:boolean comments:integer guid meta extra",
)
COMMENTS = _table(
    "comments",
    "id:integer post_id:integer parent:integer type status author_name author_url author_user:integer "
    "date date_utc html text raw complete:boolean url meta extra",
)
AUTHORS = _table("authors", "id:integer name slug url website description meta extra")
TERMS = _table("terms", "id:integer taxonomy name slug parent:integer description url meta extra")
POST_TERMS = _table("post_terms", "post_id:integer term_id:integer position:integer")
MEDIA = _table(
    "media",
    "id:integer slug url status title date date_utc modified modified_utc author_id:integer post:integer "
    "source_url mime_type alt_text caption_html caption_text description_html description_text "
    "width:integer height:integer details guid meta extra",
)
MEDIA_FILES = _table("media_files", "media_id:integer url path size:integer sha256 present:boolean")
TABLES = (SITE, AUTHORS, TERMS, POSTS, POST_TERMS, COMMENTS, MEDIA, MEDIA_FILES)


class _People:
    """Numbers for who or what is only known by name: negative, in the order they are met."""

    def __init__(self, known: set[int]) -> None:
        self._known = known
        self._ours: dict[Reference, int] = {}
        #: those that are referred to by a number nothing else is known of
        self.bare: set[int] = set()

    def number(self, given: int | Reference | None) -> int | None:
        if given is None:
            return None
        if isinstance(given, Reference):
            return self._ours.setdefault(given, -1 - len(self._ours))
        if given not in self._known:
            self.bare.add(given)
        return given

    def references(self) -> Iterator[tuple[int, Reference]]:
        for reference, number in self._ours.items():
            yield number, reference


class Rows:
    """Reads the blog once, and gives every row of every table."""

    def __init__(self, blog: Blog, *, comments: bool = True) -> None:
        """Prepare.

        Args:
            blog: read once, when `all` is asked.
            comments: do they go out?
        """
        self._blog = blog
        self._comments = comments
        self._authors = _People(set(blog.authors()))
        self._terms = _People(set(blog.terms()))
        self._unnumbered = {"posts": 0, "comments": 0, "media": 0}

    def all(self) -> Iterator[tuple[Table, Row]]:
        """Every row: each post before its terms and comments, authors and terms last.

        Raises:
            ArchiveDamaged: a record cannot be read.
        """
        yield SITE, _site(self._blog.site())
        for key, post in keyed(self._blog.posts()):
            # A second post of one number (a damaged feed) is one of its own.
            number = self._number("posts", post.id if key[0] == 0 else None)
            comments = self._blog.comments(post) if self._comments else []
            yield POSTS, _post(post, number, self._authors.number(post.author), len(comments))
            for position, term in enumerate(dict.fromkeys(post.terms), 1):
                yield POST_TERMS, (number, self._terms.number(term), position)
            yield from self._comments_of(number, comments)
        for page, comments in commented_media(self._blog) if self._comments else ():
            yield POSTS, _post(page, page.id or 0, self._authors.number(page.author), len(comments))
            yield from self._comments_of(page.id or 0, comments)
        yield from self._media()
        for author in self._blog.authors().values():
            yield AUTHORS, _author(author)
        for bare in sorted(self._authors.bare):
            yield AUTHORS, _only(AUTHORS, id=bare)
        for number, one in self._authors.references():
            yield AUTHORS, _only(AUTHORS, id=number, name=one.name, slug=one.slug, url=one.url)
        for term_ in self._blog.terms().values():
            yield TERMS, _term(term_)
        for bare in sorted(self._terms.bare):
            yield TERMS, _only(TERMS, id=bare)
        for number, one in self._terms.references():
            named = {"name": one.name, "slug": one.slug, "url": one.url, "taxonomy": one.taxonomy}
            yield TERMS, _only(TERMS, id=number, **named)

    def _comments_of(self, post: int, comments: list[Comment]) -> Iterator[tuple[Table, Row]]:
        for comment in comments:
            yield COMMENTS, _comment(comment, self._number("comments", comment.id), post)

    def _media(self) -> Iterator[tuple[Table, Row]]:
        for media in self._blog.media():
            number = self._number("media", media.id)
            yield MEDIA, _media_row(media, number, self._authors.number(media.author))
            for file in media.files:
                present = self._blog.file(file) is not None
                yield MEDIA_FILES, (number, file.url, file.path, file.size, file.sha256, present)

    def _number(self, kind: str, given: int | None) -> int:
        if given is not None:
            return given
        self._unnumbered[kind] -= 1
        return self._unnumbered[kind]


def as_text(markup: Markup) -> str:
    """The plain text, of the rendered face where there is one."""
    return plain_text(markup.html if markup.html is not None else markup.raw or "")


def as_json(value: Any) -> str:
    """JSON as text; the same value always gives the same text."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def utc(moment: datetime | None) -> str | None:
    """A time as text that sorts: UTC, whole seconds."""
    if moment is None:
        return None
    try:
        return moment.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat() + "Z"
    except OverflowError:  # the year 1, east of Greenwich
        return None


def _local(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None


def _only(table: Table, **values: Value) -> Row:
    """A row of which little is known."""
    filled: dict[str, Value] = {"meta": "{}", "extra": "{}", **values}
    return tuple(filled.get(name) for name in table.names())


def _site(site: Site) -> Row:
    import msgspec

    listed = [as_json(msgspec.to_builtins(value)) for value in (site.types, site.taxonomies)]
    head = (site.home, site.url, site.name, site.description, site.timezone, site.gmt_offset)
    return (*head, site.language, site.root, *listed, as_json(site.extra))


def _post(post: Post, number: int, author: int | None, comments: int) -> Row:
    return (
        number,
        post.type,
        post.status,
        post.slug,
        post.url,
        title_of(post),
        not post.title.strip(),
        post.title_html,
        _local(post.date),
        utc(post.date),
        _local(post.modified),
        utc(post.modified),
        author,
        post.content.html,
        as_text(post.content),
        post.content.raw,
        post.content.complete,
        post.excerpt.html,
        as_text(post.excerpt),
        post.excerpt.raw,
        post.parent,
        post.featured_media,
        post.sticky,
        post.format,
        post.menu_order,
        post.template,
        post.comment_status,
        post.ping_status,
        post.password_protected,
        comments,
        post.guid,
        as_json(post.meta),
        as_json(post.extra),
    )


def _comment(comment: Comment, number: int, post: int) -> Row:
    return (
        number,
        post,
        comment.parent,
        comment.type,
        comment.status,
        comment.author.name,
        comment.author.url,
        comment.author.user,
        _local(comment.date),
        utc(comment.date),
        comment.content.html,
        as_text(comment.content),
        comment.content.raw,
        comment.content.complete,
        comment.url,
        as_json(comment.meta),
        as_json(comment.extra),
    )


def _author(author: Author) -> Row:
    named = (author.id, author.name, author.slug, author.url, author.website, author.description)
    return (*named, as_json(author.meta), as_json(author.extra))


def _term(term: Term) -> Row:
    named = (term.id, term.taxonomy, term.name, term.slug, term.parent, term.description, term.url)
    return (*named, as_json(term.meta), as_json(term.extra))


def _size(details: dict[str, Any], name: str) -> int | None:
    value = details.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _media_row(media: Media, number: int, author: int | None) -> Row:
    return (
        number,
        media.slug,
        media.url,
        media.status,
        media.title,
        _local(media.date),
        utc(media.date),
        _local(media.modified),
        utc(media.modified),
        author,
        media.post,
        media.source_url,
        media.mime_type,
        media.alt_text,
        media.caption.html,
        as_text(media.caption),
        media.description.html,
        as_text(media.description),
        _size(media.details, "width"),
        _size(media.details, "height"),
        as_json(media.details),
        media.guid,
        as_json(media.meta),
        as_json(media.extra),
    )


def encodable(value: object) -> object:
    """A value without halves of pairs of UTF-16, which no UTF-8 can hold; what is no text stays as it is."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
