"""Feeds of a fake blog, written from its rows around the heads of the recorded ones."""

from __future__ import annotations

import html
from datetime import datetime
from email.utils import format_datetime
from typing import Any, Final

from wpexport.demo.blog import Blog, Row
from wpexport.demo.feeds import Feeds, Parts
from wpexport.demo.web import HOME

RSS: Final = """<item>
		<title>{title}</title>
		<link>{link}</link>
		<dc:creator><![CDATA[{author}]]></dc:creator>
		<pubDate>{rfc}</pubDate>
{terms}		<guid isPermaLink="false">{guid}</guid>
		<description><![CDATA[{excerpt}]]></description>
		<content:encoded><![CDATA[{content}]]></content:encoded>
		<wfw:commentRss>{link}feed/</wfw:commentRss>
		<slash:comments>{count}</slash:comments>
	</item>"""
ATOM: Final = """<entry>
		<author><name>{author}</name></author>
		<title type="html"><![CDATA[{title}]]></title>
		<link rel="alternate" type="text/html" href="{link}" />
		<id>{guid}</id>
		<updated>{modified}Z</updated>
		<published>{date}Z</published>
{terms}		<summary type="html"><![CDATA[{excerpt}]]></summary>
		<content type="html" xml:base="{link}"><![CDATA[{content}]]></content>
		<thr:total>{count}</thr:total>
	</entry>"""
RDF: Final = """<item rdf:about="{link}">
	<title>{title}</title>
	<link>{link}</link>
	<dc:creator><![CDATA[{author}]]></dc:creator>
	<dc:date>{date}Z</dc:date>
{terms}	<description><![CDATA[{excerpt}]]></description>
	<content:encoded><![CDATA[{content}]]></content:encoded>
	</item>"""
RSS_COMMENT: Final = """<item>
		<title>
		{title}		</title>
		<link>{link}</link>
		<dc:creator><![CDATA[{author}]]></dc:creator>
		<pubDate>{rfc}</pubDate>
		<guid isPermaLink="false">{guid}#comment-{id}</guid>
		<description><![CDATA[{content}]]></description>
		<content:encoded><![CDATA[{content}]]></content:encoded>
	</item>"""
ATOM_COMMENT: Final = """<entry>
		<title>
		{title}		</title>
		<link rel="alternate" href="{link}" type="text/html" />
		<author><name>{author}</name></author>
		<id>{guid}#comment-{id}</id>
		<updated>{date}Z</updated>
		<published>{date}Z</published>
		<content type="html" xml:base="{link}"><![CDATA[{content}]]></content>
		<thr:in-reply-to ref="{guid}{above}" href="{post}{above}" type="text/html" />
	</entry>"""
FORM: Final = '<form action="/wp-login.php?action=postpass" class="post-password-form" method="post"></form>'
TERM: Final = {
    "rss2": "\t\t<category><![CDATA[{}]]></category>\n",
    "atom": '\t\t<category scheme="' + HOME + '" term="{}" />\n',
    "rdf": "\t\t<dc:subject><![CDATA[{}]]></dc:subject>\n",
}


def rfc(moment: str) -> str:
    """A moment as RSS writes it."""
    return format_datetime(datetime.fromisoformat(moment + "+00:00"))


class FakeFeeds(Feeds):
    """The feeds of one fake blog."""

    blog: Blog

    @classmethod
    def around(cls, recorded: Feeds) -> FakeFeeds:
        """Take the heads of the recorded feeds; `blog` is set when there is one."""
        return cls(recorded.texts, recorded.validators)

    def renamed(self, parts: Parts | None) -> Parts:
        """Recorded parts, with this blog's name and without items."""
        assert parts is not None
        head = parts.head.replace("Tuulisaari Light", self.blog.index["name"])
        return Parts(head, parts.tail, parts.between)

    def post_feed(self, kind: str) -> Parts:
        return self.renamed(self.parts(f"post.{kind}"))

    def post_item(self, kind: str, post: dict[str, Any]) -> str | None:
        protected = bool(post.get("password"))
        ids = {number for base in ("categories", "tags") for number in post.get(base, [])}
        terms = [
            row
            for base in ("categories", "tags")
            for row in self.blog.collections[base].rows
            if row.id in ids
        ]
        summary = post["excerpt"]["rendered"] or post["content"]["rendered"][:200]
        said = {
            **self._common(post),
            "title": ("Protected: " if protected else "") + post["title"]["rendered"],
            "modified": post["modified_gmt"],
            "guid": post["guid"]["rendered"],
            "author": self._author(post["author"]),
            "excerpt": "There is no excerpt because this is a protected post." if protected else summary,
            "content": FORM if protected else post["content"]["rendered"],
            "terms": "".join(TERM[kind].format(html.escape(row.edit["name"])) for row in terms),
            "count": sum(1 for _ in self._comments(post["id"])),
        }
        return {"rss2": RSS, "atom": ATOM, "rdf": RDF}[kind].format(**said)

    def comment_feed(self, kind: str, post: int | None) -> Parts | None:
        if post is not None and self.blog.post(post) is None:
            return None
        parts = self.renamed(self.parts(f"comments.{kind}"))
        template = {"rss2": RSS_COMMENT, "atom": ATOM_COMMENT}[kind]
        parts.items = [template.format(**self._comment(row, post)) for row in self._comments(post)]
        return parts

    def _comments(self, post: int | None) -> list[Row]:
        rows = [
            row
            for row in self.blog.collections["comments"].rows
            if row.edit["status"] == "approved" and row.edit["post"] == (post or row.edit["post"])
        ]
        if post is None:  # those of private posts are only in the feed of the post itself
            seen = {row.id for row in self.blog.posts if row.view}
            rows = [row for row in rows if row.edit["post"] in seen]
        return sorted(rows, key=lambda row: (row.edit["date_gmt"], row.id), reverse=True)

    def _comment(self, row: Row, post: int | None) -> dict[str, Any]:
        under = self.blog.post(row.edit["post"])
        parent = row.edit["parent"]
        title = under.edit["title"]["rendered"] if under else ""
        author = row.edit["author_name"]
        protected = bool(under and under.edit.get("password"))
        return {
            **self._common(row.edit),
            "id": row.id,
            "title": f"By: {author}" if post else f"Comment on {title} by {author}",
            "author": author,
            "guid": under.edit["guid"]["rendered"] if under else f"{HOME}/?p={row.edit['post']}",
            "post": under.edit["link"] if under else HOME,
            "above": f"#comment-{parent}" if parent else "",
            "content": FORM if protected else row.edit["content"]["rendered"],
        }

    def _common(self, edit: dict[str, Any]) -> dict[str, Any]:
        return {"link": edit["link"], "date": edit["date_gmt"], "rfc": rfc(edit["date_gmt"])}

    def _author(self, number: int) -> str:
        row = self.blog.collections["users"].find(number)
        return str(row.edit["name"]) if row else ""
