"""What a site is and what a pull would bring, with nothing pulled."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from wpexport.errors import SourceError
from wpexport.model import Site
from wpexport.net import Http, NetError, Response
from wpexport.net.failures import Stopped
from wpexport.ops.closers import closed_by
from wpexport.sources.base import Capabilities, Login, Offer, Source
from wpexport.sources.feed.discovery import find
from wpexport.sources.ladder import Ladder
from wpexport.sources.registry import open_source

_LOOK = 512 * 1024
#: header, what its value must hold, who sends it
_HOSTS: Sequence[tuple[str, str, str]] = (
    ("cf-ray", "", "Cloudflare"),
    ("x-sucuri-id", "", "Sucuri"),
    ("x-iinfo", "", "Imperva"),
    ("x-amz-cf-id", "", "Amazon CloudFront"),
    ("x-served-by", "cache-", "Fastly"),
    ("x-akamai-transformed", "", "Akamai"),
    ("host-header", "wordpress.com", "WordPress.com"),
    ("x-hacker", "", "Automattic (WordPress.com, VIP or Pressable)"),
    ("x-powered-by", "wp engine", "WP Engine"),
    ("x-kinsta-cache", "", "Kinsta"),
    ("x-pantheon-styx-hostname", "", "Pantheon"),
    ("x-proxy-cache-info", "", "SiteGround"),
    ("x-litespeed-cache", "", "a page cache (LiteSpeed)"),
    ("x-varnish", "", "a page cache (Varnish)"),
    ("x-cache-handler", "cache-enabler", "a page cache (Cache Enabler)"),
    ("x-wp-super-cache", "", "a page cache (WP Super Cache)"),
)
#: signs in a page's source of a cache, a builder of languages, a network of sites
_PAGES: Sequence[tuple[re.Pattern[bytes], str]] = (
    (re.compile(rb"This website is like a Rocket|data-rocket-"), "a page cache (WP Rocket)"),
    (re.compile(rb"Performance optimized by W3 Total Cache"), "a page cache (W3 Total Cache)"),
    (re.compile(rb"WP-Super-Cache on|Dynamic page generated in"), "a page cache (WP Super Cache)"),
    (re.compile(rb"Page cached by LiteSpeed|LiteSpeed Cache"), "a page cache (LiteSpeed)"),
)
_LANGUAGES: Sequence[tuple[str, re.Pattern[bytes], str]] = (
    ("pll/", re.compile(rb"/plugins/polylang"), "Polylang"),
    ("wpml/", re.compile(rb"/plugins/sitepress-multilingual-cms|content=\"WPML"), "WPML"),
    ("trp/", re.compile(rb"/plugins/translatepress"), "TranslatePress"),
    ("weglot/", re.compile(rb"cdn\.weglot\.com|/plugins/weglot"), "Weglot"),
)
_MULTISITE = re.compile(rb"/wp-content/(?:uploads/sites/\d+|blogs\.dir/\d+)/")
_GENERATOR = re.compile(
    rb"<meta\b[^<>]*?\bname=[\"']generator[\"'][^<>]{1,200}?content=[\"']WordPress ([0-9][0-9.]{0,12})", re.I
)
_FEED_VERSION = re.compile(r"\?v=([0-9][0-9A-Za-z.-]{0,20})$")


@dataclass(frozen=True, slots=True)
class Seen:
    """One collection as a pull would read it."""

    key: str
    label: str
    #: None where it is closed
    way: str | None
    #: how many by the source's own account
    expected: int | None = None
    #: why it cannot be read, or not by the best way, as one sentence
    closed: str | None = None
    #: who closes it, as far as that can be told
    by: str | None = None
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Probe:
    """The whole picture of a site."""

    address: str
    site: Site
    #: the best way in
    way: str
    #: of WordPress, where the site tells
    version: str | None = None
    #: hosts, networks and caches between us and WordPress
    hosting: Sequence[str] = ()
    #: it is one of several of a network; None where nothing says so
    multisite: bool | None = None
    #: plugins that give it several languages
    languages: Sequence[str] = ()
    #: of the REST API; None where it could not be used
    root: str | None = None
    #: of the posts feed; None where there is none
    feed: str | None = None
    #: why the REST API or the feeds cannot be used: way -> sentence
    refused: Mapping[str, str] = field(default_factory=dict)
    collections: Sequence[Seen] = ()
    #: a login that was checked to be in effect
    login: Login | None = None
    #: what no visitor is shown
    login_adds: Sequence[str] = ()


def probe(http: Http, address: str, *, via: str | None = None) -> Probe:
    """Find out what a site is and has.

    Args:
        http: paced client, with the credentials if there are any.
        address: what the user typed.
        via: the only way to look at.

    Raises:
        SourceError: no way leads in.
        LoginError: the login is refused or ignored.
        UsageError: the address, or ``via``, cannot be meant.
    """
    source = open_source(http, address, via=via)
    able = source.capabilities()
    site = source.site()
    front = _front(http, site.home)
    refused: dict[str, str] = {}
    feed, version = _feed(http, site.home, refused) if via in (None, "feed") else (None, None)
    if able.way != "rest" and via is None:
        refused.setdefault("rest", _why_not_rest(http, address))
    body = front.body[:_LOOK] if front is not None else b""
    headers = {k.lower(): v for k, v in front.headers.items()} if front is not None else {}
    generator = _GENERATOR.search(body)
    return Probe(
        address=address,
        site=site,
        way=able.way,
        version=generator[1].decode("ascii") if generator else version,
        hosting=_hosting(headers, body, site),
        multisite=True if _MULTISITE.search(body) else None,
        languages=_languages(body, site),
        root=site.root if able.way in ("rest", "wpcom") else None,
        feed=feed,
        refused=refused,
        collections=_collections(source, able),
        login=able.login,
        login_adds=tuple(able.invisible) if able.login is None else (),
    )


def _collections(source: Source, able: Capabilities) -> list[Seen]:
    if not isinstance(source, Ladder):
        return [_seen(offer, able.way, offer.closed) for offer in able.offers]
    return [
        _seen(o, source.way_of(o.collection), o.closed or source.refused.get(o.collection.key))
        for o in able.offers
    ]


def _seen(offer: Offer, way: str, closed: str | None) -> Seen:
    what = offer.collection
    by = closed_by(closed) if closed else None
    return Seen(what.key, what.label, None if offer.closed else way, offer.expected, closed, by, offer.status)


def _front(http: Http, home: str) -> Response | None:
    try:
        return http.get(home, accept="text/html, */*;q=0.5", attempts=2)
    except Stopped:
        raise
    except NetError:
        return None


def _feed(http: Http, home: str, refused: dict[str, str]) -> tuple[str | None, str | None]:
    """The feed's address, and the version of WordPress that it names."""
    try:
        found = find(http, home)
    except SourceError as error:
        refused["feed"] = str(error)
        return None, None
    version = _FEED_VERSION.search(found.feed.generator)
    return found.first.url, version[1] if version else None


def _why_not_rest(http: Http, address: str) -> str:
    from wpexport.sources.rest import open_rest

    try:
        open_rest(http, address).capabilities()
    except SourceError as error:
        return str(error)
    return ""


def _hosting(headers: Mapping[str, str], body: bytes, site: Site) -> list[str]:
    found = [who for name, part, who in _HOSTS if part in headers.get(name, "\0").lower() and name in headers]
    found += [who for pattern, who in _PAGES if pattern.search(body)]
    if (urlsplit(site.home).hostname or "").endswith(".wordpress.com"):
        found.insert(0, "WordPress.com")
    server = headers.get("server", "").partition("/")[0].strip()
    if server and server.lower() not in ("cloudflare", "wpexport-demo"):
        found.append(f"server: {server[:40]}")
    return list(dict.fromkeys(found))


def _languages(body: bytes, site: Site) -> list[str]:
    spaces = site.extra.get("namespaces")
    names = [str(n) for n in spaces] if isinstance(spaces, list) else []
    return [
        plugin
        for prefix, pattern, plugin in _LANGUAGES
        if any(name.startswith(prefix) for name in names) or pattern.search(body)
    ]
