"""The SQLite tables: keys, indexes, views and full-text search over the rows of `wpexport.export.data.rows`.

Facts of Datasette (``datasette/utils/__init__.py``, 0.65): a column named ``name`` or ``title`` labels the
rows that lead to its table; a search box appears for a table or view whose name stands in the
``content="..."`` of an FTS table, in double quotes; a view is searched by its column ``rowid``.
"""

from __future__ import annotations

from wpexport.export.data.rows import Table

#: bytes 68 to 71 of the file (``PRAGMA application_id``): "wpex"
APPLICATION = 0x77706578

#: table to the columns that SQLite has beyond the rows: they lead to a row, or are NULL
_RESOLVED = {
    "posts": ("parent_id", "featured_media_id"),
    "comments": ("parent_id", "author_id"),
    "terms": ("parent_id",),
    "media": ("post_id",),
}
_LEADS_TO = {
    ("posts", "parent_id"): "posts",
    ("posts", "author_id"): "authors",
    ("posts", "featured_media_id"): "media",
    ("comments", "post_id"): "posts",
    ("comments", "parent_id"): "comments",
    ("comments", "author_id"): "authors",
    ("terms", "parent_id"): "terms",
    ("post_terms", "post_id"): "posts",
    ("post_terms", "term_id"): "terms",
    ("media", "author_id"): "authors",
    ("media", "post_id"): "posts",
    ("media_files", "media_id"): "media",
}
_KEYS = {"post_terms": "PRIMARY KEY (post_id, term_id)", "site": "", "media_files": ""}
_TYPES = {"integer": "INTEGER", "real": "REAL", "text": "TEXT", "boolean": "INTEGER"}

#: run when all rows are there: what WordPress said, as far as it leads somewhere
RESOLVE = """
UPDATE posts SET parent_id = parent WHERE parent IN (SELECT id FROM posts);
UPDATE posts SET featured_media_id = featured_media WHERE featured_media IN (SELECT id FROM media);
UPDATE comments SET parent_id = parent WHERE parent IN (SELECT id FROM comments);
UPDATE comments SET author_id = author_user WHERE author_user IN (SELECT id FROM authors);
UPDATE terms SET parent_id = parent WHERE parent IN (SELECT id FROM terms);
UPDATE media SET post_id = post WHERE post IN (SELECT id FROM posts);
"""

INDEXES = """
CREATE INDEX posts_by_date ON posts (date_utc);
CREATE INDEX posts_by_type ON posts (type, date_utc);
CREATE INDEX posts_by_url ON posts (url);
CREATE INDEX posts_by_author ON posts (author_id);
CREATE INDEX posts_by_parent ON posts (parent_id);
CREATE INDEX posts_by_featured_media ON posts (featured_media_id);
CREATE INDEX comments_by_post ON comments (post_id, date_utc);
CREATE INDEX comments_by_date ON comments (date_utc);
CREATE INDEX comments_by_parent ON comments (parent_id);
CREATE INDEX comments_by_author ON comments (author_id);
CREATE INDEX comments_by_author_name ON comments (author_name);
CREATE INDEX terms_by_name ON terms (taxonomy, name);
CREATE INDEX terms_by_parent ON terms (parent_id);
CREATE INDEX post_terms_by_term ON post_terms (term_id);
CREATE INDEX media_by_post ON media (post_id);
CREATE INDEX media_by_author ON media (author_id);
CREATE INDEX media_files_by_media ON media_files (media_id);
"""

#: one search over everything that was written: even numbers are posts, odd ones comments
SEARCH = """
CREATE VIEW texts AS
  SELECT id * 2 AS rowid, 'post' AS kind, id, id AS post_id, title AS post_title, title, NULL AS author,
         date_utc, url, text
    FROM posts
  UNION ALL
  SELECT comments.id * 2 + 1, 'comment', comments.id, post_id, posts.title, NULL, author_name,
         comments.date_utc, comments.url, comments.text
    FROM comments JOIN posts ON posts.id = post_id;
CREATE VIRTUAL TABLE posts_fts USING fts5 (
  title, text, excerpt_text, content="posts", content_rowid="id", tokenize="unicode61 remove_diacritics 2");
CREATE VIRTUAL TABLE comments_fts USING fts5 (
  author_name, text, content="comments", content_rowid="id", tokenize="unicode61 remove_diacritics 2");
CREATE VIRTUAL TABLE texts_fts USING fts5 (
  author, title, text, content="texts", content_rowid="rowid", tokenize="unicode61 remove_diacritics 2");
INSERT INTO posts_fts (posts_fts) VALUES ('rebuild');
INSERT INTO comments_fts (comments_fts) VALUES ('rebuild');
INSERT INTO texts_fts (texts_fts) VALUES ('rebuild');
INSERT INTO posts_fts (posts_fts) VALUES ('optimize');
INSERT INTO comments_fts (comments_fts) VALUES ('optimize');
INSERT INTO texts_fts (texts_fts) VALUES ('optimize');
"""


def create(table: Table) -> str:
    """The statement that makes a table."""
    columns = [(name, _TYPES[kind]) for name, kind in table.columns]
    columns += [(name, "INTEGER") for name in _RESOLVED.get(table.name, ())]
    lines = []
    for name, kind in columns:
        line = f"{name} {kind}"
        if name == "id":
            line += " PRIMARY KEY"
        elif (target := _LEADS_TO.get((table.name, name))) is not None:
            line += f" REFERENCES {target} (id)"
        lines.append(line)
    if _KEYS.get(table.name):
        lines.append(_KEYS[table.name])
    without = " WITHOUT ROWID" if _KEYS.get(table.name) else ""
    return f"CREATE TABLE {table.name} (\n  " + ",\n  ".join(lines) + f"\n){without}"


def insert(table: Table) -> str:
    """The statement that adds a row, and leaves one of the same key alone."""
    names = table.names()
    marks = ", ".join("?" * len(names))
    return f"INSERT OR IGNORE INTO {table.name} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608 - our own names
