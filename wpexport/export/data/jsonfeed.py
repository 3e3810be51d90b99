"""Export to JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/): one file for feed readers and generators.

It is a feed of everything, newest first, posts and pages alike. What a feed has no word for is under
``_wpexport`` (custom keys begin with an underscore): type, status, comments and whom they answer, custom
fields.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from wpexport.export.base import Blog, Exporter, ExportReport, Notice, Options, Progress, commented_media
from wpexport.export.markdown.fields import People, author_of, terms_of
from wpexport.export.markdown.places import keyed, mark_of
from wpexport.export.markdown.titles import summary_of
from wpexport.export.output.place import IntoPlace
from wpexport.export.wxr.parts import Blobs, Parts, Sink
from wpexport.model import Comment, Post
from wpexport.text.blocks import autop, raw_to_html

NAME = "feed.json"
VERSION = "https://jsonfeed.org/version/1.1"
_EVERY = 200


class JsonFeedExporter:
    """Writes a blog as a JSON Feed. Implements `wpexport.export.base.Exporter`."""

    def __init__(self, blog: Blog, sink: Sink, name: str = "", *, comments: bool = True) -> None:
        """Prepare.

        Args:
            blog: read once, from start to end.
            sink: takes the file.
            name: the file, if not ``feed.json``.
            comments: do they go out?
        """
        self.report = ExportReport()
        self._blog = blog
        self._sink = sink
        self._name = name or NAME
        self._comments = comments
        self._people = People(blog.authors(), blog.terms(), {})
        self._pictures: dict[int, str] = {}

    def run(self) -> Iterator[Progress | Notice]:
        """Write everything.

        Raises:
            OSError: the disk is full, or the sink is not writable.
        """
        report = self.report
        for media in self._blog.media():
            if media.id is not None and media.source_url:
                self._pictures[media.id] = media.source_url
        shelf = Blobs()
        order: list[tuple[float, int]] = []
        try:
            for done, (mark, post, comments) in enumerate(self._items(), 1):
                shelf.put(done, _encoded(self._item(mark, post, comments)))
                order.append((-post.date.timestamp() if post.date else float("inf"), -done))
                report.posts += 1
                if done % _EVERY == 0:
                    yield Progress("posts", done)
            with Parts(self._sink, self._name, head=lambda _number: self._head(), tail=b"\n]}\n") as parts:
                for place, (_date, done) in enumerate(sorted(order)):
                    parts.add((b",\n" if place else b"\n") + (shelf.take(-done) or b"{}"))
                parts.finish()
        finally:
            shelf.close()
        report.files = 1
        yield Progress("posts", report.posts, report.posts)

    def _items(self) -> Iterator[tuple[str, Post, list[Comment]]]:
        for key, post in keyed(self._blog.posts()):
            yield mark_of(key), post, self._blog.comments(post) if self._comments else []
        for page, comments in commented_media(self._blog) if self._comments else ():
            yield f"media-{page.id}", page, comments

    def _head(self) -> bytes:
        site = self._blog.site()
        feed = {
            "version": VERSION,
            "title": site.name or site.home,
            "home_page_url": site.home,
            "description": site.description or None,
            "language": site.language,
            "_wpexport": {
                "timezone": site.timezone,
                "about": "Everything of a WordPress blog, comments included.",
            },
        }
        return _encoded(_there(feed))[:-1] + b', "items": ['

    def _item(self, mark: str, post: Post, comments: list[Comment]) -> dict[str, Any]:
        self.report.comments += len(comments)
        name, _slug = author_of(post, self._people)
        author = self._people.authors.get(post.author) if isinstance(post.author, int) else None
        terms = terms_of(post, self._people)
        markup = post.content
        own = {
            "type": post.type,
            "id": post.id,
            "status": post.status,
            "slug": post.slug,
            "parent": post.parent,
            "sticky": post.sticky or None,
            "format": post.format,
            "guid": post.guid,
            "protected": post.password_protected or None,
            "incomplete": None if markup.complete else True,
            "terms": terms or None,
            "meta": post.meta or None,
            "extra": post.extra or None,
            "comments": [_comment(comment) for comment in comments],
        }
        item = {
            # The address is what a feed reader knows an item by; it never changes.
            "id": post.url or post.guid or mark,
            "url": post.url,
            "title": post.title or None,
            # Of an item's two texts one must be there, if only empty.
            "content_html": markup.html if markup.html is not None else raw_to_html(markup.raw or ""),
            "summary": summary_of(post),
            "image": self._pictures.get(post.featured_media) if post.featured_media is not None else None,
            "date_published": post.date.isoformat() if post.date else None,
            "date_modified": post.modified.isoformat() if post.modified else None,
            "authors": [_there({"name": name, "url": author.url if author else None})] if name else None,
            "tags": [tag for names in terms.values() for tag in names] or None,
        }
        return {**_there(item), "_wpexport": _there(own)}


def make_jsonfeed(blog: Blog, out: Path, options: Options, name: str) -> Exporter:
    """The factory of ``--to jsonfeed`` (`wpexport.export.registry.Factory`): a ``.json``, a folder, ..."""
    comments = options.comments != "none"

    def make(sink: Sink, file: str) -> Exporter:
        return JsonFeedExporter(blog, sink, file, comments=comments)

    return IntoPlace(out, options, name, make, ".json")


def _comment(comment: Comment) -> dict[str, Any]:
    markup = comment.content
    values = {
        "id": comment.id,
        "parent": comment.parent,
        "type": comment.type,
        "status": None if comment.status == "approved" else comment.status,
        "author": _there({"name": comment.author.name, "url": comment.author.url}),
        "date_published": comment.date.isoformat() if comment.date else None,
        "content_html": markup.html if markup.html is not None else autop(markup.raw or ""),
        "url": comment.url,
        "meta": comment.meta or None,
        "extra": comment.extra or None,
    }
    return _there(values)


def _there(values: dict[str, Any]) -> dict[str, Any]:
    """Without what is not known."""
    return {key: value for key, value in values.items() if value is not None}


def _encoded(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
