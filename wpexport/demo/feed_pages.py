"""Feeds: which one an address means, and what WordPress puts into it (``WP_Query``, ``feed-*.php``).

Posts come in tens, by ``paged``, up to a 404 with an empty feed; of comments there are the newest ten and
no more.
"""

from __future__ import annotations

import calendar
import html
import re
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import Any, Final
from urllib.parse import unquote

from wpexport.demo.blog import POSTS, Blog, Collection, Row
from wpexport.demo.feeds import KINDS, Parts
from wpexport.demo.query import searched
from wpexport.demo.web import HOME, Answer, Request

Json = dict[str, Any]
PER_FEED: Final = 10
PATH: Final = re.compile(
    r"(?:/index\.php)?(?P<place>/.*?)??"
    r"(?:/feed(?:/(?P<kind>feed|rdf|rss|rss2|atom))?|/(?P<bare>rdf|rss|rss2|atom))/?"
)
DATE: Final = re.compile(r"/(\d{4})(?:/(\d{1,2}))?(?:/(\d{1,2}))?")
#: first part of an archive's path, and the collection whose slugs follow
ARCHIVES: Final = {"category": "categories", "tag": "tags", "course": "courses", "workshop": "workshops"}
QUERY_ARCHIVES: Final = {
    "category_name": "categories",
    "tag": "tags",
    "course": "courses",
    "workshop": "workshops",
}
NO_FEED: Final = (
    "<error>\n    <code>wp_die</code>\n    <title><![CDATA[WordPress &amp;rsaquo; Error]]></title>\n"
    "    <message><![CDATA[&lt;strong&gt;Error:&lt;/strong&gt; "
    "This is not a valid feed template.]]></message>\n"
    "    <data>\n        <status>404</status>\n    </data>\n</error>\n"
)
BUILT: Final = re.compile(r"(<lastBuildDate>)[^<]*|(<updated>)[^<]*|(<dc:date>)[^<\t]*")


@dataclass
class Wanted:
    """What a feed is asked to hold."""

    kind: str
    #: the number of the post whose comments are meant; 0 for one that is not there
    post: int | None = None
    comments: bool = False
    title: str = ""
    link: str = ""
    types: list[str] = field(default_factory=lambda: ["post"])
    term: tuple[Collection, Row] | None = None
    author: Row | None = None
    date: str = ""
    search: str = ""
    #: an archive of something that does not exist
    nothing: bool = False


class FeedPages:
    """Answers feed requests for one blog."""

    def __init__(self, blog: Blog) -> None:
        self.blog = blog

    def answer(self, request: Request) -> Answer | None:
        """A feed; None where the address is not one."""
        wanted = self.wanted(request)
        if wanted is None:
            return None
        if wanted.kind not in KINDS:
            headers = {
                "Content-Type": "text/xml; charset=UTF-8",
                "Link": f'<{HOME}/wp-json/>; rel="https://api.w.org/"',
            }
            etag = self.blog.feeds.validators["posts"].get("ETag")
            return Answer(404, headers | ({"ETag": etag} if etag else {}), NO_FEED.encode())
        validators = dict(self.blog.feeds.validators["comments" if wanted.comments else "posts"])
        if _not_modified(request, validators):
            return Answer(304, validators)
        post = self.blog.post(wanted.post) if wanted.post else None
        if post is not None and post.edit.get("password"):
            del validators["Last-Modified"]
        status, text = self.comments(wanted, request) if wanted.comments else self.posts(wanted, request)
        links = [f'<{HOME}/wp-json/>; rel="https://api.w.org/"', *([wanted.link] if wanted.link else [])]
        headers = {"Content-Type": KINDS[wanted.kind], "Link": ", ".join(links), **validators}
        return Answer(status, headers, b"" if request.method == "HEAD" else text.encode())

    # -- which one --------------------------------------------------------------------------------

    def wanted(self, request: Request) -> Wanted | None:
        """What the address means."""
        match = PATH.fullmatch(request.path)
        named = request.text("feed")
        if match is None and named is None:
            return None
        kind = named or (match and (match["kind"] or match["bare"])) or "feed"
        place = (match["place"] or "") if match else request.path.rstrip("/")
        comments = place == "/comments" or kind.startswith("comments-")
        kind = kind.removeprefix("comments-")
        wanted = Wanted({"feed": "rss2", "rss": "rss2"}.get(kind, kind), comments=comments)
        if place in ("/comments", "/index.php"):
            place = ""
        if place and not self._place(wanted, place):
            return None
        self._parameters(wanted, request)
        return wanted

    def _place(self, wanted: Wanted, place: str) -> bool:
        """Understand the path before ``/feed``; False where WordPress answers with a web page."""
        first, *rest = place.strip("/").split("/")
        date = DATE.fullmatch(place)
        if date:
            wanted.date = "-".join(part.zfill(2) for part in date.groups() if part)
        elif first in ARCHIVES and rest:
            self._term(wanted, ARCHIVES[first], rest[-1])
        elif first == "author" and rest:
            self._author(wanted, rest[-1])
        elif first == "page":  # read as "the feed of this page", which is none: an empty feed of comments
            wanted.comments, wanted.post = True, 0
        elif place == "/recipes":
            wanted.types, wanted.title = ["recipe"], "Recipes"
        else:
            row = next((row for row in self.blog.posts if row.view and _path(row) == place.strip("/")), None)
            # WordPress makes no feed rules for hierarchical custom types.
            if row is None or row.edit["type"] == "project":
                return False
            self._comments_of(wanted, row)
        return True

    def _parameters(self, wanted: Wanted, request: Request) -> None:
        for name in ("p", "page_id"):
            number = request.text(name)
            if number and number.isdigit():
                row = self.blog.post(int(number))
                wanted.comments, wanted.post = True, 0
                if row is not None:
                    self._comments_of(wanted, row)
        moment = request.text("m") or (request.text("year") or "") + (request.text("monthnum") or "").zfill(2)
        if re.fullmatch(r"\d{4}|\d{6}|\d{8}", moment) and moment.strip("0"):
            wanted.date = "-".join(part for part in (moment[:4], moment[4:6], moment[6:8]) if part.strip("0"))
        for name, collection in QUERY_ARCHIVES.items():
            if request.text(name):
                self._term(wanted, collection, request.text(name) or "")
        if (request.text("cat") or "").isdigit():
            row = self.blog.collections["categories"].find(int(request.text("cat") or 0))
            self._term(wanted, "categories", row.edit["slug"] if row else "")
        if request.text("author"):
            self._author(wanted, request.text("author") or "")
        post_type = request.text("post_type")
        if post_type in ("recipe", "project", "attachment"):
            wanted.types = [post_type]
            wanted.title = "Recipes" if post_type == "recipe" else wanted.title
        if request.text("s"):
            wanted.search = (request.text("s") or "").lower()
            wanted.title = f"Search Results for &#8220;{html.escape(request.text('s') or '')}&#8221;"

    def _comments_of(self, wanted: Wanted, row: Row) -> None:
        wanted.comments, wanted.post = True, row.id
        if row.view:
            collection = next(one for one in self.blog.collections.values() if one.find(row.id) is row)
            wanted.link = (
                f'<{HOME}/wp-json{collection.route}/{row.id}>; rel="alternate"; title="JSON"; '
                f'type="application/json", <{HOME}/?p={row.id}>; rel=shortlink'
            )

    def _term(self, wanted: Wanted, name: str, slug: str) -> None:
        collection = self.blog.collections.get(name)
        rows = collection.rows if collection else []
        row = next((row for row in rows if unquote(row.edit["slug"]) == slug), None)
        if collection is None or row is None:
            wanted.nothing = True
            return
        wanted.term = (collection, row)
        wanted.title = row.edit["name"]
        wanted.link = _json_link(collection, row)
        if name not in ("categories", "tags"):
            wanted.types = ["post", "recipe", "project"]

    def _author(self, wanted: Wanted, slug: str) -> None:
        collection = self.blog.collections["users"]
        row = next((row for row in collection.rows if slug in (row.edit["slug"], str(row.id))), None)
        if row is None:
            wanted.nothing = True
            return
        wanted.author, wanted.title, wanted.link = row, row.edit["name"], _json_link(collection, row)

    # -- posts ------------------------------------------------------------------------------------

    def posts(self, wanted: Wanted, request: Request) -> tuple[int, str]:
        """A feed of posts."""
        rows = self._rows(wanted, request)
        paged = request.text("paged") or "1"
        page = max(int(paged), 1) if paged.isdigit() else 1
        chosen = rows[(page - 1) * PER_FEED : page * PER_FEED]
        parts = self.blog.feeds.post_feed(wanted.kind)
        # No posts at all on page 1 is a good feed with nothing in it; behind the last page it is a 404.
        status = 404 if page > 1 and not chosen else 200
        titles = [wanted.title or (_date_title(wanted.date) if rows else "")]
        titles += [f"Page {page}"] if page > 1 else []
        titles = ["Page not found"] if status == 404 else titles
        built = max((row.edit["modified_gmt"] for row in chosen), default=self._last_modified())
        head = _headed(parts.head, " &#8211; ".join(title for title in titles if title), built)
        head = _at(head, request, wanted.kind)
        items = [self.blog.feeds.post_item(wanted.kind, row.edit) or "" for row in chosen]
        if wanted.kind == "rdf":
            head = _listed(head, chosen)
        return status, Parts(head, parts.tail, parts.between).joined(items)

    def _rows(self, wanted: Wanted, request: Request) -> list[Row]:
        if wanted.nothing:
            return []
        rows = [
            row
            for collection in self.blog.collections.values()
            if collection.kind == POSTS
            for row in collection.rows
            if row.edit["type"] in wanted.types and row.edit["status"] == "publish"
        ]
        if wanted.term:
            collection, term = wanted.term
            family = _with_children(collection, term)
            rows = [row for row in rows if family.intersection(row.edit.get(collection.name, []))]
        if wanted.author:
            rows = [row for row in rows if row.edit["author"] == wanted.author.id]
        if wanted.date:
            rows = [row for row in rows if row.edit["date"].startswith(wanted.date)]
        if wanted.search:
            rows = [row for row in rows if all(word in searched(row) for word in wanted.search.split())]
        field_name = {"id": "id", "modified": "modified", "title": "title"}.get(
            (request.text("orderby") or "date").lower(), "date"
        )
        upwards = (request.text("order") or "").lower() == "asc"
        return sorted(rows, key=lambda row: (_plain(row.edit[field_name]), row.id), reverse=not upwards)

    def _last_modified(self) -> str:
        return max(
            (row.edit["modified_gmt"] for row in self.blog.posts if row.view), default="1970-01-01T00:00:00"
        )

    # -- comments ---------------------------------------------------------------------------------

    def comments(self, wanted: Wanted, request: Request) -> tuple[int, str]:
        """A feed of comments: the newest ten, and no way to the others."""
        if wanted.kind == "rdf":
            wanted.kind = "rss2"
        if wanted.post is None and (request.text("paged") or "1") not in ("0", "1"):
            return self.posts(Wanted(wanted.kind, nothing=True), request)
        parts = self.blog.feeds.comment_feed(wanted.kind, wanted.post)
        if parts is None:
            parts = self._of_nothing(wanted, request)
        head = parts.head
        if wanted.kind == "rss2":
            head = _at(head, request, "rss2")
        return 200, Parts(head, parts.tail, parts.between).joined(parts.items[:PER_FEED])

    def _of_nothing(self, wanted: Wanted, request: Request) -> Parts:
        """The comments of a post that is not there: a good feed, and empty."""
        blog = self.blog.feeds.comment_feed(wanted.kind, None)
        if blog is None:
            raise KeyError(wanted.kind)
        head = re.sub(
            r"Comments for[^\t]*", "Comments on: " if wanted.kind == "rss2" else "Comments on ", blog.head
        )
        if request.text("p") or request.text("page_id"):
            head = re.sub(r"<link>[^<]*</link>", "<link></link>", head)
        return Parts(_headed(head, "", self._last_modified()), blog.tail)


def _json_link(collection: Collection, row: Row) -> str:
    route = f"{HOME}/wp-json{collection.route}/{row.id}"
    return f'<{route}>; rel="alternate"; title="JSON"; type="application/json"'


def _plain(value: Any) -> Any:
    return value["raw"].lower() if isinstance(value, dict) else value


def _path(row: Row) -> str:
    return unquote((row.view or row.edit)["link"].removeprefix(HOME).strip("/"))


def _with_children(collection: Collection, term: Row) -> set[int]:
    family = {term.id}
    for _ in collection.rows:
        family |= {row.id for row in collection.rows if row.edit.get("parent") in family}
    return family


def _date_title(date: str) -> str:
    """``2024``, ``January 2024`` or ``January 6, 2024``."""
    if len(date) <= 4:
        return date
    year, month, *day = (int(part) for part in date.split("-"))
    name = calendar.month_name[month]
    return f"{name} {day[0]}, {year}" if day else f"{name} {year}"


def _headed(head: str, title: str, built: str) -> str:
    """The head with another title before the blog's name, and another date."""
    if title:
        if title == "Page not found":
            head = re.sub(r"(<title[^>]*>)", lambda m: m.group(1) + "Page not found &#8211; ", head, count=1)
        else:
            head = re.sub(r"(<title[^>]*>)", lambda m: f"{m.group(1)}{title} &#8211; ", head, count=1)
    moment = datetime.fromisoformat(built + "+00:00")
    rfc = format_datetime(moment).replace("GMT", "+0000")

    def written(match: re.Match[str]) -> str:
        return (match[1] + rfc) if match[1] else (match[2] or match[3]) + built + "Z"

    return BUILT.sub(written, head, count=1)


def _at(head: str, request: Request, kind: str) -> str:
    """The head with the address that was asked for as its own."""
    own = HOME + request.target.replace("&", "&#038;")
    if kind == "rss2":
        return re.sub(r'(<atom:link href=")[^"]*(" rel="self")', lambda m: m[1] + own + m[2], head)
    if kind == "atom":
        return re.sub(r'(<link rel="self"[^>]*href=")[^"]*', lambda m: m[1] + own, head)
    return head


def _listed(head: str, rows: list[Row]) -> str:
    """The head of an RDF feed, which lists its items."""
    before, mark, rest = head.partition("<rdf:Seq>")
    after = rest[rest.index("</rdf:Seq>") :]
    lines = "".join(f'\t\t\t\t\t<rdf:li rdf:resource="{row.edit["link"]}"/>\n' for row in rows)
    return before + mark + "\n" + lines + "\t\t\t\t" + after


def _not_modified(request: Request, validators: dict[str, str]) -> bool:
    """Both sent: both must agree; else the one that was sent (``WP::send_headers``)."""
    etag, since = request.headers.get("if-none-match"), request.headers.get("if-modified-since")
    checks = []
    if etag is not None:
        checks.append(etag == validators.get("ETag"))
    if since is not None:
        checks.append(since == validators.get("Last-Modified"))
    return bool(checks) and all(checks)
