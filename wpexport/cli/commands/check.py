"""``wpexport check``: the proof that an archive is whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from wpexport.archive.archive import Archive
from wpexport.archive.check import Finding
from wpexport.cli import account
from wpexport.cli.client import access_of, client
from wpexport.cli.console import Console, speaking
from wpexport.cli.lazy import Examples
from wpexport.cli.options import archive_argument, login, polite
from wpexport.cli.options import speaking as speaking_options
from wpexport.cli.safe import printable
from wpexport.errors import Exit
from wpexport.ops.against import against
from wpexport.ops.check import check
from wpexport.ops.events import Checked, Event, Pulled, Rebuilt
from wpexport.ops.media import MediaOptions
from wpexport.ops.pull import PullOptions
from wpexport.ops.rebuild import rebuild
from wpexport.ops.repair import repair, settings_mended
from wpexport.sources.base import Source
from wpexport.sources.registry import open_source

#: so many notes of one kind are told one by one
_NOTES = 8
_WORDS = {
    "error": ("Damaged", "red"),
    "loss": ("Missing", "yellow"),
    "extra": ("Put in", "yellow"),
    "note": ("Note", "blue"),
}
_PUT_IN = "The archive is sound but for what was put into it."
_VERDICTS = {
    Exit.DONE: "The archive is whole.",
    Exit.INCOMPLETE: "The archive is sound, and something of the blog is missing in it.",
    Exit.DAMAGED: "The archive is damaged.",
}


@click.command(
    "check",
    cls=Examples,
    examples=[
        ("wpexport check example.org", "Look at every file and record"),
        ("wpexport check -q example.org || echo 'look at the backup'", "in a script"),
        ("wpexport check example.org --against https://example.org", "and at the live site"),
        ("wpexport check example.org --repair", "fetch again what is damaged"),
    ],
)
@archive_argument
@click.option(
    "--against",
    metavar="SITE",
    help="Compare with the live site, too: counts, records chosen at random, its sitemap.",
)
@click.option(
    "--sample",
    type=click.IntRange(1),
    default=20,
    show_default=True,
    metavar="N",
    help="With --against: compare so many records of each kind.",
)
@click.option(
    "--repair",
    is_flag=True,
    help="Put right what is damaged: from the site, and what it has no more from its old answers.",
)
@click.option(
    "--rebuild",
    is_flag=True,
    help="Make all records again from the site's old answers, offline, as this version reads them.",
)
@login
@polite
@speaking_options
def command(archive: Path, **given: Any) -> int:
    """Prove an archive whole, or name what is wrong.

    Reads every file and compares it with its checksum, reads every record, follows references
    between them, and looks at what the last pull could not read. Changes nothing, unless --repair or
    --rebuild is given; then what is replaced goes to history, and damaged files to state/damaged.

    Ends with 0 when all is well, 3 when something of the blog is missing or a file
    was put into data/, 12 when something is damaged.
    """
    with speaking() as console:
        code = Exit.DONE
        for event in _proof(console, archive, given):
            console.show(event)
            if isinstance(event, Checked):
                code = event.exit_code
                console.result(_summary(event), well=code == Exit.DONE)
    return code


def _proof(console: Console, root: Path, given: dict[str, Any]) -> Iterator[Event]:
    """All that is asked for, with one summary at the end."""
    findings: list[Finding] = []
    counts: dict[str, int] = {}
    code = Exit.DONE
    for event in _steps(console, root, given):
        if isinstance(event, Checked):
            findings += event.findings
            counts |= event.counts
            code = max(code, event.exit_code)  # 12 is worse than 3
        elif not isinstance(event, Pulled | Rebuilt):
            yield event
    yield Checked(root, code, counts, findings)


def _steps(console: Console, root: Path, given: dict[str, Any]) -> Iterator[Event]:
    if given["repair"]:
        yield from settings_mended(root)
    if given["rebuild"]:
        yield from rebuild(root)
    if not given["repair"] and given["against"] is None:
        yield from check(root)
        return
    settings = Archive.open(root).settings()
    address = given["against"] or settings.source
    with client(console, access_of(given, address), given) as http:

        def connect() -> Source:
            return open_source(http, address, via=settings.via)

        options = PullOptions(media=MediaOptions(which=settings.media), via=settings.via)
        yield from repair(root, connect, options, http) if given["repair"] else check(root)
        if given["against"] is not None:
            yield from against(root, connect, http, sample=given["sample"])


def _summary(checked: Checked) -> Iterator[str]:
    yield from verdict(checked)
    if any(finding.kind == "interrupted" for finding in checked.findings):
        yield f"Next: {account.typed('wpexport', 'pull', checked.root)}"


def verdict(checked: Checked) -> Iterator[str]:
    """What was found, and what that means."""
    notes: Counter[str] = Counter()
    for finding in sorted(checked.findings, key=lambda finding: list(_WORDS).index(finding.severity)):
        notes[finding.kind] += finding.severity in ("note", "extra")
        if notes[finding.kind] <= _NOTES:
            yield _line(finding)
    if more := sum(max(0, number - _NOTES) for number in notes.values()):
        yield f"And {account.several(more, 'finding')} of the same kinds; --json names each."
    # of all types, as WordPress' own table of posts: pages and items of menus, too
    names = {"posts": "posts of all types"}
    counts = ", ".join(
        f"{number:,} {printable(names.get(what, what))}" for what, number in checked.counts.items()
    )
    put_in = checked.exit_code == Exit.INCOMPLETE and "loss" not in {f.severity for f in checked.findings}
    yield f"{_PUT_IN if put_in else _VERDICTS[checked.exit_code]} Looked at {counts or 'nothing'}."


def _line(finding: Finding) -> str:
    word, colour = _WORDS[finding.severity]
    advice = f" {printable(finding.advice)}" if finding.advice else ""
    return f"{click.style(word + ':', fg=colour)} {printable(finding.text)}{advice}"
