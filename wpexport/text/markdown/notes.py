"""Footnotes: find the references and the notes they point to, whatever plugin wrote them.

A reference is a raised link to a list item of the same document (the block editor's footnotes, Jetpack
Markdown, Easy Footnotes and others). A list becomes notes when every one of its items is referred to: a note
without reference would not be shown by any renderer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote

from .lists import indent
from .tree import Node

if TYPE_CHECKING:
    from .writer import Writer

_BACK_LENGTH = 12  # a link back is an arrow or a word


@dataclass(slots=True)
class Note:
    """A note, its number and its label."""

    number: int
    label: str
    item: Node


@dataclass(slots=True)
class _Found:
    """What a walk over the document brings."""

    links: list[tuple[Node, list[Node]]] = field(default_factory=list)  # link, its ancestors
    targets: dict[str, list[Node]] = field(
        default_factory=dict
    )  # id -> element and its ancestors, outermost first


def _walk(node: Node, above: list[Node]) -> Iterator[tuple[Node, list[Node]]]:
    for kid in node.kids:
        if isinstance(kid, Node):
            yield kid, above
            yield from _walk(kid, [*above, kid])


def _scan(root: Node) -> _Found:
    found = _Found()
    for node, above in _walk(root, [root]):
        name = node.get("id") or (node.get("name") if node.tag == "a" else "")
        if name:
            found.targets.setdefault(name, [*above, node])
        if node.tag == "a" and "#" in node.get("href"):
            found.links.append((node, above))
    return found


def _raised(link: Node, above: list[Node]) -> bool:
    return any(node.tag == "sup" for node in above[-2:]) or any(True for _ in link.find("sup"))


def find(root: Node, prefix: str) -> list[Note]:
    """Rewrite references in the tree to ``fnref-`` elements, take the notes out of it and return them."""
    found = _scan(root)
    wanted = [(link, above, item) for link, above in found.links for item in _target(found, link, above)]
    homes = {id(home): home for _, _, path in wanted for home in path[-2:-1]}
    pointed = {id(path[-1]) for _, _, path in wanted}
    good = {key for key, home in homes.items() if _all_pointed(home, pointed)}
    notes: dict[int, Note] = {}
    backs: set[str] = set()
    for link, above, path in wanted:
        if id(path[-2]) not in good:
            continue
        item = path[-1]
        note = notes.setdefault(id(item), Note(len(notes) + 1, f"{prefix}{len(notes) + 1}", item))
        backs |= {"#" + node.get("id") for node in (link, *above[-2:]) if node.get("id")}
        _mark(link, above, note)
    for key in good:
        _remove(root, homes[key])
    for note in notes.values():
        _drop_backs(note.item, backs)
    return list(notes.values())


def _target(found: _Found, link: Node, above: list[Node]) -> list[list[Node]]:
    """The path to the list item this link points to, as the only element, or nothing."""
    if not _raised(link, above):
        return []
    name = link.get("href").partition("#")[2]
    path = found.targets.get(name) or found.targets.get(unquote(name))
    if not path:
        return []
    for up in range(len(path), max(1, len(path) - 4), -1):
        if path[up - 1].tag == "li" and path[up - 2].tag in ("ol", "ul"):
            around = path[up - 1] in above or link in path
            return [] if around else [path[:up]]
    return []


def _all_pointed(home: Node, pointed: set[int]) -> bool:
    return all(kid.isspace() if isinstance(kid, str) else id(kid) in pointed for kid in home.kids)


def _mark(link: Node, above: list[Node], note: Note) -> None:
    link.tag, link.kids = "fnref-", []
    link.attrs = {"label": note.label, "number": str(note.number)}
    for node in above[-2:]:
        if node.tag == "sup":
            node.tag = "span"


def _remove(root: Node, home: Node) -> None:
    """Take the list out, and the rule above it when both stand alone in a box."""
    for node, above in _walk(root, [root]):
        if node is home:
            box = above[-1]
            box.kids = [kid for kid in box.kids if kid is not home]
            named = "footnotes" in box.classes() or box.get("role") == "doc-endnotes"
            box.kids = [kid for kid in box.kids if isinstance(kid, str) or not _rule(kid, named)]
            return


def _rule(node: Node, named: bool) -> bool:
    return node.tag == "hr" and (named or "footnotes-sep" in node.classes())


def _drop_backs(item: Node, backs: set[str]) -> None:
    item.kids = [kid for kid in item.kids if isinstance(kid, str) or not _is_back(kid, backs)]
    for kid in item.kids:
        if isinstance(kid, Node):
            _drop_backs(kid, backs)


def _is_back(node: Node, backs: set[str]) -> bool:
    return (
        node.tag == "a" and node.get("href") in backs and len(" ".join(node.text().split())) <= _BACK_LENGTH
    )


def definitions(writer: Writer, notes: list[Note]) -> list[str]:
    """The notes, for the end of the document."""
    if not writer.flavour.footnotes:
        return [_as_list(writer, notes)] if notes else []
    done: list[str] = []
    for note in notes:
        blocks = writer.flow(note.item.kids)
        done.append(indent("\n\n".join(blocks), "    ", f"[^{note.label}]: "))
    return done


def _as_list(writer: Writer, notes: list[Note]) -> str:
    """For dialects without footnotes: a list with anchors to and fro."""
    lines: list[str] = []
    for note in notes:
        blocks = writer.flow(note.item.kids) or [""]
        blocks[0] = f'<span id="fn-{note.label}"></span>{blocks[0]}'
        blocks[-1] += f" [\u21a9](#fnref-{note.label})"
        mark = f"{note.number}. "
        lines.append(indent("\n\n".join(blocks), " " * len(mark), mark))
    return "\n".join(lines)
