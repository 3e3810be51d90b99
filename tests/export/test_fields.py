from __future__ import annotations

import html
import re
import tomllib
from datetime import UTC, datetime
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from wpexport.export.base import Options
from wpexport.export.dialects.base import FIELDS, Dialect
from wpexport.export.dialects.load import dialects
from wpexport.export.markdown.fields import People, all_fields, front_matter, taxonomy_key, terms_of, words
from wpexport.export.markdown.places import Place, plan
from wpexport.export.markdown.titles import summary_of, title_of
from wpexport.model import Author, Markup, Post, Reference, Site, Term
from wpexport.text.names import safe_name, same_file

DATE = datetime(2021, 10, 25, 12, 0, tzinfo=UTC)
texts = st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)


def written(post: Post, dialect: Dialect, people: People, title: str) -> str:
    place = Place((0, 1, ""), "x.md", "/x/", "/x/", (), post.type, title, post.date)
    values = all_fields(post, place, people, dialect, {"title": title})
    return front_matter(values, dialect, Options(), branch=False)


def read(text: str, dialect: Dialect) -> dict[str, Any]:
    if dialect.front_matter == "toml":
        return tomllib.loads(text[4:-4])
    if dialect.front_matter == "pelican":
        return dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)
    loaded: dict[str, Any] = yaml.safe_load(text[4:-4])
    return loaded


def dig(values: dict[str, Any], key: str) -> Any:
    for part in key.split("."):
        values = values[part]
    return values


@pytest.mark.parametrize("name", list(dialects()))
@given(title=texts, author=texts, term=texts, tag=texts)
def test_texts_of_any_kind_survive_every_dialect(
    name: str, title: str, author: str, term: str, tag: str
) -> None:
    dialect = dialects()[name]
    people = People(
        {3: Author(id=3, name=author)},
        {
            1: Term(id=1, name=term),
            2: Term(id=2, taxonomy="post_tag", name=tag),
            3: Term(id=3, taxonomy="genre", name=tag),
        },
        {},
    )
    post = Post(id=1, slug="x", title=title, date=DATE, author=3, terms=[1, 2, 3])
    values = read(written(post, dialect, people, title), dialect)
    if dialect.front_matter == "pelican":
        # One line a key: white space and what cannot be printed are all that may change.
        plain = " ".join("".join(char if char.isprintable() else " " for char in title).split())
        # Its title is HTML.
        assert html.unescape(values.get("Title", "")) == plain
        assert "<" not in values.get("Title", "")
        return
    assert dig(values, dialect.fields["title"]) == title
    assert dig(values, dialect.fields["author"]) == author
    apart = dialect.forms.get("categories") == "lists"
    assert dig(values, dialect.fields["categories"]) == ([[term]] if apart else [term])
    if dialect.forms.get("tags") == "words":
        (word,) = values["tags"]
        assert not re.search(r"[\s,#&\"]", word)
        assert not word.isdecimal()
        assert [tag] in (values["tags"], values.get("tag_names"))
    else:
        assert dig(values, dialect.fields["tags"]) == [tag]
    assert dig(values, dialect.fields["terms"].replace("*", "genre")) == [tag]
    assert str(dig(values, dialect.fields["date"])).startswith("2021-10-25 12:00:00")


slugs = st.one_of(
    texts,
    st.text(alphabet="{}[]%#?&<>|:;*_`'\"\\~^@!$()+=,. -/aé日", min_size=1, max_size=12),
    st.sampled_from(
        ["con", "index", "404", "..", "2021-10-25-x", "{{x}}", "{%y%}", "%e3%81%82", "a.html", "tags"]
    ),
)


@pytest.mark.parametrize("name", list(dialects()))
@given(wanted=st.lists(slugs, min_size=1, max_size=5))
def test_slugs_of_any_kind_survive_every_dialect(name: str, wanted: list[str]) -> None:
    dialect = dialects()[name]
    posts = [
        Post(id=number, slug=slug, title="T", date=DATE, url=f"https://e.org/2021/{slug}/")
        for number, slug in enumerate(wanted, 1)
    ]
    made = plan(posts, Site(home="https://e.org"), dialect, Options())
    places = list(made.places.values())
    assert len({same_file(place.file) for place in places}) == len(places)
    assert len({same_file(place.address) for place in places}) == len(places)
    for post, place in zip(posts, places, strict=True):
        parts = place.file.split("/")
        assert all(part == safe_name(part) for part in parts if not part.startswith("_")), place.file
        assert not re.search(r"[%?#\\\x00-\x1f]|//|\.(?:/|$)", place.address), place.address
        values = all_fields(post, place, People({}, {}, {}), dialect, {"title": "T"})
        found = read(front_matter(values, dialect, Options(), branch=False), dialect)
        if "url" in dialect.fields and place.url is not None and dialect.front_matter != "pelican":
            assert dig(found, dialect.fields["url"]) == place.url
        elif "url" in dialect.fields and place.url is not None:
            url = " ".join("".join(char if char.isprintable() else " " for char in place.url).split())
            assert found["Url"] == url.lstrip("/")
        if "slug" in dialect.fields and dialect.front_matter == "yaml" and values["slug"] is not None:
            unopened = "slug" in dialect.forms and re.search(r"[:%?#\\/\x00-\x1f]|\.$", post.slug)
            kept = safe_name(post.slug) if unopened else post.slug
            assert dig(found, dialect.fields["slug"]) == kept


def test_tags_for_obsidian_are_words() -> None:
    names = ["wind & waves", "wind, waves", "1984", "a/b", "&", "\u2693 boats", "\u9ce5", "C++"]
    assert words(names) == ["wind-waves", "1984_", "a/b", "tag", "\u2693-boats", "\u9ce5", "C"]


def test_pelican() -> None:
    people = People({}, {1: Term(id=1, name="A, B"), 2: Term(id=2, name="C")}, {})
    post = Post(id=1, slug="x", title="T", date=DATE, terms=[1, 2], status="pending")
    text = written(post, dialects()["pelican"], people, "T")
    assert text.startswith(
        "Title: T\nDate: 2021-10-25 12:00:00+0000\nSlug: x\nUrl: x/\nSave_as: x/index.html\n"
        "Category: A, B\nCategories: A, B; C\n"
    )
    assert "\nStatus: draft\n" in text


def test_every_field_of_every_dialect_exists() -> None:
    for dialect in dialects().values():
        assert set(dialect.fields) <= set(FIELDS)


def test_a_taxonomy_never_takes_a_key_of_the_generator() -> None:
    hugo = dialects()["hugo"]
    assert taxonomy_key("genre", hugo) == "genre"
    assert taxonomy_key("layout", hugo) == "wp_layout"
    assert taxonomy_key("title", hugo) == "wp_title"
    assert taxonomy_key("product cat.x", hugo) == "product_cat_x"


def test_terms_as_far_as_they_are_known() -> None:
    people = People({}, {1: Term(id=1, name="One"), 2: Term(id=2, taxonomy="post_format", name="Aside")}, {})
    given_terms: list[int | Reference] = [
        1,
        1,
        2,
        99,
        Reference(name="From a feed"),
        Reference(slug="s", taxonomy="category"),
    ]
    post = Post(id=1, terms=given_terms)
    assert terms_of(post, people) == {"category": ["One", "s"], "post_tag": ["From a feed"]}


def test_titles() -> None:
    assert title_of(Post(id=1, title=" A\nb ")) == "A b"
    assert title_of(Post(id=1, content=Markup(html="<p>First <em>words</em>.</p>"))) == "First words."
    assert title_of(Post(id=1, content=Markup(html=f"<p>{'word ' * 30}</p>"))).endswith("word\u2026")
    assert title_of(Post(id=1, content=Markup(html="<p>" + "語" * 90))) == "語" * 60 + "\u2026"
    assert title_of(Post(id=1, slug="slug")) == "slug"
    assert title_of(Post(id=1)) == "Untitled 1"


def test_summaries_are_handwritten() -> None:
    def summary(excerpt: Markup, text: str = "<p>One two three four.</p>") -> str | None:
        return summary_of(Post(id=1, content=Markup(html=text), excerpt=excerpt))

    assert summary(Markup(html="<p>Mine.</p>")) == "Mine."
    assert summary(Markup(html="<p>One two [&hellip;]</p>")) is None
    assert (
        summary(Markup(html="<p>One two&#8230; <a href='#'>Continue reading <span>x</span></a></p>")) is None
    )
    assert summary(Markup(html="<p>One two three four.</p>")) is None
    assert summary(Markup(html="<p>One two [&hellip;]</p>", raw="")) is None
    assert summary(Markup(html="", raw="Typed.")) == "Typed."
    assert summary(Markup()) is None
    words = " ".join(f"w{number} &amp; <em>x</em>" for number in range(400))
    for count in (1, 55, 200, 399, 400):
        start = " ".join(f"w{number} &amp; x" for number in range(count))
        assert summary(Markup(html=f"<p>{start} [&hellip;]</p>"), f"<p>{words}</p>") is None
        assert summary(Markup(html=f"<p>{start} No.</p>"), f"<p>{words}</p>") is not None
        assert summary(Markup(html=f"<p>{start}</p>"), f"<!-- {'x' * 9000} --><p>{words}</p>") is None
