"""A pull: what lies in the archive afterwards, and after the second time."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest

from tests.ops.blogs import HOME, MemorySource, comment, media, post
from wpexport.archive import journal
from wpexport.archive.archive import Archive
from wpexport.archive.check import Finding
from wpexport.archive.lock import locked
from wpexport.archive.reader import Reader
from wpexport.errors import ArchiveLocked, Exit, UsageError, WpexportError
from wpexport.model import CommentAuthor, Loss, Markup, Personal
from wpexport.net import Download
from wpexport.ops.check import check
from wpexport.ops.events import Checked, Pulled
from wpexport.ops.media import MediaOptions
from wpexport.ops.pull import PullOptions, pull
from wpexport.sources.base import View

NO_MEDIA = PullOptions(media=MediaOptions(which="none"))


def run_pull(
    root: Path, source: MemorySource, options: PullOptions = NO_MEDIA, fetcher: Any = None
) -> Pulled:
    *_, last = pull(root, source.home, lambda: source, options, fetcher)
    assert isinstance(last, Pulled)
    return last


def run_check(root: Path) -> Checked:
    *_, last = check(root)
    assert isinstance(last, Checked)
    return last


def payload(root: Path) -> dict[str, str]:
    """The files of both bags with their hashes; journals and histories are named by time."""
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file() and "data" in path.parts and not {"raw", "history"} & set(path.parts)
    }


def blog(**fields: Any) -> MemorySource:
    posts: list[Any] = [post(n) for n in range(1, 8)]
    comments: list[Any] = [comment(n, on=1 + n % 7, parent=n - 7 if n > 7 else None) for n in range(1, 22)]
    return MemorySource(posts=posts, comments=comments, **fields)


def test_everything_arrives_and_the_bag_is_valid(tmp_path: Path) -> None:
    done = run_pull(tmp_path / "a", blog())
    assert done.exit_code == Exit.DONE
    reader = Reader(Archive.open(tmp_path / "a"))
    posts = list(reader.posts())
    assert [p.id for p in posts] == list(range(1, 8))
    assert sum(len(reader.comments(p)) for p in posts) == 21
    assert reader.comments(posts[1])[1].parent == 1
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # bagit 1.9 imports pkg_resources
        import bagit

        bagit.Bag(str(tmp_path / "a")).validate()
    subprocess.run(["sha256sum", "-c", "--quiet", "manifest-sha256.txt"], check=True, cwd=tmp_path / "a")
    assert run_check(tmp_path / "a").exit_code == Exit.DONE


def test_a_second_pull_touches_nothing_but_runs_and_state(tmp_path: Path) -> None:
    root = tmp_path / "a"
    run_pull(root, blog())
    before = {p: p.stat().st_mtime_ns for p in root.rglob("*") if p.is_file()}
    again = run_pull(root, blog())
    after = {p: p.stat().st_mtime_ns for p in root.rglob("*") if p.is_file()}
    touched = {p for p in after if before.get(p) != after[p]}
    assert {p.relative_to(root).parts[0] for p in touched} <= {"runs", "state"}
    assert all(cover.added == cover.changed == 0 for cover in again.run.coverage)
    assert again.run.manifest_before == again.run.manifest_after


def test_a_changed_post_keeps_its_former_version(tmp_path: Path) -> None:
    root = tmp_path / "a"
    source = blog()
    run_pull(root, source)
    source.posts[2] = post(3, title="New", modified=None)
    run_pull(root, source)
    history = (root / "data/history/posts/000/3.jsonl").read_text().splitlines()
    assert [json.loads(line)["record"]["title"] for line in history] == ["Post 3"]
    assert run_check(root).exit_code == Exit.DONE


def test_a_changed_comment_keeps_its_former_version_and_its_answer_is_journalled(tmp_path: Path) -> None:
    root = tmp_path / "a"
    source = blog()
    run_pull(root, source)
    source.comments[4] = comment(5, on=6, content=Markup(html="<p>edited</p>"))
    done = run_pull(root, source)
    cover = next(c for c in done.run.coverage if c.collection == "comments")
    assert (cover.added, cover.changed, cover.unchanged) == (0, 1, 20)
    assert b"Comment 5" in (root / "data/history/comments/000/6.jsonl").read_bytes()
    entries = list(journal.read(root / "data/raw" / f"{done.run.run}.jsonl.gz"))
    assert [entry.url for entry in entries] == [f"{HOME}/comments?offset=4"]


def test_rendering_noise_does_not_rewrite_a_record(tmp_path: Path) -> None:
    root = tmp_path / "a"
    source = MemorySource(posts=[post(1, content=Markup(html='<form data-nonce="abc"><i nonce="a1"></i>'))])
    run_pull(root, source)
    source.posts = [post(1, content=Markup(html='<form data-nonce="xyz"><i nonce="b2"></i>'))]
    assert all(c.changed == 0 for c in run_pull(root, source).run.coverage)


def test_what_its_owner_withdraws_is_public_no_more(tmp_path: Path) -> None:
    root = tmp_path / "a"
    source = blog(login=True)
    run_pull(root, source)
    source.posts[2] = post(3, title="Withdrawn", status="private", modified=None)
    run_pull(root, source)
    reader = Reader(Archive.open(root))
    assert 3 not in {p.id for p in reader.posts()}
    assert reader.left_out["private"] == 1
    assert not (root / "data/posts/000/3.json").exists()
    assert (root / "data/history/posts/000/3.jsonl").exists()
    source.posts[2] = post(3, title="Back again")
    run_pull(root, source)
    assert [p.title for p in Reader(Archive.open(root)).posts() if p.id == 3] == ["Back again"]
    assert not (root / "private/data/posts/000/3.json").exists()
    assert run_check(root).exit_code == Exit.DONE


def test_private_things_lie_apart(tmp_path: Path) -> None:
    root = tmp_path / "a"
    source = blog(login=True)
    source.posts += [
        post(20, status="draft", title="Secret plans"),
        post(21, password_protected=True, content=Markup(html="<p>behind a password</p>")),
    ]
    source.comments += [
        comment(50, on=1, status="hold", content=Markup(html="held text")),
        comment(51, on=20, content=Markup(html="on a draft")),
        comment(52, on=21, content=Markup(html="on a locked post")),
        Personal(id=1, of="comment", post=2, email="v1@example.test", ip="192.0.2.1"),
    ]
    source.authors.append(Personal(id=1, of="author", email="ana@example.test"))
    run_pull(root, source)
    secrets = (
        b"Secret plans",
        b"behind a password",
        b"held text",
        b"on a draft",
        b"on a locked",
        b"@example",
    )
    for path in (root / "data").rglob("*"):
        if path.is_file():
            assert not any(secret in path.read_bytes() for secret in secrets), path
    private = b"".join(p.read_bytes() for p in (root / "private").rglob("*") if p.is_file())
    assert all(secret in private for secret in secrets)
    assert (root / "private").stat().st_mode & 0o077 == 0
    assert all(p.stat().st_mode & 0o077 == 0 for p in (root / "private").rglob("*"))
    assert run_check(root).exit_code == Exit.DONE
    plain, full = Reader(Archive.open(root)), Reader(Archive.open(root), frozenset({"drafts", "protected"}))
    assert [p.id for p in plain.posts()] == [1, 2, 3, 4, 5, 6, 7, 21]
    assert plain.left_out == {"drafts": 1, "protected": 1}
    assert [p.id for p in full.posts()] == [1, 2, 3, 4, 5, 6, 7, 20, 21]


def test_the_private_side_of_a_record_may_come_by_itself(tmp_path: Path) -> None:
    """As it does of authors: visitors see some of them, and what is private of them comes afterwards."""
    source = blog(login=True, page=1)
    source.authors.append(Personal(id=1, of="author", email="ana@example.test"))
    run_pull(tmp_path / "a", source)
    people = (tmp_path / "a/private/data/personal/authors.jsonl").read_text(encoding="utf-8")
    assert "ana@example.test" in people


def test_what_no_visitor_sees_lies_apart_though_its_status_says_publish(tmp_path: Path) -> None:
    class Export(MemorySource):
        def read(self, what: Any, since: Any = None) -> Any:
            for batch in super().read(what, since):
                batch.hidden = what.kind in ("posts", "comments")
                yield batch

    root = tmp_path / "a"
    form, menu = post(1, type="feedback", title="my e-mail"), post(2, type="nav_menu_item")
    source = Export(posts=[form, menu], comments=[comment(9, 1)], login=True)
    run_pull(root, source)
    assert not (root / "data/posts").exists()
    assert not (root / "data/comments").exists()
    assert (root / "private/data/comments/000/1.jsonl").exists()
    reader = Reader(Archive.open(root))
    assert list(reader.posts()) == []
    assert reader.left_out == {"private": 1, "menu items": 1}


def test_each_comment_is_merged_by_the_eyes_that_saw_it(tmp_path: Path) -> None:
    """The ladder reads some comments by REST and some by feed: the last batch must not speak for all."""

    class Ladder(MemorySource):
        def read(self, what: Any, since: Any = None) -> Any:
            for count, batch in enumerate(super().read(what, since)):
                if what.kind == "comments" and count:
                    batch.view = View("feed", fields=frozenset({"id", "post", "content"}))
                yield batch

    source = Ladder(posts=[post(1)], comments=[comment(n, 1) for n in (1, 2)], page=1)
    run_pull(tmp_path / "a", source)
    source.comments = [comment(n, 1, author=CommentAuthor(name="Renamed")) for n in (1, 2)]
    run_pull(tmp_path / "a", source)
    reader = Reader(Archive.open(tmp_path / "a"))
    (only,) = reader.posts()
    assert [c.author.name for c in reader.comments(only)] == ["Renamed", "Visitor 2"]


def test_a_stranger_s_pull_takes_nothing_from_what_a_login_filled(tmp_path: Path) -> None:
    root = tmp_path / "a"
    rich = [post(1, content=Markup(html="<p>Text of 1</p>\n", raw="<!-- wp:paragraph -->"))]
    run_pull(root, MemorySource(posts=[*rich, post(2, status="draft")], login=True))
    before = payload(root)
    done = run_pull(root, MemorySource(posts=[post(1)]))
    assert payload(root) == before
    assert all(c.changed == 0 for c in done.run.coverage)


def test_a_published_draft_moves_to_the_public_bag(tmp_path: Path) -> None:
    root = tmp_path / "a"
    run_pull(root, MemorySource(posts=[post(1, status="draft")], login=True))
    run_pull(root, MemorySource(posts=[post(1)], login=True))
    assert (root / "data/posts/000/1.json").exists()
    assert not (root / "private/data/posts/000/1.json").exists()
    assert (root / "private/data/history/posts/000/1.jsonl").exists()
    assert run_check(root).exit_code == Exit.DONE


@pytest.mark.parametrize("at", [1, 2, 3, 4, 6, 9, 14])
def test_an_interrupted_pull_is_recognised_and_finished_by_the_next(tmp_path: Path, at: int) -> None:
    whole, root = tmp_path / "whole", tmp_path / "a"
    run_pull(whole, blog())
    with pytest.raises(KeyboardInterrupt):
        run_pull(root, blog(crash_at=at))
    assert all(finding.severity != "error" for finding in run_check(root).findings)
    run_pull(root, blog())
    assert payload(root) == payload(whole)
    assert run_check(root).exit_code == Exit.DONE


def test_what_is_lost_is_named_and_sets_the_exit_code(tmp_path: Path) -> None:
    lost = {"posts/post": [Loss(collection="posts/post", id=9, reason="the server answered 500")]}
    done = run_pull(tmp_path / "a", blog(lost=lost))
    assert done.exit_code == Exit.INCOMPLETE
    findings = run_check(tmp_path / "a").findings
    assert [(f.severity, f.where) for f in findings] == [("loss", "posts/post:9")]


def test_another_site_is_refused(tmp_path: Path) -> None:
    run_pull(tmp_path / "a", blog())
    with pytest.raises(UsageError, match=r"archive of https://blog\.example"):
        run_pull(tmp_path / "a", blog(home="https://other.example"))


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    run_pull(tmp_path / "a", blog())
    with locked(tmp_path / "a/state/lock"), pytest.raises(ArchiveLocked, match="process"):
        run_pull(tmp_path / "a", blog())


def test_the_lock_of_a_process_that_is_gone_stops_nobody(tmp_path: Path) -> None:
    run_pull(tmp_path / "a", blog())
    code = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom wpexport.archive.archive import writing\n"
        "with writing(Path(sys.argv[1]), '2026-01-01T000000Z'):\n    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    gone = subprocess.run([sys.executable, "-c", code, str(tmp_path / "a")], check=False)
    assert gone.returncode == -9
    assert (tmp_path / "a/state/lock").read_text().isdecimal()
    assert run_pull(tmp_path / "a", blog()).exit_code == Exit.DONE


class Files:
    """Serves files from a dictionary."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.asked: list[str] = []

    def download(self, url: str, sink: Any, *, referer: str | None = None) -> Download:
        self.asked.append(url)
        body = self.files.get(url)
        if body is not None:
            sink.write(body)
        digest = hashlib.sha256(body or b"").hexdigest()
        status = 404 if body is None else 200
        return Download(
            status=status, size=len(body or b""), sha256=digest, content_type="image/jpeg", url=url
        )


def test_media_files_come_in_once_and_a_missing_one_is_named(tmp_path: Path) -> None:
    root = tmp_path / "a"
    uploads = f"{HOME}/wp-content/uploads"
    files = Files({f"{uploads}/2021/01/a.jpg": b"A", f"{uploads}/2021/02/a.jpg": b"B"})
    html = f'<img src="{uploads}/2021/01/a-300x200.jpg"><a href="/wp-content/uploads/2021/02/a.jpg">x</a>'
    source = MemorySource(
        posts=[post(1, content=Markup(html=html))],
        media=[media(7, "2021/01/a.jpg"), media(8, "2021/02/a.jpg")],
    )
    options = PullOptions(media=MediaOptions(which="all"))
    done = run_pull(root, source, options, files)
    assert done.exit_code == Exit.INCOMPLETE
    assert [loss.url for loss in done.run.coverage[-1].lost] == [f"{uploads}/2021/01/a-300x200.jpg"]
    assert (root / "data/files/blog.example/wp-content/uploads/2021/01/a.jpg").read_bytes() == b"A"
    record = json.loads((root / "data/media/000/8.json").read_bytes())
    assert record["files"][0]["path"] == "data/files/blog.example/wp-content/uploads/2021/02/a.jpg"
    files.asked.clear()
    before = payload(root)
    run_pull(root, source, options, files)
    assert files.asked == [f"{uploads}/2021/01/a-300x200.jpg"]
    assert payload(root) == before
    assert not (root / "data/history").exists()


def test_one_file_under_two_spellings_of_its_address_is_fetched_once(tmp_path: Path) -> None:
    uploads = f"{HOME}/wp-content/uploads"
    files = Files({f"{uploads}/%C3%A5land.png": b"A", f"{uploads}/\u00e5land.png": b"A"})
    html = f'<img src="{uploads}/\u00e5land.png">'
    source = MemorySource(
        posts=[post(1, content=Markup(html=html))], media=[media(7, "%C3%A5land.png", mime_type="image/png")]
    )
    done = run_pull(tmp_path / "a", source, PullOptions(), files)
    assert len(files.asked) == 1
    assert done.exit_code == Exit.DONE


def test_one_flipped_bit_is_found_wherever_it_is(tmp_path: Path) -> None:
    root = tmp_path / "a"
    source = blog(login=True)
    source.posts.append(post(20, status="draft"))
    run_pull(root, source)
    places = [p for p in root.rglob("*") if p.is_file() and not {"runs", "state"} & set(p.parts)]
    for path in places:
        if path.name in (".gitignore", "tagmanifest-sha256.txt"):
            continue
        good = path.read_bytes()
        path.write_bytes(bytes([good[0] ^ 1]) + good[1:])
        try:
            result = run_check(root).exit_code
        except WpexportError as error:  # the settings file itself
            result = error.exit_code
        assert result == Exit.DAMAGED, path
        path.write_bytes(good)
    assert run_check(root).exit_code == Exit.DONE


def test_a_full_disk_leaves_the_archive_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from wpexport.archive import bag

    root = tmp_path / "a"
    run_pull(root, blog())
    before = payload(root)

    def full(fd: int, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    source = blog()
    source.posts.append(post(99))
    with monkeypatch.context() as patch:
        patch.setattr(bag, "write_all", full)
        with pytest.raises(OSError, match="No space"):
            run_pull(root, source)
    assert payload(root) == before
    assert run_check(root).exit_code in (Exit.DONE, Exit.INCOMPLETE)
    run_pull(root, source)
    assert len(payload(root)) == len(before) + 1


@pytest.mark.parametrize(("number", "said"), [(1, "1 comment answers one"), (2, "2 comments answer others")])
def test_check_counts_as_one_speaks(tmp_path: Path, number: int, said: str) -> None:
    run_pull(
        tmp_path, MemorySource(posts=[post(1)], comments=[comment(n, 1, 99) for n in range(1, number + 1)])
    )
    found = [one.text for one in check(tmp_path) if isinstance(one, Finding) and one.kind == "orphans"]
    assert found == [f"{said} not shown here (held, deleted, on another post)."]
