"""Which bag a record belongs in: what nobody but the owner may see lies apart (promise 7)."""

from __future__ import annotations

from msgspec.structs import replace

from wpexport.model import Comment, Markup, Media, Post

#: what WordPress shows to a visitor; ``inherit`` is an attachment's, and a revision's, which nobody sees
PUBLIC_STATUSES = frozenset({"publish"})

#: published for their owners alone: a pattern is seen in the posts that use it, never by itself
OWNERS_TYPES = frozenset({"wp_block"})

_HIDDEN = Markup(html="", raw=None, complete=False)


def is_public(record: Post | Media, *, login: bool) -> bool:
    """Whether a visitor may see this record; what was seen without a login was seen by a visitor."""
    if not login:
        return True
    if isinstance(record, Media):
        return record.status in PUBLIC_STATUSES or record.status == "inherit"
    return record.status in PUBLIC_STATUSES and record.type not in OWNERS_TYPES


def public_face(post: Post) -> Post:
    """A password-protected post as a visitor sees it: title and dates, no text (its text lies in private)."""
    return replace(post, content=_HIDDEN, excerpt=_HIDDEN)


def has_hidden_text(post: Post) -> bool:
    """True when there is more to a post than its public face."""
    return post.password_protected and bool(post.content.html or post.content.raw)


def is_public_comment(comment: Comment) -> bool:
    """Whether a visitor may read this comment on a post that is public."""
    return comment.status == "approved"
