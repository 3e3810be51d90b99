"""The program ``wpexport``: which commands there are."""

from __future__ import annotations

import click

from wpexport import __version__
from wpexport.cli.lazy import Lazy, LazyGroup
from wpexport.cli.options import debug_option

_FOLDER = "wpexport.cli.commands"

#: in the order in which one meets them
COMMANDS = {
    "pull": Lazy(f"{_FOLDER}.pull", "Pull a blog into an archive; again, only what is new."),
    "export": Lazy(f"{_FOLDER}.export", "Make Markdown files of an archive."),
    "check": Lazy(f"{_FOLDER}.check", "Prove an archive whole, or name what is wrong."),
    "info": Lazy(f"{_FOLDER}.info", "Say what is in an archive, and what is missing."),
    "log": Lazy(f"{_FOLDER}.log", "Say what each pull did."),
    "diff": Lazy(f"{_FOLDER}.diff", "Compare two archives, field by field."),
    "redact": Lazy(f"{_FOLDER}.redact", "Remove a person's data from an archive, for good."),
    "probe": Lazy(f"{_FOLDER}.probe", "Say what could be had from a site, and pull nothing."),
    "convert": Lazy(f"{_FOLDER}.convert", "Convert HTML on stdin to Markdown on stdout."),
    "demo": Lazy(f"{_FOLDER}.demo", "Try the whole round on a small built-in blog."),
}

_HELP = """Pull a WordPress blog into an archive on your disk, and export it to Markdown.

\b
  wpexport pull https://example.org         a folder example.org/ with everything
  wpexport export example.org site          a folder site/ with Markdown files
  wpexport demo                             both, on a built-in blog, without a network

Nothing is lost in silence: what could not be read is named, and the exit code says so.
"""

_EPILOG = """\b
Exit codes: 0 done, 1 failed, 2 usage, 3 finished but incomplete, 4 nothing could be read,
5 login refused, 6 the site shrank, 10 no archive, 11 archive locked, 12 archive damaged,
130 and 143 interrupted. An unknown code is a failure.
"""

program = LazyGroup(
    name="wpexport",
    lazy=COMMANDS,
    help=_HELP,
    epilog=_EPILOG,
    no_args_is_help=True,
    context_settings={
        "help_option_names": ["-h", "--help"],
        "auto_envvar_prefix": "WPEXPORT",
        "max_content_width": 100,
    },
)
click.version_option(__version__, "-V", "--version", message="wpexport %(version)s")(program)
debug_option(program)
