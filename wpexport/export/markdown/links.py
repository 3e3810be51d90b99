"""One map of the blog's addresses, and links that follow it.

Known to lead to the same place: http and https, with and without ``www.``, with and without the slash at
the end, ``?p=ID``, ``?page_id=ID``, attachment pages, the sizes that WordPress makes of a picture
(``-300x200``, ``-scaled``), Jetpack's image host (``i0.wp.com/host/path``), and what feeds and share
buttons add. An address that WordPress itself would guess (the last part is a post's slug) is guessed
as well. The map lies on a shelf: a big blog has a million addresses, and all processes look them up.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from mimetypes import guess_type
from posixpath import basename
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from msgspec.structs import asdict

from wpexport.export.markdown.places import Place, home_path
from wpexport.export.shelf import Shelf, Table
from wpexport.model import Media, MediaFile, Site, Term
from wpexport.text.names import decoded

_PHOTON = re.compile(r"i\d\.wp\.com\Z")
_SIZE = re.compile(r"(?:-\d+x\d+|-scaled|-rotated)(?=\.[A-Za-z0-9]+\Z)")
# Nearly all are: nothing to decode, to fold or to leave out.
_SIMPLE = re.compile(
    r"https?://([a-z0-9-]+(?:\.[a-z0-9-]+)*(?::(?:[1-9]\d{3}|[1-5]\d{4}))?)((?:/[A-Za-z0-9_.~-]*)*)\Z"
)
_EDITED = re.compile(r"-e\d{10,}(?=(?:-\d+x\d+)?\.[A-Za-z0-9]+\Z)")
_TAIL = re.compile(r"/(?:comment-page-\d+|amp|embed|page/\d+|\d{1,3})\Z")
_NOT_A_POST = re.compile(
    r"/(?:category|tag|author|feed|wp-content|wp-admin|wp-includes|wp-json|page|search)(?:/|\Z)"
)
_TRACKING = re.compile(
    r"(?:utm_\w+|fbclid|gclid|dclid|msclkid|mc_[ce]id|igshid|ref(?:_src)?|replytocom|share|nb|amp|noamp"
    r"|preview(?:_\w+)?|like_comment|_wpnonce|wref|fb_\w+)\Z"
)
_NUMBERS = ("p", "page_id", "attachment_id")


class StandIn(MediaFile, frozen=True, kw_only=True):
    """A smaller size of a picture, where the archive does not have the full one."""


class Target(NamedTuple):
    """Where an address leads."""

    #: ``post``, ``media``, ``address`` (a list, the front page), ``missing-media``, ``unresolved`` or
    #: ``outside``
    kind: str
    place: Place | None = None
    file: MediaFile | None = None
    #: in the built site
    address: str = ""
    fragment: str = ""


@dataclass(frozen=True, slots=True)
class _Asked:
    """An address in the form under which it is looked up."""

    key: str
    query: dict[str, str]
    fragment: str
    on_blog: bool


def _tidy_path(path: str) -> str:
    return unicodedata.normalize("NFC", decoded(path)).rstrip("/")


def _key(host: str, path: str, query: Mapping[str, str]) -> str:
    host = host.lower().removeprefix("www.")
    return f"{host}{_tidy_path(path)}" + (f"?{urlencode(sorted(query.items()))}" if query else "")


class LinkMap:
    """The blog's addresses and what they lead to."""

    def __init__(self, site: Site, shelf: Shelf | None = None) -> None:
        """An empty map of this blog. ``shelf``: where it is to lie; one of its own if None."""
        #: the path of the front page, before all addresses that begin at the root
        self.base = home_path(site)
        self._hosts: set[str] = set()
        self._roots: list[str] = []
        for url in (site.home, site.url):
            if url and (parts := _split(url)):
                host = (parts[0] or "").lower().removeprefix("www.")
                self._hosts.add(host)
                self._roots.append(host + _tidy_path(parts[1]))
        self._roots.sort(key=len, reverse=True)
        self._home = self._roots[-1] if self._roots else ""
        self._below = tuple(root + "/" for root in self._roots)
        shelf = shelf or Shelf()
        #: by numbers of our own, which the others name
        self._all_places: Table[Place] = shelf.table()
        self._all_files: Table[MediaFile] = shelf.table()
        self._count = 0
        self._places: Table[int] = shelf.table("first")
        self._numbers: Table[int] = shelf.table()
        # A slug that two posts have leads nowhere.
        self._slugs: Table[int] = shelf.table("none")
        self._files: Table[int] = shelf.table("first")
        self._file_numbers: Table[int] = shelf.table()
        self._alt_texts: Table[str] = shelf.table()
        self._addresses: Table[str] = shelf.table("first")
        self._terms: Table[str] = shelf.table()

    # -- filling ------------------------------------------------------------------------------------

    def add_home(self, address: str) -> None:
        """The front page, where it is no post."""
        for root in self._roots:
            self._addresses.put(root, address)

    def add_post(self, place: Place, number: int | None, url: str | None, slug: str) -> None:
        """A post that is part of the export."""
        own = self._shelved(self._all_places, place)
        if number is not None:
            self._numbers.put(number, own)
        if url and (asked := self._ask(url, "")) and self._number(asked) in {None, number}:
            self._places.put(asked.key, own)
        if slug:
            self._slugs.put(_tidy_path(slug), own)

    def _shelved(self, table: Table[Any], value: Any) -> int:
        self._count += 1
        table.put(self._count, value)
        return self._count

    def add_media(self, media: Media, have: Mapping[str, bool]) -> None:
        """A media record.

        Args:
            media: the record.
            have: address of each of its files to whether it is there.
        """
        own = {file.url: self._shelved(self._all_files, file) for file in media.files if have.get(file.url)}
        file = _best(media, [file for file in media.files if file.url in own])
        best = own[file.url] if file is not None else None
        if file is not None and media.source_url and file.url != media.source_url:
            best = self._shelved(self._all_files, StandIn(**asdict(file)))
        if media.id is not None:
            self._file_numbers.put(media.id, best)
            if media.alt_text:
                self._alt_texts.put(media.id, media.alt_text)
        for file in media.files:
            self._remember(file.url, own.get(file.url, best))
        urls = [media.source_url, media.url]
        sizes = media.details.get("sizes")
        if isinstance(sizes, dict):
            urls += [size.get("source_url") for size in sizes.values() if isinstance(size, dict)]
        for url in urls:
            if isinstance(url, str) and url:
                self._remember(url, best)

    def _remember(self, url: str, file: int | None) -> None:
        asked = self._ask(url, "")
        if asked and asked.key not in self._roots:
            self._files.put(asked.key, file)

    def add_term(self, term: Term, address: str) -> None:
        """A list of posts that the built site has."""
        if term.url and (asked := self._ask(term.url, "")) and not asked.query:
            self._addresses.put(asked.key, address)
        if term.id is not None:
            self._terms.put(term.id, address)

    # -- asking -------------------------------------------------------------------------------------

    def file_of(self, number: int) -> MediaFile | None:
        """The file of a media item, by its number."""
        own = self._file_numbers.get(number)
        return self._all_files[own] if own is not None else None

    def alt_text_of(self, number: int) -> str | None:
        """The alternative text of a media item, by its number."""
        found: str | None = self._alt_texts.get(number)
        return found

    def resolve(self, url: str, base: str) -> Target:
        """Find out where an address in a text leads.

        Args:
            url: as the text has it, relative or not.
            base: the address of the text.
        """
        asked = self._ask(url, base)
        if asked is None:
            return Target("outside")
        place = self._place(asked)
        if place is not None:
            return Target("post", place=place, fragment=asked.fragment)
        known, file = self._file(asked)
        if file is not None:
            return Target("media", file=file, fragment=asked.fragment)
        if known:
            return Target("missing-media")
        if not asked.on_blog:
            return Target("outside")
        address = self._address(asked)
        if address is not None:
            return Target("address", address=address, fragment=asked.fragment)
        if "/wp-content/uploads/" in asked.key or "/files/" in asked.key:
            return Target("missing-media")
        return Target("unresolved")

    def _ask(self, url: str, base: str) -> _Asked | None:
        """Bring an address into the form of the keys; None for what is none (``mailto:``)."""
        if (simple := _SIMPLE.match(url)) and not _PHOTON.match(simple[1]):
            key = simple[1].removeprefix("www.") + (simple[2] or "").rstrip("/")
            return _Asked(self._indexed(key, key), {}, "", self._is_on_blog(key))
        parts = _split(url if "://" in url[:10] else _join(base, url))
        if parts is None:
            return None
        host, path, query_text, fragment = parts
        if host and _PHOTON.match(host.lower()) and path.count("/") > 1:
            host, _, path = path[1:].partition("/")
            path, query_text = "/" + path, ""
        query = {k: v for k, v in parse_qsl(query_text, keep_blank_values=True) if not _TRACKING.match(k)}
        key = _key(host or "", path, query)
        plain = key.partition("?")[0]
        return _Asked(self._indexed(key, plain), query, fragment, self._is_on_blog(plain))

    def _is_on_blog(self, plain: str) -> bool:
        return plain in self._roots or plain.startswith(self._below)

    def _indexed(self, key: str, plain: str) -> str:
        """The front page by its file's name is the front page."""
        if plain.endswith(("/index.php", "/index.html")) and plain.rpartition("/")[0] in self._roots:
            return key.replace(plain, plain.rpartition("/")[0], 1)
        return key

    def _number(self, asked: _Asked) -> int | None:
        for name in _NUMBERS:
            if asked.query.get(name, "").isdecimal() and asked.key.partition("?")[0] in self._roots:
                return int(asked.query[name])
        return None

    def _place(self, asked: _Asked) -> Place | None:
        own = self._own_place(asked)
        return self._all_places[own] if own is not None else None

    def _own_place(self, asked: _Asked) -> int | None:
        if not asked.on_blog and not asked.query:
            return self._places.get(asked.key)
        if (number := self._number(asked)) is not None:
            return self._numbers.get(number)
        plain = asked.key.partition("?")[0]
        if asked.query and plain in self._roots:
            return None
        for key in (asked.key, plain, _TAIL.sub("", plain)):
            if (place := self._places.get(key)) is not None:
                return place
        if not asked.on_blog or plain in self._roots or plain in self._files or plain in self._addresses:
            return None
        below = plain[next(len(root) for root in self._roots if plain.startswith(root + "/")) :]
        if _NOT_A_POST.match(below) or _SIZE.search(plain):
            return None
        return self._slugs.get(basename(_TAIL.sub("", plain)))

    def _file(self, asked: _Asked) -> tuple[bool, MediaFile | None]:
        """Is this a file of the media library, and which one do we have for it?"""
        if (number := self._number(asked)) is not None:
            return number in self._file_numbers, self.file_of(number)
        plain = asked.key.partition("?")[0]
        if asked.query and plain in self._roots:
            return False, None
        known = False
        for key in _likely(asked.key, plain):
            own = self._files.get(key, -1)
            known = known or own != -1
            if own is not None and own != -1:
                return True, self._all_files[own]
        return known, None

    def _address(self, asked: _Asked) -> str | None:
        if (number := asked.query.get("cat", "")).isdecimal():
            return self._terms.get(int(number))
        plain = asked.key.partition("?")[0]
        if asked.query and plain in self._roots:
            return None
        return self._addresses.get(plain)


def _likely(key: str, plain: str) -> Iterable[str]:
    """The addresses under which a picture may lie, the exact one first."""
    yield key
    yield plain
    bare = _SIZE.sub("", plain)
    if bare != plain:
        yield bare
    unedited = _EDITED.sub("", plain)
    if unedited != plain:
        yield unedited
        yield _SIZE.sub("", unedited)
    stem, dot, ending = bare.rpartition(".")
    if dot and "/" not in ending:
        yield f"{stem}-scaled.{ending}"
        yield f"{stem}-rotated.{ending}"


def _best(media: Media, present: list[MediaFile]) -> MediaFile | None:
    """The file that stands for the item: the one it names, else the largest of a picture.

    WordPress makes pictures of a PDF's first page; none of them stands for it.
    """
    for file in present:
        if file.url == media.source_url:
            return file
    kind = media.mime_type or guess_type(media.source_url or "", strict=False)[0]
    if kind is not None and not kind.startswith("image/"):
        return None
    return max(present, key=lambda file: (file.size, file.url), default=None)


def _join(base: str, url: str) -> str:
    try:
        return urljoin(base, url)
    except ValueError:
        return url


def _split(url: str) -> tuple[str | None, str, str, str] | None:
    """Host with port, path, query, fragment; None for what is no web address."""
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in {"http", "https"} or not host:
        return None
    usual = {None, 80, 443}
    return (host if port in usual else f"{host}:{port}"), parts.path, parts.query, parts.fragment
