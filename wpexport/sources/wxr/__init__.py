"""WordPress export files (WXR) as a source."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from wpexport.sources.wxr.scan import ExportFile
from wpexport.sources.wxr.source import WxrSource

if TYPE_CHECKING:
    from wpexport.net import Http

__all__ = ["ExportFile", "WxrSource", "open_wxr"]


def open_wxr(http: Http, address: str) -> WxrSource:
    """Open one export file (`wpexport.sources.registry.Opener`); several are given to `WxrSource` itself.

    Raises:
        SourceError: it cannot be read, or is no export.
    """
    del http
    source = WxrSource([Path(address)])
    source.capabilities()
    return source
