from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import yaml as pyyaml
from hypothesis import given
from hypothesis import strategies as st

from wpexport.text import frontmatter
from wpexport.text.frontmatter import Plain, pelican, rfc3339, toml, yaml

ODD = 'part \\1: "yes" {{< x >}} {% y %}'
EAST = timezone(timedelta(hours=3))

texts = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40)
scalars = texts | st.booleans() | st.integers(-(2**53), 2**53) | st.dates()
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


def read_yaml(text: str) -> Any:
    assert text.startswith("---\n")
    assert text.endswith("\n---\n")
    return pyyaml.safe_load(text[4:-4])


def read_toml(text: str) -> Any:
    assert text.startswith("+++\n")
    assert text.endswith("\n+++\n")
    return tomllib.loads(text[4:-4])


def test_the_odd_title_survives() -> None:
    assert read_yaml(yaml({"title": ODD})) == {"title": ODD}
    assert read_toml(toml({"title": ODD})) == {"title": ODD}
    assert pelican({"Title": ODD}) == f"Title: {ODD}\n\n"


def test_words_that_look_like_something_else_stay_texts() -> None:
    words = ["yes", "no", "1.0", "2024-01-01", "null", "~", "0x1f", "1:30", "", " a ", "- a", "#"]
    words += ["é", "&a", "!!x", "*a", "a: b", "%", "@", "`"]
    assert read_yaml(yaml({"tags": words})) == {"tags": words}
    assert read_toml(toml({"tags": words})) == {"tags": words}


@given(st.dictionaries(texts, values, max_size=5))
def test_everything_is_read_back_by_pyyaml(fields: dict[str, Any]) -> None:
    assert read_yaml(yaml({"first": 1, **fields})) == {"first": 1, **fields}


@given(st.dictionaries(texts, values, max_size=5))
def test_everything_is_read_back_by_tomllib(fields: dict[str, Any]) -> None:
    assert read_toml(toml({"first": 1, **fields})) == {"first": 1, **fields}


@given(st.text(max_size=60))
def test_no_text_can_end_the_header(text: str) -> None:
    assert yaml({"a": text}).count("\n---") == 1
    assert pelican({"a": text, "b": "c"}).count("\n") == 3


def test_dates_are_dates() -> None:
    moment = datetime(2021, 10, 25, 12, 0, tzinfo=EAST)
    text = yaml({"date": moment, "day": date(2021, 10, 25), "own": Plain("2021-10-25 12:00:00 +0300")})
    assert text.splitlines()[1:4] == [
        "date: 2021-10-25T12:00:00+03:00",
        "day: 2021-10-25",
        "own: 2021-10-25 12:00:00 +0300",
    ]
    assert read_yaml(yaml({"date": moment})) == {"date": moment}
    assert read_toml(toml({"date": moment})) == {"date": moment}


def test_offsets_with_seconds_are_told_in_utc() -> None:
    odd = datetime(1890, 1, 1, tzinfo=timezone(timedelta(minutes=34, seconds=8)))
    assert rfc3339(odd) == "1889-12-31T23:25:52+00:00"
    assert rfc3339(datetime(2021, 1, 1, 1, 1, 1, 5, tzinfo=UTC)) == "2021-01-01T01:01:01+00:00"


def test_it_reads_well() -> None:
    text = yaml({"tags": ["a", "b"], "none": None, "params": {"author": "Ana", "ids": [], "empty": {}}})
    assert text == '---\ntags: ["a", "b"]\nparams:\n  author: "Ana"\n  ids: []\n  empty: {}\n---\n'
    long = yaml({"tags": ["x" * 60, "y" * 60]})
    assert long == f'---\ntags:\n  - "{"x" * 60}"\n  - "{"y" * 60}"\n---\n'
    assert toml({"a": {"b": {"c": 1}}}) == "+++\n[a.b]\nc = 1\n+++\n"
    assert toml({"a": {"b": 1}, "c": 2}) == "+++\nc = 2\n\n[a]\nb = 1\n+++\n"


def test_numbers() -> None:
    assert read_yaml(yaml({"a": 1.5, "b": 1e300})) == {"a": 1.5, "b": "1e+300"}


def test_pelican_lists() -> None:
    assert pelican({"Tags": ["a", "b"]}) == "Tags: a, b\n\n"
    assert pelican({"Tags": ["a, b"]}) == "Tags: a, b;\n\n"
    assert pelican({"Tags": ["a, b", "c;d"]}) == "Tags: a, b; c；d\n\n"
    assert pelican({"Tags": [], "A": None, "B": {"x": 1}}) == 'B: {"x": 1}\n\n'


def test_writers_by_name() -> None:
    assert set(frontmatter.WRITERS) == {"yaml", "toml", "pelican"}
