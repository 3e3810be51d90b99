from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from tests.export.blogs import sample
from wpexport.errors import Exit, UsageError
from wpexport.ops.events import Exported
from wpexport.ops.export import ExportRequest, export
from wpexport.ops.selection import NOT_CHOSEN, Selected, Selection, moment, numbers

GOLDEN = Path(__file__).parents[2] / "samples/archive"


def slugs(tmp_path: Path, selection: Selection) -> list[str]:
    return [post.slug for post in Selected(sample(tmp_path), selection).posts()]


def test_types(tmp_path: Path) -> None:
    blog = Selected(sample(tmp_path), Selection(only=frozenset({"pages"})))
    assert {post.type for post in blog.posts()} == {"page"}
    assert blog.left_out[NOT_CHOSEN] > 0
    with pytest.raises(UsageError, match="'recipe'"):
        Selected(sample(tmp_path), Selection(only=frozenset({"recipe"})))


def test_texts_with_comments(tmp_path: Path) -> None:
    assert slugs(tmp_path, Selection(only=frozenset({"comments"}))) == ["hello"]


@pytest.mark.parametrize("word", ["ANA", "ana & ben", "3"])
def test_an_author_by_any_name(tmp_path: Path, word: str) -> None:
    assert slugs(tmp_path, Selection(authors=frozenset({word}))) == ["hello"]


def test_an_author_without_number(tmp_path: Path) -> None:
    assert slugs(tmp_path, Selection(authors=frozenset({"Ana: the 2nd"}))) == ["odd"]


@pytest.mark.parametrize("word", ["cafe-bar", "CAFÉ & BAR", "1"])
def test_a_category_by_any_name(tmp_path: Path, word: str) -> None:
    assert slugs(tmp_path, Selection(categories=frozenset({word}))) == ["hello", "日本語"]


@pytest.mark.parametrize(
    ("chosen", "named"),
    [
        ({"authors": frozenset({"Ana & Ben", "Nobody"})}, "--author Nobody"),
        ({"categories": frozenset({"1", "Nothing"})}, "--category Nothing"),
        ({"ids": ((1, 1), (7000, 7009), (8, 8))}, "--ids 7000-7009"),
        ({"only": frozenset({"comments", "pages"})}, "--only"),
    ],
)
def test_what_matches_nothing_is_named(tmp_path: Path, chosen: dict[str, Any], named: str) -> None:
    with pytest.raises(UsageError) as caught:
        Selected(sample(tmp_path), Selection(**chosen))
    assert str(caught.value) == f"No text that would go out matches {named}."


def test_a_category_holds_those_below_it() -> None:
    from wpexport.archive.archive import Archive
    from wpexport.archive.reader import Reader

    reader = Reader(Archive.open(GOLDEN))
    chosen = list(Selected(reader, Selection(categories=frozenset({"birds"}))).posts())
    below = {number for number, term in reader.terms().items() if term.slug in {"birds", "sea-birds", "auks"}}
    assert chosen
    assert all(set(post.terms) & below for post in chosen)
    assert any(3 not in post.terms for post in chosen)


def test_days_are_the_blogs_own_and_both_are_included(tmp_path: Path) -> None:
    selection = Selection(since=moment("2021-10-25"), until=moment("2021-10-26", end=True))
    assert slugs(tmp_path, selection)[:2] == ["hello", "odd"]
    exact = Selection(since=moment("2021-10-25T09:00Z"), until=moment("2021-10-25T09:00Z"))
    assert slugs(tmp_path, exact) == ["hello"]
    # A time in which nothing was published is no mistake: a crontab asks for last night, each night.
    assert not slugs(tmp_path, Selection(since=moment("2021-10-25T09:01Z"), until=moment("2021-10-26")))
    with pytest.raises(UsageError, match="no day"):
        moment("yesterday")


def test_numbers(tmp_path: Path) -> None:
    assert numbers("3, 7,100-199") == ((3, 3), (7, 7), (100, 199))
    assert slugs(tmp_path, Selection(ids=numbers("1-2"))) == ["hello", "odd"]
    for bad in ("x", "3-", "9-2", "-1"):
        with pytest.raises(UsageError, match="no number"):
            numbers(bad)


def test_a_selection_leaves_the_rest_of_a_former_export_alone(tmp_path: Path) -> None:
    *_, whole = export(GOLDEN, tmp_path / "out", ExportRequest())
    *_, part = export(GOLDEN, tmp_path / "out", ExportRequest(selection=Selection(ids=((11, 11),))))
    assert isinstance(whole, Exported)
    assert isinstance(part, Exported)
    assert part.posts == 1
    assert (part.written, part.stale, part.removed) == (0, [], 0) or part.written == 1
    assert part.left_out[NOT_CHOSEN] == whole.posts - 1
    *_, again = export(GOLDEN, tmp_path / "out", ExportRequest())
    assert isinstance(again, Exported)
    assert again.stale == []


@pytest.mark.parametrize("name", ["report.csv", "report.txt"])
def test_the_report_names_each_text(tmp_path: Path, name: str) -> None:
    *_, done = export(GOLDEN, tmp_path / "out", ExportRequest(report=tmp_path / "deep" / name))
    assert isinstance(done, Exported)
    assert done.exit_code == Exit.DONE
    text = (tmp_path / "deep" / name).read_text("utf-8")
    if name.endswith(".csv"):
        rows = list(csv.DictReader(text.splitlines()))
        counted = dict.fromkeys(done.notices, 0)
        for row in rows:
            counted[row["kind"]] += int(row["count"])
        assert counted == done.notices
    else:
        assert (
            "link that leads to nothing in the archive: https://tuulisaari.example/2020/01/long-gone/" in text
        )


def test_a_report_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    from wpexport.errors import WpexportError

    (tmp_path / "file").write_text("")
    with pytest.raises(WpexportError, match="report cannot be written"):
        list(export(GOLDEN, tmp_path / "out", ExportRequest(report=tmp_path / "file" / "x.txt")))
