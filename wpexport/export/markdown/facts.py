"""What a post's files depend on besides the post itself, and whether it is still the same.

A text asks about the rest of the blog through `Facts`, which notes the questions. Converting is a pure
function: the same post that gets the same answers to the same questions asks no others, and becomes the same
files. So a later export need not convert it again to know that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Literal

from wpexport.export.base import Options
from wpexport.export.dialects.base import Dialect
from wpexport.export.markdown.comments import Elsewhere
from wpexport.export.markdown.fields import People, author_of, terms_of
from wpexport.export.markdown.links import LinkMap, Target
from wpexport.export.markdown.places import Place
from wpexport.model import MediaFile, Post

#: what is asked about, and by which address or number
Question = tuple[Literal["link", "picture", "path", "comment"], str | int]


@dataclass(frozen=True, slots=True)
class Context:
    """What all posts of one export share."""

    dialect: Dialect
    options: Options
    people: People
    links: LinkMap
    #: address of a media file to its path, for dialects that keep them in one folder
    media_paths: Mapping[str, str]
    #: comments that are answered from another text
    elsewhere: Mapping[int, Elsewhere] = field(default_factory=dict)


class Facts:
    """Answers the questions of one post, and notes them."""

    def __init__(self, context: Context, base: str) -> None:
        """Begin. ``base`` is the post's own address, from which the links in it are understood."""
        self._context = context
        self._base = base
        self._answers: dict[Question, Any] = {}

    def link(self, url: str) -> Target:
        """Where an address in a text leads."""
        found: Target = self.ask(("link", url))
        return found

    def picture(self, number: int) -> tuple[MediaFile | None, str | None]:
        """The file of a media item, and its alternative text."""
        found: tuple[MediaFile | None, str | None] = self.ask(("picture", number))
        return found

    def path(self, url: str) -> str:
        """Below the common folder, the path of the file that has this address."""
        found: str = self.ask(("path", url))
        return found

    def comment(self, number: int) -> Elsewhere | None:
        """Where a comment is that is answered here and belongs to another text."""
        found: Elsewhere | None = self.ask(("comment", number))
        return found

    def ask(self, question: Question) -> Any:
        """Answer, and note the question."""
        if question not in self._answers:
            self._answers[question] = self._answer(*question)
        return self._answers[question]

    def _answer(self, about: str, what: Any) -> Any:
        context = self._context
        if about == "link":
            return context.links.resolve(what, self._base)
        if about == "picture":
            return context.links.file_of(what), context.links.alt_text_of(what)
        if about == "path":
            return context.media_paths.get(what)
        return context.elsewhere.get(what)

    @property
    def questions(self) -> list[Question]:
        """What was asked, in this order."""
        return list(self._answers)

    def files(self) -> dict[str, MediaFile]:
        """The media files that were among the answers, by their addresses."""
        found = (
            answer[0] if about == "picture" else answer.file
            for (about, _), answer in self._answers.items()
            if about in {"link", "picture"}
        )
        return {file.url: file for file in found if file is not None}

    def digest(self, post: Post, place: Place) -> bytes:
        """A hash of all answers, and of what is told without being asked."""
        people = self._context.people
        answers = [_told(answer) for answer in self._answers.values()]
        told = (place, author_of(post, people), terms_of(post, people), answers)
        return sha256(repr(told).encode("utf-8", "surrogatepass")).digest()


def _told(answer: Any) -> Any:
    """Of another post's place, a text tells its address and its file; not its title."""
    if not isinstance(answer, Target) or answer.place is None:
        return answer
    place = answer.place
    return answer.kind, place.key, place.file, place.address, answer.fragment


def asked_again(questions: Iterable[Question], context: Context, base: str) -> Facts:
    """The same questions, with today's answers."""
    facts = Facts(context, base)
    for question in questions:
        facts.ask(question)
    return facts
