"""Every breakage of the catalogue has a test that exists, or a reason; ``docs/`` says the same."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.breakages import table


@pytest.fixture(scope="module")
def collected() -> set[str]:
    """The tests that pytest finds in the files that the table names, without their parameters."""
    files = sorted({test.partition("::")[0] for row in table.breakages() for test in row.tests})
    command = [sys.executable, "-m", "pytest", "--collect-only", "-p", "no:cacheprovider", *files]
    done = subprocess.run(command, cwd=table.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return {line.partition("[")[0] for line in done.stdout.splitlines() if "::" in line}


def test_every_number_has_one_row() -> None:
    assert [row.number for row in table.breakages()] == list(table.NUMBERS)


def test_every_row_names_tests_that_exist_or_says_why_not(collected: set[str]) -> None:
    for row in table.breakages():
        assert row.happens, row.name
        assert row.answer, row.name
        assert row.tests or row.unmet, row.name
        assert not set(row.tests) - collected, row.name


def test_every_test_of_a_breakage_is_in_the_table(collected: set[str]) -> None:
    """A new test here belongs to a number, or to the tests of hostile sites, logins, pairs and the table."""
    named = {test for row in table.breakages() for test in row.tests}
    apart = ("test_hostile", "test_logins", "test_pairs", "test_table")
    ours = {test for test in collected if test.startswith("tests/breakages/")}
    left = {
        test for test in ours - named if not test.startswith(tuple(f"tests/breakages/{a}" for a in apart))
    }
    assert not left


def test_the_page_is_up_to_date() -> None:
    assert table.PAGE.read_text(encoding="utf-8") == table.page(), "run: python -m tests.breakages --write"


def test_the_summary_counts(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.breakages.__main__ import main

    monkeypatch.setattr(sys, "argv", ["tests.breakages"])
    main()
    said = capsys.readouterr().out
    assert f"of {len(table.NUMBERS)} breakages" in said
    assert all(row.name in said for row in table.breakages() if row.unmet)
