"""What becomes of a record that is seen again: a good copy is never lost to a poorer view (promise 4).

And what counts as a change: rendered HTML holds nonces and generated ids that are new at each request. They
are masked when comparing, and an equal mask keeps the stored bytes (promise 6).
"""

from __future__ import annotations

import re
from typing import Any, TypeVar

import msgspec

from wpexport.model import Author, Comment, Markup, Media, Post, Term
from wpexport.text.smileys import typed

T = TypeVar("T", Post, Comment, Author, Term, Media)

#: What WordPress and its plugins make anew at each rendering.
_VOLATILE = re.compile(
    "|".join(
        (
            # [gallery]: a counter per request (wp-includes/media.php)
            r"(?<=\bgallery-)\d+",
            r"(?<=\bwp-block-gallery-)\d+",
            # [caption]: numbered where one page, or one list of posts, shows a picture twice
            r'(?<=\battachment_)\d+(?:-\d+)?(?=")',
            r'(?<=\bcaption-attachment-)\d+(?:-\d+)?(?=")',
            # block supports: wp_unique_id(), or a hash (wp-includes/block-supports/)
            r"(?<=\bwp-container-)[\w-]+",
            r"(?<=\bwp-elements-)[0-9a-f]+",
            r"(?<=\bwp-duotone-)[\w-]+",
            r"(?<=\bis-layout-)[0-9a-f]{8}",
            r'(?<=\bdata-wp-key=")[^"]*',
            # the lightbox of core/image, the accordion and tabs (Interactivity API contexts)
            r'(?<="imageId":")[0-9a-f]+',
            r"(?<=&quot;imageId&quot;:&quot;)[0-9a-f]+",
            r'(?<="uniqueId":")[\w-]+',
            # nonces live twelve to twenty-four hours (wp_create_nonce)
            r"(?<=[?&;]_wpnonce=)[0-9a-f]+",
            r'(?<=nonce=")[^"]*',
            r'(?<="nonce":")[^"]*',
            # depend on the place on the page (wp_get_loading_optimization_attributes)
            r'\s(?:loading|decoding|fetchpriority)="[^"]*"',
            r'\ssizes="auto[^"]*"',
        )
    )
)


#: a nonce is ten hexadecimal digits (wp_create_nonce), in a field, attribute or script of that name
_NONCE = re.compile(r"([nN]once[^<>]{0,80}?)\b[0-9a-f]{10}\b|\b[0-9a-f]{10}\b(?=[^<>]{0,40}nonce)")
#: where nobody edited: what looks like a nonce or PHP's uniqid(), and is no part of an address
_TOKEN = re.compile(r"(?<![\w/])(?=[0-9]*[a-f])(?=[a-f]*[0-9])(?:[0-9a-f]{10}|[0-9a-f]{13})(?![\w./])")


def masked(html: str, *, same_version: bool = False) -> str:
    """The HTML without what is new at each rendering.

    Args:
        html: the text.
        same_version: WordPress says that it was not edited; then more is taken for noise.
    """
    html = _VOLATILE.sub("", html)
    html = _NONCE.sub(r"\1", html) if "once" in html else html
    return _TOKEN.sub("", html) if same_version else html


def merge(old: T, new: T, shown: frozenset[str] | None = None) -> T:
    """The record to keep, given the stored one and what a view showed now.

    Args:
        old: as it is stored.
        new: as it was seen.
        shown: the fields that this view can show; None for all. Others keep what is stored.
    """
    changes: dict[str, Any] = {}
    same_version = _same_version(old, new)
    for name in new.__struct_fields__:
        before, now = getattr(old, name), getattr(new, name)
        if before == now or (shown is not None and name not in shown):
            changes[name] = before  # also where the same instant was said in another zone
        elif name == "parent" and now is None and shown is not None and isinstance(new, Comment):
            changes[name] = before  # a feed names no parent that is not there any more
        elif isinstance(now, Markup):
            poorer = shown is not None
            changes[name] = merge_markup(before, now, same_version=same_version, poorer=poorer)
        elif name == "files" and not now:
            changes[name] = before if _same_file(old, new) else now
        elif name in ("meta", "extra") and same_version:
            changes[name] = before | now
    return msgspec.structs.replace(new, **changes)


def merge_markup(old: Markup, new: Markup, *, same_version: bool, poorer: bool = False) -> Markup:
    """The text to keep: complete before incomplete, and both faces as long as they speak of one version.

    A feed renders the same text a little otherwise (emoji as pictures, no lazy loading): its rendering takes
    the place of a stored one only when the words are others.
    """
    if old.complete and not new.complete and (old.html or old.raw):
        return old
    html, raw = new.html, new.raw
    same_html = html == old.html is not None
    if html is not None and old.html is not None and not same_html:
        same_html = masked(html, same_version=same_version) == masked(old.html, same_version=same_version)
    if poorer and old.complete and html and old.html and not same_html:
        same_html = same_version or _words(html) == _words(old.html)
    if same_html or (html is None and (same_version or raw == old.raw)):
        html = old.html
    if raw is None and (same_html or same_version):
        raw = old.raw
    return Markup(html=html, raw=raw, complete=new.complete)


def _words(html: str) -> list[str]:
    from wpexport.text.markdown import plain_text

    return plain_text(typed(html)).split()


def _same_version(old: Any, new: Any) -> bool:
    """True where WordPress says that nobody edited it in between."""
    before, now = getattr(old, "modified", None), getattr(new, "modified", None)
    return before is not None and before == now


def _same_file(old: Any, new: Any) -> bool:
    return getattr(old, "source_url", None) == getattr(new, "source_url", None)
