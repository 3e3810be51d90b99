"""Where a password comes from, in which order, and that it is never shown."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.cli.terminal import Terminal
from wpexport.cli.passwords import Login, asked_for, find
from wpexport.errors import LoginError, UsageError

SITE = "https://example.org/blog"


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No keyring, no netrc, no terminal."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("NETRC", raising=False)
    monkeypatch.setitem(sys.modules, "keyring", None)


def keyring(monkeypatch: pytest.MonkeyPatch, held: dict[tuple[str, str], str]) -> None:
    module, failures = ModuleType("keyring"), ModuleType("keyring.errors")
    module.get_password = lambda service, user: held.get((service, user))  # type: ignore[attr-defined]
    failures.KeyringError = RuntimeError  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", module)
    monkeypatch.setitem(sys.modules, "keyring.errors", failures)


def netrc(tmp_path: Path, text: str) -> None:
    path = tmp_path / ".netrc"
    path.write_text(text)
    path.chmod(0o600)


def test_nobody_is_a_visitor() -> None:
    assert asked_for(None, None, None) is None


def test_a_password_needs_a_user_and_one_place() -> None:
    with pytest.raises(UsageError, match="no --user"):
        asked_for(None, Path("secret"), None)
    with pytest.raises(UsageError, match="not both"):
        asked_for("ana", Path("secret"), "pass show blog")


def test_the_first_line_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("abcd efgh ijkl\r\nsecond\n")
    assert find(Login("ana", tmp_path / "secret"), SITE) == "abcd efgh ijkl"


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe"])
def test_a_file_without_a_password_is_an_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "secret").write_bytes(content)
    with pytest.raises(LoginError):
        find(Login("ana", tmp_path / "secret"), SITE)
    with pytest.raises(LoginError, match="cannot be read"):
        find(Login("ana", tmp_path / "nowhere"), SITE)


def test_a_command_prints_it() -> None:
    assert (
        find(Login("ana", command=f"{sys.executable} -c \"print('from a command')\""), SITE)
        == "from a command"
    )


@pytest.mark.parametrize("command", ["false", "no-such-command-at-all", "true", "", "'open"])
def test_a_command_that_fails_is_an_error(command: str) -> None:
    with pytest.raises(LoginError):
        find(Login("ana", command=command), SITE)


def test_the_keyring_comes_before_netrc(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc(tmp_path, "machine example.org login ana password from-netrc\n")
    assert find(Login("ana"), SITE) == "from-netrc"
    keyring(monkeypatch, {("wpexport:example.org", "ana"): "from-keyring"})
    assert find(Login("ana"), SITE) == "from-keyring"
    assert find(Login("ana"), "example.org") == "from-keyring"


@pytest.mark.parametrize(
    "text",
    [
        "machine other.example login ana password x\n",
        "machine example.org login bob password x\n",
        "default login ana password x\n",
        "this is no netrc\n",
    ],
)
def test_netrc_serves_this_host_and_user_alone(tmp_path: Path, text: str) -> None:
    netrc(tmp_path, text)
    with pytest.raises(LoginError, match=r"no password for ana at example\.org"):
        find(Login("ana"), SITE)


def test_it_is_asked_for_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def prompt(text: str, **given: Any) -> str:
        asked.append((text, given))
        return " typed "

    monkeypatch.setattr(sys, "stdin", Screen())
    monkeypatch.setattr(sys, "stderr", Screen())
    monkeypatch.setattr("click.prompt", prompt)
    assert find(Login("ana"), SITE) == "typed"
    assert asked[0][0] == "Application password of ana at example.org"
    assert asked[0][1]["hide_input"]


class Screen:
    @staticmethod
    def isatty() -> bool:
        return True


def test_the_login_reaches_the_client_and_no_output(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("very secret words")
    terminal.pulls(terminal.found(), terminal.pulled())
    said = terminal.run(
        "pull",
        SITE,
        "--json",
        env={"WPEXPORT_USER": "ana", "WPEXPORT_PASSWORD_FILE": str(tmp_path / "secret")},
    )
    assert said.exit_code == 0
    assert terminal.called[4].credentials.name == "ana"
    assert "secret words" not in said.output


def test_without_a_password_nothing_is_pulled(terminal: Terminal) -> None:
    terminal.pulls(terminal.pulled())
    said = terminal.run("pull", SITE, "--user", "ana")
    assert said.exit_code == 5
    assert "--password-file" in said.stderr
    assert terminal.called == ()
