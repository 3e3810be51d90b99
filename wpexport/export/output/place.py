"""Where an export of few files goes: into one file that the user named, or into a folder or an archive."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from wpexport.export.base import Exporter, ExportReport, Notice, Options, Progress
from wpexport.export.output.loose import LooseFiles
from wpexport.export.output.tree import Rules, open_tree, refuse_file
from wpexport.export.wxr.parts import Sink

#: makes the exporter for a sink; the name is empty where the exporter's own is to be used
Make = Callable[[Sink, str], Exporter]


class IntoPlace:
    """An exporter that opens its target when it runs. Implements `wpexport.export.base.Exporter`."""

    def __init__(self, out: Path, options: Options, name: str, make: Make, *endings: str) -> None:
        """Prepare.

        Args:
            out: the file, beside which its company comes to lie; or the folder or archive for all of it.
            options: what the user chose for every export.
            name: the exporter's, for the folder's ledger.
            make: makes the exporter.
            endings: with which ``out`` is the file itself; none where there are always several files.

        Raises:
            UsageError: it has the name of a file of another kind.
        """
        refuse_file(out, name, *endings)
        self.report = ExportReport()
        self._out = out
        self._options = options
        self._name = name
        self._make = make
        self._endings = endings

    def run(self) -> Iterator[Progress | Notice]:
        """Write everything. Errors: as the exporter's, and as `wpexport.export.output.tree.open_tree`."""
        options = self._options
        if self._out.suffix.lower() in self._endings and not self._out.is_dir():
            loose = LooseFiles(self._out.parent, options.overwrite, options.dry_run)
            yield from self._fill(loose, self._out.name)
            self.report.written, self.report.unchanged = loose.written, loose.unchanged
            self.report.files = loose.written + loose.unchanged
            return
        with open_tree(self._out, Rules.of(self._name, options)) as tree:
            yield from self._fill(tree, "")
            kept = [Notice("kept-edit", path, "edited by you, or there before") for path in tree.counts.kept]
            self.report.notices += kept
            yield from kept
        self.report.files = tree.counts.files
        tree.counts.tell(self.report)

    def _fill(self, sink: Sink, file: str) -> Iterator[Progress | Notice]:
        exporter = self._make(sink, file)
        self.report = exporter.report
        yield from exporter.run()
