"""Again every night: only what changed is asked for, what vanished is named, nothing good is lost."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.ops.blogs import ZONE, SweepingSource, comment, media, post
from tests.ops.test_pull import NO_MEDIA, payload, run_check, run_pull
from wpexport.archive.archive import Archive
from wpexport.archive.reader import Reader
from wpexport.errors import Exit
from wpexport.model import Loss, Markup
from wpexport.ops.events import Pulled
from wpexport.ops.pull import pull
from wpexport.sources.base import Glimpse

LATER = datetime(2025, 5, 5, tzinfo=ZONE)


def blog(**fields: Any) -> SweepingSource:
    posts: list[Any] = [post(n) for n in range(1, 41)]
    comments: list[Any] = [comment(n, on=1 + n % 40) for n in range(1, 61)]
    return SweepingSource(posts=posts, comments=comments, media=[media(90, "a.jpg")], page=20, **fields)


def gone(root: Path) -> list[tuple[str, int, str]]:
    path = root / "data/gone.jsonl"
    lines = path.read_text().splitlines() if path.exists() else []
    return [(row["collection"], row["id"], row["how"]) for row in map(json.loads, lines)]


def test_nothing_new_asks_for_nothing(tmp_path: Path) -> None:
    source = blog()
    run_pull(tmp_path, source)
    source.reads.clear()
    before = payload(tmp_path)
    done = run_pull(tmp_path, source)
    assert source.fetched == []
    assert source.reads == ["terms/category", "authors"]
    assert payload(tmp_path) == before
    cover = {c.collection: c for c in done.run.coverage}
    assert cover["posts/post"].received == cover["posts/post"].unchanged == 40
    assert cover["comments"].swept
    assert done.exit_code == Exit.DONE


def test_only_what_is_new_or_edited_is_asked_for(tmp_path: Path) -> None:
    source = blog()
    run_pull(tmp_path, source)
    before = payload(tmp_path)
    source.posts[4] = post(5, title="Edited", modified=LATER)
    source.posts.insert(0, post(41, date=datetime(2001, 1, 1, tzinfo=ZONE)))  # an old date
    source.comments.insert(0, comment(0, on=7))  # approved late: a low number
    done = run_pull(tmp_path, source)
    assert sorted(source.fetched) == [0, 5, 41]
    touched = {path for path, digest in payload(tmp_path).items() if before.get(path) != digest}
    assert touched == {
        "data/posts/000/5.json",
        "data/posts/000/41.json",
        "data/comments/000/7.jsonl",
    }
    assert (tmp_path / "data/history/posts/000/5.jsonl").exists()
    assert done.exit_code == Exit.DONE
    source.fetched.clear()
    run_pull(tmp_path, source)
    assert source.fetched == []


def test_an_edited_comment_is_found_when_everything_is_read_again(tmp_path: Path) -> None:
    source = blog()
    run_pull(tmp_path, source)
    source.comments[3] = comment(4, on=5, content=Markup(html="edited"))
    assert all(c.changed == 0 for c in run_pull(tmp_path, source).run.coverage)
    now = run_pull(tmp_path, source, replace(NO_MEDIA, full_every=timedelta(0)))
    assert [c.changed for c in now.run.coverage if c.collection == "comments"] == [1]
    source.comments[3] = comment(4, on=5, content=Markup(html="edited again"))
    full = run_pull(tmp_path, source, replace(NO_MEDIA, full=True))
    assert [c.changed for c in full.run.coverage if c.collection == "comments"] == [1]


WEEKLY = replace(NO_MEDIA, sweep_every=timedelta(days=7))


def test_between_two_sweeps_the_newest_are_looked_at_alone(tmp_path: Path) -> None:
    source = blog()
    run_pull(tmp_path, source, WEEKLY)
    source.posts[4] = post(5, title="Edited", modified=LATER)
    source.posts += [post(n, modified=LATER) for n in range(41, 71)]
    source.comments.append(comment(161, on=7))
    gone_now = source.posts.pop(0)
    done = run_pull(tmp_path, source, WEEKLY)
    # the second page of posts has old ones too, and the third none that is new
    assert [name for name in source.sweeps if "post" in name] == [
        "posts/post, newest", "posts/post, further", "posts/post, further"
    ]  # fmt: skip
    assert sorted(source.fetched) == [5, *range(41, 71), 161]
    assert gone(tmp_path) == []
    cover = {c.collection: c for c in done.run.coverage}["posts/post"]
    assert (cover.added, cover.changed, cover.unchanged, cover.received) == (30, 1, 39, 70)
    assert (cover.swept, cover.whole, done.exit_code) == (True, False, Exit.DONE)
    run_pull(tmp_path, source, NO_MEDIA)  # the sweep finds what vanished
    assert gone(tmp_path) == [("posts/post", gone_now.id, "404")]
    assert run_check(tmp_path).exit_code == Exit.DONE


def test_what_was_listed_and_did_not_come_is_not_passed_over(tmp_path: Path) -> None:
    source = blog()
    run_pull(tmp_path, source, WEEKLY)
    source.posts.append(post(41, modified=LATER))
    plain = source.fetch
    source.fetch = lambda what, numbers: iter(())  # type: ignore[method-assign]
    assert run_pull(tmp_path, source, WEEKLY).exit_code == Exit.INCOMPLETE
    source.fetch = plain  # type: ignore[method-assign]
    source.sweeps.clear()
    assert run_pull(tmp_path, source, WEEKLY).exit_code == Exit.DONE
    assert "posts/post" in source.sweeps
    assert (tmp_path / "data/posts/000/41.json").exists()


def test_what_vanished_gets_a_tombstone_and_stays(tmp_path: Path) -> None:
    source = blog(statuses={2: 404, 3: 401, 4: 200})  # 4 is in the trash, and we are its owner
    run_pull(tmp_path, source)
    source.posts = [p for p in source.posts if p.id not in (2, 3, 4)]
    source.comments = [c for c in source.comments if c.id != 60]
    done = run_pull(tmp_path, source)
    assert gone(tmp_path) == [
        ("comments", 60, "404"),
        ("posts/post", 2, "404"),
        ("posts/post", 3, "401"),
        ("posts/post", 4, "absent from the list"),
    ]
    assert (tmp_path / "data/posts/000/2.json").exists()
    assert [c.vanished for c in done.run.coverage if c.collection == "posts/post"] == [3]
    assert done.exit_code == Exit.DONE
    reader = Reader(Archive.open(tmp_path))
    assert {2, 3, 4} & {p.id for p in reader.posts()} == set()
    assert reader.left_out["vanished"] == 3
    everything = Reader(Archive.open(tmp_path), frozenset({"vanished"}))
    assert {2, 3, 4} <= {p.id for p in everything.posts()}
    assert run_check(tmp_path).exit_code == Exit.DONE
    assert run_pull(tmp_path, source).run.manifest_after == done.run.manifest_after


def test_what_a_cached_list_forgot_is_not_buried(tmp_path: Path) -> None:
    source = blog(statuses={4: 200})
    run_pull(tmp_path, source)
    whole = source.sweep

    def forgetful(what: Any, *, newest: bool = False) -> Any:
        for glimpse in whole(what, newest=newest):
            glimpse.rows = [row for row in glimpse.rows if row[0] != 4]
            yield glimpse

    source.sweep = forgetful  # type: ignore[method-assign]
    run_pull(tmp_path, source)
    assert gone(tmp_path) == []


def test_what_comes_back_loses_its_tombstone(tmp_path: Path) -> None:
    source = blog()
    run_pull(tmp_path, source)
    kept = source.posts.pop()
    run_pull(tmp_path, source)
    assert gone(tmp_path) == [("posts/post", 40, "404")]
    source.posts.append(kept)
    run_pull(tmp_path, source)
    assert gone(tmp_path) == []
    assert run_check(tmp_path).exit_code == Exit.DONE


def test_an_emptied_site_marks_nothing_as_gone(tmp_path: Path) -> None:
    source = blog()
    run_pull(tmp_path, source)
    all_posts, all_comments = source.posts, source.comments
    source.posts, source.comments = [post(100, title="Hacked")], []
    done = run_pull(tmp_path, source)
    assert done.exit_code == Exit.SHRUNKEN
    assert gone(tmp_path) == []
    assert (tmp_path / "data/posts/000/100.json").exists()
    assert run_pull(tmp_path, source).exit_code == Exit.SHRUNKEN
    source.posts, source.comments = [*all_posts, post(100)], all_comments
    assert run_pull(tmp_path, source).exit_code == Exit.DONE
    source.posts, source.comments = [post(100)], []
    assert (
        run_pull(tmp_path, source, replace(NO_MEDIA, accept=frozenset({"shrunken"}))).exit_code == Exit.DONE
    )
    assert len(gone(tmp_path)) == 100


def test_of_a_site_that_was_emptied_not_even_a_few_are_believed(tmp_path: Path) -> None:
    source = blog()
    source.comments = [comment(1, 1), comment(2, 2)]
    run_pull(tmp_path, source)
    source.posts, source.comments = [post(100, title="Hacked")], []
    done = run_pull(tmp_path, source)
    assert done.exit_code == Exit.SHRUNKEN
    assert gone(tmp_path) == []  # two comments alone would be believed
    assert all(cover.vanished == 0 for cover in done.run.coverage)


@pytest.mark.parametrize(("left", "code"), [(0, Exit.SHRUNKEN), (3, Exit.SHRUNKEN), (5, Exit.DONE)])
def test_the_smallest_blog_can_be_emptied_too(tmp_path: Path, left: int, code: Exit) -> None:
    source = SweepingSource(posts=[post(n) for n in range(1, 9)])
    run_pull(tmp_path, source)
    source.posts = source.posts[:left]
    assert run_pull(tmp_path, source).exit_code == code
    assert len(gone(tmp_path)) == (8 - left if code == Exit.DONE else 0)
    accepted = replace(NO_MEDIA, accept=frozenset({"shrunken"}))
    assert run_pull(tmp_path, source, accepted).exit_code == Exit.DONE
    assert len(gone(tmp_path)) == 8 - left


def test_a_visitor_s_absence_says_nothing_of_what_a_login_saw(tmp_path: Path) -> None:
    source = blog(login=True)
    source.posts.append(post(50, status="draft"))
    run_pull(tmp_path, source)
    visitor = blog()
    for _ in range(2):
        assert run_pull(tmp_path, visitor).exit_code == Exit.DONE
    assert gone(tmp_path) == []


@pytest.mark.parametrize("delete", ["index.sqlite", "all"])
def test_the_state_may_be_deleted_at_any_time(tmp_path: Path, delete: str) -> None:
    source = blog()
    run_pull(tmp_path, source)
    before = payload(tmp_path)
    for path in (tmp_path / "state").glob("index.sqlite*" if delete != "all" else "*"):
        if path.is_file():
            path.unlink()
    source.posts.pop()
    run_pull(tmp_path, source)
    assert gone(tmp_path) == []
    assert payload(tmp_path) == before
    assert run_check(tmp_path).exit_code == Exit.DONE


def test_an_interruption_leaves_no_hole(tmp_path: Path) -> None:
    source = blog()
    run_pull(tmp_path, source)
    source.posts += [post(n) for n in range(41, 45)]
    source.comments += [comment(n, on=n - 30) for n in range(61, 70)]
    broken = source.fetch

    def breaking(what: Any, numbers: Any) -> Any:
        if what.kind == "comments":
            raise KeyboardInterrupt
        return broken(what, numbers)

    source.fetch = breaking  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        run_pull(tmp_path, source)
    assert any(f.kind == "interrupted" for f in run_check(tmp_path).findings)
    source.fetch = broken  # type: ignore[method-assign]
    run_pull(tmp_path, source)
    whole = tmp_path / "whole"
    run_pull(whole, source)
    ours = {path: digest for path, digest in payload(tmp_path).items() if not path.startswith("whole/")}
    assert ours == payload(whole)


def test_content_rendered_otherwise_is_kept_and_told(tmp_path: Path) -> None:
    source = blog()
    run_pull(tmp_path, source)
    source.posts[0] = post(1, content=Markup(html="<p>Text of 1</p>\n<p>An advertisement</p>"))
    done = run_pull(tmp_path, source, replace(NO_MEDIA, full=True))
    assert [(c.changed, c.rendered) for c in done.run.coverage if c.collection == "posts/post"] == [(1, 1)]


def test_a_loss_that_is_accepted_by_name_wakes_nobody_and_a_new_one_does(tmp_path: Path) -> None:
    def lost(*numbers: int) -> dict[str, list[Loss]]:
        return {"posts/post": [Loss(collection="posts/post", id=n, reason="HTTP 500") for n in numbers]}

    source = blog(lost=lost(77))
    assert run_pull(tmp_path, source).exit_code == Exit.INCOMPLETE
    options = replace(NO_MEDIA, full=True, accept=frozenset({"posts/post:77"}))
    accepted = run_pull(tmp_path, source, options)
    assert accepted.exit_code == Exit.DONE
    assert [c.missing for c in accepted.run.coverage if c.collection == "posts/post"] == [1]
    source.lost = lost(77, 78)
    again = run_pull(tmp_path, source, replace(NO_MEDIA, full=True))
    assert again.exit_code == Exit.INCOMPLETE
    assert run_check(tmp_path).exit_code == Exit.INCOMPLETE
    assert run_pull(tmp_path, source, replace(options, accept=frozenset({"all"}))).exit_code == Exit.DONE
    assert run_check(tmp_path).exit_code == Exit.DONE


def have(root: Path) -> set[int]:
    return {int(path.stem) for path in (root / "data/posts").rglob("*.json")}


def test_a_look_at_the_newest_that_was_cut_leaves_no_hole(tmp_path: Path) -> None:
    source = SweepingSource(posts=[post(n) for n in range(1, 500)], page=100)
    run_pull(tmp_path, source, WEEKLY)
    # what is fetched first was modified last: the next look at the newest would find its first page known
    source.posts[:100] = [post(n, modified=datetime(2026, 5, 6, tzinfo=ZONE)) for n in range(1, 101)]
    source.posts += [post(n, modified=LATER) for n in range(500, 700)]
    ticks = itertools.count()
    hasty = replace(WEEKLY, max_time=timedelta(seconds=4))
    clock = lambda: float(next(ticks))  # noqa: E731
    *_, cut = pull(tmp_path, source.home, lambda: source, hasty, None, clock=clock)
    assert isinstance(cut, Pulled)
    assert cut.exit_code == Exit.INCOMPLETE
    assert len(have(tmp_path)) < 699
    assert run_pull(tmp_path, source, WEEKLY).exit_code == Exit.DONE
    assert len(have(tmp_path)) == 699


def test_where_the_newest_cannot_be_told_all_numbers_are_looked_at(tmp_path: Path) -> None:
    source = blog()
    run_pull(tmp_path, source, WEEKLY)
    source.posts.append(post(41, modified=LATER))
    kept = source.posts.pop(0)
    plain = source.sweep

    def failing(what: Any, *, newest: bool = False) -> Any:
        if newest:
            yield Glimpse([(41, None)])
            yield Glimpse(lost=[Loss(collection=what.key, reason="HTTP 500")])
        else:
            yield from plain(what)

    source.sweep = failing  # type: ignore[method-assign]
    done = run_pull(tmp_path, source, WEEKLY)
    cover = {c.collection: c for c in done.run.coverage}["posts/post"]
    assert (cover.added, cover.received, cover.lost, cover.whole) == (1, 40, [], True)
    assert gone(tmp_path) == [("posts/post", kept.id, "404")]
    assert done.exit_code == Exit.DONE


def test_a_reading_that_did_not_reach_its_end_is_followed_by_a_look_at_all(tmp_path: Path) -> None:
    source = blog()
    run_pull(tmp_path, source, WEEKLY)
    source.posts[:20] = [post(n, modified=datetime(2026, 5, 6, tzinfo=ZONE)) for n in range(1, 21)]
    source.posts.append(post(41, modified=LATER))
    plain = source.read

    def broken(what: Any, since: Any = None) -> Any:
        for place, batch in enumerate(plain(what, since)):
            if place == 2 and what.kind == "posts":
                return
            yield batch

    source.read = broken  # type: ignore[method-assign]
    run_pull(tmp_path, source, replace(WEEKLY, full=True))
    assert 41 not in have(tmp_path)
    source.read = plain  # type: ignore[method-assign]
    run_pull(tmp_path, source, WEEKLY)
    assert 41 in have(tmp_path)
