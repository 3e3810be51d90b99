"""Comments for other systems, checked by readers that are as strict as those systems' importers."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.export.test_wxr import Folder, MemoryBlog, a_comment, a_post
from wpexport.export.base import Notice
from wpexport.export.comment_systems.as_json import Artalk, Commento, Remark42
from wpexport.export.comment_systems.as_xml import Disqus, Isso
from wpexport.export.comment_systems.base import CommentExporter, CommentOptions
from wpexport.export.urlmap import UrlMap
from wpexport.model import CommentAuthor, Markup, Personal, Site

WP = "{http://wordpress.org/export/1.2/}"
WP0 = "{http://wordpress.org/export/1.0/}"
EVERY: list[type[CommentExporter]] = [Isso, Remark42, Disqus, Commento, Artalk]


def blog() -> MemoryBlog:
    comments = [
        a_comment(1),
        a_comment(2, 1),
        a_comment(3, 2, author=CommentAuthor(name=""), content=Markup(html="<p>ok</p>\n<p>b</p>")),
        a_comment(4, status="hold"),
        a_comment(5, 4),
        a_comment(6, type="pingback"),
        a_comment(7, content=Markup(raw=" \x0b ")),
        a_comment(8, date=None),
        a_comment(9, author=CommentAuthor(name="Visitor 1", url="https://v.example/?a=1&b=2")),
    ]
    other = [a_comment(10, post=2)]
    posts = [a_post(1, title=""), a_post(2, status="draft"), a_post(3), a_post(4, password_protected=True)]
    return MemoryBlog(posts, {1: comments, 2: other, 4: [a_comment(11, post=4)]})


def export(
    kind: type[CommentExporter], folder: Path, options: CommentOptions | None = None, **more: Any
) -> tuple[CommentExporter, dict[str, Notice]]:
    exporter = kind(blog(), Folder(folder), options, **more)
    told = [event for event in exporter.run() if isinstance(event, Notice)]
    assert exporter.report.comments == 7
    assert exporter.report.left_out == {"not approved": 1, "pingbacks": 1}
    return exporter, {notice.kind: notice for notice in told}


def text(element: ElementTree.Element, name: str) -> str:
    found = element.find(name)
    assert found is not None, name
    return found.text or ""


@pytest.mark.parametrize("kind", EVERY)
def test_every_system_says_how_to_import_and_invents_nothing_secret(
    tmp_path: Path, kind: type[CommentExporter]
) -> None:
    _, notices = export(kind, tmp_path / "a")
    assert notices["orphans"].count == 1
    assert kind.name in notices["how-to"].detail
    data = (tmp_path / "a" / kind.name).read_text()
    assert "mail.example" not in data
    secret = Personal(id=1, of="comment", email="v@mail.example", ip="192.0.2.7")
    export(kind, tmp_path / "b", private=lambda _of, number: secret if number == 1 else None)
    if kind is not Remark42:
        assert "v@mail.example" in (tmp_path / "b" / kind.name).read_text()


@pytest.mark.parametrize("kind", EVERY)
def test_addresses_follow_the_new_site(tmp_path: Path, kind: type[CommentExporter]) -> None:
    options = CommentOptions(url_map=UrlMap.of([("https://old.example/1/", "https://new.example/one/")]))
    export(kind, tmp_path, options)
    data = (tmp_path / kind.name).read_text()
    assert "https://new.example/one/" in data
    assert "<link>https://old.example/1/" not in data


def test_isso(tmp_path: Path) -> None:
    _, notices = export(Isso, tmp_path)
    data = (tmp_path / "isso.xml").read_bytes()
    assert re.search(rb"http://wordpress.org/export/(1\.\d)/", data[:8192])
    found = ElementTree.fromstring(data).findall("channel/item")
    assert [text(item, "link") for item in found] == ["https://old.example/1/"]
    assert text(found[0], "title") == "post-1"
    times: list[str] = []
    parents: dict[str, str] = {}
    for comment in found[0].findall(f"{WP}comment"):
        for name in ("comment_id", "comment_parent", "comment_content", "comment_author_IP"):
            assert text(comment, f"{WP}{name}"), name
        for name in ("comment_author", "comment_author_email", "comment_author_url"):
            assert comment.find(f"{WP}{name}") is not None
        times.append(text(comment, f"{WP}comment_date_gmt"))
        assert datetime.fromisoformat(times[-1])
        assert text(comment, f"{WP}comment_approved") == "1"
        parents[text(comment, f"{WP}comment_id")] = text(comment, f"{WP}comment_parent")
    assert parents == {"1": "0", "2": "1", "3": "2", "5": "0", "7": "0", "8": "0", "9": "0"}
    assert times[0] == "2023-02-01 12:31:00"
    assert (notices["flattened"].count, notices["empty"].count, notices["undated"].count) == (1, 1, 1)
    assert notices["illegal-characters"].count == 1
    assert "TZ=UTC" in notices["how-to"].detail


def test_remark42(tmp_path: Path) -> None:
    _, notices = export(Remark42, tmp_path, CommentOptions(site="mine"))
    lines = (tmp_path / "remark42.jsonl").read_text().splitlines()
    assert json.loads(lines[0]) == {"version": 1, "users": [], "posts": []}
    found = [json.loads(line) for line in lines[1:]]
    seen: set[str] = set()
    for comment in found:
        assert comment["pid"] == "" or comment["pid"] in seen
        seen.add(comment["id"])
        assert comment["locator"] == {"site": "mine", "url": "https://old.example/1/"}
        assert set(comment["user"]) == {"name", "id", "picture", "admin", "verified"}
        assert comment["user"]["name"]
        assert datetime.fromisoformat(comment["time"]).utcoffset() is not None
        assert comment["imported"] is True
    assert found[0]["text"] == "<p>Comment 1 ]]> & <b>more</b></p>"
    assert found[2]["text"] == "<p>ok</p>\n<p>b</p>"
    assert found[0]["user"]["id"] == found[-1]["user"]["id"] != found[1]["user"]["id"]
    assert "deletes" in notices["how-to"].detail


def test_disqus(tmp_path: Path) -> None:
    _, notices = export(Disqus, tmp_path)
    data = (tmp_path / "disqus.xml").read_bytes()
    assert b'xmlns:dsq="http://www.disqus.com/"' in data
    (item,) = ElementTree.fromstring(data).findall("channel/item")
    assert text(item, "{http://www.disqus.com/}thread_identifier") == "1 https://old.example/?p=1"
    assert text(item, "{http://purl.org/rss/1.0/modules/content/}encoded")
    assert text(item, f"{WP0}comment_status") == "open"
    when = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
    assert re.fullmatch(when, text(item, f"{WP0}post_date_gmt"))
    names: dict[str, str] = {}
    for comment in item.findall(f"{WP0}comment"):
        names_needed = ["id", "author", "author_email", "author_url", "author_IP", "date_gmt", "approved"]
        for name in [*names_needed, "content", "parent"]:
            assert comment.find(f"{WP0}comment_{name}") is not None, name
        assert re.fullmatch(when, text(comment, f"{WP0}comment_date_gmt"))
        assert len(text(comment, f"{WP0}comment_content")) >= 3
        author, email = text(comment, f"{WP0}comment_author"), text(comment, f"{WP0}comment_author_email")
        assert names.setdefault(email, author) == author
        assert email.endswith("@noreply.invalid")
    assert notices["padded"].count == 1


def test_disqus_files_are_split(tmp_path: Path) -> None:
    many = MemoryBlog([a_post(n) for n in range(1, 9)], {n: [a_comment(n, post=n)] for n in range(1, 9)})
    exporter = Disqus(many, Folder(tmp_path), CommentOptions(split=3000))
    list(exporter.run())
    assert len(exporter.report.facts["files"]) > 2
    for name in exporter.report.facts["files"]:
        assert (tmp_path / name).stat().st_size <= 3000
        ElementTree.parse(tmp_path / name)


def test_commento(tmp_path: Path) -> None:
    export(Commento, tmp_path)
    data = json.loads((tmp_path / "commento.json").read_text())
    assert set(data) == {"version", "comments", "commenters"}
    assert data["version"] == 1
    people = {person["commenterHex"]: person for person in data["commenters"]}
    assert len({person["email"] for person in people.values()}) == len(people) == 6
    seen = {"root"}
    for comment in data["comments"]:
        assert comment["commenterHex"] in people
        assert comment["parentHex"] in seen
        assert re.fullmatch(r"[0-9a-f]{64}", comment["commentHex"])
        assert comment["commentHex"] not in seen
        seen.add(comment["commentHex"])
        assert (comment["state"], comment["deleted"], comment["score"]) == ("approved", False, 0)
        assert comment["creationDate"].endswith("Z")
    assert len(data["comments"]) == 7


def test_artalk(tmp_path: Path) -> None:
    export(Artalk, tmp_path)
    data = json.loads((tmp_path / "artrans.json").read_text())
    seen = {"0"}
    for comment in data:
        assert all(isinstance(value, str) for value in comment.values())
        assert comment["rid"] in seen
        seen.add(comment["id"])
        assert datetime.strptime(comment["created_at"], "%Y-%m-%d %H:%M:%S %z").tzinfo
        assert comment["nick"]
        assert comment["email"]
        assert comment["page_key"] == "https://old.example/1/"
        assert comment["site_name"] == "Old & <b>"
    assert len(data) == 7


@pytest.mark.parametrize("kind", EVERY)
def test_no_comments_still_make_a_valid_file(tmp_path: Path, kind: type[CommentExporter]) -> None:
    exporter = kind(MemoryBlog([a_post(3)], _site=Site(home="https://h")), Folder(tmp_path))
    list(exporter.run())
    data = (tmp_path / kind.name).read_text()
    if kind.name.endswith(".xml"):
        ElementTree.fromstring(data)
    else:
        json.loads(data)
