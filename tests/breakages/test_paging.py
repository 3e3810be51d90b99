"""B36 to B48: pages, totals, caches, filters and odd values."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.breakages import further
from tests.breakages.pulled import HOME, POSTS_COUNT, Harvest, blog, harvest, unharmed
from tests.fakewp import FakeWordPress, Fault, faults
from wpexport.demo.web import Answer, Request
from wpexport.errors import Exit


def many(count: int = 250, comments: int = 0) -> FakeWordPress:
    """Posts 1 to ``count``."""
    fake = FakeWordPress(base=HOME)
    fake.posts(count)
    for number in range(1, comments + 1):
        fake.comment(number, post=1 + number % count)
    return fake


def has(found: Harvest, posts: Iterable[int], code: Exit = Exit.DONE) -> bool:
    assert sorted(map(int, found.posts)) == sorted(posts)
    assert found.code == code, (found.lost, found.closed)
    return True


@pytest.mark.parametrize("status", [500, 502, 504])
@pytest.mark.parametrize("most", [50, 10])
def test_pages_that_are_too_big_for_the_server_become_smaller(tmp_path: Path, status: int, most: int) -> None:
    fake = many(120)
    fake.fault(faults.too_big(most, status))
    assert has(harvest(fake, tmp_path / "a"), range(1, 121))
    sizes = [int(r.text("per_page") or 10) for r in fake.asked("posts") if r.method == "GET"]
    first = next(place for place, size in enumerate(sizes) if 1 < size <= most)
    assert sum(size > most for size in sizes[first + 20 :]) <= 2  # it is remembered


def test_pages_that_time_out_become_smaller(tmp_path: Path) -> None:
    fake = many(120)
    fake.fault(faults.reset(lambda r: int(r.text("per_page") or 10) > 50, times=None))
    assert has(harvest(fake, tmp_path / "a"), range(1, 121))


@pytest.mark.parametrize("most", [99, 20, 1])
def test_a_lowered_maximum_is_obeyed(tmp_path: Path, most: int) -> None:
    fake = many(30, comments=12)
    fake.fault(faults.capped(most))
    found = harvest(fake, tmp_path / "a")
    # With a maximum of one, the feeds may be the better way: all posts come by either.
    assert sorted(map(int, found.posts)) == list(range(1, 31))
    assert sorted(found.comments) == list(range(1, 13))


def test_totals_that_are_stripped_are_had_from_the_envelope(tmp_path: Path) -> None:
    fake = many(250)
    fake.fault(faults.without_totals())
    found = harvest(fake, tmp_path / "a")
    assert has(found, range(1, 251))
    assert found.cover("posts/post").expected == 250
    assert any("_envelope" in r.query for r in fake.asked("posts"))


def test_without_any_totals_the_end_is_found_by_the_pages(tmp_path: Path) -> None:
    fake = many(250, comments=130)
    fake.fault(further.ignoring("_envelope"))
    fake.fault(faults.without_totals())
    found = harvest(fake, tmp_path / "a")
    assert has(found, range(1, 251))
    assert len(found.comments) == 130


def test_an_old_page_from_a_cache_does_not_end_the_pull_too_early(tmp_path: Path) -> None:
    fake = many(180)
    # The second page was cached when there were 150 posts.
    fake.fault(further.stale(150, lambda r: faults.on("posts")(r) and int(r.text("offset") or 0) >= 90))
    assert has(harvest(fake, tmp_path / "a"), range(1, 181))


def test_an_old_first_page_from_a_cache_hides_nothing_newer(tmp_path: Path) -> None:
    fake = many(180)
    first = lambda r: faults.on("posts")(r) and not r.text("offset") and r.text("per_page") == "100"  # noqa: E731
    fake.fault(further.stale(60, first))
    assert has(harvest(fake, tmp_path / "a"), range(1, 181))


def test_a_cache_that_gives_the_same_rows_for_ever_is_passed(tmp_path: Path) -> None:
    fake = many(250)

    def stuck(request: Request) -> Request:
        kept = {k: v for k, v in request.query.items() if k not in ("offset", "page")}
        return replace(request, query=kept)

    fake.fault(
        Fault(
            "stuck",
            lambda r: faults.on("posts")(r) and "_wpexport" not in r.query,
            faults.asking(stuck),
        )
    )
    assert has(harvest(fake, tmp_path / "a"), range(1, 251))
    assert len(fake.requests) < 60


def test_rows_of_one_date_are_neither_doubled_nor_missed(tmp_path: Path) -> None:
    fake = FakeWordPress(base=HOME)
    for number in range(1, 251):
        fake.post(number, date="2020-01-01T00:00:00")
    for number in range(1, 121):
        fake.comment(number, post=1, date="2020-01-01T00:00:00")
    found = harvest(fake, tmp_path / "a")
    assert has(found, range(1, 251))
    assert len(found.comments) == 120
    assert {r.text("orderby") for r in fake.asked("posts") if r.text("per_page") == "100"} == {"id"}


def test_pages_that_begin_with_the_last_row_of_the_one_before(tmp_path: Path) -> None:
    fake = many(330)
    fake.fault(faults.duplicates())
    assert has(harvest(fake, tmp_path / "a"), range(1, 331))


def test_an_order_that_is_refused_still_gives_all(tmp_path: Path) -> None:
    fake = many(250)
    fake.fault(faults.orderby_refused())
    assert has(harvest(fake, tmp_path / "a"), range(1, 251))


def test_rows_deleted_while_reading_end_in_core_s_three_ways(tmp_path: Path) -> None:
    """Posts: 400, or a total of 0 with ``offset``; comments: an empty page with the right total."""
    fake = many(220, comments=220)

    def shrink(base: str, keep: int) -> Fault:
        def then(request: Request, proceed: faults.Proceed) -> Answer:
            if int(request.text("offset") or 0) > 150:
                collection = fake.blog.collections[base]
                collection.rows = [row for row in collection.rows if row.id <= keep]
            return proceed(request)

        return Fault("shrink", faults.on(base), then)

    fake.fault(shrink("posts", 190))
    fake.fault(shrink("comments", 190))
    found = harvest(fake, tmp_path / "a", jobs=1)
    assert {*range(1, 191)} <= set(map(int, found.posts))
    assert {*range(1, 191)} <= set(found.comments)
    assert found.code == Exit.DONE


def test_exactly_full_pages_end_well(tmp_path: Path) -> None:
    fake = many(200, comments=100)
    found = harvest(fake, tmp_path / "a")
    assert has(found, range(1, 201))
    assert len(found.comments) == 100


def test_a_page_in_the_middle_of_which_all_is_withheld(tmp_path: Path) -> None:
    fake = many(300)
    hidden = set(range(99, 197))

    def hide(request: Request, proceed: faults.Proceed) -> Answer:
        answer = proceed(request)
        if answer.status == 200 and request.method == "GET":
            shown = [row for row in json.loads(answer.body) if row["id"] not in hidden]
            answer.body = json.dumps(shown).encode()
        return answer

    fake.fault(Fault("withheld", faults.on("posts"), hide))
    found = harvest(fake, tmp_path / "a")
    assert has(found, set(range(1, 301)) - hidden)
    assert found.cover("posts/post").withheld == len(hidden)


def test_a_post_of_low_number_that_is_published_late_comes_with_this_pull_or_the_next(tmp_path: Path) -> None:
    fake = many(250)
    fake.remove("posts", 5)

    def publish(request: Request, proceed: faults.Proceed) -> Answer:
        if request.text("offset") and not fake.blog.collections["posts"].find(5):
            fake.post(5, date="2030-01-01T00:00:00")
        return proceed(request)

    fake.fault(Fault("published late", faults.on("posts"), publish))
    found = harvest(fake, tmp_path / "a")
    assert set(map(int, found.posts)) >= set(range(1, 251)) - {5}
    assert found.code == Exit.DONE
    assert has(harvest(fake, tmp_path / "a"), range(1, 251))


@pytest.mark.parametrize("names", [("include", "post", "parent"), ("orderby", "order"), ("_fields",)])
def test_parameters_that_are_ignored_without_a_word(tmp_path: Path, names: tuple[str, ...]) -> None:
    fake = blog()
    fake.fault(further.ignoring(*names))
    assert unharmed(harvest(fake, tmp_path / "a"))


@pytest.mark.parametrize(
    "names", [(), ("include",), ("post", "parent"), ("include", "post", "parent", "_fields")]
)
def test_one_post_is_all_that_comes_of_one_post_s_address(tmp_path: Path, names: tuple[str, ...]) -> None:
    fake = blog()
    fake.fault(further.ignoring(*names))
    found = harvest(fake, tmp_path / "a", address=f"{HOME}/?p=5")
    assert has(found, [5])
    assert set(found.comments) == {4, 10}
    assert set(found.authors) == {1}


def test_an_incremental_pull_takes_nothing_that_it_did_not_ask_for(tmp_path: Path) -> None:
    fake = many(60)
    harvest(fake, tmp_path / "a")
    fake.post(61, title="New")
    fake.fault(further.ignoring("include"))
    found = harvest(fake, tmp_path / "a")
    assert has(found, range(1, 62))
    assert found.cover("posts/post").added == 1


LANGUAGES = {n: ("de" if n % 3 == 0 else "fr" if n % 3 == 1 else "en") for n in range(1, 31)}


@pytest.mark.parametrize("namespace", ["pll/v1", "wpml/v1"])
def test_all_languages_come_where_only_one_is_shown_unasked(tmp_path: Path, namespace: str) -> None:
    fake = many(30)
    fake.blog.index["namespaces"] = [*fake.blog.index["namespaces"], namespace]
    fake.fault(further.one_language(LANGUAGES))
    found = harvest(fake, tmp_path / "a")
    assert has(found, range(1, 31))


def test_languages_that_are_shown_one_at_a_time_come_one_after_the_other(tmp_path: Path) -> None:
    fake = many(30, comments=6)
    fake.blog.index["namespaces"] = [*fake.blog.index["namespaces"], "pll/v1"]
    listed = json.dumps([{"slug": "en", "name": "English"}, {"slug": "de", "name": "Deutsch"}])
    when = faults.on("languages")
    fake.fault(Fault("languages", when, faults.answering(200, listed, {"Content-Type": "application/json"})))
    link = b'<link rel="alternate" hreflang="fr-CA" href="/fr/" /><link hreflang="x-default" href="/"></head>'
    at_home = lambda r: r.path == "/" and not r.query  # noqa: E731
    fake.fault(Fault("hreflang", at_home, faults.body(lambda said: said.replace(b"</head>", link))))
    fake.fault(further.one_language(LANGUAGES, all_by="nothing"))
    found = harvest(fake, tmp_path / "a")
    assert has(found, range(1, 31))
    assert len(found.comments) == 6
    fake.post(31, title="New")
    LANGUAGES[31] = "fr"
    again = harvest(fake, tmp_path / "a")
    assert has(again, range(1, 32))
    assert (again.cover("posts/post").added, again.cover("posts/post").vanished) == (1, 0)


def test_an_error_in_place_of_what_is_embedded_is_not_taken_for_it(tmp_path: Path) -> None:
    fake = blog()
    fake.fault(further.embeds_refused())
    assert unharmed(harvest(fake, tmp_path / "a"))
    assert not any("_embed" in r.query for r in fake.requests)


@pytest.mark.parametrize("nothing", [[], {}, False, None, ""])
def test_empty_maps_in_all_of_php_s_forms(tmp_path: Path, nothing: Any) -> None:
    fake = blog()

    def odd(rows: list[dict[str, Any]]) -> None:
        for row in rows:
            for name in ("meta", "acf", "media_details"):
                if name in row or name == "acf":
                    row[name] = nothing

    fake.fault(further.rows(odd))
    found = harvest(fake, tmp_path / "a")
    assert has(found, {*range(1, POSTS_COUNT + 1), 40, 41})
    assert all(post.meta == {} for post in found.posts.values())
    assert all(media.details == {} for media in found.media.values())


ZERO = {"date": "-0001-11-30T00:00:00", "date_gmt": "-0001-11-29T23:06:32", "modified": "0000-00-00T00:00:00"}


def test_dates_that_are_none(tmp_path: Path) -> None:
    fake = blog()

    def zero(rows: list[dict[str, Any]]) -> None:
        for row in rows:
            if row["id"] == 7:
                row |= {**ZERO, "modified_gmt": None}

    fake.fault(further.rows(zero, faults.under("posts")))
    found = harvest(fake, tmp_path / "a")
    assert has(found, {*range(1, POSTS_COUNT + 1), 40, 41})
    assert (found.posts[7].date, found.posts[7].modified) == (None, None)
    assert found.posts[8].date is not None
    raw = b"".join(line for line in journal(found))
    assert b"-0001-11-30T00:00:00" in raw


def journal(found: Harvest) -> Iterable[bytes]:
    import gzip

    for path in sorted((found.root / "data/raw").glob("*.jsonl.gz")):
        yield gzip.decompress(path.read_bytes())
