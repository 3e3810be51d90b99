"""The measure finds what is lost, and on our own samples nothing is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.text.test_markdown import SAMPLES
from wpexport.text.fidelity import Fidelity, measure
from wpexport.text.markdown import FLAVOURS, convert

POSTS = Path(__file__).parents[2] / "samples/archive/data/posts"
TEXT = """<p>One <a href="http://e.org/a">link</a> and <code>a &lt; b</code>.</p>
<p><img src="/p.png" alt="picture"></p><pre>x = 1\n\ty</pre>
<table><tr><th>k</th><th>v</th></tr><tr><td>one</td><td>two words</td></tr></table>
<p>Last: <span style="display: none">unseen</span><script>never()</script> done.</p>"""


def compared(html: str, flavour: str = "markdown") -> Fidelity:
    chosen = FLAVOURS[flavour]
    return measure(html, convert(html, chosen).markdown, chosen)


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_nothing_of_our_samples_is_lost(flavour: str) -> None:
    texts = [html for html, _ in SAMPLES.values()]
    for path in sorted(POSTS.rglob("*.json")):
        texts.append(json.loads(path.read_text("utf-8"))["content"].get("html") or "")
    assert len(texts) > 60
    assert [str(found) for found in (compared(html, flavour) for html in texts) if found.lost] == []


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("text", "Last: done.", "Last."),
        ("text", "One ", ""),
        ("links", "http://e.org/a", "http://e.org/b"),
        ("images", "![picture](/p.png)", "picture"),
        ("code", "`a < b`", "a < b"),
        ("code", "x = 1", "x = 2"),
        ("tables", "| one | two words |", "| one two | words |"),
        ("tables", "| --- | --- |", ""),
    ],
)
def test_what_is_spoilt_is_named(kind: str, good: str, bad: str) -> None:
    markdown = convert(TEXT).markdown
    whole = measure(TEXT, markdown, FLAVOURS["markdown"])
    assert (whole.lost, str(whole)) == (0, "")
    assert good in markdown
    spoilt = measure(TEXT, markdown.replace(good, bad), FLAVOURS["markdown"])
    assert spoilt.lost > 0
    assert kind in spoilt.missing
    assert f"{kind} {spoilt.counts[kind][1]} of {spoilt.counts[kind][0]} (not " in str(spoilt)


def test_addresses_are_looked_for_where_they_lead_now() -> None:
    html = '<p><a href="/old">x</a> <img src="/old.png"></p>'

    def moved(url: str, kind: str) -> str:
        return f"../{kind}{url}"

    markdown = convert(html, rewrite=moved).markdown
    assert measure(html, markdown, FLAVOURS["markdown"], moved).lost == 0
    assert measure(html, markdown, FLAVOURS["markdown"]).lost == 2


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_template_guards_are_no_loss(flavour: str) -> None:
    html = "<p>{{ x }} {% y %} {{< z >}} <code>{{< a >}}</code></p><pre>{{ b }}\n{% raw %}\n{{% c %}}</pre>"
    html += "<table><tr><td><code>a | b</code> {{{</td></tr></table>"
    assert str(compared(html, flavour)) == ""


def test_an_address_that_is_readable_again_is_no_loss() -> None:
    html = '<p>Mail <span class="__cf_email__" data-cfemail="543931143d3a222538">[hidden]</span></p>'
    flavour = FLAVOURS["markdown"]
    assert "me@" in convert(html, flavour).markdown
    assert not measure(html, convert(html, flavour).markdown, flavour).missing
