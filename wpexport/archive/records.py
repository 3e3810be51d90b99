"""Records on disk: in which order they lie, and how one is read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from wpexport.errors import ArchiveDamaged
from wpexport.model import decode

T = TypeVar("T")

_NUMBER = re.compile(r"[0-9]{1,20}")


def record_paths(folder: Path) -> Iterator[tuple[tuple[int, str], Path]]:
    """The record files below a folder with their sort keys: by number, then those by address."""
    if not folder.is_dir():
        return
    for _, shard in _numbered(folder.iterdir()):
        for number, path in _numbered(shard.glob("*.json*")):
            yield (number, ""), path
    for path in sorted((folder / "by-url").glob("*/*.json*")):
        yield (2**63, path.stem), path


def _numbered(paths: Iterable[Path]) -> list[tuple[int, Path]]:
    """What has a number for a name, by number; other files (``12 (copy).json``) are none of ours."""
    return sorted((int(path.stem), path) for path in paths if _NUMBER.fullmatch(path.stem))


def read_record(path: Path, kind: type[T]) -> T:
    """Read one record.

    Raises:
        ArchiveDamaged: the file is not there or not what it should be.
    """
    try:
        return decode(path.read_bytes(), kind)
    except (OSError, ValueError) as error:  # msgspec's errors are ValueErrors
        raise ArchiveDamaged(f"{path} cannot be read: {error}.") from error


def read_lines(path: Path, kind: type[T]) -> list[T]:
    """Read a file with one record a line; nothing where there is none.

    Raises:
        ArchiveDamaged: a line is not what it should be.
    """
    try:
        return [decode(line, kind) for line in path.read_bytes().splitlines()]
    except FileNotFoundError:
        return []
    except ValueError as error:
        raise ArchiveDamaged(f"{path} cannot be read: {error}.") from error
