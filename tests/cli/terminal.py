"""Runs commands as in a terminal, with use cases that play given events."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from wpexport.archive.runs import Run
from wpexport.cli.program import program
from wpexport.errors import Exit
from wpexport.model import Coverage, Loss, Site
from wpexport.ops import events
from wpexport.sources.base import Capabilities, Collection, Offer

NOW = datetime(2026, 11, 22, 13, 53, tzinfo=UTC)


class Terminal:
    """What a user has before them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._patch = monkeypatch
        #: the arguments that the last use case was called with
        self.called: tuple[Any, ...] = ()

    def run(
        self,
        *words: str,
        stdin: str | bytes | None = None,
        env: dict[str, str] | None = None,
        color: bool = False,
    ) -> Result:
        """Type a command."""
        runner = CliRunner()
        return runner.invoke(program, list(words), input=stdin, env=env, color=color, prog_name="wpexport")

    def plays(self, *shown: events.Event, code: Exit = Exit.DONE) -> None:
        """``check`` shows these events and ends with this code."""
        self._set("check", [*shown, events.Checked(Path("archive"), code, {"posts": 3})])

    def pulls(self, *shown: events.Event) -> None:
        """``pull`` shows these events."""
        self._set("pull", list(shown))

    def exports(self, *shown: events.Event) -> None:
        """``export`` shows these events."""
        self._set("export", list(shown))

    def fails(self, command: str, error: BaseException) -> None:
        """A use case raises this."""

        def use_case(*_given: Any) -> Iterator[events.Event]:
            yield events.Moved("posts", "Posts", 1, 2)
            raise error

        self._put(command, use_case)

    def _set(self, command: str, shown: list[events.Event]) -> None:
        def use_case(*given: Any) -> Iterator[events.Event]:
            self.called = given
            yield from shown

        self._put(command, use_case)

    def _put(self, command: str, use_case: Callable[..., Any]) -> None:
        # by the module itself: the dotted name of wpexport.cli.commands.check is clear, its attribute
        # "check" is the use case that the command imported
        self._patch.setattr(f"wpexport.cli.commands.{command}.{command}", use_case)

    @staticmethod
    def found(**more: Any) -> events.Found:
        """A site that answered."""
        offers = [
            Offer(Collection("posts", "post", "Posts"), 12),
            Offer(Collection("comments", "comments", "Comments"), None, closed="the server answered 401"),
        ]
        able = Capabilities("rest", offers, None, ("drafts and private posts",))
        return events.Found(Site(home="https://example.org/", name="A blog", **more), able)

    @staticmethod
    def pulled(code: Exit = Exit.DONE, *coverage: Coverage, **more: Any) -> events.Pulled:
        """A pull that is finished."""
        accounts = list(coverage) or [
            Coverage(collection="posts/post", label="Posts", way="rest", expected=12, received=12, added=12)
        ]
        run = Run(
            run="2026-11-22T135300Z",
            started=NOW,
            finished=NOW,
            tool="0.1.0",
            source="https://example.org",
            way="rest",
            exit_code=code,
            coverage=accounts,
            invisible=["drafts and private posts"],
        )
        return events.Pulled(Path("my-blog"), run, code, **more)


def lost(number: int) -> Loss:
    """A post that could not be read."""
    return Loss(collection="posts/post", id=number, reason="the server answered 500", status=500)
