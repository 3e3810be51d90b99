from __future__ import annotations

import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wpexport.text.names import LIMIT, Wanted, cut, marked, safe_name, same_file, tell_apart


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("hello-world", "hello-world"),
        ("%E6%97%A5%E6%9C%AC", "日本"),
        ("100%", "100"),
        ("%ff%fe", "ff-fe"),
        ("e\u0301te\u0301", "été"),
        ("CON", "CON-"),
        ("con.txt", "con-.txt"),
        ("Com¹.md", "Com¹-.md"),
        ("console", "console"),
        (".htaccess", "htaccess"),
        ("-rf", "rf"),
        ("_drafts", "drafts"),
        ("a/../../b", "a-..-..-b"),
        ("..", "untitled"),
        ("", "untitled"),
        ("what?.", "what"),
        ("a: b", "a-b"),
        ("evil\u202egnp.exe", "evilgnp.exe"),
        ("zero\u200bwidth", "zerowidth"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("a\x00b\x1bc", "abc"),
        ("backup~", "backup"),
        ("{{ x }}", "x"),
        ("😀", "😀"),
        ("two  spaces\tand\nlines", "two-spaces-and-lines"),
    ],
)
def test_safe_name(text: str, name: str) -> None:
    assert safe_name(text) == name


@given(st.text(max_size=400))
def test_any_text_gives_a_name_that_stays_itself(text: str) -> None:
    name = safe_name(text)
    assert name
    assert len(name.encode()) <= LIMIT + 1  # a device's name gets one dash
    assert not set(name) & set('<>:"/\\|?*\0\n')
    assert name == unicodedata.normalize("NFC", name)
    assert name not in {".", ".."}
    assert not name.endswith((".", " "))
    assert safe_name(name) == name


def test_long_names_are_cut_at_a_character_and_keep_the_extension() -> None:
    name = safe_name("語" * 300 + ".jpeg")
    assert name.endswith(".jpeg")
    assert len(name.encode()) <= LIMIT
    assert set(name[:-5]) == {"語"}
    assert cut("ae\u0301", 2) == "a"


def test_same_file() -> None:
    assert same_file("A/Été.md") == same_file("a/e\u0301TE\u0301.MD")
    assert same_file("straße") == same_file("STRASSE")
    assert same_file("a") != same_file("b")


def test_the_smallest_key_keeps_the_plain_path() -> None:
    wanted = {key: Wanted("posts/Hello" if key == 9 else "posts/hello", str(key)) for key in (3, 7, 9)}
    assert tell_apart(wanted) == {3: "posts/hello", 7: "posts/hello-7", 9: "posts/Hello-9"}


def test_a_marked_path_never_takes_another_ones_plain_path() -> None:
    wanted = {1: Wanted("a", "1"), 2: Wanted("a", "2"), 3: Wanted("a-2", "3")}
    assert tell_apart(wanted) == {1: "a", 2: "a-2-2", 3: "a-2"}


def test_the_mark_comes_before_the_ending() -> None:
    wanted = {1: Wanted("a", "1", ".md"), 2: Wanted("a", "2", ".md"), 3: Wanted("a", "3", "/index.md")}
    assert tell_apart(wanted) == {1: "a.md", 2: "a-2.md", 3: "a/index.md"}


def test_taken_paths_are_given_to_nobody() -> None:
    assert tell_apart({5: Wanted("README", "5")}, ["readme"]) == {5: "README-5"}


@given(st.dictionaries(st.integers(1, 999), st.text(alphabet="aAé-1", max_size=3), max_size=30), st.randoms())
def test_telling_apart_does_not_depend_on_the_order(slugs: dict[int, str], chance: random.Random) -> None:
    wanted = {key: Wanted(f"posts/{safe_name(slug)}", str(key)) for key, slug in slugs.items()}
    shuffled = list(wanted.items())
    chance.shuffle(shuffled)
    result = tell_apart(wanted)
    assert tell_apart(dict(shuffled)) == result
    assert len({same_file(path) for path in result.values()}) == len(wanted)


def test_marks_fit_into_the_limit() -> None:
    assert len(marked("a/" + "語" * 66 + "xy", "12345").split("/")[1].encode()) <= LIMIT
