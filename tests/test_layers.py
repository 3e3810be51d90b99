"""The house stands as docs/design.md draws it: imports go one way, only cli prints, nothing grows too big."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "wpexport"

#: a folder may import those below it, and itself
MAY_IMPORT = {
    "cli": {"ops", "sources", "archive", "export", "net", "model", "text"},
    "ops": {"sources", "archive", "export", "net", "model", "text", "demo"},
    "sources": {"net", "model", "text"},
    "archive": {"net", "model", "text"},
    "export": {"net", "model", "text"},
    "net": {"model", "text"},
    "model": set(),
    "text": set(),
    "demo": set(),
}
#: modules at the top that everybody may import; ``__init__`` gives __version__
FOR_ALL = {"errors", "__init__"}
PRINTERS = {"click", "rich"}
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "tools"}

MODULES = sorted(PACKAGE.rglob("*.py"))


def layer(path: Path) -> str:
    """The folder right below the package, or the module's own name at the top."""
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imported(path: Path) -> Iterator[tuple[str, int]]:
    """All modules that a module imports, wherever in it, relative ones made absolute."""
    package = ["wpexport", *path.relative_to(PACKAGE).parent.parts]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            name = ".".join([*base, *([node.module] if node.module else [])])
            if name == "wpexport":
                yield from ((f"wpexport.{alias.name}", node.lineno) for alias in node.names)
            else:
                yield name, node.lineno


def ids(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def test_every_folder_has_its_place() -> None:
    folders = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()}
    assert folders == set(MAY_IMPORT)


@pytest.mark.parametrize("path", MODULES, ids=ids)
def test_imports_go_one_way(path: Path) -> None:
    own = layer(path)
    if own in FOR_ALL | {"__main__"}:
        return
    allowed = MAY_IMPORT[own] | {own} | FOR_ALL
    for name, line in imported(path):
        parts = name.split(".")
        if parts[0] != "wpexport":
            continue
        target = parts[1] if len(parts) > 1 else "__init__"
        target = "__init__" if target == "__version__" else target
        assert target in allowed, f"{ids(path)}:{line} imports {name}"


@pytest.mark.parametrize("path", [path for path in MODULES if layer(path) != "cli"], ids=ids)
def test_only_cli_speaks_to_people(path: Path) -> None:
    for name, line in imported(path):
        assert name.split(".")[0] not in PRINTERS, f"{ids(path)}:{line} imports {name}"
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in ("print", "input"), f"{ids(path)}:{node.lineno} prints"


def test_the_demo_needs_nothing_but_python() -> None:
    import sys

    for path in (PACKAGE / "demo").rglob("*.py"):
        for name, line in imported(path):
            first = name.split(".")[0]
            assert first == "wpexport" or first in sys.stdlib_module_names, (
                f"{ids(path)}:{line} imports {name}"
            )


def test_errors_know_nobody() -> None:
    assert not [name for name, _ in imported(PACKAGE / "errors.py") if name.startswith("wpexport")]


@pytest.mark.parametrize("path", MODULES, ids=ids)
def test_nothing_grows_too_big(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 60, f"{ids(path)}:{node.lineno} {node.name}"


@pytest.mark.parametrize("path", MODULES, ids=ids)
def test_modules_are_named_for_what_they_are_about(path: Path) -> None:
    assert path.stem not in VAGUE
    assert path.parent.name not in VAGUE
