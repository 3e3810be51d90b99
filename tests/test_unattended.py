"""What docs/unattended.md says to type works: the crontab's commands, the units, the list of sites."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tests.fakewp import FakeWordPress
from wpexport.cli.commands import pull
from wpexport.cli.together import read_sites

TEXT = (Path(__file__).parents[1] / "docs/unattended.md").read_text(encoding="utf-8")


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", TEXT, re.DOTALL)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """Somebody's home with the backup that the page speaks of."""
    fake = FakeWordPress()
    fake.post(1)
    with fake.serve() as url:
        (tmp_path / "backups").mkdir()
        run(tmp_path, f"wpexport pull {url} backups/example.org")
        yield tmp_path


def run(home: Path, command: str) -> subprocess.CompletedProcess[str]:
    """As cron does: ``sh``, in the home, with hardly an environment."""
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    words = ["/usr/bin/env", "-i", f"HOME={home}", f"PATH={path}", "/bin/sh", "-c", command]
    return subprocess.run(words, cwd=home, capture_output=True, text=True, check=False)


def test_the_lines_of_the_crontab_do_what_they_say_in_silence(home: Path) -> None:
    (crontab,) = blocks("crontab")
    commands = [line.split(None, 5)[5] for line in crontab.splitlines()]
    assert len(commands) == 2
    for command in commands:
        assert "%" not in command  # a line's end, to cron
        done = run(home, command)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert len(list((home / "backups/example.org/runs").iterdir())) == 2


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    service, timer = blocks("ini")
    for name, text in (("wpexport.service", service), ("wpexport.timer", timer)):
        (tmp_path / name).write_text(text)
    words = ["systemd-analyze", "verify", "--user", "--man=no", str(tmp_path / "wpexport.timer")]
    env = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)}  # without it, nothing is looked at
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=env)
    told = [line for line in done.stderr.splitlines() if "wpexport" in line or "Failed" in line]
    assert (done.returncode, told) == (0, [])


def test_the_service_runs_what_a_shell_would(home: Path) -> None:
    service, _ = blocks("ini")
    (command,) = re.findall(r"^ExecStart=(.*)$", service, re.MULTILINE)
    done = run(home, command.replace("%h", str(home)))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_list_of_sites_can_be_read(tmp_path: Path) -> None:
    (text,) = blocks("toml")
    (tmp_path / "backups/old-blog").mkdir(parents=True)
    (tmp_path / "sites.toml").write_text(text)
    context = click.Context(pull.command, info_name="pull")
    context.params = {}
    one, two, three = read_sites(tmp_path / "sites.toml", context, pull.default_archive)
    assert one.given["password_file"] == tmp_path / "secrets/example.org"
    assert (one.given["delay"], two.given["delay"], two.given["full_every"]) == (0.5, 0.5, 7)
    assert two.archive == tmp_path / "example.net"
    assert three.words == (str(tmp_path / "backups/old-blog"),)
