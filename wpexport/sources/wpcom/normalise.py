"""Objects of WordPress.com's ``rest/v1.1`` as records: pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from wpexport.model import SHARED_ID, Comment, CommentAuthor, Markup, Post, Reference, Term, TermNumbers
from wpexport.sources.rest import values

Row = Mapping[str, Any]

#: what this API shows of a post; registered meta is not there
POST_FIELDS = frozenset(Post.__struct_fields__) - {"meta", "extra", "title_html"}
COMMENT_FIELDS = frozenset(Comment.__struct_fields__) - {"meta", "extra"}
TERM_FIELDS = frozenset(Term.__struct_fields__) - {"meta", "extra", "url"}

#: named in the model, derived, about the asker, or about the API itself
_DROPPED_POST = frozenset(
    [
        "ID",
        "site_ID",
        "author",
        "date",
        "modified",
        "title",
        "URL",
        "short_URL",
        "content",
        "excerpt",
        "slug",
        "guid",
        "status",
        "sticky",
        "password",
        "parent",
        "type",
        "discussion",
        "likes_enabled",
        "sharing_enabled",
        "like_count",
        "i_like",
        "is_reblogged",
        "is_following",
        "global_ID",
        "featured_image",
        "post_thumbnail",
        "format",
        "menu_order",
        "page_template",
        "terms",
        "tags",
        "categories",
        "attachments",
        "attachment_count",
        "meta",
        "capabilities",
        "other_URLs",
        "can_comment",
        "publicize_URLs",
    ]
)
_DROPPED_COMMENT = frozenset(
    [
        "ID",
        "post",
        "author",
        "date",
        "URL",
        "short_URL",
        "content",
        "raw_content",
        "status",
        "parent",
        "type",
        "like_count",
        "i_like",
        "meta",
        "can_moderate",
        "i_replied",
    ]
)


def post(row: Row, numbers: TermNumbers, kind: str = "post") -> Post | None:
    """A post of any type; None without a number."""
    number = values.number(row.get("ID"))
    if number is None:
        return None
    title, title_html = values.plain(row.get("title"))
    discussion = _mapping(row.get("discussion"))
    return Post(
        id=number,
        type=values.string(row.get("type")) or kind,
        status=values.string(row.get("status")) or "publish",
        slug=values.slug(row.get("slug")),
        url=values.address(row.get("URL")),
        title=title,
        title_html=title_html,
        date=moment(row.get("date")),
        modified=moment(row.get("modified")),
        author=_author(row.get("author")),
        content=_markup(row.get("content")),
        excerpt=_markup(row.get("excerpt")),
        terms=_terms(row, numbers),
        parent=_number_of(row.get("parent")),
        featured_media=_number_of(row.get("post_thumbnail")),
        sticky=row.get("sticky") is True,
        format=values.string(row.get("format")) or None,
        menu_order=row["menu_order"] if isinstance(row.get("menu_order"), int) else 0,
        template=values.string(row.get("page_template")),
        comment_status=values.string(discussion.get("comment_status")) or None,
        ping_status=values.string(discussion.get("ping_status")) or None,
        password_protected=bool(values.string(row.get("password"))),
        guid=values.string(row.get("guid")) or None,
        extra=_extra(row, _DROPPED_POST),
    )


def comment(row: Row) -> Comment | None:
    """A comment, pingback or trackback; None without a number."""
    number = values.number(row.get("ID"))
    if number is None:
        return None
    author = _mapping(row.get("author"))
    return Comment(
        id=number,
        post=_number_of(row.get("post")),
        parent=_number_of(row.get("parent")),
        type=values.string(row.get("type")) or "comment",
        status={"unapproved": "hold"}.get(status := values.string(row.get("status")) or "approved", status),
        author=CommentAuthor(
            name=values.string(author.get("name")),
            url=values.address(author.get("URL")),
            user=values.number(author.get("ID")),
        ),
        date=moment(row.get("date")),
        content=_markup(row.get("content")),
        url=values.address(row.get("URL")),
        extra=_extra(row, _DROPPED_COMMENT),
    )


def term(row: Row, numbers: TermNumbers, taxonomy: str) -> Term | None:
    """A category or tag; None without a number."""
    number = values.number(row.get("ID"))
    if number is None:
        return None
    own, parent = numbers.give(taxonomy, number), _number_of(row.get("parent"))
    return Term(
        id=own,
        taxonomy=taxonomy,
        name=values.plain(row.get("name"))[0],
        slug=values.slug(row.get("slug")),
        parent=numbers.of(taxonomy, parent) if parent else None,
        description=values.string(row.get("description")),
        extra={SHARED_ID: number} if own != number else {},
    )


def moment(value: Any) -> datetime | None:
    """A time with the site's offset, as this API gives it; a zero date is None."""
    if not isinstance(value, str) or not value[:4].isdecimal() or value[:4] == "0000":
        return None
    try:
        time = datetime.fromisoformat(value)
    except ValueError:
        return None
    return time.replace(microsecond=0) if time.tzinfo is not None else None


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _number_of(value: Any) -> int | None:
    """The number in ``{"ID": 5, …}``, or the number itself; ``false`` and 0 are none."""
    return values.number(value.get("ID") if isinstance(value, dict) else value)


def _author(value: Any) -> int | Reference | None:
    row = _mapping(value)
    name = values.string(row.get("name"))
    return values.number(row.get("ID")) or (Reference(name=name) if name else None)


def _terms(row: Row, numbers: TermNumbers) -> list[int | Reference]:
    """Numbers of all terms: of all taxonomies where ``terms`` is there, else of categories and tags."""
    own = {"category": row.get("categories"), "post_tag": row.get("tags")}
    found: list[int | Reference] = []
    for taxonomy, group in (_mapping(row.get("terms")) or own).items():
        for name, entry in _mapping(group).items():
            number = _number_of(entry)
            made = numbers.of(taxonomy, number) if number is not None else Reference(name=name)
            if made not in found:
                found.append(made)
    return found


def _markup(value: Any) -> Markup:
    return Markup(html=value) if isinstance(value, str) else Markup(complete=value is None)


def _extra(row: Row, dropped: frozenset[str]) -> dict[str, Any]:
    return {k: v for k, v in row.items() if k not in dropped and v not in (None, False, "", [], {})}
