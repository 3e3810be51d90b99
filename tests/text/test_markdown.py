"""One sample per feature: what the converter writes."""

from __future__ import annotations

import pytest

from wpexport.text.markdown import FLAVOURS, convert, html_to_markdown, plain_text

SAMPLES = {
    "heading": ("<h2>Tea <em>time</em></h2>", "## Tea *time*"),
    "heading closing hash": ("<h3>About C #</h3>", "### About C \\#"),
    "heading break": ("<h3>one<br>two</h3>", "### one<br>two"),
    "paragraph": ("<p>A line\n  that wraps.</p>", "A line that wraps."),
    "break": ("<p>one<br />\ntwo</p>", "one\\\ntwo"),
    "star before a break": ("<p><b>Name *<br>and more</b></p>", "**Name \\*\\\nand more**"),
    "star behind a break that is a tag": ("<p><b>C:\\<br>* x</b></p>", "**C:\\\\<br>\\* x**"),
    "sign before a break": ("<p>a &lt;<br>b</p>", "a <\\\nb"),
    "rule": ("<p>a</p><hr><p>b</p>", "a\n\n***\n\nb"),
    "bold spaces": ("<p>a<b> bold </b>b</p>", "a **bold** b"),
    "bold inside a word": ("<p>un<em>frigging</em>real</p>", "un*frigging*real"),
    "emphasis that cannot flank": ("<p>日本<strong>「語」</strong>の</p>", "日本<strong>「語」</strong>の"),
    "both": ("<p><strong><em>x</em></strong></p>", "***x***"),
    "neighbours": ("<p><b>a</b><b>b</b></p>", "**ab**"),
    "struck": ("<p>a <del>b</del> c</p>", "a ~~b~~ c"),
    "struck tilde": ("<p>a <del>~b</del> <s>~</s></p>", r"a ~~\~b~~ ~~\~~~"),
    "one struck tilde": ("<p><del>~5</del> 4</p>", r"~~\~5~~ 4"),
    "raised": ("<p>H<sub>2</sub>O</p>", "H<sub>2</sub>O"),
    "number that looks like a mail address": ("<p>&lt;1@1&gt;</p>", "&lt;1@1>"),
    "keyboard": ("<p>Press <kbd>Esc</kbd></p>", "Press <kbd>Esc</kbd>"),
    "abbreviation": (
        '<p><abbr title="a &quot;b&quot;">AB</abbr></p>',
        '<abbr title="a &quot;b&quot;">AB</abbr>',
    ),
    "ruby": ("<p><ruby>漢<rt>kan</rt></ruby></p>", "<ruby>漢<rt>kan</rt></ruby>"),
    "code": ("<p><code>a`b</code></p>", "``a`b``"),
    "link": ('<p><a href="http://e.org/a b">x</a></p>', "[x](http://e.org/a%20b)"),
    "link ending in a space": (
        '<p><a href="/x">x </a>y <a href="/z"><b>b </b></a><a href="/i"><img src="/i.png"> </a>c</p>',
        "[x](/x) y [**b**](/z) [![](/i.png)](/i) c",
    ),
    "link title": ('<p><a href="/x" title="T">y</a></p>', '[y](/x "T")'),
    "autolink": ('<p><a href="http://e.org/">http://e.org/</a></p>', "<http://e.org/>"),
    "image": ('<p><img src="/a.png" alt="a [b]"></p>', "![a \\[b\\]](/a.png)"),
    "linked image": ('<a href="/b"><img src="/a.png" alt="a"></a>', "[![a](/a.png)](/b)"),
    "lazy image": ('<img src="data:image/gif;base64,R0" data-src="/real.jpg" alt="r">', "![r](/real.jpg)"),
    "noscript twin": ('<img data-src="/r.jpg" src=""><noscript><img src="/r.jpg"></noscript>', "![](/r.jpg)"),
    "emoji": (
        '<p>hi <img class="emoji" src="https://s.w.org/images/core/emoji/1.png" alt="😀"></p>',
        "hi 😀",
    ),
    "figure": (
        "<figure><img src='/a.png' alt='a'><figcaption>Cap <em>tion</em></figcaption></figure>",
        "![a](/a.png)\n\nCap *tion*",
    ),
    "link around blocks": (
        "<a href='/x'><h3>Head</h3><p>Text</p></a>",
        '<a href="/x">\n\n### Head\n\nText\n\n</a>',
    ),
    "link around one block": ("<a href='/x'><h3>Head</h3></a>", "### [Head](/x)"),
    "bold around blocks": ("<b><p>a</p><p>b</p></b>", "**a**\n\n**b**"),
    "list": ("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", "- a\n  - b\n- c"),
    "loose list": ("<ol><li><p>a</p><p>b</p></li><li>c</li></ol>", "1. a\n\n   b\n\n2. c"),
    "list start": ("<ol start=9><li>a</li><li>b</li></ol>", "9. a\n10. b"),
    "list value": ("<ol><li>a</li><li value=7>b</li></ol>", "1. a\n\n7) b"),
    "lists apart": ("<ul><li>a</li></ul><ul><li>b</li></ul>", "- a\n\n* b"),
    "rule in a second list": ("<ul><li>a</li></ul><ul><li><hr></li></ul>", "- a\n\n* ---"),
    "quote": ("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b"),
    "definitions": ("<dl><dt>T</dt><dd>D</dd></dl>", "T\n:   D"),
    "fence": ("<pre>a\n ```\nb</pre>", "````\na\n ```\nb\n````"),
    "code in code with markup": (
        "<pre>a<pre>b</pre><cite>\n_*_</cite></pre>",
        "<pre>a\nb\n<cite>\n_*_</cite></pre>",
    ),
    "code with markup": ("<pre>a <b>b</b></pre>", "<pre>a <b>b</b></pre>"),
    "table": (
        "<table><thead><tr><th>a</th><th align=right>b</th></tr></thead>"
        "<tr><td>1|2</td><td align=right>x<br>y</td></tr></table>",
        "| a | b |\n| --- | --: |\n| 1\\|2 | x<br>y |",
    ),
    "table without head": (
        "<table><tr><td>a</td><td>b</td></tr></table>",
        "|  |  |\n| --- | --- |\n| a | b |",
    ),
    "table span": (
        "<table><tr><td colspan=2>a</td></tr><tr><td>b</td><td>c</td></tr></table>",
        '<table>\n<tr><td colspan="2">a</td></tr>\n<tr><td>b</td><td>c</td></tr></table>',
    ),
    "white space between a table's parts": (
        "<table>\n<tr> <td colspan=2>a</td>\n</tr>\n</table>",
        '<table>\n<tr><td colspan="2">a</td></tr></table>',
    ),
    "details": (
        "<details><summary>S</summary><p>a</p></details>",
        "<details>\n<summary>S</summary>\n\na\n\n</details>",
    ),
    "more": ("<p>a<!--more--></p><p>b</p>", "a\n\n<!--more-->\n\nb"),
    "rendered more": ('<p>a</p><p><span id="more-3"></span>b</p>', "a\n\n<!--more-->\n\nb"),
    "tildes between breaks": (
        "<p>a<br>~~~~~<br>b<br>~~~~~</p>",
        "a\\\n" + r"\~" * 5 + "\\\nb\\\n" + r"\~" * 5,
    ),
    "code with emphasis in a span": (
        "<p><code>build <span><em>out</em></span></code></p>",
        "<code>build *out*</code>",
    ),
    "items of a list that a link tears apart": (
        "<ul><a href=/x><li>a</li><li><ul><li>b</li></ul></li></a></ul>",
        "- [a](/x)\n- - [b](/x)",
    ),
    "audio without a source": ("<audio controls>Not <b>here</b></audio>", "Not **here**"),
    "object without a source": ("<object><p>See <a href='/x'>x</a></p></object>", "See [x](/x)"),
    "formula without text": (
        "<p><math>x<annotation encoding='application/x-tex'> </annotation></math></p>",
        "x",
    ),
    "note inside of its reference": (
        '<sup><a href="#n"><ol><li id="n">m</li></ol></a></sup>',
        "1. <sup>[m](#n)</sup>",
    ),
    "audio": ('<audio controls src="/a.mp3"></audio>', '<audio controls src="/a.mp3"></audio>'),
    "iframe": (
        '<p>a<iframe src="https://e.org/?a=1&amp;b=2" onload="x()"></iframe>b</p>',
        'a\n\n<iframe src="https://e.org/?a=1&amp;b=2" allowfullscreen></iframe>\n\nb',
    ),
    "MathML": (
        '<math><mi>x</mi><annotation encoding="application/x-tex">x_1</annotation></math>',
        "$x_1$",
    ),
    "windows-1252": ("<p>it\x92s \x93so\x94</p>", "it’s “so”"),
    "stray items": ("<li>a</li><li>b</li>", "- a\n- b"),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_sample(name: str) -> None:
    html, expected = SAMPLES[name]
    assert html_to_markdown(html).strip() == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("snake_case stays", "snake_case stays"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("*no*", "\\*no\\*"),
        ("_no_", "\\_no\\_"),
        ("# no", "\\# no"),
        ("#no", "#no"),
        ("1986. A year", "1986\\. A year"),
        ("- no", "\\- no"),
        ("+5", "+5"),
        ("> no", "\\> no"),
        ("---", "\\---"),
        ("===", "\\==="),
        ("[x](y)", "[x\\](y)"),
        ("[plain]", "[plain]"),
        ("[a]: http://e.org", "[a\\]: http://e.org"),
        ("a < b", "a < b"),
        ("<b>", "&lt;b>"),
        ("AT&T", "AT&T"),
        ("&copy;", "&amp;copy;"),
        ("C:\\path", "C:\\path"),
        ("a\\*b", "a\\\\\\*b"),
        ("~/home", "~/home"),
        ("~~no~~", "\\~\\~no\\~\\~"),
        ("`no`", "\\`no\\`"),
        (": no", "\\: no"),
    ],
)
def test_text_is_escaped_where_needed_only(text: str, expected: str) -> None:
    html = text.replace("&", "&amp;").replace("<", "&lt;")
    assert html_to_markdown(f"<p>{html}</p>").strip() == expected


@pytest.mark.parametrize(
    "html",
    [
        '<pre class="brush: ruby; title: x">a</pre>',
        '<pre class="lang:ruby decode:true">a</pre>',
        '<pre class="EnlighterJSRAW" data-enlighter-language="ruby">a</pre>',
        '<pre><code class="language-ruby">a</code></pre>',
        '<pre lang="ruby" line="1">a</pre>',
        '<pre class="prettyprint lang-ruby">a</pre>',
        '<div class="highlight-source-ruby"><pre>a</pre></div>',
    ],
)
def test_code_language(html: str) -> None:
    assert html_to_markdown(html) == "```ruby\na\n```\n"


NOTES = (
    '<p>Fact<sup class="fn"><a href="#n1" id="n1-link">1</a></sup>.</p>'
    '<ol class="wp-block-footnotes"><li id="n1">Source <a href="#n1-link">↩</a></li></ol>'
)


def test_footnotes() -> None:
    assert html_to_markdown(NOTES) == "Fact[^1].\n\n[^1]: Source\n"
    assert "[^c7-1]: Source" in convert(NOTES, footnote_prefix="c7-").markdown


def test_footnotes_without_syntax_for_them() -> None:
    text = html_to_markdown(NOTES, "eleventy")
    assert 'href="#fn-1"' in text
    assert 'id="fn-1"' in text
    assert "Source" in text


def test_a_note_nobody_refers_to_stays_in_its_list() -> None:
    text = html_to_markdown(NOTES.replace("</ol>", "<li id='n2'>Orphan</li></ol>"))
    assert "Orphan" in text
    assert "[^1]" not in text


def test_a_reference_inside_of_html_keeps_its_note() -> None:
    html = (
        "<table><tr><td colspan=2>a<sup><a href='#n'>1</a></sup></td></tr></table><ol><li id=n>Note</li></ol>"
    )
    assert "1. Note" in html_to_markdown(html)


@pytest.mark.parametrize("dialect", FLAVOURS)
@pytest.mark.parametrize(
    "html",
    [
        "<p>{{< youtube >}} {{% x %}} {{ y }} {% z %} {# c #}</p>",
        "<p><code>{{< youtube >}} {{ y }} {% z %}</code></p>",
        "<pre>{{< youtube >}} {{% x %}}\n{{ y }} {% z %}</pre>",
        '<p><a href="/{{ x }}/{%25 y %25}/{{&lt; z >}}">{{</a><img src="/i.png" alt="{{< x >}} {% y %}"></p>',
        "<p>{<b>{</b>&lt; x &gt;}} {<i>% y %}</i></p>",
        '<table><tr><td colspan="2">{{ x }} {% y %} {{< z >}}</td></tr></table>',
    ],
)
def test_no_template_code(dialect: str, html: str) -> None:
    text = html_to_markdown(html, dialect)
    guard = FLAVOURS[dialect].guard
    if guard == "liquid":
        outside = text.split("{% raw %}")[0] + "".join(
            part.partition("{% endraw %}")[2] for part in text.split("{% raw %}")[1:]
        )
        assert "{{" not in outside
        assert "{%" not in outside
    elif guard == "hugo":
        assert "{{<" not in text.replace("{{</*", "")
        assert "{{%" not in text.replace("{{%/*", "")
    elif guard == "nunjucks" and "<pre>" not in html and "<code>" not in html:
        assert "{{" not in text
        assert "{%" not in text


def test_counts() -> None:
    done = convert(
        '<p onclick="x()">[gone id=1] <u>u</u><a href="javascript:x()">j</a></p>'
        "<script>x</script><style>y</style>"
    )
    assert done.shortcodes == {"gone": 1}
    assert done.html_left == {"u": 1}
    assert done.dropped == {"onclick": 1, "javascript:": 1, "script": 1, "style": 1}
    assert done.markdown == "[gone id=1] <u>u</u>j\n"


def test_rewrite_sees_every_address() -> None:
    seen: list[tuple[str, str]] = []

    def rewrite(url: str, kind: str) -> str:
        seen.append((url, kind))
        return "/new" + url

    html = (
        '<p><a href="/l">l</a><img src="/i.png" alt="i"><audio src="/a.mp3"></audio></p>'
        '<iframe src="/f"></iframe>'
        '<table><tr><td colspan=2><a href="/t">t</a><img src="/ti.png"></td></tr></table>'
    )
    text = convert(html, rewrite=rewrite).markdown
    assert {("/l", "link"), ("/i.png", "image"), ("/a.mp3", "media"), ("/f", "media")} <= set(seen)
    assert {("/t", "link"), ("/ti.png", "image")} <= set(seen)
    assert all(f"/new{url}" in text for url, _ in seen)


def test_rewrite_cannot_bring_scripts() -> None:
    assert "javascript" not in convert('<a href="/x">x</a>', rewrite=lambda _u, _k: "javascript:x()").markdown


def test_heading_shift() -> None:
    assert convert("<h2>a</h2><h6>b</h6>", heading_shift=1).markdown == "### a\n\n###### b\n"


def test_python_markdown_needs_four_columns() -> None:
    assert html_to_markdown("<ul><li>a<ul><li>b</li></ul></li></ul>", "pelican") == "-   a\n    -   b\n"
    assert (
        html_to_markdown("<ul><li>a</li></ul><ul><li>b</li></ul>", "mkdocs") == "-   a\n\n<!-- -->\n\n-   b\n"
    )


def test_embeds_of_the_dialect() -> None:
    html = '<iframe src="https://www.youtube.com/embed/abcdefghijk?feature=oembed"></iframe>'
    assert html_to_markdown(html, "hugo") == "{{< youtube abcdefghijk >}}\n"
    assert html_to_markdown(html, "obsidian") == "![](https://www.youtube.com/watch?v=abcdefghijk)\n"
    assert "abcdefghijk" in html_to_markdown(html)


def test_plain_text() -> None:
    assert plain_text("A &amp; <b>B</b>\n c") == "A & B c"
    assert plain_text("plain  text") == "plain text"
    assert plain_text("a<br>b<p>c</p>d") == "a b c d"
    assert plain_text("<script>x</script>1 &lt; 2") == "1 < 2"


def test_code_below_code_or_a_list_stays_apart_where_fences_are_not_read() -> None:
    html = "<blockquote><pre>a</pre><pre>b</pre><ul><li>c</li></ul><pre>d</pre></blockquote>"
    apart = ">\n> <!-- -->\n>\n"
    assert html_to_markdown(html, "pelican") == f">     a\n{apart}>     b\n>\n> -   c\n{apart}>     d\n"


def test_braces_before_an_entity_get_no_backslash() -> None:
    assert html_to_markdown("<p>{{% x %}} {{</p>", "jekyll") == "{&#123;% x %}} {\\{\n"
