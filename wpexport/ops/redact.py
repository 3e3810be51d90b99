"""Remove a person's data from an archive for good, because people have the right to ask for that."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from wpexport import __version__
from wpexport.archive.archive import Archive, Writer, new_run, writing
from wpexport.archive.format import AUTHORS, COMMENTS, HISTORY, PERSONAL, POSTS
from wpexport.archive.pending import PendingAddresses
from wpexport.archive.records import read_lines, read_record, record_paths
from wpexport.archive.redacted import Redacted, read_redacted
from wpexport.archive.runs import REDACTION, Run, write_run
from wpexport.archive.store import Former, decode_stored
from wpexport.errors import Exit, UsageError
from wpexport.model import Author, Comment, Personal, Post
from wpexport.ops.erasing import erase, left_in
from wpexport.ops.events import Erased, Event, Remains
from wpexport.ops.exports import holding

R = TypeVar("R", Author, Comment, Personal)


@dataclass(frozen=True, slots=True)
class Whom:
    """Whose data is to be removed."""

    #: numbers of comments
    comments: frozenset[int] = frozenset()
    emails: frozenset[str] = frozenset()
    #: the names that stand over comments
    names: frozenset[str] = frozenset()
    #: numbers, login names or slugs of users
    users: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """An empty value, of an unset variable perhaps, would mean everybody.

        Raises:
            UsageError: a value is empty, or an e-mail address is none.
        """
        if not all(map(_folded, self.emails | self.names | self.users)):
            raise UsageError("The person's address or name is empty.", hint="Is a variable unset?")
        if bad := sorted(one for one in self.emails if not re.fullmatch(r"[^@\s]+@[^@\s]+", one)):
            raise UsageError(f"{bad[0]} is no e-mail address.", hint="Names are given with --name.")

    def __bool__(self) -> bool:
        return bool(self.comments or self.emails or self.names or self.users)


@dataclass(slots=True)
class Plan:
    """What is to be removed, and by what words it can be told."""

    whom: Whom
    #: comment: the public record, or None where only its owner knows it
    comments: dict[int, Comment | None] = field(default_factory=dict)
    authors: set[int] = field(default_factory=set)
    #: so many posts of these authors stay
    posts: int = 0
    #: of former runs, not finished
    pending: list[Redacted] = field(default_factory=list)
    #: names, addresses and texts of what is removed: to tell where else they stand
    words: set[str] = field(default_factory=set)
    #: names, folded, over comments that only the owner may see
    hidden: set[str] = field(default_factory=set)


def find(root: Path, whom: Whom) -> Plan:
    """Look for what belongs to a person; nothing is changed.

    Raises:
        NoArchive: there is none.
        UsageError: a comment, user, name or address is not there; nobody is named, and a run that took out an
            address was interrupted.
        ArchiveDamaged: a record cannot be read.
    """
    archive = Archive.open(root)
    if not whom and PendingAddresses(archive.state).read():
        raise UsageError(
            "The run that was interrupted took out an e-mail address, and no list holds that.",
            hint="Name it again with --email.",
        )
    listed = read_redacted(root)
    plan = Plan(whom, pending=[row for row in listed if not row.done])
    emails = {one.casefold() for one in whom.emails}
    names = {_folded(one) for one in whom.names}
    mine = _personal(archive, emails)
    plan.authors = _users(archive, whom.users) | mine["author"]
    known = {row.id for row in listed if row.collection == "comments"}
    for public, comment in _comments(archive):
        number = comment.id
        if number is None:
            continue
        by_person = number in whom.comments or number in mine["comment"]
        if by_person or _folded(comment.author.name) in names or comment.author.user in plan.authors:
            plan.comments[number] = comment if public else plan.comments.get(number)
            plan.words |= _words(comment)
            plan.hidden |= set() if public else {_folded(comment.author.name)}
    plan.words |= _addresses(archive, plan)
    _names_known(archive, whom, plan)
    _addresses_known(archive, whom, plan)
    plan.posts = _posts_by(archive, plan.authors)
    absent = whom.comments - set(plan.comments) - known
    if absent:
        raise UsageError(f"There is no comment {min(absent)} in {root}.")
    return plan


def _names_known(archive: Archive, whom: Whom, plan: Plan) -> None:
    """A name that stands over no comment, nor anywhere else, is a slip of the pen."""
    over = {_folded(comment.author.name) for comment in plan.comments.values() if comment}
    unknown = sorted(name for name in whom.names if _folded(name) not in over | plan.hidden)
    if unknown and not plan.pending and not any(left_in(archive, unknown)):
        raise UsageError(
            f"There is no comment under the name {unknown[0]} in {archive.root}.",
            hint="Give the whole name as it stands over the comments; upper and lower case are the same.",
        )


def _addresses_known(archive: Archive, whom: Whom, plan: Plan) -> None:
    """An address that stands nowhere is a slip of the pen, too; one whose removal was cut off may be out."""
    under_way = archive.interrupted or plan.pending or PendingAddresses(archive.state).read()
    others = whom.comments or whom.names or whom.users  # they may be away already: the same command, repeated
    if not whom.emails or others or plan.comments or plan.authors or under_way:
        return
    if not any(left_in(archive, sorted(whom.emails))):
        raise UsageError(
            f"{min(whom.emails)} stands nowhere in {archive.root}.",
            hint="Is it spelt right? Nothing was removed.",
        )


def _posts_by(archive: Archive, authors: set[int]) -> int:
    """How many posts these users wrote: they stay."""
    paths = (path for bag in (archive.root, archive.private) for _, path in record_paths(bag / POSTS))
    return sum(read_record(path, Post).author in authors for path in paths) if authors else 0


def redact(root: Path, plan: Plan) -> Iterator[Event]:
    """Remove what a plan names, and yield events up to `Erased`.

    Raises:
        ArchiveLocked: another process writes to the archive.
        ArchiveDamaged: a file cannot be read: repair the archive first.
    """
    run = new_run(root)
    started = datetime.now(UTC)
    rows = [
        Redacted(collection="comments", id=number, run=run, parent=comment.parent if comment else None)
        for number, comment in plan.comments.items()
    ]
    rows += [Redacted(collection="authors", id=number, run=run) for number in plan.authors]
    with writing(root, run) as writer:
        writer.seal()
        changed = erase(writer, rows, sorted(plan.whom.emails))
        manifest = writer.seal()
        write_run(root, _report(writer, rows, started, manifest))
        writer.done()
    archive = Archive.open(root)
    sure = {*plan.whom.emails, *plan.whom.names}
    remains = [
        Remains(word, where, word in sure) for word, where in left_in(archive, sorted(plan.words | sure))
    ]
    yield from remains
    yield Erased(
        root=root,
        exit_code=Exit.INCOMPLETE if any(one.sure for one in remains) else Exit.DONE,
        comments=sorted({*plan.comments, *(row.id for row in plan.pending if row.collection == "comments")}),
        authors=sorted({*plan.authors, *(row.id for row in plan.pending if row.collection == "authors")}),
        files=changed,
        exports=list(holding(archive, sorted(plan.words | sure))),
        in_git=(root / ".git").exists(),
    )


# -- finding --------------------------------------------------------------------------------------


def _comments(archive: Archive) -> Iterator[tuple[bool, Comment]]:
    """All comments, former versions first: (in the public bag, record)."""
    for place in (f"{HISTORY}/comments", COMMENTS):
        for public, bag in ((False, archive.private), (True, archive.root)):
            yield from ((public, comment) for comment in _records(bag, place, Comment))


def _people(archive: Archive) -> Iterator[Personal]:
    """All personal data, former versions first."""
    for place in (f"{HISTORY}/personal", PERSONAL):
        yield from _records(archive.private, place, Personal)


def _authors(archive: Archive, *places: str) -> Iterator[Author]:
    return (
        one
        for place in places
        for bag in (archive.root, archive.private)
        for one in _records(bag, place, Author)
    )


def _records(bag: Path, place: str, kind: type[R]) -> Iterator[R]:
    """The records in a file or folder, or the former ones of a history."""
    at = bag / place
    for path in sorted(at.rglob("*.jsonl")) if at.is_dir() else [at]:
        if place.startswith(HISTORY):
            for former in read_lines(path, Former):
                yield decode_stored(bytes(former.record), kind, str(path))
        else:
            yield from read_lines(path, kind)


def _personal(archive: Archive, emails: set[str]) -> dict[str, set[int]]:
    """The numbers of comments and authors that have one of these addresses."""
    found: dict[str, set[int]] = {"comment": set(), "author": set()}
    for person in _people(archive) if emails else ():
        if (person.email or "").casefold() in emails:
            found.setdefault(person.of, set()).add(person.id)
    return found


def _users(archive: Archive, words: frozenset[str]) -> set[int]:
    """The numbers of users that are named by number, slug, name or login name."""
    found: dict[str, set[int]] = {}
    for author in _authors(archive, AUTHORS):  # a former name may be another's by now
        for word in {str(author.id), author.slug, author.name}:
            found.setdefault(_folded(word), set()).add(author.id or 0)
    for person in _people(archive) if words else ():
        if person.of == "author" and person.username:
            found.setdefault(_folded(person.username), set()).add(person.id)
    listed = {str(row.id) for row in read_redacted(archive.root) if row.collection == "authors"}
    for word in words:
        if _folded(word) not in found and word not in listed:
            raise UsageError(
                f"There is no user {word} in {archive.root}.", hint="Give a number or a login name."
            )
    return {number for word in words for number in found.get(_folded(word), ())}


def _words(comment: Comment) -> set[str]:
    text = (comment.content.html or comment.content.raw or "").strip()
    words = {comment.author.name, comment.author.url or "", text if len(text) > 20 else ""}
    return {word for word in words if word}


def _addresses(archive: Archive, plan: Plan) -> set[str]:
    found = set()
    for person in _people(archive):
        if person.id in (plan.comments if person.of == "comment" else plan.authors):
            found |= {person.email or "", person.username or ""}
    authors = _authors(archive, AUTHORS, f"{HISTORY}/authors.jsonl")
    found |= {author.name for author in authors if author.id in plan.authors}
    return found - {""}


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def _report(writer: Writer, rows: list[Redacted], started: datetime, manifest: str) -> Run:
    """The line for the log: numbers and the time, and nobody's name."""
    return Run(
        run=writer.run,
        started=started,
        finished=datetime.now(UTC),
        tool=__version__,
        source=writer.archive.settings().source,
        way=REDACTION,
        partial=True,
        learned=writer.redacted.learned(writer.run),
        warnings=[f"{row.collection} {row.id} was removed for good." for row in rows],
        manifest_before=writer.manifest_before,
        manifest_after=manifest,
    )
