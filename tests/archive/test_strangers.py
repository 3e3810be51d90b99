"""An archive that somebody else made, or had files put into: it reads nothing and moves nothing outside."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.breakages.pulled import blog, harvest
from wpexport.archive.bag import file_hash
from wpexport.archive.check import Finding
from wpexport.archive.records import record_paths
from wpexport.cli.program import program
from wpexport.errors import ArchiveDamaged, Exit
from wpexport.ops.check import check
from wpexport.ops.events import Checked
from wpexport.ops.export import ExportRequest, export
from wpexport.ops.info import info
from wpexport.ops.log import log
from wpexport.ops.repair import repair

SECRET = b"a key of whoever exports"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    root = tmp_path / "archive"
    assert harvest(blog(), root, media="all").code == Exit.DONE
    return root


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.txt"
    path.write_bytes(SECRET)
    return path


def findings(archive: Path) -> tuple[Sequence[Finding], int]:
    *_, last = check(archive)
    assert isinstance(last, Checked)
    return last.findings, last.exit_code


def name_a_file(archive: Path, place: str) -> None:
    """Let the record of a picture that a text shows say that it lies somewhere else."""
    _, path = next(iter(record_paths(archive / "data/media")))
    record = json.loads(path.read_text())
    record["files"][0] |= {"path": place, "sha256": hashlib.sha256(SECRET).hexdigest()}
    path.write_text(json.dumps(record))
    _, shows = next(iter(record_paths(archive / "data/posts")))
    post = json.loads(shows.read_text())
    post["content"]["html"] += f'<img src="{record["files"][0]["url"]}">'
    shows.write_text(json.dumps(post))


@pytest.mark.parametrize("to", ["markdown", "wxr"])
@pytest.mark.parametrize("out", ["../secret.txt", "data/files/../../../secret.txt", "{secret}"])
def test_no_export_takes_a_file_from_outside_of_the_archive(
    archive: Path, secret: Path, tmp_path: Path, to: str, out: str
) -> None:
    name_a_file(archive, out.format(secret=secret))
    with pytest.raises(ArchiveDamaged):
        list(export(archive, tmp_path / "out", ExportRequest(to=to)))
    assert not [
        path for path in (tmp_path / "out").rglob("*") if path.is_file() and SECRET in path.read_bytes()
    ]
    found, code = findings(archive)
    assert code == Exit.DAMAGED
    assert "record" in {finding.kind for finding in found}


@pytest.mark.parametrize("name", ["data/../../secret.txt", "../secret.txt", "{secret}"])
def test_no_repair_moves_a_file_outside_of_the_archive(archive: Path, secret: Path, name: str) -> None:
    manifest = archive / "manifest-sha256.txt"
    before = file_hash(manifest)
    manifest.write_text(f"{'0' * 64}  {name.format(secret=secret)}\n{manifest.read_text()}")
    tags = archive / "tagmanifest-sha256.txt"
    tags.write_text(tags.read_text().replace(before, file_hash(manifest)))  # or it would be made anew
    for operation in (check, repair):
        with pytest.raises(ArchiveDamaged, match="outside"):
            list(operation(archive))
    assert secret.read_bytes() == SECRET


@pytest.mark.parametrize("name", ["data/../../secret.txt", "../secret.txt", "{secret}"])
@pytest.mark.parametrize("bag", ["public", "private"])
def test_no_list_of_an_interrupted_run_leads_outside_of_the_archive(
    archive: Path, secret: Path, bag: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead, manifest = archive / "state/write-ahead.txt", (archive / "manifest-sha256.txt").read_bytes()
    digest = hashlib.sha256(SECRET).hexdigest()
    place = "../" + name if bag == "private" and name.startswith("../") else name
    ahead.write_text(f"{bag} - {digest} {place.format(secret=secret)}\n")
    hashed: list[Path] = []

    def hashing(path: Path | str) -> str:
        hashed.append(Path(path).resolve())
        return file_hash(path)

    monkeypatch.setattr("wpexport.archive.bag.file_hash", hashing)
    for operation in (check, repair):
        with pytest.raises(ArchiveDamaged, match="outside"):
            list(operation(archive))
    with pytest.raises(ArchiveDamaged, match="outside"):
        harvest(blog(), archive, media="all")
    assert secret not in hashed
    assert secret.read_bytes() == SECRET
    assert (archive / "manifest-sha256.txt").read_bytes() == manifest


def put(place: str, text: str = "{}") -> Callable[[Path], None]:
    def put(archive: Path) -> None:
        (archive / place).parent.mkdir(exist_ok=True)
        (archive / place).write_text(text)

    return put


@pytest.mark.parametrize(
    "change",
    [
        put("runs/notes.json"),
        put("data/posts/000/12 (copy).json"),
        put("data/posts/²/1.json"),
        lambda archive: (archive / "data/here").symlink_to("."),
        lambda archive: Path(os.fsdecode(os.fsencode(archive / "data") + b"/\xff")).touch(),
    ],
    ids=["a report", "a copy", "a number", "a link in circles", "a name"],
)
def test_what_somebody_put_in_is_left_alone(archive: Path, change: Callable[[Path], None]) -> None:
    before = set(archive.rglob("*"))
    change(archive)
    added = {path.relative_to(archive) for path in set(archive.rglob("*")) - before}
    assert [ran.report.run for ran in log(archive)] == [info(archive).runs[0].run]
    found, code = findings(archive)
    extra = [finding for finding in found if finding.kind == "extra-file"]
    assert bool(extra) == any("data" in path.parts for path in added)
    assert code == (Exit.INCOMPLETE if extra else Exit.DONE)
    assert all("Move it out of data/" in finding.advice for finding in extra)
    assert {finding.kind for finding in found} <= {"extra-file", "orphans"}
    assert harvest(blog(), archive, media="all").code == Exit.DONE


@pytest.mark.parametrize(
    ("place", "data"),
    [
        ("data/site.json", b"{"),
        ("bag-info.txt", b"Payload-Oxum: \xff.y\n"),
        ("manifest-sha256.txt", b"\xff\n"),
        ("manifest-sha256.txt", b"0  nowhere\n"),
    ],
)
def test_damage_in_a_small_file_is_named(archive: Path, place: str, data: bytes) -> None:
    (archive / place).write_bytes(data)
    assert findings(archive)[1] == Exit.DAMAGED
    if place == "data/site.json":
        with pytest.raises(ArchiveDamaged, match="site"):
            info(archive)
    else:
        assert info(archive).runs


def test_a_file_that_the_disk_does_not_give_is_named(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, worn = next(iter(record_paths(archive / "data/posts")))

    def read(path: Path | str) -> str:
        if Path(path) == worn:
            raise OSError(5, "Input/output error")
        return file_hash(path)

    monkeypatch.setattr("wpexport.archive.check.file_hash", read)
    found, _ = findings(archive)
    assert [finding.text for finding in found if finding.kind == "checksum"] == [
        f"{worn.relative_to(archive)} is damaged: it cannot be read (Input/output error)."
    ]


def test_what_was_put_in_is_said_to_be_so(archive: Path) -> None:
    put("data/Thumbs.db")(archive)
    done = CliRunner().invoke(program, ["check", str(archive)], standalone_mode=False)
    assert done.return_value == Exit.INCOMPLETE
    assert "Put in: data/Thumbs.db" in done.output
    assert "missing" not in done.output
