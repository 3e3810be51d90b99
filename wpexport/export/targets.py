"""WXR and the comment systems' files as targets of ``--to``: which place becomes which sink.

A place that ends as the system's files do is the file itself; whatever comes with it (further
parts, ``uploads/``) lies beside it. Any other place is a folder or an archive, as for all exports.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from wpexport.errors import UsageError
from wpexport.export.base import Blog, Exporter, Options
from wpexport.export.comment_systems.as_json import Artalk, Commento, Remark42
from wpexport.export.comment_systems.as_xml import Disqus, Isso
from wpexport.export.comment_systems.base import CommentExporter, CommentOptions
from wpexport.export.output.place import IntoPlace
from wpexport.export.wxr.exporter import WxrExporter, WxrOptions
from wpexport.export.wxr.parts import Sink
from wpexport.export.wxr.plan import Private

COMMENT_SYSTEMS: dict[str, type[CommentExporter]] = {
    "isso": Isso,
    "remark42": Remark42,
    "disqus": Disqus,
    "commento": Commento,
    "artalk": Artalk,
}
#: a file of the other kind would be refused by the system that it is for
_XML, _JSON = (".xml",), (".json", ".jsonl")


def make_wxr(
    blog: Blog,
    out: Path,
    options: Options,
    name: str,
    *,
    chosen: WxrOptions | None = None,
    private: Private | None = None,
) -> Exporter:
    """The factory of ``--to wxr`` (`wpexport.export.registry.Factory`)."""
    chosen = chosen or WxrOptions(
        only="comments" if options.comments_only else "all",
        comments=options.comments_only or options.comments != "none",
        split=options.split,
        media_base=options.media_base,
        url_map=options.url_map,
    )
    private = private or options.private

    def make(sink: Sink, file: str) -> Exporter:
        return WxrExporter(blog, sink, replace(chosen, name=file or chosen.name), private=private)

    return IntoPlace(out, options, name, make, *_XML)


def make_comments(
    blog: Blog,
    out: Path,
    options: Options,
    name: str,
    *,
    chosen: CommentOptions | None = None,
    private: Private | None = None,
) -> Exporter:
    """The factory of ``--to isso|remark42|disqus|commento|artalk``.

    Raises:
        UsageError: there is no such system.
    """
    chosen = chosen or _comment_options(options)
    private = private or options.private
    kind = COMMENT_SYSTEMS.get(name)
    if kind is None:
        known = ", ".join(COMMENT_SYSTEMS)
        raise UsageError(f"There is no comment system {name} here.", hint=f"There are: {known}.")

    def make(sink: Sink, file: str) -> Exporter:
        return kind(blog, sink, replace(chosen, name=file or chosen.name), private=private)

    return IntoPlace(out, options, name, make, *(_XML if kind.name.endswith(".xml") else _JSON))


def _comment_options(options: Options) -> CommentOptions:
    chosen = CommentOptions(url_map=options.url_map, split=options.split)
    return replace(chosen, site=options.site_name) if options.site_name else chosen
