"""Tables in a file: what they keep, and who may read them."""

from __future__ import annotations

import gc
import multiprocessing
from pathlib import Path

import pytest

from wpexport.export.shelf import Shelf, Table, Twice

ODD = ["", "z", "a", "é", "😀", "\ud800", "a\0b", "日本", "A"]


def test_what_is_put_is_there_in_the_order_of_the_names() -> None:
    table: Table[object] = Shelf().table()
    values = [3, None, "text", "日本", "\ud800", 2**80, -1, {"a": (1, 2)}, b"bytes"]
    for name, value in zip(ODD, values, strict=True):
        table.put(name, value)
    assert dict(table) == dict(zip(ODD, values, strict=True))
    assert list(table) == [name for name, _ in table.items()] == sorted(ODD)
    assert list(table.values()) == [table[name] for name in sorted(ODD)]
    assert len(table) == len(ODD)
    assert "" in table
    assert "none" not in table
    assert table.get("none") is None
    with pytest.raises(KeyError):
        table["none"]


def test_numbers_of_any_size_and_keys_of_posts() -> None:
    table: Table[int] = Shelf().table()
    names = [0, -5, 2**63 - 1, -(2**63), 2**63, 2**200]
    for place, name in enumerate(names):
        table.put(name, place)
    assert [table[name] for name in names] == list(range(len(names)))
    posts: Table[int] = Shelf().table()
    keys = [(2, 3, ""), (0, 10, ""), (1, 0, "https://b"), (0, 9, ""), (0, -2, ""), (1, 0, "https://a")]
    for place, key in enumerate(keys):
        posts.put(key, place)
    assert list(posts.values()) == [keys.index(key) for key in sorted(keys)]


@pytest.mark.parametrize(
    ("twice", "found"), [("last", [2, None, 3]), ("first", [1, 1, 3]), ("none", [None, None, None])]
)
def test_a_second_value(twice: Twice, found: list[int | None]) -> None:
    table: Table[int] = Shelf().table(twice)
    for name, value in (("a", 1), ("a", 2), ("b", 1), ("b", None), ("c", None), ("c", 3)):
        table.put(name, value)
    assert list(table.values()) == found
    assert not table.add("a")
    assert table.add("d")
    assert not table.add("d")


@pytest.mark.parametrize("way", ["fork", "spawn"])
def test_other_processes_read_what_was_sealed(way: str) -> None:
    shelf = Shelf(shared=True)
    table: Table[str] = shelf.table()
    for number in range(1000):
        table.put(number, f"number {number}")
    shelf.seal()
    system = multiprocessing.get_context(way)
    inbox = system.SimpleQueue()
    reader = system.Process(target=_read, args=(table, inbox))  # type: ignore[attr-defined]
    reader.start()
    assert inbox.get() == ["number 7", "number 999", None, 1000]
    reader.join()
    assert table[7] == "number 7"


def _read(table: Table[str], inbox: multiprocessing.SimpleQueue[list[object]]) -> None:
    inbox.put([table[7], table[999], table.get(1000), len(table)])


def test_the_file_goes_with_the_shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    shelf = Shelf(shared=True)
    shelf.table().put("a", 1)
    assert list(tmp_path.iterdir())
    del shelf
    gc.collect()
    assert list(tmp_path.iterdir()) == []
    table = Shelf().table()
    table.put("a", 1)
    assert (dict(table), list(tmp_path.iterdir())) == ({"a": 1}, [])
