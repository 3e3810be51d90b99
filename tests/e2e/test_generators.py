"""The sample blog and the one of quirks, built by the real generators: nothing warns, nothing is lost."""

from __future__ import annotations

import html
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.e2e.generators import GENERATORS, Generator
from tests.export.blogs import HOME, ODD, day, sample
from tests.export.blogs import html as html_text
from tests.export.sites import broken_links
from wpexport.archive.archive import Archive
from wpexport.archive.reader import Reader
from wpexport.export.base import Blog, Notice, Options
from wpexport.export.registry import make_exporter
from wpexport.model import Comment, Post
from wpexport.text.markdown import plain_text

pytestmark = pytest.mark.e2e
GOLDEN = Path(__file__).parents[2] / "samples/archive"
HREF = re.compile(r"""<a\b[^>]*\bhref=["']?([^"'>\s]+)""")
SPACE = re.compile(r"\s+")
NAMES = [name for name in GENERATORS if name != "hugo"]


@pytest.fixture(params=NAMES)
def generator(request: pytest.FixtureRequest) -> Generator:
    found = GENERATORS[request.param]
    if reason := found.missing():
        if os.environ.get("WPEXPORT_E2E") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    found.install()
    return found


@dataclass(frozen=True)
class Built:
    """A built site, and what the export said could not be resolved."""

    public: Path
    told: set[str]


def built(blog: Blog, generator: Generator, out: Path, comments: str) -> Built:
    exporter = make_exporter(generator.name, blog, out, Options(comments=comments))
    told = {
        event.detail
        for event in exporter.run()
        if isinstance(event, Notice) and event.kind in {"unresolved-link", "missing-media"}
    }
    return Built(generator.build(out), told)


def read(path: Path) -> str:
    """A page's text, without markup and spaces."""
    text = path.read_text("utf-8")
    text = re.sub(r"(?s)<(style|script)\b.*?</\1>|<[^>]*>", "", text)
    return SPACE.sub("", html.unescape(text))


def file_of(public: Path, address: str) -> Path:
    path = public / unquote(address).lstrip("/")
    return path if path.suffix == ".html" and path.is_file() else path / "index.html"


def bare(text: str) -> str:
    return SPACE.sub("", text)


def unexpected(site: Built, base: str) -> list[str]:
    """Links that lead nowhere, but those that the export told of."""
    told = {unquote(html.unescape(link)) for link in site.told}
    return [
        line
        for line in broken_links(site.public, base)
        if unquote(html.unescape(line.split(": ", 1)[1])) not in told
    ]


def words(markup: str) -> Iterator[str]:
    for line in plain_text(markup).splitlines():
        yield from (word for word in line.split() if word.isalnum())


@pytest.mark.parametrize("comments", ["data", "inline"])
def test_the_sample_blog_is_all_there(generator: Generator, tmp_path: Path, comments: str) -> None:
    blog = Reader(Archive.open(GOLDEN), frozenset())
    site = built(blog, generator, tmp_path / "out", comments)
    home = blog.site().home
    assert unexpected(site, home) == []
    names = {number: term for number, term in blog.terms().items() if term.taxonomy != "post_format"}
    for post in blog.posts():
        page = file_of(site.public, urlsplit(post.url or "").path)
        if generator.name == "mkdocs" and post.type not in {"post", "page"}:
            # MkDocs makes the address of the file's path.
            page = next(site.public.glob(f"{post.type}/**/{post.slug}/index.html"))
        text = page.read_text("utf-8")
        shown = read(page)
        assert bare(post.title) in shown, post.url
        if post.date is not None and post.type == "post":
            assert f"{post.date:%Y-%m-%d}" in shown, post.url
        for term in post.terms:
            if isinstance(term, int) and term in names:
                assert bare(names[term].name) in shown, (post.url, names[term].name)
        linked = generator.name != "mkdocs"  # which lists categories by a plugin of its own, and nothing else
        for term in post.terms if linked and post.type == "post" else ():
            if isinstance(term, int) and term in names:
                listed = file_of(site.public, urlsplit(names[term].url or "").path)
                assert bare(post.title) in read(listed), (post.url, names[term].name)
                link = rf"<a [^>]*>{re.escape(names[term].name)}</a>"
                assert re.search(link, html.unescape(text)), names[term].name
        missing = [word for word in words(post.content.html or "") if word not in shown]
        assert missing == [], post.url
        check_comments(text, shown, blog.comments(post))


@pytest.mark.parametrize("name", [name for name in GENERATORS if name != "mkdocs"])  # whose navigation does
def test_the_front_page_leads_to_every_text_the_newest_post_first(name: str, tmp_path: Path) -> None:
    found = GENERATORS[name]
    if (reason := found.missing()) and os.environ.get("WPEXPORT_E2E") != "1":
        pytest.skip(reason)
    found.install()
    blog = Reader(Archive.open(GOLDEN), frozenset())
    front = (built(blog, found, tmp_path / "out", "inline").public / "index.html").read_text("utf-8")
    links = [unquote(urlsplit(html.unescape(link)).path).strip("./") for link in HREF.findall(front)]
    texts = {unquote(urlsplit(post.url or "").path).strip("/"): post for post in blog.posts()}
    front_page = {name for name in texts if not name}
    assert set(texts) - front_page - set(links) == set()
    shown = [texts[link] for link in dict.fromkeys(links) if link in texts]
    dates = [post.date for post in shown if post.type == "post" and post.date is not None]
    assert dates == sorted(dates, reverse=True)


def check_comments(text: str, shown: str, comments: list[Comment]) -> None:
    """Each is there once, below what it answers."""
    for comment in comments:
        assert text.count(f'id="comment-{comment.id}"') == 1
        assert bare(comment.author.name) in shown
    order = [int(number) for number in re.findall(r'id="comment-(\d+)"', text)]
    for comment in comments:
        if comment.parent in order:
            assert order.index(comment.parent) < order.index(comment.id or 0)


#: what may stand in a slug that came from another system, or from a hand
SLUGS = (
    "100%25-sure",
    "a&b=c;d,e",
    "it's-(so)-[far]!",
    "{{x}}-{%y%}",
    "$HOME~`id`",
    "c++@2.0",
    "-_.dots..",
    "_underscored_",
    "naïve-日本-%e3%81%82",
    "con",
    "index",
    "2021-10-25-dated",
    "404",
    "[[wiki]]|#^",
    "*star*_em_",
    "'\"\\",
)
PLACES = (
    '<p><a href="#End_it">end</a> <a href="#list">list</a> <a href="#cell">cell</a>'
    ' <a href="#by-hand">hand</a></p>'
    '<h2><span id="End_it"></span>End {{ it }}</h2><ul id="list"><li>item</li></ul>'
    '<table><tr><th>a</th></tr><tr><td id="cell">b</td></tr></table><p><a name="by-hand"></a>by hand</p>'
)


def test_slugs_of_any_kind_and_places_in_a_text(generator: Generator, tmp_path: Path) -> None:
    blog = sample(tmp_path / "media")
    blog.the_posts = [
        Post(
            id=900 + number,
            slug=slug,
            url=f"{HOME}/2021/11/{slug}/",
            title=f"Slug number {number}",
            date=day(number + 1),
            content=html_text(
                f"<p>Next: <a href='{HOME}/?p={900 + (number + 1) % len(SLUGS)}'>it</a></p>{PLACES}"
            ),
        )
        for number, slug in enumerate(SLUGS)
    ]
    blog.the_comments = []
    site = built(blog, generator, tmp_path / "out", "none")
    assert unexpected(site, HOME + "/") == []
    pages = [path.read_text("utf-8") for path in site.public.rglob("*.html")]
    for number in range(len(SLUGS)):
        own = [page for page in pages if f"Slug number {number}<" in page and 'id="End_it"' in page]
        assert own, SLUGS[number]
        assert all(f'id="{place}"' in own[0] for place in ("list", "cell", "by-hand")), SLUGS[number]


@pytest.mark.parametrize("comments", ["data", "inline", "none"])
def test_a_blog_of_quirks_builds(generator: Generator, tmp_path: Path, comments: str) -> None:
    blog = sample(tmp_path / "media")
    site = built(blog, generator, tmp_path / "out", comments)
    dead = [
        link for link in unexpected(site, HOME + "/") if "#comment-" not in link and not link.endswith(": #x")
    ]
    assert dead == []
    odd = read(file_of(site.public, "/2021/10/odd/"))
    assert bare(ODD) in odd
    assert bare("Text {{< x >}} and {% y %} and {{ z }}.") in odd
    hello = file_of(site.public, "/2021/10/hello/").read_text("utf-8")
    assert ("Thanks!" in hello) == (comments != "none")
    assert "<script>alert(1)" not in hello
    if comments != "none":
        assert bare("x = {{ y }}") in SPACE.sub("", html.unescape(re.sub("<[^>]*>", "", hello)))
        assert bare("Bob {{< x >}}") in SPACE.sub("", html.unescape(re.sub("<[^>]*>", "", hello)))
    if comments == "data":
        check_threads(hello)


def check_threads(text: str) -> None:
    """The nesting of the comments is that of the answers."""
    threads = re.search(r'<section class="comments" id="comments">.*?</section>', text, re.S)
    assert threads
    depth, found = 0, {}
    for tag, number in re.findall(r'<(/?ol)>|id="comment-(\d+)"', threads.group()):
        if number:
            found[int(number)] = depth
        else:
            depth += -1 if tag.startswith("/") else 1
    assert depth == 0
    assert found == {7: 1, 8: 2, 9: 3, 10: 2, 5: 1, 11: 2, 12: 1, 13: 1, 14: 2, 16: 1, 17: 1, 18: 2}
