"""What no move into another WordPress can help: each cause has its paragraph in ``docs/moving.md``."""

from __future__ import annotations

import re

from wpexport.ops.causes import NUMBER, Contrast
from wpexport.ops.pairing import Pair, Pairing

NUMBERS = "numbers are the new site's own"


def unavoidable(kind: str, pair: Pair, contrast: Contrast, pairing: Pairing) -> str | None:
    """The cause of a difference that an import makes whatever the file says; None for any other."""
    del pair
    if contrast.cause == NUMBER:
        return NUMBERS
    if contrast.field == "url" and _same_but_for_numbers(kind, contrast, pairing):
        return NUMBERS
    return None


def _same_but_for_numbers(kind: str, contrast: Contrast, pairing: Pairing) -> bool:
    """Addresses such as ``/hello/#comment-7`` and ``/?p=7``."""
    pattern = r"#comment-\d+$" if kind == "comments" else r"(?<==)\d+$"
    both = zip(pairing.sides, (contrast.one, contrast.two), strict=True)
    one, two = (re.sub(pattern, "", side.below(str(url))) for side, url in both)
    return one == two
