"""Shortcodes that are left in a text, because the plugin is gone or because the text is what the database
holds.

Known ones become HTML, which the converter then reads like any other; unknown ones stay as they are and are
counted. A shortcode's effect is taken from the documentation of WordPress core, Jetpack and the plugins named
beside them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from html import escape, unescape
from urllib.parse import parse_qs, urlsplit

from wpexport.text.whole import whole_elements

Attributes = dict[str, str]
Rule = Callable[[Attributes, str], str]

_QUOTES = str.maketrans(
    {"\u201c": '"', "\u201d": '"', "\u2033": '"', "\u00bb": '"', "\u2018": "'", "\u2019": "'"}
)
_ATTRIBUTE = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s\]"']+))|"([^"]*)"|(\S+)""")
_TAG = re.compile(r"\[(/?)([a-zA-Z][\w-]*)((?:[ =/][^\[\]<>]*)?)\]")
_PROTECTED = frozenset(("pre", "code", "script", "style", "textarea"))
_BUILDER = re.compile(r"(?:vc|et_pb|fusion|av|mk|cs|tatsu|fl|kc)_\w+$")
_YOUTUBE = re.compile(r"(?:youtube\.com/(?:watch\?\S*?v=|embed/|v/|shorts/)|youtu\.be/)([\w-]{6,})")
_VIMEO = re.compile(r"vimeo\.com/(?:video/)?(\d+)")


def attributes(text: str) -> Attributes:
    """The attributes of a shortcode; values without a name are "0", "1", ... as in WordPress."""
    found: Attributes = {}
    plain = 0
    for match in _ATTRIBUTE.finditer(unescape(text).translate(_QUOTES)):
        name, double, single, bare, quoted, alone = match.groups()
        if name:
            found[name.lower()] = next((value for value in (double, single, bare) if value is not None), "")
        else:
            found[str(plain)] = (quoted if quoted is not None else alone).strip("=")
            plain += 1
    return found


def embed(url: str) -> str:
    """HTML for an address that WordPress would have embedded."""
    url = unescape(url).strip()
    video = _YOUTUBE.search(url)
    if video:
        return f'<iframe src="https://www.youtube.com/embed/{video[1]}"></iframe>'
    video = _VIMEO.search(url)
    if video:
        return f'<iframe src="https://player.vimeo.com/video/{video[1]}"></iframe>'
    return f'<a href="{escape(url)}">{escape(url)}</a>' if url else ""


def _address(values: Attributes, content: str) -> str:
    return content.strip() or values.get("url") or values.get("src") or values.get("0", "")


def _embed(values: Attributes, content: str) -> str:
    return embed(_address(values, content))


def _vimeo(values: Attributes, content: str) -> str:
    where = _address(values, content) or values.get("id", "")
    return embed(f"https://vimeo.com/{where}" if where.isdigit() else where)


def _youtube(values: Attributes, content: str) -> str:
    where = _address(values, content) or values.get("id", "")
    if re.fullmatch(r"[\w-]{11}", where):
        return embed(f"https://youtu.be/{where}")
    return embed(where)


def _caption(values: Attributes, content: str) -> str:
    text = values.get("caption", "")
    if not text:
        split = re.match(r"\s*((?:<a\b[^>]*>\s*)?<img\b[^>]*>(?:\s*</a>)?)(.*)", content, re.S | re.I)
        content, text = (split[1], split[2]) if split else (content, "")
    return f"<figure>{content}<figcaption>{text.strip()}</figcaption></figure>"


def _player(tag: str, names: tuple[str, ...]) -> Rule:
    def rule(values: Attributes, content: str) -> str:
        urls = [values[name] for name in ("src", *names, "0") if values.get(name)]
        sources = "".join(f'<source src="{escape(url)}">' for url in urls)
        return f"<{tag} controls>{sources}</{tag}>{content}" if urls else content

    return rule


def _code(language: str = "") -> Rule:
    def rule(values: Attributes, content: str) -> str:
        name = language or values.get("language") or values.get("lang") or values.get("0", "")
        text = re.sub(r"<br\s*/?>\n?", "\n", content)
        text = re.sub(r"</?p>", "", text)
        kind = f' class="language-{escape(name)}"' if name else ""
        return f"<pre><code{kind}>{text}</code></pre>"

    return rule


def _gist(values: Attributes, content: str) -> str:
    where = _address(values, content) or values.get("id", "")
    return embed(where if "/" in where and ":" in where else f"https://gist.github.com/{where}")


def _tex(_values: Attributes, content: str) -> str:
    return f'<img class="latex" alt="{escape(content.strip())}">'


def _maps(values: Attributes, content: str) -> str:
    url = _address(values, content)
    return f'<iframe src="{escape(url)}"></iframe>' if parse_qs(urlsplit(url).query) else embed(url)


def _inside(_values: Attributes, content: str) -> str:
    return content


_LANGUAGES = (
    "bash c cpp csharp css go html java javascript js perl php powershell python ruby scala sql xml yaml"
)

RULES: Mapping[str, Rule] = {
    "caption": _caption,
    "wp_caption": _caption,
    "embed": _embed,
    "audio": _player("audio", ("mp3", "m4a", "ogg", "wav", "wma", "flac")),
    "video": _player("video", ("mp4", "m4v", "webm", "ogv", "wmv", "flv")),
    "youtube": _youtube,
    "embedyt": _youtube,
    "vimeo": _vimeo,
    "tweet": _embed,
    "soundcloud": _embed,
    "instagram": _embed,
    "dailymotion": _embed,
    "googlemaps": _maps,
    "gist": _gist,
    "latex": _tex,
    "tex": _tex,
    "sourcecode": _code(),
    "source": _code(),
    "code": _code(),
    **{name: _code(name) for name in _LANGUAGES.split()},
}
_PAIRED = frozenset(
    ("caption", "wp_caption", "embed", "latex", "tex", "sourcecode", "source", "code", *_LANGUAGES.split())
)


def _rule(name: str) -> Rule | None:
    return RULES.get(name) or (_inside if _BUILDER.match(name) else None)


def expand(html: str) -> tuple[str, Counter[str]]:
    """The HTML with known shortcodes resolved, and how often each unknown one is left."""
    if "[" not in html:
        return html, Counter()
    tags = [
        match for match in _TAG.finditer(html) if _rule(match[2].lower()) or match[1] or match[3].strip("/ ")
    ]
    if not tags:
        return html, Counter()
    barred = list(whole_elements(html, _PROTECTED, tags=True))
    tags = [tag for tag in tags if not _within(tag.start(), barred)]
    closed = {tag[2].lower() for tag in tags if tag[1]}
    done: list[str] = []
    _expand(html, 0, len(html), tags, closed, done)
    return "".join(done), _unknown(tags, closed)


def _within(at: int, spans: list[tuple[int, int]]) -> bool:
    low, high = 0, len(spans)
    while low < high:
        middle = (low + high) // 2
        if spans[middle][1] <= at:
            low = middle + 1
        else:
            high = middle
    return low < len(spans) and spans[low][0] <= at


def _unknown(tags: list[re.Match[str]], closed: set[str]) -> Counter[str]:
    """Brackets count as a shortcode when they have attributes or an end."""
    names = [tag[2].lower() for tag in tags if not tag[1] and ("=" in tag[3] or tag[2].lower() in closed)]
    return Counter(name for name in names if _rule(name) is None)


def _expand(
    html: str, start: int, end: int, tags: list[re.Match[str]], closed: set[str], done: list[str]
) -> None:
    """Write html[start:end], resolving the tags in it (one level: a shortcode's content is resolved in its
    turn).
    """
    at = start
    index = 0
    while index < len(tags):
        tag = tags[index]
        index += 1
        name = tag[2].lower()
        rule = _rule(name)
        if rule is None or tag.start() < at:
            continue
        if rule is _inside or tag[1]:
            done.append(html[at : tag.start()])
            at = tag.end()
            continue
        last = _end(name, tags, index) if name in closed and not tag[3].endswith("/") else None
        if last is None and name in _PAIRED:
            continue
        done.append(html[at : tag.start()])
        content = html[tag.end() : last.start()] if last is not None else ""
        done.append(rule(attributes(tag[3].strip().rstrip("/")), content))
        at = last.end() if last is not None else tag.end()
    done.append(html[at:end])


def _end(name: str, tags: list[re.Match[str]], index: int) -> re.Match[str] | None:
    for tag in tags[index:]:
        if tag[2].lower() == name:
            return tag if tag[1] else None
    return None
