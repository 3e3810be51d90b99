"""``wpexport log``: what each pull did."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import msgspec

from wpexport.archive.runs import Run, run_time
from wpexport.cli import account
from wpexport.cli.commands.info import ending
from wpexport.cli.console import Console, speaking
from wpexport.cli.lazy import Examples
from wpexport.cli.options import archive_argument
from wpexport.cli.options import speaking as speaking_options
from wpexport.cli.safe import printable
from wpexport.errors import Exit
from wpexport.ops.info import info
from wpexport.ops.log import Told, log_record


@click.command(
    "log",
    cls=Examples,
    examples=[
        ("wpexport log example.org", "All pulls, the newest first"),
        ("wpexport log -n 1 example.org", "the last one"),
        ("wpexport log example.org 1234", "all that is known of a post: its versions, and what said so"),
        ("wpexport log example.org comments:56", "of a comment"),
    ],
)
@archive_argument
@click.argument("record", metavar="[ID]", required=False)
@click.option("-n", "--last", type=click.IntRange(1), metavar="N", help="Only the last N pulls.")
@speaking_options
def command(archive: Path, record: str | None, last: int | None) -> int:
    """Say what each pull did, the newest first; or what happened to one record, the oldest first.

    Each pull leaves a report in the archive's folder runs/; this reads them. ID is a number in WordPress, for
    all records that have it, or a kind and a number: posts:12, media:12, comments:12, terms:12, authors:12.
    """
    with speaking() as console:
        if record is not None:
            return _record(console, archive, record)
        runs = info(archive).runs
        shown = list(reversed(runs))[: last or len(runs)]
        for run in shown if console.state.json else ():
            console.emit({"type": "run", **msgspec.to_builtins(run)})
        if console.state.json:
            console.emit({"type": "summary", "command": "log", "runs": len(shown), "exit_code": 0})
        console.result(line for run in shown for line in _lines(run, archive))
    return Exit.DONE


def _record(console: Console, archive: Path, name: str) -> int:
    told = list(log_record(archive, name))
    if console.state.json:
        for one in told:
            console.emit({"type": "record", **msgspec.to_builtins(one)})
        console.emit({"type": "summary", "command": "log", "records": len(told), "exit_code": 0})
    console.result(line for one in told for line in _told(one))
    return Exit.DONE


def _told(told: Told) -> Iterator[str]:
    """One thing that happened to a record."""
    when = account.moment(run_time(told.run)) if told.run else "before any answer that is kept"
    apart = ", known to its owner alone" if told.private else ""
    if told.what == "redacted":
        yield f"{when}  {told.kind} {told.number} was removed for good"
        return
    if told.what == "vanished":
        yield click.style(
            printable(f"{when}  {told.kind} {told.number} vanished: {told.how}{apart}"), bold=True
        )
        return
    now = " (as it is stored now)" if told.current else ""
    yield click.style(printable(f"{when}  {told.kind} {told.number}{now}{apart}"), bold=True)
    for name in ("status", "title", "name", "slug", "date", "modified"):
        value = told.record.get(name)
        if value:
            yield printable(f"  {name}: {value}")
    text = (told.record.get("content") or {}).get("html")
    if text:
        yield f"  text: {len(text):,} characters"
    if told.files:
        yield printable(f"  from the export file {', '.join(told.files)}")
    for said in told.said:
        yield printable(f"  from {said.file}: {said.url} ({said.time})")


def _lines(run: Run, root: Path) -> Iterator[str]:
    login = ", with a login" if run.login else ""
    yield click.style(
        printable(f"{account.moment(run.started)}  {run.source}, by {run.way}{login}{ending(run)}"), bold=True
    )
    yield f"  {account.did(run)}"
    touched = [cover for cover in run.coverage if cover.added or cover.changed]
    rows = [(cover.label, f"{cover.added:,} new", _changed(cover.changed)) for cover in touched]
    yield from account.table(rows)
    yield from _cost(run.traffic)
    for line in (*account.withheld(run.coverage), *account.missing(run.coverage, root)):
        yield f"  {line}"
    for text in run.warnings:
        yield f"  {'Warning: ' if run.is_pull else ''}{printable(text)}"


def _cost(traffic: dict[str, Any]) -> Iterator[str]:
    """What a pull cost the site."""
    if "requests" not in traffic:
        return
    sweep = traffic.get("purposes", {}).get("sweep")
    apart = (
        f"; of them for the look at all numbers: {_spent(sweep)}, {sweep['seconds']:,.1f} s" if sweep else ""
    )
    yield f"  {_spent(traffic)}{apart}"


def _spent(spent: dict[str, Any]) -> str:
    return f"{account.several(spent['requests'], 'request')}, {account.size(spent['bytes'])}"


def _changed(number: int) -> str:
    return f"{number:,} changed" if number else ""
