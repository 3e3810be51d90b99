"""A page for each term, for generators that make none themselves, or not at the old address.

It is a file with front matter only (and the term's description); the starter's layout ``term`` lists the
posts. Two terms of one name would be one to the generator: the second is called by its slug in front
matter, and its page has the name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wpexport.export.base import Options
from wpexport.export.dialects.base import Dialect
from wpexport.export.markdown.fields import chosen, shaped, taxonomy_key
from wpexport.export.markdown.places import Plan, Taken, home_path, term_address
from wpexport.export.markdown.post import flavour_of
from wpexport.export.starters.extras import Extra, Naming, Whole
from wpexport.model import Site, Term
from wpexport.text.frontmatter import WRITERS
from wpexport.text.markdown import convert
from wpexport.text.names import Wanted, decoded, safe_name, tell_apart

_FIELD = {"category": "categories", "post_tag": "tags"}
_SHORT = {"category": "category", "post_tag": "tag"}


def front_key(taxonomy: str, dialect: Dialect, options: Options) -> str:
    """Under which key (dots make maps) the posts name their terms of a taxonomy."""
    key = _front_key(taxonomy, dialect, options)
    # Pelican knows all keys in small letters.
    return key.lower() if dialect.front_matter == "pelican" else key


def _front_key(taxonomy: str, dialect: Dialect, options: Options) -> str:
    keys = dict(chosen(dialect, options))
    if (name := _FIELD.get(taxonomy)) is not None:
        return keys.get(name) or dialect.fields.get(name) or name
    key, own = keys.get("terms") or dialect.fields.get("terms") or "*", taxonomy_key(taxonomy, dialect)
    return key.replace("*", own) if "*" in key else f"{key}.{own}"


def name_terms(terms: Mapping[int, Term], site: Site, plan: Plan, dialect: Dialect) -> Naming:
    """Give each term a name of its own within its taxonomy, a file, and its old address."""
    names: dict[int, str] = {}
    addresses: dict[int, str] = {}
    wanted: dict[int, Wanted] = {}
    home = home_path(site)
    taken = Taken(plan.addresses)
    used: set[tuple[str, str]] = set()
    for number in sorted(terms):
        term = terms[number]
        for name in (term.name, term.slug, f"{term.slug}-{number}"):
            if name and (term.taxonomy, name) not in used and _usable(name, dialect):
                break
        used.add((term.taxonomy, name))
        if name != term.name:
            names[number] = name
        folder = safe_name(_SHORT.get(term.taxonomy, term.taxonomy))
        slug = safe_name(decoded(term.slug) or term.name, fallback=f"term-{number}")
        address = term_address(term.url, home, f"/{folder}/{slug}/", number, taken)
        addresses[number] = address
        file = dialect.term_file.format(taxonomy=folder, slug=slug, address=address.strip("/"))
        wanted[number] = Wanted(file.removesuffix(".md"), str(number), ".md")
    files = tell_apart(wanted, [place.file for place in plan.places.values()])
    return Naming(names, files, addresses)


def _usable(name: str, dialect: Dialect) -> bool:
    """Pelican makes a slug of every name, and warns of one that has nothing for a slug."""
    return dialect.front_matter != "pelican" or any(char.isalnum() for char in name)


def term_pages(whole: Whole) -> Iterator[Extra]:
    """The files of the terms' pages."""
    dialect = whole.dialect
    for number, path in sorted(whole.naming.folders.items()):
        term = whole.terms[number]
        name = whole.naming.names.get(number) or term.name
        record = {
            dialect.fields.get("title", "title"): shaped("title", term.name or term.slug, dialect),
            **dialect.term_constants,
            **_address(whole.naming.addresses[number], dialect),
            # In Pelican's lists a semicolon would part two names.
            "term": name.replace(";", "\uff1b") if dialect.front_matter == "pelican" else name,
            "term_key": front_key(term.taxonomy, dialect, whole.options),
            "term_taxonomy": term.taxonomy,
            "term_link": term.url,
        }
        text = _description(term, dialect)
        header = WRITERS[dialect.front_matter](record).rstrip("\n") + "\n"
        yield Extra(path, (header + (f"\n{text}\n" if text else "")).encode("utf-8", "replace"))


def _address(address: str, dialect: Dialect) -> dict[str, str]:
    if "url" not in dialect.fields:
        return {}
    keys = {dialect.fields["url"]: address}
    if "save_as" in dialect.fields:
        keys[dialect.fields["url"]] = address.lstrip("/")
        keys[dialect.fields["save_as"]] = address.lstrip("/") + "index.html"
    return keys


def _description(term: Term, dialect: Dialect) -> str:
    if not term.description:
        return ""
    flavour = flavour_of(dialect, guarded=dialect.guards_texts)
    return convert(term.description, flavour).markdown.strip("\n")
