from __future__ import annotations

import gzip
import io
import ssl
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
import responses

from wpexport.errors import LoginError
from wpexport.net import (
    BadEncoding,
    Credentials,
    Forbidden,
    Http,
    NetError,
    NoAddress,
    NoConnection,
    Stopped,
    TimedOut,
    TlsFailure,
    TooLarge,
    TooManyRedirects,
    Truncated,
    Waiting,
)

SITE = "https://blog.test"
START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def time(self) -> datetime:
        return START + timedelta(seconds=self.now - 1000)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def mock() -> Any:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def client(clock: Clock, **options: Any) -> Http:
    made: dict[str, Any] = {"resolve": lambda host: ["93.184.216.34"], **options}
    return Http(clock=clock, sleep=clock.sleep, now=clock.time, **made)


def test_statuses_are_answers(mock: Any, clock: Clock) -> None:
    mock.get(f"{SITE}/x", status=404, body="no")
    got = client(clock).get(f"{SITE}/x")
    assert (got.status, got.body, got.time) == (404, b"no", "2026-01-02T03:04:05Z")
    assert clock.slept == []


def test_who_we_are_is_said_honestly(mock: Any, clock: Clock) -> None:
    mock.get(f"{SITE}/x")
    client(clock).get(f"{SITE}/x", accept="application/json")
    sent = mock.calls[0].request.headers
    assert sent["User-Agent"].startswith("wpexport/")
    assert "+https://" in sent["User-Agent"]
    assert sent["Accept"] == "application/json"
    assert sent["Accept-Encoding"] == "gzip, deflate"
    client(clock, user_agent="Mine/1").get(f"{SITE}/x")
    assert mock.calls[1].request.headers["User-Agent"] == "Mine/1"


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 522])
def test_passing_failures_are_asked_again(mock: Any, clock: Clock, status: int) -> None:
    mock.get(f"{SITE}/x", status=status)
    mock.get(f"{SITE}/x", body="ok")
    assert client(clock).get(f"{SITE}/x").body == b"ok"
    assert sum(clock.slept) > 0


@pytest.mark.parametrize("status", [400, 401, 403, 404, 406, 410, 501])
def test_lasting_failures_are_not(mock: Any, clock: Clock, status: int) -> None:
    mock.get(f"{SITE}/x", status=status)
    assert client(clock).get(f"{SITE}/x").status == status
    assert len(mock.calls) == 1


def test_the_last_answer_is_returned_when_patience_ends(mock: Any, clock: Clock) -> None:
    mock.get(f"{SITE}/x", status=500)
    events: list[Waiting] = []
    assert client(clock, notify=events.append, attempts=3).get(f"{SITE}/x").status == 500
    assert len(mock.calls) == 3
    assert [(e.attempt, e.attempts, e.reason) for e in events] == [(1, 3, "HTTP 500"), (2, 3, "HTTP 500")]
    assert events[1].seconds >= 1


@pytest.mark.parametrize("value", ["30", "Fri, 02 Jan 2026 03:04:35 GMT"])
def test_retry_after_is_honoured(mock: Any, clock: Clock, value: str) -> None:
    mock.get(f"{SITE}/x", status=429, headers={"Retry-After": value})
    mock.get(f"{SITE}/x", body="ok")
    events: list[Waiting] = []
    client(clock, notify=events.append).get(f"{SITE}/x")
    assert 30 <= sum(clock.slept) < 32
    assert events[0].reason == "HTTP 429, asked to wait"
    assert 30 <= events[0].seconds < 31


def test_retry_after_is_capped_and_nonsense_ignored(mock: Any, clock: Clock) -> None:
    mock.get(f"{SITE}/x", status=503, headers={"Retry-After": "999999999"})
    mock.get(f"{SITE}/x", status=503, headers={"Retry-After": "soon"})
    mock.get(f"{SITE}/x", body="ok")
    assert client(clock, max_wait=100).get(f"{SITE}/x").body == b"ok"
    assert 100 <= sum(clock.slept) < 110


def test_one_slow_down_for_all_and_a_careful_speed_up(mock: Any, clock: Clock) -> None:
    mock.get(f"{SITE}/busy", status=429, headers={"Retry-After": "20"})
    mock.get(f"{SITE}/busy", body="ok")
    mock.get(f"{SITE}/fine", body="ok")
    http = client(clock, jobs=4)
    http.get(f"{SITE}/fine")
    assert clock.slept == []
    http.get(f"{SITE}/busy")
    host = http._pacer._host("blog.test")
    assert host.allowed == 2
    assert host.interval >= 0.25
    before = len(clock.slept)
    http.get(f"{SITE}/fine")
    assert len(clock.slept) > before  # others are held back too
    for _ in range(60):
        http.get(f"{SITE}/fine")
    assert (host.allowed, host.interval) == (4, 0.0)


def test_the_delay_lies_between_the_starts(mock: Any, clock: Clock) -> None:
    mock.get(f"{SITE}/x")
    mock.get("https://other.test/x")
    http = client(clock, delay=2.0)
    http.get(f"{SITE}/x")
    http.get("https://other.test/x")
    assert clock.slept == []
    http.get(f"{SITE}/x")
    assert clock.slept == [2.0]


BLOCK_PAGES = [
    (503, {"cf-mitigated": "challenge"}, "<html>", "Cloudflare"),
    (403, {}, "<html><title>Just a moment...</title></html>", "Cloudflare"),
    (403, {}, "error code: 1010", "Cloudflare"),
    (202, {}, '<meta http-equiv="refresh" content="0;/.well-known/sgcaptcha/?r=%2F">', "SiteGround"),
    (200, {"SG-Captcha": "challenge"}, "<html>", "SiteGround"),
    (200, {}, "<html><title>One moment, please...</title>", "Imunify360"),
    (503, {}, "<p>Your access to this site has been limited by the site owner", "Wordfence"),
    (406, {}, "<html><title>Not Acceptable!</title>", "mod_security"),
]


@pytest.mark.parametrize(("status", "headers", "body", "who"), BLOCK_PAGES)
def test_block_pages_are_named_and_never_asked_again(
    mock: Any, clock: Clock, status: int, headers: dict[str, str], body: str, who: str
) -> None:
    mock.get(f"{SITE}/x", status=status, headers=headers, body=body)
    assert client(clock).get(f"{SITE}/x").blocked == who
    assert len(mock.calls) == 1


def test_json_that_speaks_of_block_pages_is_none(mock: Any, clock: Clock) -> None:
    mock.get(f"{SITE}/x", body='[{"a": "<title>Just a moment...</title> Generated by Wordfence"}]')
    mock.get(f"{SITE}/y", body="<html>" + " " * 40000 + "Generated by Wordfence")
    assert client(clock).get(f"{SITE}/x").blocked is None
    assert client(clock).get(f"{SITE}/y").blocked is None


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (requests.ConnectTimeout("x"), TimedOut),
        (requests.ReadTimeout("x"), TimedOut),
        (requests.ConnectionError("reset"), NoConnection),
        (requests.exceptions.ChunkedEncodingError("x"), Truncated),
    ],
)
def test_transport_failures_are_typed_and_retried(
    mock: Any, clock: Clock, error: Exception, kind: type
) -> None:
    mock.get(f"{SITE}/x", body=error)
    with pytest.raises(kind):
        client(clock, attempts=3).get(f"{SITE}/x")
    assert len(mock.calls) == 3


def test_tls_failures_are_not_retried(mock: Any, clock: Clock) -> None:
    mock.get(f"{SITE}/x", body=requests.exceptions.SSLError("expired"))
    with pytest.raises(TlsFailure):
        client(clock).get(f"{SITE}/x")
    assert len(mock.calls) == 1


@pytest.mark.parametrize(
    ("why", "hint"),
    [
        (ssl.SSLCertVerificationError("expired"), "The site's certificate is not in order"),
        (ssl.SSLEOFError("EOF occurred in violation of protocol"), "Perhaps nothing there speaks https."),
    ],
)
def test_a_certificate_is_blamed_only_where_there_was_one(
    mock: Any, clock: Clock, why: ssl.SSLError, hint: str
) -> None:
    mock.get(f"{SITE}/x", body=requests.exceptions.SSLError(why))
    with pytest.raises(TlsFailure) as caught:
        client(clock).get(f"{SITE}/x")
    assert caught.value.hint.startswith(hint)


# Sizes and codings


def test_a_body_beyond_the_cap_is_refused(mock: Any, clock: Clock) -> None:
    mock.get(f"{SITE}/x", body=b"x" * 5000, auto_calculate_content_length=True)
    mock.get(f"{SITE}/y", body=b"x" * 5000)
    for path in "xy":
        with pytest.raises(TooLarge):
            client(clock, max_size=1000).get(f"{SITE}/{path}")
    assert len(mock.calls) == 2


def test_a_gzip_bomb_is_found_while_it_unfolds(mock: Any, clock: Clock) -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    assert len(bomb) < 100_000
    mock.get(f"{SITE}/x", body=bomb, headers={"Content-Encoding": "gzip"})
    with pytest.raises(TooLarge):
        client(clock, max_size=1_000_000).get(f"{SITE}/x")


def test_a_damaged_coding_is_asked_for_once_more_without_any(mock: Any, clock: Clock) -> None:
    mock.get(f"{SITE}/x", body=b"not gzip", headers={"Content-Encoding": "gzip"})
    mock.get(f"{SITE}/x", body=b"plain")
    assert client(clock).get(f"{SITE}/x").body == b"plain"
    assert mock.calls[1].request.headers["Accept-Encoding"] == "identity"


def test_an_unasked_coding_is_no_text(mock: Any, clock: Clock) -> None:
    mock.get(f"{SITE}/x", body=b"\x8b\x02", headers={"Content-Encoding": "snappy"})
    with pytest.raises(BadEncoding):
        client(clock).get(f"{SITE}/x")
    assert len(mock.calls) == 2


def test_deflate_is_understood(mock: Any, clock: Clock) -> None:
    mock.get(f"{SITE}/x", body=zlib.compress(b"plain"), headers={"Content-Encoding": "deflate"})
    assert client(clock).get(f"{SITE}/x").body == b"plain"


# Redirects and private networks


def test_redirects_are_followed_and_loops_shown(mock: Any, clock: Clock) -> None:
    mock.get(f"{SITE}/a", status=301, headers={"Location": "/b"})
    mock.get(f"{SITE}/b", body="b")
    mock.get(f"{SITE}/l", status=302, headers={"Location": "/l2"})
    mock.get(f"{SITE}/l2", status=302, headers={"Location": "/l"})
    assert client(clock).get(f"{SITE}/a").url == f"{SITE}/b"
    with pytest.raises(TooManyRedirects, match=r"/l -> .*/l2 -> .*/l$"):
        client(clock).get(f"{SITE}/l")


def test_endless_redirects_end(mock: Any, clock: Clock) -> None:
    for n in range(40):
        mock.get(f"{SITE}/{n}", status=302, headers={"Location": f"/{n + 1}"})
    with pytest.raises(TooManyRedirects):
        client(clock).get(f"{SITE}/0")
    assert len(mock.calls) == 11


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://10.0.0.8/x",
        "http://169.254.169.254/latest/",
        "http://[::ffff:192.168.0.1]/",
        "http://inside.test/",
        "file:///etc/passwd",
        "ftp://blog.test/",
    ],
)
def test_a_site_cannot_send_us_inside(mock: Any, clock: Clock, target: str) -> None:
    mock.get(f"{SITE}/x", status=302, headers={"Location": target})
    http = client(clock, resolve=lambda host: ["10.1.1.1" if host == "inside.test" else "93.184.216.34"])
    http.trust(SITE)
    with pytest.raises(Forbidden):
        http.get(f"{SITE}/x")
    assert len(mock.calls) == 1
    with pytest.raises((Forbidden, NoAddress)):
        http.download(target, io.BytesIO())


def test_what_the_user_typed_may_be_inside(mock: Any, clock: Clock) -> None:
    mock.get("http://127.0.0.1:8080/x", body="ok")
    http = client(clock)
    http.trust("http://127.0.0.1:8080/")
    assert http.get("http://127.0.0.1:8080/x").body == b"ok"
    with pytest.raises(Forbidden):
        http.get("http://127.0.0.1:22/x")


# Logins


def test_a_login_goes_to_its_origin_alone(mock: Any, clock: Clock) -> None:
    for url in (f"{SITE}/x", "https://cdn.test/x", "https://blog.test:444/x"):
        mock.get(url)
    credentials = Credentials("ánna", "pass word")
    http = client(clock, credentials=credentials)
    with pytest.raises(Forbidden):
        http.get(f"{SITE}/x", login=True)  # not pinned yet
    credentials.pin(SITE)
    http.get(f"{SITE}/x", login=True)
    assert mock.calls[0].request.headers["Authorization"] == "Basic w6FubmE6cGFzcyB3b3Jk"  # UTF-8
    http.get(f"{SITE}/x")
    assert "Authorization" not in mock.calls[1].request.headers
    for url in ("https://cdn.test/x", "http://blog.test/x", "https://blog.test:444/x"):
        with pytest.raises(Forbidden):
            http.get(url, login=True)
    assert len(mock.calls) == 2


def test_a_login_is_not_carried_over_a_redirect(mock: Any, clock: Clock) -> None:
    mock.get(f"{SITE}/x", status=302, headers={"Location": "https://evil.test/"})
    mock.get("https://evil.test/", body="thanks")
    credentials = Credentials("a", "secret-pass")
    credentials.pin(SITE)
    got = client(clock, credentials=credentials).get(f"{SITE}/x", login=True)
    assert got.status == 302
    assert len(mock.calls) == 1


def test_gate_headers_stay_at_their_origin(mock: Any, clock: Clock) -> None:
    mock.get(f"{SITE}/x", status=302, headers={"Location": "https://cdn.test/x"})
    mock.get("https://cdn.test/x")
    gate = Credentials.headers({"Cookie": "open=sesame", "X-Gate": "1"})
    gate.pin(SITE)
    client(clock, gate=gate).get(f"{SITE}/x")
    first, second = (call.request.headers for call in mock.calls)
    assert first["Cookie"] == "open=sesame"
    assert not {"Cookie", "X-Gate"} & set(second)


@pytest.mark.parametrize("header", ["Cookie", "X-Gate"])
def test_a_cookie_that_a_gate_renews_stays_at_its_origin(mock: Any, clock: Clock, header: str) -> None:
    renewed = "renewed-5f1d7a84c3b2e960aa17"
    for path in ("/x", "/y", "/me"):
        mock.get(
            f"{SITE}{path}",
            body=f"sent {renewed}",
            headers={"Set-Cookie": f"gate={renewed}; Path=/; Domain=blog.test"},
        )
    away = ("http://blog.test/x", "https://blog.test:444/x", "https://cdn.blog.test/x")
    for url in away:
        mock.get(url)
    gate = Credentials.headers({header: "a=1; gate=5e5a3e"})
    gate.pin(SITE)
    login = Credentials("anna", "pass word")
    login.pin(SITE)
    http = client(clock, gate=gate, credentials=login)
    http.get(f"{SITE}/x")
    body = http.get(f"{SITE}/y").body
    http.get(f"{SITE}/me", login=True)
    for url in away:
        http.get(url)
    _, again, logged_in, *others = (call.request.headers for call in mock.calls)
    assert len(others) == len(away)
    assert not any({"Cookie", "X-Gate"} & set(headers) for headers in others)
    assert f"gate={renewed}" in again["Cookie"]
    if header == "Cookie":
        assert again["Cookie"] == logged_in["Cookie"] == f"a=1; gate={renewed}"
        assert body == b"sent ***"


def test_netrc_is_not_read(mock: Any, clock: Clock, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text("default login someone password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    mock.get(f"{SITE}/x")
    client(clock).get(f"{SITE}/x")
    assert "Authorization" not in mock.calls[0].request.headers


@pytest.mark.parametrize("url", ["http://blog.test/", "http://192.168.1.5/"])
def test_a_login_needs_https(url: str) -> None:
    with pytest.raises(LoginError, match="https"):
        Credentials("a", "b").pin(url)


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        (SITE, "https://cdn.test/"),
        (SITE, "https://api.blog.test/"),
        (SITE, "https://blog.test:8443/"),
        (SITE, "https://127.0.0.1/"),
        ("http://localhost:8080/", "http://127.0.0.1:8080/"),
        ("http://localhost:8080/", "http://localhost:8081/"),
        ("http://localhost:8080/", "https://localhost/"),
    ],
)
def test_a_login_goes_to_no_host_that_was_not_typed(typed: str, url: str) -> None:
    credentials = Credentials("a", "b")
    with pytest.raises(LoginError, match="was not sent"):
        credentials.pin(url, typed)
    assert credentials.origin is None


@pytest.mark.parametrize("typed", [f"{SITE}/a/post/", "http://blog.test", "https://www.blog.test/"])
def test_a_login_goes_where_the_typed_site_is_at_home(typed: str) -> None:
    credentials = Credentials("a", "b")
    credentials.pin(SITE, typed)
    assert str(credentials.origin) == SITE


def test_a_login_is_pinned_once_and_never_shown() -> None:
    credentials = Credentials("anna", "secret-pass")
    credentials.pin("http://127.0.0.1:8080/")
    with pytest.raises(LoginError):
        credentials.pin(SITE)
    token = credentials.headers_for("http://127.0.0.1:8080/")["Authorization"]
    assert "secret-pass" not in repr(credentials) + str(credentials)
    assert token not in repr(credentials)
    assert credentials.scrubbed(f"sent {token}".encode()) == b"sent Basic ***"
    with_space = Credentials("anna", "abcd efgh 1234 ijkl")
    assert with_space.scrubbed(b"sent abcd efgh 1234 ijkl") == b"sent ***"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Cookie", "session=5f1d7a84c3b2e960aa17; lang=en"),
        ("X-Gate", "eyJhbGciOiJIUzI1NiJ9.e30.XmNK3GpH3Ys"),
        ("Authorization", "Bearer token-of-the-owner"),
    ],
)
def test_what_is_secret_in_a_header_is_not_left_in_an_answer(name: str, value: str) -> None:
    gate = Credentials.headers({name: value})
    secret = value.partition(";")[0].replace(" ", "=").rpartition("=")[2]
    assert secret.encode() not in gate.scrubbed(f"<p>You sent {value}</p>".encode())


@pytest.mark.parametrize(
    "secrets",
    [
        Credentials("anna", "default"),
        Credentials("anna", "internationalization"),
        Credentials("anna", "2024011500000000"),
        Credentials.headers({"Referer": f"{SITE}/", "Origin": SITE, "User-Agent": "a1b2c3d4e5f6g7h8"}),
        Credentials.headers({"Accept-Language": "en-GB", "Cookie": "theme=default; id=1700000000"}),
        Credentials.headers(
            {"Cookie": f"back={SITE}/; seen=2024-01-15T00:00:00; b=https%3A%2F%2Fblog.test%2F"}
        ),
        Credentials.headers(
            {"Cookie": "theme=twentytwentyfive-child; n=2024011500000000", "X-Client": "default"}
        ),
    ],
)
def test_a_page_is_not_changed_for_what_may_stand_in_it_by_chance(secrets: Credentials) -> None:
    page = (
        f'{{"id":1700000000,"date":"2024-01-15T00:00:00","link":"{SITE}/","n":2024011500000000,'
        '"slug":"the-default-theme","t":"internationalization en-GB twentytwentyfive-child a1b2c3d4e5f6g7h8",'
        '"share":"?u=https%3A%2F%2Fblog.test%2F"}'
    ).encode()
    assert secrets.scrubbed(page) == page


@pytest.mark.parametrize("url", ["https://u:p@blog.test/x", "https://u@blog.test/x"])
def test_names_and_passwords_in_addresses_are_dropped(mock: Any, clock: Clock, url: str) -> None:
    mock.get(f"{SITE}/x")
    assert client(clock).get(url).url == f"{SITE}/x"
    assert "Authorization" not in mock.calls[0].request.headers


@pytest.mark.parametrize("url", ["", "ftp://x.test", "https://", "https://x.test:99999/", "nonsense"])
def test_what_is_no_address_is_said_so(clock: Clock, url: str) -> None:
    with pytest.raises(NoAddress):
        client(clock).get(url)


@pytest.mark.parametrize(
    "target", ["http://[bad", "https:///x", "https://x.test:99999/", "http://\u2100.test/"]
)
def test_a_redirect_to_nowhere_is_named_and_ends_nothing_else(mock: Any, clock: Clock, target: str) -> None:
    mock.get(f"{SITE}/x", status=302, headers={"Location": target})
    http = client(clock, attempts=1)
    with pytest.raises(NetError):
        http.get(f"{SITE}/x")
    with pytest.raises(NetError):
        http.download(f"{SITE}/x", io.BytesIO())


# Downloads


def test_a_file_is_hashed_while_it_is_written(mock: Any, clock: Clock) -> None:
    mock.get(f"{SITE}/a.jpg", body=b"abc", content_type="image/jpeg")
    sink = io.BytesIO()
    got = client(clock).download(f"{SITE}/a.jpg", sink, referer=f"{SITE}/post/")
    assert sink.getvalue() == b"abc"
    assert (got.status, got.size, got.content_type) == (200, 3, "image/jpeg")
    assert got.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert mock.calls[0].request.headers["Referer"] == f"{SITE}/post/"


def test_a_second_try_starts_the_file_anew(mock: Any, clock: Clock) -> None:
    mock.get(f"{SITE}/a.jpg", status=502, body=b"a long error page")
    mock.get(f"{SITE}/a.jpg", body=b"abc")
    sink = io.BytesIO(b"")
    assert client(clock).download(f"{SITE}/a.jpg", sink).size == 3
    assert sink.getvalue() == b"abc"


def test_a_full_disk_is_not_the_networks_fault(mock: Any, clock: Clock) -> None:
    class Full(io.BytesIO):
        def write(self, data: Any) -> int:
            raise OSError(28, "No space left on device")

    mock.get(f"{SITE}/a.jpg", body=b"abc")
    with pytest.raises(OSError, match="No space"):
        client(clock).download(f"{SITE}/a.jpg", Full())
    assert len(mock.calls) == 1


def test_a_closed_client_asks_nothing(mock: Any, clock: Clock) -> None:
    http = client(clock)
    http.close()
    with pytest.raises(Stopped):
        http.get(f"{SITE}/x")
