"""``wpexport convert``: HTML on stdin, Markdown on stdout."""

from __future__ import annotations

import sys

import click

from wpexport.cli.account import typed
from wpexport.cli.lazy import Examples
from wpexport.cli.options import debug_option
from wpexport.cli.safe import printable
from wpexport.errors import UsageError
from wpexport.text.markdown import FLAVOURS, convert


@click.command(
    "convert",
    cls=Examples,
    context_settings={"allow_extra_args": True},
    examples=[
        ("wpexport convert < post.html > post.md", "Plain Markdown"),
        ("wpexport convert --to hugo < post.html", "as Hugo reads it"),
    ],
)
@click.option(
    "--to",
    "dialect",
    type=click.Choice(sorted(FLAVOURS)),
    default="markdown",
    show_default=True,
    help="The dialect of Markdown.",
)
@debug_option
@click.pass_context
def command(ctx: click.Context, dialect: str) -> None:
    """Convert HTML on stdin to Markdown on stdout.

    No text vanishes: what Markdown cannot say stays as clean HTML. Colours and alignment are the new site's
    affair; scripts, styles and hidden parts are left out, and named on stderr. Text in and out is UTF-8.
    """
    if ctx.args:
        raise UsageError("convert reads stdin.", hint=f"Type: wpexport convert < {typed(ctx.args[0])}")
    html = sys.stdin.buffer.read().decode("utf-8-sig", "replace")
    result = convert(html, FLAVOURS[dialect])
    sys.stdout.flush()
    sys.stdout.buffer.write(result.markdown.encode("utf-8", "replace"))
    sys.stdout.buffer.flush()
    if result.dropped:
        named = ", ".join(f"{count:,} {printable(what)}" for what, count in sorted(result.dropped.items()))
        click.echo(f"Not carried over: {named}", err=True)
