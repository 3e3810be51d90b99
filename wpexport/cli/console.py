"""Where a command's words go: results to stdout, progress and messages to stderr, or JSON lines to stdout."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

import click

from wpexport.cli.safe import printable
from wpexport.cli.state import State, current

if TYPE_CHECKING:
    from wpexport.ops.events import Event, Moved


class Progress(Protocol):
    """How progress is shown."""

    def moved(self, event: Moved) -> None:
        """A collection came further."""

    def waited(self, reason: str, seconds: float) -> None:
        """A request waits."""

    def message(self, text: str) -> None:
        """Print a line beside the progress; its text is safe already."""

    def close(self) -> None:
        """Leave the terminal as it was."""


class Lines:
    """Plain lines: one for each collection that is done, and one for each long wait."""

    def moved(self, event: Moved) -> None:
        """Say a collection's count at its end."""
        if event.last:
            self.message(f"{printable(event.label)}: {counted(event.done, event.total)}")

    def waited(self, reason: str, seconds: float) -> None:
        """Say what is waited for, unless it is over before one has read it."""
        if seconds >= 5:
            self.message(f"Waiting {seconds:.0f} s: {printable(reason)}")

    def message(self, text: str) -> None:
        """Print to stderr."""
        click.echo(text, err=True)

    def close(self) -> None:
        """Nothing to put back."""


class Silent(Lines):
    """``--quiet``: messages alone."""

    def moved(self, event: Moved) -> None:
        """Say nothing."""

    def waited(self, reason: str, seconds: float) -> None:
        """Say nothing."""


class Console:
    """What a command speaks through. Thread-safe: waits are told by workers."""

    def __init__(self, state: State, progress: Progress) -> None:
        self.state = state
        self._progress = progress
        self._lock = threading.Lock()

    def show(self, event: Event) -> None:
        """Show one event, in the way this console has."""
        if self.state.json:
            from wpexport.cli.jsonlines import as_json

            self.emit(as_json(event))
            return
        from wpexport.ops.events import Moved, Waited, Warned

        with self._lock:
            if isinstance(event, Moved):
                self._progress.moved(event)
            elif isinstance(event, Waited):
                self._progress.waited(event.reason, event.seconds)
            elif isinstance(event, Warned):
                self._progress.message(f"{click.style('Warning:', fg='yellow')} {printable(event.text)}")

    def emit(self, line: dict[str, Any]) -> None:
        """Print one JSON object to stdout; it is ASCII, and so safe everywhere."""
        with self._lock, unread_allowed():
            sys.stdout.write(json.dumps(line) + "\n")
            sys.stdout.flush()

    def note(self, text: str) -> None:
        """Say something to people, on stderr."""
        if not self.state.json and not self.state.quiet:
            with self._lock:
                self._progress.message(printable(text))

    def result(self, lines: Iterable[str], *, well: bool = True) -> None:
        """Print a result to stdout; with ``--quiet`` only when not all is well. Lines are safe already."""
        self._progress.close()
        if self.state.json or (self.state.quiet and well):
            return
        for line in lines:
            with unread_allowed():
                click.echo(line)

    def close(self) -> None:
        """Leave the terminal as it was."""
        self._progress.close()


@contextmanager
def unread_allowed() -> Iterator[None]:
    """Write to stdout; where nobody reads it any more (``| head``), the work goes on without it."""
    try:
        yield
    except BrokenPipeError:
        # Python flushes once more at its end, and would complain
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


@contextmanager
def speaking() -> Iterator[Console]:
    """The console of the command that runs."""
    state = current()
    state.command = click.get_current_context().info_name or ""
    console = Console(state, _progress(state))
    try:
        yield console
    finally:
        console.close()


def _progress(state: State) -> Progress:
    if state.quiet or state.json:
        return Silent()
    if not is_animated():
        return Lines()
    from wpexport.cli.bars import Bars

    return Bars()


def is_animated() -> bool:
    """Whether stderr is a terminal on which progress can move."""
    return sys.stderr.isatty() and os.environ.get("TERM", "") not in ("dumb", "unknown")


def counted(done: int, total: int | None) -> str:
    """A count, with its total where that says more; a site's own total may be too small."""
    return f"{done:,}" if total is None or total <= done else f"{done:,} of {total:,}"
