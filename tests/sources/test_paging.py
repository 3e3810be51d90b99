from __future__ import annotations

from typing import Any

import pytest

from tests.sources.tinywp import Reply, TinyWp, client, post, served
from wpexport.model import Loss
from wpexport.sources.base import Batch
from wpexport.sources.rest import RestSource, open_rest
from wpexport.sources.rest.answer import Answer, Outcome
from wpexport.sources.rest.listing import cap_of, real_size


def pulled(site: TinyWp, key: str = "posts/post", **options: Any) -> tuple[list[int], list[Batch]]:
    """Read one collection of a site: the ids in order, and the batches."""
    with served(site), client(**options) as http:
        source = open_rest(http, "https://blog.test")
        batches = read(source, key)
    return [r.id or 0 for b in batches for r in b.records], batches


def read(source: RestSource, key: str) -> list[Batch]:
    (what,) = [c for c in source._catalogue.collections() if c.key == key]
    return list(source.read(what))


def losses(batches: list[Batch]) -> list[Loss]:
    return [loss for b in batches for loss in b.lost]


def withheld(batches: list[Batch]) -> int:
    return sum(b.withheld for b in batches)


def pages(site: TinyWp, name: str = "posts") -> list[dict[str, str]]:
    return [q for route, q in site.asked if route == f"wp/v2/{name}" and q.get("per_page") != "1"]


def test_all_rows_come_once_and_in_order() -> None:
    site = TinyWp(450)
    ids, batches = pulled(site)
    assert ids == list(range(1, 451))
    assert not losses(batches)
    assert withheld(batches) == 0
    assert batches[-1].last
    assert [b.last for b in batches].count(True) == 1
    assert batches[0].claimed == 450
    assert len(pages(site)) == 6  # five pages and the question for the schema


def test_later_pages_ask_only_for_what_is_kept() -> None:
    site = TinyWp(250)
    site.rows["posts"][7]["rare_plugin_key"] = {"a": 1}
    pulled(site)
    filtered = [q["_fields"].split(",") for q in pages(site) if "_fields" in q]
    assert filtered
    assert all({"plugin_field", "rare_plugin_key", "content", "meta"} <= set(f) for f in filtered)
    assert not any({"_links", "class_list"} & set(f) for f in filtered)


def test_a_filter_that_drops_too_much_is_given_up() -> None:
    site = TinyWp(250)

    def mangled(route: str, query: dict[str, str]) -> Reply | None:
        if route == "wp/v2/posts" and "content" in query.get("_fields", ""):
            return site.answer(route, {**query, "_fields": "id"})
        return None

    site.before = mangled
    with served(site), client() as http:
        batches = read(open_rest(http, "https://blog.test"), "posts/post")
    posts = [r for b in batches for r in b.records]
    assert len(posts) == 250
    assert all(p.content.html for p in posts)  # type: ignore[union-attr]


def test_holes_and_empty_pages_are_withheld_and_not_the_end() -> None:
    site = TinyWp(500)
    site.hidden = {3, 4, *range(95, 310), 420}
    ids, batches = pulled(site)
    assert ids == [n for n in range(1, 501) if n not in site.hidden]
    assert withheld(batches) == len(site.hidden)
    assert not losses(batches)


def test_only_hidden_rows_at_the_end() -> None:
    site = TinyWp(230)
    site.hidden = set(range(180, 231))
    ids, batches = pulled(site)
    assert len(ids) == 179
    assert withheld(batches) == 51
    assert not losses(batches)


def test_rows_deleted_while_paging_hide_no_others() -> None:
    site = TinyWp(600)

    def vanish(route: str, query: dict[str, str]) -> Reply | None:
        if route == "wp/v2/posts" and int(query.get("offset", 0)) == 196:
            site.rows["posts"] = [r for r in site.rows["posts"] if r["id"] not in range(10, 60)]
        return None

    site.before = vanish
    ids, batches = pulled(site, jobs=1)
    assert ids == list(range(1, 601))
    assert not losses(batches)


def test_rows_added_while_paging_come_too() -> None:
    site = TinyWp(300)

    def appear(route: str, query: dict[str, str]) -> Reply | None:
        if int(query.get("offset", 0)) == 196 and len(site.rows["posts"]) == 300:
            site.rows["posts"] += [post(n) for n in range(301, 331)]
        return None

    site.before = appear
    ids, batches = pulled(site)
    assert ids == list(range(1, 331))
    assert not losses(batches)


def test_poison_rows_lose_their_text_alone() -> None:
    site = TinyWp(330)
    site.poison = {1, 98, 99, 100, 101, 250}
    ids, batches = pulled(site)
    assert sorted(ids) == list(range(1, 331))
    assert {loss.id for loss in losses(batches)} == site.poison
    partial = [r for b in batches if b.view.fields is not None for r in b.records]
    assert {r.id for r in partial} == site.poison
    assert all(r.content.html is None and r.title for r in partial)  # type: ignore[union-attr]
    fields = next(b.view.fields for b in batches if b.view.fields is not None)
    assert "content" not in fields
    assert withheld(batches) == 0


def test_a_deadly_row_is_named_by_its_place() -> None:
    site = TinyWp(330)
    site.deadly = {150}
    ids, batches = pulled(site)
    assert ids == [n for n in range(1, 331) if n != 150]
    (loss,) = losses(batches)
    assert loss.id is None
    assert "after number 149" in loss.reason
    assert "HTTP 500" in loss.reason
    assert withheld(batches) == 0


def test_a_poison_page_for_ever_costs_few_requests_and_no_other_row() -> None:
    site = TinyWp(500)
    site.deadly = set(range(101, 201))
    ids, batches = pulled(site)
    assert ids == [*range(1, 101), *range(201, 501)]
    assert sum(loss.count or 0 for loss in losses(batches)) == 100
    assert withheld(batches) == 0
    assert len(site.asked) < 260


def test_the_first_page_may_be_the_dead_one() -> None:
    site = TinyWp(400)
    site.deadly = set(range(1, 101))
    ids, batches = pulled(site)
    assert ids == list(range(101, 401))
    assert sum(loss.count or 0 for loss in losses(batches)) == 100


def test_a_dead_collection_costs_few_requests() -> None:
    site = TinyWp(10_000)
    site.deadly = set(range(1, 10_001))
    ids, batches = pulled(site)
    assert ids == []
    (loss,) = losses(batches)
    assert loss.reason.startswith("Posts could not be read (HTTP 500")
    assert loss.count is None
    assert len(pages(site)) < 40


def test_pages_too_large_for_the_server_become_smaller() -> None:
    site = TinyWp(400)

    def too_much(route: str, query: dict[str, str]) -> Reply | None:
        return (504, {}, "") if int(query.get("per_page", 0)) > 50 else None

    site.before = too_much
    ids, batches = pulled(site)
    assert ids == list(range(1, 401))
    assert not losses(batches)
    assert sum(int(q["per_page"]) == 100 for q in pages(site) if "per_page" in q) < 10


def test_a_lowered_maximum_is_read_from_the_message() -> None:
    site = TinyWp(70)
    site.cap = 20
    ids, batches = pulled(site)
    assert ids == list(range(1, 71))
    assert not losses(batches)


def test_pages_made_smaller_in_silence_are_not_withheld_rows() -> None:
    site = TinyWp(95)

    def clamped(route: str, query: dict[str, str]) -> Reply | None:
        if route == "wp/v2/posts" and int(query.get("per_page", 0)) > 10:
            return site.answer(route, {**query, "per_page": "10"})
        return None

    site.before = clamped
    ids, batches = pulled(site)
    assert ids == list(range(1, 96))
    assert withheld(batches) == 0


def test_totals_are_had_from_the_envelope() -> None:
    site = TinyWp(250)
    site.totals = False
    site.hidden = {5}
    ids, batches = pulled(site)
    assert len(ids) == 249
    assert batches[0].claimed == 250
    assert withheld(batches) == 1


def test_without_any_totals_the_end_is_several_empty_pages() -> None:
    site = TinyWp(350)
    site.totals = False
    site.hidden = set(range(90, 220))

    def no_envelope(route: str, query: dict[str, str]) -> Reply | None:
        return site.answer(route, {k: v for k, v in query.items() if k != "_envelope"})

    site.before = no_envelope
    ids, batches = pulled(site)
    assert ids == [n for n in range(1, 351) if n not in site.hidden]
    assert not losses(batches)


def test_a_dropped_query_string_switches_the_form_of_the_address() -> None:
    site = TinyWp(250)
    with served(site) as mock, client() as http:
        dropping = mock.registered()[0]
        assert dropping.url.pattern  # type: ignore[union-attr]
        real = site.__call__

        def pretty_drops(request: Any) -> Reply:
            if "/wp-json/wp/v2/posts" in request.url:
                request.url = request.url.split("?")[0] + "?per_page=100"
            return real(request)

        for registered in mock.registered():
            if hasattr(registered, "callback"):
                registered.callback = pretty_drops
        batches = read(open_rest(http, "https://blog.test"), "posts/post")
    assert [r.id for b in batches for r in b.records] == list(range(1, 251))
    assert not losses(batches)


def test_a_page_that_repeats_for_ever_is_a_named_loss() -> None:
    site = TinyWp(250)
    stuck = {"per_page": "100"}
    site.before = lambda route, query: site.answer(route, stuck) if route == "wp/v2/posts" else None
    ids, batches = pulled(site)
    assert ids == list(range(1, 101))
    (loss,) = losses(batches)
    assert loss.count == 150
    assert "again and again" in loss.reason
    assert len(site.asked) < 40


def test_an_ignored_offset_is_replaced_by_page_numbers() -> None:
    site = TinyWp(250)
    site.offset = False
    ids, batches = pulled(site)
    assert ids == list(range(1, 251))
    assert not losses(batches)


def test_a_refused_order_still_reads_everything() -> None:
    site = TinyWp(250)
    site.orders = {"date"}
    ids, batches = pulled(site)
    assert sorted(ids) == list(range(1, 251))
    assert not losses(batches)


def test_an_ignored_order_is_read_from_both_sides() -> None:
    site = TinyWp(250)

    def newest_first(route: str, query: dict[str, str]) -> Reply | None:
        if route != "wp/v2/posts":
            return None
        start, order = int(query.get("offset", 0)), "asc" if query.get("order") == "desc" else "desc"
        # A post vanishes from the front while paging: every later page lacks one.
        start += 1 if start and order == "desc" else 0
        return site.answer(route, {**query, "offset": str(start), "order": order})

    site.before = newest_first
    ids, _ = pulled(site)
    assert sorted(ids) == list(range(1, 251))
    assert len(ids) == len(set(ids))


def test_a_cursor_goes_on_where_it_was() -> None:
    site = TinyWp(350)
    with served(site), client() as http:
        source = open_rest(http, "https://blog.test")
        (what,) = [c for c in source._catalogue.collections() if c.key == "posts/post"]
        first = next(iter(source.read(what)))
        rest = list(source.read(what, first.cursor))
    ids = [r.id for b in [first, *rest] for r in b.records]
    assert ids == list(range(1, 351))


def test_a_total_that_is_too_high_is_named() -> None:
    site = TinyWp(150)

    def boasting(route: str, query: dict[str, str]) -> Reply | None:
        status, headers, body = site.answer(route, query)
        if "X-WP-Total" in headers:
            headers |= {
                "X-WP-Total": "160",
                "X-WP-TotalPages": str(-(-160 // int(query.get("per_page", 10)))),
            }
        return status, headers, body

    site.before = boasting
    ids, batches = pulled(site)
    assert len(ids) == 150
    # Ten places of a page that answered well were empty: WordPress withheld them.
    assert withheld(batches) == 10


def test_stopping_early_leaves_no_threads_waiting() -> None:
    site = TinyWp(1000)
    with served(site), client() as http:
        source = open_rest(http, "https://blog.test")
        (what,) = [c for c in source._catalogue.collections() if c.key == "posts/post"]
        reading = source.read(what)
        next(iter(reading))
        reading.close()  # type: ignore[attr-defined]
    assert len(pages(site)) < 8


@pytest.mark.parametrize("said", [0, 1, 100, 150])
def test_a_total_that_is_too_small_ends_nothing(said: int) -> None:
    """An object cache, or a plugin that counts, may keep the total of another day."""
    site = TinyWp(450)

    def stale(route: str, query: dict[str, str]) -> Reply | None:
        status, headers, body = site.answer(route, query)
        if route != "wp/v2/posts" or query.get("per_page") is None:
            return None
        return status, {**headers, "X-WP-Total": str(said), "X-WP-TotalPages": str(-(-said // 100))}, body

    site.before = stale
    ids, batches = pulled(site)
    assert ids == list(range(1, 451))
    assert not losses(batches)


def test_pages_that_stand_still_in_the_middle_are_no_end() -> None:
    """No totals, and from some place on the same full page, which is not the one before it."""
    site = TinyWp(450)
    site.totals = False

    def stuck(route: str, query: dict[str, str]) -> Reply | None:
        size = int(query.get("per_page", 10))
        start = int(query.get("offset") or (int(query.get("page", 1)) - 1) * size)
        if route != "wp/v2/posts":
            return None
        if "_envelope" in query:
            return site.error(400, "rest_invalid_param")
        return site.answer(route, {"per_page": str(size), "offset": str(min(start, 120))})

    site.before = stuck
    ids, batches = pulled(site)
    assert ids == list(range(1, 221))
    assert "again and again" in str(losses(batches))


def test_a_number_of_thousands_of_digits_is_none() -> None:
    digits = "9" * 5000  # int() refuses more than 4300 of them
    message = {"message": f"per_page must be between 1 (inclusive) and {digits} (inclusive)"}
    assert cap_of(Answer(Outcome.REFUSED, message)) is None
    headers = {"x-wp-total": "100", "x-wp-totalpages": digits}
    assert real_size(Answer(Outcome.USABLE, [{}], headers=headers), 1, 100) is None
    assert (
        real_size(Answer(Outcome.USABLE, [{}], headers={**headers, "x-wp-totalpages": "10"}), 10, 100) == 10
    )
