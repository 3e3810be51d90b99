"""What Ghost's importer and database allow, and texts whose links and pictures lead into the new site.

Limits: ``core/server/data/schema/schema.js`` of TryGhost/Ghost. Files: ``core/shared/config/overrides.json``
(which endings are stored, and where) and ``importers/content-file-importer.js``, which looks for a file's
path in the text, letter by letter, and puts the address that it gave the file in its place.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from posixpath import basename, splitext
from urllib.parse import urlsplit

from wpexport.export.markdown.links import LinkMap, StandIn
from wpexport.model import MediaFile
from wpexport.text.names import decoded

TITLE, SLUG, EXCERPT, NAME, TAG_DESCRIPTION, BIO, ALT = 255, 185, 300, 191, 500, 250, 191
#: folder below ``content/`` to the endings that Ghost stores there
_FOLDERS = {
    "images": ".jpg .jpeg .gif .png .svg .svgz .ico .webp",
    "media": ".mp4 .webm .ogv .mp3 .wav .ogg .m4a",
    # .json is left out: the importer takes the first one of the archive for the blog.
    "files": ".pdf .odp .ods .odt .ppt .pptx .rtf .txt .xls .xlsx .xml",
}
_FOLDER_OF = {ending: folder for folder, endings in _FOLDERS.items() for ending in endings.split()}
#: addresses that Ghost has for itself, whatever a post is called
_TAKEN = frozenset({"ghost", "rss", "amp", "author", "tag", "page", "p", "content", "members"})
_ADDRESS = re.compile(
    r"""(?P<name>\s(?:href|src|poster|data))\s*=\s*(?P<quote>["'])(?P<url>.*?)(?P=quote)""", re.S
)
_TAG = re.compile(r"<[A-Za-z](?:[^<>\"']|\"[^\"]*\"|'[^']*')*>")
_SOURCES = re.compile(r"""\s(?:srcset|sizes)\s*=\s*(?:"[^"]*"|'[^']*')""", re.I)
_UNSAFE = re.compile(r"[^A-Za-z0-9_@.-]+")


def cut(text: str, limit: int) -> str:
    """A text within a limit, of characters as JavaScript counts them (halves of UTF-16)."""
    if len(text.encode("utf-16-le", "replace")) // 2 <= limit:
        return text
    short = text.encode("utf-16-le", "replace")[: 2 * (limit - 1)].decode("utf-16-le", "ignore")
    return short.rstrip() + "\u2026"


class Slugs:
    """Gives each thing an address of its own; Ghost leaves out the second of two that share one."""

    def __init__(self, *, reserved: bool = False) -> None:
        self._taken = set(_TAKEN) if reserved else set()

    def give(self, wanted: str, fallback: str) -> str:
        """The wanted one, as far as it can be had."""
        slug = decoded(wanted).strip("/") or fallback
        slug = slug.encode("utf-8", "replace")[:SLUG].decode("utf-8", "ignore")
        candidate, number = slug, 2
        while candidate.casefold() in self._taken:
            candidate, number = f"{slug[: SLUG - 8]}-{number}", number + 1
        self._taken.add(candidate.casefold())
        return candidate


class Texts:
    """Rewrites texts, and remembers which files they need."""

    def __init__(self, links: LinkMap, take: Callable[[MediaFile, str], bool] | None) -> None:
        """Prepare.

        Args:
            links: leads addresses of the blog to posts (whose address is the new one) and files.
            take: copies a file to a path, and says whether it could; None where no file goes along.
        """
        self._links = links
        self._take = take
        self._paths: dict[str, str] = {}
        self._used: set[str] = set()
        #: what could not be carried over, by kind and address
        self.left: Counter[tuple[str, str]] = Counter()

    def html(self, text: str, base: str) -> str:
        """The text with its addresses replaced; ``base`` is the address of its post."""

        def address(found: re.Match[str]) -> str:
            old = html.unescape(found["url"]).strip()
            new = self._address(old, base)
            if new == old:
                return found[0]
            return f'{found["name"]}="{html.escape(new)}"'

        def tag(found: re.Match[str]) -> str:
            return _ADDRESS.sub(address, _SOURCES.sub("", found[0]))

        return _TAG.sub(tag, text)

    def file(self, file: MediaFile) -> str | None:
        """The address of a file in the new site; None where it does not go along."""
        if isinstance(file, StandIn):
            self.left["smaller-size", file.url] += 1
        path = self._paths.get(file.url)
        if path is None:
            path = self._place(file)
            self._paths[file.url] = path
        return f"__GHOST_URL__/{path}" if path else None

    def _address(self, url: str, base: str) -> str:
        if not url or url.startswith("#"):
            return url
        target = self._links.resolve(url, base)
        fragment = f"#{target.fragment}" if target.fragment else ""
        if target.place is not None:
            return f"__GHOST_URL__{target.place.address}{fragment}"
        if target.file is not None:
            return self.file(target.file) or target.file.url
        if target.kind == "address":
            return f"__GHOST_URL__{target.address}{fragment}"
        if target.kind != "outside":
            kind = "missing-media" if target.kind == "missing-media" else "unresolved-link"
            self.left[kind, url] += 1
        return url

    def _place(self, file: MediaFile) -> str:
        if self._take is None:
            return ""
        path = decoded(urlsplit(file.url).path)
        _, found, below = path.partition("/wp-content/uploads/")
        old, ending = splitext(below if found else basename(path))
        folder = _FOLDER_OF.get(ending.lower())
        if folder is None:
            self.left["file-kind", file.url] += 1
            return ""
        # Ghost makes names safe itself, and would no longer find them in the text.
        stem = "/".join(_UNSAFE.sub("-", part).strip(".-") or "file" for part in old.split("/") if part)
        if stem != old or f"{stem}{ending}".casefold() in self._used:
            stem = f"{stem}-{sha256(file.url.encode()).hexdigest()[:8]}"
        self._used.add(f"{stem}{ending}".casefold())
        target = f"content/{folder}/{stem}{ending.lower()}"
        return target if self._take(file, target) else ""
