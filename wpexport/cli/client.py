"""The polite client that the commands for live sites share, made of their options."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from wpexport.cli import passwords
from wpexport.cli.console import Console
from wpexport.cli.gate import gate_of
from wpexport.cli.interrupt import waking
from wpexport.net import Credentials, Http, Waiting
from wpexport.net.http import MAX_BODY
from wpexport.net.pace import Hosts
from wpexport.ops.events import Waited
from wpexport.ops.gate import check_gate


@dataclass(frozen=True, slots=True)
class Access:
    """Who asks a site."""

    #: what the user typed
    address: str
    login: Credentials | None = None
    #: for a site behind a gate, sent with every request to it
    gate: Credentials | None = None


def access_of(given: Mapping[str, Any], address: str) -> Access:
    """The login that the options name, and what opens the gate before the site.

    Raises:
        LoginError: a secret is nowhere, or may not be sent to the site.
        UsageError: the options contradict each other.
    """
    user = passwords.asked_for(
        given["user"], given["password_file"], given["password_command"], bearer=bool(given["bearer"])
    )
    gate = gate_of(given["header_file"], given["cookie_file"], address, login=user is not None)
    secret = passwords.find(user, address) if user else ""
    made = Credentials.bearer(secret, name=user.user) if user and user.bearer else None
    return Access(address, made or (Credentials(user.user, secret) if user else None), gate)


@contextmanager
def client(
    console: Console, access: Access, given: Mapping[str, Any], hosts: Hosts | None = None
) -> Iterator[Http]:
    """A client that tells the console what it waits for, and lets go when the process is interrupted.

    Raises:
        LoginError: the gate before the site stays closed.
    """

    def notify(waiting: Waiting) -> None:
        console.show(Waited(f"{waiting.host}, {waiting.reason}", waiting.seconds))

    polite: dict[str, Any] = {
        "jobs": given["jobs"],
        "delay": given["delay"],
        "max_size": min(MAX_BODY, given["max_size"] or MAX_BODY),
        "user_agent": given["user_agent"],
        "hosts": hosts,
        "notify": notify,
        "lifetime": most.total_seconds() if (most := given.get("max_time")) else None,
    }
    http = Http(credentials=access.login, gate=access.gate, **polite)
    with http, waking(http.close):
        if access.gate is not None:
            with Http(**polite) as bare:
                console.note(check_gate(http, bare, access.address))
        yield http
