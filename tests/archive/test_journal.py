"""The raw journal: gzip members that anything can read, whoever compressed them."""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

import pytest

from wpexport.archive import journal

ENTRIES = [
    journal.entry(
        url=f"https://blog.test/{n}", time="", status=200, way="rest", tool="1", body=b"[%d]" % n * 9
    )
    for n in range(5)
]


@pytest.fixture(params=["isal", "zlib"])
def packed(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """A batch, compressed by ISA-L, or as on a machine for which there is none."""
    if request.param == "isal":
        pytest.importorskip("isal")
    else:
        monkeypatch.setitem(sys.modules, "isal", None)
    journal._packer.cache_clear()
    try:
        return journal.member(ENTRIES)
    finally:
        journal._packer.cache_clear()


def test_a_batch_is_one_gzip_member_that_any_tool_reads(packed: bytes, tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl.gz"
    path.write_bytes(packed + packed)

    assert list(journal.read(path)) == ENTRIES * 2
    assert gzip.decompress(packed).count(b"\n") == len(ENTRIES)
    assert packed[4:8] == bytes(4)  # no time of compression


def test_a_journal_that_was_cut_off_keeps_its_whole_members(packed: bytes, tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl.gz"
    path.write_bytes(packed + packed[:-3])

    assert journal.recover(path) == len(packed)
    assert list(journal.read(path)) == ENTRIES


def test_a_damaged_journal_gives_its_other_members(packed: bytes) -> None:
    broken = packed[:20] + b"\0\0\0\0" + packed[24:]

    assert journal.salvaged(packed + broken + packed) == packed * 2
