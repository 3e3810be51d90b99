"""The sample blog's archive and exports are what is kept in samples/ (``make golden`` writes them anew)."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from samples import golden

SAMPLES = Path(golden.__file__).parent


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("golden")
    golden.make(folder)
    return folder


def files(folder: Path) -> dict[str, bytes]:
    """All files but those that depend on the version of zlib: the compressed journal and its checksum.

    Nor is ``state/`` looked at, where this machine notes exports; git does not keep it.
    """
    found = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if (
            path.is_file()
            and not name.startswith("state/")
            and path.name not in {"tagmanifest-sha256.txt", "bag-info.txt"}
        ):
            data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            if path.name == "manifest-sha256.txt":
                data = b"".join(line for line in data.splitlines(keepends=True) if b"data/raw/" not in line)
            found[name] = data
    return found


@pytest.mark.parametrize("part", ["archive", *(f"exports/{to}" for to in golden.KEPT)])
def test_the_golden_files_are_as_kept(made: Path, part: str) -> None:
    now, kept = files(made / part), files(SAMPLES / part)
    assert now.keys() == kept.keys()
    other = [name for name in now if now[name] != kept[name]]
    assert other == [], "if this is meant: make golden, and review git diff samples"
