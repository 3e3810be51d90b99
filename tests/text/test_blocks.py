"""Shortcodes that are left, and texts as the database holds them."""

from __future__ import annotations

import pytest

from wpexport.text.blocks import autop, is_raw, raw_to_html
from wpexport.text.markdown import html_to_markdown
from wpexport.text.shortcodes import attributes, expand


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (
            '[caption id="x" width="3"]<a href="/u"><img src="/x.png"></a> A <b>cap</b>[/caption]',
            '<figure><a href="/u"><img src="/x.png"></a><figcaption>A <b>cap</b></figcaption></figure>',
        ),
        (
            "[embed]https://youtu.be/abcdefghijk[/embed]",
            '<iframe src="https://www.youtube.com/embed/abcdefghijk"></iframe>',
        ),
        ("[vimeo 1234]", '<iframe src="https://player.vimeo.com/video/1234"></iframe>'),
        ('[audio mp3="/a.mp3"]', '<audio controls><source src="/a.mp3"></audio>'),
        ('[code lang="js"]a<br />\nb[/code]', '<pre><code class="language-js">a\nb</code></pre>'),
        ("[vc_row][vc_column a=1]text[/vc_column][/vc_row]", "text"),
        ("<pre>[embed]x[/embed]</pre>", "<pre>[embed]x[/embed]</pre>"),
        ("[note] [1] [unknown a=1]", "[note] [1] [unknown a=1]"),
    ],
)
def test_known_shortcodes(html: str, expected: str) -> None:
    assert expand(html)[0] == expected


def test_unknown_shortcodes_are_counted() -> None:
    assert expand("[a x=1]b[/a] [form d=2] [plain] [1] [form e=3 /]")[1] == {"a": 1, "form": 2}


def test_attributes() -> None:
    assert attributes(' a="1 2" b=\'x\' c=3 "four" five d=&#8221;6&#8243;') == {
        "a": "1 2",
        "b": "x",
        "c": "3",
        "0": "four",
        "1": "five",
        "d": "6",
    }


def test_paragraphs() -> None:
    assert autop("a\nb\n\nc") == "<p>a<br />\nb</p>\n<p>c</p>"
    assert autop("<h2>h</h2>\ntext") == "<h2>h</h2>\n<p>text</p>"
    assert autop("<pre>a\n\nb</pre>") == "<pre>a\n\nb</pre>"


def test_raw_classic() -> None:
    raw = "One\ntwo\r\n\r\n<blockquote>q1\n\nq2</blockquote>"
    raw += "\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>\nEnd <b>b</b>\n"
    assert html_to_markdown(raw_to_html(raw)) == "One\\\ntwo\n\n> q1\n>\n> q2\n\n- a\n- b\n\nEnd **b**\n"


def test_raw_blocks() -> None:
    raw = (
        "<!-- wp:paragraph -->\n<p>P</p>\n<!-- /wp:paragraph -->\n\n"
        '<!-- wp:syntaxhighlighter/code {"language":"sql"} -->\n'
        '<pre class="wp-block-syntaxhighlighter-code">select 1;</pre>\n<!-- /wp:syntaxhighlighter/code -->\n'
        '<!-- wp:embed {"url":"https://vimeo.com/12"} -->\n<figure><div>\nhttps://vimeo.com/12\n</div></figure>\n'
        "<!-- /wp:embed -->\n<!-- wp:more -->\n<!--more-->\n<!-- /wp:more -->\nfree\n\ntext"
    )
    assert is_raw(raw)
    assert html_to_markdown(raw_to_html(raw)) == (
        "P\n\n```sql\nselect 1;\n```\n\n"
        '<iframe src="https://player.vimeo.com/video/12" allowfullscreen></iframe>\n\n'
        "<!--more-->\n\nfree\n\ntext\n"
    )


def test_rendered_is_not_raw() -> None:
    assert not is_raw("<p>a</p>\n\n<p>b</p>")
    assert is_raw("a\n\nb")


def test_blocks_whose_settings_do_not_end_take_no_minutes() -> None:
    # 100,000 took minutes when the end of each was looked for in all of the text.
    assert raw_to_html('<!-- wp:p {"a":1 ' * 100_000 + "-->")
