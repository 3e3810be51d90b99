"""The blog on a loopback port, answered from memory: ``python -m benchmarks.server --posts 1000``.

A page is joined once and kept, so that a second round measures the client and hardly the server.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import re
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from benchmarks.blog import Blog
from benchmarks.faces import TAXONOMIES, TYPES, Shelf, index, shelves

_REASON: Final = {200: "OK", 400: "Bad Request", 404: "Not Found", 304: "Not Modified"}
#: pages kept, in bytes
_KEPT: Final = 3 << 30
_JPEG: Final = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + bytes(2000) + b"\xff\xd9"
)


class Site:
    """Makes answers."""

    def __init__(self, blog: Blog) -> None:
        self.blog = blog
        self.shelves = shelves(blog)
        self._kept: dict[str, bytes] = {}
        self._size = 0
        link = f'<{blog.home}/wp-json/>; rel="https://api.w.org/"'
        head = f'<head><link rel="https://api.w.org/" href="{blog.home}/wp-json/" /></head>'
        home = f"<!DOCTYPE html>\n<html>{head}</html>"
        self._home = _answer(200, home.encode(), {"Content-Type": "text/html; charset=UTF-8", "Link": link})

    def answer(self, method: str, target: str) -> bytes:
        """The whole answer, head and body."""
        if method not in ("GET", "HEAD"):
            return self._answer_json({}, 200 if method == "OPTIONS" else 404)
        found = self._kept.get(target)
        if found is None:
            found = self._made(target)
            if self._size < _KEPT:
                self._kept[target] = found
                self._size += len(found)
        return found if method == "GET" else found[: found.index(b"\r\n\r\n") + 4]

    def _made(self, target: str) -> bytes:
        parts = urlsplit(target)
        path, query = parts.path, dict(parse_qsl(parts.query))
        if path in ("/", "") and "rest_route" not in query:
            return self._home
        if path.startswith("/wp-content/uploads/"):
            return _answer(200, _JPEG, {"Content-Type": "image/jpeg", "Connection": "keep-alive"})
        route = query.pop("rest_route", None) or path.removeprefix("/wp-json")
        if not path.startswith("/wp-json") and route == path:
            return _answer(404, b"<h1>Not found</h1>", {"Content-Type": "text/html; charset=UTF-8"})
        return self._rest(route.strip("/"), query)

    def _rest(self, route: str, query: dict[str, str]) -> bytes:
        if not route:
            face = index(self.blog, self.shelves)
            wanted = query["_fields"].split(",") if "_fields" in query else list(face)
            return self._answer_json({k: v for k, v in face.items() if k in wanted})
        name, _, rest = route.removeprefix("wp/v2/").partition("/")
        if name in ("types", "taxonomies"):
            return self._answer_json(TYPES if name == "types" else TAXONOMIES)
        shelf = self.shelves.get(name)
        if shelf is None:
            return self._answer_json({"code": "rest_no_route", "message": "No route was found."}, 404)
        if rest:
            place = shelf.place.get(int(rest)) if rest.strip("/").isdigit() else None
            if place is None:
                return self._answer_json({"code": "rest_post_invalid_id", "message": "Invalid post ID."}, 404)
            return _json(200, shelf.encoded([shelf.rows[place]], query.get("_fields"))[1:-1])
        return self._list(name, shelf, query)

    def _list(self, name: str, shelf: Shelf, query: dict[str, str]) -> bytes:
        rows = _chosen(shelf, query)
        size, page = int(query.get("per_page", 10)), int(query.get("page", 1))
        if size > 100:
            return self._answer_json({"code": "rest_invalid_param", "message": "per_page"}, 400)
        total, pages = len(rows), -(-len(rows) // size)
        start = int(query["offset"]) if "offset" in query else (page - 1) * size
        if page > max(pages, 1) and name in ("posts", "pages", "media"):
            return self._answer_json(
                {"code": "rest_post_invalid_page_number", "message": "The page number is too large."}, 400
            )
        body = shelf.encoded(
            [shelf.rows[place] for place in rows[start : start + size]], query.get("_fields")
        )
        return _json(200, body, {"X-WP-Total": str(total), "X-WP-TotalPages": str(pages)})

    def _answer_json(self, data: Any, status: int = 200) -> bytes:
        return _json(status, json.dumps(data).encode())


def _chosen(shelf: Shelf, query: dict[str, str]) -> range | list[int]:
    """The places of the rows that a query means, in its order."""
    if "include" in query:
        numbers = [int(number) for number in query["include"].split(",")]
        return [shelf.place[number] for number in sorted(numbers) if number in shelf.place]
    if "post" in query and "comments" in shelf.names:
        return []
    everything = range(len(shelf.rows))
    return everything if query.get("order") == "asc" else everything[::-1]


def _json(status: int, body: bytes, more: dict[str, str] | None = None) -> bytes:
    return _answer(status, body, {"Content-Type": "application/json; charset=UTF-8", **(more or {})})


def _answer(status: int, body: bytes, headers: dict[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} {_REASON[status]}", *(f"{k}: {v}" for k, v in headers.items())]
    return ("\r\n".join([*lines, f"Content-Length: {len(body)}"]) + "\r\n\r\n").encode() + body


class _Connection(asyncio.Protocol):
    def __init__(self, site: Site) -> None:
        self._site = site
        self._waiting = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._waiting += data
        while (end := self._waiting.find(b"\r\n\r\n")) >= 0 and self._transport is not None:
            head, self._waiting = self._waiting[:end], self._waiting[end + 4 :]
            method, target, *_ = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
            self._transport.write(self._site.answer(method, target))
            if re.search(rb"(?i)\r\nconnection: *close", head):
                self._transport.close()


async def _serve(posts: int, each: int, port: int) -> None:
    loop = asyncio.get_running_loop()
    ready: list[Site] = []
    server = await loop.create_server(lambda: _Connection(ready[0]), "127.0.0.1", port, start_serving=False)
    number = server.sockets[0].getsockname()[1]
    ready.append(Site(Blog(posts, each, f"http://127.0.0.1:{number}")))
    gc.freeze()
    print(ready[0].blog.home, flush=True)
    await server.serve_forever()


def main() -> None:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--posts", type=int, default=1000)
    parser.add_argument("--each", type=int, default=5, help="comments a post")
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    gc.disable()
    asyncio.run(_serve(options.posts, options.each, options.port))


if __name__ == "__main__":
    main()
