"""Against a real WordPress: how near a pull comes to the rate of bare requests, and what it costs the server.

PHP's own server and SQLite, filled by ``tests/e2e/php/fill.php`` and kept below ``.cache/``.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks import measure
from benchmarks.compare import CHECKOUT, OURS, Plan
from benchmarks.losses import journalled
from benchmarks.peers import PEERS, Work, install
from benchmarks.table import machine
from tests.e2e import blogs, wordpress

_PORT: Final = 8971
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    run: measure.Run
    #: CPU seconds of the server
    server: float


def against_wordpress(plan: Plan, say: Say) -> str:
    """Pull a real WordPress, and ask it the same with bare requests; gives the table."""
    folder = CHECKOUT / ".cache" / "bench-wordpress" / str(plan.posts)
    problem = wordpress.missing()
    if problem is not None:
        return f"Not measured against a real WordPress: {problem}\n"
    fresh = not (folder / "filled").exists()
    if fresh:
        shutil.rmtree(folder, ignore_errors=True)
    with wordpress.start(folder, _PORT) as site:
        if fresh:
            say(f"filling WordPress with {plan.posts:,} posts")
            blogs.fill(site, plan.posts, plan.posts * plan.each)
            (folder / "filled").touch()
        rows = _measured(site, plan, say)
    return _table(plan, rows)


def _measured(site: wordpress.Site, plan: Plan, say: Say) -> list[_Row]:
    assert site.process is not None
    server = site.process.pid
    found: dict[str, list[_Row]] = {}
    for number in range(1, plan.rounds + 1):
        for name, command, cwd, env in _commands(site.url, plan):
            say(f"round {number}: {name}")
            shutil.rmtree(cwd, ignore_errors=True)
            before = measure.cpu_of(server)
            run = measure.run(command(), cwd, env, plan.limit * 10)
            if not run.good:
                say(f"  ended with {run.code}: {run.said[-200:]}")
                continue
            found.setdefault(name, []).append(_Row(name, run, measure.cpu_of(server) - before))
    return [
        _Row(
            name,
            measure.median([row.run for row in rows]),
            sorted(row.server for row in rows)[len(rows) // 2],
        )
        for name, rows in found.items()
    ]


_Command = Callable[[], list[str]]


def _commands(url: str, plan: Plan) -> list[tuple[str, _Command, Path, dict[str, str]]]:
    archive = plan.folder / "archive"
    wparc = next(peer for peer in PEERS if peer.key == "wparc")
    env = {**wparc.environment(), "PYTHONPATH": str(CHECKOUT)}

    def pull() -> list[str]:
        shutil.rmtree(archive, ignore_errors=True)
        return [*OURS, "pull", url, str(archive), "--media", "none", "--quiet"]

    def bare(full: bool) -> list[str]:
        pages = plan.folder / f"pages-{full}.txt"
        urls = [u.partition("&_fields=")[0] if full else u for u in journalled(archive)]
        pages.write_text("\n".join(urls))
        return [sys.executable, "-m", "benchmarks.bare", "--jobs", "2", str(pages)]

    found = [
        ("wpexport pull", pull, plan.folder / "here", env),
        ("(the same pages, fetched and thrown away)", lambda: bare(False), plan.folder / "bare", env),
        ("(the same pages with all fields)", lambda: bare(True), plan.folder / "full", env),
        ("wpexport pull again, nothing new", lambda: [*OURS, "pull", str(archive)], plan.folder / "re", env),
    ]
    if install(wparc) is None:
        work = Work(url, Path(), plan.folder / "wparc")
        plain = {key: value for key, value in env.items() if key != "PYTHONPATH"}
        found.append(("wparc", lambda: wparc.command(wparc.home, work), work.out, plain))
    return found


def _table(plan: Plan, rows: list[_Row]) -> str:
    base = next((row for row in rows if row.name == "wpexport pull"), None)
    lines = [
        f"A real WordPress (PHP's own server with 2 workers, SQLite), {plan.posts:,} posts of 6 KB, "
        f"{plan.posts * plan.each:,} comments; medians of {plan.rounds} rounds. {machine()}.\n",
        "| | time | × | its CPU | memory | the server's CPU |",
        "| :-- | --: | --: | --: | --: | --: |",
    ]
    for row in rows:
        ratio = f"{row.run.seconds / base.run.seconds:.2g}" if base else ""
        lines.append(
            f"| {row.name} | {row.run.seconds:.1f} s | {ratio} | {row.run.cpu:.1f} s "
            f"| {row.run.memory / 1e6:.0f} MB | {row.server:.1f} s |"
        )
    return "\n".join(lines) + "\n"
