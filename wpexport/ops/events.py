"""What a use case tells while it works. The command line turns events into progress, lines or JSON lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from wpexport.archive.check import Finding
from wpexport.archive.runs import Run
from wpexport.errors import Exit
from wpexport.export.base import Notice
from wpexport.model import Site
from wpexport.sources.base import Capabilities


@dataclass(frozen=True, slots=True)
class Found:
    """A source answered: what it is and what it offers."""

    site: Site
    capabilities: Capabilities


@dataclass(frozen=True, slots=True)
class Moved:
    """So many of so many records of a collection are in the archive."""

    #: the collection's key
    key: str
    label: str
    done: int
    total: int | None = None
    #: nothing more of this collection will come
    last: bool = False


@dataclass(frozen=True, slots=True)
class Waited:
    """A request has to wait: what for, and how long (seconds)."""

    reason: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Warned:
    """Something that people should know, as one sentence."""

    text: str


@dataclass(frozen=True, slots=True)
class Pulled:
    """A pull is finished."""

    root: Path
    run: Run
    exit_code: Exit
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Checked:
    """A check is finished."""

    root: Path
    exit_code: Exit
    counts: dict[str, int] = field(default_factory=dict)
    findings: Sequence[Finding] = ()


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """All records were made again from the journals."""

    root: Path
    exit_code: Exit
    counts: dict[str, int] = field(default_factory=dict)
    findings: Sequence[Finding] = ()


@dataclass(frozen=True, slots=True)
class Remains:
    """Words of a person that was removed stand somewhere else: in what others wrote, perhaps."""

    word: str
    #: a path below the archive
    where: str
    #: it was named by the user, and is no guess
    sure: bool = False


@dataclass(frozen=True, slots=True)
class Erased:
    """A person's data was removed for good."""

    root: Path
    exit_code: Exit
    #: numbers
    comments: Sequence[int] = ()
    authors: Sequence[int] = ()
    #: files of the archive that were changed
    files: int = 0
    #: exports that hold it: where, and whether that is certain
    exports: Sequence[tuple[str, bool]] = ()
    #: the archive is a git repository, whose history was not touched
    in_git: bool = False


@dataclass(frozen=True, slots=True)
class Noticed:
    """An export could not carry something over as it was, or something needs the user's eye."""

    notice: Notice


@dataclass(frozen=True, slots=True)
class Exported:
    """An export is finished."""

    out: Path
    exit_code: Exit
    posts: int = 0
    comments: int = 0
    files: int = 0
    written: int = 0
    unchanged: int = 0
    kept: Sequence[str] = ()
    stale: Sequence[str] = ()
    removed: int = 0
    #: what lay in the folder before the first export into it
    others: int = 0
    notices: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)
    #: was each text compared with its source?
    audited: bool = False
    #: the texts of which most was not found again, the worst first
    worst: Sequence[Notice] = ()
    #: what the program that takes the files will do with them
    advice: str = ""
    #: of the files that this program takes, in their order
    names: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in which two archives differ."""

    #: ``posts``, ``comments``, ``terms``, ``authors``, ``media``, ``personal``, ``files``
    kind: str
    #: the record: its number, or its address below the blog's; of a file its address, or its record's number
    name: str
    #: the field; empty where a whole record is missing
    field: str
    cause: str
    #: the values, cut short; never those that are private
    one: str = ""
    two: str = ""
    #: after a move, what no import can help; ``docs/moving.md`` explains each cause
    expected: bool = False
    #: it lies in the nature of the ways that filled the archives; ``docs/ways.md`` explains each cause
    natural: bool = False


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison is finished."""

    one: Path
    two: Path
    exit_code: Exit
    #: records without any difference but those that are explained
    same: int
    #: how many differences there are of each cause
    causes: dict[str, int] = field(default_factory=dict)
    #: the same of those that no move can help
    expected: dict[str, int] = field(default_factory=dict)
    #: and of those that lie in the nature of the ways
    natural: dict[str, int] = field(default_factory=dict)
    #: media files that both hold, the same byte for byte as their records say
    files: int = 0


Event = (
    Found
    | Moved
    | Waited
    | Warned
    | Pulled
    | Finding
    | Checked
    | Rebuilt
    | Remains
    | Erased
    | Noticed
    | Exported
    | Difference
    | Compared
)
