"""``wpexport diff``: two archives, field by field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click

from wpexport.cli import account
from wpexport.cli.console import speaking
from wpexport.cli.lazy import Examples
from wpexport.cli.options import speaking as speaking_options
from wpexport.cli.safe import printable
from wpexport.errors import Exit
from wpexport.ops.diff import diff
from wpexport.ops.events import Compared, Difference


@click.command(
    "diff",
    cls=Examples,
    examples=[
        ("wpexport diff by-rest by-feed", "What the feeds could not say"),
        ("wpexport diff --all before after", "each difference, a line each"),
        ("wpexport diff old-house new-house", "Did the move lose anything?"),
    ],
)
@click.argument("one", type=click.Path(path_type=Path))
@click.argument("two", type=click.Path(path_type=Path))
@click.option("--all", "every", is_flag=True, help="Show each difference, not only how many of which cause.")
@speaking_options
def command(one: Path, two: Path, every: bool) -> int:
    """Compare two archives, field by field.

    Says what differs and by which cause: other markup around the same words, other words, a media file that
    one of them lacks. Ends with 3 when anything differs. What lies in the nature of the ways that filled the
    archives (a feed has no featured images, an export file no rendered texts) is listed apart, and does not
    count: docs/ways.md explains it. Of media files the hashes are compared that were stored when they came;
    wpexport check proves them.

    A blog that moved into another WordPress is recognised, though all its numbers are others. What no move
    can help is listed apart too (docs/moving.md explains it), and does not count.
    """
    code = Exit.DONE
    found: list[Difference] = []
    with speaking() as console:
        for event in diff(one, two):
            console.show(event)
            if isinstance(event, Difference):
                found.append(event)
            elif isinstance(event, Compared):
                code = event.exit_code
                lines = _each(found) if every else _by_cause(found)
                console.result([*lines, _verdict(event)], well=code == Exit.DONE)
    return code


def _by_cause(found: list[Difference]) -> Iterator[str]:
    if natural := [d for d in found if d.natural]:
        yield "What lies in the nature of the ways (docs/ways.md):"
        yield from _counted(natural)
    if expected := [d for d in found if d.expected]:
        yield "What no move can help (docs/moving.md):"
        yield from _counted(expected)
    if others := [d for d in found if not (d.expected or d.natural)]:
        yield "Differences:"
        yield from _counted(others)


def _counted(found: list[Difference]) -> Iterator[str]:
    causes = Counter((d.cause, f"{d.kind}{'.' if d.field else ''}{d.field}") for d in found)
    last = ""
    for (cause, place), number in sorted(causes.items()):
        if cause != last:
            yield click.style(printable(cause[:1].upper() + cause[1:]), bold=True)
            last = cause
        yield from account.table([(place, f"{number:,}", "")])


def _each(found: list[Difference]) -> Iterator[str]:
    for d in found:
        yield printable(f"{d.kind} {d.name} {d.field}: {d.cause}".replace(" :", ":"))
        if d.one or d.two:
            yield f"  - {printable(d.one)}"
            yield f"  + {printable(d.two)}"


def _verdict(event: Compared) -> str:
    count, expected, natural = (sum(c.values()) for c in (event.causes, event.expected, event.natural))
    alike = [account.several(event.same, "record")]
    alike += [account.several(event.files, "media file")] if event.files else []
    equal = f"{' and '.join(alike)} equal"
    if natural:
        equal += f" in all that both ways can say; {natural:,} more things differ by their nature"
    if expected:
        equal += f"; {account.several(expected, 'difference')} that no move can help"
    return f"{account.several(count, 'difference') if count else 'No difference'}; {equal}."
