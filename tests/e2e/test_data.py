"""The data exports in the software that they are for: the real Datasette, the real DuckDB."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from wpexport.archive.archive import Archive
from wpexport.archive.reader import Reader
from wpexport.export.base import Options
from wpexport.ops.export import ExportRequest, export

pytestmark = pytest.mark.e2e
ARCHIVE = Path(__file__).parents[2] / "samples" / "archive"


def program(name: str) -> str:
    """A program beside this Python, or on the path; else the test is skipped with what enables it."""
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if found is None:
        if os.environ.get("WPEXPORT_E2E") == "1":
            pytest.fail(f"{name} is missing")
        pytest.skip(f"{name} is missing; enable it with: pip install -e '.[e2e]'")
    return found


def exported(out: Path, to: str) -> None:
    for _ in export(ARCHIVE, out, ExportRequest(to=to, options=Options())):
        pass


class Datasette:
    """Asks Datasette for one page at a time; no server is left behind."""

    def __init__(self, database: Path) -> None:
        self._command = [program("datasette"), "serve", "--immutable", str(database), "--get"]
        self._name = database.stem

    def page(self, path: str) -> str:
        command = [*self._command, f"/{self._name}{path}"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    def rows(self, path: str) -> list[dict[str, Any]]:
        loaded: list[dict[str, Any]] = json.loads(self.page(path))
        return loaded


@pytest.fixture(scope="module")
def datasette(tmp_path_factory: pytest.TempPathFactory) -> Datasette:
    out = tmp_path_factory.mktemp("data") / "blog.sqlite"
    exported(out, "sqlite")
    return Datasette(out)


def test_datasette_finds_what_posts_and_comments_say(datasette: Datasette) -> None:
    found = datasette.rows("/texts.json?_search=clockwork&_shape=array&_size=max")
    kinds = {row["kind"] for row in found}
    assert kinds == {"post", "comment"}
    for row in found:
        assert "clockwork" in f"{row['title']} {row['author']} {row['text']}".lower()
    for table in ("posts", "comments"):
        page = datasette.page(f"/{table}?_search=clockwork")
        assert 'name="_search"' in page
        assert "clockwork" in page


def test_datasette_shows_the_post_of_a_comment_by_its_title(datasette: Datasette) -> None:
    asked = "/comments.json?_labels=on&_shape=array&_sort=id&_col=post_id&_col=parent_id&id__in=2,3"
    first, second = datasette.rows(asked)
    assert first["post_id"] == {"value": 10, "label": "The lamp is lit again"}
    assert first["parent_id"] is None
    assert second["parent_id"]["value"] == 2
    page = datasette.page("/comments?id=3")
    assert '/posts/10">The lamp is lit again</a>' in page


def test_duckdb_counts_the_lines_and_joins_them(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb", reason="enable it with: pip install -e '.[e2e]'")
    exported(tmp_path, "jsonl")
    blog = Reader(Archive.open(ARCHIVE))
    posts = list(blog.posts())
    comments = sum(len(blog.comments(post)) for post in posts)
    database = duckdb.connect()
    for name, there in (("posts", len(posts)), ("comments", comments), ("terms", len(blog.terms()))):
        counted = f"SELECT count(*) FROM '{tmp_path / name}.jsonl'"
        assert database.execute(counted).fetchall() == [(there,)]
    script = (tmp_path / "load.sql").read_text("utf-8").replace("read_json('", f"read_json('{tmp_path}/")
    database.execute(script)
    joined = "SELECT count(*) FROM comments JOIN posts ON posts.id = post_id"
    assert database.execute(joined).fetchall() == [(comments,)]
    newest = database.execute("SELECT max(date_utc)::DATE::VARCHAR FROM posts").fetchall()
    assert newest == [(max(post.date for post in posts if post.date).date().isoformat(),)]
    database.close()
