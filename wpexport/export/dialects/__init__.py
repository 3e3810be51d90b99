"""Dialects: what a generator expects of a post's file, said as data."""
