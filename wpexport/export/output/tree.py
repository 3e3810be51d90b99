"""Where an export goes: a folder, or a ``.zip`` or ``.tar.gz``, through one interface.

A file that the user wrote or edited is never replaced (unless asked for), nothing is written outside,
no symbolic link is followed, and every file appears whole or not at all.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol, Self

from wpexport.errors import UsageError
from wpexport.export.base import ExportReport, Options

Outcome = Literal["written", "unchanged", "kept"]
#: a starter, a file that the user edited, or any other
How = Literal["seed", "kept", ""]
#: no folder is called so; who names such an OUT takes the export for something else
_PACKED = (".zip", ".tar.gz", ".tgz")
_FILE_ENDINGS = frozenset(
    {".txt", ".md", ".html", ".htm", ".xml", ".json", ".jsonl", ".csv", ".db", ".sqlite", ".sql"}
    | {".tar", ".gz", ".7z", ".rar", ".pdf", ".docx", ".xlsx", ".epub"}
)


@dataclass(slots=True)
class Counts:
    """What happened to the files of one run."""

    files: int = 0
    written: int = 0
    unchanged: int = 0
    removed: int = 0
    #: what lay in the folder before our first file, at its top
    others: int = 0
    #: edited by the user, or there before us
    kept: list[str] = field(default_factory=list)
    #: written by a former run, no longer part of the export
    stale: list[str] = field(default_factory=list)

    def tell(self, report: ExportReport) -> None:
        """Put into an exporter's report what became of its files; how many those are it may count itself."""
        report.written, report.unchanged, report.removed = self.written, self.unchanged, self.removed
        report.kept, report.stale = self.kept, self.stale
        report.facts["others"] = self.others


@dataclass(frozen=True, slots=True)
class Rules:
    """How careful a tree is."""

    #: the exporter's name: two of them do not share a folder
    to: str = "markdown"
    overwrite: bool = False
    prune: bool = False
    #: a selection is exported: what is not part of it is not left over
    partial: bool = False
    dry_run: bool = False

    @classmethod
    def of(cls, to: str, options: Options) -> Self:
        """What the user chose, for the exporter of this name."""
        return cls(to, options.overwrite, options.prune, options.partial, options.dry_run)


class OutputTree(Protocol):
    """Takes files by relative path with ``/``. Use as a context manager: leaving it well seals the tree."""

    counts: Counts
    #: one file that holds everything, which nobody adds to
    packed: bool

    def write(self, path: str, data: bytes, *, seed: bool = False) -> Outcome:
        """Write one file.

        Args:
            path: relative, with ``/``.
            data: the whole file.
            seed: a starter that belongs to the user from then on: not listed when edited, not put back
                when removed.

        Raises:
            WpexportError: the path leads outside, or was already written with other bytes.
            OSError: the disk is full, or access is denied.
        """

    def copy(self, path: str, source: Path, sha256: str) -> Outcome:
        """Copy one file whose hash is known. Errors: as `write`."""

    def exists(self, path: str) -> bool:
        """Is there something at this path that is not ours?"""

    def holds(self, path: str, sha256: str) -> bool:
        """Is the file there, with this hash, so that it need not be written? Errors: as `write`."""

    def keep(self, path: str, sha256: str, how: How) -> bool:
        """Take a file for written, if a former run's end (`seen`) is where writing it would lead.

        False where something else would come of it, or nobody knows. Errors: as `write`.
        """

    def seen(self) -> Iterator[tuple[str, str, How]]:
        """All files of this run so far: path, hash, and what they are."""

    def notes(self, name: str) -> tuple[Path | None, Path | None]:
        """A file for what an exporter wants to remember: as the last run left it, and to write anew.

        The latter replaces the former when the tree is sealed. None where there is none.
        """

    def finish(self) -> None:
        """Everything is written: find what is left over, seal."""

    def abort(self) -> None:
        """Stop in the middle; what is written stays known as ours."""

    def __enter__(self) -> Self: ...

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> None: ...


def refuse_file(out: Path, to: str, *endings: str) -> None:
    """Refuse what has the name of a file of another kind.

    Args:
        out: where an export shall go.
        to: the exporter's name.
        endings: of files that it makes.

    Raises:
        UsageError: it has.
    """
    ending = out.suffix.lower()
    if out.name == "-":
        raise UsageError("An export is not written to standard output.", hint="Name a file or a folder.")
    packed = out.name.lower().endswith(_PACKED)
    if ending in _FILE_ENDINGS and ending not in endings and not packed and not out.is_dir():
        files = ", ".join([*endings, ".zip", ".tar.gz"])
        raise UsageError(
            f"--to {to} makes no {out.suffix} file.",
            hint=f"OUT is a folder, or ends in {files}; wpexport export --list says more.",
        )


def open_tree(out: Path, rules: Rules) -> OutputTree:
    """Open the target for writing.

    Raises:
        UsageError: it is no folder, has the name of a file, or holds the export of another kind.
        WpexportError: an existing archive file is not what we wrote; or the ledger is damaged.
    """
    if out.name.lower().endswith(_PACKED):
        from wpexport.export.output.packed import PackedTree

        return PackedTree(out, rules)
    refuse_file(out, rules.to)
    from wpexport.export.output.folder import FolderTree

    return FolderTree(out, rules)


class Sealing(ABC):
    """The context manager's half of a tree. Nothing is touched on disk before it is entered."""

    @abstractmethod
    def begin(self) -> None:
        """The first write is near."""

    @abstractmethod
    def finish(self) -> None:
        """Everything is written."""

    @abstractmethod
    def abort(self) -> None:
        """Stop in the middle."""

    def __enter__(self) -> Self:
        self.begin()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> None:
        if kind is None:
            self.finish()
        else:
            self.abort()
