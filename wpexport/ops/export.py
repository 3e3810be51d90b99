"""Export an archive: what goes out is read here, what becomes of it is the exporter's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from heapq import nlargest
from itertools import chain
from pathlib import Path

from wpexport.archive.archive import Archive
from wpexport.archive.bag import file_hash
from wpexport.archive.check import Check
from wpexport.archive.damage import unrepaired
from wpexport.archive.format import MANIFEST, RAW
from wpexport.archive.reader import INCLUDABLE, Reader
from wpexport.errors import Exit, UsageError
from wpexport.export.base import Blog, ExportReport, Notice, Options, Source
from wpexport.export.registry import make_exporter, writes_markdown
from wpexport.ops.events import Event, Exported, Moved, Noticed, Warned
from wpexport.ops.exports import remember
from wpexport.ops.report import write_report
from wpexport.ops.selection import Selected, Selection

#: so many damaged files are named as warnings; the notices name all
_DAMAGED = 5
#: what an exporter's own report says
_REPORTED = ("posts", "comments", "files", "written", "unchanged", "kept", "stale", "removed")
#: so many texts that fared worst in an audit are named
_WORST = 10


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What the user chose for one export."""

    #: the exporter's name, or the path of a dialect's ``.toml``
    to: str = "markdown"
    options: Options = field(default_factory=Options)
    #: what is left out unless it is asked for by name (`INCLUDABLE`)
    include: frozenset[str] = frozenset()
    #: anything that could not be carried over makes the exit code 3
    strict: bool = False
    #: the blog as it was then; an aware time
    at: datetime | None = None
    #: a part of the blog
    selection: Selection = field(default_factory=Selection)
    #: where to write, for each post, what could not be carried over as it was; by its ending CSV or text
    report: Path | None = None


def export(root: Path, out: Path, request: ExportRequest) -> Iterator[Event]:
    """Export the archive at ``root`` to ``out``, and yield events up to `Exported`.

    Raises:
        NoArchive: there is none.
        ArchiveDamaged: a record cannot be read.
        UsageError: there is no such exporter, or it cannot do what is asked.
        WpexportError: the target is not as we wrote it.
    """
    archive = Archive.open(root)
    _check(root, out, request)
    blog = Reader(archive, request.include, request.at)
    options = request.options
    chosen: Blog = blog
    if request.selection:
        chosen = Selected(blog, request.selection)
        options = replace(options, partial=True)
    if request.include & {"email", "ip"}:
        options = replace(options, private=blog.personal)
    proof = _Proof(archive, request, blog)
    options = replace(options, source=proof)
    exporter = make_exporter(request.to, chosen, out, options)
    if not options.dry_run:
        remember(archive, out, request.to)
    found, worst = list[Notice](), list[Notice]()
    notices, lost = Counter[str](), False
    yield Moved("posts", "Posts", 0)
    flaws = proof.flaws()
    yield from _warned(archive, request, flaws)
    for event in chain(flaws, exporter.run()):
        if isinstance(event, Notice):
            notices[event.kind] += event.count
            if request.report is not None:
                found.append(event)
            if event.kind == "fidelity":
                worst = nlargest(_WORST, [*worst, event], key=lambda notice: notice.count)
            lost = lost or event.loss
            yield Noticed(event)
        else:
            yield Moved(event.what, event.what.capitalize(), event.done, event.total)
    if request.report is not None:
        write_report(request.report, found)
    report = exporter.report
    yield Exported(
        out=out,
        exit_code=_verdict(notices, lost=lost or (request.strict and notices.total() > 0)),
        **{name: getattr(report, name) for name in _REPORTED},
        others=report.facts.get("others", 0),
        notices=dict(notices),
        left_out=_left_out(blog, report, chosen),
        audited=options.audit,
        worst=worst,
        advice=str(report.facts.get("import", "")),
        names=tuple(report.facts.get("files", ())),
    )


class _Proof:
    """Tells an exporter what it is given, once that was compared with the manifests.

    A pull that seals the archive while it is read leaves another manifest, so the hash is taken before.
    """

    def __init__(self, archive: Archive, request: ExportRequest, blog: Reader) -> None:
        manifests = [root / MANIFEST for root in (archive.root, archive.private)]
        hashes = [file_hash(path) if path.exists() else "" for path in manifests]
        self._digest = sha256(repr((hashes, sorted(request.include))).encode()).digest()
        # as it was then, it is told by reports of pulls too, which no manifest names
        self._whole = not request.selection and request.at is None
        self._request = request
        self._archive = archive
        self._blog = blog

    def flaws(self) -> list[Notice]:
        """Look at everything."""
        request = self._request
        found = _flaws(self._archive, private=bool(request.include), past=request.at is not None)
        self._whole = self._whole and not found
        return found

    def __call__(self) -> Source | None:
        if not self._whole or self._archive.interrupted:
            return None
        return Source(self._digest, self._blog.left_out)


def _flaws(archive: Archive, *, private: bool, past: bool) -> list[Notice]:
    """What is damaged in an archive, or was and could not be repaired: no export has it whole."""
    damaged = list(Check(archive).read_by_export(private=private, past=past))
    if damaged and archive.interrupted:  # by a pull that is at work, and may have sealed meanwhile
        damaged = list(Check(archive).read_by_export(private=private, past=past))
    lost = unrepaired(archive)
    return [
        *(Notice("damaged", finding.where, finding.text, loss=True) for finding in damaged),
        *(
            Notice("lost", loss.url or loss.name, loss.reason, loss=True)
            for loss in lost.lost
            # old answers are in no export
            if loss.name not in lost.accepted and f"{RAW}/" not in (loss.url or "")
        ),
    ]


def _verdict(notices: Counter[str], *, lost: bool) -> Exit:
    if notices["damaged"]:
        return Exit.DAMAGED
    return Exit.INCOMPLETE if lost else Exit.DONE


def _warned(archive: Archive, request: ExportRequest, flaws: list[Notice]) -> Iterator[Event]:
    """What is wrong with the archive, and that it cannot have what is asked for."""
    if request.include - {"vanished"} and not (archive.private / MANIFEST).exists():
        yield Warned("Nothing private is in this archive, for --include to add: a pull with a login has it.")
    for flaw in flaws[:_DAMAGED]:
        yield Warned(flaw.detail if flaw.kind == "damaged" else f"{flaw.where}: {flaw.detail}.")
    if len(flaws) > _DAMAGED:
        yield Warned(f"{len(flaws) - _DAMAGED:,} more files of the archive are damaged or missing.")


def _check(root: Path, out: Path, request: ExportRequest) -> None:
    unknown = request.include - set(INCLUDABLE)
    if unknown:
        raise UsageError(
            f"--include knows no {', '.join(sorted(unknown))}.", hint=f"There are: {', '.join(INCLUDABLE)}."
        )
    if out.resolve().is_relative_to(root.resolve()):
        raise UsageError(f"{out} is inside the archive.", hint="Name a folder beside it.")
    if request.options.audit:
        _check_audit(request.to)


def _check_audit(to: str) -> None:
    """Can ``--audit`` be done?"""
    from wpexport.text.fidelity import can_measure

    if not writes_markdown(to):
        raise UsageError(f"--audit compares Markdown with its source, and {to} is none.")
    if not can_measure():
        raise UsageError(
            "--audit renders Markdown, and what does so is not installed.",
            hint="Install it with: pip install 'wpexport-archive[audit]'",
        )


def _left_out(blog: Reader, report: ExportReport, chosen: Blog) -> dict[str, int]:
    """What was left out, whoever left it out: the archive's reader, the exporter, the user's choice."""
    total: Counter[str] = Counter()
    for count in (blog.left_out, report.left_out, chosen.left_out if isinstance(chosen, Selected) else {}):
        total.update(count)
    return dict(total)
