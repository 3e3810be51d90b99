"""What each way into a blog can carry: why two archives of one blog differ though nothing was lost.

``docs/ways.md`` is made of these tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

#: by which way a record was seen, and whether a login was in effect
Eyes = frozenset[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Gap:
    """Fields that a way leaves out, or has a default for, and why."""

    #: patterns of ``KIND.FIELD``; the kind of posts that are neither posts nor pages is ``posts/TYPE``
    fields: tuple[str, ...]
    #: a clause for people, without a stop
    why: str
    #: ``silent``: only where the way says nothing; ``own``: also where it says something of its own;
    #: ``invents``: where it says something and the other archive nothing
    when: Literal["silent", "own", "invents"] = "silent"
    #: only of posts behind a password
    protected: bool = False


#: for whoever looks without a login, whatever the way
VISITOR: Sequence[Gap] = (
    Gap(("*.raw", "*.title_raw"), "a visitor is not shown what the author typed"),
    Gap(
        ("posts*.content.*", "posts*.excerpt.*"),
        "a text behind a password is shown to no visitor",
        protected=True,
    ),
    Gap(
        ("media.extra.exif_orientation", "media.extra.image_quality", "media.extra.image_save_progressive"),
        "the API shows it to a login alone",
    ),
    Gap(("personal.*",), "e-mail and IP addresses are shown to no visitor"),
)
_UNREGISTERED = Gap(("*.meta.*",), "the API shows those custom fields alone that somebody registered")
GAPS: dict[str, Sequence[Gap]] = {
    "rest": (
        _UNREGISTERED,
        Gap(
            (
                "posts/*.author",
                "posts/*.comment_status",
                "posts/*.ping_status",
                "posts/*.excerpt.*",
                "posts/*.featured_media",
            ),
            "the API leaves out what a custom type does not support",
        ),
        Gap(("*.details.*",), "the API has its own form of a picture's details"),
    ),
    "wpcom": (
        _UNREGISTERED,
        Gap(("*.extra.*", "*.title_html", "terms.url"), "WordPress.com's API does not say it"),
    ),
    "feed": (
        Gap(("posts*.excerpt.*",), "a feed makes an excerpt of its own", when="own"),
        Gap(
            (
                *("posts*.parent", "posts*.featured_media", "posts*.sticky", "posts*.format"),
                *("posts*.menu_order", "posts*.template", "posts*.comment_status", "posts*.ping_status"),
                *("posts*.title_html", "posts*.meta.*", "posts*.extra.*", "posts*.slug", "posts*.modified"),
            ),
            "a feed does not say it of a post",
        ),
        Gap(
            ("comments.author.user", "comments.type", "comments.meta.*", "comments.extra.*"),
            "a feed does not say it of a comment",
        ),
        Gap(("comments.parent",), "a feed does not say what a comment answers that was deleted"),
        Gap(("comments.author.name",), "a feed has a name for who gave none", when="invents"),
    ),
    "wxr": (
        Gap(("*.extra.title_raw",), "the titles of an export file are as they are stored"),
        Gap(("*.html",), "an export file holds what the author typed, not what a visitor is shown"),
        Gap(("authors.*", "terms.url", "comments.url"), "an export file does not say it"),
        Gap(("*.meta.*",), "an export file leaves out custom fields that have their default value"),
        Gap(("*.extra.*",), "an export file holds nothing that plugins add to the API"),
        Gap(("*.details.*",), "an export file holds a picture's details as they are stored"),
        Gap(("personal.user_agent", "personal.extra.*"), "an export file does not say it"),
    ),
}


def gaps(way: str, *, login: bool) -> Iterable[Gap]:
    """What a way leaves out."""
    yield from GAPS.get(way, ())
    if not login and way != "wxr":
        yield from VISITOR


def gap(name: str, eyes: Eyes, *, protected: bool = False) -> Gap | None:
    """Why none of these eyes can see a field; None where one of them can.

    Args:
        name: ``KIND.FIELD``.
        eyes: all by which an archive was filled.
        protected: of a post behind a password.
    """
    found: Gap | None = None
    for way, login in sorted(eyes):
        mine = next((g for g in gaps(way, login=login) if _names(g, name) and g.protected <= protected), None)
        if mine is None:
            return None
        found = found or mine
    return found


def _names(gap: Gap, name: str) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in gap.fields)
