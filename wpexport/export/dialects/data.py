"""The dialects. Facts come from each generator's own documentation and from builds with it.

Hugo 0.168: "Front matter" (the list of reserved keys, own data under ``params``), "Page bundles".
Jekyll 4.3: "Posts", "Front Matter". Eleventy 3: "Data Cascade". Astro 7: content collections.
Pelican 4: "File metadata". Zola: "Page", ``[extra]``. MkDocs Material: blog plugin. Obsidian:
"Properties". Hexo: "Front-matter".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from wpexport.export.dialects.base import Dialect
from wpexport.export.dialects.data_js import ASTRO, ELEVENTY, HEXO, own

#: what a reader of plain files wants to see first
_PLAIN_FIELDS = {
    "title": "title",
    "date": "date",
    "modified": "modified",
    "author": "author",
    "categories": "categories",
    "tags": "tags",
    "tag_names": "tag_names",
    "terms": "*",
    "summary": "summary",
    "link": "url",
    "slug": "slug",
    "featured_image": "featured_image",
    "status": "status",
    "sticky": "sticky",
    "format": "format",
    "protected": "protected",
    "incomplete": "incomplete",
    "type": "type",
    "id": "id",
    "parent": "parent",
    "order": "order",
    "template": "template",
}


MARKDOWN = Dialect(
    name="markdown",
    flavour="markdown",
    paths={
        "post": "posts/{year}/{date}-{slug}.md",
        "page": "pages/{parents}{slug}.md",
        "*": "{type}/{parents}{slug}.md",
    },
    fields=_PLAIN_FIELDS,
    home="README.md",
    heading=True,
    extras="plain",
)

HUGO = Dialect(
    name="hugo",
    flavour="hugo",
    posts_at=r"(?:.*/)?content/",
    paths={
        "post": "content/posts/{slug}/index.md",
        "page": "content/{parents}{slug}/index.md",
        "*": "content/{type}/{parents}{slug}/index.md",
    },
    fields={
        "title": "title",
        "date": "date",
        "modified": "lastmod",
        "draft": "draft",
        "slug": "slug",
        "url": "url",
        "aliases": "aliases",
        "summary": "summary",
        "categories": "categories",
        "tags": "tags",
        "terms": "*",
        **own(
            "params.wordpress.",
            author="params.author",
            featured_image="params.featured_image",
            featured_image_alt="params.featured_image_alt",
            status="params.wordpress.status",
        ),
    },
    branch_constants={"layout": "single"},
    reserved=frozenset(
        """aliases build cascade categories date description draft expirydate headless iscjklanguage keywords
        lastmod layout linktitle locale markup menus menu modified outputs params path pubdate publishdate
        published resources sitemap sites slug summary tags title translationkey type unpublishdate url weight
        """.split()  # noqa: SIM905 - a list of words reads best as words
    ),
    links="address",
    root="content/",
    keeps_address=True,
    path_is_address=True,
    branch_file="_index.md",
    media="beside",
    html_names=False,
    media_folder="static/media",
    page_endings=frozenset(
        {".md", ".markdown", ".mdown", ".html", ".htm", ".adoc", ".asciidoc", ".ad", ".org", ".rst"}
        | {".pandoc", ".pdc"}
    ),
    comments_file="{folder}/comments.json",
    # A JSON file in content/ that lies in no page's bundle is published as it is; assets/ is for templates.
    comments_file_apart="assets/{stem}.comments.json",
    guards_data=True,
    extras="hugo",
    site_files=(
        *(f"{name}.{ending}" for name in ("hugo", "config") for ending in ("toml", "yaml", "yml", "json")),
        "config",
        "themes",
    ),
)

JEKYLL = Dialect(
    name="jekyll",
    flavour="jekyll",
    posts_at=r"(?:.*/)?_posts/(?:.*/)?(?:\{date\}|\{year\}-\{month\}-\{day\})-[^/]+\Z",
    paths={
        "post": "_posts/{date}-{slug}.md",
        # Without a date in its name a post is passed over in silence.
        "post:undated": "undated/{slug}.md",
        "page": "{parents}{slug}.md",
        "*": "_{type}/{parents}{slug}.md",
    },
    fields={
        "title": "title",
        "date": "date",
        "modified": "last_modified_at",
        "published": "published",
        "url": "permalink",
        "aliases": "redirect_from",
        "author": "author",
        "categories": "categories",
        "tags": "tags",
        "terms": "*",
        "summary": "excerpt",
        "featured_image": "image",
        "featured_image_alt": "image_alt",
        "comments_key": "comments_key",
        **own("wordpress.", slug="slug", status="wordpress.status"),
    },
    constants={"layout": "post"},
    reserved=frozenset(
        """category collection content excerpt_separator ext id layout next output path permalink previous
        redirect_to relative_path tag url""".split()  # noqa: SIM905
    ),
    reserved_folders=frozenset({"data", "drafts", "includes", "layouts", "plugins", "sass", "site", "terms"}),
    term_file="_terms/{taxonomy}/{slug}.md",
    term_constants={"layout": "term"},
    date_format="%Y-%m-%d %H:%M:%S %z",
    links="address",
    keeps_address=True,
    media_folder="assets/media",
    media_address="/assets/media/",
    comments_file="_data/comments/{id}.json",
    extras="jekyll",
    site_files=("_config.yml", "_config.yaml", "_config.toml"),
)

PELICAN = Dialect(
    name="pelican",
    flavour="pelican",
    front_matter="pelican",
    posts_at=r"(?:.*/)?content/[^/]+/",
    paths={
        "post": "content/posts/{slug}.md",
        # Pelican passes over an article without a date.
        "post:undated": "content/pages/undated/{slug}.md",
        "page": "content/pages/{parents}{slug}.md",
        "*": "content/{type}/{parents}{slug}.md",
    },
    fields={
        "title": "Title",
        "date": "Date",
        "modified": "Modified",
        "slug": "Slug",
        "url": "Url",
        "save_as": "Save_as",
        "author": "Author",
        # Pelican knows one category; all of them stay readable beside it.
        "category": "Category",
        "categories": "Categories",
        "tags": "Tags",
        "terms": "*",
        "summary": "Summary",
        "featured_image": "Featured_image",
        "featured_image_alt": "Featured_image_alt",
        "comments_key": "Comments_key",
        "draft_status": "Status",
        "status": "Wordpress_status",
        "link": "Wordpress_link",
        "id": "Wordpress_id",
        "type": "Wordpress_type",
    },
    forms={"title": "html", "author": "html", "summary": "markdown"},
    reserved=frozenset({"authors", "lang", "save_as", "series", "template", "translation", "url"}),
    root="content/",
    links="address",
    keeps_address=True,
    date_format="%Y-%m-%d %H:%M:%S%z",
    reserved_folders=frozenset({"media", "terms"}),
    term_file="content/terms/{taxonomy}/{slug}.md",
    term_constants={"Status": "hidden", "Template": "term"},
    media_folder="content/media",
    comments_file="comments/{id}.json",
    extras="pelican",
    site_files=("pelicanconf.py", "publishconf.py", "theme"),
)

ZOLA = Dialect(
    name="zola",
    flavour="zola",
    front_matter="toml",
    posts_at=r"(?:.*/)?content/",
    paths={
        "post": "content/posts/{slug}/index.md",
        "page": "content/pages/{parents}{slug}/index.md",
        "*": "content/{type}/{parents}{slug}/index.md",
    },
    fields={
        "title": "title",
        "date": "date",
        "modified": "updated",
        "draft": "draft",
        "url": "path",
        "aliases": "aliases",
        "summary": "description",
        "author": "extra.author",
        "categories": "taxonomies.categories",
        "tags": "taxonomies.tags",
        "terms": "taxonomies.*",
        "featured_image": "extra.featured_image",
        **own("extra.wordpress.", slug="extra.wordpress.slug", status="extra.wordpress.status"),
    },
    links="address",
    root="content/",
    keeps_address=True,
    branch_file="_index.md",
    media="beside",
    html_names=False,
    media_folder="static/media",
    page_endings=frozenset({".md"}),
    comments_file="{folder}/comments.json",
    guards_data=True,
    extras="zola",
)

MKDOCS = replace(
    MARKDOWN,
    name="mkdocs",
    flavour="mkdocs",
    posts_at=r"(?:.*/)?docs/[^/{]+/",
    paths={
        "post": "docs/posts/{date}-{slug}.md",
        # The blog plugin stops at a post without a date.
        "post:undated": "docs/undated/{slug}.md",
        "page": "docs/{parents}{slug}.md",
        "*": "docs/{type}/{parents}{slug}.md",
    },
    # It is the name of the folder as it stands; what has % or # in it, nobody can open.
    forms={"slug": "path"},
    # ``authors`` must exist in .authors.yml, or the build stops.
    fields=_PLAIN_FIELDS
    | {"draft": "draft", "link": "wordpress_url", "author": "wordpress_author"}
    | {"template": "wordpress_template", "status": "wordpress_status", "comments_key": "comments_key"},
    reserved=frozenset({"authors", "comments", "description", "hide", "icon", "links", "pin", "readtime"}),
    reserved_folders=frozenset({"media", "posts"}),
    date_format="%Y-%m-%dT%H:%M:%S",
    root="docs/",
    home="docs/index.md",
    media_folder="docs/media",
    comments_file="comments/{id}.json",
    extras="mkdocs",
    site_files=("mkdocs.yml", "mkdocs.yaml", "zensical.toml"),
)

OBSIDIAN = replace(
    MARKDOWN,
    name="obsidian",
    flavour="obsidian",
    heading=False,
    # A tag with a space or a comma in it is none ("Tags", "Tag format").
    forms={"tags": "words"},
    paths={
        "post": "Posts/{slug}.md",
        "page": "Pages/{parents}{slug}.md",
        "*": "{type}/{parents}{slug}.md",
    },
    media_folder="Media",
    home="",
    date_format="%Y-%m-%dT%H:%M:%S",
    extras="",
)

DIALECTS: Mapping[str, Dialect] = {
    dialect.name: dialect
    for dialect in (MARKDOWN, HUGO, JEKYLL, ELEVENTY, ASTRO, PELICAN, ZOLA, MKDOCS, OBSIDIAN, HEXO)
}
