"""WordPress.com's public API as a source: its own sites, and those that Jetpack connects to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wpexport.sources.wpcom.source import WpcomSource, open_hosted, open_wpcom

__all__ = ["WpcomSource", "open_hosted", "open_wpcom"]


def __getattr__(name: str) -> Any:
    """Load the source when it is asked for: who only wants to know a host needs none of it."""
    if name in __all__:
        from wpexport.sources.wpcom import source

        return getattr(source, name)
    raise AttributeError(name)
