"""Code: its language from every convention in use, spans, fences, preformatted text with markup in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

from . import html
from .tree import Node

if TYPE_CHECKING:
    from .writer import Writer

_ATTRIBUTES = ("data-enlighter-language", "data-lang", "data-language", "data-code-language", "lang")
_CLASS = re.compile(r"(?:^|\s)(?:language|lang|brush|highlight-source|prettyprint lang)[-:]\s*([\w+#.-]+)")
_HUMAN = re.compile(r"[a-z]{2}(-[A-Za-z]{2,4})?$")
_SHORT = frozenset(("js", "py", "sh", "rb", "cs", "ts", "go"))
_NONE = frozenset(
    ("", "null", "none", "generic", "plain", "text", "txt", "plaintext", "default", "raw", "highlight")
)
_NAME = re.compile(r"[^\w+#.-]+")
_ITEM = re.compile(r"(?:-|\d+\.) ")
_TICKS = re.compile(r"`+")
_MARKUP_WORDS = "a b strong i em cite var dfn del s strike sub sup img u mark ins abbr q"
_MARKUP = frozenset(_MARKUP_WORDS.split())
_RENAMED = {"jscript": "javascript", "c#": "csharp", "objc": "objectivec"}


def language(nodes: Iterable[Node]) -> str:
    """The language from the first element that names one.

    Conventions: Enlighter, ``data-lang``, Prism and highlight.js (``language-x``), SyntaxHighlighter
    (``brush: x``), Crayon (``lang:x``), google-code-prettify (``prettyprint lang-x``), GeSHi (``lang="x"``).
    """
    for node in nodes:
        for name in _ATTRIBUTES:
            value = node.get(name)
            if value and (name != "lang" or value in _SHORT or not _HUMAN.match(value)):
                return _tidy(value)
        match = _CLASS.search(node.get("class"))
        if match:
            return _tidy(match[1])
    return ""


def _tidy(name: str) -> str:
    name = _NAME.sub("", name.strip().lower())
    return "" if name in _NONE else _RENAMED.get(name, name)


def code_span(writer: Writer, text: str) -> str:
    """Code in a line of text."""
    text = re.sub(r"[ \t\r\n]+", " ", text)
    guarded = guard_code(writer, text)
    if guarded is None:
        return _tagged_span(writer, text)
    text = guarded
    longest = {len(run) for run in _TICKS.findall(text)}
    size = 1
    while size in longest:
        size += 1
    ticks = "`" * size
    if text[0] == "`" or text[-1] == "`" or (text[0] == text[-1] == " "):
        text = f" {text} "
    if writer.cell and writer.flavour.code_pipes:
        if "\\|" in text or text.endswith("\\"):
            return _tagged_span(writer, text.strip())
        text = text.replace("|", "\\|")
    return ticks + text + ticks


def _tagged_span(writer: Writer, text: str) -> str:
    """As a tag, every character that means something to Markdown or a template as an entity."""
    writer.left("code")
    safe = re.sub(r"[\\`*_\[\]{}|~!$^:]", lambda m: f"&#{ord(m[0])};", escape(text, quote=False))
    return f"<code>{safe}</code>"


def preformatted(writer: Writer, node: Node) -> list[str]:
    """A <pre>: a fence, or HTML when it holds links, emphasis or a poem."""
    text, nodes = _content(node)
    if not text.strip():
        return writer.flow(list(node.find("img")))
    name = language(nodes)
    verse = "wp-block-verse" in node.classes()
    if verse or any(True for _ in node.find(*_MARKUP)):
        return [html.serialise(writer, _lean(node))]
    return [fence(writer, text, name)]


def _lean(node: Node) -> Node:
    """With line breaks as text, as <pre> shows them."""
    kids: list[Node | str] = []
    for kid in node.kids:
        if isinstance(kid, str):
            kids.append(kid)
        elif kid.tag == "br":
            kids.append("\n")
        elif kid.tag == "pre":  # its end tag would end the block
            kids += ["\n", *_lean(kid).kids, "\n"]
        elif kid.tag in ("code", "span", "font"):
            kids += _lean(kid).kids
        else:
            kids.append(_lean(kid))
    return Node(node.tag, node.attrs, kids)


def _content(node: Node) -> tuple[str, list[Node]]:
    nodes = [node, *list(node.find("code"))[:1]]
    parts: list[str] = []
    _collect(node, parts)
    return "".join(parts), nodes


_LINES = frozenset(("p", "div", "li", "tr"))


def _collect(node: Node, parts: list[str]) -> None:
    for kid in node.kids:
        if isinstance(kid, str):
            parts.append(kid)
        elif kid.tag == "br":
            parts.append("\n")
        else:
            lines = kid.tag in _LINES
            if lines and parts and not parts[-1].endswith("\n"):
                parts.append("\n")
            _collect(kid, parts)
            if lines and parts and not parts[-1].endswith("\n"):
                parts.append("\n")


def fence(writer: Writer, text: str, name: str) -> str:
    """A fenced block."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ")
    lines = [line.rstrip() for line in text.split("\n")]
    while lines and not lines[0]:
        del lines[0]
    while lines and not lines[-1]:
        lines.pop()
    text = "\n".join(lines)
    if writer.nested and not writer.flavour.nested_fences:
        apart = "<!-- -->\n\n" if _absorbs(writer.before) else ""
        return apart + "\n".join(["    " + line if line else line for line in lines])
    guarded = guard_code(writer, text)
    if guarded is None:
        return _tagged_block(writer, text, name)
    ticks = "`" * max([3, *[len(run) + 1 for run in _TICKS.findall(text)]])
    return f"{ticks}{name}\n{guarded}\n{ticks}"


def _absorbs(block: str) -> bool:
    """Would a list or indented code take indented code below it for its own?"""
    return bool(_ITEM.match(block)) or block[block.rfind("\n") + 1 :].startswith("    ")


def guard_code(writer: Writer, text: str) -> str | None:
    """Code that a template language must not run, in that language's own quoting; None when it has none for
    this.

    Hugo and Zola put a comment inside of the call, Liquid has {% raw %}, Hexo leaves code alone.
    """
    needle, guard = writer.escaper.needle, writer.flavour.guard
    if needle is None or guard == "nunjucks" or not needle.search(text):
        return text
    if guard == "liquid":
        return None if "endraw" in text else f"{{% raw %}}{text}{{% endraw %}}"
    call = _CALLS.get(guard or "")
    if call is None:
        return None
    quoted = call.sub(r"\1/*\2*/\3", text)
    return quoted if not needle.search(call.sub("", text)) else None


_CALLS = {
    "hugo": re.compile(r"(\{\{<)((?:(?!\{\{[<%]|/\*|\*/|[>%]\}\}).)*)(>\}\})|(?!)", re.S),
    "zola": re.compile(r"(\{\{)((?:(?!\{[{%]|/\*|\*/|[}%]\}).)*)(\}\})|(?!)", re.S),
}


def _tagged_block(writer: Writer, text: str, name: str) -> str:
    """As tags, with entities where a template language would read the text."""
    writer.left("pre")
    tag = f'<code class="language-{name}">' if name else "<code>"
    body = escape(text, quote=False).replace("{", "&#123;")
    return f"<pre>{tag}{body}</code></pre>"


def highlighted(node: Node) -> Node | None:
    """The plain <pre> behind a highlighter's table of lines (Crayon, SyntaxHighlighter), None for other
    elements.
    """
    names = node.classes()
    if "crayon-syntax" in names:
        lines = _lines(node, "crayon-line")
        label = "".join(one.text() for one in node.find("span") if "crayon-language" in one.classes())
    elif "syntaxhighlighter" in names:
        cells = [cell for cell in node.find("td") if "code" in cell.classes()]
        lines = [line for cell in cells for line in _lines(cell, "line")]
        label = next(
            (name for name in names if name not in ("syntaxhighlighter", "nogutter", "notranslate")), ""
        )
    else:
        return None
    if not lines:
        return None
    return Node("pre", {"data-lang": _tidy(label)}, ["\n".join(lines)])


def _lines(node: Node, name: str) -> list[str]:
    return [one.text().replace("\n", "") for one in node.find("div", "span") if name in one.classes()]
