"""The table, as Markdown."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from benchmarks import measure
from benchmarks.compare import Step

_HEAD = (
    "| | time | × | CPU | memory | lost: posts | comments | images | languages |\n"
    "| :-- | --: | --: | --: | --: | --: | --: | --: | --: |\n"
)


def machine() -> str:
    """One line on where and when this was."""
    name = platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [
            line.partition(":")[2].strip() for line in info.read_text().splitlines() if "model name" in line
        ]
        name = names[0] if names else name
    python = platform.python_version()
    return (
        f"{os.cpu_count()} cores ({name}), {platform.system()}, Python {python}, {datetime.now(UTC):%Y-%m-%d}"
    )


def render(steps: Sequence[Step], posts: int, each: int, rounds: int) -> str:
    """All tasks in one table each."""
    parts = [
        f"{posts:,} posts of WordPress' blocks (about 6 KB), {posts * each:,} comments; medians of {rounds} "
        f"rounds, each tool in turn. {machine()}.\n"
    ]
    for task, group in groupby(steps, key=lambda step: step.task):
        parts.append(f"**{task}**\n\n{_HEAD}{''.join(_rows(list(group)))}")
    return "\n".join(parts)


def _rows(steps: list[Step]) -> Iterable[str]:
    reference = next((step for step in steps if step.reference and step.runs and not step.failed), None)
    base = measure.median(reference.runs).seconds if reference else None
    for step in steps:
        name = f"{step.tool}{f' ({step.note})' if step.note else ''}"
        if step.failed is not None or not step.runs:
            yield f"| {name} | {step.failed or 'not run'} | | | | | | | |\n"
            continue
        run = measure.median(step.runs)
        ratio = f"{run.seconds / base:.2g}" if base and not step.alone else ""
        lost = [_lost(*pair) for pair in step.lost] if step.lost else [""] * 4
        cells = [name, f"{run.seconds:.2f} s", ratio, f"{run.cpu:.2f} s", f"{run.memory / 1e6:.0f} MB", *lost]
        yield f"| {' | '.join(cells)} |\n"


def _lost(missing: int, of: int) -> str:
    if missing == 0:
        return "0"
    return "all" if missing == of else f"{missing:,} of {of:,}"
