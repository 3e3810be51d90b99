"""Files of the site itself: a list of posts for people, a starter for the generator.

A starter is written once and then belongs to the user; it is not written at all into a folder where a
site of the generator's kind lives already.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import escape

from wpexport.export.base import Options
from wpexport.export.dialects.base import Dialect
from wpexport.export.markdown.places import Place, Plan, Taken
from wpexport.export.markdown.post import quote_path
from wpexport.model import Site, Term
from wpexport.text.markdown import FLAVOURS, convert
from wpexport.text.names import same_file


@dataclass(frozen=True, slots=True)
class Extra:
    """A file of the site."""

    path: str
    data: bytes
    #: belongs to the user once it is there
    seed: bool = False


@dataclass(frozen=True, slots=True)
class Naming:
    """How the generator calls the terms, each by its number."""

    #: what is written in front matter, where it is not the name
    names: Mapping[int, str]
    #: their folders below the root
    folders: Mapping[int, str]
    #: their addresses in the built site
    addresses: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Whole:
    """What is known of the whole export."""

    site: Site
    plan: Plan
    dialect: Dialect
    options: Options
    #: terms that posts have, or that say something, by number
    terms: Mapping[int, Term]
    naming: Naming

    def taken(self) -> Taken:
        """The addresses of all posts and terms."""
        taken = Taken(self.plan.addresses)
        for address in self.naming.addresses.values():
            taken.add(same_file(address))
        return taken


def extras(whole: Whole) -> Iterable[Extra]:
    """The files that this dialect wants beside the posts."""
    if whole.dialect.extras == "plain":
        return plain_index(whole)
    if whole.dialect.extras == "hugo":
        from wpexport.export.starters.hugo import hugo_site

        return hugo_site(whole)
    if whole.dialect.extras:
        from wpexport.export.starters.others import starter

        return starter(whole)
    return ()


def name_terms(terms: Mapping[int, Term], site: Site, plan: Plan, dialect: Dialect) -> Naming:
    """How this dialect's generator calls the terms, where it makes lists of posts of them."""
    if dialect.extras == "hugo":
        from wpexport.export.starters.hugo import name_terms as hugo_terms

        return hugo_terms(terms, site, plan, dialect)
    if dialect.term_file:
        from wpexport.export.starters import term_pages

        return term_pages.name_terms(terms, site, plan, dialect)
    return Naming({}, {}, {})


def inline(text: str, flavour: str = "markdown") -> str:
    """Plain text as Markdown of one line."""
    return " ".join(convert(escape(text), FLAVOURS[flavour]).markdown.split())


def plain_index(whole: Whole) -> Iterator[Extra]:
    """``README.md``: all posts by year, newest first, then pages and other types by place."""
    site = whole.site
    lines = [f"# {inline(site.name or site.home)}", ""]
    if site.description:
        lines += [inline(site.description), ""]
    lines += [f"<{site.home}>", ""]
    places = sorted(whole.plan.places.values(), key=_by_date, reverse=True)
    year = ""
    for place in places:
        if place.type != "post":
            continue
        now = f"{place.date.year:04}" if place.date else "Undated"
        if now != year:
            lines += ["", f"## {now}", ""] if year else [f"## {now}", ""]
            year = now
        day = f"{place.date:%m-%d} " if place.date else ""
        lines.append(f"- {day}{_link(place)}")
    others = sorted({place.type for place in places} - {"post"}, key=lambda kind: (kind != "page", kind))
    names = {kind.slug: kind.name for kind in site.types}
    for kind in others:
        mine = sorted((place for place in places if place.type == kind), key=lambda place: place.file)
        lines += ["", f"## {inline(names.get(kind) or kind.capitalize())}", ""]
        top = min(place.file.count("/") for place in mine)
        for place in mine:
            depth = place.file.count("/") - top
            lines.append(f"{'  ' * depth}- {_link(place)}")
    yield Extra("README.md", ("\n".join(lines).rstrip("\n") + "\n").encode("utf-8", "replace"))


def _by_date(place: Place) -> tuple[bool, float, str]:
    return place.date is not None, place.date.timestamp() if place.date else 0, place.file


def _link(place: Place) -> str:
    title = inline(place.title) or place.file.rpartition("/")[2]
    return f"[{title}]({quote_path(place.file)})"
