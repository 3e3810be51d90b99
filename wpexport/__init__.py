"""Pull a WordPress blog into an archive that can be proved whole, and export it.

What other programs may use is listed in ``__all__``. It is loaded on first use, so that
``import wpexport`` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wpexport.errors import ArchiveDamaged as ArchiveDamaged
    from wpexport.errors import ArchiveError as ArchiveError
    from wpexport.errors import ArchiveLocked as ArchiveLocked
    from wpexport.errors import Blocked as Blocked
    from wpexport.errors import Exit as Exit
    from wpexport.errors import LoginError as LoginError
    from wpexport.errors import NoArchive as NoArchive
    from wpexport.errors import NotWordPress as NotWordPress
    from wpexport.errors import ShrunkenSite as ShrunkenSite
    from wpexport.errors import SourceError as SourceError
    from wpexport.errors import Unreachable as Unreachable
    from wpexport.errors import UsageError as UsageError
    from wpexport.errors import WpexportError as WpexportError
    from wpexport.text.markdown import html_to_markdown as html_to_markdown

__version__ = "0.1.0"

__all__ = [
    "ArchiveDamaged",
    "ArchiveError",
    "ArchiveLocked",
    "Blocked",
    "Exit",
    "LoginError",
    "NoArchive",
    "NotWordPress",
    "ShrunkenSite",
    "SourceError",
    "Unreachable",
    "UsageError",
    "WpexportError",
    "__version__",
    "html_to_markdown",
]

#: which module a name comes from; all others are errors
_ELSEWHERE = {"html_to_markdown": "wpexport.text.markdown"}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first asked for (PEP 562)."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_ELSEWHERE.get(name, "wpexport.errors")), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
