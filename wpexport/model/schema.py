"""The JSON Schema of everything in an archive: ``python -m wpexport.model.schema`` writes ``docs/schema/v1``.

Generated from the definitions that read and write, so that the two cannot part. JSON Schema 2020-12.
Settings, runs and journal entries are the archive's: their classes are handed in by `main`.
"""

from __future__ import annotations

import ast
import inspect
import json
import sys
import textwrap
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec

from wpexport.model import Author, Comment, Media, Personal, Post, Site, Term

#: the format of the archive, and the folder of its schemas
VERSION = "v1"
BASE = f"https://raw.githubusercontent.com/wpexport/wpexport/main/docs/schema/{VERSION}"

RECORDS: Mapping[str, type[msgspec.Struct]] = {
    "post": Post,
    "comment": Comment,
    "author": Author,
    "term": Term,
    "media": Media,
    "site": Site,
    "personal": Personal,
}
#: what is no record, by dotted name: this package knows nothing of the archive
_OTHERS = {
    "settings": "wpexport.archive.format:Settings",
    "run": "wpexport.archive.runs:Run",
    "journal-entry": "wpexport.archive.journal:Entry",
    "former": "wpexport.archive.store:Former",
    "gone": "wpexport.archive.gone:Gone",
    "redacted": "wpexport.archive.redacted:Redacted",
}


def schema(name: str, kind: type[msgspec.Struct]) -> dict[str, Any]:
    """The schema of one kind of record."""
    (body,), parts = msgspec.json.schema_components(
        [kind], ref_template="#/$defs/{name}", schema_hook=_unknown
    )
    own = parts.pop(kind.__name__)
    del body
    _describe(own, kind)
    structs = {found.__name__: found for found in _structs(kind)}
    for part, definition in parts.items():
        if part in structs:
            _describe(definition, structs[part])
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"{BASE}/{name}.json"}
    return {**head, **own, **({"$defs": dict(sorted(parts.items()))} if parts else {})}


def _unknown(kind: type) -> dict[str, Any]:
    """``msgspec.Raw``: any JSON."""
    if kind is msgspec.Raw:
        return {}
    raise NotImplementedError


def _structs(kind: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    """All structs that a struct is made of."""
    seen: set[type] = set()
    queue = [msgspec.inspect.type_info(kind)]
    while queue:
        info = queue.pop()
        if isinstance(info, msgspec.inspect.StructType) and info.cls not in seen:
            seen.add(info.cls)
            yield info.cls
            queue += [entry.type for entry in info.fields]
        elif isinstance(info, msgspec.inspect.UnionType):
            queue += info.types
        elif isinstance(info, msgspec.inspect.ListType):
            queue.append(info.item_type)


def _describe(definition: dict[str, Any], kind: type[msgspec.Struct]) -> None:
    """Put the ``#:`` comments of a class' fields into its schema."""
    for field, text in field_comments(kind).items():
        entry = definition["properties"].get(field)
        if entry is not None:
            entry["description"] = text


def field_comments(kind: type) -> dict[str, str]:
    """The ``#:`` comments above the fields of a class."""
    lines = textwrap.dedent(inspect.getsource(kind)).splitlines()
    tree = ast.parse("\n".join(lines)).body[0]
    assert isinstance(tree, ast.ClassDef)  # noqa: S101 - a class' source is a class
    found = {}
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            above: list[str] = []
            at = node.lineno - 2
            while lines[at].lstrip().startswith("#:"):
                above.insert(0, lines[at].lstrip().removeprefix("#:").strip())
                at -= 1
            if above:
                found[node.target.id] = " ".join(above)
    return found


def documents() -> Iterator[tuple[str, str]]:
    """All schemas: file name and text."""
    kinds: dict[str, type[msgspec.Struct]] = dict(RECORDS)
    for name, place in _OTHERS.items():
        module, _, attribute = place.partition(":")
        kinds[name] = getattr(import_module(module), attribute)
    for name, kind in sorted(kinds.items()):
        yield f"{name}.json", json.dumps(schema(name, kind), indent=2) + "\n"


def main(folder: Path) -> None:
    """Write all schemas to a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in documents():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else f"docs/schema/{VERSION}"))
