"""No login ever leaves its origin, whatever a site says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import responses

from tests.breakages import further
from tests.breakages.pulled import HOME, Harvest, blog, harvest
from tests.fakewp import FakeWordPress, Fault, faults
from wpexport.archive.journal import read
from wpexport.demo.web import Answer, Request
from wpexport.errors import Exit, LoginError
from wpexport.net import Credentials
from wpexport.sources.discover import RestClosed

SECRET = "fake admin password"
EVIL = "https://evil.test"
TOKEN = "ZmFrZSBhZG1pbi"  # how the password begins in the header


def credentials() -> Credentials:
    return Credentials("admin", SECRET)


def elsewhere(mock: responses.RequestsMock, *origins: str) -> None:
    """Other hosts, which answer everything gladly."""
    import re

    for origin in origins:
        mock.get(re.compile(re.escape(origin) + ".*"), body=b"\x89PNG thanks", content_type="image/png")


def pulled(fake: FakeWordPress, root: Path, *origins: str, **options: Any) -> Harvest:
    mock = responses.RequestsMock(assert_all_requests_are_fired=False)
    elsewhere(mock, EVIL, *origins)
    options.setdefault("credentials", credentials())
    return harvest(fake, root, mock=mock, **options)


def stays_at_home(found: Harvest, secret: str = "Authorization") -> bool:
    """Whether the secret went to its origin, and nowhere else."""
    with_it = [url for url, headers in found.sent if secret in headers]
    assert with_it
    assert all(url.startswith(f"{HOME}/") for url in with_it), with_it
    for path in found.root.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert SECRET.encode() not in content, path
            assert TOKEN.encode() not in content, path
    return True


@pytest.mark.parametrize(
    "target", [EVIL, "http://blog.test", "https://blog.test:8443", "https://www.blog.test"]
)
@pytest.mark.parametrize("base", ["posts", "users/me", "comments"])
def test_redirects(tmp_path: Path, target: str, base: str) -> None:
    fake = blog()
    moved = faults.moved(target, faults.on(base), 307)
    moved.when = lambda r: faults.on(base)(r) and "authorization" in r.headers
    fake.fault(moved)
    try:
        found = pulled(
            fake, tmp_path / "a", "http://blog.test", "https://blog.test:8443", "https://www.blog.test"
        )
    except LoginError:
        assert base == "users/me"
        assert moved.hits
        return
    assert moved.hits
    assert stays_at_home(found)


def test_redirects_of_the_whole_site_lead_the_login_to_the_last_place_alone(tmp_path: Path) -> None:
    fake = blog()
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.get("http://blog.test/", status=301, headers={"Location": f"{HOME}/"})
        found = harvest(
            fake, tmp_path / "a", address="http://blog.test/", credentials=credentials(), mock=mock
        )
    assert stays_at_home(found)
    assert not any(url.startswith("http://") for url, headers in found.sent if "Authorization" in headers)


def test_a_site_without_https_gets_no_login(tmp_path: Path) -> None:
    fake = blog()
    fake.base = "http://blog.test"
    with pytest.raises(LoginError, match="https"):
        harvest(fake, tmp_path / "a", address="http://blog.test/", credentials=credentials())
    assert not any("authorization" in r.headers for r in fake.requests)
    assert not (tmp_path / "a").exists()


def test_next_links_and_links_of_types(tmp_path: Path) -> None:
    fake = blog()
    fake.posts(150, first=100)

    def lead_away(answer: Answer) -> None:
        answer.headers["Link"] = f'<{EVIL}/wp-json/wp/v2/posts?page=2>; rel="next"'
        for place in (b"/wp-json", rb"\/wp-json"):
            answer.body = answer.body.replace(b"http://blog.example" + place, EVIL.encode() + place)
            answer.body = answer.body.replace(rb"http:\/\/blog.example" + place, EVIL.encode() + place)

    fake.fault(Fault("lead away", faults.rest, faults.changing(lead_away)))
    found = pulled(fake, tmp_path / "a")
    assert stays_at_home(found)
    assert not any(url.startswith(EVIL) for url in found.requests)
    assert len(found.posts) == 24 + 2 + 150


def test_an_api_that_the_page_says_is_elsewhere(tmp_path: Path) -> None:
    fake = blog()

    def lead_away(answer: Answer) -> None:
        answer.headers["Link"] = f'<{EVIL}/wp-json/>; rel="https://api.w.org/"'

    fake.fault(Fault("lead away", lambda r: not faults.rest(r), faults.changing(lead_away)))
    found = pulled(fake, tmp_path / "a")
    assert stays_at_home(found)


@pytest.mark.parametrize("there", ["https://other.test", "https://sub.blog.test"])
@pytest.mark.parametrize("way", ["link", "redirected page", "redirected site"])
@pytest.mark.parametrize("closed", [False, True])
def test_a_site_that_was_not_typed_gets_no_login(
    tmp_path: Path, there: str, way: str, *, closed: bool
) -> None:
    """A working blog there that takes whatever login it is sent."""
    other = blog()
    other.base = there
    if closed:
        other.fault(faults.rest_closed())
    head = f'<link rel="https://api.w.org/" href="{there}/wp-json/">'
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        if way == "link":
            mock.get(f"{HOME}/", f"<html><head>{head}</head></html>", content_type="text/html")
        else:
            mock.get(f"{HOME}/", status=302, headers={"Location": f"{there}/"})
        if way == "redirected site":
            mock.get(f"{HOME}/wp-json/", status=302, headers={"Location": f"{there}/wp-json/"})
        with pytest.raises((LoginError, RestClosed)) as caught:
            harvest(other, tmp_path / "a", address=f"{HOME}/", credentials=credentials(), mock=mock)
    assert not any("authorization" in r.headers for r in other.requests)
    assert other.requests
    assert not (tmp_path / "a").exists()
    assert closed or f"name {there} itself" in (caught.value.hint or "")


def test_media_hosts(tmp_path: Path) -> None:
    fake = blog()
    fake.media(70, "2024/02/c.png", b"x", source_url="https://cdn.test/c.png")
    moved = Fault(
        "moved", lambda r: r.path.endswith("a.png"), faults.answering(302, "", {"Location": f"{EVIL}/a.png"})
    )
    fake.fault(moved)
    gate = Credentials.headers({"Cookie": "gate=sesame", "X-Gate": "sesame"})
    gate.pin(HOME)
    found = pulled(fake, tmp_path / "a", "https://cdn.test", media="all", gate=gate)
    assert stays_at_home(found)
    assert stays_at_home(found, "X-Gate")
    asked = {url for url, _ in found.sent}
    assert {"https://cdn.test/c.png", f"{EVIL}/a.png"} <= asked
    away = [headers for url, headers in found.sent if not url.startswith(f"{HOME}/")]
    assert not any({"Authorization", "Cookie", "X-Gate"} & set(headers) for headers in away)
    assert found.code == Exit.DONE


def test_cookies_of_a_site_stay_with_it(tmp_path: Path) -> None:
    fake = blog()
    fake.media(70, "2024/02/c.png", b"x", source_url="https://cdn.test/c.png")
    set_cookie = faults.changing(lambda a: a.headers.update({"Set-Cookie": "session=secret; Path=/"}))
    fake.fault(Fault("set cookie", faults.everything, set_cookie))
    found = pulled(fake, tmp_path / "a", "https://cdn.test", media="all")
    away = [headers for url, headers in found.sent if url.startswith("https://cdn.test")]
    assert away
    assert not any("Cookie" in headers for headers in away)


@pytest.mark.parametrize("login", [True, False])
def test_netrc_is_never_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, login: bool) -> None:
    for name in (".netrc", "_netrc"):
        path = tmp_path / name
        machines = ("blog.test", "evil.test", "cdn.test")
        lines = [f"machine {m} login someone password from-netrc\n" for m in machines]
        path.write_text("".join(lines) + "default login someone password from-netrc\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    fake = blog()
    fake.media(70, "2024/02/c.png", b"x", source_url="https://cdn.test/c.png")
    given = credentials() if login else None
    found = pulled(fake, tmp_path / "a", "https://cdn.test", media="all", credentials=given)
    headers = {headers["Authorization"] for _, headers in found.sent if "Authorization" in headers}
    assert len(headers) == (1 if login else 0)
    assert not login or stays_at_home(found)


def test_feeds_are_read_without_the_login(tmp_path: Path) -> None:
    fake = blog()
    fake.fault(faults.refused("comments"))
    found = pulled(fake, tmp_path / "a")
    feeds = [r for r in fake.requests if faults.feeds(r)]
    assert feeds
    assert not any("authorization" in r.headers for r in feeds)
    assert stays_at_home(found)


def test_a_login_that_is_stripped_on_the_way_ends_the_pull(tmp_path: Path) -> None:
    fake = blog()
    fake.post(50, status="draft", title="Secret plans")
    fake.fault(faults.login_ignored())
    with pytest.raises(LoginError, match="ignored the login"):
        pulled(fake, tmp_path / "a")
    assert not (tmp_path / "a").exists()


def test_a_wrong_password_ends_the_pull(tmp_path: Path) -> None:
    fake = blog()
    with pytest.raises(LoginError):
        pulled(fake, tmp_path / "a", credentials=Credentials("admin", "wrong"))
    assert not (tmp_path / "a").exists()


def test_what_a_login_shows_lies_apart(tmp_path: Path) -> None:
    fake = blog()
    fake.post(50, status="draft", title="Secret plans")
    found = pulled(fake, tmp_path / "a")
    assert found.posts[50].title == "Secret plans"
    public = b"".join(p.read_bytes() for p in (found.root / "data").rglob("*") if p.is_file())
    assert b"Secret plans" not in public
    for path in (found.root / "data/raw").glob("*.jsonl.gz"):
        assert not any("Secret plans" in str(entry) for entry in read(path))


@pytest.mark.parametrize("status", [200, 403, 500])
def test_a_page_that_shows_the_secret_shows_it_to_nobody(tmp_path: Path, status: int) -> None:
    fake = blog()

    def echo(request: Request, proceed: faults.Proceed) -> Answer:
        sent = request.headers.get("authorization", "")
        said = f"<title>You sent {sent}, {SECRET}</title><script>{json.dumps(sent)}</script>"
        return Answer(status, {"Content-Type": "text/html"}, said.encode())

    fake.fault(Fault("echo", lambda r: "authorization" in r.headers and faults.on("comments")(r), echo))
    fake.fault(faults.refused("comments", 500))
    fake.fault(faults.feeds_closed(403))
    found = pulled(fake, tmp_path / "a")
    assert "You sent" in str(found.warnings)
    assert stays_at_home(found)
    assert not any(secret in str(found.warnings) for secret in (TOKEN, SECRET))


def test_a_login_wall_is_no_login(tmp_path: Path) -> None:
    fake = blog()
    fake.fault(further.login_wall(lambda r: "authorization" in r.headers))
    with pytest.raises(LoginError):
        pulled(fake, tmp_path / "a")
