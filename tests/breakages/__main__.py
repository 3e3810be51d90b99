"""``python -m tests.breakages``: how many breakages are met; with ``--write``, the page in ``docs/`` anew."""

from __future__ import annotations

import sys

from tests.breakages import table


def main() -> None:
    """Print the summary."""
    if "--write" in sys.argv[1:]:
        table.PAGE.write_text(table.page(), encoding="utf-8")
    print(table.summary())


if __name__ == "__main__":
    main()
