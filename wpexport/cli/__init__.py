"""The command line: the only part of wpexport that prints.

Commands live in ``commands``, one file each, and are loaded when they run; what is slow to import is
imported where it is used.
"""

from __future__ import annotations


def main() -> None:
    """Run ``wpexport`` and leave the process with its exit code."""
    from wpexport.cli import interrupt
    from wpexport.cli.program import program

    interrupt.watch()
    program.main(prog_name="wpexport")
