"""What a tool lost: the marks of the generated blog, looked for in everything that the tool wrote."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from benchmarks.blog import Blog, language

_MARK: Final = re.compile(rb"x(post|reply|image|code)(\d+)x")
_TEXTS: Final = frozenset({".md", ".json", ".jsonl", ".html", ".xml", ".yaml", ".yml", ".toml"})
#: a language is named right before the code: in its fence, or in the attributes of its element
_NEAR: Final = 120


@dataclass(slots=True)
class Found:
    """The numbers whose marks were found."""

    posts: set[int] = field(default_factory=set)
    comments: set[int] = field(default_factory=set)
    images: set[int] = field(default_factory=set)
    codes: set[int] = field(default_factory=set)
    languages: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Losses:
    """How many are missing, of how many."""

    posts: tuple[int, int]
    comments: tuple[int, int]
    images: tuple[int, int]
    languages: tuple[int, int]

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return iter((self.posts, self.comments, self.images, self.languages))


def losses(blog: Blog, out: Path) -> Losses:
    """Look through a tool's output."""
    found = Found()
    for path in out.rglob("*"):
        if path.suffix.lower() in _TEXTS and path.is_file() and not _is_own_record(path.relative_to(out)):
            look(path.read_bytes(), found)
    numbers = range(1, blog.posts + 1)
    images = sum(len(blog.images_of(number)) for number in numbers)
    codes = sum(len(blog.codes_of(number)) for number in numbers)
    return Losses(
        posts=(blog.posts - len(found.posts), blog.posts),
        comments=(blog.comments - len(found.comments), blog.comments),
        images=(images - len(found.images), images),
        languages=(codes - len(found.languages), codes),
    )


def look(data: bytes, found: Found) -> None:
    """Note the marks in one file."""
    for mark in _MARK.finditer(data):
        kind, number = mark[1], int(mark[2])
        if kind == b"post":
            found.posts.add(number)
        elif kind == b"reply":
            found.comments.add(number)
        elif kind == b"image":
            found.images.add(number)
        else:
            found.codes.add(number)
            before = data[max(0, mark.start() - _NEAR) : mark.start()].lower()
            if re.search(
                rb"(?:[`~]{3} *|language-|[{.:\"' ]|=)" + language(number).encode() + rb"\b", before
            ):
                found.languages.add(number)


def _is_own_record(path: Path) -> bool:
    """What an archive keeps for proof is not what a reader gets."""
    return path.parts[0] in {"raw", "state", "runs", ".cache"} or path.parts[:2] == ("data", "raw")


def size_of(out: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(path.stat().st_size for path in out.rglob("*") if path.is_file() and not path.is_symlink())


def journalled(archive: Path) -> Iterator[str]:
    """The addresses that a pull asked for, by the archive's own journal."""
    import json

    for path in sorted((archive / "data" / "raw").glob("*.jsonl.gz")):
        with gzip.open(path, "rb") as lines:
            for line in lines:
                yield str(json.loads(line)["url"])
