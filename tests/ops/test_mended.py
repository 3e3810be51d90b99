"""What was damaged on its way and could be read all the same is counted, named, and no reason for alarm."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.breakages.further import feed_text
from tests.breakages.pulled import Harvest, blog, harvest
from tests.breakages.test_feeds import CHANGES
from tests.cli.test_limits import wpexport
from tests.fakewp import FakeWordPress, faults
from wpexport.errors import Exit

WXR = """<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:wp="http://wordpress.org/export/1.2/"
xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>B</title><link>https://b.test</link><wp:wxr_version>1.2</wp:wxr_version>
<wp:base_blog_url>https://b.test</wp:base_blog_url>
<item><title>A & B</title><link>https://b.test/a/</link><wp:post_id>1</wp:post_id><wp:post_type>post</wp:post_type>
<wp:status>publish</wp:status><content:encoded><![CDATA[x]]></content:encoded></item></channel></rss>"""


def said(found: Harvest) -> str:
    """What the report says of it; the same sentence is in the file."""
    assert found.report()["warnings"] == found.done.run.warnings
    return " ".join(found.done.run.warnings)


def test_a_healthy_site_has_nothing_of_it(tmp_path: Path) -> None:
    assert said(harvest(blog(), tmp_path / "a")) == ""


def test_answers_of_the_api(tmp_path: Path) -> None:
    fake = blog()
    fake.fault(faults.junk_before())
    fake.fault(faults.lone_surrogate())
    found = harvest(fake, tmp_path / "a")
    assert found.code == Exit.DONE
    text = said(found)
    assert text.startswith("Damaged on the way, and mended: half characters")
    assert "text before the JSON (" in text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("a notice before", "in feeds, text before the feed"),
        ("a script after", "in feeds, text after the feed"),
        ("control characters", "in feeds, characters that XML forbids"),
        ("bare ampersands", "in feeds, XML that is ill-formed"),
    ],
)
def test_feeds(tmp_path: Path, change: str, words: str) -> None:
    fake = blog()
    fake.fault(faults.rest_closed())
    fake.fault(feed_text(CHANGES[change]))
    text = said(harvest(fake, tmp_path / "a"))
    assert words in text
    assert "XMLSyntax" not in text


def test_feeds_that_only_fill_the_gaps(tmp_path: Path) -> None:
    fake: FakeWordPress = blog()
    fake.fault(faults.refused("comments"))
    fake.fault(feed_text(CHANGES["a notice before"]))
    found = harvest(fake, tmp_path / "a")
    assert found.code == Exit.DONE
    assert "in feeds, text before the feed" in said(found)


def test_an_export_file_and_the_words_of_the_command(tmp_path: Path) -> None:
    (tmp_path / "b.xml").write_text(WXR, encoding="utf-8")
    done = wpexport("pull", tmp_path / "b.xml", tmp_path / "a", "--media", "none")
    assert done.returncode == Exit.DONE
    assert "Damaged on the way, and mended: bare ampersands." in done.stdout.splitlines()
    told = wpexport("pull", "--json", tmp_path / "b.xml", tmp_path / "a", "--media", "none").stdout
    assert "bare ampersands" in json.loads(told.splitlines()[-1])["run"]["warnings"][0]
