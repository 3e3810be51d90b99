"""What holds for the whole command: how it is to speak."""

from __future__ import annotations

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


def current() -> State:
    """The state of the command that runs."""
    state: State = click.get_current_context().ensure_object(State)
    return state
