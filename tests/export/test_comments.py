from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from selectolax.lexbor import LexborHTMLParser

from tests.export.blogs import sample
from wpexport.export.base import Notice, Options
from wpexport.export.markdown.comments import MAX_DEPTH, as_data, render, thread
from wpexport.export.registry import make_exporter
from wpexport.model import Comment, CommentAuthor, Markup
from wpexport.text.markdown import FLAVOURS, Flavour, convert

DATE = datetime(2021, 10, 25, 12, 0, tzinfo=UTC)


def comment(number: int, parent: int | None = None, text: str = "", **more: str) -> Comment:
    return Comment(
        id=number,
        post=1,
        parent=parent,
        author=CommentAuthor(name=more.pop("name", f"N{number}"), url=more.pop("url", None)),
        date=DATE,
        content=Markup(html=text or f"<p>Text {number}.</p>"),
        **more,  # type: ignore[arg-type]
    )


def to_markdown(html: str, prefix: str = "") -> str:
    return convert(html, FLAVOURS["markdown"], footnote_prefix=prefix).markdown


def written(*comments: Comment) -> str:
    return render(thread(list(comments), "x.md"), to_markdown)


def rendered(markdown: str) -> LexborHTMLParser:
    # The "commonmark" preset gives up at 20 levels of nesting; CommonMark itself knows no limit.
    return LexborHTMLParser(MarkdownIt("commonmark", {"html": True, "maxNesting": 200}).render(markdown))


def depth_of(page: LexborHTMLParser, text: str) -> int:
    for node in page.css("p"):
        if node.text().strip() == text:
            depth, above = 0, node.parent
            while above is not None:
                depth += above.tag == "blockquote"
                above = above.parent
            return depth
    raise AssertionError(text)


def test_answers_nest_as_they_were_given() -> None:
    page = rendered(written(comment(1), comment(2, 1), comment(3, 2), comment(4, 1), comment(5)))
    assert [depth_of(page, f"Text {n}.") for n in range(1, 6)] == [1, 2, 3, 2, 1]
    assert len(page.css("body > blockquote")) == 2


def test_twenty_levels_really_nest_and_deeper_ones_say_whom_they_answer() -> None:
    chain = [comment(1), *(comment(n, n - 1) for n in range(2, 31))]
    markdown = written(*chain)
    page = rendered(markdown)
    assert [depth_of(page, f"Text {n}.") for n in range(1, 31)] == [*range(1, MAX_DEPTH + 1)] + [
        MAX_DEPTH
    ] * 10
    assert "(in answer to [20](#comment-20))" in markdown
    assert "(in answer to [19]" not in markdown


def test_nobody_is_lost_and_everything_odd_is_told() -> None:
    odd = [
        comment(1, 1),
        comment(2, 3),
        comment(3, 4),
        comment(4, 2),
        comment(5, 99),
        comment(6, 99),
        comment(7, 2),
    ]
    threads = thread(odd, "x.md")
    markdown = render(threads, to_markdown)
    for number in range(1, 8):
        assert markdown.count(f"Text {number}.") == 1
    assert [notice.kind for notice in threads.notices] == ["comment-cycle", "comment-cycle", "comment-parent"]
    assert markdown.count("*Comment 99 is no longer there.*") == 1
    assert depth_of(rendered(markdown), "Text 6.") == 2


def test_long_threads_take_no_recursion_and_no_square_time() -> None:
    count = 5000
    threads = thread([comment(1), *(comment(n, n - 1) for n in range(2, count))], "x.md")
    assert sum(1 for _ in threads.flat()) == count - 1
    ring = thread([comment(n, n % count + 1) for n in range(1, count + 1)], "x.md")
    assert sum(1 for _ in ring.flat()) == count
    assert len(ring.notices) == 1
    assert json.loads(as_data(threads, lambda html, _: html))["comments"][-1]["depth"] == count - 1


def test_pings_stand_apart_unless_somebody_answered_them() -> None:
    pings = [comment(1, type="pingback"), comment(2, type="trackback"), comment(3, 2), comment(4)]
    threads = thread(pings, "x.md")
    assert [entry.number for entry in threads.pings] == [1]
    assert [entry.number for entry in threads.flat()] == [2, 3, 4]
    markdown = render(threads, to_markdown)
    assert markdown.index("## Comments") < markdown.index("Text 4.") < markdown.index("## Pingbacks")


def test_who_and_when() -> None:
    markdown = written(comment(7, name="Ana *star*\n# [x](y)", url="https://ana.example/?a=1&copy;=2"))
    page = rendered(markdown)
    link = page.css_first("strong a")
    assert link is not None
    assert link.attributes["href"] == "https://ana.example/?a=1&copy;=2"
    assert link.text() == "Ana *star* # [x](y)"
    assert page.css_first("a#comment-7") is not None
    assert page.css_first('a[href="#comment-7"]').text() == "2021-10-25 12:00"  # type: ignore[union-attr]
    assert "javascript:" not in written(comment(1, url="javascript:alert(1)"))
    assert "Anonymous" in written(comment(1, name=" "))
    assert "(held for moderation, review)" in written(comment(1, status="hold", type="review"))


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80), st.sampled_from(["p", "pre", "div", "li", "h1", ""]))
def test_no_text_leaves_its_quote(text: str, tag: str) -> None:
    hostile = f"<{tag}>{text}" if tag else text
    markdown = written(comment(1, text=f"<p>x</p>{hostile}"), comment(2, 1), comment(3))
    page = rendered(markdown)
    assert depth_of(page, "Text 2.") == 2
    assert depth_of(page, "Text 3.") == 1
    assert [node.text() for node in page.css("body > h1, body > h2")] == ["Comments"]


def test_raw_html_of_a_comment_cannot_close_its_quote() -> None:
    text = "<p>a</p></blockquote></div><!-- --><table><tr><td colspan=2><ul><li>x</ul>\n\n# y</table>```\n~~~"
    page = rendered(written(comment(1, text=text), comment(2)))
    assert depth_of(page, "Text 2.") == 1
    assert len(page.css("h1")) == 0


def test_data() -> None:
    comments = [
        comment(7, url="https://a.example"),
        comment(8, 7, url="ftp://x"),
        comment(9, 5),
        comment(10, type="pingback"),
    ]
    data = json.loads(as_data(thread(comments, "x.md"), to_markdown))
    assert [(entry["id"], entry["depth"]) for entry in data["comments"]] == [(7, 1), (8, 2), (5, 1), (9, 2)]
    assert data["comments"][0]["author_url"] == "https://a.example"
    assert "author_url" not in data["comments"][1]
    assert data["comments"][2] == {"id": 5, "depth": 1, "missing": True}
    assert data["comments"][0]["text"] == "Text 7."
    assert data["comments"][0]["date"] == "2021-10-25T12:00:00+00:00"
    assert [entry["id"] for entry in data["pings"]] == [10]


def test_no_comments_no_heading() -> None:
    assert written() == ""


def test_a_parent_that_belongs_to_another_text_is_linked(tmp_path: Path) -> None:
    blog = sample(tmp_path / "media")
    blog.the_comments.append(
        Comment(
            id=30, post=2, parent=7, author=CommentAuthor(name="Kim"), content=Markup(html="<p>Across.</p>")
        )
    )
    for comments in ("inline", "data"):
        exporter = make_exporter("hugo", blog, tmp_path / comments, Options(comments=comments))
        told = [event.detail for event in exporter.run() if isinstance(event, Notice)]
        assert "comment 7 is at https://example.org/blog/2021/10/hello/; answers to it are here" in told
    text = (tmp_path / "inline/content/posts/odd/index.md").read_text("utf-8")
    assert "*In answer to comment 7, which is at [Hello &" in text
    assert "](../hello/#comment-7).*" in text
    data = json.loads((tmp_path / "data/content/posts/odd/comments.json").read_text("utf-8"))
    assert data["comments"][0]["text"] == "In answer to comment 7, which is at Hello & <goodbye>."


def test_a_plain_name_needs_no_converter(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [
        "Ana",
        "Reader O'Neil 7",
        "x",
        "007",
        "A  B\nC",
        "",
        "www example",
        "Ana.",
        "O''N",
        "Ana_b",
        "Zoë",
    ]
    comments = [comment(number + 1, name=name) for number, name in enumerate(names)]
    for flavour in FLAVOURS.values():

        def convert_to(html: str, prefix: str = "", flavour: Flavour = flavour) -> str:
            return convert(html, flavour, footnote_prefix=prefix).markdown

        short = render(thread(comments, "x.md"), convert_to)
        with monkeypatch.context() as patched:
            patched.setattr("wpexport.export.markdown.comments._PLAIN", re.compile(r"(?!)"))
            assert render(thread(comments, "x.md"), convert_to) == short
