"""What was modified last: told only where it is sure to be all of it."""

from __future__ import annotations

from typing import Any, cast

import pytest

from wpexport.sources.rest.answer import Answer, Outcome
from wpexport.sources.rest.api import Api
from wpexport.sources.rest.listing import Listing
from wpexport.sources.rest.sweep import latest

POSTS = Listing("posts/post", "Posts", "wp/v2/posts", {})
FAILED = Answer(Outcome.BROKEN, status=500)
BEYOND = Answer(Outcome.REFUSED, status=400, code="rest_post_invalid_page_number")


class Site:
    """Answers one page after the other."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = answers
        self.asked: list[int] = []

    def ask(self, route: str, query: dict[str, int], **_: Any) -> Answer:
        self.asked.append(query["page"])
        return self.answers[query["page"] - 1]


def page(*rows: tuple[int, int]) -> Answer:
    return Answer(Outcome.USABLE, [{"id": n, "modified_gmt": f"20{y}-01-01T00:00:00"} for n, y in rows])


def told(site: Site, *listings: Listing) -> tuple[list[int], bool]:
    """The numbers, and whether they are sure to be all."""
    glimpses = list(latest(cast(Api, site), list(listings), "posts"))
    return [number for g in glimpses for number, _ in g.rows], not any(g.lost for g in glimpses)


@pytest.mark.parametrize("end", [page(), BEYOND])
def test_the_end_is_an_empty_page_or_none(end: Answer) -> None:
    assert told(Site(page((3, 25), (1, 24)), page((2, 23)), end), POSTS) == ([3, 1, 2], True)


def test_a_page_that_fails_is_not_the_end() -> None:
    assert told(Site(page((3, 25)), FAILED), POSTS) == ([3], False)
    assert told(Site(FAILED), POSTS) == ([], False)


def test_an_order_of_the_site_s_own_tells_nothing() -> None:
    assert told(Site(page((1, 23), (2, 25))), POSTS) == ([], False)


def test_several_languages_or_ways_may_each_show_something_else() -> None:
    site = Site(page((3, 25)), page())
    other = Listing("posts/post", "Posts", "wp/v2/posts", {"lang": "de"})
    assert told(site, POSTS, other) == ([], False)
    assert site.asked == []
