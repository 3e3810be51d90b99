"""Rendered texts turned back into what WordPress would store, where that can be told."""

from __future__ import annotations

import html
import re

from wpexport.model import TITLE_RAW, Comment, Markup, Media, Post
from wpexport.text.smileys import typed

_TAG = re.compile(r"<[^<>]*>")
#: what a browser takes for the beginning of a tag
_OPENING = re.compile(r"<(?=[A-Za-z/!?])")
_AUTOMATIC = re.compile(r"(?:\[(?:…|\.\.\.)\]|…)\s*\Z")
#: prepend_attachment() puts the file itself before the description
_ATTACHED = re.compile(
    r"""\A\s*(?:<p\ class="attachment">.*?</p>
    |<div\ [^>]*class="wp-video">.*?</div>
    |(?:<!--\[if\ lt\ IE\ 9\]>.*?<!\[endif\]-->\s*)?<audio\ class="wp-audio-shortcode".*?</audio>)\s*""",
    re.DOTALL | re.VERBOSE,
)
#: wptexturize() replaces these when a title is shown
_TYPEWRITER = str.maketrans(
    {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2032": "'", "\u2033": '"'}
    | {"\u2013": "-", "\u2014": "--", "\u2026": "...", "\u00a0": " "}
)


def is_rendered(markup: Markup) -> bool:
    """Whether only the visitor's face of a text is known."""
    return markup.raw is None and bool(markup.html)


def content(markup: Markup) -> str:
    """A post's text as it is to be stored.

    Rendered HTML goes into one HTML block: WordPress then shows it as it is (no second ``wpautop``), and
    whoever opens it in the editor sees what it is.
    """
    if markup.raw is not None:
        return markup.raw
    return f"<!-- wp:html -->{markup.html}<!-- /wp:html -->" if markup.html else ""


def excerpt(post: Post) -> str:
    """The excerpt if somebody wrote it; WordPress' own cut of the text is left out (it would be frozen)."""
    return _written(post.excerpt, post.content)


def _written(short: Markup, text: Markup) -> str:
    if short.raw is not None:
        return short.raw
    words = visible(short.html or "")
    if not words or _AUTOMATIC.search(words) or is_cut(short.html or "", text.html or ""):
        return ""
    return unparagraphed(short.html or "")


def is_cut(short: str, text: str) -> bool:
    """Whether WordPress itself may have made an excerpt: the beginning of a text, or all of one of 55 words.

    It makes plain text, and leaves out shortcodes and some blocks (``wp_trim_excerpt()``).

    Args:
        short: as a visitor gets it.
        text: the same.
    """
    words, whole = visible(short), visible(text)
    if whole.startswith(words):
        return True
    left = iter(whole.split())
    return len(_TAG.findall(short)) <= 2 and all(word in left for word in words.split())


def description(media: Media) -> str:
    """A media item's text, without the picture or player that WordPress shows before it."""
    shown = media.description
    return shown.raw if shown.raw is not None else unparagraphed(_ATTACHED.sub("", shown.html or "", count=1))


def caption(media: Media) -> str:
    """A media item's caption if somebody wrote it: WordPress shows the description's beginning otherwise."""
    return _written(media.caption, media.description)


def title(item: Post | Media) -> str:
    """The title as it is to be stored: WordPress keeps titles as HTML."""
    marked = item.title_html if isinstance(item, Post) else item.extra.get("title_html")
    raw = item.extra.get(TITLE_RAW, marked)
    return raw if isinstance(raw, str) else _OPENING.sub("&lt;", item.title)


def typed_title(post: Post) -> str:
    """The title as it was probably typed: the importer compares it with the stored one, letter by letter."""
    known = post.content.raw is not None or TITLE_RAW in post.extra
    return title(post) if known else title(post).translate(_TYPEWRITER)


def visible(text: str) -> str:
    """The words of some HTML."""
    return " ".join(html.unescape(_TAG.sub(" ", text)).split())


def unparagraphed(text: str) -> str:
    """Undo ``wpautop()``: blank lines for ``<p>``, line ends for ``<br />``."""
    if "<p " in text or "<p>" not in text:
        return text.strip()
    text = re.sub(r"<br\s*/?>\n?", "\n", text)
    text = re.sub(r"<p>", "", text)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"</p>\s*", "\n\n", text)).strip()


def comment(record: Comment) -> str:
    """A comment's text as it is to be stored: without paragraphs, emoji as characters."""
    if record.content.raw is not None:
        return record.content.raw
    text = typed(record.content.html or "", html.unescape)
    return unparagraphed(text)
