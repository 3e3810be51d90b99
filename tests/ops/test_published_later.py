"""A post is published or withdrawn: what belongs to it follows, though WordPress changed the post alone."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.fakewp import FakeWordPress
from tests.ops.killing import content
from tests.ops.test_pull import run_check
from tests.ops.test_redact import pulled
from wpexport.errors import Exit

LATER = {"modified": "2026-02-02T00:00:00", "modified_gmt": "2026-02-02T00:00:00"}


def test_its_comments_and_media_follow(tmp_path: Path) -> None:
    fake, root, whole = FakeWordPress(), tmp_path / "archive", tmp_path / "whole"
    for number, status in ((1, "publish"), (2, "private"), (3, "draft")):
        fake.post(number, status=status)
        fake.media(10 + number, f"{number}.png", b"PNG" * number, post=number)
        fake.comment(20 + number, post=number)
        fake.comment(30 + number, post=number, parent=20 + number)
    fake.comment(40, post=2, status="hold")
    with fake.serve() as url:
        pulled(root, url)
        assert (root / "private/data/comments/000/2.jsonl").exists()
        fake.post(1, status="private", **LATER)
        fake.post(2, status="publish", **LATER)
        shutil.copytree(root, whole)
        pulled(root, url)
        pulled(whole, url, full=True)
        assert content(root) == content(whole)
        public = (root / "data/comments/000/2.jsonl").read_text()
        assert '"id": 22' in public
        assert '"id": 32' in public
        assert '"id": 40' not in public
        assert '"id": 40' in (root / "private/data/comments/000/2.jsonl").read_text()
        assert not (root / "data/comments/000/1.jsonl").exists()
        assert (root / "data/media/000/12.json").exists()
        assert not (root / "data/media/000/11.json").exists()
        assert not (root / "data/media/000/13.json").exists()
        assert run_check(root).exit_code == Exit.DONE
        before = content(root)
        report = pulled(root, url).run
        assert content(root) == before
        assert all(cover.added == cover.changed == 0 for cover in report.coverage)
