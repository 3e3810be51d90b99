"""Export of all comments to one CSV file, for people with spreadsheets.

UTF-8 with a byte order mark, because Excel takes a file without one for its system's old encoding;
LibreOffice, Numbers and Google Sheets take both (in Python: ``encoding="utf-8-sig"``). Lines end as RFC 4180
says; a comment is one line of plain text.

A cell that begins with ``=``, ``+``, ``-``, ``@``, a tab or a carriage return would be run as a formula
(OWASP, "CSV Injection"): anybody can write a comment, so such a cell gets an apostrophe before it, and
is counted.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from wpexport.export.base import Blog, Exporter, ExportReport, Notice, Options, Progress, commented_media
from wpexport.export.data.rows import utc
from wpexport.export.markdown.titles import title_of
from wpexport.export.output.place import IntoPlace
from wpexport.export.wxr.parts import Parts, Sink
from wpexport.model import Comment, Post
from wpexport.text.markdown import plain_text

NAME = "comments.csv"
COLUMNS = (
    "id",
    "date",
    "date_utc",
    "author",
    "author_url",
    "text",
    "answers",
    "type",
    "status",
    "url",
    "post_id",
    "post_title",
    "post_date",
    "post_url",
)
_EVERY = 200
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
#: characters that Excel and LibreOffice hold in a cell
_CELL = 32767


class CsvExporter:
    """Writes all comments as CSV. Implements `wpexport.export.base.Exporter`."""

    def __init__(self, blog: Blog, sink: Sink, name: str = "") -> None:
        """Prepare.

        Args:
            blog: read once, from start to end.
            sink: takes the file.
            name: the file, if not ``comments.csv``.
        """
        self.report = ExportReport()
        self._blog = blog
        self._sink = sink
        self._name = name or NAME
        self._defused = 0
        self._long = 0

    def run(self) -> Iterator[Progress | Notice]:
        """Write everything.

        Raises:
            OSError: the disk is full, or the sink is not writable.
        """
        report = self.report
        done = 0
        head = b"\xef\xbb\xbf" + self._line(COLUMNS)
        with Parts(self._sink, self._name, head=lambda _number: head, tail=b"") as parts:
            for done, post in enumerate(self._blog.posts(), 1):
                self._put(post, self._blog.comments(post), parts)
                if done % _EVERY == 0:
                    yield Progress("posts", done)
            for page, comments in commented_media(self._blog):
                self._put(page, comments, parts)
            parts.finish()
        report.files = 1
        yield Progress("posts", done, done)
        detail = "cells that a spreadsheet would run as formulas have an apostrophe before them"
        if self._defused:
            report.notices.append(Notice("formula", self._name, detail, self._defused))
        if self._long:
            detail = f"texts are longer than the {_CELL} characters that a spreadsheet holds in a cell"
            report.notices.append(Notice("long-cell", self._name, detail, self._long))
        yield from report.notices

    def _put(self, post: Post, comments: list[Comment], parts: Parts) -> None:
        self.report.posts += bool(comments)
        self.report.comments += len(comments)
        for comment in comments:
            parts.add(self._line(_cells(comment, post)))

    def _line(self, cells: tuple[str, ...]) -> bytes:
        safe = []
        for cell in cells:
            risky = cell.lstrip(" \u00a0").startswith(_FORMULA)
            self._defused += risky
            self._long += len(cell) > _CELL
            safe.append(f"'{cell}" if risky else cell)
        out = io.StringIO()
        csv.writer(out, lineterminator="\r\n").writerow(safe)
        return out.getvalue().encode("utf-8", "replace")


def make_csv(blog: Blog, out: Path, options: Options, name: str) -> Exporter:
    """The factory of ``--to csv`` (`wpexport.export.registry.Factory`): a ``.csv``, a folder, an archive."""
    return IntoPlace(out, options, name, lambda sink, file: CsvExporter(blog, sink, file), ".csv")


def _cells(comment: Comment, post: Post) -> tuple[str, ...]:
    markup = comment.content
    return (
        _number(comment.id),
        comment.date.isoformat() if comment.date else "",
        utc(comment.date) or "",
        comment.author.name,
        comment.author.url or "",
        # A spreadsheet does not know NUL, and csv.reader stumbles over it.
        plain_text(markup.html if markup.html is not None else markup.raw or "").replace("\0", ""),
        _number(comment.parent),
        comment.type,
        comment.status,
        comment.url or "",
        _number(post.id),
        title_of(post),
        post.date.isoformat() if post.date else "",
        post.url or "",
    )


def _number(value: int | None) -> str:
    return str(value) if value is not None else ""
