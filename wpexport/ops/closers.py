"""Who closes a part of a site to visitors, as far as the refusal tells."""

from __future__ import annotations

from collections.abc import Sequence

#: who closes a route, by the code of the error or by what stands before the site
_CLOSERS: Sequence[tuple[str, str]] = (
    ("itsec_rest_api_access_restricted", "Solid Security (iThemes)"),
    ("rest_cannot_access", "a plugin such as Disable REST API"),
    ("rest_login_required", "a plugin that demands a login"),
    ("rest_not_authenticated", "a plugin that demands a login"),
    ("rest_unauthorized", "a plugin that demands a login"),
    ("no_rest_api_sorry", "a plugin that closes the REST API"),
    ("rest_not_logged_in", "WordPress, for who is not logged in"),
    ("rest_user_cannot_view", "WordPress or a security plugin that hides users"),
    ("rest_user_invalid_id", "a security plugin that hides users"),
    ("rest_no_route", "a plugin that removed the route"),
    ("rest_forbidden", "WordPress itself"),
    ("login page", "a plugin that demands a login for everything"),
)
_FRONT = (
    "Cloudflare",
    "SiteGround",
    "Wordfence",
    "Imunify360",
    "Sucuri",
    "Imperva",
    "DDoS-Guard",
    "LiteSpeed",
)
_FRONT_MORE = ("AWS WAF", "mod_security")


def closed_by(reason: str) -> str | None:
    """Who closes something, by the sentence that says why; None where that does not tell."""
    for name in (*_FRONT, *_FRONT_MORE):
        if f"{name} refuses" in reason:
            return name
    return next((who for code, who in _CLOSERS if code in reason), None)
