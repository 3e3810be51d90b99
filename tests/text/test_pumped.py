"""Texts that repeat the beginning of something without its end: to try each again would take hours."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import responses

from wpexport.archive.cutting import without
from wpexport.archive.journal import Entry
from wpexport.archive.merge import merge
from wpexport.export.markdown.titles import summary_of
from wpexport.model import Markup, Post
from wpexport.net import Http
from wpexport.sources import pagehead
from wpexport.sources.feed.decode import trim
from wpexport.sources.rest.values import plain
from wpexport.text.addresses import locations
from wpexport.text.blocks import raw_to_html
from wpexport.text.markdown import html_to_markdown
from wpexport.text.shortcodes import expand
from wpexport.text.smileys import typed
from wpexport.text.whole import whole_elements

LENGTH = 300_000
pytestmark = pytest.mark.usefixtures("processor_time")


def pumped(piece: str) -> str:
    return piece * (LENGTH // len(piece))


def page(body: str) -> object:
    with responses.RequestsMock() as mock, Http() as http:
        mock.get("https://blog.example/", body=body)
        return pagehead.read(http.get("https://blog.example/"))


def redacted(body: str) -> Entry:
    body = f"<rss>{body}<wp:author><wp:author_id>7</wp:author_id></wp:author>"
    entry = Entry(url="", time="", status=200, way="feed", tool="", sha256="", body=body)
    assert without(entry, frozenset(), frozenset({7})).redacted
    return entry


@pytest.mark.parametrize(
    ("read", "piece"),
    [
        (html_to_markdown, "<a "),
        (html_to_markdown, "<pre "),
        (html_to_markdown, '<span data-cfemail="'),
        (html_to_markdown, '<a data-cfemail="abcd">'),
        (raw_to_html, "<pre "),
        (raw_to_html, "<!--more"),
        (raw_to_html, "<hr"),
        (lambda text: expand(f"[gallery ids=1]{text}"), "<pre>"),
        (lambda text: expand(f"[gallery ids=1]{text}"), "<!--"),
        (typed, "<img "),
        (plain, "<!--"),
        (lambda text: list(locations(text)), "<loc> "),
        (page, "<link "),
        (page, "<html "),
        (page, "<meta name='generator' "),
        (redacted, "<!--"),
        (lambda text: redacted(text * 2), "<![CDATA["),
        (lambda text: trim(f"<rss></rss>{text}"), "<!--"),
    ],
)
def test_what_never_ends_is_read_once(read: Callable[[str], object], piece: str) -> None:
    assert read(pumped(piece)) is not None


def test_an_excerpt_of_nothing_but_more_links() -> None:
    text = "Read more " * 2_000 + "\nand so on"
    post = Post(id=1, content=Markup(html="<p>Fog</p>"), excerpt=Markup(html=f"<p>{text}</p>"))
    assert (summary_of(post) or "").startswith("Read more")


def test_smileys_that_are_not_closed_are_merged() -> None:
    old, new = (Post(id=1, content=Markup(html=f"<p>{end}</p>" + pumped("<img "))) for end in "ab")
    assert merge(old, new, frozenset({"content"})) is not None


def test_what_is_whole() -> None:
    html = "<pre>a</pre><p>b</p><PRE class='x'>[c]</PRE ><pre>d<svg>e</svg>"
    found = [html[start:end] for start, end in whole_elements(html, {"pre", "svg"})]
    assert found == ["<pre>a</pre>", "<PRE class='x'>[c]</PRE >", "<svg>e</svg>"]
    found = [html[start:end] for start, end in whole_elements("<b>a<!-- [b] --><pre>c", {"pre"}, tags=True)]
    assert len(found) == 3
