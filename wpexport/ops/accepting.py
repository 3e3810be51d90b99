"""What the owner accepts by name: losses that stay, a site that shrank, pulls without the login of before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from wpexport.archive.archive import Archive
from wpexport.archive.damage import open_losses
from wpexport.archive.format import MANIFEST, Settings
from wpexport.archive.records import read_record
from wpexport.archive.runs import Run
from wpexport.model import Coverage
from wpexport.ops.events import Event, Warned
from wpexport.sources.base import Capabilities

#: what ``--accept`` takes besides the names of losses
ALL, SHRUNKEN, LOGIN = "all", "shrunken", "login"


def accepted(root: Path, old: Settings | None, names: frozenset[str]) -> list[str]:
    """The names of what the owner accepted, now or before."""
    found = {*(old.accepted if old else ()), *names} - {ALL, SHRUNKEN}
    if ALL in names:
        found |= open_losses(Archive(root))
    return sorted(found)


def unknown(names: Iterable[str], before: Iterable[str], coverage: Iterable[Coverage]) -> Iterator[str]:
    """Those of the names given now that nothing is called by: they may be mistyped."""
    covers = list(coverage)
    here = {loss.name for cover in covers for loss in cover.lost} | {cover.collection for cover in covers}
    yield from sorted(set(names) - here - {*before, ALL, SHRUNKEN, LOGIN})


def last_login(root: Path) -> datetime | None:
    """When a pull last had a login that an archive was filled with; None where nothing private is kept."""
    if not (root / "private" / MANIFEST).exists():
        return None
    for path in sorted((root / "runs").glob("*.json"), reverse=True):
        run = read_record(path, Run)
        if run.login:
            return run.started
    return None


def without_login(root: Path, capabilities: Capabilities, accepted: list[str]) -> Iterator[Event]:
    """Say that a pull has no login where one before had: what only that shows gets old."""
    asked = capabilities.login is None and capabilities.way != "wxr"
    former = last_login(root) if asked and LOGIN not in accepted else None
    if former is not None:
        yield Warned(
            f"No login was given. What only a login sees stays as it was on {former:%Y-%m-%d}: name it with "
            f"--user, or say once that this is meant, with --accept {LOGIN}."
        )
