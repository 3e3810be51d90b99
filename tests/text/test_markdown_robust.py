"""Any text is taken, and none is lost.

In a test run some hundred documents are made up. Many: ``WPEXPORT_DOCUMENTS=100000 python -m pytest
tests/text/test_markdown_robust.py``; another ``WPEXPORT_DOCUMENTS_SEED`` makes other ones.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from html import escape
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from wpexport.text.markdown import FLAVOURS, convert, html_to_markdown, plain_text
from wpexport.text.shortcodes import expand

#: half of them are random, half are mutations of real ones
DOCUMENTS = int(os.environ.get("WPEXPORT_DOCUMENTS", "600"))
SEED = int(os.environ.get("WPEXPORT_DOCUMENTS_SEED", "0"))
CHECKOUT = Path(__file__).parents[2]
CORPORA = CHECKOUT.parent / "shared/data/html"

_MD = (
    MarkdownIt("commonmark", {"html": True, "maxNesting": 300})
    .enable(["table", "strikethrough"])
    .use(footnote_plugin, inline=False)
    .use(deflist_plugin)
)
_NAMES = """
    p div b i em strong a ul ol li blockquote h2 table tr td th pre code br hr span sup del mark dl dt dd
    figure
    figcaption details summary center cite
"""
TAGS = _NAMES.split()
_PARTS = ["word", "1.", "&amp;", "日本", "é", "\xa0", "http://e.org/a_b"]
SPECIAL = [*"*_`[]()<>#+-.!|~\\&:{}=$^\"' \n\t", *_PARTS]

NOT_WORD = re.compile(r"\W")

texts = st.lists(st.sampled_from(SPECIAL), max_size=12).map("".join)


def element(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    opened = st.sampled_from([*TAGS, 'a href="/x"', 'img src="/i.png" alt="a"'])
    return st.builds(
        lambda tag, inner, closed: f"<{tag}>{inner}" + (f"</{tag.split(maxsplit=1)[0]}>" if closed else ""),
        opened,
        st.lists(children, max_size=4).map("".join),
        st.booleans(),
    )


documents = st.recursive(texts.map(lambda text: escape(text, quote=False)), element, max_leaves=15)


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text))


def back(markdown: str) -> str:
    return plain_text(str(_MD.render(markdown)))


#: a formula is carried over as TeX, highlighted code without the highlighter's buttons, notes with numbers of
#: their own, an object that can be shown without what it says in its place
REPLACED = ("<annotation", "crayon-", "syntaxhighlighter", 'href="#', "<object")


def lost(html: str) -> Counter[str]:
    """The words of the HTML that the Markdown, rendered, does not show."""
    shown = back(html_to_markdown(html))
    source = plain_text(expand(html)[0])
    missing = words(source) - words(shown)
    if any(sign in html for sign in REPLACED):
        return Counter()
    # Where markup stands in the midst of a word, words may be cut otherwise.
    return Counter() if NOT_WORD.sub("", source) in NOT_WORD.sub("", shown) else missing


def originals() -> list[str]:
    """The HTML of the sample blog, and the shared corpora where they are at hand."""
    found = []
    for path in sorted((CHECKOUT / "samples/archive/data/posts").rglob("*.json")):
        found.append(json.loads(path.read_text("utf-8"))["content"].get("html") or "")
    found += [path.read_text("utf-8", "replace") for path in sorted(CORPORA.rglob("*.html"))]
    return [html for html in found if len(html) > 40]


def mutations(count: int) -> Iterator[str]:
    """Pieces of real documents, cut, doubled, spliced and sprinkled with what is special."""
    random = Random(SEED)
    pool = originals()
    sprinkles = [*SPECIAL, "<", ">", "</", '"', "<!--", "]]>", "&", *[f"<{tag}>" for tag in TAGS]]
    sprinkles += [f"</{tag}>" for tag in TAGS]

    def cut(most: int) -> str:
        html = random.choice(pool)
        start = random.randrange(len(html))
        return html[start : start + random.randint(1, most)]

    for _ in range(count):
        html = cut(2500)
        for _ in range(random.randrange(4)):
            at = random.randrange(len(html) + 1)
            what = random.randrange(4)
            if what == 0:
                html = html[:at] + random.choice(sprinkles) * random.randint(1, 3) + html[at:]
            elif what == 1:
                html = html[:at] + html[at + random.randint(1, 20) :]
            elif what == 2:
                html = html[:at] + cut(400) + html[at:]
            else:
                html = html[:at] + html[max(0, at - random.randint(1, 300)) :]
        yield html


def test_mutated_documents_lose_nothing() -> None:
    for html in mutations(DOCUMENTS // 2):
        assert not lost(html), html


@settings(max_examples=DOCUMENTS // 4, deadline=None)
@given(documents)
def test_text_is_never_lost(html: str) -> None:
    assert not lost(html)


@settings(max_examples=DOCUMENTS // 8, deadline=None)
@given(texts, st.sampled_from(["p", "li", "blockquote", "h2", "td", "b", "dd", "a href=/x"]))
def test_text_comes_back_exactly(text: str, tag: str) -> None:
    html = f"<{tag}>{escape(text, quote=False)}</{tag.split(maxsplit=1)[0]}>"
    if tag == "td":
        html = f"<table><tr>{html}</tr></table>"
    assert back(html_to_markdown(html)) == plain_text(html)


@settings(max_examples=DOCUMENTS // 8, deadline=None)
@given(st.text(st.characters(codec=None), max_size=80), st.sampled_from(sorted(FLAVOURS)))
def test_any_string_is_taken(html: str, dialect: str) -> None:
    text = html_to_markdown(html, dialect)
    text.encode()
    assert "\x00" not in text


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 20_000 + "x",
        "<b>" * 20_000 + "x",
        "<ul><li>" * 5_000 + "x",
        "<blockquote>" * 5_000 + "x",
        "<table><tr><td>" * 1_000 + "x",
        "".join(f"<b id={number}>" for number in range(3_000)) + "x",
        "<a href=/x>" * 3_000 + "x",
        "<table><tr><td colspan=1000000000 rowspan=1000000000>x</td></tr></table>",
        "<p>" + " " * 200_000 + "x</p>",
        "<p>" + "[a " * 20_000 + "x</p>",
        "<p>" + "*" * 50_000 + "x</p>",
        "<p>" + "<em>a</em>b" * 2_000 + "x</p>",
    ],
)
def test_extremes(html: str) -> None:
    assert "x" in html_to_markdown(html)


def test_broken_characters() -> None:
    done = convert("<p>\ud83d\ude00 \ud800 a\x00b \ufffe</p>").markdown
    assert done == "😀 \ufffd ab\n"


def test_a_star_after_a_break_in_a_cell_closes_nothing() -> None:
    html = "<table><tr><td><b>a<br>* b<br>*c</b></td></tr></table>"
    assert back(html_to_markdown(html)) == plain_text(html)


def test_an_item_of_which_nothing_is_left() -> None:
    assert html_to_markdown("<ul><li><h2><p></p><p></p></h2></li><li>x</li></ul>") == "-\n- x\n"
