"""B01 to B12: what comes is not, or not only, the JSON that was asked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.breakages import further
from tests.breakages.pulled import POSTS_COUNT, blog, harvest, unharmed
from tests.fakewp import Fault, faults
from wpexport.archive import journal
from wpexport.errors import Exit, SourceError

NOTICE = "<br />\n<b>Notice</b>:  Undefined index: [x] in <b>/a.php</b> on line <b>{3}</b><br />\n"
LOADER = '<?php $a = array("x" => [1]); @eval($_POST["{}"]); ?><script>var o = {}, l = [];</script>'


@pytest.mark.parametrize("text", [NOTICE, LOADER, "\n\n\t", "x [] {} [1, 2]", "{" * 50], ids=range(5))
def test_text_before_the_json_costs_nothing(tmp_path: Path, text: str) -> None:
    fake = blog()
    fake.fault(faults.junk_before(text))
    assert unharmed(harvest(fake, tmp_path / "a"))


def test_what_stood_around_the_json_is_in_the_journal(tmp_path: Path) -> None:
    fake = blog()
    fake.fault(faults.junk_before(LOADER))
    found = harvest(fake, tmp_path / "a")
    entries = journal.read(found.root / "data/raw" / f"{found.done.run.run}.jsonl.gz")
    assert all("@eval" in str(entry) for entry in entries)


@pytest.mark.parametrize(
    "text", ["\n<!-- cached by a plugin -->", '{"code":"wp_die","message":"x"}', "[]", "\n0", "<html>" * 9]
)
def test_text_after_the_json_costs_nothing(tmp_path: Path, text: str) -> None:
    fake = blog()
    fake.fault(faults.junk_after(text))
    assert unharmed(harvest(fake, tmp_path / "a"))


def test_a_text_that_was_printed_beside_the_json_comes_from_the_feed(tmp_path: Path) -> None:
    fake = blog()
    fake.fault(further.echoed(7))
    found = harvest(fake, tmp_path / "a")
    assert found.posts[7].content.html == "<p>Text 7: Grüße, 你好 😀</p>\n"
    assert found.posts[7].author == 1  # what REST told stays
    assert len(found.posts) == POSTS_COUNT + 2
    assert found.code == Exit.DONE


def test_a_text_that_was_printed_beside_the_json_is_named_when_nobody_has_it(tmp_path: Path) -> None:
    fake = blog()
    fake.fault(further.echoed(7))
    fake.fault(faults.feeds_closed(403))
    found = harvest(fake, tmp_path / "a")
    assert found.posts[7].title == "Post 7"
    assert not found.posts[7].content.complete
    assert [loss.id for loss in found.lost] == [7]
    assert found.code == Exit.INCOMPLETE


@pytest.mark.parametrize("count", [1, 3])
def test_byte_order_marks_cost_nothing(tmp_path: Path, count: int) -> None:
    fake = blog()
    fake.fault(faults.bom(count))
    assert unharmed(harvest(fake, tmp_path / "a"))


@pytest.mark.parametrize(
    "kind",
    ["application/json; charset=ISO-8859-1", "text/html; charset=Shift_JIS", "text/plain; utf-8", "text/xml"],
)
def test_the_content_type_is_not_believed(tmp_path: Path, kind: str) -> None:
    fake = blog()
    fake.fault(faults.wrong_type(kind))
    # WordPress writes ASCII; a plugin may set JSON_UNESCAPED_UNICODE, and then the charset matters.
    fake.fault(Fault("unescaped", faults.rest, faults.body(plain_utf8)))
    assert unharmed(harvest(fake, tmp_path / "a"))


def plain_utf8(body: bytes) -> bytes:
    return json.dumps(json.loads(body), ensure_ascii=False, separators=(",", ":")).encode()


@pytest.mark.parametrize("title", ["Log In", "Coming soon", "Welcome"])
def test_a_web_page_instead_of_the_api_leads_to_the_feeds(tmp_path: Path, title: str) -> None:
    fake = blog()
    fake.fault(faults.page_instead(text=f"<title>{title}</title>"))
    found = harvest(fake, tmp_path / "a")
    assert {p.title for p in found.posts.values()} >= {f"Post {n}" for n in range(1, POSTS_COUNT + 1)}
    assert len(found.comments) == 12
    assert found.code == Exit.INCOMPLETE
    assert {"authors", "media"} <= set(found.closed)


def test_a_web_page_instead_of_one_collection_is_named_by_its_title(tmp_path: Path) -> None:
    fake = blog()
    fake.fault(faults.page_instead(text="<title>Coming &amp; soon</title>", when=faults.on("media")))
    found = harvest(fake, tmp_path / "a")
    assert "web page instead of data (“Coming & soon”)" in str(found.lost + list(found.closed.values()))
    assert len(found.posts) == POSTS_COUNT + 2
    assert found.code == Exit.INCOMPLETE


def test_web_pages_everywhere_are_an_error_that_says_so(tmp_path: Path) -> None:
    fake = blog()
    fake.fault(faults.page_instead(when=faults.everything))
    with pytest.raises(SourceError, match="not as a WordPress site"):
        harvest(fake, tmp_path / "a")
    assert not (tmp_path / "a").exists()
    assert len(fake.requests) < 40


def test_half_an_emoji_is_replaced_and_all_can_be_written(tmp_path: Path) -> None:
    fake = blog()
    fake.fault(faults.lone_surrogate())
    found = harvest(fake, tmp_path / "a")
    assert len(found.posts) == POSTS_COUNT + 2
    assert any("\ufffd" in (c.content.html or "") for c in found.comments.values())
    for name, content in found.records().items():
        assert content.decode("utf-8"), name


def test_a_post_that_breaks_its_page_comes_from_the_feed(tmp_path: Path) -> None:
    fake = blog()
    fake.fault(faults.poison(7))
    found = harvest(fake, tmp_path / "a")
    assert found.posts[7].content.html == "<p>Text 7: Grüße, 你好 😀</p>\n"
    assert found.posts.keys() == set(range(1, POSTS_COUNT + 1)) | {40, 41}
    assert len(fake.asked("posts")) < 60


def test_a_post_that_breaks_its_page_is_named_when_no_feed_has_it(tmp_path: Path) -> None:
    fake = blog()
    fake.fault(faults.poison(7))
    fake.fault(faults.feeds_closed(403))
    found = harvest(fake, tmp_path / "a")
    assert found.posts.keys() == set(range(1, POSTS_COUNT + 1)) - {7} | {40, 41}
    (loss,) = found.lost
    assert "after number 6" in loss.reason
    assert "rest_encode_error" in loss.reason
    assert found.code == Exit.INCOMPLETE


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'[{"id":'])
def test_json_without_bottom_is_refused_and_named(tmp_path: Path, opening: bytes) -> None:
    fake = blog()
    fake.fault(faults.Fault("deep", faults.on("media"), faults.answering(200, opening * 100_000)))
    found = harvest(fake, tmp_path / "a")
    assert "Media" in str(found.lost)
    assert found.code == Exit.INCOMPLETE
    assert len(found.posts) == POSTS_COUNT + 2
