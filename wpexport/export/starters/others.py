"""A starter site for each generator that can build one, so that an export builds out of the box.

What names the blog is written here; the rest comes from `wpexport.export.starters.templates`. All of it is
the user's from then on, but pages of terms and the list of posts' types, which belong to the export.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from posixpath import basename, commonpath, dirname
from typing import Any
from urllib.parse import urlsplit

from wpexport.export.markdown.places import home_path
from wpexport.export.starters.extras import Extra, Whole, inline
from wpexport.export.starters.templates import same_for_all
from wpexport.export.starters.term_pages import front_key, term_pages
from wpexport.text.frontmatter import toml, yaml
from wpexport.text.names import safe_name, same_file

_NOTE = "# A starter: change it as you like, wpexport will not write it again.\n"
_ZONE = re.compile(r"[A-Za-z]+(?:/[A-Za-z0-9_+-]+)+\Z")


def starter(whole: Whole) -> Iterator[Extra]:
    """Pages of terms, then what a folder without a site of its own gets."""
    if whole.dialect.term_file:
        yield from term_pages(whole)
    yield from _WRITERS[whole.dialect.extras](whole)
    yield from same_for_all(whole.dialect.extras)


def front_page(whole: Whole) -> str:
    """The address of the list of posts: the front page, unless a page of the blog is that."""
    taken = whole.taken()
    address, number = "/", 1
    while same_file(address) in taken:
        address = f"/posts-{number}/" if number > 1 else "/posts/"
        number += 1
    return address


def taxonomies(whole: Whole) -> list[dict[str, str]]:
    """The name of each taxonomy, and its key in front matter, conventional ones first."""
    used = {"category", "post_tag"} | {term.taxonomy for term in whole.terms.values()}
    names = {taxonomy.slug: taxonomy.name for taxonomy in whole.site.taxonomies}
    usual = {"category": "Categories", "post_tag": "Tags"}
    return [
        {
            "name": names.get(slug) or usual.get(slug) or slug,
            "key": front_key(slug, whole.dialect, whole.options),
        }
        for slug in sorted(used, key=lambda slug: (slug not in usual, slug))
    ]


def zone(whole: Whole) -> str | None:
    """The site's time zone by name, where it has one."""
    named = whole.site.timezone
    return named if named and _ZONE.match(named) else None


def origin(whole: Whole) -> str:
    """Scheme and host of the old blog."""
    parts = urlsplit(whole.site.home)
    return f"{parts.scheme}://{parts.netloc}"


def _json(record: Any) -> bytes:
    return (json.dumps(record, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")


def _page(record: Mapping[str, Any], text: str = "") -> bytes:
    return (yaml(record) + text).encode("utf-8", "replace")


def _jekyll(whole: Whole) -> Iterator[Extra]:
    site = whole.site
    own = {
        _folder_type(place.file, "_"): {"output": True}
        for place in whole.plan.places.values()
        if place.type not in {"post", "page"} and place.file.startswith("_")
    }
    config = {
        "title": site.name or site.home,
        "description": site.description or None,
        "url": origin(whole),
        "baseurl": home_path(site),
        "lang": site.language or "en",
        "timezone": zone(whole),
        # Posts of the future were public where they come from.
        "future": True,
        "permalink": "pretty",
        "excerpt_separator": "<!--more-->",
        "collections": {**dict(sorted(own.items())), "terms": {"output": True}},
        "term_keys": taxonomies(whole),
        "kramdown": {
            # WordPress has set the quotes and dashes already.
            "smart_quotes": "apos,apos,quot,quot",
            "typographic_symbols": {
                "hellip": "...",
                "mdash": "---",
                "ndash": "--",
                "laquo": "<<",
                "raquo": ">>",
            }
            | {"laquo_space": "<< ", "raquo_space": " >>"},
            # A starter has no style for coloured code.
            "syntax_highlighter_opts": {"disable": True},
        },
    }
    text = yaml(config).removeprefix("---\n").removesuffix("---\n")
    redirects = "# To have the old addresses lead to the new ones:\n# plugins: [jekyll-redirect-from]\n"
    yield Extra("_config.yml", (_NOTE + text + redirects).encode("utf-8", "replace"), seed=True)
    title = site.name or site.home
    page = _page({"layout": "list", "title": title, "permalink": front_page(whole)})
    yield Extra("index.html", page, seed=True)


def _folder_type(file: str, prefix: str) -> str:
    return file.partition("/")[0].removeprefix(prefix)


def _about(whole: Whole) -> dict[str, Any]:
    """What a layout in JavaScript asks of the site."""
    site = whole.site
    return {
        "title": site.name or site.home,
        "description": site.description,
        "language": site.language or "en",
        "timezone": zone(whole) or "UTC",
    }


def _package(whole: Whole, scripts: Mapping[str, str], dependencies: Mapping[str, str], **more: Any) -> Extra:
    """``package.json``, named for the site's host."""
    host = urlsplit(whole.site.home).hostname or "blog"
    package = {
        "name": safe_name(host.lower(), fallback="blog"),
        "private": True,
        "type": "module",
        "scripts": scripts,
        "dependencies": dependencies,
        **more,
    }
    return Extra("package.json", _json(package), seed=True)


def _eleventy(whole: Whole) -> Iterator[Extra]:
    home = home_path(whole.site)
    record = {
        **_about(whole),
        "url": origin(whole) + home,
        "path": home + "/",
        "taxonomies": taxonomies(whole),
    }
    yield Extra("_data/site.json", _json(record), seed=True)
    scripts = {"build": "eleventy", "start": "eleventy --serve"}
    yield _package(whole, scripts, {"@11ty/eleventy": "^3.0.0", "markdown-it": "^14.0.0"})
    head = {"layout": "list.njk", "title": record["title"], "permalink": front_page(whole)}
    yield Extra("index.njk", _page({**head, "eleventyExcludeFromCollections": True}), seed=True)


def _astro(whole: Whole) -> Iterator[Extra]:
    record = {
        **_about(whole),
        "url": origin(whole),
        "path": home_path(whole.site) or "/",
        "list": front_page(whole),
        "taxonomies": taxonomies(whole),
    }
    yield Extra("src/site.json", _json(record), seed=True)
    scripts = {"build": "astro build", "start": "astro dev"}
    yield _package(whole, scripts, {"astro": ">=5", "@astrojs/markdown-remark": ">=6"})


def _hexo(whole: Whole) -> Iterator[Extra]:
    site = whole.site
    config = {
        "title": site.name or site.home,
        "description": site.description or "",
        "language": site.language or "en",
        "timezone": zone(whole) or "UTC",
        "url": origin(whole) + home_path(site),
        "root": home_path(site) + "/",
        "theme": "starter",
        "future": True,
        # WordPress has set the quotes and dashes already, and media are no pages.
        "marked": {"smartypants": False, "breaks": False, "autolink": False, "modifyAnchors": 1},
        "skip_render": ["media/**"],
        # A starter has no style for coloured code.
        "syntax_highlighter": "",
        "term_keys": taxonomies(whole),
    }
    text = yaml(config).removeprefix("---\n").removesuffix("---\n")
    yield Extra("_config.yml", (_NOTE + text).encode("utf-8", "replace"), seed=True)
    scripts = {"build": "hexo generate", "start": "hexo server"}
    packages = {"hexo": "^8.0.0", "hexo-renderer-marked": "^7.0.0", "hexo-server": "^3.0.0"}
    # By this key Hexo knows its own folder.
    yield _package(whole, scripts, packages, hexo={"version": ""})
    page = {"layout": "list", "title": config["title"], "permalink": front_page(whole)}
    yield Extra("source/index.md", _page(page), seed=True)


def _pelican(whole: Whole) -> Iterator[Extra]:
    site = whole.site
    articles = sorted({folder.split("/")[1] for folder in _folders_of_posts(whole)}) or ["posts"]
    kinds = sorted({place.file.split("/")[1] for place in whole.plan.places.values()}.difference(articles))
    settings = {
        "SITENAME": site.name or site.home,
        "SITESUBTITLE": site.description,
        "SITEURL": home_path(site),
        "TIMEZONE": zone(whole) or "UTC",
        "DEFAULT_LANG": site.language or "en",
        "PATH": "content",
        "ARTICLE_PATHS": articles,
        "PAGE_PATHS": [*(kind for kind in kinds if kind != "media"), "terms"],
        "STATIC_PATHS": ["media"],
        "THEME": "theme",
        "INDEX_SAVE_AS": front_page(whole).lstrip("/") + "index.html",
        "TERM_KEYS": taxonomies(whole),
    }
    lines = [_NOTE.rstrip(), "import logging", "import sys", "from pathlib import Path", ""]
    lines += ["sys.path.insert(0, str(Path(__file__).parent))", "import pelican_texts  # noqa: E402", ""]
    lines += [f"{key} = {value!r}" for key, value in settings.items()]
    lines += _PELICAN.splitlines()
    yield Extra("pelicanconf.py", ("\n".join(lines) + "\n").encode("utf-8", "replace"), seed=True)


_PELICAN = """
DEFAULT_PAGINATION = False
# Each text has its address from the blog; two may have one slug.
ARTICLE_TRANSLATION_ID = None
PAGE_TRANSLATION_ID = None
DIRECT_TEMPLATES = ["index"]
# Terms have pages of their own, in content/terms.
AUTHOR_SAVE_AS = CATEGORY_SAVE_AS = TAG_SAVE_AS = ""
AUTHORS_SAVE_AS = CATEGORIES_SAVE_AS = TAGS_SAVE_AS = ARCHIVES_SAVE_AS = ""
FEED_ALL_ATOM = CATEGORY_FEED_ATOM = TRANSLATION_FEED_ATOM = AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = None
MARKDOWN = {
    "extension_configs": {
        "markdown.extensions.extra": {},
        "markdown.extensions.meta": {},
        # Links lead to headings by these.
        "markdown.extensions.toc": {"marker": "", "slugify": pelican_texts.slug},
    },
    "output_format": "html5",
}
# Pictures that only adorn have none.
LOG_FILTER = [(logging.WARNING, "Empty alt attribute for image %s in %s")]
COMMENTS = pelican_texts.comments(Path(__file__).parent / "comments")
JINJA_FILTERS = {"markdown": pelican_texts.render, "term_names": pelican_texts.term_names}
JINJA_GLOBALS = {"page_of_term": pelican_texts.page_of_term}
"""


def _mkdocs(whole: Whole) -> Iterator[Extra]:
    site = whole.site
    blog: dict[str, Any] = {"blog_dir": ".", "post_url_format": "{date}/{slug}"}
    folder = commonpath(_folders_of_posts(whole) or ["docs/posts"]).removeprefix("docs/")
    if folder != "posts":
        blog["post_dir"] = f"{{blog}}/{folder}"
    blog |= {"post_url_date_format": _habit(whole), "post_readtime": False, "post_date_format": "yyyy-MM-dd"}
    config = {
        "site_name": site.name or site.home,
        "site_url": site.home.rstrip("/") + "/",
        "site_description": site.description or None,
        "theme": {
            "name": "material",
            "custom_dir": "overrides",
            # Nothing is fetched from elsewhere.
            "font": False,
        },
        "hooks": ["mkdocs_texts.py"],
        # Taxonomies that no plugin shows.
        "extra": {"term_keys": [entry for entry in taxonomies(whole) if entry["key"] != "tags"]},
        "plugins": [{"blog": blog}, "search", "tags"],
        "markdown_extensions": [
            *("abbr", "attr_list", "def_list", "footnotes", "md_in_html", "tables"),
            {"pymdownx.superfences": {}},
            # A heading for each year would not do for texts with headings of their own.
            {"toc": {"permalink": False}},
        ],
    }
    text = yaml(config).removeprefix("---\n").removesuffix("---\n")
    yield Extra("mkdocs.yml", (_NOTE + text).encode("utf-8", "replace"), seed=True)
    if same_file("docs/index.md") not in whole.plan.files:
        title = inline(site.name or site.home, "mkdocs")
        yield Extra("docs/index.md", f"# {title}\n".encode("utf-8", "replace"), seed=True)


def _folders_of_posts(whole: Whole) -> set[str]:
    """Folders of all posts that have a date: the others are no posts to a generator that goes by dates."""
    return {
        dirname(place.file) for place in whole.plan.places.values() if place.type == "post" and place.date
    }


def _zola(whole: Whole) -> Iterator[Extra]:
    """Each folder above a text is a section, and a section has a file."""
    texts = {same_file(dirname(place.file)) for place in whole.plan.places.values()}
    names = {kind.slug: kind.name for kind in whole.site.types}
    titles = {folder: names.get(kind) or kind.capitalize() for folder, kind in whole.plan.sections.items()}
    sections: set[str] = set()
    for place in whole.plan.places.values():
        above = dirname(dirname(place.file))
        while above and above not in sections:
            sections.add(above)
            above = dirname(above)
    for folder in sorted(sections):
        if same_file(folder) not in texts:
            title = titles.get(folder) or (basename(folder) if "/" in folder else whole.site.name)
            yield Extra(f"{folder}/_index.md", toml({"title": title}).encode("utf-8", "replace"))


def _habit(whole: Whole) -> str:
    """The dates in the addresses of most posts, as the blog plugin writes them."""
    counted: Counter[str] = Counter()
    for place in whole.plan.places.values():
        origin_of = whole.plan.origins.get(place.key)
        if place.type == "post" and origin_of and origin_of.url:
            numbers = re.search(r"/\d{4}(/\d\d)?(/\d\d)?/[^/]+/?\Z", origin_of.url)
            depth = 0 if numbers is None else 1 + sum(part is not None for part in numbers.groups())
            counted["/".join(("yyyy", "MM", "dd")[:depth])] += 1
    return (counted.most_common(1)[0][0] if counted else "") or "yyyy/MM/dd"


_WRITERS: Mapping[str, Callable[[Whole], Iterator[Extra]]] = {
    "jekyll": _jekyll,
    "eleventy": _eleventy,
    "astro": _astro,
    "pelican": _pelican,
    "mkdocs": _mkdocs,
    "zola": _zola,
    "hexo": _hexo,
}
