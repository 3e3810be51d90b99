"""The real WordPress that the end-to-end tests share."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e import wordpress
from tests.e2e.blogs import seed_sample


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def real_wordpress(tmp_path_factory: pytest.TempPathFactory) -> Iterator[wordpress.Site]:
    """A real WordPress with the sample blog, at ``.url``; started once. Tests must not change what it holds.

    ``WPEXPORT_E2E=1`` makes a missing prerequisite a failure; ``WPEXPORT_E2E_VERSION=6.1`` takes the old one.
    """
    version = os.environ.get("WPEXPORT_E2E_VERSION", "latest")
    with started(tmp_path_factory.mktemp("wordpress"), version) as site:
        seed_sample(site)
        yield site


@pytest.fixture
def empty_wordpress(tmp_path: Path) -> Iterator[wordpress.Site]:
    """A new WordPress for one test that fills or changes it (`tests.e2e.blogs.fill`)."""
    with started(tmp_path, os.environ.get("WPEXPORT_E2E_VERSION", "latest")) as site:
        yield site


def started(directory: Path, version: str) -> wordpress.Site:
    """Start one, or skip with the command that would enable it."""
    problem = wordpress.missing(version)
    if problem and os.environ.get("WPEXPORT_E2E") != "1":
        pytest.skip(problem)
    return wordpress.start(directory, free_port(), version)
