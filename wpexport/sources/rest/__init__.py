"""WordPress' REST API (core 4.7 and later) as a source."""

from wpexport.sources.rest.source import RestSource, open_rest

__all__ = ["RestSource", "open_rest"]
