"""The next collection's first page is on its way before the last of this one is stored, and comes once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.sources.test_rest import comment
from tests.sources.tinywp import HOME, Reply, TinyWp, client, served
from wpexport.sources.base import Collection
from wpexport.sources.rest import RestSource, open_rest

FIRST = {"orderby": "id", "order": "asc", "per_page": "100"}


@contextmanager
def opened(site: TinyWp, password: str | None = None) -> Iterator[tuple[RestSource, dict[str, Collection]]]:
    with served(site), client(password) as http:
        source = open_rest(http, HOME)
        yield source, {offer.collection.key: offer.collection for offer in source.capabilities().offers}


def blog(posts: int) -> TinyWp:
    site = TinyWp(posts)
    site.rows["comments"] = [comment(number) for number in range(1, 251)]
    return site


def pages_of(site: TinyWp, base: str) -> list[dict[str, str]]:
    """The first pages that were asked for, whatever their fields."""
    asked = (query for route, query in site.asked if route == f"wp/v2/{base}")
    return [query for query in asked if query.get("per_page") == "100" and "offset" not in query]


@pytest.mark.parametrize("posts", [5, 350])
def test_the_next_collection_is_asked_for_while_the_last_batch_is_stored(posts: int) -> None:
    site, asked = blog(posts), threading.Event()

    def before(route: str, query: dict[str, str]) -> Reply | None:
        if route == "wp/v2/comments" and query.get("per_page") == "100":
            asked.set()
        return None

    site.before = before
    with opened(site) as (source, collections):
        source.foresee(collections["comments"])
        came = []
        for batch in source.read(collections["posts/post"]):
            came += [record.id for record in batch.records]
            if batch.last:
                assert asked.wait(10)
        assert came == list(range(1, posts + 1))
        comments = [record.id for batch in source.read(collections["comments"]) for record in batch.records]

    assert comments == list(range(1, 251))
    assert pages_of(site, "comments") == [FIRST]


def test_what_was_foreseen_and_is_not_read_changes_nothing() -> None:
    site = blog(350)
    with opened(site) as (source, collections):
        source.foresee(collections["comments"])
        posts = [record.id for batch in source.read(collections["posts/post"]) for record in batch.records]
        pages = list(source.read(collections["posts/page"]))

    assert posts == list(range(1, 351))
    assert pages[-1].last
    assert not pages[-1].records


def test_what_was_foreseen_is_not_begun_while_it_is_read_itself() -> None:
    site = blog(5)
    with opened(site) as (source, collections):
        source.foresee(collections["comments"])
        comments = [record.id for batch in source.read(collections["comments"]) for record in batch.records]

    assert comments == list(range(1, 251))
    assert pages_of(site, "comments") == [FIRST]


def test_a_richer_way_that_is_refused_leaves_the_next_one() -> None:
    site = blog(5)
    site.password = "secret"

    def before(route: str, query: dict[str, str]) -> Reply | None:
        refused = route == "wp/v2/comments" and ("context" in query or "status" in query)
        return site.error(403, "rest_forbidden") if refused else None

    site.before = before
    with opened(site, "secret") as (source, collections):
        source.foresee(collections["comments"])
        list(source.read(collections["posts/post"]))
        batches = list(source.read(collections["comments"]))

    assert [record.id for batch in batches for record in batch.records] == list(range(1, 251))
    assert not any(batch.lost for batch in batches)
