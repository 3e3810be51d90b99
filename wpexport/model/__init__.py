"""Records, and how they become JSON. No I/O.

The twin of this package on disk is ``docs/format.md``; the JSON Schema under ``docs/schema/`` is
generated from these definitions.
"""

from wpexport.model.codec import decode, encode_line, encode_pretty
from wpexport.model.coverage import Coverage, Loss
from wpexport.model.numbers import SHARED_ID, TermNumbers, made_up, taxonomy_rank
from wpexport.model.records import (
    TITLE_RAW,
    Author,
    Comment,
    CommentAuthor,
    Markup,
    Media,
    MediaFile,
    Personal,
    Post,
    PostType,
    Record,
    Reference,
    Site,
    Taxonomy,
    Term,
)

__all__ = [
    "SHARED_ID",
    "TITLE_RAW",
    "Author",
    "Comment",
    "CommentAuthor",
    "Coverage",
    "Loss",
    "Markup",
    "Media",
    "MediaFile",
    "Personal",
    "Post",
    "PostType",
    "Record",
    "Reference",
    "Site",
    "Taxonomy",
    "Term",
    "TermNumbers",
    "decode",
    "encode_line",
    "encode_pretty",
    "made_up",
    "taxonomy_rank",
]
