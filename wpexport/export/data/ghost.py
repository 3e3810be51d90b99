"""Export to Ghost's import file: ``ghost.json``, with the media beside it in a folder or a ``.zip``.

Written by the rules of TryGhost/Ghost (``core/server/data/importer/``): ``{"db": [{"meta", "data"}]}``; a
version by semver; a post's HTML becomes Lexical; of two posts with one slug the second is left out; a post
without an author falls to the owner; users come in locked, told apart by e-mail, which is invented here
(``.invalid``, RFC 2606). No importer of comments exists there.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from wpexport.export.base import Blog, Exporter, ExportReport, Notice, Options, Progress, commented_media
from wpexport.export.data import ghost_texts as limits
from wpexport.export.data.ghost_texts import Slugs, Texts, cut
from wpexport.export.data.rows import utc
from wpexport.export.markdown.fields import NOT_TERMS
from wpexport.export.markdown.links import LinkMap
from wpexport.export.markdown.places import Key, Place, below_home, home_path, keyed, mark_of
from wpexport.export.markdown.titles import summary_of, title_of
from wpexport.export.output.place import IntoPlace
from wpexport.export.wxr.parts import Parts, Sink
from wpexport.model import Author, MediaFile, Post, Reference, Term
from wpexport.text.blocks import raw_to_html
from wpexport.text.markdown import plain_text
from wpexport.text.shortcodes import expand

NAME = "ghost.json"
#: of which Ghost's importer takes files
VERSION = "5.0.0"
_EVERY = 200
_EPOCH = "1970-01-01T00:00:00Z"
_ADVICE = (
    "Ghost: Settings > Import/Export > Universal import, with {file} (a folder: zip what is in it first). "
    "People come in locked, with invented e-mail addresses: change these, or delete the people. "
    "redirects.yaml goes to Settings > Labs > Redirects."
)
_WORDS = {
    "comments-lost": "comments: Ghost imports none",
    "title-cut": "titles are longer than 255 characters",
    "excerpt-cut": "excerpts are longer than 300 characters",
    "slug-changed": "posts share an address in Ghost, which has one level only; the later ones got a number",
    "not-public": "posts that not everybody may read, or whose text is not here: drafts in Ghost",
    "custom-type": "posts of types that Ghost does not know: posts with an internal tag, such as #recipe",
    "parents-lost": "pages stand below others; in Ghost all stand at the top",
    "terms-flat": "terms stand below others; Ghost's tags stand alone",
    "media-stay": "files stay at their old addresses; export to a folder or a .zip to take them along",
    "file-kind": "files are of a kind that Ghost does not store; the old address stays",
    "missing-media": "pictures or files that are not in the archive; the old address stays",
    "smaller-size": "pictures are shown in a smaller size: the full one is not in the archive",
    "unresolved-link": "links to pages of the blog that are not here; the old address stays",
}
_LOSSES = frozenset({"comments-lost"})


@dataclass(slots=True)
class _Numbers:
    """People and tags that posts refer to, with the numbers they get in the file."""

    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    tags: dict[str, dict[str, Any]] = field(default_factory=dict)
    posts_tags: list[dict[str, Any]] = field(default_factory=list)
    posts_authors: list[dict[str, Any]] = field(default_factory=list)
    user_slugs: Slugs = field(default_factory=Slugs)
    tag_slugs: Slugs = field(default_factory=Slugs)


class GhostExporter:
    """Writes Ghost's import file. Implements `wpexport.export.base.Exporter`."""

    def __init__(
        self, blog: Blog, sink: Sink, name: str = "", *, media: bool = True, comments: bool = True
    ) -> None:
        """Prepare.

        Args:
            blog: read twice, from start to end.
            sink: takes the files.
            name: the file, if not ``ghost.json``.
            media: do files go along?
            comments: are they missed? (Ghost takes none.)
        """
        self.report = ExportReport()
        self._blog = blog
        self._sink = sink
        self._name = name or NAME
        self._media = media
        self._comments = comments
        self._notes: Counter[str] = Counter()
        self._numbers = _Numbers()
        self._copied = 0
        self._authors = blog.authors()
        self._terms = blog.terms()
        self._links = LinkMap(blog.site())
        self._texts = Texts(self._links, self._take if media else None)
        self._slugs: dict[Key, str] = {}
        self._old: list[tuple[str, str]] = []

    def run(self) -> Iterator[Progress | Notice]:
        """Write everything.

        Raises:
            OSError: the disk is full, or the sink is not writable.
        """
        yield Progress("looking", 0)
        newest = self._plan()
        meta = {"exported_on": newest, "version": VERSION}
        head = f'{{"db": [{{"meta": {json.dumps(meta)}, "data": {{"posts": ['.encode()
        report = self.report
        with Parts(self._sink, self._name, head=lambda _number: head, tail=b"") as parts:
            for key, post in keyed(self._blog.posts()):
                first = report.posts == 0
                parts.add((b"\n" if first else b",\n") + _encoded(self._post(key, post)))
                report.posts += 1
                if self._comments:
                    self._notes["comments-lost"] += len(self._blog.comments(post))
                if report.posts % _EVERY == 0:
                    yield Progress("posts", report.posts, len(self._slugs))
            for _page, comments in commented_media(self._blog) if self._comments else ():
                self._notes["comments-lost"] += len(comments)
            parts.add(self._tables())
            parts.finish()
            files = list(parts.files)
        if self._media:
            self._redirects()
            files.append("redirects.yaml")
        report.files = len(files) + self._copied
        report.facts |= {"files": files, "import": _ADVICE.format(file=files[0]), "media_files": self._copied}
        yield Progress("posts", report.posts, report.posts)
        yield from self._account(files[0])

    def _plan(self) -> int:
        """Give every post its address, fill the map of links; the newest date, in milliseconds."""
        slugs = Slugs(reserved=True)
        home = home_path(self._blog.site())
        newest = 0
        used: set[int] = set()
        for key, post in keyed(self._blog.posts()):
            slug = slugs.give(post.slug, f"post-{post.id}" if post.id else "untitled")
            self._notes["slug-changed"] += bool(post.slug) and slug != post.slug
            self._slugs[key] = slug
            old = below_home(post.url, home)
            if old and old not in {"/", f"/{slug}/"}:
                self._old.append((old, slug))
            place = Place(key, "", f"/{slug}/", None, (), post.type, "", None)
            self._links.add_post(place, post.id, post.url, post.slug)
            used.update(term for term in post.terms if isinstance(term, int))
            moment = post.modified or post.date
            if moment is not None:
                newest = max(newest, int(moment.timestamp() * 1000))
        for number in sorted(used & set(self._terms)):
            if (term := self._terms[number]).taxonomy not in NOT_TERMS:
                self._links.add_term(term, f"/tag/{self._tag(term)['slug']}/")
        self._links.add_home("/")
        for media in self._blog.media():
            self._links.add_media(
                media, {file.url: self._blog.file(file) is not None for file in media.files}
            )
        return newest

    def _post(self, key: Key, post: Post) -> dict[str, Any]:
        number = _number(key, post)
        markup = post.content
        hidden = post.password_protected or not markup.complete
        public = post.status == "publish" and not hidden
        self._notes["not-public"] += not public
        self._notes["custom-type"] += post.type not in {"post", "page"}
        self._notes["parents-lost"] += post.parent is not None
        title, excerpt = title_of(post), summary_of(post) or ""
        self._notes["title-cut"] += cut(title, limits.TITLE) != title
        self._notes["excerpt-cut"] += cut(excerpt, limits.EXCERPT) != excerpt
        text = markup.html if markup.html is not None else raw_to_html(markup.raw or "")
        self._people(number, post.author)
        self._tags(number, post)
        date = utc(post.date) or utc(post.modified) or _EPOCH
        image, alt = self._feature(post)
        return {
            "id": number,
            "comment_id": number,
            "title": cut(title, limits.TITLE),
            "slug": self._slugs[key],
            "html": self._texts.html(expand(text)[0], post.url or ""),
            "type": "page" if post.type == "page" else "post",
            "status": "published" if public else "draft",
            "visibility": "public",
            "featured": post.sticky,
            "feature_image": image,
            "feature_image_alt": cut(alt, limits.ALT) if image and alt else None,
            "custom_excerpt": cut(excerpt, limits.EXCERPT) or None,
            "created_at": date,
            "updated_at": utc(post.modified) or date,
            "published_at": date if public else None,
        }

    def _feature(self, post: Post) -> tuple[str | None, str]:
        if post.featured_media is None:
            return None, ""
        file = self._links.file_of(post.featured_media)
        if file is None:
            self._texts.left["missing-media", f"featured image {post.featured_media}"] += 1
            return None, ""
        return self._texts.file(file) or file.url, self._links.alt_text_of(post.featured_media) or ""

    def _take(self, file: MediaFile, path: str) -> bool:
        source = self._blog.file(file)
        if source is None:
            return False
        self._sink.copy(path, source, file.sha256)
        self._copied += 1
        return True

    def _people(self, post: str, author: int | Reference | None) -> None:
        if author is None:
            return
        known = self._authors.get(author) if isinstance(author, int) else None
        key = f"{author}" if isinstance(author, int) else f"{author.slug or author.name or author.url}"
        numbers = self._numbers
        user = numbers.users.get(key)
        if user is None:
            user = _user(len(numbers.users) + 1, known, author, numbers.user_slugs)
            numbers.users[key] = user
        numbers.posts_authors.append({"post_id": post, "author_id": user["id"], "sort_order": 0})

    def _tags(self, number: str, post: Post) -> None:
        """Categories first: Ghost shows the first tag as the main one."""
        found: list[tuple[int, Term | Reference]] = []
        for entry in dict.fromkeys(post.terms):
            term = self._terms.get(entry) if isinstance(entry, int) else entry
            if term is None or (term.taxonomy in NOT_TERMS):
                continue
            rank = {"category": 0, "post_tag": 1, None: 1}.get(term.taxonomy, 2)
            found.append((rank, term))
        tags = [str(self._tag(term)["id"]) for _, term in sorted(found, key=lambda pair: pair[0])]
        if post.type not in {"post", "page"}:
            internal = Reference(name=f"#{post.type}", slug=f"hash-{post.type}", taxonomy="#")
            tags.append(str(self._tag(internal)["id"]))
        for order, tag in enumerate(dict.fromkeys(tags)):
            self._numbers.posts_tags.append({"post_id": number, "tag_id": tag, "sort_order": order})

    def _tag(self, term: Term | Reference) -> dict[str, Any]:
        key = f"{term.taxonomy}/{term.slug or term.name}"
        tags = self._numbers.tags
        if key not in tags:
            name = (term.name or term.slug or "untitled").lstrip(", ") or "untitled"
            tag: dict[str, Any] = {"id": f"t{len(tags) + 1}", "name": cut(name, limits.NAME)}
            tag["slug"] = self._numbers.tag_slugs.give(term.slug or name, "tag")
            if isinstance(term, Term):
                tag["description"] = cut(plain_text(term.description), limits.TAG_DESCRIPTION) or None
                self._notes["terms-flat"] += term.parent is not None
            if term.taxonomy == "#":
                tag["visibility"] = "internal"
            tags[key] = tag
        return tags[key]

    def _tables(self) -> bytes:
        numbers = self._numbers
        roles = [{"id": "r1", "name": "Author"}]
        users = list(numbers.users.values())
        tables = {
            "tags": list(numbers.tags.values()),
            "posts_tags": numbers.posts_tags,
            "users": users,
            "roles": roles,
            "roles_users": [
                {"id": f"ru{user['id']}", "user_id": user["id"], "role_id": "r1"} for user in users
            ],
            "posts_authors": numbers.posts_authors,
        }
        lines = [f"{json.dumps(name)}: ".encode() + _encoded(rows) for name, rows in tables.items()]
        return b"\n],\n" + b",\n".join(lines) + b"}}]}\n"

    def _redirects(self) -> None:
        """Old addresses for Ghost's own file of redirects."""
        lines = ["301:"]
        for old, slug in self._old:
            pattern = _pattern(old.rstrip("/"))
            # Links to WordPress have their letters encoded in small letters, and browsers keep that.
            for key in dict.fromkeys(
                (pattern, re.sub("%[0-9A-F]{2}", lambda found: found[0].lower(), pattern))
            ):
                lines.append(f"  {json.dumps(key)}: {json.dumps(f'/{slug}/', ensure_ascii=False)}")
        with Parts(self._sink, "redirects.yaml", head=lambda _number: b"", tail=b"") as parts:
            parts.add(("\n".join(lines if len(lines) > 1 else ["301: {}"]) + "\n").encode())
            parts.finish()

    def _account(self, where: str) -> Iterator[Notice]:
        for (kind, _address), count in self._texts.left.items():
            self._notes[kind] += count
        self._notes["media-stay"] += not self._media
        for kind, count in sorted(self._notes.items()):
            if count:
                notice = Notice(kind, where, _WORDS[kind], count, kind in _LOSSES)
                self.report.notices.append(notice)
        yield from self.report.notices


def make_ghost(blog: Blog, out: Path, options: Options, name: str) -> Exporter:
    """The factory of ``--to ghost`` (`wpexport.export.registry.Factory`): a ``.json``, a folder, ..."""
    comments = options.comments != "none"

    def make(sink: Sink, file: str) -> Exporter:
        return GhostExporter(blog, sink, file, media=not file, comments=comments)

    return IntoPlace(out, options, name, make, ".json")


def _number(key: Key, post: Post) -> str:
    """Of at most 24 characters; Ghost gives its own, and keeps this one as the old comments' identifier."""
    return str(post.id) if key[0] == 0 else f"x{mark_of(key)}"


def _user(number: int, known: Author | None, given: int | Reference, slugs: Slugs) -> dict[str, Any]:
    named = known or (given if isinstance(given, Reference) else None)
    name = (named.name if named else "") or (named.slug if named else "") or f"Author {given}"
    slug = slugs.give((named.slug if named else "") or name, f"author-{number}")
    return {
        "id": f"u{number}",
        "name": cut(name, limits.NAME),
        "slug": slug,
        "email": f"author-{number}@blog.invalid",
        "bio": (cut(plain_text(known.description), limits.BIO) or None) if known else None,
        "website": known.website
        if known and (known.website or "").startswith(("http://", "https://"))
        else None,
    }


def _pattern(path: str) -> str:
    """A path as Ghost's redirects want it: a regular expression over the encoded address."""
    escaped = re.sub(r"([.*+?^${}()|\[\]\\])", r"\\\1", quote(path, safe="/~-._"))
    return f"^{escaped}/?$"


def _encoded(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
