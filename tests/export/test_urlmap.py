"""``--url-map``: new addresses by rule."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.export.test_wxr import Folder, MemoryBlog, a_comment, a_post
from wpexport.errors import UsageError
from wpexport.export.base import Notice, Options
from wpexport.export.comment_systems.as_json import Remark42
from wpexport.export.comment_systems.as_xml import Disqus, Isso
from wpexport.export.comment_systems.base import CommentExporter, CommentOptions
from wpexport.export.markdown.redirect_files import as_csv
from wpexport.export.markdown.redirects import Redirect
from wpexport.export.urlmap import UrlMap
from wpexport.export.wxr.exporter import WxrExporter, WxrOptions
from wpexport.model import Markup

OLD = "https://old.example"

RULES = r"""
# a beginning, and a longer one
https://old.example/ https://new.example/
/2021/            /archive/

= /2021/10/hello/ /posts/hello/
~ /\d{4}/\d\d/([^/]+)/$   /by-name/\1/
"""


def rules(tmp_path: Path, text: str, name: str = "rules.txt") -> UrlMap:
    (tmp_path / name).write_text(text, encoding="utf-8")
    return UrlMap.of([], [tmp_path / name])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (f"{OLD}/2021/10/hello/", f"{OLD}/posts/hello/"),
        (f"{OLD}/2021/10/hello/#comment-3", f"{OLD}/posts/hello/#comment-3"),
        (f"{OLD}/2021/10/other/?a=1", "https://new.example/2021/10/other/?a=1"),
        (f"{OLD.replace('s:', ':')}/2020/", "https://new.example/2020/"),
        ("https://elsewhere.example/2022/05/x/", "https://elsewhere.example/by-name/x/"),
        ("https://elsewhere.example/2021/05/x/", "https://elsewhere.example/archive/05/x/"),
        ("https://elsewhere.example/about/", None),
    ],
)
def test_one_address_then_the_longest_beginning_then_an_expression(
    tmp_path: Path, old: str, new: str | None
) -> None:
    moved = rules(tmp_path, RULES)
    assert moved.new(old) == new
    assert moved(old) == (new or old)


def test_a_host_is_no_beginning_of_another(tmp_path: Path) -> None:
    moved = UrlMap.of([(OLD, "https://new.example")])
    assert moved(f"{OLD}.org/x") == f"{OLD}.org/x"
    assert moved(f"{OLD}/x") == "https://new.example/x"
    assert moved(OLD) == "https://new.example"


def test_our_own_table_of_redirects_is_a_file_of_rules(tmp_path: Path) -> None:
    rows = [
        Redirect("/2021/10/ål", (), "/posts/ål/", "post"),
        Redirect("", ("p", "7"), "/posts/7/", "post"),
        Redirect("/gone", (), "", "post"),
    ]
    path = tmp_path / "redirects.csv"
    path.write_bytes(as_csv(rows))
    moved = UrlMap.of([(OLD, "https://new.example")], [path])
    assert moved(f"{OLD}/2021/10/ål/") == "https://new.example/posts/ål/"
    assert moved(f"{OLD}/?p=7") == "https://new.example/posts/7/"
    assert moved(f"{OLD}/gone/") == "https://new.example/gone/"
    assert UrlMap.of([], [path]).new(f"{OLD}/gone/") is None


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.csv", "from,to\n/a/,/b/\n", "no columns named old and new"),
        ("a.csv", "old,new\na,b\n", "line 2: 'a' is no address"),
        ("a.txt", "\n/a/\n", "line 2: '/a/' is no rule"),
        ("a.txt", "/a/ /b/ /c/", "line 1"),
        ("a.txt", "~ /(a /b/", "no regular expression: missing"),
        ("a.txt", r"~ /(a)/ /\2/", "no regular expression: invalid group reference"),
        ("a.txt", "= hello /b/", "'hello' is no address"),
    ],
)
def test_what_is_no_rule_is_named_with_its_line(tmp_path: Path, name: str, text: str, says: str) -> None:
    with pytest.raises(UsageError, match=re.escape(says)):
        rules(tmp_path, text, name)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nothing\.csv cannot be read"):
        UrlMap.of([], [tmp_path / "nothing.csv"])


def test_addresses_in_texts(tmp_path: Path) -> None:
    moved = UrlMap.of([(OLD, "https://new.example/blog")])
    text = f'<a href="{OLD}/a/?x=1&amp;y=2">a</a> {OLD}, '
    text += '<a href=\'http://old.example\'> {"url":"https:\\/\\/old.example\\/b"}'
    assert moved.in_text(text) == (
        '<a href="https://new.example/blog/a/?x=1&amp;y=2">a</a> https://new.example/blog, '
        '<a href=\'https://new.example/blog\'> {"url":"https:\\/\\/new.example\\/blog\\/b"}'
    )


@pytest.mark.parametrize("kind", [Isso, Disqus, Remark42])
def test_comments_find_their_page_at_its_new_address(tmp_path: Path, kind: type[CommentExporter]) -> None:
    posts = [
        a_post(n, url=f"{OLD}/2021/10/{name}/") for n, name in ((1, "hello"), (2, "other"), (3, "third"))
    ]
    posts.append(a_post(4, url=f"{OLD}/about/"))
    blog = MemoryBlog(posts, {n: [a_comment(n, post=n)] for n in (1, 2, 3, 4)})
    moved = rules(tmp_path, "= /2021/10/hello/ /posts/hello/\n~ /2021/(\\d+)/o(.*) /\\1/O\\2\n/2021/ /new/")
    exporter = kind(blog, Folder(tmp_path / "out"), CommentOptions(url_map=moved))
    notices = {notice.kind: notice.count for notice in exporter.run() if isinstance(notice, Notice)}
    text = (tmp_path / "out" / kind.name).read_text()
    for new in ("/posts/hello/", "/new/10/other/", "/new/10/third/", "/about/"):
        assert f"{OLD}{new}" in text
    assert notices["address-kept"] == 1


def test_links_in_all_texts_of_a_wxr(tmp_path: Path) -> None:
    post = a_post(1, content=Markup(raw=f'<a href="{OLD}/b/">'), excerpt=Markup(raw=f"{OLD}/c/"))
    comment = a_comment(1, content=Markup(raw=f'<a href="{OLD}/d/">d</a>'))
    footnotes = json.dumps([{"content": f"{OLD}/e/"}]).replace("/", "\\/")
    post = type(post)(
        **{f: getattr(post, f) for f in post.__struct_fields__} | {"meta": {"footnotes": footnotes}}
    )
    options = WxrOptions(url_map=UrlMap.of([(OLD, "https://new.example")]))
    list(WxrExporter(MemoryBlog([post], {1: [comment]}), Folder(tmp_path), options).run())
    text = (tmp_path / "blog.xml").read_text().replace("\\/", "/")
    for name in "bcde":
        assert f"https://new.example/{name}/" in text
        assert f"{OLD}/{name}/" not in text
    assert Options().url_map("https://x.example/") == "https://x.example/"
