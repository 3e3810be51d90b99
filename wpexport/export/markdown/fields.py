"""What a post says in its front matter: all fields there are, then the dialect's choice of them."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from posixpath import basename
from typing import Any

from wpexport.errors import UsageError
from wpexport.export.base import Options
from wpexport.export.dialects.base import FIELDS, Dialect
from wpexport.export.markdown.places import Place
from wpexport.model import Author, Post, Reference, Term
from wpexport.text.frontmatter import WRITERS, Plain
from wpexport.text.markdown import FLAVOURS, convert
from wpexport.text.names import safe_name

#: taxonomies that are no terms of a text: menus, formats, a theme's parts
NOT_TERMS = frozenset({"post_format", "nav_menu", "link_category", "wp_theme", "wp_template_part_area"})
#: what no address can lead to as it stands
_UNOPENED = re.compile(r"[:%?#\\/\x00-\x1f]|\.\Z")
_ENTITY = re.compile(r"&[#\w]")
_NO_WORD = re.compile(r"[\s!-,.:-@\[-^`{-~\x00-\x1f]+")
_KEY = re.compile(r"[^\w-]+")
PUBLIC = frozenset({"publish", "future", "inherit"})


@dataclass(frozen=True, slots=True)
class People:
    """Authors and terms by number, and how terms are called in front matter."""

    authors: Mapping[int, Author]
    terms: Mapping[int, Term]
    #: number to what is written, where it is not the name
    term_names: Mapping[int, str]


def chosen(dialect: Dialect, options: Options) -> list[tuple[str, str]]:
    """Field and key, in the order they are written.

    Raises:
        UsageError: the user names a field that does not exist.
    """
    names = options.fields or tuple(dialect.fields)
    # ``--rename lastmod=updated`` is understood as well as ``--rename modified=updated``.
    by_key = {key: name for name, key in dialect.fields.items()}
    renamed = {
        name if name in FIELDS else by_key.get(name, name): key for name, key in options.rename.items()
    }
    for name in (*names, *renamed):
        if name not in FIELDS and not name.startswith(("meta.", "extra.")):
            raise UsageError(f"There is no field {name!r}.", hint=f"There are: {', '.join(FIELDS)}.")
    result = [(name, renamed.get(name) or dialect.fields.get(name) or name) for name in names]
    return result + [(name, key) for name, key in renamed.items() if name not in names]


def author_of(post: Post, people: People) -> tuple[str | None, str | None]:
    """The author's name and short name, as far as known."""
    author = post.author
    if isinstance(author, Reference):
        return author.name or author.slug, author.slug
    known = people.authors.get(author) if author is not None else None
    return (known.name or known.slug or None, known.slug or None) if known else (None, None)


def terms_of(post: Post, people: People) -> dict[str, list[str]]:
    """Taxonomy to names, in WordPress' order, each once."""
    result: dict[str, list[str]] = {}
    for entry in post.terms:
        if isinstance(entry, Reference):
            taxonomy, name = entry.taxonomy or "post_tag", entry.name or entry.slug
        else:
            term = people.terms.get(entry)
            taxonomy = term.taxonomy if term else "post_tag"
            name = (people.term_names.get(entry) or term.name or term.slug) if term else None
        if name and taxonomy not in NOT_TERMS and name not in result.setdefault(taxonomy, []):
            result[taxonomy].append(name)
    return result


def all_fields(
    post: Post, place: Place, people: People, dialect: Dialect, given: Mapping[str, Any]
) -> dict[str, Any]:
    """Every field of `FIELDS` that this post has. ``given`` are those that need the text or links."""
    # Where no whole address is given, the generator would make one of the slug, and links would fail.
    moves = dialect.path_is_address and place.url is None and basename(place.address.rstrip("/")) != post.slug
    author, author_slug = author_of(post, people)
    terms = terms_of(post, people)
    public = post.status in PUBLIC
    old_slugs = [slug for slug in _texts(post.meta.get("_wp_old_slug")) if slug != post.slug]
    categories = terms.pop("category", [])
    tags = terms.pop("post_tag", [])
    above = place.address.rstrip("/").rpartition("/")[0]
    return {
        "date": post.date,
        "modified": post.modified if post.modified != post.date else None,
        "slug": None if moves else post.slug or None,
        "url": place.url.lstrip("/") if place.url and "save_as" in dialect.fields else place.url,
        "save_as": _save_as(place.url) if place.url else None,
        "link": post.url,
        "aliases": [*place.aliases, *(f"{above}/{slug}/" for slug in old_slugs)],
        "author": author,
        "author_slug": author_slug,
        "category": categories[0] if categories else None,
        "categories": categories,
        "tags": tags,
        "tag_names": tags if dialect.forms.get("tags") == "words" and words(tags) != tags else None,
        "terms": terms,
        "draft": None if public else True,
        "draft_status": None if public else "draft",
        "published": None if public else False,
        "status": None if post.status == "publish" else post.status,
        "sticky": post.sticky or None,
        "format": post.format if post.format not in {"standard", "", None} else None,
        "protected": post.password_protected or None,
        "id": post.id,
        "type": post.type,
        "parent": post.parent,
        "order": post.menu_order or None,
        "template": post.template or None,
        "comment_status": post.comment_status,
        "guid": post.guid,
        "meta": post.meta or None,
        "extra": post.extra or None,
        **given,
    }


def _save_as(url: str) -> str:
    return (url + "index.html" if url.endswith("/") else url).lstrip("/")


def front_matter(values: Mapping[str, Any], dialect: Dialect, options: Options, *, branch: bool) -> str:
    """Write a post's front matter as the dialect wants it.

    Args:
        values: what `all_fields` gave.
        dialect: keys, order and format.
        options: the user's choice of fields and names.
        branch: does it stand where a section stands?
    """
    written: dict[str, Any] = {}
    for name, key in chosen(dialect, options):
        value = values.get(name)
        if name.startswith(("meta.", "extra.")):
            holder, _, inner = name.partition(".")
            value = (values.get(holder) or {}).get(inner)
        if name == "terms":
            _put_terms(written, value or {}, key, dialect)
        elif value is not None and value != []:
            _put(written, key, _dated(shaped(name, value, dialect), dialect))
    constants = {**dialect.constants, **(dialect.branch_constants if branch else {})}
    for key, value in constants.items():
        written.setdefault(key, value)
    return WRITERS[dialect.front_matter](written)


def shaped(name: str, value: Any, dialect: Dialect) -> Any:
    """A text in the form that the generator takes it for."""
    form = dialect.forms.get(name)
    if isinstance(value, list):
        return [[one] for one in value] if form == "lists" else words(value) if form == "words" else value
    if form is None or not isinstance(value, str):
        return value
    if form == "path":
        return safe_name(value) if _UNOPENED.search(value) else value
    safe = html.escape(value, quote=False)
    if form == "markdown":
        return " ".join(convert(safe, FLAVOURS[dialect.flavour]).markdown.split())
    return safe if "<" in value or _ENTITY.search(value) else value


def words(names: list[str]) -> list[str]:
    """Names as tags that hold no space and no sign but ``_``, ``-`` and ``/``, and are no number."""
    made = [_NO_WORD.sub("-", name).strip("-") or "tag" for name in names]
    return list(dict.fromkeys(f"{one}_" if one.isdecimal() else one for one in made))


def _put_terms(written: dict[str, Any], terms: Mapping[str, list[str]], key: str, dialect: Dialect) -> None:
    for taxonomy, names in terms.items():
        name = taxonomy_key(taxonomy, dialect)
        _put(written, key.replace("*", name) if "*" in key else f"{key}.{name}", names)


def taxonomy_key(taxonomy: str, dialect: Dialect) -> str:
    """The key of a custom taxonomy: its own name, unless the generator takes that for something else."""
    name = _KEY.sub("_", taxonomy)
    taken = {key.split(".")[0].lower() for key in dialect.fields.values()} - {"*"}
    return f"wp_{name}" if name.lower() in dialect.reserved | taken else name


def _put(written: dict[str, Any], key: str, value: Any) -> None:
    *outer, last = key.split(".")
    for part in outer:
        inner = written.setdefault(part, {})
        if not isinstance(inner, dict):
            return
        written = inner
    written.setdefault(last, value)


def _dated(value: Any, dialect: Dialect) -> Any:
    if not isinstance(value, datetime) or not dialect.date_format:
        return value
    offset = value.utcoffset()
    if offset is not None and offset.total_seconds() % 60:
        value = value.astimezone(UTC)
    # strftime writes years before 1000 with fewer digits on some systems.
    return Plain(value.strftime(dialect.date_format.replace("%Y", f"{value.year:04}")))


def _texts(value: Any) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return [html.unescape(item) for item in items if isinstance(item, str) and item]
