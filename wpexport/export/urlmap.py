"""``--url-map``: what an old address of the blog becomes at its new place, by rule.

Rules come as ``OLD=NEW`` (addresses that begin with OLD), or as a file: a CSV with the columns ``old`` and
``new`` (as ``--redirects csv`` writes it), or lines of these forms, as in nginx' ``map``::

    # two addresses that begin alike; the longest that fits counts
    https://old.example/       https://new.example/
    # one address, and no other
    = /2021/10/hello/          /posts/hello/
    # a regular expression of Python's, searched in the whole address; what it matches is replaced
    ~ /\\d{4}/\\d\\d/([^/]+)/$    /posts/\\1/

One address comes first, then the longest beginning, then the first regular expression. An address without
scheme and host means the blog's own. Several sets of rules work one after the other.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import unquote, urljoin, urlsplit

from wpexport.errors import UsageError

_SCHEME = re.compile(r"https?://", re.IGNORECASE)
#: an address in a text, also in JSON inside of one (``https:\/\/``)
_IN_TEXT = re.compile(r"""https?:(?:\\?/){2}(?:[^\s"'<>()\\]|\\/)+""", re.IGNORECASE)
#: behind an address these belong to the sentence
_STOPS = ".,;:!?"
#: what may follow where an address ends with its host
_AFTER_HOST = ("", "/", "?", "#")


@dataclass(slots=True)
class Rules:
    """One set of rules, in the three forms."""

    exact: dict[str, str] = field(default_factory=dict)
    beginnings: dict[str, str] = field(default_factory=dict)
    patterns: list[tuple[re.Pattern[str], str]] = field(default_factory=list)

    def new(self, url: str) -> str | None:
        """The new address (or a path, for one on the same host); None where no rule fits."""
        address, mark, fragment = url.partition("#")
        for form in (address, _path(address)):
            found = self.exact.get(_key(form))
            if found is not None:
                return found + mark + fragment
        for old in sorted(self.beginnings, key=len, reverse=True):
            rest = _after(old, address)
            if rest is not None:
                return self.beginnings[old] + rest + mark + fragment
        for pattern, new in self.patterns:
            if pattern.search(address):
                return pattern.sub(new, address, count=1) + mark + fragment
        return None


@dataclass(frozen=True, slots=True)
class UrlMap:
    """Several sets of rules, each applied to what the one before it made."""

    sets: Sequence[Rules] = ()

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]], files: Iterable[Path] = ()) -> Self:
        """Read the rules: files first, in their order, then all pairs as one set.

        Raises:
            UsageError: a file cannot be read, or holds something that is no rule.
        """
        sets = [read_rules(path) for path in files]
        if beginnings := dict(pairs):
            sets.append(Rules(beginnings=beginnings))
        return cls(tuple(sets))

    def __bool__(self) -> bool:
        return bool(self.sets)

    def new(self, url: str) -> str | None:
        """The new address; None where no rule fits."""
        current, fits = url, False
        for rules in self.sets:
            found = rules.new(current)
            if found is not None:
                current, fits = urljoin(current, found), True
        return current if fits else None

    def __call__(self, url: str) -> str:
        """The new address, or the old one where no rule fits."""
        found = self.new(url)
        return url if found is None else found

    def in_text(self, text: str) -> str:
        """A text with its addresses rewritten, also where JSON escaped their slashes."""
        return _IN_TEXT.sub(self._replace, text) if self.sets and "://" in text.replace("\\/", "/") else text

    def _replace(self, found: re.Match[str]) -> str:
        escaped = "\\/" in found[0]
        address = found[0].rstrip(_STOPS)
        new = self.new(address.replace("\\/", "/"))
        if new is None:
            return found[0]
        return (new.replace("/", "\\/") if escaped else new) + found[0][len(address) :]


def read_rules(path: Path) -> Rules:
    """Read a file of rules; CSV if its name ends so.

    Raises:
        UsageError: it cannot be read, or holds something that is no rule.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}.") from error
    return _from_csv(path, text) if path.suffix.lower() == ".csv" else _from_lines(path, text)


def _from_csv(path: Path, text: str) -> Rules:
    rows = csv.DictReader(io.StringIO(text, newline=""))
    if not {"old", "new"} <= set(rows.fieldnames or ()):
        raise UsageError(
            f"{path} has no columns named old and new.",
            hint="The first line of the table names them: old,new",
        )
    exact = {}
    for row in rows:
        old, new = (row["old"] or "").strip(), (row["new"] or "").strip()
        # our own table names addresses that lead nowhere, too: they stay what they were
        if old and new:
            exact[_key(_address(old, path, rows.line_num))] = new
    return Rules(exact=exact)


def _from_lines(path: Path, text: str) -> Rules:
    rules = Rules()
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        form = words.pop(0) if words[0] in ("=", "~") else ""
        if len(words) != 2:
            raise UsageError(
                f"{path}, line {number}: {line.strip()!r} is no rule.",
                hint="Write OLD NEW, = OLD NEW, or ~ REGEX NEW.",
            )
        old, new = words
        if form == "~":
            rules.patterns.append((_pattern(old, new, f"{path}, line {number}"), new))
        elif form == "=":
            rules.exact[_key(_address(old, path, number))] = new
        else:
            rules.beginnings[_address(old, path, number)] = new
    return rules


def _pattern(old: str, new: str, where: str) -> re.Pattern[str]:
    try:
        pattern = re.compile(old)
        pattern.sub(new, "")  # a group that NEW names and OLD has not is an error only here
    except (re.error, IndexError) as error:
        raise UsageError(f"{where}: {old!r} with {new!r} is no regular expression: {error}.") from error
    return pattern


def _address(text: str, path: Path, number: int) -> str:
    if not text.startswith("/") and not _SCHEME.match(text):
        raise UsageError(
            f"{path}, line {number}: {text!r} is no address.", hint="It begins with http://, https:// or /."
        )
    return text


def _key(address: str) -> str:
    """An address as it is compared: decoded, without scheme."""
    return unquote(_SCHEME.sub("//", address))


def _path(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"


def _after(old: str, address: str) -> str | None:
    """What follows a beginning in an address; None where it does not begin so."""
    bare = _SCHEME.sub("//", old)
    whole = _path(address) if old.startswith("/") else _SCHEME.sub("//", address)
    if not whole.startswith(bare):
        return None
    rest = whole[len(bare) :]
    ends_in_host = bare.startswith("//") and "/" not in bare[2:]
    return rest if not ends_in_host or rest[:1] in _AFTER_HOST else None
