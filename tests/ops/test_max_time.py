"""A pull that may take only so long: what came is whole and sealed, and the next one goes on."""

from __future__ import annotations

import itertools
import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import responses

from tests.demo.faults import Predicate
from tests.fakewp import FakeWordPress, Fault, faults
from tests.ops.blogs import MemorySource, SweepingSource, comment, media, post
from tests.ops.test_pull import NO_MEDIA, Files, payload, run_check, run_pull
from wpexport.archive.archive import Archive
from wpexport.archive.reader import Reader
from wpexport.errors import Exit
from wpexport.model import Markup
from wpexport.net import Http, OutOfTime
from wpexport.net.failures import NoConnection
from wpexport.ops.events import Pulled
from wpexport.ops.media import MediaOptions
from wpexport.ops.pull import PullOptions, pull
from wpexport.sources.registry import open_source


def hurried(root: Path, source: MemorySource, looks: int, fetcher: Any = None, **more: Any) -> Pulled:
    """Pull until the clock was looked at so often."""
    ticks = itertools.count()
    which = "all" if fetcher else "none"
    options = PullOptions(media=MediaOptions(which=which), max_time=timedelta(seconds=looks), **more)
    *_, last = pull(root, source.home, lambda: source, options, fetcher, clock=lambda: float(next(ticks)))
    assert isinstance(last, Pulled)
    return last


def blog() -> SweepingSource:
    posts: list[Any] = [post(n) for n in range(1, 12)]
    comments: list[Any] = [comment(n, on=1 + n % 7) for n in range(1, 22)]
    return SweepingSource(posts=posts, comments=comments)


@pytest.mark.parametrize("looks", [8, 10, 14, 40])
def test_pulls_that_stop_in_time_end_where_one_that_takes_its_time_does(tmp_path: Path, looks: int) -> None:
    run_pull(tmp_path / "at once", blog())
    codes: list[Exit] = []
    while len(codes) < 40 and Exit.DONE not in codes:
        done = hurried(tmp_path / "bit by bit", blog(), looks)
        codes.append(done.exit_code)
        assert run_check(tmp_path / "bit by bit").exit_code == Exit.DONE
        assert done.run.partial == bool(done.run.warnings) == (done.exit_code != Exit.DONE)
    assert codes == [Exit.INCOMPLETE] * (len(codes) - 1) + [Exit.DONE]
    assert (len(codes) > 1) == (looks < 40)
    assert payload(tmp_path / "bit by bit") == payload(tmp_path / "at once")


def test_the_next_pull_asks_for_the_rest_alone(tmp_path: Path) -> None:
    done = hurried(tmp_path / "a", blog(), 6)
    posts = len(list(Reader(Archive.open(tmp_path / "a")).posts()))
    assert 0 < posts < 11
    assert done.run.warnings == [
        "The time for this pull (--max-time) was over, and it stopped in order: "
        f"Posts {posts} of 11, Media not begun, Comments not begun."
    ]
    source = blog()
    run_pull(tmp_path / "a", source)
    assert "posts/post" not in source.reads
    assert sorted(n for n in source.fetched if n <= 11) == list(range(posts + 1, 12))
    source = blog()
    run_pull(tmp_path / "a", source)
    assert source.fetched == []


def test_nothing_is_gone_because_the_time_was_over(tmp_path: Path) -> None:
    run_pull(tmp_path / "a", blog())
    source = blog()
    source.posts[:] = [post(n, modified=None) for n in range(1, 12)]
    done = hurried(tmp_path / "a", source, 5)
    assert done.exit_code == Exit.INCOMPLETE
    assert not any(cover.vanished for cover in done.run.coverage)
    assert not (tmp_path / "a/data/gone.jsonl").exists()


def test_files_are_left_for_the_next_pull_too(tmp_path: Path) -> None:
    library: list[Any] = [media(n, f"{n}.png") for n in range(100, 200)]
    source = MemorySource(media=library, page=1000)
    shelf = Files({str(item.source_url): b"x" for item in library})
    done = hurried(tmp_path / "a", source, 7, shelf)
    assert "Files" in done.run.warnings[0]
    assert 0 < len(list((tmp_path / "a/data/files").rglob("*.png"))) < 100
    assert run_check(tmp_path / "a").exit_code == Exit.DONE
    again = run_pull(tmp_path / "a", source, PullOptions(media=MediaOptions(which="all")), shelf)
    assert again.exit_code == Exit.DONE
    assert len(list((tmp_path / "a/data/files").rglob("*.png"))) == 100


def test_asking_whether_files_were_swapped_stops_in_time_too(tmp_path: Path) -> None:
    library: list[Any] = [media(n, f"{n}.png") for n in range(100, 200)]
    source = MemorySource(media=library, page=1000)
    asked: list[str] = []

    class Asked(Files):
        def get(self, url: str, *, method: str = "GET", attempts: int | None = None) -> Any:
            asked.append(url)
            raise NoConnection("down", url=url)

    shelf = Asked({str(item.source_url): b"x" for item in library})
    run_pull(tmp_path, source, PullOptions(media=MediaOptions(which="all")), shelf)
    done = hurried(tmp_path, source, 7, shelf, full=True)
    assert 0 < len(asked) < 100
    assert done.exit_code == Exit.INCOMPLETE
    assert "Files" in done.run.warnings[0]
    assert run_check(tmp_path).exit_code == Exit.DONE


def test_without_it_the_clock_is_not_asked(tmp_path: Path) -> None:
    *_, last = pull(tmp_path / "a", blog().home, blog, NO_MEDIA, clock=lambda: float("nan"))
    assert isinstance(last, Pulled)
    assert last.exit_code == Exit.DONE


@pytest.mark.parametrize("every", [timedelta(0), timedelta(days=3)])
def test_a_reading_of_everything_is_gone_on_with_night_by_night(tmp_path: Path, every: timedelta) -> None:
    comments: list[Any] = [comment(n, on=1) for n in range(1, 501)]
    source = SweepingSource(posts=[post(1)], comments=comments, page=100)
    run_pull(tmp_path, source)
    index = sqlite3.connect(tmp_path / "state/index.sqlite")
    index.execute("UPDATE facts SET value = '2020-01-01T00:00:00+00:00' WHERE name LIKE 'full %'")
    index.commit()
    index.close()
    for number in (5, 250, 450):  # such an edit leaves no trace in a list
        source.comments[number - 1] = comment(number, on=1, content=Markup(html="EDITED"))
    stored = tmp_path / "data/comments/000/1.jsonl"
    edits: list[int] = []
    told: list[Exit] = []
    while len(edits) < 10 and (not told or told[-1] != Exit.DONE):
        if len(edits) == 1:
            source.comments.append(comment(501, on=1))
        done = hurried(tmp_path, source, 7, full_every=every)
        edits.append(stored.read_text().count("EDITED"))
        told.append(done.exit_code)
        cover = next(c for c in done.run.coverage if c.collection == "comments")
        assert (cover.received == cover.expected) == (done.exit_code == Exit.DONE)
        assert run_check(tmp_path).exit_code == Exit.DONE
    assert edits[0] < edits[-1] == 3
    assert edits == sorted(edits)
    assert len(told) > 2
    assert told == [Exit.INCOMPLETE] * (len(told) - 1) + [Exit.DONE]
    assert not (tmp_path / "data/gone.jsonl").exists()
    source.reads.clear()
    source.fetched.clear()
    run_pull(tmp_path, source, replace(NO_MEDIA, full_every=timedelta(days=3)))
    assert (source.fetched, "comments" in source.reads) == ([], False)  # it counts as a reading of everything


def busy(fake: FakeWordPress, when: Predicate) -> Fault:
    return fake.fault(Fault("busy", when, faults.answering(503, "later", {"Retry-After": "600"})))


def waited(fake: FakeWordPress, root: Path, *, media: str = "none", lifetime: float | None = 300) -> Pulled:
    """Pull by a client that never really waits, and that would have to wait for longer than it may."""
    options = PullOptions(media=MediaOptions(which=media))
    with responses.RequestsMock() as mock, Http(sleep=lambda _: None, backoff=0.0, lifetime=lifetime) as http:
        url = fake.mount(mock)
        *_, last = pull(root, url, lambda: open_source(http, url, via="rest"), options, http)
    assert isinstance(last, Pulled)
    return last


@pytest.mark.parametrize("base", ["posts", "comments", "media", "tags"])
@pytest.mark.parametrize("place", ["0", "98"])
def test_no_wait_outlasts_the_time(tmp_path: Path, base: str, place: str) -> None:
    fake = FakeWordPress()
    for number in range(1, 251):
        fake.post(number)
        fake.comment(number, post=number)
        fake.term(1000 + number, f"T{number}", "post_tag")
        fake.media(2000 + number, f"{number}.png", b"x")
    fault = busy(fake, lambda r: faults.on(base, per_page=100)(r) and r.query.get("offset", "0") == place)
    done = waited(fake, tmp_path / "a")
    assert done.exit_code == Exit.INCOMPLETE
    assert "--max-time" in done.run.warnings[0]
    assert not [loss for cover in done.run.coverage for loss in cover.lost]
    assert not any(cover.vanished for cover in done.run.coverage)
    assert len(fault.hits) <= 2
    assert run_check(tmp_path / "a").exit_code == Exit.DONE
    fake.heal()
    assert waited(fake, tmp_path / "a").exit_code == Exit.DONE
    assert waited(fake, tmp_path / "b").exit_code == Exit.DONE
    assert payload(tmp_path / "a") == payload(tmp_path / "b")


def test_a_file_that_one_would_have_to_wait_for_is_left_and_not_lost(tmp_path: Path) -> None:
    fake = FakeWordPress()
    for number in range(1, 10):
        fake.media(number + 10, f"{number}.png", b"x")
    busy(fake, lambda r: r.path.endswith("/4.png"))
    done = waited(fake, tmp_path / "a", media="all")
    assert done.exit_code == Exit.INCOMPLETE
    assert "Files" in done.run.warnings[0]
    assert not [loss for cover in done.run.coverage for loss in cover.lost]
    fake.heal()
    assert waited(fake, tmp_path / "a", media="all").exit_code == Exit.DONE


def test_a_site_that_lets_us_wait_at_its_door_is_not_reachable(tmp_path: Path) -> None:
    fake = FakeWordPress()
    busy(fake, faults.everything)
    with pytest.raises(OutOfTime, match=r"600 s \(HTTP 503, asked to wait\)"):
        waited(fake, tmp_path / "a")
    assert not (tmp_path / "a").exists()


def test_an_export_file_is_read_whole(tmp_path: Path) -> None:
    source = MemorySource(posts=[post(n) for n in range(1, 12)], way="wxr")
    assert hurried(tmp_path / "a", source, 2).exit_code == Exit.DONE
    assert len(list(Reader(Archive.open(tmp_path / "a")).posts())) == 11
