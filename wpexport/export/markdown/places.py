"""Where each post goes: its file in the export and its address in the built site.

Worked out once, before anything is written, from all posts together: two posts never get one file, nor
one address, and the same blog always gives the same places.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from posixpath import basename, dirname
from typing import NamedTuple
from urllib.parse import urlsplit

from wpexport.errors import UsageError
from wpexport.export.base import Options
from wpexport.export.dialects.base import Dialect
from wpexport.export.dialects.data import DIALECTS
from wpexport.export.markdown.titles import title_of
from wpexport.export.shelf import Shelf, Table
from wpexport.model import Post, Site
from wpexport.text.addresses import parted
from wpexport.text.names import Wanted, decoded, safe_name, same_file, told_apart

#: what a path template may hold
PLACEHOLDERS = {
    "slug": "the last part of the address",
    "id": "WordPress' number",
    "type": "post, page, ...",
    "year": "of publication, four digits; undated where there is none",
    "month": "two digits",
    "day": "two digits",
    "date": "YYYY-MM-DD",
    "parents": "the pages above, with a / after each",
}
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
# What Hugo makes of a file's path itself, unchanged; for others the address is written down.
_SIMPLE = re.compile(r"[a-z0-9/_-]+\Z")
# A colon is a pattern for Hugo (it panics), % ? and # cannot stand in a link as they are, Jekyll cuts dots
# off the ends of folders.
_UNUSABLE = re.compile(r"[:%?#\\\x00-\x1f]|//|\.(?:/|\Z)")
_PAGE_NAME = re.compile(r"\.html?\Z", re.I)
MAX_PARENTS = 50

#: by number; then without number, by address; then by place in the archive
Key = tuple[int, int, str]


class Place(NamedTuple):
    """Where one post goes, and what lists and links need to know of it."""

    key: Key
    #: in the target, with ``/``
    file: str
    #: in the built site, below the blog's own; ends with ``/``, or with the name of an HTML file
    address: str
    #: what the front matter says of the address; None where the generator finds it itself
    url: str | None
    aliases: tuple[str, ...]
    type: str
    title: str
    date: datetime | None
    #: it stands where a section stands, or others stand below it
    branch: bool = False


class _Draft(NamedTuple):
    """A post on its way to a place."""

    key: Key
    type: str
    title: str
    slug: str
    date: datetime | None
    parent: int | None
    url: str | None


class Origin(NamedTuple):
    """Where a post comes from."""

    number: int | None
    url: str | None
    slug: str


class Taken:
    """Folded addresses that nobody else may have: those of all posts, and what is added."""

    def __init__(self, posts: Mapping[str, None]) -> None:
        self._posts = posts
        self._more: set[str] = set()

    def __contains__(self, address: object) -> bool:
        return address in self._more or address in self._posts

    def add(self, address: str) -> None:
        """Take one more."""
        self._more.add(address)


@dataclass(slots=True)
class Plan:
    """All places. What grows with the blog is on the shelf."""

    #: in the order of their keys, as ``origins``
    places: Table[Place]
    origins: Table[Origin]
    #: their addresses and files, folded by `same_file`
    addresses: Table[None]
    files: Table[None]
    #: numbers of the terms that posts have
    terms: set[int] = field(default_factory=set)
    #: folders of files that have an address, such as ``content/posts``
    sections: dict[str, str] = field(default_factory=dict)


class _Numbers:
    """Whole numbers that were seen, a bit each: they are dense in a blog."""

    def __init__(self) -> None:
        self._blocks: dict[int, int] = {}

    def add(self, number: int) -> bool:
        """Was it not seen yet?"""
        block, bit = divmod(number, 1024)
        before = self._blocks.get(block, 0)
        self._blocks[block] = before | 1 << bit
        return not before >> bit & 1


def keyed(posts: Iterable[Post]) -> Iterator[tuple[Key, Post]]:
    """Each post with its key. The same posts in the same order always get the same keys."""
    numbers = _Numbers()
    urls: set[str] = set()
    for ordinal, post in enumerate(posts):
        key: Key = (2, ordinal, "")
        if post.id is not None:
            if numbers.add(post.id):
                key = (0, post.id, "")
        elif post.url and post.url not in urls:
            urls.add(post.url)
            key = (1, 0, post.url)
        yield key, post


def mark_of(key: Key) -> str:
    """What tells this post's file from another one's: its number, or a hash of its address."""
    kind, number, url = key
    if kind == 1:
        return hashlib.sha256(url.encode()).hexdigest()[:8]
    return str(number) if kind == 0 else f"n{number}"


def template_for(kind: str, dialect: Dialect, options: Options, *, dated: bool = True) -> str:
    """The path template of a type. The user's own is for posts, or for all where it holds ``{type}``, but for
    what the generator passes over without a date.

    Raises:
        UsageError: it holds a placeholder that does not exist, names no Markdown file, or no place where the
            generator looks for posts.
    """
    template = dialect.paths.get(kind) or dialect.paths["*"]
    if not dated and f"{kind}:undated" in dialect.paths:
        template = dialect.paths[f"{kind}:undated"]
    elif options.path and (kind == "post" or "{type}" in options.path):
        template = options.path
    unknown = set(_PLACEHOLDER.findall(template)) - set(PLACEHOLDERS)
    if unknown or not template.endswith(".md"):
        problem = f"has no {{{min(unknown)}}}" if unknown else "must end with .md"
        known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        raise UsageError(f"The path {template!r} {problem}.", hint=f"There are: {known}.")
    if kind == "post" and dated and not re.match(dialect.posts_at, template):
        usual = DIALECTS[dialect.name].paths["post"] if dialect.name in DIALECTS else dialect.posts_at
        hint = f"Take one like {usual}."
        raise UsageError(f"The path {template!r} is not where {dialect.name} looks for posts.", hint=hint)
    return template


def plan(
    posts: Iterable[Post], site: Site, dialect: Dialect, options: Options, shelf: Shelf | None = None
) -> Plan:
    """Work out all places.

    Args:
        posts: everything that goes out.
        site: the blog, for what lies above its addresses.
        dialect: what the generator expects.
        options: what the user chose.
        shelf: where to put them; a new one if None.

    Raises:
        UsageError: the user's path template cannot be used.
    """
    shelf = shelf or Shelf()
    drafts: Table[_Draft] = shelf.table()
    numbers: Table[Key] = shelf.table()
    origins: Table[Origin] = shelf.table()
    terms: set[int] = set()
    for key, post in keyed(posts):
        drafts.put(key, _Draft(key, post.type, title_of(post), _slug(post), post.date, post.parent, post.url))
        if post.id is not None:
            numbers.put(post.id, key)
        origins.put(key, Origin(post.id, post.url, post.slug))
        terms.update(term for term in post.terms if isinstance(term, int))
    home = home_path(site)
    used: Table[None] = shelf.table()
    used.add(same_file(".wpexport.json"))
    found = (_wanted(draft, home, drafts, numbers, dialect, options) for draft in drafts.values())
    files: Table[str] = shelf.table()
    for key, file in told_apart(found, used.add):
        files.put(key, file)
    branches = _branches(files.values(), site, dialect) if dialect.branch_file else set()
    places: Table[Place] = shelf.table()
    result = Plan(places, origins, shelf.table(), shelf.table(), terms)
    keeps = dialect.keeps_address and (not options.fields or "url" in options.fields)
    for draft, file in zip(drafts.values(), files.values(), strict=True):
        place = _place(draft, file, branches, dialect, home if keeps else None, result.addresses)
        result.addresses.add(same_file(place.address))
        result.files.put(same_file(place.file), None)
        places.put(draft.key, place)
        section = dirname(dirname(place.file)) if place.file.endswith("/index.md") else ""
        if section.startswith(dialect.root) and "/" not in section[len(dialect.root) :] and section:
            result.sections.setdefault(section, draft.type)
    return result


def _wanted(
    draft: _Draft,
    home: str,
    drafts: Mapping[Key, _Draft],
    numbers: Mapping[int, Key],
    dialect: Dialect,
    options: Options,
) -> tuple[Key, Wanted]:
    """The path that a post wants."""
    template = template_for(draft.type, dialect, options, dated=draft.date is not None)
    stem, ending = _stem(draft, template, drafts, numbers, dialect)
    if dialect.branch_file and below_home(draft.url, home) == "/":
        stem, ending = dialect.root.rstrip("/"), f"/{dialect.branch_file}"
    return draft.key, Wanted(stem, mark_of(draft.key), ending)


def _slug(post: Post) -> str:
    given = post.slug or post.title
    fallback = f"{safe_name(post.type)}-{post.id}" if post.id is not None else safe_name(post.type)
    return safe_name(given, fallback=fallback)


def _stem(
    draft: _Draft, template: str, by_key: Mapping[Key, _Draft], numbers: Mapping[int, Key], dialect: Dialect
) -> tuple[str, str]:
    moment = draft.date
    kind = safe_name(draft.type, fallback="other")
    values = {
        "slug": draft.slug,
        "id": mark_of(draft.key),
        "type": f"{kind}-type" if kind in dialect.reserved_folders else kind,
        "year": f"{moment.year:04}" if moment else "undated",
        "month": f"{moment.month:02}" if moment else "00",
        "day": f"{moment.day:02}" if moment else "00",
        "date": f"{moment.year:04}-{moment.month:02}-{moment.day:02}" if moment else "",
        "parents": "".join(f"{slug}/" for slug in _parents(draft, by_key, numbers)),
    }
    path = _PLACEHOLDER.sub(lambda found: values[found[1]], template)
    ending = "/index.md" if path.endswith("/index.md") else ".md"
    # The pieces are safe one by one; together they may begin with a dash (no date) or be too long.
    stem = path.removesuffix(ending)
    parts = [part if part.startswith("_") else safe_name(part) for part in stem.split("/") if part]
    return "/".join(parts), ending


def _parents(draft: _Draft, by_key: Mapping[Key, _Draft], numbers: Mapping[int, Key]) -> list[str]:
    """The slugs of the pages above, topmost first; where they are not exported, the address tells them."""
    slugs: list[str] = []
    seen = {draft.key}
    current = draft
    while current.parent is not None and len(slugs) < MAX_PARENTS:
        key = numbers.get(current.parent)
        if key is None and current.url:
            above = [part for part in parted(current.url).path.split("/") if part][:-1]
            slugs += [safe_name(part) for part in reversed(above[-MAX_PARENTS:])]
        if key is None or key in seen:
            break
        seen.add(key)
        current = by_key[key]
        slugs.append(current.slug)
    return slugs[::-1]


def _branches(files: Iterable[str], site: Site, dialect: Dialect) -> set[str]:
    """Folders that hold other pages' folders, or stand where a list of terms stands."""
    above: set[str] = {same_file(f"{dialect.root}{name}") for name in ("categories", "tags")}
    above |= {same_file(f"{dialect.root}{taxonomy.slug}") for taxonomy in site.taxonomies}
    for file in files:
        parent = dirname(same_file(dirname(file)))
        while parent and parent not in above:
            above.add(parent)
            parent = dirname(parent)
    return above


def _place(
    draft: _Draft, file: str, branches: set[str], dialect: Dialect, home: str | None, taken: Container[str]
) -> Place:
    branch = file.endswith("/index.md") and same_file(dirname(file)) in branches
    if branch:
        file = f"{dirname(file)}/{dialect.branch_file}"
    aliases: tuple[str, ...] = ()
    own = _own_address(file, dialect)
    kept = below_home(draft.url, home) if home is not None else None
    named = kept is not None and _PAGE_NAME.search(kept) is not None
    if kept is not None and named and not dialect.html_names:
        # The text (with files beside it) is served from a folder; the old name leads there.
        aliases, kept, named = (kept,), _PAGE_NAME.sub("/", kept), False
    if kept is not None and not named:
        kept = kept.rstrip("/") + "/"
    address = kept if kept is not None and same_file(kept) not in taken else own
    while same_file(address) in taken:
        address = f"{address.rstrip('/')}-{mark_of(draft.key)}/"
    if address != kept:
        aliases = ()
    written = dialect.keeps_address and home is not None
    found = dialect.path_is_address and address == own and _SIMPLE.match(own)
    # Where there are branches, the front page is one, and has its address from its place.
    url = address if written and not found and (address != "/" or not dialect.branch_file) else None
    return Place(draft.key, file, address, url, aliases, draft.type, draft.title, draft.date, branch)


def _own_address(file: str, dialect: Dialect) -> str:
    """The address that a generator makes of the file's path."""
    below = file.removeprefix(dialect.root)
    if basename(below) in {"index.md", dialect.branch_file}:
        below = dirname(below)
    # Folders that the generator hides (_posts) are no part of an address.
    parts = [part.lstrip("_") for part in below.removesuffix(".md").split("/") if part]
    address = "/".join(["", *parts, ""]) if parts else "/"
    return address.lower() if dialect.path_is_address else address


def home_path(site: Site) -> str:
    """The path of the front page, without the slash at the end."""
    try:
        return decoded(urlsplit(site.home).path).rstrip("/")
    except ValueError:
        return ""


def below_home(url: str | None, home: str) -> str | None:
    """The path of a permalink below the blog's own, decoded.

    None where it has none (``?p=12``), or one that no generator can build.
    """
    if not url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    path = decoded(parts.path) or "/"
    if parts.query or (path != home and not path.startswith(home + "/")):
        return None
    path = path[len(home) :] or "/"
    return None if _UNUSABLE.search(path) else path


def term_address(url: str | None, home: str, own: str, number: int, taken: Taken) -> str:
    """The address of a term's page: that of the blog, else ``own``, else one with its number. Takes it.

    Args:
        url: the term's on the blog.
        home: as `home_path` says.
        own: where its page would be by its name, with a slash at its end.
        number: the term's.
        taken: folded addresses that nobody else may have (`wpexport.text.names.same_file`).
    """
    kept = below_home(url, home)
    address = kept.rstrip("/") + "/" if kept and kept != "/" else own
    for candidate in (address, own, f"{own[:-1]}-{number}/"):
        if same_file(candidate) not in taken:
            address = candidate
            break
    taken.add(same_file(address))
    return address
