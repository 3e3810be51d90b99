"""Against a real WordPress: how near a pull comes to the rate of bare requests, and what it costs the server.

PHP's own server and SQLite, filled by ``tests/e2e/php/fill.php`` and kept below ``.cache/``.
"""

from __future__ import annotations

import re
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
_WORDS: Final = re.compile(rb"(Entry|Comment) number (\d+)")
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    run: measure.Run
    #: CPU seconds of the server
    server: float
    #: posts and comments that are not in what it wrote; None where nothing is written
    lost: tuple[int, int] | None = None


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
        for name, command, cwd, env, out in _commands(site.url, plan):
            say(f"round {number}: {name}")
            shutil.rmtree(cwd, ignore_errors=True)
            before = measure.cpu_of(server)
            run = measure.run(command(), cwd, env, plan.limit * 10)
            if not run.good:
                say(f"  ended with {run.code}: {run.said[-200:]}")
                continue
            cost = measure.cpu_of(server) - before
            lost = _lost(out, plan) if out is not None and number == 1 else None
            found.setdefault(name, []).append(_Row(name, run, cost, lost))
    return [
        _Row(
            name,
            measure.median([row.run for row in rows]),
            sorted(row.server for row in rows)[len(rows) // 2],
            rows[0].lost,
        )
        for name, rows in found.items()
    ]


def _lost(out: Path, plan: Plan) -> tuple[int, int]:
    """How many posts and comments are missing in what a tool wrote, by the words of ``fill.php`` in each."""
    found: dict[bytes, set[int]] = {b"Entry": set(), b"Comment": set()}
    for path in out.rglob("*.json*"):
        if path.suffix in (".json", ".jsonl") and path.is_file():  # not the journal, which is for proof
            for kind, number in _WORDS.findall(path.read_bytes()):
                found[kind].add(int(number))
    return plan.posts - len(found[b"Entry"]), plan.posts * plan.each - len(found[b"Comment"])


_Command = Callable[[], list[str]]


def _commands(url: str, plan: Plan) -> list[tuple[str, _Command, Path, dict[str, str], Path | None]]:
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

    def again() -> list[str]:
        return [*OURS, "pull", str(archive), "--media", "none", "--quiet"]

    found: list[tuple[str, _Command, Path, dict[str, str], Path | None]] = [
        ("wpexport pull", pull, plan.folder / "here", env, archive),
        ("(the same pages, fetched and thrown away)", lambda: bare(False), plan.folder / "bare", env, None),
        ("(the same pages with all fields)", lambda: bare(True), plan.folder / "full", env, None),
        ("wpexport pull again, nothing new", again, plan.folder / "re", env, archive),
    ]
    if install(wparc) is None:
        work = Work(url, Path(), plan.folder / "wparc")
        plain = {key: value for key, value in env.items() if key != "PYTHONPATH"}
        found.append(("wparc", lambda: wparc.command(wparc.home, work), work.out, plain, work.out))
    return found


def _table(plan: Plan, rows: list[_Row]) -> str:
    base = next((row for row in rows if row.name == "wpexport pull"), None)
    lines = [
        f"A real WordPress (PHP's own server with 2 workers, SQLite), {plan.posts:,} posts of 6 KB, "
        f"{plan.posts * plan.each:,} comments; medians of {plan.rounds} rounds. {machine()}.\n",
        "| | time | × | its CPU | memory | the server's CPU | lost: posts | comments |",
        "| :-- | --: | --: | --: | --: | --: | --: | --: |",
    ]
    for row in rows:
        ratio = f"{row.run.seconds / base.run.seconds:.2g}" if base else ""
        lost = " | ".join(f"{count:,}" for count in row.lost) if row.lost is not None else " | "
        lines.append(
            f"| {row.name} | {row.run.seconds:.1f} s | {ratio} | {row.run.cpu:.1f} s "
            f"| {row.run.memory / 1e6:.0f} MB | {row.server:.1f} s | {lost} |"
        )
    return "\n".join(lines) + "\n"
