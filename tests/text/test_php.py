"""PHP's serialised values: decoded, tolerated where lengths lie, and never trusted."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wpexport.text.php import decode, serialize, stored

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**62), 2**62)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"))
)
#: keys that PHP would turn into numbers make lists of dictionaries when they are 0, 1, 2, ...
KEYS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r")).map(lambda key: f"k{key}")
PLAIN = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, min_size=1, max_size=4)
)


@given(st.lists(PLAIN, max_size=3) | st.dictionaries(KEYS, PLAIN, min_size=1, max_size=3))
def test_round_trip(value: Any) -> None:
    assert decode(serialize(value)) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("plain", "plain"),
        ("", ""),
        ("5", "5"),
        ("a:not it", "a:not it"),
        ("i:5;", 5),
        ("b:0;", False),
        ("N;", None),
        ("d:0.5;", 0.5),
        ('s:2:"é";', "é"),
        ("a:0:{}", []),
        ('a:1:{i:5;s:1:"x";}', {"5": "x"}),
        ('a:2:{s:1:"a";i:1;i:0;a:1:{i:0;b:1;}}', {"a": 1, "0": [True]}),
        # CRLF became LF: the lengths are too large
        ('a:2:{i:0;s:5:"a\nb\n";i:1;s:1:"c";}', ["a\nb\n", "c"]),
        # re-encoded: too small; and a text that itself looks like an end
        ('a:1:{s:1:"k";s:3:"ä";b";}', {"k": 'ä";b'}),
        # objects stay what they are
        ('O:8:"stdClass":0:{}', 'O:8:"stdClass":0:{}'),
        ('a:1:{i:0;O:8:"stdClass":0:{}}', 'a:1:{i:0;O:8:"stdClass":0:{}}'),
        ("d:NAN;", "d:NAN;"),
        ("a:2:{i:0;i:1;}", "a:2:{i:0;i:1;}"),
        ('a:1:{i:0;s:3:"abc', 'a:1:{i:0;s:3:"abc'),
        ("i:5;junk", "i:5;junk"),
    ],
)
def test_values(text: str, value: Any) -> None:
    assert decode(text) == value


def test_hostile_values_cost_nothing(processor_time: None) -> None:
    deep = "a:1:{i:0;" * 100_000
    assert decode(deep) == deep
    huge = "a:999999999:{i:0;i:1;}"
    assert decode(huge) == huge
    long = 's:9999999999:"x";'
    assert decode(long) == "x"


def test_stored_values() -> None:
    assert [stored(value) for value in ("x", True, False, None, 5, 0.5)] == ["x", "1", "", "", "5", "0.5"]
    assert stored(["a\r\nb"]) == 'a:1:{i:0;s:3:"a\nb";}'
    assert stored({"5": "x", "05": "y"}) == 'a:2:{i:5;s:1:"x";s:2:"05";s:1:"y";}'
