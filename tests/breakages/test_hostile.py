"""Sites that mean harm, or are as good as that: refused, named, and nothing else lost with it."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import responses

from tests.breakages import further
from tests.breakages.pulled import HOME, POSTS_COUNT, Harvest, blog, harvest, http
from tests.fakewp import Fault, faults
from wpexport.demo.web import Answer, Request, encode
from wpexport.errors import Exit, SourceError
from wpexport.export.base import Options
from wpexport.net.failures import TooLarge
from wpexport.ops.diff import diff
from wpexport.ops.events import Compared, Exported
from wpexport.ops.export import ExportRequest, export

BOMB = "".join(
    ['<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a0 "lol">']
    + [f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)]
    + ["]><rss version='2.0'><channel><title>&a9;</title><item><title>&a9;</title></item></channel></rss>"]
)
OUTSIDE = (
    '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    "<rss version='2.0'><channel><title>&x;</title><item><title>&x;</title></item></channel></rss>"
)
XML = {"Content-Type": "application/rss+xml; charset=UTF-8"}


def all_else(found: Harvest) -> bool:
    """All posts and comments of the blog are there."""
    assert set(found.posts) >= set(range(1, POSTS_COUNT + 1)) | {40, 41}
    assert set(found.comments) == set(range(1, 13))
    return True


# Feeds


@pytest.mark.parametrize("said", [BOMB, OUTSIDE], ids=["entities", "outside"])
def test_entity_bombs_in_the_feed_are_refused_and_named(tmp_path: Path, said: str) -> None:
    fake = blog()
    fake.fault(Fault("bomb", faults.feeds, faults.answering(200, said, XML)))
    fake.fault(faults.refused("comments"))
    found = harvest(fake, tmp_path / "a")
    assert set(found.posts) >= set(range(1, POSTS_COUNT + 1))
    assert "comments" in found.closed
    assert found.code == Exit.INCOMPLETE
    fake.fault(faults.rest_closed())
    with pytest.raises(SourceError):
        harvest(fake, tmp_path / "b")


def test_a_feed_that_is_a_web_page_is_no_empty_feed(tmp_path: Path) -> None:
    fake = blog()
    fake.fault(faults.page_instead(when=faults.feeds, text="<title>Our news</title>"))
    fake.fault(faults.refused("comments"))
    found = harvest(fake, tmp_path / "a")
    assert found.closed["comments"].startswith("Comments could not be read")
    assert found.code == Exit.INCOMPLETE


def test_a_sitemap_bomb_is_not_unfolded(tmp_path: Path) -> None:
    fake = blog()
    said = BOMB.replace("<rss version='2.0'>", "<sitemapindex>").replace("</rss>", "</sitemapindex>")
    fake.fault(Fault("bomb", lambda r: "sitemap" in r.path, faults.answering(200, said, XML)))
    fake.fault(faults.rest_closed())
    found = harvest(fake, tmp_path / "a")
    assert len(found.posts) == POSTS_COUNT


# Size


def test_ten_gigabytes_are_refused_by_their_announcement(tmp_path: Path) -> None:
    fake = blog()
    huge = {"Content-Type": "application/json", "Content-Length": str(10 << 30)}
    fake.fault(Fault("huge", faults.on("media"), faults.answering(200, "[", huge)))
    found = harvest(fake, tmp_path / "a")
    assert all_else(found)
    assert "bytes" in str(found.lost)
    assert found.code == Exit.INCOMPLETE


@contextmanager
def endless() -> Iterator[tuple[str, list[int]]]:
    """A server that sends spaces for as long as anyone listens; and how much went out."""
    listener = socket.create_server(("127.0.0.1", 0))
    sent: list[int] = []

    def serve() -> None:
        while True:
            try:
                stream, _ = listener.accept()
            except OSError:
                return
            total = 0
            with stream:
                try:
                    stream.recv(65536)
                    stream.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[")
                    while total < 10 << 30:
                        stream.sendall(b" " * (1 << 16))
                        total += 1 << 16
                except OSError:
                    pass
            sent.append(total)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/", sent
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def test_ten_gigabytes_that_are_not_announced_are_left_at_the_cap() -> None:
    with endless() as (url, sent), http(max_size=1 << 20) as client:
        client.trust(url)
        with pytest.raises(TooLarge):
            client.get(url)
    assert sum(sent) < 64 << 20


def test_a_gzip_bomb_costs_what_it_stands_for_and_nothing_else(tmp_path: Path) -> None:
    fake = blog()
    fake.fault(faults.gzip_bomb(8, faults.on("media")))
    found = harvest(fake, tmp_path / "a", real=True, max_size=1 << 20)
    assert all_else(found)
    assert "Media" in str(found.lost)
    assert found.code == Exit.INCOMPLETE


def test_a_post_that_is_too_large_is_lost_alone(tmp_path: Path) -> None:
    fake = blog()
    fake.post(30, content="x" * 400_000)
    fake.fault(faults.feeds_closed(403))
    found = harvest(fake, tmp_path / "a", max_size=150_000)
    assert all_else(found)
    assert [loss.id for loss in found.lost] == [30]


# Without end


def test_pages_without_end_are_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each page has new rows, and the total grows with every answer."""
    monkeypatch.setattr("wpexport.sources.rest.seen.MOST_GROWTH", 500)
    fake = blog()
    row = json.loads(fake.answer("GET", f"{HOME}/wp-json/wp/v2/posts/7").body)
    made = 0

    def more(request: Request, proceed: faults.Proceed) -> Answer:
        nonlocal made
        start, size = int(request.text("offset") or 0), int(request.text("per_page") or 10)
        made = max(made, start + size + 100)
        rows = [{**row, "id": 1000 + n, "slug": f"p{n}"} for n in range(start, start + size)]
        headers = {"X-WP-Total": str(made), "X-WP-TotalPages": str(-(-made // size))}
        return Answer(200, {"Content-Type": "application/json", **headers}, encode(rows))

    fake.fault(Fault("endless", lambda r: faults.on("posts")(r) and r.method == "GET", more))
    found = harvest(fake, tmp_path / "a", via="rest")
    assert found.code == Exit.INCOMPLETE
    assert "grows" in str(found.lost)
    assert len(fake.asked("posts")) < 40
    assert set(found.comments) == set(range(1, 13))


@pytest.mark.parametrize("base", ["posts", "comments", "categories", "users"])
def test_the_same_page_for_ever_is_left(tmp_path: Path, base: str) -> None:
    fake = blog()
    for number in range(100, 350):
        fake.post(number)
        fake.comment(number, post=1)
        fake.term(number, f"Term {number}")
        fake.user(number, f"User {number}")
    first = Fault("first", faults.on(base), faults.asking(lambda r: replace(r, query={"per_page": "100"})))
    fake.fault(first)
    found = harvest(fake, tmp_path / "a", via="rest")
    assert found.code == Exit.INCOMPLETE
    assert "again and again" in str(found.lost)
    assert len(fake.asked(base)) < 60


def test_a_feed_with_new_items_for_ever_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each page has items of its own, as a calendar has days; and their dates are far away."""
    monkeypatch.setattr("wpexport.sources.feed.paging.MOST_PAGES", 30)
    fake = blog()
    fake.fault(faults.rest_closed())

    def more(request: Request, proceed: faults.Proceed) -> Answer:
        page = request.text("paged") or "1"
        answer = proceed(replace(request, query={k: v for k, v in request.query.items() if k != "paged"}))
        answer.body = answer.body.replace(b"/post-", b"/page-" + page.encode() + b"-")
        answer.body = answer.body.replace(b"<published>20", b"<published>90")
        return answer

    fake.fault(Fault("endless", lambda r: faults.feeds(r) and r.path in ("/feed/atom/", "/"), more))
    found = harvest(fake, tmp_path / "a")
    assert found.code == Exit.INCOMPLETE
    assert "no end" in str(found.lost)
    assert len([r for r in fake.requests if "paged" in r.query]) <= 60
    assert not any(r.path.startswith("/90") for r in fake.requests)


def test_a_feed_whose_pages_never_end_is_left(tmp_path: Path) -> None:
    fake = blog()
    fake.fault(faults.rest_closed())
    fake.fault(faults.paging_ignored())
    found = harvest(fake, tmp_path / "a")
    assert found.code == Exit.INCOMPLETE
    assert len(fake.requests) < 400


@pytest.mark.parametrize("base", ["posts", "media"])
def test_redirects_without_end(tmp_path: Path, base: str) -> None:
    fake = blog()
    count = 0

    def on_and_on(request: Request, proceed: faults.Proceed) -> Answer:
        nonlocal count
        count += 1
        return Answer(302, {"Location": f"{HOME}/wp-json/wp/v2/{base}?n={count}"})

    fake.fault(Fault("on and on", faults.on(base), on_and_on))
    found = harvest(fake, tmp_path / "a", via="rest")
    assert found.code == Exit.INCOMPLETE
    assert set(found.comments) == set(range(1, 13))
    assert "Redirected more than 10 times" in str(found.lost) + str(found.closed) + str(found.warnings)


# Private networks

INSIDE = [
    "http://10.0.0.8/a.png",
    "http://169.254.169.254/latest/a.png",
    "http://[::1]/a.png",
    "http://127.0.0.1:6379/a.png",
    "http://router.inside.test/a.png",
    "http://[::ffff:192.168.0.1]/a.png",
    "http://0.0.0.0/a.png",
    "http://2130706433/a.png",
    "https://[fd00::1]/a.png",
]


@pytest.mark.parametrize("address", INSIDE)
def test_media_in_private_networks_are_never_asked_for(tmp_path: Path, address: str) -> None:
    fake = blog()
    fake.media(70, "2024/02/c.png", b"x", source_url=address)
    fake.media(71, "2024/02/d.png", b"x")
    by_redirect = faults.answering(302, "", {"Location": address})
    fake.fault(Fault("inside", lambda r: r.path.endswith("d.png"), by_redirect))
    found = harvest(fake, tmp_path / "a", media="all")
    assert all_else(found)
    assert len(found.cover("files").lost) == 2
    assert found.cover("files").received == 2
    assert found.code == Exit.INCOMPLETE
    assert all(url.startswith(f"{HOME}/") for url in found.requests)


@pytest.mark.parametrize("address", ["http://10.0.0.8/", "http://localhost/", "http://router.inside.test/"])
def test_an_api_in_a_private_network_is_never_asked(tmp_path: Path, address: str) -> None:
    fake = blog()
    link = {"Link": f'<{address}wp-json/>; rel="https://api.w.org/"'}
    fake.fault(Fault("link", lambda r: r.path == "/", faults.changing(lambda a: a.headers.update(link))))
    found = harvest(fake, tmp_path / "a")
    assert all_else(found)
    assert all(url.startswith(f"{HOME}/") for url in found.requests)


def test_the_site_s_own_address_may_be_private(tmp_path: Path) -> None:
    fake = blog()
    fake.base = "http://blog.inside.test"
    found = harvest(fake, tmp_path / "a", address="http://blog.inside.test/", media="all")
    assert all_else(found)
    assert found.cover("files").received == 2
    assert found.code == Exit.DONE


def test_another_port_of_the_site_s_own_private_address_is_refused(tmp_path: Path) -> None:
    fake = blog()
    fake.base = "http://blog.inside.test"
    fake.media(70, "2024/02/c.png", b"x", source_url="http://blog.inside.test:6379/c.png")
    mock = responses.RequestsMock(assert_all_requests_are_fired=False)
    found = harvest(fake, tmp_path / "a", address="http://blog.inside.test/", media="all", mock=mock)
    assert [loss.url for loss in found.lost] == ["http://blog.inside.test:6379/c.png"]
    assert not any(":6379" in url for url in found.requests)


# Texts

DEEP = b"[" * 100_000 + b"]" * 100_000


@pytest.mark.parametrize("route", ["types", "taxonomies", "media", "categories"])
def test_json_nested_a_hundred_thousand_deep(tmp_path: Path, route: str) -> None:
    fake = blog()
    fake.fault(Fault("deep", faults.on(route), faults.answering(200, DEEP)))
    found = harvest(fake, tmp_path / "a")
    assert all_else(found)
    assert found.code == Exit.INCOMPLETE


def test_a_row_nested_deeply_is_no_harm(tmp_path: Path) -> None:
    fake = blog()

    def nest(answer: Answer) -> None:
        deep = b'{"a":' * 5_000 + b"1" + b"}" * 5_000
        answer.body = answer.body.replace(b'"meta":{', b'"acf":' + deep + b',"meta":{')

    fake.fault(Fault("nested", faults.on("posts"), faults.changing(nest)))
    found = harvest(fake, tmp_path / "a")
    assert set(found.comments) == set(range(1, 13))
    assert len(found.posts) == POSTS_COUNT + 2 or found.code == Exit.INCOMPLETE


def test_lone_surrogates_wherever_there_is_text(tmp_path: Path) -> None:
    fake = blog()
    half = b"\\ud83d"

    def spoil(said: bytes) -> bytes:
        for name in (b"name", b"slug", b"rendered", b"author_name", b"alt_text", b"description"):
            said = said.replace(b'"' + name + b'":"', b'"' + name + b'":"' + half)
        return said.replace(b'"footnotes":', b'"foot' + half + b'notes":')

    fake.fault(Fault("surrogates", faults.rest, faults.body(spoil)))
    found = harvest(fake, tmp_path / "a")
    assert all_else(found)
    assert "\ufffd" in found.posts[1].title
    for name, content in found.records().items():
        assert content.decode("utf-8"), name


@pytest.mark.parametrize(
    "reference", [b"&#55357;", b"&#xD83D;", b"&#x110000;", b"&#0;", b"\x0b", b"\xed\xa0\xbd"]
)
def test_characters_that_no_xml_may_hold(tmp_path: Path, reference: bytes) -> None:
    fake = blog()
    fake.fault(faults.rest_closed())
    title = b"<title>Post "
    cdata = b'<title type="html"><![CDATA[Post '
    fake.fault(
        further.feed_text(
            lambda said: said.replace(cdata, cdata + reference).replace(title, title + reference)
        )
    )
    found = harvest(fake, tmp_path / "a")
    assert len(found.posts) == POSTS_COUNT
    for name, content in found.records().items():
        assert content.decode("utf-8"), name


# Addresses

NO_ADDRESSES = ["http://[bad/a.jpg", "http://blog.test:99999999/a.jpg", "http://blog.test:abc/a.jpg", "//[x"]


@pytest.mark.parametrize("said", NO_ADDRESSES)
def test_what_is_no_address_ends_no_pull_and_no_export(tmp_path: Path, said: str) -> None:
    fake = blog()
    text = f'<p><img src="{said}"><a href="{said}">there</a></p>'
    for row in (
        fake.post(30, content=text),
        fake.comment(99, post=1),
        fake.term(77, "Nowhere"),
        fake.user(5, "Nobody"),
        fake.media(62, "2024/01/c.png", b"\x89PNG c"),
    ):
        assert row.view is not None
        row.view["link"] = said
        row.view |= {key: said for key in ("source_url", "author_url", "url") if key in row.view}
    fake.blog.index["home"] = said
    head = f'<link rel="https://api.w.org/" href="{said}"><link rel="shortlink" href="{said}">'
    front = faults.answering(200, f"<html><head>{head}</head></html>", {"Content-Type": "text/html"})
    fake.fault(Fault("front page", lambda r: r.path == "/", front))
    found = harvest(fake, tmp_path / "a", media="all")
    assert (found.posts[30].url, found.comments[99].url, found.terms[77].url) == (said, said, said)
    assert said in (found.posts[30].content.html or "")
    assert [loss.url for loss in found.lost] == [said]  # the library's own file; all others came
    assert len(found.media[60].files) == 1
    for to in ("markdown", "hugo", "wxr", "sqlite", "ghost", "isso"):
        request = ExportRequest(to=to, options=Options(redirects=("csv",) if to == "hugo" else ()))
        *_, done = export(tmp_path / "a", tmp_path / to, request)
        assert isinstance(done, Exported)
        assert done.files
    *_, same = diff(tmp_path / "a", tmp_path / "a")
    assert isinstance(same, Compared)
    assert same.exit_code == Exit.DONE


@pytest.mark.parametrize("said", NO_ADDRESSES)
def test_a_feed_whose_links_are_none_is_read_all_the_same(tmp_path: Path, said: str) -> None:
    fake = blog()
    fake.fault(faults.rest_closed())
    own = '<link rel="alternate" type="application/rss+xml" href="%s">'
    front = faults.answering(200, f"<html><head>{own % said}</head></html>", {"Content-Type": "text/html"})
    fake.fault(Fault("front page", lambda r: r.path == "/", front))

    def bent(request: Request, proceed: Callable[[Request], Answer]) -> Answer:
        answer = proceed(request)
        return replace(answer, body=answer.body.replace(b"https://blog.test/post-3/", said.encode()))

    fake.fault(Fault("links", lambda r: "feed" in r.path, bent))
    found = harvest(fake, tmp_path / "a")
    assert {f"Post {n}" for n in range(1, POSTS_COUNT + 1)} == {p.title for p in found.posts.values()}
