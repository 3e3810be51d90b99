from __future__ import annotations

import pytest

from wpexport.export.markdown.links import LinkMap, StandIn
from wpexport.export.markdown.places import Place
from wpexport.model import Media, MediaFile, Site, Term

HOME = "https://www.example.org/blog"
UPLOADS = f"{HOME}/wp-content/uploads/2021/10"


def place(number: int, name: str) -> Place:
    return Place((0, number, ""), f"posts/{name}.md", f"/{name}/", None, (), "post", name, None)


def media_file(name: str, size: int = 1) -> MediaFile:
    return MediaFile(url=f"{UPLOADS}/{name}", path=name, size=size, sha256="0" * 64)


@pytest.fixture
def links() -> LinkMap:
    links = LinkMap(Site(home=HOME, url="https://wp.example.net"))
    links.add_post(place(12, "hello"), 12, f"{HOME}/2021/10/hello/", "hello")
    links.add_post(place(13, "nihon"), 13, f"{HOME}/2021/10/%E6%97%A5%E6%9C%AC/", "日本")
    links.add_post(place(14, "twin"), 14, f"{HOME}/a/twin/", "twin")
    links.add_post(place(15, "twin2"), 15, f"{HOME}/b/twin/", "twin")
    links.add_post(place(16, "draft"), 16, f"{HOME}/?p=16", "draft")
    links.add_home("/")
    sizes = {"medium": {"source_url": f"{UPLOADS}/odd-medium.jpg"}}
    photo = Media(
        id=50, url=f"{HOME}/2021/10/hello/photo/", source_url=f"{UPLOADS}/a.jpg", details={"sizes": sizes}
    )
    files = [media_file("a.jpg", 9), media_file("a-150x150.jpg", 2), media_file("a-300x200.jpg", 3)]
    links.add_media(
        Media(id=50, url=photo.url, source_url=photo.source_url, details=photo.details, files=files),
        {files[0].url: True, files[1].url: True, files[2].url: False},
    )
    scaled = media_file("big-scaled.jpg")
    links.add_media(Media(id=51, source_url=scaled.url, files=[scaled]), {scaled.url: True})
    links.add_media(Media(id=52, source_url=f"{UPLOADS}/gone.jpg"), {})
    links.add_term(Term(id=3, url=f"{HOME}/category/news/"), "/category/news/")
    return links


@pytest.mark.parametrize(
    ("url", "number"),
    [
        (f"{HOME}/2021/10/hello/", 12),
        (f"{HOME}/2021/10/hello", 12),
        ("http://example.org/blog/2021/10/hello/", 12),
        ("HTTPS://Example.ORG:443/blog/2021/10/hello/?utm_source=rss&fbclid=1", 12),
        ("//example.org/blog/2021/10/hello/", 12),
        ("../hello/", 12),
        ("/blog/2021/10/hello/", 12),
        (f"{HOME}/2021/10/hello/comment-page-2/#comment-7", 12),
        (f"{HOME}/2021/10/hello/2/", 12),
        (f"{HOME}/2021/10/hello/?print=1", 12),
        (f"{HOME}/?p=12", 12),
        (f"{HOME}?page_id=12", 12),
        (f"{HOME}/index.php?p=12", 12),
        ("https://wp.example.net/?p=12&preview=true", 12),
        (f"{HOME}/?p=16", 16),
        (f"{HOME}/2021/10/日本/", 13),
        (f"{HOME}/2021/10/%e6%97%a5%e6%9c%ac/", 13),
        # as WordPress guesses
        (f"{HOME}/2019/05/hello/", 12),
        (f"{HOME}/archives/hello", 12),
    ],
)
def test_posts(links: LinkMap, url: str, number: int) -> None:
    target = links.resolve(url, f"{HOME}/2021/10/other/")
    assert target.place is not None
    assert target.place.key[1] == number


@pytest.mark.parametrize(
    ("url", "name"),
    [
        (f"{UPLOADS}/a.jpg", "a.jpg"),
        (f"{UPLOADS}/a.jpg?ssl=1", "a.jpg"),
        (f"{UPLOADS}/a-150x150.jpg", "a-150x150.jpg"),
        (f"{UPLOADS}/a-300x200.jpg", "a.jpg"),
        (f"{UPLOADS}/a-1024x768.jpg", "a.jpg"),
        (f"{UPLOADS}/a-scaled.jpg", "a.jpg"),
        (f"{UPLOADS}/odd-medium.jpg", "a.jpg"),
        (f"{UPLOADS}/big.jpg", "big-scaled.jpg"),
        (f"{UPLOADS}/big-300x200.jpg", "big-scaled.jpg"),
        ("https://i2.wp.com/www.example.org/blog/wp-content/uploads/2021/10/a.jpg?resize=300", "a.jpg"),
        (f"{HOME}/2021/10/hello/photo/", "a.jpg"),
        (f"{HOME}/?attachment_id=50", "a.jpg"),
        ("/blog/wp-content/uploads/2021/10/a.jpg", "a.jpg"),
    ],
)
def test_media(links: LinkMap, url: str, name: str) -> None:
    target = links.resolve(url, f"{HOME}/x/")
    assert target.file is not None
    assert target.file.path == name


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        (f"{HOME}/", "address"),
        ("http://example.org/blog", "address"),
        (f"{HOME}/category/news", "address"),
        (f"{HOME}/?cat=3", "address"),
        (f"{UPLOADS}/gone.jpg", "missing-media"),
        (f"{UPLOADS}/gone-300x200.jpg", "missing-media"),
        (f"{UPLOADS}/never-seen.pdf", "missing-media"),
        (f"{HOME}/?attachment_id=52", "missing-media"),
        (f"{HOME}/?p=99", "unresolved"),
        (f"{HOME}/?s=hello", "unresolved"),
        (f"{HOME}/c/twin/", "unresolved"),
        (f"{HOME}/category/hello/", "unresolved"),
        (f"{HOME}/feed/", "unresolved"),
        ("https://example.org/shop/hello/", "outside"),
        ("https://example.com/blog/2021/10/hello/", "outside"),
        ("https://i0.wp.com/other.example/a.jpg", "outside"),
        ("mailto:a@example.org", "outside"),
        ("tel:123", "outside"),
        ("data:image/gif;base64,xx", "outside"),
        ("http://[", "outside"),
        ("https://example.org:99999/x", "outside"),
    ],
)
def test_others(links: LinkMap, url: str, kind: str) -> None:
    assert links.resolve(url, f"{HOME}/x/").kind == kind


def test_a_size_that_stands_for_the_full_picture_is_known_as_such() -> None:
    links = LinkMap(Site(home=HOME))
    full, size = media_file("a.jpg", 9), media_file("a-300x200.jpg", 3)
    links.add_media(Media(id=5, source_url=full.url, files=[full, size]), {full.url: False, size.url: True})
    shown = links.resolve(full.url, "").file
    assert isinstance(shown, StandIn)
    assert shown.path == size.path
    assert isinstance(links.file_of(5), StandIn)
    assert links.resolve(size.url, "").file == size


def test_a_picture_of_its_first_page_does_not_stand_for_a_document() -> None:
    links = LinkMap(Site(home=HOME))
    paper, preview = media_file("a.pdf", 9), media_file("a-pdf-300x200.jpg", 3)
    links.add_media(
        Media(id=5, source_url=paper.url, files=[paper, preview]), {paper.url: False, preview.url: True}
    )
    assert links.resolve(paper.url, "").kind == "missing-media"
    assert links.resolve(preview.url, "").file == preview


def test_fragments_stay(links: LinkMap) -> None:
    assert links.resolve(f"{HOME}/?p=12#comment-7", "").fragment == "comment-7"


def test_a_site_in_the_root_of_its_host() -> None:
    links = LinkMap(Site(home="https://example.org"))
    links.add_post(place(1, "a"), 1, "https://example.org/a/", "a")
    assert links.resolve("http://www.example.org/a", "").place is not None
    assert links.resolve("https://example.org.evil.example/a", "").kind == "outside"
    assert links.resolve("https://example.org/b", "").kind == "unresolved"


def test_numbers_of_media(links: LinkMap) -> None:
    assert links.file_of(50) is not None
    assert links.file_of(52) is None
