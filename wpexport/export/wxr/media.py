"""Where the importer finds media files when the old site is gone, and texts that point there."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote, unquote, urlsplit

from wpexport.export.base import Blog
from wpexport.export.wxr.parts import Sink
from wpexport.model import Media, MediaFile

_UPLOADS = re.compile(r"/(?:wp-content/uploads|files)/(?:sites/\d+/)?(.+)")
#: a scaled copy: ``a-300x200.jpg``, ``a-scaled.jpg``
_SCALED = re.compile(r"-(?:\d{1,5}x\d{1,5}|scaled|rotated)(?=\.\w{1,5}$)")
_ENDING = re.compile(r"\.\w{1,5}$")


class MediaPlaces:
    """Copies media files into ``uploads/``, and knows the addresses that they get."""

    def __init__(self, blog: Blog, sink: Sink, base: str | None, missing: Callable[[str], None]) -> None:
        """Prepare.

        Args:
            blog: knows where the files lie.
            sink: takes them.
            base: the address of ``uploads/``; None where files stay at the old site.
            missing: told of a file that is not in the archive.
        """
        self._blog = blog
        self._sink = sink
        self._base = base.rstrip("/") if base else None
        self._missing = missing
        self._stems: set[int] = set()
        self._pattern: re.Pattern[str] | None = None
        self._roots: set[str] = set()
        #: files copied
        self.copied = 0

    def place(self, media: Media) -> tuple[str, str | None]:
        """The address to fetch a media item from (empty if unknown), and its path below ``uploads/``."""
        source = media.source_url or ""
        path = upload_path(media)
        if self._base is None:
            return source, path
        chosen: MediaFile | None = next((file for file in media.files if file.url == source), None)
        chosen = chosen or next(iter(media.files), None)
        on_disk = self._blog.file(chosen) if chosen else None
        if chosen is None or on_disk is None:
            self._missing(source or f"media {media.id}")
            return source, path
        path = path or f"{media.id or chosen.sha256[:12]}/{_basename(chosen.url)}"
        self._sink.copy(f"uploads/{path}", on_disk, chosen.sha256)
        self.copied += 1
        self._learn(source or chosen.url, path)
        return f"{self._base}/{quote(path)}", path

    def moved(self, text: str) -> str:
        """A text whose links to the old files lead to the new ones.

        The importer then replaces these by its own, also for scaled copies, which it knows by the first part
        of the name of the file it has fetched.
        """
        if self._base is None or not self._roots:
            return text
        if self._pattern is None:
            roots = "|".join(re.escape(root) for root in sorted(self._roots, key=len, reverse=True))
            self._pattern = re.compile(rf"""(?:https?:)?//({roots})([^\s"'<>()\\]+)""")
        return self._pattern.sub(self._replace, text)

    def _replace(self, found: re.Match[str]) -> str:
        path = found[2].partition("?")[0].partition("#")[0]
        if hash((found[1], _stem(path))) not in self._stems:
            return found[0]
        return f"{self._base}/{found[2]}"

    def _learn(self, url: str, path: str) -> None:
        """Remember an old file whose path below the uploads folder is kept."""
        bare = re.sub(r"^https?://", "", url)
        if not unquote(bare).endswith("/" + path):
            return
        root = bare[: len(bare) - len(bare.split("/")[-1])]
        for _ in range(path.count("/")):
            root = root.rstrip("/").rpartition("/")[0] + "/"
        self._roots.add(root)
        self._pattern = None
        self._stems.add(hash((root, _stem(path))))


def upload_path(media: Media) -> str | None:
    """The path of a media file below ``uploads/``, as WordPress has it; None where that is unsafe."""
    for path in (media.meta.get("_wp_attached_file"), media.details.get("file")):
        if isinstance(path, str) and _is_safe(path):
            return path
    found = _UPLOADS.search(unquote(urlsplit(media.source_url or "").path))
    return found[1] if found and _is_safe(found[1]) else None


def _stem(path: str) -> str:
    return _ENDING.sub("", _SCALED.sub("", unquote(path)))


def _is_safe(path: str) -> bool:
    names = path.split("/")
    return bool(re.fullmatch(r"[^\x00-\x1f\x7f\\:]{1,300}", path)) and not {"", ".", ".."} & set(names)


def _basename(url: str) -> str:
    name = unquote(urlsplit(url).path).rpartition("/")[2]
    return name if name and _is_safe(name) else "file"
