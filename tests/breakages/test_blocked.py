"""B13 to B25: something refuses, and says so in one of many ways."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.breakages import further
from tests.breakages.pulled import HOME, POSTS_COUNT, Harvest, blog, harvest, unharmed
from tests.fakewp import Fault, faults
from wpexport.errors import Blocked, Exit, SourceError
from wpexport.net import Credentials

TITLES = {f"Post {n}" for n in range(1, POSTS_COUNT + 1)}
CODES = [
    "rest_cannot_access",
    "rest_not_logged_in",
    "rest_unauthorized",
    "rest_not_authenticated",
    "no_rest_api_sorry",
    "rest_login_required",
    "a_code_that_nobody_knows",
]


def titles(found: Harvest) -> set[str]:
    return {p.title for p in found.posts.values()}


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("code", CODES)
def test_a_closed_api_leads_to_the_feeds(tmp_path: Path, status: int, code: str) -> None:
    fake = blog()
    fake.fault(faults.rest_closed(status, code))
    found = harvest(fake, tmp_path / "a")
    assert titles(found) >= TITLES
    assert len(found.comments) == 12
    assert found.code == Exit.INCOMPLETE  # pages, authors and terms have no feed
    assert {"posts/page", "authors", "media"} <= set(found.closed)


def test_a_closed_api_without_feeds_is_named_by_its_code(tmp_path: Path) -> None:
    fake = blog()
    fake.fault(faults.rest_closed(401, "rest_cannot_access"))
    fake.fault(faults.feeds_closed(403))
    with pytest.raises(SourceError, match=r"closed to visitors .*rest_cannot_access"):
        harvest(fake, tmp_path / "a")


@pytest.mark.parametrize("base", ["posts", "comments"])
def test_one_closed_route_is_read_by_feed(tmp_path: Path, base: str) -> None:
    fake = blog()
    fake.fault(faults.refused(base, 401, "itsec_rest_api_access_restricted"))
    found = harvest(fake, tmp_path / "a")
    assert titles(found) == TITLES | {"About", "More"}
    assert set(found.posts) == set(range(1, POSTS_COUNT + 1)) | {40, 41}
    assert set(found.comments) == set(range(1, 13))
    assert len(found.media) == 2
    assert not found.closed
    key = "posts/post" if base == "posts" else base
    assert found.cover(key).way == "feed"


def test_one_closed_route_that_no_feed_replaces_is_named_with_its_code(tmp_path: Path) -> None:
    fake = blog()
    fake.fault(faults.refused("media", 401, "itsec_rest_api_access_restricted"))
    found = harvest(fake, tmp_path / "a")
    assert found.closed == {"media": "Media could not be read (HTTP 401 itsec_rest_api_access_restricted)."}
    assert found.code == Exit.INCOMPLETE


@pytest.mark.parametrize(
    ("status", "code"),
    [(401, "rest_user_cannot_view"), (404, "rest_no_route"), (200, "rest_user_invalid_id")],
)
def test_authors_whose_route_is_closed_are_known_from_their_posts(
    tmp_path: Path, status: int, code: str
) -> None:
    fake = blog()
    fake.fault(faults.refused("users", status, code))
    found = harvest(fake, tmp_path / "a")
    assert {a.id: a.name for a in found.authors.values()} == {1: "Keeper", 2: "Änne Übel"}
    assert (found.posts[1].author, found.posts[3].author) == (1, 2)
    assert found.code == Exit.DONE
    assert unharmed(found)


def test_authors_who_are_closed_there_too_are_named_with_their_numbers(tmp_path: Path) -> None:
    fake = blog()
    fake.fault(faults.users_blocked())
    fake.fault(further.embeds_refused())
    found = harvest(fake, tmp_path / "a")
    assert found.code == Exit.INCOMPLETE
    assert "Authors could not be read (HTTP 401 rest_user_cannot_view" in str(found.closed) + str(found.lost)
    assert not found.authors
    assert (found.posts[1].author, found.posts[3].author) == (1, 2)


def test_comments_that_are_closed_everywhere_are_never_nought(tmp_path: Path) -> None:
    fake = blog()
    fake.fault(faults.refused("comments", 404, "rest_no_route"))
    fake.fault(Fault("home", lambda r: faults.feeds(r) and not posts_feed(r), faults.feeds_closed().then))
    found = harvest(fake, tmp_path / "a")
    assert titles(found) >= TITLES
    assert found.closed["comments"].startswith("Comments could not be read")
    assert any("Comments could not be read" in text for text in found.warnings)
    assert found.cover("comments").expected is None
    assert found.code == Exit.INCOMPLETE


def posts_feed(request: Any) -> bool:
    return request.path in ("/feed/", "/feed/atom/", "/feed/rdf/") and "withcomments" not in request.query


# Something in front of the site

MOMENT = "<html><head><title>Just a moment...</title></head></html>"
SGCAPTCHA = '<html><meta http-equiv="refresh" content="0;/.well-known/sgcaptcha/?r=%2F"></html>'
LIMITED = "<p>Your access to this site has been limited by the site owner</p>"
GATES = {
    "cloudflare 403": (403, MOMENT, {"cf-mitigated": "challenge", "Server": "cloudflare"}, "Cloudflare"),
    "cloudflare 503": (503, MOMENT, {}, "Cloudflare"),
    "cloudflare 1010": (403, "error code: 1010", {}, "Cloudflare"),
    "siteground 202": (202, SGCAPTCHA, {"SG-Captcha": "challenge"}, "SiteGround"),
    "siteground 200": (200, SGCAPTCHA, {}, "SiteGround"),
    "imunify 415": (
        415,
        "<html><body>Access denied by Imunify360 bot-protection</body></html>",
        {},
        "Imunify360",
    ),
    "imunify 200": (200, "<html><head><title>One moment, please...</title></head></html>", {}, "Imunify360"),
    "wordfence 503": (503, LIMITED, {"Retry-After": "3600"}, "Wordfence"),
    "wordfence 403": (403, LIMITED, {}, "Wordfence"),
    "mod_security": (406, "<html><head><title>Not Acceptable!</title></head></html>", {}, "mod_security"),
}


@pytest.mark.parametrize("gate", GATES)
def test_a_gate_is_named_and_not_run_against(tmp_path: Path, gate: str) -> None:
    status, page, headers, who = GATES[gate]
    fake = blog()
    fake.fault(further.blocked(status, page, headers))
    with pytest.raises(Blocked, match=rf"blog\.test cannot be read: {who} refuses us \(HTTP {status}\)"):
        harvest(fake, tmp_path / "a")
    assert len(fake.requests) < 12
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize("gate", GATES)
def test_a_gate_that_closes_midway_costs_what_is_behind_it_and_nothing_else(
    tmp_path: Path, gate: str
) -> None:
    status, page, headers, who = GATES[gate]
    fake = blog()
    shut = further.blocked(status, page, headers, when=lambda r: len(fake.requests) > 14)

    fake.fault(shut)
    found = harvest(fake, tmp_path / "a")
    assert found.code == Exit.INCOMPLETE
    assert who in str(found.lost) + str(found.closed)
    assert len(fake.requests) < 80
    fake.heal()
    again = harvest(fake, tmp_path / "a")
    assert again.code == Exit.DONE
    assert titles(again) == TITLES | {"About", "More"}
    assert len(again.comments) == 12


def test_a_cookie_that_the_user_has_from_the_gate_opens_it(tmp_path: Path) -> None:
    fake = blog()
    gate = further.blocked(403, MOMENT, {"cf-mitigated": "challenge"})
    gate.when = lambda r: "cf_clearance=mine" not in r.headers.get("cookie", "")
    fake.fault(gate)
    cookie = Credentials.headers({"Cookie": "cf_clearance=mine"})
    cookie.pin(HOME)
    assert unharmed(harvest(fake, tmp_path / "a", gate=cookie))


def test_we_never_call_ourselves_python_requests(tmp_path: Path) -> None:
    fake = blog()
    fake.fault(faults.agent_banned("python"))
    assert unharmed(harvest(fake, tmp_path / "a"))
    assert all(r.headers["user-agent"].startswith("wpexport/") for r in fake.requests)


def test_another_name_can_be_given_where_ours_is_banned(tmp_path: Path) -> None:
    fake = blog()
    fake.fault(faults.agent_banned("wpexport"))
    with pytest.raises(Blocked) as error:
        harvest(fake, tmp_path / "a")
    assert "User-Agent" in str(error.value.hint)
    assert unharmed(harvest(fake, tmp_path / "a", user_agent="Mozilla/5.0 (I am the owner)"))


def test_cookies_of_the_first_answer_are_sent_back(tmp_path: Path) -> None:
    fake = blog()
    fake.fault(further.cookie_wanted())
    found = harvest(fake, tmp_path / "a", real=True)
    assert found.code == Exit.DONE
    assert len(found.posts) == POSTS_COUNT + 2


def test_a_firewall_that_dislikes_the_query_is_asked_more_plainly(tmp_path: Path) -> None:
    fake = blog()
    fake.fault(further.query_disliked())
    found = harvest(fake, tmp_path / "a")
    assert unharmed(found)


def test_a_refusal_without_a_name_tells_its_status_and_server(tmp_path: Path) -> None:
    fake = blog()
    fake.fault(further.blocked(403, "<html><title>Forbidden</title></html>", {"Server": "nginx/edge-7"}))
    with pytest.raises(Blocked, match=r"HTTP 403.*nginx/edge-7") as error:
        harvest(fake, tmp_path / "a")
    assert error.value.hint


def test_a_login_wall_before_the_api_alone_leaves_the_feeds(tmp_path: Path) -> None:
    fake = blog()
    fake.fault(further.login_wall(faults.rest))
    fake.fault(further.login_wall(lambda r: r.path == "/wp-login.php"))
    found = harvest(fake, tmp_path / "a")
    assert titles(found) >= TITLES
    assert found.code == Exit.INCOMPLETE


def test_a_login_wall_before_everything_is_said(tmp_path: Path) -> None:
    fake = blog()
    fake.fault(further.login_wall())
    with pytest.raises(SourceError, match="sends us to its login page"):
        harvest(fake, tmp_path / "a")
    assert not (tmp_path / "a").exists()
