"""The sample blog, answering as WordPress does. No sockets here: a request in, an answer out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from wpexport.demo.blog import Blog, load
from wpexport.demo.feed_pages import FeedPages
from wpexport.demo.pages import Pages
from wpexport.demo.rest import Rest
from wpexport.demo.visitor import identify
from wpexport.demo.web import HOME, Answer, Request, rebase

__all__ = ["Answer", "DemoWordPress"]


class DemoWordPress:
    """A WordPress site of recorded data.

    >>> site = DemoWordPress()
    >>> site.answer("GET", "/wp-json/wp/v2/posts?per_page=1&_fields=id").body
    b'[{"id":23}]'
    """

    def __init__(self, blog: Blog | None = None, base: str = HOME) -> None:
        #: where the site lives; the server sets it when it knows its port
        self.base = base
        self.blog = blog or load()
        self.rest = Rest(self.blog)
        self.feeds = FeedPages(self.blog)
        self.pages = Pages(self.blog)

    def answer(self, method: str, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Answer one request. ``url`` is absolute, or a path on the site's host."""
        request = Request.parse(method, url, headers or {}, self.base)
        answer = self.dispatch(request)
        if _is_text(answer):
            answer.body = rebase(answer.body, self.base)
        answer.headers = {
            name: rebase(value.encode(), self.base).decode() for name, value in answer.headers.items()
        }
        return answer

    def dispatch(self, request: Request) -> Answer:
        """The answer, with the recorded address still in it."""
        route = request.text("rest_route")
        path = request.path.removeprefix("/index.php") or "/"
        if route is None and (path == "/wp-json" or path.startswith("/wp-json/")):
            route = path.removeprefix("/wp-json")
        if route is not None:
            return self.rest.answer(route, request, identify(request.headers, self.blog))
        if request.method not in ("GET", "HEAD"):
            return self.pages.answer(replace(request, method="GET"))
        return self.feeds.answer(request) or self.pages.answer(request)


def _is_text(answer: Answer) -> bool:
    kind = answer.headers.get("Content-Type", "")
    return (
        "json" in kind or "xml" in kind or kind.startswith("text/html") or "robots" in kind or "utf-8" in kind
    )
