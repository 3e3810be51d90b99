"""Items of feeds as records: pure functions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from email.utils import parsedate_to_datetime
from html import unescape
from urllib.parse import unquote

from wpexport.model import Comment, CommentAuthor, Markup, Post, Reference
from wpexport.sources.feed.ask import ours
from wpexport.sources.feed.entries import Entry, Feed
from wpexport.sources.rest import values
from wpexport.text.addresses import parted

#: what core's feeds show of a post as surely as its REST API does. Authors and terms are names here and
#: numbers there, the excerpt is another text, ``guid`` is escaped differently: new records have them, and
#: they replace nothing
POST_FIELDS = frozenset({"id", "type", "status", "url", "title", "content", "password_protected"})
#: of a comment: its author's number and its type are not told
COMMENT_FIELDS = frozenset({"id", "post", "status", "date", "content", "url"})
#: a password form stands in for the text (core ``get_the_password_form``); its title has a prefix
_BEHIND_PASSWORD = frozenset({"title", "content"})

_FORM = re.compile(
    r"<form\b[^<>]*\baction=[\"'][^\"'<>]*wp-login\.php\?action=postpass|name=[\"']post_password[\"']"
)
_COMMENT = re.compile(r"#comment-(\d{1,18})$")
_CUT = re.compile(r"\[(?:&#8230;|&hellip;|…|&#x2026;)\]\s*(?:</p>)?\s*$")
#: core's own pingbacks, exactly (class-wp-xmlrpc-server.php, ``pingback_ping``)
_PINGBACK = re.compile(r"^\s*<p>\[(?:&#8230;|…)\] .+ \[(?:&#8230;|…)\]</p>\s*$", re.S)
#: the line that core puts before a reply, in feeds alone (comment-template.php, ``get_comment_text``), in the
#: site's language
_ANSWERS = re.compile(r'^<p>[^<]{0,80}<a href="[^"<>]*#comment-(\d{1,18})">[^<]*</a>[^<]{0,40}</p>\n')
_PROTECTED = "Protected: "


@dataclass(frozen=True, slots=True)
class Setting:
    """What all items of one site share."""

    home: str
    zone: tzinfo = UTC
    type: str = "post"


def post_fields(entry: Entry, feed: Feed, *, protected: bool = False) -> frozenset[str]:
    """The fields of a post that this item shows: a theme's own template may leave out what core's has."""
    fields = POST_FIELDS | ({"date"} if entry.published else frozenset())
    fields |= {"modified"} if entry.updated and feed.kind == "atom" else frozenset()
    return fields - _BEHIND_PASSWORD if protected else fields


def comment_fields(feed: Feed) -> frozenset[str]:
    """The fields of a comment that this feed can show: Atom alone has parents (RFC 4685)."""
    return COMMENT_FIELDS | ({"parent"} if feed.kind == "atom" else frozenset())


def post(
    entry: Entry, feed: Feed, setting: Setting, number: int | None, parts: tuple[str, ...] | None = ()
) -> Post | None:
    """An item as a post; None where it has neither a number nor an address.

    Args:
        number: where it is certain.
        parts: the further pages of its text; None where there are some and they could not be had.
    """
    url = ours(entry.url, setting.home) if entry.url else None
    if number is None and url is None:
        return None
    protected = is_form(entry.content) or is_form(entry.summary)
    author = next(((name, web) for name, web in entry.authors if name), None)
    return Post(
        id=number,
        type=setting.type,
        slug=slug(url),
        url=url,
        title=_title(entry, protected=protected),
        date=moment(entry.published, setting.zone),
        modified=moment(entry.updated, setting.zone) if feed.kind == "atom" else None,
        # The address is the author's own site (core ``the_author_meta('url')``), which no reference has.
        author=Reference(name=author[0]) if author else None,
        content=_content(entry, feed, parts, protected=protected),
        excerpt=Markup(complete=False) if protected else Markup(html=entry.summary or None),
        terms=[Reference(name=name) for name in dict.fromkeys(entry.categories) if name],
        password_protected=protected,
        guid=entry.guid,
        extra=entry.extra,
    )


def _title(entry: Entry, *, protected: bool) -> str:
    title = values.plain(entry.title)[0] if entry.title_html else _once_more(entry.title)
    return title.removeprefix(_PROTECTED) if protected else title


def _once_more(text: str) -> str:
    """Titles in CDATA arrive with their entities (RSS says nothing about what they are)."""
    return unescape(text) if re.search(r"&#\d+;|&[a-z]{2,8};", text) else text


def _content(entry: Entry, feed: Feed, parts: tuple[str, ...] | None, *, protected: bool) -> Markup:
    if protected:
        return Markup(complete=False)
    if entry.content is None:
        return Markup(html=entry.summary or None, complete=False)
    whole = not feed.loose and parts is not None and _CUT.search(entry.content) is None
    # The break is the author's (REST shows it too); a feed leaves it out.
    return Markup(html="<!--nextpage-->\n".join([entry.content, *(parts or ())]), complete=whole)


def incomplete(made: Post, entry: Entry, feed: Feed) -> str | None:
    """Why a post's text is not all of it, as one phrase; None where it is, or where a password hides it."""
    if made.content.complete or made.password_protected:
        return None
    if entry.content is None:
        return "the feed shows only an excerpt of it"
    if feed.loose:
        return "the feed is damaged there, so that its text may not be exact"
    if _CUT.search(entry.content):
        return "the feed cuts its text"
    return "the feed shows only the first of its pages"


def comment(entry: Entry, feed: Feed, setting: Setting, post_: int | Reference | None) -> Comment | None:
    """An item of a comments feed; None where it has no number."""
    found = _COMMENT.search(entry.guid or "") or _COMMENT.search(entry.url or "")
    if found is None:
        return None
    name, url = next(iter(entry.authors), ("", None))
    html = entry.content if entry.content is not None else entry.summary
    parent = _COMMENT.search(entry.reply_to or "")
    answers = _ANSWERS.match(html or "")
    if (
        html
        and answers
        and (parent is None or parent[1] == answers[1])
        and not (parent is None and feed.kind == "atom")
    ):
        # Not the commenter's words. RSS names a comment's parent nowhere else.
        parent, html = answers, html[answers.end() :]
    kind = "pingback" if url and html and parent is None and _PINGBACK.match(html) else "comment"
    number = int(found[1])
    # Where the parent was deleted, core names the comment itself (get_comment() of nothing is the current).
    above = int(parent[1]) if parent and int(parent[1]) != number else None
    return Comment(
        id=number,
        post=post_,
        parent=above,
        type=kind,
        author=CommentAuthor(name=name, url=url),
        date=moment(entry.published, setting.zone),
        content=Markup(html=html, complete=not feed.loose and entry.content is not None),
        url=ours(entry.url, setting.home) if entry.url else None,
        extra=entry.extra,
    )


def is_form(html: str | None) -> bool:
    """Whether a text is the form that asks for a post's password."""
    return html is not None and _FORM.search(html) is not None


def moment(text: str | None, zone: tzinfo) -> datetime | None:
    """A time of RFC 3339 (Atom) or RFC 5322 (RSS); None for none, or for what PHP makes of a zero date."""
    text = (text or "").strip()
    if not text:
        return None
    try:
        time = datetime.fromisoformat(text) if text[:4].isdecimal() else parsedate_to_datetime(text)
        if time.tzinfo is None:
            time = time.replace(tzinfo=UTC)
        if time.year <= 1:
            return None
        return time.replace(microsecond=0).astimezone(zone)
    except (ValueError, TypeError, OverflowError):
        return None


def slug(url: str | None) -> str:
    """The last part of a permalink, where it can be a slug."""
    last = parted(url or "").path.rstrip("/").rpartition("/")[2]
    last = re.sub(r"\.(?:html?|php|aspx?)$", "", last)
    try:
        return "" if last.isdecimal() else unquote(last, errors="strict")
    except UnicodeDecodeError:
        return last
