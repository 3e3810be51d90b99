"""Any text is taken, and none is lost."""

from __future__ import annotations

import re
from collections import Counter
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from wpexport.text.markdown import FLAVOURS, convert, html_to_markdown, plain_text

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


@settings(max_examples=150, deadline=None)
@given(documents)
def test_text_is_never_lost(html: str) -> None:
    missing = words(plain_text(html)) - words(back(html_to_markdown(html)))
    joined = re.sub(r"\W", "", back(html_to_markdown(html)))
    assert not missing or re.sub(r"\W", "", plain_text(html)) in joined


@settings(max_examples=150, deadline=None)
@given(texts, st.sampled_from(["p", "li", "blockquote", "h2", "td", "b", "dd", "a href=/x"]))
def test_text_comes_back_exactly(text: str, tag: str) -> None:
    html = f"<{tag}>{escape(text, quote=False)}</{tag.split(maxsplit=1)[0]}>"
    if tag == "td":
        html = f"<table><tr>{html}</tr></table>"
    assert back(html_to_markdown(html)) == plain_text(html)


@settings(max_examples=100, deadline=None)
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
