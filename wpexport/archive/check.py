"""Proves an archive whole, or names what is wrong: checksums, records, references, files, coverage."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from wpexport.archive.archive import Archive
from wpexport.archive.bag import file_hash, read_manifest
from wpexport.archive.damage import PART, unrepaired
from wpexport.archive.format import (
    AUTHORS,
    BAGIT,
    COMMENTS,
    FILES,
    HISTORY,
    MANIFEST,
    MEDIA,
    POSTS,
    RAW,
    REDACTED,
    SETTINGS,
    TAG_MANIFEST,
    TERMS,
)
from wpexport.archive.intents import NO_FILE, WriteAhead
from wpexport.archive.pending import PendingAddresses
from wpexport.archive.records import record_paths
from wpexport.archive.redacted import read_redacted
from wpexport.errors import ArchiveDamaged
from wpexport.model import Author, Comment, Coverage, Media, Post, Term, decode


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found."""

    #: ``error``: the archive is damaged; ``loss``: something of the blog is missing; ``extra``: something
    #: that no pull stored is in it; ``note``: good to know
    severity: str
    #: a stable word
    kind: str
    #: a path below the archive (in ``private/`` too), the name of a loss, or an address
    where: str
    text: str
    #: what to do next
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """So many things of one kind were looked at."""

    what: str
    done: int
    total: int | None = None


#: so many files are looked at between two steps
_MANY = 500
_REPAIR = "Repair it with: check --repair"
#: RFC 8493, 3: a bag in which a file is that no manifest lists is not valid; of its bytes nothing is proved
_MOVE_OUT = "Move it out of data/: it makes the bag invalid, and an export may take it for a record."


class Check:
    """One check of one archive. ``run`` yields findings and steps; ``counts`` says what was looked at."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._pending = self._read_intents()
        self._redacted: set[int] = set()
        self.counts: dict[str, int] = {}

    def run(self) -> Iterator[Finding | Step]:
        """Look at everything."""
        if self._archive.interrupted:
            text = "The last run was interrupted; everything it stored is kept."
            yield Finding("loss", "interrupted", str(self._archive.root), text, "Run the same pull again.")
        yield from self._redactions()
        yield from self._bag("public", self._archive.root)
        if self._archive.private.is_dir() and any(self._archive.private.iterdir()):
            yield from self._bag("private", self._archive.private)
        elif any(run.login and run.is_pull for run in self._archive.runs()):
            text = "private/, with what only its owner may see, is not here. A pull with a login fetches it."
            yield Finding("note", "no-private", "private", text)
        yield from self._records()
        for path, error in self._archive.unread():
            yield Finding("error", "run", self._where(path), str(error), _REPAIR)
        yield from self._coverage()

    def read_by_export(self, *, private: bool, past: bool) -> Iterator[Finding]:
        """What is damaged of all that an export reads.

        Records are hashed; media files need only be there, since hashing them would take a
        multiple of an export in which most of them are as before.
        """
        skipped = (f"{RAW}/",) if past else (f"{RAW}/", f"{HISTORY}/")
        bags = [("public", self._archive.root), ("private", self._archive.private)]
        for name, root in bags if private else bags[:1]:
            for found in self._payload(name, root, skipped, (f"{FILES}/", f"{HISTORY}/files/")):
                if isinstance(found, Finding) and found.severity == "error":
                    yield found

    def _redactions(self) -> Iterator[Finding]:
        try:
            rows = read_redacted(self._archive.root)
        except ArchiveDamaged as error:
            yield _unreadable(REDACTED, error)
            return
        self._redacted = {row.id for row in rows if row.collection == "comments"}
        words = bool(PendingAddresses(self._archive.state).read())
        if words or not all(row.done for row in rows):
            text = "Somebody's data was being removed, and that was interrupted."
            again = f"wpexport redact ARCHIVE {'--email ADDRESS ' if words else ''}--yes"
            yield Finding("loss", "redaction", REDACTED, text, f"Finish it with: {again}")

    def _read_intents(self) -> dict[tuple[str, str], set[str]]:
        """Which hashes are right as well, while a write-ahead list is there."""
        pending: dict[tuple[str, str], set[str]] = {}
        for intent in WriteAhead(self._archive.state / "write-ahead.txt").read():
            pending.setdefault((intent.bag, intent.path), set()).update((intent.old, intent.new))
        return pending

    # -- the bags -----------------------------------------------------------------------------------

    def _bag(self, name: str, root: Path) -> Iterator[Finding | Step]:
        yield from self._tags(root)
        if (root / MANIFEST).exists() or self._archive.interrupted:
            yield from self._payload(name, root)

    def _payload(
        self, name: str, root: Path, skipped: tuple[str, ...] = (), unread: tuple[str, ...] = ()
    ) -> Iterator[Finding | Step]:
        """The files of a bag, but for those below some folders; below others it is enough that they are."""
        listed = read_manifest(root / MANIFEST)
        above = f"{root}/"  # joining paths takes as long as reading a record
        count, total = 0, sum(1 for _ in read_manifest(root / MANIFEST))
        for sha256, path, there in _side_by_side(listed, _walk(root, "data")):
            if path.startswith(skipped):
                continue
            count += 1
            if count % _MANY == 0:
                yield Step(f"{name} files", count, max(count, total))
            right = {sha256 or NO_FILE} | self._pending.get((name, path), set())
            if not there:
                if NO_FILE not in right:
                    where = self._where(root / path)
                    yield Finding("error", "missing-file", where, f"{where} is missing.", _REPAIR)
                continue
            if sha256 is None and right == {NO_FILE}:
                where = self._where(root / path)
                text = f"{where} is not wpexport's: no manifest names it."
                yield Finding("extra", "extra-file", where, text, _MOVE_OUT)
            elif not path.startswith(unread) and (fault := _fault(above + path, right)):
                where = self._where(root / path)
                yield Finding("error", "checksum", where, f"{where} is damaged: {fault}.", _REPAIR)
        if count >= _MANY:
            yield Step(f"{name} files", count, count)
        self.counts[f"{name} files"] = count

    def _tags(self, root: Path) -> Iterator[Finding]:
        if not (root / MANIFEST).exists() or not (root / TAG_MANIFEST).exists():
            if not self._archive.interrupted:
                yield Finding("error", "no-manifest", str(root), f"{root} has no manifest.", _REPAIR)
            return
        bagit = root / "bagit.txt"
        if not bagit.is_file() or bagit.read_bytes() != BAGIT.encode():
            text = f"{self._where(bagit)} is not what RFC 8493 asks for."
            yield Finding("error", "bagit", self._where(bagit), text, _REPAIR)
        for sha256, path in read_manifest(root / TAG_MANIFEST):
            target = root / path
            if self._archive.interrupted and path in (MANIFEST, "bag-info.txt", SETTINGS):
                continue
            if not target.exists() or file_hash(target) != sha256:
                text = f"{self._where(target)} is not as the last run left it."
                yield Finding("error", "tag-file", self._where(target), text, _REPAIR)

    def _where(self, path: Path) -> str:
        return str(path.relative_to(self._archive.root))

    # -- the records --------------------------------------------------------------------------------

    def _records(self) -> Iterator[Finding | Step]:
        for root in (self._archive.root, self._archive.private):
            self._posts: set[int] = set()
            yield from self._small(root)
            yield from self._read_posts(root)
            yield from self._read_comments(root)
            yield from self._read_media(root)

    def _small(self, root: Path) -> Iterator[Finding]:
        for path, kind in ((AUTHORS, Author), (TERMS, Term)):
            if (root / path).exists():
                for number, line in enumerate((root / path).read_bytes().splitlines(), 1):
                    try:
                        decode(line, kind)
                    except ValueError as error:
                        yield _unreadable(f"{self._where(root / path)}:{number}", error)
                    self._count(path.removeprefix("data/").removesuffix(".jsonl"))

    def _read_posts(self, root: Path) -> Iterator[Finding | Step]:
        for _, path in record_paths(root / POSTS):
            try:
                post = decode(path.read_bytes(), Post)
            except ValueError as error:
                yield _unreadable(self._where(path), error)
                continue
            self._count("posts")
            if post.id is not None:
                self._posts.add(post.id)
                if path.stem != str(post.id):
                    yield _misplaced(self._where(path))
            if not post.content.complete and not post.password_protected:
                text = f"The text of {post.url or post.id} is not complete."
                yield Finding("loss", "incomplete-text", self._where(path), text)

    def _read_comments(self, root: Path) -> Iterator[Finding | Step]:
        orphans = 0
        for _, path in record_paths(root / COMMENTS):
            seen: set[int | None] = set()
            parents: list[int] = []
            for number, line in enumerate(path.read_bytes().splitlines(), 1):
                try:
                    comment = decode(line, Comment)
                except ValueError as error:
                    yield _unreadable(f"{self._where(path)}:{number}", error)
                    continue
                self._count("comments")
                seen.add(comment.id)
                if comment.parent is not None:
                    parents.append(comment.parent)
            orphans += sum(parent not in seen and parent not in self._redacted for parent in parents)
            if path.stem.isdigit() and int(path.stem) not in self._posts and root == self._archive.root:
                text = f"The post {path.stem} of these comments is not in the archive."
                yield Finding("note", "no-post", self._where(path), text)
        if orphans:
            what = "1 comment answers one" if orphans == 1 else f"{orphans:,} comments answer others"
            text = f"{what} not shown here (held, deleted, on another post)."
            yield Finding("note", "orphans", COMMENTS, text)

    def _read_media(self, root: Path) -> Iterator[Finding | Step]:
        name = "public" if root == self._archive.root else "private"
        for _, path in record_paths(root / MEDIA):
            try:
                media = decode(path.read_bytes(), Media)
            except ValueError as error:
                yield _unreadable(self._where(path), error)
                continue
            self._count("media")
            for file in media.files:
                target = root / file.path
                if (name, file.path) in self._pending:
                    continue  # the file may be newer than what its record says, until the next pull
                if not target.is_file() or target.stat().st_size != file.size:
                    text = f"{self._where(target)} is not as its record says."
                    yield Finding("error", "media-file", self._where(path), text, _REPAIR)

    def _coverage(self) -> Iterator[Finding]:
        runs = [run for run in self._archive.runs() if not run.partial]
        for cover in [*(runs[-1].coverage if runs else ()), unrepaired(self._archive)]:
            if cover.closed is not None:
                yield _lost(cover, cover.collection, cover.closed)
            for loss in cover.lost:
                what = loss.url or (str(loss.id) if loss.id is not None else "")
                text = f"{cover.label} {what}: {loss.reason}" if what else loss.reason
                yield _lost(cover, loss.name, text)

    def _count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1


def _unreadable(where: str, error: Exception) -> Finding:
    return Finding("error", "record", where, f"{where} is no record: {error}.", _REPAIR)


def _lost(cover: Coverage, name: str, text: str) -> Finding:
    text = text.rstrip(".") + "."
    if name in cover.accepted:
        return Finding("note", "accepted", name, text)
    advice = f"Pull again later; if it is gone for good: --accept {name}"
    if name.endswith(PART):
        advice = f"No pull brings it back; it stays a loss until you say: --accept {name}"
    return Finding("loss", "lost", name, text, advice)


def _misplaced(where: str) -> Finding:
    return Finding("error", "place", where, f"{where} holds another record.", _REPAIR)


def _fault(path: str, right: set[str]) -> str | None:
    """What is wrong with a file, by its bytes: these are others, or a worn disk does not give them."""
    try:
        return None if file_hash(path) in right else "its checksum is another"
    except OSError as error:
        return f"it cannot be read ({error.strerror})"


def _walk(root: Path, folder: str) -> Iterator[str]:
    """All files below a folder, in the order of their paths as text."""
    try:
        with os.scandir(root / folder) as entries:
            found = sorted((f"{entry.name}/" if _is_folder(entry) else entry.name) for entry in entries)
    except FileNotFoundError:
        return
    for name in found:
        if name.endswith("/"):
            yield from _walk(root, f"{folder}/{name[:-1]}")
        else:
            yield f"{folder}/{name}"


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether to look into it; not where a link leads back to where we are."""
    if not entry.is_symlink():
        return entry.is_dir()
    here = os.path.realpath(os.path.dirname(entry.path))  # noqa: PTH120 - `os.scandir` has paths as text
    there = os.path.realpath(entry.path)
    return entry.is_dir() and os.path.commonpath([here, there]) != there


def _side_by_side(
    listed: Iterator[tuple[str, str]], found: Iterator[str]
) -> Iterator[tuple[str | None, str, bool]]:
    """Two sorted lists merged: (hash or None, path, whether the file is there)."""
    end = "\U0010ffff"
    entry, path = next(listed, ("", end)), next(found, end)
    while (nearest := min(entry[1], path)) != end:
        yield (entry[0] if entry[1] == nearest else None), nearest, path == nearest
        advance = entry[1] == nearest
        if path == nearest:
            path = next(found, end)
        if advance:
            entry = next(listed, ("", end))
