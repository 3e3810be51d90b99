"""A whole blog by its feeds alone, from a fake WordPress that answers, and breaks, as real ones do.

B-numbers are the project's catalogue of breakages (tests/demo/faults.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
import responses

from tests.demo import faults
from tests.demo.faults import Fault, Proceed
from tests.fakewp import FakeWordPress
from wpexport.demo.web import HOME, Answer, Request
from wpexport.errors import Blocked, NotWordPress
from wpexport.model import Comment, Loss, Post, Reference
from wpexport.net import Http
from wpexport.sources.base import Batch, Capabilities, Collection
from wpexport.sources.feed import FeedSource, open_feed
from wpexport.sources.rest import open_rest

COMMENTS = Collection("comments", "comments", "Comments")
POSTS = Collection("posts", "post", "Posts")
PAGES = Collection("posts", "page", "Pages")


def atom(*items: str) -> bytes:
    head = '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0">'
    return f'<?xml version="1.0"?>{head}<title>B</title>{"".join(items)}</feed>'.encode()


def own_feeds(fake: FakeWordPress) -> Fault:
    """What core does and the demo does not: ``withoutcomments=1`` gives the post, ``page=N`` a page of it.

    Seen on a real WordPress 7.1.1; where there is no such page, it redirects to the post.
    """

    def then(request: Request, proceed: Proceed) -> Answer:
        path = request.path.partition("feed/")[0].rstrip("/")
        row = next(
            (r for r in fake.blog.posts if r.view and r.view["link"].removeprefix(HOME).rstrip("/") == path),
            None,
        )
        number = request.text("p") or request.text("page_id")
        if number:
            row = next((r for r in fake.blog.posts if r.view and r.id == int(number)), None)
        if row is None or row.view is None:
            return proceed(request)
        link = row.view["link"]
        parts = row.edit["content"]["rendered"].split("<!--nextpage-->")
        page = int(request.text("page") or 1)
        if page > len(parts):
            return Answer(301, {"Location": f"{link}?withoutcomments=1"})
        item = (fake.blog.feeds.post_item("atom", row.edit) or "").replace(
            row.edit["content"]["rendered"] or "\0", parts[page - 1]
        )
        headers = {"Content-Type": "application/atom+xml", "Link": f"<{HOME}/?p={row.id}>; rel=shortlink"}
        return Answer(200, headers, atom(item) if request.method == "GET" else b"")

    return Fault("own feeds", lambda r: "withoutcomments" in r.query and faults.feeds(r), then)


def first_pages() -> Fault:
    """Core's feeds show the first page of a text alone."""
    cut = re.compile(rb"<!--nextpage-->.*?(?=\]\]>)", re.S)
    feed = faults.feeds
    return Fault(
        "first pages",
        lambda r: feed(r) and "withoutcomments" not in r.query,
        faults.body(lambda b: cut.sub(b"", b)),
    )


@pytest.fixture
def fake() -> FakeWordPress:
    fake = FakeWordPress()
    for number in range(1, 26):
        fake.post(number, title=f"No {number} &amp; more", date=f"2024-01-{number:02}T10:00:00")
    fake.page(90, title="About", slug="about")
    fake.fault(own_feeds(fake))
    fake.fault(first_pages())
    return fake


@contextmanager
def source(fake: FakeWordPress, path: str = "/") -> Iterator[FeedSource]:
    with responses.RequestsMock() as mock, Http(sleep=lambda _: None, backoff=0.0) as http:
        url = fake.mount(mock)
        yield open_feed(http, url + path)


def collect(made: FeedSource, what: Collection) -> tuple[dict[int, Any], list[Loss], list[Batch]]:
    batches = list(made.read(what))
    records = {r.id or 0: r for b in batches for r in b.records}
    return records, [loss for b in batches for loss in b.lost], batches


def offers(able: Capabilities) -> dict[str, bool]:
    return {o.collection.key: o.closed is None for o in able.offers}


# -- all is well -------------------------------------------------------------------------------------


def test_posts_are_read_to_wordpress_own_end_with_their_numbers(fake: FakeWordPress) -> None:
    with source(fake) as made:
        records, lost, batches = collect(made, POSTS)
    assert sorted(records) == list(range(1, 26))
    assert not lost
    assert batches[-1].last
    post = records[7]
    assert isinstance(post, Post)
    assert post.title == "No 7 & more"
    assert post.date == datetime(2024, 1, 7, 10, tzinfo=UTC)
    assert post.modified is not None
    assert post.author == Reference(name="Keeper")
    assert post.terms == [Reference(name="Uncategorized")]
    assert post.content.complete


def test_a_feed_lists_exactly_the_fields_that_it_shows(fake: FakeWordPress) -> None:
    with source(fake) as made:
        _, _, batches = collect(made, POSTS)
    fields = batches[0].view.fields
    assert fields is not None
    assert fields <= set(Post.__struct_fields__)
    assert not fields & {
        "author",
        "terms",
        "excerpt",
        "featured_media",
        "sticky",
        "meta",
        "title_html",
        "guid",
    }
    assert {"title", "content", "modified", "date", "url"} <= fields


def test_rest_and_feeds_agree_on_every_field_that_feeds_show() -> None:
    fake = FakeWordPress.sample()
    fake.fault(own_feeds(fake))
    with responses.RequestsMock() as mock, Http() as http:
        url = fake.mount(mock)
        rest, feed = open_rest(http, url), open_feed(http, url)
        ours = {r.id: r for b in feed.read(POSTS) for r in b.records if isinstance(r, Post)}
        what = next(o.collection for o in rest.capabilities().offers if o.collection.key == "posts/post")
        theirs = {r.id: r for b in rest.read(what) for r in b.records if isinstance(r, Post)}
    assert set(ours) == set(theirs)
    for number, post in ours.items():
        for name in (
            "id",
            "type",
            "status",
            "url",
            "title",
            "date",
            "modified",
            "slug",
            "guid",
            "password_protected",
        ):
            assert getattr(post, name) == getattr(theirs[number], name), (number, name)


def test_the_order_by_number_is_used_where_it_is_honoured(fake: FakeWordPress) -> None:
    with source(fake) as made:
        collect(made, POSTS)
    asked = [r.query for r in fake.requests if "paged" in r.query]
    assert asked
    assert all(q.get("orderby") == "ID" for q in asked)


def test_pages_come_by_the_sitemap_and_the_feed_of_their_own_address(fake: FakeWordPress) -> None:
    fake.fault(sitemap(fake))
    with source(fake) as made:
        assert offers(made.capabilities())["posts/page"]
        records, lost, batches = collect(made, PAGES)
    assert list(records) == [90]
    assert records[90].type == "page"
    assert not lost
    assert batches[-1].last


def test_without_a_sitemap_pages_are_named_as_closed(fake: FakeWordPress) -> None:
    fake.fault(Fault("no sitemap", lambda r: "sitemap" in r.target, faults.answering(404)))
    with source(fake) as made:
        able = offers(made.capabilities())
    assert able["posts/post"]
    assert not able["posts/page"]
    assert not able["media"]


def sitemap(fake: FakeWordPress, *more: str) -> Fault:
    def then(request: Request, _: Proceed) -> Answer:
        kind = {"post": [], "page": []}  # type: dict[str, list[str]]
        for row in fake.blog.posts:
            if row.view and row.edit["type"] in kind:
                kind[row.edit["type"]].append(row.view["link"])
        kind["post"] += [HOME + path for path in more]
        name = re.search(r"posts-(post|page)-1", request.path)
        if name:
            urls = kind[name[1]]
            return Answer(200, {"Content-Type": "text/xml"}, _urls("urlset", urls))
        index = [f"{HOME}/wp-sitemap-posts-{k}-1.xml" for k in kind]
        return Answer(200, {"Content-Type": "text/xml"}, _urls("sitemapindex", index))

    return Fault("sitemap", lambda r: r.path.startswith("/wp-sitemap"), then)


def _urls(root: str, urls: list[str]) -> bytes:
    return f"<{root}>{''.join(f'<url><loc>{u}</loc></url>' for u in urls)}</{root}>".encode()


# -- texts -------------------------------------------------------------------------------------------


def test_further_pages_of_a_text_are_fetched(fake: FakeWordPress) -> None:
    fake.post(30, content="<p>one</p><!--nextpage--><p>two</p><!--nextpage--><p>three</p>")
    with source(fake) as made:
        records, lost, _ = collect(made, POSTS)
    assert not lost
    assert records[30].content.html == "<p>one</p><!--nextpage-->\n<p>two</p><!--nextpage-->\n<p>three</p>"
    assert records[30].content.complete


def test_where_nobody_tells_of_further_pages_that_is_said() -> None:
    fake = FakeWordPress()
    fake.posts(3)
    with source(fake) as made:
        records, lost, batches = collect(made, POSTS)
    assert sorted(records) == [1, 2, 3]
    assert [loss.count for loss in lost] == [None]
    assert "further pages" in lost[0].reason
    assert not batches[-1].last


def test_b66_an_excerpt_is_never_passed_off_as_the_text(fake: FakeWordPress) -> None:
    strip = re.compile(rb"<content .*?</content>", re.S)
    fake.fault(Fault("excerpts", faults.feeds, faults.body(lambda b: strip.sub(b"", b))))
    with source(fake) as made:
        records, lost, _ = collect(made, POSTS)
    assert len(records) == 25
    assert not any(p.content.complete for p in records.values())
    assert {loss.id for loss in lost} == set(records)
    assert "excerpt" in lost[0].reason


def test_a_password_form_is_no_text_and_its_title_replaces_none(fake: FakeWordPress) -> None:
    fake.post(31, title="Key", password="sesame", date="2024-03-01T10:00:00")
    with source(fake) as made:
        records, lost, batches = collect(made, POSTS)
    assert records[31].password_protected
    assert records[31].title == "Key"
    assert (records[31].content.html, records[31].content.complete) == (None, False)
    assert not lost
    fields = next(b.view.fields for b in batches if any(r.id == 31 for r in b.records))
    assert fields is not None
    assert not {"title", "content"} & fields


def test_b67_bytes_that_are_no_text_are_counted_as_lost(fake: FakeWordPress) -> None:
    fake.fault(Fault("bad byte", faults.feeds, faults.body(lambda b: b.replace(b"No 7 ", b"No \xe9 "))))
    with source(fake) as made:
        records, lost, _ = collect(made, POSTS)
    assert records[7].title.startswith("No \ufffd")
    assert len(records) == 25
    assert any("encoding" in loss.reason for loss in lost)


# -- numbers -----------------------------------------------------------------------------------------


def test_an_imported_guid_is_not_believed(fake: FakeWordPress) -> None:
    fake.post(32, guid={"rendered": "http://wptest.example/?p=1000"}, date="2024-03-01T10:00:00")
    fake.post(33, guid={"rendered": f"{HOME}/?p=4"}, date="2024-03-02T10:00:00")
    with source(fake) as made:
        records, _, _ = collect(made, POSTS)
    assert {32, 33} <= set(records)
    assert 1000 not in records
    assert records[4].url != records[33].url


def test_without_any_sign_a_post_has_its_address_alone(fake: FakeWordPress) -> None:
    def silent(answer: Answer) -> None:
        answer.headers.pop("Link", None)
        answer.body = answer.body.replace(b"?p=", b"?no=")

    fake.faults.clear()
    fake.fault(Fault("silent", lambda r: True, faults.changing(silent)))
    with source(fake) as made:
        batches = list(made.read(POSTS))
    records = [r for b in batches for r in b.records if isinstance(r, Post)]
    assert len(records) == 25
    assert all(r.id is None and r.url for r in records)


# -- paging ------------------------------------------------------------------------------------------


def test_b64_ignored_paging_is_noticed_and_archives_are_read(fake: FakeWordPress) -> None:
    fake.fault(faults.paging_ignored())
    with source(fake) as made:
        records, lost, batches = collect(made, POSTS)
    assert sorted(records) == list(range(1, 26))
    assert not lost
    assert batches[-1].last


def test_b64_a_404_that_is_no_feed_is_no_end(fake: FakeWordPress) -> None:
    fake.fault(
        Fault("no page 2", lambda r: "paged" in r.query, faults.answering(404, "<html>Not found</html>"))
    )
    with source(fake) as made:
        records, _, _ = collect(made, POSTS)
    assert sorted(records) == list(range(1, 26))


def test_with_paging_and_archives_dead_the_sitemap_has_the_rest(fake: FakeWordPress) -> None:
    fake.fault(sitemap(fake, "/gone/"))
    fake.fault(Fault("one page", dead_archives, faults.answering(403, "<html>No</html>")))
    with source(fake) as made:
        records, lost, batches = collect(made, POSTS)
    assert sorted(records) == list(range(1, 26))
    assert [loss.url for loss in lost] == [f"{fake.base}/gone/"]
    assert not batches[-1].last


@pytest.mark.parametrize("cap", ["MOST_ADDRESSES", "_LARGEST", "_MOST"])
def test_a_sitemap_without_end_is_left_and_proves_nothing(
    fake: FakeWordPress, monkeypatch: pytest.MonkeyPatch, cap: str
) -> None:
    monkeypatch.setattr(f"wpexport.sources.feed.sitemap.{cap}", 1 if cap == "_MOST" else 12)
    fake.fault(sitemap(fake, *(f"/trap-{n}/" for n in range(200))))
    fake.fault(Fault("one page", dead_archives, faults.answering(403, "<html>No</html>")))
    with source(fake) as made:
        records, lost, batches = collect(made, POSTS)
    assert len(records) >= 10
    assert not batches[-1].last
    assert "there may be more" in lost[-1].reason
    if cap != "_MOST":
        assert len([r for r in fake.requests if "trap" in r.path]) < 20


def test_with_all_dead_it_is_said_that_there_may_be_more(fake: FakeWordPress) -> None:
    fake.fault(Fault("one page", dead_archives, faults.answering(403, "<html>No</html>")))
    fake.fault(Fault("no sitemap", lambda r: "sitemap" in r.target, faults.answering(404)))
    with source(fake) as made:
        records, lost, batches = collect(made, POSTS)
    assert len(records) >= 10
    assert [loss.count for loss in lost] == [None]
    assert "there may be more" in lost[0].reason
    assert not batches[-1].last


def dead_archives(request: Request) -> bool:
    return (
        "paged" in request.query
        or "m" in request.query
        or re.match(r"/\d{4}/(\d\d/)?feed", request.path) is not None
    )


def test_a_page_that_fails_costs_that_page_alone(fake: FakeWordPress) -> None:
    fake.fault(sitemap(fake))
    fake.fault(faults.failing(lambda r: r.query.get("paged") == "3"))
    with source(fake) as made:
        records, lost, _ = collect(made, POSTS)
    assert sorted(records) == list(range(1, 26))
    assert not lost


def test_custom_types_are_verified(fake: FakeWordPress) -> None:
    fake.post(50, type="recipe", title="Soup")
    with source(fake) as made:
        soup, lost, _ = collect(made, Collection("posts", "recipe", "Recipes"))
        other, missing, _ = collect(made, Collection("posts", "nonsense", "Nonsense"))
    assert list(soup) == [50]
    assert soup[50].type == "recipe"
    assert not lost
    # The parameter is ignored, and the posts come again: they are no nonsense.
    assert not other
    assert missing


# -- comments ----------------------------------------------------------------------------------------


def test_comments_have_parents_and_posts(fake: FakeWordPress) -> None:
    fake.comment(1, post=3, author_name="Ana & Bo", content="<p>Hello</p>\n")
    fake.comment(2, post=3, parent=1)
    with source(fake) as made:
        records, lost, batches = collect(made, COMMENTS)
    assert sorted(records) == [1, 2]
    assert not lost
    first = records[1]
    assert isinstance(first, Comment)
    assert (first.post, first.author.name, first.content.html) == (3, "Ana & Bo", "<p>Hello</p>\n")
    assert records[2].parent == 1
    assert batches[-1].last
    assert batches[-1].claimed == 2


def test_what_lies_beyond_the_newest_ten_is_counted_as_lost(fake: FakeWordPress) -> None:
    for number in range(1, 15):
        fake.comment(number, post=3, date=f"2024-02-01T10:00:{number:02}")
    with source(fake) as made:
        records, lost, batches = collect(made, COMMENTS)
    assert sorted(records) == list(range(5, 15))
    assert [(loss.count, loss.url) for loss in lost] == [(4, f"{fake.base}/2024/01/post-3/")] or lost[
        0
    ].count == 4
    assert "newest 10" in lost[0].reason
    assert batches[-1].claimed == 14
    assert not batches[-1].last


def test_only_posts_with_comments_are_asked(fake: FakeWordPress) -> None:
    fake.comment(1, post=3)
    with source(fake) as made:
        collect(made, POSTS)
        before = len(fake.requests)
        collect(made, COMMENTS)
    assert len(fake.requests) - before <= 5


def test_comments_of_a_post_with_a_password_are_withheld(fake: FakeWordPress) -> None:
    fake.post(31, password="sesame", date="2024-03-01T10:00:00")
    fake.comment(9, post=31)
    with source(fake) as made:
        records, _, batches = collect(made, COMMENTS)
    assert not records
    assert sum(b.withheld for b in batches) == 1


def test_closed_comment_feeds_are_given_up_with_the_rest_counted(fake: FakeWordPress) -> None:
    for number in range(1, 21):
        fake.comment(number, post=number)

    def shut(request: Request) -> bool:
        own = "withoutcomments" in request.query or request.path in ("/feed/atom/", "/feed/")
        return faults.feeds(request) and not own

    fake.fault(Fault("no comment feeds", shut, faults.answering(403, "<html>No</html>")))
    with source(fake) as made:
        assert not offers(made.capabilities())["comments"]
        records, lost, _ = collect(made, COMMENTS)
    assert not records
    assert sum(loss.count or 0 for loss in lost) == 20


# -- ways in -----------------------------------------------------------------------------------------


def test_without_atom_rss_is_read(fake: FakeWordPress) -> None:
    fake.fault(
        Fault("no atom", lambda r: "atom" in r.target, faults.answering(404, "<html>Not found</html>"))
    )
    fake.comment(1, post=3)
    with source(fake) as made:
        records, _, batches = collect(made, POSTS)
        comments, _, said = collect(made, COMMENTS)
    assert len(records) == 25
    assert batches[0].view.fields is not None
    assert "modified" not in batches[0].view.fields
    assert list(comments) == [1]
    assert "parent" not in (said[-1].view.fields or ())


def test_b59_white_space_before_the_feed(fake: FakeWordPress) -> None:
    fake.fault(faults.blank_before())
    with source(fake) as made:
        records, lost, _ = collect(made, POSTS)
    assert len(records) == 25
    assert not lost


@pytest.mark.parametrize("status", [301, 403, 404, 410, 200])
def test_b63_closed_feeds_are_an_error_that_says_so(fake: FakeWordPress, status: int) -> None:
    fake.fault(faults.feeds_closed(status))
    with pytest.raises(NotWordPress, match="no feed"), source(fake):
        pass


def test_b17_a_challenge_is_not_asked_again(fake: FakeWordPress) -> None:
    fake.fault(faults.challenge())
    with pytest.raises(Blocked, match="Cloudflare"), source(fake):
        pass
    assert len(fake.requests) <= 2


def test_a_folder_is_found_from_a_post_of_it() -> None:
    fake = FakeWordPress()
    fake.post(1, slug="hello", date="2024-01-01T10:00:00")
    with responses.RequestsMock() as mock, Http() as http:
        url = fake.mount(mock, "http://blog.test/in/here")
        mock.add("GET", re.compile(r"http://blog\.test/(?!in/here).*"), status=404)
        link = next(r.view["link"] for r in fake.blog.posts if r.view).replace(HOME, url)
        made = open_feed(http, link)
        assert made.site().home == f"{url}/"
        assert made.capabilities().single


def test_a_single_post_brings_itself_and_its_comments(fake: FakeWordPress) -> None:
    fake.comment(1, post=3)
    fake.comment(2, post=4)
    link = next(r.view["link"] for r in fake.blog.posts if r.view and r.id == 3).removeprefix(HOME)
    with source(fake, link) as made:
        assert made.capabilities().single
        posts, _, _ = collect(made, POSTS)
        comments, _, _ = collect(made, COMMENTS)
    assert list(posts) == [3]
    assert list(comments) == [1]


def test_posts_are_found_by_their_numbers(fake: FakeWordPress) -> None:
    with source(fake) as made:
        found = [r.id for b in made.fetch(POSTS, [3, 999, 5]) for r in b.records]
    assert found == [3, 5]
