"""``wpexport redact``: a person's data out of an archive, for good."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from wpexport.cli import account
from wpexport.cli.console import Console, speaking
from wpexport.cli.lazy import Examples
from wpexport.cli.options import archive_argument
from wpexport.cli.options import speaking as speaking_options
from wpexport.cli.safe import printable
from wpexport.errors import Exit, UsageError
from wpexport.ops.events import Erased, Remains
from wpexport.ops.redact import Plan, Whom, find, redact

#: so many are named one by one
_NAMED = 20


@click.command(
    "redact",
    cls=Examples,
    examples=[
        ("wpexport redact example.org --comment 56", "One comment, with everything beside it"),
        ("wpexport redact example.org --email ana@example.net", "all of a person's, and the address itself"),
        ("wpexport redact example.org --user ana --dry-run", "what would go"),
    ],
)
@archive_argument
@click.option("--comment", type=int, multiple=True, metavar="ID", help="The comment of this number.")
@click.option(
    "--email",
    multiple=True,
    metavar="ADDRESS",
    help="What has this e-mail address; the address wherever it stands.",
)
@click.option("--name", multiple=True, metavar="NAME", help="The comments under this name.")
@click.option(
    "--user",
    multiple=True,
    metavar="USER",
    help="A user, by number or login name, with the comments made by it.",
)
@click.option("-n", "--dry-run", is_flag=True, help="Say what would go, and remove nothing.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask. It cannot be undone.")
@speaking_options
def command(archive: Path, *, dry_run: bool, yes: bool, **given: Any) -> int:
    """Remove a person's data from an archive, for good.

    It goes from the records, from what only you may see, from history, tombstones, the site's old
    answers and the reports. A list of numbers stays (data/redacted.jsonl), with the time and without a
    name: what is on it never comes back, by no pull and no rebuild. Answers to a comment that went stay
    as they are, and exports show them where it stood. The posts of a removed user stay.

    An address in others' texts is on no list: it comes back with the next pull that reads such a text again
    (edited, or --full). Take it out of the site as well, or remove it again after that pull.

    Exports that this machine made and that hold it are named; make them again, or delete them. So are other
    places where the name stands, such as what others wrote: look at them yourself. Copies of the archive
    elsewhere, and its git history, are not reached.

    Interrupted, it is finished by the same command; where no --email was named, by --yes alone or by the next
    pull as well. Ends with 3 when what you named still stands somewhere.
    """
    with speaking() as console:
        whom = Whom(
            frozenset(given["comment"]),
            frozenset(map(str.strip, given["email"])),
            frozenset(given["name"]),
            frozenset(given["user"]),
        )
        plan = find(archive, whom)
        if not whom and not plan.pending:
            raise UsageError("Whose data?", hint="Name --comment, --email, --name or --user.")
        if not console.state.json:
            console.result(_planned(plan), well=not dry_run)
        if dry_run:
            return _shown(console, plan)
        if not yes:
            _confirm(console)
        code = Exit.DONE
        remains: list[Remains] = []
        for event in redact(archive, plan):
            console.show(event)
            if isinstance(event, Erased):
                code = event.exit_code
                console.result(_told(event, remains), well=code == Exit.DONE and not event.exports)
            elif isinstance(event, Remains):
                remains.append(event)
    return code


def _shown(console: Console, plan: Plan) -> int:
    """The end of a dry run."""
    if console.state.json:
        line = {"type": "summary", "command": "redact", "dry_run": True, "exit_code": 0}
        console.emit(line | {"comments": sorted(plan.comments), "authors": sorted(plan.authors)})
    console.result(["Nothing was removed: this was a dry run."])
    return Exit.DONE


def _confirm(console: Console) -> None:
    """Ask, where somebody can answer."""
    if console.state.json or not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("Nothing was removed: it cannot be undone.", hint="Add --yes to do it.")
    click.confirm("Remove this for good?", abort=True, err=True)


def _planned(plan: Plan) -> Iterator[str]:
    """What is to go."""
    if plan.pending:
        yield f"To finish: {account.several(len(plan.pending), 'record')} of a run that was interrupted."
    if not (plan.comments or plan.authors or plan.pending):
        yield "No record in the archive is that person's."
        if plan.whom.emails:
            yield "The address itself may stand in texts, old answers and reports; it goes from there."
    for number in sorted(plan.comments)[:_NAMED]:
        comment = plan.comments[number]
        who = f" by {comment.author.name} on post {comment.post}" if comment else ", known to you alone"
        yield printable(f"  comment {number}{who}")
    if len(plan.comments) > _NAMED:
        yield f"  and {len(plan.comments) - _NAMED:,} more comments"
    for number in sorted(plan.authors):
        yield f"  user {number}"
    if plan.posts:
        stays = "1 post by them stays" if plan.posts == 1 else f"{plan.posts:,} posts by them stay"
        yield f"{stays}, with the user's number and any name in its text."


def _told(event: Erased, remains: list[Remains]) -> Iterator[str]:
    """What went, and where to look yourself."""
    comments = account.several(len(event.comments), "comment")
    users = account.several(len(event.authors), "user")
    yield f"Removed for good: {comments}, {users}; {account.several(event.files, 'file')} changed."
    for one in remains[:_NAMED]:
        word = one.word if len(one.word) < 60 else f"{one.word[:60]}..."
        yield printable(f"Still in {one.where}: {word}")
    if len(remains) > _NAMED:
        yield f"Still in {len(remains) - _NAMED:,} more places."
    for out, sure in event.exports:
        yield printable(
            f"The export {out} {'holds' if sure else 'may hold'} it: make it again, or delete it."
        )
    if event.in_git:
        yield "The archive is a git repository: its history still holds it."
