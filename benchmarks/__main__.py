"""``python -m benchmarks``: wpexport beside other tools, on the same blog, on this machine."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks import wxr
from benchmarks.blog import Blog
from benchmarks.compare import CHECKOUT, Plan, compare
from benchmarks.table import render


def main() -> int:
    """Measure, print the table, and keep it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=main.__doc__)
    parser.add_argument("--posts", type=int, default=1000)
    parser.add_argument("--each", type=int, default=5, help="comments a post")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="200 posts, one round")
    parser.add_argument("--limit", type=float, default=300, help="seconds that one command may take")
    parser.add_argument("--alone", action="store_true", help="wpexport by itself, for 100000 posts")
    parser.add_argument("--without", action="append", default=[], metavar="TOOL", help="leave a tool out")
    parser.add_argument("--folder", type=Path, help="where to work; kept")
    parser.add_argument("--out", type=Path, default=CHECKOUT / ".cache" / "benchmark.md")
    parser.add_argument(
        "--wordpress", action="store_true", help="measure against a real WordPress (PHP, npm)"
    )
    options = parser.parse_args()
    posts, rounds = (200, 1) if options.quick else (options.posts, options.rounds)
    folder = options.folder or Path(tempfile.mkdtemp(prefix="wpexport-bench-"))
    without = frozenset(options.without)
    plan = Plan(posts, options.each, rounds, folder.resolve(), options.limit, without, options.alone)
    try:
        if options.wordpress:
            from benchmarks.wordpress import against_wordpress

            table = against_wordpress(plan, _say)
        else:
            _say(f"making the blog: {posts:,} posts")
            if not plan.alone:
                wxr.write(Blog(posts, options.each), plan.folder / "blog.xml")
            table = render(compare(plan, plan.folder / "blog.xml", _say), posts, options.each, rounds)
    finally:
        if options.folder is None:
            shutil.rmtree(folder, ignore_errors=True)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(table, encoding="utf-8")
    print(table)
    return 0


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
