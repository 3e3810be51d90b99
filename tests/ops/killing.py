"""A blog of 500 posts and 2,000 comments, as it was yesterday and is today, and a pull of it in a process.

``python -m tests.ops.killing ADDRESS ARCHIVE`` pulls it with the administrator's login; the tests kill that.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from tests.fakewp import FakeWordPress
from wpexport.net import Credentials, Http
from wpexport.ops.events import Pulled
from wpexport.ops.pull import PullOptions, pull
from wpexport.sources.registry import open_source

POSTS, COMMENTS, FILES = 500, 2_000, 40
LOGIN = ("admin", "fake admin password")
EDITED = "2026-03-04T05:06:07"


def blog_of_yesterday() -> FakeWordPress:
    """What last night's pull saw."""
    fake = FakeWordPress()
    chance = Random(4)
    for number in range(2, 12):
        fake.term(number, f"Subject {number}")
    for number in range(1, POSTS + 1):
        given: dict[str, Any] = {"categories": [1 + number % 11], "content": _text(number, chance)}
        if number % 50 == 0:
            given["status"] = "draft"
        if number % 70 == 0:
            given["password"] = "secret"
        fake.post(number, **given)
    for number in range(1, COMMENTS + 1):
        parent = number - 250 if number > 1000 else 0
        held = {"status": "hold"} if number % 90 == 0 else {}
        fake.comment(number, post=1 + number % 250, parent=parent, content=f"Comment {number}.", **held)
    for number in range(FILES):
        fake.media(9001 + number, f"2026/{number}.png", chance.randbytes(20_000))
    return fake


def today(fake: FakeWordPress) -> None:
    """Change the blog, as a day does: edits, new ones, deletions, a new password, a new picture."""
    for number in (3, 77, 120, 121, 122, 400):
        fake.post(number, title=f"Post {number}, edited", modified=EDITED, modified_gmt=EDITED)
    fake.post(60, title="Withdrawn", status="private", modified=EDITED, modified_gmt=EDITED)
    fake.post(50, title="No draft any more", modified=EDITED, modified_gmt=EDITED)
    for number in range(POSTS + 1, POSTS + 40):
        fake.post(number, content="New today.")
    for number in range(COMMENTS + 1, COMMENTS + 200):
        fake.comment(number, post=number % 300 + 1, content="New today.")
    fake.comment(90, post=91, content="Comment 90.")  # approved
    for number in (5, 6, 490):
        fake.remove("posts", number)
    for number in (11, 1011, 1999):
        fake.remove("comments", number)
    fake.term(3, "Subject 3, renamed", slug="subject-3")
    for number in (1, 2):
        fake.media(
            9001 + number, f"2026/{number}.png", b"another" * 3_000, modified=EDITED, modified_gmt=EDITED
        )
    for number in range(FILES, FILES + 20):
        fake.media(9001 + number, f"2026/{number}.png", Random(number).randbytes(20_000))


def _text(number: int, chance: Random) -> str:
    words = " ".join(
        chance.choice(["seven", "ships", "sailed", "south", "slowly", "by", "night"]) for _ in range(150)
    )
    return (
        f'<p>Text of {number}: {words}</p>\n<p><img src="/wp-content/uploads/2026/{number % 40}.png"></p>\n'
    )


def pulling(address: str, root: Path) -> subprocess.Popen[bytes]:
    """A pull in a process of its own."""
    command = [sys.executable, "-m", "tests.ops.killing", address, str(root)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def pull_whole(address: str, root: Path) -> Pulled:
    """A pull that nobody disturbs."""
    with Http(credentials=Credentials(*LOGIN)) as http:
        *_, last = pull(root, address, partial(open_source, http, address), PullOptions(), http)
    assert isinstance(last, Pulled)
    return last


def content(root: Path) -> dict[str, Any]:
    """All of an archive's payload that has to be the same, whatever happened on the way to it.

    Journals differ, since some things were asked for twice. History and tombstones name the run that noticed.
    """
    found: dict[str, Any] = {}
    paths = [path for bag in (root, root / "private") for path in sorted(bag.glob("data/**/*"))]
    for path in paths:
        if not path.is_file() or "raw" in path.relative_to(root).parts:
            continue
        name = str(path.relative_to(root))
        if path.name == "gone.jsonl":
            found[name] = [{**row, "run": ""} for row in _lines(path)]
        elif "history" in path.relative_to(root).parts and path.suffix == ".jsonl":
            found[name] = [row["record"] for row in _lines(path)]
        else:
            found[name] = path.read_bytes()
    return found


def _lines(path: Path) -> Iterator[Any]:
    return map(json.loads, path.read_text().splitlines())


if __name__ == "__main__":
    # Where a shell started the tests in the background, Ctrl-C is ignored by what they start (POSIX 2.11).
    signal.signal(signal.SIGINT, signal.default_int_handler)
    pull_whole(sys.argv[1], Path(sys.argv[2]))
