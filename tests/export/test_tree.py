from __future__ import annotations

import hashlib
import json
import os
import tarfile
import zipfile
from pathlib import Path

import pytest

from wpexport.errors import UsageError, WpexportError
from wpexport.export.output.ledger import LEDGER, PENDING, TEMPORARY
from wpexport.export.output.tree import Counts, Rules, open_tree

FILES = {"README.md": b"one\n", "posts/2021/a.md": b"two\n", "posts/2021/\u00e9.md": b"three\n"}


def fill(out: Path, files: dict[str, bytes] = FILES, rules: Rules | None = None) -> Counts:
    with open_tree(out, rules or Rules()) as tree:
        for path, data in files.items():
            tree.write(path, data)
    return tree.counts


def tree_of(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def test_a_folder_is_filled_and_again_nothing_is_touched(tmp_path: Path) -> None:
    assert fill(tmp_path / "out").written == 3
    before = tree_of(tmp_path / "out")
    assert {path: before[path] for path in FILES} == FILES
    assert set(before) == {*FILES, LEDGER}
    stamp = (tmp_path / "out" / LEDGER).stat().st_mtime_ns
    counts = fill(tmp_path / "out")
    assert (counts.written, counts.unchanged, counts.kept, counts.stale) == (0, 3, [], [])
    assert tree_of(tmp_path / "out") == before
    assert (tmp_path / "out" / LEDGER).stat().st_mtime_ns == stamp


def test_what_the_user_edited_or_had_before_is_kept_and_listed(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_bytes(b"mine")
    assert fill(tmp_path).kept == ["README.md"]
    (tmp_path / "posts/2021/a.md").write_bytes(b"edited")
    changed = {path: data + b"more\n" for path, data in FILES.items()}
    counts = fill(tmp_path, changed)
    assert counts.kept == ["README.md", "posts/2021/a.md"]
    assert counts.written == 1
    assert (tmp_path / "posts/2021/a.md").read_bytes() == b"edited"
    assert (tmp_path / "posts/2021/\u00e9.md").read_bytes() == b"three\nmore\n"
    assert fill(tmp_path, changed, Rules(overwrite=True)).written == 2
    assert fill(tmp_path, changed).unchanged == 3


def test_an_edit_taken_back_is_ours_again(tmp_path: Path) -> None:
    fill(tmp_path)
    (tmp_path / "README.md").write_bytes(b"edited")
    assert fill(tmp_path, {**FILES, "README.md": b"new"}).kept == ["README.md"]
    (tmp_path / "README.md").write_bytes(b"one\n")
    assert fill(tmp_path, {**FILES, "README.md": b"new"}).kept == []


def test_files_of_vanished_posts(tmp_path: Path) -> None:
    fill(tmp_path)
    less = {"README.md": b"one\n"}
    assert fill(tmp_path, less).stale == ["posts/2021/a.md", "posts/2021/\u00e9.md"]
    (tmp_path / "posts/2021/a.md").write_bytes(b"edited")
    assert fill(tmp_path, less, Rules(partial=True)).stale == []
    assert fill(tmp_path, less, Rules(prune=True, dry_run=True)).removed == 1
    assert (tmp_path / "posts/2021/\u00e9.md").exists()
    counts = fill(tmp_path, less, Rules(prune=True))
    assert (counts.removed, counts.stale) == (1, ["posts/2021/a.md"])
    (tmp_path / "posts/2021/a.md").unlink()
    assert fill(tmp_path, less).stale == []
    assert set(json.loads((tmp_path / LEDGER).read_bytes())["files"]) == {"README.md"}


def test_prune_removes_the_folders_that_became_empty(tmp_path: Path) -> None:
    fill(tmp_path)
    fill(tmp_path, {"README.md": b"one\n"}, Rules(prune=True))
    assert sorted(p.name for p in tmp_path.iterdir()) == [LEDGER, "README.md"]


@pytest.mark.parametrize(
    "path",
    [
        "/etc/x",
        "../x",
        "a/../../x",
        "a//b",
        "",
        ".",
        "a/.",
        "C:/x",
        "a\\b",
        "a\0b",
        LEDGER,
        PENDING,
        f"{TEMPORARY}/x",
    ],
)
@pytest.mark.parametrize("out", ["out", "out.zip"])
def test_nothing_is_written_outside(tmp_path: Path, path: str, out: str) -> None:
    with pytest.raises(WpexportError):
        fill(tmp_path / out, {path: b""})
    assert {p.name for p in tmp_path.iterdir()} <= {"out"}


def test_no_link_is_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "x.md").write_bytes(b"x")
    out = tmp_path / "out"
    out.mkdir()
    (out / "posts").symlink_to(outside)
    (out / "README.md").symlink_to(outside / "x.md")
    (out / "dead").symlink_to(outside / "nothing")
    files = {"README.md": b"r", "posts/a.md": b"a", "posts/x.md": b"x", "dead": b"d"}
    assert fill(out, files).kept == ["README.md", "posts/a.md", "posts/x.md", "dead"]
    assert fill(out, files, Rules(overwrite=True)).kept == ["posts/a.md", "posts/x.md"]
    assert (out / "README.md").read_bytes() == b"r"
    assert not (out / "README.md").is_symlink()
    assert tree_of(outside) == {"x.md": b"x"}


def test_a_ledger_full_of_nonsense_removes_nothing_outside(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"x")
    out = tmp_path / "out"
    out.mkdir()
    sha256 = hashlib.sha256(b"x").hexdigest()
    (out / LEDGER).write_text(json.dumps({"format": 1, "to": "markdown", "files": {"../x": sha256}}))
    fill(out, {}, Rules(prune=True))
    assert (tmp_path / "x").exists()


@pytest.mark.parametrize("ledger", ["", "{}", "[]", '{"format": 2, "to": "", "files": {}}'])
def test_a_damaged_or_newer_ledger_is_refused(tmp_path: Path, ledger: str) -> None:
    (tmp_path / LEDGER).write_text(ledger)
    with pytest.raises(WpexportError) as caught:
        fill(tmp_path)
    assert caught.value.hint


def test_folders_and_pipes_in_the_way_are_kept(tmp_path: Path) -> None:
    (tmp_path / "README.md").mkdir()
    (tmp_path / "posts").write_bytes(b"a file")
    os.mkfifo(tmp_path / "pipe")
    counts = fill(tmp_path, {**FILES, "pipe": b"x"}, Rules(overwrite=False))
    assert set(counts.kept) == {*FILES, "pipe"}
    assert set(fill(tmp_path, FILES, Rules(overwrite=True)).kept) == set(FILES)


def test_a_crash_never_makes_our_files_look_like_the_users(tmp_path: Path) -> None:
    fill(tmp_path)
    if not (child := os.fork()):
        tree = open_tree(tmp_path, Rules()).__enter__()
        tree.write("README.md", b"new\n")
        tree.write("new.md", b"new\n")
        os._exit(9)  # no ledger is written
    os.waitpid(child, 0)
    assert (tmp_path / PENDING).exists()
    with (tmp_path / PENDING).open("a") as pending:
        pending.write('0123 "cut')
    counts = fill(tmp_path, {**FILES, "README.md": b"newer\n", "new.md": b"newer\n"})
    assert counts.kept == []
    assert counts.written == 2
    assert not (tmp_path / PENDING).exists()
    assert not (tmp_path / TEMPORARY).exists()


def test_an_error_in_the_middle_leaves_no_temporary_file(tmp_path: Path) -> None:
    def fail(out: Path) -> None:
        with open_tree(out, Rules()) as tree:
            tree.write("a", b"1")
            tree.write("a", b"2")

    for out in (tmp_path / "out", tmp_path / "out.zip", tmp_path / "out.tar.gz"):
        with pytest.raises(WpexportError, match="Two different things"):
            fail(out)
    assert [p.name for p in tmp_path.iterdir()] == ["out"]
    assert fill(tmp_path / "out", {"a": b"3"}).written == 1


def test_seeds_belong_to_the_user(tmp_path: Path) -> None:
    def seed(data: bytes) -> tuple[str, Counts]:
        with open_tree(tmp_path, Rules()) as tree:
            return tree.write("hugo.toml", data, seed=True), tree.counts

    assert seed(b"1")[0] == "written"
    assert seed(b"2")[0] == "written"
    (tmp_path / "hugo.toml").write_bytes(b"mine")
    outcome, counts = seed(b"3")
    assert (outcome, counts.kept) == ("kept", [])
    (tmp_path / "hugo.toml").unlink()
    assert seed(b"3")[0] == "kept"
    assert not (tmp_path / "hugo.toml").exists()


def test_media_are_copied_by_their_hash(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"picture" * 1000)
    sha256 = hashlib.sha256(source.read_bytes()).hexdigest()
    for out in (tmp_path / "out", tmp_path / "out.zip"):
        for outcome in ("written", "unchanged"):
            with open_tree(out, Rules()) as tree:
                assert tree.copy("a.jpg", source, sha256) == outcome
                assert tree.copy("a.jpg", source, sha256) == "unchanged"
            assert tree.counts.files == 1
    assert (tmp_path / "out/a.jpg").read_bytes() == source.read_bytes()
    source.write_bytes(b"damaged")
    with open_tree(tmp_path / "other", Rules()) as tree:
        tree.copy("a.jpg", source, sha256)
    with open_tree(tmp_path / "other", Rules()) as tree:
        assert tree.copy("a.jpg", source, sha256) == "written"


@pytest.mark.parametrize("name", ["out.zip", "out.tar.gz"])
def test_archives_are_identical_and_guarded(tmp_path: Path, name: str) -> None:
    fill(tmp_path / "one" / name)
    fill(tmp_path / "two" / name)
    out = tmp_path / "one" / name
    data = out.read_bytes()
    assert data == (tmp_path / "two" / name).read_bytes()
    inode = out.stat().st_ino
    assert fill(out).unchanged == 3
    assert out.stat().st_ino == inode
    assert fill(out, {"README.md": b"1"}, Rules(dry_run=True)).written == 1
    assert out.read_bytes() == data
    assert fill(out, {"README.md": b"1"}).removed == 2
    assert fill(out).written == 3
    assert out.read_bytes() == data
    if name.endswith(".zip"):
        with zipfile.ZipFile(out) as packed:
            assert packed.read("posts/2021/\u00e9.md") == b"three\n"
        with zipfile.ZipFile(out, "a") as packed:
            packed.writestr("mine.md", b"mine")
    else:
        with tarfile.open(out) as packed_tar:
            names = packed_tar.getnames()
        assert names == [*FILES, LEDGER]
        out.write_bytes(b"something else")
    changed = out.read_bytes()
    with pytest.raises(WpexportError, match="not as wpexport wrote it"):
        fill(out)
    assert out.read_bytes() == changed
    fill(out, FILES, Rules(overwrite=True))
    assert out.read_bytes() == data
    assert [p.name for p in out.parent.iterdir()] == [name]


def test_wrong_places(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "folder.zip").mkdir()
    for out in ("file", "folder.zip"):
        with pytest.raises(UsageError):
            fill(tmp_path / out)
    fill(tmp_path / "out")
    with pytest.raises(UsageError, match="holds an export to markdown"):
        fill(tmp_path / "out", FILES, Rules(to="hugo"))


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    counts = fill(tmp_path / "out", FILES, Rules(dry_run=True))
    assert counts.written == 3
    assert list(tmp_path.iterdir()) == []


def test_exists_tells_the_users_files(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_bytes(b"")
    with open_tree(tmp_path, Rules()) as tree:
        tree.write("a", b"")
        assert tree.exists("config.toml")
        assert not tree.exists("nothing")
    with open_tree(tmp_path, Rules()) as tree:
        assert not tree.exists("a")


def test_a_list_is_read_line_by_line_as_it_was_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {'a "quoted" \\ name.md': b"1", "日本/x.md": b"2", "tab\there.md": b"3"} | FILES
    names = [name for name in files if "\\" not in name]
    fill(tmp_path, {name: files[name] for name in names})
    listed = (tmp_path / LEDGER).read_bytes()
    record = json.loads(listed)
    assert sorted(record["files"]) == sorted(names)
    assert listed == (json.dumps(record, ensure_ascii=False, indent=1) + "\n").encode()
    monkeypatch.setattr("wpexport.export.output.ledger.decode", None)
    assert fill(tmp_path, {}, Rules(prune=True)).removed == len(names)
    assert json.loads((tmp_path / LEDGER).read_bytes())["files"] == {}
    monkeypatch.undo()
    assert fill(tmp_path, {}).files == 0


def test_a_list_that_somebody_wrote_anew_is_read_too(tmp_path: Path) -> None:
    fill(tmp_path)
    (tmp_path / LEDGER).write_text(json.dumps(json.loads((tmp_path / LEDGER).read_bytes())))
    (tmp_path / "README.md").write_bytes(b"edited")
    assert fill(tmp_path, {**FILES, "README.md": b"new"}).kept == ["README.md"]


def test_the_name_of_a_file_is_no_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"makes no \.txt file"):
        open_tree(tmp_path / "b.txt", Rules("wxr"))
    (tmp_path / "notes.md").mkdir()
    open_tree(tmp_path / "notes.md", Rules())
    open_tree(tmp_path / "example.org", Rules())


def test_what_lay_in_the_folder_is_counted_once(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    (tmp_path / "folder").mkdir()
    for others in (2, 0):
        with open_tree(tmp_path, Rules()) as tree:
            tree.write("a.md", b"a")
        assert tree.counts.others == others
