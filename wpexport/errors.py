"""What can go wrong, as one tree. Each class knows its exit code, a sentence for people and a hint.

::

    WpexportError                 1   something failed
    ├── UsageError                2   the command cannot be meant like this
    ├── SourceError               4   nothing could be read: not reachable, or not WordPress
    │   ├── Unreachable               no answer at all (DNS, refused, timed out, TLS)
    │   ├── NotWordPress              an answer, but not from WordPress
    │   └── Blocked                   WordPress is there, something in front of it refuses us
    ├── LoginError                5   the login was refused, or silently not applied
    ├── ShrunkenSite              6   the site shows far less than the archive holds
    └── ArchiveError              1
        ├── NoArchive            10   no archive there
        ├── ArchiveLocked        11   another wpexport is writing to it
        └── ArchiveDamaged       12   files are missing or changed, or the format is newer
            └── SettingsDamaged       wpexport.json itself: `check --repair` makes it again

Exit codes without an exception: 0 done, 3 finished but incomplete, 130 and 143 interrupted.
An unknown code is a failure.
"""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """The exit codes of every command. New ones may be added: an unknown code is a failure."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    INCOMPLETE = 3
    NOTHING_READ = 4
    LOGIN = 5
    SHRUNKEN = 6
    NO_ARCHIVE = 10
    LOCKED = 11
    DAMAGED = 12
    INTERRUPTED = 130
    TERMINATED = 143


class WpexportError(Exception):
    """Base of all errors that are expected. ``str(error)`` is one sentence; ``hint`` says what to do next."""

    exit_code: Exit = Exit.FAILED
    default_hint: str = ""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = self.default_hint if hint is None else hint


class UsageError(WpexportError):
    """The command cannot be meant like this."""

    exit_code = Exit.USAGE


class SourceError(WpexportError):
    """Nothing could be read from the source."""

    exit_code = Exit.NOTHING_READ


class Unreachable(SourceError):
    """No answer: unknown host, connection refused, time-out, TLS failure."""

    default_hint = "Check the address and your connection, and try again."


class NotWordPress(SourceError):
    """The address answers, but neither WordPress' REST API nor a feed is there."""

    default_hint = "Is this the blog's own address? Try the address of one of its posts."


class Blocked(SourceError):
    """WordPress, or something in front of it, refuses to answer us."""


class LoginError(WpexportError):
    """The login was refused, or the site ignored it and answered as to a stranger."""

    exit_code = Exit.LOGIN
    default_hint = (
        "Use an application password (Users > Profile > Application Passwords), not the login password; "
        "it needs https. Nothing was pulled."
    )


class ShrunkenSite(WpexportError):
    """The site shows far less than the archive already holds; nothing was marked as gone."""

    exit_code = Exit.SHRUNKEN
    default_hint = "If the site really became that small, repeat the command with --accept."


class ArchiveError(WpexportError):
    """Something is wrong with an archive on disk."""


class NoArchive(ArchiveError):
    """There is no archive at this place."""

    exit_code = Exit.NO_ARCHIVE
    default_hint = "Make one with: wpexport pull SITE ARCHIVE"


class ArchiveLocked(ArchiveError):
    """Another process is writing to the archive (flock(2) is held)."""

    exit_code = Exit.LOCKED
    default_hint = "Wait for the other wpexport to finish, and try again."


class ArchiveDamaged(ArchiveError):
    """Files are missing or changed, or the archive's format is newer than this version understands."""

    exit_code = Exit.DAMAGED
    default_hint = "See what is wrong with: wpexport check ARCHIVE"


class SettingsDamaged(ArchiveDamaged):
    """``wpexport.json`` is missing or cannot be read, in what is an archive."""

    default_hint = "Make it again from what the archive knows, with: wpexport check ARCHIVE --repair"
