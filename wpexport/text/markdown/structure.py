"""What block elements become."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from . import anchors, html
from .code import highlighted, language, preformatted
from .escape import escaping
from .links import resolve
from .lists import bullets, definitions
from .markup import attribute
from .tables import table
from .tree import Node
from .writer import BlockRule

if TYPE_CHECKING:
    from .writer import Writer


def heading(writer: Writer, node: Node) -> list[str]:
    """A heading, on one line."""
    if node.blk and not _flat(node):
        return [html.serialise(writer, node)]
    sign = anchors.of_heading(writer, node) if writer.flavour.anchors else ""
    text = writer.inline(node.kids, line=True)
    if not text or (text.startswith("<span id=") and text.endswith("></span>")):
        return [text]
    level = min(6, max(1, int(node.tag[1]) + writer.heading_shift))
    if text.endswith(("#", "}")):
        text = _closed(text)
    return ["#" * level + " " + text + sign]


def _closed(text: str) -> str:
    """Keep hashes, and braces that some dialects read as attributes, part of the text."""
    if text.endswith("}"):
        at = text.rfind("{")
        if at < 0:
            return text
        bare = text[:at]
        return bare[: len(bare) - escaping(bare)] + "&#123;" + text[at + 1 :]
    bare = text.rstrip("#")
    if bare and bare[-1] not in " \t":
        return text
    return bare + "\\" + text[len(bare) :]


def _flat(node: Node) -> bool:
    """Is all the heading holds one block around its text?"""
    kids = [kid for kid in node.kids if not isinstance(kid, str) or not kid.isspace()]
    return len(kids) == 1 and isinstance(kids[0], Node) and (not kids[0].blk or _flat(kids[0]))


def quote(writer: Writer, node: Node) -> list[str]:
    """A quotation."""
    apart = [] if writer.flavour.list_marks or not writer.before.startswith(">") else ["<!-- -->"]
    writer.nested += 1
    text = "\n\n".join(writer.flow(node.kids))
    writer.nested -= 1
    if not text:
        return []
    return [*apart, "\n".join(["> " + line if line else ">" for line in text.split("\n")])]


def rule(_writer: Writer, _node: Node) -> list[str]:
    """A thematic break, in the form that can be no front matter and no underline of a heading."""
    return ["***"]


def container(writer: Writer, node: Node) -> list[str]:
    """A box that means nothing to Markdown, unless a highlighter of code drew it."""
    if node.attrs:
        code = highlighted(node)
        if code is not None:
            return preformatted(writer, code)
        inner = _wrapped_code(node)
        if inner is not None:
            return preformatted(writer, inner)
    return writer.flow(node.kids, writer.before)


def _wrapped_code(node: Node) -> Node | None:
    """A <pre> alone in a box that names its language."""
    kids = [kid for kid in node.kids if not isinstance(kid, str) or not kid.isspace()]
    if len(kids) != 1 or isinstance(kids[0], str) or kids[0].tag != "pre":
        return None
    pre = kids[0]
    if language([pre, *pre.find("code")]) or not language([node]):
        return None
    return Node("pre", {**pre.attrs, "data-lang": language([node])}, pre.kids)


def details(writer: Writer, node: Node) -> list[str]:
    """A box that opens: the tags stay, what it holds is Markdown between blank lines."""
    kids = list(node.kids)
    summary = next((kid for kid in kids if isinstance(kid, Node) and kid.tag == "summary"), None)
    if summary is not None:
        kids.remove(summary)
    writer.left("details")
    mark = ' markdown="1"' if writer.flavour.markdown_attr else ""
    head = f"<details{mark}>"
    if summary is not None:
        writer.left("summary")
        head += "\n" + html.serialise(writer, summary)
    return [head, *writer.flow(kids), "</details>"]


def link_box(writer: Writer, node: Node) -> list[str]:
    """A link around several blocks: its tags stay, what it holds is Markdown between blank lines."""
    url = None if writer.in_link else resolve(writer, node.get("href"), "link")
    if url is None:
        return writer.flow(node.kids)
    writer.in_link = True
    blocks = writer.flow(node.kids)
    writer.in_link = False
    if not blocks:
        return []
    writer.left("a")
    return [f'<a href="{attribute(writer, url.replace(" ", "%20"))}">', *blocks, "</a>"]


BLOCKS: Mapping[str, BlockRule] = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), heading),
    **dict.fromkeys(("ul", "ol", "menu", "dir"), bullets),
    "blockquote": quote,
    "pre": preformatted,
    "xmp": preformatted,
    "listing": preformatted,
    "plaintext": preformatted,
    "hr": rule,
    "table": table,
    "dl": definitions,
    "details": details,
    "a": link_box,
    "div": container,
    "figure": container,
}
