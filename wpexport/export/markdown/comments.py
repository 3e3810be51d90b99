"""Comments as threads: inline below the text, or as data for a generator's templates.

Inline, each comment is a line that says who and when, then its text as a block quote; answers stand
inside the quote of what they answer. A quote holds whatever a stranger wrote: nothing in it can end it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from html import escape
from typing import Any, NamedTuple

from wpexport.export.base import Blog, Notice
from wpexport.export.markdown.titles import title_of
from wpexport.model import Comment, Post
from wpexport.text.blocks import autop
from wpexport.text.frontmatter import rfc3339

#: deeper answers stay at this depth and name what they answer
MAX_DEPTH = 20
PINGS = frozenset({"pingback", "trackback"})
_STATUS = {"hold": "held for moderation", "spam": "marked as spam", "trash": "in the trash"}

#: a name that is the same in HTML and in every Markdown: most are, and an eighth of an export went into them
_PLAIN = re.compile(r"[A-Za-z0-9]+(?:[ '][A-Za-z0-9]+)*\Z")

#: HTML, and a prefix for its footnotes, to Markdown
Convert = Callable[[str, str], str]


class Elsewhere(NamedTuple):
    """The text that a comment belongs to."""

    title: str
    #: its former address, which becomes a link as every other one
    url: str


@dataclass(slots=True, eq=False)
class Entry:
    """A comment in its thread, or the place of one that is gone."""

    #: None for a parent that is not there
    comment: Comment | None
    number: int | None
    depth: int = 0
    #: the parent as told, where it could not be followed
    detached: bool = False
    #: the text that a parent belongs to, where it is another one
    other: Elsewhere | None = None
    replies: list[Entry] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Threads:
    """All comments of one post: every one of them is in exactly one place."""

    roots: list[Entry]
    pings: list[Entry]
    notices: list[Notice]

    def flat(self) -> Iterator[Entry]:
        """All entries of the threads, each before its answers."""
        return _walk(self.roots)


def _walk(roots: Iterable[Entry]) -> Iterator[Entry]:
    # Without recursion: a thread may be thousands deep.
    stack = list(roots)[::-1]
    while stack:
        entry = stack.pop()
        yield entry
        stack.extend(reversed(entry.replies))


def lost_parents(posts: Iterable[Post], blog: Blog, lost: set[int]) -> Iterator[Post]:
    """The posts as they come; into ``lost`` go comments that are answered from another text."""
    for post in posts:
        comments = blog.comments(post)
        mine = {comment.id for comment in comments}
        lost.update(one.parent for one in comments if one.parent is not None and one.parent not in mine)
        yield post


def parents_elsewhere(blog: Blog, lost: set[int]) -> dict[int, Elsewhere]:
    """Where the lost comments are, by number. Everything is read, if there are any."""
    found: dict[int, Elsewhere] = {}
    for post in blog.posts() if lost else ():
        for comment in blog.comments(post):
            if comment.id in lost and comment.id is not None:
                found[comment.id] = Elsewhere(title_of(post), post.url or "")
    return found


def thread(
    comments: list[Comment], where: str, elsewhere: Callable[[int], Elsewhere | None] | None = None
) -> Threads:
    """Build the threads.

    A parent that is not there gets a place of its own, with its answers below. A comment that names
    itself, or belongs to a cycle, stands at the top. Each such case is told.

    Args:
        comments: of one post, ascending by number.
        where: what the notices name.
        elsewhere: where a comment of another text is, by its number.
    """
    entries = [Entry(comment, comment.id) for comment in comments]
    by_number = {entry.number: entry for entry in entries if entry.number is not None}
    cuts = _cuts(by_number)
    missing: dict[int, Entry] = {}
    roots: list[Entry] = []
    notices: list[Notice] = []
    for entry in entries:
        parent = entry.comment.parent if entry.comment else None
        if parent is None:
            roots.append(entry)
        elif entry.number in cuts:
            entry.detached = True
            roots.append(entry)
            notices.append(Notice("comment-cycle", where, f"comment {entry.number} answers itself"))
        elif parent in by_number:
            by_number[parent].replies.append(entry)
        else:
            if parent not in missing:
                other = elsewhere(parent) if elsewhere is not None else None
                missing[parent] = Entry(None, parent, other=other)
                roots.append(missing[parent])
                told = f"comment {parent} is not here; its answers are"
                if other is not None:
                    told = f"comment {parent} is at {other.url or other.title}; answers to it are here"
                notices.append(Notice("comment-parent", where, told))
            missing[parent].replies.append(entry)
    for root in roots:
        root.depth = 1
    for entry in _walk(roots):
        for reply in entry.replies:
            reply.depth = entry.depth + 1
    pings = [root for root in roots if _is_lone_ping(root)]
    return Threads([root for root in roots if not _is_lone_ping(root)], pings, notices)


def _is_lone_ping(root: Entry) -> bool:
    return root.comment is not None and root.comment.type in PINGS and not root.replies


def _cuts(by_number: dict[int, Entry]) -> set[int | None]:
    """Where cycles are cut: at the smallest number of each. In one pass: threads may be long."""
    cuts: set[int | None] = set()
    done: set[int] = set()
    for start in by_number:
        path: list[int] = []
        on_path: set[int] = set()
        number: int | None = start
        while number in by_number and number not in done and number not in on_path:
            path.append(number)
            on_path.add(number)
            comment = by_number[number].comment
            number = comment.parent if comment else None
        if number in on_path:
            cuts.add(min(path[path.index(number) :]))
        done |= on_path
    return cuts


def render(threads: Threads, convert: Convert) -> str:
    """Write the comments as Markdown, below headings of their own; "" where there are none."""
    blocks: list[_Block] = []
    if threads.roots:
        blocks.append(_Block("## Comments", 0, [], 0))
        blocks += [_block(entry, convert) for entry in threads.flat()]
    if threads.pings:
        blocks.append(_Block("## Pingbacks", 0, [], 0))
        blocks += [_block(entry, convert) for entry in threads.pings]
    lines: list[str] = []
    open_quotes = 0
    for block in blocks:
        if lines:
            # A blank line belongs to the quotes that go on, or it would tear them.
            lines.append(_quoted("", min(open_quotes, block.outside)))
        lines.append(_quoted(block.headline, block.outside))
        if block.text:
            lines.append(_quoted("", block.outside))
            lines += [_quoted(line, block.inside) for line in block.text]
        open_quotes = block.inside if block.text else block.outside
    return "\n".join(lines) + "\n" if lines else ""


@dataclass(frozen=True, slots=True)
class _Block:
    """A headline in so many quotes, and a text in so many."""

    headline: str
    outside: int
    text: list[str]
    inside: int


def _quoted(line: str, depth: int) -> str:
    return f"{'> ' * depth}{line}".rstrip() if depth else line


def _block(entry: Entry, convert: Convert) -> _Block:
    inside = min(entry.depth, MAX_DEPTH)
    markdown = _text(entry.comment, convert) if entry.comment else ""
    return _Block(_headline(entry, convert), inside - 1, markdown.split("\n") if markdown else [], inside)


def _text(comment: Comment, convert: Convert) -> str:
    content = comment.content
    html = content.html if content.html is not None else autop(content.raw or "")
    return convert(html, f"c{comment.id}-").strip("\n")


def _headline(entry: Entry, convert: Convert) -> str:
    """Who and when, in one line. It goes through the converter too: a name may hold anything."""
    number = entry.number
    anchor = f'<a id="comment-{number}"></a>' if number is not None else ""
    comment = entry.comment
    if comment is None and entry.other is not None:
        link = f'<a href="{escape(entry.other.url)}#comment-{number}">{escape(entry.other.title)}</a>'
        line = convert(f"<p><em>In answer to comment {number}, which is at {link}.</em></p>", "")
        # The number's anchor belongs to the comment itself.
        return " ".join(line.split())
    if comment is None:
        return f"{anchor}*Comment {number} is no longer there.*"
    name = " ".join(comment.author.name.split()) or "Anonymous"
    when = comment.date.strftime("%Y-%m-%d %H:%M") if comment.date else "undated"
    notes = []
    if comment.status not in {"approved", ""}:
        notes.append(escape(_STATUS.get(comment.status, comment.status)))
    if comment.type not in {"comment", "", *PINGS}:
        notes.append(escape(comment.type))
    if (entry.depth > MAX_DEPTH or entry.detached) and comment.parent is not None:
        notes.append(f'in answer to <a href="#comment-{comment.parent}">{comment.parent}</a>')
    if number is not None and not notes and not comment.author.url and _PLAIN.match(name):
        return f"{anchor}**{name}** · [{when}](#comment-{number})"
    name = escape(name)
    if comment.author.url:
        name = f'<a href="{escape(comment.author.url)}">{name}</a>'
    if number is not None:
        when = f'<a href="#comment-{number}">{when}</a>'
    more = f" ({', '.join(notes)})" if notes else ""
    line = convert(f"<p><strong>{name}</strong> · {when}{more}</p>", "")
    return anchor + " ".join(line.split())


def as_data(threads: Threads, convert: Convert) -> bytes:
    """Write the comments as JSON: one list in reading order, each with its depth, pings apart.

    The texts are Markdown of the same flavour as the post, safe to be rendered by the generator.
    """
    record = {
        "comments": [_datum(entry, convert) for entry in threads.flat()],
        "pings": [_datum(entry, convert) for entry in threads.pings],
    }
    return (json.dumps(record, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")


def _datum(entry: Entry, convert: Convert) -> dict[str, Any]:
    comment = entry.comment
    if comment is None:
        gone = {"id": entry.number, "depth": entry.depth, "missing": True}
        if entry.other is None:
            return gone
        told = f"In answer to comment {entry.number}, which is at {entry.other.title}."
        return {**gone, "text": told, "url": entry.other.url}
    datum = {
        "id": comment.id,
        "parent": comment.parent,
        "depth": entry.depth,
        "type": comment.type,
        "status": None if comment.status == "approved" else comment.status,
        "author": comment.author.name,
        "author_url": _web(comment.author.url),
        "author_id": comment.author.user,
        "date": rfc3339(comment.date) if comment.date else None,
        "url": comment.url,
        "text": _text(comment, convert),
    }
    return {key: value for key, value in datum.items() if value is not None}


def _web(url: str | None) -> str | None:
    """Nothing but http and https: templates write it into ``href``."""
    return url if url and url.lower().startswith(("http://", "https://")) else None
