"""A whole pull of a broken blog, by every way there is, and what lies in the archive afterwards."""

from __future__ import annotations

import json
import re
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import responses

from tests.breakages.further import own_feeds
from tests.fakewp import FakeWordPress
from wpexport.archive.archive import Archive
from wpexport.archive.format import AUTHORS, COMMENTS, MEDIA, POSTS, TERMS
from wpexport.archive.reader import Reader
from wpexport.archive.records import read_record, record_paths
from wpexport.errors import Exit
from wpexport.model import Author, Comment, Coverage, Loss, Media, Post, Site, Term, decode
from wpexport.net import Credentials, Http
from wpexport.ops.events import Event, Pulled, Warned
from wpexport.ops.media import MediaOptions
from wpexport.ops.pull import PullOptions, pull
from wpexport.sources.registry import open_source

HOME = "https://blog.test"
POSTS_COUNT = 24
_ROOT = re.compile(rb'"root": *"[^"]*"')


def blog() -> FakeWordPress:
    """A small blog with something of everything."""
    fake = FakeWordPress(base=HOME)
    fake.user(2, "Änne Übel")
    fake.term(2, "Ships &amp; boats")
    fake.term(3, "deep", taxonomy="post_tag")
    for number in range(1, POSTS_COUNT + 1):
        text = f"<p>Text {number}: Grüße, 你好 😀</p>\n"
        more: dict[str, Any] = {"author": 2, "categories": [2], "tags": [3]} if number % 3 == 0 else {}
        fake.post(number, title=f"Post {number}", content=text, **more)
    fake.page(40, title="About", slug="about")
    fake.page(41, title="More", slug="more", parent=40)
    for number in range(1, 13):
        parent = number - 6 if number > 6 else 0
        fake.comment(number, post=1 + number % 6, parent=parent, content=f"Comment {number}")
    fake.media(60, "2024/01/a.png", b"\x89PNG a")
    fake.media(61, "2024/01/b.png", b"\x89PNG b")
    return fake


class Clock:
    """Time that passes by sleeping alone."""

    def __init__(self) -> None:
        self.slept = 0.0
        self._lock = threading.Lock()

    def __call__(self) -> float:
        return 1000.0 + self.slept

    def sleep(self, seconds: float) -> None:
        """Take no time, and let it pass."""
        with self._lock:
            self.slept += seconds


def http(clock: Clock | None = None, **options: Any) -> Http:
    """A client that never really waits; names of hosts ending in ``inside.test`` lie in a private network."""

    def resolve(host: str) -> list[str]:
        with suppress(OSError):
            return [socket.inet_ntoa(socket.inet_aton(host))]  # "2130706433" is an address too
        return ["10.1.2.3" if host.endswith("inside.test") else "93.184.216.34"]

    clock = clock or Clock()
    made: dict[str, Any] = {"clock": clock, "sleep": clock.sleep, "resolve": resolve, **options}
    return Http(**made)


@dataclass
class Harvest:
    """What a pull brought, read back from the archive."""

    root: Path
    done: Pulled
    events: list[Event]
    #: addresses that were asked for, and with which headers
    requests: list[str] = field(default_factory=list)
    sent: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    @property
    def code(self) -> Exit:
        """The exit code."""
        return self.done.exit_code

    @property
    def site(self) -> Site:
        """The description of the blog."""
        return Reader(Archive.open(self.root)).site()

    @property
    def posts(self) -> dict[int | str, Post]:
        """All posts of all types, by number, else by address."""
        return {p.id or p.url or "": p for p in self._records(POSTS, Post)}

    @property
    def comments(self) -> dict[int, Comment]:
        """All comments."""
        found = {}
        for folder in (self.root, self.root / "private"):
            for _, path in record_paths(folder / COMMENTS):
                for line in path.read_bytes().splitlines():
                    comment = decode(line, Comment)
                    found[comment.id or 0] = comment
        return found

    @property
    def media(self) -> dict[int, Media]:
        """The media library."""
        return {m.id or 0: m for m in self._records(MEDIA, Media)}

    @property
    def authors(self) -> dict[int, Author]:
        """All authors."""
        return {a.id or 0: a for a in self._lines(AUTHORS, Author)}

    @property
    def terms(self) -> dict[int, Term]:
        """All terms."""
        return {t.id or 0: t for t in self._lines(TERMS, Term)}

    def _records(self, place: str, kind: type[Any]) -> list[Any]:
        return [
            read_record(path, kind)
            for folder in (self.root, self.root / "private")
            for _, path in record_paths(folder / place)
        ]

    def _lines(self, place: str, kind: type[Any]) -> list[Any]:
        path = self.root / place
        return [decode(line, kind) for line in path.read_bytes().splitlines()] if path.exists() else []

    def cover(self, key: str) -> Coverage:
        """The account of a collection."""
        return next(c for c in self.done.run.coverage if c.collection == key)

    @property
    def lost(self) -> list[Loss]:
        """All losses."""
        return [loss for cover in self.done.run.coverage for loss in cover.lost]

    @property
    def closed(self) -> dict[str, str]:
        """The collections that could not be read at all, and why."""
        return {c.collection: c.closed for c in self.done.run.coverage if c.closed is not None}

    @property
    def warnings(self) -> list[str]:
        """What people were told on the way."""
        return [event.text for event in self.events if isinstance(event, Warned)]

    def records(self) -> dict[str, bytes]:
        """The files of the archive that say what the blog holds, byte by byte; not by which way it came."""
        return {
            str(path.relative_to(self.root)): _ROOT.sub(b"", path.read_bytes())
            for path in sorted((self.root / "data").rglob("*"))
            if path.is_file() and not {"raw", "history"} & set(path.relative_to(self.root).parts)
        }

    def report(self) -> dict[str, Any]:
        """The report of the run as it lies on disk."""
        path = self.root / "runs" / f"{self.done.run.run}.json"
        made: dict[str, Any] = json.loads(path.read_bytes())
        return made


def harvest(
    fake: FakeWordPress,
    root: Path,
    *,
    address: str | None = None,
    via: str | None = None,
    media: str = "none",
    real: bool = False,
    credentials: Credentials | None = None,
    mock: responses.RequestsMock | None = None,
    **options: Any,
) -> Harvest:
    """Pull a blog as the command does.

    Args:
        real: over a real socket, where what happens to the bytes on the way matters.
        mock: serves other addresses too.
        options: of the client.
    """
    fake.fault(own_feeds(fake))
    if real:
        with fake.serve() as url:
            return _pull(address or url, root, via, media, http(credentials=credentials, **options))
    with mock or responses.RequestsMock(assert_all_requests_are_fired=False) as answers:
        url = fake.mount(answers)
        found = _pull(address or url, root, via, media, http(credentials=credentials, **options))
        found.sent = [
            (str(c.request.url), {k: str(v) for k, v in c.request.headers.items()}) for c in answers.calls
        ]
        found.requests = [url for url, _ in found.sent]
        return found


def _pull(address: str, root: Path, via: str | None, media: str, client: Http) -> Harvest:
    with client:
        chosen = PullOptions(media=MediaOptions(which=media), via=via)
        connect = partial(open_source, client, address, via=via)
        events = list(pull(root, address, connect, chosen, client))
    last = events[-1]
    assert isinstance(last, Pulled)
    return Harvest(root, last, events)


@cache
def healthy_records() -> dict[str, bytes]:
    """What lies in the archive of `blog` when nothing goes wrong."""
    with TemporaryDirectory() as folder:
        found = harvest(blog(), Path(folder) / "archive")
        assert found.code == Exit.DONE, found.lost
        return found.records()


def unharmed(found: Harvest) -> bool:
    """Whether a pull of `blog` brought all there is, to the byte, and says so."""
    assert found.code == Exit.DONE, (found.lost, found.closed)
    records, healthy = found.records(), healthy_records()
    assert records.keys() == healthy.keys()
    for name, content in healthy.items():
        assert records[name] == content, name
    return True
