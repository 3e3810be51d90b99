"""An export as a folder, in which the user may work as well."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from wpexport.errors import UsageError, WpexportError
from wpexport.export.output.ledger import NOTES, TEMPORARY, Ledger, checked
from wpexport.export.output.tree import Counts, How, Outcome, Rules, Sealing
from wpexport.export.shelf import Shelf, Table

_CHUNK = 1 << 20
#: of a file that is hashed: few texts are longer
_PIECE = 1 << 16
#: that are known to be folders
_FOLDERS = 5000
#: begins the name of a note that is being written
_NOTE = "note-"


class FolderTree(Sealing):
    """A folder, in which the user may work as well."""

    packed = False

    def __init__(self, root: Path, rules: Rules) -> None:
        if root.exists() and not root.is_dir():
            raise UsageError(f"{root} is there already and is not a folder.", hint="Name another place.")
        self.counts = Counts()
        self._root = root
        self._rules = rules
        shelf = Shelf()
        self._ledger = Ledger(root, shelf)
        self._seen: Table[str] = shelf.table()
        self._kept: set[str] = set()
        self._seeds: set[str] = set()
        self._folders: set[str] = {""}
        if self._ledger.to not in {"", rules.to} and not rules.overwrite:
            message = f"{root} holds an export to {self._ledger.to}, not to {rules.to}."
            raise UsageError(message, hint="Name another folder.")

    def begin(self) -> None:
        """Make the folder, and the one for temporary files."""
        if not self._ledger.to and self._root.is_dir():
            self.counts.others = sum(entry.name != TEMPORARY for entry in self._root.iterdir())
        if not self._rules.dry_run:
            self._root.mkdir(parents=True, exist_ok=True)
            self._clear_temporary()
            (self._root / TEMPORARY).mkdir()

    def _clear_temporary(self) -> None:
        place = self._root / TEMPORARY
        if place.is_symlink() or place.is_file():
            place.unlink()
        elif place.is_dir():
            shutil.rmtree(place)

    def _blocked(self, path: str) -> bool:
        """Is one of the folders above a link, or no folder? (Following it could lead outside.)"""
        folder = path.rpartition("/")[0]
        if folder in self._folders:
            return False
        parts = folder.split("/")
        for end in range(1, len(parts) + 1):
            part = "/".join(parts[:end])
            if part in self._folders:
                continue
            try:
                mode = (self._root / part).lstat().st_mode
            except FileNotFoundError:
                return False
            if not stat.S_ISDIR(mode):
                return True
            self._pass(part)
        return False

    def _pass(self, folder: str) -> None:
        """A folder that need not be looked at again; of the many with one text each, the last ones."""
        if len(self._folders) >= _FOLDERS:
            self._folders = {""}
        self._folders.add(folder)

    def _disk(self, path: str) -> str | None:
        """The hash of the file there; "" for what is no plain file; None where nothing is."""
        if self._blocked(path):
            return ""
        try:
            # O_NONBLOCK: a named pipe must not hold us up.
            number = os.open(self._root / path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except FileNotFoundError:
            return None
        except OSError:
            return ""
        try:
            if not stat.S_ISREG(os.fstat(number).st_mode):
                return ""
            digest = hashlib.sha256()
            while chunk := os.read(number, _PIECE):  # hashlib.file_digest takes twice as long for a text
                digest.update(chunk)
            return digest.hexdigest()
        finally:
            os.close(number)

    def exists(self, path: str) -> bool:
        """Is there something at this path that is not ours?"""
        return self._disk(checked(path)) is not None and not self._ledger.knows(path)

    def holds(self, path: str, sha256: str) -> bool:
        """Is the file there? See `OutputTree.holds`."""
        return self._disk(checked(path)) == sha256

    def keep(self, path: str, sha256: str, how: How) -> bool:
        """Take it for written, if that changes nothing; see `OutputTree.keep`."""
        seed = how == "seed"
        outcome = self._fate(checked(path), sha256, seed=seed)
        if outcome == "written" or (not seed and (outcome == "kept") != (how == "kept")):
            return False
        if not self._again(path, sha256, seed=seed):
            self._count(outcome, path, sha256, seed=seed)
        return True

    def seen(self) -> Iterator[tuple[str, str, How]]:
        """All files of this run; see `OutputTree.seen`."""
        for path, sha256 in self._seen.items():
            yield path, sha256, self._how(path)

    def _how(self, path: str) -> How:
        if path in self._seeds:
            return "seed"
        return "kept" if path in self._kept else ""

    def _again(self, path: str, sha256: str, *, seed: bool = False) -> bool:
        """Was this file of this run already? It is counted once."""
        if (before := self._seen.get(checked(path))) is not None:
            if before != sha256:
                raise WpexportError(f"Two different things would be written to {path}.")
            return True
        self._seen.put(path, sha256)
        if seed:
            self._seeds.add(path)
        self.counts.files += 1
        return False

    def _decide(self, path: str, sha256: str, *, seed: bool) -> Outcome:
        """What to do with a file of this hash: "written" means go on."""
        if self._again(path, sha256, seed=seed):
            return "kept" if path in self._kept else "unchanged"
        outcome = self._fate(path, sha256, seed=seed)
        self._count(outcome, path, sha256, seed=seed)
        return outcome

    def _fate(self, path: str, sha256: str, *, seed: bool) -> Outcome:
        disk = self._disk(path)
        if disk is None and seed and self._ledger.knows(path) and not self._rules.overwrite:
            return "kept"
        if disk == sha256:
            return "unchanged"
        insisted = self._rules.overwrite and self._replaceable(path)
        return "written" if disk is None or self._ledger.is_ours(path, disk) or insisted else "kept"

    def _count(self, outcome: Outcome, path: str, sha256: str, *, seed: bool) -> None:
        if outcome == "unchanged":
            self._ledger.adopt(path, sha256)
            self.counts.unchanged += 1
        elif outcome == "written":
            self.counts.written += 1
        else:
            self._kept.add(path)
            if not seed:
                self.counts.kept.append(path)

    def _replaceable(self, path: str) -> bool:
        place = self._root / path
        return not self._blocked(path) and (place.is_symlink() or not place.is_dir())

    def write(self, path: str, data: bytes, *, seed: bool = False) -> Outcome:
        """Write one file; see `OutputTree.write`."""
        sha256 = hashlib.sha256(data).hexdigest()
        outcome = self._decide(path, sha256, seed=seed)
        if outcome == "written" and not self._rules.dry_run:
            temporary = self._root / TEMPORARY / sha256
            temporary.write_bytes(data)
            self._place(temporary, path, sha256)
        return outcome

    def copy(self, path: str, source: Path, sha256: str) -> Outcome:
        """Copy one file; see `OutputTree.copy`."""
        outcome = self._decide(path, sha256, seed=False)
        if outcome == "written" and not self._rules.dry_run:
            temporary = self._root / TEMPORARY / sha256
            hasher = hashlib.sha256()
            with source.open("rb") as reading, temporary.open("wb") as writing:
                while chunk := reading.read(_CHUNK):
                    hasher.update(chunk)
                    writing.write(chunk)
            # What lies there is what is ours, even if the archive's file is damaged.
            self._place(temporary, path, hasher.hexdigest())
        return outcome

    def _place(self, temporary: Path, path: str, sha256: str) -> None:
        folder = path.rpartition("/")[0]
        if folder not in self._folders:
            (self._root / folder).mkdir(parents=True, exist_ok=True)
            self._pass(folder)
        self._ledger.announce(path, sha256)
        temporary.replace(self._root / path)

    def finish(self) -> None:
        """Find what is left over, replace the ledger."""
        if not self._rules.partial:
            listed = (path for path, sha256 in self._ledger.current.items() if sha256 is not None)
            for path in [path for path in listed if path not in self._seen]:
                self._leave(path)
        if not self._rules.dry_run:
            self._ledger.close(self._rules.to)
            self._keep_notes()
            self._clear_temporary()

    def notes(self, name: str) -> tuple[Path | None, Path | None]:
        """A file to remember things in; see `OutputTree.notes`. A part of a blog is not remembered."""
        place = f"{NOTES}/{name}"
        plain = not self._blocked(place) and (self._root / place).is_file()
        former = self._root / place if plain and not (self._root / place).is_symlink() else None
        silent = self._rules.dry_run or self._rules.partial
        return former, None if silent else self._root / TEMPORARY / f"{_NOTE}{name}"

    def _keep_notes(self) -> None:
        """Put what is to be remembered into its folder, with a word to git that it is not to be kept."""
        folder = self._root / NOTES
        for fresh in sorted((self._root / TEMPORARY).glob(f"{_NOTE}*")):
            place = f"{NOTES}/{fresh.name.removeprefix(_NOTE)}"
            if not folder.exists() and not folder.is_symlink():
                folder.mkdir()
                (folder / ".gitignore").write_text("*\n")
            with fresh.open("rb") as file:
                same = hashlib.file_digest(file, "sha256").hexdigest() == self._disk(place)
            if not same and not self._blocked(place) and not (self._root / place).is_dir():
                fresh.replace(self._root / place)

    def _leave(self, path: str) -> None:
        try:
            disk = self._disk(checked(path))
        except WpexportError:  # somebody wrote nonsense into the ledger
            disk = None
        if disk is None:
            self._ledger.forget(path)
        elif not self._rules.prune or not self._ledger.is_ours(path, disk):
            self.counts.stale.append(path)
        else:
            self.counts.removed += 1
            if not self._rules.dry_run:
                self._remove(path)
            self._ledger.forget(path)

    def _remove(self, path: str) -> None:
        (self._root / path).unlink()
        folder = path.rpartition("/")[0]
        with suppress(OSError):  # not empty: somebody's files are there
            while folder:
                (self._root / folder).rmdir()
                self._folders.discard(folder)
                folder = folder.rpartition("/")[0]

    def abort(self) -> None:
        """Stop in the middle; the announcements stay, so what is written is known as ours."""
        self._ledger.release()
        if not self._rules.dry_run:
            self._clear_temporary()
