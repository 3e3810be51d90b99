"""WXR and the comment systems' files as targets of ``--to``: which place becomes which sink.

A place that ends in ``.xml``, ``.json`` or ``.jsonl`` is the file itself; whatever comes with it (further
parts, ``uploads/``) lies beside it. Any other place is a folder or an archive, as for all exports.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from wpexport.errors import UsageError
from wpexport.export.base import Blog, Exporter, ExportReport, Notice, Options, Progress
from wpexport.export.comment_systems.as_json import Artalk, Commento, Remark42
from wpexport.export.comment_systems.as_xml import Disqus, Isso
from wpexport.export.comment_systems.base import CommentExporter, CommentOptions
from wpexport.export.output.loose import LooseFiles
from wpexport.export.output.tree import Rules, open_tree
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
_FILES = frozenset({".xml", ".json", ".jsonl"})


class IntoPlace:
    """An exporter that opens its target when it runs. Implements `wpexport.export.base.Exporter`."""

    def __init__(self, out: Path, options: Options, name: str, make: Callable[[Sink, str], Exporter]) -> None:
        """Prepare.

        Args:
            out: the file, or the folder or archive for it.
            options: what the user chose for every export.
            name: the exporter's, for the folder's ledger.
            make: makes the exporter for a sink and a file name (empty for the usual one).
        """
        self.report = ExportReport()
        self._out = out
        self._options = options
        self._name = name
        self._make = make

    def run(self) -> Iterator[Progress | Notice]:
        """Write everything. Errors: as the exporter's and the target's."""
        options = self._options
        if self._out.suffix.lower() in _FILES:
            loose = LooseFiles(self._out.parent, options.overwrite, options.dry_run)
            yield from self._fill(loose, self._out.name)
            self.report.written, self.report.unchanged = loose.written, loose.unchanged
            return
        rules = Rules.of(self._name, options)
        with open_tree(self._out, rules) as tree:
            yield from self._fill(tree, "")
        tree.counts.tell(self.report)

    def _fill(self, sink: Sink, file: str) -> Iterator[Progress | Notice]:
        exporter = self._make(sink, file)
        self.report = exporter.report
        yield from exporter.run()


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
        split=options.split,
        media_base=options.media_base,
    )
    private = private or options.private

    def make(sink: Sink, file: str) -> Exporter:
        return WxrExporter(blog, sink, replace(chosen, name=file or chosen.name), private=private)

    return IntoPlace(out, options, name, make)


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

    return IntoPlace(out, options, name, make)


def _comment_options(options: Options) -> CommentOptions:
    chosen = CommentOptions(url_map=moved(options.url_map), split=options.split)
    return replace(chosen, site=options.site_name) if options.site_name else chosen


def moved(rules: Mapping[str, str]) -> Callable[[str], str]:
    """What a page's address becomes: the longest beginning that a rule names is replaced."""
    ordered = sorted(rules.items(), key=lambda rule: -len(rule[0]))

    def move(url: str) -> str:
        for old, new in ordered:
            if url.startswith(old):
                return new + url[len(old) :]
        return url

    return move
