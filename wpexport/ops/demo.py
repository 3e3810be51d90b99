"""The whole round on a small built-in site: serve, pull, check, export. No network, no account."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from wpexport.archive.archive import Archive
from wpexport.archive.format import SETTINGS
from wpexport.demo.server import Server
from wpexport.demo.wordpress import DemoWordPress
from wpexport.errors import Exit, WpexportError
from wpexport.net import Http
from wpexport.ops.check import check
from wpexport.ops.events import Checked, Event, Exported, Pulled
from wpexport.ops.export import ExportRequest, export
from wpexport.ops.pull import PullOptions, pull
from wpexport.sources.registry import open_source

#: the port that the sample blog is served at, unless it is taken
PORT = 8421
EXPORTS = ("markdown", "hugo")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the round begins; ``command`` is what a user would type for it."""

    text: str
    command: str


def demo(folder: Path) -> Iterator[Event | Step]:
    """Serve the sample blog, pull it into ``folder``, check it and export it.

    Raises:
        WpexportError: one of the steps failed.
    """
    archive = folder / "archive"
    with _served(archive) as server:
        yield Step("A sample blog is served on this machine", server.url)
        yield Step("Pull it into an archive", f"wpexport pull {server.url} {archive}")
        with Http() as http:
            events = pull(
                archive, server.url, lambda: open_source(http, server.url, via="rest"), PullOptions(), http
            )
            yield from _passing(events)
    yield Step("Check the archive", f"wpexport check {archive}")
    yield from _passing(check(archive))
    for to in EXPORTS:
        out = folder / to
        yield Step(f"Export it as {to.capitalize()}", f"wpexport export {archive} {out} --to {to}")
        yield from _passing(export(archive, out, ExportRequest(to=to)))


def _served(archive: Path) -> Server:
    """The server, at the address that an archive of a former demo remembers."""
    former = None
    if (archive / SETTINGS).is_file():
        former = urlsplit(Archive.open(archive).settings().source).port
    try:
        return Server(DemoWordPress(), former or PORT)
    except OSError as error:
        if former is None:
            return Server(DemoWordPress())
        raise WpexportError(
            f"The port {former}, at which {archive} was pulled, is in use.",
            hint="Name another folder: wpexport demo DIR",
        ) from error


def _passing(events: Iterator[Event]) -> Iterator[Event]:
    """Pass events on; a step that failed ends the round."""
    for event in events:
        yield event
        if isinstance(event, Pulled | Checked) and event.exit_code not in (Exit.DONE, Exit.INCOMPLETE):
            raise WpexportError("The demo stopped here; the lines above say why.")
        if isinstance(event, Exported) and event.exit_code == Exit.FAILED:
            raise WpexportError("The demo stopped here; the lines above say why.")
