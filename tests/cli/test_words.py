"""What a pull of a site says that is broken in several ways at once: for people who are no programmers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.breakages.further import own_feeds
from tests.breakages.pulled import POSTS_COUNT, blog
from tests.cli.test_limits import wpexport
from tests.fakewp import FakeWordPress, faults
from wpexport.cli.account import plainly
from wpexport.errors import Exit


@pytest.fixture
def broken() -> FakeWordPress:
    """REST refuses comments and hides users, and one post makes the server fail."""
    fake = blog()
    for number in range(100, 115):
        fake.comment(number, post=3)
    fake.post(30, title="The newest, which makes the server fail")
    fake.fault(own_feeds(fake))
    fake.fault(faults.refused("comments", 403))
    fake.fault(faults.users_blocked())
    fake.fault(faults.poison(30))
    return fake


def test_what_is_missing_is_told_in_plain_words(broken: FakeWordPress, tmp_path: Path) -> None:
    broken.fault(faults.feeds_closed(403))
    with broken.serve() as url:
        done = wpexport("pull", url, tmp_path / "a")
    assert done.returncode == Exit.INCOMPLETE
    missing = done.stdout.partition("Missing:")[2].splitlines()
    assert missing[1:4] == [
        "  Authors could not be read (closed by WordPress or a security plugin that hides users: "
        "HTTP 401 rest_user_cannot_view).",
        "  Comments could not be read (closed by WordPress itself: HTTP 403 rest_forbidden).",
        "  Posts: one of them (row 25 in order of number, after number 24) could not be read "
        "(the site's own server failed: HTTP 500 rest_encode_error).",
    ]
    assert "  If that is gone for good: wpexport pull" in missing[4]
    assert f"  Posts       {POSTS_COUNT}  1 missing" in done.stdout
    assert "Finished, but incomplete. To try again what is missing: wpexport pull" in done.stdout


def test_what_another_way_supplied_is_no_loss_and_says_so(broken: FakeWordPress, tmp_path: Path) -> None:
    with broken.serve() as url:
        done = wpexport("pull", url, tmp_path / "a")
    assert re.search(r"^  Comments +20  7 missing, read from the feeds$", done.stdout, re.M)
    assert re.search(rf"^  Posts +{POSTS_COUNT + 1}(?:  read from the feeds)?$", done.stdout, re.M)
    assert "a feed shows only the newest 10 comments of a post" in done.stdout


def test_probe_says_the_same_beforehand(broken: FakeWordPress) -> None:
    with broken.serve() as url:
        done = wpexport("probe", url)
    said = "Comments could not be read (closed by WordPress itself: HTTP 403 rest_forbidden)."
    assert re.search(rf"^  Comments +\? +by feed, since by the API: {re.escape(said)}$", done.stdout, re.M)


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (
            "X (HTTP 401 rest_login_required).",
            "X (closed by a plugin that demands a login: HTTP 401 rest_login_required).",
        ),
        ("X (HTTP 401).", "X (the site does not show this to visitors: HTTP 401)."),
        (
            "X (HTTP 404, it is a web page).",
            "X (the site says that it is not there: HTTP 404, it is a web page).",
        ),
        ("X (HTTP 503)", "X (the site's own server failed: HTTP 503)"),
        ("X (HTTP 418)", "X (HTTP 418)"),
        ("a time-out", "a time-out"),
    ],
)
def test_what_a_status_means(reason: str, words: str) -> None:
    assert plainly(reason) == words
