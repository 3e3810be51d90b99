"""A small server that answers like WordPress, from a sample blog that was recorded from a real one.

It serves ``wpexport demo`` and the tests. It knows the standard library only, and nothing of the rest of
wpexport: what it says was said by WordPress 7.1.1 (``samples/record.py``), and how it chooses among it was
compared with the same (``tests/e2e/test_same_as_real.py``).
"""
