from __future__ import annotations

import json
from typing import Any

import pytest
import requests
import responses

from tests.fakewp import FakeWordPress, faults

V2 = "/wp-json/wp/v2"


def get(fake: FakeWordPress, path: str) -> Any:
    return json.loads(fake.answer("GET", path).body)


def ids(fake: FakeWordPress, path: str) -> list[int]:
    return [row["id"] for row in get(fake, path)]


def some(count: int = 25) -> FakeWordPress:
    fake = FakeWordPress()
    fake.posts(count)
    return fake


def test_a_blog_written_in_code() -> None:
    fake = FakeWordPress()
    fake.post(5, title="Hello &amp; welcome", content="<p>Hi</p>", date="2024-01-02T03:04:05")
    fake.page(6, slug="about")
    fake.post(7, status="private")
    fake.post(8, password="sesame", excerpt="psst")
    fake.comment(1, post=5)
    fake.comment(2, post=7)
    fake.comment(3, post=5, status="hold")
    fake.media(9, "2024/01/a.png", b"png")
    assert ids(fake, f"{V2}/posts?orderby=id&order=asc") == [5, 8]
    assert get(fake, f"{V2}/posts/5")["link"] == "http://blog.test/2024/01/hello-amp-welcome/"
    assert get(fake, f"{V2}/posts/8")["content"]["rendered"] == ""
    answer = fake.answer("GET", f"{V2}/comments")
    assert answer.headers["X-WP-Total"] == "2"
    assert len(json.loads(answer.body)) == 1
    assert fake.answer("GET", "/wp-content/uploads/2024/01/a.png").body == b"png"
    assert fake.answer("GET", "/?p=5").headers["Location"] == "http://blog.test/2024/01/hello-amp-welcome/"
    feed = fake.answer("GET", "/feed/").body.decode()
    assert "<title>Hello &amp; welcome</title>" in feed
    assert "A fake blog" in feed
    assert "#comment-1" in fake.answer("GET", "/?p=5&feed=atom").body.decode()


def test_a_type_and_a_taxonomy_of_its_own() -> None:
    fake = FakeWordPress()
    fake.add_type("book", "books", "library/v1")
    fake.post(3, type="books", title="A book")
    assert get(fake, f"{V2}/types")["book"]["rest_base"] == "books"
    assert ids(fake, "/wp-json/library/v1/books") == [3]


def test_requests_are_remembered() -> None:
    fake = some()
    get(fake, f"{V2}/posts?page=2")
    get(fake, "/?rest_route=/wp/v2/posts/3")
    assert [request.text("page") for request in fake.asked("posts")] == ["2"]
    assert len(fake.asked("posts/3")) == 1


def test_both_ways_of_serving_say_the_same() -> None:
    fake = some(3)
    with fake.serve() as url:
        real = requests.get(url + V2 + "/posts", timeout=10)
        assert real.json()[0]["link"].startswith(url)
    with responses.RequestsMock() as mock:
        url = fake.mount(mock, "https://blog.test")
        mocked = requests.get(url + V2 + "/posts?per_page=2", timeout=10)
    assert mocked.headers["X-WP-Total"] == real.headers["X-WP-Total"] == "3"
    assert mocked.json()[0]["link"].startswith("https://blog.test/")


def test_poison_spoils_every_page_it_is_on() -> None:
    fake = some()
    fake.fault(faults.poison(7))
    assert fake.answer("GET", f"{V2}/posts?per_page=10&orderby=id&order=asc&_fields=title").status == 500
    assert fake.answer("GET", f"{V2}/posts?per_page=5&orderby=id&order=asc").status == 200
    assert fake.answer("GET", f"{V2}/posts/7").status == 500
    assert fake.answer("GET", f"{V2}/posts?per_page=10&page=2&orderby=id&order=asc").status == 200


def test_a_fault_can_end() -> None:
    fake = some()
    fault = fake.fault(faults.too_many(2, "7"))
    statuses = [fake.answer("GET", f"{V2}/posts").status for _ in range(3)]
    assert statuses == [429, 429, 200]
    assert len(fault.hits) == 2


def test_query_dropped_repeats_page_one_only_on_pretty_routes() -> None:
    fake = some()
    fake.fault(faults.query_dropped())
    assert ids(fake, f"{V2}/posts?page=2") == ids(fake, f"{V2}/posts")
    assert ids(fake, "/?rest_route=/wp/v2/posts&page=2") != ids(fake, f"{V2}/posts")


def test_duplicates_shift_the_pages() -> None:
    fake = some()
    fake.fault(faults.duplicates())
    first = ids(fake, f"{V2}/posts?orderby=id&order=asc&per_page=5")
    second = ids(fake, f"{V2}/posts?orderby=id&order=asc&per_page=5&page=2")
    assert (first, second) == ([1, 2, 3, 4, 5], [5, 6, 7, 8, 9])


def test_faults_stand_one_behind_the_other() -> None:
    fake = some()
    fake.fault(faults.bom())
    fake.fault(faults.junk_before("oops"))
    assert fake.answer("GET", f"{V2}/posts").body.startswith(b"\xef\xbb\xbfoops[")
    fake.heal()
    assert fake.answer("GET", f"{V2}/posts").body.startswith(b"[")


@pytest.mark.parametrize(
    ("fault", "path", "status"),
    [
        (faults.failing(), f"{V2}/posts", 500),
        (faults.maintenance(), "/", 503),
        (faults.refused("comments", 404, "rest_no_route"), f"{V2}/comments", 404),
        (faults.users_blocked(), f"{V2}/users/1", 401),
        (faults.rest_closed(), "/wp-json/", 401),
        (faults.challenge(), "/", 403),
        (faults.captcha(), f"{V2}/posts", 202),
        (faults.plain_permalinks(), "/wp-json/", 404),
        (faults.capped(10), f"{V2}/posts?per_page=11", 400),
        (faults.too_big(10), f"{V2}/posts?per_page=11", 502),
        (faults.moved("https://www.blog.test"), f"{V2}/posts", 301),
        (faults.feeds_closed(410), "/feed/", 410),
        (faults.orderby_refused(), f"{V2}/posts?orderby=id", 400),
        (faults.agent_banned("test"), "/", 403),
        (faults.page_instead(), f"{V2}/posts", 200),
    ],
)
def test_what_is_refused(fault: faults.Fault, path: str, status: int) -> None:
    fake = some()
    fake.fault(fault)
    assert fake.answer("GET", path, {"User-Agent": "test"}).status == status


def test_totals_capped_types_and_surrogates() -> None:
    fake = some()
    fake.fault(faults.without_totals())
    assert "X-WP-Total" not in fake.answer("GET", f"{V2}/posts").headers
    assert get(fake, f"{V2}/posts?_envelope=1")["headers"]["X-WP-Total"] == 25
    fake.heal()
    fake.fault(faults.lone_surrogate())
    assert get(fake, f"{V2}/posts?per_page=1")[0]["guid"]["rendered"].startswith("\ud83d")
    fake.heal()
    fake.fault(faults.paging_ignored())
    assert fake.answer("GET", "/feed/?paged=9").status == 200


def test_broken_connections_over_a_socket() -> None:
    fake = some()
    with fake.serve() as url:
        fake.fault(faults.truncated())
        with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.ConnectionError)):
            requests.get(url + V2 + "/posts", timeout=10)
        fake.heal()
        fake.fault(faults.reset())
        with pytest.raises(requests.ConnectionError):
            requests.get(url + V2 + "/posts", timeout=10)
        assert requests.get(url + V2 + "/posts", timeout=10).ok


def test_a_login_that_is_stripped() -> None:
    fake = FakeWordPress()
    fake.post(2, status="draft")
    query = f"{V2}/posts?status=any&context=edit"
    auth = {"Authorization": "Basic YWRtaW46ZmFrZSBhZG1pbiBwYXNzd29yZA=="}
    assert [row["id"] for row in json.loads(fake.answer("GET", query, auth).body)] == [2]
    fake.fault(faults.login_ignored())
    assert fake.answer("GET", query, auth).status == 400


def test_the_sample_can_be_broken_without_harm_to_others() -> None:
    one = FakeWordPress.sample()
    one.remove("posts", 10)
    assert one.answer("GET", f"{V2}/posts/10").status == 404
    assert FakeWordPress.sample().answer("GET", f"{V2}/posts/10").status == 200


def test_a_big_blog() -> None:
    fake = FakeWordPress.big(10_000, 50_000)
    answer = fake.answer("GET", f"{V2}/posts?per_page=100&page=3&orderby=id&order=asc")
    rows = json.loads(answer.body)
    assert answer.headers["X-WP-TotalPages"] == "100"
    assert [row["id"] for row in rows] == list(range(201, 301))
    assert rows[0]["link"] == "http://blog.test/1987/06/post-201/"
    assert 5_000 < len(rows[0]["content"]["rendered"]) < 8_000
    assert ids(fake, f"{V2}/posts?per_page=2&_fields=id") == [10_000, 9_999]
    assert get(fake, f"{V2}/comments?offset=49999&orderby=id&order=asc&_fields=id,post,parent") == [
        {"id": 50_000, "post": 10_000, "parent": 0}
    ]
    assert get(fake, f"{V2}/comments/20000?_fields=post,parent") == {"post": 10_000, "parent": 10_000}
    assert get(fake, f"{V2}/posts/9")["id"] == 9
    assert fake.answer("GET", f"{V2}/posts?page=101&per_page=100").status == 400
