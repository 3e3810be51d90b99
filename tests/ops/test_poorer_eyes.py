"""An archive that a login filled, pulled again by a visitor and by feeds: nothing is lost to poorer eyes."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.demo import faults
from tests.fakewp import FakeWordPress
from tests.ops.test_privacy import LOGINS
from tests.ops.test_pull import run_check
from wpexport.archive.archive import Archive
from wpexport.archive.format import COMMENTS, GONE, MEDIA, POSTS
from wpexport.archive.records import read_lines, read_record, record_paths
from wpexport.model import Comment, Media, Post
from wpexport.net import Credentials, Http
from wpexport.ops.events import Pulled, Warned
from wpexport.ops.info import info
from wpexport.ops.pull import PullOptions, pull
from wpexport.sources.registry import open_source


def pulled(root: Path, url: str, *, login: bool = False, via: str | None = None) -> Pulled:
    with Http(credentials=Credentials("admin", LOGINS["admin"]) if login else None) as http:
        options = PullOptions(full=True, via=via)
        *_, last = pull(root, url, partial(open_source, http, url, via=via), options, http)
    assert isinstance(last, Pulled)
    return last


def texts(root: Path) -> dict[str, Any]:
    """All that is written in both bags, by where it lies."""
    found: dict[str, Any] = {}
    for bag in (root, root / "private"):
        for _, path in record_paths(bag / POSTS):
            post = read_record(path, Post)
            found[str(path.relative_to(root))] = (post.status, post.title, post.content, post.excerpt)
        for _, path in record_paths(bag / MEDIA):
            media = read_record(path, Media)
            found[str(path.relative_to(root))] = (media.title, media.caption, media.files)
        for _, path in record_paths(bag / COMMENTS):
            for comment in read_lines(path, Comment):
                found[f"{path.relative_to(root)}:{comment.id}"] = (
                    comment.status,
                    comment.parent,
                    comment.content,
                )
    return found


@pytest.fixture(scope="module")
def owner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FakeWordPress, str, Path]]:
    root = tmp_path_factory.mktemp("owner") / "archive"
    fake = FakeWordPress.sample()
    with fake.serve() as url:
        pulled(root, url, login=True)
        yield fake, url, root


def without_texts(feed: bytes) -> bytes:
    """What ``rss_use_excerpt`` leaves of a feed (wp-includes/feed-rss2.php)."""
    return re.sub(rb"<content:encoded>.*?</content:encoded>", b"", feed, flags=re.DOTALL)


@pytest.mark.parametrize("excerpts", [False, True])
@pytest.mark.parametrize("via", ["rest", "feed"])
def test_no_draft_becomes_a_tombstone_and_no_text_an_excerpt(
    owner: tuple[FakeWordPress, str, Path], tmp_path: Path, via: str, excerpts: bool
) -> None:
    fake, url, filled = owner
    root = tmp_path / "archive"
    shutil.copytree(filled, root)
    before = texts(root)
    assert sum(place.startswith("private/") for place in before) > 10
    if excerpts:
        fake.fault(faults.Fault("rss_use_excerpt", faults.feeds, faults.body(without_texts)))
    for _ in range(2):
        run = pulled(root, url, via=via).run
        assert sum(cover.vanished for cover in run.coverage) == 0
    fake.heal()
    assert not (root / GONE).exists()
    assert not (root / "private" / GONE).exists()
    after = texts(root)
    assert {place for place in before if after.get(place) != before[place]} == set()
    assert not [f for f in run_check(root).findings if f.severity == "error" or f.kind == "incomplete-text"]
    assert Archive.open(root).runs()[-1].login is False


def test_a_pull_without_the_login_of_before_says_so(
    owner: tuple[FakeWordPress, str, Path], tmp_path: Path
) -> None:
    _, url, filled = owner
    root = tmp_path / "archive"
    shutil.copytree(filled, root)

    def warnings(*accept: str) -> list[str]:
        with Http() as http:
            options = PullOptions(accept=frozenset(accept))
            events = list(pull(root, url, partial(open_source, http, url), options, http))
        return [event.text for event in events if isinstance(event, Warned)]

    assert [text[:19] for text in warnings()] == ["No login was given."]
    found = info(root)
    assert found.last is not None
    assert found.last_login is not None
    assert (found.last.login, found.last_login < found.last.started) == (False, True)
    assert warnings("login") == []
    assert warnings() == []
    pulled(root, url, login=True)


def test_a_loss_of_a_single_post_is_accepted_for_good(tmp_path: Path) -> None:
    fake = FakeWordPress.sample()
    with fake.serve() as url:
        fake.fault(faults.refused("comments"))
        address = f"{url}/?p=10"

        def code(*accept: str) -> int:
            with Http() as http:
                options = PullOptions(accept=frozenset(accept))
                *_, last = pull(tmp_path / "a", address, partial(open_source, http, address), options, http)
            assert isinstance(last, Pulled)
            return last.exit_code

        assert [code(), code("all"), code()] == [3, 0, 0]


def test_a_visitor_s_archive_misses_no_login(owner: tuple[FakeWordPress, str, Path], tmp_path: Path) -> None:
    _, url, _ = owner
    for _ in range(2):
        with Http() as http:
            events = list(pull(tmp_path / "a", url, partial(open_source, http, url), PullOptions(), http))
    assert not [event for event in events if isinstance(event, Warned)]


def test_the_same_eyes_do_bury_what_vanished(owner: tuple[FakeWordPress, str, Path], tmp_path: Path) -> None:
    """The test above could not fail otherwise."""
    fake, url, filled = owner
    root = tmp_path / "archive"
    shutil.copytree(filled, root)
    rows = fake.blog.collections["posts"].rows
    draft = next(row for row in rows if row.edit["status"] == "draft")
    fake.remove("posts", draft.id)
    pulled(root, url)
    assert not (root / "private" / GONE).exists()
    pulled(root, url, login=True)
    gone = [json.loads(line)["id"] for line in (root / "private" / GONE).read_text().splitlines()]
    assert gone == [draft.id]
    fake.blog.collections["posts"].rows = rows
