"""Comments for the systems that people move to: what all of them have in common.

Only approved comments of public posts go out; pingbacks only where asked for. E-mail addresses and IPs go out
only where the user asked for them by name; systems that tell people apart by e-mail get an invented one under
``.invalid`` (RFC 2606), the same for the same name and website.
"""

from __future__ import annotations

import hashlib
import re
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from wpexport.export.base import Blog, ExportReport, Notice, Progress, commented_media
from wpexport.export.urlmap import UrlMap
from wpexport.export.wxr.parts import Parts, Sink
from wpexport.export.wxr.plan import Private
from wpexport.export.wxr.texts import comment as stored_text
from wpexport.export.wxr.threads import Placed, Thread, arrange
from wpexport.model import Comment, Markup, Personal, Post

_FRESH = 1_000_000_000
_EVERY = 200
#: where nothing better is known, a comment is as old as its post, or as time itself
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PINGS = frozenset({"pingback", "trackback"})
_NOTHING = Personal(id=0, of="comment")

_DETAILS = {
    "orphans": "comments answer one that is not exported; they answer the page now",
    "circles": "comments answered themselves; they answer the page now",
    "flattened": "answers to answers stand under their thread's first comment: there is one level only",
    "undated": "comments have no date; their post's is taken",
    "no-address": "posts with comments have no address to tie them to",
    "empty": "comments are empty",
    "address-kept": "pages keep their old address: no rule of --url-map fits",
    "padded": "comments were shorter than three characters; dots were added",
    "illegal-characters": "characters that XML does not allow are left out",
}


@dataclass(frozen=True, slots=True)
class CommentOptions:
    """What can be chosen for an export of comments."""

    #: the file; empty for the system's usual one
    name: str = ""
    #: gives the new address of a page for its old one
    url_map: UrlMap = field(default_factory=UrlMap)
    #: pingbacks and trackbacks go out as comments
    pings: bool = False
    #: the name of the site in the new system (Remark42 and Artalk ask for it)
    site: str = ""
    #: bytes that no file is to exceed, for systems that take several
    split: int | None = None


class CommentExporter(ABC):
    """Writes all comments for one system. Implements `wpexport.export.base.Exporter`; see the subclasses."""

    #: the usual file name
    name = "comments.json"
    #: how the file is imported, and what that does
    advice = ""
    #: levels of answers that the system knows; None for all
    levels: int | None = None
    #: bytes that a file may have
    split: int | None = None

    def __init__(
        self,
        blog: Blog,
        sink: Sink,
        options: CommentOptions | None = None,
        *,
        private: Private | None = None,
    ) -> None:
        """Prepare.

        Args:
            blog: read once.
            sink: takes the file.
            options: see `CommentOptions`.
            private: gives e-mail and IP by ``("comment", number)``, where the user asked for them.
        """
        self.report = ExportReport()
        self.blog = blog
        self.options = options or CommentOptions()
        self.notes: Counter[str] = Counter()
        self._sink = sink
        self._private = private
        self._fresh = _FRESH

    def run(self) -> Iterator[Progress | Notice]:
        """Write everything.

        Raises:
            OSError: the disk is full, or the sink is not writable.
        """
        name = self.options.name or self.name
        split = self.options.split or self.split
        with Parts(self._sink, name, head=self.head, tail=self.tail(), split=split) as parts:
            for done, post in enumerate(self.blog.posts(), 1):
                if done % _EVERY == 0:
                    yield Progress("posts", done)
                if post.status == "publish" and not post.password_protected:
                    for record in self._records(post, self.blog.comments(post)):
                        parts.add(record)
            for page, comments in commented_media(self.blog):
                for record in self._records(page, comments):
                    parts.add(record)
            for record in self.last():
                parts.add(record)
            parts.finish()
        self.report.files = len(parts.files)
        self.report.facts["files"] = list(parts.files)
        self.report.facts["import"] = self.advice.format(file=parts.files[0])
        yield from self._account(parts.files[0])

    def head(self, number: int) -> bytes:
        """The bytes before the records of a file."""
        del number
        return b""

    def tail(self) -> bytes:
        """The bytes after the records of a file."""
        return b""

    def last(self) -> Iterator[bytes]:
        """Records after all comments."""
        return iter(())

    @abstractmethod
    def page(self, post: Post, address: str, placed: list[Placed]) -> Iterator[bytes]:
        """The records of one page, which has comments."""

    def person(self, comment: Comment) -> Personal:
        """What may be told of a commenter; nothing where the user did not ask."""
        if self._private is None or comment.id is None:
            return _NOTHING
        return self._private("comment", comment.id) or _NOTHING

    def time(self, comment: Comment, post: Post) -> datetime:
        """When a comment was written, in UTC."""
        if comment.date is None:
            self.notes["undated"] += 1
        return (comment.date or post.date or _EPOCH).astimezone(UTC)

    def _records(self, post: Post, there: list[Comment]) -> Iterator[bytes]:
        comments = [comment for comment in there if self._wanted(comment)]
        if not comments:
            return
        if not post.url:
            self.notes["no-address"] += len(comments)
            return
        thread = arrange(comments, self._number)
        self._note(thread)
        self.report.posts += 1
        self.report.comments += len(comments)
        yield from self.page(post, self._moved(post.url), thread.placed)

    def _moved(self, url: str) -> str:
        new = self.options.url_map.new(url)
        self.notes["address-kept"] += bool(self.options.url_map) and new is None
        return url if new is None else new

    def _wanted(self, comment: Comment) -> bool:
        reason = None
        if comment.status != "approved":
            reason = "not approved"
        elif comment.type in _PINGS and not self.options.pings:
            reason = "pingbacks"
        elif comment.type == "note":
            reason = "editors' notes"
        if reason:
            left_out = self.report.left_out
            left_out[reason] = left_out.get(reason, 0) + 1
        return reason is None

    def _note(self, thread: Thread) -> None:
        self.notes["orphans"] += thread.orphans
        self.notes["circles"] += thread.circles
        if self.levels is not None:
            self.notes["flattened"] += sum(placed.depth > self.levels for placed in thread.placed)

    def _number(self) -> int:
        self._fresh += 1
        return self._fresh

    def _account(self, where: str) -> Iterator[Notice]:
        notices = self.report.notices
        for kind, count in sorted(self.notes.items()):
            if count:
                lost = kind == "no-address"
                notices.append(Notice(kind=kind, where=where, detail=_DETAILS[kind], count=count, loss=lost))
        notices.append(Notice(kind="how-to", where=where, detail=self.report.facts["import"]))
        yield from notices


def identity(comment: Comment, person: Personal) -> str:
    """A stable key of a commenter: by e-mail if known, else by name and website."""
    known = comment.author.user
    seen = f"user {known}" if known else person.email or f"{comment.author.name}\0{comment.author.url or ''}"
    return hashlib.sha256(seen.encode("utf-8", "replace")).hexdigest()[:40]


def invented_email(comment: Comment) -> str:
    """An address that reaches nobody, the same for the same commenter."""
    return f"{identity(comment, _NOTHING)[:16]}@noreply.invalid"


def as_html(comment: Comment) -> str:
    """A comment as HTML: rendered by WordPress, or its source with paragraphs made of blank lines."""
    if comment.content.html is not None:
        return comment.content.html.strip()
    text = stored_text(Comment(content=Markup(raw=comment.content.raw or ""))).strip()
    paragraphs = [part.replace("\n", "<br />\n") for part in re.split(r"\n{2,}", text.replace("\r\n", "\n"))]
    return "\n".join(f"<p>{part}</p>" for part in paragraphs if part)
