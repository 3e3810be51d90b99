"""The table of breakages, read from ``table.toml``: for the check, the summary and the page in ``docs/``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
PAGE = ROOT / "docs" / "breakages.md"
#: the numbers of the catalogue
NUMBERS = range(1, 79)
_HEAD = """# What goes wrong on real sites

Written by `python -m tests.breakages --write` from `tests/breakages/table.toml`; do not edit it here.

WordPress is the same everywhere and no two sites are. This is what is known to go wrong, what wpexport
does then, and the tests that show it on a built-in WordPress that can be told to break. The numbers are
those in the tests.

"""


@dataclass(frozen=True)
class Breakage:
    """One thing that goes wrong."""

    number: int
    happens: str
    #: what wpexport does then
    answer: str
    #: test functions that show it, as pytest names them, below the repository's root
    tests: tuple[str, ...] = ()
    #: why it is not met, or not wholly
    unmet: str = ""
    #: what else to know, such as what could not be tried on a real site
    note: str = ""

    @property
    def name(self) -> str:
        """As it is called in tests: ``B07``."""
        return f"B{self.number:02}"


@dataclass(frozen=True)
class Group:
    """Breakages of one kind."""

    title: str
    rows: tuple[Breakage, ...]


def groups() -> tuple[Group, ...]:
    """The whole table."""
    data = tomllib.loads((HERE / "table.toml").read_text(encoding="utf-8"))
    return tuple(Group(group["title"], tuple(map(_row, group["row"]))) for group in data["group"])


def _row(given: dict[str, Any]) -> Breakage:
    named = given.pop("tests", [])
    tests = tuple(test if "/" in test else f"tests/breakages/{test}" for test in named)
    return Breakage(**given, tests=tests)


def breakages() -> list[Breakage]:
    """All rows."""
    return [row for group in groups() for row in group.rows]


def summary() -> str:
    """``N of 78``, and what is not met."""
    rows = breakages()
    open_ones = [row for row in rows if row.unmet]
    lines = [f"{len(rows) - len(open_ones)} of {len(NUMBERS)} breakages are met and tested."]
    return "\n".join([*lines, *(f"{row.name} is not: {row.unmet}" for row in open_ones)])


def page() -> str:
    """``docs/breakages.md``."""
    return _HEAD + summary().splitlines()[0] + "\n" + "".join(_sections())


def _sections() -> Iterator[str]:
    for group in groups():
        yield f"\n## {group.title}\n\n| | what happens | what wpexport does | tests |\n|---|---|---|---|\n"
        for row in group.rows:
            said = row.answer + (f" *Not met: {row.unmet}*" if row.unmet else "")
            said += f" *{row.note}*" if row.note else ""
            tests = "<br>".join(_link(test) for test in row.tests)
            yield f"| {row.name} | {_cell(row.happens)} | {_cell(said)} | {tests} |\n"


def _link(test: str) -> str:
    path, _, name = test.partition("::")
    return f"[{name.removeprefix('test_').replace('_', ' ')}](../{path})"


def _cell(text: str) -> str:
    return text.replace("|", r"\|")
