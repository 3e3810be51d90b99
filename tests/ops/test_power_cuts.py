"""A pull that the mains cut off: what was renamed into place may be torn, or not there at all."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.ops.killing import content
from tests.ops.test_interruptions import ALL, Files, blog, changed
from tests.ops.test_pull import run_check, run_pull
from wpexport.archive.archive import Writer
from wpexport.archive.bag import file_hash
from wpexport.archive.format import MANIFEST
from wpexport.archive.intents import NO_FILE, WriteAhead
from wpexport.errors import ArchiveDamaged, Exit
from wpexport.ops.repair import repair


class MainsFailure(BaseException):
    """Nothing catches it, and nothing is written after it."""


def cut_off(root: Path, monkeypatch: pytest.MonkeyPatch, seals: int = 0) -> None:
    """A pull that gets as far as this: records are sealed before their files come."""
    real, left = Writer.seal, [None] * seals

    def fail(writer: Writer) -> str:
        if left:
            left.pop()
            return real(writer)
        raise MainsFailure

    with monkeypatch.context() as patch:
        patch.setattr(Writer, "seal", fail)
        with pytest.raises(MainsFailure):
            run_pull(root, changed(), ALL, Files())


@pytest.fixture
def whole(tmp_path: Path) -> dict[str, Any]:
    root = tmp_path / "whole"
    run_pull(root, blog(), ALL, Files())
    run_pull(root, changed(), ALL, Files())
    return content(root)


def manifest(root: Path) -> bytes | None:
    return (root / MANIFEST).read_bytes() if (root / MANIFEST).exists() else None


def touched(root: Path) -> dict[str, Path]:
    """One file of each kind that the run before put in place."""
    found = {}
    for intent in WriteAhead(root / "state/write-ahead.txt").read():
        path = (root if intent.bag == "public" else root / "private") / intent.path
        if path.is_file() and file_hash(path) == intent.new:
            kind = intent.path.split("/")[1]
            found[f"{kind} {'new' if intent.old == NO_FILE else 'changed'}"] = path
    return found


@pytest.mark.parametrize("seals", [0, 1], ids=["records", "files"])
@pytest.mark.parametrize("yesterday", [True, False], ids=["a later pull", "the first pull"])
def test_a_torn_file_is_named_and_never_sealed_as_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole: dict[str, Any], yesterday: bool, seals: int
) -> None:
    before = tmp_path / "before"
    if yesterday:
        run_pull(before, blog(), ALL, Files())
    cut_off(before, monkeypatch, seals)
    kinds = set(touched(before))
    assert kinds >= ({"files new", "media changed"} if seals else {"posts new", "media new", "comments new"})
    for kind in sorted(kinds):
        root = tmp_path / kind
        shutil.copytree(before, root)
        torn = touched(root)[kind]
        data = torn.read_bytes()
        torn.write_bytes(data[: len(data) // 2])
        sealed = manifest(root)
        with pytest.raises(ArchiveDamaged, match=torn.name) as caught:
            run_pull(root, changed(), ALL, Files())
        assert "check --repair" in str(caught.value.hint)
        assert manifest(root) == sealed
        assert str(torn.relative_to(root)) in {f.where for f in run_check(root).findings}
        list(repair(root, changed, ALL, Files()))
        run_pull(root, changed(), ALL, Files())
        assert run_check(root).exit_code == (Exit.INCOMPLETE if "history" in kind else Exit.DONE), kind
        if yesterday and "history" not in kind:
            assert content(root) == whole, kind


def test_a_file_that_the_mains_took_away_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "archive"
    run_pull(root, blog(), ALL, Files())
    cut_off(root, monkeypatch)
    gone = touched(root)["posts changed"]
    gone.unlink()
    with pytest.raises(ArchiveDamaged, match=gone.name):
        run_pull(root, changed(), ALL, Files())
    list(repair(root, changed, ALL, Files()))
    assert run_check(root).exit_code == Exit.DONE
    assert gone.is_file()
