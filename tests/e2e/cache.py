"""What the end-to-end tests fetch once and keep: WordPress' releases and the generators' packages."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_CHECKOUT: Final = Path(__file__).parents[2]


def cache_directory() -> Path:
    """Where it is kept (``WPEXPORT_E2E_CACHE``, else ``.cache/e2e`` of the checkout)."""
    return Path(os.environ.get("WPEXPORT_E2E_CACHE") or _CHECKOUT / ".cache" / "e2e")


@contextmanager
def alone(place: Path) -> Iterator[None]:
    """Wait until no other process works in ``place``, and keep the others out meanwhile.

    The tests run in as many processes as there are cores. Two that met in a cold cache each removed what the
    other one was just installing, and pip ended with "No such file or directory".
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.with_name(place.name + ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
