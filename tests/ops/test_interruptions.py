"""What else can cut a pull off: Ctrl-C, a full disk, a disk that is read-only, a server that goes away."""

from __future__ import annotations

import errno
import hashlib
import io
import itertools
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from tests.demo import faults
from tests.fakewp import FakeWordPress
from tests.ops.blogs import SweepingSource, comment, media, post
from tests.ops.killing import LOGIN, content
from tests.ops.test_pull import run_check, run_pull
from wpexport.demo.web import Request
from wpexport.errors import ArchiveError, Exit
from wpexport.net import Credentials, Download, Http
from wpexport.ops.events import Pulled
from wpexport.ops.media import MediaOptions
from wpexport.ops.pull import PullOptions, pull
from wpexport.sources.registry import open_source

ALL = PullOptions(media=MediaOptions(which="all", jobs=1))


class Files:
    """Fetches files of 3,000 bytes."""

    def download(self, url: str, sink: BinaryIO, *, referer: str | None = None) -> Download:
        data = url.encode().ljust(3_000, b".")
        sink.write(data)
        return Download(url, 200, len(data), hashlib.sha256(data).hexdigest(), "image/jpeg")


def blog() -> SweepingSource:
    posts: list[Any] = [post(n) for n in range(1, 31)]
    comments: list[Any] = [comment(n, on=1 + n % 30) for n in range(1, 61)]
    files: list[Any] = [media(90 + n, f"{n}.jpg") for n in range(5)]
    posts[8] = post(9, status="draft")
    comments[8] = comment(9, on=10, status="hold")
    return SweepingSource(posts=posts, comments=comments, media=files, page=10, login=True)


def changed() -> SweepingSource:
    source = blog()
    source.posts[3] = post(4, title="Edited", modified=None)
    source.posts[6] = post(7, status="private")
    source.posts[8] = post(9)
    source.comments[8] = comment(9, on=10)
    source.posts += [post(n) for n in range(31, 41)]
    source.comments += [comment(n, on=n - 60) for n in range(61, 90)]
    source.media += [media(99, "new.jpg")]
    return source


# -- the disk -------------------------------------------------------------------------------------


@contextmanager
def failing_disk(number: int, after: int, below: Path) -> Iterator[list[str]]:
    """From the ``after``-th step on, all that would change the disk fails; gives the steps that were made."""
    steps: list[str] = []
    patch = pytest.MonkeyPatch()
    error = OSError(number, os.strerror(number))

    def step(what: str) -> None:
        steps.append(what)
        if len(steps) > after:
            raise error

    real_open, real_path_open = os.open, Path.open

    def opening(path: Any, flags: int, *more: Any, **given: Any) -> int:
        if flags & (os.O_WRONLY | os.O_RDWR) and str(path).startswith(str(below)):
            step(f"open {path}")
        return real_open(path, flags, *more, **given)

    def path_opening(self: Path, mode: str = "r", *more: Any, **given: Any) -> Any:
        if mode.strip("bt") != "r":
            step(f"open {self}")
        file = real_path_open(self, mode, *more, **given)
        if mode == "wb" and isinstance(file, io.BufferedWriter):
            return _Full(file, step)
        return file

    def stepping(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def do(*given: Any, **more: Any) -> Any:
            step(name)
            return real(*given, **more)

        return do

    patch.setattr(os, "open", opening)
    patch.setattr(Path, "open", path_opening)
    patch.setattr(os, "write", stepping("write", os.write))
    patch.setattr(os, "rename", stepping("rename", os.rename))
    patch.setattr(os, "unlink", stepping("unlink", os.unlink))
    try:
        yield steps
    finally:
        patch.undo()


class _Full(io.BufferedWriter):
    """A file whose writes count as steps."""

    def __init__(self, file: io.BufferedWriter, step: Callable[[str], None]) -> None:
        super().__init__(file.detach())
        self._step = step

    def write(self, data: Any) -> int:
        self._step("write")
        return super().write(data)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What an undisturbed night leaves."""
    root = tmp_path_factory.mktemp("whole")
    run_pull(root, blog(), ALL, Files())
    run_pull(root, changed(), ALL, Files())
    return content(root)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS])
def test_a_disk_that_fails_at_any_step_costs_nothing(
    tmp_path: Path, whole: dict[str, Any], number: int
) -> None:
    yesterday = tmp_path / "yesterday"
    run_pull(yesterday, blog(), ALL, Files())
    counted = tmp_path / "counted"
    shutil.copytree(yesterday, counted)
    with failing_disk(number, 1_000_000, tmp_path) as steps:
        run_pull(counted, changed(), ALL, Files())
    assert content(counted) == whole
    assert len(steps) > 50
    for after in range(0, len(steps), max(1, len(steps) // 20)):
        root = tmp_path / f"after-{after}"
        shutil.copytree(yesterday, root)
        with failing_disk(number, after, tmp_path), pytest.raises((OSError, ArchiveError)) as caught:
            run_pull(root, changed(), ALL, Files())
        assert os.strerror(number) in str(caught.value)
        found = {f.kind for f in run_check(root).findings if f.severity != "note"}
        assert found <= {"interrupted"}, steps[after]
        assert run_pull(root, changed(), ALL, Files()).exit_code == Exit.DONE
        assert content(root) == whole, steps[after]
        assert run_check(root).exit_code == Exit.DONE
        shutil.rmtree(root)


@contextmanager
def small_disk(place: Path, kilobytes: int) -> Iterator[None]:
    """A file system of its own, as root."""
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(place)]
    if os.geteuid() or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_disk_that_is_really_full_or_read_only(tmp_path: Path, whole: dict[str, Any]) -> None:
    disk = tmp_path / "disk"
    with small_disk(disk, 2_000):
        root = disk / "archive"
        run_pull(root, blog(), ALL, Files())
        ballast = disk / "ballast"
        for left in itertools.count(0, 20_000):
            ballast.unlink(missing_ok=True)
            facts = os.statvfs(disk)
            ballast.write_bytes(b"." * max(0, facts.f_bavail * facts.f_frsize - left))
            try:
                run_pull(root, changed(), ALL, Files())
            except (OSError, ArchiveError):
                assert {f.kind for f in run_check(root).findings if f.severity != "note"} <= {"interrupted"}
            else:
                assert left > 60_000
                break
        ballast.unlink()
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        with pytest.raises((OSError, ArchiveError)):
            run_pull(root, changed(), ALL, Files())
        assert {f.kind for f in run_check(root).findings if f.severity != "note"} <= {"interrupted"}
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
        run_pull(root, changed(), ALL, Files())
        assert content(root) == whole
        assert run_check(root).exit_code == Exit.DONE


# -- the network ----------------------------------------------------------------------------------


def site() -> FakeWordPress:
    fake = FakeWordPress()
    for number in range(1, 221):
        fake.post(number, **({"status": "draft"} if number % 40 == 0 else {}))
    for number in range(1, 351):
        fake.comment(number, post=1 + number % 220)
    for number in range(12):
        fake.media(900 + number, f"{number}.png", bytes([number]) * 2_000)
    return fake


def impatient_pull(url: str, root: Path) -> Pulled:
    with Http(credentials=Credentials(*LOGIN), attempts=2, sleep=lambda _: None) as http:
        *_, last = pull(root, url, partial(open_source, http, url), PullOptions(), http)
    assert isinstance(last, Pulled)
    return last


@pytest.mark.parametrize("how", ["reset", "mid-page"])
@pytest.mark.parametrize("after", [18, 25, 34, 40])
def test_a_server_that_goes_away_leaves_no_hole(tmp_path: Path, how: str, after: int) -> None:
    fake = site()
    with fake.serve() as url:
        impatient_pull(url, tmp_path / "whole")
        asked = len(fake.requests)

        def later(_: Request) -> bool:
            return len(fake.requests) > asked + after

        fault = faults.reset(later, None) if how == "reset" else faults.truncated(when=later)
        fake.fault(fault)
        done = impatient_pull(url, tmp_path / "archive")
        assert fault.hits
        assert done.exit_code == Exit.INCOMPLETE
        assert "error" not in {f.severity for f in run_check(tmp_path / "archive").findings}
        fake.heal()
        assert impatient_pull(url, tmp_path / "archive").exit_code == Exit.DONE
    assert content(tmp_path / "archive") == content(tmp_path / "whole")
    assert run_check(tmp_path / "archive").exit_code == Exit.DONE


# -- people ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["posts", "comments", "/wp-content/uploads/"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_does_not_wait_for_a_server_that_hangs(
    tmp_path: Path, where: str, number: signal.Signals
) -> None:
    fake = site()
    hangs, go_on = threading.Event(), threading.Event()

    def hang(request: Request, proceed: faults.Proceed) -> Any:
        hangs.set()
        go_on.wait(120)
        return proceed(request)

    def stuck(request: Request) -> bool:
        return where in request.path and (request.text("offset") is not None or "uploads" in where)

    with fake.serve() as url:
        impatient_pull(url, tmp_path / "whole")
        fault = fake.fault(faults.Fault("hanging", stuck, hang))
        command = [sys.executable, "-m", "tests.ops.killing", url, str(tmp_path / "archive")]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
            try:
                assert hangs.wait(60)
                process.send_signal(number)
                process.wait(30)  # the client itself would wait for longer
            finally:
                process.kill()
        go_on.set()
        fake.heal()
        assert fault.hits
        found = {f.kind for f in run_check(tmp_path / "archive").findings if f.severity != "note"}
        assert found == {"interrupted"}
        impatient_pull(url, tmp_path / "archive")
    assert content(tmp_path / "archive") == content(tmp_path / "whole")
