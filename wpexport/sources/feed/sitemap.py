"""The site's own list of addresses: a second witness for feeds, and the only one for pages.

Core writes ``wp-sitemap.xml`` since 5.5 (wp-includes/sitemaps/); plugins that replace it use
``sitemap_index.xml`` and names like ``page-sitemap.xml`` (Yoast SEO, Rank Math).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice

from wpexport.net import Http, NetError, Response
from wpexport.net.failures import Stopped
from wpexport.sources.feed.ask import ours
from wpexport.text.addresses import locations

_CORE = re.compile(r"/wp-sitemap-posts-([a-z0-9_-]{1,20})-\d+\.xml$")
_CORE_QUERY = re.compile(r"[?&]sitemap=posts&sitemap-subtype=([a-z0-9_-]{1,20})&")
_PLUGIN = re.compile(r"/([a-z0-9_-]{1,20}?)-sitemap\d*\.xml$")
#: sitemaps of plugins say what they list in their names alone; these two are surely of posts
_SURE = frozenset({"post", "page"})
#: an index that is larger is no blog's
_MOST = 500
#: addresses in one sitemap, by its protocol (sitemaps.org)
_LARGEST = 50_000
#: addresses that are kept in memory; a site that lists more is a trap, or read by REST
MOST_ADDRESSES = 500_000


@dataclass(slots=True)
class Sitemap:
    """The addresses of a site's posts by type, as far as it lists them."""

    posts: dict[str, list[str]] = field(default_factory=dict)
    #: a type was listed to its end
    whole: dict[str, bool] = field(default_factory=dict)


def read(http: Http, home: str) -> Sitemap:
    """Read the sitemaps of posts. Nothing is raised for a site without one.

    Raises:
        Stopped: the client was closed.
    """
    found = Sitemap()
    for name in ("wp-sitemap.xml", "sitemap_index.xml", "?sitemap=index"):
        index = _locations(http, home + name, home)
        if index is None:
            continue
        for url in index[:_MOST]:
            sure = _CORE.search(url) or _CORE_QUERY.search(url)
            plugin = _PLUGIN.search(url)
            kind = sure[1] if sure else plugin[1] if plugin and plugin[1] in _SURE else None
            if kind is None:
                continue
            room = MOST_ADDRESSES - sum(map(len, found.posts.values()))
            addresses = _locations(http, url, home) if room > 0 else None
            there = found.posts.setdefault(kind, [])
            there += [a for a in addresses or () if a.rstrip("/") != home.rstrip("/")][:room]
            whole = addresses is not None and len(addresses) <= min(room, _LARGEST)
            found.whole[kind] = found.whole.get(kind, True) and whole
        if len(index) > _MOST:
            found.whole = dict.fromkeys(found.posts, False)
        if found.posts:
            break
    return found


def _locations(http: Http, url: str, home: str) -> list[str] | None:
    """The addresses that a sitemap lists, one more than it may hold at most; None where there is none."""
    try:
        response: Response = http.get(url, accept="application/xml, */*;q=0.1", attempts=2)
    except Stopped:
        raise
    except NetError:
        return None
    text = response.body.decode("utf-8", "replace")
    if (
        response.status != 200
        or response.blocked
        or not re.search(r"<(?:sitemapindex|urlset)[\s>]", text[:4096])
    ):
        return None
    return [ours(url, home) for url in islice(locations(text), _LARGEST + 1)]
