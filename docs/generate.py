"""Writes what is generated under ``docs/``: ``python -m docs.generate`` (or ``make docs``).

The schemas come from the records' definitions, the tables of fields in ``format.md`` from the same, those of
``ways.md`` from `wpexport.ops.carried`, and ``commands.md`` from the commands' own ``--help``. A test fails
when any of them is out of date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click

from wpexport.cli.program import program
from wpexport.model import schema
from wpexport.ops.carried import GAPS, VISITOR

DOCS = Path(__file__).parent
#: columns of the terminal
WIDTH = 100

#: what fields mean whose names say nearly all; the others have a comment where they are defined
MEANINGS = {
    "id": "WordPress' number",
    "type": "the type: `post`, `page`, or a custom one",
    "status": "`publish`, `draft`, `private`, ...",
    "title": "plain text",
    "date": "when it was published, with the site's offset",
    "modified": "when it was last changed",
    "author": "a number, or an object of what was seen where no number is known",
    "content": "the text",
    "excerpt": "the excerpt",
    "sticky": "held at the top",
    "format": "the post format",
    "menu_order": "the place among its sisters",
    "template": "the theme's template",
    "comment_status": "`open` or `closed`",
    "ping_status": "`open` or `closed`",
    "password_protected": "the text is behind a password",
    "meta": "custom fields that the source shows",
    "extra": "what the source said and the model does not know",
    "parent": "the number of the parent",
    "url": "its address",
    "name": "plain text",
    "slug": "the last part of its address, percent-decoded",
    "description": "as the site gives it",
    "mime_type": "as the site says",
    "alt_text": "what a picture shows, in words",
    "caption": "as WordPress shows it below a picture",
    "raw": "what the author typed",
    "email": "the e-mail address",
    "ip": "the address it was sent from",
    "user_agent": "the browser it was sent with",
    "username": "the login name",
    "hierarchical": "terms or pages below others",
    "taxonomies": "of a type: the taxonomies it uses; of a site: all",
    "types": "of a taxonomy: the types that use it; of a site: all",
    "timezone": "the time zone",
    "language": "such as `en-US`",
    "run": "its name: the time it began",
    "started": "when it began",
    "finished": "when it ended",
    "source": "what was named as the source",
    "way": "`rest`, `feed`, `wxr`, `wpcom`",
    "exit_code": "as in [exit codes](exit-codes.md)",
    "coverage": "the account of each collection",
    "warnings": "sentences",
    "collection": "the collection's key",
    "received": "how many came",
    "added": "new in the archive",
    "changed": "of which a former version went to history",
    "unchanged": "as before",
    "lost": "what could not be read",
    "media": "`all`, `used` or `none`",
    "via": "the way that was asked for; null for the best one",
    "status code": "an HTTP status",
    "record": "the former version, whole",
    "post": "the number of the post",
    "user": "the number of the author record",
    "title_html": "the title as HTML",
}


def schemas() -> Iterator[tuple[Path, str]]:
    """The JSON Schemas."""
    for name, text in schema.documents():
        yield DOCS / "schema" / schema.VERSION / name, text


def commands() -> str:
    """``commands.md``."""
    root = click.Context(program, info_name="wpexport", **program.context_settings)
    root.terminal_width = WIDTH - 2  # click leaves a margin
    parts = [
        "# The commands\n",
        f"What `wpexport COMMAND --help` prints in a terminal {WIDTH} columns wide. "
        "Written by `make docs`; do not edit.\n",
        _block("wpexport", program.get_help(root)),
    ]
    for name in program.list_commands(root):
        command = program.get_command(root, name)
        assert command is not None  # noqa: S101 - it is listed
        context = click.Context(command, parent=root, info_name=name, **program.context_settings)
        parts.append(_block(f"wpexport {name}", command.get_help(context)))
    return "\n".join(parts)


def _block(title: str, text: str) -> str:
    body = "\n".join(line.rstrip() for line in text.splitlines())
    return f"## {title}\n\n```\n{body}\n```\n"


def gaps(way: str) -> str:
    """The table of what a way into a blog leaves out."""
    lines = ["| what is not there | why |", "|---|---|"]
    for gap in VISITOR if way == "visitor" else GAPS[way]:
        names = ", ".join(f"`{name}`" for name in gap.fields)
        lines.append(f"| {names} | {gap.why} |")
    return "\n".join(lines)


def fields(place: str) -> str:
    """The table of a record's fields."""
    module, _, name = place.partition(":")
    kind = getattr(import_module(module), name)
    comments = schema.field_comments(kind)
    lines = ["| field | type | meaning |", "|---|---|---|"]
    for field, annotation in kind.__annotations__.items():
        kind_text = re.sub(r"dict\[.*?\]|[\w.]+|\|", _plain, str(annotation)).replace("list[", "list [")
        meaning = comments.get(field, MEANINGS.get(field, "")).replace("``", "`").replace("|", "\\|")
        lines.append(f"| `{field}` | {kind_text} | {meaning} |")
    return "\n".join(lines)


_TYPES = {
    "str": "text",
    "FilePath": "text",
    "int": "number",
    "float": "number",
    "bool": "true or false",
    "None": "null",
}
_TYPES |= {"datetime": "time", "|": "or", "msgspec.Raw": "any JSON"}


def _plain(match: re.Match[str]) -> str:
    """A Python type in plain words."""
    return "object" if match[0].startswith("dict[") else _TYPES.get(match[0], match[0])


def filled(text: str) -> str:
    """A page with its tables made anew: what stands between ``<!-- fields MODULE:CLASS -->`` and ``end``."""

    def table(match: re.Match[str]) -> str:
        made = fields(match[3]) if match[2] == "fields" else gaps(match[3])
        return f"{match[1]}\n{made}\n{match[4]}"

    return re.sub(r"(<!-- (fields|gaps) ([\w.:]+) -->)\n.*?(<!-- end -->)", table, text, flags=re.DOTALL)


def everything() -> Iterator[tuple[Path, str]]:
    """Each generated page and what it should hold."""
    yield from schemas()
    yield DOCS / "commands.md", commands()
    for page in (DOCS / "format.md", DOCS / "ways.md"):
        yield page, filled(page.read_text(encoding="utf-8"))


def main() -> None:
    """Write all pages."""
    for path, text in everything():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
