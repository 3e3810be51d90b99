"""An export as one ``.zip`` or ``.tar.gz``: byte-identical for the same input.

Order as written, times and owners fixed, no compressor's clock. The whole file is replaced at the end,
and only if it still is what we wrote: the ledger lies in it and names every member's hash.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Protocol

from wpexport.errors import UsageError, WpexportError
from wpexport.export.output.ledger import LEDGER, checked, decode, encode
from wpexport.export.output.tree import Counts, How, Outcome, Rules, Sealing

#: the earliest time that a zip file can hold, for every member
_TIME = (1980, 1, 1, 0, 0, 0)
_SECONDS = 315532800
_MODE = 0o100644
_CHUNK = 1 << 20


class _Packer(Protocol):
    def add(self, path: str, size: int, content: IO[bytes]) -> None: ...
    def close(self) -> None: ...


class _Zip:
    def __init__(self, place: Path) -> None:
        self._zip = zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED, compresslevel=6)

    def add(self, path: str, size: int, content: IO[bytes]) -> None:
        info = zipfile.ZipInfo(path, _TIME)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.create_system = 3  # Unix, whatever this machine is
        info.external_attr = _MODE << 16
        info.file_size = size
        with self._zip.open(info, "w") as member:
            while chunk := content.read(_CHUNK):
                member.write(chunk)

    def close(self) -> None:
        self._zip.close()


class _TarGz:
    def __init__(self, place: Path) -> None:
        self._file = place.open("wb")
        self._gzip = gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=self._file, mtime=0)
        self._tar = tarfile.open(fileobj=self._gzip, mode="w", format=tarfile.PAX_FORMAT)  # noqa: SIM115

    def add(self, path: str, size: int, content: IO[bytes]) -> None:
        info = tarfile.TarInfo(path)
        info.size = size
        info.mtime = _SECONDS
        info.mode = _MODE & 0o777
        self._tar.addfile(info, content)

    def close(self) -> None:
        self._tar.close()
        self._gzip.close()
        self._file.close()


def _members(place: Path) -> Iterator[tuple[str, IO[bytes]]]:
    """All members of an existing archive file; folders too, as empty ones."""
    if zipfile.is_zipfile(place):
        with zipfile.ZipFile(place) as packed:
            for info in packed.infolist():
                with packed.open(info) as member:
                    yield info.filename, member
        return
    with tarfile.open(place, "r:gz") as packed_tar:
        for entry in packed_tar:
            yield entry.name, packed_tar.extractfile(entry) or io.BytesIO()


def known_members(place: Path) -> dict[str, str] | None:
    """Path to hash of an archive file that is still as we wrote it; None for any other file."""
    hashes: dict[str, str] = {}
    listed: dict[str, str] | None = None
    try:
        for path, content in _members(place):
            if path == LEDGER:
                _, listed = decode(content.read(), place)
            elif path in hashes:
                return None
            else:
                hashes[path] = hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]
    except (OSError, EOFError, ValueError, WpexportError, tarfile.TarError, zipfile.BadZipFile, RuntimeError):
        return None
    return hashes if hashes == listed else None


class PackedTree(Sealing):
    """One archive file."""

    packed = True

    def __init__(self, out: Path, rules: Rules) -> None:
        self.counts = Counts()
        self._out = out
        self._rules = rules
        self._former: dict[str, str] = {}
        if out.is_dir():
            raise UsageError(f"{out} is a folder.", hint="Name another file, or drop the ending.")
        if out.exists() or out.is_symlink():
            former = known_members(out)
            if former is None and not rules.overwrite:
                raise WpexportError(
                    f"{out} is there already, and is not as wpexport wrote it.",
                    hint="Name another file, or repeat the command with --overwrite to replace it.",
                )
            self._former = former or {}
        self._seen: dict[str, str] = {}
        self._temporary = out.with_name(out.name + ".wpexport-tmp")
        self._packer: _Packer | None = None

    def begin(self) -> None:
        """Begin the new file beside the old one."""
        if not self._rules.dry_run:
            self._out.parent.mkdir(parents=True, exist_ok=True)
            self._temporary.unlink(missing_ok=True)
            packer = _Zip if self._out.name.lower().endswith(".zip") else _TarGz
            self._packer = packer(self._temporary)

    def exists(self, path: str) -> bool:
        """Nothing in it is anybody else's."""
        return False

    def notes(self, name: str) -> tuple[Path | None, Path | None]:
        """None: everything is packed anew."""
        return None, None

    def holds(self, path: str, sha256: str) -> bool:
        """No: what is not written is not in it."""
        return False

    def keep(self, path: str, sha256: str, how: How) -> bool:
        """Nobody knows: everything is packed anew."""
        return False

    def seen(self) -> Iterator[tuple[str, str, How]]:
        """See `OutputTree.seen`."""
        return ((path, sha256, "") for path, sha256 in self._seen.items())

    def write(self, path: str, data: bytes, *, seed: bool = False) -> Outcome:
        """Add one file; see `OutputTree.write`."""
        return self._add(path, hashlib.sha256(data).hexdigest(), len(data), io.BytesIO(data))

    def copy(self, path: str, source: Path, sha256: str) -> Outcome:
        """Add one file; see `OutputTree.copy`."""
        with source.open("rb") as content:
            # The hash of what really lies there: the ledger inside must agree with the members.
            real = hashlib.file_digest(content, "sha256").hexdigest()
            size = content.tell()
            content.seek(0)
            return self._add(path, real, size, content)

    def _add(self, path: str, sha256: str, size: int, content: IO[bytes]) -> Outcome:
        if (before := self._seen.get(checked(path))) is not None:
            if before != sha256:
                raise WpexportError(f"Two different things would be written to {path}.")
            return "unchanged"
        self._seen[path] = sha256
        self.counts.files += 1
        if self._packer is not None:
            self._packer.add(path, size, content)
        if self._former.get(path) == sha256:
            self.counts.unchanged += 1
            return "unchanged"
        self.counts.written += 1
        return "written"

    def finish(self) -> None:
        """Add the ledger, and replace the file unless it is the same already."""
        self.counts.removed = len(set(self._former) - set(self._seen))
        if self._packer is None:
            return
        data = encode(self._rules.to, self._seen)
        self._packer.add(LEDGER, len(data), io.BytesIO(data))
        self._packer.close()
        if self._out.is_file() and _same(self._out, self._temporary):
            self._temporary.unlink()
        else:
            self._temporary.replace(self._out)

    def abort(self) -> None:
        """Throw away what was begun; the file that was there stays."""
        if self._packer is not None:
            self._packer.close()
            self._temporary.unlink(missing_ok=True)


def _same(one: Path, other: Path) -> bool:
    if one.stat().st_size != other.stat().st_size:
        return False
    with one.open("rb") as left, other.open("rb") as right:
        return hashlib.file_digest(left, "sha256").digest() == hashlib.file_digest(right, "sha256").digest()
