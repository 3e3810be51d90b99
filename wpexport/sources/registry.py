"""The ways in, by name: which opens what, and in which order they are tried. Cheap to import."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from wpexport.errors import LoginError, UsageError
from wpexport.sources.base import Source

if TYPE_CHECKING:
    from wpexport.net import Http

#: other distributions add ways under this group of entry points, each a `Opener`
GROUP = "wpexport.sources"
#: name -> where its `Opener` is; `wpexport.sources.best` says in which order they are tried
WAYS: Mapping[str, str] = {
    "rest": "wpexport.sources.rest:open_rest",
    "wpcom": "wpexport.sources.wpcom:open_wpcom",
    "feed": "wpexport.sources.feed:open_feed",
}


class Opener(Protocol):
    """Opens one kind of source."""

    def __call__(self, http: Http, address: str) -> Source:
        """Find the source at an address.

        Raises:
            SourceError: it is not there, or closed.
            UsageError: the address cannot be meant.
        """


def ways() -> dict[str, Opener | str]:
    """All ways by name: our own first, then those of other distributions."""
    from importlib.metadata import entry_points

    found: dict[str, Opener | str] = dict(WAYS)
    for entry in entry_points(group=GROUP):
        found.setdefault(entry.name, entry.value)
    return found


def opener(name: str) -> Opener:
    """The opener of a way.

    Raises:
        UsageError: there is no way of this name.
    """
    found = ways().get(name)
    if found is None:
        raise UsageError(f"There is no way called {name!r}.", hint=f"Known are: {', '.join(ways())}.")
    if not isinstance(found, str):
        return found
    module, _, attribute = found.partition(":")
    made: Opener = getattr(import_module(module), attribute)
    return made


def open_source(http: Http, address: str, *, via: str | None = None) -> Source:
    """Open the best source at an address, gaps filled by other ways, or the one of a given way alone.

    Args:
        http: paced client, with the credentials if there are any.
        address: what the user typed: a site, a subdirectory, a post.
        via: the only way to try.

    Raises:
        SourceError: no way leads in; the error is that of the first way.
        LoginError: the login is refused or ignored.
        UsageError: the address, or ``via``, cannot be meant.
    """
    if via == "feed" and http.credentials is not None:
        raise LoginError("Feeds are read without a login.", hint="Leave out --via feed, or the login.")
    if via is not None:
        return opener(via)(http, address)
    from wpexport.sources.best import open_best

    return open_best(http, address)
