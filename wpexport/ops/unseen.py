"""Why an archive does not hold a record that another archive of the same blog holds."""

from __future__ import annotations

from wpexport.archive.places import PUBLIC_STATUSES
from wpexport.model import Author, Comment, Media, Personal, Post
from wpexport.ops.accounts import Account, collection
from wpexport.ops.pairing import Record

#: types of comments by which sites tell each other of links
LINKBACKS = frozenset({"pingback", "trackback"})
_PERSONAL = "e-mail and IP addresses are shown to no visitor"
_HIDDEN_POST = "it belongs to a post that no visitor is shown, or that is behind a password"


def why_unseen(kind: str, record: Record, holder: Account, other: Account) -> str | None:
    """Why ``other`` cannot hold it, as a clause; None where it should.

    Args:
        kind: of the record.
        record: as ``holder`` has it.
    """
    key = collection(kind, record)
    who = other.eyes(key)
    if not who:
        # By the same way it would have been listed, were it there: a plugin that registers it may be missing.
        return None if other.could_list(key, holder.eyes(key)) else "the other way has no list of these"
    if _status(record, holder) == "trash" and ("wxr", False) not in who:
        return "it lies in the trash"
    post = holder.post(record.post) if isinstance(record, Comment | Media | Personal) else None
    if not any(login or way == "wxr" for way, login in who):
        hidden = _hidden(record, post, holder, other.ways(key))
        if hidden is not None:
            return hidden
    person = isinstance(record, Author) or (isinstance(record, Personal) and record.of == "author")
    if person and record.id not in holder.writers:
        return "the other way names those alone who wrote something"
    if isinstance(record, Comment) and record.status == "spam":
        return "it is spam, which is in no export file"
    urls = [getattr(record, "url", None), post.url if post is not None else None]
    return (
        "the other way cannot reach it, and its pull says so" if other.missed(key, record.id, *urls) else None
    )


def _status(record: Record, holder: Account) -> str:
    """The status of a record; published where it has none. Of a private side it is that of its comment."""
    if isinstance(record, Personal) and record.of == "comment":
        found = holder.comments.get(record.id)
        return found.status if found is not None else "approved"
    return str(getattr(record, "status", "publish"))


def _hidden(record: Record, post: Post | None, holder: Account, ways: set[str]) -> str | None:
    """What no visitor is shown."""
    if isinstance(record, Personal):
        return _PERSONAL
    if isinstance(record, Post) and record.status not in PUBLIC_STATUSES:
        return "what is not published is shown to no visitor"
    if isinstance(record, Comment) and record.status != "approved":
        return "comments that wait are shown to no visitor"
    if isinstance(record, Comment) and ways == {"rest"} and _may_be_linkback(record, holder):
        return "the API shows pingbacks and trackbacks to no visitor"
    if post is not None and (post.status not in PUBLIC_STATUSES or post.password_protected):
        return _HIDDEN_POST
    return None


def _may_be_linkback(comment: Comment, holder: Account) -> bool:
    """A feed does not tell trackbacks from comments; each has the address of another site's page."""
    by_feed = holder.ways("comments") == {"feed"} and comment.parent is None and bool(comment.author.url)
    return comment.type in LINKBACKS or by_feed
