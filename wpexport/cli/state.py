"""What holds for the whole command: how it is to speak."""

from __future__ import annotations

import os
from dataclasses import dataclass

import click


@dataclass(slots=True)
class State:
    """How this command speaks; the shared options fill it in."""

    #: one event a line on stdout
    json: bool = False
    #: nothing when all is well
    quiet: bool = False
    #: a traceback with an error
    debug: bool = False
    #: its name, once it is known
    command: str = ""


def colour() -> bool | None:
    """False where colours are unwanted (https://no-color.org); else None: click knows a terminal."""
    unwanted = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return False if unwanted else None


def current() -> State:
    """The state of the command that runs."""
    state: State = click.get_current_context().ensure_object(State)
    return state
