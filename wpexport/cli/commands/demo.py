"""``wpexport demo``: the whole round, without a network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from wpexport.cli import account
from wpexport.cli.commands.check import verdict
from wpexport.cli.commands.export import exported
from wpexport.cli.commands.pull import brought
from wpexport.cli.console import Console, speaking
from wpexport.cli.lazy import Examples
from wpexport.cli.options import speaking as speaking_options
from wpexport.cli.safe import printable
from wpexport.errors import Exit
from wpexport.ops.demo import Step, demo
from wpexport.ops.events import Checked, Event, Exported, Found, Pulled


@click.command(
    "demo",
    cls=Examples,
    examples=[
        ("wpexport demo", "The round, into the folder wpexport-demo"),
        ("wpexport demo /tmp/try", "into another folder"),
    ],
)
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path), default=Path("wpexport-demo"))
@speaking_options
def command(folder: Path) -> int:
    """Try the whole round on a small built-in blog.

    Serves a sample blog on this machine as WordPress would, pulls it into DIR, checks the archive,
    exports it to Markdown, and says what to open. No network, no account, a few seconds.
    """
    with speaking() as console:
        found: Found | None = None
        for event in demo(folder):
            if isinstance(event, Step):
                _begin(console, event)
                continue
            console.show(event)
            found = event if isinstance(event, Found) else found
            _ended(console, event, found)
        console.result(_what_to_open(folder))
        if console.state.json:
            console.emit({"type": "summary", "command": "demo", "folder": str(folder), "exit_code": 0})
    return Exit.DONE


def _begin(console: Console, step: Step) -> None:
    """Say what is done now, and how one would type it."""
    if console.state.json:
        console.emit({"type": "step", "text": step.text, "command": step.command})
    console.result([click.style(f"\n{printable(step.text)}", bold=True), f"  {printable(step.command)}"])


def _ended(console: Console, event: Event, found: Found | None) -> None:
    """Say how a step ended."""
    if isinstance(event, Pulled):
        console.result(brought(event, found))
    elif isinstance(event, Checked):
        console.result(verdict(event))
    elif isinstance(event, Exported):
        console.result(exported(event))


def _what_to_open(folder: Path) -> Iterator[str]:
    yield click.style("\nOpen", bold=True)
    rows = [
        (f"{folder}/markdown", "the blog as Markdown, for an editor or a code host"),
        (
            f"{folder}/hugo",
            f"the same for Hugo; if you have it: {account.typed('hugo', 'server', '-s', folder / 'hugo')}",
        ),
        (f"{folder}/archive/data/posts", "the archive: one JSON file a post"),
    ]
    yield from account.table([(place, "", meaning) for place, meaning in rows])
    yield f"Next: {account.typed('wpexport', 'pull', 'https://your-blog.example')}"
