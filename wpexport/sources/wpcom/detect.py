"""How a site that WordPress.com hosts is known."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit


def is_hosted(
    url: str, *, root: str | None = None, headers: Mapping[str, str] | None = None, generator: str = ""
) -> bool:
    """Whether WordPress.com itself hosts a site, also under a domain of its own.

    Args:
        url: of the site.
        root: of its REST API, where one was announced.
        headers: of its front page, with case-insensitive or lower-case names.
        generator: what its feed names.
    """
    host = (urlsplit(url).hostname or "").lower()
    if host == "wordpress.com" or host.endswith(".wordpress.com"):
        return True
    if root and urlsplit(root).hostname == "public-api.wordpress.com":
        return True
    # VIP answers with "x-hacker" too and has an API of its own; "host-header" names WordPress.com alone.
    name = (headers or {}).get("host-header", "")
    return name.lower() == "wordpress.com" or generator.startswith("http://wordpress.com/")
