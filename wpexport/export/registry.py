"""What ``--to`` knows: built-in exporters by name, those of third parties by entry point.

A third party's package names a factory in the entry point group ``wpexport.exporters.v1``::

    [project.entry-points."wpexport.exporters.v1"]
    gemini = "my_package:make_exporter"
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path

from wpexport.errors import UsageError
from wpexport.export.base import Blog, Exporter, Options

GROUP = "wpexport.exporters.v1"

#: makes an exporter of a blog into a place: (blog, out, options, name)
Factory = Callable[[Blog, Path, Options, str], Exporter]

_MARKDOWN = "wpexport.export.registry:markdown_exporter"
_COMMENTS = "wpexport.export.targets:make_comments"
_BUILT_IN = {
    "markdown": _MARKDOWN,
    "hugo": _MARKDOWN,
    "jekyll": _MARKDOWN,
    "eleventy": _MARKDOWN,
    "astro": _MARKDOWN,
    "pelican": _MARKDOWN,
    "zola": _MARKDOWN,
    "mkdocs": _MARKDOWN,
    "obsidian": _MARKDOWN,
    "hexo": _MARKDOWN,
    "sqlite": "wpexport.export.data.sqlite:make_sqlite",
    "jsonl": "wpexport.export.data.jsonl:make_jsonl",
    "csv": "wpexport.export.data.spreadsheet:make_csv",
    "jsonfeed": "wpexport.export.data.jsonfeed:make_jsonfeed",
    "ghost": "wpexport.export.data.ghost:make_ghost",
    "wxr": "wpexport.export.targets:make_wxr",
    **dict.fromkeys(("isso", "remark42", "disqus", "commento", "artalk"), _COMMENTS),
}

_SITE = "a site for {}; OUT: folder, .zip or .tar.gz"
_THREADS = "comments for {}; OUT: {} file, folder, .zip or .tar.gz"
#: what each is, and what OUT may be
ABOUT = {
    "markdown": "Markdown to read; OUT: folder, .zip or .tar.gz",
    "hugo": _SITE.format("Hugo"),
    "jekyll": _SITE.format("Jekyll"),
    "eleventy": _SITE.format("Eleventy"),
    "astro": _SITE.format("Astro"),
    "pelican": _SITE.format("Pelican"),
    "zola": _SITE.format("Zola"),
    "mkdocs": _SITE.format("MkDocs"),
    "obsidian": "notes for Obsidian; OUT: folder, .zip or .tar.gz",
    "hexo": _SITE.format("Hexo"),
    "sqlite": "a database; OUT: .db or .sqlite file, or folder",
    "jsonl": "a record a line; OUT: .jsonl file, folder, .zip or .tar.gz",
    "csv": "comments for a spreadsheet; OUT: .csv file, folder, .zip or .tar.gz",
    "jsonfeed": "a JSON Feed of all posts; OUT: .json file, folder, .zip or .tar.gz",
    "ghost": "Ghost's import file; OUT: .json file, folder, .zip or .tar.gz",
    "wxr": "an export file for another WordPress; OUT: .xml file, folder, .zip or .tar.gz",
    "isso": _THREADS.format("Isso", ".xml"),
    "remark42": _THREADS.format("Remark42", ".json"),
    "disqus": _THREADS.format("Disqus", ".xml"),
    "commento": _THREADS.format("Commento", ".json"),
    "artalk": _THREADS.format("Artalk", ".json"),
}

#: what shows a site, typed in its folder; its programs have to be installed
SEEN_BY = {
    "hugo": "hugo server",
    "jekyll": "jekyll serve",
    "eleventy": "npm install && npm start",
    "astro": "npm install && npm start",
    "pelican": "pelican --listen --autoreload",
    "mkdocs": "mkdocs serve",
    "hexo": "npm install && npm start",
}

#: options that not every exporter takes, as the command line calls them
_SPECIAL = {
    "comments": "--comments",
    "fields": "--fields",
    "rename": "--rename",
    "path": "--path",
    "redirects": "--redirects",
    "split": "--split",
    "media_base": "--media-base",
    "url_map": "--url-map",
    "site_name": "--site-name",
    "comments_only": "--comments-only",
}
_DEFAULTS = Options()
_MARKDOWN_TAKES = frozenset({"comments", "fields", "rename", "path", "redirects"})
_TAKES: dict[str, frozenset[str]] = {
    **{name: _MARKDOWN_TAKES for name, place in _BUILT_IN.items() if place == _MARKDOWN},
    **{name: frozenset({"split", "url_map"}) for name, place in _BUILT_IN.items() if place == _COMMENTS},
    **dict.fromkeys(("remark42", "artalk"), frozenset({"split", "url_map", "site_name"})),
    **dict.fromkeys(("sqlite", "jsonl", "jsonfeed", "ghost"), frozenset({"comments"})),
    "csv": frozenset(),
    "wxr": frozenset({"comments", "split", "media_base", "url_map", "comments_only"}),
}


def names() -> list[str]:
    """Everything that ``--to`` takes by name: ours first, then third parties'."""
    found = sorted(entry.name for entry in entry_points(group=GROUP) if entry.name not in _BUILT_IN)
    return [*_BUILT_IN, *found]


def writes_markdown(to: str) -> bool:
    """Does ``--to`` name a dialect of Markdown, built in or a user's own?"""
    return to.endswith(".toml") or _BUILT_IN.get(to) == _MARKDOWN


def make_exporter(to: str, blog: Blog, out: Path, options: Options) -> Exporter:
    """Make the exporter that ``--to`` names.

    Args:
        to: a name, or the path of a ``.toml`` file that describes a dialect.
        blog: what is exported.
        out: where to: a folder, or a ``.zip`` or ``.tar.gz``.
        options: what the user chose.

    Raises:
        UsageError: there is no such exporter, or it cannot do what is asked.
        WpexportError: the target is not as we wrote it.
    """
    factory = _factory(to)
    _refuse_what_is_not_taken(to, options)
    return factory(blog, out, options, to)


def _refuse_what_is_not_taken(to: str, options: Options) -> None:
    """An option that an exporter passes over in silence would be a wish that nobody hears."""
    takes = _MARKDOWN_TAKES if to.endswith(".toml") else _TAKES.get(to)
    if takes is None:
        return  # a third party's: it knows best
    for name, flag in _SPECIAL.items():
        if name not in takes and getattr(options, name) != getattr(_DEFAULTS, name):
            able = [other for other, taken in _TAKES.items() if name in taken]
            hint = f"These do: {', '.join(able)}."
            if name == "redirects":
                hint = "Site generators take it; docs/moving.md says what becomes of addresses elsewhere."
            raise UsageError(f"--to {to} does nothing with {flag}.", hint=hint)


def _factory(to: str) -> Factory:
    if to.endswith(".toml"):
        return markdown_exporter
    if to in _BUILT_IN:
        module, _, name = _BUILT_IN[to].partition(":")
        built_in: Factory = getattr(import_module(module), name)
        return built_in
    for entry in entry_points(group=GROUP, name=to):
        loaded: Factory = entry.load()
        return loaded
    raise UsageError(f"There is no export to {to!r}.", hint=f"There are: {', '.join(names())}.")


def markdown_exporter(blog: Blog, out: Path, options: Options, to: str) -> Exporter:
    """Make an exporter to Markdown, in a built-in dialect or a user's own."""
    from wpexport.export.dialects.load import dialects, load_dialect
    from wpexport.export.markdown.exporter import MarkdownExporter
    from wpexport.export.output.tree import Rules, open_tree

    dialect = load_dialect(Path(to)) if to.endswith(".toml") else dialects()[to]
    rules = Rules.of(dialect.name, options)
    return MarkdownExporter(blog, open_tree(out, rules), dialect, options)
