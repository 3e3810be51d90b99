"""Threads that make requests ahead of who needs the answers."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Workers:
    """A fixed number of threads, kept for a client's life so that their connections are kept too.

    They are daemons: an interrupted program does not wait for a server that hangs, as it would at the end of
    ``concurrent.futures.ThreadPoolExecutor``.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._threads: list[threading.Thread] = []
        self._queue: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._closed = False

    def submit(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have ``work`` done by the next free thread. Never wait for a result inside ``work``."""
        future: Future[T] = Future()

        def do() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(work(*args, **kwargs))
            except BaseException as error:
                future.set_exception(error)

        with self._lock:
            if self._closed:
                future.cancel()
                return future
            if len(self._threads) < self._count:
                thread = threading.Thread(target=self._run, name="wpexport-net", daemon=True)
                self._threads.append(thread)
                thread.start()
        self._queue.put(do)
        return future

    def _run(self) -> None:
        while (do := self._queue.get()) is not None:
            do()

    def close(self) -> None:
        """Drop what has not begun, and let the threads end."""
        with self._lock:
            self._closed = True
        pending: list[Any] = []
        try:
            while True:
                pending.append(self._queue.get_nowait())
        except Empty:
            pass
        for _ in self._threads:
            self._queue.put(None)
