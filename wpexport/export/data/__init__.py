"""The blog as data: SQLite, JSON Lines, CSV, JSON Feed, Ghost's import file.

All of them read a `wpexport.export.base.Blog` once or twice from start to end and hold no text of it longer
than it takes to write it down.
"""
