"""What each Markdown dialect can say: data, no code.

The facts come from the dialects' own documentation: CommonMark 0.31 and GFM (markdown-it, goldmark, remark,
pulldown-cmark, marked), kramdown's syntax page (Jekyll) and Python-Markdown with its "extra" set (Pelican,
MkDocs).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

Guard = Literal["liquid", "hugo", "zola", "nunjucks", "mdx"]
Break = Literal["backslash", "spaces"]
Maths = Literal["escaped", "raw", "double"]


@dataclass(frozen=True, slots=True)
class Flavour:
    """One Markdown dialect, as far as the converter has to know it.

    ``maths``: "escaped" writes ``$tex$`` so that the rendered page shows exactly that (for scripts such as
    MathJax), "raw" is for dialects that read ``$..$`` themselves, "double" for kramdown, which knows
    ``$$..$$`` only. ``backslash``: the characters a backslash escapes ("": all of ASCII punctuation); others
    are written as entities. ``nested_fences``: are fences read inside of lists and quotations?
    ``code_pipes``: does a pipe in code in a table's cell need a backslash? ``markdown_attr``: Markdown inside
    block HTML is read only when the tag carries ``markdown="1"``. ``anchors``: are
    there built pages, in which links lead to places that are no headings? ``heading_ids``: does ``{#id}``
    behind a heading name it? ``escapes``: patterns (regular expressions) of this dialect alone whose first
    character gets a backslash in text; ``line_escapes``: the same, at the
    start of a line. ``embeds``: provider name -> template with ``{id}``, where the dialect has a way of its
    own to show an embed.
    """

    name: str
    footnotes: bool = True
    deflists: bool = False
    strike: bool = True
    guard: Guard | None = None
    line_break: Break = "backslash"
    maths: Maths = "escaped"
    list_indent: int = 0  # 0: as wide as the marker; 4: what Python-Markdown needs
    list_marks: bool = True  # does another marker start another list?
    markdown_attr: bool = False
    backslash: str = ""
    nested_fences: bool = True
    code_pipes: bool = True
    more: str = "<!--more-->"
    anchors: bool = True
    heading_ids: bool = False
    escapes: tuple[str, ...] = ()
    line_escapes: tuple[str, ...] = ()
    embeds: Mapping[str, str] = field(default_factory=dict)


_HASH_AND_REFERENCE = (r"#", r"\[(?=[^\]]*\]:)")

_PYTHON_MARKDOWN = Flavour(
    "python-markdown",
    deflists=True,
    heading_ids=True,
    strike=False,
    line_break="spaces",
    list_indent=4,
    list_marks=False,
    markdown_attr=True,
    backslash=r"\`*_{}[]()>#+-.!",
    nested_fences=False,
    code_pipes=False,
    # attr_list needs no colon: {onclick=...} behind a word in italics, or in a last line, is its attribute;
    # a number's entity needs no semicolon.
    escapes=(r"\{", r"&(?=#(?!\d+;))"),
    line_escapes=_HASH_AND_REFERENCE,
)

_ALL = (
    Flavour("markdown", deflists=True, anchors=False),
    Flavour(
        "hugo",
        deflists=True,
        heading_ids=True,
        guard="hugo",
        embeds={"youtube": "{{{{< youtube {id} >}}}}", "vimeo": "{{{{< vimeo {id} >}}}}"},
    ),
    Flavour(
        "jekyll",
        deflists=True,
        heading_ids=True,
        guard="liquid",
        line_break="spaces",
        maths="double",
        list_marks=False,
        markdown_attr=True,
        backslash=r"\`*_{}[]()#+-.!:|\"'$",
        code_pipes=False,
        # A line that begins "[...]:" defines a link, whatever is escaped before the colon.
        escapes=(r"\|", r"\{:", r"\$(?=\$)", r"(?<=\$)\$", r"<<", r">>", r"(?<=\]):"),
        line_escapes=(r"\^[ ]*$", r"\*\["),
    ),
    Flavour("eleventy", footnotes=False, guard="liquid"),
    Flavour("astro"),
    replace(_PYTHON_MARKDOWN, name="pelican"),
    Flavour("zola", guard="zola", heading_ids=True, more="<!-- more -->"),
    replace(
        _PYTHON_MARKDOWN,
        name="mkdocs",
        more="<!-- more -->",
        line_escapes=(*_HASH_AND_REFERENCE, r"!!!", r"\?\?\?", r"===(?= )", r"///", r"--8<--", r"\*\["),
    ),
    Flavour(
        "obsidian",
        anchors=False,
        maths="raw",
        escapes=(r"\$", r"==(?=\S)", r"%%", r"(?<!\S)#(?=[^\s#])", r"\[\["),
        embeds={"youtube": "![](https://www.youtube.com/watch?v={id})"},
    ),
    Flavour("hexo", footnotes=False, guard="nunjucks", more="<!-- more -->"),
)

FLAVOURS: Mapping[str, Flavour] = {flavour.name: flavour for flavour in _ALL}
