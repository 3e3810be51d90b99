"""Pulls of sites that do not answer everything: the rest comes, and what is missing is named."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.fakewp import FakeWordPress, Fault, faults
from wpexport.archive.archive import Archive
from wpexport.archive.reader import Reader
from wpexport.errors import Exit
from wpexport.net import Http
from wpexport.ops.events import Pulled, Warned
from wpexport.ops.pull import PullOptions, pull
from wpexport.sources.registry import open_source


def blog() -> FakeWordPress:
    fake = FakeWordPress()
    fake.posts(250)
    for number in range(1, 61):
        fake.comment(number, post=1 + number % 50)
    return fake


def pulled(fake: FakeWordPress, root: Path) -> tuple[Pulled, list[str]]:
    said = []
    with fake.serve() as url, Http(attempts=2, sleep=lambda _: None) as http:
        for event in pull(root, url, lambda: open_source(http, url, via="rest"), PullOptions(), http):
            if isinstance(event, Warned):
                said.append(event.text)
    assert isinstance(event, Pulled)
    return event, said


def numbers(root: Path) -> tuple[list[int | None], int]:
    reader = Reader(Archive.open(root))
    posts = list(reader.posts())
    return [post.id for post in posts], sum(len(reader.comments(post)) for post in posts)


def test_a_page_of_posts_that_fails_for_ever_costs_its_poisoned_post_alone(tmp_path: Path) -> None:
    fake = blog()
    fake.fault(faults.poison(137))
    done, said = pulled(fake, tmp_path / "a")
    assert numbers(tmp_path / "a") == ([n for n in range(1, 251) if n != 137], 60)
    assert done.exit_code == Exit.INCOMPLETE
    assert any("after number 136" in text for text in said)
    (cover,) = [c for c in done.run.coverage if c.collection == "posts/post"]
    assert (cover.received, cover.missing) == (249, 1)


@pytest.mark.parametrize("offset", ["98", "196"])
def test_a_place_that_fails_and_came_with_the_page_before_is_no_loss(tmp_path: Path, offset: str) -> None:
    fake = blog()
    fake.fault(faults.failing(when=faults.on("posts", offset=offset)))
    done, _ = pulled(fake, tmp_path / "a")
    assert numbers(tmp_path / "a") == (list(range(1, 251)), 60)
    assert done.exit_code == Exit.DONE


def test_comments_that_are_refused_everywhere_are_never_none(tmp_path: Path) -> None:
    fake = blog()
    fake.fault(faults.refused("comments"))
    done, said = pulled(fake, tmp_path / "a")
    assert numbers(tmp_path / "a") == (list(range(1, 251)), 0)
    assert done.exit_code == Exit.INCOMPLETE
    assert any(text.startswith("Comments could not be read") for text in said)


@pytest.mark.parametrize("seed", range(6))
def test_whatever_posts_are_poisoned_all_others_come(tmp_path: Path, seed: int) -> None:
    fake = blog()
    bad = random.Random(seed).sample(range(1, 251), 1 + seed)
    for number in bad:
        fault: Fault = faults.poison(number)
        fake.fault(fault)
    done, _ = pulled(fake, tmp_path / "a")
    assert numbers(tmp_path / "a")[0] == [n for n in range(1, 251) if n not in bad]
    (cover,) = [c for c in done.run.coverage if c.collection == "posts/post"]
    assert cover.missing == len(bad)
    assert done.exit_code == Exit.INCOMPLETE
