"""The real nginx and the real Apache on 127.0.0.1, without root rights, with a configuration of their own."""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

import pytest

#: program to the Debian package that has it
PACKAGES: Final = {"nginx": "nginx-light", "apache2": "apache2-bin"}
#: system programs are not on everybody's path
_PLACES: Final = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])

_NGINX: Final = """\
daemon off;
pid {work}/nginx.pid;
error_log {work}/error.log;
worker_processes 1;
{user}
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {work}/body;
    proxy_temp_path {work}/proxy;
    fastcgi_temp_path {work}/fastcgi;
    uwsgi_temp_path {work}/uwsgi;
    scgi_temp_path {work}/scgi;
    types {{ text/html html; application/xml xml; }}
    include {redirects}/nginx-maps.conf;
    server {{
        listen 127.0.0.1:{port};
        root {root};
        index index.html;
        include {redirects}/nginx-server.conf;
    }}
}}
"""

_APACHE: Final = """\
ServerRoot {work}
PidFile {work}/apache.pid
ErrorLog {work}/error.log
Listen 127.0.0.1:{port}
ServerName 127.0.0.1
{user}
{modules}
DocumentRoot {root}
<Directory {root}>
    Options FollowSymLinks
    AllowOverride FileInfo
    Require all granted
</Directory>
DirectoryIndex index.html
"""


class Answer(NamedTuple):
    """What a server said."""

    status: int
    location: str


class Server(NamedTuple):
    """A server that runs."""

    port: int
    log: Path

    def ask(self, address: str) -> Answer:
        """Ask for one address, as it stands."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", address)
            response = connection.getresponse()
            response.read()
            return Answer(response.status, response.headers.get("Location", ""))
        finally:
            connection.close()


def found(program: str) -> str:
    """The program, or the test is skipped with the command that enables it."""
    path = shutil.which(program, path=_PLACES)
    if path is None:
        message = f"{program} is missing; enable it with: sudo apt-get install {PACKAGES[program]}"
        if os.environ.get("WPEXPORT_E2E") == "1":
            pytest.fail(message)
        pytest.skip(message)
    return path


@contextmanager
def nginx(root: Path, redirects: Path, work: Path, port: int) -> Iterator[Server]:
    """Serve a folder with the maps that lie in ``redirects``."""
    program = found("nginx")
    work.mkdir(parents=True)
    user = "user root;" if os.geteuid() == 0 else ""
    config = work / "nginx.conf"
    config.write_text(_NGINX.format(work=work, root=root, redirects=redirects, port=port, user=user))
    with _running(
        [program, "-p", str(work), "-c", str(config), "-e", str(work / "error.log")], work, port
    ) as server:
        yield server


@contextmanager
def apache(root: Path, work: Path, port: int) -> Iterator[Server]:
    """Serve a folder, whose ``.htaccess`` counts."""
    program = found("apache2")
    folder = next(
        place
        for place in (Path("/usr/lib/apache2/modules"), Path("/usr/lib64/httpd/modules"))
        if place.is_dir()
    )
    names = {
        "mpm_event": "mod_mpm_event",
        "authz_core": "mod_authz_core",
        "dir": "mod_dir",
        "rewrite": "mod_rewrite",
    }
    modules = "\n".join(f"LoadModule {name}_module {folder}/{file}.so" for name, file in names.items())
    work.mkdir(parents=True)
    # Apache's workers never run as root; this is whom Debian has for it.
    user = "User www-data\nGroup www-data" if os.geteuid() == 0 else ""
    config = work / "apache.conf"
    config.write_text(_APACHE.format(work=work, root=root, port=port, modules=modules, user=user))
    with _running([program, "-f", str(config), "-DFOREGROUND"], work, port) as server:
        yield server


@contextmanager
def _running(command: list[str], work: Path, port: int) -> Iterator[Server]:
    log = work / "error.log"
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        for _ in range(300):
            if process.poll() is not None:
                said = process.stderr.read() if process.stderr else ""
                pytest.fail(f"{command[0]} ended: {said}\n{log.read_text() if log.exists() else ''}")
            with socket.socket() as probe:
                probe.settimeout(1)
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        else:
            pytest.fail(f"{command[0]} does not listen")
        yield Server(port, log)
    finally:
        process.terminate()
        process.wait(timeout=30)
        if process.stderr:
            process.stderr.close()
