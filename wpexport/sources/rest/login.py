"""Whether a login is in effect, before anything is pulled with it."""

from __future__ import annotations

from typing import Any

from wpexport.errors import LoginError, SourceError
from wpexport.net import Credentials
from wpexport.sources.base import Login
from wpexport.sources.rest import values
from wpexport.sources.rest.answer import Outcome
from wpexport.sources.rest.api import Api

_IGNORED = "The site ignored the login of {name} and answered as to a stranger"


def check(api: Api, credentials: Credentials, typed: str) -> Login:
    """Pin the login to the site's origin and ask who we are.

    Args:
        typed: the address that the user named; the login goes to its host alone.

    A wrong application password is answered on public routes with HTTP 200 and what a visitor sees (core
    ``rest_application_password_check_errors`` looks at the failure too early); only ``users/me`` tells.

    Raises:
        LoginError: refused, ignored, or not to be sent there.
        SourceError: the site does not answer.
    """
    credentials.pin(api.root.url, typed)
    name = credentials.name
    answer = api.ask("wp/v2/users/me", {"context": "edit"}, rows=False, login=True)
    if answer.usable and isinstance(answer.data, dict) and values.number(answer.data.get("id")):
        return _login(answer.data, name)
    if answer.outcome is Outcome.AUTH and answer.code in ("rest_not_logged_in", ""):
        reason = answer.reason if not answer.code else answer.code
        raise LoginError(f"{_IGNORED.format(name=name)} ({reason}).", hint=_hint(answer.status, credentials))
    if answer.outcome in (Outcome.BROKEN, Outcome.RATE, Outcome.MAINTENANCE) and answer.status != 302:
        raise SourceError(f"The login could not be checked: {answer.reason}.", hint="Try again later.")
    return _by_another_door(api, credentials, answer.reason)


def _login(me: dict[str, Any], name: str) -> Login:
    capabilities = me.get("capabilities")
    may = capabilities if isinstance(capabilities, dict) else {}
    can_edit = may.get("edit_others_posts") is True if may else True
    return Login(values.string(me.get("username")) or name, values.number(me.get("id")), can_edit)


def _by_another_door(api: Api, credentials: Credentials, reason: str) -> Login:
    """Where the users' route is blocked alone, media in the ``edit`` context tells as much."""
    answer = api.ask(
        "wp/v2/media", {"context": "edit", "per_page": 1, "_fields": "id"}, rows=True, login=True
    )
    name = credentials.name
    if answer.usable:
        return Login(name, None, can_edit=True)
    raise LoginError(
        f"The site refused the login of {name} ({reason}).", hint=_hint(answer.status, credentials)
    )


def _hint(status: int | None, credentials: Credentials) -> str | None:
    if status == 302:
        return "The site redirects logged-in requests; give its final address."
    if credentials.is_token:
        return (
            "Tokens of WordPress.com end after two weeks, and are for sites that it hosts (--via wpcom where "
            "such a site has a domain of its own). Nothing was pulled."
        )
    return (
        "Use an application password (Users > Profile > Application Passwords), not the login password. "
        "If it is one, the server may drop the Authorization header (Apache with CGI). Nothing was pulled."
    )
