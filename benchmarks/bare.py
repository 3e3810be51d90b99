"""The floor of a pull: the same pages by a bare loop, so many at once, and nothing done with them.

``python -m benchmarks.bare --jobs 2 FILE``; FILE has one address a line.
"""

from __future__ import annotations

import argparse
import http.client
import threading
from pathlib import Path
from queue import Empty, SimpleQueue
from urllib.parse import urlsplit


def _work(queue: SimpleQueue[str], bad: list[str]) -> None:
    connection: http.client.HTTPConnection | None = None
    while True:
        try:
            url = queue.get_nowait()
        except Empty:
            return
        parts = urlsplit(url)
        if connection is None:
            connection = http.client.HTTPConnection(parts.netloc)
        connection.request("GET", f"{parts.path}?{parts.query}" if parts.query else parts.path)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            bad.append(url)
        if answer.will_close:
            connection.close()


def main() -> int:
    """Get every address once."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("file", type=Path)
    options = parser.parse_args()
    queue: SimpleQueue[str] = SimpleQueue()
    urls = options.file.read_text().split()
    for url in urls:
        queue.put(url)
    bad: list[str] = []
    threads = [threading.Thread(target=_work, args=(queue, bad)) for _ in range(options.jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"{len(urls)} pages, {len(bad)} bad")
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main())
