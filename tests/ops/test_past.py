"""What happened to a record, and the blog as it was."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.fakewp import FakeWordPress
from wpexport.archive.archive import Archive
from wpexport.archive.reader import Reader
from wpexport.archive.runs import run_time
from wpexport.errors import UsageError
from wpexport.net import Credentials, Http
from wpexport.ops.events import Pulled
from wpexport.ops.export import ExportRequest, export
from wpexport.ops.log import Told, log, log_record
from wpexport.ops.pull import PullOptions, pull
from wpexport.sources.registry import open_source

LOGIN = ("admin", "fake admin password")


def night(url: str, root: Path, **options: Any) -> datetime:
    """Pull with a login; gives the time that the run is named for."""
    with Http(credentials=Credentials(*LOGIN)) as http:
        *_, last = pull(root, url, partial(open_source, http, url), PullOptions(**options), http)
    assert isinstance(last, Pulled)
    return run_time(last.run.run)


class Story:
    """A blog over three nights."""

    def __init__(self, root: Path) -> None:
        self.root = root
        fake = FakeWordPress()
        fake.term(7, "Ships")
        fake.post(1, title="One", content="First words.", categories=[7])
        fake.post(2, title="Two")
        fake.post(3, title="A draft", status="draft", content="Not yet.")
        fake.post(4, title="Leaves")
        fake.comment(11, post=1, content="Held at first", status="hold")
        fake.comment(12, post=1, content="Well said")
        fake.media(90, "a.png", b"red")
        with fake.serve() as url:
            self.first = night(url, root)
            later = {"modified": "2026-02-02T00:00:00", "modified_gmt": "2026-02-02T00:00:00"}
            fake.post(1, title="One, edited", content="Second words.", categories=[7], **later)
            fake.post(3, title="A draft no more", content="Now.", date="2026-02-02T00:00:00", **later)
            fake.remove("posts", 4)
            fake.remove("comments", 12)
            fake.comment(11, post=1, content="Held at first")
            fake.term(7, "Boats")
            fake.media(90, "a.png", b"blue", **later)
            self.second = night(url, root)
            fake.post(1, title="One, edited twice", content="Third words.", categories=[7])
            self.third = night(url, root, full=True)

    def at(self, when: datetime, *include: str) -> Reader:
        return Reader(Archive.open(self.root), frozenset(include), when)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    return Story(tmp_path_factory.mktemp("story"))


JANUARY = datetime(2026, 1, 15, tzinfo=UTC)
MARCH = datetime(2026, 3, 15, tzinfo=UTC)


def test_the_blog_as_it_was(story: Story) -> None:
    then = story.at(JANUARY)
    posts = {post.id: post for post in then.posts()}
    assert sorted(n for n in posts if n) == [1, 2, 4]
    assert posts[1].title == "One"
    assert [c.id for c in then.comments(posts[1])] == [12]
    assert then.left_out["held"] == 1
    assert then.terms()[7].name == "Ships"
    media = {m.id: m for m in then.media()}
    path = then.file(media[90].files[0])
    assert path is not None
    assert path.read_bytes() == b"red"


def test_a_draft_was_its_owner_s_until_it_was_published(story: Story) -> None:
    then = story.at(JANUARY, "drafts", "held")
    posts = {post.id: post for post in then.posts()}
    assert posts[3].title == "A draft"
    assert posts[3].status == "draft"
    assert [c.id for c in then.comments(posts[1])] == [11, 12]


def test_between_two_pulls_what_wordpress_calls_modified_decides(story: Story) -> None:
    then = story.at(MARCH)
    posts = {post.id: post for post in then.posts()}
    assert posts[1].title == "One, edited"
    assert posts[3].status == "publish"
    assert 4 in posts  # nobody knew yet that it was gone


def test_today_is_today(story: Story) -> None:
    now = datetime.now(UTC) + timedelta(days=1)
    for include in ((), ("drafts", "private", "held", "protected", "vanished")):
        past, present = story.at(now, *include), Reader(Archive.open(story.root), frozenset(include))
        assert list(past.posts()) == list(present.posts())
        for post in present.posts():
            assert past.comments(post) == present.comments(post)
        assert list(past.media()) == list(present.media())
        assert past.terms() == present.terms()
    assert {post.id for post in present.posts()} >= {1, 2, 3, 4}


def test_an_export_of_the_past(story: Story, tmp_path: Path) -> None:
    *_, _done = export(story.root, tmp_path / "then", replace(ExportRequest(), at=JANUARY))
    text = "".join(path.read_text() for path in (tmp_path / "then").rglob("*.md"))
    assert "First words" in text
    assert "Second words" not in text
    assert "Not yet" not in text


def test_the_life_of_a_post_with_the_answers_it_came_in(story: Story) -> None:
    told = list(log_record(story.root, "posts:1"))
    assert [(t.what, t.record["title"], t.current) for t in told] == [
        ("stored", "One", False),
        ("stored", "One, edited", False),
        ("stored", "One, edited twice", True),
    ]
    assert [run_time(t.run or "") for t in told] == [story.first, story.second, story.third]
    assert ["/wp/v2/posts" in said.url for t in told for said in t.said] == [True, True, True]
    for t in told:
        assert [said.run for said in t.said] == [t.run]


def test_the_life_of_what_vanished_and_of_what_was_private(story: Story) -> None:
    gone = list(log_record(story.root, "4"))
    assert [(t.kind, t.what, t.how) for t in gone] == [("posts", "stored", ""), ("posts", "vanished", "404")]
    draft = list(log_record(story.root, "3"))
    assert [(t.private, t.record["status"]) for t in draft if t.what == "stored"] == [
        (False, "publish"),
        (True, "draft"),
    ]
    comment = list(log_record(story.root, "comments:11"))
    assert {(t.private, t.record["status"]) for t in comment} == {(True, "hold"), (False, "approved")}
    term = list(log_record(story.root, "terms:7"))
    assert [t.record["name"] for t in term] == ["Ships", "Boats"]


def test_the_runs(story: Story) -> None:
    assert [run_time(ran.report.run) for ran in log(story.root)] == [story.first, story.second, story.third]


@pytest.mark.parametrize("name", ["nothing", "999", "posts:", "elephants:3", "comments:1"])
def test_what_is_no_record_is_said(story: Story, name: str) -> None:
    with pytest.raises(UsageError):
        list(log_record(story.root, name))


def test_told_is_plain(story: Story) -> None:
    told: list[Told] = list(log_record(story.root, "1"))
    assert json.dumps(told[0].record)
