"""Ctrl-C and SIGTERM: let go at once, of waiting and of running downloads too.

The archive needs no goodbye: whatever instant a run ends at, nothing stored is damaged.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from wpexport.errors import Exit

#: seconds; who has not ended by then (a download that hangs in the system) is ended
PATIENCE = 2.0

KEPT = "Interrupted. What came is kept; run the same command again to go on."
_OTHERS = "Interrupted. The archive is kept; run the same command again."


def farewell(command: str) -> str:
    """The last word of a command that was interrupted; a pull alone goes on from where it was."""
    return KEPT if command in ("", "pull") else _OTHERS


_wake: list[Callable[[], None]] = []


def _say(_code: Exit) -> None:
    sys.stderr.write(f"\n{KEPT}\n")


#: how the last word is said; `take_leave` sets it
_farewell: list[Callable[[Exit], None]] = [_say]


def take_leave(say: Callable[[Exit], None]) -> None:
    """Set how the last word is said, where the process has to be ended from outside."""
    _farewell[0] = say


class Terminated(KeyboardInterrupt):
    """SIGTERM came."""


@contextmanager
def waking(wake: Callable[[], None]) -> Iterator[None]:
    """Call ``wake`` when the process is interrupted, so that workers stop waiting."""
    _wake.append(wake)
    try:
        yield
    finally:
        _wake.remove(wake)


def watch() -> None:
    """Take Ctrl-C and SIGTERM in hand, from now to the end of the process."""
    signal.signal(signal.SIGINT, _on_signal)
    signal.signal(signal.SIGTERM, _on_signal)


def _on_signal(number: int, _frame: FrameType | None) -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # the second Ctrl-C ends it at once
    code = Exit.TERMINATED if number == signal.SIGTERM else Exit.INTERRUPTED
    # in a thread of its own: a handler runs between two instructions of the main thread, which may hold
    # the very locks that waking needs
    threading.Thread(target=_let_go, args=(code,), daemon=True).start()
    raise Terminated if number == signal.SIGTERM else KeyboardInterrupt


def _let_go(code: Exit) -> None:
    for wake in list(_wake):
        wake()
    threading.Event().wait(PATIENCE)
    _farewell[0](code)
    sys.stderr.flush()
    os._exit(code)
