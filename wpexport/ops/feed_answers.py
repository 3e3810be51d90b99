"""Journalled feeds read again, offline: the posts and comments in an answer.

What `wpexport.sources.feed` does while it asks, as far as one answer tells it: a post's number is that of the
stored post of this address, or else what its ``guid`` says; the further pages of a text are in no feed.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import tzinfo
from urllib.parse import parse_qs

from wpexport.archive.archive import Archive
from wpexport.archive.format import POSTS
from wpexport.archive.journal import Entry
from wpexport.archive.records import read_record, record_paths
from wpexport.errors import ArchiveDamaged
from wpexport.model import Post, Reference, Site
from wpexport.sources.base import Batch, Collection, View
from wpexport.sources.feed import entries, normalise, parse
from wpexport.sources.feed.ask import number_in, ours
from wpexport.sources.feed.comments import place_of
from wpexport.sources.feed.decode import NotFeed
from wpexport.sources.feed.discovery import of_comments
from wpexport.sources.feed.normalise import Setting
from wpexport.text.addresses import parted

_COMMENTS = Collection("comments", "comments", "Comments")


class FeedAnswers:
    """Reads the feeds that one site once gave.

    Args:
        site: what it is.
        zone: the time zone of its dates.
        posts: the numbers of stored posts, by `place_of` their addresses.
    """

    def __init__(self, site: Site, zone: tzinfo, posts: Mapping[str, int]) -> None:
        self._home = site.home
        self._zone = zone
        self._posts = posts

    def batches(self, entry: Entry) -> list[Batch]:
        """The records of an answer; none where it is no feed."""
        try:
            feed = parse.parse(entry.body.encode("utf-8", "replace"))
        except NotFeed:
            return []
        if of_comments(feed):
            return self._comments(feed)
        return self._of_posts(feed, entry.url)

    def _of_posts(self, feed: entries.Feed, url: str) -> list[Batch]:
        asked = parse_qs(parted(url).query).get("post_type", ["post"])[0]
        made: dict[tuple[str, frozenset[str]], Batch] = {}
        for item in feed.entries:
            guid = item.guid or ""
            kind = "page" if "page_id=" in guid else asked
            post = normalise.post(item, feed, Setting(self._home, self._zone, kind), self._number(item))
            if post is None:
                continue
            fields = normalise.post_fields(item, feed, protected=post.password_protected)
            what = Collection("posts", kind, kind)
            batch = made.setdefault((kind, fields), Batch(what, View("feed", fields=fields)))
            batch.records.append(post)
        return list(made.values())

    def _number(self, item: entries.Entry) -> int | None:
        url = ours(item.url, self._home) if item.url else ""
        return self._posts.get(place_of(url)) or number_in(item.guid or "", self._home)

    def _comments(self, feed: entries.Feed) -> list[Batch]:
        setting = Setting(self._home, self._zone)
        batch = Batch(_COMMENTS, View("feed", fields=normalise.comment_fields(feed)))
        for item in feed.entries:
            url = ours(item.url or item.guid or "", self._home).partition("#")[0]
            where = self._posts.get(place_of(url))
            made = normalise.comment(item, feed, setting, where if where is not None else Reference(url=url))
            if made is not None and not normalise.is_form(item.content):
                batch.records.append(made)
        return [batch] if batch.records else []


def known_posts(archive: Archive) -> dict[str, int]:
    """The numbers of all stored posts, by their addresses."""
    found = {}
    for bag in (archive.root, archive.private):
        for _, path in record_paths(bag / POSTS):
            with suppress(ArchiveDamaged):
                post = read_record(path, Post)
                if post.id is not None and post.url:
                    found[place_of(post.url)] = post.id
    return found
