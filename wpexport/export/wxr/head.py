"""What stands before the items of a WXR: the site, its authors, and its terms, parents first."""

from __future__ import annotations

from collections.abc import Callable

from wpexport import __version__
from wpexport.export.base import Blog
from wpexport.export.wxr.items import meta_rows
from wpexport.export.wxr.plan import Plan, Private, terms_in_order
from wpexport.export.wxr.xml import Xml, comment_text, mail_time, stored_slug
from wpexport.model import Author, Term

TAIL = b"</channel>\n</rss>\n"

#: Isso looks for the export's namespace in the first 8 KiB, so nothing long stands before it
_OPENING = """<?xml version="1.0" encoding="UTF-8" ?>
<!-- generator="wpexport/{version}" -->
<!-- A WordPress eXtended RSS file. To import it: Tools > Import > WordPress > Run Importer. -->
{remarks}<rss version="2.0"
\txmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
\txmlns:content="http://purl.org/rss/1.0/modules/content/"
\txmlns:wfw="http://wellformedweb.org/CommentAPI/"
\txmlns:dc="http://purl.org/dc/elements/1.1/"
\txmlns:wp="http://wordpress.org/export/1.2/"
>
<channel>
"""
_RENDERED = (
    "{count} of the posts were read without a login: their text is the HTML that visitors saw, "
    "in one HTML block each. It can be converted to blocks in the editor."
)


def head(
    blog: Blog, plan: Plan, xml: Xml, *, private: Private | None, bare: bool, rendered: int
) -> Callable[[int], bytes]:
    """Make the head once; the result gives it for each file by its number.

    Args:
        blog: for site, authors and terms.
        plan: the first pass.
        xml: writes, and counts what XML does not allow.
        private: gives e-mails, where the user asked for them.
        bare: without terms (comments only).
        rendered: how many posts have rendered HTML only; said in a remark.
    """
    site = blog.site()
    xml.at("the head")
    remarks = f"<!-- {comment_text(_RENDERED.format(count=rendered))} -->\n" if rendered else ""
    lines = [
        _OPENING.format(version=__version__, remarks=remarks),
        xml.plain("title", site.name),
        xml.plain("link", site.home),
        xml.plain("description", site.description),
        # The newest record's time, not now: the same archive gives the same bytes.
        xml.plain("pubDate", mail_time(plan.newest)),
        xml.plain("language", site.language or "en-US"),
        xml.plain("wp:wxr_version", "1.2"),
        xml.plain("wp:base_site_url", site.url or site.home),
        xml.plain("wp:base_blog_url", site.home),
        _authors(blog, plan, xml, private),
    ]
    if not bare:
        lines += _terms(blog, xml)
    data = "".join(lines).encode()
    return lambda _number: data


def _authors(blog: Blog, plan: Plan, xml: Xml, private: Private | None) -> str:
    authors = blog.authors()
    lines: list[str] = []
    for number, login in sorted(plan.logins.items()):
        author = authors.get(number) or Author(id=number)
        known = private("author", number) if private else None
        extra = known.extra if known else {}
        first, last = (str(extra.get(f"{part}_name", "")) for part in ("first", "last"))
        email = (known.email if known else None) or ""
        lines.append(_author(xml, number, login, author.name or login, email, first, last))
    # The importer wants a number here too; 0 is nobody's.
    for key, login in plan.seen_logins.items():
        lines.append(_author(xml, 0, login, plan.seen_names[key], "", "", ""))
    return "".join(lines)


def _author(xml: Xml, number: int, login: str, name: str, email: str, first: str, last: str) -> str:
    inner = [
        xml.plain("wp:author_id", number),
        xml.cdata("wp:author_login", login),
        xml.cdata("wp:author_email", email),
        xml.cdata("wp:author_display_name", name),
        xml.cdata("wp:author_first_name", first),
        xml.cdata("wp:author_last_name", last),
    ]
    # On one line: the importer's oldest parser reads line by line.
    return "<wp:author>" + "".join(inner).replace("\n", "") + "</wp:author>\n"


def _terms(blog: Blog, xml: Xml) -> list[str]:
    terms = blog.terms()
    order = {"category": 0, "post_tag": 1}
    # Formats are made by the importer when a post has one, as in WordPress' own exports.
    wanted = [term for term in terms_in_order(terms.values()) if term.taxonomy != "post_format"]
    wanted.sort(key=lambda term: order.get(term.taxonomy, 2))
    return [_term(xml, term, _parent_slug(term, terms.get(term.parent or 0))) for term in wanted]


def _parent_slug(term: Term, parent: Term | None) -> str:
    return stored_slug(parent.slug) if parent and parent.taxonomy == term.taxonomy else ""


def _term(xml: Xml, term: Term, parent: str) -> str:
    slug = stored_slug(term.slug) or f"term-{term.id}"
    name = term.name or term.slug
    meta = "".join(
        f"<wp:termmeta>{xml.cdata('wp:meta_key', key)}{xml.cdata('wp:meta_value', value)}</wp:termmeta>\n"
        for key, value in meta_rows(term.meta, term.extra, xml)
    )
    number = xml.plain("wp:term_id", term.id or 0)
    match term.taxonomy:
        case "category":
            tag = "wp:category"
            inner = xml.cdata("wp:category_nicename", slug) + xml.cdata("wp:category_parent", parent)
            inner += xml.cdata("wp:cat_name", name)
        case "post_tag":
            tag = "wp:tag"
            inner = xml.cdata("wp:tag_slug", slug) + xml.cdata("wp:tag_name", name)
        case taxonomy:
            tag = "wp:term"
            inner = xml.cdata("wp:term_taxonomy", taxonomy) + xml.cdata("wp:term_slug", slug)
            inner += xml.cdata("wp:term_parent", parent) + xml.cdata("wp:term_name", name)
    about = xml.cdata(f"{tag}_description", term.description) if term.description else ""
    return f"<{tag}>\n{number}{inner}{about}{meta}</{tag}>\n"
