"""Records as the elements of a WXR, as WordPress' ``wp-admin/includes/export.php`` writes them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from wpexport.export.wxr.plan import Plan, Private
from wpexport.export.wxr.texts import caption, content, description, excerpt, title, typed_title
from wpexport.export.wxr.texts import comment as comment_source
from wpexport.export.wxr.threads import Placed
from wpexport.export.wxr.xml import ZERO, Xml, local_time, mail_time, stored_slug, utc_time
from wpexport.model import Comment, Media, Post, Reference, Term
from wpexport.text.php import stored

APPROVED = {"approved": "1", "hold": "0"}
#: written by `wpexport.sources.wxr`: these values are several rows, not one array
REPEATED = "meta_repeated"
#: not published yet: WordPress keeps no GMT time for them, unless somebody chose a date
_UNPUBLISHED = frozenset({"draft", "pending", "auto-draft"})
#: meta of WordPress itself in which links stand: a menu's own, and footnotes as JSON
_WITH_LINKS = frozenset({"_menu_item_url", "footnotes"})
#: shown instead of a post that a comments-only file did not find
_PLACEHOLDER = "<!-- wpexport: no post of this title and date was found here; its comments are below. -->"


@dataclass(frozen=True, slots=True)
class Item:
    """The parts of an item that posts and media share."""

    number: int
    title: str
    link: str
    creator: str
    guid: str
    content: str
    excerpt: str
    date: datetime | None
    modified: datetime | None
    status: str
    slug: str
    type: str
    parent: int = 0
    comment_status: str = "closed"
    ping_status: str = "closed"
    menu_order: int = 0
    password: str = ""
    sticky: bool = False
    attachment_url: str | None = None


class ItemWriter:
    """Turns records into item elements; counts in ``notes`` what could not be carried over."""

    def __init__(
        self,
        xml: Xml,
        plan: Plan,
        terms: Mapping[int, Term],
        *,
        private: Private | None = None,
        password: str | None = None,
        steady: bool = False,
        moved: Callable[[str], str] = str,
        linked: Callable[[str], str] = str,
    ) -> None:
        """Prepare.

        Args:
            xml: writes, and counts what XML does not allow.
            plan: the first pass.
            terms: all terms by number.
            private: gives e-mails and addresses, where the user asked for them.
            password: a new one for posts that had one.
            steady: dates stay as they are also where two posts look the same to the importer.
            moved: rewrites links to media files where the importer does so once more.
            linked: rewrites all other links in a text.
        """
        self._xml = xml
        self._plan = plan
        self._terms = terms
        self._private = private
        self._password = password
        self._steady = steady
        self._moved = moved
        self._linked = linked
        #: by kind of notice
        self.notes: Counter[str] = Counter()

    def post(
        self,
        post: Post,
        comments: list[Placed],
        media: frozenset[int] | set[int],
        *,
        pictured: bool = True,
    ) -> bytes:
        """A post of any type with its comments.

        Args:
            post: the post.
            comments: its comments.
            media: the numbers of the media that go out.
            pictured: whether it names its featured image; else a stub does, later.
        """
        number = self._plan.number(post.id, post.url)
        self._xml.at(f"{post.type} {number}")
        status, password = self._lock(post)
        item = replace(
            self._skeleton(post, title(post)),
            content=self._linked(self._moved(content(post.content))),
            excerpt=self._linked(excerpt(post)),
            status=status,
            password=password,
            sticky=post.sticky,
        )
        inner = self._categories(post) + self._post_meta(post, media, pictured=pictured)
        return self._item(item, inner + "".join(map(self._comment, comments)))

    def stub(self, post: Post, comments: Sequence[Placed] = (), *, typed: bool = False) -> bytes:
        """Title, date and type of a post that is there already, for comments and children to attach to.

        Args:
            post: the post.
            comments: to attach.
            typed: the title as it was probably typed, for a post that did not come from this export.
        """
        item = self._skeleton(post, _sought(typed_title(post) if typed else title(post)))
        return self._item(item, "".join(map(self._comment, comments)))

    def picture(self, post: Post) -> bytes:
        """A stub that gives a post which is there already its featured image."""
        return self._item(
            self._skeleton(post, _sought(title(post))), self._meta(_thumbnail(post), {}, "wp:postmeta")
        )

    def _skeleton(self, post: Post, name: str) -> Item:
        return Item(
            number=self._plan.number(post.id, post.url),
            title=name,
            link=post.url or "",
            creator=self._plan.login(post.author),
            guid=post.guid or post.url or "",
            content=_PLACEHOLDER,
            excerpt="",
            date=post.date,
            modified=post.modified,
            # A post that is found keeps its status; one that is not must not appear in public.
            status="draft",
            slug=post.slug,
            type=post.type,
            parent=post.parent or 0,
            # The API says it of no type that takes no comments, and feeds of none at all.
            comment_status=post.comment_status or _usual(post),
            ping_status=post.ping_status or _usual(post),
            menu_order=post.menu_order,
        )

    def media(self, media: Media, comments: Sequence[Placed], address: str, path: str | None) -> bytes:
        """An attachment.

        Args:
            media: the record.
            comments: on its page.
            address: where the importer fetches the file.
            path: below ``uploads/``, which also tells the importer year and month.
        """
        number = self._plan.number(media.id, media.url or media.source_url)
        self._xml.at(f"media {number}")
        meta = dict(media.meta)
        if path:
            meta.setdefault("_wp_attached_file", path)
        if media.alt_text:
            meta["_wp_attachment_image_alt"] = media.alt_text
        if media.details:
            meta["_wp_attachment_metadata"] = media.details
        # The importer rewrites links to the guid as well: there the texts' own address belongs.
        moved = media.source_url and address != media.source_url
        item = Item(
            number=number,
            title=title(media),
            link=media.url or "",
            creator=self._plan.login(media.author),
            guid=(media.source_url if moved else media.guid or media.source_url) or "",
            content=self._linked(self._moved(description(media))),
            excerpt=self._linked(caption(media)),
            date=media.date,
            modified=media.modified,
            status=media.status,
            slug=media.slug,
            type="attachment",
            parent=media.post or 0,
            comment_status=str(media.extra.get("comment_status") or "closed"),
            ping_status=str(media.extra.get("ping_status") or "closed"),
            attachment_url=address,
        )
        terms = media.extra.get("terms")
        found = filter(None, map(self._term, terms)) if isinstance(terms, list) else ()
        inner = "".join(self._category(*term) for term in found) + self._meta(
            meta, media.extra, "wp:postmeta"
        )
        return self._item(item, inner + "".join(map(self._comment, comments)))

    def _lock(self, post: Post) -> tuple[str, str]:
        """Status and password: what was behind a password must not come out from behind it."""
        if not post.password_protected:
            return post.status, ""
        if self._password:
            return post.status, self._password
        if post.status == "publish":
            self.notes["password-unknown"] += 1
            return "private", ""
        return post.status, ""

    def _item(self, item: Item, inner: str) -> bytes:
        shift = self._plan.shifts.get(item.number, 0)
        if shift and item.date and not self._steady:
            item = replace(item, date=item.date + timedelta(seconds=shift))
        x = self._xml
        modified = item.modified or item.date
        gmt = ZERO if item.status in _UNPUBLISHED and modified == item.date else utc_time(item.date)
        lines = [
            x.cdata("title", item.title),
            x.plain("link", item.link),
            x.plain("pubDate", mail_time(item.date)),
            x.cdata("dc:creator", item.creator),
            f'<guid isPermaLink="false">{x.escape(item.guid)}</guid>\n',
            "<description></description>\n",
            x.cdata("content:encoded", item.content),
            x.cdata("excerpt:encoded", item.excerpt),
            x.plain("wp:post_id", item.number),
            x.cdata("wp:post_date", local_time(item.date)),
            x.cdata("wp:post_date_gmt", gmt),
            x.cdata("wp:post_modified", local_time(modified)),
            x.cdata("wp:post_modified_gmt", utc_time(modified)),
            x.cdata("wp:comment_status", item.comment_status),
            x.cdata("wp:ping_status", item.ping_status),
            x.cdata("wp:post_name", stored_slug(item.slug)),
            x.cdata("wp:status", item.status),
            x.plain("wp:post_parent", item.parent),
            x.plain("wp:menu_order", item.menu_order),
            x.cdata("wp:post_type", item.type),
            x.cdata("wp:post_password", item.password),
            x.plain("wp:is_sticky", int(item.sticky)),
        ]
        if item.attachment_url is not None:
            lines.append(x.cdata("wp:attachment_url", item.attachment_url))
        return ("<item>\n" + "".join(lines) + inner + "</item>\n").encode()

    def _categories(self, post: Post) -> str:
        lines = [self._category(*found) for term in post.terms if (found := self._term(term))]
        if post.format and post.format != "standard":
            slug = f"post-format-{post.format}"
            lines.append(self._category("post_format", slug, post.format.capitalize()))
        return "".join(lines)

    def _term(self, term: int | Reference) -> tuple[str, str, str] | None:
        if isinstance(term, int):
            known = self._terms.get(term)
            if known is None:
                self.notes["term-unknown"] += 1
                return None
            return known.taxonomy, known.slug or f"term-{known.id}", known.name
        if term.taxonomy is None:
            self.notes["taxonomy-unknown"] += 1
        name = term.name or term.slug or ""
        slug = term.slug or re.sub(r"[\s/?#&]+", "-", name.strip().lower())
        return (term.taxonomy or "category", slug, name) if slug else None

    def _category(self, taxonomy: str, slug: str, name: str) -> str:
        x = self._xml
        nicename = x.escape(stored_slug(slug))
        inner = x.clean(name).replace("]]>", "]]]]><![CDATA[>")
        domain = x.escape(taxonomy)
        return f'<category domain="{domain}" nicename="{nicename}"><![CDATA[{inner}]]></category>\n'

    def _post_meta(self, post: Post, media: frozenset[int] | set[int], *, pictured: bool) -> str:
        meta = dict(post.meta)
        if post.featured_media:
            if post.featured_media in media:
                meta |= _thumbnail(post) if pictured else {}
            else:
                self.notes["featured-missing"] += 1
        if post.template:
            meta.setdefault("_wp_page_template", post.template)
        for key in _WITH_LINKS & meta.keys():
            if isinstance(meta[key], str):
                meta[key] = self._linked(meta[key])
        return self._meta(meta, post.extra, "wp:postmeta")

    def _meta(self, meta: Mapping[str, Any], extra: Mapping[str, Any], name: str) -> str:
        x = self._xml
        return "".join(
            f"<{name}>\n{x.cdata('wp:meta_key', key)}{x.cdata('wp:meta_value', value)}</{name}>\n"
            for key, value in meta_rows(meta, extra, x)
        )

    def _comment(self, placed: Placed) -> str:
        x, comment = self._xml, placed.comment
        private = self._private("comment", comment.id) if self._private and comment.id else None
        rows = [
            x.plain("wp:comment_id", placed.number),
            x.cdata("wp:comment_author", comment.author.name),
            x.cdata("wp:comment_author_email", (private.email if private else None) or ""),
            # WordPress itself writes this one bare, which makes files ill-formed.
            x.plain("wp:comment_author_url", comment.author.url or ""),
            x.cdata("wp:comment_author_IP", (private.ip if private else None) or ""),
            x.cdata("wp:comment_date", local_time(comment.date)),
            x.cdata("wp:comment_date_gmt", utc_time(comment.date)),
            x.cdata("wp:comment_content", self._linked(comment_source(comment))),
            x.cdata("wp:comment_approved", APPROVED.get(comment.status, comment.status)),
            x.cdata("wp:comment_type", comment.type),
            x.plain("wp:comment_parent", placed.parent),
            x.plain("wp:comment_user_id", self._user(comment)),
            self._meta(comment.meta, comment.extra, "wp:commentmeta"),
        ]
        return "<wp:comment>\n" + "".join(rows) + "</wp:comment>\n"

    def _user(self, comment: Comment) -> int:
        user = comment.author.user
        return user if user in self._plan.logins else 0


def _usual(post: Post) -> str:
    """Whether comments are open where that is not known."""
    return "open" if post.type == "post" else "closed"


def _sought(name: str) -> str:
    """A title by which ``post_exists()`` finds a post: it takes backslashes for escapes."""
    return name.replace("\\", "\\\\")


def _thumbnail(post: Post) -> dict[str, str]:
    return {"_thumbnail_id": str(post.featured_media)}


def meta_rows(meta: Mapping[str, Any], extra: Mapping[str, Any], xml: Xml) -> Iterator[tuple[str, str]]:
    """Meta as the rows of WordPress' tables: key and stored text.

    An empty list or object is what the API says of a field that has no row: one would be a value.
    """
    repeated = extra.get(REPEATED) or ()
    for key, value in meta.items():
        for row in value if isinstance(value, list) and key in repeated else [value]:
            if row not in (None, [], {}):
                yield key, stored(row, xml.clean)
