"""``wpexport info``: an archive at a glance."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import msgspec

from wpexport.archive.runs import Run
from wpexport.cli import account
from wpexport.cli.console import speaking
from wpexport.cli.lazy import Examples
from wpexport.cli.options import archive_argument
from wpexport.cli.options import speaking as speaking_options
from wpexport.cli.safe import printable
from wpexport.errors import Exit
from wpexport.ops.info import Info, info

_RUNS = 5


@click.command(
    "info",
    cls=Examples,
    examples=[
        ("wpexport info example.org", "What is inside, and what is missing"),
        ("wpexport info --json example.org", "the same for a program"),
    ],
)
@archive_argument
@speaking_options
def command(archive: Path) -> int:
    """Say what is in an archive, and what is missing.

    Begins with what no visitor can see: a pull without a login cannot have it. Then what the last
    full pull received, what the site withheld, what could not be read, and the last pulls.
    Opens no record; to prove that all is well, use `wpexport check`.
    """
    with speaking() as console:
        found = info(archive)
        if console.state.json:
            console.emit(_as_json(found))
        console.result(_lines(found))
    return Exit.DONE


def _as_json(found: Info) -> dict[str, object]:
    body: dict[str, object] = msgspec.to_builtins(found, enc_hook=str)
    return {"type": "summary", "command": "info", "exit_code": 0, **body}


def _lines(found: Info) -> Iterator[str]:
    last = found.last
    yield from account.invisible(
        found.invisible,
        had_login=bool(last and last.login),
        way=last.way if last else "",
        former=found.last_login,
    )
    site = found.site
    home = found.settings.home or found.settings.source
    name = f"{site.name}, " if site is not None and site.name else ""
    yield click.style(printable(f"{name}{home}"), bold=True)
    yield from account.collections(found.coverage)
    if found.removed:
        comments = account.several(found.removed["comments"], "comment")
        users = account.several(found.removed["authors"], "user")
        yield f"Removed for good since then, and counted above: {comments}, {users}."
    yield from account.withheld(found.coverage)
    damaged = [found.unrepaired] if found.unrepaired else []
    yield from account.missing(
        [*found.coverage, *damaged], found.root, f"{found.root / 'runs' / last.run}.json" if last else ""
    )
    yield from _disk(found)
    if found.interrupted:
        yield (
            "The last pull was interrupted; all it stored is kept. "
            f"Finish it: {account.again(found.root, files=found.settings.from_files)}"
        )
    yield from _runs(found.runs)


def _disk(found: Info) -> Iterator[str]:
    public = f"{account.size(found.public_size)} in {account.several(found.public.total(), 'file')}"
    if not found.private:
        yield f"On disk: {public}."
        return
    private = f"{account.size(found.private_size)} in {account.several(found.private.total(), 'file')}"
    yield f"On disk: {public}; for you alone, in private/: {private}."


def _runs(runs: list[Run]) -> Iterator[str]:
    if not runs:
        yield "No pull has finished yet."
        return
    yield f"Last of {account.several(len(runs), 'pull')}:" if len(runs) > 1 else "One pull:"
    for run in reversed(runs[-_RUNS:]):
        yield f"  {account.moment(run.started)}  {account.did(run)}{ending(run)}"


def ending(run: Run) -> str:
    """How a run ended, where that needs a word."""
    words = []
    if run.partial:
        words.append("a part of the site")
    if run.exit_code:
        words.append("incomplete" if run.exit_code == Exit.INCOMPLETE else f"ended with {run.exit_code}")
    return f" ({', '.join(words)})" if words else ""
