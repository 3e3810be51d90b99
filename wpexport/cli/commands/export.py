"""``wpexport export``: an archive into files for people and site generators."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

import click

from wpexport.archive.reader import INCLUDABLE, MENU_ITEMS
from wpexport.cli import account
from wpexport.cli.console import speaking
from wpexport.cli.lazy import Examples
from wpexport.cli.options import archive_argument, as_size, as_words
from wpexport.cli.options import speaking as speaking_options
from wpexport.cli.safe import printable
from wpexport.errors import Exit
from wpexport.export.base import Options
from wpexport.export.dialects.base import FIELDS
from wpexport.export.markdown.redirects import KINDS as REDIRECTS
from wpexport.export.registry import ABOUT, SEEN_BY, names
from wpexport.export.urlmap import UrlMap
from wpexport.ops.events import Exported
from wpexport.ops.export import ExportRequest, export
from wpexport.ops.selection import Selection, moment, numbers

#: bytes that a file may have at the least
_LEAST = 1000
#: files named one by one
_NAMED = 8
#: what an exporter's notices mean; a kind without words here is shown by its own name
_NOTICES = {
    "address-kept": "pages that keep their old address: no rule of --url-map fits",
    "comment-cycle": "comments that answer themselves, shown at the top",
    "comment-parent": "comments that answer one which is not here",
    "comments-elsewhere": "posts that the importer takes for another one, which gets their comments",
    "comments-lost": "comments without a place there: all in Ghost, in a site those on pages of media files",
    "circles": "comments that answer themselves; they answer the post there",
    "custom-type": "posts of types that the other system does not know by itself",
    "damaged": "files of the archive that are damaged or missing; repair it with: check --repair",
    "dropped": "scripts and the like, not carried over",
    "empty": "comments without a word",
    "featured-missing": "pictures above posts that are not in the archive",
    "fidelity": "words, links, images, code or cells not found again in what was made of them",
    "file-kind": "files of a kind that the other system does not store; the old address stays",
    "flattened": "answers to answers, which stand below their thread's first comment there",
    "formula": "cells that a spreadsheet would run as formulas, made plain with an apostrophe",
    "html-left": "pieces of HTML that Markdown cannot say, left as they are",
    "illegal-characters": "characters that XML does not allow, left out",
    "incomplete": "texts that the site showed in part only",
    "kept-edit": "files kept as you edited them",
    "lost": "files of the archive that were damaged, and that no repair could bring back",
    "long-cell": "texts longer than a spreadsheet holds in a cell",
    "media-stay": "export whose media stay at their old addresses; a folder or .zip takes them along",
    "missing-media": "pictures or files that are not in the archive; the old address stays",
    "no-new-place": "old addresses that lead nowhere now, because nothing that is exported shows them",
    "no-address": "comments on posts that have no address to tie them to",
    "not-in-library": "files that texts show and no library has; they stay where they are",
    "not-public": "texts that not everybody may read, or that are not here: drafts there",
    "orphans": "comments that answer one which is not exported; they answer the post there",
    "oversized": "records that alone are larger than a file may be",
    "padded": "comments of less than three characters; dots were added",
    "parents-lost": "pages below others, which stand at the top there",
    "password-unknown": "texts behind a password, which nobody knows: private there",
    "protected": "texts behind a password",
    "rendered": "texts known as rendered HTML only: one HTML block each",
    "renumbered": "comments with another number, because parents must come first",
    "same-title-and-date": "posts that the importer would take for another one: moved by seconds",
    "same-name-and-date": "comments that the importer would take for another one: moved by seconds",
    "shortcode": "shortcodes, left as they are",
    "slug-changed": "posts that got another address there, because theirs was taken",
    "smaller-size": "places with a smaller size of a picture, of which the full one is not in the archive",
    "taxonomy-unknown": "terms that may be categories or tags, which feeds do not tell: categories there",
    "term-mistaken": "terms that the importer takes for another one, whose name is their slug",
    "term-unknown": "terms that are not in the archive",
    "terms-flat": "terms below others, which stand alone there",
    "undated": "texts without a date",
    "unresolved-link": "links to pages of the blog that are not here; the old address stays",
}


def _list_targets(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value:
        for line in account.table([(name, "", ABOUT.get(name, "of another package")) for name in names()]):
            click.echo(line)
        ctx.exit()


def _list_fields(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value:
        for line in account.table([(name, "", meaning) for name, meaning in FIELDS.items()]):
            click.echo(line)
        ctx.exit()


def _as_pairs(_ctx: click.Context, _param: click.Parameter, value: tuple[str, ...]) -> dict[str, str]:
    pairs = {}
    for text in value:
        old, equals, new = text.partition("=")
        if not equals or not old.strip() or not new.strip():
            raise click.BadParameter(f"{text!r} is no renaming; write it as OLD=NEW.")
        pairs[old.strip()] = new.strip()
    return pairs


def _as_split(ctx: click.Context, param: click.Parameter, value: str | None) -> int | None:
    size = as_size(ctx, param, value)
    if size is not None and size < _LEAST:
        raise click.BadParameter(
            f"{value!r} is {size} bytes, less than any file needs; write it as 500K or 15M."
        )
    return size


def _as_url_map(_ctx: click.Context, _param: click.Parameter, value: tuple[str, ...]) -> UrlMap:
    files = [Path(text) for text in value if "=" not in text or Path(text).is_file()]
    pairs = []
    for text in value:
        old, _, new = text.partition("=")
        if Path(text) in files:
            continue
        if not old.strip() or not new.strip():
            raise click.BadParameter(f"{text!r} is no rule; write it as OLD=NEW, or name a file of rules.")
        pairs.append((old.strip(), new.strip()))
    return UrlMap.of(pairs, files)


def _as_names(_ctx: click.Context, _param: click.Parameter, value: str) -> frozenset[str]:
    return frozenset(name.strip() for name in value.split(",") if name.strip())


def _selection(given: Mapping[str, Any]) -> Selection:
    return Selection(
        only=given["only"],
        authors=frozenset(given["authors"]),
        categories=frozenset(given["categories"]),
        since=moment(given["since"]) if given["since"] else None,
        until=moment(given["until"], end=True) if given["until"] else None,
        ids=numbers(given["ids"]),
    )


def _then(text: str | None) -> datetime | None:
    """A day of the past, in this machine's zone where the text names none."""
    if text is None:
        return None
    found = moment(text, end=True)
    return found if found.tzinfo is not None else found.astimezone()


def _as_fields(_ctx: click.Context, _param: click.Parameter, value: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in value.split(",") if name.strip())


@click.command(
    "export",
    cls=Examples,
    examples=[
        ("wpexport export example.org site", "Markdown files in the folder site"),
        ("wpexport export example.org site --to hugo", "as Hugo builds them"),
        ("wpexport export example.org blog.zip --comments data", "one file, comments apart as JSON"),
        ("wpexport export example.org mine --include drafts,private", "what a login revealed, too"),
        ("wpexport export example.org blog.xml --to wxr", "for another WordPress to import"),
        ("wpexport export example.org comments.xml --to isso", "for a comment system"),
        ("wpexport export example.org site --audit --strict", "and end with 3 if a word was lost"),
        ("wpexport export example.org then --at 2024-05-01", "as the blog was then"),
        ("wpexport export example.org birds --category birds --since 2024-01-01", "a part of it"),
    ],
)
@archive_argument
@click.argument("out", type=click.Path(path_type=Path))
@click.option(
    "--at",
    metavar="DATE",
    help="The blog as it was at that day's end: by WordPress' dates of change, else by the pull that saw it.",
)
@click.option(
    "--to",
    "target",
    default="markdown",
    show_default=True,
    metavar="X",
    shell_complete=lambda _ctx, _param, begun: [name for name in names() if name.startswith(begun)],
    help="The format; --list names all.",
)
@click.option(
    "--comments",
    type=click.Choice(["inline", "data", "none"]),
    default="inline",
    show_default=True,
    help="Below the text, in a file of their own, or not at all.",
)
@click.option(
    "--include",
    default="",
    callback=as_words(INCLUDABLE),
    metavar="WORDS",
    help=f"What else goes out, by name: {', '.join(INCLUDABLE)}.",
)
@click.option("--overwrite", is_flag=True, help="Replace files that you edited, too.")
@click.option("--prune", is_flag=True, help="Remove files that a former export wrote and this one does not.")
@click.option("-n", "--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
@click.option(
    "--strict", is_flag=True, help="End with 3 also when something could not be carried over as it was."
)
@click.option(
    "--audit",
    is_flag=True,
    help="Look for each text's words, links, images, code and tables in what was made of it, and name the "
    "worst (Markdown; needs: pip install 'wpexport-archive[audit]').",
)
@click.option(
    "--fields", default="", callback=_as_fields, metavar="LIST", help="Front matter fields, in order."
)
@click.option(
    "--rename", multiple=True, callback=_as_pairs, metavar="OLD=NEW", help="Rename a front matter field."
)
@click.option(
    "--split",
    callback=_as_split,
    metavar="SIZE",
    help="No file larger than this, such as 15MB (wxr and the comment systems).",
)
@click.option("--media-base", metavar="URL", help="Where media will be served; they come along (wxr).")
@click.option("--comments-only", is_flag=True, help="For a WordPress that has the posts already (wxr).")
@click.option(
    "--url-map",
    multiple=True,
    callback=_as_url_map,
    metavar="OLD=NEW|FILE",
    help="Addresses that begin with OLD begin with NEW there; or a file of such rules, or a CSV of old,new "
    "(comment systems, wxr; docs/moving.md).",
)
@click.option("--site-name", metavar="NAME", help="What the site is called there (remark42, artalk).")
@click.option(
    "--redirects",
    default="",
    callback=as_words(REDIRECTS),
    metavar="WORDS",
    help=f"Where old addresses lead now, for {', '.join(REDIRECTS)} (site generators).",
)
@click.option(
    "--only",
    default="",
    callback=_as_names,
    metavar="WORDS",
    help="These alone: posts, pages, comments (texts that have some), or WordPress' own name of a type.",
)
@click.option(
    "--author", "authors", multiple=True, metavar="NAME", help="Texts of this author; may be repeated."
)
@click.option(
    "--category",
    "categories",
    multiple=True,
    metavar="NAME",
    help="Texts of this category or of one below it; may be repeated.",
)
@click.option("--since", metavar="DAY", help="Texts published on this day or later, such as 2024-05-01.")
@click.option("--until", metavar="DAY", help="Texts published on this day or before.")
@click.option("--ids", default="", metavar="LIST", help="Texts of these numbers, such as 3,7,100-199.")
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write for each text what could not be carried over as it was; a table if FILE ends in .csv.",
)
@click.option("--path", metavar="TEMPLATE", help="Where a post goes, such as {year}/{slug}.md.")
@click.option(
    "--list",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_list_targets,
    help="List what one can export to.",
)
@click.option(
    "--list-fields",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_list_fields,
    help="List what --fields and --rename know.",
)
@speaking_options
def command(archive: Path, out: Path, **given: Any) -> int:
    """Make files of an archive.

    OUT is a folder, or ends in .zip or .tar.gz. Comments stand below each text as they were answered.
    Images and files are copied beside the texts, and links between posts lead to their files.

    Drafts, private posts and personal data stay in the archive unless --include names them; each export
    counts what it left out. A file that you edited is never replaced; it is listed.
    """
    options = Options(
        comments=given["comments"],
        fields=given["fields"],
        rename=given["rename"],
        path=given["path"],
        overwrite=given["overwrite"],
        prune=given["prune"],
        dry_run=given["dry_run"],
        audit=given["audit"],
        redirects=tuple(sorted(given["redirects"])),
        split=given["split"],
        media_base=given["media_base"],
        url_map=given["url_map"],
        site_name=given["site_name"],
        # for a WordPress, comments alone are those for posts that it has already
        comments_only=given["comments_only"] or (given["target"] == "wxr" and given["only"] == {"comments"}),
    )
    request = ExportRequest(
        given["target"],
        options,
        given["include"],
        given["strict"],
        at=_then(given["at"]),
        selection=_selection(given),
        report=given["report"],
    )
    code = Exit.DONE
    with speaking() as console:
        for event in export(archive, out, request):
            console.show(event)
            if isinstance(event, Exported):
                code = event.exit_code
                site = out.is_dir() and not options.dry_run
                more = _next(request.to, out, given["redirects"]) if site else ()
                console.result(chain(exported(event, dry_run=options.dry_run), more), well=code == Exit.DONE)
    return code


def exported(event: Exported, *, dry_run: bool = False) -> Iterator[str]:
    """What an export wrote, and what it did not."""
    texts = f"{account.several(event.posts, 'text')}, {account.several(event.comments, 'comment')}"
    files = account.several(event.files, "file")
    verb = "would go" if dry_run else "are"
    yield click.style(f"{texts} and {files} {verb} in {printable(_place(event))}", bold=True)
    words = "would be written" if dry_run else "written"
    removed = f", {event.removed:,} removed" if event.removed else ""
    yield f"{event.written:,} {words}, {event.unchanged:,} as before{removed}."
    if event.others:
        what = account.several(event.others, "other file or folder", "other files and folders")
        yield f"The folder was not empty: it had {what} before."
    yield from _listed("Kept as you edited them (--overwrite replaces them):", event.kept)
    yield from _listed("Left over from a former export (--prune removes them):", event.stale)
    # how to import it is said below in full
    notices = {kind: number for kind, number in sorted(event.notices.items()) if kind != "how-to"}
    if notices:
        yield "To look at (--json names each):"
        rows = [(_NOTICES.get(kind, kind), f"{number:,}", "") for kind, number in notices.items()]
        yield from account.table(rows)
    if event.worst:
        yield "Not all was found again in what was made of:"
        yield from (f"  {printable(one.where)}: {printable(one.detail)}" for one in event.worst)
    elif event.audited:
        yield "Audited: all words, links, images, code and tables were found again."
    if event.advice:
        yield printable(event.advice)
    if event.exit_code in (Exit.INCOMPLETE, Exit.DAMAGED):
        yield "Finished, but not all of the blog is in this export."
    left = {reason: number for reason, number in sorted(event.left_out.items()) if number}
    if left:
        counted = ", ".join(f"{number:,} {printable(reason)}" for reason, number in left.items())
        asked = dict.fromkeys("private" if reason == MENU_ITEMS else reason for reason in left)
        names = ",".join(word for word in asked if word in INCLUDABLE)
        yield f"Left out: {counted}.{f' To have them: --include {names}' if names else ''}"


def _place(event: Exported) -> str:
    """Where an export lies: its files by their names, where it was cut into several, and what lies beside."""
    if len(event.names) < 2 and event.files <= 1:
        return str(event.out)
    if not event.out.suffix or event.out.suffix in (".zip", ".gz") or not event.names:
        return str(event.out)
    beside = event.out.parent
    first, last = beside / event.names[0], beside / event.names[-1]
    files = str(first) if first == last else f"{first} to {last.name}"
    return files if len(event.names) == event.files else f"{files}, and {beside / 'uploads'}"


def _next(to: str, out: Path, redirects: frozenset[str]) -> Iterator[str]:
    """How to see a site, and where what leads old addresses on lies."""
    if redirects:
        yield f"Where old addresses lead: {printable(out / 'redirects')}; each file says where it belongs."
    if to in SEEN_BY:
        yield f"Next: {account.typed('cd', out)} && {SEEN_BY[to]}"


def _listed(title: str, paths: Any) -> Iterator[str]:
    if not paths:
        return
    yield title
    for path in list(paths)[:_NAMED]:
        yield f"  {printable(path)}"
    if len(paths) > _NAMED:
        yield f"  and {len(paths) - _NAMED:,} more"
