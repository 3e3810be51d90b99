"""Which collections a site has: its post types and taxonomies, and where they are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import quote

from wpexport.model import PostType, Taxonomy, taxonomy_rank
from wpexport.sources.base import Collection
from wpexport.sources.rest import values
from wpexport.sources.rest.answer import Answer
from wpexport.sources.rest.api import Api

#: types of core that hold no content of a blog's, or are read elsewhere (core ``create_initial_post_types``)
SKIPPED = frozenset(
    [
        "attachment",
        "nav_menu_item",
        "wp_template",
        "wp_template_part",
        "wp_global_styles",
        "wp_navigation",
        "wp_font_family",
        "wp_font_face",
        "revision",
        "custom_css",
        "customize_changeset",
        "oembed_cache",
        "user_request",
    ]
)
#: reusable blocks: shown to nobody without a login
WITH_LOGIN = frozenset({"wp_block"})
#: taxonomies that are no content
SKIPPED_TAXONOMIES = frozenset({"nav_menu", "wp_pattern_category", "link_category", "wp_theme"})
NAMESPACE = "wp/v2"
_CORE_TYPES = (
    PostType(slug="post", name="Posts", route="wp/v2/posts", taxonomies=["category", "post_tag"]),
    PostType(slug="page", name="Pages", route="wp/v2/pages", hierarchical=True),
)
_CORE_TAXONOMIES = (
    Taxonomy(
        slug="category",
        name="Categories",
        hierarchical=True,
        types=["post"],
        route="wp/v2/categories",
        key="categories",
    ),
    Taxonomy(slug="post_tag", name="Tags", types=["post"], route="wp/v2/tags", key="tags"),
)


@dataclass(slots=True)
class Catalogue:
    """Types and taxonomies as found, and what could not be found out."""

    types: list[PostType] = field(default_factory=list)
    taxonomies: list[Taxonomy] = field(default_factory=list)
    #: collections that may exist but could not be listed, with the reason
    unknown: list[tuple[Collection, Answer]] = field(default_factory=list)

    def collections(self) -> list[Collection]:
        """All collections, in the order of their references: what is referred to comes first."""
        ranked = sorted(self.taxonomies, key=lambda taxonomy: taxonomy_rank(taxonomy.slug))
        terms = [Collection("terms", t.slug, t.name or t.slug, t.route or "") for t in ranked]
        posts = [Collection("posts", t.slug, t.name or t.slug, t.route or "") for t in self.types]
        return [
            *terms,
            Collection("authors", "authors", "Authors", f"{NAMESPACE}/users"),
            Collection("media", "media", "Media", f"{NAMESPACE}/media"),
            *posts,
            Collection("comments", "comments", "Comments", f"{NAMESPACE}/comments"),
        ]

    def around(self, route: str) -> list[Collection]:
        """The collections of one post, by its type's route: terms of other types' are refused.

        See core ``WP_REST_Terms_Controller::check_read_terms_permission_for_post`` (since 6.0.3).
        """
        kind = next((t for t in self.types if t.route == route), None)
        others = {t.slug for t in self.taxonomies if kind and kind.slug not in t.types}
        others -= set(kind.taxonomies if kind else ())
        return [
            what
            for what in self.collections()
            if (what.kind != "terms" or what.name not in others)
            and (what.kind != "posts" or what.route == route)
        ]

    def term_keys(self) -> dict[str, str]:
        """The key under which posts list their terms -> the taxonomy."""
        return {t.key: t.slug for t in self.taxonomies if t.key}


def read(api: Api, *, login: bool) -> Catalogue:
    """Ask ``/types`` and ``/taxonomies``; where closed, core's own are assumed and the rest is unknown."""
    found = Catalogue()
    answer = api.ask(f"{NAMESPACE}/types", rows=False, login=login)
    if answer.usable:
        found.types = [t for t in map(_type, _entries(answer.data)) if t and _wanted(t, login)]
    if not found.types:
        found.types = list(_CORE_TYPES)
        if not answer.usable:
            found.unknown.append((Collection("posts", "*", "Other types of posts"), answer))
    answer = api.ask(f"{NAMESPACE}/taxonomies", rows=False, login=login)
    if answer.usable:
        found.taxonomies = [t for t in map(_taxonomy, _entries(answer.data)) if t]
    else:
        found.taxonomies = list(_CORE_TAXONOMIES)
        found.unknown.append((Collection("terms", "*", "Other taxonomies"), answer))
    return found


def _entries(data: Any) -> list[Mapping[str, Any]]:
    """The values of an object keyed by slug; ``[]`` when empty."""
    if not isinstance(data, dict):
        return []
    return [{"slug": slug, **value} for slug, value in data.items() if isinstance(value, dict)]


def _wanted(kind: PostType, login: bool) -> bool:
    return kind.slug not in SKIPPED and (login or kind.slug not in WITH_LOGIN)


def _route(entry: Mapping[str, Any], default: str) -> str | None:
    """The route by ``rest_namespace`` (since 5.9) and ``rest_base``; None where it holds a pattern."""
    base = values.string(entry.get("rest_base")) or default
    namespace = values.string(entry.get("rest_namespace")).strip("/") or NAMESPACE
    if "(" in base or "?" in base or not base.strip("/"):
        return None
    return f"{namespace}/{quote(base.strip('/'), safe='/-_.~')}"


def _type(entry: Mapping[str, Any]) -> PostType | None:
    slug = values.string(entry.get("slug"))
    route = _route(entry, slug)
    if not slug or route is None:
        return None
    return PostType(
        slug=slug,
        name=unescape(values.string(entry.get("name"))),
        description=values.string(entry.get("description")),
        hierarchical=entry.get("hierarchical") is True,
        taxonomies=_names(entry.get("taxonomies")),
        route=route,
    )


def _taxonomy(entry: Mapping[str, Any]) -> Taxonomy | None:
    slug = values.string(entry.get("slug"))
    route = _route(entry, slug)
    if not slug or route is None or slug in SKIPPED_TAXONOMIES:
        return None
    return Taxonomy(
        slug=slug,
        name=unescape(values.string(entry.get("name"))),
        description=values.string(entry.get("description")),
        hierarchical=entry.get("hierarchical") is True,
        types=_names(entry.get("types")),
        route=route,
        key=values.string(entry.get("rest_base")) or slug,
    )


def _names(value: Any) -> list[str]:
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [v for v in items if isinstance(v, str)]
