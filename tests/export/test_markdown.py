from __future__ import annotations

import random
import re
from pathlib import Path

import msgspec
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.export.blogs import HOME, ODD, SITE, MemoryBlog, day, html, sample
from wpexport.errors import UsageError
from wpexport.export.base import ExportReport, Notice, Options, Progress
from wpexport.export.dialects.load import dialects
from wpexport.export.markdown.places import plan
from wpexport.export.registry import make_exporter, names
from wpexport.model import Comment, CommentAuthor, Markup, Media, Post


def export(blog: MemoryBlog, out: Path, to: str = "markdown", **options: object) -> ExportReport:
    exporter = make_exporter(to, blog, out, Options(**options))  # type: ignore[arg-type]
    events = list(exporter.run())
    exporter.report.notices = [event for event in events if isinstance(event, Notice)]
    assert isinstance(events[-1], Progress | Notice)
    return exporter.report


def header(path: Path) -> dict[str, object]:
    loaded: dict[str, object] = yaml.safe_load(path.read_text("utf-8").split("\n---\n")[0])
    return loaded


def test_a_post_reads_well(tmp_path: Path) -> None:
    report = export(sample(tmp_path / "media"), tmp_path / "out")
    text = (tmp_path / "out/posts/2021/2021-10-25-hello.md").read_text("utf-8")
    assert text.startswith('---\ntitle: "Hello & <goodbye>"\ndate: 2021-10-25T12:00:00+03:00\n')
    assert "\n---\n\n# Hello & &lt;goodbye>\n\nSee [odd](2021-10-26-odd.md), " in text
    assert "[by number](2021-10-26-odd.md#comment-7), [the team](../../pages/about/team.md)," in text
    assert "[elsewhere](https://elsewhere.example/x?utm_source=1)" in text
    assert "![A photo](../../media/2021/10/Photo.jpg)" in text
    assert "![Other](../../media/2020/01/photo.jpg)" in text
    assert "[home](../../README.md)" in text
    told = {(notice.kind, notice.detail.rpartition("/blog")[2]) for notice in report.notices}
    assert ("unresolved-link", "/nothing-here/") in told
    assert ("missing-media", "/wp-content/uploads/2021/10/gone.jpg") in told
    assert ("missing-media", "/wp-content/uploads/2019/lost.png") in told
    assert (report.posts, report.comments) == (18, 12)


def test_odd_titles_and_names_survive(tmp_path: Path) -> None:
    export(sample(tmp_path / "media"), tmp_path / "out")
    assert header(tmp_path / "out/posts/2021/2021-10-26-odd.md")["title"] == ODD
    assert header(tmp_path / "out/posts/2020/2020-10-01-Hello.md")["title"] == "No title."
    assert header(tmp_path / "out/pages/about/team.md")["title"] == "Team"
    assert header(tmp_path / "out/pages/team.md")["title"] == "Other team"


def test_every_relative_link_leads_to_a_file(tmp_path: Path) -> None:
    out = tmp_path / "out"
    export(sample(tmp_path / "media"), out)
    found = 0
    for file in out.rglob("*.md"):
        for link in re.findall(r"\]\(([^)\s]+)\)", file.read_text("utf-8")):
            if not re.match(r"[a-z]+:|#", link):
                assert (file.parent / link.partition("#")[0]).exists(), f"{file}: {link}"
                found += 1
    assert found > 30


def test_a_text_that_is_not_there_says_so(tmp_path: Path) -> None:
    report = export(sample(tmp_path / "media"), tmp_path / "out")
    assert header(tmp_path / "out/posts/2021/2021-10-28-secret.md")["protected"] is True
    start = tmp_path / "out/posts/2021/2021-10-29-start.md"
    assert header(start)["incomplete"] is True
    assert "The start." in start.read_text()
    told = {(notice.kind, notice.loss) for notice in report.notices}
    assert {("protected", False), ("incomplete", False)} <= told


def test_texts_as_the_database_holds_them_get_their_paragraphs(tmp_path: Path) -> None:
    classic = "One\ntwo\n\nthree\n\nhttps://youtu.be/abcdefghijk\n\n<!--nextpage-->\n\nfour"
    block = "<!-- wp:paragraph -->\n<p>A</p>\n<!-- /wp:paragraph -->\n\n<!-- wp:html -->x<!-- /wp:html -->"
    posts = [
        Post(id=1, type="post", slug="classic", date=day(1), content=Markup(raw=classic)),
        Post(id=2, type="post", slug="block", date=day(2), content=Markup(raw=block)),
    ]
    said = Comment(id=5, post=1, author=CommentAuthor(name="Ana"), content=Markup(raw="yes\n\nno"))
    report = export(MemoryBlog(SITE, posts, [said]), tmp_path / "out")
    text = (tmp_path / "out/posts/2021/2021-10-01-classic.md").read_text("utf-8")
    assert "\nOne\\\ntwo\n\nthree\n\n<iframe src=" in text
    assert "\n\n<!--nextpage-->\n\nfour\n" in text
    assert "\n\n> yes\n>\n> no\n" in text
    assert "\nA\n\nx\n" in (tmp_path / "out/posts/2021/2021-10-02-block.md").read_text("utf-8")
    assert report.posts == 2


def test_comments_as_data_or_not_at_all(tmp_path: Path) -> None:
    blog = sample(tmp_path / "media")
    export(blog, tmp_path / "data", comments="data")
    assert (tmp_path / "data/posts/2021/2021-10-25-hello.comments.json").exists()
    assert "## Comments" not in (tmp_path / "data/posts/2021/2021-10-25-hello.md").read_text()
    assert export(blog, tmp_path / "none", comments="none").comments == 0
    assert not list((tmp_path / "none").rglob("*.json"))[1:]


def test_vanished_and_changed_posts(tmp_path: Path) -> None:
    out = tmp_path / "out"
    blog = sample(tmp_path / "media")
    export(blog, out)
    gone = blog.the_posts.pop(3)
    blog.the_posts[1] = msgspec.structs.replace(blog.the_posts[1], content=html("<p>New text.</p>"))
    (out / "pages/team.md").write_text("mine")
    report = export(blog, out)
    assert report.stale == ["posts/2021/2021-10-27-page-name.md"]
    assert report.kept == ["pages/team.md"]
    assert any(notice.kind == "kept-edit" for notice in report.notices)
    assert report.written == 3  # the changed post, the one that linked to the vanished one, the index
    assert export(blog, out, prune=True).removed == 1
    assert gone.slug == "page-name"


def test_a_selection_leaves_the_rest_alone(tmp_path: Path) -> None:
    out = tmp_path / "out"
    blog = sample(tmp_path / "media")
    export(blog, out)
    index = (out / "README.md").read_bytes()
    blog.the_posts = blog.the_posts[:1]
    report = export(blog, out, partial=True, prune=True)
    assert (report.posts, report.removed, report.stale) == (1, 0, [])
    assert (out / "README.md").read_bytes() == index


@pytest.mark.parametrize("to", list(dialects()))
def test_every_dialect_is_written_the_same_way_each_time(tmp_path: Path, to: str) -> None:
    blog = sample(tmp_path / "media")
    for comments in ("inline", "data"):
        for name in ("one.zip", "two.zip"):
            export(blog, tmp_path / f"{comments}-{name}", to, comments=comments)
        one, two = (tmp_path / f"{comments}-{name}" for name in ("one.zip", "two.zip"))
        assert one.read_bytes() == two.read_bytes()
    report = export(blog, tmp_path / "out", to)
    assert report.posts == 18
    assert report.kept == []


def test_two_posts_never_get_one_file(tmp_path: Path) -> None:
    posts = [
        Post(id=number, slug=slug, title=slug, date=day(1), content=html(f"<p>{number}</p>"))
        for number, slug in enumerate(["a", "A", "a", "", "", "CON", "con", "e\u0301", "\u00e9", "README"], 1)
    ]
    for to in dialects():
        out = tmp_path / to
        export(MemoryBlog(SITE, posts), out, to)
        texts = [path.read_text() for path in out.rglob("*.md")]
        for number in range(1, 11):
            assert sum(f"\n{number}\n" in text for text in texts) == 1, (to, number)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=6), st.integers(1, 5)), min_size=1, max_size=8), st.randoms())
def test_places_do_not_depend_on_the_order(slugs: list[tuple[str, int]], chance: random.Random) -> None:
    posts = [
        Post(
            id=n,
            slug=slug,
            title=slug,
            type="page",
            parent=parent if parent != n else None,
            url=f"{HOME}/{slug}/",
        )
        for n, (slug, parent) in enumerate(slugs, 1)
    ]
    for dialect in (dialects()["markdown"], dialects()["hugo"]):
        places = plan(posts, SITE, dialect, Options()).places
        shuffled = posts[:]
        chance.shuffle(shuffled)
        assert plan(shuffled, SITE, dialect, Options()).places == places
        assert len({place.file.lower() for place in places.values()}) == len(posts)
        assert len({place.address.lower() for place in places.values()}) == len(posts)


def test_a_smaller_size_in_place_of_a_picture_is_counted(tmp_path: Path) -> None:
    blog = MemoryBlog(SITE, folder=tmp_path / "media")
    full, small = (f"{HOME}/wp-content/uploads/lamp{size}.png" for size in ("", "-300x200"))
    blog.add_file(Media(id=9, source_url=full), b"small", "lamp-300x200.png", url=small)
    blog.the_posts.append(
        Post(id=1, slug="a", content=Markup(html=f'<img src="{full}"> <img src="{small}">'))
    )
    told = export(blog, tmp_path / "out").notices
    assert [(notice.kind, notice.detail, notice.count) for notice in told] == [("smaller-size", small, 1)]


def test_fields_rename_and_path(tmp_path: Path) -> None:
    export(
        sample(tmp_path / "media"),
        tmp_path / "out",
        fields=("title", "id", "comments"),
        rename={"id": "number", "title": "meta.name"},
        path="{year}/{month}/{slug}/index.md",
    )
    written = header(tmp_path / "out/2021/10/hello/index.md")
    assert written == {"meta": {"name": "Hello & <goodbye>"}, "number": 1, "comments": 12}
    assert (tmp_path / "out/pages/about.md").exists()


@pytest.mark.parametrize(
    "options",
    [
        {"fields": ("nonsense",)},
        {"rename": {"nonsense": "x"}},
        {"path": "{nonsense}.md"},
        {"path": "{slug}.txt"},
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_written(
    tmp_path: Path, options: dict[str, object]
) -> None:
    with pytest.raises(UsageError) as caught:
        export(sample(tmp_path / "media"), tmp_path / "out", **options)  # type: ignore[arg-type]
    assert caught.value.hint
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("to", "path"),
    [
        ("hugo", "posts/{slug}.md"),
        ("zola", "posts/{slug}/index.md"),
        ("pelican", "posts/{slug}.md"),
        ("pelican", "content/{slug}.md"),
        ("mkdocs", "docs/{year}/{slug}.md"),
        ("astro", "content/{slug}.md"),
        ("hexo", "source/blog/{slug}.md"),
        ("jekyll", "posts/{date}-{slug}.md"),
        ("jekyll", "_posts/{slug}.md"),
    ],
)
def test_a_path_where_the_generator_reads_nothing_is_refused(tmp_path: Path, to: str, path: str) -> None:
    with pytest.raises(UsageError, match="looks for posts") as caught:
        export(sample(tmp_path / "media"), tmp_path / "out", to, path=path)
    assert dialects()[to].paths["post"] in (caught.value.hint or "")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("to", sorted(dialects()))
def test_the_usual_paths_are_where_posts_are_read(tmp_path: Path, to: str) -> None:
    export(sample(tmp_path / "media"), tmp_path / "out", to, path=dialects()[to].paths["post"])


def test_posts_in_another_folder_are_told_to_the_generator(tmp_path: Path) -> None:
    blog = sample(tmp_path / "media")
    export(blog, tmp_path / "pelican", "pelican", path="content/{year}/{slug}.md")
    settings = (tmp_path / "pelican/pelicanconf.py").read_text()
    assert re.search(r"^ARTICLE_PATHS = \[.*'2021'.*\]$", settings, re.M)
    assert "'2021'" not in re.findall(r"^PAGE_PATHS = .*$", settings, re.M)[0]
    export(blog, tmp_path / "mkdocs", "mkdocs", path="docs/news/{year}/{slug}.md")
    config = yaml.safe_load((tmp_path / "mkdocs/mkdocs.yml").read_text())
    assert config["plugins"][0]["blog"]["post_dir"] == "{blog}/news"


@pytest.mark.parametrize("to", ["jekyll", "pelican", "mkdocs"])
def test_a_post_without_a_date_stays_where_the_generator_bears_it(tmp_path: Path, to: str) -> None:
    path = dialects()[to].paths["post"].replace("{slug}", "x-{slug}")
    export(sample(tmp_path / "media"), tmp_path / "out", to, path=path)
    (draft,) = (tmp_path / "out").rglob("*draft.md")
    assert (draft.parent.name, draft.name) == ("undated", "draft.md")


def test_a_dialect_of_ones_own(tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text(
        'base = "hugo"\nmedia = "folder"\nextras = ""\n[paths]\npost = "content/blog/{slug}/index.md"\n'
    )
    export(sample(tmp_path / "media"), tmp_path / "out", str(mine))
    assert (tmp_path / "out/content/blog/hello/index.md").exists()
    assert (tmp_path / "out/static/media/2021/10/Photo.jpg").exists()
    for wrong in ("nonsense = 1", "base = 'x'", "heading = 'yes'", "[["):
        mine.write_text(wrong)
        with pytest.raises(UsageError):
            export(sample(tmp_path / "media"), tmp_path / "other", str(mine))
    with pytest.raises(UsageError):
        export(sample(tmp_path / "media"), tmp_path / "other", "nonsense")


def test_names() -> None:
    assert set(dialects()) <= set(names())


def test_a_dry_run(tmp_path: Path) -> None:
    report = export(sample(tmp_path / "media"), tmp_path / "out", dry_run=True)
    assert report.written == report.files > 18
    assert not (tmp_path / "out").exists()
