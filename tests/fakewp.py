"""A WordPress for tests: a blog written in code, answering like `wpexport.demo`, with faults to switch on.

    fake = FakeWordPress()
    fake.post(1, title="First", content="<p>Hello</p>")
    fake.comment(7, post=1, parent=0, content="Well said")
    fake.fault(faults.poison(1))
    with fake.serve() as url: ...                  # a real server on 127.0.0.1
    with responses.RequestsMock() as mock:         # or no socket at all
        url = fake.mount(mock)
    assert fake.asked("posts") == [...]

``FakeWordPress.sample()`` has the sample blog, ``FakeWordPress.big(10_000, 50_000)`` one of any size.
For measurements in a process of its own: ``python -m tests.fakewp --posts 10000 --comments 50000``.
"""

from __future__ import annotations

import argparse
import copy
import functools
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import requests
import responses

from tests.demo import faults, made, rows
from tests.demo.faults import Fault
from tests.demo.feedtexts import FakeFeeds
from wpexport.demo.blog import Blog, Collection, Row, load
from wpexport.demo.server import Server
from wpexport.demo.web import HOME, Answer, Request
from wpexport.demo.wordpress import DemoWordPress

__all__ = ["FakeWordPress", "Fault", "faults"]


@functools.cache
def _recorded() -> Blog:
    return load()


def empty_blog(name: str = "A fake blog") -> Blog:
    """A blog of the sample's kinds (posts, pages, recipes, projects, ...) in which nothing was written."""
    recorded = _recorded()
    index = {**recorded.index, "name": name, "timezone_string": "", "gmt_offset": 0}
    collections = {
        key: Collection(key, one.route, one.kind, [], one.arguments, one.contexts, one.hierarchical)
        for key, one in recorded.collections.items()
    }
    answers = copy.deepcopy({route: recorded.answers[route] for route in recorded.answers})
    nowhere = {"/nothing-here/": recorded.html["/nothing-here/"], "/": recorded.html["/"]}
    feeds = FakeFeeds.around(recorded.feeds)
    blog = Blog(index, collections, answers, feeds, {}, copy.deepcopy(nowhere))
    feeds.blog = blog
    return blog


class FakeWordPress(DemoWordPress):
    """A WordPress that a test writes, watches and breaks."""

    def __init__(self, blog: Blog | None = None, base: str = "http://blog.test") -> None:
        empty = blog is None
        super().__init__(blog or empty_blog(), base)
        #: all requests, in the order in which they came
        self.requests: list[Request] = []
        self.faults: list[Fault] = []
        self._lock = threading.Lock()
        if empty:
            self.user(1, "Keeper", username="admin", application_password="fake admin password")
            self.term(1, "Uncategorized", slug="uncategorized")

    @classmethod
    def sample(cls) -> FakeWordPress:
        """The recorded sample blog (a copy: it may be changed)."""
        return cls(copy.deepcopy(_recorded()))

    @classmethod
    def big(cls, posts: int, comments: int = 0, words: int = 900) -> FakeWordPress:
        """So many posts and comments, made when they are asked for; ``words`` makes a post of about 6 KB."""
        fake = cls()
        blog = fake.blog
        text = "".join(
            f"<p>{'Seven ships sailed south slowly. ' * 15}</p>\n" for _ in range(max(words // 75, 1))
        )
        model = rows.post(blog, blog.collections["posts"], made.NUMBER, {"content": text, "date": made.DATE})
        blog.collections["posts"].rows = made.Made(model, posts)
        answer = rows.comment(
            blog, made.NUMBER, 1, {"date": made.DATE, "post": made.POST, "parent": made.PARENT}
        )

        def others(number: int) -> tuple[int, int]:
            """Round after round over all posts; every second round answers the one before."""
            above = number - posts if (number - 1) // max(posts, 1) % 2 else 0
            return (number - 1) % max(posts, 1) + 1, max(above, 0)

        blog.collections["comments"].rows = made.Made(answer, comments, 1, others)
        return fake

    # -- writing ----------------------------------------------------------------------------------

    def post(self, number: int, *, type: str = "post", **given: Any) -> Row:  # noqa: A002 (WordPress' own word)
        """Write a post, page or item of a custom type.

        ``given``: title, content, excerpt as texts; all else by WordPress' names (``slug``, ``date``,
        ``date_gmt``, ``status``, ``password``, ``author``, ``categories``, ``parent``, ...).
        """
        collection = self.blog.collections[rows.BASES.get(type, type)]
        return self._place(collection, rows.post(self.blog, collection, number, {"type": type, **given}))

    def page(self, number: int, **given: Any) -> Row:
        """Write a page."""
        return self.post(number, type="page", **given)

    def posts(self, count: int, first: int = 1) -> None:
        """Write so many plain posts."""
        for number in range(first, first + count):
            self.post(number)

    def comment(self, number: int, post: int = 1, **given: Any) -> Row:
        """Write a comment (``parent``, ``content``, ``status``, ``type``, ``author_name``, ``date``, ...)."""
        collection = self.blog.collections["comments"]
        return self._place(collection, rows.comment(self.blog, number, post, given))

    def media(self, number: int, path: str, content: bytes | None = None, **given: Any) -> Row:
        """Put a file into ``/wp-content/uploads/``; without content it is listed and not there (404)."""
        collection = self.blog.collections["media"]
        if content is not None:
            self.file(f"/wp-content/uploads/{path}", content)
        return self._place(collection, rows.media(collection, number, path, given))

    def file(self, path: str, content: bytes) -> None:
        """Serve a file."""
        self.blog.files[path] = _Bytes(content)  # type: ignore[assignment]

    def term(self, number: int, name: str, taxonomy: str = "category", **given: Any) -> Row:
        """Make a term."""
        collection = self.blog.collections[rows.TAXONOMIES.get(taxonomy, taxonomy)]
        return self._place(collection, rows.term(collection, number, name, given))

    def user(self, number: int, name: str, application_password: str | None = None, **given: Any) -> Row:
        """Make a user (``role``, ``public``, ``username``, ``slug``); a password makes a login of it."""
        row = rows.user(self.blog.collections["users"], number, name, given)
        if application_password is not None:
            self.blog.logins[row.edit["username"]] = application_password
        return self._place(self.blog.collections["users"], row)

    def remove(self, base: str, number: int) -> None:
        """Delete a row."""
        collection = self.blog.collections[base]
        collection.rows = [row for row in collection.rows if row.id != number]

    def add_type(self, name: str, base: str, namespace: str = "wp/v2", **given: Any) -> None:
        """Register another post type with its own route."""
        posts = self.blog.collections["posts"]
        route = f"/{namespace}/{base}"
        self.blog.collections[base] = Collection(base, route, posts.kind, [], posts.arguments, posts.contexts)
        self.rest.by_route[route] = self.blog.collections[base]
        types = self.blog.answers["/wp/v2/types"]
        for face in types.values():
            links = {"wp:items": [{"href": f"{HOME}/wp-json{route}"}]}
            new = {
                **face["body"]["post"],
                "slug": name,
                "name": name.title(),
                "rest_base": base,
                "taxonomies": [],
            }
            face["body"][name] = new | {"rest_namespace": namespace, "_links": links} | given
        if namespace not in self.blog.index["namespaces"]:
            self.blog.index["namespaces"] = [*self.blog.index["namespaces"], namespace]

    def _place(self, collection: Collection, row: Row) -> Row:
        rows.place(self.blog, collection, row)
        self.pages.refresh()
        return row

    # -- breaking and watching --------------------------------------------------------------------

    def fault(self, fault: Fault) -> Fault:
        """Switch a fault on; of several, the one that was switched on first stands nearest to the client."""
        self.faults.append(fault)
        return fault

    def heal(self) -> None:
        """Switch all faults off."""
        self.faults.clear()

    def asked(self, base: str) -> list[Request]:
        """The requests for a collection (``"posts"``) or a row (``"posts/7"``)."""
        return [request for request in self.requests if faults.on(base)(request)]

    def dispatch(self, request: Request) -> Answer:
        """The answer, through all faults that concern the request."""
        with self._lock:
            self.requests.append(request)
            hit = [fault for fault in self.faults if fault.applies(request)]
            for fault in hit:
                fault.hits.append(request)
        return self._through(hit, request)

    def _through(self, hit: list[Fault], request: Request) -> Answer:
        if not hit:
            return super().dispatch(request)
        return hit[0].then(request, lambda changed: self._through(hit[1:], changed))

    # -- answering --------------------------------------------------------------------------------

    @contextmanager
    def serve(self, folder: str = "") -> Iterator[str]:
        """Serve on 127.0.0.1, under a folder of the host if wanted; gives the address."""
        with Server(self, folder=folder) as server:
            yield server.url

    def mount(self, mock: responses.RequestsMock, base: str | None = None) -> str:
        """Answer all requests to the site's address (or ``base``) that `responses` sees; gives it."""
        self.base = (base or self.base).rstrip("/")
        pattern = re.compile(re.escape(self.base) + r"(?:[/?].*)?$")
        for method in ("GET", "HEAD", "OPTIONS", "POST"):
            mock.add_callback(method, pattern, callback=self._called, content_type=None)
        mock.assert_all_requests_are_fired = False
        return self.base

    def _called(self, request: requests.PreparedRequest) -> tuple[int, Mapping[str, str], bytes]:
        headers = {str(name): _text(value) for name, value in request.headers.items()}
        answer = self.answer(str(request.method), str(request.url), headers)
        if not answer.status:
            raise requests.ConnectionError("connection reset by peer")
        return answer.status, answer.headers, answer.body


class _Bytes:
    """A file in memory, as far as the pages read one."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def read_bytes(self) -> bytes:
        return self.content


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def main() -> None:
    """Serve a big blog until interrupted."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--posts", type=int, default=10_000)
    parser.add_argument("--comments", type=int, default=50_000)
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    fake = FakeWordPress.big(options.posts, options.comments)
    with Server(fake, options.port) as server:
        print(server.url, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
