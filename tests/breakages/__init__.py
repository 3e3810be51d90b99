"""What goes wrong on real sites, number by number, and how each is tested.

``python -m tests.breakages`` prints how many of the 78 are met; ``docs/breakages.md`` is of the same table.
"""
