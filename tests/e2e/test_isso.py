"""The real Isso imports our file; what it then serves over its own API is compared with the archive."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import free_port
from tests.e2e.test_agreement import wpexport
from tests.e2e.test_data import ARCHIVE, program
from wpexport.archive.archive import Archive
from wpexport.archive.reader import Reader
from wpexport.model import Comment
from wpexport.text.markdown import plain_text

pytestmark = pytest.mark.e2e

CONFIG = """[general]
dbpath = {folder}/comments.db
host = https://new.example/
[server]
listen = http://127.0.0.1:{port}/
[guard]
enabled = false
"""


@contextlib.contextmanager
def isso(folder: Path, export: Path) -> Iterator[str]:
    """Isso with the file imported; its address."""
    port = free_port()
    config = folder / "isso.cfg"
    config.write_text(CONFIG.format(folder=folder, port=port))
    command = [program("isso"), "-c", str(config)]
    # as the export's advice says; the machine itself may be in any time zone
    environment = {**os.environ, "TZ": "UTC"}
    done = subprocess.run(
        [*command, "import", "-t", "wordpress", str(export)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    server = subprocess.Popen([*command, "run"], env=environment, stderr=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(300):
            with contextlib.suppress(urllib.error.URLError, ConnectionError):
                urllib.request.urlopen(f"{address}/info", timeout=5).close()
                break
            time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=10)


def thread(address: str, path: str) -> list[dict[str, Any]]:
    """A page's comments with their answers; none where it has no thread."""
    query = urllib.parse.urlencode({"uri": path})
    try:
        with urllib.request.urlopen(f"{address}/?{query}", timeout=10) as answer:
            replies: list[dict[str, Any]] = json.load(answer)["replies"]
            return replies
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return []
        raise


def words(html: str) -> list[str]:
    return [word for word in plain_text(html).split() if word.isalnum()]


def top_of(comment: Comment, known: dict[int | None, Comment]) -> Comment:
    """The first comment of a thread."""
    seen: set[int | None] = set()
    while comment.parent in known and comment.id not in seen:
        seen.add(comment.id)
        comment = known[comment.parent]
    return comment


def test_every_comment_stands_in_its_thread_at_its_time(tmp_path: Path) -> None:
    file = tmp_path / "comments.xml"
    archive = shutil.copytree(ARCHIVE, tmp_path / "archive")  # it remembers its exports
    done = wpexport("export", "--json", archive, file, "--to", "isso", "--url-map", "/2024/=/posts/")
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout.splitlines()[-1])
    blog = Reader(Archive.open(ARCHIVE))
    compared = flattened = 0
    with isso(tmp_path, file) as address:
        for post in blog.posts():
            comments = {
                c.id: c for c in blog.comments(post) if c.type == "comment" and c.status == "approved"
            }
            path = urllib.parse.urlsplit(post.url or "").path.replace("/2024/", "/posts/")
            served = thread(address, path)
            rows = [(top, top) for top in served] + [(top, row) for top in served for row in top["replies"]]
            assert len(rows) == len(comments)
            for top, row in rows:
                name = row["author"] or ""
                (mine,) = [
                    c for c in comments.values()
                    if c.date and c.date.timestamp() == row["created"] and c.author.name in (name, "")
                ]  # fmt: skip
                # Isso reads Markdown in it, so only letters and digits are compared
                assert set(words(row["text"])[:3]) <= set(words(mine.content.html or ""))
                first = top_of(mine, comments)
                assert first.date is not None
                assert top["created"] == first.date.timestamp()
                flattened += mine.parent in comments and mine.parent != first.id
                compared += 1
    assert compared == summary["comments"] > 15
    assert summary["notices"]["flattened"] == flattened > 0
