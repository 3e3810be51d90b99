"""The dialects of the generators that are written in JavaScript: Eleventy, Astro, Hexo."""

from __future__ import annotations

from wpexport.export.dialects.base import Dialect


def own(prefix: str, **others: str) -> dict[str, str]:
    """What no generator knows, under one key of its own."""
    names = ["sticky", "format", "protected", "incomplete", "type", "id", "parent", "order", "template"]
    names.append("link")
    return {**others, **{name: f"{prefix}{name}" for name in names}}


ELEVENTY = Dialect(
    name="eleventy",
    flavour="eleventy",
    paths={
        "post": "posts/{slug}.md",
        "page": "pages/{parents}{slug}.md",
        "*": "{type}/{parents}{slug}.md",
    },
    fields={
        "title": "title",
        "date": "date",
        "modified": "modified",
        "draft": "draft",
        "url": "permalink",
        "aliases": "redirect_from",
        "author": "author",
        "categories": "categories",
        "tags": "tags",
        "terms": "taxonomies.*",
        "summary": "summary",
        "featured_image": "featured_image",
        "featured_image_alt": "featured_image_alt",
        "comments_key": "comments_key",
        **own("wordpress.", slug="slug", status="wordpress.status"),
    },
    # Text of the blog is no template: {{ and {% stay what they are.
    constants={"templateEngineOverride": "md"},
    guards_texts=False,
    reserved_folders=frozenset({"media", "node_modules", "terms"}),
    term_file="terms/{taxonomy}/{slug}.md",
    term_constants={"layout": "term.njk", "templateEngineOverride": "md"},
    links="address",
    keeps_address=True,
    media_folder="media",
    comments_file="_data/comments/{id}.json",
    extras="eleventy",
    site_files=(
        ".eleventy.js",
        *(f"eleventy.config.{ending}" for ending in ("js", "mjs", "cjs")),
        "package.json",
    ),
)

ASTRO = Dialect(
    name="astro",
    flavour="astro",
    posts_at=r"(?:.*/)?src/content/",
    paths={
        "post": "src/content/blog/{slug}.md",
        "page": "src/content/pages/{parents}{slug}.md",
        "*": "src/content/{type}/{parents}{slug}.md",
    },
    fields={
        "title": "title",
        "summary": "description",
        "date": "pubDate",
        "modified": "updatedDate",
        "draft": "draft",
        "url": "permalink",
        "aliases": "aliases",
        "author": "author",
        "categories": "categories",
        "tags": "tags",
        "terms": "taxonomies.*",
        "featured_image": "heroImage",
        "featured_image_alt": "heroImageAlt",
        "comments_key": "comments_key",
        # Astro would take a slug of its own for the text's name; two texts may have one.
        **own("wordpress.", slug="wordpress.slug", status="wordpress.status"),
    },
    root="src/content/",
    # Astro takes a picture with a relative address for a source file.
    links="root",
    keeps_address=True,
    html_names=False,
    reserved_folders=frozenset({"terms"}),
    term_file="src/content/terms/{taxonomy}/{slug}.md",
    media_folder="public/media",
    comments_file="src/comments/{id}.json",
    extras="astro",
    site_files=(*(f"astro.config.{ending}" for ending in ("mjs", "js", "ts", "mts")), "package.json"),
)

HEXO = Dialect(
    name="hexo",
    flavour="hexo",
    posts_at=r"(?:.*/)?source/_posts/",
    paths={
        "post": "source/_posts/{slug}.md",
        "page": "source/{parents}{slug}/index.md",
        "*": "source/{type}/{parents}{slug}.md",
    },
    fields={
        "title": "title",
        "date": "date",
        "modified": "updated",
        "published": "published",
        "url": "permalink",
        "aliases": "redirect_from",
        "author": "author",
        "categories": "categories",
        "tags": "tags",
        "terms": "taxonomies.*",
        "summary": "excerpt",
        "featured_image": "cover",
        "featured_image_alt": "cover_alt",
        "comments_key": "comments_key",
        **own("wordpress.", slug="wordpress.slug", status="wordpress.status"),
    },
    # A list of names would be one path of categories, each below the one before it.
    forms={"categories": "lists"},
    # Text of the blog is no template: {{ and {% stay what they are.
    constants={"disableNunjucks": True},
    guards_texts=False,
    reserved_folders=frozenset({"media", "terms"}),
    term_file="source/terms/{taxonomy}/{slug}.md",
    term_constants={"layout": "term", "disableNunjucks": True},
    links="address",
    root="source/",
    keeps_address=True,
    media_folder="source/media",
    comments_file="source/_data/comments/{id}.json",
    extras="hexo",
    site_files=("_config.yml", "_config.json", "package.json", "themes"),
)
