"""``wpexport probe``: what could be had from a site, before anything is pulled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click
import msgspec

from wpexport.cli import account
from wpexport.cli.client import access_of, client
from wpexport.cli.console import speaking
from wpexport.cli.lazy import Examples
from wpexport.cli.options import login, polite, via
from wpexport.cli.options import speaking as speaking_options
from wpexport.cli.safe import printable
from wpexport.errors import Exit
from wpexport.ops.probe import Probe, Seen, probe


@click.command(
    "probe",
    cls=Examples,
    examples=[
        ("wpexport probe https://example.org", "What is there, and what is closed, by whom"),
        ("wpexport probe --json https://example.org", "the same for a program"),
    ],
)
@click.argument("source")
@via
@login
@polite
@speaking_options
def command(source: str, **given: Any) -> int:
    """Say what could be had from a site, by which way, and what not.

    Pulls nothing and writes nothing. Begins with what no visitor can see; a login may add it.
    """
    access = access_of(given, source)
    with speaking() as console, client(console, access, given) as http:
        found = probe(http, source, via=given["via"])
        if console.state.json:
            body: dict[str, Any] = msgspec.to_builtins(found, enc_hook=str)
            console.emit({"type": "summary", "command": "probe", "exit_code": 0, **body})
        console.result(_lines(found))
    return Exit.DONE


def _lines(found: Probe) -> Iterator[str]:
    yield from account.invisible(found.login_adds, had_login=found.login is not None)
    name = f"{found.site.name}, " if found.site.name else ""
    yield click.style(printable(f"{name}{found.site.home}"), bold=True)
    yield from account.table([(label, "", value) for label, value in _facts(found) if value])
    yield from account.table([_row(seen) for seen in found.collections])
    for way, reason in sorted(found.refused.items()):
        if reason:
            yield f"Not by {printable(way)}: {printable(account.plainly(reason))}"
    yield f"Next: {account.typed('wpexport', 'pull', found.address)}"


def _facts(found: Probe) -> Iterator[tuple[str, str]]:
    yield "WordPress", found.version or ""
    yield "read by", found.way
    yield "REST API", found.root or ""
    yield "feed", found.feed or ""
    yield "behind", ", ".join(found.hosting)
    yield "languages by", ", ".join(found.languages)
    yield "network", "one of several sites" if found.multisite else ""
    yield "login", found.login.name if found.login else ""


def _row(seen: Seen) -> tuple[str, str, str]:
    if seen.way is None:
        by = f" (by {seen.by})" if seen.by else ""
        reason = seen.closed or "no reason given"
        return seen.label, "-", f"closed{by}: {reason if by else account.plainly(reason)}"
    count = "?" if seen.expected is None else f"{seen.expected:,}"
    why = f", since by the API: {account.plainly(seen.closed)}" if seen.closed else ""
    return seen.label, count, f"by {seen.way}{why}"
