"""Where a record of a batch goes in the archive."""

from __future__ import annotations

from wpexport.archive.archive import Writer
from wpexport.archive.store import Eyes, Tally
from wpexport.model import Author, Media, Personal, Post, Record, Term
from wpexport.sources.base import Batch


def put_record(writer: Writer, record: Record, batch: Batch, tally: Tally) -> None:
    """Store any record but a comment (`wpexport.archive.comments`), and count what that did."""
    records, tables, view = writer.records, writer.tables, batch.view
    eyes = Eyes(view.login, view.fields, batch.hidden)
    if isinstance(record, Post):
        records.put_post(record, eyes, tally)
    elif isinstance(record, Media):
        before = tally.changed
        records.put_media(record, eyes, tally)
        if tally.changed > before and record.source_url:
            writer.stale.add(record.source_url)
    elif isinstance(record, Author):
        (tables.hidden if batch.hidden else tables.authors).put(record, view.fields, tally)
    elif isinstance(record, Term):
        tables.terms.put(record, view.fields, tally)
    elif isinstance(record, Personal):
        tables.personal.put(record, None, Tally())
