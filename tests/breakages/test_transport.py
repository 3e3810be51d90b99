"""B49 to B58: what happens on the way."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.breakages import further
from tests.breakages.pulled import POSTS_COUNT, Clock, Harvest, blog, harvest, http, unharmed
from tests.fakewp import faults
from wpexport.errors import Exit, SourceError
from wpexport.net import NetError
from wpexport.net.failures import TlsFailure

KEYS = Path(__file__).parent / "keys"


def complete(found: Harvest) -> bool:
    assert found.code == Exit.DONE, (found.lost, found.closed)
    assert set(found.posts) == set(range(1, POSTS_COUNT + 1)) | {40, 41}
    assert set(found.comments) == set(range(1, 13))
    return True


@pytest.mark.parametrize(
    ("retry_after", "least", "most"),
    [(None, 0.5, 60), ("7", 21, 60), ("Wed, 01 Jan 2020 00:00:00 GMT", 0.5, 60), ("soon", 0.5, 60)],
)
def test_too_many_requests(tmp_path: Path, retry_after: str | None, least: float, most: float) -> None:
    fake, clock = blog(), Clock()
    fake.fault(faults.too_many(3, retry_after))
    assert unharmed(harvest(fake, tmp_path / "a", clock=clock, jobs=1))
    assert least <= clock.slept <= most


def test_a_wait_that_is_far_too_long_is_cut_short(tmp_path: Path) -> None:
    fake, clock = blog(), Clock()
    fake.fault(faults.too_many(1, "86400"))
    assert unharmed(harvest(fake, tmp_path / "a", clock=clock, jobs=1))
    assert 600 <= clock.slept < 700


def test_too_many_requests_for_ever_ends_and_the_next_pull_goes_on(tmp_path: Path) -> None:
    fake = blog()
    late = faults.too_many(None, "1")
    late.when = lambda r: len(fake.requests) > 14
    fake.fault(late)
    found = harvest(fake, tmp_path / "a")
    assert found.code == Exit.INCOMPLETE
    assert "HTTP 429" in str(found.lost) + str(found.closed)
    assert len(fake.requests) < 200
    fake.heal()
    assert complete(harvest(fake, tmp_path / "a"))


def test_a_short_maintenance_is_waited_for(tmp_path: Path) -> None:
    fake, clock = blog(), Clock()
    fake.fault(faults.maintenance(2))
    assert unharmed(harvest(fake, tmp_path / "a", clock=clock, jobs=1))
    assert clock.slept >= 600


def test_a_long_maintenance_is_named(tmp_path: Path) -> None:
    fake = blog()
    fake.fault(faults.maintenance())
    with pytest.raises(SourceError, match="maintenance"):
        harvest(fake, tmp_path / "a")
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize("times", [1, 3])
def test_errors_that_pass_cost_nothing(tmp_path: Path, times: int) -> None:
    fake = blog()
    fake.fault(faults.failing(times=times))
    fake.fault(faults.failing(faults.on("comments"), 502, times=times))
    assert unharmed(harvest(fake, tmp_path / "a"))


def test_a_page_of_posts_that_fails_for_ever_costs_those_posts_alone(tmp_path: Path) -> None:
    fake = blog()
    fake.posts(330, first=100)
    fake.fault(faults.poison(range(200, 260)))
    fake.fault(faults.feeds_closed(403))
    found = harvest(fake, tmp_path / "a")
    there = {*range(1, POSTS_COUNT + 1), 40, 41, *range(100, 430)}
    assert set(found.posts) == there - set(range(200, 260))
    assert set(found.comments) == set(range(1, 13))
    assert found.code == Exit.INCOMPLETE
    cover = found.cover("posts/post")
    assert sum(loss.count or 0 for loss in cover.lost) == 60
    assert cover.received + 60 == cover.expected
    assert any("after number 199" in loss.reason and "HTTP 500" in loss.reason for loss in cover.lost)
    assert "after number 199" in str(found.report())
    assert len(fake.requests) < 300


def test_posts_that_rest_cannot_deliver_come_by_feed(tmp_path: Path) -> None:
    fake = blog()
    fake.fault(faults.poison(range(3, 9)))
    found = harvest(fake, tmp_path / "a")
    assert set(found.posts) == set(range(1, POSTS_COUNT + 1)) | {40, 41}
    assert all(found.posts[n].content.html for n in range(3, 9))


def test_a_coding_that_is_not_true(tmp_path: Path) -> None:
    fake = blog()
    fake.fault(faults.not_gzip())
    assert complete(harvest(fake, tmp_path / "a", real=True))


@pytest.mark.parametrize("coding", ["br", "zstd", "compress", "aws-chunked"])
def test_a_coding_that_was_not_asked_for(tmp_path: Path, coding: str) -> None:
    fake = blog()
    fake.fault(further.unasked_coding(coding))
    assert complete(harvest(fake, tmp_path / "a", real=True))


def test_answers_that_break_off_are_asked_for_again(tmp_path: Path) -> None:
    fake = blog()
    fake.fault(faults.truncated(times=4))
    assert complete(harvest(fake, tmp_path / "a", real=True))


def test_answers_that_always_break_off_are_asked_for_in_smaller_pages(tmp_path: Path) -> None:
    fake = blog()
    fake.fault(faults.truncated(when=lambda r: faults.rest(r) and int(r.text("per_page") or 1) > 10))
    assert complete(harvest(fake, tmp_path / "a", real=True))


@pytest.mark.parametrize("fault", [further.many_headers(), further.long_header()], ids=["many", "long"])
def test_headers_without_measure_lead_to_another_address(tmp_path: Path, fault: faults.Fault) -> None:
    fake = blog()
    fake.fault(fault)
    assert complete(harvest(fake, tmp_path / "a", real=True))


def test_headers_without_measure_everywhere_are_said(tmp_path: Path) -> None:
    fake = blog()
    fake.fault(further.many_headers(when=faults.everything))
    with pytest.raises(NetError, match="headers"):
        harvest(fake, tmp_path / "a", real=True)


def test_connections_that_end_without_an_answer(tmp_path: Path) -> None:
    fake = blog()
    fake.fault(faults.reset(times=3))
    fake.fault(faults.reset(faults.on("comments"), times=3))
    assert complete(harvest(fake, tmp_path / "a", real=True))


def test_head_and_options_may_be_refused(tmp_path: Path) -> None:
    fake = blog()
    fake.posts(150, first=100)
    fake.fault(further.method_refused("HEAD", "OPTIONS"))
    found = harvest(fake, tmp_path / "a")
    assert found.code == Exit.DONE
    assert len(found.posts) == POSTS_COUNT + 2 + 150
    assert not any(r.method == "HEAD" for r in fake.requests)


# TLS


@contextmanager
def tls(certificate: str) -> Iterator[str]:
    """A server with a certificate that answers anything with one page."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(KEYS / certificate, KEYS / "test.key")
    listener = socket.create_server(("127.0.0.1", 0))
    page = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"

    def serve() -> None:
        while True:
            try:
                raw, _ = listener.accept()
            except OSError:
                return
            try:
                with raw, context.wrap_socket(raw, server_side=True) as stream:
                    stream.recv(65536)
                    stream.sendall(page)
            except OSError:
                continue  # the client did not like the certificate

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"https://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


@pytest.mark.parametrize(("certificate", "words"), [("own.pem", "self.signed"), ("expired.pem", "expired")])
def test_a_certificate_that_is_not_in_order_is_never_let_pass(certificate: str, words: str) -> None:
    trusted = {"REQUESTS_CA_BUNDLE": str(KEYS / certificate)} if certificate == "expired.pem" else {}
    with tls(certificate) as url, pytest.MonkeyPatch.context() as patch:
        for name, value in trusted.items():
            patch.setenv(name, value)
        with http() as client:
            client.trust(url)
            with pytest.raises(TlsFailure, match=words) as error:
                client.get(url)
    assert "certificate" in error.value.hint


def test_a_certificate_that_the_user_knows_can_be_named() -> None:
    with tls("own.pem") as url, pytest.MonkeyPatch.context() as patch:
        patch.setenv("REQUESTS_CA_BUNDLE", str(KEYS / "own.pem"))
        with http() as client:
            client.trust(url)
            assert client.get(url).body == b"ok"
