"""Killed at any moment: no record is damaged, and one more pull ends as if nothing had happened.

In a test run a few pulls are killed. Many: ``WPEXPORT_KILLS=200 python -m pytest tests/ops/test_kill.py``
"""

from __future__ import annotations

import os
import shutil
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.ops.killing import blog_of_yesterday, content, pull_whole, pulling, today
from wpexport.archive.format import SETTINGS
from wpexport.errors import Exit
from wpexport.ops.check import check
from wpexport.ops.events import Checked

KILLS = int(os.environ.get("WPEXPORT_KILLS", "8"))
#: another seed kills at other moments
SEED = int(os.environ.get("WPEXPORT_KILLS_SEED", "0"))


@dataclass
class Night:
    """A site, last night's archive of it, and what undisturbed pulls make of today's site."""

    url: str
    yesterday: Path
    expected: dict[str, dict[str, Any]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    folder = tmp_path_factory.mktemp("night")
    fake = blog_of_yesterday()
    with fake.serve() as url:
        result = Night(url, folder / "yesterday")
        pull_whole(url, result.yesterday)
        today(fake)
        for kind in ("first", "nightly"):
            root = folder / kind
            if kind == "nightly":
                shutil.copytree(result.yesterday, root)
            began = time.monotonic()
            process = pulling(url, root)
            _, said = process.communicate()
            assert process.returncode == 0, said.decode()
            result.seconds[kind] = time.monotonic() - began
            result.expected[kind] = content(root)
            assert checked(root).exit_code == Exit.DONE
        yield result


def checked(root: Path) -> Checked:
    *_, last = check(root)
    assert isinstance(last, Checked)
    return last


def kill(url: str, root: Path, seconds: float) -> bool:
    """Kill a pull after a while. False when it was finished by then."""
    process = pulling(url, root)
    time.sleep(seconds)
    killed = process.poll() is None
    process.kill()
    _, said = process.communicate()
    assert killed or process.returncode == 0, said.decode()
    return killed


def sound(root: Path, *, killed: bool) -> None:
    """Nothing is damaged; that a run was cut off may be said, and nothing worse."""
    if not (root / SETTINGS).exists():
        return  # it had not begun to write
    found = [f for f in checked(root).findings if f.severity != "note"]
    assert {f.kind for f in found} <= ({"interrupted"} if killed else set()), found


def sealed(root: Path) -> None:
    """Whole by this program's own account, and by BagIt's."""
    assert checked(root).exit_code == Exit.DONE
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # bagit 1.9 imports pkg_resources
        import bagit

        for bag in (root, root / "private"):
            bagit.Bag(str(bag)).validate()


@pytest.mark.parametrize("turn", range(KILLS))
def test_a_killed_pull_damages_nothing_and_the_next_finishes_the_job(
    night: Night, tmp_path: Path, turn: int
) -> None:
    chance = Random(f"{SEED} {turn}")
    kind = ("first", "nightly")[turn % 2]
    root = tmp_path / "archive"
    if kind == "nightly":
        shutil.copytree(night.yesterday, root)
    for _ in range(chance.choice((1, 1, 2))):
        killed = kill(night.url, root, chance.uniform(0.1, 1) * night.seconds[kind])
        sound(root, killed=killed)
    pull_whole(night.url, root)
    got = content(root)
    wanted = night.expected[kind]
    assert sorted(got) == sorted(wanted)
    assert [name for name in wanted if got[name] != wanted[name]] == []
    sealed(root)
    shutil.rmtree(root)
