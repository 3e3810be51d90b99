"""HTML to Markdown that loses nothing, for the dialect one uses."""

from .convert import Conversion, convert, html_to_markdown, plain_text
from .flavours import FLAVOURS, Flavour

__all__ = ["FLAVOURS", "Conversion", "Flavour", "convert", "html_to_markdown", "plain_text"]
