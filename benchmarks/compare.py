"""The same work by wpexport and by others, each in turn, several times."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from benchmarks import measure
from benchmarks.blog import Blog
from benchmarks.losses import Losses, journalled, losses
from benchmarks.measure import Run
from benchmarks.peers import PEERS, Peer, Work, install

CHECKOUT: Final = Path(__file__).parents[1]
OURS: Final = (sys.executable, "-m", "wpexport")
Say = Callable[[str], None]
#: seconds; what takes longer is run once
SLOW: Final = 60


@dataclass(slots=True)
class Step:
    """One command of one tool, for one task."""

    #: of its folder
    key: str
    #: the heading under which it stands
    task: str
    tool: str
    #: made anew before every round, since folders are named in it
    command: Callable[[Work], Sequence[str]]
    #: below the work folder; emptied before every round, unless `keep`
    out: str
    env: dict[str, str] = field(default_factory=lambda: dict(os.environ))
    #: others are given as multiples of this one
    reference: bool = False
    #: no multiple makes sense
    alone: bool = False
    keep: bool = False
    counted: bool = True
    note: str = ""
    runs: list[Run] = field(default_factory=list)
    lost: Losses | None = None
    failed: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured, and how patiently."""

    posts: int
    each: int
    rounds: int
    folder: Path
    #: seconds for one command
    limit: float
    #: names of the tools to leave out
    without: frozenset[str] = frozenset()
    #: wpexport by itself: for blogs that others would take hours for
    alone: bool = False


@contextmanager
def served(posts: int, each: int) -> Iterator[str]:
    """The blog in a process of its own; gives its address."""
    command = [sys.executable, "-m", "benchmarks.server", "--posts", str(posts), "--each", str(each)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=CHECKOUT)
    try:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
    finally:
        server.terminate()
        server.wait()


def _ours(*words: str) -> Callable[[Work], Sequence[str]]:
    def command(work: Work) -> Sequence[str]:
        names = {"site": work.site, "out": work.out, "archive": work.out.parent / "archive"}
        return [*OURS, *(word.format_map(names) for word in words)]

    return command


def _edited(work: Work) -> Sequence[str]:
    """Edit one text in the archive (it is pulled anew before the next round), then export."""
    archive = work.out.parent / "archive"
    posts = sorted((archive / "data" / "posts").glob("*/*.json"), key=lambda path: int(path.stem))
    post = posts[len(posts) // 2]
    record = json.loads(post.read_bytes())
    record["content"]["html"] += f"<p>Edited once more, {len(record['content']['html'])}.</p>"
    post.write_text(json.dumps(record, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return [*OURS, "export", str(archive), str(work.out), "--to", "hugo"]


def _both(work: Work) -> Sequence[str]:
    """From the site to Markdown, as one command."""
    archive = work.out.parent / "both-archive"
    first = [*OURS, "pull", work.site, str(archive), "--media", "none", "--quiet"]
    second = [*OURS, "export", str(archive), str(work.out), "--quiet"]
    return ["sh", "-c", f"rm -rf {shlex.quote(str(archive))}; {shlex.join(first)} && {shlex.join(second)}"]


def _from_file(work: Work) -> Sequence[str]:
    archive = work.out.parent / "file-archive"
    first = [*OURS, "pull", str(work.wxr), str(archive), "--media", "none", "--quiet"]
    second = [*OURS, "export", str(archive), str(work.out), "--quiet"]
    return ["sh", "-c", f"rm -rf {shlex.quote(str(archive))}; {shlex.join(first)} && {shlex.join(second)}"]


PULL, SITE, WXR, AGAIN = (
    "A site into files",
    "A site into Markdown",
    "An export file into Markdown",
    "wpexport, all else",
)


def steps() -> list[Step]:
    """Everything, in the order in which it is run."""
    archive = "{archive}"
    bare = Step("bare", PULL, "(the same pages, fetched and thrown away)", _bare, "bare", counted=False)
    found = [
        Step(
            "archive", PULL, "wpexport pull", _ours("pull", "{site}", "{out}", "--media", "none"), "archive"
        ),
        bare,
        Step("both", SITE, "wpexport pull, export", _both, "both"),
        Step("file", WXR, "wpexport pull, export", _from_file, "file"),
        Step(
            "export", AGAIN, "export to Markdown", _ours("export", archive, "{out}"), "markdown", alone=True
        ),
        Step("hugo", AGAIN, "export to Hugo", _ours("export", archive, "{out}", "--to", "hugo"), "hugo"),
        Step("reexport", AGAIN, "export again, nothing new", _ours("export", archive, "{out}"), "markdown"),
        Step(
            "rehugo",
            AGAIN,
            "export to Hugo again, nothing new",
            _ours("export", archive, "{out}", "--to", "hugo"),
            "hugo",
        ),
        Step("repull", AGAIN, "pull again, nothing new", _ours("pull", "{out}"), "archive"),
        Step("check", AGAIN, "check", _ours("check", "{out}"), "archive"),
        Step("info", AGAIN, "info", _ours("info", "{out}"), "archive"),
        Step("one", AGAIN, "export to Hugo again, one text edited", _edited, "hugo"),
    ]
    for step in found:
        step.reference = step.task != AGAIN and step.tool.startswith("wpexport")
        step.alone = step.task == AGAIN
        step.keep = step.key in {"reexport", "rehugo", "repull", "check", "info", "one"}
        step.counted = step.counted and step.key not in {
            "reexport",
            "rehugo",
            "repull",
            "check",
            "info",
            "one",
        }
    tasks = {"pull": PULL, "site": SITE, "wxr": WXR}
    for peer in PEERS:
        found.append(_step(peer, tasks[peer.task]))
    order = [PULL, SITE, WXR, AGAIN]
    return sorted(found, key=lambda step: order.index(step.task))


def _step(peer: Peer, task: str) -> Step:
    command = lambda work: peer.command(peer.home, work)  # noqa: E731
    step = Step(peer.key, task, peer.name, command, peer.key, note=peer.note)
    step.env = peer.environment()
    return step


def _bare(work: Work) -> Sequence[str]:
    """The addresses are those that the pull before asked for."""
    pages = work.out.parent / "pages.txt"
    pages.write_text("\n".join(journalled(work.out.parent / "archive")))
    return [sys.executable, "-m", "benchmarks.bare", "--jobs", "2", str(pages)]


def compare(plan: Plan, wxr: Path, say: Say) -> list[Step]:
    """Measure everything."""
    todo = [step for step in steps() if step.tool not in plan.without]
    if plan.alone:
        todo = [step for step in todo if step.task in (PULL, AGAIN) and _is_ours(step)]
    for step in todo:
        peer = next((peer for peer in PEERS if peer.key == step.key), None)
        if peer is not None:
            say(f"{peer.name}: installing, if it is not there")
            step.failed = install(peer)
            step.env = peer.environment()
    with served(plan.posts, plan.each) as site:
        for number in range(1, plan.rounds + 1):
            for step in todo:
                if step.failed is None and not (step.runs and step.runs[0].seconds > SLOW):
                    say(f"round {number}: {step.task}: {step.tool}")
                    _once(step, Work(site, wxr, plan.folder / step.out), plan, first=number == 1)
    return todo


def _once(step: Step, work: Work, plan: Plan, *, first: bool) -> None:
    if not step.keep:
        shutil.rmtree(work.out, ignore_errors=True)
    work.out.parent.mkdir(parents=True, exist_ok=True)
    cwd = plan.folder / f"{step.key}-here"
    shutil.rmtree(cwd, ignore_errors=True)
    env = {**step.env, "PYTHONPATH": str(CHECKOUT)} if _is_ours(step) else step.env
    run = measure.run(step.command(work), cwd, env, plan.limit)
    step.runs.append(run)
    if not run.good:
        step.failed = _why(run, plan.limit)
    elif first and step.counted:
        # some write where they are told to, others where they stand
        step.lost = losses(Blog(plan.posts, plan.each), work.out if work.out.is_dir() else cwd)


def _is_ours(step: Step) -> bool:
    return all(step.key != peer.key for peer in PEERS)


def _why(run: Run, limit: float) -> str:
    if run.code == -9 and run.seconds >= limit:
        return f"not done after {limit:.0f} s"
    lines = [line.strip() for line in run.said.splitlines() if line.strip()]
    return f"ended with {run.code}: {lines[-1][:100] if lines else 'no word'}"
