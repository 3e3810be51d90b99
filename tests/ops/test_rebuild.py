"""Records made again from what the site said, and archives of older formats."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.ops.killing import blog_of_yesterday, content, pull_whole, today
from tests.ops.test_pull import blog, run_check, run_pull
from wpexport.archive import journal, upgrade
from wpexport.archive.archive import Archive, Writer, new_run, writing
from wpexport.archive.bag import file_hash
from wpexport.archive.format import FORMAT, SETTINGS
from wpexport.errors import ArchiveDamaged, Exit
from wpexport.model import made_up
from wpexport.ops.events import Rebuilt
from wpexport.ops.rebuild import rebuild
from wpexport.sources.rest import normalise


def rebuilt(root: Path) -> Rebuilt:
    *_, last = rebuild(root)
    assert isinstance(last, Rebuilt)
    return last


@pytest.fixture
def two_nights(tmp_path: Path) -> Path:
    fake = blog_of_yesterday()
    with fake.serve() as url:
        pull_whole(url, tmp_path)
        today(fake)
        pull_whole(url, tmp_path)
    return tmp_path


def test_the_same_program_makes_the_same_records(two_nights: Path) -> None:
    before = content(two_nights)
    done = rebuilt(two_nights)
    assert list(done.findings) == []
    assert done.counts["same"] > 700
    assert content(two_nights) == before
    assert run_check(two_nights).exit_code == Exit.DONE


def test_a_later_program_s_better_reading_takes_their_place(
    two_nights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = normalise.post

    def better(*given: Any) -> Any:
        made = plain(*given)
        return msgspec.structs.replace(made, title=made.title.upper()) if made and made.id == 77 else made

    monkeypatch.setattr(normalise, "post", better)
    before = content(two_nights)
    done = rebuilt(two_nights)
    assert [(f.kind, f.where) for f in done.findings] == [("changed", "data/posts/000/77.json")]
    after = content(two_nights)
    assert {n for n in after if after[n] != before.get(n)} == {
        "data/posts/000/77.json",
        "data/history/posts/000/77.jsonl",
    }
    assert json.loads(after["data/posts/000/77.json"])["title"] == "POST 77, EDITED"
    assert run_check(two_nights).exit_code == Exit.DONE
    assert rebuilt(two_nights).findings == []


def test_what_lies_in_no_journal_stays(tmp_path: Path) -> None:
    run_pull(tmp_path, blog())  # a source whose answers nobody can read again
    before = content(tmp_path)
    done = rebuilt(tmp_path)
    assert done.counts["passed over"] + done.counts["answers"] > 0
    assert content(tmp_path) == before


def test_what_cannot_be_made_again_is_said(two_nights: Path) -> None:
    with writing(two_nights, new_run(two_nights)) as writer:
        book = writer.archive.state / "tmp" / "book"
        answer = {"url": "https://public-api.example/posts", "time": "2026-01-01T00:00:00Z", "status": 200}
        entry = journal.entry(**answer, way="wpcom", tool="0", body=b"{}")  # type: ignore[arg-type]
        book.write_bytes(journal.member([entry, entry]))
        writer.public.adopt(
            "data/raw/2020-01-01T000000Z.jsonl.gz", book, file_hash(book), book.stat().st_size
        )
        writer.seal()
        writer.done()
    (found,) = rebuilt(two_nights).findings
    assert (found.severity, found.kind) == ("note", "passed-over")
    assert "2 old answers came by WordPress.com" in found.text
    with writing(two_nights, new_run(two_nights)) as writer:
        for bag in (writer.public, writer.private):
            for path in bag.paths("data/raw"):
                bag.remove(path)
        writer.seal()
        writer.done()
    before = content(two_nights)
    (found,) = rebuilt(two_nights).findings
    assert (found.severity, found.kind) == ("note", "no-answers")
    assert content(two_nights) == before


def test_an_older_format_is_brought_up_to_date_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_pull(tmp_path, blog())
    now = content(tmp_path)
    settings = json.loads((tmp_path / SETTINGS).read_text())
    (tmp_path / SETTINGS).write_text(json.dumps(settings | {"format": 0}))
    with pytest.raises(ArchiveDamaged, match="format 0"):
        Archive.open(tmp_path)

    def from_zero(writer: Writer) -> None:
        writer.public.stage("data/site.json", (writer.public.read("data/site.json") or b"") + b"\n")

    monkeypatch.setattr(upgrade, "STEPS", {0: from_zero})
    assert Archive.open(tmp_path).settings().format == FORMAT
    after = content(tmp_path)
    assert {n for n in after if after[n] != now[n]} == {"data/site.json"}
    assert run_check(tmp_path).exit_code == Exit.DONE


def test_a_newer_format_is_refused(tmp_path: Path) -> None:
    run_pull(tmp_path, blog())
    settings = json.loads((tmp_path / SETTINGS).read_text())
    (tmp_path / SETTINGS).write_text(json.dumps(settings | {"format": 99}))
    with pytest.raises(ArchiveDamaged, match="format 99"):
        Archive.open(tmp_path)


def test_terms_that_share_a_number_stay_two_on_every_way(tmp_path: Path) -> None:
    """WordPress.com, and WordPress before 4.2, give a category and a tag of one name one number."""
    fake = blog_of_yesterday()
    fake.term(900, "Formats")
    fake.term(900, "Formats", "post_tag")
    fake.post(5001, categories=[900], tags=[900])
    fake.post(5002, categories=[1], tags=[900])
    with fake.serve() as url:
        pull_whole(url, tmp_path)
        before = content(tmp_path)
        fake.post(5003, tags=[900])
        pull_whole(url, tmp_path)
    after = content(tmp_path)
    tag = made_up("post_tag", 900)
    terms = [json.loads(line) for line in after["data/terms.jsonl"].splitlines()]
    shared = [(term["taxonomy"], term["id"]) for term in terms if term["slug"] == "formats"]
    assert sorted(shared) == [("category", 900), ("post_tag", tag)]
    posts = [json.loads(after[f"data/posts/005/{number}.json"])["terms"] for number in (5001, 5002, 5003)]
    assert posts == [[900, tag], [1, tag], [1, tag]]
    assert after["data/terms.jsonl"] == before["data/terms.jsonl"]
    assert rebuilt(tmp_path).findings == []
    assert content(tmp_path) == after
