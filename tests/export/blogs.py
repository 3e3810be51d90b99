"""A small blog in memory, made of what goes wrong elsewhere."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path

from wpexport.model import (
    Author,
    Comment,
    CommentAuthor,
    Markup,
    Media,
    MediaFile,
    Post,
    PostType,
    Reference,
    Site,
    Taxonomy,
    Term,
)

EAST = timezone(timedelta(hours=3))
HOME = "https://example.org/blog"
ODD = 'part \\1: "yes" {{< x >}} {% y %}'


def day(number: int, year: int = 2021) -> datetime:
    return datetime(year, 10, number, 12, 0, tzinfo=EAST)


def html(text: str) -> Markup:
    return Markup(html=text)


@dataclass
class MemoryBlog:
    """What an archive would show."""

    the_site: Site
    the_posts: list[Post] = field(default_factory=list)
    the_comments: list[Comment] = field(default_factory=list)
    the_authors: list[Author] = field(default_factory=list)
    the_terms: list[Term] = field(default_factory=list)
    the_media: list[Media] = field(default_factory=list)
    folder: Path | None = None

    def site(self) -> Site:
        return self.the_site

    def posts(self) -> Iterator[Post]:
        return iter(self.the_posts)

    def comments(self, post: Post) -> list[Comment]:
        return [comment for comment in self.the_comments if comment.post == post.id]

    def authors(self) -> Mapping[int, Author]:
        return {author.id: author for author in self.the_authors if author.id is not None}

    def terms(self) -> Mapping[int, Term]:
        return {term.id: term for term in self.the_terms if term.id is not None}

    def media(self) -> Iterator[Media]:
        return iter(self.the_media)

    def file(self, file: MediaFile) -> Path | None:
        if self.folder is None or not (self.folder / file.path).is_file():
            return None
        return self.folder / file.path

    def add_file(self, media: Media, data: bytes, path: str, url: str | None = None) -> None:
        """Put a media item with one file into the blog."""
        assert self.folder is not None
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        address = url or media.source_url or ""
        file = MediaFile(url=address, path=path, size=len(data), sha256=hashlib.sha256(data).hexdigest())
        import msgspec

        self.the_media.append(msgspec.structs.replace(media, files=[file]))


SITE = Site(
    home=HOME,
    name='A "blog" & more',
    description="About <things>",
    language="en-US",
    types=[PostType(slug="post", name="Posts"), PostType(slug="page", name="Pages", hierarchical=True)],
    taxonomies=[
        Taxonomy(slug="category", name="Categories", hierarchical=True),
        Taxonomy(slug="post_tag", name="Tags"),
        Taxonomy(slug="genre", name="Genres"),
    ],
)


def _terms() -> list[Term]:
    base = f"{HOME}/category"
    return [
        Term(id=1, name="Café & Bar", slug="cafe-bar", url=f"{base}/cafe-bar/", description="<p>Drinks</p>"),
        Term(id=2, name="cafe  bar", slug="cafe-bar-2", url=f"{base}/cafe-bar-2/"),
        Term(id=3, taxonomy="post_tag", name="C#", slug="c", url=f"{HOME}/tag/c/"),
        Term(id=4, taxonomy="post_tag", name="yes", slug="yes", url=f"{HOME}/tag/yes/"),
        Term(id=5, taxonomy="genre", name="Novel: a/b", slug="novel", url=f"{HOME}/genre/novel/"),
        Term(id=6, taxonomy="post_tag", name="\u2026", slug="dots", url=f"{HOME}/tag/dots/"),
        Term(id=7, taxonomy="post_tag", name="日本 語", slug="日本-語", url=f"{HOME}/tag/日本-語/"),
    ]


def _posts() -> list[Post]:
    uploads = f"{HOME}/wp-content/uploads"
    links = f"""<p>See <a href="{HOME}/2021/10/odd/">odd</a>,
<a href="http://www.example.org/blog/?p=2#comment-7">by number</a>, <a href="/blog/about/team/">the team</a>,
<a href="{HOME}/2021/10/page-name.html?utm_source=rss">old</a>,
<a href="https://elsewhere.example/x?utm_source=1">elsewhere</a>, <a href="{HOME}/nothing-here/">nothing</a>,
<a href="{HOME}/category/cafe-bar/">a category</a>, <a href="{HOME}/">home</a> and
<a href="mailto:a@example.org">mail</a>.</p>
<h2>A heading</h2>
<figure><a href="{uploads}/2021/10/Photo.jpg">
<img src="{uploads}/2021/10/Photo-300x200.jpg" alt="A photo"></a><figcaption>Caption</figcaption></figure>
<p><img src="https://i0.wp.com/example.org/blog/wp-content/uploads/2020/01/photo.jpg?w=300" alt="Other">
<img src="{uploads}/2021/10/gone.jpg" alt="Gone"> <img src="{uploads}/2019/lost.png" alt="Lost"></p>
<p><a href="{HOME}/2021/10/hello/attachment/">the attachment</a>,
<a href="{uploads}/notes.html">notes</a></p>"""
    return [
        Post(
            id=1,
            slug="hello",
            url=f"{HOME}/2021/10/hello/",
            title="Hello & <goodbye>",
            date=day(25),
            modified=day(26),
            author=3,
            content=html(links),
            excerpt=html("<p>A handwritten excerpt.</p>"),
            terms=[1, 4, 5],
            featured_media=50,
            sticky=True,
        ),
        Post(
            id=2,
            slug="odd",
            url=f"{HOME}/2021/10/odd/",
            title=ODD,
            date=day(26),
            author=Reference(name="Ana: the 2nd"),
            content=html("<p>Text {{&lt; x &gt;}} and {% y %} and <code>{{ z }}</code>.</p>"),
            excerpt=html("<p>Text {{&lt; x &gt;}} and [&hellip;]</p>"),
            terms=[2, 3, 6, 7],
            format="aside",
        ),
        Post(
            id=3,
            slug="Hello",
            url=f"{HOME}/2020/10/Hello/",
            title="",
            date=day(1, 2020),
            content=html("<p>No title.</p>"),
        ),
        Post(
            id=4,
            slug="page-name",
            url=f"{HOME}/2021/10/page-name.html",
            title="Old address",
            date=day(27),
            content=html(f'<p><img src="{uploads}/2021/10/Photo.jpg" alt=""></p>'),
        ),
        Post(
            id=5,
            type="page",
            slug="about",
            url=f"{HOME}/about/",
            title="About",
            date=day(1),
            content=html("<p>We.</p>"),
        ),
        Post(
            id=6,
            type="page",
            slug="team",
            url=f"{HOME}/about/team/",
            title="Team",
            date=day(1),
            parent=5,
            content=html('<p><a href="../">up</a>, <a href="#x">here</a></p>'),
        ),
        Post(
            id=7,
            type="page",
            slug="team",
            url=f"{HOME}/team/",
            title="Other team",
            date=day(2),
            content=html("<p>T.</p>"),
        ),
        Post(
            id=8,
            slug="secret",
            url=f"{HOME}/2021/10/secret/",
            title="Secret",
            date=day(28),
            password_protected=True,
            content=Markup(html="", complete=False),
        ),
        Post(
            id=9,
            slug="start",
            url=f"{HOME}/2021/10/start/",
            title="Start only",
            date=day(29),
            content=Markup(html=None, complete=False),
            excerpt=html("<p>The start.</p>"),
        ),
        Post(
            id=10,
            slug="日本語",
            url=f"{HOME}/2021/10/%E6%97%A5%E6%9C%AC%E8%AA%9E/",
            title="日本語 😀",
            date=day(30),
            content=html(f'<p>語 <a href="{HOME}/2021/10/hello/">hello</a></p>'),
            terms=[1],
        ),
        Post(
            id=11,
            type="page",
            slug="tags",
            url=f"{HOME}/tags/",
            title="Tags",
            date=day(2),
            content=html("<p>Cloud.</p>"),
        ),
        Post(
            id=12,
            type="page",
            slug="posts",
            url=f"{HOME}/posts/",
            title="All",
            date=day(2),
            content=html("<p>All.</p>"),
        ),
        Post(
            id=13,
            type="book",
            slug="novel",
            url=f"{HOME}/book/novel/",
            title="Novel",
            date=day(2),
            content=html("<p>N</p>"),
        ),
        Post(
            id=14,
            slug="draft",
            url=f"{HOME}/?p=14",
            title="Draft",
            status="draft",
            content=html("<p>Later.</p>"),
        ),
        Post(
            id=15,
            slug="categories",
            url=f"{HOME}/categories/",
            title="Cat",
            date=day(3),
            content=html("<p>C</p>"),
        ),
        Post(
            id=16, slug="a:b", url=f"{HOME}/2021/a:b/", title="Colon", date=day(4), content=html("<p>C</p>")
        ),
        Post(
            id=17,
            slug="hidden",
            url=f"{HOME}/2021/hidden",
            title="No slash",
            date=day(5),
            content=html("<p>C</p>"),
        ),
        Post(
            url=f"{HOME}/2010/feed-only/",
            slug="feed-only",
            title="Feed only",
            date=day(6, 2010),
            content=html("<p>F</p>"),
        ),
    ]


def _comments() -> list[Comment]:
    def one(number: int, parent: int | None, name: str, text: str, **more: object) -> Comment:
        author = CommentAuthor(name=name, url="https://ana.example/?a=1&copy=2" if number == 7 else None)
        date = day(25) + timedelta(minutes=number)
        url = f"{HOME}/2021/10/hello/#comment-{number}"
        return Comment(
            id=number,
            post=1,
            parent=parent,
            author=author,
            date=date,
            content=html(text),
            url=url,
            **more,  # type: ignore[arg-type]
        )

    return [
        one(7, None, "Ana *star*", "<p>Hi there,</p><p>two paragraphs.</p>"),
        one(8, 7, "Bob {{< x >}}", "<p>Thanks!</p><pre><code>x = {{ y }}\n\n# no heading</code></pre>"),
        one(9, 8, "Cid", "<ul><li>one</li><li>two</li></ul>"),
        one(10, 7, "", "<p>Second answer with &lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        one(11, 5, "Dee", "<p>To one that is gone.</p>"),
        one(12, 12, "Eve", "<p>To myself.</p>"),
        one(13, 14, "Fay", "<p>Round</p>"),
        one(14, 13, "Gus", "<p>and round.</p>"),
        one(15, None, "Other blog", "<p>[&#8230;] they said [&#8230;]</p>", type="pingback"),
        one(16, None, "Hal", "<p>Waiting.</p>", status="hold"),
        one(17, None, "Ida", ""),
        one(
            18,
            17,
            "Jon",
            '<p>See <a href="/blog/2021/10/odd/">odd</a></p><blockquote><p>quoted</p></blockquote>',
        ),
    ]


def sample(folder: Path) -> MemoryBlog:
    """The blog with all its quirks; media files go below ``folder``."""
    blog = MemoryBlog(
        SITE,
        _posts(),
        _comments(),
        [Author(id=3, name="Ana & Ben", slug="ana")],
        _terms(),
        folder=folder,
    )
    uploads = f"{HOME}/wp-content/uploads"
    photo = Media(
        id=50,
        source_url=f"{uploads}/2021/10/Photo.jpg",
        url=f"{HOME}/2021/10/hello/attachment/",
        alt_text="A photo",
        details={"sizes": {"medium": {"source_url": f"{uploads}/2021/10/Photo-300x200.jpg"}}},
    )
    blog.add_file(photo, b"one", "files/example.org/2021/10/Photo.jpg")
    blog.add_file(
        Media(id=51, source_url=f"{uploads}/2020/01/photo.jpg"), b"two", "files/example.org/2020/01/photo.jpg"
    )
    blog.add_file(
        Media(id=52, source_url=f"{uploads}/notes.html"), b"<p>notes", "files/example.org/notes.html"
    )
    blog.the_media.append(Media(id=53, source_url=f"{uploads}/2021/10/gone.jpg"))
    return blog
