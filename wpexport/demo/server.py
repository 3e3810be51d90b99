"""A small web server on 127.0.0.1 for anything that answers like `DemoWordPress` (threads, keep-alive)."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol

from wpexport.demo.web import Answer


class Answers(Protocol):
    """What can be served."""

    base: str

    def answer(self, method: str, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Answer one request."""


class Server:
    """``with Server(DemoWordPress()) as server: requests.get(server.url)``; port 0 takes a free one."""

    def __init__(self, site: Answers, port: int = 0, folder: str = "") -> None:
        self.site = site
        self._http = _Http(("127.0.0.1", port), site)
        #: the site's address, without a slash at its end
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}{folder.rstrip('/')}"
        site.base = self.url
        self._thread: threading.Thread | None = None

    def start(self) -> Server:
        """Serve from a thread of its own."""
        self._thread = threading.Thread(
            target=self._http.serve_forever, args=(0.05,), daemon=True, name="demo server"
        )
        self._thread.start()
        return self

    def stop(self) -> None:
        """End the server and close its sockets."""
        if self._thread is not None:
            self._http.shutdown()
            self._thread.join()
            self._thread = None
        self._http.server_close()

    def __enter__(self) -> Server:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], site: Answers) -> None:
        self.site = site
        super().__init__(address, _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no news; what is wrong in us should be seen."""
        import sys

        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "wpexport-demo"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1  # one write for head and body
    server: _Http

    def do_GET(self) -> None:
        """Answer with what the site says."""
        length = int(self.headers.get("Content-Length") or 0)
        if length:
            self.rfile.read(length)
        answer = self.server.site.answer(self.command, self.path, dict(self.headers.items()))
        if not answer.status:  # a fault of the tests: the connection ends without a word
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if "Content-Length" not in answer.headers and "Transfer-Encoding" not in answer.headers:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD" and answer.status != 304:
            self.wfile.write(answer.body)

    do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = do_PATCH = do_GET  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the base class calls it so)
        """Say nothing: the demo has its own output."""
