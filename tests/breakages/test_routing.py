"""B26 to B35: the API is elsewhere, or answers for something else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import responses

from tests.breakages import further
from tests.breakages.pulled import HOME, POSTS_COUNT, Harvest, blog, harvest, unharmed
from tests.fakewp import FakeWordPress, Fault, faults
from wpexport.demo.web import Answer, Request
from wpexport.errors import Exit, SourceError, UsageError
from wpexport.net import Credentials, TooManyRedirects


def complete(found: Harvest) -> bool:
    assert found.code == Exit.DONE, (found.lost, found.closed)
    assert set(found.posts) == set(range(1, POSTS_COUNT + 1)) | {40, 41}
    assert set(found.comments) == set(range(1, 13))
    return True


def test_plain_permalinks(tmp_path: Path) -> None:
    fake = blog()
    fake.fault(faults.plain_permalinks())
    found = harvest(fake, tmp_path / "a")
    assert unharmed(found)
    assert "rest_route" in (found.site.root or "")


def test_plain_permalinks_without_a_hint_on_the_page(tmp_path: Path) -> None:
    fake = blog()
    fake.fault(faults.plain_permalinks())
    fake.fault(further.without_links())
    found = harvest(fake, tmp_path / "a")
    assert complete(found)


def test_a_dropped_query_string_is_noticed_and_the_address_changed(tmp_path: Path) -> None:
    fake = blog()
    fake.posts(250, first=100)
    fake.fault(faults.query_dropped())
    found = harvest(fake, tmp_path / "a")
    assert found.code == Exit.DONE
    assert set(found.posts) == {*range(1, POSTS_COUNT + 1), 40, 41, *range(100, 350)}
    assert len(fake.requests) < 120


def test_a_changed_prefix_is_found_by_the_pages_links(tmp_path: Path) -> None:
    fake = blog()
    fake.fault(further.prefix_changed())
    found = harvest(fake, tmp_path / "a")
    assert complete(found)
    assert found.site.root == f"{HOME}/api/"
    assert not any("/wp-json" in url for url in found.requests)


@pytest.mark.parametrize("origin", ["http://blog.test", "http://localhost:8080", "http://www.blog.test"])
def test_links_of_a_site_behind_a_proxy_lead_to_where_we_talk(tmp_path: Path, origin: str) -> None:
    fake = blog()
    fake.fault(further.links_to(origin))
    found = harvest(fake, tmp_path / "a")
    assert complete(found)
    assert all(url.startswith(f"{HOME}/") for url in found.requests)
    assert found.site.home == f"{HOME}/"


def test_the_final_host_is_found_before_a_login_is_sent(tmp_path: Path) -> None:
    fake = blog()
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.get("https://www.blog.test/", status=301, headers={"Location": f"{HOME}/"})
        credentials = Credentials("admin", "fake admin password")
        found = harvest(
            fake, tmp_path / "a", address="https://www.blog.test/", credentials=credentials, mock=mock
        )
    with_login = [url for url, headers in found.sent if "Authorization" in headers]
    assert found.done.run.login
    assert len(found.sent) > len(with_login) > 0
    assert all(url.startswith(f"{HOME}/") for url in with_login)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_circle_of_redirects_is_shown(tmp_path: Path, status: int) -> None:
    fake = blog()
    fake.fault(faults.moved(HOME, status=status))
    with pytest.raises(TooManyRedirects, match="in a circle"):
        harvest(fake, tmp_path / "a")
    assert len(fake.requests) < 60


@pytest.mark.parametrize("closed", [False, True])
def test_a_front_page_in_circles_keeps_nobody_from_the_rest(tmp_path: Path, closed: bool) -> None:
    """Walls of cookies or countries send a visitor without cookies round and round, there alone."""
    fake = blog()
    fake.fault(faults.moved(HOME, lambda r: r.path == "/"))
    if closed:
        fake.fault(faults.rest_closed())
    found = harvest(fake, tmp_path / "a")
    assert len(found.posts) >= POSTS_COUNT
    assert set(found.comments) == set(range(1, 13))


def test_where_api_and_feeds_are_closed_both_are_said_to_be(tmp_path: Path) -> None:
    fake = blog()
    fake.fault(faults.rest_closed())
    fake.fault(faults.feeds_closed(410))
    with pytest.raises(SourceError, match=r"REST API is closed.*no feed that can be read.*410") as caught:
        harvest(fake, tmp_path / "a")
    assert "feed" not in caught.value.hint


def test_an_api_that_goes_in_circles_is_left_for_another_address(tmp_path: Path) -> None:
    fake = blog()
    fake.fault(faults.moved(HOME, faults.pretty))
    assert unharmed(harvest(fake, tmp_path / "a"))


def test_a_slash_that_comes_and_goes_is_left_for_another_address(tmp_path: Path) -> None:
    fake = blog()

    def then(request: Request, proceed: faults.Proceed) -> Answer:
        path, _, query = request.target.partition("?")
        other = path.rstrip("/") if path.endswith("/") else path + "/"
        return Answer(301, {"Location": f"{HOME}{other}?{query}"})

    fake.fault(Fault("slash ping-pong", faults.pretty, then))
    assert unharmed(harvest(fake, tmp_path / "a"))


def test_a_page_cache_that_ignores_queries(tmp_path: Path) -> None:
    fake = blog()
    fake.fault(faults.page_instead(when=faults.pretty))
    fake.fault(further.cached_pages())
    assert unharmed(harvest(fake, tmp_path / "a"))


def test_a_page_cache_in_front_of_every_address_is_passed_by_a_parameter_it_does_not_know(
    tmp_path: Path,
) -> None:
    fake = blog()
    page = further.cached_pages()
    page.when = lambda r: "_wpexport" not in r.query and "feed" not in r.target
    fake.fault(page)
    found = harvest(fake, tmp_path / "a")
    assert complete(found)


def network(main: FakeWordPress, sub: FakeWordPress) -> Fault:
    """A blog below ``/sub/`` of another's address."""

    def then(request: Request, proceed: faults.Proceed) -> Answer:
        path = request.path.removeprefix("/sub") or "/"
        target = request.target.removeprefix("/sub") or "/"
        answer = sub.dispatch(replace(request, path=path, target=target))
        answer.body = answer.body.replace(b"http://blog.example", b"http://blog.example/sub")
        answer.body = answer.body.replace(rb"http:\/\/blog.example", rb"http:\/\/blog.example\/sub")
        answer.headers = {
            k: v.replace("http://blog.example", "http://blog.example/sub") for k, v in answer.headers.items()
        }
        return answer

    return main.fault(Fault("network", further.below("/sub"), then))


@pytest.mark.parametrize("links", [True, False])
def test_a_blog_of_a_network_is_read_and_not_its_neighbour(tmp_path: Path, *, links: bool) -> None:
    main, sub = FakeWordPress(base=HOME), blog()
    main.post(1, title="Of the main blog")
    network(main, sub)
    if not links:
        sub.fault(further.without_links())
    found = harvest(main, tmp_path / "a", address=f"{HOME}/sub/")
    assert complete(found)
    assert found.site.home == f"{HOME}/sub/"


@pytest.mark.parametrize("links", [True, False])
def test_a_closed_blog_of_a_network_is_not_replaced_by_its_neighbour(tmp_path: Path, *, links: bool) -> None:
    main, sub = FakeWordPress(base=HOME), blog()
    main.post(1, title="Of the main blog")
    network(main, sub)
    sub.fault(faults.rest_closed())
    sub.fault(faults.feeds_closed(403))
    if not links:
        sub.fault(further.without_links())
    with pytest.raises(SourceError, match="closed to visitors"):
        harvest(main, tmp_path / "a", address=f"{HOME}/sub/")


def test_names_of_hosts_in_other_scripts(tmp_path: Path) -> None:
    fake = blog()
    fake.base = "https://xn--bcher-kva.test"
    found = harvest(fake, tmp_path / "a", address="https://Bücher.test/")
    assert complete(found)
    assert all(url.startswith("https://xn--bcher-kva.test/") for url in found.requests)


@pytest.mark.parametrize("address", ["https://😀😀.test./", "https://a..test/", "https://-\u0301.test/"])
def test_names_of_hosts_that_nobody_can_have_are_an_error(tmp_path: Path, address: str) -> None:
    with pytest.raises((UsageError, SourceError)) as error:
        harvest(blog(), tmp_path / "a", address=address)
    assert str(error.value)


@pytest.mark.parametrize("links", [True, False])
@pytest.mark.parametrize("typed", ["/a/b", "/a/b/nothing-here/", "/a/b/2020/01/", "/a/b/index.php"])
def test_a_blog_in_a_folder_is_found_from_below(tmp_path: Path, typed: str, *, links: bool) -> None:
    fake = blog()
    fake.base = f"{HOME}/a/b"
    if not links:
        fake.fault(further.without_links())
    found = harvest(fake, tmp_path / "a", address=HOME + typed)
    assert complete(found)
    assert found.site.home == f"{HOME}/a/b/"
