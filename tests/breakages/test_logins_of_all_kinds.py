"""Passwords, tokens, cookies, headers: none leaves its origin, and each is tried before all else."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.breakages.pulled import HOME, Harvest, blog
from tests.breakages.test_logins import EVIL, SECRET, pulled
from tests.fakewp import FakeWordPress, Fault, faults
from wpexport.archive.archive import Archive
from wpexport.archive.reader import Reader
from wpexport.demo.web import Answer, Request
from wpexport.errors import Exit, LoginError
from wpexport.net import Credentials

TOKEN = "token-of-the-owner"
COOKIE = "cookie-of-the-gate-7f3a9c04e1"
HEADER = "header-of-the-gate-1e40c9a3f7"
ALL = (SECRET, "ZmFrZSBhZG1pbi", "YWRtaW46ZmFrZSBhZG1pbi", TOKEN, COOKIE, HEADER)


def tokens_are_taken() -> Fault:
    """A plugin takes a token for the owner."""

    def known(request: Request) -> Request:
        headers = {**request.headers, "authorization": "Basic YWRtaW46ZmFrZSBhZG1pbiBwYXNzd29yZA=="}
        return replace(request, headers=headers)

    when = lambda r: r.headers.get("authorization") == f"Bearer {TOKEN}"  # noqa: E731
    return Fault("tokens", when, faults.asking(known))


def gated(name: str, value: str) -> Fault:
    """Who does not show this is sent away, from files too."""
    hidden = lambda r: value not in r.headers.get(name, "")  # noqa: E731
    return Fault("gate", hidden, faults.answering(401, "<title>Restricted</title>"))


def kind(name: str, fake: FakeWordPress) -> dict[str, Any]:
    """A login of this kind, and a site that asks for it."""
    if name == "password":
        return {"credentials": Credentials("admin", SECRET)}
    if name == "token":
        fake.fault(tokens_are_taken())
        return {"credentials": Credentials.bearer(TOKEN)}
    header = {"cookie": ("Cookie", f"a=1; gate={COOKIE}"), "header": ("X-Gate", HEADER)}[name]
    fake.fault(gated(header[0].lower(), header[1].rpartition("=")[2]))
    gate = Credentials.headers(dict([header]))
    gate.pin(HOME)
    return {"credentials": None, "gate": gate}


KINDS = ("password", "token", "cookie", "header")


def stays_at_home(found: Harvest) -> bool:
    """No secret went anywhere else, and none lies in the archive or was said."""
    assert any(any(s in v for s in ALL for v in headers.values()) for _, headers in found.sent)
    for url, headers in found.sent:
        if not url.startswith(f"{HOME}/"):
            assert not any(secret in value for secret in ALL for value in headers.values()), url
        assert not any(secret in url for secret in ALL)
    for path in found.root.rglob("*"):
        if path.is_file():
            assert not any(secret.encode() in path.read_bytes() for secret in ALL), path
    assert not any(secret in str(found.events) for secret in ALL)
    return True


@pytest.fixture
def netrc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [
        f"machine {m} login someone password from-netrc\n" for m in ("blog.test", "evil.test", "cdn.test")
    ]
    (tmp_path / ".netrc").write_text("".join(lines) + "default login x password from-netrc\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.usefixtures("netrc")
def test_redirects_next_links_and_media_hosts(tmp_path: Path, name: str) -> None:
    fake = blog()
    fake.media(70, "2024/02/c.png", b"x", source_url="https://cdn.test/c.png")
    secrets = kind(name, fake)

    def lead_away(answer: Answer) -> None:
        answer.headers["Link"] = f'<{EVIL}/wp-json/wp/v2/posts?page=2>; rel="next"'

    to_evil = faults.answering(307, "", {"Location": f"{EVIL}/there"})
    fake.fault(Fault("next", faults.rest, faults.changing(lead_away)))
    fake.fault(Fault("picture", lambda r: r.path.endswith("a.png"), to_evil))
    fake.fault(Fault("comments", faults.on("comments"), to_evil))
    found = pulled(fake, tmp_path / "a", "https://cdn.test", media="all", **secrets)
    away = [url for url, _ in found.sent if not url.startswith(f"{HOME}/")]
    assert {"https://cdn.test/c.png", f"{EVIL}/there"} <= set(away)
    assert not any("from-netrc" in value for _, headers in found.sent for value in headers.values())
    assert not any("page=2" in url for url in away)
    assert stays_at_home(found)


@pytest.mark.parametrize("name", KINDS)
def test_a_page_that_shows_what_was_sent_shows_it_to_nobody(tmp_path: Path, name: str) -> None:
    fake = blog()

    def echo(request: Request, proceed: faults.Proceed) -> Answer:
        answer = proceed(request)
        answer.body = answer.body.replace(b"Text 7", repr(dict(request.headers)).replace('"', "").encode())
        return answer

    fake.fault(Fault("echo", faults.on("posts"), echo))
    found = pulled(fake, tmp_path / "a", **kind(name, fake))
    assert "***" in (found.posts[7].content.html or "")
    assert stays_at_home(found)


def test_what_a_browser_sends_to_everyone_changes_no_text(tmp_path: Path) -> None:
    fake = blog()
    fake.post(50, title="The default theme", slug="the-default-theme", content=f"<p>{HOME}/ by default</p>")
    gate = Credentials.headers(
        {"Cookie": "theme=default; wp-settings-time-1=1700000000", "Referer": f"{HOME}/"}
    )
    gate.pin(HOME)
    found = pulled(fake, tmp_path / "a", credentials=None, gate=gate)
    post = found.posts[50]
    assert found.code == Exit.DONE
    assert (post.slug, post.title) == ("the-default-theme", "The default theme")
    assert f"<p>{HOME}/ by default</p>" in (post.content.html or "")
    assert not any(b"***" in path.read_bytes() for path in found.root.rglob("*") if path.is_file())


@pytest.mark.parametrize("name", ["password", "token"])
def test_an_api_that_is_closed_to_visitors_is_open_to_the_owner(tmp_path: Path, name: str) -> None:
    """What most plugins do that "disable" the API: users who are logged in still have it."""
    fake = blog()
    fake.post(50, status="draft", title="Secret plans")
    secrets = kind(name, fake)
    closed = faults.rest_closed(401, "rest_not_logged_in")
    closed.when = lambda r: faults.rest(r) and "authorization" not in r.headers
    fake.fault(closed)
    found = pulled(fake, tmp_path / "a", **secrets)
    assert closed.hits
    assert (found.code, found.done.run.way, found.done.run.login) == (Exit.DONE, "rest", True)
    assert found.posts[50].title == "Secret plans"
    assert stays_at_home(found)


@pytest.mark.parametrize("secret", [SECRET, "wrong"])
def test_a_login_that_cannot_be_used_ends_the_pull(tmp_path: Path, secret: str) -> None:
    """The feeds are open; but who gives a login wants what only a login shows."""
    fake = blog()
    fake.fault(faults.rest_closed())
    with pytest.raises(LoginError, match="could not be used"):
        pulled(fake, tmp_path / "a", credentials=Credentials("admin", secret))
    assert not (tmp_path / "a").exists()
    with pytest.raises(LoginError, match="without a login"):
        pulled(fake, tmp_path / "a", credentials=Credentials("admin", secret), via="feed")


# The command itself


def wpexport(*words: str | Path, home: Path, **more: str) -> subprocess.CompletedProcess[str]:
    environment: Mapping[str, str] = {**os.environ, "HOME": str(home), **more}
    command = [sys.executable, "-m", "wpexport", *map(str, words)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)


def cookies(path: Path, host: str = "127.0.0.1", value: str = COOKIE, expires: int = 0) -> Path:
    lines = ["# Netscape HTTP Cookie File", f"{host}\tFALSE\t/\tFALSE\t{expires}\tgate\t{value}", ""]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_a_cookie_file_opens_the_gate(tmp_path: Path) -> None:
    fake = blog()
    fake.fault(gated("cookie", COOKIE))
    file = cookies(tmp_path / "cookies.txt")
    with fake.serve() as url:
        done = wpexport("pull", "--cookie-file", file, url, tmp_path / "a", home=tmp_path)
    assert done.returncode == Exit.DONE, done.stderr
    assert f"opens {url}, which is closed without (HTTP 401)" in done.stderr
    assert COOKIE not in done.stdout + done.stderr
    assert len(list(Reader(Archive.open(tmp_path / "a")).posts())) == 26


def test_a_header_file_opens_the_gate_and_a_login_goes_on_from_there(tmp_path: Path) -> None:
    fake = blog()
    fake.post(50, status="draft", title="Secret plans")
    fake.fault(gated("x-gate", HEADER))
    (tmp_path / "headers").write_text(f"# of the gate\nX-Gate: {HEADER}\n", encoding="utf-8")
    (tmp_path / "password").write_text(SECRET, encoding="utf-8")
    login = ("--user", "admin", "--password-file", tmp_path / "password")
    with fake.serve() as url:
        more = {"WPEXPORT_HEADER_FILE": str(tmp_path / "headers")}
        done = wpexport("pull", *login, url, tmp_path / "a", home=tmp_path, **more)
    assert done.returncode == Exit.DONE, done.stderr
    assert (tmp_path / "a/private/data/posts/000/50.json").exists()


@pytest.mark.parametrize("command", ["pull", "probe"])
def test_a_gate_that_stays_closed_ends_it_before_anything_is_written(tmp_path: Path, command: str) -> None:
    fake = blog()
    fake.fault(gated("cookie", COOKIE))
    file = cookies(tmp_path / "cookies.txt", value="another")
    with fake.serve() as url:
        archive = [tmp_path / "a"] if command == "pull" else []
        done = wpexport(command, "--cookie-file", file, url, *archive, home=tmp_path)
    assert done.returncode == Exit.LOGIN
    assert "does not open" in done.stderr
    assert not (tmp_path / "a").exists()


def test_where_there_is_no_gate_nobody_knows_what_it_was_good_for(tmp_path: Path) -> None:
    with blog().serve() as url:
        done = wpexport("probe", "--cookie-file", cookies(tmp_path / "c.txt"), url, home=tmp_path)
    assert done.returncode == Exit.DONE
    assert "whether it had an effect cannot be told" in done.stderr


def test_a_token_is_a_login(tmp_path: Path) -> None:
    fake = blog()
    fake.fault(tokens_are_taken())
    (tmp_path / "token").write_text(f"{TOKEN}\n", encoding="utf-8")
    with fake.serve() as url:
        words = ("--bearer", "--password-file", tmp_path / "token")
        done = wpexport("probe", "--json", *words, url, home=tmp_path)
        wrong = wpexport("probe", "--bearer", "--password-command", "echo other", url, home=tmp_path)
    assert done.returncode == Exit.DONE, done.stderr
    assert '"login":{"name":"admin"' in done.stdout.replace(" ", "")
    assert TOKEN not in done.stdout + done.stderr
    assert wrong.returncode == Exit.LOGIN
    assert "Tokens of WordPress.com end after two weeks" in wrong.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--cookie-file", "{}/old.txt"), Exit.LOGIN, "no cookie in"),
        (("--cookie-file", "{}/elsewhere.txt"), Exit.LOGIN, "no cookie in"),
        (("--cookie-file", "{}/bad"), Exit.LOGIN, "none in Netscape's format"),
        (("--cookie-file", "{}/nowhere"), Exit.LOGIN, "cannot be read"),
        (("--header-file", "{}/bad"), Exit.USAGE, "no header that can be sent"),
        (("--header-file", "{}/host"), Exit.USAGE, "no header that can be sent"),
        (("--header-file", "{}/empty"), Exit.LOGIN, "no header in"),
        (
            ("--header-file", "{}/basic", "--user", "a", "--password-command", "echo b"),
            Exit.USAGE,
            "together",
        ),
    ],
)
def test_files_that_are_no_good(tmp_path: Path, words: tuple[str, ...], code: Exit, said: str) -> None:
    cookies(tmp_path / "old.txt", host="blog.test", expires=1_000_000)
    cookies(tmp_path / "elsewhere.txt", host="other.test")
    files = {
        "bad": "secret",
        "host": "Host: evil.test",
        "empty": "# nothing\n",
        "basic": "Authorization: Basic x",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    given = [word.format(tmp_path) for word in words]
    done = wpexport("probe", *given, "https://blog.test", home=tmp_path)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert COOKIE not in done.stderr


def test_a_gate_without_https_gets_nothing(tmp_path: Path) -> None:
    cookies(tmp_path / "c.txt", host="blog.test")
    done = wpexport("probe", "--cookie-file", tmp_path / "c.txt", "http://blog.test", home=tmp_path)
    assert done.returncode == Exit.LOGIN
    assert "without https" in done.stderr
