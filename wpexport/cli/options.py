"""Options and arguments that several commands share, each defined once."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import click

from wpexport.cli.state import State

Command = TypeVar("Command", bound=Callable[..., Any])

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?", re.IGNORECASE)


def as_size(_ctx: click.Context, _param: click.Parameter, value: str | None) -> int | None:
    """A number of bytes, such as 500K, 20M or 1.5G."""
    if value is None:
        return None
    match = _SIZE.fullmatch(value.strip())
    if match is None:
        raise click.BadParameter(f"{value!r} is no size; write it as 500K, 20M or 1.5G.")
    size = int(float(match[1]) * 1024 ** " kmgt".index(match[2].lower() or " "))
    if size < 1024:
        raise click.BadParameter(f"{value!r} is {size} bytes; write it as 500K, 20M or 1.5G.")
    return size


def as_days(_ctx: click.Context, _param: click.Parameter, value: str | None) -> timedelta | None:
    """A number of days, such as 90d or 90."""
    if value is None:
        return None
    match = re.fullmatch(r"(\d{1,6})\s*(?:d|days?)?", value.strip(), re.IGNORECASE)
    if match is None:
        raise click.BadParameter(f"{value!r} is no number of days; write it as 90d.")
    return timedelta(days=int(match[1]))


def as_time(_ctx: click.Context, _param: click.Parameter, value: str | None) -> timedelta | None:
    """A time, such as 90s, 30m, 2h or 1h30m."""
    if value is None:
        return None
    match = re.fullmatch(r"(?:(\d{1,4})h)?\s*(?:(\d{1,6})m)?\s*(?:(\d{1,8})s)?", value.strip(), re.IGNORECASE)
    if match is None or not any(match.groups()):
        raise click.BadParameter(f"{value!r} is no time; write it as 90s, 30m or 2h.")
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)


def as_words(allowed: Sequence[str]) -> Callable[[click.Context, click.Parameter, str], frozenset[str]]:
    """Words of a list, separated by commas."""

    def callback(_ctx: click.Context, _param: click.Parameter, value: str) -> frozenset[str]:
        words = [word.strip() for word in value.split(",") if word.strip()]
        for word in words:
            if word not in allowed:
                raise click.BadParameter(f"{word!r} is none of {', '.join(allowed)}.")
        return frozenset(words)

    return callback


def _remember(name: str) -> Callable[[click.Context, click.Parameter, bool], None]:
    def callback(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
        if value:
            setattr(ctx.ensure_object(State), name, True)

    return callback


def debug_option(command: Command) -> Command:
    """``--debug``, for the group and for each command."""
    add = click.option(
        "--debug",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_remember("debug"),
        help="Print a traceback with an error.",
    )
    return add(command)


def speaking(command: Command) -> Command:
    """``--json``, ``--quiet`` and ``--debug``: how a command speaks."""
    command = debug_option(command)
    command = click.option(
        "-q",
        "--quiet",
        is_flag=True,
        expose_value=False,
        callback=_remember("quiet"),
        help="Print nothing when all is well.",
    )(command)
    return click.option(
        "--json",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_remember("json"),
        help="Print one JSON event a line, ending in a summary.",
    )(command)


def archive_argument(command: Command) -> Command:
    """The folder of an archive."""
    return click.argument("archive", type=click.Path(path_type=Path))(command)


def polite(command: Command) -> Command:
    """How hard a site may be asked."""
    for add in reversed(
        [
            click.option(
                "--jobs",
                type=click.IntRange(1, 16),
                default=2,
                show_default=True,
                metavar="N",
                help="Requests at once. It slows down by itself when the site asks for it.",
            ),
            click.option(
                "--delay",
                type=click.FloatRange(0, 600),
                default=0.0,
                show_default=True,
                metavar="SECONDS",
                help="Time between the starts of two requests.",
            ),
            click.option(
                "--user-agent", metavar="TEXT", help="Introduce yourself to the site in your own words."
            ),
            click.option(
                "--max-size",
                callback=as_size,
                metavar="SIZE",
                help="Take no answer larger than this, such as 20M (files: not fetched, and named).",
            ),
        ]
    ):
        command = add(command)
    return command


def via(command: Command) -> Command:
    """``--via``: the only way in to try."""
    from wpexport.sources.registry import WAYS

    add = click.option(
        "--via", metavar="WAY", help=f"The only way in to try: {', '.join(WAYS)}.  [default: the best one]"
    )
    return add(command)


def login(command: Command) -> Command:
    """A login: its name here, its secret in a file, from a command, the keyring, netrc or a prompt."""
    for add in reversed(
        [
            click.option(
                "--user",
                envvar="WPEXPORT_USER",
                metavar="NAME",
                help="Log in as this user, with an application password of the site. [env: WPEXPORT_USER]",
            ),
            click.option(
                "--password-file",
                envvar="WPEXPORT_PASSWORD_FILE",
                type=click.Path(dir_okay=False, path_type=Path, allow_dash=True),
                metavar="FILE",
                help="The file whose first line is the password; - is stdin. [env: WPEXPORT_PASSWORD_FILE]",
            ),
            click.option(
                "--password-command",
                envvar="WPEXPORT_PASSWORD_COMMAND",
                metavar="COMMAND",
                help="The command that prints the password. [env: WPEXPORT_PASSWORD_COMMAND]",
            ),
            click.option(
                "--bearer",
                envvar="WPEXPORT_BEARER",
                is_flag=True,
                help="The secret is a token (of WordPress.com, say), and no password. [env: WPEXPORT_BEARER]",
            ),
            click.option(
                "--cookie-file",
                envvar="WPEXPORT_COOKIE_FILE",
                type=click.Path(dir_okay=False, path_type=Path),
                metavar="FILE",
                help="For a site behind a gate: a browser's cookies.txt. [env: WPEXPORT_COOKIE_FILE]",
            ),
            click.option(
                "--header-file",
                envvar="WPEXPORT_HEADER_FILE",
                type=click.Path(dir_okay=False, path_type=Path, allow_dash=True),
                metavar="FILE",
                help="For a site behind a gate: headers, one a line; - is stdin. [env: WPEXPORT_HEADER_FILE]",
            ),
        ]
    ):
        command = add(command)
    return command
