"""Recorded feeds, taken apart into a head, items and an end, so that others can be put together."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from typing import Any, Final

KINDS: Final = {
    "rss2": "application/rss+xml; charset=UTF-8",
    "atom": "application/atom+xml; charset=UTF-8",
    "rdf": "application/rdf+xml; charset=UTF-8",
}
ITEM: Final = re.compile(r"<(item|entry)[ >].*?</\1>", re.DOTALL)
LINK: Final = re.compile(r"<link>([^<]*)</link>|<link rel=\"alternate\" type=\"text/html\" href=\"([^\"]*)\"")


@dataclass
class Parts:
    """A feed in pieces."""

    head: str
    tail: str
    #: what stands between two items
    between: str = "\n\t\t"
    items: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, text: str) -> Parts:
        """Take a feed apart."""
        matches = list(ITEM.finditer(text))
        if not matches:
            cut = text.rindex("</channel>" if "</channel>\n</rss>" in text else "</")
            return cls(text[:cut], text[cut:])
        between = text[matches[0].end() : matches[1].start()] if len(matches) > 1 else "\n\t\t"
        items = [match.group() for match in matches]
        return cls(text[: matches[0].start()], text[matches[-1].end() :], between, items)

    def joined(self, items: list[str]) -> str:
        """The feed with other items."""
        if not items:
            return self.head.rstrip() + "\n" + self.tail.lstrip()
        return self.head + self.between.join(items) + self.tail


class Feeds:
    """The feeds of a blog. Tests make their own, from rows."""

    def __init__(self, texts: dict[str, str], validators: dict[str, Any]) -> None:
        self.texts = texts
        #: ``{"posts"|"comments": {"ETag": ..., "Last-Modified": ...}}``
        self.validators = validators
        self._parts: dict[str, Parts] = {}
        self._items: dict[str, dict[str, str]] = {}

    @classmethod
    def load(cls, folder: Traversable) -> Feeds:
        """Read the recorded feeds."""
        texts = {}
        for place, prefix in ((folder, ""), (folder / "comments", "comments/")):
            for entry in place.iterdir():
                if entry.name.endswith(".xml"):
                    texts[prefix + entry.name.removesuffix(".xml")] = entry.read_text(encoding="utf-8")
        return cls(texts, json.loads((folder / "validators.json").read_text(encoding="utf-8")))

    def parts(self, name: str) -> Parts | None:
        """A recorded feed: ``post.rss2``, ``comments.atom``, ``comments/10.rss2``."""
        if name not in self._parts and name in self.texts:
            self._parts[name] = Parts.of(self.texts[name])
        return self._parts.get(name)

    def post_feed(self, kind: str) -> Parts:
        """The blog's feed of posts."""
        parts = self.parts(f"post.{kind}")
        if parts is None:
            raise KeyError(kind)
        return parts

    def post_item(self, kind: str, post: dict[str, Any]) -> str | None:
        """One post as an item; None for what is in no feed (pages)."""
        name = f"{post['type']}.{kind}"
        if name not in self._items:
            parts = self.parts(name)
            self._items[name] = {_link(item): item for item in parts.items} if parts else {}
        return self._items[name].get(post["link"])

    def comment_feed(self, kind: str, post: int | None) -> Parts | None:
        """The comments of the blog, or of one post, the newest first; not limited to ten."""
        return self.parts(f"comments.{kind}" if post is None else f"comments/{post}.{kind}")


def _link(item: str) -> str:
    found = LINK.search(item)
    return (found.group(1) or found.group(2)) if found else ""
