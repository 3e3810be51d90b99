"""``wpexport check``: the proof that an archive is whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from wpexport.archive.check import Finding
from wpexport.cli import account
from wpexport.cli.console import speaking
from wpexport.cli.lazy import Examples
from wpexport.cli.options import archive_argument
from wpexport.cli.options import speaking as speaking_options
from wpexport.cli.safe import printable
from wpexport.errors import Exit
from wpexport.ops.check import check
from wpexport.ops.events import Checked

_WORDS = {"error": ("Damaged", "red"), "loss": ("Missing", "yellow"), "note": ("Note", "blue")}
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
    ],
)
@archive_argument
@speaking_options
def command(archive: Path) -> int:
    """Prove an archive whole, or name what is wrong.

    Reads every file and compares it with its checksum, reads every record, follows references
    between them, and looks at what the last pull could not read. Changes nothing.

    Ends with 0 when all is well, 3 when something of the blog is missing, 12 when something is damaged.
    """
    with speaking() as console:
        code = Exit.DONE
        for event in check(archive):
            console.show(event)
            if isinstance(event, Checked):
                code = event.exit_code
                console.result(_summary(event), well=code == Exit.DONE)
    return code


def _summary(checked: Checked) -> Iterator[str]:
    yield from verdict(checked)
    if any(finding.kind == "interrupted" for finding in checked.findings):
        yield f"Next: {account.typed('wpexport', 'pull', checked.root)}"


def verdict(checked: Checked) -> Iterator[str]:
    """What was found, and what that means."""
    for finding in sorted(checked.findings, key=lambda finding: list(_WORDS).index(finding.severity)):
        yield _line(finding)
    counts = ", ".join(f"{number:,} {printable(what)}" for what, number in checked.counts.items())
    yield f"{_VERDICTS[checked.exit_code]} Looked at {counts or 'nothing'}."


def _line(finding: Finding) -> str:
    word, colour = _WORDS[finding.severity]
    advice = f" {printable(finding.advice)}" if finding.advice else ""
    return f"{click.style(word + ':', fg=colour)} {printable(finding.text)}{advice}"
