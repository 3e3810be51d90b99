"""Check an archive: the findings of ``archive.check``, and what they mean for the exit code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from wpexport.archive.archive import Archive
from wpexport.archive.check import Check, Finding
from wpexport.archive.format import SETTINGS
from wpexport.errors import Exit, SettingsDamaged
from wpexport.ops.events import Checked, Event, Moved


def check(root: Path) -> Iterator[Event]:
    """Check the archive at ``root``, and yield findings up to `Checked`.

    Raises:
        NoArchive: there is none.
        ArchiveDamaged: its format is newer than this version knows.
    """
    findings: list[Finding] = []
    try:
        archive = Archive.open(root)
    except SettingsDamaged as error:
        archive = Archive(root)
        findings.append(Finding("error", "settings", SETTINGS, str(error), "Repair it with: check --repair"))
        yield findings[0]
    work = Check(archive)
    for step in work.run():
        if isinstance(step, Finding):
            findings.append(step)
            yield step
        else:
            yield Moved(
                step.what, step.what.capitalize(), step.done, step.total, last=step.done == step.total
            )
    yield Checked(root, verdict(findings), work.counts, findings)


def verdict(findings: list[Finding]) -> Exit:
    """12 for damage, 3 for something missing or put in, 0 else."""
    severities = {finding.severity for finding in findings}
    if "error" in severities:
        return Exit.DAMAGED
    return Exit.INCOMPLETE if severities & {"loss", "extra"} else Exit.DONE
