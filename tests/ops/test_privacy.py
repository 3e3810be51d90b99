"""Nothing private is in any export of a blog that was pulled with its administrator's login."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.fakewp import FakeWordPress
from wpexport.archive.archive import Archive
from wpexport.archive.reader import INCLUDABLE
from wpexport.export.registry import names
from wpexport.net import Credentials, Http
from wpexport.ops.events import Exported
from wpexport.ops.export import ExportRequest, export
from wpexport.ops.pull import PullOptions, pull
from wpexport.sources.registry import open_source

LOGINS = json.loads((Path(__file__).parents[2] / "samples/blog/logins.json").read_text())


def secrets(fake: FakeWordPress) -> set[str]:
    """All that an administrator is told and a visitor is not: addresses, drafts, passwords, held comments."""
    shown = json.dumps(
        [row.view for c in fake.blog.collections.values() for row in c.rows], ensure_ascii=False
    )
    found = set(LOGINS.values())
    for collection in fake.blog.collections.values():
        for row in collection.rows:
            found |= {
                row.edit[k] for k in ("email", "author_email", "author_ip", "password") if row.edit.get(k)
            }
            if row.view is None:
                found |= set(_words(row.edit))
            elif row.unlocked is not None:
                found |= {row.unlocked["content"]["rendered"].strip()}
    return {secret for secret in found if len(secret) > 5 and secret not in shown}


def _words(row: dict[str, Any]) -> Iterator[str]:
    for name in ("title", "content"):
        text = row.get(name)
        if isinstance(text, dict):
            yield from (text.get("raw", "").strip(), text.get("rendered", "").strip())


@pytest.fixture(scope="module")
def owner(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, set[str]]:
    root = tmp_path_factory.mktemp("owner") / "archive"
    fake = FakeWordPress.sample()
    with fake.serve() as url, Http(credentials=Credentials("admin", LOGINS["admin"])) as http:
        list(pull(root, url, partial(open_source, http, url), PullOptions(), http))
    return root, secrets(fake)


def everything(folder: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def encodings(secret: str) -> Iterator[bytes]:
    yield secret.encode()
    yield json.dumps(secret)[1:-1].encode()
    yield secret.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").encode()


def test_there_is_something_to_hide(owner: tuple[Path, set[str]]) -> None:
    root, hidden = owner
    private = everything(root / "private/data")
    known = [secret for secret in hidden if any(form in private for form in encodings(secret))]
    assert sum("@" in secret for secret in known) > 5
    assert sum(secret.count(".") == 3 for secret in known) > 2
    assert len(known) > 20


def test_what_lies_beside_authors_is_kept(owner: tuple[Path, set[str]]) -> None:
    rows = (owner[0] / "private/data/personal/authors.jsonl").read_text().splitlines()
    assert sum("@" in json.loads(row)["email"] for row in rows) > 1


def test_the_public_bag_holds_nothing_private(owner: tuple[Path, set[str]]) -> None:
    root, hidden = owner
    public = everything(root / "data") + everything(root / "runs")
    assert [s for s in hidden if any(form in public for form in encodings(s))] == []


@pytest.mark.parametrize("target", names())
def test_no_export_holds_anything_private(owner: tuple[Path, set[str]], tmp_path: Path, target: str) -> None:
    root, hidden = owner
    *_, done = export(root, tmp_path / "out", ExportRequest(to=target))
    assert isinstance(done, Exported)
    said = everything(tmp_path)
    assert said
    assert [s for s in hidden if any(form in said for form in encodings(s))] == []
    assert sum(done.left_out.values()) > 5


def test_what_is_asked_for_by_name_goes_out(owner: tuple[Path, set[str]], tmp_path: Path) -> None:
    root, hidden = owner
    *_, done = export(root, tmp_path / "out", ExportRequest(include=frozenset(INCLUDABLE) - {"email", "ip"}))
    assert isinstance(done, Exported)
    said = everything(tmp_path)
    assert any(s.encode() in said for s in hidden)
    assert not [s for s in hidden if "@" in s and " " not in s and s.encode() in said]
    assert Archive.open(root).settings().home
