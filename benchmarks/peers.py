"""Other people's tools: where they are installed, and how each is asked for the same work.

Each goes into a folder of its own below ``.cache/peers``; a tool that cannot be installed is named with the
reason, and left out. ``python -m benchmarks.peers`` installs them all.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parents[1] / ".cache" / "peers"
#: wparc takes no port in an address: the check is taken out, all else is as it is
_WPARC: Final = (
    "import sys, wparc.cmds.extractor as e; e.validate_domain = str; "
    "print(e.Project().dump(sys.argv[1], True, False))"
)


@dataclass(frozen=True, slots=True)
class Work:
    """What a tool is to work on, and where its results go."""

    #: the site's address
    site: str
    #: the same blog as WordPress' export file
    wxr: Path
    #: an empty folder
    out: Path


@dataclass(frozen=True, slots=True)
class Peer:
    """One tool."""

    name: str
    #: of its folder
    key: str
    #: what it is installed from: ``pypi`` or ``npm``, and the packages
    registry: str
    packages: tuple[str, ...]
    #: ``pull`` (a site to files as they came), ``site`` (a site to Markdown) or ``wxr`` (a file to Markdown)
    task: str
    command: Callable[[Path, Work], list[str]]
    #: what the reader of the table should know
    note: str = ""
    env: dict[str, str] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        """Where it is installed."""
        return FOLDER / self.key

    def environment(self) -> dict[str, str]:
        """The environment to run it in; pandoc comes from a package too."""
        more = [str(path) for path in self.home.glob("lib/python*/site-packages/pypandoc/files")]
        return {**os.environ, **self.env, "PATH": os.pathsep.join([*more, os.environ.get("PATH", "")])}


def _node(home: Path, name: str) -> list[str]:
    return ["node", str(home / "node_modules" / ".bin" / name)]


def _downpress(home: Path, work: Work) -> list[str]:
    return [str(home / "bin" / "downpress"), str(work.wxr)]


def _pelican(home: Path, work: Work) -> list[str]:
    tool = str(home / "bin" / "pelican-import")
    return [tool, "--wpfile", "-m", "markdown", "--dir-page", "-o", str(work.out), str(work.wxr)]


def _to_markdown(home: Path, work: Work) -> list[str]:
    options = ["--wizard=false", f"--input={work.wxr}", f"--output={work.out}", "--post-folders=false"]
    return [
        *_node(home, "wordpress-export-to-markdown"),
        *options,
        "--save-attached-images=false",
        "--save-scraped-images=false",
    ]


def _eleventy(home: Path, work: Work) -> list[str]:
    options = [f"--output={work.out}", "--assetrefs=disabled", "--quiet", "--cacheduration=0s"]
    return [*_node(home, "import"), "wordpress", work.site, *options]


def _wparc(home: Path, work: Work) -> list[str]:
    return [str(home / "bin" / "python"), "-c", _WPARC, work.site.partition("//")[2]]


PEERS: Final = (
    Peer("wparc", "wparc", "pypi", ("wparc",), "pull", _wparc, "writes what came, no check, no Markdown"),
    Peer("@11ty/import", "11ty", "npm", ("@11ty/import",), "site", _eleventy, "posts only"),
    Peer("downpress", "downpress", "pypi", ("downpress",), "wxr", _downpress),
    Peer(
        "wordpress-export-to-markdown",
        "wetm",
        "npm",
        ("wordpress-export-to-markdown",),
        "wxr",
        _to_markdown,
        "waits 25 ms a file by itself",
    ),
    Peer(
        "pelican-import",
        "pelican",
        "pypi",
        ("pelican[markdown]", "beautifulsoup4", "lxml", "feedparser", "pypandoc_binary"),
        "wxr",
        _pelican,
        "pandoc once a post",
    ),
)


def install(peer: Peer) -> str | None:
    """Install a tool, if it is not there. One sentence where that fails."""
    marker = peer.home / ".ready"
    if marker.exists():
        return None
    shutil.rmtree(peer.home, ignore_errors=True)
    peer.home.mkdir(parents=True)
    commands: list[list[str]]
    if peer.registry == "pypi":
        python = str(peer.home / "bin" / "python")
        commands = [
            [sys.executable, "-m", "venv", str(peer.home)],
            [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *peer.packages],
        ]
    elif shutil.which("npm") is None or shutil.which("node") is None:
        return "needs node and npm"
    else:
        commands = [["npm", "install", "--no-audit", "--no-fund", "--prefix", str(peer.home), *peer.packages]]
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=peer.home)
        if done.returncode:
            return f"could not be installed: {_last_line(done.stderr or done.stdout)}"
    marker.touch()
    return None


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return next(
        (line for line in reversed(lines) if "rror" in line), lines[-1] if lines else "no reason given"
    )


def main() -> None:
    """Install all tools."""
    for peer in PEERS:
        print(f"{peer.name}: {install(peer) or 'ready'}")


if __name__ == "__main__":
    main()
