"""Text first, files last: which media files a pull wants, and how they come in."""

from __future__ import annotations

import errno
import mimetypes
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import file_digest
from html import unescape
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Protocol, TypeVar, runtime_checkable
from urllib.parse import unquote, urljoin

from wpexport.archive.archive import Writer
from wpexport.archive.files import FileList, FileStore, There, Wanted
from wpexport.archive.format import MEDIA, POSTS, record_path
from wpexport.archive.records import read_record, record_paths
from wpexport.archive.validators import Validator, Validators
from wpexport.errors import WpexportError
from wpexport.model import Coverage, Loss, Media, Post, Site
from wpexport.model.originals import original_url
from wpexport.net import is_address
from wpexport.net.failures import OutOfTime
from wpexport.net.workers import Workers
from wpexport.ops.events import Moved
from wpexport.text.addresses import host_of, parted

#: attributes that show or offer a file; ``srcset`` names smaller copies of what ``src`` names
_REFERENCE = re.compile(
    r"""\b(?:src|href|poster|data-(?:src|lazy-src|orig-src|original|orig-file|large-file|full-url))"""
    r"""\s*=\s*(?:"([^"]+)"|'([^']+)')""",
    re.IGNORECASE,
)
_NO_MEDIA = frozenset({"php", "html", "htm", "js", "css", "xml", "json", "aspx", "asp"})
T = TypeVar("T")
_UPLOADS = re.compile(r"/(?:wp-content/)?(?:uploads|files|blogs\.dir)/")
#: Jetpack's image proxy: ``https://i0.wp.com/HOST/PATH?resize=...``
_PHOTON = re.compile(r"https?://i\d\.wp\.com/([^/?#]+/[^?#]+)")

#: what the system says when it is our disk that fails
_OUR_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EFBIG})


class Download(Protocol):
    """What came of fetching one file."""

    @property
    def status(self) -> int:
        """The HTTP status."""

    @property
    def size(self) -> int:
        """Bytes."""

    @property
    def sha256(self) -> str:
        """Hexadecimal."""

    @property
    def content_type(self) -> str | None:
        """As the server says."""


class Fetcher(Protocol):
    """Who fetches files: ``net.Http``."""

    def download(self, url: str, sink: BinaryIO, *, referer: str | None = None) -> Download:
        """Write the file at ``url`` to ``sink``."""


class Headers(Protocol):
    """An answer, as far as `Asker` needs one."""

    @property
    def status(self) -> int:
        """The HTTP status."""

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers."""


@runtime_checkable
class Asker(Protocol):
    """A fetcher that can ask of a file what it is without fetching it: ``net.Http``."""

    def get(self, url: str, *, method: str = "GET", attempts: int | None = None) -> Headers:
        """Ask for an address."""


@dataclass(frozen=True, slots=True)
class MediaOptions:
    """Which files, and where from."""

    #: ``all``, ``used`` or ``none``
    which: str = "all"
    #: a local copy of the site's uploads folder
    local: Path | None = None
    jobs: int = 2


class MediaPass:
    """Fetches what is wanted and not there yet."""

    def __init__(
        self,
        writer: Writer,
        site: Site,
        options: MediaOptions,
        *,
        full: bool = False,
        over: Callable[[], bool] = lambda: False,
    ) -> None:
        self._writer = writer
        self._site = site
        self._options = options
        self._full = full
        #: the time is over
        self._over = over
        #: what servers said of files when they were fetched
        self._known = Validators(writer.index.connection)
        #: some files were left for the next pull
        self.left = False
        self.coverage = Coverage(collection="files", label="Files", way="rest")

    def run(self, fetcher: Fetcher | None) -> Iterator[Moved]:
        """Fetch, and yield progress."""
        writer = self._writer
        wanted = FileList(writer.archive.state / "files.sqlite")
        store = FileStore(writer.public, writer.private, writer.index, wanted)
        # not concurrent.futures: an interrupted program must not wait for a server that hangs
        self._workers = Workers(max(1, self._options.jobs))
        try:
            self._collect(wanted, store)
            if self._full:
                try:
                    self._doubt(wanted, fetcher)
                except OutOfTime:
                    self.left = True
            total, there = wanted.counts()
            cover = self.coverage
            cover.expected, cover.received, cover.unchanged = total, there, there
            yield Moved("files", "Files", there, total)
            for chunk in _chunks(wanted.missing(), 40):
                if self._over():
                    self.left = True
                    break
                for item, place, result in self._fetch_all(chunk, wanted, store, fetcher):
                    if result is None:
                        self.left = True
                        continue
                    self._keep(item, place, result, store)
                    yield Moved("files", "Files", cover.received, total)
                writer.commit()
            writer.stale.save()
            cover.whole = not cover.lost and not self.left
            yield Moved("files", "Files", cover.received, total, last=True)
        finally:
            self._workers.close()
            wanted.close()

    def _doubt(self, wanted: FileList, fetcher: Fetcher | None) -> None:
        """Ask of each file whether it is what it was: one may be swapped without a word in its record."""
        for chunk in _chunks(wanted.there(), 40):
            if self._over():  # the others are asked for by the next full pull
                self.left = True
                return
            jobs = [(file, self._workers.submit(self._ask, file, fetcher)) for file in chunk]
            for file, job in jobs:
                said = job.result()
                if said is None:
                    wanted.doubt(file.key)
                elif said.says_same(self._known.of(file.key), *self._size_and_age(file.path)):
                    self._known.note(file.key, said)
                else:
                    wanted.doubt(file.key)
                    self._known.expect(file.key, said)
                    self._writer.stale.add(file.url)  # until it is fetched, by this pull or a later one

    def _ask(self, file: There, fetcher: object) -> Validator | None:
        """What the server says of a file; None where only fetching it will tell."""
        if self._options.local is not None and local_copy(file.url, self._options.local):
            return None
        if not isinstance(fetcher, Asker):
            return None
        try:
            answer = fetcher.get(file.url, method="HEAD", attempts=2)
        except OutOfTime:
            raise
        except WpexportError:
            return None
        return Validator.of(answer.headers) if answer.status == 200 else None

    def _size_and_age(self, path: str) -> tuple[int, datetime]:
        archive = self._writer.archive
        file = next(p for root in (archive.root, archive.private) if (p := root / path).is_file())
        facts = file.stat()
        return facts.st_size, datetime.fromtimestamp(facts.st_mtime, UTC)

    # -- what is wanted -----------------------------------------------------------------------------

    def _collect(self, wanted: FileList, store: FileStore) -> None:
        archive = self._writer.archive
        hosts = {host_of(self._site.home), host_of(self._site.url or self._site.home)}
        roots = (archive.root, archive.private)
        for root in roots:
            for _, path in record_paths(root / MEDIA):
                media = read_record(path, Media)
                self._collect_media(media, str(path.relative_to(root)), wanted, store)
                if media.source_url and media.id is not None:
                    hosts.add(host_of(media.source_url))
        hosts.discard("")
        for root in roots:
            for _, path in record_paths(root / POSTS):
                self._collect_post(read_record(path, Post), hosts, wanted)
        wanted.settle()

    def _collect_media(self, media: Media, place: str, wanted: FileList, store: FileStore) -> None:
        for url in library_addresses(media):
            wanted.add_library(url, place)
        for url in (
            filter(None, (media.source_url, original_url(media))) if self._options.which == "all" else ()
        ):
            wanted.want(url, media.post)
        bag = store.bag_of(place)
        for file in media.files:
            wanted.claim(file.path, file.url)
            if file.url not in self._writer.stale and store.has(file, bag):
                wanted.have(file.url)

    def _collect_post(self, post: Post, hosts: set[str], wanted: FileList) -> None:
        # of markup only what is no text: what a visitor gets is the better witness of what is shown
        shown = post.content.html if post.content.html is not None else post.content.raw
        for html in (shown, post.excerpt.html):
            for url in references(html or "", post.url or self._site.home):
                if host_of(url) in hosts and is_file(url):
                    wanted.want(url, post.id)
        if self._options.which == "used" and post.featured_media is not None:
            place = record_path(MEDIA, post.featured_media, None, ".json")
            for archive_root in (self._writer.archive.root, self._writer.archive.private):
                path = archive_root / place
                if path.exists() and (source := read_record(path, Media).source_url):
                    wanted.want(source, post.id)

    # -- fetching -----------------------------------------------------------------------------------

    def _fetch_all(
        self, chunk: Sequence[Wanted], wanted: FileList, store: FileStore, fetcher: Fetcher | None
    ) -> Iterator[tuple[Wanted, str | None, Fetched | None]]:
        jobs = [(item, self._workers.submit(self._fetch, item, store.temporary(), fetcher)) for item in chunk]
        for item, job in jobs:
            yield item, wanted.place_of(item.key), job.result()

    def _fetch(self, item: Wanted, temp: Path, fetcher: Fetcher | None) -> Fetched | None:
        """A file, or why it did not come; None where the time was over."""
        try:
            if self._options.local is not None and (copy := local_copy(item.url, self._options.local)):
                shutil.copyfile(copy, temp)
                with temp.open("rb") as file:
                    return Fetched(temp, temp.stat().st_size, file_digest(file, "sha256").hexdigest())
            if fetcher is None:
                return Fetched(temp, problem="no copy of it was given")
            with temp.open("wb") as sink:
                got = fetcher.download(item.url, sink)
            problem = _problem(item.url, got)
            return Fetched(temp, got.size, got.sha256, problem, got.status)
        except OutOfTime:
            temp.unlink(missing_ok=True)
            return None
        except WpexportError as error:
            return Fetched(temp, problem=str(error))
        except OSError as error:
            if error.errno in _OUR_DISK:
                raise  # no fault of this file, and none of the site
            return Fetched(temp, problem=str(error))

    def _keep(self, item: Wanted, place: str | None, result: Fetched, store: FileStore) -> None:
        cover = self.coverage
        if result.problem is None:
            new = store.put(item.url, place, result.temp, size=result.size, sha256=result.sha256)
            self._writer.stale.fetched(item.url)
            self._known.fetched(item.key)
            cover.received += 1
            cover.unchanged += not new
            cover.changed += new and item.again
            cover.added += new and not item.again
            return
        result.temp.unlink(missing_ok=True)
        if item.again and item.url not in self._writer.stale:  # what we have is kept
            cover.received += 1
            cover.unchanged += 1
            return
        self.coverage.lost.append(
            Loss(collection="files", reason=result.problem, url=item.url, status=result.status)
        )


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file as it came in, or why it did not."""

    temp: Path
    size: int = 0
    sha256: str = ""
    problem: str | None = None
    status: int | None = None


def _problem(url: str, got: Download) -> str | None:
    if got.status != 200:
        return f"the server answered {got.status}"
    kind = (got.content_type or "").partition(";")[0].strip().lower()
    if kind == "text/html" and not parted(url).path.lower().endswith((".html", ".htm")):
        return "the server answered with a web page instead of the file"
    return None


def references(html: str, base: str) -> Iterator[str]:
    """The addresses that a text shows or offers, made whole."""
    for match in _REFERENCE.finditer(html):
        address = unescape(match[1] or match[2]).strip()
        if photon := _PHOTON.match(address):
            address = f"https://{photon[1]}"
        if address.startswith(("#", "data:", "mailto:", "javascript:")):
            continue
        try:
            yield urljoin(base, address).partition("#")[0]
        except ValueError:  # "http://[" and the like: what it was stays in the text
            continue


def is_file(url: str) -> bool:
    """Whether an address on the blog's own hosts is that of a media file."""
    path = parted(url).path
    suffix = path.rpartition(".")[2].lower() if "." in path.rpartition("/")[2] else ""
    if not suffix or suffix in _NO_MEDIA:
        return False
    if _UPLOADS.search(path):
        return True
    kind = mimetypes.guess_type(path)[0] or ""
    return kind.startswith(("image/", "audio/", "video/"))


def library_addresses(media: Media) -> Iterator[str]:
    """All addresses of one media item: the file, its original, and the smaller copies WordPress made."""
    yield from filter(None, (media.source_url, original_url(media)))
    sizes = media.details.get("sizes")
    for size in sizes.values() if isinstance(sizes, dict) else ():
        if isinstance(size, dict) and isinstance(size.get("source_url"), str):
            yield size["source_url"]
    for file in media.files:
        yield file.url


def local_copy(url: str, folder: Path) -> Path | None:
    """The file in a local copy of the uploads folder that an address stands for."""
    if not is_address(url):
        return None
    path = unquote(parted(url).path)
    match = _UPLOADS.search(path)
    below = path[match.end() :] if match else path.lstrip("/")
    candidate = (folder / below).resolve()
    inside = candidate.is_relative_to(folder.resolve())
    return candidate if inside and candidate.is_file() else None


def _chunks(items: Iterator[T], size: int) -> Iterator[list[T]]:
    while chunk := list(islice(items, size)):
        yield chunk
