"""One BagIt bag (RFC 8493) that is written to safely, and sealed at the end.

The order of writing makes every instant recoverable (promise 3 of docs/design.md): first the intent goes to
the write-ahead list (``bag path old-hash new-hash``), then each file is renamed into place, then what moved
away is removed, and at the end come the manifests. The list is there from a run's beginning to its end, so
that a run that was cut off is known for one; while it is there, either hash of a listed file is right.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from wpexport.archive.format import BAGIT, MANIFEST, TAG_MANIFEST
from wpexport.archive.index import Entry, Index
from wpexport.archive.intents import NO_FILE, Intent, WriteAhead, refuse_outside, write_all
from wpexport.errors import ArchiveDamaged

#: bytes of a file that are read at once; nearly all records have fewer
_CHUNK = 1 << 16
REPAIR = "Repair the archive with: wpexport check --repair"


class _Staged(Struct, frozen=True):
    """A change that waits for `Bag.commit`."""

    #: what is to be renamed into place; None for a removal. A text: a `Path` takes a tenth of a file's time
    temp: str | None
    old: str
    new: str
    #: the bytes, where they are at hand
    data: bytes | None = None


class Bag:
    """A folder with a payload under ``data/`` and manifests beside it."""

    def __init__(
        self, name: str, root: Path, state: Path, index: Index, ahead: WriteAhead, mode: int
    ) -> None:
        self.name = name
        self.root = root
        self._temp = str(state / "tmp" / f"{name}-{os.getpid()}")
        self._index = index
        self._ahead = ahead
        self._file_mode = mode & 0o666
        self._dir_mode = mode
        self._known: set[str] = set()
        self._serial = 0
        #: by path, in the order in which they are to be done
        self._staged: dict[str, _Staged] = {}

    def hash_of(self, path: str) -> str | None:
        """The hash of a payload file as it is now, or None."""
        return self._index.hash_of(self.name, path)

    def entry(self, path: str) -> Entry | None:
        """What is known of a payload file as it is now."""
        return self._index.get(self.name, path)

    def paths(self, prefix: str) -> list[str]:
        """The payload files below a prefix as they are now, sorted."""
        return [entry.path for entry in self._index.entries(self.name, prefix)]

    def read(self, path: str) -> bytes | None:
        """A payload file's bytes, staged ones included; None when the bag has none of this name.

        Raises:
            ArchiveDamaged: it is not as it was written. What is merged with it would be sealed as right.
        """
        staged = self._staged.get(path)
        if staged is not None:
            if staged.temp is None:
                return None
            return staged.data if staged.data is not None else Path(staged.temp).read_bytes()
        known = self.hash_of(path)
        try:
            with open(f"{self.root}/{path}", "rb", buffering=0) as file:  # noqa: PTH123 - as in `place`
                data = file.readall()
        except FileNotFoundError:
            if known is None:
                return None
            raise ArchiveDamaged(f"{self.root / path} is missing.", hint=REPAIR) from None
        if known is not None and hashlib.sha256(data).hexdigest() != known:
            raise ArchiveDamaged(f"{self.root / path} is damaged: its checksum is another.", hint=REPAIR)
        return data

    def is_there(self, path: str) -> bool:
        """Whether a file of this name is staged or on disk, as it should be or not."""
        return path in self._staged or os.path.exists(f"{self.root}/{path}")  # noqa: PTH110 - as in `place`

    def stage(self, path: str, data: bytes) -> bool:
        """Prepare a file to be put in place by `commit`. False when it already has these bytes."""
        digest = hashlib.sha256(data).hexdigest()
        known = self.hash_of(path)
        if known == digest:
            return False
        temp = self._fresh()
        fd = os.open(temp, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, self._file_mode)
        try:
            write_all(fd, data)
        finally:
            os.close(fd)
        self._stage(Entry(path, digest, len(data)), known, temp, data)
        return True

    def adopt(self, path: str, temp: Path, digest: str, size: int) -> None:
        """Prepare a file that was already written to `temporary` and hashed on the way."""
        temp.chmod(self._file_mode)
        self._stage(Entry(path, digest, size), self.hash_of(path), str(temp), None)

    def remove(self, path: str) -> None:
        """Prepare to take a file away: a record that moves to its place by number, or to the other bag."""
        known = self.hash_of(path)
        if known is None:
            return
        old = self._forget(path, known)
        if old != NO_FILE:
            self._staged[path] = _Staged(None, old, NO_FILE)
        self._index.remove(self.name, path)

    def _stage(self, entry: Entry, known: str | None, temp: str, data: bytes | None) -> None:
        # what is staged again goes to the end: a record must not come before the file that it names
        self._staged[entry.path] = _Staged(temp, self._forget(entry.path, known), entry.sha256, data)
        self._index.put(self.name, entry)

    def _forget(self, path: str, known: str | None) -> str:
        """Drop what is staged for a path, given its hash in the index; the hash that lies there on disk."""
        staged = self._staged.pop(path, None)
        if staged is None:
            return known or NO_FILE
        if staged.temp is not None:
            Path(staged.temp).unlink(missing_ok=True)
        return staged.old

    def temporary(self) -> Path:
        """A fresh path on the same file system, so that a rename is atomic."""
        return Path(self._fresh())

    def _fresh(self) -> str:
        self._serial += 1
        return f"{self._temp}-{self._serial}"

    def commit(self) -> int:
        """Do all that is staged: intents first, then the renames, then the removals. Returns how many."""
        return commit([self])

    def discard(self) -> None:
        """Forget what is staged; the archive is as it was at the last `commit`."""
        for path, staged in self._staged.items():
            if staged.temp is not None:
                Path(staged.temp).unlink(missing_ok=True)
            if staged.old == NO_FILE:
                self._index.remove(self.name, path)
        self._staged.clear()

    def note(self, intents: Iterable[Intent]) -> None:
        """Write intents down."""
        self._ahead.add(intents)

    def intents(self) -> list[Intent]:
        """What is staged."""
        return [Intent(self.name, path, staged.old, staged.new) for path, staged in self._staged.items()]

    def place(self) -> list[Path]:
        """Rename what is staged into place; returns what is to be removed once all is in place."""
        removed = []
        root = f"{self.root}/"
        known: set[str] = set()
        for path, staged in self._staged.items():
            target = root + path
            if staged.temp is None:
                removed.append(Path(target))
                continue
            folder = path.rpartition("/")[0]
            if folder not in known:
                self.folder(self.root / folder)
                known.add(folder)
            os.rename(staged.temp, target)  # noqa: PTH104 - thousands of them: Path.rename takes twice as long
        self._staged.clear()
        return removed

    def folder(self, path: Path) -> None:
        """Make a folder, once."""
        key = str(path)
        if key in self._known:
            return
        if path != self.root and not path.exists():
            self.folder(path.parent)  # mkdir(parents=True) gives its mode to the last folder alone
        path.mkdir(mode=self._dir_mode, exist_ok=True)
        self._known.add(key)

    # -- sealing ------------------------------------------------------------------------------------

    def seal(self, info: dict[str, str], tags: Iterable[str] = ()) -> str:
        """Write the manifests as the payload is now. Returns the manifest's own hash.

        ``info`` goes to ``bag-info.txt`` (labels of RFC 8493, 2.2.2); ``tags`` are further tag files.
        """
        self.folder(self.root / "data")
        size, count = self._index.totals(self.name)
        info = {**info, "Payload-Oxum": f"{size}.{count}"}
        self._replace("bagit.txt", BAGIT.encode())
        self._replace("bag-info.txt", "".join(f"{k}: {_one_line(v)}\n" for k, v in info.items()).encode())
        manifest = self._write_manifest()
        names = sorted({"bagit.txt", "bag-info.txt", MANIFEST, *tags})
        lines = [f"{file_hash(self.root / name)}  {name}\n" for name in names if (self.root / name).exists()]
        self._replace(TAG_MANIFEST, "".join(lines).encode())
        return manifest

    def _write_manifest(self) -> str:
        temp = self.temporary()
        digest = hashlib.sha256()
        with temp.open("wb") as out:
            for line in self._manifest_lines():
                digest.update(line)
                out.write(line)
            out.flush()
            os.fsync(out.fileno())
        manifest = self.root / MANIFEST
        if manifest.exists() and file_hash(manifest) == digest.hexdigest():
            temp.unlink()
        else:
            temp.chmod(self._file_mode)
            temp.rename(manifest)
        return digest.hexdigest()

    def _manifest_lines(self) -> Iterator[bytes]:
        return (f"{entry.sha256}  {entry.path}\n".encode() for entry in self._index.entries(self.name))

    def _replace(self, name: str, data: bytes) -> None:
        target = self.root / name
        if target.exists() and target.read_bytes() == data:
            return
        temp = self.temporary()
        write_safely(temp, data)
        temp.chmod(self._file_mode)
        temp.rename(target)

    # -- recovering ---------------------------------------------------------------------------------

    @property
    def indexed(self) -> bool:
        """Whether the index says what the manifest says; it may be older, or damaged itself."""
        manifest = self.root / MANIFEST
        if not manifest.exists():
            return self._index.totals(self.name)[1] == 0 and self.proved
        return file_hash(manifest) == self._index_hash()

    @property
    def proved(self) -> bool:
        """Whether the manifest is the one that was sealed, as far as the tag manifest tells."""
        manifest = self.root / MANIFEST
        if not manifest.exists():
            return not any((self.root / "data").glob("**/*.json*"))
        return self._sealed() in (None, file_hash(manifest))

    def prove(self) -> bool:
        """Write the manifest again where it is damaged: what the index says was sealed; else what is on disk.

        False where nothing but the disk tells what should be there. The tag manifest goes: `seal` makes it.
        """
        sure = self._sealed() == self._index_hash()
        if not sure:
            self._index.clear(self.name)
            for path in sorted((self.root / "data").rglob("*")):
                if path.is_file():
                    place = path.relative_to(self.root).as_posix()
                    self._index.put(self.name, Entry(place, file_hash(path), path.stat().st_size))
        self._write_manifest()
        (self.root / TAG_MANIFEST).unlink(missing_ok=True)
        return sure

    def _sealed(self) -> str | None:
        """The hash under which the manifest was sealed, as far as the tag manifest tells."""
        return {path: sha256 for sha256, path in read_manifest(self.root / TAG_MANIFEST)}.get(MANIFEST)

    def _index_hash(self) -> str:
        digest = hashlib.sha256()
        for line in self._manifest_lines():
            digest.update(line)
        return digest.hexdigest()

    def load_index(self, intents: Iterable[Intent] = ()) -> list[str]:
        """Make the index again from the manifest, and from the files that an interrupted run touched.

        Gives the files that are neither as they were before that run nor as it wrote them: what is renamed
        into place is not yet on the disk, and when the power fails, a file may be torn or away.
        """
        self._index.clear(self.name)
        right: dict[str, set[str]] = {}
        for intent in intents:
            if intent.bag == self.name:
                right.setdefault(intent.path, set()).update((intent.old, intent.new))
        for sha256, path in read_manifest(self.root / MANIFEST):
            if path in right:
                right[path].add(sha256)
            target = self.root / path
            size = target.stat().st_size if target.is_file() else 0
            self._index.put(self.name, Entry(path, sha256, size))
        wrong = []
        for path, hashes in right.items():
            target = self.root / path
            digest = file_hash(target) if target.is_file() else NO_FILE
            if digest == NO_FILE:
                self._index.remove(self.name, path)
            else:
                self._index.put(self.name, Entry(path, digest, target.stat().st_size))
            if digest not in hashes:
                wrong.append(path)
        return wrong


def commit(bags: Sequence[Bag]) -> int:
    """Commit several bags as one: what moves from one to the other is never in neither. Returns how many."""
    intents = [intent for bag in bags for intent in bag.intents()]
    if not intents:
        return 0
    bags[0].note(intents)
    removed = [path for bag in bags for path in bag.place()]
    for path in removed:
        path.unlink(missing_ok=True)
    return len(intents)


def read_manifest(path: Path) -> Iterator[tuple[str, str]]:
    """The lines of a manifest as (hash, path); nothing when there is none yet.

    Raises:
        ArchiveDamaged: it names a place outside of its bag (RFC 8493, 5.2): somebody means harm.
    """
    if not path.exists():
        return
    with path.open(encoding="utf-8", errors="replace") as lines:  # where a bit flipped, no such file is found
        for line in lines:
            sha256, _, name = line.rstrip("\n").partition(" ")
            name = name.lstrip(" *")
            refuse_outside(path, name)
            yield sha256, name


def file_hash(path: Path | str) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    # hashlib.file_digest takes twice as long for a record: it clears a quarter of a megabyte first
    digest = hashlib.sha256()
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        while chunk := os.read(fd, _CHUNK):
            digest.update(chunk)
    finally:
        os.close(fd)
    return digest.hexdigest()


def write_safely(path: Path, data: bytes) -> None:
    """Write a file that is on disk, not on its way there, when this returns."""
    with path.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())


def clear_folder(path: Path) -> None:
    """Remove a folder of temporaries, and make it anew, for the owner alone."""
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)


def _one_line(value: str) -> str:
    return " ".join(value.split())
