"""Events as JSON objects, for ``--json``. What a script reads here stays; new keys may come."""

from __future__ import annotations

from typing import Any

import msgspec

from wpexport.archive.check import Finding
from wpexport.ops import events


def as_json(event: events.Event) -> dict[str, Any]:
    """One event; what ends a command has the type ``summary``."""
    if isinstance(event, events.Found):
        return _found(event)
    if isinstance(event, events.Pulled):
        return {
            "type": "summary",
            "command": "pull",
            "archive": str(event.root),
            "exit_code": int(event.exit_code),
            "dry_run": event.dry_run,
            "run": msgspec.to_builtins(event.run),
        }
    kind, extra = _KINDS[type(event)]
    told = event.notice if isinstance(event, events.Noticed) else event
    body: dict[str, Any] = msgspec.to_builtins(told, enc_hook=str)
    return {"type": kind, **extra, **body}


_KINDS: dict[type, tuple[str, dict[str, str]]] = {
    events.Moved: ("progress", {}),
    events.Waited: ("waiting", {}),
    events.Warned: ("warning", {}),
    Finding: ("finding", {}),
    events.Noticed: ("notice", {}),
    events.Checked: ("summary", {"command": "check"}),
    events.Rebuilt: ("summary", {"command": "rebuild"}),
    events.Remains: ("remains", {}),
    events.Erased: ("summary", {"command": "redact"}),
    events.Exported: ("summary", {"command": "export"}),
    events.Difference: ("difference", {}),
    events.Compared: ("summary", {"command": "diff"}),
}


def _found(event: events.Found) -> dict[str, Any]:
    able = event.capabilities
    offers = [
        {
            "collection": offer.collection.key,
            "label": offer.collection.label,
            "expected": offer.expected,
            "closed": offer.closed,
        }
        for offer in able.offers
    ]
    return {
        "type": "found",
        "home": event.site.home,
        "name": event.site.name,
        "way": able.way,
        "login": able.login is not None,
        "collections": offers,
        "invisible": list(able.invisible),
    }
