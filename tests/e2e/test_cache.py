"""Tests in several processes share one cache of downloads."""

from __future__ import annotations

import multiprocessing
import time
from pathlib import Path

from tests.e2e.cache import alone


def _install(place: Path) -> None:
    with alone(place):
        place.mkdir()
        time.sleep(0.02)
        place.rmdir()


def test_two_processes_are_never_in_one_place_together(tmp_path: Path) -> None:
    place = tmp_path / "generators/mkdocs"
    several = [multiprocessing.get_context("spawn").Process(target=_install, args=[place]) for _ in range(4)]
    for one in several:
        one.start()
    for one in several:
        one.join()
    assert [one.exitcode for one in several] == [0, 0, 0, 0]
