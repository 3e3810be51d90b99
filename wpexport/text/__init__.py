"""Pure functions on text. No I/O, and nothing else of wpexport is imported here."""
