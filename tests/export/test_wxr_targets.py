"""Where WXR and comments go: a file with its company, a folder, an archive."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tests.export.test_wxr import MemoryBlog, a_comment, a_post, pictures
from wpexport.errors import UsageError
from wpexport.export.base import Options
from wpexport.export.targets import COMMENT_SYSTEMS, make_comments, make_wxr
from wpexport.export.wxr.exporter import WxrOptions


def test_a_file_with_its_company(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    chosen = WxrOptions(media_base="https://files.example")
    for written, unchanged in ((2, 0), (0, 2)):
        exporter = make_wxr(pictures(tmp_path), tmp_path / "out" / "my.xml", Options(), "wxr", chosen=chosen)
        list(exporter.run())
        assert (exporter.report.written, exporter.report.unchanged) == (written, unchanged)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["mine.txt", "my.xml", "uploads"]


def test_another_file_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "my.xml").write_text("a diary")
    exporter = make_wxr(MemoryBlog([a_post(1)]), tmp_path / "my.xml", Options(), "wxr")
    with pytest.raises(UsageError, match="there already"):
        list(exporter.run())
    assert (tmp_path / "my.xml").read_text() == "a diary"
    list(make_wxr(MemoryBlog([a_post(1)]), tmp_path / "my.xml", Options(overwrite=True), "wxr").run())
    assert (tmp_path / "my.xml").read_text().startswith("<?xml")
    (tmp_path / "link.xml").symlink_to(tmp_path / "nowhere")
    with pytest.raises(UsageError):
        list(make_wxr(MemoryBlog([a_post(1)]), tmp_path / "link.xml", Options(), "wxr").run())


def test_folder_archive_and_dry_run(tmp_path: Path) -> None:
    blog = MemoryBlog([a_post(1)])
    exporter = make_wxr(blog, tmp_path / "folder", Options(), "wxr")
    list(exporter.run())
    assert (tmp_path / "folder" / "blog.xml").exists()
    assert exporter.report.written == 1
    list(make_wxr(blog, tmp_path / "blog.zip", Options(), "wxr").run())
    assert "blog.xml" in zipfile.ZipFile(tmp_path / "blog.zip").namelist()
    list(make_wxr(blog, tmp_path / "dry.xml", Options(dry_run=True), "wxr").run())
    assert not (tmp_path / "dry.xml").exists()


@pytest.mark.parametrize("name", COMMENT_SYSTEMS)
def test_comment_systems(tmp_path: Path, name: str) -> None:
    blog = MemoryBlog([a_post(1)], {1: [a_comment(1)]})
    out = tmp_path / f"out{Path(COMMENT_SYSTEMS[name].name).suffix}"
    exporter = make_comments(blog, out, Options(), name)
    list(exporter.run())
    assert exporter.report.comments == 1
    assert out.stat().st_size > 100


def test_no_such_system(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no comment system giscus"):
        make_comments(MemoryBlog(), tmp_path, Options(), "giscus")
