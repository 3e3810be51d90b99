"""The REST source as a whole: logins, refused collections, a single post, odd bodies."""

from __future__ import annotations

import json
from typing import Any

import pytest
import responses

from tests.fakewp import FakeWordPress
from tests.sources.tinywp import HOME, Reply, TinyWp, client, post, served
from wpexport.errors import Blocked, LoginError, UsageError
from wpexport.model import Author, Comment, Media, Personal, Post
from wpexport.net import Http
from wpexport.sources.base import Batch, Capabilities
from wpexport.sources.registry import open_source, opener
from wpexport.sources.rest import RestSource, open_rest
from wpexport.sources.rest.api import Api
from wpexport.sources.rest.root import Root


def everything(site: TinyWp, password: str | None = None) -> tuple[Capabilities, dict[str, list[Batch]]]:
    with served(site), client(password) as http:
        source = open_rest(http, HOME)
        can = source.capabilities()
        return can, {o.collection.key: list(source.read(o.collection)) for o in can.offers if not o.closed}


def records(batches: list[Batch], kind: type) -> list[Any]:
    return [r for b in batches for r in b.records if isinstance(r, kind)]


def comment(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "post": 1,
        "parent": 0,
        "author": 0,
        "author_name": 'O\'Neil "<b>" & Söhne',
        "author_url": "",
        "date": "2024-01-02T03:04:05",
        "date_gmt": "2024-01-02T08:04:05",
        "content": {"rendered": f"<p>{number}</p>"},
        "link": f"{HOME}/p1/#comment-{number}",
        "status": "approved",
        "type": "comment",
        "author_avatar_urls": {"24": "https://gravatar.test/hash"},
        "meta": [],
        **more,
    }


def user(number: int, **more: Any) -> dict[str, Any]:
    return {"id": number, "name": "Anna", "slug": "anna", "url": "", "description": "", "meta": [], **more}


@pytest.fixture
def site() -> TinyWp:
    site = TinyWp(5)
    site.rows["users"] = [user(1)]
    site.rows["comments"] = [comment(n) for n in range(1, 4)]
    site.rows["media"] = [{"id": 50, "source_url": f"{HOME}/a.jpg", "post": 0, "title": {"rendered": "A"}}]
    return site


def test_the_whole_site(site: TinyWp) -> None:
    can, found = everything(site)
    assert {o.collection.key: o.expected for o in can.offers} == {
        "terms/category": 1,
        "terms/post_tag": 0,
        "authors": 1,
        "media": 1,
        "posts/post": 5,
        "posts/page": 0,
        "comments": 3,
    }
    assert can.login is None
    assert any("drafts" in s for s in can.invisible)
    assert all(b[-1].last and not any(x.lost for x in b) for b in found.values())
    (term,) = found["terms/category"][0].records
    assert term.name == "A & B"  # type: ignore[union-attr]
    assert records(found["comments"], Comment)[0].author.name == 'O\'Neil "<b>" & Söhne'
    assert "gravatar" not in repr(records(found["comments"], Comment))
    assert records(found["posts/post"], Post)[0].terms == [1]
    exchange = found["posts/post"][0].exchanges[0]
    assert exchange.status == 200
    assert not exchange.login
    assert json.loads(exchange.body)[0]["id"] == 1


def test_the_site_describes_itself(site: TinyWp) -> None:
    with served(site), client() as http:
        described = open_rest(http, HOME).site()
    assert (described.home, described.name, described.language) == (f"{HOME}/", "B & log", "en-GB")
    assert [t.slug for t in described.types] == ["post", "page"]  # no fonts, no attachments
    assert {t.key for t in described.taxonomies} == {"categories", "tags"}


REFUSALS = [
    (401, '{"code": "rest_forbidden", "message": "No.", "data": {"status": 401}}', "HTTP 401 rest_forbidden"),
    (404, '{"code": "rest_no_route", "message": "No.", "data": {"status": 404}}', "HTTP 404 rest_no_route"),
    (200, '{"code": "rest_user_invalid_id", "message": "No."}', "HTTP 200 rest_user_invalid_id"),
    (403, "<html><title>Forbidden</title></html>", "HTTP 403 (“Forbidden”)"),
]


@pytest.mark.parametrize(("status", "body", "words"), REFUSALS)
@pytest.mark.parametrize("key", ["comments", "authors"])
def test_a_refused_collection_is_said_and_never_zero(
    site: TinyWp, status: int, body: str, words: str, key: str
) -> None:
    site.closed["users" if key == "authors" else key] = (status, {}, body)
    can, found = everything(site)
    (offer,) = [o for o in can.offers if o.collection.key == key]
    assert offer.expected is None
    assert offer.closed is not None
    assert f"{key.capitalize()} could not be read ({words}" in offer.closed
    assert len(records(found["posts/post"], Post)) == 5
    with served(site), client() as http:
        source = open_rest(http, HOME)
        (batch,) = source.read(offer.collection)
    assert batch.last
    assert batch.lost[0].count is None
    assert batch.lost[0].reason == offer.closed


def test_unknown_types_are_named(site: TinyWp) -> None:
    site.closed["types"] = (401, {}, '{"code": "rest_x", "message": ""}')
    can, found = everything(site)
    assert len(records(found["posts/post"], Post)) == 5
    (offer,) = [o for o in can.offers if o.collection.name == "*"]
    assert offer.closed == "Other types of posts could not be asked for: HTTP 401 rest_x."


def test_all_closed_is_an_error(site: TinyWp) -> None:
    refusal: Reply = (401, {}, '{"code": "rest_x", "message": ""}')
    site.before = lambda route, query: refusal if route else None
    with served(site), client() as http, pytest.raises(Blocked, match="rest_x"):
        open_rest(http, HOME).capabilities()


# Logins


def test_a_login_that_is_ignored_is_an_error(site: TinyWp) -> None:
    site.password = "right"
    with pytest.raises(LoginError, match=r"ignored the login of admin .*rest_not_logged_in"):
        everything(site, "wrong")
    assert not any(route.endswith("posts") for route, _ in site.asked)


def test_a_login_shows_more_and_keeps_it_apart(site: TinyWp) -> None:
    site.password = "right"
    site.rows["posts"].append(post(9, status="draft", password="sesame"))
    site.rows["users"] += [user(2, username="sam", email="s@x.test", roles=["subscriber"], meta={"x": 1})]
    site.rows["comments"].append(comment(9, author_email="v@x.test", author_ip="192.0.2.1", status="hold"))

    def visitors(route: str, query: dict[str, str]) -> Reply | None:
        if route == "wp/v2/users" and "context" not in query:
            body = json.dumps([user(1)])
            return 200, {"X-WP-Total": "1", "X-WP-TotalPages": "1"}, body
        return None

    site.before = visitors
    can, found = everything(site, "right")
    assert can.login is not None
    assert can.login.can_edit
    assert can.invisible == ()
    drafts = [p for p in records(found["posts/post"], Post) if p.status == "draft"]
    assert [p.id for p in drafts] == [9]
    assert drafts[0].password_protected
    journal = b"".join(e.body for b in found["posts/post"] for e in b.exchanges)
    assert b"sesame" not in journal
    assert "sesame" not in repr(found)
    assert all(b.view.login for b in found["posts/post"])
    asked = [q for route, q in site.asked if route == "wp/v2/posts"]
    assert {q.get("status") for q in asked} == {"publish,future,draft,pending,private"}
    personal = {(p.of, p.id): p for b in found.values() for p in records(b, Personal)}
    assert personal["comment", 9].email == "v@x.test"
    assert personal["author", 2].username == "sam"
    assert personal["author", 2].extra == {"roles": ["subscriber"], "meta": {"x": 1}}
    hidden = [r.id for b in found["authors"] if b.hidden for r in b.records]
    shown = [r.id for b in found["authors"] if not b.hidden for r in b.records if isinstance(r, Author)]
    assert (shown, hidden) == ([1], [2])
    assert "x.test" not in repr([records(b, Comment) + records(b, Author) for b in found.values()])


def test_what_an_author_may_not_edit_still_comes_as_visitors_see_it(site: TinyWp) -> None:
    site.password = "right"

    def only_own(route: str, query: dict[str, str]) -> Reply | None:
        site.hidden = {1, 2, 3} if query.get("context") == "edit" else {9}
        return None

    site.rows["posts"].append(post(9, status="draft"))
    site.before = only_own
    _, found = everything(site, "right")
    batches = found["posts/post"]
    assert sorted(r.id or 0 for b in batches for r in b.records) == [1, 2, 3, 4, 5, 9]
    by_view = {r.id: b.view.login for b in batches for r in b.records}
    assert by_view[1] is False
    assert by_view[9] is True
    assert [b.last for b in batches] == [False] * (len(batches) - 1) + [True]
    assert sum(b.withheld for b in batches) == 0


def test_a_login_that_may_not_edit_reads_what_visitors_do(site: TinyWp) -> None:
    site.password = "right"

    def subscriber(route: str, query: dict[str, str]) -> Reply | None:
        if query.get("context") == "edit" and route != "wp/v2/users/me":
            return site.error(403, "rest_forbidden_context")
        return site.error(401, "rest_forbidden_param") if "status" in query else None

    site.before = subscriber
    _, found = everything(site, "right")
    assert len(records(found["posts/post"], Post)) == 5
    assert len(records(found["comments"], Comment)) == 3
    assert len(records(found["authors"], Author)) == 1
    assert not any(b.lost for batches in found.values() for b in batches)


def test_secrets_stay_out_of_addresses_and_records(site: TinyWp) -> None:
    site.password = "right-secret"
    _, found = everything(site, "right-secret")
    assert "right-secret" not in repr(found)
    assert all("right-secret" not in repr(a) for a in site.asked)


# One post


def test_a_single_post_s_address_reads_it_alone(site: TinyWp) -> None:
    head = f'<link rel="alternate" type="application/json" href="{HOME}/wp-json/wp/v2/posts/3">'
    page = f'<link rel="https://api.w.org/" href="{HOME}/wp-json/">{head}'
    site.rows["posts"][2]["featured_media"] = 50

    def narrowed(route: str, query: dict[str, str]) -> Reply | None:
        if "include" in query:
            base = route.removeprefix("wp/v2/")
            wanted = [r for r in site.rows[base] if str(r["id"]) in query["include"].split(",")]
            return site.json(wanted, {"X-WP-Total": str(len(wanted)), "X-WP-TotalPages": "1"})
        if "parent" in query:
            return site.json([], {"X-WP-Total": "0", "X-WP-TotalPages": "0"})
        return None

    site.before = narrowed
    with served(site) as mock, client() as http:
        mock.add(responses.GET, f"{HOME}/p3/", body=page, content_type="text/html")
        source = open_source(http, f"{HOME}/p3/", via="rest")
        assert isinstance(source, RestSource)
        can = source.capabilities()
        found = {o.collection.key: list(source.read(o.collection)) for o in can.offers}
    assert [p.id for p in records(found["posts/post"], Post)] == [3]
    assert "posts/page" not in found
    assert [m.id for m in records(found["media"], Media)] == [50]
    assert all(
        [b.last for b in batches] == [False] * (len(batches) - 1) + [True] for batches in found.values()
    )
    assert {q.get("post") for route, q in site.asked if route == "wp/v2/comments"} == {"3"}


@pytest.mark.parametrize(
    ("kind", "wanted"), [("posts", {"category", "post_tag", "workshop"}), ("pages", set())]
)
def test_a_single_text_is_asked_for_the_terms_that_its_type_has(kind: str, wanted: set[str]) -> None:
    """WordPress refuses (401) the others, which made a healthy pull of one page end with 3."""
    fake = FakeWordPress.sample()
    with fake.serve() as url, Http() as http:
        number = 10 if kind == "posts" else 40
        http.trust(url)
        address = json.loads(http.get(f"{url}/wp-json/wp/v2/{kind}/{number}").body)["link"]
        able = open_source(http, address, via="rest").capabilities()
    assert able.single
    assert not able.remark
    assert not [offer.closed for offer in able.offers if offer.closed]
    assert {o.collection.name for o in able.offers if o.collection.kind == "terms"} == wanted


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("/", ""),
        ("/wp-login.php", ""),
        ("/feed/", ""),
        ("/2024/01/no-such-post/", "is not there, so the whole blog is read."),
        ("/category/birds/", "is no single post, so the whole blog is read."),
    ],
)
def test_an_address_that_is_no_post_s_is_said_to_be_none(typed: str, said: str) -> None:
    with FakeWordPress.sample().serve() as url, Http() as http:
        able = open_source(http, f"{url}{typed}", via="rest").capabilities()
    assert able.remark == (f"{url}{typed} {said}" if said else "")


def test_records_are_fetched_by_number(site: TinyWp) -> None:
    with served(site), client() as http:
        source = open_rest(http, HOME)
        (what,) = [o.collection for o in source.capabilities().offers if o.collection.key == "posts/post"]
        list(source.fetch(what, range(1, 151)))
    asked = [q["include"].count(",") + 1 for route, q in site.asked if "include" in q]
    assert asked == [100, 50]


# Odd bodies


def junk(site: TinyWp, change: Any) -> list[Batch]:
    def changed(route: str, query: dict[str, str]) -> Reply | None:
        if route != "wp/v2/posts":
            return None
        status, headers, body = site.answer(route, query)
        return status, {**headers, "Content-Type": "text/html; charset=ISO-8859-1"}, change(body)

    site.before = changed
    return everything(site)[1]["posts/post"]


@pytest.mark.parametrize(
    "change",
    [
        lambda body: "<b>Notice</b>: Undefined index [x] in /a.php\n" + body,
        lambda body: body + "\n<!-- cached by a plugin -->",
        lambda body: body + '{"code":"wp_die","message":"x"}',
        lambda body: b"\xef\xbb\xbf\xef\xbb\xbf" + body.encode(),
        lambda body: "<script>var a = {}; b = [];</script>" * 3 + body,
    ],
)
def test_junk_around_the_json_is_no_loss(site: TinyWp, change: Any) -> None:
    site.rows["posts"][0]["title"] = {"rendered": "Grüße P 1"}
    batches = junk(site, change)
    assert [p.id for p in records(batches, Post)] == [1, 2, 3, 4, 5]
    assert records(batches, Post)[0].title == "Grüße P 1"


def test_half_characters_are_replaced(site: TinyWp) -> None:
    batches = junk(site, lambda body: body.replace("P 2", "P\\ud83d 2"))
    assert records(batches, Post)[1].title == "P\ufffd 2"
    assert len(records(batches, Post)) == 5


def test_bytes_that_are_no_utf8_are_replaced(site: TinyWp) -> None:
    batches = junk(site, lambda body: body.replace("P 2", "P@2").encode().replace(b"@", b"\xff"))
    assert records(batches, Post)[1].title == "P\ufffd2"


@pytest.mark.parametrize(
    "body", ["[" * 100_000, "", "null", "3", '"text"', "<html>Coming soon</html>", "[1, 2]"]
)
def test_a_body_of_no_use_is_a_loss(site: TinyWp, body: str) -> None:
    batches = junk(site, lambda old: body)
    assert records(batches, Post) == []
    assert batches[-1].lost
    assert batches[-1].last


def test_a_huge_answer_is_refused_and_named(site: TinyWp) -> None:
    big = TinyWp(3)
    big.rows["posts"][1]["content"] = {"rendered": "x" * 300_000}
    with served(big), client(max_size=100_000) as http:
        source = open_rest(http, HOME)
        (what,) = [o.collection for o in source.capabilities().offers if o.collection.key == "posts/post"]
        batches = list(source.read(what))
    assert sorted(p.id for p in records(batches, Post)) == [1, 2, 3]
    assert [loss.id for b in batches for loss in b.lost] == [2]


def test_a_row_without_a_number_is_named(site: TinyWp) -> None:
    site.rows["posts"][4] = {**site.rows["posts"][4], "id": 5}
    batches = junk(site, lambda body: body.replace('"id": 5', '"id": null'))
    assert len(records(batches, Post)) == 4
    assert "without a number" in batches[-1].lost[0].reason


def test_the_registry_names_its_ways() -> None:
    assert opener("rest") is open_rest
    with pytest.raises(UsageError, match="no way called 'gopher'"):
        opener("gopher")


def test_what_a_firewall_dislikes_is_asked_plainly_whoever_learned_it_first() -> None:
    """While one worker waits for its refusal, another one has been refused and asked more plainly."""
    site = TinyWp(3)
    page = "<html><head><title>Not Acceptable!</title></head><body>Mod_Security</body></html>"
    with served(site), client() as http:
        api = Api(http, Root(f"{HOME}/wp-json/"), HOME)

        def refuse(route: str, query: dict[str, str]) -> Reply | None:
            if "_fields" not in query:
                return None
            if route == "wp/v2/posts":
                assert api.ask("wp/v2/categories", {"_fields": "id"}, rows=True).usable
            return 406, {"Content-Type": "text/html"}, page

        site.before = refuse
        assert api.ask("wp/v2/posts", {"_fields": "id"}, rows=True).usable
