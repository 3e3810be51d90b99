"""Front matter: YAML, TOML and Pelican's ``Key: value``. Pure.

Every text is a JSON string: valid YAML and valid TOML at once, and never anything but a text. Unquoted,
``yes``, ``no``, ``1.0`` and ``2024-01-01`` mean one thing to YAML 1.1 (PyYAML, Psych) and another to
YAML 1.2 (Hugo's go-yaml). Keys keep our order; PyYAML's own writer folds long lines and picks another
style for each text, so this writer is ours, and is verified against PyYAML and tomllib.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

_BARE_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*\Z")
#: what YAML 1.1 takes for something else than a text, as a key too
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
# Not printable in YAML, line ends for YAML 1.1, a byte order mark, or halves of a character.
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SHORT = 100


class Plain(str):
    """A text that is written as it is, without quotes: a date in the form that a generator wants."""

    __slots__ = ()


def quoted(text: str) -> str:
    """A string for YAML 1.1, YAML 1.2, TOML 1.0 and JSON alike."""
    whole = _SURROGATE.sub("\ufffd", text)
    return _ESCAPED.sub(lambda found: f"\\u{ord(found.group()):04x}", json.dumps(whole, ensure_ascii=False))


def rfc3339(moment: datetime) -> str:
    """``2021-10-25T12:00:00+03:00``; offsets with seconds (before time zones) are told in UTC."""
    offset = moment.utcoffset()
    if offset is not None and offset.total_seconds() % 60:
        moment = moment.astimezone(UTC)
    return moment.isoformat(timespec="seconds")


def _scalar(value: Any) -> str:
    if isinstance(value, Plain):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        # The one form that YAML 1.1 (a dot is needed), 1.2 and TOML read alike.
        return repr(value) if "e" not in repr(value) and "n" not in repr(value) else quoted(repr(value))
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, date):
        return value.isoformat()
    return quoted(str(value))


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def _without_nothing(value: Any) -> Any:
    """Drop None from lists and mappings: TOML has no word for it."""
    if isinstance(value, Mapping):
        return {str(key): _without_nothing(item) for key, item in value.items() if item is not None}
    if _is_list(value):
        return [_without_nothing(item) for item in value if item is not None]
    return value


def _yaml_key(key: str) -> str:
    return key if _BARE_KEY.match(key) and key.lower() not in _WORDS else quoted(key)


def _flow(value: Any) -> str:
    """One line of YAML."""
    if isinstance(value, Mapping):
        inside = ", ".join(f"{_yaml_key(key)}: {_flow(item)}" for key, item in value.items())
        return f"{{{inside}}}"
    if _is_list(value):
        return f"[{', '.join(map(_flow, value))}]"
    return _scalar(value)


def _yaml_lines(fields: Mapping[str, Any], indent: str) -> list[str]:
    lines: list[str] = []
    for name, value in fields.items():
        key = indent + _yaml_key(name)
        if isinstance(value, Mapping) and value:
            lines += [f"{key}:", *_yaml_lines(value, indent + "  ")]
        elif _is_list(value) and len(line := f"{key}: {_flow(value)}") > _SHORT and value:
            lines += [f"{key}:", *(f"{indent}  - {_flow(item)}" for item in value)]
        elif _is_list(value):
            lines.append(line)
        else:
            lines.append(f"{key}: {_flow(value)}")
    return lines


def yaml(fields: Mapping[str, Any]) -> str:
    """Write YAML with its ``---`` fences. None is left out; dates are unquoted."""
    return "\n".join(["---", *_yaml_lines(_without_nothing(fields), ""), "---", ""])


def _toml_key(key: str) -> str:
    return key if re.match(r"[A-Za-z0-9_-]+\Z", key) else quoted(key)


def _toml_value(value: Any) -> str:
    if isinstance(value, Mapping):
        inside = ", ".join(f"{_toml_key(key)} = {_toml_value(item)}" for key, item in value.items())
        return f"{{{inside}}}"
    if _is_list(value):
        flow = f"[{', '.join(map(_toml_value, value))}]"
        if len(flow) <= _SHORT:
            return flow
        return "[\n" + "".join(f"  {_toml_value(item)},\n" for item in value) + "]"
    return _scalar(value)


def _toml_lines(fields: Mapping[str, Any], prefix: str) -> list[str]:
    """Values before tables: what follows a ``[table]`` line belongs to it."""
    plain = {key: value for key, value in fields.items() if not isinstance(value, Mapping)}
    lines = [f"{_toml_key(key)} = {_toml_value(value)}" for key, value in plain.items()]
    for key, value in fields.items():
        if isinstance(value, Mapping):
            name = f"{prefix}{_toml_key(key)}"
            # A table of tables needs no line of its own.
            own = not value or any(not isinstance(item, Mapping) for item in value.values())
            lines += [*(["", f"[{name}]"] if own else []), *_toml_lines(value, f"{name}.")]
    return lines


def toml_document(fields: Mapping[str, Any]) -> str:
    """Write TOML without fences: a configuration file."""
    return "\n".join(_toml_lines(_without_nothing(fields), "")).lstrip("\n") + "\n"


def toml(fields: Mapping[str, Any]) -> str:
    """Write TOML with its ``+++`` fences; tables come after values."""
    return f"+++\n{toml_document(fields)}+++\n"


def _one_line(value: Any) -> str:
    if isinstance(value, str) and not isinstance(value, Plain):
        text = _SURROGATE.sub("\ufffd", value)
        return " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return _scalar(value)


def pelican(fields: Mapping[str, Any]) -> str:
    """Write Pelican's header: one line a key, lists by comma, or by ``;`` where a comma is in an item.

    Facts: Pelican's docs, "File metadata"; a value cannot hold a line end, nor an item of a list ``;``.
    """
    lines = []
    for name, value in _without_nothing(fields).items():
        if _is_list(value):
            items = [_one_line(item).replace(";", "；") for item in value]
            if not items:
                continue
            text = ", ".join(items)
            if any("," in item for item in items):
                # A single item with a comma needs the other separator as well.
                text = "; ".join(items) + (";" if len(items) == 1 else "")
        elif isinstance(value, Mapping):
            text = json.dumps(value, ensure_ascii=False, default=_scalar)
        else:
            text = _one_line(value)
        lines.append(f"{name}: {text}".rstrip())
    return "\n".join([*lines, "", ""])


WRITERS = {"yaml": yaml, "toml": toml, "pelican": pelican}
