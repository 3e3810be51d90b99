"""A flipped bit anywhere is noticed, named, and repaired."""

from __future__ import annotations

import gzip
import shutil
import subprocess
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import msgspec
import pytest

from tests.fakewp import FakeWordPress
from tests.ops.killing import LOGIN, content
from tests.ops.test_pull import run_check
from wpexport.archive import journal
from wpexport.archive.archive import Archive, new_run, writing
from wpexport.errors import ArchiveDamaged, Exit, SettingsDamaged, UsageError
from wpexport.net import Credentials, Http
from wpexport.ops.events import Checked, Warned
from wpexport.ops.info import info
from wpexport.ops.log import log_record
from wpexport.ops.pull import PullOptions, pull
from wpexport.ops.repair import repair
from wpexport.sources.base import Source
from wpexport.sources.registry import open_source


@dataclass
class Blog:
    url: str
    #: two nights old; a post and a comment of the first night are gone from the site
    archive: Path


def night(url: str, root: Path) -> None:
    with Http(credentials=Credentials(*LOGIN)) as http:
        list(pull(root, url, partial(open_source, http, url), PullOptions(), http))


@pytest.fixture(scope="module")
def blog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Blog]:
    root = tmp_path_factory.mktemp("blog") / "archive"
    fake = FakeWordPress()
    fake.term(7, "Ships")
    for number in range(1, 13):
        fake.post(number, content=f"Text of {number}. " * 40)
        fake.comment(100 + number, post=1 + number % 3)
    fake.post(20, title="A draft", status="draft")
    fake.comment(190, post=2, status="hold")
    fake.media(90, "a.png", b"red" * 500)
    with fake.serve() as url:
        night(url, root)
        later = {"modified": "2026-02-02T00:00:00", "modified_gmt": "2026-02-02T00:00:00"}
        fake.post(3, title="Edited", **later)
        fake.media(90, "a.png", b"blue" * 500, **later)
        fake.remove("posts", 4)
        fake.remove("comments", 102)
        night(url, root)
        yield Blog(url, root)


def repaired(root: Path, url: str | None) -> tuple[Checked, list[str]]:
    with Http(credentials=Credentials(*LOGIN)) as http:
        connect = partial(open_source, http, url) if url else None
        events = list(repair(root, connect, PullOptions(), http))
    last = events[-1]
    assert isinstance(last, Checked)
    return last, [event.text for event in events if isinstance(event, Warned)]


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 4
    path.write_bytes(bytes(data))


PLACES = (
    "data/posts/000/3.json", "data/posts/000/4.json", "data/comments/000/3.jsonl", "data/terms.jsonl",
    "data/authors.jsonl", "data/media/000/90.json", "data/files/*/wp-content/uploads/a.png", "data/site.json",
    "private/data/posts/000/20.json", "private/data/comments/000/2.jsonl",
    "private/data/personal/comments/000/1.jsonl",
)  # fmt: skip


@pytest.mark.parametrize("online", [True, False])
@pytest.mark.parametrize("how", ["flip", "remove"])
@pytest.mark.parametrize("place", PLACES)
def test_one_flipped_bit_is_noticed_and_repaired(
    blog: Blog, tmp_path: Path, place: str, how: str, online: bool
) -> None:
    if not online and ("files" in place or "site.json" in place):
        pytest.skip("only the site has it")
    root = tmp_path / "archive"
    shutil.copytree(blog.archive, root)
    (path,) = root.glob(place)
    flip(path) if how == "flip" else path.unlink()
    found = run_check(root)
    assert found.exit_code == Exit.DAMAGED
    name = str(path.relative_to(root))
    assert name in {f.where for f in found.findings if f.severity == "error"}
    bag = root / "private" if name.startswith("private/") else root
    command = ["sha256sum", "-c", "--quiet", "manifest-sha256.txt"]
    assert subprocess.run(command, check=False, cwd=bag, capture_output=True).returncode == 1
    checked, _ = repaired(root, blog.url if online else None)
    assert checked.exit_code == Exit.DONE, checked.findings
    assert content(root) == content(blog.archive)


@pytest.mark.parametrize(
    "name", ["bag-info.txt", "wpexport.json", "manifest-sha256.txt", "tagmanifest-sha256.txt"]
)
def test_the_tag_files_too(blog: Blog, tmp_path: Path, name: str) -> None:
    root = tmp_path / "archive"
    shutil.copytree(blog.archive, root)
    path = root / name
    path.write_bytes(path.read_bytes().replace(b"e", b"3", 1))
    assert run_check(root).exit_code == Exit.DAMAGED
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import bagit

        with pytest.raises(bagit.BagError):
            bagit.Bag(str(root)).validate()
        checked, _ = repaired(root, blog.url)
        assert checked.exit_code == Exit.DONE, checked.findings
        bagit.Bag(str(root)).validate()


@pytest.mark.parametrize("how", ["garbage", "cut", "missing", "empty"])
def test_settings_that_cannot_be_read_are_made_again(blog: Blog, tmp_path: Path, how: str) -> None:
    root = tmp_path / "archive"
    shutil.copytree(blog.archive, root)
    path = root / "wpexport.json"
    before = path.read_bytes()
    if how == "missing":
        path.unlink()
    else:
        path.write_bytes({"garbage": b"\xff\x00{", "cut": before[:40], "empty": b""}[how])
    with pytest.raises(SettingsDamaged, match=r"wpexport\.json") as caught:
        night(blog.url, root)
    assert "check ARCHIVE --repair" in caught.value.hint
    assert "settings" in {f.kind for f in run_check(root).findings}
    done, warned = repaired(root, None)
    assert done.exit_code == Exit.DONE, done.findings
    assert any("was made again" in text for text in warned)
    assert path.read_bytes() == before
    assert how == "missing" or list((root / "state/damaged").rglob("wpexport.json"))
    night(blog.url, root)
    assert run_check(root).exit_code == Exit.DONE


def test_settings_of_which_nothing_is_known_are_not_made_up(blog: Blog, tmp_path: Path) -> None:
    root = tmp_path / "archive"
    shutil.copytree(blog.archive, root)
    shutil.rmtree(root / "runs")
    (root / "wpexport.json").write_bytes(b"{")
    (root / "data/site.json").unlink()
    with pytest.raises(SettingsDamaged) as caught:
        repaired(root, None)
    assert '{"source":' in caught.value.hint
    (root / "wpexport.json").write_text(f'{{"source": "{blog.url}"}}')
    assert repaired(root, blog.url)[0].exit_code == Exit.DONE
    assert content(root) == content(blog.archive)


@pytest.mark.parametrize(
    "place", ["data/raw", "private/data/raw", "data/history/posts/000", "data/history/files"]
)
def test_what_only_the_archive_has_is_kept_as_far_as_it_can_be_read(
    blog: Blog, tmp_path: Path, place: str
) -> None:
    root = tmp_path / "archive"
    shutil.copytree(blog.archive, root)
    path = next(p for p in sorted((root / place).rglob("*")) if p.is_file())
    flip(path)
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))  # one bit alone would be found
    assert run_check(root).exit_code == Exit.DAMAGED
    checked, warned = repaired(root, None)
    name = f"damaged:{path.relative_to(root)}"
    assert checked.exit_code == Exit.INCOMPLETE, checked.findings
    assert [f.where.removesuffix(":part") for f in checked.findings if f.severity == "loss"] == [name]
    assert any(path.name in text for text in warned)
    (aside,) = (root / "state/damaged").rglob(path.name)
    assert aside.is_file()


def test_the_whole_parts_of_a_damaged_journal_are_found() -> None:
    def member(number: int) -> bytes:
        entry = journal.entry(url=f"u{number}", time="t", status=200, way="rest", tool="0", body=b"[]" * 500)
        return gzip.compress(msgspec.json.encode(entry) + b"\n", 3, mtime=0)

    members = [member(number) for number in range(4)]
    damaged = bytearray(members[1])
    damaged[30] ^= 255
    assert (
        journal.salvaged(b"".join([members[0], bytes(damaged), *members[2:]]))
        == members[0] + members[2] + members[3]
    )
    assert journal.salvaged(b"".join(members)[:-5]) == b"".join(members[:3])
    assert journal.salvaged(b"nothing") == b""


def test_nothing_damaged_changes_nothing(blog: Blog, tmp_path: Path) -> None:
    root = tmp_path / "archive"
    shutil.copytree(blog.archive, root)
    before = {p: p.read_bytes() for p in root.rglob("*") if p.is_file()}
    assert repaired(root, None)[0].exit_code == Exit.DONE
    assert {p: p.read_bytes() for p in root.rglob("*") if p.is_file()} == before


def without_answers(root: Path) -> None:
    """As an archive made of an export file: no journal can tell a record again."""
    with writing(root, new_run(root)) as writer:
        for bag in (writer.public, writer.private):
            for path in bag.paths("data/raw"):
                bag.remove(path)
        writer.seal()
        writer.done()


def losses(root: Path) -> set[str]:
    checked = run_check(root)
    found = {f.where for f in checked.findings if f.severity == "loss"}
    assert checked.exit_code == (Exit.INCOMPLETE if found else Exit.DONE), checked.findings
    return found


@pytest.mark.parametrize("how", ["flip", "remove"])
@pytest.mark.parametrize("place", ["data/posts/000/3.json", "data/files/*/wp-content/uploads/a.png"])
def test_what_no_repair_brings_back_stays_a_named_loss_until_it_is_fetched(
    blog: Blog, tmp_path: Path, place: str, how: str
) -> None:
    root = tmp_path / "archive"
    shutil.copytree(blog.archive, root)
    without_answers(root)
    (path,) = root.glob(place)
    flip(path) if how == "flip" else path.unlink()
    name = f"damaged:{path.relative_to(root)}"
    for _ in range(2):  # the second finds nothing to do, and says it all the same
        assert repaired(root, None)[0].exit_code == Exit.INCOMPLETE
        assert losses(root) == {name}
    (report,) = (run for run in Archive(root).runs() if run.way == "repair")
    assert report.exit_code == Exit.INCOMPLETE
    assert [loss.name for cover in report.coverage for loss in cover.lost] == [name]
    assert [loss.name for cover in info(root).missing for loss in cover.lost] == [name]
    with Http(credentials=Credentials(*LOGIN)) as http:
        list(pull(root, blog.url, partial(open_source, http, blog.url), PullOptions(full=True), http))
    assert losses(root) == set()
    assert info(root).missing == []


def test_what_the_site_has_no_more_is_a_loss_until_it_is_accepted(blog: Blog, tmp_path: Path) -> None:
    root = tmp_path / "archive"
    shutil.copytree(blog.archive, root)
    without_answers(root)
    (root / "data/posts/000/4.json").unlink()
    with (root / "data/comments/000/3.jsonl").open("ab") as out:
        out.write(b"{")
    gone = {"damaged:data/posts/000/4.json", "damaged:data/comments/000/3.jsonl:102"}
    assert repaired(root, blog.url)[0].exit_code == Exit.INCOMPLETE
    assert losses(root) == gone
    night(blog.url, root)
    assert losses(root) == gone
    options = PullOptions(accept=frozenset({"all"}))
    with Http(credentials=Credentials(*LOGIN)) as http:
        list(pull(root, blog.url, partial(open_source, http, blog.url), options, http))
    checked = run_check(root)
    assert checked.exit_code == Exit.DONE, checked.findings
    assert {f.where for f in checked.findings if f.kind == "accepted"} == gone


def test_what_was_made_again_is_named_once(blog: Blog, tmp_path: Path) -> None:
    root = tmp_path / "archive"
    shutil.copytree(blog.archive, root)
    flip(root / "data/posts/000/3.json")
    repaired(root, None)
    told = Archive(root).runs()[-1].warnings
    assert told == ["data/posts/000/3.json is here again, made of old answers."]


def test_a_repair_that_is_cut_off_forgets_no_loss(blog: Blog, tmp_path: Path) -> None:
    root = tmp_path / "archive"
    shutil.copytree(blog.archive, root)
    without_answers(root)
    flip(root / "data/posts/000/5.json")

    def cut_off() -> Source:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(repair(root, cut_off))
    assert losses(root) == {"damaged:data/posts/000/5.json"}
    with pytest.raises(ArchiveDamaged, match="no repair could"):
        list(log_record(root, "posts:5"))
    with pytest.raises(UsageError, match="There is no record"):
        list(log_record(root, "terms:5"))
