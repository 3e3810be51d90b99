"""One post to its files: a pure function of the post, its comments and the context.

It reads no file and writes none, so posts can be converted in any process, in any order.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from hashlib import sha256
from html import escape
from posixpath import basename, dirname, relpath, splitext
from urllib.parse import quote, unquote, urljoin, urlsplit

from wpexport.export.base import Notice
from wpexport.export.dialects.base import Dialect
from wpexport.export.markdown.comments import as_data, render, thread
from wpexport.export.markdown.facts import Context, Facts, Question
from wpexport.export.markdown.fields import all_fields, front_matter
from wpexport.export.markdown.links import StandIn, Target
from wpexport.export.markdown.places import Place, mark_of
from wpexport.export.markdown.titles import summary_of, title_of
from wpexport.model import Comment, Markup, MediaFile, Post
from wpexport.text.blocks import raw_to_html
from wpexport.text.markdown import FLAVOURS, Flavour, convert
from wpexport.text.names import safe_name, same_file

# Letters of all scripts stay readable; what Markdown, HTML or a template could misread is encoded.
_UNSAFE = frozenset("\"'()<>[]{}|\\^`%?# ")


@dataclass(slots=True)
class Piece:
    """What one post becomes."""

    #: path to bytes
    files: dict[str, bytes] = field(default_factory=dict)
    #: path to hash, where it is to be remembered; what is not among ``files`` is there already, and the same
    hashes: dict[str, str] = field(default_factory=dict)
    #: path to what is copied there
    copies: dict[str, MediaFile] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    comments: int = 0
    #: what was asked about the rest of the blog, and a hash of the answers
    questions: list[Question] = field(default_factory=list)
    answers: bytes = b""
    #: what the next export is to know of it; see `wpexport.export.markdown.memory`
    entry: bytes = b""


def quote_path(path: str) -> str:
    """Encode a path for a link, leaving letters as they are."""
    if path.isprintable() and _UNSAFE.isdisjoint(path):
        return path
    return "".join(quote(char) if char in _UNSAFE or not char.isprintable() else char for char in path)


def is_beside(file: MediaFile, dialect: Dialect) -> bool:
    """Does a media file lie beside each text that shows it, and not in a folder for all of them?"""
    return dialect.media == "beside" and splitext(file.path)[1].lower() not in dialect.page_endings


class Rewriter:
    """Leads the addresses of one post's texts to files; remembers what is needed and what leads nowhere."""

    def __init__(self, context: Context, facts: Facts, post: Post, place: Place) -> None:
        self._context = context
        self._facts = facts
        self._place = place
        self._base = post.url or ""
        self._names: dict[str, str] = {}
        self.copies: dict[str, MediaFile] = {}
        self.unresolved: Counter[tuple[str, str]] = Counter()
        self._beside = {same_file(name) for name in ("index.md", "_index.md", "comments.json")}

    def __call__(self, url: str, kind: str) -> str:
        """The address to write in place of ``url``; ``kind`` is ``link``, ``image`` or ``media``."""
        if not url or url.startswith("#"):
            return url
        target = self._facts.link(url)
        fragment = f"#{target.fragment}" if target.fragment else ""
        if target.place is not None:
            return self._to_place(target, fragment)
        if target.file is not None:
            return self.to_file(target.file) + fragment
        if target.kind == "address":
            return self._relative(target.address) + fragment
        if target.kind != "outside":
            whole = _absolute(self._base, url)
            missing = target.kind == "missing-media" or kind != "link"
            self.unresolved["missing-media" if missing else "unresolved-link", whole] += 1
            return whole
        return url if not self._base or _has_scheme(url) else _absolute(self._base, url)

    def _to_place(self, target: Target, fragment: str) -> str:
        place = target.place
        if place is None or (place.key == self._place.key and fragment):
            return fragment
        if self._context.dialect.links != "file":
            return self._relative(place.address) + fragment
        return quote_path(_from(dirname(self._place.file), place.file)) + fragment

    def _relative(self, address: str) -> str:
        """From this post to an address of the built site, or (between files) to a file."""
        if self._context.dialect.links == "file":
            return quote_path(_from(dirname(self._place.file), address))
        if self._context.dialect.links == "root":
            return quote_path(self._context.links.base + address)
        here = self._place.address
        path = relpath(address, here if here.endswith("/") else dirname(here))
        path += "/" if address.endswith("/") else ""
        return quote_path(path)

    def to_file(self, file: MediaFile) -> str:
        """Have this file copied, and say how it is reached from here."""
        dialect = self._context.dialect
        if isinstance(file, StandIn):
            self.unresolved["smaller-size", file.url] += 1
        if is_beside(file, dialect):
            name = self._names.get(file.url) or self._name(file)
            self.copies[f"{dirname(self._place.file)}/{name}"] = file
            # A first part with a colon would be a scheme; names have none.
            return quote_path(name)
        path = self._facts.path(file.url)
        self.copies[f"{dialect.media_folder}/{path}"] = file
        if dialect.links == "file":
            return quote_path(_from(dirname(self._place.file), f"{dialect.media_folder}/{path}"))
        return self._relative(dialect.media_address + path)

    def _name(self, file: MediaFile) -> str:
        """A name beside the text that no other file there has."""
        name = safe_name(basename(urlsplit(file.url).path), fallback="file")
        if same_file(name) in self._beside:
            stem, ending = splitext(name)
            name = f"{stem}-{sha256(file.url.encode()).hexdigest()[:8]}{ending}"
        self._beside.add(same_file(name))
        self._names[file.url] = name
        return name


def _from(folder: str, file: str) -> str:
    return relpath("/" + file, "/" + folder)


def _has_scheme(url: str) -> bool:
    try:
        return bool(urlsplit(url).scheme)
    except ValueError:
        return True


def _absolute(base: str, url: str) -> str:
    try:
        return urljoin(base, url)
    except ValueError:
        return url


class _Texts:
    """The converter with this export's dialect, counting what it could not say."""

    def __init__(self, dialect: Dialect, rewriter: Rewriter) -> None:
        self._dialect = dialect
        self.flavour = flavour_of(dialect, guarded=dialect.guards_texts)
        self._rewriter = rewriter
        self.left: Counter[tuple[str, str]] = Counter()

    def for_data(self) -> _Texts:
        """The same for texts that go into a data file; they are counted together."""
        other = _Texts(self._dialect, self._rewriter)
        other.flavour = flavour_of(self._dialect, guarded=self._dialect.guards_data)
        other.left = self.left
        return other

    def __call__(self, html: str, footnote_prefix: str = "") -> str:
        result = convert(html, self.flavour, rewrite=self._rewriter, footnote_prefix=footnote_prefix)
        for kind, counter in (
            ("html-left", result.html_left),
            ("shortcode", result.shortcodes),
            ("dropped", result.dropped),
        ):
            for name, count in counter.items():
                self.left[kind, str(name)] += count
        return result.markdown.strip("\n")


def flavour_of(dialect: Dialect, *, guarded: bool) -> Flavour:
    """The dialect's Markdown, with or without the guard for what the template language would read."""
    flavour = FLAVOURS[dialect.flavour]
    return flavour if guarded or flavour.guard is None else replace(flavour, guard=None)


def convert_post(post: Post, comments: list[Comment], place: Place, context: Context) -> Piece:
    """Make all files of one post.

    Args:
        post: the post.
        comments: those that go out with it.
        place: where it goes.
        context: what all posts share.
    """
    dialect, options = context.dialect, context.options
    facts = Facts(context, post.url or "")
    rewriter = Rewriter(context, facts, post, place)
    texts = _Texts(dialect, rewriter)
    piece = Piece(comments=len(comments))
    html, state = _source(post)
    body = texts(html)
    given = _given(post, rewriter, facts, state) | {"comments": len(comments) or None}
    if comments and options.comments == "data":
        given["comments_key"] = mark_of(place.key)
    title = str(given["title"])
    heading = ""
    if dialect.heading:
        heading = "# " + " ".join(texts(post.title_html or escape(title)).split()).lstrip("# ") + "\n"
        image = given.get("featured_image")
        if image and (link := quote_path(str(image))) not in body:
            alt = texts(escape(str(given.get("featured_image_alt") or "")))
            heading += f"\n![{alt}]({link})\n"
    sections = [heading, body and body + "\n", _comments(piece, comments, place, context, facts, texts)]
    values = all_fields(post, place, context.people, dialect, given)
    header = front_matter(values, dialect, options, branch=place.branch)
    text = "\n".join([header.rstrip("\n") + "\n", *(part for part in sections if part)])
    piece.files[place.file] = text.encode("utf-8", "replace")
    piece.copies = dict(rewriter.copies)
    found = [*texts.left.items(), *rewriter.unresolved.items(), *((key, 1) for key in state)]
    # None of it is a loss of the export: what the archive has is in it, and the old address stays.
    piece.notices += [Notice(kind, place.file, detail, count) for (kind, detail), count in found]
    if options.audit:
        piece.notices += _audit(html, body, place, texts.flavour, rewriter)
    piece.questions, piece.answers = facts.questions, facts.digest(post, place)
    return piece


def _audit(html: str, body: str, place: Place, flavour: Flavour, rewriter: Rewriter) -> list[Notice]:
    """What of the source is not found again in the text that was made of it."""
    from wpexport.text.fidelity import measure

    found = measure(html, body, flavour, rewriter)
    return [Notice("fidelity", place.file, str(found), found.lost)] if found.lost else []


def _source(post: Post) -> tuple[str, list[tuple[str, str]]]:
    """The text's HTML, and what is to be told of a post that has none, or not all of it."""
    html = _html(post.content)
    state: list[tuple[str, str]] = []
    if post.password_protected and not (html or "").strip():
        return "", [("protected", "the text is behind a password and is not in the archive")]
    if not post.content.complete:
        state.append(("incomplete", "the source showed a part of the text"))
    elif html is None:
        state.append(("incomplete", "the source showed no text"))
    if html is None or not html.strip():
        html = (_html(post.excerpt) or "") if state else ""
    return html, state


def _html(markup: Markup) -> str | None:
    """What a visitor was shown; made here where the source tells what the database holds (export files)."""
    return raw_to_html(markup.raw) if markup.html is None and markup.raw is not None else markup.html


def _given(post: Post, rewriter: Rewriter, facts: Facts, state: list[tuple[str, str]]) -> dict[str, object]:
    """The fields that need the text or the links."""
    given: dict[str, object] = {
        "title": title_of(post),
        "summary": None if any(kind == "incomplete" for kind, _ in state) else summary_of(post),
        "incomplete": True if any(kind == "incomplete" for kind, _ in state) else None,
    }
    number = post.featured_media
    if number is not None:
        file, alt_text = facts.picture(number)
        if file is not None:
            given["featured_image"] = unquote(rewriter.to_file(file))
            given["featured_image_alt"] = alt_text
        else:
            rewriter.unresolved["missing-media", f"featured image {number}"] += 1
    return given


def _comments(
    piece: Piece, comments: list[Comment], place: Place, context: Context, facts: Facts, texts: _Texts
) -> str:
    """The comments below the text; where they are data, they become a file of the piece."""
    if not comments or context.options.comments == "none":
        return ""
    threads = thread(comments, place.file, facts.comment)
    piece.notices += threads.notices
    if context.options.comments != "data":
        return render(threads, texts)
    stem, folder = place.file.removesuffix(".md"), dirname(place.file)
    path = context.dialect.comments_file.format(stem=stem, folder=folder, id=mark_of(place.key))
    piece.files[path] = as_data(threads, texts.for_data())
    return ""
