"""One map from every old address of the blog to its place in the built site.

It is collected while the posts go by (their dates, their pages, the files copied for them) and worked out at
the end. What WordPress serves, from its source (``class-wp-rewrite.php``, ``class-wp.php``): for each post
its permalink, ``?p=``, its pages ``/2/``, its comments' feed; for each attachment a page; for each term,
author and date a list with pages and a feed. What has no counterpart in a built site leads to the list of
all posts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from posixpath import basename, dirname
from typing import Literal
from urllib.parse import quote

from wpexport.errors import UsageError
from wpexport.export.base import Notice, Options
from wpexport.export.dialects.base import Dialect
from wpexport.export.markdown.fields import NOT_TERMS, chosen
from wpexport.export.markdown.places import Place, home_path
from wpexport.export.markdown.post import Piece
from wpexport.export.starters.extras import Whole
from wpexport.model import Author, Media, Post, Term
from wpexport.text.addresses import parted
from wpexport.text.names import decoded, same_file

#: what ``--redirects`` knows
KINDS = ("nginx", "apache", "netlify", "csv")
#: the feed of a list, below its address, of generators that make one for every list
_FEEDS = {"hugo": "index.xml"}
_BREAK = "<!--nextpage-->"
#: posts on a page of a list, unless the owner changed it (Settings > Reading)
_ON_A_PAGE = 10
#: query variables of WordPress' own taxonomies; others have their own name
_VARIABLES = {"category": "category_name", "post_tag": "tag"}

Kind = Literal[
    "post",
    "alias",
    "number",
    "page",
    "feed",
    "paging",
    "attachment",
    "file",
    "term",
    "author",
    "date",
    "type",
]


@dataclass(frozen=True, slots=True, order=True)
class Redirect:
    """One old address and where it leads."""

    #: from the root of the host, percent-decoded, without the slash at the end
    path: str
    #: with which it was asked for at ``path`` (``("p", "12")``); empty where the path says all
    query: tuple[str, str] | tuple[()]
    #: from the root of the host, percent-encoded; empty where there is nothing to lead to
    new: str
    kind: Kind

    @property
    def old(self) -> str:
        """The address from the root of the host, as a browser asks for it."""
        path = encoded(self.path)
        if not self.query:
            return path if "." in basename(path) else path + "/"
        name, value = self.query
        return f"{path}/?{name}={quote(value, safe='')}"

    @property
    def kept(self) -> bool:
        """Does the built site have this very address?"""
        return not self.query and self.new.rstrip("/") == encoded(self.path)


def encoded(path: str) -> str:
    """A path as it stands in an address (and in no way that a server's configuration could misread)."""
    return quote(path.encode("utf-8", "replace"), safe="/~-._")


def check_redirects(options: Options, dialect: Dialect) -> None:
    """Is this what we can write for this generator?

    Raises:
        UsageError: there is no such kind, the generator's addresses are not known, or only a part of the blog
            is exported.
    """
    kinds = options.redirects
    unknown = sorted(set(kinds) - set(KINDS))
    if unknown:
        hint = f"There are: {', '.join(KINDS)}."
        raise UsageError(f"--redirects knows no {', '.join(unknown)}.", hint=hint)
    if kinds and options.partial:
        message = "Old addresses are written down for the whole blog, and this is a part of it."
        raise UsageError(message, hint="Export all of it, or leave --redirects out.")
    if kinds and not dialect.keeps_address:
        message = f"Where {dialect.name} puts its pages is not known, so nothing can lead there."
        raise UsageError(message, hint="Leave --redirects out, or export to a generator such as hugo.")


@dataclass(slots=True)
class _Seen:
    """What is kept of a post for the end."""

    number: int | None
    path: str
    place: Place
    pages: int
    kind: str
    top: bool


@dataclass(slots=True)
class Addresses:
    """Collects the old addresses."""

    whole: Whole
    notices: list[Notice] = field(default_factory=list)
    _posts: list[_Seen] = field(default_factory=list)
    _files: dict[str, str] = field(default_factory=dict)
    _days: dict[tuple[str, str, str], int] = field(default_factory=dict)
    _authors: dict[int, int] = field(default_factory=dict)
    _terms: dict[int, int] = field(default_factory=dict)
    _old_paths: list[tuple[str, Place]] = field(default_factory=list)

    @property
    def _home(self) -> str:
        return home_path(self.whole.site)

    def add(self, post: Post, piece: Piece) -> None:
        """A post that is written, with the files that were copied for it."""
        places = self.whole.plan.places
        place = places.get((0, post.id, "")) if post.id is not None else places.get((1, 0, post.url or ""))
        if place is None:
            return
        path = self._path(post.url) or ""
        pages = (post.content.html or post.content.raw or "").count(_BREAK) + 1
        self._posts.append(_Seen(post.id, path, place, pages, post.type, post.parent is None))
        for target, file in piece.copies.items():
            self._files.setdefault(file.url, self._file_address(target, place))
        if post.type == "post":
            if post.date is not None:
                day = (f"{post.date.year:04}", f"{post.date.month:02}", f"{post.date.day:02}")
                self._days[day] = self._days.get(day, 0) + 1
            if isinstance(post.author, int):
                self._authors[post.author] = self._authors.get(post.author, 0) + 1
        for term in post.terms:
            if isinstance(term, int):
                self._terms[term] = self._terms.get(term, 0) + 1
        old = post.meta.get("_wp_old_slug")
        for slug in old if isinstance(old, list) else [old]:
            if isinstance(slug, str) and slug and path:
                self._old_paths.append((f"{dirname(path)}/{decoded(slug)}", place))

    def _file_address(self, target: str, place: Place) -> str:
        dialect = self.whole.dialect
        folder = dialect.media_folder + "/"
        if target.startswith(folder):
            return dialect.media_address + target.removeprefix(folder)
        above = place.address if place.address.endswith("/") else dirname(place.address) + "/"
        return above + basename(target)

    def finish(
        self, authors: Mapping[int, Author], terms: Mapping[int, Term], media: Iterable[Media]
    ) -> list[Redirect]:
        """All old addresses, each once, the kept ones too; in the order of their paths."""
        found: dict[tuple[str, tuple[str, str] | tuple[()]], Redirect] = {}
        groups = (self._of_posts(), self._of_media(media), self._of_terms(terms), self._of_types())
        for group in (*groups, self._of_authors(authors), self._of_dates(), self._of_the_front()):
            for one in group:
                if one.path.isprintable():
                    found.setdefault((one.path, one.query), one)
        return sorted(found.values())

    def _of_posts(self) -> Iterator[Redirect]:
        # For these the generator makes a page that leads on.
        aliases = "aliases" in dict(chosen(self.whole.dialect, self.whole.options))
        for post in self._posts:
            new = self._new(post.place.address)
            if post.number is not None:
                yield self._asked("page_id" if post.kind == "page" else "p", str(post.number), new, "number")
            if not post.path:
                continue
            stub = aliases and post.path.removeprefix(self._home) in post.place.aliases
            yield Redirect(post.path, (), new, "alias" if stub else "post")
            yield Redirect(f"{post.path}/feed", (), new, "feed")
            for page in range(2, post.pages + 1):
                yield Redirect(f"{post.path}/{page}", (), new, "page")
        for path, place in self._old_paths:
            yield Redirect(path, (), self._new(place.address), "alias" if aliases else "post")

    def _of_media(self, media: Iterable[Media]) -> Iterator[Redirect]:
        by_number = {post.number: post.place.address for post in self._posts if post.number is not None}
        for one in media:
            best = self._files.get(one.source_url or "") or next(
                (self._files[file.url] for file in one.files if file.url in self._files), None
            )
            # Its page shows the file; without the file, the post to which it belongs is the nearest thing.
            target = best or by_number.get(one.post or 0)
            new = self._new(target) if target else ""
            path = self._path(one.url)
            if path:
                yield Redirect(path, (), new, "attachment")
            if one.id is not None and one.url:
                yield self._asked("attachment_id", str(one.id), new, "attachment")
            if not new and path:
                self.notices.append(Notice("no-new-place", one.url or "", "no exported post shows it"))
            if best is None:
                continue
            urls = {file.url: self._files.get(file.url, best) for file in one.files}
            for url, address in {one.source_url or "": best, **urls}.items():
                if file_path := self._path(url):
                    yield Redirect(file_path, (), self._new(address), "file")

    def _of_terms(self, terms: Mapping[int, Term]) -> Iterator[Redirect]:
        addresses = self.whole.naming.addresses
        for number, term in sorted(terms.items()):
            if term.taxonomy in NOT_TERMS:
                continue
            new = addresses.get(number, "/")
            if path := self._path(term.url):
                yield from self._list(path, new, self._terms.get(number, 0), "term")
            if term.taxonomy == "category":
                yield self._asked("cat", str(number), self._new(new), "term")
            variable = _VARIABLES.get(term.taxonomy, term.taxonomy)
            yield self._asked(variable, term.slug, self._new(new), "term")

    def _of_authors(self, authors: Mapping[int, Author]) -> Iterator[Redirect]:
        for number, count in sorted(self._authors.items()):
            author = authors.get(number)
            if author is not None and (path := self._path(author.url)):
                yield from self._list(path, "/", count, "author")
            yield self._asked("author", str(number), self._new("/"), "author")

    def _of_dates(self) -> Iterator[Redirect]:
        counts: dict[tuple[str, ...], int] = {}
        for day, count in self._days.items():
            for length in (1, 2, 3):
                counts[day[:length]] = counts.get(day[:length], 0) + count
        for parts, count in sorted(counts.items()):
            yield from self._list(f"{self._home}/{'/'.join(parts)}", "/", count, "date", feed=False)
            yield self._asked("m", "".join(parts), self._new("/"), "date")

    def _of_types(self) -> Iterator[Redirect]:
        """Lists of custom types: where all posts of a type lie in one folder, that is its list."""
        folders: dict[str, set[str]] = {}
        for post in self._posts:
            if post.kind not in {"post", "page"} and post.top and post.path:
                folders.setdefault(post.kind, set()).add(dirname(post.path))
        sections = {kind: folder for folder, kind in self.whole.plan.sections.items()}
        taken = self.whole.taken()
        for kind, paths in sorted(folders.items()):
            path = min(paths)
            if len(paths) > 1 or path == self._home:
                continue
            own = f"/{sections[kind].removeprefix(self.whole.dialect.root)}/" if kind in sections else "/"
            known = self.whole.dialect.name == "hugo" and same_file(own) not in taken
            count = sum(post.kind == kind for post in self._posts)
            yield from self._list(path, own if known else "/", count, "type")
            yield self._asked("post_type", kind, self._new(own if known else "/"), "type")

    def _of_the_front(self) -> Iterator[Redirect]:
        posts = sum(post.kind == "post" for post in self._posts)
        yield from self._list(self._home, "/", posts, "paging")
        yield Redirect(f"{self._home}/comments/feed", (), self._feed("/"), "feed")
        for name in ("rss2", "rss", "atom", "rdf", "feed", "comments-rss2", "comments-atom"):
            yield self._asked("feed", name, self._feed("/"), "feed")
            if "-" not in name and name != "feed":
                yield Redirect(f"{self._home}/feed/{name}", (), self._feed("/"), "feed")

    def _list(
        self, path: str, address: str, count: int, kind: Kind, *, feed: bool = True
    ) -> Iterator[Redirect]:
        """A list of posts: itself, its further pages, its feed."""
        new = self._new(address)
        yield Redirect(path, (), new, kind)
        for page in range(2, -(-count // _ON_A_PAGE) + 1):
            yield Redirect(f"{path}/page/{page}", (), new, "paging")
        if feed:
            yield Redirect(f"{path}/feed", (), self._feed(address), "feed")

    def _feed(self, address: str) -> str:
        """The feed of a list; a generator that makes none is not asked for one."""
        name = _FEEDS.get(self.whole.dialect.name)
        return self._new(address + name) if name and address.endswith("/") else ""

    def _asked(self, name: str, value: str, new: str, kind: Kind) -> Redirect:
        return Redirect(self._home, (name, value), new, kind)

    def _new(self, address: str) -> str:
        return encoded(self._home + address)

    def _path(self, url: str | None) -> str | None:
        """The path of an address of this blog; None for what is none, or is asked for with a query."""
        if not url:
            return None
        parts, home = parted(url), parted(self.whole.site.home)
        same = (parts.hostname or "").removeprefix("www.") == (home.hostname or "").removeprefix("www.")
        path = decoded(parts.path).rstrip("/")
        below = path == self._home or path.startswith(self._home + "/")
        return path if same and below and not parts.query else None
