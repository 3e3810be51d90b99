"""Comments for the systems that read a dialect of WXR: Isso and Disqus."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wpexport.export.base import Blog
from wpexport.export.comment_systems.base import CommentExporter, CommentOptions, invented_email
from wpexport.export.wxr.parts import Sink
from wpexport.export.wxr.plan import Private
from wpexport.export.wxr.texts import comment as stored_text
from wpexport.export.wxr.texts import content
from wpexport.export.wxr.threads import Placed
from wpexport.export.wxr.xml import Xml, utc_time
from wpexport.model import Post

_TAIL = b"</channel>\n</rss>\n"


class XmlCommentExporter(CommentExporter):
    """What both dialects share."""

    name = "comments.xml"
    #: attributes of the root element
    spaces = ""

    def __init__(
        self, blog: Blog, sink: Sink, options: CommentOptions | None = None, *, private: Private | None = None
    ) -> None:
        super().__init__(blog, sink, options, private=private)
        self.xml = Xml()

    def head(self, number: int) -> bytes:
        """The root and the channel's beginning: the namespace stands within the first KiB."""
        del number
        site = self.blog.site()
        opening = f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" {self.spaces}>\n<channel>\n'
        inner = self.xml.plain("title", site.name) + self.xml.plain("link", site.home)
        return (opening + inner).encode()

    def tail(self) -> bytes:
        """The channel's end."""
        return _TAIL

    def last(self) -> Iterator[bytes]:
        """Nothing more to write, but something to count."""
        self.notes["illegal-characters"] += sum(self.xml.illegal.values())
        return iter(())

    def title(self, post: Post, address: str) -> str:
        """A title that is never empty: a page without one would be skipped."""
        return self.xml.clean(post.title).strip() or post.slug or address


class Isso(XmlCommentExporter):
    """WXR as Isso wants it. Source: ``isso/migrate.py`` 0.14; tried by really importing.

    An element without text is None to Isso and stops it where it expects text: text, IP and date are never
    empty here.
    """

    name = "isso.xml"
    advice = (
        "TZ=UTC isso -c isso.cfg import -t wordpress {file} (without TZ=UTC times are taken for those of the "
        "importing machine). Isso shows one level of answers."
    )
    levels = 1
    spaces = (
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wp="http://wordpress.org/export/1.2/"'
    )

    def page(self, post: Post, address: str, placed: list[Placed]) -> Iterator[bytes]:
        """One item a page."""
        x = self.xml
        title = self.title(post, address)
        lines = ["<item>\n", x.plain("title", title), x.plain("link", address)]
        for one in placed:
            comment = one.comment
            person = self.person(comment)
            text = stored_text(comment)
            self.notes["empty"] += not text.strip()
            lines += [
                "<wp:comment>\n",
                x.plain("wp:comment_id", one.number),
                x.cdata("wp:comment_author", comment.author.name or "Anonymous"),
                x.cdata("wp:comment_author_email", person.email or ""),
                x.plain("wp:comment_author_url", comment.author.url or ""),
                x.cdata("wp:comment_author_IP", person.ip or "0.0.0.0"),  # noqa: S104 (nobody's address)
                x.cdata("wp:comment_date_gmt", utc_time(self.time(comment, post))),
                x.cdata("wp:comment_content", x.clean(text).strip() or " "),
                x.cdata("wp:comment_approved", "1"),
                x.plain("wp:comment_parent", one.parent),
                "</wp:comment>\n",
            ]
        yield "".join([*lines, "</item>\n"]).encode()


class Disqus(XmlCommentExporter):
    """Disqus' dialect of WXR. Source: help.disqus.com, article 1717222.

    All elements must be there even if empty; a message has three characters at least; people who share an
    e-mail address get one name; a file stays below 50 MB.
    """

    name = "disqus.xml"
    advice = (
        "import.disqus.com > WordPress (WXR), file by file, starting with {file}. "
        "The identifier of each page is the WordPress plugin's: its number and guid."
    )
    split = 45_000_000
    spaces = (
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dsq="http://www.disqus.com/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.0/"'
    )

    def page(self, post: Post, address: str, placed: list[Placed]) -> Iterator[bytes]:
        """One item a page."""
        x = self.xml
        lines = [
            "<item>\n",
            x.plain("title", self.title(post, address)),
            x.plain("link", address),
            x.cdata("content:encoded", content(post.content)),
            x.plain("dsq:thread_identifier", f"{post.id or ''} {post.guid or post.url}".strip()),
            x.plain("wp:post_date_gmt", utc_time(post.date or self.time(placed[0].comment, post))),
            x.plain("wp:comment_status", "closed" if post.comment_status == "closed" else "open"),
        ]
        for one in placed:
            comment = one.comment
            person = self.person(comment)
            lines += [
                "<wp:comment>\n",
                x.plain("wp:comment_id", one.number),
                x.plain("wp:comment_author", comment.author.name or "Anonymous"),
                x.plain("wp:comment_author_email", person.email or invented_email(comment)),
                x.plain("wp:comment_author_url", comment.author.url or ""),
                x.plain("wp:comment_author_IP", person.ip or ""),
                x.plain("wp:comment_date_gmt", utc_time(self.time(comment, post))),
                x.cdata("wp:comment_content", self._message(stored_text(comment))),
                x.plain("wp:comment_approved", 1),
                x.plain("wp:comment_parent", one.parent),
                "</wp:comment>\n",
            ]
        yield "".join([*lines, "</item>\n"]).encode()

    def _message(self, text: str) -> str:
        text = self.xml.clean(text).strip()
        short = 3 - len(re.sub(r"\s+", "", text))
        if short > 0:
            self.notes["padded"] += 1
            text += "." * short
        return text
