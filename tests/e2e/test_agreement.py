"""One real blog pulled three ways: the archives agree on all that each way can carry, as ``diff`` says."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.blogs import LOGINS
from tests.e2e.test_wxr import own_export
from tests.e2e.wordpress import Site

pytestmark = pytest.mark.e2e

#: what plugins that close the API do (developer.wordpress.org, REST API FAQ)
CLOSED = """<?php
add_filter( 'rest_authentication_errors', function ( $result ) {
\treturn $result ?: new WP_Error( 'rest_login_required', 'Closed.', array( 'status' => 401 ) );
} );
"""
WAYS = ("owner", "visitor", "feed", "file")


def wpexport(*words: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "wpexport", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def pulled(site: Site, root: Path, *options: str | Path, source: str | Path | None = None) -> dict[str, Any]:
    """The summary of a pull; files are compared elsewhere."""
    done = wpexport("pull", "--json", "--media", "none", *options, source or site.url, root)
    assert done.returncode in (0, 3), done.stderr
    last: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return last


@pytest.fixture(scope="module")
def archives(real_wordpress: Site, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One archive by each way; the API is really closed while the feeds are read."""
    folder = tmp_path_factory.mktemp("ways")
    (folder / "password").write_text(LOGINS["admin"], encoding="utf-8")
    roots = {way: folder / way for way in WAYS}
    pulled(real_wordpress, roots["owner"], "--user", "admin", "--password-file", folder / "password")
    pulled(real_wordpress, roots["visitor"])
    summary = pulled(real_wordpress, roots["file"], source=own_export(real_wordpress, folder))
    assert {c["way"] for c in summary["run"]["coverage"]} == {"wxr"}
    plugin = real_wordpress.root / "wp-content" / "mu-plugins" / "closed.php"
    plugin.write_text(CLOSED, encoding="utf-8")
    try:
        summary = pulled(real_wordpress, roots["feed"])
    finally:
        plugin.unlink()
    assert {c["way"] for c in summary["run"]["coverage"]} == {"feed"}
    return roots


PAIRS = [("owner", "file"), ("owner", "feed"), ("visitor", "file"), ("visitor", "feed"), ("feed", "file")]


@pytest.mark.parametrize(("one", "two"), PAIRS)
def test_they_agree_on_all_that_both_can_carry(archives: dict[str, Path], one: str, two: str) -> None:
    done = wpexport("diff", archives[one], archives[two])
    assert done.returncode == 0, done.stdout
    assert done.stdout.splitlines()[-1].startswith("No difference; ")
    said = json.loads(wpexport("diff", "--json", archives[one], archives[two]).stdout.splitlines()[-1])
    assert (said["causes"], said["exit_code"]) == ({}, 0)
    # Enough was compared: all public posts, and all comments that a feed reaches.
    assert said["same"] >= 50


def test_every_stored_text_is_the_same_to_the_byte(archives: dict[str, Path]) -> None:
    """Of posts and comments, with the API and a login, and from the export file."""
    lines = wpexport("diff", "--json", archives["owner"], archives["file"]).stdout.splitlines()
    different = [d for line in lines if (d := json.loads(line))["type"] == "difference"]
    assert not [d for d in different if str(d["field"]).endswith(".raw")]


def test_a_difference_that_no_way_explains_is_one(archives: dict[str, Path]) -> None:
    path = archives["feed"] / "data/posts/000/10.json"
    kept = path.read_bytes()
    path.write_bytes(kept.replace(b'"title": "', b'"title": "Not '))
    try:
        done = wpexport("diff", archives["owner"], archives["feed"])
    finally:
        path.write_bytes(kept)
    assert done.returncode == 3
    assert "posts.title  1" in done.stdout.partition("Differences:")[2]


def test_an_api_that_is_closed_to_visitors_gives_the_owner_the_same(
    real_wordpress: Site, archives: dict[str, Path], tmp_path: Path
) -> None:
    (tmp_path / "password").write_text(LOGINS["admin"], encoding="utf-8")
    plugin = real_wordpress.root / "wp-content" / "mu-plugins" / "closed.php"
    plugin.write_text(CLOSED.replace("$result ?:", "is_user_logged_in() ? $result :"), encoding="utf-8")
    try:
        login = ("--user", "admin", "--password-file", tmp_path / "password")
        summary = pulled(real_wordpress, tmp_path / "again", *login)
    finally:
        plugin.unlink()
    assert (summary["exit_code"], summary["run"]["way"], summary["run"]["login"]) == (0, "rest", True)
    done = wpexport("diff", archives["owner"], tmp_path / "again")
    assert done.returncode == 0, done.stdout
    assert done.stdout.startswith("No difference; ")
