"""Progress on a terminal: a bar for each collection, with counts, rate and time left."""

from __future__ import annotations

from rich.console import Console as Terminal
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskID, TextColumn, TimeRemainingColumn
from rich.text import Text

from wpexport.cli.safe import printable
from wpexport.ops.events import Moved


class Count(ProgressColumn):
    """``120/1,830``, or ``120`` where nobody knows how many there are."""

    def render(self, task: Task) -> Text:
        """The count."""
        total = "" if task.total is None else f"/{task.total:,.0f}"
        return Text(f"{task.completed:,.0f}{total}", style="progress.download")


class Rate(ProgressColumn):
    """Records per second."""

    def render(self, task: Task) -> Text:
        """The rate; nothing while none is known."""
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:,.0f}/s", style="progress.data.speed")


class Bars:
    """All collections of one run, one line each; the line of a wait stands below while it lasts."""

    def __init__(self) -> None:
        self._terminal = Terminal(stderr=True, highlight=False, markup=False)  # it honours NO_COLOR by itself
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            Count(),
            Rate(),
            TimeRemainingColumn(compact=True),
            console=self._terminal,
            refresh_per_second=8,
        )
        self._tasks: dict[str, TaskID] = {}
        self._waiting: TaskID | None = None
        self._running = False

    def moved(self, event: Moved) -> None:
        """Move a collection's bar."""
        self._start()
        self._end_wait()
        task = self._tasks.get(event.key)
        if task is None:
            label = f"{printable(event.label)[:24]:<24}"
            task = self._tasks[event.key] = self._progress.add_task(label, total=event.total)
        total = event.done if event.last else event.total
        self._progress.update(task, completed=event.done, total=total)
        if event.last:
            self._progress.stop_task(task)

    def waited(self, reason: str, seconds: float) -> None:
        """Say what is waited for."""
        self._start()
        self._end_wait()
        text = f"Waiting {seconds:.0f} s: {printable(reason)}"
        self._waiting = self._progress.add_task(text, total=None, visible=True)

    def message(self, text: str) -> None:
        """Print a line above the bars."""
        self._terminal.print(Text.from_ansi(text), soft_wrap=True)

    def close(self) -> None:
        """Leave the bars as they are and give the terminal back."""
        if self._running:
            self._end_wait()
            self._progress.stop()
            self._running = False

    def _start(self) -> None:
        if not self._running:
            self._progress.start()
            self._running = True

    def _end_wait(self) -> None:
        if self._waiting is not None:
            self._progress.remove_task(self._waiting)
            self._waiting = None
