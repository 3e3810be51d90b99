"""Feeds as a source: Atom, RSS 2.0 and RDF, as WordPress core writes them."""

from wpexport.sources.feed.source import FeedSource, open_feed

__all__ = ["FeedSource", "open_feed"]
