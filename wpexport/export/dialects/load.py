"""The dialects by name, and a user's own: a TOML file that names one of them as its base."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from wpexport.errors import UsageError
from wpexport.export.dialects.base import Dialect
from wpexport.export.dialects.data import DIALECTS


def dialects() -> Mapping[str, Dialect]:
    """All built-in dialects by name."""
    return DIALECTS


def load_dialect(path: Path) -> Dialect:
    """Read a user's own dialect: TOML with the fields of `Dialect`, ``base`` naming the one it changes.

    Raises:
        UsageError: the file cannot be read, or says something that no dialect has.
    """
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"The dialect {path} cannot be read: {error}.") from error
    base = dialects().get(str(data.pop("base", "markdown")))
    if base is None:
        raise UsageError(f"The dialect {path} names a base that does not exist.", hint=_known())
    data.setdefault("name", path.stem)
    changes: dict[str, Any] = {}
    types = {entry.name: getattr(base, entry.name) for entry in fields(Dialect)}
    for key, value in data.items():
        if key not in types:
            hint = f"There are: {', '.join(types)}."
            raise UsageError(f"The dialect {path} says {key!r}, which no dialect has.", hint=hint)
        changes[key] = _fitting(path, key, value, types[key])
    return replace(base, **changes)


def _known() -> str:
    return f"There are: {', '.join(dialects())}."


def _fitting(path: Path, key: str, value: Any, example: Any) -> Any:
    """The value in the type that the field has."""
    if isinstance(example, frozenset | tuple) and isinstance(value, list):
        return type(example)(map(str, value))
    if isinstance(example, Mapping) and isinstance(value, dict):
        # Maps are laid over the base's, so that a dialect can change one path or key.
        return {**example, **value} if key != "fields" else dict(value)
    if type(value) is type(example):
        return value
    raise UsageError(f"The dialect {path} gives {key!r} a value of the wrong kind.")
