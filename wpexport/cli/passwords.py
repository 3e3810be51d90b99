"""Where a password comes from. Never from an argument or a variable: others can read those."""

from __future__ import annotations

import netrc
import shlex
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from urllib.parse import urlsplit

import click

from wpexport.errors import LoginError, UsageError

_HOW = "Give it with --password-file, --password-command, a keyring or ~/.netrc."
_NO_KEYRING = "For the keyring, install wpexport-archive[keyring]."


@dataclass(frozen=True, slots=True)
class Login:
    """Who logs in, and where the secret is said to be."""

    user: str
    file: Path | None = None
    command: str | None = None
    #: the secret is a token, and not a password
    bearer: bool = False


def asked_for(
    user: str | None, file: Path | None, command: str | None, *, bearer: bool = False
) -> Login | None:
    """The login that the options name; None for a visitor. A token tells itself whose it is.

    Raises:
        UsageError: there is a password and nobody it belongs to, or two of them.
    """
    user = user or ("token" if bearer else None)
    if user is None:
        if file is not None or command is not None:
            raise UsageError("There is a password, and no --user.", hint="Add --user NAME.")
        return None
    if file is not None and command is not None:
        raise UsageError("Give --password-file or --password-command, not both.")
    return Login(user, file, command, bearer)


def find(login: Login, address: str) -> str:
    """The password: of the file, the command, the keyring, netrc, or asked for on a terminal.

    Raises:
        LoginError: there is none.
    """
    host = urlsplit(address if "//" in address else f"//{address}").hostname or address
    if login.file is not None:
        return _of_file(login.file)
    if login.command is not None:
        return _of_command(login.command)
    found = _of_keyring(host, login.user) or _of_netrc(host, login.user)
    if found is not None:
        return found
    if sys.stdin.isatty() and sys.stderr.isatty():
        what = "Token" if login.bearer else f"Application password of {login.user}"
        asked: str = click.prompt(f"{what} at {host}", hide_input=True, err=True)
        return asked.strip()
    what = "token" if login.bearer else f"password for {login.user}"
    raise LoginError(
        f"There is no {what} at {host}.", hint=_HOW if _has_keyring() else f"{_HOW} {_NO_KEYRING}"
    )


def _of_file(path: Path) -> str:
    try:
        text = sys.stdin.readline() if str(path) == "-" else path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise LoginError(f"The password file {path} cannot be read: {reason}.", hint="") from error
    return _first_line(text, str(path))


def _of_command(command: str) -> str:
    words: list[str] = []
    try:
        words = shlex.split(command)
        done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603 - the user's own
    except (OSError, subprocess.CalledProcessError, ValueError, IndexError) as error:
        code = f" with {error.returncode}" if isinstance(error, subprocess.CalledProcessError) else ""
        name = words[0] if words else command
        raise LoginError(f"The password command {name} failed{code}.", hint="") from error
    return _first_line(done.stdout, words[0])


def _first_line(text: str, where: str) -> str:
    line = text.partition("\n")[0].strip("\r")
    if not line:
        raise LoginError(
            f"There is no password in what {where} gives.", hint="Its first line is the password."
        )
    return line


def _has_keyring() -> bool:
    try:
        import_module("keyring")
    except ImportError:
        return False
    return True


def _of_keyring(host: str, user: str) -> str | None:
    try:
        keyring = import_module("keyring")  # of the extra "keyring"
        errors = import_module("keyring.errors")
    except ImportError:
        return None
    with suppress(errors.KeyringError):
        found: str | None = keyring.get_password(f"wpexport:{host}", user)
        return found
    return None


def _of_netrc(host: str, user: str) -> str | None:
    """The entry of ``~/.netrc`` for this very host and user; its ``default`` entry is for nobody."""
    try:
        entries = netrc.netrc().hosts
    except (OSError, netrc.NetrcParseError):
        return None
    entry = entries.get(host)
    return entry[2] if entry is not None and entry[0] == user else None
