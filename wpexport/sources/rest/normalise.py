"""WordPress' REST objects as records: pure functions that need nothing but an id.

The fields are those of core's ``wp-includes/rest-api/endpoints/class-wp-rest-*-controller.php``. What is not
named here goes to ``extra`` verbatim; a known field of an unknown type goes there too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import Any

from wpexport.model import (
    SHARED_ID,
    TITLE_RAW,
    Author,
    Comment,
    CommentAuthor,
    Markup,
    Media,
    Personal,
    Post,
    Term,
    TermNumbers,
)
from wpexport.sources.rest import values

Row = Mapping[str, Any]

#: derived from other fields, or new with every request, or (avatars) a hash of somebody's e-mail
DERIVED = frozenset(
    {
        "_links",
        "_embedded",
        "class_list",
        "author_avatar_urls",
        "avatar_urls",
        "permalink_template",
        "generated_slug",
    }
)
_FACES = frozenset({"rendered", "raw", "protected", "block_version"})
#: fields of the types that the model understands; those not here are checked where they are read
_TYPES: dict[str, tuple[type, ...]] = {
    "slug": (str, int),
    "status": (str,),
    "link": (str,),
    "title": (str, dict),
    "content": (str, dict),
    "excerpt": (str, dict),
    "caption": (str, dict),
    "date": (str,),
    "author": (int, str),
    "parent": (int, str),
    "post": (int, str),
    "featured_media": (int, str),
    "meta": (dict,),
    "media_details": (dict,),
    "author_name": (str, int, float),
    "author_url": (str,),
    "name": (str, int, float),
    "description": (str, dict),
}


def _known(*names: str) -> Mapping[str, tuple[type, ...] | None]:
    """The fields that an object's record takes or drops, each with its types; None for any."""
    return {**dict.fromkeys(DERIVED), **{name: _TYPES.get(name) for name in names}}


#: of posts and media
_BOTH = (
    "id",
    "type",
    "status",
    "slug",
    "link",
    "title",
    "date",
    "date_gmt",
    "modified",
    "modified_gmt",
    "author",
    "guid",
    "meta",
)
_POST = _known(
    *_BOTH,
    "content",
    "excerpt",
    "parent",
    "featured_media",
    "sticky",
    "format",
    "menu_order",
    "template",
    "comment_status",
    "ping_status",
    "password",
)
_MEDIA = _known(
    *_BOTH,
    "post",
    "source_url",
    "mime_type",
    "media_type",
    "alt_text",
    "caption",
    "description",
    "media_details",
    "missing_image_sizes",
)
_COMMENT = _known(
    "id",
    "post",
    "parent",
    "type",
    "status",
    "author",
    "author_name",
    "author_url",
    "author_email",
    "author_ip",
    "author_user_agent",
    "date",
    "date_gmt",
    "content",
    "link",
    "meta",
)
_TERM = _known("id", "taxonomy", "name", "slug", "parent", "description", "link", "meta", "count")
#: what only an owner sees of a user (``context=edit``); capabilities follow from the roles
_USER_PRIVATE = (
    "first_name",
    "last_name",
    "nickname",
    "locale",
    "registered_date",
    "roles",
    "extra_capabilities",
)
_AUTHOR = _known(
    "id",
    "name",
    "slug",
    "link",
    "url",
    "description",
    "meta",
    "username",
    "email",
    "capabilities",
    *_USER_PRIVATE,
)


@dataclass(frozen=True, slots=True)
class Setting:
    """What all objects of one site share."""

    zone: tzinfo = UTC
    #: the key under which a post lists the terms of a taxonomy -> that taxonomy
    term_keys: Mapping[str, str] = field(default_factory=dict)
    #: the objects came to a login, in core's ``edit`` context
    edit: bool = False
    term_numbers: TermNumbers = field(default_factory=TermNumbers)


def post(row: Row, setting: Setting, kind: str = "post") -> Post | None:
    """A post of any type; None without an id."""
    number = values.number(row.get("id"))
    if number is None:
        return None
    title, title_html = values.plain(_rendered(row.get("title")))
    terms, term_keys = _terms(row, setting)
    content, hidden = markup(row.get("content"))
    excerpt, _ = markup(row.get("excerpt"))
    return Post(
        id=number,
        type=values.string(row.get("type")) or kind,
        status=values.string(row.get("status")) or "publish",
        slug=values.slug(row.get("slug")),
        url=values.address(row.get("link")),
        title=title,
        title_html=title_html,
        date=values.moment(row.get("date"), row.get("date_gmt"), setting.zone),
        modified=values.moment(row.get("modified"), row.get("modified_gmt"), setting.zone),
        author=values.number(row.get("author")),
        content=content,
        excerpt=excerpt,
        terms=terms,
        parent=values.number(row.get("parent")),
        featured_media=values.number(row.get("featured_media")),
        sticky=row.get("sticky") is True,
        format=values.string(row.get("format")) or None,
        menu_order=_order(row.get("menu_order")),
        template=values.string(row.get("template")),
        comment_status=values.string(row.get("comment_status")) or None,
        ping_status=values.string(row.get("ping_status")) or None,
        # The password itself is a secret and never kept.
        password_protected=hidden or bool(values.string(row.get("password"))),
        guid=_rendered(row.get("guid")) or None,
        meta=values.meta(row.get("meta")),
        extra=_extra(row, _POST, ("title", "content", "excerpt", "guid"), term_keys)
        | _stored_title(row, title),
    )


def _stored_title(row: Row, shown: str) -> dict[str, str]:
    """The title as it is stored, where a login sees it and another one is shown (quotes, dashes)."""
    title = row.get("title")
    raw = title.get("raw") if isinstance(title, dict) else None
    return {TITLE_RAW: raw} if isinstance(raw, str) and raw != shown else {}


def media(row: Row, setting: Setting) -> Media | None:
    """An attachment; None without an id."""
    number = values.number(row.get("id"))
    if number is None:
        return None
    title, title_html = values.plain(_rendered(row.get("title")))
    terms, term_keys = _terms(row, setting)
    extra = _extra(row, _MEDIA, ("title", "caption", "description", "guid"), term_keys)
    # The model has no place for these on media.
    extra |= ({"title_html": title_html} if title_html else {}) | _stored_title(row, title)
    extra |= {"terms": terms} if terms else {}
    return Media(
        id=number,
        slug=values.slug(row.get("slug")),
        url=values.address(row.get("link")),
        status=values.string(row.get("status")) or "inherit",
        title=title,
        date=values.moment(row.get("date"), row.get("date_gmt"), setting.zone),
        modified=values.moment(row.get("modified"), row.get("modified_gmt"), setting.zone),
        author=values.number(row.get("author")),
        post=values.number(row.get("post")),
        source_url=values.address(row.get("source_url")),
        mime_type=values.string(row.get("mime_type")) or None,
        alt_text=values.string(row.get("alt_text")),
        caption=markup(row.get("caption"))[0],
        description=markup(row.get("description"))[0],
        details=values.meta(row.get("media_details")),
        guid=_rendered(row.get("guid")) or None,
        meta=values.meta(row.get("meta")),
        extra=extra,
    )


def comment(row: Row, setting: Setting) -> tuple[Comment, Personal | None] | None:
    """A comment, and what only the owner may see of its author; None without an id."""
    number = values.number(row.get("id"))
    if number is None:
        return None
    where = values.number(row.get("post"))
    status = values.string(row.get("status")) or "approved"
    made = Comment(
        id=number,
        post=where,
        parent=values.number(row.get("parent")),
        type=values.string(row.get("type")) or "comment",
        status={"approve": "approved", "1": "approved", "0": "hold"}.get(status, status),
        author=CommentAuthor(
            # Not HTML: core prints the stored name as it is.
            name=values.string(row.get("author_name")),
            url=values.address(row.get("author_url")),
            user=values.number(row.get("author")),
        ),
        date=values.moment(row.get("date"), row.get("date_gmt"), setting.zone),
        content=markup(row.get("content"))[0],
        url=values.address(row.get("link")),
        meta=values.meta(row.get("meta")),
        extra=_extra(row, _COMMENT, ("content",)),
    )
    email = values.string(row.get("author_email")) or None
    ip = values.string(row.get("author_ip")) or None
    agent = values.string(row.get("author_user_agent")) or None
    if not (email or ip or agent):
        return made, None
    return made, Personal(id=number, of="comment", post=where, email=email, ip=ip, user_agent=agent)


def term(row: Row, setting: Setting, taxonomy: str) -> Term | None:
    """A term of any taxonomy; None without an id."""
    number = values.number(row.get("id"))
    if number is None:
        return None
    taxonomy = values.string(row.get("taxonomy")) or taxonomy
    own, parent = setting.term_numbers.give(taxonomy, number), values.number(row.get("parent"))
    return Term(
        id=own,
        taxonomy=taxonomy,
        name=values.plain(row.get("name"))[0],
        slug=values.slug(row.get("slug")),
        parent=setting.term_numbers.of(taxonomy, parent) if parent else None,
        description=values.string(row.get("description")),
        url=values.address(row.get("link")),
        meta=values.meta(row.get("meta")),
        extra=_extra(row, _TERM, ()) | ({SHARED_ID: number} if own != number else {}),
    )


def author(row: Row, setting: Setting) -> tuple[Author, Personal | None] | None:
    """A user, and what only the owner may see of one; None without an id.

    In the ``edit`` context meta and unknown fields may be the user's private settings: they go to the second.
    """
    number = values.number(row.get("id"))
    if number is None:
        return None
    private = {key: row[key] for key in _USER_PRIVATE if row.get(key) not in (None, "", [], {})}
    unknown = _extra(row, _AUTHOR, ())
    own_meta = values.meta(row.get("meta"))
    if setting.edit:
        private |= unknown | ({"meta": own_meta} if own_meta else {})
        unknown, own_meta = {}, {}
    made = Author(
        id=number,
        name=values.plain(row.get("name"))[0],
        slug=values.slug(row.get("slug")),
        url=values.address(row.get("link")),
        website=values.address(row.get("url")),
        description=values.string(row.get("description")),
        meta=own_meta,
        extra=unknown,
    )
    email = values.string(row.get("email")) or None
    username = values.string(row.get("username")) or None
    personal = Personal(id=number, of="author", email=email, username=username, extra=private)
    return made, personal if email or username or private else None


def markup(value: Any) -> tuple[Markup, bool]:
    """A text in its faces, and whether it lies behind a password."""
    if isinstance(value, str):
        return Markup(html=value), False
    if not isinstance(value, dict):
        return Markup(complete=value is None), False
    html = value.get("rendered")
    raw = value.get("raw")
    html = html if isinstance(html, str) else None
    raw = raw if isinstance(raw, str) else None
    hidden = value.get("protected") is True
    if hidden and not html and raw is None:
        # Core answers with an empty text then, also to an administrator who does not edit.
        return Markup(html=None, complete=False), True
    # Content that came as null was lost on the way (a shortcode that printed outside, WP-API/WP-API 1239).
    return Markup(html=html, raw=raw, complete=html is not None or raw is not None), hidden


def _rendered(value: Any) -> str:
    """The text of ``{rendered, raw}``; some plugins flatten it to the text itself."""
    if isinstance(value, dict):
        return values.string(value.get("rendered")) or values.string(value.get("raw"))
    return values.string(value)


def _order(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _terms(row: Row, setting: Setting) -> tuple[list[int | Any], set[str]]:
    """Term numbers of all taxonomies in the row's order, and the keys that were understood."""
    found: list[int | Any] = []
    understood: set[str] = set()
    if setting.term_keys.keys().isdisjoint(row):
        return found, understood
    for key, value in row.items():
        if key not in setting.term_keys or not isinstance(value, list):
            continue
        numbers = [values.number(v) for v in value]
        if None not in numbers:
            kept = (setting.term_numbers.of(setting.term_keys[key], n) for n in numbers if n is not None)
            found += [n for n in dict.fromkeys(kept) if n not in found]
            understood.add(key)
    return found, understood


def _extra(
    row: Row,
    known: Mapping[str, tuple[type, ...] | None],
    marked: tuple[str, ...],
    understood: Collection[str] = (),
) -> dict[str, Any]:
    """All that the model does not know, verbatim, and known fields of unknown types."""
    extra = {}
    for key, value in row.items():
        if key in known:
            kinds = known[key]
            # what is empty says nothing, whatever its type
            if kinds is None or not value or isinstance(value, kinds):
                continue
        elif key in understood:
            continue
        extra[key] = value
    for key in marked:
        value = row.get(key)
        if isinstance(value, dict) and not value.keys() <= _FACES:
            extra[key] = {k: v for k, v in value.items() if k not in _FACES}
    return extra
