"""The same blog as WordPress' own export writes it: ``python -m benchmarks.wxr --posts 1000 FILE``."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from benchmarks.blog import CATEGORIES, TAGS, Blog, Post, Reply
from benchmarks.faces import MEDIA

_HEAD: Final = """<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0"
\txmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
\txmlns:content="http://purl.org/rss/1.0/modules/content/"
\txmlns:wfw="http://wellformedweb.org/CommentAPI/"
\txmlns:dc="http://purl.org/dc/elements/1.1/"
\txmlns:wp="http://wordpress.org/export/1.2/"
>
<channel>
\t<title>A blog for measurements</title>
\t<link>{home}</link>
\t<description></description>
\t<pubDate>Thu, 29 Feb 2024 00:00:00 +0000</pubDate>
\t<language>en-US</language>
\t<wp:wxr_version>1.2</wp:wxr_version>
\t<wp:base_site_url>{home}</wp:base_site_url>
\t<wp:base_blog_url>{home}</wp:base_blog_url>
"""


def write(blog: Blog, path: Path) -> None:
    """Write the file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as out:
        out.write(_HEAD.format(home=blog.home))
        out.writelines(_authors_and_terms())
        for number in range(1, blog.posts + 1):
            for image in blog.images_of(number):
                out.write(_attachment(blog, number, image))
            replies = [blog.reply(number + turn * blog.posts) for turn in range(blog.each)]
            out.write(_item(blog, blog.post(number), replies))
        out.write("</channel>\n</rss>\n")


def _cdata(text: str) -> str:
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"


def _authors_and_terms() -> Iterator[str]:
    for number in (1, 2, 3):
        yield (
            f"\t<wp:author><wp:author_id>{number}</wp:author_id><wp:author_login>{_cdata(f'author-{number}')}"
            f"</wp:author_login><wp:author_email>{_cdata(f'author{number}@blog.example')}</wp:author_email>"
            f"<wp:author_display_name>{_cdata(f'Author {number}')}</wp:author_display_name></wp:author>\n"
        )
    for number, name in enumerate(CATEGORIES, 1):
        yield (
            f"\t<wp:category><wp:term_id>{number}</wp:term_id><wp:category_nicename>"
            f"{_cdata(f'categories-{number}')}</wp:category_nicename><wp:category_parent></wp:category_parent>"
            f"<wp:cat_name>{_cdata(name)}</wp:cat_name></wp:category>\n"
        )
    for number, name in enumerate(TAGS, 101):
        yield (
            f"\t<wp:tag><wp:term_id>{number}</wp:term_id><wp:tag_slug>{_cdata(f'tags-{number}')}</wp:tag_slug>"
            f"<wp:tag_name>{_cdata(name)}</wp:tag_name></wp:tag>\n"
        )


def _dates(date: datetime) -> str:
    names = ("post_date", "post_date_gmt", "post_modified", "post_modified_gmt")
    return "".join(f"<wp:{name}>{_cdata(f'{date:%Y-%m-%d %H:%M:%S}')}</wp:{name}>\n" for name in names)


def _common(number: int, slug: str, status: str, parent: int, kind: str) -> str:
    return (
        f"<wp:comment_status>{_cdata('open')}</wp:comment_status>\n<wp:ping_status>{_cdata('open')}"
        f"</wp:ping_status>\n<wp:post_name>{_cdata(slug)}</wp:post_name>\n<wp:status>{_cdata(status)}"
        f"</wp:status>\n<wp:post_parent>{parent}</wp:post_parent>\n<wp:menu_order>0</wp:menu_order>\n"
        f"<wp:post_type>{_cdata(kind)}</wp:post_type>\n<wp:post_password>{_cdata('')}</wp:post_password>\n"
        f"<wp:is_sticky>0</wp:is_sticky>\n"
    )


def _item(blog: Blog, post: Post, replies: list[Reply]) -> str:
    terms = [("category", f"categories-{n}", CATEGORIES[n - 1]) for n in sorted(set(post.categories))]
    terms += [("post_tag", f"tags-{100 + n}", TAGS[n - 1]) for n in post.tags]
    named = "".join(f'<category domain="{d}" nicename="{s}">{_cdata(n)}</category>\n' for d, s, n in terms)
    return (
        f"<item>\n<title>{_cdata(post.title)}</title>\n<link>{blog.link(post.number)}</link>\n"
        f"<pubDate>{post.date:%a, %d %b %Y %H:%M:%S} +0000</pubDate>\n"
        f"<dc:creator>{_cdata(f'author-{post.author}')}</dc:creator>\n"
        f'<guid isPermaLink="false">{blog.home}/?p={post.number}</guid>\n<description></description>\n'
        f"<content:encoded>{_cdata(post.raw)}</content:encoded>\n"
        f"<excerpt:encoded>{_cdata('')}</excerpt:encoded>\n<wp:post_id>{post.number}</wp:post_id>\n"
        f"{_dates(post.date)}{_common(post.number, post.slug, 'publish', 0, 'post')}{named}"
        f"<wp:postmeta><wp:meta_key>{_cdata('_thumbnail_id')}</wp:meta_key><wp:meta_value>"
        f"{_cdata(str(MEDIA + post.images[0]))}</wp:meta_value></wp:postmeta>\n"
        f"{''.join(_comment(reply) for reply in replies)}</item>\n"
    )


def _comment(reply: Reply) -> str:
    date = _cdata(f"{reply.date:%Y-%m-%d %H:%M:%S}")
    text = reply.html.strip().removeprefix("<p>").removesuffix("</p>")
    return (
        f"<wp:comment><wp:comment_id>{reply.number}</wp:comment_id>"
        f"<wp:comment_author>{_cdata(reply.name)}</wp:comment_author>"
        f"<wp:comment_author_email>{_cdata(f'reader{reply.number % 997}@blog.example')}"
        f"</wp:comment_author_email><wp:comment_author_url></wp:comment_author_url>"
        f"<wp:comment_author_IP>{_cdata('192.0.2.1')}</wp:comment_author_IP>"
        f"<wp:comment_date>{date}</wp:comment_date><wp:comment_date_gmt>{date}</wp:comment_date_gmt>"
        f"<wp:comment_content>{_cdata(text)}</wp:comment_content>"
        f"<wp:comment_approved>{_cdata('1')}</wp:comment_approved>"
        f"<wp:comment_type>{_cdata('comment')}</wp:comment_type>"
        f"<wp:comment_parent>{reply.parent}</wp:comment_parent>"
        f"<wp:comment_user_id>0</wp:comment_user_id></wp:comment>\n"
    )


def _attachment(blog: Blog, post: int, image: int) -> str:
    url = blog.image(image)
    name = url.rpartition("/")[2]
    date = blog.post(post).date if post == 1 else datetime(2024, 1, 1)
    return (
        f"<item>\n<title>{_cdata(name)}</title>\n<link>{blog.link(post)}{name.removesuffix('.jpg')}/</link>\n"
        f"<pubDate>{date:%a, %d %b %Y %H:%M:%S} +0000</pubDate>\n<dc:creator>{_cdata('author-1')}"
        f'</dc:creator>\n<guid isPermaLink="false">{url}</guid>\n<description></description>\n'
        f"<content:encoded>{_cdata('')}</content:encoded>\n<excerpt:encoded>{_cdata('')}</excerpt:encoded>\n"
        f"<wp:post_id>{MEDIA + image}</wp:post_id>\n{_dates(date)}"
        f"{_common(image, name.removesuffix('.jpg'), 'inherit', post, 'attachment')}"
        f"<wp:attachment_url>{_cdata(url)}</wp:attachment_url>\n<wp:postmeta><wp:meta_key>"
        f"{_cdata('_wp_attached_file')}</wp:meta_key><wp:meta_value>"
        f"{_cdata(url.partition('/uploads/')[2])}</wp:meta_value></wp:postmeta>\n</item>\n"
    )


def main() -> None:
    """Write a blog's export file."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--posts", type=int, default=1000)
    parser.add_argument("--each", type=int, default=5, help="comments a post")
    parser.add_argument("file", type=Path)
    options = parser.parse_args()
    write(Blog(options.posts, options.each), options.file)


if __name__ == "__main__":
    main()
