"""The blog as REST answers: every row as a list of encoded fields, so that a page is a join of bytes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from benchmarks.blog import CATEGORIES, TAGS, Blog, Post, Reply

Json = dict[str, Any]
MEDIA: Final = 1_000_000
_AVATAR: Final = "https://secure.gravatar.com/avatar/{0:064x}?s={1}&d=mm&r=g"


@dataclass(slots=True)
class Shelf:
    """The rows of one route, ascending by number."""

    names: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    rows: list[list[bytes]] = field(default_factory=list)
    place: dict[int, int] = field(default_factory=dict)

    def add(self, faces: Iterable[Json]) -> None:
        """Encode rows; fields that are the same in many rows are kept once."""
        shared: dict[bytes, bytes] = {}
        for face in faces:
            self.names = self.names or list(face)
            row = []
            for name, value in face.items():
                data = json.dumps({name: value}, ensure_ascii=True, separators=(",", ":"))[1:-1].encode()
                row.append(shared.setdefault(data, data) if len(data) < 80 else data)
            self.place[face["id"]] = len(self.rows)
            self.numbers.append(face["id"])
            self.rows.append(row)

    def encoded(self, rows: list[list[bytes]], fields: str | None) -> bytes:
        """Some rows as a JSON list, with all fields or these."""
        if fields is None:
            return b"[" + b",".join(b"{" + b",".join(row) + b"}" for row in rows) + b"]"
        wanted = {name.partition(".")[0] for name in fields.split(",")}
        keep = [place for place, name in enumerate(self.names) if name in wanted]
        return b"[" + b",".join(b"{" + b",".join(row[k] for k in keep) + b"}" for row in rows) + b"]"


def shelves(blog: Blog) -> dict[str, Shelf]:
    """All collections by the last part of their route."""
    found = {base: Shelf() for base in ("posts", "pages", "media", "categories", "tags", "users", "comments")}
    found["categories"].add(_terms(blog, "category", CATEGORIES))
    found["tags"].add(_terms(blog, "post_tag", TAGS, first=100))
    found["users"].add(_user(blog, number) for number in (1, 2, 3))
    found["posts"].add(_post(blog, blog.post(number)) for number in range(1, blog.posts + 1))
    found["media"].add(_media(blog))
    found["comments"].add(_comment(blog, blog.reply(number)) for number in range(1, blog.comments + 1))
    return found


def _links(blog: Blog, base: str, number: int, **more: Any) -> Json:
    root = f"{blog.home}/wp-json/wp/v2"
    own = {"href": f"{root}/{base}/{number}", "targetHints": {"allow": ["GET"]}}
    return {"self": [own], "collection": [{"href": f"{root}/{base}"}], **more}


def _dates(date: Any) -> Json:
    text = f"{date:%Y-%m-%dT%H:%M:%S}"
    return {"date": text, "date_gmt": text}


def _post(blog: Blog, post: Post) -> Json:
    dates, root, number = _dates(post.date), f"{blog.home}/wp-json/wp/v2", post.number
    more = {
        "about": [{"href": f"{root}/types/post"}],
        "author": [{"embeddable": True, "href": f"{root}/users/{post.author}"}],
        "replies": [{"embeddable": True, "href": f"{root}/comments?post={number}"}],
        "version-history": [{"count": 0, "href": f"{root}/posts/{number}/revisions"}],
        "wp:attachment": [{"href": f"{root}/media?parent={number}"}],
        "wp:term": [
            {"taxonomy": "category", "embeddable": True, "href": f"{root}/categories?post={number}"},
            {"taxonomy": "post_tag", "embeddable": True, "href": f"{root}/tags?post={number}"},
        ],
        "curies": [{"name": "wp", "href": "https://api.w.org/{rel}", "templated": True}],
    }
    return {
        "id": number,
        **dates,
        "guid": {"rendered": f"{blog.home}/?p={number}"},
        "modified": dates["date"],
        "modified_gmt": dates["date_gmt"],
        "slug": post.slug,
        "status": "publish",
        "type": "post",
        "link": blog.link(number),
        "title": {"rendered": post.title},
        "content": {"rendered": post.html, "protected": False},
        "excerpt": {"rendered": post.blocks[0][1][:300] + " [&hellip;]</p>\n", "protected": False},
        "author": post.author,
        "featured_media": MEDIA + post.images[0],
        "comment_status": "open",
        "ping_status": "open",
        "sticky": False,
        "template": "",
        "format": "standard",
        "meta": {"footnotes": ""},
        "categories": sorted(set(post.categories)),
        "tags": [100 + tag for tag in post.tags],
        "class_list": [f"post-{number}", "post", "type-post", "status-publish", "hentry"],
        "_links": _links(blog, "posts", number, **more),
    }


def _comment(blog: Blog, reply: Reply) -> Json:
    up = {"embeddable": True, "post_type": "post", "href": f"{blog.home}/wp-json/wp/v2/posts/{reply.post}"}
    return {
        "id": reply.number,
        "post": reply.post,
        "parent": reply.parent,
        "author": 0,
        "author_name": reply.name,
        "author_url": "",
        **_dates(reply.date),
        "content": {"rendered": reply.html},
        "link": f"{blog.link(reply.post)}#comment-{reply.number}",
        "status": "approved",
        "type": "comment",
        "author_avatar_urls": {str(s): _AVATAR.format(reply.number % 997, s) for s in (24, 48, 96)},
        "meta": [],
        "_links": _links(blog, "comments", reply.number, up=[up]),
    }


def _media(blog: Blog) -> Iterator[Json]:
    for number in range(1, blog.posts + 1):
        for image in blog.images_of(number):
            yield _image(blog, number, image)


def _image(blog: Blog, post: int, image: int) -> Json:
    url = blog.image(image)
    stem, name = url.removesuffix(".jpg"), url.rpartition("/")[2]
    sizes = {
        key: {
            "file": f"{name.removesuffix('.jpg')}-{width}x{width * 2 // 3}.jpg",
            "width": width,
            "height": width * 2 // 3,
            "mime_type": "image/jpeg",
            "source_url": f"{stem}-{width}x{width * 2 // 3}.jpg",
        }
        for key, width in (("thumbnail", 150), ("medium", 300), ("large", 1024))
    }
    path = url.partition("/uploads/")[2]
    dates = _dates(blog.post(post).date) if post == 1 else {"date": "2024-01-01T00:00:00"}
    return {
        "id": MEDIA + image,
        "date": dates["date"],
        "date_gmt": dates["date"],
        "guid": {"rendered": url},
        "modified": dates["date"],
        "modified_gmt": dates["date"],
        "slug": name.removesuffix(".jpg"),
        "status": "inherit",
        "type": "attachment",
        "link": f"{blog.link(post)}{name.removesuffix('.jpg')}/",
        "title": {"rendered": name},
        "author": 1,
        "caption": {"rendered": ""},
        "alt_text": f"A view of number {image}",
        "media_type": "image",
        "mime_type": "image/jpeg",
        "media_details": {"width": 2048, "height": 1365, "file": path, "sizes": sizes},
        "post": post,
        "source_url": url,
        "_links": _links(blog, "media", MEDIA + image),
    }


def _terms(blog: Blog, taxonomy: str, names: tuple[str, ...], first: int = 0) -> Iterator[Json]:
    base = "tags" if taxonomy == "post_tag" else "categories"
    for number, name in enumerate(names, first + 1):
        yield {
            "id": number,
            "count": blog.posts // len(names),
            "description": "",
            "link": f"{blog.home}/{base}/{base}-{number}/",
            "name": name,
            "slug": f"{base}-{number}",
            "taxonomy": taxonomy,
            **({} if first else {"parent": 0}),
            "meta": [],
            "_links": _links(blog, base, number),
        }


def _user(blog: Blog, number: int) -> Json:
    return {
        "id": number,
        "name": f"Author {number}",
        "url": "",
        "description": "",
        "link": f"{blog.home}/author/author-{number}/",
        "slug": f"author-{number}",
        "avatar_urls": {str(size): _AVATAR.format(number, size) for size in (24, 48, 96)},
        "meta": [],
        "_links": _links(blog, "users", number),
    }


def index(blog: Blog, bases: Iterable[str]) -> Json:
    """What ``/wp-json/`` says."""
    listed: Json = {"page": {}, "per_page": {}}

    def route(path: str, args: Json) -> Json:
        endpoint = {"methods": ["GET"], "args": args}
        link = {"self": [{"href": f"{blog.home}/wp-json{path}"}]}
        return {"namespace": "wp/v2", "methods": ["GET"], "endpoints": [endpoint], "_links": link}

    routes = {f"/wp/v2/{base}": route(f"/wp/v2/{base}", listed) for base in bases}
    routes |= {f"/wp/v2/{name}": route(f"/wp/v2/{name}", {}) for name in ("types", "taxonomies")}
    return {
        "name": "A blog for measurements",
        "description": "",
        "url": blog.home,
        "home": blog.home,
        "gmt_offset": 0,
        "timezone_string": "",
        "namespaces": ["oembed/1.0", "wp/v2"],
        "authentication": {},
        "routes": routes,
    }


def _kind(slug: str, name: str, base: str, **more: Any) -> Json:
    return {
        "name": name,
        "slug": slug,
        "rest_base": base,
        "rest_namespace": "wp/v2",
        "description": "",
        **more,
    }


TYPES: Final = {
    "post": _kind("post", "Posts", "posts", hierarchical=False, taxonomies=["category", "post_tag"]),
    "page": _kind("page", "Pages", "pages", hierarchical=True, taxonomies=[]),
    "attachment": _kind("attachment", "Media", "media", hierarchical=False, taxonomies=[]),
}
TAXONOMIES: Final = {
    "category": _kind("category", "Categories", "categories", hierarchical=True, types=["post"]),
    "post_tag": _kind("post_tag", "Tags", "tags", hierarchical=False, types=["post"]),
}
