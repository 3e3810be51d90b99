"""Texts of each language's special characters come back from each dialect, read by that dialect's own parser.

Headers are tested in ``tests/export/test_fields.py``; Pelican's and MkDocs' parser has a test of its own
(``tests/export/test_python_markdown.py``), and the generators build such texts in ``tests/e2e``.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from html import escape
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from wpexport.text.markdown import FLAVOURS, convert, plain_text
from wpexport.text.markdown.escape import NEEDLES

#: so many texts go through kramdown in one run of it
TEXTS = int(os.environ.get("WPEXPORT_DOCUMENTS", "600"))
CONTENTS = (
    '<p><a href="#End_it">e</a> <a href="https://e.org/p/#t">t</a> <a href="#li">l</a>'
    ' <a href="#tea-time">h</a>'
    ' <a href="#n">n</a> <a href="#im">i</a> <a href="#pre">p</a></p>'
    '<h2><span id="End_it"></span>End <b>it</b></h2><h2 id="tea-time">Tea time</h2><h2 id="unasked">U</h2>'
    '<table id="t"><tr><td>a</td></tr></table><ul><li id="li">x</li></ul><p>y <a name="n" href="#t">z</a></p>'
    '<p><img id="im" src="/a.png"></p><pre id="pre">a <a href="#l1" id="l1">1</a></pre>'
)


@pytest.mark.parametrize("name", sorted(FLAVOURS))
def test_links_of_a_text_find_their_places(name: str) -> None:
    flavour = FLAVOURS[name]
    text = convert(CONTENTS, flavour).markdown
    assert "unasked" not in text
    assert "## Tea time\n" in text
    assert ('id="l1"' in text) is False
    if not flavour.anchors:
        assert "id=" not in text
        return
    heading = "## End **it** {#End_it}" if flavour.heading_ids else '## <span id="End_it"></span>End **it**'
    assert heading in text
    assert '| <span id="t"></span>a |' in text
    assert re.search(r'^-\s+<span id="li"></span>x$', text, re.M)
    assert 'y <span id="n"></span>[z](#t)' in text
    assert '<span id="im"></span>![](/a.png)' in text
    assert '<span id="pre"></span>' in text


PARTS = [
    *"*_`[]()<>#+-.!|~\\&:{}=$^\"'%@/? \n",
    *[
        "{{",
        "}}",
        "{%",
        "%}",
        "{{<",
        ">}}",
        "{{%",
        "%}}",
        "{#",
        "#}",
        "{% raw %}",
        "{% endraw %}",
        "{:",
        "{#id}",
    ],
    *[
        "$$",
        "==",
        "%%",
        "[[",
        "]]",
        "#tag",
        "[^1]",
        "^[",
        "~~",
        "!!!",
        "???",
        "---",
        "+++",
        "1.",
        "1)",
        "*[x]:",
    ],
    *[
        "word",
        "é",
        "日本",
        "\xa0",
        "&amp;",
        "&#1",
        "<b>",
        "<!--",
        "-->",
        "http://e.org/a_b",
        "x@e.org",
        ":)",
        "=>",
    ],
]
FRAMES = [
    "<p>{}</p>",
    "<p>a<br>{}</p>",
    "<p><em>x</em>{}</p>",
    "<h2>Head {}</h2>",
    "<ul><li>x {}</li><li>{}</li></ul>",
    "<blockquote><p>{}</p></blockquote>",
    "<table><tr><th>k</th></tr><tr><td>{}</td></tr></table>",
    '<p><a href="/x">{}</a></p>',
    "<p><strong>{}</strong> y</p>",
]
COMMON = [name for name in FLAVOURS if name not in {"jekyll", "pelican", "mkdocs"}]
texts = st.lists(st.sampled_from(PARTS), max_size=10).map("".join)


def bare(markup: str) -> str:
    return re.sub(r"\s", "", plain_text(markup))


def renderer() -> Callable[[str], str]:
    made = MarkdownIt("commonmark", {"html": True, "maxNesting": 300}).enable(["table", "strikethrough"])
    made.use(footnote_plugin, inline=True).use(deflist_plugin)
    render: Callable[[str], str] = made.render
    return render


RENDER = renderer()


@pytest.mark.parametrize("name", COMMON)
@settings(max_examples=60, deadline=None)
@given(text=texts, frame=st.sampled_from(FRAMES))
def test_texts_come_back_from_common_mark(name: str, text: str, frame: str) -> None:
    source = frame.replace("{}", escape(text, quote=False))
    flavour = FLAVOURS[name]
    markdown = convert(source, flavour).markdown
    assert bare(RENDER(markdown)) == bare(source)
    if flavour.guard is not None:
        assert not NEEDLES[flavour.guard].search(markdown)


def kramdown(sources: list[str]) -> list[str]:
    script = (
        'require "kramdown"; require "kramdown-parser-gfm"; require "json"; '
        'options = {input: "GFM", hard_wrap: false, smart_quotes: ["apos", "apos", "quot", "quot"], '
        'typographic_symbols: {hellip: "...", mdash: "---", ndash: "--", laquo: "<<", raquo: ">>", '
        'laquo_space: "<< ", raquo_space: " >>"}}; '
        "puts JSON.parse(STDIN.read).map { |text| Kramdown::Document.new(text, options).to_html }.to_json"
    )
    done = subprocess.run(
        ["ruby", "-e", script], input=json.dumps(sources), capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"no kramdown: {done.stderr[:100]}")
    made: list[str] = json.loads(done.stdout)
    return made


@pytest.mark.skipif(
    shutil.which("ruby") is None, reason="no Ruby; enable it with: sudo apt-get install jekyll"
)
def test_texts_come_back_from_kramdown() -> None:
    random = Random(int(os.environ.get("WPEXPORT_DOCUMENTS_SEED", "0")))
    sources = []
    for _ in range(TEXTS):
        text = "".join(random.choice(PARTS) for _ in range(random.randint(1, 10)))
        sources.append(random.choice(FRAMES).replace("{}", escape(text, quote=False)))
    written = [convert(source, FLAVOURS["jekyll"]).markdown for source in sources]
    needle = NEEDLES["liquid"]
    wrong = [
        (source, markdown, made)
        for source, markdown, made in zip(sources, written, kramdown(written), strict=True)
        if bare(made) != bare(source) or needle.search(markdown)
    ]
    assert wrong == []
