"""What holds for all tests."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from types import FrameType

import pytest
from hypothesis import settings

# How long an example takes says something of the machine, and nothing of the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture
def processor_time() -> Iterator[None]:
    """Of what takes a fraction of a second, and took hours: a limit that no slow machine reaches."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise AssertionError("this goes on and on")

    signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, 30)
    yield
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
