"""``wpexport pull``: a blog into an archive."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

import click
from click.core import ParameterSource

from wpexport.archive.archive import Archive
from wpexport.archive.format import SETTINGS, Settings, safe_component
from wpexport.cli import account
from wpexport.cli.client import access_of, client
from wpexport.cli.console import Console, speaking
from wpexport.cli.lazy import Examples
from wpexport.cli.options import as_days, as_time, login, polite, via
from wpexport.cli.options import speaking as speaking_options
from wpexport.cli.safe import printable
from wpexport.errors import Exit, NoArchive, UsageError
from wpexport.net import Download, Http, Response, typed
from wpexport.net.pace import Hosts
from wpexport.ops.accepting import ALL, LOGIN, SHRUNKEN, last_login
from wpexport.ops.events import Found, Pulled
from wpexport.ops.media import MediaOptions
from wpexport.ops.pull import PullOptions, pull
from wpexport.sources.base import Source
from wpexport.sources.registry import open_source


@dataclass(frozen=True, slots=True)
class Plan:
    """What is pulled where."""

    address: str
    root: Path
    #: of the archive that is there already
    settings: Settings | None = None
    #: WordPress export files, instead of a site
    files: tuple[Path, ...] = ()


@click.command(
    "pull",
    cls=Examples,
    examples=[
        ("wpexport pull https://example.org", "A blog into the folder example.org"),
        ("wpexport pull example.org", "again: that archive takes what is new"),
        ("wpexport pull --dry-run https://example.org", "what would come"),
        ("wpexport pull https://example.org/2021/10/hello/ hello", "one post and its comments"),
        ("wpexport pull export.xml blog", "a WordPress export file; .gz and several files too"),
        ("wpexport pull --user ana --password-file secret https://example.org", "drafts and e-mails too"),
        ("wpexport pull --all sites.toml", "all sites of a list"),
    ],
)
@click.argument("source", nargs=-1, metavar="SOURCE... [ARCHIVE]")
@click.option(
    "--all",
    "sites",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Pull all sites of a list, side by side; see docs/unattended.md.",
)
@click.option(
    "--media",
    type=click.Choice(["all", "used", "none"]),
    help="Files to fetch: the whole library, those that texts show, or none.  [default: all]",
)
@click.option(
    "--media-from",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="A copy of the site's uploads folder on this disk: files are taken from there first.",
)
@click.option(
    "--max-time",
    callback=as_time,
    metavar="TIME",
    help="Stop in good order after so long, such as 30m or 2h; the next pull goes on.",
)
@click.option("--limit", type=click.IntRange(1), metavar="N", help="At most N of each kind.")
@click.option("-n", "--dry-run", is_flag=True, help="Say what would come, and pull nothing.")
@click.option("--full", is_flag=True, help="Read everything again, not only what is new or changed.")
@click.option(
    "--full-every",
    type=click.IntRange(0),
    default=30,
    show_default=True,
    metavar="DAYS",
    help="Do so by itself after so many days: edited comments are found that way alone.",
)
@click.option(
    "--sweep-every",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    metavar="DAYS",
    help="Look at the numbers of all records after so many days, and in between at the newest alone: for "
    "large sites. What vanished is found by the former.",
)
@click.option(
    "--forget-vanished",
    callback=as_days,
    metavar="DAYS",
    help="Remove for good the comments that were deleted on the site so long ago, such as 90d.  "
    "[default: never]",
)
@click.option(
    "--accept",
    multiple=True,
    metavar="NAME",
    help=f"Say no more of this loss; {ALL}: of all that the last pull named. "
    f"{SHRUNKEN}: the site really became that small; {LOGIN}: there is none any more.",
)
@via
@login
@polite
@speaking_options
def command(source: tuple[str, ...], sites: Path | None, **given: Any) -> int:
    """Pull a blog into an archive.

    SOURCE is the address of a WordPress site or of one of its posts, or a WordPress export file (or several),
    or the folder of an archive: that repeats what the archive pulls. ARCHIVE is a folder; without it, one
    with the name of the site or file is made.

    Everything public comes: posts, pages, custom types, comments, authors, terms, media files. With a login
    also drafts, private posts, held comments and e-mail addresses; they lie apart in ARCHIVE/private.
    Texts come first and files last. Stop it when you like: the next pull goes on.
    """
    if sites is not None:
        return _all(sites, source)
    if not source:
        raise click.MissingParameter(
            ctx=click.get_current_context(), param_hint="SOURCE", param_type="argument"
        )
    with speaking() as console:
        return _ready(console, source, given)()


def _ready(
    console: Console, source: tuple[str, ...], given: dict[str, Any], hosts: Hosts | None = None
) -> Callable[[], int]:
    """Understand what is asked for, and find the login; what is returned pulls."""
    plan = planned(*source)
    access = access_of(given, plan.address)

    def work() -> int:
        with client(console, access, given, hosts) as http:
            return _run(console, plan, http, _options(plan, given), given["max_size"])

    return work


def _all(path: Path, source: tuple[str, ...]) -> int:
    """Pull a list of sites."""
    from wpexport.cli.together import pull_all, read_sites

    ctx = click.get_current_context()
    logins = [param.name for param in ctx.command.params if param.envvar]
    named = [name for name in logins if ctx.get_parameter_source(str(name)) == ParameterSource.COMMANDLINE]
    if source or named:
        raise UsageError(
            "--all takes its sources and their logins from the list.", hint=f"Write them in {path}."
        )
    hosts = Hosts()
    sites = read_sites(path, ctx, default_archive)
    with speaking() as console:
        return pull_all(
            console,
            sites,
            lambda console, site: _ready(console, site.words, site.given, hosts),
        )


def planned(source: str, *more: str) -> Plan:
    """What the arguments mean.

    Raises:
        UsageError: they cannot be meant together.
        NoArchive: the source is a folder, and no archive.
    """
    if not source.strip():
        raise UsageError("SOURCE is empty.", hint="Name a site, an archive or an export file.")
    folder = Path(source)
    if folder.is_file():
        return _planned_files(source, *more)
    if len(more) > 1:
        raise UsageError(f"One site at a time: what is {more[1]}?", hint="SOURCE, and the folder for it.")
    archive = Path(more[0]) if more else None
    if folder.is_dir():
        try:
            settings = Archive.open(folder).settings()
        except NoArchive:
            raise NoArchive(f"{source} is a folder, and no archive is in it.") from None
        if archive is not None:
            raise UsageError(
                f"{source} is an archive already, of {settings.source}.",
                hint=f"Repeat it with: {account.again(folder, files=settings.from_files)}",
            )
        if settings.from_files:
            raise UsageError(
                f"{source} was made from an export file, and nobody noted where that lies.",
                hint=f"Repeat it with: {account.again(folder, files=True)}; or go on from the site with: "
                f"{account.typed('wpexport', 'pull', settings.source, folder)}",
            )
        return Plan(settings.source, folder, settings)
    if _is_path(source):
        raise UsageError(f"There is no file or folder {source}.")
    if _is_word(source):
        raise UsageError(
            f"There is no archive {source} here, and a site it cannot be.",
            hint="A site's address looks like https://example.org; wpexport pull --help has examples.",
        )
    root = archive or default_archive(source)
    there = (root / SETTINGS).is_file()
    return Plan(source, root, Archive.open(root).settings() if there else None)


def _is_path(source: str) -> bool:
    """Whether what is not there was meant as a file or folder, and not as an address."""
    if source.startswith(("./", "../", "~")) or (source.startswith("/") and not source.startswith("//")):
        return True
    first, slash, _ = source.partition("/")
    return source.endswith((".xml", ".gz", ".zip")) and not (slash and ("." in first or ":" in first))


def _is_word(source: str) -> bool:
    """Whether something without a scheme cannot be an address: its host would have no dot and no port."""
    if "://" in source:
        return False
    host, colon, port = source.lstrip("/").partition("/")[0].rpartition(":")
    if colon and not port.isdecimal() and not host.startswith("["):
        return True
    return not colon and "." not in port and port.lower() != "localhost"


def _planned_files(*names: str) -> Plan:
    """Export files, and the archive for them if the last name is no file."""
    paths = [Path(name) for name in names]
    root = paths.pop() if len(paths) > 1 and not paths[-1].is_file() else None
    for path in paths:
        if not path.is_file():
            raise UsageError(f"{path} is no file.", hint="Export files, and then the folder for them.")
    root = root or Path(paths[0].name.partition(".")[0])
    there = (root / SETTINGS).is_file()
    return Plan("", root, Archive.open(root).settings() if there else None, tuple(paths))


def default_archive(source: str) -> Path:
    """A folder in the current one, named for the site's host.

    Raises:
        UsageError: the source is no address.
    """
    parts = urlsplit(typed(source)[0])
    port = f"_{parts.port}" if parts.port else ""
    return Path(safe_component((parts.hostname or "") + port))


def _options(plan: Plan, given: dict[str, Any]) -> PullOptions:
    which = given["media"] or (plan.settings.media if plan.settings else "all")
    way = given["via"] or (plan.settings.via if plan.settings else None)
    return PullOptions(
        media=MediaOptions(which=which, local=given["media_from"], jobs=given["jobs"]),
        limit=given["limit"],
        dry_run=given["dry_run"],
        via=way,
        full=given["full"],
        full_every=timedelta(days=given["full_every"]),
        sweep_every=timedelta(days=given["sweep_every"]),
        forget_vanished=given["forget_vanished"],
        max_time=given["max_time"],
        accept=frozenset(given["accept"]),
    )


class SmallFiles:
    """Fetches files up to a size."""

    def __init__(self, http: Http, max_size: int) -> None:
        self._http = http
        self._max_size = max_size

    @property
    def traffic(self) -> tuple[int, int]:
        """Requests so far, and bytes received."""
        return self._http.traffic

    def download(self, url: str, sink: BinaryIO, *, referer: str | None = None) -> Download:
        """Write the file at ``url`` to ``sink``."""
        return self._http.download(url, sink, referer=referer, max_size=self._max_size)

    def get(self, url: str, *, method: str = "GET", attempts: int | None = None) -> Response:
        """Ask for an address."""
        return self._http.get(url, method=method, attempts=attempts)


def _source(console: Console, plan: Plan, http: Http, options: PullOptions) -> Source:
    if not plan.files:
        return open_source(http, plan.address, via=options.via)
    from wpexport.sources.wxr import WxrSource

    sizes = sum(path.stat().st_size for path in plan.files)
    console.note(f"Looking through {', '.join(map(str, plan.files))} ({account.size(sizes)})")
    spool = plan.root / "state"  # on the archive's disk: a temporary folder may be memory
    return WxrSource(plan.files, console.note, spool=spool if spool.is_dir() else None)


def _run(console: Console, plan: Plan, http: Http, options: PullOptions, max_size: int | None) -> int:
    fetcher = SmallFiles(http, max_size) if max_size else http
    found: Found | None = None
    code = Exit.DONE
    events = pull(
        plan.root,
        plan.address,
        lambda: _source(console, plan, http, options),
        options,
        fetcher,
    )
    for event in events:
        console.show(event)
        if isinstance(event, Found):
            found = event
            console.note(f"Reading {event.site.name or event.site.home} ({event.site.home})")
        elif isinstance(event, Pulled):
            code = event.exit_code
            lines = offered(found) if event.dry_run and found else pulled(event, found)
            console.result(lines, well=code == Exit.DONE)
    return code


def offered(found: Found) -> Iterator[str]:
    """What a pull would bring."""
    able = found.capabilities
    yield from account.invisible(able.invisible, had_login=able.login is not None, way=able.way)
    yield click.style(printable(f"{found.site.name or found.site.home} has:"), bold=True)
    rows = []
    for offer in able.offers:
        count = "-" if offer.closed else "?" if offer.expected is None else f"{offer.expected:,}"
        remark = f"cannot be read: {offer.closed}" if offer.closed else ""
        rows.append((offer.collection.label, count, remark))
    yield from account.table(rows)
    yield "Nothing was pulled: this was a dry run."


def pulled(event: Pulled, found: Found | None) -> Iterator[str]:
    """What a pull brought, where it lies, and what to do next."""
    yield from brought(event, found)
    run = event.run
    former = None if run.login else last_login(event.root)
    yield from account.invisible(run.invisible, had_login=run.login, way=run.way, former=former)
    yield from map(printable, run.warnings)
    if run.partial:
        yield "This was a part of the site: nothing else in the archive was touched."
    if event.exit_code == Exit.SHRUNKEN:
        accept = account.again(event.root, "--accept", SHRUNKEN, files=run.way == "wxr")
        yield "The site shows far less than the archive holds; nothing was marked as gone."
        yield f"If it really became that small: {accept}"
    if event.exit_code == Exit.INCOMPLETE:
        again = account.again(event.root, files=run.way == "wxr")
        why = (
            "To go on"
            if any("--max-time" in said for said in run.warnings)
            else "Finished, but incomplete. To try again what is missing"
        )
        yield f"{why}: {again}"
    yield f"The archive is in {printable(event.root)}"
    yield f"Next: {account.typed('wpexport', 'export', event.root, f'{event.root}-site', '--to', 'markdown')}"


def brought(event: Pulled, found: Found | None) -> Iterator[str]:
    """What a pull brought."""
    run = event.run
    name = found.site.name or found.site.home if found else run.source
    yield click.style(printable(name), bold=True)
    yield from account.collections(run.coverage)
    yield account.news(run.coverage)
    yield from account.withheld(run.coverage)
    yield from account.missing(run.coverage, event.root, f"{event.root}/runs/{run.run}.json")
