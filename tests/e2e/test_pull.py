"""A real WordPress, pulled, against what WordPress itself says by its own PHP functions."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.blogs import ADMIN, truth
from tests.e2e.wordpress import Site
from wpexport.archive.archive import Archive
from wpexport.archive.format import AUTHORS, COMMENTS, MEDIA, PERSONAL, POSTS, TERMS
from wpexport.archive.reader import Reader
from wpexport.archive.records import read_record, record_paths
from wpexport.errors import Exit
from wpexport.export.registry import names
from wpexport.model import Author, Comment, Media, Personal, Post, Term, decode
from wpexport.net import Credentials, Http
from wpexport.ops.check import check
from wpexport.ops.events import Checked, Pulled
from wpexport.ops.export import ExportRequest, export
from wpexport.ops.pull import PullOptions, pull
from wpexport.sources.registry import open_source
from wpexport.text.markdown import plain_text

pytestmark = pytest.mark.e2e
Rows = dict[int, dict[str, Any]]


def pulled(site: Site, root: Path, login: tuple[str, str] | None = None) -> Pulled:
    credentials = Credentials(*login) if login else None
    with Http(credentials=credentials) as http:
        events = pull(root, site.url, partial(open_source, http, site.url), PullOptions(), http)
        *_, last = events
    assert isinstance(last, Pulled)
    return last


def by_id(rows: list[dict[str, Any]]) -> Rows:
    return {row["id"]: row for row in rows}


def posts_of(bag: Path) -> dict[int, Post]:
    found = (read_record(path, Post) for _, path in record_paths(bag / POSTS))
    return {post.id: post for post in found if post.id is not None}


def comments_of(bag: Path) -> dict[int, Comment]:
    found: dict[int, Comment] = {}
    for _, path in record_paths(bag / COMMENTS):
        for line in path.read_bytes().splitlines():
            comment = decode(line, Comment)
            assert comment.id is not None
            assert comment.id not in found
            found[comment.id] = comment
    return found


def moment(row: dict[str, Any], name: str = "date") -> datetime:
    """The instant that WordPress means."""
    return datetime.fromisoformat(row[f"{name}_gmt"]).replace(tzinfo=UTC)


@pytest.fixture(scope="module")
def said(real_wordpress: Site) -> dict[str, Any]:
    return truth(real_wordpress)


@pytest.fixture(scope="module")
def visitor(real_wordpress: Site, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Pulled]:
    root = tmp_path_factory.mktemp("visitor") / "archive"
    return root, pulled(real_wordpress, root)


@pytest.fixture(scope="module")
def owner(real_wordpress: Site, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Pulled]:
    root = tmp_path_factory.mktemp("owner") / "archive"
    return root, pulled(real_wordpress, root, ADMIN)


def same_post(post: Post, row: dict[str, Any]) -> None:
    assert (post.type, post.status) == (row["type"], row["status"])
    assert post.date is not None
    assert post.date.astimezone(UTC) == moment(row), post.id
    # the stored local time, unless it names an hour that the clocks skipped (WordPress moves it on)
    if post.id != 20 or row["title"] != "The hour that never came":
        assert abs(
            (post.date.replace(tzinfo=None) - datetime.fromisoformat(row["date"])).total_seconds()
        ) in (
            0,
            3600,
        )
    assert post.parent == (row["parent"] or None)
    assert post.author == (row["author"] or None)
    assert post.featured_media == (row["featured"] or None)
    assert (post.sticky, post.menu_order) == (row["sticky"], row["menu_order"])
    assert sorted(t for t in post.terms if isinstance(t, int)) == sorted(shown_terms(row))
    if row["status"] == "publish":
        assert post.slug == row["slug"]


def shown_terms(row: dict[str, Any]) -> Iterator[int]:
    for taxonomy, numbers in row["terms"].items():
        if taxonomy not in ("post_format", "wp_pattern_category"):
            yield from numbers


def same_comment(comment: Comment, row: dict[str, Any]) -> None:
    assert comment.post == row["post"]
    assert comment.parent == (row["parent"] or None)
    assert comment.date is not None
    assert comment.date.astimezone(UTC) == moment(row)
    assert comment.author.name == row["name"]
    words = plain_text(comment.content.html or "").split()
    assert [w for w in words if w.isalnum()][:3] == [
        w for w in plain_text(row["raw"]).split() if w.isalnum()
    ][:3]


def test_a_visitor_gets_every_public_post_with_its_text(
    visitor: tuple[Path, Pulled], said: dict[str, Any]
) -> None:
    mine = posts_of(visitor[0])
    public = {
        n: row for n, row in by_id(said["posts"]).items() if row["public"] and row["status"] == "publish"
    }
    assert mine.keys() == public.keys()
    for number, post in mine.items():
        row = public[number]
        same_post(post, row)
        assert post.password_protected == row["protected"]
        if row["protected"]:
            assert not post.content.html
        else:
            assert plain_text(post.content.html or "") == plain_text(row["rendered"])


def test_a_visitor_gets_every_approved_comment_on_a_readable_post(
    visitor: tuple[Path, Pulled], said: dict[str, Any]
) -> None:
    mine = comments_of(visitor[0])
    readable = {n: row for n, row in by_id(said["comments"]).items() if row["readable"]}
    assert mine.keys() == readable.keys()
    for number, comment in mine.items():
        same_comment(comment, readable[number])


def test_terms_authors_and_media_are_all_there(visitor: tuple[Path, Pulled], said: dict[str, Any]) -> None:
    root = visitor[0]
    terms = {t.id: t for t in (decode(line, Term) for line in (root / TERMS).read_bytes().splitlines())}
    public = {n: row for n, row in by_id(said["terms"]).items() if row["rest"]}
    assert terms.keys() == public.keys()
    for number, term in terms.items():
        row = public[int(number or 0)]
        assert (term.taxonomy, term.slug, term.parent) == (
            row["taxonomy"],
            row["slug"],
            row["parent"] or None,
        )
        assert term.name == plain_text(row["name"])
    authors = {a.id: a for a in (decode(line, Author) for line in (root / AUTHORS).read_bytes().splitlines())}
    writers = {n: row for n, row in by_id(said["users"]).items() if row["posts"]}
    assert {n: a.name for n, a in authors.items()} == {n: row["name"] for n, row in writers.items()}
    found = (read_record(path, Media) for _, path in record_paths(root / MEDIA))
    media = {m.id: m for m in found if m.id is not None}
    hidden = {row["id"] for row in said["posts"] if not row["public"]}
    shown = {n: row for n, row in by_id(said["media"]).items() if row["parent"] not in hidden}
    assert media.keys() == shown.keys()
    for number, item in media.items():
        original = next(f for f in item.files if f.url == item.source_url)
        assert original.sha256 == shown[number]["sha256"]
        assert hashlib.sha256((root / original.path).read_bytes()).hexdigest() == original.sha256
        assert item.alt_text == shown[number]["alt"]


def test_a_healthy_site_ends_well_and_says_what_was_withheld(visitor: tuple[Path, Pulled]) -> None:
    root, done = visitor
    assert done.exit_code == Exit.DONE
    cover = {c.collection: c for c in done.run.coverage}
    assert cover["comments"].withheld > 0
    for account in cover.values():
        if account.expected is not None:
            assert account.received + account.withheld == account.expected, account
    *_, checked = check(root)
    assert isinstance(checked, Checked)
    assert checked.exit_code == Exit.DONE


def test_other_tools_accept_the_archive(visitor: tuple[Path, Pulled], owner: tuple[Path, Pulled]) -> None:
    for root in (visitor[0], owner[0], owner[0] / "private"):
        subprocess.run([sys.executable, "-W", "ignore", "-m", "bagit", "--validate", str(root)], check=True)
        subprocess.run(["sha256sum", "-c", "--quiet", "manifest-sha256.txt"], check=True, cwd=root)


@pytest.mark.parametrize("login", [None, ADMIN])
def test_a_second_pull_touches_no_record(
    real_wordpress: Site, tmp_path: Path, login: tuple[str, str] | None
) -> None:
    root = tmp_path / "archive"
    pulled(real_wordpress, root, login)
    before = {p: p.stat().st_mtime_ns for p in root.rglob("*") if p.is_file()}
    pulled(real_wordpress, root, login)
    after = {p: p.stat().st_mtime_ns for p in root.rglob("*") if p.is_file()}
    touched = {p.relative_to(root).parts[0] for p in after if before.get(p) != after[p]}
    assert touched <= {"runs", "state"}


def test_an_administrator_gets_all_others_too(owner: tuple[Path, Pulled], said: dict[str, Any]) -> None:
    root, done = owner
    assert done.run.login
    public, private = posts_of(root), posts_of(root / "private")
    types = {row["type"] for row in said["posts"] if row["public"]}
    wanted = {
        n: row
        for n, row in by_id(said["posts"]).items()
        if row["type"] in types and row["status"] in ("publish", "future", "draft", "pending", "private")
    }
    mine = {**public, **private}
    assert {n for n, p in mine.items() if p.type in types} == wanted.keys()
    for number, row in wanted.items():
        post = mine[number]
        assert post.content.raw == row["raw"], number
        if row["status"] in ("publish", "private"):
            same_post(post, row)
    comments = {**comments_of(root), **comments_of(root / "private")}
    all_wanted = {
        n: row for n, row in by_id(said["comments"]).items() if row["status"] in ("approved", "hold")
    }
    assert comments.keys() >= all_wanted.keys()
    for number, row in all_wanted.items():
        comment = comments[number]
        same_comment(comment, row)
        assert comment.type == row["type"]
        assert comment.content.raw == row["raw"]


def test_what_only_the_owner_may_see_lies_apart(owner: tuple[Path, Pulled], said: dict[str, Any]) -> None:
    root = owner[0]
    public = b"".join(p.read_bytes() for p in (root / "data").rglob("*.json*") if p.suffix != ".gz")
    private = b"".join(p.read_bytes() for p in (root / "private").rglob("*.json*") if p.suffix != ".gz")
    secrets = {row["email"] for row in said["comments"] + said["users"] if row["email"]}
    secrets |= {
        row["title"]
        for row in said["posts"]
        if row["status"] in ("draft", "private", "pending") and row["title"]
    }
    assert len(secrets) > 5
    for secret in secrets:
        assert secret.encode() not in public, secret
    for email in {row["email"] for row in said["comments"] if row["email"] and row["status"] == "approved"}:
        assert email.encode() in private
    assert (root / "private").stat().st_mode & 0o077 == 0


def test_a_default_export_holds_nothing_private(
    owner: tuple[Path, Pulled], said: dict[str, Any], tmp_path: Path
) -> None:
    reader = Reader(Archive.open(owner[0]))
    titles = {post.id for post in reader.posts()}
    private = {row["id"] for row in said["posts"] if row["status"] != "publish"}
    assert not titles & private
    assert reader.left_out["drafts"] > 0


@pytest.mark.parametrize("target", names())
def test_no_address_or_draft_is_in_any_export(
    owner: tuple[Path, Pulled], said: dict[str, Any], tmp_path: Path, target: str
) -> None:
    people = [
        decode(line, Personal)
        for path in (owner[0] / "private" / PERSONAL).rglob("*.jsonl")
        for line in path.read_bytes().splitlines()
    ]
    assert {row["email"] for row in said["users"]} <= {person.email for person in people}
    hidden = {person.ip for person in people} | {row["email"] for row in said["comments"] + said["users"]}
    hidden |= {row["title"] for row in said["posts"] if row["status"] not in ("publish", "inherit")}
    list(export(owner[0], tmp_path / "out", ExportRequest(to=target)))
    told = b"".join(path.read_bytes() for path in sorted(tmp_path.rglob("*")) if path.is_file())
    public = b"".join(path.read_bytes() for path in sorted((owner[0] / "data").rglob("*.json*")))
    known = {word for word in hidden if word and len(word) > 6 and word.encode() not in public}
    assert len(known) > 5
    assert [word for word in known if word.encode() in told] == []
