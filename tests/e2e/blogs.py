"""What the real WordPress is filled with, and what it says of itself."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any, Final

from tests.e2e.wordpress import PHP, Site

BLOG: Final = Path(__file__).parents[2] / "samples" / "blog"
#: login name to application password, of the sample blog (known to everybody, good on loopback only)
LOGINS: Final[dict[str, str]] = json.loads((BLOG / "logins.json").read_text(encoding="utf-8"))
#: HTTP Basic authentication of the sample blog's administrator
ADMIN: Final = ("admin", LOGINS["admin"])


def seed_sample(site: Site) -> dict[str, Any]:
    """Fill a new WordPress with the sample blog, the same one that `wpexport.demo` serves."""
    shutil.copyfile(BLOG / "plugin.php", site.root / "wp-content" / "mu-plugins" / "tuulisaari.php")
    counted: dict[str, Any] = site.json(BLOG / "seed.php")
    return counted


def fill(site: Site, posts: int, comments: int) -> dict[str, Any]:
    """Fill a new WordPress with many posts and comments, for measurements (some hundred a second)."""
    counted: dict[str, Any] = site.json(PHP / "fill.php", str(posts), str(comments))
    return counted


def truth(site: Site) -> dict[str, Any]:
    """What WordPress itself says, by its own PHP functions and through no client (``php/truth.php``)."""
    said: dict[str, Any] = site.json(PHP / "truth.php")
    return said
