"""Damage is never sealed as right, by no pull and no repair; and what is repaired is as it was."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.fakewp import FakeWordPress
from tests.ops.blogs import SweepingSource, comment, post
from tests.ops.killing import content
from tests.ops.test_pull import NO_MEDIA, run_check, run_pull
from tests.ops.test_redact import pulled, redacted
from tests.ops.test_repair import repaired, without_answers
from wpexport.archive.archive import Archive
from wpexport.archive.salvage import unflipped
from wpexport.errors import ArchiveDamaged, Exit
from wpexport.model import Markup
from wpexport.ops.log import log
from wpexport.ops.redact import Whom, find, redact
from wpexport.ops.repair import repair
from wpexport.sources.base import Source

LATER = {"modified": "2026-02-02T00:00:00", "modified_gmt": "2026-02-02T00:00:00"}
HISTORY = "data/history/posts/000/6.jsonl"
TAG_FILES = ("manifest-sha256.txt", "tagmanifest-sha256.txt", "bag-info.txt", "bagit.txt")
REDACTED, GONE = "data/redacted.jsonl", "data/gone.jsonl"


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path, Path]]:
    """The address of a blog, its archive of yesterday, and the same archive after today's pull."""
    yesterday = tmp_path_factory.mktemp("trust") / "yesterday"
    fake = FakeWordPress()
    fake.term(7, "Ships")
    for number in range(1, 9):
        fake.post(number, content=f"Text of {number}.")
        fake.comment(100 + number, post=1 + number % 3, author_email=f"v{number}@post.example")
    fake.post(20, title="A draft", status="draft")
    with fake.serve() as url:
        pulled(yesterday, url)
        fake.post(20, title="A draft, edited", status="draft", **LATER)
        fake.post(6, content="Edited once.", **LATER)
        fake.remove("posts", 4)
        fake.remove("posts", 5)
        pulled(yesterday, url)
        redacted(yesterday, comments=frozenset({101, 102}))
        fake.post(1, content="Edited.", modified="2026-03-03T00:00:00", modified_gmt="2026-03-03T00:00:00")
        fake.comment(130, post=2, author_email="w@post.example")
        fake.term(8, "Boats")
        fake.user(9, "Newer")
        fake.remove("posts", 8)
        today = yesterday.with_name("today")
        shutil.copytree(yesterday, today)
        pulled(today, url)
        yield url, yesterday, today


@pytest.fixture
def root(story: tuple[str, Path, Path], tmp_path: Path) -> Path:
    shutil.copytree(story[1], tmp_path / "archive")
    return tmp_path / "archive"


def alter(path: Path, old: bytes, new: bytes) -> None:
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new, 1))


DAMAGE = {
    "data/comments/000/2.jsonl": (b"post-2", b"post-3"),
    "private/data/personal/comments/000/2.jsonl": (b"v4@", b"v5@"),
    "data/terms.jsonl": (b"Ships", b"Shipq"),
    "data/authors.jsonl": (b"Keeper", b"Keepes"),
    "data/posts/000/1.json": (b"Text of 1", b"Text of q"),
    GONE: (b"404", b"405"),
    REDACTED: (b'"id": 101', b'"id": 103'),
}


@pytest.mark.parametrize("how", ["altered", "missing"])
@pytest.mark.parametrize("place", DAMAGE)
def test_a_pull_never_seals_damage(story: tuple[str, Path, Path], root: Path, place: str, how: str) -> None:
    url, _, today = story
    alter(root / place, *DAMAGE[place]) if how == "altered" else (root / place).unlink()
    if (place, how) == ("data/posts/000/1.json", "missing"):  # it came, and nothing of it was to be kept
        pulled(root, url)
        assert run_check(root).exit_code == Exit.DONE
        return
    with pytest.raises(ArchiveDamaged, match=place.rpartition("/")[2]) as caught:
        pulled(root, url)
    assert "--repair" in caught.value.hint
    assert place in {finding.where for finding in run_check(root).findings if finding.severity == "error"}
    done, _ = repaired(root, url)
    if (place, how) == (GONE, "missing"):
        # today's graves are dug again, yesterday's are not
        assert {f.where for f in done.findings if f.severity == "loss"} == {f"damaged:{GONE}:part"}
        return
    assert done.exit_code == Exit.DONE, done.findings
    pulled(root, url)
    assert content(root) == content(today)


@pytest.mark.parametrize("how", ["two bits", "missing"])
@pytest.mark.parametrize("reports", [True, False])
def test_what_was_removed_stays_away_whatever_becomes_of_the_list(
    story: tuple[str, Path, Path], root: Path, how: str, reports: bool
) -> None:
    url, _, _ = story
    whole = (root / REDACTED).read_bytes()
    if how == "missing":
        (root / REDACTED).unlink()
    else:
        alter(root / REDACTED, b'"id": 101', b'"ie": 104')
    if not reports:
        for path in (root / "runs").iterdir():
            path.write_bytes(path.read_bytes().replace(b'"removed"', b'"another"'))
    done, _ = repaired(root, url)
    if reports:
        assert done.exit_code == Exit.DONE, done.findings
        assert (root / REDACTED).read_bytes() == whole
    else:  # nobody can know it any more, and that is said
        name = REDACTED if how == "missing" else f"{REDACTED}:part"
        assert {f.where for f in done.findings if f.severity == "loss"} == {f"damaged:{name}"}


@pytest.mark.parametrize("bag", ["", "private/"])
@pytest.mark.parametrize(
    "name", ["manifest-sha256.txt", "tagmanifest-sha256.txt", "bag-info.txt", "bagit.txt"]
)
@pytest.mark.parametrize("bit", [1, 128])
def test_a_bit_of_a_tag_file(
    story: tuple[str, Path, Path], root: Path, bag: str, name: str, bit: int
) -> None:
    url, yesterday, _ = story
    path = root / bag / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= bit  # the highest one makes it no UTF-8
    path.write_bytes(bytes(data))
    found = run_check(root)
    assert found.exit_code == Exit.DAMAGED
    assert any(finding.where.startswith(bag) for finding in found.findings)
    if name == "manifest-sha256.txt":
        with pytest.raises(ArchiveDamaged, match="manifest-sha256"):
            pulled(root, url)
    assert repaired(root, None)[0].exit_code == Exit.DONE
    assert content(root) == content(yesterday)


@pytest.mark.parametrize("index", [True, False])
@pytest.mark.parametrize("bag", ["", "private/"])
def test_a_manifest_that_is_not_there(
    story: tuple[str, Path, Path], root: Path, bag: str, index: bool
) -> None:
    _, yesterday, _ = story
    before = (root / bag / "manifest-sha256.txt").read_bytes()
    (root / bag / "manifest-sha256.txt").unlink()
    if not index:
        shutil.rmtree(root / "state")
    assert run_check(root).exit_code == Exit.DAMAGED
    done, warned = repaired(root, None)
    assert done.exit_code == Exit.DONE, done.findings
    assert ("as it was" in warned[0]) == index
    assert (root / bag / "manifest-sha256.txt").read_bytes() == before
    assert content(root) == content(yesterday)


def test_an_index_that_is_damaged_is_not_believed(story: tuple[str, Path, Path], root: Path) -> None:
    url, _, today = story
    with closing(sqlite3.connect(root / "state/index.sqlite")) as db, db:
        db.execute("UPDATE files SET sha256 = replace(sha256, 'a', 'b') WHERE path LIKE 'data/posts/%'")
    pulled(root, url)
    assert run_check(root).exit_code == Exit.DONE
    assert content(root).keys() == content(today).keys()


def test_an_owner_s_side_that_was_left_behind_is_fetched_again(
    story: tuple[str, Path, Path], root: Path
) -> None:
    url, _, today = story
    shutil.rmtree(root / "private")
    found = run_check(root)
    assert found.exit_code == Exit.DONE
    assert "no-private" in {finding.kind for finding in found.findings}
    pulled(root, url)
    assert {path for path in content(today) if "/history/" not in path} == {
        path for path in content(root) if "/history/" not in path
    }


def test_a_report_that_cannot_be_read_stops_nothing(story: tuple[str, Path, Path], root: Path) -> None:
    url, _, _ = story
    path = min((root / "runs").iterdir())
    path.write_bytes(path.read_bytes()[:40])
    found = run_check(root)
    where = f"runs/{path.name}"
    assert [f.where for f in found.findings if f.severity == "error"] == [where]
    told = log(root)
    with pytest.raises(ArchiveDamaged, match=path.name):
        list(told)
    assert repaired(root, None)[0].exit_code == Exit.INCOMPLETE
    assert pulled(root, url).run.exit_code == Exit.INCOMPLETE  # it stays missing, and each pull says so
    assert len(Archive(root).runs()) == 4  # two pulls, the repair and this
    pulled_again = pulled(root, url)
    assert any("check names it" in text for text in pulled_again.run.warnings)


@pytest.mark.parametrize("name", ["stale.txt", "redacting.txt", "exports.jsonl", "index.sqlite"])
def test_no_rubbish_in_the_state_stops_a_pull(story: tuple[str, Path, Path], root: Path, name: str) -> None:
    (root / "state" / name).write_bytes(b"\xff\xfe rubbish\nx y\n" * 9)
    pulled(root, story[0])
    assert run_check(root).exit_code == (Exit.INCOMPLETE if name == "redacting.txt" else Exit.DONE)


@pytest.mark.parametrize(
    "place", [GONE, "data/history/posts/000/6.jsonl", "private/data/history/posts/000/20.jsonl"]
)
def test_one_bit_of_what_no_site_tells_again_is_put_right(
    story: tuple[str, Path, Path], root: Path, place: str
) -> None:
    path = root / place
    data = bytearray(path.read_bytes())
    data[len(data) - 9] ^= 32
    path.write_bytes(bytes(data))
    done, warned = repaired(root, None)
    assert done.exit_code == Exit.DONE, done.findings
    assert any("one bit" in text and place in text for text in warned)
    assert content(root) == content(story[1])


@pytest.mark.parametrize("place", [GONE, HISTORY, "data/raw/*"])
def test_what_is_left_of_it_is_kept_and_the_rest_is_a_loss(root: Path, place: str) -> None:
    path = next(root.glob(place))
    data = bytearray(path.read_bytes())
    data[3] ^= 4
    data[-30] ^= 8
    path.write_bytes(bytes(data))
    name = f"damaged:{path.relative_to(root)}"
    done, _ = repaired(root, None)
    losses = [finding for finding in done.findings if finding.severity == "loss"]
    assert [loss.where.removesuffix(":part") for loss in losses] == [name]
    if losses[0].where.endswith(":part"):
        assert "No pull brings it back" in losses[0].advice


def test_a_journal_is_missed_though_the_other_bag_has_one_of_its_name(root: Path) -> None:
    (path, *_) = sorted((root / "data/raw").iterdir())
    assert (root / "private/data/raw" / path.name).exists()
    path.unlink()
    done, _ = repaired(root, None)
    assert {f.where for f in done.findings if f.severity == "loss"} == {f"damaged:data/raw/{path.name}"}


@pytest.mark.parametrize("again", ["pull", "repair"])
def test_a_repair_that_was_cut_off_is_finished_by_the_next(
    story: tuple[str, Path, Path], root: Path, again: str
) -> None:
    url, _, today = story
    without_answers(root)
    for place in ("data/posts/000/2.json", "private/data/posts/000/20.json", "data/terms.jsonl"):
        (root / place).write_bytes(b"{")

    def cut_off() -> Source:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(repair(root, cut_off))
    if again == "repair":
        assert repaired(root, url)[0].exit_code == Exit.DONE
    assert pulled(root, url).run.exit_code == Exit.DONE
    assert run_check(root).exit_code == Exit.DONE
    assert content(root) == content(today)


def test_a_full_pull_that_was_cut_off_is_finished_by_the_next(tmp_path: Path) -> None:
    source = SweepingSource(posts=[post(1), post(2)], comments=[comment(1, 1), comment(2, 2)])
    run_pull(tmp_path, source)
    source.comments[0] = comment(1, 1, content=Markup(html="<p>Edited in silence.</p>"))
    read = source.read

    def breaking(what: Any, since: Any = None) -> Any:
        if what.kind == "comments":
            raise KeyboardInterrupt
        return read(what, since)

    source.read = breaking  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        run_pull(tmp_path, source, replace(NO_MEDIA, full=True))
    source.read = read  # type: ignore[method-assign]
    run_pull(tmp_path, source)
    assert b"Edited in silence." in (tmp_path / "data/comments/000/1.jsonl").read_bytes()


def test_a_redaction_says_in_its_report_what_it_removed(root: Path) -> None:
    *_, _ = redact(root, find(root, Whom(comments=frozenset({103}))))
    told = [row["id"] for run in Archive(root).runs() for row in run.learned.get("removed", ())]
    assert told == [101, 102, 103]


def test_a_flipped_bit_is_found_by_the_checksum() -> None:
    data = b"one two three"
    right = hashlib.sha256(data).hexdigest()
    assert unflipped(b"one two thrme", right) == data
    assert unflipped(b"one two thrxe", right) is None
    assert unflipped(b"", right) is None
