"""Of a picture that WordPress had scaled down, the file that somebody uploaded comes in, too."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ops.blogs import MemorySource, post
from tests.ops.test_pull import Files, run_pull
from wpexport.model import Media
from wpexport.model.originals import original_url
from wpexport.ops.media import MediaOptions
from wpexport.ops.pull import PullOptions

UPLOADS = "https://blog.example/wp-content/uploads"


def scaled(original: object) -> Media:
    return Media(id=7, slug="a", source_url=f"{UPLOADS}/a-scaled.jpg", details={"original_image": original})


@pytest.mark.parametrize(("which", "asked"), [("all", ["a-scaled.jpg", "a.jpg"]), ("used", [])])
def test_the_original_is_pulled(tmp_path: Path, which: str, asked: list[str]) -> None:
    files = Files({f"{UPLOADS}/{name}": name.encode() for name in ("a.jpg", "a-scaled.jpg")})
    source = MemorySource(posts=[post(1)], media=[scaled("a.jpg")])
    options = PullOptions(media=MediaOptions(which=which))
    run_pull(tmp_path / "archive", source, options, fetcher=files)
    found = sorted(path.name for path in (tmp_path / "archive" / "data" / "files").rglob("*.jpg"))
    assert found == asked


@pytest.mark.parametrize(
    "hostile", ["../x.jpg", "//evil.example/x.jpg", "http://evil.example/x", "", 5, None, "a\nb"]
)
def test_only_a_file_beside_it_is_its_original(hostile: object) -> None:
    assert original_url(scaled(hostile)) is None
