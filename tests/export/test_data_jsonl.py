"""The JSON Lines: flat, one type a column, the same keys on every line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.export.blogs import MemoryBlog, html, sample
from wpexport.errors import UsageError
from wpexport.export.base import ExportReport, Options
from wpexport.export.data.rows import TABLES
from wpexport.export.registry import make_exporter
from wpexport.model import Post

_PYTHON: dict[str, Any] = {"integer": int, "real": (int, float), "text": str, "boolean": bool}


def exported(blog: MemoryBlog, out: Path, **options: Any) -> ExportReport:
    exporter = make_exporter("jsonl", blog, out, Options(**options))
    for _ in exporter.run():
        pass
    return exporter.report


def test_every_line_has_the_same_keys_and_every_column_one_type(tmp_path: Path) -> None:
    blog = sample(tmp_path / "files")
    blog.the_posts.append(Post(id=90, title="half \ud83d", content=html("x\u2028y"), meta={"a": {"b": [1]}}))
    report = exported(blog, tmp_path / "out")
    for table in TABLES:
        text = (tmp_path / "out" / f"{table.name}.jsonl").read_bytes().decode()
        lines = [json.loads(line) for line in text.split("\n")[:-1]]
        assert len(lines) == report.facts["rows"][table.name] > 0
        for line in lines:
            assert tuple(line) == table.names()
            for name, kind in table.columns:
                assert line[name] is None or isinstance(line[name], _PYTHON[kind]), (table.name, name)
                assert kind != "integer" or line[name] is not True
    last = json.loads((tmp_path / "out/posts.jsonl").read_bytes().splitlines()[-1])
    assert json.loads(last["meta"]) == {"a": {"b": [1]}}
    assert last["title"] == "half ?"


def test_a_second_export_changes_nothing_and_a_new_one_replaces_it(tmp_path: Path) -> None:
    blog = sample(tmp_path / "files")
    first = exported(blog, tmp_path / "out")
    again = exported(blog, tmp_path / "out")
    assert (again.unchanged, again.written) == (first.written, 0)
    blog.the_comments.pop()
    assert exported(blog, tmp_path / "out").written == 2  # the comments, and how many a post has


def test_one_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is one file"):
        make_exporter("jsonl", sample(tmp_path), tmp_path / "blog.jsonl", Options())
