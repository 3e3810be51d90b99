"""File names that every system takes, and telling apart those that would be one file. Pure.

What is forbidden: Microsoft, "Naming Files, Paths, and Namespaces" (reserved characters and device
names, trailing dots and spaces); POSIX (``/`` and NUL); 255 bytes a name on most file systems, of which
we use 200 so that suffixes and temporary names fit. On top of it go what hurts in Markdown links,
templates and shells: white space, ``#``, ``%``, braces, brackets, a leading dot, dash or underscore
(hidden, an option, ignored by Jekyll), and ``~`` at the end (ignored by Hugo).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, Protocol, TypeVar
from urllib.parse import unquote

#: bytes of UTF-8 in one component of a path
LIMIT = 200

_DEVICES = frozenset(
    ["con", "prn", "aux", "nul", "conin$", "conout$", "clock$"]
    + [f"{port}{digit}" for port in ("com", "lpt") for digit in "0123456789¹²³"]
)
_FORBIDDEN = re.compile(r"""[\s<>:"/\\|?*#%{}\[\]`^]+""")
_DASHES = re.compile(r"-{3,}")
# An extension is kept when a long name is cut; longer ones are part of the name.
_EXTENSION = re.compile(r"\.[0-9A-Za-z]{1,12}$")
_CATEGORIES_OUT = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Joiners decide the letters' shape in Persian, Urdu, Indic scripts and family emoji.
_JOINERS = "\u200c\u200d"


def decoded(text: str) -> str:
    """Percent-decode, as long as the bytes are UTF-8; WordPress stores slugs encoded."""
    if "%" not in text:
        return text
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        return text


def cut(text: str, limit: int = LIMIT) -> str:
    """Cut to ``limit`` bytes of UTF-8, at a character and not before a combining mark or joiner."""
    data = text.encode("utf-8", "replace")
    if len(data) <= limit:
        return text
    kept = data[:limit].decode("utf-8", "ignore")
    end = len(kept)
    while end and (unicodedata.combining(text[end]) or text[end] in _JOINERS or text[end] == "\ufe0f"):
        end -= 1
    return kept[:end].rstrip(_JOINERS) or kept


def _shows(char: str) -> bool:
    return char in _JOINERS or char.isspace() or unicodedata.category(char) not in _CATEGORIES_OUT


def safe_name(text: str, *, fallback: str = "untitled", limit: int = LIMIT) -> str:
    """Make one component of a path from any text: a slug, a title, or a file's name.

    Args:
        text: may be percent-encoded, in any Unicode form.
        fallback: what to say where nothing usable is left.
        limit: bytes of UTF-8; an extension survives the cut.

    Returns:
        A name in NFC that is valid everywhere; the same text always gives the same name.
    """
    name = unicodedata.normalize("NFC", decoded(text))
    name = "".join(filter(_shows, name))
    name = _DASHES.sub("-", _FORBIDDEN.sub("-", name))
    name = name.lstrip("._-~ " + _JOINERS).rstrip(". ~-" + _JOINERS)
    if name and len(name.encode()) > limit:
        suffix = found.group() if (found := _EXTENSION.search(name)) else ""
        name = cut(name[: len(name) - len(suffix)], limit - len(suffix)).rstrip(". ~-") + suffix
    if not name.strip("-._" + _JOINERS):
        return fallback
    # Windows takes the device whatever extension follows: con.txt, NUL.tar.gz.
    stem, dot, rest = name.partition(".")
    if stem.casefold().rstrip() in _DEVICES:
        name = f"{stem}-{dot}{rest}"
    return name


def same_file(path: str) -> str:
    """A key that is equal for paths which some file system takes for one: case and Unicode form."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", path).casefold())


class _Sortable(Hashable, Protocol):
    def __lt__(self, other: Any, /) -> bool: ...


Key = TypeVar("Key", bound=_Sortable)


class Wanted(NamedTuple):
    """A path that something wants, and what to add where another one has it."""

    path: str
    #: a number or hash that no other one of this path has
    mark: str
    #: comes after the mark: ``.md``, ``/index.md``
    ending: str = ""


def tell_apart(wanted: Mapping[Key, Wanted], taken: Iterable[str] = ()) -> dict[Key, str]:
    """Give each its own path; those that would be one file on some system are told apart.

    The smallest key keeps the plain path, the others get ``-mark``. The result depends on keys and
    wishes alone, not on their order, and a plain path is never taken from its owner by a marked one.

    Args:
        wanted: what each key (a number, a tuple) wants.
        taken: paths that nobody may have.
    """
    used = {same_file(path) for path in taken}

    def take(folded: str) -> bool:
        return folded not in used and not used.add(folded)  # type: ignore[func-returns-value]

    return dict(told_apart(((key, wanted[key]) for key in sorted(wanted)), take))


def told_apart(
    wanted: Iterable[tuple[Key, Wanted]], take: Callable[[str], bool]
) -> Iterator[tuple[Key, str]]:
    """As `tell_apart`, for more than memory should hold.

    Args:
        wanted: in ascending order of the keys.
        take: takes a folded path (`same_file`); False where somebody has it.
    """
    later: list[tuple[Key, Wanted]] = []
    for key, one in wanted:
        path = one.path + one.ending
        if take(same_file(path)):
            yield key, path
        else:
            later.append((key, one))
    for key, (path, mark, ending) in later:
        candidate = marked(path, mark) + ending
        number = 2
        while not take(same_file(candidate)):
            candidate = marked(path, f"{mark}-{number}") + ending
            number += 1
        yield key, candidate


def marked(path: str, mark: str) -> str:
    """Add ``-mark`` to the last component of ``path``, which stays within `LIMIT`."""
    folder, slash, name = path.rpartition("/")
    suffix = f"-{mark}"
    return folder + slash + cut(name, LIMIT - len(suffix.encode())) + suffix
