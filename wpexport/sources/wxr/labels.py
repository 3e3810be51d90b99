"""What collections are called for people."""

from __future__ import annotations

from wpexport.sources.base import Kind

_POSTS = {
    "post": "Posts",
    "page": "Pages",
    "nav_menu_item": "Menu items",
    "wp_navigation": "Navigation menus",
    "wp_block": "Patterns",
    "wp_template": "Templates",
    "wp_template_part": "Template parts",
    "wp_global_styles": "Global styles",
    "custom_css": "Additional CSS",
    "customize_changeset": "Changesets",
    "oembed_cache": "oEmbed answers",
    "revision": "Revisions",
    "wp_font_family": "Font families",
    "wp_font_face": "Font faces",
}
_TERMS = {
    "category": "Categories",
    "post_tag": "Tags",
    "nav_menu": "Menus",
    "post_format": "Formats",
    "link_category": "Link categories",
    "wp_theme": "Themes",
    "wp_pattern_category": "Pattern categories",
}


def label(kind: Kind, name: str) -> str:
    """The plural name of a collection."""
    match kind:
        case "posts":
            return _POSTS.get(name) or _words(name)
        case "terms":
            return _TERMS.get(name) or _words(name)
    return kind.capitalize()


def _words(name: str) -> str:
    return name.replace("_", " ").replace("-", " ").strip().capitalize() or "Items"
