"""HTML from what the database holds: block comments, or text whose blank lines make the paragraphs.

A feed or the REST API brings rendered HTML; a WXR file does not. This is what the theme would have done to
the text, as far as it can be done without the site: block comments go, blank lines make paragraphs, addresses
alone on a line are embeds. Sources: the block grammar of the WordPress handbook, and the documented behaviour
of wpautop.
"""

from __future__ import annotations

import json
import re

from wpexport.text.whole import whole_elements

from .shortcodes import embed

# WordPress writes < in a block's settings as \u003c; up to the next one alone is looked for their end.
_BLOCK = re.compile(r"<!--\s+(/?)wp:([a-z][a-z0-9/_-]*)\s*(\{[^<]*?\})?\s*(/?)-->")
_BLOCK_TAGS = (
    "table thead tfoot caption col colgroup tbody tr td th div dl dd dt ul ol li pre form map "
    "area blockquote address style p h1 h2 h3 h4 h5 h6 hr fieldset legend section article aside hgroup "
    "header footer nav figure figcaption details menu summary iframe object video audio script noscript"
)
_NAMES = "|".join(_BLOCK_TAGS.split())
# without their bounds, a text full of those that do not end would be read once for each of them
_MARK = r"<!--(?:more.{0,500}?|nextpage)-->"
_EITHER = rf"</?(?:{_NAMES})(?=[\s/>])[^>]{{0,2000}}>|{_MARK}"
_TAG = re.compile(_EITHER, re.I | re.S)
_START = re.compile(rf"(?:\s*(?:{_EITHER}))+", re.I | re.S)
_OPEN = re.compile(rf"<(?:{_NAMES})(?=[\s/>])", re.I)
_CLOSE = re.compile(rf"</(?:{_NAMES})\s*>", re.I)
_WHOLE = frozenset(("pre", "script", "style", "textarea", "svg"))
_ADDRESS = re.compile(r"^[ \t]*(https?://[^\s<>\"]+)[ \t]*$", re.M)
_PARAGRAPH = re.compile(r"<p[\s>]", re.I)


def is_raw(text: str) -> bool:
    """Does this look like a text from the database rather than rendered HTML?"""
    return bool(_BLOCK.search(text)) or ("\n\n" in text.replace("\r", "") and not _PARAGRAPH.search(text))


def raw_to_html(text: str) -> str:
    """Render a post's text as the database holds it."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not _BLOCK.search(text):
        return autop(_embedded(text))
    done: list[str] = []
    at = depth = 0
    for match in _BLOCK.finditer(text):
        before = text[at : match.start()]
        done.append(before if depth else autop(_embedded(before)))
        closing, name, settings, alone = match.groups()
        if closing:
            depth = max(0, depth - 1)
        elif not alone:
            depth += 1
        if not closing:
            done.append(_opening(name, _settings(settings), bool(alone)))
        elif name in _LANGUAGE:
            done.append("</div>")
        at = match.end()
    rest = text[at:]
    done.append(rest if depth else autop(_embedded(rest)))
    return _embedded("".join(done))


_LANGUAGE = frozenset(
    ("syntaxhighlighter/code", "code", "enlighter/codeblock", "codemirror-blocks/code-block")
)


def _settings(text: str | None) -> dict[str, object]:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _opening(name: str, settings: dict[str, object], alone: bool) -> str:
    """What a block's comment itself tells: a code's language, the address of an embed that has no HTML."""
    if name in _LANGUAGE and not alone:
        language = str(settings.get("language") or settings.get("lang") or "")
        return f'<div class="brush: {re.sub("[^A-Za-z0-9_+#.-]", "", language)}">' if language else "<div>"
    url = settings.get("url")
    if alone and isinstance(url, str) and url.startswith(("http://", "https://")):
        return f"<p>{embed(url)}</p>"
    return ""


def _embedded(text: str) -> str:
    """Addresses alone on their line become what they would embed, except inside of code."""
    parts = _split_whole(text)
    return "".join(part if whole else _ADDRESS.sub(lambda m: embed(m[1]), part) for part, whole in parts)


def _split_whole(text: str) -> list[tuple[str, bool]]:
    parts: list[tuple[str, bool]] = []
    at = 0
    for start, end in whole_elements(text, _WHOLE):
        parts += [(text[at:start], False), (text[start:end], True)]
        at = end
    parts.append((text[at:], False))
    return parts


def autop(text: str) -> str:
    """Paragraphs from blank lines, line breaks from single ones; what is block HTML stays as it is."""
    done: list[str] = []
    for part, whole in _split_whole(text):
        done.append(part if whole else _paragraphs(part))
    return "\n".join(piece for piece in done if piece)


def _paragraphs(text: str) -> str:
    text = re.sub(r"<br\s*/?>\s*<br\s*/?>", "\n\n", text)
    text = _OPEN.sub(lambda m: "\n\n" + m[0], text)
    text = re.sub(rf"(<hr\b[^<>]*>|{_MARK})", r"\n\n\1\n\n", text)
    text = _CLOSE.sub(lambda m: m[0] + "\n\n", text)
    chunks = re.split(r"\n[ \t]*\n", text)
    return "\n".join(_chunk(chunk.strip("\n")) for chunk in chunks if chunk.strip())


def _chunk(text: str) -> str:
    """One stretch between blank lines."""
    head = _START.match(text)
    start = head[0] if head else ""
    rest = text[len(start) :]
    tail = ""
    while True:
        last = re.search(rf"\s*</(?:{_NAMES})\s*>\s*$", rest, re.I)
        if last is None:
            break
        rest, tail = rest[: last.start()], last[0] + tail
    if not rest.strip():
        return start + tail
    body = re.sub(r"(?<!<br />)(?<!<br>)\s*\n", "<br />\n", rest.strip())
    own = re.search(
        r"<(?:p|h[1-6]|li|td|th|dt|dd|figcaption|caption|summary|legend)(?=[\s>])[^>]*>\s*$", start, re.I
    )
    closed = bool(start and tail and not own)
    if own or closed or (_TAG.search(body) and not start):
        return start + body + tail
    return f"{start}<p>{body}</p>{tail}"
