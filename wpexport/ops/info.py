"""What is in an archive and what is missing, from its manifests and its last runs: no record is opened."""

from __future__ import annotations

import re
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from wpexport.archive.archive import Archive
from wpexport.archive.bag import read_manifest
from wpexport.archive.damage import unrepaired
from wpexport.archive.format import MANIFEST, SITE, Settings
from wpexport.archive.records import read_record
from wpexport.archive.redacted import Redacted, read_redacted
from wpexport.archive.runs import Run
from wpexport.errors import ArchiveDamaged
from wpexport.model import Coverage, Site


@dataclass(frozen=True, slots=True)
class Info:
    """An archive at a glance."""

    root: Path
    settings: Settings
    site: Site | None
    #: the run that last read everything, and all runs
    last: Run | None
    runs: list[Run] = field(default_factory=list)
    #: files by kind: ``posts``, ``comments``, ``media``, ``files``, ``raw``, ``history``
    public: Counter[str] = field(default_factory=Counter)
    private: Counter[str] = field(default_factory=Counter)
    #: bytes of the payload
    public_size: int = 0
    private_size: int = 0
    interrupted: bool = False
    #: what no repair could bring back
    unrepaired: Coverage | None = None
    #: records that were removed for good since the last run, by collection: its account counts them
    removed: Counter[str] = field(default_factory=Counter)

    @property
    def coverage(self) -> list[Coverage]:
        """The account of the run that last read everything."""
        return self.last.coverage if self.last else []

    @property
    def missing(self) -> list[Coverage]:
        """The collections of which something is missing."""
        return [cover for cover in (*self.coverage, self.unrepaired) if cover and not cover.complete]

    @property
    def last_login(self) -> datetime | None:
        """When a pull last had a login."""
        return next((run.started for run in reversed(self.runs) if run.login), None)

    @property
    def invisible(self) -> list[str]:
        """What no visitor can see, and so is not here."""
        return self.last.invisible if self.last else []


def info(root: Path) -> Info:
    """Look at the archive at ``root``.

    Raises:
        NoArchive: there is none.
        ArchiveDamaged: its settings or its site cannot be read, or its format is newer than this one.
    """
    archive = Archive.open(root)
    runs = archive.runs()
    whole = [run for run in runs if not run.partial]
    site = archive.root / SITE
    last = whole[-1] if whole else runs[-1] if runs else None
    rows: list[Redacted] = []
    with suppress(ArchiveDamaged):  # `check` names it
        rows = read_redacted(root)
    return Info(
        root=root,
        settings=archive.settings(),
        site=read_record(site, Site) if site.exists() else None,
        last=last,
        runs=runs,
        public=_kinds(archive.root),
        private=_kinds(archive.private),
        public_size=_size(archive.root),
        private_size=_size(archive.private),
        interrupted=archive.interrupted,
        unrepaired=unrepaired(archive),
        removed=Counter(row.collection for row in rows if last is not None and row.run > last.run),
    )


def _kinds(root: Path) -> Counter[str]:
    """Files of a bag by the folder they lie in."""
    return Counter(path.split("/", 2)[1] for _, path in read_manifest(root / MANIFEST) if "/" in path)


def _size(root: Path) -> int:
    """Bytes of a bag's payload, as ``bag-info.txt`` says (RFC 8493, 2.2.2: Payload-Oxum)."""
    tag = root / "bag-info.txt"
    for line in tag.read_text(encoding="utf-8", errors="replace").splitlines() if tag.exists() else ():
        said = re.match(r"Payload-Oxum: ([0-9]{1,20})\.", line)
        if said:
            return int(said[1])
    return 0
