"""Archives that feeds filled: what is missing is made again of the answers, and a record's life is told."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.fakewp import FakeWordPress
from tests.ops.killing import content
from tests.ops.test_redact import pulled
from tests.ops.test_repair import flip, repaired
from wpexport.errors import Exit
from wpexport.ops.events import Rebuilt
from wpexport.ops.log import log_record
from wpexport.ops.rebuild import rebuild

LATER = {"modified": "2026-02-02T00:00:00", "modified_gmt": "2026-02-02T00:00:00"}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two nights by feed; a post was edited in between."""
    root = tmp_path_factory.mktemp("feed") / "archive"
    fake = FakeWordPress()
    for number in range(1, 31):
        fake.post(number, content=f"<p>Text of {number}, with fog &amp; sun.</p>")
    for number in range(101, 131):
        fake.comment(number, post=number - 100, content=f"Comment {number}.")
    fake.comment(140, post=5, parent=105, content="An answer.")
    with fake.serve() as url:
        pulled(root, url, login=False, via="feed")
        fake.post(7, content="<p>Edited.</p>", **LATER)
        pulled(root, url, login=False, via="feed")
    return root


def test_nothing_changes_where_nothing_is_missing(filled: Path, tmp_path: Path) -> None:
    root = tmp_path / "archive"
    shutil.copytree(filled, root)
    *_, done = rebuild(root)
    assert isinstance(done, Rebuilt)
    assert (list(done.findings), done.counts["passed over"]) == ([], 0)
    assert done.counts["answers"] > 30
    assert content(root) == content(filled)


@pytest.mark.parametrize("how", ["flip", "remove"])
@pytest.mark.parametrize(
    "place", ["data/posts/000/3.json", "data/posts/000/7.json", "data/comments/000/5.jsonl"]
)
def test_what_is_lost_comes_back_from_the_answers(filled: Path, tmp_path: Path, place: str, how: str) -> None:
    root = tmp_path / "archive"
    shutil.copytree(filled, root)
    flip(root / place) if how == "flip" else (root / place).unlink()
    done, _ = repaired(root, None)
    assert not [f for f in done.findings if f.severity == "error"]
    assert done.exit_code == Exit.INCOMPLETE  # a feed has no list of the media library
    assert content(root) == content(filled)


def test_the_life_of_a_record_that_came_by_feed(filled: Path) -> None:
    life = list(log_record(filled, "posts:7"))
    assert [told.current for told in life] == [False, True]
    assert all(said.way == "feed" for told in life for said in told.said)
    assert all(told.said for told in life)
    (comment,) = log_record(filled, "comments:140")
    assert any("/feed" in said.url for said in comment.said)
