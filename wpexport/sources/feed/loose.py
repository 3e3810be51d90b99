"""The last resort for a feed that stays ill-formed after all mending: feedparser's tolerant parser."""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping
from typing import Any

from wpexport.sources.feed.decode import NotFeed
from wpexport.sources.feed.entries import Entry, Feed, Kind


def parse_loosely(text: str) -> Feed:
    """Read what can be read.

    Its sanitiser and its resolving of addresses are off: both rewrite the HTML. Bytes are wrapped, since it
    opens a file or an address of that name otherwise.

    Raises:
        NotFeed: nothing of a feed was found, or feedparser gave up (kurtmckee/feedparser 277 and 599).
    """
    import feedparser

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found: Mapping[str, Any] = feedparser.parse(
                io.BytesIO(text.encode("utf-8", "replace")),
                response_headers={"content-type": "application/xml; charset=utf-8"},
                sanitize_html=False,
                resolve_relative_uris=False,
            )
    except Exception as error:
        raise NotFeed(f"it is too damaged to be read ({type(error).__name__})") from error
    version = str(found.get("version") or "")
    entries = [_entry(entry) for entry in found.get("entries", ())]
    if not version and not entries:
        raise NotFeed("it is too damaged to be read")
    head: Mapping[str, Any] = found.get("feed", {})
    return Feed(
        _kind(version),
        title=str(head.get("title") or ""),
        description=str(head.get("subtitle") or ""),
        home=head.get("link"),
        language=head.get("language"),
        generator=str(head.get("generator") or ""),
        entries=entries,
        loose=True,
    )


def _kind(version: str) -> Kind:
    if version.startswith("atom"):
        return "atom"
    return "rdf" if version in ("rss10", "rss090") else "rss"


def _entry(found: Mapping[str, Any]) -> Entry:
    content = found.get("content") or [{}]
    detail = found.get("title_detail") or {}
    reply = found.get("thr_in-reply-to") or {}
    authors = [(str(a.get("name") or ""), a.get("href")) for a in found.get("authors") or ()]
    total = str(found.get("slash_comments") or found.get("thr_total") or "")
    replies = [
        link.get("href")
        for link in found.get("links") or ()
        if link.get("rel") == "replies" and link.get("type") == "application/atom+xml"
    ]
    return Entry(
        title=" ".join(str(found.get("title") or "").split()),
        title_html=detail.get("type") != "text/plain",
        url=found.get("feedburner_origlink") or found.get("link"),
        guid=found.get("id"),
        published=found.get("published"),
        # Its ``[]`` and ``get`` give the time of publication for a time of change that is not said.
        updated=dict(found).get("updated"),
        authors=[(name, url) for name, url in authors if name],
        categories=[str(t.get("term") or "") for t in found.get("tags") or ()],
        summary=found.get("summary"),
        content=content[0].get("value"),
        total=int(total) if total.isdecimal() and len(total) < 10 else None,
        replies=found.get("wfw_commentrss") or next(iter(replies), None),
        reply_to=reply.get("ref") if isinstance(reply, Mapping) else None,
    )
