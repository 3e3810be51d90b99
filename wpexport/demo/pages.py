"""Web pages, redirects, files and sitemaps: what a browser, or a client that looks for the API, gets."""

from __future__ import annotations

import hashlib
import html
import mimetypes
from email.utils import formatdate
from typing import Any, Final
from urllib.parse import unquote

from wpexport.demo.blog import Blog
from wpexport.demo.web import HOME, Answer, Request

Json = dict[str, Any]
TYPES: Final = {".xml": "application/xml; charset=UTF-8", ".txt": "text/plain; charset=utf-8"}
#: posts on the front page, as WordPress shows by itself
_LISTED: Final = 10
LINK: Final = f'<{HOME}/wp-json/>; rel="https://api.w.org/"'


class Pages:
    """Answers requests that are neither REST nor a feed."""

    def __init__(self, blog: Blog) -> None:
        self.blog = blog
        self.refresh()

    def refresh(self) -> None:
        """Look at the blog's pages again, after one was added."""
        self.pages = {unquote(path): (path, page) for path, page in self.blog.html.items()}

    def answer(self, request: Request) -> Answer:
        """A file, a redirect, a page, or the page that says there is none."""
        answer = self._file(request.path) or self._redirect(request) or self._page(request)
        if request.method == "HEAD":
            answer.body = b""
        return answer

    def _file(self, path: str) -> Answer | None:
        entry = self.blog.files.get(path)
        if entry is None:
            return None
        body = entry.read_bytes()
        kind = "text/xml; charset=UTF-8" if path == "/xmlrpc.php" else TYPES.get(path[path.rfind(".") :])
        if path.startswith("/wp-content/"):
            kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
            stamp = formatdate(1719792000, usegmt=True)
            tag = hashlib.sha256(body).hexdigest()[:16]
            return Answer(200, {"Content-Type": kind, "Last-Modified": stamp, "ETag": f'"{tag}"'}, body)
        headers = {"Content-Type": kind or "application/octet-stream"}
        return Answer(200, headers | ({"Link": LINK} if path == "/robots.txt" else {}), body)

    def _redirect(self, request: Request) -> Answer | None:
        """To the one address a page has (``redirect_canonical``)."""
        target = None
        if request.path in ("/", "/index.php"):
            for name in ("p", "page_id", "attachment_id"):
                number = request.text(name) or ""
                row = self.blog.post(int(number)) if number.isdigit() else None
                if row and row.view:
                    target = row.view["link"]
            number = request.text("cat") or ""
            term = self.blog.collections["categories"].find(int(number)) if number.isdigit() else None
            if term and term.view:
                target = term.view["link"]
        if target is None and request.path == "/index.php":
            target = HOME + "/"
        slashed = request.path + "/"
        if target is None and slashed in self.pages:
            target = HOME + self.pages[slashed][0]
        if target is None:
            return None
        headers = {
            "Location": target,
            "Content-Type": "text/html; charset=UTF-8",
            "X-Redirect-By": "WordPress",
        }
        return Answer(301, headers)

    def _page(self, request: Request) -> Answer:
        missing: Json = {"status": 404, "headers": {"Link": LINK}, "head": ["<title>Page not found</title>"]}
        no_such = any(request.text(name) for name in ("p", "page_id", "attachment_id"))
        _, page = self.pages.get("" if no_such else request.path) or (
            "",
            self.blog.html.get("/nothing-here/", missing),
        )
        headers = {"Content-Type": "text/html; charset=UTF-8", **page["headers"]}
        return Answer(page["status"], headers, self.write(request.path, page).encode())

    def write(self, path: str, page: Json) -> str:
        """The page: the head as recorded, and a body that is plain enough to be ours."""
        head = "\n".join(page["head"])
        row = next(
            (row for row in self.blog.posts if row.view and unquote(row.view["link"]) == HOME + path), None
        )
        if row is not None and row.view is not None:
            title, content = row.view["title"]["rendered"], row.view["content"]["rendered"]
            body = f"<article><h1>{title}</h1>\n{content}</article>"
        elif page["status"] == 404:
            body = "<h1>Page not found</h1>"
        else:
            posts = self.blog.collections["posts"].rows
            links = [
                f'<li><a href="{html.escape(view["link"])}">{view["title"]["rendered"] or "-"}</a></li>'
                for view in (row.view for row in posts[: -_LISTED - 1 : -1])
                if view
            ]
            body = f"<h1>{self.blog.index['name']}</h1>\n<ul>\n" + "\n".join(links) + "\n</ul>"
        return (
            f'<!DOCTYPE html>\n<html lang="en-US">\n<head>\n<meta charset="UTF-8" />\n{head}\n</head>\n'
            f'<body class="wp-theme">\n{body}\n</body>\n</html>\n'
        )
