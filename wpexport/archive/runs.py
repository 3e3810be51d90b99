"""The report of one run: ``runs/2026-11-22T135300Z.json``."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from wpexport.archive.bag import write_safely
from wpexport.model import Coverage, encode_pretty

#: how a run is named: by the time it began, UTC
RUN_NAME = "%Y-%m-%dT%H%M%SZ"
_NAMED = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{6}Z")
#: ways of runs that no site was asked in
JOURNAL, REDACTION, REPAIR = "journal", "redaction", "repair"


class Run(Struct, kw_only=True):
    """What one pull did."""

    run: str
    started: datetime
    finished: datetime
    #: the wpexport that ran
    tool: str
    source: str
    way: str
    #: whether a login was in effect; never whose
    login: bool = False
    #: restricted to one post, or by ``--limit``: absence means nothing
    partial: bool = False
    exit_code: int = 0
    coverage: list[Coverage] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    #: requests, bytes received, seconds spent on the sweep; and the same for each purpose
    traffic: dict[str, Any] = field(default_factory=dict)
    #: what was learned: ``files``, the names of the export files that were read; ``removed``, what this run
    #: put on the list of what is removed for good
    learned: dict[str, Any] = field(default_factory=dict)
    #: what no visitor can see
    invisible: list[str] = field(default_factory=list)
    #: the hash of ``manifest-sha256.txt`` before and after
    manifest_before: str | None = None
    manifest_after: str | None = None

    @property
    def is_pull(self) -> bool:
        """Whether it asked a site, or read its export file."""
        return self.way not in (JOURNAL, REDACTION, REPAIR)


def write_run(root: Path, run: Run) -> Path:
    """Write the report, whole or not at all. Returns its path."""
    folder = root / "runs"
    folder.mkdir(exist_ok=True)
    path = folder / f"{run.run}.json"
    temp = root / "state" / "tmp" / f"run-{run.run}"
    write_safely(temp, encode_pretty(run))
    temp.rename(path)
    return path


def report_paths(root: Path) -> list[Path]:
    """The reports of all runs, oldest first; another file that somebody put there is none."""
    return sorted(path for path in (root / "runs").glob("*.json") if _NAMED.fullmatch(path.stem))


def run_time(run: str) -> datetime:
    """When a run began, by its name or that of a file named for it."""
    return datetime.strptime(run.partition(".")[0], RUN_NAME).replace(tzinfo=UTC)
