"""A person's data is removed: nothing of it is left anywhere, and nothing brings it back."""

from __future__ import annotations

import gzip
import json
import re
import sqlite3
import subprocess
import sys
import warnings
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from tests.fakewp import FakeWordPress
from tests.ops.blogs import SweepingSource, comment, post
from tests.ops.test_pull import NO_MEDIA, run_check, run_pull
from wpexport.archive import bag as bags
from wpexport.archive.archive import Archive
from wpexport.archive.reader import Reader, ancestor
from wpexport.archive.redacted import read_redacted
from wpexport.errors import ArchiveDamaged, Exit, UsageError
from wpexport.export.base import Options
from wpexport.export.markdown.again import LAST
from wpexport.model import Markup
from wpexport.net import Credentials, Http
from wpexport.ops.erasing import pattern_of
from wpexport.ops.events import Erased, Pulled, Remains
from wpexport.ops.export import ExportRequest, export
from wpexport.ops.info import info
from wpexport.ops.log import log_record
from wpexport.ops.pull import PullOptions, pull
from wpexport.ops.rebuild import rebuild
from wpexport.ops.redact import Whom, find, redact
from wpexport.ops.repair import repair
from wpexport.sources.registry import open_source

PERSON = {
    "author_name": "Quirina Xylander",
    "author_email": "quirina.x@post.example",
    "author_url": "https://quirina.example/",
    "author_ip": "203.0.113.77",
}
SECRETS = [
    "Quirina",
    "Xylander",
    "quirina.x",
    "quirina.example",
    "203.0.113.77",
    "violet marmalade",
    "second thoughts",
]


def blog() -> FakeWordPress:
    fake = FakeWordPress()
    for number in (1, 2, 3):
        fake.post(number, title=f"Post {number}")
    fake.comment(5, post=1, content="First of all.", author_name="Bo", author_ip="203.0.113.5")
    fake.comment(6, post=1, parent=5, content="I like violet marmalade.", **PERSON)
    fake.comment(7, post=1, parent=6, content="So do I, see #comment-6.", author_name="Bo")
    fake.comment(8, post=2, content="Held: violet marmalade.", status="hold", **PERSON)
    fake.comment(9, post=3, content="Another's.", author_name="Cy", author_email="cy@post.example")
    return fake


def pulled(root: Path, url: str, *, login: bool = True, via: str | None = None, full: bool = False) -> Pulled:
    credentials = Credentials("admin", "fake admin password") if login else None
    with Http(credentials=credentials) as http:
        options = PullOptions(full=full, via=via)
        *_, last = pull(root, url, partial(open_source, http, url, via=via), options, http)
    assert isinstance(last, Pulled)
    return last


def redacted(root: Path, **whom: frozenset[int] | frozenset[str]) -> Erased:
    *_, last = redact(root, find(root, Whom(**whom)))  # type: ignore[arg-type]
    assert isinstance(last, Erased)
    return last


def everything(root: Path) -> Iterator[tuple[str, str]]:
    """All that lies in the archive, unpacked, its state included."""
    for path in sorted(root.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            yield (
                str(path.relative_to(root)),
                (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8", "replace"),
            )


def holding(root: Path, words: list[str] = SECRETS) -> list[tuple[str, str]]:
    return [(word, name) for name, text in everything(root) for word in words if word in text]


@pytest.fixture
def story(tmp_path: Path) -> Iterator[tuple[FakeWordPress, str, Path]]:
    """Two nights: the person's comments are in records, history, tombstones, personal data and answers."""
    fake, root = blog(), tmp_path / "blog"
    with fake.serve() as url:
        pulled(root, url)
        fake.comment(6, post=1, parent=5, content="On second thoughts: apricot.", **PERSON)
        fake.remove("comments", 8)
        pulled(root, url, full=True)
        places = {name.split("/data/")[-1].split("/")[0] for _, name in holding(root)}
        assert {"private", "data"} <= {name.split("/")[0] for _, name in holding(root)}
        assert places
        yield fake, url, root


def whole(root: Path) -> None:
    assert run_check(root).exit_code == Exit.DONE
    for bag in (root, root / "private"):
        subprocess.run(["sha256sum", "-c", "--quiet", "manifest-sha256.txt"], check=True, cwd=bag)
        subprocess.run(["sha256sum", "-c", "--quiet", "tagmanifest-sha256.txt"], check=True, cwd=bag)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # bagit 1.9 imports pkg_resources
            import bagit

            bagit.Bag(str(bag)).validate()


@pytest.mark.parametrize(
    "whom",
    [
        {"comments": frozenset({6, 8})},
        {"emails": frozenset({"Quirina.X@post.example"})},
        {"names": frozenset({"quirina  xylander"})},
    ],
)
def test_nothing_is_left_and_nothing_brings_it_back(
    story: tuple[FakeWordPress, str, Path], whom: dict[str, frozenset[int]]
) -> None:
    fake, url, root = story
    assert holding(root)
    done = redacted(root, **whom)
    assert (done.comments, done.exit_code) == ([6, 8], Exit.DONE)
    assert holding(root) == []
    whole(root)
    fake.comment(8, post=2, content="Held: violet marmalade.", status="hold", **PERSON)
    for full in (False, True):
        assert pulled(root, url, full=full).exit_code == Exit.DONE
        assert holding(root) == []
    (root / "state/index.sqlite").unlink()
    pulled(root, url, login=False, via="feed")
    pulled(root, url)
    list(rebuild(root))
    assert holding(root) == []
    whole(root)
    text = dict(everything(root))["data/comments/000/1.jsonl"]
    assert [json.loads(line)["id"] for line in text.splitlines()] == [5, 7]
    assert holding(root, ["So do I, see #comment-6.", "cy@post.example", "203.0.113.5"])


def test_the_answers_by_feed_are_cut_too(tmp_path: Path) -> None:
    fake = blog()
    with fake.serve() as url:
        pulled(tmp_path, url, login=False, via="feed")
        assert {word for word, name in holding(tmp_path) if "raw" in name} >= {"Quirina", "violet marmalade"}
        redacted(tmp_path, comments=frozenset({6}))
        assert holding(tmp_path) == []
        assert holding(tmp_path, ["So do I, see #comment-6."])
        fake.post(1, title="Edited", modified="2026-05-05T00:00:00", modified_gmt="2026-05-05T00:00:00")
        pulled(tmp_path, url, login=False, via="feed")
        assert holding(tmp_path) == []


def test_threads_survive(story: tuple[FakeWordPress, str, Path]) -> None:
    _, _, root = story
    redacted(root, comments=frozenset({6}))
    reader = Reader(Archive.open(root))
    comments = {c.id: c for post in reader.posts() for c in reader.comments(post)}
    assert comments[7].parent == 5
    assert '"parent": 6' in (root / "data/comments/000/1.jsonl").read_text()
    assert not [finding for finding in run_check(root).findings if finding.kind == "orphans"]


def test_a_chain_of_removed_comments_ends_somewhere() -> None:
    assert ancestor(4, {4: 3, 3: None}) is None
    assert ancestor(4, {4: 3, 3: 2}) == 2
    assert ancestor(4, {4: 3, 3: 4}) is None
    assert ancestor(1, {4: 3}) == 1


def test_an_address_goes_wherever_it_stands_and_names_elsewhere_are_told(tmp_path: Path) -> None:
    fake = blog()
    fake.post(
        4,
        content='<p>Ask "quirina.x@post.example" or\nmailto:quirina.x%40post.example, '
        "not aquirina.x@post.example</p>",
    )
    fake.comment(10, post=3, content="Quirina Xylander is right", author_name="Bo")
    with fake.serve() as url:
        pulled(tmp_path, url)
    *events, done = redact(
        tmp_path,
        find(
            tmp_path,
            Whom(emails=frozenset({PERSON["author_email"]}), names=frozenset({PERSON["author_name"]})),
        ),
    )
    assert isinstance(done, Erased)
    assert done.exit_code == Exit.INCOMPLETE
    assert {one.where.split("/2026")[0] for one in events if isinstance(one, Remains) and one.sure} >= {
        "data/comments/000/3.jsonl"
    }
    post = (tmp_path / "data/posts/000/4.json").read_text()
    assert "aquirina.x@post.example" in post
    assert post.count("[redacted]") >= 2
    left = [name for word, name in holding(tmp_path, [" quirina.x@post", '"quirina.x@post', ":quirina.x%40"])]
    assert left == []
    whole(tmp_path)


@pytest.mark.parametrize(
    "spelt",
    [
        "ann@ex.org",
        "Ann@EX.org",
        "mailto:ann%40ex.org",
        "mailto%3Aann%40ex.org",
        "ann%2540ex.org",
        "&#97;nn&#64;ex.org",
        "ann&#064;ex.org",
        "&#x61;nn&#x40;ex&#46;org",
        "&amp;#97;nn&amp;#64;ex.org",
        "mailto:%61%6e%6E%40ex.org",
        "https://a.example/?to=%20ann@ex.org",
        "https://a.example/?from=bo@ex.org%2Cann@ex.org&x",
    ],
)
def test_an_address_however_pages_spell_it(spelt: str) -> None:
    words = pattern_of(["ann@ex.org"])
    assert words is not None
    assert words.search(f"<{spelt}>") is not None
    assert re.search(r"ann|ex(\.|&)", words.sub("", spelt).replace("bo@ex.", ""), re.IGNORECASE) is None


@pytest.mark.parametrize(
    "other",
    ["joann@ex.org", "jo.ann@ex.org", "jo%2Bann@ex.org", "jo%2Eann%40ex.org", "ann@ex.org.au", "ann@exxorg"],
)
def test_anothers_address_stays(other: str) -> None:
    words = pattern_of(["ann@ex.org"])
    assert words is not None
    assert words.search(other) is None


def test_an_address_that_a_theme_hid_goes_from_records_and_answers(tmp_path: Path) -> None:
    fake = blog()
    hidden = "&#113;uirina.x&#64;post.example"
    fake.post(4, content=f'<p><a href="mailto:{hidden}">{hidden}</a></p>')
    with fake.serve() as url:
        pulled(tmp_path, url)
    assert {"posts", "raw"} <= {part for _, name in holding(tmp_path, [hidden]) for part in name.split("/")}
    redacted(tmp_path, emails=frozenset({PERSON["author_email"]}))
    assert holding(tmp_path, [hidden, "uirina.x"]) == []
    whole(tmp_path)


def test_a_user_goes_with_what_it_commented(tmp_path: Path) -> None:
    fake = blog()
    fake.user(3, "Zenobia Quill", username="zquill", email="zenobia@post.example")
    fake.post(4, author=3, title="By her")
    fake.comment(11, post=4, author=3, author_name="Zenobia Quill", content="My own post")
    with fake.serve() as url:
        pulled(tmp_path, url)
        words = ["Zenobia Quill", "zquill", "zenobia@"]
        assert holding(tmp_path, words)
        done = redacted(tmp_path, users=frozenset({"zquill"}))
        assert (done.authors, done.comments) == ([3], [11])
        pulled(tmp_path, url, full=True)
    assert [row for row in holding(tmp_path, words) if not row[1].startswith("data/posts")] == []
    assert json.loads((tmp_path / "data/posts/000/4.json").read_text())["author"] == 3
    whole(tmp_path)


@pytest.mark.parametrize(
    "whom", [{"users": frozenset({"zquill"})}, {"emails": frozenset({"old@post.example"})}]
)
def test_what_a_user_was_before_goes_too(tmp_path: Path, whom: dict[str, frozenset[str]]) -> None:
    fake = blog()
    fake.post(4, author=3)
    with fake.serve() as url:
        for name, email in (("Zenobia Quill", "old@post.example"), ("Zenobia Ash", "new@post.example")):
            fake.user(3, name, username="zquill", email=email)
            pulled(tmp_path, url, full=True)
    words = ["Zenobia", "zquill", "old@post", "new@post"]
    assert {name for word, name in holding(tmp_path, words) if "history" in name} == {
        "data/history/authors.jsonl",
        "private/data/history/personal/authors.jsonl",
    }
    assert redacted(tmp_path, **whom).authors == [3]
    assert [row for row in holding(tmp_path, words) if not row[1].startswith("data/posts")] == []
    whole(tmp_path)


def test_the_list_names_numbers_and_no_person(story: tuple[FakeWordPress, str, Path]) -> None:
    _, _, root = story
    redacted(root, comments=frozenset({6}))
    (row,) = read_redacted(root)
    assert (row.collection, row.id, row.parent, row.done) == ("comments", 6, 5, True)
    run = Archive.open(root).runs()[-1]
    assert (run.run, run.way, run.warnings) == (row.run, "redaction", ["comments 6 was removed for good."])
    assert [told.what for told in log_record(root, "comments:6")] == ["redacted"]
    assert redacted(root, comments=frozenset({6})).files == 0


def test_exports_that_hold_it_are_named(story: tuple[FakeWordPress, str, Path], tmp_path: Path) -> None:
    _, _, root = story
    for name in ("site", "gone", "packed.zip"):
        list(export(root, tmp_path / name, ExportRequest()))
    list(export(root, tmp_path / "looked", ExportRequest(options=Options(dry_run=True))))
    (tmp_path / "gone").rename(tmp_path / "elsewhere")
    done = redacted(root, comments=frozenset({6}))
    assert {(Path(out).name, sure) for out, sure in done.exports} >= {("site", True), ("packed.zip", False)}
    assert "gone" not in {Path(out).name for out, _ in done.exports}
    list(export(root, tmp_path / "site", ExportRequest()))
    assert holding(tmp_path / "site") == []


@pytest.mark.parametrize("where", ["posts.sqlite", LAST])
def test_what_an_export_remembers_is_searched_too(
    story: tuple[FakeWordPress, str, Path], tmp_path: Path, where: str
) -> None:
    _, _, root = story
    list(export(root, tmp_path / "site", ExportRequest()))
    for path in (tmp_path / "site").rglob("*.md"):
        path.unlink()
    (notes,) = (
        path for path in (tmp_path / "site").rglob("*") if path.is_file() and path.suffix == ".sqlite"
    )
    with closing(sqlite3.connect(notes)) as db:
        db.execute("UPDATE posts SET entry = ?", (zlib.compress(b"by Quirina Xylander. " * 9),))
        db.commit()
    assert b"Quirina Xylander" not in notes.read_bytes()
    told = notes.with_name(LAST)
    if where == LAST:
        notes.unlink()
        told.write_bytes(gzip.compress(b'{"type":"begin"}\n{"detail":"by Quirina Xylander"}\n'))
    else:
        told.unlink()
    done = redacted(root, comments=frozenset({6}))
    assert (str((tmp_path / "site").resolve()), True) in done.exports


def test_who_is_not_there_is_said(story: tuple[FakeWordPress, str, Path]) -> None:
    _, _, root = story
    with pytest.raises(UsageError, match="comment 99"):
        find(root, Whom(comments=frozenset({99})))
    with pytest.raises(UsageError, match="nobody"):
        find(root, Whom(users=frozenset({"nobody"})))
    with pytest.raises(UsageError, match="no@body"):
        find(root, Whom(emails=frozenset({"no@body.example"})))


@pytest.mark.parametrize("step", range(1, 12))
def test_cut_off_at_any_step_it_is_seen_and_finished(
    story: tuple[FakeWordPress, str, Path], monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    _, _, root = story
    steps = iter(range(1, 1000))
    plain = bags.commit

    class Killed(BaseException):
        pass

    def counted(*given: object) -> int:
        if next(steps) == step:
            raise Killed
        return plain(*given)  # type: ignore[arg-type]

    plan = find(root, Whom(emails=frozenset({PERSON["author_email"]})))
    with monkeypatch.context() as patch:
        patch.setattr(bags, "commit", counted)
        patch.setattr("wpexport.archive.archive.commit", counted)
        try:
            list(redact(root, plan))
        except Killed:
            found = run_check(root)
            assert found.exit_code == Exit.INCOMPLETE
            assert {finding.kind for finding in found.findings} & {"interrupted", "redaction"}
            assert not [finding for finding in found.findings if finding.severity == "error"]
    list(redact(root, find(root, Whom(emails=frozenset({PERSON["author_email"]})))))
    assert holding(root) == []
    whole(root)


def test_an_address_that_was_not_taken_out_is_asked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake, email = blog(), "nobody.here@post.example"
    fake.post(4, content=f"<p>Ask {email}</p>")
    with fake.serve() as url:
        pulled(tmp_path, url)

    def killed(*_: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("wpexport.ops.erasing._words_erased", killed)
        with pytest.raises(KeyboardInterrupt):
            redacted(tmp_path, emails=frozenset({email}))
    assert holding(tmp_path, [email])
    redacted(tmp_path, comments=frozenset({5}), emails=frozenset({"another@post.example"}))
    (finding,) = [one for one in run_check(tmp_path).findings if one.kind == "redaction"]
    assert "--email" in finding.advice
    with pytest.raises(UsageError, match="interrupted") as caught:
        find(tmp_path, Whom())
    assert "--email" in caught.value.hint
    assert redacted(tmp_path, emails=frozenset({email.upper()})).exit_code == Exit.DONE
    assert holding(tmp_path, [email]) == []
    assert not find(tmp_path, Whom()).pending
    whole(tmp_path)


@pytest.mark.parametrize("by", ["redact", "pull"])
def test_a_kill_is_survived_by_what_the_list_says_alone(
    story: tuple[FakeWordPress, str, Path], by: str
) -> None:
    """SIGKILL in a process of its own, right after the list is in place; the next run does the rest."""
    _, url, root = story
    code = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom wpexport.ops import erasing\n"
        "from wpexport.ops.redact import Whom, find, redact\n"
        "erasing._records_erased = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "root = Path(sys.argv[1])\nlist(redact(root, find(root, Whom(comments=frozenset({6, 8})))))\n"
    )
    assert subprocess.run([sys.executable, "-c", code, str(root)], check=False).returncode == -9
    found = run_check(root)
    assert "redaction" in [finding.kind for finding in found.findings if finding.severity == "loss"]
    if by == "pull":
        assert pulled(root, url).exit_code == Exit.DONE
    else:
        *_, done = redact(root, find(root, Whom()))
        assert isinstance(done, Erased)
        assert done.comments == [6, 8]
    assert holding(root) == []
    whole(root)


def test_comments_deleted_long_ago_are_forgotten_when_asked_to(tmp_path: Path) -> None:
    source = SweepingSource(
        posts=[post(1)],
        comments=[comment(n, on=1, content=Markup(html=f"Words of {n}.")) for n in range(1, 9)],
        statuses={3: 401, 4: 200, 5: 410},
    )
    run_pull(tmp_path, source)
    source.comments = [c for c in source.comments if c.id not in (2, 3, 4, 5)]
    run_pull(tmp_path, source)
    assert holding(tmp_path, ["Words of 2."])
    days = replace(NO_MEDIA, forget_vanished=timedelta(days=90))
    assert {c.forgotten for c in run_pull(tmp_path, source, days).run.coverage} == {0}
    at_once = replace(NO_MEDIA, forget_vanished=timedelta(0))
    done = run_pull(tmp_path, source, at_once)
    assert [c.forgotten for c in done.run.coverage if c.collection == "comments"] == [2]
    assert [row.id for row in read_redacted(tmp_path)] == [2, 5]
    assert holding(tmp_path, ["Words of 2.", "Words of 5."]) == []
    assert holding(tmp_path, ["Words of 3.", "Words of 4."])
    source.comments.insert(1, comment(2, on=1, content=Markup(html="Words of 2.")))
    run_pull(tmp_path, source, replace(NO_MEDIA, full=True))
    assert holding(tmp_path, ["Words of 2."]) == []
    assert run_check(tmp_path).exit_code == Exit.DONE


def test_a_site_that_shrank_or_was_not_read_forgets_nothing(tmp_path: Path) -> None:
    source = SweepingSource(posts=[post(1)], comments=[comment(n, on=1) for n in range(1, 41)])
    run_pull(tmp_path, source)
    source.comments = source.comments[1:]
    run_pull(tmp_path, source)
    at_once = replace(NO_MEDIA, forget_vanished=timedelta(0))
    kept, source.comments = source.comments, []
    assert run_pull(tmp_path, source, at_once).exit_code == Exit.SHRUNKEN
    assert read_redacted(tmp_path) == []
    source.comments = kept
    run_pull(tmp_path, source, replace(at_once, limit=2))
    assert read_redacted(tmp_path) == []
    run_pull(tmp_path, source, at_once)
    assert [row.id for row in read_redacted(tmp_path)] == [1]


def test_a_damaged_answer_is_to_be_repaired_first(story: tuple[FakeWordPress, str, Path]) -> None:
    _, url, root = story
    path = min((root / "private/data/raw").iterdir())
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(ArchiveDamaged, match=r"raw/.*cannot be read") as caught:
        redacted(root, comments=frozenset({6, 8}))
    assert "--repair" in caught.value.hint
    assert run_check(root).exit_code == Exit.DAMAGED
    with Http(credentials=Credentials("admin", "fake admin password")) as http:
        list(repair(root, partial(open_source, http, url), PullOptions(), http))
    *_, done = redact(root, find(root, Whom()))
    assert isinstance(done, Erased)
    assert holding(root) == []
    losses = [finding.where for finding in run_check(root).findings if finding.severity == "loss"]
    assert losses == [f"damaged:{path.relative_to(root)}:part"]


def test_an_address_that_stands_nowhere_is_a_slip_and_changes_nothing(
    story: tuple[FakeWordPress, str, Path],
) -> None:
    root = story[2]
    before = sorted((root / "runs").iterdir())
    with pytest.raises(UsageError, match="stands nowhere"):
        find(root, Whom(emails=frozenset({"quirina.y@post.example"})))
    assert sorted((root / "runs").iterdir()) == before
    redacted(root, emails=frozenset({PERSON["author_email"]}))
    with pytest.raises(UsageError, match="stands nowhere"):
        find(root, Whom(emails=frozenset({PERSON["author_email"]})))


def test_the_posts_of_a_removed_user_are_counted_and_info_says_what_went(
    story: tuple[FakeWordPress, str, Path],
) -> None:
    root = story[2]
    plan = find(root, Whom(users=frozenset({"admin"}), comments=frozenset({6})))
    assert plan.posts == 3
    list(redact(root, plan))
    assert info(root).removed == {"comments": 1, "authors": 1}
    pulled(root, story[1])
    assert info(root).removed == {}


def test_the_same_command_may_be_repeated(story: tuple[FakeWordPress, str, Path]) -> None:
    numbers, emails = frozenset({6}), frozenset({PERSON["author_email"]})
    redacted(story[2], comments=numbers, emails=emails)
    assert redacted(story[2], comments=numbers, emails=emails).files == 0
