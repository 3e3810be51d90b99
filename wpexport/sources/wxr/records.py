"""Elements of an export file made records.

What only a second look can tell (numbers of terms and authors, times without a zone) stays open here: a
`Reference`, or `LOCAL` in ``extra``. `wpexport.sources.wxr.source` closes it when the whole file is known.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

from wpexport.model import (
    TITLE_RAW,
    Author,
    Comment,
    CommentAuthor,
    Markup,
    Media,
    Personal,
    Post,
    Reference,
    Term,
)
from wpexport.sources.wxr.elements import Element
from wpexport.sources.wxr.mime import mime_type
from wpexport.sources.wxr.times import Zone
from wpexport.text import php

#: key in ``extra`` for local times that still lack their offset: ``{"date": "2026-01-02T03:04:05"}``
LOCAL = "wxr:local"
#: key in ``extra``: meta keys whose value is a list because there were several rows, not an array
REPEATED = "meta_repeated"

_APPROVED = {"1": "approved", "0": "hold", "approve": "approved", "": "hold"}
_TAG = re.compile(r"<[A-Za-z/!][^<>]*>")
_FORMAT = "post-format-"
#: written by Akismet: the comment as submitted, with address and browser
_PRIVATE_META = ("akismet_",)

_POST_FIELDS = frozenset(
    re.findall(
        r"\S+",
        """title link pubDate dc:creator guid description content:encoded excerpt:encoded category wp:post_id
    wp:post_date wp:post_date_gmt wp:post_modified wp:post_modified_gmt wp:comment_status wp:ping_status
    wp:post_name wp:status wp:post_parent wp:menu_order wp:post_type wp:post_password wp:is_sticky
    wp:attachment_url wp:postmeta wp:comment""",
    )
)


def number(text: str | None) -> int | None:
    """A positive number; None for 0, nothing, or nonsense."""
    text = (text or "").strip()
    return int(text) or None if text.isdecimal() and len(text) < 20 else None


def plain(text: str | None) -> str:
    """A title or name as plain text: tags stripped, entities decoded (twice: sites escape twice, B78)."""
    text = _TAG.sub("", text or "")
    for _ in range(2):
        text = html.unescape(text)
    return text.strip()


def slug(text: str | None) -> str:
    """A slug, percent-decoded where that gives text."""
    try:
        return unquote(text or "", errors="strict").strip()
    except UnicodeDecodeError:
        return (text or "").strip()


def item_type(item: Element) -> str:
    """The post type of an item."""
    return (item.get("wp:post_type") or "").strip() or "post"


def author(element: Element) -> tuple[str, Author | None, Personal | None]:
    """The author's login, record and private part; no record where the file tells no number."""
    login = (element.get("wp:author_login") or "").strip()
    known = number(element.get("wp:author_id"))
    first, last = ((element.get(f"wp:author_{part}_name") or "").strip() for part in ("first", "last"))
    name = plain(element.get("wp:author_display_name")) or f"{first} {last}".strip()
    if known is None:
        return login, Author(name=name), None
    private = Personal(
        id=known,
        of="author",
        email=(element.get("wp:author_email") or "").strip() or None,
        username=login or None,
        extra={key: value for key, value in (("first_name", first), ("last_name", last)) if value},
    )
    return login, Author(id=known, name=name), private


def term(element: Element) -> tuple[Term, str]:
    """A term and its parent's slug (WXR names parents by slug)."""
    kind = element.name.removeprefix("wp:")
    names = {"category": "category", "tag": "post_tag"}
    taxonomy = names.get(kind) or (element.get("wp:term_taxonomy") or "").strip() or "category"
    label = {"category": "cat", "tag": "tag"}.get(kind, "term")
    own = element.get("wp:category_nicename" if kind == "category" else f"wp:{kind}_slug")
    meta, repeated = _meta(element, "wp:termmeta")
    record = Term(
        id=number(element.get("wp:term_id")),
        taxonomy=taxonomy,
        name=plain(element.get(f"wp:{label}_name")),
        slug=slug(own),
        description=element.get(f"wp:{kind}_description") or "",
        meta=meta,
        extra={REPEATED: repeated} if repeated else {},
    )
    return record, slug(element.get(f"wp:{kind}_parent"))


def post(item: Element, zone: Zone) -> Post:
    """An item that is no attachment."""
    meta, repeated = _meta(item, "wp:postmeta")
    featured = number(meta["_thumbnail_id"]) if isinstance(meta.get("_thumbnail_id"), str) else None
    if featured:
        del meta["_thumbnail_id"]
    template = meta.get("_wp_page_template")
    template = template if isinstance(template, str) and template != "default" else ""
    if template:
        del meta["_wp_page_template"]
    title = item.get("title") or ""
    kind = item_type(item)
    terms, form = _terms(item)
    local: dict[str, str] = {}
    return Post(
        id=number(item.get("wp:post_id")),
        type=kind,
        status=(item.get("wp:status") or "").strip() or "publish",
        slug=slug(item.get("wp:post_name")),
        url=(item.get("link") or "").strip() or None,
        title=plain(title),
        title_html=title if _TAG.search(title) else None,
        date=_time(item, "wp:post_date", "date", zone, local),
        modified=_time(item, "wp:post_modified", "modified", zone, local),
        author=_creator(item),
        content=_markup(item, "content:encoded"),
        excerpt=_markup(item, "excerpt:encoded"),
        terms=terms,
        parent=number(item.get("wp:post_parent")),
        featured_media=featured,
        sticky=(item.get("wp:is_sticky") or "").strip() == "1",
        # WordPress stores no term for the standard format
        format=form or ("standard" if kind == "post" else None),
        menu_order=_integer(item.get("wp:menu_order")),
        template=template,
        comment_status=(item.get("wp:comment_status") or "").strip() or None,
        ping_status=(item.get("wp:ping_status") or "").strip() or None,
        # The password itself is never stored.
        password_protected=bool(item.get("wp:post_password")),
        guid=(item.get("guid") or "").strip() or None,
        meta=meta,
        extra=_extra(item, repeated, local) | _stored(title),
    )


def media(item: Element, zone: Zone) -> Media:
    """An attachment."""
    meta, repeated = _meta(item, "wp:postmeta")
    alt = meta.pop("_wp_attachment_image_alt", "")
    details = meta.get("_wp_attachment_metadata")
    if isinstance(details, dict):
        del meta["_wp_attachment_metadata"]
    source = (item.get("wp:attachment_url") or "").strip() or None
    title = item.get("title") or ""
    local: dict[str, str] = {}
    return Media(
        id=number(item.get("wp:post_id")),
        slug=slug(item.get("wp:post_name")),
        url=(item.get("link") or "").strip() or None,
        status=(item.get("wp:status") or "").strip() or "inherit",
        title=plain(title),
        date=_time(item, "wp:post_date", "date", zone, local),
        modified=_time(item, "wp:post_modified", "modified", zone, local),
        author=_creator(item),
        post=number(item.get("wp:post_parent")),
        source_url=source,
        mime_type=mime_type(source or item.get("guid") or ""),
        alt_text=alt if isinstance(alt, str) else "",
        caption=_markup(item, "excerpt:encoded"),
        description=_markup(item, "content:encoded"),
        details=details if isinstance(details, dict) else {},
        guid=(item.get("guid") or "").strip() or None,
        meta=meta,
        extra=_extra(item, repeated, local) | _stored(title),
    )


def _stored(title: str) -> dict[str, str]:
    return {TITLE_RAW: title} if plain(title) != title else {}


def comments(item: Element, zone: Zone) -> Iterable[tuple[Comment, Personal | None]]:
    """The comments of an item with their private parts; one without a number comes with ``id`` None."""
    known = number(item.get("wp:post_id"))
    link = (item.get("link") or "").strip() or None
    of: int | Reference | None = known or (Reference(url=link) if link else None)
    for element in item.all("wp:comment"):
        yield _comment(element, of, zone)


def _comment(element: Element, of: int | Reference | None, zone: Zone) -> tuple[Comment, Personal | None]:
    known = number(element.get("wp:comment_id"))
    state = (element.get("wp:comment_approved") or "").strip()
    email = (element.get("wp:comment_author_email") or "").strip() or None
    ip = (element.get("wp:comment_author_IP") or "").strip() or None
    meta, repeated = _meta(element, "wp:commentmeta")
    hidden = {key: value for key, value in meta.items() if _is_private(key, value, email, ip)}
    local: dict[str, str] = {}
    extra: dict[str, Any] = {REPEATED: repeated} if repeated else {}
    record = Comment(
        id=known,
        post=of,
        parent=number(element.get("wp:comment_parent")),
        type=(element.get("wp:comment_type") or "").strip() or "comment",
        status=_APPROVED.get(state, state),
        author=CommentAuthor(
            name=plain_name(element.get("wp:comment_author")),
            url=(element.get("wp:comment_author_url") or "").strip() or None,
            user=number(element.get("wp:comment_user_id")),
        ),
        date=_time(element, "wp:comment_date", "date", zone, local),
        content=_markup(element, "wp:comment_content"),
        meta={key: value for key, value in meta.items() if key not in hidden},
        extra=extra | ({LOCAL: local} if local else {}),
    )
    if known is None or not (email or ip or hidden):
        return record, None
    post_number = of if isinstance(of, int) else None
    private = {"meta": hidden} if hidden else {}
    return record, Personal(id=known, of="comment", post=post_number, email=email, ip=ip, extra=private)


def plain_name(text: str | None) -> str:
    """A commenter's name: WordPress escapes it when it is stored, and shows it as it is."""
    return html.unescape(text or "").strip()


def _is_private(key: str, value: Any, email: str | None, ip: str | None) -> bool:
    if key.startswith(_PRIVATE_META):
        return True
    text = str(value)
    return bool((email and email in text) or (ip and ip in text))


def _meta(element: Element, name: str) -> tuple[dict[str, Any], list[str]]:
    rows: dict[str, list[Any]] = {}
    for row in element.all(name):
        key = row.get("wp:meta_key") or ""
        if key:
            rows.setdefault(key, []).append(php.decode(row.get("wp:meta_value") or ""))
    repeated = sorted(key for key, values in rows.items() if len(values) > 1)
    return {key: values if len(values) > 1 else values[0] for key, values in rows.items()}, repeated


def _terms(item: Element) -> tuple[list[int | Reference], str | None]:
    terms: list[int | Reference] = []
    form = None
    named: set[tuple[str, str]] = set()
    bare: list[tuple[str, str]] = []
    for element in item.all("category"):
        domain = element.attributes.get("domain", "category")
        domain = "post_tag" if domain == "tag" else domain
        own = slug(element.attributes.get("nicename"))
        name = plain(element.text)
        if domain == "post_format" and own.startswith(_FORMAT):
            form = own.removeprefix(_FORMAT)
        elif own:
            named.add((domain, name))
            terms.append(Reference(name=name, slug=own, taxonomy=domain))
        elif name:
            bare.append((domain, name))
    # WXR 1.0 lists each term twice, once without its slug.
    for domain, name in bare:
        if (domain, name) not in named:
            named.add((domain, name))
            terms.append(Reference(name=name, taxonomy=domain))
    return terms, form


def _creator(item: Element) -> Reference | None:
    login = (item.get("dc:creator") or "").strip()
    return Reference(name=login) if login else None


def _markup(element: Element, name: str) -> Markup:
    for child in element.all(name):
        return Markup(raw=child.text, complete=not child.cut)
    return Markup()


def _time(element: Element, name: str, field: str, zone: Zone, local: dict[str, str]) -> Any:
    time, unplaced = zone.aware(element.get(name), element.get(f"{name}_gmt"))
    if unplaced is not None:
        local[field] = unplaced.isoformat()
    return time


def _integer(text: str | None) -> int:
    try:
        return int((text or "0").strip())
    except ValueError:
        return 0


def _extra(item: Element, repeated: list[str], local: dict[str, str]) -> dict[str, Any]:
    extra: dict[str, Any] = {}
    for child in item.children:
        if child.name not in _POST_FIELDS and child.text and not child.children:
            extra.setdefault(child.name, child.text)
    description = item.get("description")
    if description and description.strip():
        extra["description"] = description
    if repeated:
        extra[REPEATED] = repeated
    if local:
        extra[LOCAL] = local
    return extra
