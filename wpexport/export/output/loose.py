"""Files of an export laid into a folder that holds other things too: the user named a file, not a folder."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from wpexport.errors import UsageError


@dataclass(slots=True)
class LooseFiles:
    """A sink that lays files into a folder which holds other things too; each appears whole or not at all."""

    root: Path
    overwrite: bool = False
    dry_run: bool = False
    written: int = 0
    unchanged: int = 0

    def copy(self, path: str, source: Path, sha256: str) -> None:
        """Take a copy of a file.

        Raises:
            UsageError: another file is there already.
            OSError: the disk is full, or access is denied.
        """
        del sha256
        target = self.root.joinpath(*path.split("/"))
        if target.exists() and _same(target, source):
            self.unchanged += 1
            return
        if os.path.lexists(target) and not self.overwrite:
            raise UsageError(f"{target} is there already.", hint="Name another file, or add --overwrite.")
        self.written += 1
        if self.dry_run:
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_name(f".{target.name}.new")
        try:
            shutil.copyfile(source, fresh)
            fresh.replace(target)
        finally:
            fresh.unlink(missing_ok=True)


def _same(one: Path, other: Path) -> bool:
    if one.is_symlink() or not one.is_file() or one.stat().st_size != other.stat().st_size:
        return False
    with one.open("rb") as a, other.open("rb") as b:
        while True:
            left, right = a.read(1 << 20), b.read(1 << 20)
            if left != right:
                return False
            if not left:
                return True
