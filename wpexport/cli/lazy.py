"""A click group whose commands are loaded when they are needed, and whose errors are sentences."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any, NamedTuple

import click

from wpexport.cli import failures
from wpexport.cli.state import State, colour


class Lazy(NamedTuple):
    """A command that is not loaded yet: its module, and the line that the list of commands shows."""

    module: str
    short_help: str


class LazyGroup(click.Group):
    """Imports a command's module only when it runs or its own help is asked for."""

    def __init__(self, *args: Any, lazy: Mapping[str, Lazy], **more: Any) -> None:
        super().__init__(*args, **more)
        self.lazy = lazy

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order in which one meets them."""
        return list(self.lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command."""
        if cmd_name not in self.lazy:
            return None
        command = getattr(importlib.import_module(self.lazy[cmd_name].module), "command", None)
        if not isinstance(command, click.Command):
            raise TypeError(f"{self.lazy[cmd_name].module} has no click command named 'command'")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say which one may be meant (click before 8.4 does not)."""
        name = args[0]
        if name not in self.lazy and not name.startswith("-"):
            near = get_close_matches(name, self.lazy, n=1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            ctx.fail(f"No such command '{name}'.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.short_help) for name, entry in self.lazy.items()])

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run, and leave with the right exit code; an error is one sentence and what to do next."""
        words = list(sys.argv[1:] if args is None else args)
        state = State(json="--json" in words, debug="--debug" in words)
        extra = {"obj": state, "color": colour(), **extra}

        def run() -> Any:
            return super(LazyGroup, self).main(
                words,
                prog_name,
                complete_var,
                standalone_mode=False,
                windows_expand_args=windows_expand_args,
                **extra,
            )

        return failures.leave(run, state) if standalone_mode else run()


class Examples(click.Command):
    """A command whose help ends in examples, each line as it is typed."""

    def __init__(self, *args: Any, examples: Sequence[tuple[str, str]] = (), **more: Any) -> None:
        super().__init__(*args, **more)
        #: (command line, what it does)
        self.examples = examples

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples."""
        if not self.examples:
            return
        with formatter.section("Examples"):
            for line, meaning in self.examples:
                formatter.write(f"{'':{formatter.current_indent}}# {meaning}\n")
                formatter.write(f"{'':{formatter.current_indent}}{line}\n")
        super().format_epilog(ctx, formatter)
