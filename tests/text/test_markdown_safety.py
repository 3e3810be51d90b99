"""What visitors write must never become live HTML, in any dialect."""

from __future__ import annotations

import re

import pytest
from markdown_it import MarkdownIt
from selectolax.lexbor import LexborHTMLParser

from wpexport.text.markdown import FLAVOURS, html_to_markdown

HOSTILE = [
    "<script>alert(1)</script>",
    '<img src="x" onerror="alert(1)" alt="i">',
    '<a href=" java\tscript:alert(1)">x</a>',
    '<a href="&#106;avascript&colon;alert(1)">x</a>',
    '<a href="javascript&amp;colon;alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<img src="javascript:alert(1)" alt="x">',
    '<iframe src="javascript:alert(1)"></iframe>',
    '<iframe srcdoc="<script>alert(1)</script>" src="http://e.org/"></iframe>',
    '<object data="javascript:alert(1)"></object>',
    '<video poster="javascript:alert(1)" src="v.mp4" onerror="alert(1)"></video>',
    '<table><tr><td colspan=2 onclick="x()"><a href="vbscript:x">a</a></td></tr></table>',
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&lt;img src=x onerror=alert(1)&gt;",
    "<p>a\n\n&lt;script&gt;alert(1)&lt;/script&gt;</p>",
    "<pre>&lt;script&gt;\n```\n&lt;script&gt;</pre>",
    "<p><code>`&lt;script&gt;`</code></p>",
    '<pre><code class="language-x&quot;&gt;&lt;script&gt;">y</code></pre>',
    "<p>[x](javascript:alert(1)) ![y](javascript:alert(1)) &lt;javascript:alert(1)&gt;</p>",
    '<a href="http://e.org/) [x](javascript:alert(1)">t</a>',
    '<a href="http://e.org/" title="&quot;)&lt;script&gt;alert(1)&lt;/script&gt;">t</a>',
    '<img src="/x.png" alt="](javascript:alert(1)) &lt;script&gt;">',
    "<!--><script>alert(1)</script>-->",
    "<details ontoggle=alert(1) open><summary>s</summary>x</details>",
    "<math><mtext><img src=x onerror=alert(1)></mtext></math>",
    "<svg><script>alert(1)</script></svg>",
    "<p>[audio src=javascript:alert(1)] [embed]javascript:alert(1)[/embed]</p>",
]


def live(html: str) -> list[str]:
    """What could run in a page."""
    found: list[str] = []
    for node in LexborHTMLParser("<!DOCTYPE html><body>" + html).css("body *"):
        if node.tag in ("script", "style", "base", "meta", "object", "embed", "svg", "form"):
            found.append(node.tag)
        for name, value in node.attributes.items():
            bare = re.sub(r"[\x00-\x20]", "", value or "").lower()
            if (
                name.startswith("on")
                or name == "srcdoc"
                or bare.startswith(("javascript:", "vbscript:", "data:text"))
            ):
                found.append(f"{name}={bare}")
    return found


def render(markdown: str) -> str:
    md = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    md.validateLink = lambda _url: True  # type: ignore[method-assign, assignment]
    return str(md.render(markdown))


@pytest.mark.parametrize("dialect", FLAVOURS)
@pytest.mark.parametrize("html", HOSTILE)
def test_nothing_live(dialect: str, html: str) -> None:
    assert live(render(html_to_markdown(html, dialect))) == []


@pytest.mark.parametrize("frame", ["> ", "    ", "- "])
@pytest.mark.parametrize(
    "html",
    [
        "<p>x</p></blockquote></li><h1>out</h1>",
        "<pre>&lt;/pre&gt;\n\n# out</pre>",
        "<p>a<br># out<br>1. out<br>&lt;!-- out</p>",
        "<p>a\x0b# out\x0c# out\u2028# out\x85# out\r# out</p>",
        "<ul><li>x",
        "<table><tr><td colspan=2>a\n\n# out",
        "<b><i><a href=/x>open",
    ],
)
def test_embedded_text_stays_in_its_frame(frame: str, html: str) -> None:
    """A comment is put into a quotation or an item line by line: no line may end outside."""
    first = "- " if frame == "    " else frame
    rest = "  " if frame == "- " else frame
    head, *lines = html_to_markdown(html).strip().split("\n")
    text = "\n".join([first + head, *[(rest + line).rstrip() for line in lines]])
    page = LexborHTMLParser(render(f"before\n\n{text}\n\nAFTER\n"))
    assert page.body is not None
    after = [node for node in page.css("body > p") if node.text() == "AFTER"]
    assert len(after) == 1
    assert all(node.parent is not None and node.parent.tag != "body" for node in page.css("h1"))
    assert not re.search(r"[\x0b\x0c\r\x85\u2028\u2029]", text)
