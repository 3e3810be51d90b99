"""Texts of special characters, read back with the parser of Pelican and MkDocs."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wpexport.text.markdown import FLAVOURS, convert

markdown: Any = pytest.importorskip("markdown", reason="pip install markdown")

SPECIAL = st.text(alphabet="{}:%#=.\"' xonclick()1[]`*_\\<>&|!-+~^$;@/", min_size=1, max_size=30)
TAG = re.compile(r"<[^>]*>")


def shown(markup: str) -> str:
    return re.sub(r"\s", "", html.unescape(TAG.sub("", markup)))


def built(text: str, flavour: str) -> str:
    source = convert(text, FLAVOURS[flavour]).markdown
    made: str = markdown.markdown(source, extensions=["extra", "toc"], output_format="html")
    return made


@pytest.mark.parametrize("flavour", ["pelican", "mkdocs"])
@pytest.mark.parametrize(
    "form", ["<p>a<br>{}</p>", "<p><em>x</em>{}</p>", "<h2>Head {}</h2>", "<ul><li>x {}</li></ul>"]
)
@pytest.mark.parametrize(
    "hostile",
    ["&amp;#1", "&amp;#x41", "{ onclick=alert(1) }", "{: .x }", "{#x}", "{y}", "{{ oops }}", "{% raw %}"],
)
def test_no_text_becomes_an_attribute(flavour: str, form: str, hostile: str) -> None:
    text = form.replace("{}", hostile)
    made = built(text, flavour)
    assert shown(made) == shown(text)
    assert not re.search(r"<[^>]*\sonclick", made)


@pytest.mark.parametrize("flavour", ["pelican", "mkdocs"])
@given(text=SPECIAL)
def test_no_text_is_lost(flavour: str, text: str) -> None:
    source = f"<p>before <em>x</em>{html.escape(text)}</p>"
    made = built(source, flavour)
    assert not re.search(r"<[^>]*\sonclick", made)
    assert sorted(set(shown(source)) - set(shown(made))) == []
