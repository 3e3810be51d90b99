"""Where the importer finds media files when the old site is gone, and texts that point there."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Set
from urllib.parse import quote, unquote

from wpexport.export.base import Blog
from wpexport.export.wxr.parts import Sink
from wpexport.model import Media
from wpexport.model.originals import own_file
from wpexport.text.addresses import parted

_UPLOADS = re.compile(r"/(?:wp-content/uploads|files)/(?:sites/\d+/)?(.+)")
#: a smaller copy: ``a-300x200.jpg``
_SIZED = re.compile(r"-(\d{1,5})x(\d{1,5})(?=\.\w{1,5}$)")
#: what WordPress calls the copy that it shows instead of a huge or turned picture
_SHOWN_COPY = re.compile(r"-(?:scaled|rotated)(?=\.\w{1,5}$)")
#: the longer side of such a copy (``big_image_size_threshold``)
_BIG = 2560
_ENDING = re.compile(r"\.\w{1,5}$")
#: all but this is percent-encoded; the importer makes the file's name of the address, as it stands there
_NOT_IRI = re.compile(r"[^\w.~/\x80-\U0010ffff-]", re.ASCII)


class MediaPlaces:
    """Copies media files into ``uploads/``, and knows the addresses that they get."""

    def __init__(
        self,
        blog: Blog,
        sink: Sink,
        base: str | None,
        missing: Callable[[str], None],
        stems: Set[str] = frozenset(),
    ) -> None:
        """Prepare.

        Args:
            blog: knows where the files lie.
            sink: takes them.
            base: the address of ``uploads/``; None where files stay at the old site.
            missing: told of a file that is not in the archive.
            stems: of all pictures that are there in full size (`full_names`).
        """
        self._blog = blog
        self._sink = sink
        self._base = base.rstrip("/") if base else None
        self._missing = missing
        self._full = stems
        self._pattern: re.Pattern[str] | None = None
        self._roots: set[str] = set()
        self._taken: set[str] = set()
        #: names below ``uploads/`` by the old folder and path, and those of full pictures by stem
        self._files: dict[tuple[str, str], str] = {}
        self._stems: dict[tuple[str, str], str] = {}
        #: files copied
        self.copied = 0

    def is_spare(self, media: Media) -> bool:
        """Whether it is a smaller copy of a picture that is there."""
        return is_spare(media, self._full)

    def place(self, media: Media) -> tuple[str, str | None]:
        """The address to fetch a media item from (empty if unknown), and its path below ``uploads/``."""
        source = media.source_url or ""
        path = upload_path(media)
        own = own_file(media)
        original = own if own is not None and own.url != source else None
        if self._base is None:
            return original.url if original else source, path
        chosen = own or next(iter(media.files), None)
        on_disk = self._blog.file(chosen) if chosen else None
        if chosen is None or on_disk is None:
            self._missing(source or f"media {media.id}")
            return source, path
        path = path or f"{media.id or chosen.sha256[:12]}/{_basename(chosen.url)}"
        name = self._name(path, _basename(original.url) if original else None)
        self._sink.copy(f"uploads/{name}", on_disk, chosen.sha256)
        self.copied += 1
        self._learn(source or chosen.url, path, name, self._shown(media, path, name) if original else name)
        return f"{self._base}/{_iri(name)}", name

    def _name(self, path: str, original: str | None) -> str:
        """The path for a file: without ``-scaled``, which no upload may be called.

        WordPress would add a number to such a name, and call the smaller copies otherwise than the texts do.
        What it makes of other characters (``sanitize_file_name()``) is done here, before it reads them in an
        address, where they stand encoded.
        """
        folder, slash, base = path.rpartition("/")
        plain = folder + slash + _plain(original or _SHOWN_COPY.sub("", base))
        stem = _ENDING.sub("", plain)
        numbered = (f"{stem}-{number}{plain[len(stem) :]}" for number in itertools.count(1))
        wishes = itertools.chain((plain, folder + slash + _plain(base)), numbered)
        name = next(wish for wish in wishes if wish not in self._taken)
        self._taken.add(name)
        return name

    def _shown(self, media: Media, path: str, name: str) -> str:
        """What a new WordPress will show instead of an original; itself where it makes no copy."""
        sides = [media.details.get(side) for side in ("width", "height")]
        word = _SHOWN_COPY.search(path)
        if word is None or (_BIG not in sides and "rotated" not in word[0]):
            return name
        return _ENDING.sub(lambda ending: word[0] + ending[0], name)

    def moved(self, text: str) -> str:
        """A text whose links to the old files lead to the new ones.

        The importer then replaces these by its own, also for smaller copies, which it knows by the first part
        of the name of the file it has fetched. It makes copies in WordPress' own sizes only: where a text
        shows another, it gets the full picture.
        """
        if self._base is None or not self._roots:
            return text
        if self._pattern is None:
            roots = "|".join(re.escape(root) for root in sorted(self._roots, key=len, reverse=True))
            self._pattern = re.compile(rf"""(?:https?:)?//({roots})([^\s"'<>()\\]+)""")
        return self._pattern.sub(self._replace, text)

    def _replace(self, found: re.Match[str]) -> str:
        address = re.split(r"[?#]", found[2], maxsplit=1)[0]
        path = unquote(address)
        name = self._files.get((found[1], path)) or self._copy(found[1], path)
        return f"{self._base}/{_iri(name)}{found[2][len(address) :]}" if name else found[0]

    def _copy(self, root: str, path: str) -> str | None:
        """The name of a smaller copy at the new place, or of the full picture where none will be."""
        full = self._stems.get((root, _stem(path)))
        size = _SIZED.search(path)
        if full is None or size is None or not _is_usual(int(size[1]), int(size[2])):
            return full
        return _ENDING.sub(lambda ending: size[0] + ending[0], full)

    def _learn(self, url: str, path: str, name: str, shown: str) -> None:
        """Remember an old file whose path below the uploads folder is kept.

        Args:
            url: of the file that WordPress shows.
            path: of it.
            name: below ``uploads/``, of what goes out.
            shown: of the one that the new WordPress shows.
        """
        bare = re.sub(r"^https?://", "", url)
        if not unquote(bare).endswith("/" + path):
            return
        root = bare[: len(bare) - len(bare.split("/")[-1])]
        for _ in range(path.count("/")):
            root = root.rstrip("/").rpartition("/")[0] + "/"
        self._roots.add(root)
        self._pattern = None
        self._files[root, path] = shown
        if not _SIZED.search(path):
            self._stems[root, _stem(path)] = name


def full_names(media: Media) -> set[str]:
    """The path of a picture in full size, without ending and (if it is no copy to show) whole."""
    path = upload_path(media)
    if path is None or _SIZED.search(path):
        return set()
    return {_stem(path)} if _SHOWN_COPY.search(path) else {_stem(path), path}


def upload_path(media: Media) -> str | None:
    """The path of a media file below ``uploads/``, as WordPress has it; None where that is unsafe."""
    for path in (media.meta.get("_wp_attached_file"), media.details.get("file")):
        if isinstance(path, str) and _is_safe(path):
            return path
    found = _UPLOADS.search(unquote(parted(media.source_url or "").path))
    return found[1] if found and _is_safe(found[1]) else None


def is_spare(media: Media, full: Set[str]) -> bool:
    """Whether it is in no library, and a smaller copy of a picture that is there: WordPress makes those.

    Args:
        full: the `full_names` of all.
    """
    path = upload_path(media)
    if media.id is not None or path is None:
        return False
    if _SHOWN_COPY.search(path):
        return _SHOWN_COPY.sub("", path) in full
    return bool(_SIZED.search(path)) and _stem(path) in full


def _iri(path: str) -> str:
    """A path as it stands in an address: letters of any script as they are, the rest encoded."""
    return _NOT_IRI.sub(lambda found: quote(found[0]), path)


def _stem(path: str) -> str:
    return _ENDING.sub("", _SHOWN_COPY.sub("", _SIZED.sub("", unquote(path))))


def _plain(name: str) -> str:
    """A file's name of which nothing needs to be encoded in an address."""
    return re.sub(r"-+", "-", _NOT_IRI.sub("-", name)).strip("-") if _NOT_IRI.search(name) else name


def _is_usual(width: int, height: int) -> bool:
    """Whether a new WordPress makes a copy of this size (``wp_get_registered_image_subsizes()``)."""
    return (width, height) == (150, 150) or max(width, height) in (300, 1024) or width in (768, 1536, 2048)


def _is_safe(path: str) -> bool:
    names = path.split("/")
    return bool(re.fullmatch(r"[^\x00-\x1f\x7f\\:]{1,300}", path)) and not {"", ".", ".."} & set(names)


def _basename(url: str) -> str:
    name = unquote(parted(url).path).rpartition("/")[2]
    return name if name and _is_safe(name) else "file"
