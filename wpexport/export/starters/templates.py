"""The files of a starter that are the same for every blog: layouts, styles, the threads of comments.

They lie in ``files``, in a folder for each generator.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable

from wpexport.export.starters.extras import Extra


def same_for_all(name: str) -> Iterator[Extra]:
    """All files of a generator's folder, in the order of their paths; none where it has no folder."""
    folder = files("wpexport.export.starters") / "files" / name
    if folder.is_dir():
        yield from _walk(folder, "")


def _walk(folder: Traversable, prefix: str) -> Iterator[Extra]:
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        if entry.is_dir():
            yield from _walk(entry, f"{prefix}{entry.name}/")
        else:
            # Python of a starter is not ours: it is kept under another name.
            yield Extra(prefix + entry.name.removesuffix(".in"), entry.read_bytes(), seed=True)
