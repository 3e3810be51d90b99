"""An archive against the live site: counts, a random sample of records, the sitemap as another witness."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urljoin

from wpexport.archive.archive import Archive
from wpexport.archive.check import Finding
from wpexport.archive.format import AUTHORS, COMMENTS, MEDIA, POSTS, TERMS, record_path
from wpexport.archive.gone import gone_numbers
from wpexport.archive.merge import merge
from wpexport.archive.records import read_lines, read_record, record_paths
from wpexport.archive.redacted import read_redacted
from wpexport.errors import WpexportError
from wpexport.model import Author, Comment, Media, Personal, Post, Record, Term
from wpexport.ops.check import verdict
from wpexport.ops.events import Checked, Event, Moved
from wpexport.ops.unseen import LINKBACKS
from wpexport.sources.base import Capabilities, Collection, Source, Sweepable
from wpexport.text.addresses import locations, parted

#: WordPress' own since 5.5; Yoast and Rank Math; others
SITEMAPS = ("wp-sitemap.xml", "sitemap_index.xml", "sitemap.xml")
_MAPS = 2_000
#: maps of pages that list posts: terms, formats, authors
_LISTS = re.compile(r"taxonom|users|author|categor|tag-|post_tag|post_format")
_PULL = "Pull again; if it stays, look at the site."


class Page(Protocol):
    """An answer, as far as a sitemap needs one."""

    @property
    def status(self) -> int:
        """The HTTP status."""

    @property
    def body(self) -> bytes:
        """The bytes."""


class Getter(Protocol):
    """Who gets pages: ``net.Http``."""

    def get(self, url: str, *, attempts: int | None = None) -> Page:
        """Ask for an address."""


@dataclass(slots=True)
class _Held:
    """What the archive holds, by the keys of collections, and the addresses of all of it."""

    counts: Counter[str] = field(default_factory=Counter)
    numbers: dict[str, list[int]] = field(default_factory=dict)
    #: of a comment: its post
    posts: dict[int, int | None] = field(default_factory=dict)
    addresses: set[str] = field(default_factory=set)

    def add(self, key: str, number: int | None, url: str | None) -> None:
        self.counts[key] += 1
        if number is not None:
            self.numbers.setdefault(key, []).append(number)
        if url:
            self.addresses.add(place_of(url))


def against(
    root: Path,
    connect: Callable[[], Source],
    getter: Getter | None = None,
    *,
    sample: int = 20,
    seed: int | None = None,
) -> Iterator[Event]:
    """Compare the archive at ``root`` with the site, and yield findings up to `Checked`.

    Args:
        root: the archive.
        connect: opens the site, with a login or without.
        getter: reads the sitemap; None for no such witness.
        sample: so many records of each collection are compared whole.
        seed: chooses the same ones again.

    Raises:
        NoArchive: there is none.
        SourceError: the site cannot be read.
    """
    archive = Archive.open(root)
    source = connect()
    capabilities = source.capabilities()
    roots = [archive.root, *([archive.private] if capabilities.login else [])]
    # a login may have brought them, and these eyes do not see them
    hidden = any(name.startswith("pingbacks") for name in capabilities.invisible)
    held = _held(archive, roots, linkbacks=not hidden)
    findings: list[Finding] = []
    counts: dict[str, int] = {}
    for step in (
        _counted(archive, held, capabilities),
        _sampled(source, held, roots, capabilities, sample, random.Random(seed), counts),
        _witnessed(getter, source.site().home, held, counts),
    ):
        for event in step:
            if isinstance(event, Finding):
                findings.append(event)
            yield event
    yield Checked(root, verdict(findings), counts, findings)


# -- what is here ---------------------------------------------------------------------------------


def _held(archive: Archive, roots: Sequence[Path], *, linkbacks: bool) -> _Held:
    held = _Held()
    gone: dict[str, set[int]] = {}
    for root in (archive.root, archive.private):
        for kind, numbers in gone_numbers(root).items():
            gone.setdefault(kind, set()).update(numbers)
    seen: set[tuple[str, int | None]] = set()

    def add(kind: str, key: str, record: Post | Media | Comment | Author | Term) -> None:
        if record.id in gone.get(kind, ()):
            held.addresses.add(place_of(record.url or ""))
        elif record.id is None or (key, record.id) not in seen:
            seen.add((key, record.id))
            held.add(key, record.id, record.url)

    for root in roots:
        for _, path in record_paths(root / POSTS):
            post = read_record(path, Post)
            add("posts", f"posts/{post.type}", post)
        for _, path in record_paths(root / MEDIA):
            media = read_record(path, Media)
            if media.id is not None:
                add("media", "media", media)
        for _, path in record_paths(root / COMMENTS):
            for comment in read_lines(path, Comment):
                if comment.type in LINKBACKS and not linkbacks:
                    continue
                add("comments", "comments", comment)
                if comment.id is not None:
                    held.posts[comment.id] = comment.post if isinstance(comment.post, int) else None
        for term in read_lines(root / TERMS, Term):
            add("terms", f"terms/{term.taxonomy}", term)
        for author in read_lines(root / AUTHORS, Author):
            add("authors", "authors", author)
    for row in read_redacted(archive.root):
        held.counts[row.collection] += 1  # left out on purpose
    return held


def place_of(url: str) -> str:
    """An address without what does not make it another page."""
    parts = parted(url)
    query = f"?{parts.query}" if parts.query else ""
    return f"{(parts.hostname or '').removeprefix('www.')}{unquote(parts.path).rstrip('/')}{query}".lower()


# -- counts ---------------------------------------------------------------------------------------


def _counted(archive: Archive, held: _Held, capabilities: Capabilities) -> Iterator[Finding]:
    """What the site claims to have, against what is here and what the last pull was not shown."""
    login = capabilities.login is not None
    runs = [run for run in archive.runs() if not run.partial and run.login == login]
    withheld = {cover.collection: cover.withheld for cover in runs[-1].coverage} if runs else {}
    for offer in capabilities.offers:
        what = offer.collection
        if offer.closed is not None:
            yield Finding("note", "closed", what.key, offer.closed)
        if offer.expected is None:
            continue
        shown, here = offer.expected - withheld.get(what.key, 0), held.counts[what.key]
        text = f"{what.label}: the site has {shown:,}, and the archive {here:,}."
        if here < shown and not (runs or login):
            advice = "It may count what it shows to no visitor: the pulls had a login, name it to be sure."
            yield Finding("note", "fewer", what.key, text, advice)
        elif here < shown:
            yield Finding("loss", "fewer", what.key, text, _PULL)
        elif here > shown:
            yield Finding("note", "more", what.key, text, "Some vanished since; the next pull will tell.")


# -- a sample -------------------------------------------------------------------------------------


def _sampled(
    source: Source,
    held: _Held,
    roots: Sequence[Path],
    capabilities: Capabilities,
    size: int,
    chance: random.Random,
    counts: dict[str, int],
) -> Iterator[Finding | Moved]:
    """Records chosen at random, as the site says them now."""
    if not isinstance(source, Sweepable):
        return
    for offer in capabilities.offers:
        what = offer.collection
        numbers = held.numbers.get(what.key, [])
        if what.kind not in ("posts", "media", "comments") or not numbers or offer.closed is not None:
            continue
        chosen = sorted(chance.sample(numbers, min(size, len(numbers))))
        came: set[int] = set()
        for batch in source.fetch(what, chosen):
            for record in batch.records:
                if isinstance(record, Personal) or record.id is None:
                    continue
                came.add(record.id)
                finding = _compared(what, record, batch.view.fields, held, roots)
                if finding is not None:
                    yield finding
        for number in sorted(set(chosen) - came):
            text = f"{what.label} {number} is in the archive, and the site does not show it any more."
            yield Finding("note", "not-shown", f"{what.key}:{number}", text)
        counts[f"{what.label} compared"] = len(came)
        yield Moved(what.key, what.label, len(came), len(chosen), last=True)


def _compared(
    what: Collection, record: Record, shown: frozenset[str] | None, held: _Held, roots: Sequence[Path]
) -> Finding | None:
    stored = _stored(record, held, roots)
    if stored is None or _same(stored, record, shown):
        return None
    name = f"{what.key}:{record.id}"
    if getattr(record, "modified", None) == getattr(stored, "modified", None) is not None:
        text = f"{what.label} {record.id} is rendered otherwise than when it was pulled; nobody edited it."
        return Finding("note", "rendered", name, text)
    text = f"{what.label} {record.id} differs from what the site says now."
    return Finding("loss", "differs", name, text, "Pull again; for edited comments: pull --full.")


def _same(stored: Post | Media | Comment, record: Record, shown: frozenset[str] | None) -> bool:
    """Whether a pull would keep the stored record as it is."""
    if isinstance(stored, Post):
        return isinstance(record, Post) and merge(stored, record, shown) == stored
    if isinstance(stored, Media):
        return isinstance(record, Media) and merge(stored, record, shown) == stored
    return isinstance(record, Comment) and merge(stored, record, shown) == stored


def _stored(record: Record, held: _Held, roots: Sequence[Path]) -> Post | Media | Comment | None:
    """The richer copy of a record: the owner's, where these eyes may see it."""
    for root in reversed(roots):
        if isinstance(record, Comment):
            post = held.posts.get(record.id or 0)
            path = root / record_path(COMMENTS, post, record.url or "unknown", ".jsonl")
            found = [row for row in read_lines(path, Comment) if row.id == record.id]
            if found:
                return found[0]
        elif isinstance(record, Post | Media):
            folder = POSTS if isinstance(record, Post) else MEDIA
            path = root / record_path(folder, record.id, None, ".json")
            if path.exists():
                return read_record(path, type(record))
    return None


# -- the sitemap ----------------------------------------------------------------------------------


def _witnessed(
    getter: Getter | None, home: str, held: _Held, counts: dict[str, int]
) -> Iterator[Finding | Moved]:
    """Addresses that the site's own sitemap lists, and the archive lacks."""
    if getter is None:
        return
    known = held.addresses | {place_of(home)}
    listed = 0
    for url, name in sitemap(getter, home):
        listed += 1
        if place_of(url) in known:
            continue
        text = f"{url} is in the site's sitemap and not in the archive."
        if _LISTS.search(name):
            yield Finding("note", "sitemap-list", url, f"{text} It is a list of posts.")
        else:
            yield Finding("loss", "sitemap", url, text, "Its type may be one that the API does not show.")
    counts["addresses in the sitemap"] = listed
    if not listed:
        text = "The site has no sitemap that can be read: one witness less."
        yield Finding("note", "no-sitemap", home, text)


def sitemap(getter: Getter, home: str) -> Iterator[tuple[str, str]]:
    """All pages that a site's sitemap names, of WordPress' own or a plugin's making, and which map does."""
    for name in SITEMAPS:
        first = urljoin(home.rstrip("/") + "/", name)
        if (body := _page(getter, first)) is not None:
            break
    else:
        return
    queue, read = [(first, body)], {first}
    while queue:
        name, body = queue.pop(0)
        for url in locations(body.decode("utf-8", "replace")):
            if b"<sitemapindex" not in body:
                yield url, parted(name).path
            elif url not in read and len(read) < _MAPS and parted(url).netloc == parted(first).netloc:
                read.add(url)
                if (more := _page(getter, url)) is not None:
                    queue.append((url, more))


def _page(getter: Getter, url: str) -> bytes | None:
    try:
        answer = getter.get(url, attempts=2)
    except WpexportError:
        return None
    is_map = b"<sitemapindex" in answer.body or b"<urlset" in answer.body
    return answer.body if answer.status == 200 and is_map else None
