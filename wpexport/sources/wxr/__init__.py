"""WordPress export files (WXR) as a source."""

from wpexport.sources.wxr.scan import ExportFile
from wpexport.sources.wxr.source import WxrSource

__all__ = ["ExportFile", "WxrSource"]
