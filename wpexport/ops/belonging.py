"""Whose archive one is: a site's own, and no other's."""

from __future__ import annotations

from pathlib import Path

from wpexport.archive.format import Settings
from wpexport.errors import UsageError
from wpexport.model import Site
from wpexport.text.addresses import host_of, parted


def check_same_site(root: Path, settings: Settings | None, site: Site) -> None:
    """Let an archive take in nothing of another site.

    Raises:
        UsageError: the archive is another site's.
    """
    if settings is None or settings.home is None or _place(settings.home) == _place(site.home):
        return
    raise UsageError(
        f"{root} is the archive of {settings.home}, and this is {site.home}.",
        hint="Give each site an archive of its own.",
    )


def _place(url: str) -> str:
    """A site's address without what does not make it another site."""
    return f"{host_of(url)}{parted(url).path.rstrip('/')}"
