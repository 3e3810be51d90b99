"""The polite client that the commands for live sites share, made of their options."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from wpexport.cli import passwords
from wpexport.cli.console import Console
from wpexport.cli.interrupt import waking
from wpexport.net import Credentials, Http, Waiting
from wpexport.net.http import MAX_BODY
from wpexport.net.pace import Hosts
from wpexport.ops.events import Waited


def login_of(given: Mapping[str, Any], address: str) -> Credentials | None:
    """The login that the options name; None for a visitor.

    Raises:
        LoginError: its password is nowhere.
        UsageError: the options contradict each other.
    """
    user = passwords.asked_for(given["user"], given["password_file"], given["password_command"])
    return Credentials(user.user, passwords.find(user, address)) if user else None


@contextmanager
def client(
    console: Console,
    credentials: Credentials | None,
    given: Mapping[str, Any],
    hosts: Hosts | None = None,
) -> Iterator[Http]:
    """A client that tells the console what it waits for, and lets go when the process is interrupted."""

    def notify(waiting: Waiting) -> None:
        console.show(Waited(f"{waiting.host}, {waiting.reason}", waiting.seconds))

    http = Http(
        jobs=given["jobs"],
        delay=given["delay"],
        max_size=min(MAX_BODY, given["max_size"] or MAX_BODY),
        user_agent=given["user_agent"],
        credentials=credentials,
        hosts=hosts,
        notify=notify,
    )
    with http, waking(http.close):
        yield http
