"""Rows of a fake blog, in the shape in which WordPress 7.1 says them (compare ``samples/blog/recorded``)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

from wpexport.demo.blog import MEDIA, POSTS, Blog, Collection, Row
from wpexport.demo.parameters import in_context
from wpexport.demo.web import HOME

Json = dict[str, Any]
START: Final = datetime(2020, 1, 1, 12, tzinfo=UTC)
#: REST base of what WordPress calls otherwise
BASES: Final = {
    "post": "posts",
    "page": "pages",
    "recipe": "recipes",
    "project": "projects",
    "wp_block": "blocks",
}
TAXONOMIES: Final = {
    "category": "categories",
    "post_tag": "tags",
    "course": "courses",
    "workshop": "workshops",
}
FORBIDDEN: Final = {
    "code": "rest_forbidden",
    "message": "Sorry, you are not allowed to do that.",
    "data": {"status": 401},
}
NO_USERS: Final = "Sorry, you are not allowed to list users."
NO_COMMENT: Final = {
    "code": "rest_cannot_read",
    "message": "Sorry, you are not allowed to read this comment.",
    "data": {"status": 401},
}


def moment(number: int) -> str:
    """A date for what was given none: one a minute, in the order of the numbers."""
    return (START + timedelta(minutes=number)).strftime("%Y-%m-%dT%H:%M:%S")


def slugged(text: str) -> str:
    """A slug as ``sanitize_title`` makes it, nearly: other alphabets are percent-encoded in lower case."""
    words = re.sub(r"[^\w]+", "-", re.sub(r"<[^>]*>", "", text).lower()).strip("-")
    return quote(words).lower()


def _paragraph(text: str) -> str:
    return text if text.lstrip().startswith("<") or not text else f"<p>{text}</p>\n"


def _markup(text: str, *, protected: bool | None = None) -> Json:
    both = {"rendered": _paragraph(text), "raw": text}
    return both if protected is None else {**both, "protected": protected}


def _links(collection: Collection, number: int, **more: Any) -> Json:
    return {
        "self": [{"href": f"{HOME}/wp-json{collection.route}/{number}", "targetHints": {"allow": ["GET"]}}],
        "collection": [{"href": f"{HOME}/wp-json{collection.route}"}],
        **more,
    }


def post(blog: Blog, collection: Collection, number: int, given: Json) -> Row:
    """A post of any type. ``given`` is in WordPress' terms, with plain texts for title, content, excerpt."""
    given = dict(given)
    title = given.pop("title", f"Post {number}")
    date = given.pop("date", moment(number))
    password = given.pop("password", "")
    content = given.pop("content", f"Text of post {number}.")
    excerpt = given.pop("excerpt", "")
    status = given.get("status", "publish")
    slug = given.pop("slug", slugged(title) or str(number)) if status != "draft" else given.pop("slug", "")
    link = f"{HOME}/{slug}/" if collection.name == "pages" else f"{HOME}/{date[:4]}/{date[5:7]}/{slug}/"
    edit: Json = {
        "id": number, "date": date, "date_gmt": date,
        "guid": {"rendered": f"{HOME}/?p={number}", "raw": f"{HOME}/?p={number}"},
        "modified": date, "modified_gmt": date, "password": password, "slug": slug, "status": status,
        "type": given.pop("type", "post"),
        "link": link if status == "publish" else f"{HOME}/?p={number}",
        "title": {"rendered": title, "raw": title},
        "content": {**_markup(content, protected=bool(password)), "block_version": 0},
        "excerpt": _markup(excerpt, protected=bool(password)),
        "author": 1, "featured_media": 0, "comment_status": "open", "ping_status": "open",
    }  # fmt: skip
    if collection.name in ("pages", "projects"):
        edit |= {"parent": 0, "menu_order": 0}
    if collection.name == "posts":
        edit |= {"sticky": False, "format": "standard", "categories": [1], "tags": []}
    edit |= {"template": "", "meta": {"footnotes": ""}, "class_list": [f"post-{number}"]}
    writer = f"{HOME}/wp-json/wp/v2/users/{given.get('author', 1)}"
    edit["_links"] = _links(collection, number, author=[{"embeddable": True, "href": writer}])
    edit |= given
    public = status == "publish"
    shown = in_context(edit, collection.contexts, "view")
    unlocked = None
    if password:
        unlocked = shown
        empty = {"rendered": "", "protected": True}
        shown = {**shown, "content": empty, "excerpt": empty}
    return Row(number, shown if public else None, edit, None if public else FORBIDDEN, unlocked)


def media(collection: Collection, number: int, path: str, given: Json) -> Row:
    """A media item whose file is ``/wp-content/uploads/PATH``."""
    address = f"{HOME}/wp-content/uploads/{quote(path)}"
    name = path.rsplit("/", 1)[-1]
    date = given.get("date", moment(number))
    edit: Json = {
        "id": number, "date": date, "date_gmt": date, "guid": {"rendered": address, "raw": address},
        "modified": date, "modified_gmt": date, "slug": slugged(name.rsplit(".", 1)[0]), "status": "inherit",
        "type": "attachment", "link": f"{HOME}/{slugged(name)}/",
        "title": {"rendered": name, "raw": name}, "author": 1, "featured_media": 0,
        "comment_status": "open", "ping_status": "closed", "template": "", "meta": [],
        "description": {"rendered": "", "raw": ""}, "caption": {"rendered": "", "raw": ""}, "alt_text": "",
        "media_type": "image" if name.endswith((".png", ".jpg", ".jpeg", ".gif")) else "file",
        "mime_type": "image/png", "media_details": {}, "post": None, "source_url": address,
        "_links": _links(collection, number),
    } | given  # fmt: skip
    return Row(number, in_context(edit, collection.contexts, "view"), edit)


def comment(blog: Blog, number: int, on: int, given: Json) -> Row:
    """A comment; what cannot be read anonymously (held, or on a private or protected post) has no view."""
    collection = blog.collections["comments"]
    given = dict(given)
    date = given.pop("date", moment(number))
    content = given.pop("content", f"Comment {number}.")
    under = blog.post(on)
    edit: Json = {
        "id": number, "post": on, "parent": 0, "author": 0, "author_name": f"Reader {number}",
        "author_email": f"reader{number}@example.test", "author_url": "", "author_ip": "192.0.2.1",
        "author_user_agent": "", "date": date, "date_gmt": date, "content": _markup(content),
        "link": f"{under.edit['link'] if under else HOME + '/'}#comment-{number}", "status": "approved",
        "type": "comment", "author_avatar_urls": {"96": f"https://avatars.example/{number}"}, "meta": [],
        "_links": _links(collection, number, up=[{"href": f"{HOME}/wp-json/wp/v2/posts/{on}"}]),
    } | given  # fmt: skip
    readable = under is not None and under.view is not None and edit["status"] == "approved"
    shown = in_context(edit, collection.contexts, "view")
    if readable and under is not None and not under.edit.get("password"):
        return Row(number, shown, edit)
    return Row(number, None, edit, NO_COMMENT, shown if readable else None)


def term(collection: Collection, number: int, name: str, given: Json) -> Row:
    """A term of a taxonomy."""
    taxonomy = next((key for key, base in TAXONOMIES.items() if base == collection.name), collection.name)
    slug = given.get("slug", slugged(name))
    place = {"category": "category", "post_tag": "tag"}.get(taxonomy, taxonomy)
    edit: Json = {
        "id": number, "count": 0, "description": "", "link": f"{HOME}/{place}/{slug}/", "name": name,
        "slug": slug, "taxonomy": taxonomy, "meta": [], "_links": _links(collection, number),
    } | ({"parent": 0} if collection.hierarchical else {}) | given  # fmt: skip
    return Row(number, in_context(edit, collection.contexts, "view"), edit)


def user(collection: Collection, number: int, name: str, given: Json) -> Row:
    """A user; ``public=False`` for one who has written nothing."""
    given = dict(given)
    public = given.pop("public", True)
    role = given.pop("role", "administrator")
    slug = given.pop("slug", slugged(name))
    edit: Json = {
        "id": number, "username": given.pop("username", slug), "name": name, "email": f"{slug}@example.test",
        "url": "", "description": "", "link": f"{HOME}/author/{slug}/", "slug": slug, "roles": [role],
        "registered_date": "2020-01-01T00:00:00+00:00", "capabilities": _capabilities(role),
        "avatar_urls": {"96": f"https://avatars.example/user/{number}"}, "meta": [],
        "_links": _links(collection, number),
    } | given  # fmt: skip
    refused = {
        **FORBIDDEN,
        "code": "rest_user_cannot_view",
        "message": "Sorry, you are not allowed to list users.",
    }
    shown = in_context(edit, collection.contexts, "view")
    return Row(number, shown if public else None, edit, None if public else refused)


def _capabilities(role: str) -> dict[str, bool]:
    ranks = ("subscriber", "author", "editor", "administrator")
    can = (
        ("read",), ("edit_posts", "upload_files"),
        ("edit_others_posts", "moderate_comments", "manage_categories"),
        ("manage_options", "list_users", "delete_users"),
    )  # fmt: skip
    return {name: True for names in can[: ranks.index(role) + 1] for name in names}


def place(blog: Blog, collection: Collection, row: Row) -> Row:
    """Put a row into its collection, in the order of the numbers; one with the same number is replaced."""
    rows = [other for other in collection.rows if other.id != row.id]
    collection.rows = sorted([*rows, row], key=lambda one: one.id)
    if collection.kind in (POSTS, MEDIA) and row.view and "link" in row.view:
        path = row.view["link"].removeprefix(HOME)
        route = f"{HOME}/wp-json{collection.route}/{row.id}"
        link = f'<{HOME}/wp-json/>; rel="https://api.w.org/"'
        link += f', <{route}>; rel="alternate"; title="JSON"; type="application/json"'
        head = [
            f"<title>{row.view['title']['rendered']}</title>",
            f"<link rel='shortlink' href='{HOME}/?p={row.id}' />",
        ]
        blog.html[path] = {
            "status": 200,
            "headers": {"Link": f"{link}, <{HOME}/?p={row.id}>; rel=shortlink"},
            "head": [f'<link rel="https://api.w.org/" href="{HOME}/wp-json/" />', *head],
        }
    return row
