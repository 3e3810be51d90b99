"""A site's whole picture, with nothing pulled."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import responses

from tests.demo import faults
from tests.demo.faults import Fault
from tests.fakewp import FakeWordPress
from wpexport.demo.web import Answer
from wpexport.errors import SourceError
from wpexport.net import Http
from wpexport.ops.closers import closed_by
from wpexport.ops.probe import Probe, Seen, probe


@pytest.fixture
def fake() -> FakeWordPress:
    fake = FakeWordPress()
    fake.posts(12)
    for number in range(1, 4):
        fake.comment(number, post=number)
    return fake


@contextmanager
def client(fake: FakeWordPress) -> Iterator[tuple[Http, str]]:
    with responses.RequestsMock() as mock, Http(sleep=lambda _: None, backoff=0.0) as http:
        yield http, fake.mount(mock)


def look(fake: FakeWordPress, via: str | None = None) -> tuple[Probe, dict[str, Seen]]:
    with client(fake) as (http, url):
        found = probe(http, url, via=via)
    return found, {seen.key: seen for seen in found.collections}


def page(text: str, **headers: str) -> Fault:
    def change(answer: Answer) -> None:
        answer.body += text.encode()
        answer.headers |= {name.replace("_", "-"): value for name, value in headers.items()}

    return Fault("front page", lambda r: r.path == "/" and not r.query, faults.changing(change))


def test_an_open_site(fake: FakeWordPress) -> None:
    found, seen = look(fake)
    assert found.way == "rest"
    assert found.root is not None
    assert found.feed is not None
    assert found.version == "7.1.1"
    assert found.refused == {}
    assert (seen["posts/post"].way, seen["posts/post"].expected) == ("rest", 12)
    assert (seen["comments"].way, seen["comments"].expected) == ("rest", 3)
    assert found.login_adds


def test_nothing_is_pulled(fake: FakeWordPress) -> None:
    look(fake)
    assert all(r.query.get("per_page") == "1" for r in fake.asked("posts"))


def test_a_collection_that_another_way_supplies_and_one_that_none_does(fake: FakeWordPress) -> None:
    fake.fault(faults.refused("comments", code="itsec_rest_api_access_restricted"))
    fake.fault(faults.refused("media", code="rest_user_cannot_view"))
    _, seen = look(fake)
    assert seen["comments"].way == "feed"
    assert seen["comments"].by == "Solid Security (iThemes)"
    assert seen["media"].way is None
    assert seen["media"].closed
    assert seen["media"].by is not None


def test_a_closed_api_is_named_and_feeds_are_shown(fake: FakeWordPress) -> None:
    fake.fault(faults.rest_closed())
    found, seen = look(fake)
    assert found.way == "feed"
    assert found.root is None
    assert "rest_cannot_access" in found.refused["rest"]
    assert seen["posts/post"].way == "feed"
    assert seen["media"].way is None


def test_closed_feeds_are_named(fake: FakeWordPress) -> None:
    fake.fault(faults.feeds_closed(403))
    found, _ = look(fake)
    assert found.way == "rest"
    assert found.feed is None
    assert "no feed" in found.refused["feed"]


def test_one_way_alone(fake: FakeWordPress) -> None:
    found, seen = look(fake, "feed")
    assert found.way == "feed"
    assert found.refused == {}
    assert seen["posts/post"].way == "feed"


def test_no_way_in_is_an_error(fake: FakeWordPress) -> None:
    fake.fault(faults.challenge())
    with pytest.raises(SourceError, match="Cloudflare"):
        look(fake)


def test_hosts_caches_and_networks_are_recognised(fake: FakeWordPress) -> None:
    rocket = '<img src="/wp-content/uploads/sites/3/a.jpg"><!-- This website is like a Rocket, isn\'t it? -->'
    fake.fault(page(rocket, CF_RAY="8f-FRA", Server="cloudflare", X_Powered_By="WP Engine"))
    found, _ = look(fake)
    assert found.hosting == ["Cloudflare", "WP Engine", "a page cache (WP Rocket)"]
    assert found.multisite is True


def test_a_plain_site_has_no_such_signs(fake: FakeWordPress) -> None:
    found, _ = look(fake)
    assert not [host for host in found.hosting if "cache" in host or "Cloudflare" in host]
    assert found.multisite is None
    assert found.languages == []


def test_language_plugins_are_named_by_namespace_or_page(fake: FakeWordPress) -> None:
    fake.blog.index["namespaces"] = [*fake.blog.index["namespaces"], "pll/v1"]
    fake.fault(page('<script src="/wp-content/plugins/sitepress-multilingual-cms/x.js"></script>'))
    found, _ = look(fake)
    assert found.languages == ["Polylang", "WPML"]


@pytest.mark.parametrize(
    ("reason", "who"),
    [
        ("Posts could not be read (Wordfence refuses us (HTTP 503)).", "Wordfence"),
        ("Posts could not be read (HTTP 401 rest_cannot_access).", "a plugin such as Disable REST API"),
        ("Comments could not be read (HTTP 404 rest_no_route).", "a plugin that removed the route"),
        (
            "Posts could not be read (sends us to its login page).",
            "a plugin that demands a login for everything",
        ),
        ("Posts could not be read (HTTP 500).", None),
    ],
)
def test_who_closes_something(reason: str, who: str | None) -> None:
    assert closed_by(reason) == who
