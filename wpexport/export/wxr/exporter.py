"""Export to WXR, the file that WordPress' own importer takes (and Isso, Ghost, Squarespace, ... read).

Demands of the importer, read in its source (``class-wp-import.php`` 0.9.5): no DOCTYPE; a version number;
parents before children, for terms and, by number, for comments; no two posts of one type with the same title
and second; featured images and menus by numbers that are in the same file.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Literal

from msgspec import structs

from wpexport.export.base import Blog, ExportReport, Notice, Progress, commented_media, media_page
from wpexport.export.urlmap import UrlMap
from wpexport.export.wxr.head import TAIL, head
from wpexport.export.wxr.items import ItemWriter
from wpexport.export.wxr.kin import Kin
from wpexport.export.wxr.media import MediaPlaces
from wpexport.export.wxr.numbers import with_small_numbers
from wpexport.export.wxr.parts import Blobs, Parts, Sink
from wpexport.export.wxr.plan import Plan, Private, make_plan, mistaken
from wpexport.export.wxr.threads import Placed, arrange
from wpexport.export.wxr.xml import Xml
from wpexport.model import Comment, Post

#: comments without a number (there are hardly any) get one from here on
_FRESH = 1_000_000_000
_EVERY = 200
#: so many items with illegal characters are named one by one
_NAMED = 100

_LONG = {
    "rendered": "only rendered HTML is known; it is in one HTML block each",
    "password-unknown": "behind a password that is not known: private in the new blog",
    "featured-missing": "featured images are not in the export",
    "term-unknown": "terms are not in the archive",
    "taxonomy-unknown": "terms from a feed, which does not tell categories from tags: categories here",
    "orphans": "comments answer one that is not exported; they answer the post now",
    "circles": "comments answered themselves; they answer the post now",
    "renumbered": "comments got another number, because the importer wants parents first",
    "undated": "posts have no date; the importer takes its own day",
    "same-name-and-date": "comments share name and second with another: moved, or the importer omits them",
}
#: what the importer does with the file, which nobody tells beforehand
_ADVICE = (
    "Set the new site's time zone and permalinks first. Then Tools > Import > WordPress; several files in "
    "the order of their numbers. Tick the download of attachments (it fetches from its own site, and "
    "elsewhere from the ports 80, 443 and 8080 only). A post that is there already (same type, title and "
    "second) is left as it is and gets the comments. All posts count as modified when published."
)
_LOSSES = frozenset({"featured-missing", "term-unknown"})
#: post types that every WordPress knows
_BUILT_IN = frozenset(
    {"post", "page", "attachment", "revision", "nav_menu_item", "custom_css", "customize_changeset"}
    | {"oembed_cache", "user_request", "wp_block", "wp_template", "wp_template_part", "wp_global_styles"}
    | {"wp_navigation", "wp_font_family", "wp_font_face"}
)


@dataclass(frozen=True, slots=True)
class WxrOptions:
    """What can be chosen for a WXR."""

    #: the file; with `split` a number is put before the ending where there are several
    name: str = "blog.xml"
    #: ``comments``: title, date and type of each post, so that its comments attach to the posts there
    only: Literal["all", "posts", "comments"] = "all"
    #: with ``all``: whether comments go out
    comments: bool = True
    #: bytes that no file is to exceed
    split: int | None = None
    #: where ``uploads/`` will be served; the media files are then laid beside the file
    media_base: str | None = None
    #: where links to the old site lead in all texts; the importer itself mends those in posts alone
    url_map: UrlMap = field(default_factory=UrlMap)
    #: a new password for posts that had one (theirs is never stored); without it they become private
    password: str | None = None


class WxrExporter:
    """Writes a blog as WXR. Implements `wpexport.export.base.Exporter`."""

    def __init__(
        self, blog: Blog, sink: Sink, options: WxrOptions | None = None, *, private: Private | None = None
    ) -> None:
        """Prepare.

        Args:
            blog: read twice, from start to end; never held as a whole.
            sink: takes the files.
            options: see `WxrOptions`.
            private: gives e-mail, IP and username by ``("comment" | "author", number)``: only where the user
                asked for them by name.
        """
        self.report = ExportReport()
        self._blog = blog
        self._sink = sink
        self._options = options or WxrOptions()
        self._private = private
        self._fresh = _FRESH
        #: hashes of names and times of comments, where the importer takes two that are equal for one
        self._met: set[int] = set()

    def run(self) -> Iterator[Progress | Notice]:
        """Write everything.

        Raises:
            OSError: the disk is full, or the sink is not writable.
        """
        options = self._options
        bare = options.only == "comments"
        with_media = options.only == "all"
        yield Progress("looking", 0)
        plan = make_plan(self._blog, with_media=with_media, private=self._private)
        if (small := with_small_numbers(self._blog, plan.numbers)) is not None:
            self._blog = small
            plan = make_plan(small, with_media=with_media, private=self._private)
        xml = Xml()
        places = MediaPlaces(self._blog, self._sink, options.media_base, self._missing, plan.full)
        writer = ItemWriter(
            xml,
            plan,
            self._blog.terms(),
            private=self._private,
            password=options.password,
            steady=bare,
            moved=places.moved,
            linked=options.url_map.in_text,
        )
        begin = head(
            self._blog, plan, xml, private=self._private, bare=bare, rendered=0 if bare else plan.rendered
        )
        shelf = Blobs()
        parts = Parts(self._sink, options.name, head=begin, tail=TAIL, split=options.split)
        try:
            with parts:
                if with_media:
                    yield from self._shelve(writer, shelf, places)
                yield from self._posts(plan, writer, shelf, parts)
                parts.finish()
        finally:
            shelf.close()
        self.report.files += len(parts.files) + places.copied
        self.report.facts["files"] = list(parts.files)
        self.report.facts["import"] = _ADVICE
        yield from self._account(plan, writer, xml, parts)

    def _posts(
        self, plan: Plan, writer: ItemWriter, shelf: Blobs, parts: Parts
    ) -> Iterator[Progress | Notice]:
        kept = plan.numbers if self._options.only == "all" else frozenset[int]()
        kin = Kin(plan, parts, shelf, writer.stub, writer.picture)
        bare = self._options.only == "comments"
        try:
            for done, post in enumerate(map(plan.under_parent, self._blog.posts()), 1):
                if done % _EVERY == 0:
                    yield Progress("posts", done, plan.posts)
                placed = self._arranged(post, writer)
                if bare and not placed:
                    continue
                self.report.posts += 1
                self.report.comments += len(placed)
                writer.notes["undated"] += post.date is None
                if bare:
                    parts.add(writer.stub(post, self._apart(placed, writer), typed=True))
                    continue
                record = writer.post(post, placed, kept, pictured=not self._options.split)
                if self._options.split:
                    kin.put(post, plan.number(post.id, post.url), record)
                else:
                    parts.add(record)
            for page, comments in commented_media(self._blog) if bare else ():
                placed = self._apart(self._placed(comments, writer), writer)
                parts.add(writer.stub(page, placed, typed=True))
                self.report.comments += len(placed)
            kin.finish()
        finally:
            kin.close()
        yield Progress("posts", plan.posts, plan.posts)

    def _arranged(self, post: Post, writer: ItemWriter) -> list[Placed]:
        if self._options.only == "posts" or not self._options.comments:
            return []
        return self._placed(self._blog.comments(post), writer)

    def _apart(self, placed: list[Placed], writer: ItemWriter) -> list[Placed]:
        """No two of one name at one second: under a post that is there, ``comment_exists()`` finds the first.

        It looks at all comments of the blog; two posts that one page links to get two such pingbacks.
        """
        apart = []
        for one in placed:
            name, date = one.comment.author.name.strip().casefold(), one.comment.date
            moved = date
            while moved is not None and hash((name, moved.replace(tzinfo=None))) in self._met:
                moved += timedelta(seconds=1)
            if moved is not None:
                self._met.add(hash((name, moved.replace(tzinfo=None))))
            if moved != date:
                writer.notes["same-name-and-date"] += 1
            apart.append(
                one if moved == date else replace(one, comment=structs.replace(one.comment, date=moved))
            )
        return apart

    def _placed(self, comments: list[Comment], writer: ItemWriter) -> list[Placed]:
        thread = arrange(comments, self._number)
        writer.notes["orphans"] += thread.orphans
        writer.notes["circles"] += thread.circles
        writer.notes["renumbered"] += thread.renumbered
        return thread.placed

    def _number(self) -> int:
        self._fresh += 1
        return self._fresh

    def _shelve(self, writer: ItemWriter, shelf: Blobs, places: MediaPlaces) -> Iterator[Progress | Notice]:
        for done, media in enumerate(self._blog.media(), 1):
            if media.id is None and self._options.media_base is None:
                self._tell("not-in-library", "media", "files in texts stay where they are", sum_up=True)
                continue
            if places.is_spare(media):
                continue
            address, path = places.place(media)
            if not address:
                self._tell("missing-media", f"media {media.id}", "no address of the file is known", loss=True)
                continue
            placed = self._arranged(media_page(media), writer) if media.id is not None else []
            self.report.comments += len(placed)
            record = writer.media(media, placed, address, path)
            shelf.put(media.id or -done, record)
            if done % _EVERY == 0:
                yield Progress("media", done)

    def _missing(self, where: str) -> None:
        self._tell("missing-media", where, "not in the archive: the old address stays")

    def _account(self, plan: Plan, writer: ItemWriter, xml: Xml, parts: Parts) -> Iterator[Notice]:
        bare = self._options.only == "comments"
        notes = dict(writer.notes)
        notes["rendered"] = 0 if bare else plan.rendered
        for kind, count in sorted(notes.items()):
            if count:
                self._tell(kind, parts.files[0], _LONG[kind], count=count, loss=kind in _LOSSES)
        for where, count in itertools.islice(sorted(xml.illegal.items()), _NAMED):
            detail = "characters that XML does not allow are left out"
            self._tell("illegal-characters", where, detail, count=count)
        if len(xml.illegal) > _NAMED:
            detail = "more items with characters that XML does not allow"
            self._tell("illegal-characters", parts.files[0], detail, count=len(xml.illegal) - _NAMED)
        if plan.shifts:
            wish = (
                "share title and second with another: the importer puts their comments under the first"
                if bare
                else "shared title and second with another and would be taken for it: moved by seconds"
            )
            kind = "comments-elsewhere" if bare else "same-title-and-date"
            self._tell(kind, parts.files[0], wish, count=len(plan.shifts), loss=bare)
        for term in [] if bare else mistaken(self._blog.terms().values()):
            detail = "its slug is the name of another one: taken for that by the importer, or put at the top"
            self._tell("term-mistaken", f"{term.taxonomy} {term.slug}", detail, loss=True)
        for kind in sorted(set(plan.types) - _BUILT_IN):
            detail = "the importer takes it only where this type is registered"
            self._tell("custom-type", kind, detail, count=plan.types[kind])
        if parts.oversized:
            detail = "items are larger than a file may be"
            self._tell("oversized", parts.files[0], detail, count=parts.oversized)
        yield from self.report.notices

    def _tell(
        self, kind: str, where: str, detail: str, *, count: int = 1, loss: bool = False, sum_up: bool = False
    ) -> None:
        notices = self.report.notices
        if sum_up and notices and notices[-1].kind == kind:
            count += notices.pop().count
        notices.append(Notice(kind=kind, where=where, detail=detail, count=count, loss=loss))
