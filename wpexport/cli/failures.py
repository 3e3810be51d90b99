"""How a command ends: an error becomes one sentence, what to do next, and the right exit code."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from difflib import get_close_matches
from typing import Any, NoReturn

import click

from wpexport.cli import interrupt
from wpexport.cli.console import unread_allowed
from wpexport.cli.safe import printable
from wpexport.cli.state import State, colour
from wpexport.errors import Exit, WpexportError

REPORT = "This is a fault of wpexport. Repeat the command with --debug, and report what it prints."


def leave(run: Callable[[], Any], state: State) -> NoReturn:
    """Run a command and leave the process with its exit code."""
    interrupt.take_leave(lambda code: tell(state, interrupt.farewell(state.command), "", code))
    try:
        result = run()
        with unread_allowed():
            sys.stdout.flush()
    except click.exceptions.NoArgsIsHelpError as error:  # `wpexport` alone
        click.echo(error.format_message(), err=True)
        sys.exit(Exit.USAGE)
    except Exception as error:
        if state.debug:
            _traceback()
        code, sentence, hint = described(error, state.command)
        tell(state, sentence, hint, code)
        sys.exit(code)
    except KeyboardInterrupt as error:  # where click is not between
        sys.exit(_interrupted(error, state))
    sys.exit(result if isinstance(result, int) else Exit.DONE)


def tell(state: State, sentence: str, hint: str, code: Exit) -> None:
    """Say on stderr what went wrong and what to do next."""
    if state.json:
        line = {"type": "error", "message": sentence, "hint": hint, "exit_code": int(code)}
        click.echo(json.dumps(line), err=True)
        return
    mark = click.style("Error:", fg="red", bold=True)
    click.echo(f"{mark} {printable(sentence)}", err=True, color=colour())
    for part in hint.splitlines():
        click.echo(printable(part), err=True)


def described(error: Exception, command: str = "") -> tuple[Exit, str, str]:
    """What to tell of an error: exit code, sentence, hint."""
    if isinstance(error, WpexportError):
        return error.exit_code, str(error), error.hint
    if isinstance(error, click.Abort):
        return _ended(error.__cause__), interrupt.farewell(command), ""
    if isinstance(error, click.NoSuchOption) and error.possibilities:
        # click sorts them by the alphabet
        near = get_close_matches(error.option_name, error.possibilities, n=3, cutoff=0)
        return Exit.USAGE, f"{error.message} Did you mean {' or '.join(near)}?", _usage(error)
    if isinstance(error, click.UsageError):
        return Exit.USAGE, error.format_message(), _usage(error)
    if isinstance(error, click.ClickException):
        return Exit.FAILED, error.format_message(), ""
    if isinstance(error, PermissionError):
        return (
            Exit.FAILED,
            _system(error),
            "Is it another user's? Name another place, or become that user.",
        )
    if isinstance(error, OSError):
        return Exit.FAILED, _system(error), "Everything stored so far is kept. Put this right, and repeat."
    if type(error).__name__ == "OperationalError" and "disk" in str(error):  # sqlite3's words for a full one
        return Exit.FAILED, f"{str(error).capitalize()}.", "Put this right, and repeat."
    return Exit.FAILED, f"{type(error).__name__}: {error}", REPORT


def _usage(error: click.UsageError) -> str:
    if error.ctx is None:
        return ""
    return f"{error.ctx.get_usage()}\nSee {error.ctx.command_path} --help"


def _system(error: OSError) -> str:
    """What the operating system says, such as a full disk, with the file it is about."""
    reason = error.strerror or str(error)
    return f"{error.filename}: {reason}." if error.filename else f"{reason}."


def _interrupted(error: BaseException, state: State) -> Exit:
    code = _ended(error)
    tell(state, interrupt.farewell(state.command), "", code)
    return code


def _ended(error: BaseException | None) -> Exit:
    return Exit.TERMINATED if isinstance(error, interrupt.Terminated) else Exit.INTERRUPTED


def _traceback() -> None:
    import traceback

    click.echo(traceback.format_exc(), err=True)
