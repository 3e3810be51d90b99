"""``wpexport pull --all``: many archives by one command, and one that fails stops no other."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal
from tests.demo import faults
from tests.demo.faults import Fault
from tests.fakewp import FakeWordPress
from wpexport.cli.together import WORST, worst
from wpexport.demo.web import Answer, Request
from wpexport.errors import Exit
from wpexport.net.pace import Hosts, Pacer


@pytest.fixture
def two() -> Iterator[tuple[str, str]]:
    one, other = FakeWordPress(), FakeWordPress()
    one.post(1, title="One's")
    other.post(2, title="The other's", status="draft")
    with one.serve() as url, other.serve() as another:
        yield url, another


def listed(text: str) -> str:
    folder = Path("list")
    folder.mkdir(exist_ok=True)
    (folder / "sites.toml").write_text(text)
    return str(folder / "sites.toml")


def test_each_site_has_its_archive_and_its_options(terminal: Terminal, two: tuple[str, str]) -> None:
    (Path("list")).mkdir()
    Path("list/secret.txt").write_text("fake admin password\n")
    path = listed(
        f'media = "none"\n[[site]]\nsource = "{two[0]}"\narchive = "one"\n'
        f'[[site]]\nsource = "{two[1]}"\narchive = "deep/other"\nuser = "admin"\n'
        'password-file = "secret.txt"\nfull-every = 7\n'
    )
    done = terminal.run("pull", "--all", path)
    assert done.exit_code == Exit.DONE
    assert "2 sites, 2 of them well." in done.stdout
    assert Path("list/one/data/posts/000/1.json").exists()
    assert Path("list/deep/other/private/data/posts/000/2.json").exists()
    assert json.loads(Path("list/one/wpexport.json").read_text())["media"] == "none"
    again = terminal.run("pull", "--all", path, "--quiet")
    assert (again.exit_code, again.stdout, again.stderr) == (Exit.DONE, "", "")
    archives = listed('[[site]]\nsource = "one"\n')
    assert terminal.run("pull", "--all", archives).exit_code == Exit.DONE
    assert len(list(Path("list/one/runs").iterdir())) == 3


def test_one_that_fails_stops_no_other_and_the_worst_code_counts(
    terminal: Terminal, two: tuple[str, str]
) -> None:
    path = listed(
        f'[[site]]\nsource = "http://127.0.0.1:9"\narchive = "nobody"\n'
        f'[[site]]\nsource = "{two[0]}"\narchive = "one"\n'
        f'[[site]]\nsource = "{two[1]}"\narchive = "other"\nuser = "admin"\npassword-command = "false"\n'
    )
    done = terminal.run("pull", "--all", path, "--quiet")
    assert done.exit_code == Exit.LOGIN  # somebody has to do something; a site that is away comes back
    assert Path("list/one/data/posts/000/1.json").exists()
    assert "nobody" in done.stdout
    assert "The password command false failed" in done.stdout
    assert "3 sites, 1 of them well." in done.stdout
    assert "one  " not in done.stdout


def test_in_json_each_event_names_its_site(terminal: Terminal, two: tuple[str, str]) -> None:
    path = listed("".join(f'[[site]]\nsource = "{url}"\narchive = "a{n}"\n' for n, url in enumerate(two)))
    lines = [json.loads(line) for line in terminal.run("pull", "--all", path, "--json").stdout.splitlines()]
    assert {line["site"] for line in lines[:-1]} == {"a0", "a1"}
    assert [line["type"] for line in lines].count("pulled") == 2
    assert lines[-1]["type"] == "summary"
    assert [site["exit_code"] for site in lines[-1]["sites"]] == [0, 0]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no site"),
        ("[[site]]\narchive = 'a'", "no source"),
        ("[[site]", "cannot be read"),
        ("[[site]]\nsource = 'https://a.example'\npassword = 'hunter2'", "does not stand in this file"),
        ("password = 'hunter2'\n[[site]]\nsource = 'https://a.example'", "does not stand in this file"),
        ("[[site]]\nsource = 'https://a.example'\nbearer = 'hunter2'", "does not stand in this file"),
        ("[[site]]\nsource = 'https://a.example'\nfull = 'yes'", "full cannot be 'yes'"),
        ("[[site]]\nsource = 'https://a.example'\nmedia = true", "media cannot be True"),
        ("[[site]]\nsource = 'https://a.example'\nsped = 3", "no option --sped"),
        ("[[site]]\nsource = 'https://a.example'\nquiet = true", "no option --quiet"),
        ("[[site]]\nsource = 'https://a.example'\njobs = 'many'", "--jobs"),
        ("[[site]]\nsource = 'https://a.example'\n[[site]]\nsource = 'https://a.example'", "two sites"),
    ],
)
def test_what_a_list_cannot_mean_is_said_before_anything_is_pulled(
    terminal: Terminal, text: str, says: str
) -> None:
    done = terminal.run("pull", "--all", listed(text))
    assert done.exit_code == Exit.USAGE
    assert says in done.stderr
    assert "hunter2" not in done.output
    assert [path.name for path in Path("list").iterdir()] == ["sites.toml"]


def test_a_login_belongs_to_one_site(
    terminal: Terminal, two: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = listed(f'[[site]]\nsource = "{two[0]}"\narchive = "one"\n')
    assert terminal.run("pull", "--all", path, "--user", "ana").exit_code == Exit.USAGE
    assert terminal.run("pull", "--all", path, two[1]).exit_code == Exit.USAGE
    monkeypatch.setenv("WPEXPORT_USER", "ana")  # would be asked for a password
    assert terminal.run("pull", "--all", path).exit_code == Exit.DONE


def test_options_of_the_command_are_for_all(terminal: Terminal, two: tuple[str, str]) -> None:
    path = listed(f'media = "all"\n[[site]]\nsource = "{two[0]}"\narchive = "one"\n')
    assert terminal.run("pull", "--all", path, "--media", "none").exit_code == Exit.DONE
    assert json.loads(Path("list/one/wpexport.json").read_text())["media"] == "none"
    assert "Nothing was pulled" not in terminal.run("pull", "--all", path).stdout


def test_ways_to_log_in_are_pulls_own(terminal: Terminal, two: tuple[str, str]) -> None:
    """A token for the second site, and nothing for the first."""
    Path("list").mkdir()
    Path("list/token.txt").write_text("no such token\n")
    path = listed(
        f'[[site]]\nsource = "{two[0]}"\narchive = "one"\n'
        f'[[site]]\nsource = "{two[1]}"\narchive = "other"\n'
        'bearer = true\npassword-file = "token.txt"\n'
    )
    lines = terminal.run("pull", "--all", path, "--json").stdout.splitlines()
    assert [site["exit_code"] for site in json.loads(lines[-1])["sites"]] == [0, Exit.LOGIN]


def test_a_dry_run_says_what_each_would_bring(terminal: Terminal, two: tuple[str, str]) -> None:
    path = listed("".join(f'[[site]]\nsource = "{url}"\narchive = "a{n}"\n' for n, url in enumerate(two)))
    done = terminal.run("pull", "--all", path, "--dry-run")
    assert done.exit_code == Exit.DONE
    assert done.stdout.count("A fake blog has:") == 2
    assert "up to date" not in done.stdout
    assert [file.name for file in Path("list").iterdir()] == ["sites.toml"]


def test_the_worst_is_what_most_needs_an_eye() -> None:
    assert worst([0, 3, 0]) == 3
    assert worst([3, 6, 4]) == 6
    assert worst([12, 5]) == 12
    assert worst([0, 99]) == 99  # a code that nobody knows is a failure
    assert worst([]) == 0
    known = set(Exit) - {Exit.INTERRUPTED, Exit.TERMINATED}
    assert set(WORST) == known


def test_one_host_is_asked_by_all_as_politely_as_by_one() -> None:
    now = [0.0]
    hosts = Hosts()

    def sleep(seconds: float) -> None:
        now[0] += seconds

    pacers = [Pacer(4, delay, clock=lambda: now[0], sleep=sleep, hosts=hosts) for delay in (0.5, 2.0, 0.0)]
    starts = []
    for turn in range(6):
        with pacers[turn % 3].turn("blog.example"):
            starts.append(now[0])
    gaps = [after - before for before, after in pairwise(starts)]
    assert gaps == [0.5, 2.0, 2.0, 2.0, 2.0]
    pacers[0].complain("blog.example", 7)
    with pacers[2].turn("blog.example"):
        assert now[0] >= starts[-1] + 7


def test_sites_are_pulled_side_by_side(terminal: Terminal) -> None:
    """Each of them answers only when both were asked: one after the other, they would wait for ever."""
    both = threading.Barrier(2, timeout=30)
    met: set[str] = set()
    urls = []
    with ExitStack() as stack:
        for name in ("a", "b"):
            fake = FakeWordPress()
            fake.post(1)

            def meet(request: Request, proceed: faults.Proceed, name: str = name) -> Answer:
                met.add(name)
                both.wait()
                return proceed(request)

            fake.fault(Fault("meets the other", faults.everything, meet, times=1))
            urls.append(stack.enter_context(fake.serve()))
        path = listed("".join(f'[[site]]\nsource = "{u}"\narchive = "s{n}"\n' for n, u in enumerate(urls)))
        assert terminal.run("pull", "--all", path).exit_code == Exit.DONE
    assert met == {"a", "b"}
