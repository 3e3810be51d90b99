"""Tables in a file, for what grows with the blog: addresses, places, lists of files.

The process that fills them seals the shelf; from then on nothing is written, and every process looks things
up through a connection of its own. The file is a temporary one that nobody else can read, and goes with the
shelf.
"""

from __future__ import annotations

import os
import pickle
import shutil
import sqlite3
from collections.abc import ItemsView, Iterator, Mapping, ValuesView
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Generic, Literal, TypeVar
from weakref import finalize

V = TypeVar("V")
#: a text, a whole number, or such a tuple as `wpexport.export.markdown.places.Key`
Name = str | int | tuple[int, int, str]

#: what a second value of a key does: it replaces the first one, is dropped (unless the first was None),
#: or makes None of both
Twice = Literal["last", "first", "none"]

_SETTINGS = """
PRAGMA journal_mode=OFF;
PRAGMA synchronous=OFF;
PRAGMA locking_mode=EXCLUSIVE;
PRAGMA cache_size=-16000;
BEGIN;
"""
_ON_CONFLICT: dict[Twice, str] = {
    "last": "value = excluded.value",
    "first": "value = excluded.value WHERE value IS NULL",
    "none": "value = NULL",
}
_ROWS = 200
_MOST = 1 << 63


class Shelf:
    """The file."""

    def __init__(self, *, shared: bool = False) -> None:
        """Make it. Where it is not shared with other processes, it has no name, and ends with this one."""
        self._path: Path | str = ""
        if shared:
            self._path = Path(mkdtemp(prefix="wpexport-")) / "shelf.sqlite"
            finalize(self, _remove, self._path.parent, os.getpid())
        self._db = sqlite3.connect(self._path, isolation_level=None)
        self._db.executescript(_SETTINGS)
        self._process = os.getpid()
        self._tables: list[Table[Any]] = []

    def table(self, twice: Twice = "last") -> Table[Any]:
        """A new table."""
        table: Table[Any] = Table(self, f"t{len(self._tables)}", twice)
        self._tables.append(table)
        return table

    def seal(self) -> None:
        """All is filled: nothing is written any more, and other processes may read."""
        for table in self._tables:
            table.flush()
        if self._db.in_transaction:
            self._db.execute("COMMIT")

    @property
    def db(self) -> sqlite3.Connection:
        """This process' connection."""
        if self._process != os.getpid():
            # Nothing is written any more, so nothing need be locked.
            self._db = sqlite3.connect(f"{Path(self._path).as_uri()}?mode=ro&immutable=1", uri=True)
            self._db.execute("PRAGMA cache_size=-16000")
            self._process = os.getpid()
        return self._db

    def __getstate__(self) -> dict[str, object]:
        """What a process needs that does not have a copy of this one's memory."""
        return {"_path": self._path, "_process": 0, "_tables": self._tables}


def _remove(folder: Path, process: int) -> None:
    """A process that was forked has a copy of the shelf, and its end is not that of the file."""
    if process == os.getpid():
        shutil.rmtree(folder, ignore_errors=True)


class Table(Mapping[Any, V], Generic[V]):
    """Names to values: what can be pickled, or None. In the order of the names."""

    def __init__(self, shelf: Shelf, name: str, twice: Twice) -> None:
        self._shelf = shelf
        self._name = name
        self._rows: list[tuple[Any, Any]] = []
        shelf.db.execute(f"CREATE TABLE {name} (key PRIMARY KEY, value) WITHOUT ROWID")
        put = f"INSERT INTO {name} VALUES (?, ?) ON CONFLICT (key) DO "  # noqa: S608 - the name is ours
        self._put = f"{put} UPDATE SET {_ON_CONFLICT[twice]}"
        self._add = f"{put} NOTHING"
        self._get = f"SELECT value FROM {name} WHERE key = ?"  # noqa: S608

    def put(self, name: Name, value: V | None) -> None:
        """Put a value in; what a second one does was said when the table was made."""
        self._rows.append((_key(name), _packed(value)))
        if len(self._rows) >= _ROWS:
            self.flush()

    def add(self, name: Name) -> bool:
        """Put a name in; was it not there yet?"""
        self.flush()
        return self._shelf.db.execute(self._add, (_key(name), None)).rowcount > 0

    def flush(self) -> None:
        """Write what waits."""
        if self._rows:
            self._shelf.db.executemany(self._put, self._rows)
            self._rows = []

    def _row(self, name: Name) -> tuple[Any] | None:
        self.flush()
        found: tuple[Any] | None = self._shelf.db.execute(self._get, (_key(name),)).fetchone()
        return found

    def __getitem__(self, name: Name) -> V:
        row = self._row(name)
        if row is None:
            raise KeyError(name)
        value: V = _unpacked(row[0])
        return value

    def get(self, name: Name, default: V | None = None) -> V | None:  # type: ignore[override]
        """The value; ``default`` where the name is not there."""
        row = self._row(name)
        return default if row is None else _unpacked(row[0])

    def __contains__(self, name: object) -> bool:
        return self._row(name) is not None  # type: ignore[arg-type]

    def _all(self, column: str) -> Iterator[tuple[Any, ...]]:
        self.flush()
        return iter(self._shelf.db.execute(f"SELECT {column} FROM {self._name} ORDER BY key"))  # noqa: S608

    def __len__(self) -> int:
        self.flush()
        count: int = self._shelf.db.execute(f"SELECT count(*) FROM {self._name}").fetchone()[0]  # noqa: S608
        return count

    def __iter__(self) -> Iterator[Any]:
        return (_name(key) for (key,) in self._all("key"))

    def items(self) -> ItemsView[Any, V]:
        """In one go, and not one question a name."""
        return _Items(self)

    def values(self) -> ValuesView[V]:
        """As `items`."""
        return _Values(self)


class _Items(ItemsView[Any, V]):
    _mapping: Table[V]

    def __iter__(self) -> Iterator[tuple[Any, V]]:
        return ((_name(key), _unpacked(value)) for key, value in self._mapping._all("key, value"))


class _Values(ValuesView[V]):
    _mapping: Table[V]

    def __iter__(self) -> Iterator[V]:
        return (_unpacked(value) for (value,) in self._mapping._all("value"))


def _key(name: Name) -> int | bytes:
    """As SQLite compares it: numbers, then bytes. Any text will do, and a number of any size."""
    if isinstance(name, str):
        return name.encode("utf-8", "surrogatepass")
    if isinstance(name, tuple):
        kind, number, text = name
        return f"{kind} {number + _MOST:020} {text}".encode("utf-8", "surrogatepass")
    return name if -_MOST <= name < _MOST else str(name).encode()


def _name(key: int | bytes) -> Any:
    return key.decode("utf-8", "surrogatepass") if isinstance(key, bytes) else key


def _packed(value: Any) -> Any:
    """Numbers, hashes and None as they are."""
    small = (
        value is None
        or (type(value) is int and -_MOST <= value < _MOST)
        or (type(value) is str and value.isascii() and "\0" not in value)
    )
    return value if small else pickle.dumps(value, pickle.HIGHEST_PROTOCOL)


def _unpacked(value: Any) -> Any:
    return pickle.loads(value) if isinstance(value, bytes) else value  # noqa: S301 - of our own process
