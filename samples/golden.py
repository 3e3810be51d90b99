"""Make the golden files: the sample blog's archive and its exports, as a visitor's pull gives them.

    python -m samples.golden            writes samples/archive and samples/exports; review with git diff

Nothing in them depends on when or where they are made: the blog answers at one invented address, no socket is
opened, and the clock stands still. ``runs/`` and ``state/``, which hold times, are left out.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from unittest import mock

import requests
import responses

from wpexport.archive.runs import RUN_NAME
from wpexport.demo.wordpress import DemoWordPress
from wpexport.export.output.ledger import NOTES
from wpexport.net import Http
from wpexport.ops.demo import EXPORTS
from wpexport.ops.export import ExportRequest, export
from wpexport.ops.pull import PullOptions, pull
from wpexport.sources.registry import open_source

HOME = "https://tuulisaari.example"
#: when the golden pull took place
MOMENT = datetime(2024, 7, 10, 12, 0, 0, tzinfo=UTC)
RUN = MOMENT.strftime(RUN_NAME)
HERE = Path(__file__).parent
#: the exports that are kept
KEPT = (*EXPORTS, "jekyll", "eleventy")


def make(folder: Path) -> None:
    """Write ``archive`` and ``exports`` into a folder."""
    with tempfile.TemporaryDirectory() as temp:
        root = Path(temp) / "archive"
        _pull(root)
        for name in ("runs", "state"):
            shutil.rmtree(root / name)
        shutil.copytree(root, folder / "archive")
    for to in KEPT:
        for _ in export(folder / "archive", folder / "exports" / to, ExportRequest(to=to)):
            pass
        shutil.rmtree(folder / "exports" / to / NOTES)  # it changes with the program
    shutil.rmtree(folder / "archive" / "state")  # where the exports went


def _pull(root: Path) -> None:
    site = DemoWordPress(base=HOME)

    def answer(request: requests.PreparedRequest) -> tuple[int, Mapping[str, str], bytes]:
        headers = {str(name): str(value) for name, value in request.headers.items()}
        said = site.answer(str(request.method), str(request.url), headers)
        return said.status, said.headers, said.body

    with (
        responses.RequestsMock(assert_all_requests_are_fired=False) as asked,
        mock.patch("wpexport.ops.pull.new_run", return_value=RUN),
        Http(jobs=1, now=lambda: MOMENT, resolve=lambda *_: []) as http,
    ):
        for method in ("GET", "HEAD", "OPTIONS"):
            asked.add_callback(method, re.compile(re.escape(HOME)), callback=answer, content_type=None)
        for _ in pull(root, HOME, lambda: open_source(http, HOME, via="rest"), PullOptions(), http):
            pass


def main() -> int:
    """Replace the golden files."""
    for name in ("archive", "exports"):
        shutil.rmtree(HERE / name, ignore_errors=True)
    make(HERE)
    sys.stdout.write("The golden files are written. Look at them: git diff samples\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
