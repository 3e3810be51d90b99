"""What must be known before the first line of a WXR is written: logins, numbers, collisions."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from msgspec.structs import replace

from wpexport.export.base import Blog
from wpexport.export.wxr.media import full_names
from wpexport.export.wxr.texts import is_rendered, title
from wpexport.model import Author, Media, Personal, Post, Reference, Term
from wpexport.text.addresses import parted

#: what WordPress allows in a login (``sanitize_user(..., true)``)
_NO_LOGIN = re.compile(r"[^A-Za-z0-9 _.@-]")
_NUMBER = re.compile(r"[1-9][0-9]{0,17}\Z")
_DAY = 86400

Private = Callable[[str, int], Personal | None]


@dataclass(slots=True)
class Plan:
    """The result of the first pass."""

    #: logins by author number, and by what was seen of an author without one
    logins: dict[int, str] = field(default_factory=dict)
    seen_logins: dict[str, str] = field(default_factory=dict)
    seen_names: dict[str, str] = field(default_factory=dict)
    #: numbers of all posts and media that go out
    numbers: set[int] = field(default_factory=set)
    #: numbers given to posts and media that have none, by address
    given: dict[str, int] = field(default_factory=dict)
    #: seconds to add to a date, by number, where the importer would take two posts for one
    shifts: dict[int, int] = field(default_factory=dict)
    #: the media above posts, by the post's number, and the posts that media were uploaded to
    featured: dict[int, int] = field(default_factory=dict)
    homes: dict[int, int] = field(default_factory=dict)
    #: numbers of posts with children, and of posts that menus lead to
    parents: set[int] = field(default_factory=set)
    targets: set[int] = field(default_factory=set)
    #: parents told from addresses, where nothing else tells any: by the child's number
    above: dict[int, int] = field(default_factory=dict)
    #: pictures that are there in full size (`full_names`)
    full: set[str] = field(default_factory=set)
    types: Counter[str] = field(default_factory=Counter)
    rendered: int = 0
    newest: datetime | None = None
    posts: int = 0

    def login(self, author: int | Reference | None) -> str:
        """The login of a post's author; empty where nobody is known."""
        if isinstance(author, Reference):
            return self.seen_logins.get(_seen(author), "")
        return self.logins.get(author, "") if author else ""

    def number(self, known: int | None, url: str | None) -> int:
        """The number of a post or media item in the file."""
        return known or self.given.get(url or "", 0)

    def under_parent(self, post: Post) -> Post:
        """The post with the parent that its address tells."""
        parent = self.above.get(post.id or 0)
        return replace(post, parent=parent) if parent else post


def make_plan(blog: Blog, *, with_media: bool, private: Private | None) -> Plan:
    """Look at everything once.

    Args:
        blog: read from start to end.
        with_media: media items go out too.
        private: gives usernames, where the user asked for personal data.
    """
    plan = Plan()
    unnumbered: list[str] = []
    users: set[int] = set()
    seen: dict[str, Reference] = {}
    clashes = _Clashes()
    paths: dict[tuple[str, str], int] = {}

    def note(record: Post | Media, kind: str) -> None:
        if record.id:
            plan.numbers.add(record.id)
            clashes.add(record, kind)
        else:
            unnumbered.append(record.url or (record.source_url if isinstance(record, Media) else None) or "")
        if isinstance(record.author, Reference):
            seen.setdefault(_seen(record.author), record.author)
        elif record.author:
            users.add(record.author)
        times = [time for time in (record.modified, record.date, plan.newest) if time]
        plan.newest = max(times) if times else None

    for post in blog.posts():
        note(post, post.type)
        plan.types[post.type] += 1
        plan.rendered += is_rendered(post.content)
        plan.posts += 1
        if post.parent:
            plan.parents.add(post.parent)
        if post.id and post.type != "post":
            paths[post.type, parted(post.url or "").path.rstrip("/")] = post.id
        target = menu_target(post)
        if target:
            plan.targets.add(target)
        if post.featured_media and post.id:
            plan.featured[post.id] = post.featured_media
    for item in blog.media() if with_media else ():
        note(item, "attachment")
        plan.full |= full_names(item)
        if item.post and item.id:
            plan.homes[item.id] = item.post
    if not plan.parents:
        plan.above = _parents_by_address(paths)
        plan.parents = set(plan.above.values())
    top = max(plan.numbers, default=0)
    for at, url in enumerate(unnumbered, 1):
        plan.given.setdefault(url, top + at)
    plan.shifts = clashes.shifts
    _name_authors(plan, blog.authors(), users, seen, private)
    return plan


def _parents_by_address(paths: Mapping[tuple[str, str], int]) -> dict[int, int]:
    """Who stands below whom: feeds do not say it, but a page's address begins with its parent's."""
    found = {}
    for (kind, path), number in paths.items():
        parent = paths.get((kind, path.rpartition("/")[0]))
        if parent and parent != number:
            found[number] = parent
    return found


def menu_target(post: Post) -> int | None:
    """The number of the post that a menu item leads to."""
    if post.type != "nav_menu_item" or post.meta.get("_menu_item_type") != "post_type":
        return None
    target = str(post.meta.get("_menu_item_object_id", ""))
    return int(target) if _NUMBER.match(target) else None


def _name_authors(
    plan: Plan,
    authors: Mapping[int, Author],
    users: set[int],
    seen: dict[str, Reference],
    private: Private | None,
) -> None:
    taken: set[str] = set()

    def unique(wish: str, other: str) -> str:
        login = ascii_name(wish) or other
        while login.lower() in taken:
            login = f"{login}-2" if not re.search(r"-\d+$", login) else _counted(login)
        taken.add(login.lower())
        return login

    for number in sorted({*authors, *users}):
        author = authors.get(number)
        known = private("author", number) if private else None
        # WordPress makes the address of an author's page of the login: the short name keeps it as it was.
        wish = author.slug if author else ""
        wish = wish or (known.username if known else None) or (author.name if author else "")
        plan.logins[number] = unique(wish, f"author-{number}")
    for at, (key, reference) in enumerate(sorted(seen.items()), 1):
        plan.seen_logins[key] = unique(reference.slug or reference.name or "", f"writer-{at}")
        plan.seen_names[key] = reference.name or reference.slug or key


def ascii_name(text: str) -> str:
    """As much of a name as WordPress allows in a login (60 characters at most)."""
    flat = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return " ".join(_NO_LOGIN.sub("", flat).split())[:56].strip()


def _counted(login: str) -> str:
    stem, _, count = login.rpartition("-")
    return f"{stem}-{int(count) + 1}"


def _seen(author: Reference) -> str:
    return author.slug or author.url or author.name or ""


class _Clashes:
    """Finds posts that ``post_exists()`` would take for one another: same type, title and second.

    A post without a title is even compared by type and second alone. Databases compare without regard to
    case and accents.
    """

    def __init__(self) -> None:
        self._titled: set[int] = set()
        self._moments: set[int] = set()
        self.shifts: dict[int, int] = {}

    def add(self, record: Post | Media, kind: str) -> None:
        if record.date is None or not record.id or kind == "nav_menu_item":
            return
        name = folded(title(record))
        moment = record.date.replace(tzinfo=None)
        shift = 0
        while shift < _DAY and self._met(kind, name, moment + timedelta(seconds=shift)):
            shift += 1
        when = (moment + timedelta(seconds=shift)).isoformat()
        self._titled.add(hash((kind, name, when)))
        self._moments.add(hash((kind, when)))
        if shift:
            self.shifts[record.id] = shift

    def _met(self, kind: str, name: str, moment: datetime) -> bool:
        when = moment.isoformat()
        return hash((kind, name, when)) in self._titled if name else hash((kind, when)) in self._moments


def folded(text: str) -> str:
    """A text as databases compare it: without regard to case and accents."""
    flat = unicodedata.normalize("NFKD", text.strip().casefold())
    return "".join(character for character in flat if not unicodedata.combining(character))


def terms_in_order(terms: Iterable[Term]) -> Iterator[Term]:
    """All terms, each after its parent and after the one whose slug is its name; by number else.

    The importer looks for a term by slug, and then by name (``term_exists()``): one whose slug is the name of
    another that is there already would be taken for it.
    """
    waiting = {term.id: term for term in sorted(terms, key=lambda term: term.id or 0) if term.id}
    by_slug = {(term.taxonomy, folded(term.slug)): term.id for term in waiting.values()}
    begun: set[int] = set()
    done: set[int] = set()
    for first in waiting:
        path = [first]
        while path:
            number = path[-1]
            term = waiting[number]
            # the parent last, so that it comes first, whatever else goes in a circle
            wanted = (by_slug.get((term.taxonomy, folded(term.name))), term.parent)
            before = [n for n in wanted if n in waiting and n not in begun] if number not in begun else []
            begun.add(number)
            if before:
                path += before
                continue
            path.pop()
            if number not in done:
                done.add(number)
                yield term


def mistaken(terms: Iterable[Term]) -> list[Term]:
    """Terms that the importer will take for one before them, or put at the top, whatever the order."""
    there = {term.id: term for term in terms}
    names: dict[tuple[str, str], str] = {}
    found = []
    done: set[int | None] = set()
    for term in terms_in_order(there.values()):
        slug = folded(term.slug)
        if names.get((term.taxonomy, slug), slug) != slug or (
            term.parent in there and term.parent not in done
        ):
            found.append(term)
        done.add(term.id)
        names.setdefault((term.taxonomy, folded(term.name)), slug)
    return found
