"""Frames, players and plug-in objects: as what the dialect can show, and always with their address."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from .clean import address
from .links import resolve
from .markup import attribute
from .tree import Node

if TYPE_CHECKING:
    from .writer import Writer

Inner = Callable[["Writer", list[Node | str]], str]  # writes what stands inside of a player
MediaRule = Callable[["Writer", Node, Inner], str]

_PROVIDERS = {
    "youtube": re.compile(r"(?:youtube(?:-nocookie)?\.com/(?:embed|v)/|youtu\.be/)([\w-]{6,})(?![\w-])"),
    "vimeo": re.compile(r"player\.vimeo\.com/video/(\d+)"),
}
_SIZE = re.compile(r"\d{1,5}%?$")


def source(node: Node) -> str:
    """The address an embedding element shows, "" if none."""
    url = address(node.attrs) or node.get("data")
    if url and url != "about:blank":
        return url
    for kid in node.find("source", "param", "embed"):
        if kid.tag == "param" and kid.get("name").lower() not in ("movie", "src"):
            continue
        url = kid.get("src") or kid.get("value")
        if url:
            return url
    return ""


def frame(writer: Writer, node: Node, inner: Inner) -> str:
    """An <iframe>, <object> or <embed>; what it says in its place where it shows nothing."""
    url = source(node)
    safe = resolve(writer, url, "media") if url else None
    if not safe:
        return inner(writer, node.kids)
    for provider, template in writer.flavour.embeds.items():
        match = _PROVIDERS[provider].search(safe)
        if match:
            return template.format(id=match[1])
    writer.left("iframe")
    parts = [f'<iframe src="{attribute(writer, safe.replace(" ", "%20"))}"']
    if node.get("title"):
        parts.append(f'title="{attribute(writer, node.get("title"))}"')
    for name in ("width", "height"):
        if _SIZE.match(node.get(name)):
            parts.append(f'{name}="{node.get(name)}"')
    return " ".join(parts) + " allowfullscreen></iframe>"


def player(writer: Writer, node: Node, inner: Inner) -> str:
    """An <audio> or <video>: the player with all its sources and what it says in its place; that alone when
    it has no source.
    """
    tag = node.tag
    urls = [node.get("src")] + [kid.get("src") for kid in node.find("source")]
    safe = [url for url in (resolve(writer, one, "player") for one in dict.fromkeys(urls) if one) if url]
    inside = inner(
        writer, [kid for kid in node.kids if isinstance(kid, str) or kid.tag not in ("source", "track")]
    )
    if not safe:
        return inside
    writer.left(tag)
    poster = resolve(writer, node.get("poster"), "image") if node.get("poster") else None
    extra = f' poster="{attribute(writer, poster)}"' if poster else ""
    if len(safe) == 1:
        return f'<{tag} controls src="{attribute(writer, safe[0])}"{extra}>{inside}</{tag}>'
    sources = "".join(f'<source src="{attribute(writer, url)}">' for url in safe)
    return f"<{tag} controls{extra}>{sources}{inside}</{tag}>"


MEDIA: Mapping[str, MediaRule] = {
    "iframe": frame,
    "object": frame,
    "embed": frame,
    "audio": player,
    "video": player,
}
