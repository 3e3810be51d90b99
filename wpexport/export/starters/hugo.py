"""What Hugo needs beside the posts: lists and terms under their old addresses, and a starter site.

Facts found by building with Hugo 0.168: a term's page is found by its name in lower case, blanks as
dashes; two pages of one address overwrite each other in silence; raw HTML in
Markdown is dropped unless ``unsafe`` is set; ``languageCode`` became ``locale``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping

from wpexport.export.dialects.base import Dialect
from wpexport.export.markdown.fields import taxonomy_key
from wpexport.export.markdown.places import Plan, Taken, home_path, term_address
from wpexport.export.starters.extras import Extra, Naming, Whole
from wpexport.export.starters.templates import same_for_all
from wpexport.model import Site, Term
from wpexport.text.frontmatter import toml_document, yaml
from wpexport.text.markdown import FLAVOURS, convert
from wpexport.text.names import cut, same_file

_CONVENTIONAL = {"category": "categories", "post_tag": "tags"}
# What no folder can be called on some system, or Hugo passes over.
_BAD = re.compile(r'[<>:"/\\|?*~]|\A[._-]|[.\s]\Z')


def plural(taxonomy: str, dialect: Dialect) -> str:
    """The front matter key and folder of a taxonomy."""
    return _CONVENTIONAL.get(taxonomy) or taxonomy_key(taxonomy, dialect)


def term_folder(name: str) -> str | None:
    """The folder in which Hugo looks for the page of a term; None where that is not certain."""
    lower = name.lower()
    same = len(lower) == len(name) and unicodedata.is_normalized("NFC", name)
    if not same or not lower.isprintable() or _BAD.search(lower) or cut(lower) != lower:
        return None
    return lower.replace(" ", "-") or None


def name_terms(terms: Mapping[int, Term], site: Site, plan: Plan, dialect: Dialect) -> Naming:
    """Give each term a name that leads Hugo to a page of its own, the folder of that page, its address.

    A term whose name Hugo could mistake for another's is called by its slug; its page has the name.
    """
    names: dict[int, str] = {}
    folders: dict[int, str] = {}
    addresses: dict[int, str] = {}
    taken = Taken(plan.addresses)
    used: set[str] = set()
    home = home_path(site)
    for number in sorted(terms):
        term = terms[number]
        root = plural(term.taxonomy, dialect)
        for name in (term.name, term.slug, f"{term.slug}-{number}"):
            folder = term_folder(name)
            if folder and same_file(f"{root}/{folder}") not in used:
                break
        else:
            continue
        used.add(same_file(f"{root}/{folder}"))
        if name != term.name:
            names[number] = name
        folders[number] = f"{root}/{folder}"
        addresses[number] = term_address(term.url, home, f"/{root}/{folder}/", number, taken)
    return Naming(names, folders, addresses)


def hugo_site(whole: Whole) -> Iterator[Extra]:
    """Terms, lists, and the starter: ``hugo.toml`` and layouts."""
    yield from _terms(whole)
    yield from _lists(whole)
    yield Extra("hugo.toml", _config(whole).encode(), seed=True)
    # In the folders that Hugo reads before and after its new template system of 0.146.
    yield from same_for_all("hugo")


def _terms(whole: Whole) -> Iterator[Extra]:
    for number, folder in sorted(whole.naming.folders.items()):
        term = whole.terms[number]
        address = whole.naming.addresses[number]
        own = {"id": number, "slug": term.slug, "parent": term.parent, "link": term.url}
        header = yaml({"title": term.name, "url": address, "params": {"wordpress": own}})
        text = convert(term.description, FLAVOURS["hugo"]).markdown.strip("\n") if term.description else ""
        whole_text = header + (f"\n{text}\n" if text else "")
        yield Extra(f"content/{folder}/_index.md", whole_text.encode("utf-8", "replace"))


def _lists(whole: Whole) -> Iterator[Extra]:
    """A title for each section, and another address where a post has the one that Hugo would take."""
    taken = whole.taken()
    names = {kind.slug: kind.name for kind in whole.site.types}
    lists = {
        folder.removeprefix("content/"): names.get(kind) or kind.replace("_", " ").capitalize()
        for folder, kind in whole.plan.sections.items()
    }
    titles = {taxonomy.slug: taxonomy.name for taxonomy in whole.site.taxonomies}
    for taxonomy in sorted(_taxonomies(whole)):
        key = plural(taxonomy, whole.dialect)
        lists.setdefault(key, titles.get(taxonomy) or key.capitalize())
    for folder, title in sorted(lists.items()):
        path = f"content/{folder}/_index.md"
        if same_file(path) in whole.plan.files:
            continue
        url = None
        if same_file(f"/{folder}/") in taken:
            url = f"/{folder}-list/"
            while same_file(url) in taken:
                url = f"{url[:-1]}-list/"
        yield Extra(path, yaml({"title": title, "url": url}).encode("utf-8", "replace"))


def _taxonomies(whole: Whole) -> set[str]:
    return {"category", "post_tag"} | {term.taxonomy for term in whole.terms.values()}


def _config(whole: Whole) -> str:
    site = whole.site
    custom = sorted(_taxonomies(whole) - set(_CONVENTIONAL))
    keys = [taxonomy_key(taxonomy, whole.dialect) for taxonomy in custom]
    return "# A starter: change it as you like, wpexport will not write it again.\n" + toml_document(
        {
            "baseURL": site.home.rstrip("/") + "/",
            "title": site.name or site.home,
            "locale": site.language,
            "params": {"description": site.description or None},
            "taxonomies": {"category": "categories", "tag": "tags", **{key: key for key in keys}},
            "markup": {
                "goldmark": {
                    # What Markdown cannot say is in the posts as HTML, cleaned.
                    "renderer": {"unsafe": True},
                    # WordPress has set the quotes and dashes already.
                    "extensions": {"typographer": {"disable": True}},
                }
            },
        }
    )
