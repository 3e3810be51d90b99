"""What a pull cost the site is in its report, told apart by what it was for."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import partial
from pathlib import Path

from tests.demo import faults
from tests.fakewp import FakeWordPress
from tests.ops.blogs import SweepingSource, post
from tests.ops.test_pull import run_pull
from tests.ops.test_redact import pulled
from wpexport.archive.archive import Archive
from wpexport.archive.runs import Run
from wpexport.net import Http
from wpexport.ops.events import Pulled
from wpexport.ops.media import MediaOptions
from wpexport.ops.pull import PullOptions, pull
from wpexport.sources.registry import open_source

LATER = "2026-02-02T00:00:00"


def blog(posts: int, comments: int) -> FakeWordPress:
    fake = FakeWordPress()
    for number in range(1, posts + 1):
        fake.post(number, content=f"<p>{number}: {'Seven ships sailed south slowly. ' * 150}</p>")
    for number in range(1, comments + 1):
        fake.comment(number, post=1 + number % posts, content="Well said, and at some length. " * 20)
    fake.media(9001, "2026/a.png", b"picture" * 5_000)
    return fake


def test_every_request_is_counted_for_something(tmp_path: Path) -> None:
    fake = blog(30, 30)
    with fake.serve() as url:
        done = pulled(tmp_path, url, login=False)
    told = done.run.traffic
    assert told["requests"] == len(fake.requests)
    assert told["bytes"] > 35_000
    assert list(told["purposes"]) == ["opening", "records", "files"]
    for name in ("requests", "bytes"):
        assert sum(one[name] for one in told["purposes"].values()) == told[name]
    assert told["purposes"]["files"] == {**told["purposes"]["files"], "requests": 1, "bytes": 35_000}
    assert Archive.open(tmp_path).runs()[-1].traffic == told


def test_nothing_new_costs_a_twentieth_and_two_requests_a_collection(tmp_path: Path) -> None:
    fake = blog(400, 400)
    with fake.serve() as url:
        full = pulled(tmp_path, url, login=False).run.traffic
        before = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*") if p.is_file()}
        fake.requests.clear()
        run = pulled(tmp_path, url, login=False).run
    after = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*") if p.is_file()}
    changed = {p.relative_to(tmp_path).parts[0] for p in after if before.get(p) != after[p]}
    assert changed <= {"runs", "state"}
    assert run.traffic["bytes"] < full["bytes"] / 20
    sweep = run.traffic["purposes"]["sweep"]
    # a hundred numbers a request, an empty page at the end at most, and one for each small collection
    assert 8 <= sweep["requests"] <= 8 + 2 * len(run.coverage)
    assert run.traffic["sweep_seconds"] == sweep["seconds"] > 0
    paths = Counter(request.path for request in fake.requests)
    assert max(count for path, count in paths.items() if not path.endswith(("posts", "comments"))) <= 2
    assert run.traffic["purposes"]["records"]["requests"] <= 2 * len(run.coverage)


def test_a_client_that_does_not_count_is_no_zero(tmp_path: Path) -> None:
    told = run_pull(tmp_path, SweepingSource(posts=[post(1)])).run.traffic
    assert "requests" not in told
    assert "bytes" not in told["purposes"]["opening"]


def test_a_look_at_the_newest_is_one_request_for_each_collection(tmp_path: Path) -> None:
    """``--sweep-every``: WordPress' own order, and the sweep where a site does not sort so."""
    fake = blog(250, 250)
    weekly = PullOptions(sweep_every=timedelta(days=7), media=MediaOptions(which="none"))

    def again() -> tuple[Run, list[str]]:
        fake.requests.clear()
        with Http() as http:
            *_, last = pull(tmp_path, url, partial(open_source, http, url), weekly, http)
        assert isinstance(last, Pulled)
        paths = [request.path for request in fake.requests if "include" not in request.query]
        return last.run, [path for path in paths if path.endswith(("posts", "comments"))]

    with fake.serve() as url:
        again()
        fake.post(3, title="Edited", modified=LATER, modified_gmt=LATER)
        fake.post(251, title="New", modified=LATER, modified_gmt=LATER)
        fake.comment(900, post=1, date="2026-02-02T00:00:00", date_gmt="2026-02-02T00:00:00")
        run, paths = again()
        assert Counter(paths)["/wp-json/wp/v2/comments"] <= 3  # one to open, and two pages at most
        assert sorted((c.added, c.changed) for c in run.coverage if c.added) == [(1, 0), (1, 1)]
        assert run.exit_code == 0
        fake.post(252, title="New, too", modified=LATER, modified_gmt=LATER)
        fake.fault(faults.orderby_refused("posts"))
        run, _ = again()
        assert [c.added for c in run.coverage if c.collection == "posts/post"] == [1]
