"""The exporter to Markdown, for every dialect.

First it works out where everything goes and fills the link map, then it converts one post at a time and
writes its files. What is held in memory are places and addresses, never texts.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from hashlib import sha256
from posixpath import splitext
from urllib.parse import urlsplit

from wpexport.export.base import Blog, ExportReport, Notice, Options, Progress, commented_media
from wpexport.export.dialects.base import Dialect
from wpexport.export.markdown.again import LAST, Account, key_of
from wpexport.export.markdown.comments import lost_parents, parents_elsewhere
from wpexport.export.markdown.facts import Context
from wpexport.export.markdown.fields import NOT_TERMS, People, chosen
from wpexport.export.markdown.links import LinkMap
from wpexport.export.markdown.memory import NAME, Memory, digest_of, settings_digest
from wpexport.export.markdown.places import Plan, home_path, keyed, plan, template_for
from wpexport.export.markdown.post import Piece, is_beside
from wpexport.export.markdown.redirects import Addresses, check_redirects
from wpexport.export.markdown.workers import Job, convert_all, how_many
from wpexport.export.output.tree import OutputTree
from wpexport.export.shelf import Shelf, Table
from wpexport.export.starters.extras import Whole, extras, name_terms
from wpexport.model import Media, MediaFile, Post, encode_line
from wpexport.text.names import Wanted, safe_name, told_apart

_EVERY = 20


class MarkdownExporter:
    """Writes a blog as Markdown files into a tree."""

    def __init__(
        self, blog: Blog, tree: OutputTree, dialect: Dialect, options: Options, *, jobs: int = 0
    ) -> None:
        """Check what the user chose.

        ``jobs``: processes that convert; 0: as many as are worth it.

        Raises:
            UsageError: an unknown field, a path template or redirects that cannot be used.
        """
        self.report = ExportReport()
        self._blog = blog
        self._tree = tree
        self._dialect = dialect = _laid_out(dialect, options)
        self._options = options
        self._processes = jobs
        #: in the folder is a site of the user's
        self._theirs = False
        self._copied: Table[None] = Shelf().table()
        chosen(dialect, options)
        check_redirects(options, dialect)

    def run(self) -> Iterator[Progress | Notice]:
        """Write everything, and seal the tree; on an error what is written stays known as ours."""
        with self._tree:
            yield from self._unless_the_same()
        self.report.files = self._tree.counts.files
        self._tree.counts.tell(self.report)

    def _unless_the_same(self) -> Iterator[Progress | Notice]:
        """Write everything, unless the last run's account says what would come of it."""
        options, tree = self._options, self._tree
        self._theirs = any(tree.exists(path) for path in self._dialect.site_files)
        source = options.source() if options.source is not None else None
        if source is None:
            yield from self._write()
            return
        key = key_of(self._dialect, options, source.digest, theirs=self._theirs)
        account = Account(*tree.notes(LAST), key)
        if (yield from account.stands(tree)):
            yield from account.told(self.report)
            return
        for event in self._write():
            if isinstance(event, Notice):
                account.note(event)
            yield event
        account.close(tree, self.report, source.left_out)

    def _write(self) -> Iterator[Progress | Notice]:
        blog = self._blog
        site = blog.site()
        shelf = Shelf(shared=True)
        lost: set[int] = set()
        posts = blog.posts()
        if self._options.comments != "none":
            posts = lost_parents(posts, blog, lost)
        places = plan(posts, site, self._dialect, self._options, shelf)
        total = len(places.places)
        yield Progress("posts", 0, total)
        links = LinkMap(site, shelf)
        paths = self._read_media(links, shelf)
        for place, origin in zip(places.places.values(), places.origins.values(), strict=True):
            links.add_post(place, origin.number, origin.url, origin.slug)
        terms = {
            number: term
            for number, term in blog.terms().items()
            if (number in places.terms or term.description) and term.taxonomy not in NOT_TERMS
        }
        naming = name_terms(terms, site, places, self._dialect)
        for number, address in naming.addresses.items():
            links.add_term(terms[number], address)
        if self._dialect.home:
            links.add_home(self._dialect.home)
        shelf.seal()
        people = People(blog.authors(), blog.terms(), naming.names)
        context = Context(self._dialect, self._options, people, links, paths, parents_elsewhere(blog, lost))
        whole = Whole(site, places, self._dialect, self._options, terms, naming)
        addresses = Addresses(whole) if self._options.redirects else None
        with closing(Memory(*self._tree.notes(NAME))) as memory:
            jobs = self._jobs(places, settings_digest(self._dialect, self._options, links.base), memory)
            pieces = convert_all(jobs, context, self._processes or how_many(total))
            for done, (job, piece) in enumerate(pieces, 1):
                memory.keep(job.place.key, job.digest, piece.hashes, piece.entry)
                yield from self._put(piece, job.post)
                if addresses is not None:
                    addresses.add(job.post, piece)
                if done % _EVERY == 0 or done == total:
                    yield Progress("posts", done, total)
        if self._options.comments != "none":
            yield from self._pageless()
        self._put_extras(whole)
        if addresses is not None:
            yield from self._put_redirects(addresses)
        self.report.facts["media_files"] = len(self._copied)

    def _pageless(self) -> Iterator[Notice]:
        """Comments on pages that WordPress gives to media files, and a site generator does not."""
        for page, comments in commented_media(self._blog):
            detail = "comments on the page of a media file, which has none here"
            yield Notice("comments-lost", f"media {page.id}", detail, len(comments), loss=True)

    def _jobs(self, places: Plan, settings: bytes, memory: Memory) -> Iterator[Job]:
        with_comments = self._options.comments != "none"
        for key, post in keyed(self._blog.posts()):
            comments = self._blog.comments(post) if with_comments else []
            lines = [encode_line(record) for record in (post, *comments)]
            digest = digest_of(settings, lines) if memory.used else b""
            known = memory.find(key, digest)
            if known is not None and not all(self._tree.holds(*file) for file in known.files.items()):
                known = None
            yield Job(post, comments, places.places[key], known, digest, lines)

    def _put(self, piece: Piece, post: Post) -> Iterator[Notice]:
        for path in piece.hashes.keys() - piece.files.keys():
            self._tree.keep(path, piece.hashes[path], "")
        for path, data in piece.files.items():
            if self._tree.write(path, data) == "kept":
                piece.notices.append(Notice("kept-edit", path, "edited by you, or there before"))
        for path, file in piece.copies.items():
            piece.notices += self._copy(path, file)
        self.report.posts += 1
        self.report.comments += piece.comments
        newest = self.report.facts.get("newest")
        if post.date is not None and (newest is None or post.date.isoformat() > newest):
            self.report.facts["newest"] = post.date.isoformat()
        yield from piece.notices

    def _copy(self, path: str, file: MediaFile) -> list[Notice]:
        self._copied.add(file.url)
        source = self._blog.file(file)
        if source is None:
            return [Notice("missing-media", path, file.url, loss=True)]
        if self._tree.copy(path, source, file.sha256) == "kept":
            return [Notice("kept-edit", path, "edited by you, or there before")]
        return []

    def _read_media(self, links: LinkMap, shelf: Shelf) -> Table[str]:
        """Fill the map with the media library; give a path to each file that goes to the common folder."""
        wanted: Table[Wanted] = shelf.table()
        used: Table[None] = shelf.table()
        paths: Table[str] = shelf.table()
        items = 0
        for media in self._blog.media():
            items += 1
            links.add_media(media, {file.url: self._blog.file(file) is not None for file in media.files})
            for file in media.files:
                if not is_beside(file, self._dialect):
                    stem, ending = splitext(_media_path(media, file))
                    wanted.put(file.url, Wanted(stem, sha256(file.url.encode()).hexdigest()[:8], ending))
        for url, path in told_apart(wanted.items(), used.add):
            paths.put(url, path)
        self.report.facts["media_items"] = items
        return paths

    def _put_extras(self, whole: Whole) -> None:
        if self._options.partial and self._dialect.extras == "plain":
            # A list of all posts; other extras are pages of terms that the chosen ones have, and a starter.
            return
        for extra in extras(whole):
            if not (extra.seed and self._theirs):
                self._tree.write(extra.path, extra.data, seed=extra.seed)

    def _put_redirects(self, addresses: Addresses) -> Iterator[Notice]:
        from wpexport.export.markdown.redirect_files import redirect_files

        blog, dialect = self._blog, self._dialect
        redirects = addresses.finish(blog.authors(), blog.terms(), blog.media())
        home = home_path(blog.site())
        for extra in redirect_files(self._options.redirects, redirects, home, dialect.name):
            if self._tree.write(extra.path, extra.data) == "kept":
                addresses.notices.append(Notice("kept-edit", extra.path, "edited by you, or there before"))
        self.report.facts["redirects"] = sum(bool(one.new) and not one.kept for one in redirects)
        yield from addresses.notices


def _laid_out(dialect: Dialect, options: Options) -> Dialect:
    """The dialect as it can be written: beside a text is room for its files only in a folder of its own.

    Raises:
        UsageError: a path template that cannot be used.
    """
    kinds = {key.removesuffix(":undated") for key in dialect.paths}
    templates = {
        template_for(kind, dialect, options, dated=dated) for kind in kinds for dated in (True, False)
    }
    if all(template.endswith("/index.md") for template in templates):
        return dialect
    apart = not any(name in dialect.comments_file for name in ("{stem}", "{id}"))
    comments_file = dialect.comments_file_apart if apart else dialect.comments_file
    return replace(dialect, media="folder", comments_file=comments_file)


def _media_path(media: Media, file: MediaFile) -> str:
    """Below the uploads folder as WordPress has it, else by host and path."""
    parts = urlsplit(file.url)
    _, found, below = parts.path.partition("/wp-content/uploads/")
    path = below if found else f"{parts.hostname or 'other'}{parts.path}"
    return "/".join(safe_name(part, fallback="file") for part in path.split("/") if part) or "file"
