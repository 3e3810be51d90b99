"""Runs a command and measures it: time, CPU time, and the peak memory of it and all its children together."""

from __future__ import annotations

import os
import resource
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

#: seconds between two looks at the memory; each reads all of ``/proc``: at 0.02 that was a tenth of a core
_LOOK: Final = 0.1


@dataclass(frozen=True, slots=True)
class Run:
    """One run of one command."""

    seconds: float
    #: of all its processes, user and system
    cpu: float
    #: bytes
    memory: int
    code: int
    #: the end of what it printed
    said: str

    @property
    def good(self) -> bool:
        """Whether it ended well."""
        return self.code == 0


def run(command: Sequence[str], cwd: Path, env: Mapping[str, str], limit: float) -> Run:
    """Run a command to its end, at most ``limit`` seconds."""
    cwd.mkdir(parents=True, exist_ok=True)
    log = cwd / ".output"
    with log.open("wb") as out:
        began = time.perf_counter()
        child = subprocess.Popen(
            list(command),
            cwd=cwd,
            # a program's modules are compiled once, not at each start, whatever whoever measures has set
            env={key: value for key, value in env.items() if key != "PYTHONDONTWRITEBYTECODE"},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
        watch = _Watch(child.pid)
        watch.start()
        late = threading.Timer(limit, os.killpg, (child.pid, signal.SIGKILL))
        late.start()
        _, status, used = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - began
        late.cancel()
        watch.done.set()
        watch.join()
    child.returncode = os.waitstatus_to_exitcode(status)
    said = log.read_bytes()[-4000:].decode("utf-8", "replace")
    log.unlink()
    return Run(seconds, used.ru_utime + used.ru_stime, watch.peak or _bytes(used), child.returncode, said)


def median(runs: Sequence[Run]) -> Run:
    """The run in the middle by time, with the medians of its other columns."""
    good = [one for one in runs if one.good] or list(runs)
    middle = sorted(good, key=lambda one: one.seconds)[len(good) // 2]
    return Run(
        statistics.median(one.seconds for one in good),
        statistics.median(one.cpu for one in good),
        int(statistics.median(one.memory for one in good)),
        middle.code,
        middle.said,
    )


def _bytes(used: resource.struct_rusage) -> int:
    return used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


class _Watch(threading.Thread):
    """Adds up the memory of a session's processes now and then; what they share counts once."""

    def __init__(self, session: int) -> None:
        super().__init__(daemon=True)
        self._session = session
        self.peak = 0
        self.done = threading.Event()

    def run(self) -> None:
        """Look until the command has ended."""
        while not self.done.wait(_LOOK):
            processes = _processes(self._session)
            if len(processes) == 1:
                self.peak = max(self.peak, _peak(processes[0]))
            elif processes:
                self.peak = max(self.peak, sum(_proportional(pid) for pid in processes))


def _processes(session: int) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session:
            found.append(int(entry.parent.name))
    return found


def _peak(pid: int) -> int:
    """The peak of one process. What ``wait4`` says instead begins with the size of whoever started it."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:  # it has ended
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))


def _proportional(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:  # it has ended
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def cpu_of(session: int) -> float:
    """CPU seconds that a session's processes and their ended children took so far."""
    ticks = 0
    for pid in _processes(session):
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += sum(int(field) for field in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")
