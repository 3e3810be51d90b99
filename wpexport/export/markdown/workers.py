"""Converts posts on all cores: the same pieces, in the same order, whatever the number of processes.

A process of its own converts a handful of posts at a time and hands the pieces back. Only so many are under
way at once, so memory does not grow with the blog. A worker writes no file and opens none; when this process
ends, however it ends, the workers' pipes close and they end too.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import fields, replace
from hashlib import sha256
from multiprocessing import get_context
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any, NamedTuple

from wpexport.export.markdown.facts import Context
from wpexport.export.markdown.memory import Known, entry_of, standing
from wpexport.export.markdown.places import Place
from wpexport.export.markdown.post import Piece, convert_post
from wpexport.model import Comment, Post, decode

#: posts in one parcel
_PARCEL = 16
#: parcels that wait at each worker or are in its hands
_AHEAD = 2
#: more processes gain nothing: this one writes the files
_MOST = 8
#: with fewer posts, starting processes takes longer than converting
_FEW_TO_FORK, _FEW_TO_SPAWN = 100, 600

#: a post and its comments as lines, its place and what is known of it, as they travel
Packed = tuple[Sequence[bytes], Place, Known | None, bytes]


class Job(NamedTuple):
    """One post to convert."""

    post: Post
    comments: list[Comment]
    place: Place
    #: by a former export, whose files are all there still
    known: Known | None = None
    #: of all that it is made of; empty where nothing is to be remembered
    digest: bytes = b""
    #: the post and its comments as lines
    lines: Sequence[bytes] = ()


def _convert(job: Job, context: Context) -> Piece:
    """Make a post's files, unless they are known to be as they would be."""
    if job.known is not None and (piece := standing(job.known, job.post, job.place, context)) is not None:
        return piece
    piece = convert_post(job.post, job.comments, job.place, context)
    if job.digest:
        piece.hashes = {path: sha256(data).hexdigest() for path, data in piece.files.items()}
        piece.entry = entry_of(piece)
    piece.questions = []
    return piece


class Done(NamedTuple):
    """What became of a parcel: the pieces, and the error that ended it early."""

    pieces: list[Piece]
    error: Exception | None


def how_many(posts: int) -> int:
    """Processes that are worth their start for so many posts."""
    few = _FEW_TO_FORK if _way() == "fork" else _FEW_TO_SPAWN
    return 1 if posts < few else min(_cores(), _MOST)


def _cores() -> int:
    """The cores that this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed is not None else os.cpu_count() or 1


def _way() -> str:
    """Forking is cheap, and safe only on Linux and where no other thread could hold a lock."""
    return "fork" if sys.platform == "linux" and threading.active_count() == 1 else "spawn"


def convert_all(jobs: Iterable[Job], context: Context, workers: int) -> Iterator[tuple[Job, Piece]]:
    """Convert posts and yield them in order; an error comes after all posts before it."""
    if workers < 2:
        for job in jobs:
            yield job, _convert(job, context)
        return
    crew = _Crew(context, workers)
    try:
        yield from crew.convert(iter(jobs))
    finally:
        crew.close()


class _Worker:
    """One process and the pipe to it."""

    def __init__(self, context: Context, way: str, crew: Sequence[_Worker]) -> None:
        # the two have a base in common that names no Process
        system = get_context("fork") if way == "fork" else get_context("spawn")
        self.pipe, theirs = system.Pipe()
        ours = [worker.pipe for worker in crew] + [self.pipe] if way == "fork" else []
        given = (theirs, ours, context if way == "fork" else _portable(context))
        self.process = system.Process(target=_work, args=given, name="wpexport-convert", daemon=True)
        self.process.start()
        theirs.close()
        self.dead = False

    def send(self, parcel: Sequence[Job]) -> None:
        """Hand over a parcel."""
        packed: list[Packed] = [(job.lines, job.place, job.known, job.digest) for job in parcel]
        try:
            self.pipe.send_bytes(pickle.dumps(packed, pickle.HIGHEST_PROTOCOL))
        except OSError:
            self.dead = True

    def receive(self, parcel: Sequence[Job], context: Context) -> Done:
        """What became of the oldest parcel; if the worker was ended from outside, it is done here."""
        if not self.dead:
            try:
                done: Done = pickle.loads(self.pipe.recv_bytes())  # noqa: S301 - of our own process
            except (EOFError, OSError):
                self.dead = True
            else:
                return done
        return _converted(parcel, context)


class _Crew:
    """All workers; parcels go round."""

    def __init__(self, context: Context, count: int) -> None:
        self._context = context
        self._workers: list[_Worker] = []
        way = _way()
        for _ in range(count):
            self._workers.append(_Worker(context, way, self._workers))

    def convert(self, jobs: Iterator[Job]) -> Iterator[tuple[Job, Piece]]:
        """Keep all workers busy, and yield in order."""
        waiting: deque[tuple[_Worker, list[Job]]] = deque()
        for count, (parcel, error) in enumerate(_parcels(jobs)):
            worker = self._workers[count % len(self._workers)]
            worker.send(parcel)
            waiting.append((worker, parcel))
            while len(waiting) >= _AHEAD * len(self._workers) or (error and waiting):
                yield from self._received(*waiting.popleft())
            if error is not None:
                raise error
        while waiting:
            yield from self._received(*waiting.popleft())

    def _received(self, worker: _Worker, parcel: list[Job]) -> Iterator[tuple[Job, Piece]]:
        done = worker.receive(parcel, self._context)
        yield from zip(parcel, done.pieces, strict=False)
        if done.error is not None:
            raise done.error

    def close(self) -> None:
        """Let the workers end; what they still have in hand is not wanted."""
        for worker in self._workers:
            worker.pipe.close()
        for worker in self._workers:
            worker.process.join(timeout=5)


def _parcels(jobs: Iterator[Job]) -> Iterator[tuple[list[Job], Exception | None]]:
    """Handfuls of jobs, and the error that ended the reading of them."""
    parcel: list[Job] = []
    while True:
        try:
            job = next(jobs, None)
        except Exception as error:  # told when all before it is written
            yield parcel, error
            return
        if job is not None:
            parcel.append(job)
        if len(parcel) == _PARCEL or job is None:
            yield parcel, None
            parcel = []
        if job is None:
            return


def _portable(context: Context) -> Context:
    """A context that can travel: functions that some options hold are for exporters of another kind."""
    options = context.options
    functions: dict[str, Any] = {
        one.name: one.default
        for one in fields(options)
        if callable(getattr(options, one.name)) and one.default is None
    }
    return replace(context, options=replace(options, **functions))


def _converted(parcel: Iterable[Job], context: Context) -> Done:
    pieces: list[Piece] = []
    try:
        for job in parcel:
            pieces.append(_convert(job, context))
    except Exception as error:  # raised where the pieces are wanted
        return Done(pieces, error)
    return Done(pieces, None)


def _work(pipe: Connection, ours: Sequence[Connection], context: Context) -> None:
    """A worker's life."""
    # the interruption is the main process' to answer
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for other in ours:  # copies of these would keep the pipes open when the main process is gone
        other.close()
    gc.freeze()
    inbox: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_read, args=(pipe, inbox), daemon=True).start()
    while True:
        packed: list[Packed] = pickle.loads(inbox.get())  # noqa: S301 - of our own process
        jobs = (
            Job(decode(post, Post), [decode(line, Comment) for line in comments], place, known, digest)
            for (post, *comments), place, known, digest in packed
        )
        done = _converted(jobs, context)
        try:
            data = pickle.dumps(done, pickle.HIGHEST_PROTOCOL)
        except Exception as error:  # of some other package, and it cannot travel
            data = pickle.dumps(Done(done.pieces, RuntimeError(repr(done.error or error))))
        with suppress(OSError):
            pipe.send_bytes(data)


def _read(pipe: Connection, inbox: SimpleQueue[bytes]) -> None:
    """Take parcels in while others are worked on: two that both wait to be read would wait for ever."""
    while True:
        try:
            inbox.put(pipe.recv_bytes())
        except (EOFError, OSError):  # the main process is done, or gone
            os._exit(0)
