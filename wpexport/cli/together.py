"""``wpexport pull --all sites.toml``: many archives by one command, side by side."""

from __future__ import annotations

import threading
import tomllib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from wpexport.cli import account
from wpexport.cli.console import Console, Lines, Silent
from wpexport.cli.failures import described
from wpexport.cli.safe import printable
from wpexport.cli.state import State, current
from wpexport.errors import Exit, UsageError
from wpexport.ops.events import Event, Pulled

#: so many sites at once; each host has a pace of its own, whatever asks it
AT_ONCE = 4
#: the worst first; what is not here is worse than all. A site's own trouble wakes nobody before the disk's
WORST = (
    Exit.DAMAGED,
    Exit.FAILED,
    Exit.USAGE,
    Exit.NO_ARCHIVE,
    Exit.LOGIN,
    Exit.SHRUNKEN,
    Exit.NOTHING_READ,
    Exit.LOCKED,
    Exit.INCOMPLETE,
    Exit.DONE,
)
_SECRETS = frozenset({"password", "token", "bearer", "cookie", "cookies", "header", "headers", "secret"})
#: for the whole command, or for no list
_NOT_HERE = frozenset({"all", "json", "quiet", "debug", "help"})


@dataclass(slots=True)
class Site:
    """One site of the list."""

    name: str
    source: str
    #: its folder; the source itself where that is an archive
    archive: Path
    #: the options of ``pull``
    given: dict[str, Any]
    code: int = Exit.DONE
    #: why it failed, in a sentence and what to do next
    failed: tuple[str, str] | None = None
    pulled: Pulled | None = None
    #: what a pull of it alone would have said
    lines: list[str] = field(default_factory=list)

    @property
    def words(self) -> tuple[str, ...]:
        """What one would type after ``pull``."""
        archive = str(self.archive)
        return (archive,) if self.source == archive else (self.source, archive)


def read_sites(path: Path, ctx: click.Context, default_archive: Callable[[str], Path]) -> list[Site]:
    """Read the list: a table ``[[site]]`` each, with pull's own options by their long names.

    What stands above the first table is for all sites. Files are found from where the list lies.

    Raises:
        UsageError: it cannot be read, or something in it cannot be meant.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise UsageError(f"{path} cannot be read: {reason}.") from error
    tables = data.pop("site", None)
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise UsageError(f"There is no site in {path}.", hint='Write [[site]] and source = "https://...".')
    sites = [_site({**data, **table}, path, ctx, default_archive) for table in tables]
    places = [site.archive.resolve() for site in sites]
    for site, place in zip(sites, places, strict=True):
        if places.count(place) > 1:
            raise UsageError(f"{path}: two sites have the archive {site.archive}.")
    return sites


def _site(
    table: dict[str, Any], path: Path, ctx: click.Context, default_archive: Callable[[str], Path]
) -> Site:
    source = table.pop("source", None)
    if not isinstance(source, str):
        raise UsageError(f"{path}: a site has no source.", hint='Write: source = "https://example.org".')
    where, named = path.parent / source, table.pop("archive", None)
    if where.exists():
        source = str(where)
    if where.is_dir() and named is None:
        archive = where  # repeated as it is
    else:
        archive = path.parent / (named or default_archive(source).name)
    words = [word for name, value in table.items() for word in _words(name, value, path, ctx)]
    inner = ctx.command.make_context(ctx.info_name, [*words, "--", source], parent=ctx.parent)
    given = {name: value for name, value in inner.params.items() if name not in ("source", "sites")}
    for param in ctx.command.params:
        name = param.name or ""
        if name in given and param.envvar and inner.get_parameter_source(name) == ParameterSource.ENVIRONMENT:
            given[name] = None  # a login of the environment is not for each site of a list
        if name in given and ctx.get_parameter_source(name) == ParameterSource.COMMANDLINE:
            given[name] = ctx.params[name]
    return Site(archive.name, source, archive, given)


def _words(name: str, value: Any, path: Path, ctx: click.Context) -> Iterator[str]:
    """A key and its value as one would type them."""
    option = f"--{name}"
    known = {word: param for param in ctx.command.params for word in param.opts}
    if name in _SECRETS and not isinstance(value, bool):
        raise UsageError(
            f"{path}: {name} is a secret, and does not stand in this file.",
            hint="Name the file or the command that has it, such as password-file.",
        )
    if option not in known or name in _NOT_HERE:
        raise UsageError(f"{path}: pull has no option {option} for a site.", hint="See: wpexport pull --help")
    if isinstance(value, bool) != getattr(known[option], "is_flag", False):
        raise UsageError(f"{path}: {name} cannot be {value!r}.", hint="See: wpexport pull --help")
    if isinstance(value, bool):
        yield from [option] if value else []
        return
    for one in value if isinstance(value, list) else [value]:
        text = str(one)
        if isinstance(known[option].type, click.Path) and text != "-":
            text = str(path.parent / Path(text).expanduser())
        yield from (option, text)


class _Prefixed(Lines):
    """Plain lines, each with the site's name."""

    def __init__(self, name: str) -> None:
        self._name = name

    def message(self, text: str) -> None:
        """Print to stderr."""
        super().message(f"{printable(self._name)}: {text}")


class SiteConsole(Console):
    """What one of several sites says: its progress at once, its result when all are done."""

    def __init__(self, state: State, site: Site, lock: threading.Lock) -> None:
        super().__init__(state, Silent() if state.quiet or state.json else _Prefixed(site.name))
        self._lock = lock
        self._site = site

    def show(self, event: Event) -> None:
        """Show one event."""
        if isinstance(event, Pulled):
            self._site.pulled = event
        super().show(event)

    def emit(self, line: dict[str, Any]) -> None:
        """Print one JSON object that says which site it is about."""
        kind = "pulled" if line.get("type") == "summary" else line.get("type")
        super().emit({**line, "type": kind, "site": self._site.name})

    def result(self, lines: Any, *, well: bool = True) -> None:
        """Keep the result for the summary."""
        del well
        self._site.lines = list(lines)


def pull_all(
    console: Console, sites: Sequence[Site], one: Callable[[Console, Site], Callable[[], int]]
) -> int:
    """Pull all of them; one that fails stops no other. Gives the worst exit code.

    Args:
        console: for the summary.
        sites: the list.
        one: makes ready to pull a site (asks for its password, say) and gives what pulls it.
    """
    state, lock = current(), threading.Lock()
    pool = ThreadPoolExecutor(AT_ONCE, "site")
    try:
        waiting = []
        for site in sites:
            try:
                work = one(SiteConsole(state, site, lock), site)
            except Exception as error:
                _fail(site, error)
                continue
            waiting.append((site, pool.submit(work)))
        for site, future in waiting:
            try:
                site.code = future.result()
            except Exception as error:
                _fail(site, error)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    code = worst([site.code for site in sites])
    if state.json:
        console.emit(_summary(sites, code))
    console.result(_told(sites, state.quiet), well=code == Exit.DONE)
    return code


def worst(codes: Sequence[int]) -> int:
    """The exit code of several: the one that most needs somebody's eye."""
    ranks = {int(code): rank for rank, code in enumerate(WORST)}
    return min(codes, key=lambda code: ranks.get(code, -1), default=Exit.DONE)


def _fail(site: Site, error: Exception) -> None:
    code, sentence, hint = described(error)
    site.code, site.failed = code, (sentence, hint)


def _told(sites: Sequence[Site], quiet: bool) -> Iterator[str]:
    """One line a site, then what is to be done about those that are not well."""
    rows = []
    for site in sites:
        if site.pulled and site.pulled.dry_run:
            continue
        if site.code != Exit.DONE or not quiet:
            news = account.news(site.pulled.run.coverage) if site.pulled and not site.failed else ""
            rows.append((site.name, "" if site.code == Exit.DONE else f"exit {site.code}", news))
    yield from account.table(rows)
    for site in sites:
        if site.code == Exit.DONE and not (site.pulled and site.pulled.dry_run):
            continue
        yield ""
        if site.failed:
            sentence, hint = site.failed
            yield click.style(printable(site.name), bold=True)
            yield from (f"  {printable(part)}" for part in (sentence, *hint.splitlines()))
        yield from site.lines
    well = sum(site.code == Exit.DONE for site in sites)
    yield f"{account.several(len(sites), 'site')}, {well:,} of them well."


def _summary(sites: Sequence[Site], code: int) -> dict[str, Any]:
    rows = [
        {
            "site": site.name,
            "source": site.source,
            "archive": str(site.archive),
            "exit_code": int(site.code),
            "message": site.failed[0] if site.failed else None,
            "run": site.pulled.run.run if site.pulled else None,
        }
        for site in sites
    ]
    return {"type": "summary", "command": "pull", "sites": rows, "exit_code": int(code)}
