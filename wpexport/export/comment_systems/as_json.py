"""Comments for the systems that read JSON: Remark42, Commento and Comentario, Artalk."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from wpexport.export.base import Blog
from wpexport.export.comment_systems.base import (
    CommentExporter,
    CommentOptions,
    as_html,
    identity,
    invented_email,
)
from wpexport.export.wxr.parts import Sink
from wpexport.export.wxr.plan import Private
from wpexport.export.wxr.texts import comment as stored_text
from wpexport.export.wxr.threads import Placed
from wpexport.model import Post


class Remark42(CommentExporter):
    """Remark42's own JSON lines ("native"): nothing is lost.

    Source: ``backend/app/migrator/native.go`` and ``backend/app/store/comment.go`` of umputun/remark42.
    """

    name = "remark42.jsonl"
    advice = (
        "remark42 import -p native -f {file} -s SITE. It deletes the comments that the site has there: "
        "import before the first visitor comments."
    )

    def head(self, number: int) -> bytes:
        """The line of metadata."""
        del number
        return _line({"version": 1, "users": [], "posts": []})

    def page(self, post: Post, address: str, placed: list[Placed]) -> Iterator[bytes]:
        """One line a comment."""
        for one in placed:
            comment = one.comment
            key = identity(comment, self.person(comment))
            user: dict[str, Any] = {"name": comment.author.name or "Anonymous", "id": f"wordpress_{key}"}
            user |= {"picture": "", "admin": False, "verified": False}
            yield _line(
                {
                    "id": str(one.number),
                    "pid": str(one.parent) if one.parent else "",
                    "text": as_html(comment),
                    "user": user,
                    "locator": {"site": self.options.site or "remark", "url": address},
                    "score": 0,
                    "vote": 0,
                    "time": _rfc3339(self.time(comment, post)),
                    "imported": True,
                    "title": post.title,
                }
            )


class Commento(CommentExporter):
    """Commento's export format, version 1, which Comentario and others read too.

    Source: ``api/domain_import_commento.go`` of commento/commento, by way of Remark42's reader of it.
    """

    name = "commento.json"
    advice = "Commento or Comentario: Dashboard > the domain > Import > Commento, with the address of {file}."

    def __init__(
        self, blog: Blog, sink: Sink, options: CommentOptions | None = None, *, private: Private | None = None
    ) -> None:
        super().__init__(blog, sink, options, private=private)
        self._people: dict[str, dict[str, Any]] = {}
        self._first = True

    def head(self, number: int) -> bytes:
        """The beginning of the document."""
        del number
        return b'{"version":1,"comments":[\n'

    def tail(self) -> bytes:
        """The end of the document."""
        return b"}\n"

    def page(self, post: Post, address: str, placed: list[Placed]) -> Iterator[bytes]:
        """One object a comment."""
        for one in placed:
            comment = one.comment
            time = _rfc3339(self.time(comment, post))
            person = self.person(comment)
            key = identity(comment, person)
            who: dict[str, Any] = {"commenterHex": key, "email": person.email or invented_email(comment)}
            who |= {"name": comment.author.name or "Anonymous", "link": comment.author.url or "undefined"}
            who |= {"photo": "undefined", "provider": "commento", "joinDate": time, "isModerator": False}
            self._people.setdefault(key, who)
            yield self._after(
                {
                    "commentHex": _hex(one.number),
                    "domain": "",
                    "url": address,
                    "commenterHex": key,
                    "markdown": stored_text(comment),
                    "html": as_html(comment),
                    "parentHex": _hex(one.parent) if one.parent else "root",
                    "score": 0,
                    "state": "approved",
                    "creationDate": time,
                    "direction": 0,
                    "deleted": False,
                }
            )

    def last(self) -> Iterator[bytes]:
        """The people, once all are known."""
        people = [self._people[key] for key in sorted(self._people)]
        yield b'\n],"commenters":' + json.dumps(people, ensure_ascii=False).encode("utf-8", "replace")

    def _after(self, value: dict[str, Any]) -> bytes:
        comma, self._first = (b"" if self._first else b",\n"), False
        return comma + _line(value).rstrip(b"\n")


class Artalk(CommentExporter):
    """Artalk's interchange format "Artrans": a list of objects whose values are all text."""

    name = "artrans.json"
    advice = "artalk import {file} (or Sidebar > Transfer); it asks for the site's name."

    def __init__(
        self, blog: Blog, sink: Sink, options: CommentOptions | None = None, *, private: Private | None = None
    ) -> None:
        super().__init__(blog, sink, options, private=private)
        self._first = True

    def head(self, number: int) -> bytes:
        """The beginning of the list."""
        del number
        return b"[\n"

    def tail(self) -> bytes:
        """The end of the list."""
        return b"\n]\n"

    def page(self, post: Post, address: str, placed: list[Placed]) -> Iterator[bytes]:
        """One object a comment."""
        for one in placed:
            comment = one.comment
            person = self.person(comment)
            time = f"{self.time(comment, post):%Y-%m-%d %H:%M:%S} +0000"
            value = {
                "id": str(one.number),
                "rid": str(one.parent),
                "content": stored_text(comment),
                "ua": person.user_agent or "",
                "ip": person.ip or "",
                "is_collapsed": "false",
                "is_pending": "false",
                "is_pinned": "false",
                "vote_up": "0",
                "vote_down": "0",
                "created_at": time,
                "updated_at": time,
                "nick": comment.author.name or "Anonymous",
                "email": person.email or invented_email(comment),
                "link": comment.author.url or "",
                "page_key": address,
                "page_title": post.title,
                "page_admin_only": "false",
                "site_name": self.options.site or self.blog.site().name,
                "site_urls": self.blog.site().home,
            }
            comma, self._first = (b"" if self._first else b",\n"), False
            yield comma + _line(value).rstrip(b"\n")


def _line(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"


def _rfc3339(time: datetime) -> str:
    return time.isoformat(timespec="seconds").replace("+00:00", "Z")


def _hex(number: int) -> str:
    return hashlib.sha256(f"comment {number}".encode()).hexdigest()
