"""Files that changed on the site: with their record, or without a word."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.fakewp import FakeWordPress
from tests.ops.blogs import SweepingSource, media
from tests.ops.test_interruptions import ALL, Files
from tests.ops.test_pull import run_check, run_pull
from wpexport.archive.validators import Validator
from wpexport.errors import Exit
from wpexport.model import Coverage
from wpexport.net import Http
from wpexport.net.failures import NoConnection
from wpexport.ops.events import Pulled
from wpexport.ops.pull import PullOptions, pull
from wpexport.sources.registry import open_source

NOW = datetime(2026, 1, 1, tzinfo=UTC)
OLD, NEW = "Mon, 01 Jul 2024 00:00:00 GMT", "Fri, 02 Jan 2026 00:00:00 GMT"


@pytest.mark.parametrize(
    ("said", "known", "same"),
    [
        (Validator('"a"', OLD, "5"), Validator('"a"', OLD, "5"), True),
        (Validator('"b"', OLD, "5"), Validator('"a"', OLD, "5"), False),
        (Validator("", NEW, "5"), Validator("", OLD, "5"), False),
        (Validator("", OLD, "5"), None, True),
        (Validator("", NEW, "5"), None, False),
        (Validator("", OLD, "6"), None, False),
        (Validator("", "", "5"), None, False),
        (Validator("", "", "5"), Validator("", "", "5"), False),
        (Validator("", OLD, ""), None, False),
        (Validator("", "yesterday", "5"), None, False),
    ],
)
def test_what_tells_that_a_file_is_the_same(said: Validator, known: Validator | None, same: bool) -> None:
    assert said.says_same(known, 5, NOW) == same


def test_the_length_of_what_was_compressed_on_the_way_says_nothing() -> None:
    assert Validator.of({"content-length": "5", "ETag": "x"}) == Validator("x", "", "5")
    assert Validator.of({"Content-Length": "5", "Content-Encoding": "gzip"}) == Validator()


def test_a_full_pull_asks_and_fetches_only_what_was_swapped(tmp_path: Path) -> None:
    fake = FakeWordPress()
    for number in range(3):
        fake.media(90 + number, f"{number}.png", b"red" * 100)

    def files(full: bool) -> tuple[Coverage, list[str]]:
        fake.requests.clear()
        with Http() as http:
            options = PullOptions(full=full)
            *_, last = pull(tmp_path, url, partial(open_source, http, url), options, http)
        assert isinstance(last, Pulled)
        fetched = [r.path[-5:] for r in fake.requests if r.method == "GET" and "uploads" in r.path]
        return next(c for c in last.run.coverage if c.collection == "files"), fetched

    with fake.serve() as url:
        assert len(files(False)[1]) == 3
        assert len(files(True)[1]) == 3  # this server's HEAD tells no length: nothing else is known yet
        assert files(True)[1] == []
        fake.file("/wp-content/uploads/1.png", b"rod" * 100)  # as long as before, and its time is the same
        assert files(False)[1] == []
        cover, fetched = files(True)
        assert fetched == ["1.png"]
        assert (cover.changed, cover.unchanged, cover.added) == (1, 2, 0)
        del fake.blog.files["/wp-content/uploads/2.png"]
        cover, _ = files(True)
        assert cover.lost == []  # what we have is kept
    assert run_check(tmp_path).exit_code == Exit.DONE


@pytest.mark.parametrize("next_full", [True, False])
def test_a_swapped_file_that_could_not_be_fetched_is_fetched_by_the_next_pull(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, next_full: bool
) -> None:
    fake, tags, broken = FakeWordPress(), ['"1"'], [False]
    fake.media(90, "0.png", b"red" * 100)
    monkeypatch.setattr(Validator, "of", lambda headers: Validator(tags[-1]))

    class Client(Http):
        def download(self, url: str, *given: Any, **more: Any) -> Any:
            if broken[0]:
                raise NoConnection("down", url=url)
            return super().download(url, *given, **more)

    def files(full: bool) -> Pulled:
        with Client() as http:
            options = PullOptions(full=full)
            *_, last = pull(tmp_path, url, partial(open_source, http, url), options, http)
        assert isinstance(last, Pulled)
        return last

    def stored() -> bytes:
        return next((tmp_path / "data/files").rglob("0.png")).read_bytes()[:3]

    with fake.serve() as url:
        files(True)
        files(True)
        tags.append('"2"')
        fake.file("/wp-content/uploads/0.png", b"rod" * 100)
        broken[0] = True
        told = files(True)
        assert told.exit_code == Exit.INCOMPLETE  # it changed, and we do not have it
        assert stored() == b"red"
        assert run_check(tmp_path).exit_code == Exit.INCOMPLETE
        broken[0] = False
        assert files(next_full).exit_code == Exit.DONE
        assert stored() == b"rod"
        assert run_check(tmp_path).exit_code == Exit.DONE


class Interrupted(Files):
    """The run is cut off at the first file."""

    def download(self, *given: object, **more: object) -> object:  # type: ignore[override]
        raise KeyboardInterrupt


def test_a_file_whose_record_changed_is_fetched_though_the_run_was_cut_off(tmp_path: Path) -> None:
    asked: list[str] = []

    class Watched(Files):
        def download(self, url: str, *given: object, **more: object) -> object:  # type: ignore[override]
            asked.append(url)
            fetch: Callable[..., object] = super().download
            return fetch(url, *given, **more)

    source = SweepingSource(media=[media(90, "a.jpg"), media(91, "b.jpg")])
    run_pull(tmp_path, source, ALL, Files())
    source.media[1] = media(91, "b.jpg", modified=NOW)
    with pytest.raises(KeyboardInterrupt):
        run_pull(tmp_path, source, ALL, Interrupted())
    run_pull(tmp_path, source, replace(ALL), Watched())
    assert [url[-5:] for url in asked] == ["b.jpg"]
    asked.clear()
    run_pull(tmp_path, source, ALL, Watched())
    assert asked == []
