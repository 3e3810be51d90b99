"""``wpexport log``: what each pull did."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import msgspec

from wpexport.archive.runs import Run
from wpexport.cli import account
from wpexport.cli.commands.info import ending
from wpexport.cli.console import speaking
from wpexport.cli.lazy import Examples
from wpexport.cli.options import archive_argument
from wpexport.cli.options import speaking as speaking_options
from wpexport.cli.safe import printable
from wpexport.errors import Exit
from wpexport.ops.info import info


@click.command(
    "log",
    cls=Examples,
    examples=[
        ("wpexport log example.org", "All pulls, the newest first"),
        ("wpexport log -n 1 example.org", "the last one"),
    ],
)
@archive_argument
@click.option("-n", "--last", type=click.IntRange(1), metavar="N", help="Only the last N pulls.")
@speaking_options
def command(archive: Path, last: int | None) -> int:
    """Say what each pull did, the newest first.

    Each pull leaves a report in the archive's folder runs/; this reads them.
    """
    with speaking() as console:
        runs = info(archive).runs
        shown = list(reversed(runs))[: last or len(runs)]
        for run in shown if console.state.json else ():
            console.emit({"type": "run", **msgspec.to_builtins(run)})
        if console.state.json:
            console.emit({"type": "summary", "command": "log", "runs": len(shown), "exit_code": 0})
        console.result(line for run in shown for line in _lines(run, archive))
    return Exit.DONE


def _lines(run: Run, root: Path) -> Iterator[str]:
    login = ", with a login" if run.login else ""
    yield click.style(
        printable(f"{account.moment(run.started)}  {run.source}, by {run.way}{login}{ending(run)}"), bold=True
    )
    yield f"  {account.news(run.coverage)}"
    touched = [cover for cover in run.coverage if cover.added or cover.changed]
    rows = [(cover.label, f"{cover.added:,} new", _changed(cover.changed)) for cover in touched]
    yield from account.table(rows)
    for line in (*account.withheld(run.coverage), *account.missing(run.coverage, root)):
        yield f"  {line}"
    for text in run.warnings:
        yield f"  Warning: {printable(text)}"


def _changed(number: int) -> str:
    return f"{number:,} changed" if number else ""
