"""The shared measure of fidelity, where it is at hand beside the checkout."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from wpexport.text.markdown import html_to_markdown

SHARED = Path(__file__).parents[2].parent / "shared"
MEASURE = SHARED / "tools" / "fidelity.py"
CORPORA = SHARED / "data" / "html"

pytestmark = [
    pytest.mark.skipif(
        not MEASURE.is_file() or not CORPORA.is_dir(), reason="the shared measure is not here"
    ),
    pytest.mark.filterwarnings(
        "ignore::ResourceWarning"
    ),  # the measure leaves the closing of files to Python
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def measure() -> ModuleType:
    pytest.importorskip("rapidfuzz")
    spec = importlib.util.spec_from_file_location("shared_fidelity", MEASURE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    limit = sys.getrecursionlimit()
    spec.loader.exec_module(module)
    sys.setrecursionlimit(limit)
    return module


@pytest.mark.parametrize(
    ("corpus", "core", "lossless", "html"),
    [("real", 0.999, 0.985, 0.06), ("cases", 0.993, 0.95, 0.16), ("adv", 1.0, 1.0, 0.03)],
)
def test_figures(measure: ModuleType, corpus: str, core: float, lossless: float, html: float) -> None:
    if not (CORPORA / corpus).is_dir():
        pytest.skip(f"no corpus {corpus}")
    result = measure.evaluate(measure.Corpus(str(CORPORA / corpus)), html_to_markdown)
    assert not result["errors"]
    assert result["core"] >= core
    assert result["lossless"] >= lossless
    assert result["html%"] <= html
