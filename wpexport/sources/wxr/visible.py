"""Which records of an export any visitor of the site could see; all others belong into the private part.

An export does not say which post types are public, and some that are not hold what nobody should publish:
``feedback`` (Jetpack's contact form) and ``user_request`` (privacy requests) hold visitors' names and e-mail
addresses, with the status "publish".
"""

from __future__ import annotations

from wpexport.model import Media, Post
from wpexport.sources.wxr.bits import Bits

_PUBLIC = frozenset({"post", "page"})
#: WordPress' own types that have no page (``create_initial_post_types()``)
_INTERNAL = frozenset(
    {"revision", "nav_menu_item", "custom_css", "customize_changeset", "oembed_cache", "user_request"}
    | {"wp_block", "wp_template", "wp_template_part", "wp_global_styles", "wp_navigation"}
    | {"wp_font_family", "wp_font_face"}
)


def is_public(post: Post) -> bool:
    """Whether a visitor could see this post (that its text may be behind a password is another matter)."""
    return post.status == "publish" and not has_no_page(post)


def has_no_page(post: Post) -> bool:
    """Whether posts of this type are not shown to visitors, whatever their status.

    A type of a plugin or theme is taken for public when its posts have a permalink of their own: types that
    are not public have ``?post_type=...`` (``get_post_permalink()``).
    """
    if post.type in _PUBLIC:
        return False
    return post.type in _INTERNAL or not post.url or "?" in post.url


def is_hidden_media(media: Media, posts: Bits, public: Bits) -> bool:
    """Whether a file was uploaded to a post that no visitor can see.

    Args:
        media: the record.
        posts: the numbers of all posts of the export.
        public: those that visitors can see.
    """
    return media.post is not None and media.post in posts and media.post not in public
