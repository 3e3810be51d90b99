"""Where the records of a batch go in the archive, and in which order collections must be stored."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future

from wpexport import __version__
from wpexport.archive import journal
from wpexport.archive.archive import Writer
from wpexport.archive.store import Eyes, Tally
from wpexport.model import Author, Comment, Media, Personal, Post, Record, Term
from wpexport.sources.base import Batch, Exchange

#: small things first, so that a post's terms and authors are there when it comes; comments need the posts,
#: since a comment on a post that only its owner may see lies apart
ORDER = ("terms", "authors", "posts", "media", "comments")


def put_batch(
    writer: Writer, batch: Batch, records: Sequence[Record], packed: Future[bytes] | None = None
) -> Tally:
    """Stage a batch's records, and say what that does; comments are spooled, and counted when folded.

    Args:
        writer: the archive.
        batch: where the records are from, and by whose eyes.
        records: those of the batch that are wanted.
        packed: the answers they came from, by `Writer.pack`; comments need them later.
    """
    records = writer.redacted.kept(records)
    eyes = Eyes(batch.view.login, batch.view.fields, batch.hidden)
    tally = Tally()
    if batch.collection.kind == "comments":
        writer.spool.add([r for r in records if isinstance(r, Comment | Personal)], packed, eyes)
        return tally
    for record in records:
        _put(writer, record, eyes, tally)
    return tally


def _put(writer: Writer, record: Record, eyes: Eyes, tally: Tally) -> None:
    records, tables = writer.records, writer.tables
    if isinstance(record, Post):
        records.put_post(record, eyes, tally)
    elif isinstance(record, Media):
        before = tally.changed
        records.put_media(record, eyes, tally)
        if tally.changed > before and record.source_url:
            writer.stale.add(record.source_url)
    elif isinstance(record, Author):
        (tables.hidden if eyes.hidden else tables.authors).put(record, eyes.shown, tally)
    elif isinstance(record, Term):
        tables.terms.put(record, eyes.shown, tally)
    elif isinstance(record, Personal):
        tables.personal.put(record, None, Tally())


def entry(exchange: Exchange, way: str) -> journal.Entry:
    """An answer as the journal keeps it."""
    return journal.entry(
        url=exchange.url,
        time=exchange.time,
        status=exchange.status,
        way=way,
        tool=__version__,
        body=exchange.body,
    )
