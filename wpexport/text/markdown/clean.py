"""Which elements a reader never sees, and what picture a lazy-loading plugin meant."""

from __future__ import annotations

import re

Attrs = dict[str, str | None]

_PLACEHOLDER = re.compile(
    r"^(data:image/(gif|svg|png|webp)|about:blank)|/(blank|placeholder|transparent|lazy|1x1)[^/]*\.(gif|png|svg)$"
    r"|is-pending-load",
    re.I,
)
_LAZY = ("data-lazy-src", "data-src", "data-orig-src", "data-original", "data-ll-src", "data-pin-media")
_PENDING = re.compile(r"[?&]is-pending-load=1")
_LATEX = "latex.php?latex="


def hidden(attrs: Attrs) -> str:
    """Why nobody sees this element ("hidden", "style", "reader", "aria-hidden"), or ""."""
    if "hidden" in attrs and attrs["hidden"] != "until-found":
        return "hidden"
    style = attrs.get("style")
    if style and "display" in style and "display:none" in style.replace(" ", ""):
        return "style"
    names = attrs.get("class")
    if names and "screen-reader-text" in names.split():
        return "reader"
    return "aria-hidden" if attrs.get("aria-hidden") == "true" else ""


def address(attrs: Attrs) -> str:
    """The real address of a picture or frame whose loading a plugin puts off."""
    src = (attrs.get("src") or "").strip()
    if src and not _PLACEHOLDER.search(src):
        return src
    for name in _LAZY:
        value = attrs.get(name)
        if value:
            return _PENDING.sub("", value.strip())
    return src


def fix_image(attrs: Attrs) -> Attrs:
    """The attributes with the real address in ``src``."""
    src = address(attrs)
    return attrs if src == attrs.get("src") else {**attrs, "src": src}


def emoji(attrs: Attrs) -> str | None:
    """The character an emoji picture stands for, None when it is no emoji picture."""
    names = (attrs.get("class") or "").split()
    src = attrs.get("src") or ""
    if "wp-smiley" in names or "s.w.org/images/core/emoji" in src or ("emoji" in names and "s.w.org" in src):
        return attrs.get("alt") or ""
    return None


def latex(attrs: Attrs) -> str | None:
    """The formula of a picture that WordPress.com drew from TeX, None when it is none."""
    if "latex" in (attrs.get("class") or "").split() or _LATEX in (attrs.get("src") or ""):
        return attrs.get("alt") or ""
    return None
