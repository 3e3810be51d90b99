"""Titles and summaries, as a reader would call a post."""

from __future__ import annotations

import re

from wpexport.model import Post
from wpexport.text.markdown import plain_text

_SPACE = re.compile(r"\s+")
# What WordPress and its themes put behind an excerpt that they cut themselves.
_CUT = re.compile(
    r"\s*(?:\[(?:\u2026|\.\.\.)\]|\u2026|\.\.\.|(?:Continue reading|Read more|Weiterlesen).{0,80})\Z"
)
# how many of them follow each other at most, and how many letters one has
_CUTS, _CUT_LENGTH = 4, 120
_LENGTH = 60
# how much HTML is likely to hold so many letters, and some more, so that a cut end does not matter
_MUCH, _MORE, _MARGIN = 2, 600, 100


def title_of(post: Post) -> str:
    """The title; where there is none, the text's beginning, the slug, or the number."""
    title = _SPACE.sub(" ", post.title).strip()
    if title:
        return title
    words = plain_text(post.content.html or post.excerpt.html or "").split()
    start = ""
    for word in words:
        if len(start) + len(word) > _LENGTH:
            return (start or word[:_LENGTH]) + "\u2026"
        start = f"{start} {word}".strip()
    return start or post.slug or (f"Untitled {post.id}" if post.id is not None else "Untitled")


def summary_of(post: Post) -> str | None:
    """The excerpt, unless WordPress made it from the text."""
    if post.excerpt.raw is not None:
        return plain_text(post.excerpt.raw).strip() or None
    if not post.excerpt.html or post.password_protected:
        return None
    excerpt = plain_text(post.excerpt.html).strip()
    bare = _SPACE.sub("", _uncut(excerpt))
    return None if not bare or _begins(post.content.html or "", bare) else excerpt


def _uncut(excerpt: str) -> str:
    for _ in range(_CUTS):
        excerpt = excerpt.rstrip()
        found = _CUT.search(excerpt, max(0, len(excerpt) - _CUT_LENGTH))
        if found is None:
            break
        excerpt = excerpt[: found.start()]
    return excerpt


def _begins(html: str, bare: str) -> bool:
    """Does this text begin with those letters? Mostly a part of it says so; the whole takes long to parse."""
    start = html[: _MUCH * len(bare) + _MORE]
    if len(start) < len(html):
        text = _letters(start)
        # what was cut through is at the end
        if len(text) >= len(bare) + _MARGIN and text.startswith(bare):
            return True
    return _letters(html).startswith(bare)


def _letters(html: str) -> str:
    return _SPACE.sub("", plain_text(html))
