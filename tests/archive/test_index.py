"""The index says what was put and removed, before it is written to the database and after."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from wpexport.archive import index
from wpexport.archive.index import Entry, Index


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "index.sqlite"


@pytest.fixture
def files(path: Path) -> Iterator[Index]:
    made = Index(path)
    yield made
    made.close(keep=False)


PLACES = ["data/posts/012/12345.json", "data/posts/by-url/12/34.json", "data/files/blog.test/2024/a.jpg"]


@pytest.mark.parametrize("place", PLACES)
def test_what_was_put_is_known_at_once(files: Index, place: str) -> None:
    assert files.hash_of("public", place) is None
    files.put("public", Entry(place, "a", 1))
    assert files.hash_of("public", place) == "a"
    files.put("public", Entry(place, "b", 2))

    assert files.hash_of("public", place) == "b"
    assert files.get("public", place) == Entry(place, "b", 2)
    assert list(files.entries("public")) == [Entry(place, "b", 2)]
    assert files.totals("public") == (2, 1)
    assert files.hash_of("private", place) is None


@pytest.mark.parametrize("written", [False, True])
@pytest.mark.parametrize("place", PLACES)
def test_what_was_removed_is_not_known(files: Index, place: str, written: bool) -> None:
    files.put("public", Entry(place, "a", 1))
    assert files.hash_of("public", place) == "a"
    if written:
        files.commit()
    files.remove("public", place)

    assert files.hash_of("public", place) is None
    assert files.get("public", place) is None
    assert list(files.entries("public")) == []


def test_more_folders_than_are_held_at_once(files: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "_WAITING", 3)
    places = [f"data/posts/{n:03d}/{n}000.json" for n in range(index._SHARDS + 5)]
    for turn in "ab":
        for place in places:
            before = files.hash_of("public", place)
            assert before == (None if turn == "a" else f"a{place}")
            files.put("public", Entry(place, turn + place, 1))

    assert [files.hash_of("public", place) for place in places] == [f"b{place}" for place in places]
    assert len(files._shards) == index._SHARDS


def test_a_run_that_ends_badly_leaves_what_was_committed(path: Path) -> None:
    files = Index(path)
    files.put("public", Entry(PLACES[0], "a", 1))
    files.commit()
    files.put("public", Entry(PLACES[0], "b", 1))
    files.close(keep=False)

    again = Index(path)
    assert again.hash_of("public", PLACES[0]) == "a"
    again.put("public", Entry(PLACES[0], "c", 1))
    again.close(keep=True)
    last = Index(path)
    assert last.hash_of("public", PLACES[0]) == "c"
    last.close(keep=True)


def test_a_bag_that_is_forgotten(files: Index) -> None:
    for bag in index.BAGS:
        files.put(bag, Entry(PLACES[0], bag, 1))
        assert files.hash_of(bag, PLACES[0]) == bag
    files.clear("public")

    assert files.hash_of("public", PLACES[0]) is None
    assert files.hash_of("private", PLACES[0]) == "private"
