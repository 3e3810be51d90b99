"""The real process: signals, closed pipes, terminals."""

from __future__ import annotations

import json
import os
import pty
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from wpexport.cli.interrupt import KEPT
from wpexport.demo.server import Server
from wpexport.demo.web import Answer
from wpexport.demo.wordpress import DemoWordPress

SAMPLE = Path(__file__).parents[2] / "samples/archive"


class Silence(BaseHTTPRequestHandler):
    """Takes a request and never answers it."""

    asked: threading.Event
    done: threading.Event

    def do_GET(self) -> None:
        self.asked.set()
        self.done.wait(60)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def silent() -> Iterator[tuple[str, threading.Event]]:
    """A site that never answers, and the event of being asked."""
    Silence.asked, Silence.done = threading.Event(), threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Silence)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", Silence.asked
    Silence.done.set()
    server.shutdown()
    server.server_close()


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "wpexport", *words]


@pytest.mark.parametrize(
    ("typed", "offered"), [("wpexport ex", "plain,export"), ("wpexport export --to jek", "plain,jekyll")]
)
def test_the_shell_completes_as_the_readme_says(typed: str, offered: str) -> None:
    words = {"COMP_WORDS": typed, "COMP_CWORD": str(typed.count(" ")), "_WPEXPORT_COMPLETE": "bash_complete"}
    program = Path(sys.executable).with_name("wpexport")  # click finds its variable by the program's name
    done = subprocess.run([program], env={**os.environ, **words}, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [offered]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("as_json", [False, True])
def test_a_signal_ends_it_at_once_with_a_sentence(
    silent: tuple[str, threading.Event], tmp_path: Path, number: signal.Signals, code: int, as_json: bool
) -> None:
    url, asked = silent
    words = ["pull", url, *(["--json"] if as_json else [])]
    with subprocess.Popen(command(*words), cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        assert asked.wait(60)
        process.send_signal(number)
        # far less than the 60 s after which the client itself would give up
        _, said = process.communicate(timeout=30)
    assert process.returncode == code
    assert "Traceback" not in said
    if as_json:
        last = json.loads(said.strip().splitlines()[-1])
        assert (last["type"], last["message"], last["exit_code"]) == ("error", KEPT, code)
    else:
        assert KEPT in said


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_many_pulls_at_once(
    silent: tuple[str, threading.Event], tmp_path: Path, number: signal.Signals, code: int
) -> None:
    url, asked = silent
    sites = "".join(f'[[site]]\nsource = "{url}"\narchive = "{name}"\n' for name in "abcdef")
    (tmp_path / "sites.toml").write_text(sites)
    words = command("pull", "--all", "sites.toml")
    with subprocess.Popen(words, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        assert asked.wait(60)
        process.send_signal(number)
        _, said = process.communicate(timeout=30)
    assert process.returncode == code
    assert "Traceback" not in said
    assert KEPT in said


class Stuck(DemoWordPress):
    """The demo blog, whose files never come."""

    asked: threading.Event
    done: threading.Event

    def answer(self, method: str, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        if "/wp-content/uploads/" in url:
            self.asked.set()
            self.done.wait(60)
        return super().answer(method, url, headers)


@pytest.mark.parametrize("as_json", [False, True])
def test_a_signal_ends_a_download_that_hangs_and_keeps_the_texts(tmp_path: Path, as_json: bool) -> None:
    blog = Stuck()
    blog.asked, blog.done = threading.Event(), threading.Event()
    with Server(blog) as server:
        words = ["pull", server.url, "blog", *(["--json"] if as_json else [])]
        with subprocess.Popen(
            command(*words), cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        ) as process:
            assert blog.asked.wait(60)
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=30)
        assert process.returncode == 130
        assert "Traceback" not in said
        last = said.strip().splitlines()[-1]
        assert json.loads(last)["exit_code"] == 130 if as_json else KEPT in last
        blog.done.set()
        done = subprocess.run(
            command("pull", "blog"), cwd=tmp_path, capture_output=True, text=True, check=True
        )
        assert "Files: 14\n" in done.stderr
        subprocess.run(command("check", "blog"), cwd=tmp_path, capture_output=True, check=True)


@pytest.mark.parametrize(("status", "code"), [("publish", 0), ("publhsh", 12)])
def test_who_stops_reading_cuts_nothing_short(tmp_path: Path, status: str, code: int) -> None:
    """As ``--json | head -1`` does: the work is done, and the exit code is that of the work."""
    blog = tmp_path / "blog"
    shutil.copytree(SAMPLE, blog)
    path = next((blog / "data/posts").rglob("*.json"))
    path.write_text(path.read_text("utf-8").replace('"status": "publish"', f'"status": "{status}"'), "utf-8")
    words = command("check", "--json", "blog") if code else command("export", "--json", "blog", "out")
    with subprocess.Popen(words, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert process.returncode == code
    assert code or len(list((tmp_path / "out").rglob("*.md"))) > 20


def in_a_terminal(words: list[str], folder: Path, **variables: str) -> str:
    """What a command writes to a terminal that is its stderr."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", **variables}
    with subprocess.Popen(
        command(*words), cwd=folder, stdout=subprocess.PIPE, stderr=theirs, env=environment
    ) as process:
        os.close(theirs)
        said = b""
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # Linux: the other end is closed
                break
            if not piece:
                break
            said += piece
        assert process.stdout is not None
        process.stdout.read()
    os.close(ours)
    assert process.returncode == 0, said
    return said.decode()


def test_progress_moves_on_a_terminal_alone(tmp_path: Path) -> None:
    with Server(DemoWordPress()) as server:
        said = in_a_terminal(["pull", server.url, "blog"], tmp_path)
        assert "\x1b[" in said
        assert "24/24" in said
        assert "\x1b[" not in in_a_terminal(["pull", "blog"], tmp_path, TERM="dumb")
        plain = in_a_terminal(["pull", "blog"], tmp_path, NO_COLOR="1")
        assert "\x1b[3" not in plain
        assert in_a_terminal(["pull", "blog", "--quiet"], tmp_path) == ""


def test_python_dash_m_is_the_command() -> None:
    done = subprocess.run(command("--version"), capture_output=True, text=True, check=True)
    assert done.stdout.startswith("wpexport ")
