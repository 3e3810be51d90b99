"""Several ways into one site: what REST refuses or loses, the feeds supply, and the rest is counted."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import responses

from tests.demo import faults
from tests.fakewp import FakeWordPress
from tests.ops.blogs import MemorySource, comment, post
from tests.sources.test_feed_source import own_feeds
from wpexport.errors import Exit, SourceError, UsageError
from wpexport.model import Author, Loss, Post, Reference, Term
from wpexport.net import Http
from wpexport.ops.events import Pulled
from wpexport.ops.pull import PullOptions, pull
from wpexport.sources.base import Batch, Capabilities, Collection, Source, Sweepable, View
from wpexport.sources.feed import FeedSource
from wpexport.sources.ladder import Ladder, Names, climb
from wpexport.sources.registry import open_source
from wpexport.sources.rest import RestSource


@pytest.fixture
def fake() -> FakeWordPress:
    fake = FakeWordPress()
    for number in range(1, 31):
        fake.post(number, date=f"2024-01-{number:02}T10:00:00")
    for number in range(1, 41):
        fake.comment(number, post=1 + number % 20)
    return fake


@contextmanager
def opened(fake: FakeWordPress, via: str | None = None) -> Iterator[Source]:
    with responses.RequestsMock() as mock, Http(sleep=lambda _: None, backoff=0.0) as http:
        yield open_source(http, fake.mount(mock), via=via)


def read(source: Source) -> tuple[dict[str, set[int | None]], dict[str, list[Loss]], dict[str, str]]:
    """Numbers, losses and the last way of each collection that is not closed."""
    numbers: dict[str, set[int | None]] = {}
    lost: dict[str, list[Loss]] = {}
    ways: dict[str, str] = {}
    for offer in source.capabilities().offers:
        key = offer.collection.key
        if offer.closed is not None:
            continue
        numbers[key], lost[key] = set(), []
        for batch in source.read(offer.collection):
            numbers[key] |= {record.id for record in batch.records}
            lost[key] += batch.lost
            ways[key] = batch.view.way
    return numbers, lost, ways


def sure(losses: list[Loss]) -> list[Loss]:
    """Without the sentence that nobody tells of further pages: the fake answers as the demo does."""
    return [loss for loss in losses if "further" not in loss.reason]


# -- a fake WordPress --------------------------------------------------------------------------------


def test_an_open_site_is_read_by_rest_alone_and_can_be_swept(fake: FakeWordPress) -> None:
    with opened(fake) as source:
        assert isinstance(source, Sweepable)
        _, lost, ways = read(source)
    assert set(ways.values()) == {"rest"}
    assert not any(lost.values())
    assert not [r for r in fake.requests if faults.feeds(r)]


def test_posts_by_rest_and_comments_by_feed_is_one_pull(fake: FakeWordPress) -> None:
    fake.fault(faults.refused("comments"))
    with opened(fake) as source:
        assert not isinstance(source, Sweepable)
        able = source.capabilities()
        numbers, lost, ways = read(source)
    assert able.way == "rest"
    assert ways["posts/post"] == "rest"
    assert ways["comments"] == "feed"
    assert numbers["comments"] == set(range(1, 41))
    assert not lost["comments"]
    assert not any(name.startswith("pingbacks") for name in able.invisible)
    assert any("read from feeds" in name for name in able.invisible)


def test_posts_by_feed_get_the_numbers_of_authors_and_terms_that_rest_names(fake: FakeWordPress) -> None:
    fake.fault(faults.refused("posts"))
    with opened(fake) as source:
        records = [
            record
            for offer in source.capabilities().offers
            if offer.closed is None
            for batch in source.read(offer.collection)
            for record in batch.records
        ]
    posts = [r for r in records if isinstance(r, Post) and r.type == "post"]
    assert len(posts) == 30
    assert {p.author for p in posts} == {1}
    assert all(p.terms == [1] for p in posts)


def test_a_name_that_two_have_stays_a_name() -> None:
    names = Names()
    for record in (
        Term(id=1, name="News"),
        Term(id=2, name="News", taxonomy="post_tag"),
        Term(id=3, name="Sea"),
        Author(id=4, name="Ana"),
    ):
        names.note(record)
    terms: list[int | Reference] = [Reference(name="News"), Reference(name="Sea"), Reference(name="Fog")]
    found = names.resolved(Post(id=1, author=Reference(name="Ana"), terms=terms))
    assert found.author == 4
    assert found.terms == [Reference(name="News"), 3, Reference(name="Fog")]


def test_all_of_rest_closed_is_a_pull_by_feeds(fake: FakeWordPress) -> None:
    fake.fault(faults.rest_closed())
    with opened(fake) as source:
        assert source.capabilities().way == "feed"
        numbers, lost, _ = read(source)
    assert numbers["posts/post"] == set(range(1, 31))
    assert numbers["comments"] == set(range(1, 41))
    assert not sure(lost["posts/post"])


def test_one_way_can_be_forced(fake: FakeWordPress) -> None:
    with opened(fake, "feed") as source:
        assert isinstance(source, FeedSource)
    with opened(fake, "rest") as source:
        assert isinstance(source, RestSource)
    with pytest.raises(UsageError), opened(fake, "pigeon"):
        pass


def test_no_way_in_is_the_first_ways_error(fake: FakeWordPress) -> None:
    fake.fault(faults.rest_closed())
    fake.fault(faults.feeds_closed(403))
    with pytest.raises(SourceError, match="REST API is closed"), opened(fake):
        pass


def test_nobody_but_the_site_is_asked(fake: FakeWordPress) -> None:
    # `responses` refuses every other host: WordPress.com is asked for its own sites and by --via alone.
    fake.fault(faults.rest_closed())
    with opened(fake) as source:
        read(source)


def test_broken_in_three_ways_at_once_still_gives_all_and_says_so(
    fake: FakeWordPress, tmp_path: Path
) -> None:
    """REST refuses comments and users, fails on one post, and the feed's pages are dead."""
    fake.fault(faults.refused("comments"))
    fake.fault(faults.users_blocked())
    fake.fault(faults.poison(7))
    fake.fault(faults.paging_ignored())
    fake.fault(own_feeds(fake))
    with responses.RequestsMock() as mock, Http(sleep=lambda _: None, backoff=0.0) as http:
        url = fake.mount(mock)
        events = list(pull(tmp_path / "a", url, lambda: open_source(http, url), PullOptions()))
    done = events[-1]
    assert isinstance(done, Pulled)
    assert done.exit_code == Exit.INCOMPLETE
    posts = sorted(int(path.stem) for path in (tmp_path / "a/data/posts").rglob("*.json"))
    assert posts == list(range(1, 31))
    cover = {c.collection: c for c in done.run.coverage}
    assert cover["comments"].way == "feed"
    assert cover["comments"].received == 40
    assert cover["authors"].received == 1  # as posts show them
    assert cover["authors"].lost  # who wrote the one that fails is not known


# -- sources in memory -------------------------------------------------------------------------------


class Poor(MemorySource):
    """A way that shows little, under another name."""

    def capabilities(self) -> Capabilities:
        return replace(super().capabilities(), way="feed")

    def read(self, what: Collection, since: dict[str, object] | None = None) -> Iterator[Batch]:
        for batch in super().read(what, since):
            batch.view = View("feed", fields=frozenset({"id", "content"}))
            yield batch


def ladder(first: MemorySource, second: MemorySource) -> Ladder:
    return climb(first, [lambda: second])


def only(source: Source, key: str) -> list[Batch]:
    what = next(o.collection for o in source.capabilities().offers if o.collection.key == key)
    return list(source.read(what))


def named(batches: list[Batch]) -> list[int | None]:
    return [record.id for batch in batches for record in batch.records]


def test_what_the_first_lost_by_number_is_taken_from_the_second() -> None:
    losses = [
        Loss(collection="posts/post", id=2, reason="x"),
        Loss(collection="posts/post", id=9, reason="x"),
    ]
    first = MemorySource(posts=[post(1), post(3)], lost={"posts/post": copy.copy(losses)})
    batches = only(ladder(first, Poor(posts=[post(n) for n in (1, 2, 3)])), "posts/post")
    assert named(batches) == [1, 3, 2]
    assert [loss.id for b in batches for loss in b.lost] == [9]
    assert next(b for b in batches if named([b]) == [2]).view.way == "feed"


def test_a_count_is_filled_by_what_comes() -> None:
    first = MemorySource(
        posts=[post(1)], lost={"posts/post": [Loss(collection="posts/post", reason="x", count=3)]}
    )
    batches = only(ladder(first, Poor(posts=[post(n) for n in (1, 2, 3)])), "posts/post")
    assert named(batches) == [1, 2, 3]
    assert [loss.count for b in batches for loss in b.lost] == [1]


def test_a_refusal_while_reading_is_made_good_in_full() -> None:
    refusal = Loss(collection="comments", reason="x", count=None)
    first = MemorySource(posts=[post(1)], lost={"comments": [refusal]})
    batches = only(ladder(first, Poor(comments=[comment(5, on=1), comment(6, on=1)])), "comments")
    assert named(batches) == [5, 6]
    assert not [loss for b in batches for loss in b.lost]


def test_where_no_other_way_helps_the_loss_stays() -> None:
    refusal = Loss(collection="posts/post", reason="x", count=None)
    first = MemorySource(posts=[post(1)], lost={"posts/post": [refusal]})

    def nothing() -> Source:
        raise SourceError("closed")

    batches = only(climb(first, [nothing]), "posts/post")
    assert named(batches) == [1]
    assert [loss for b in batches for loss in b.lost] == [refusal]


def test_comments_of_both_ways_are_stored_under_the_poorer_view() -> None:
    lost = {"comments": [Loss(collection="comments", reason="x", count=1)]}
    first = MemorySource(comments=[comment(5, on=1)], lost=lost)
    batches = only(ladder(first, Poor(comments=[comment(5, on=1), comment(6, on=1)])), "comments")
    assert named(batches) == [5, 6]
    assert batches[-1].view.fields == frozenset({"id", "content"})


def test_what_the_second_way_has_not_the_third_may_have() -> None:
    def lost(*numbers: int) -> dict[str, list[Loss]]:
        return {"posts/post": [Loss(collection="posts/post", id=n, reason="x") for n in numbers]}

    first = MemorySource(posts=[post(1)], lost=lost(2, 3, 4))
    second, third = Poor(posts=[post(1), post(3)], lost=lost(2, 4)), Poor(posts=[post(n) for n in (1, 2, 3)])
    batches = only(climb(first, [lambda: second, lambda: third]), "posts/post")
    assert sorted(n or 0 for n in named(batches)) == [1, 2, 3]
    assert [loss.id for b in batches for loss in b.lost] == [4]


def test_what_a_way_loses_that_stands_for_a_closed_one_the_next_may_have() -> None:
    """WordPress.com for a site whose REST is closed, and its feeds for what WordPress.com loses."""

    class Closed(MemorySource):
        def capabilities(self) -> Capabilities:
            able = super().capabilities()
            return replace(able, offers=[replace(o, closed="No.") for o in able.offers])

    broken = {"posts/post": [Loss(collection="posts/post", reason="x", count=2)]}
    second, third = MemorySource(posts=[post(1)], lost=broken), Poor(posts=[post(n) for n in (1, 2, 3)])
    batches = only(climb(Closed(posts=[post(9)]), [lambda: second, lambda: third]), "posts/post")
    assert named(batches) == [1, 2, 3]
    assert not [loss for b in batches for loss in b.lost]


def test_an_uncounted_rest_is_no_loss_where_another_way_has_all() -> None:
    rest = {"posts/post": [Loss(collection="posts/post", reason="x", count=None)]}
    first = MemorySource(posts=[post(1)], lost=rest)
    batches = only(ladder(first, Poor(posts=[post(n) for n in (1, 2, 3)])), "posts/post")
    assert named(batches) == [1, 2, 3]
    assert not [loss for b in batches for loss in b.lost]
