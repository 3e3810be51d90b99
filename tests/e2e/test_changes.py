"""A real WordPress changes in each of the ways it can, and one pull notices all of it and nothing else."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

import pytest

from tests.e2e.blogs import ADMIN, fill, seed_sample
from tests.e2e.test_pull import comments_of, posts_of
from tests.e2e.wordpress import PHP, Site
from wpexport.archive.format import MEDIA
from wpexport.archive.records import read_record
from wpexport.errors import Exit
from wpexport.model import Media
from wpexport.net import Credentials, Download, Http, Response
from wpexport.ops.check import check
from wpexport.ops.events import Checked, Pulled
from wpexport.ops.pull import PullOptions, pull
from wpexport.sources.registry import open_source

pytestmark = pytest.mark.e2e
SCRIPT = PHP / "changes.php"


class Counting(Http):
    """Counts what is asked for, and the bytes that come."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.bytes = 0
        self.asked: Counter[str] = Counter()
        self.sizes: Counter[str] = Counter()

    def get(self, url: str, *more: Any, **given: Any) -> Response:
        answer = super().get(url, *more, **given)
        self._count(answer.url, len(answer.body))
        return answer

    def download(self, url: str, sink: BinaryIO, **given: Any) -> Download:
        got = super().download(url, sink, **given)
        self._count(got.url, got.size)
        return got

    def _count(self, url: str, size: int) -> None:
        self.bytes += size
        self.asked[urlsplit(url).path] += 1
        self.sizes[urlsplit(url).path] += size


def pulled(
    site: Site, root: Path, login: bool = False, via: str | None = None, **options: Any
) -> tuple[Pulled, Counting]:
    with Counting(credentials=Credentials(*ADMIN) if login else None) as http:
        connect = partial(open_source, http, site.url, via=via)
        events = pull(root, site.url, connect, PullOptions(via=via, **options), http)
        *_, last = events
    assert isinstance(last, Pulled)
    return last, http


def git(root: Path, *words: str) -> list[str]:
    who = ["-c", "user.name=t", "-c", "user.email=t@example.test", "-c", "core.quotepath=off"]
    done = subprocess.run(["git", *who, *words], cwd=root, check=True, capture_output=True, text=True)
    return done.stdout.splitlines()


def committed(root: Path) -> None:
    git(root, "add", "-A")
    git(root, "commit", "-qm", "a night")


def touched(root: Path) -> set[str]:
    """The files that differ from the last commit, but for what each pull that finds something changes."""
    git(root, "add", "-A")
    names = set(git(root, "diff", "--cached", "--name-only"))
    always = {"bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt"}
    return {name for name in names - always if not name.startswith(("runs/", "data/raw/"))}


def tombstones(root: Path) -> dict[tuple[str, int], str]:
    path = root / "data/gone.jsonl"
    rows = map(json.loads, path.read_text().splitlines()) if path.exists() else ()
    return {(row["collection"], row["id"]): row["how"] for row in rows}


def versions(root: Path, place: str) -> list[dict[str, Any]]:
    path = root / place.replace("data/", "data/history/").replace(".json", ".jsonl")
    return [json.loads(line)["record"] for line in path.read_text().splitlines()]


@pytest.mark.parametrize("login", [False, True])
def test_one_pull_notices_every_kind_of_change_and_touches_nothing_else(
    empty_wordpress: Site, tmp_path: Path, login: bool
) -> None:
    site, root = empty_wordpress, tmp_path / "archive"
    seed_sample(site)
    numbers = site.json(SCRIPT, "before")
    pulled(site, root, login)
    git(tmp_path, "init", "-q", str(root))
    committed(root)
    picture = read_record(root / place(MEDIA, numbers["media"]), Media).files[0]
    numbers = site.json(SCRIPT, "after")

    done, _ = pulled(site, root, login)

    assert done.exit_code == Exit.DONE
    assert tombstones(root).items() >= {
        (("posts/post", numbers["trashed"]), "401" if not login else "absent from the list"),
        (("posts/post", numbers["deleted"]), "404"),
        (("comments", numbers["removed"]), "404"),
    }
    edited, renamed, late = (place("data/posts", numbers[n]) for n in ("edited", "renamed", "late"))
    media = place(MEDIA, numbers["media"])
    comments = place("data/comments", numbers["discussed"]) + "l"
    was = f"data/history/{picture.path.removeprefix('data/').removesuffix('.png')}"
    former = {str(p.relative_to(root)) for p in (root / "data/history/files").rglob("*") if p.is_file()}
    assert len(former) == 1
    assert former.pop().startswith(was)
    history = {n.replace("data/", "data/history/") + "l" for n in (edited, renamed, media)}
    history |= {"data/history/terms.jsonl"}
    files = {name for name in touched(root) if not name.startswith("data/history/files/")}
    assert files == {
        edited, renamed, late, media, comments, picture.path, "data/terms.jsonl", "data/gone.jsonl", *history
    }  # fmt: skip
    assert "Edited at noon" in str(posts_of(root)[numbers["edited"]].content.html)
    assert ["Will be edited." in v["content"]["html"] for v in versions(root, edited)] == [True]
    assert [v["slug"] for v in versions(root, renamed)] == ["will-be-renamed"]
    assert numbers["approved"] in comments_of(root)
    assert numbers["removed"] in comments_of(root)  # content stays
    assert read_record(root / media, Media).files[0].sha256 != picture.sha256
    *_, proof = check(root)
    assert isinstance(proof, Checked)
    assert proof.exit_code == Exit.DONE
    committed(root)
    pulled(site, root, login)
    assert touched(root) == set()


def test_a_file_swapped_in_silence_is_found_by_a_full_pull(empty_wordpress: Site, tmp_path: Path) -> None:
    site, root = empty_wordpress, tmp_path / "archive"
    numbers = site.json(SCRIPT, "before")
    pulled(site, root)
    media = root / place(MEDIA, numbers["media"])
    before = read_record(media, Media).files[0]
    site.json(SCRIPT, "in silence")
    pulled(site, root)
    assert read_record(media, Media).files[0] == before
    done, _ = pulled(site, root, full=True)
    assert [c.changed for c in done.run.coverage if c.collection == "files"] == [1]
    after = read_record(media, Media).files[0]
    assert after.path == before.path
    assert after.sha256 != before.sha256


def test_no_change_costs_next_to_nothing(empty_wordpress: Site, tmp_path: Path) -> None:
    site, root = empty_wordpress, tmp_path / "archive"
    seed_sample(site)
    fill(site, 500, 2_000)
    _, full = pulled(site, root)
    before = {p: p.stat().st_mtime_ns for p in root.rglob("*") if p.is_file()}
    done, http = pulled(site, root)
    after = {p: p.stat().st_mtime_ns for p in root.rglob("*") if p.is_file()}
    assert {p.relative_to(root).parts[0] for p in after if before.get(p) != after[p]} <= {"runs", "state"}
    assert all(c.added == c.changed == 0 for c in done.run.coverage)
    assert done.run.traffic["sweep_seconds"] > 0
    sweep = {"posts": 6, "comments": 21}  # a hundred numbers a request
    for path, count in http.asked.items():
        assert count <= 2 + sweep.get(path.rpartition("/")[2], 1), (path, count)
    assert http.bytes < full.bytes / 20, (http.bytes, full.bytes, http.sizes)
    assert done.run.traffic["bytes"] <= http.bytes  # as they came over the wire
    done, http = pulled(site, root, sweep_every=timedelta(days=7))
    assert all(c.added == c.changed == len(c.lost) == 0 for c in done.run.coverage)
    assert max(http.asked.values()) <= 2, http.asked


@pytest.mark.parametrize("via", ["rest", "feed"])
def test_a_visitor_s_pull_into_an_owner_s_archive_buries_nothing(
    empty_wordpress: Site, tmp_path: Path, via: str
) -> None:
    site, root = empty_wordpress, tmp_path / "archive"
    seed_sample(site)
    numbers = site.json(SCRIPT, "before")
    pulled(site, root, login=True)
    texts = {n: p.content for n, p in {**posts_of(root), **posts_of(root / "private")}.items()}
    for _ in range(2):
        done, _ = pulled(site, root, via=via)
        assert done.exit_code == (Exit.DONE if via == "rest" else Exit.INCOMPLETE)
    assert tombstones(root) == tombstones(root / "private") == {}
    assert numbers["draft"] in posts_of(root / "private")
    assert {n: p.content for n, p in {**posts_of(root), **posts_of(root / "private")}.items()} == texts


def place(folder: str, number: int) -> str:
    return f"{folder}/{number // 1000:03d}/{number}.json"
