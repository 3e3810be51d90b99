"""Takes records out of an answer of the site, whatever way it came: JSON of any shape, feeds, export files.

What cannot be taken apart is emptied: an answer that is lost costs less than a person's data that is kept.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from wpexport.archive.journal import Entry

#: where the number of a comment or author may stand, in JSON within a text of JSON too
_NUMBERS = re.compile(
    r'"(?:comment_)?id\\*"\s*:\s*\\*"?(\d{1,20})|comment-(\d{1,20})'
    r"|(?:comment|author)_id>\s*(?:<!\[CDATA\[)?\s*(\d{1,20})",
    re.IGNORECASE,
)
#: a number as an object's own: 7, "7", 7.0, "comment-7"
_NUMBER = re.compile(r"(?:comment-)?(\d{1,20})(?:\.0+)?")
_KEYS = ("id", "ID", "comment_ID", "comment_id")
#: how a feed begins: a text in JSON may speak of one
_XML = re.compile(
    r"(?:\s|\ufeff|(?><\?.*?\?>)|(?><!--.*?-->)|<!DOCTYPE[^>]*>)*+<(?:[\w.-]+:)?(?:rss|feed|RDF)\b",
    re.DOTALL | re.IGNORECASE,
)
#: what is looked for in a feed or export file, by its beginning alone: the end of one that is never closed
#: would be looked for again at each, to the end of the body
_BEGINNING = re.compile(
    r"<!\[CDATA\[|<!--|<(/?)((?:[\w.-]+:)?(?:item|entry)|wp:comment|wp:author)(?=[\s>])", re.IGNORECASE
)
_ENDS = {"<![CDATA[": "]]>", "<!--": "-->"}
#: a comment's address ends so
_ADDRESS = r"(?:#|%(?:25)*23|&#0*35;|&#x0*23;)comment-(?:{})(?!\d)"
#: a feed names a comment by its address, in these elements alone: a text may speak of another comment's
_NAMED = r"<(?:[\w.-]+:)?(?:link|guid|id)\b[^<]*?(?:<!\[CDATA\[[^<]*?)?" + _ADDRESS
_OWN = r"<wp:{}_id>\s*(?:<!\[CDATA\[)?\s*(?:{})(?!\d)"
#: what only a user's object has; a site without avatars leaves the first out (``show_avatars``)
_USER = frozenset({"avatar_urls", "avatar_URL", "login", "username", "nice_name", "email"})
#: what an object beside users and comments has: a post, media file, term or kind of them
_OTHER = frozenset({"title", "mime_type", "media_type", "modified", "modified_gmt", "taxonomy", "post_count"})
#: what only a comment's object has
_COMMENT = frozenset({"author_name", "author_email", "author_ip", "comment_author", "comment_content"})
#: by what an object that is nothing else may be a comment: plugins take fields away
_SAID = frozenset({"content", "raw_content", "text", "body", "comment", "author", "author_url"})
#: the route of users, in the path or named in the query; not a site, page or slug of that name
_USERS_ROUTE = re.compile(r"(?:/|%2F)wp(?:/|%2F)v2(?:/|%2F)users(?![\w-])", re.IGNORECASE)


def without(entry: Entry, comments: frozenset[int], authors: frozenset[int]) -> Entry:
    """The answer without these comments and authors; the same object where none is in it."""
    found = _numbers(entry.body)
    if not found & (comments | authors):
        return entry
    if _XML.match(entry.body):
        body = _xml_without(entry.body, comments & found, authors & found)
    else:
        body = _json_without(entry, comments, authors)
    return entry if body == entry.body else rewritten(entry, body)


def rewritten(entry: Entry, body: str) -> Entry:
    """The entry with another body, and marked as such."""
    sha256 = hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()
    return replace(entry, body=body, sha256=sha256, redacted=True)


def _numbers(text: str) -> set[int]:
    return {int(next(filter(None, match))) for match in _NUMBERS.findall(text)}


def replaced(value: Any, words: re.Pattern[str], by: str) -> Any:
    """JSON data with words replaced in all its texts, keys included."""
    if isinstance(value, str):
        return words.sub(by, value)
    if isinstance(value, list):
        return [replaced(one, words, by) for one in value]
    if isinstance(value, dict):
        return {replaced(key, words, by): replaced(one, words, by) for key, one in value.items()}
    return value


# -- JSON -----------------------------------------------------------------------------------------


def _json_without(entry: Entry, comments: frozenset[int], authors: frozenset[int]) -> str:
    try:
        data, noise = _parsed(entry.body)
        if _numbers(noise) & (comments | authors):
            return ""  # cut off, or a page with a little JSON in it
        kept = _kept(data, comments, authors, of_users=bool(_USERS_ROUTE.search(entry.url)))
    except (ValueError, RecursionError):
        return ""
    return entry.body if kept == data else json.dumps(kept, ensure_ascii=False)


def _kept(data: Any, comments: frozenset[int], authors: frozenset[int], *, of_users: bool) -> Any:
    def is_out(value: Any, is_author: bool) -> bool:
        number = _number(value) if isinstance(value, dict) else None
        if number in comments and _is_comment(value):
            return True
        return number in authors and _is_user(value, is_author=is_author)

    def walk(value: Any, is_author: bool) -> Any:
        if isinstance(value, list):
            return [walk(one, is_author) for one in value if not is_out(one, is_author)]
        if isinstance(value, dict):
            inner = {key: (one, of_users or key == "author") for key, one in value.items()}
            return {key: walk(*one) for key, one in inner.items() if not is_out(*one)}
        if isinstance(value, str) and value.lstrip()[:1] in ("[", "{"):
            return within(value, is_author)
        return value

    def within(text: str, is_author: bool) -> str:
        """JSON in a text of JSON."""
        if not _numbers(text) & (comments | authors):
            return text
        try:
            value = json.loads(text, strict=False)
        except ValueError:
            return text
        left = [] if is_out(value, is_author) else walk(value, is_author)
        return text if left == value else json.dumps(left, ensure_ascii=False)

    return [] if is_out(data, of_users) else walk(data, of_users)


def _number(value: dict[str, Any]) -> int | None:
    """The number by which an object goes."""
    found = (_NUMBER.fullmatch(str(value[key])) for key in _KEYS if key in value)
    return next((int(match[1]) for match in found if match), None)


def _is_comment(value: dict[str, Any]) -> bool:
    """By its marks, or by what it says where it is nothing else: better one too many than one left."""
    keys = value.keys()
    if _COMMENT & keys or "#comment-" in str(value.get("link", "")):
        return True
    return not (_OTHER | {"slug"}) & keys and bool({"post", "parent"} <= keys or _SAID & keys)


def _is_user(value: dict[str, Any], *, is_author: bool) -> bool:
    """By its marks; where a user is what is to be expected, all but what is clearly something else."""
    return bool(_USER & value.keys()) or (is_author and not _OTHER & value.keys())


def _parsed(body: str) -> tuple[Any, str]:
    """The JSON in an answer, and what stands around it: a PHP warning, most likely.

    Raises:
        ValueError: there is none.
    """
    decoder = json.JSONDecoder(strict=False)
    for match in re.finditer(r"[\[{]", body):
        try:
            data, end = decoder.raw_decode(body, match.start())
        except ValueError:
            continue
        if isinstance(data, (list, dict)) and data:
            return data, f"{body[: match.start()]}\n{body[end:]}"
    raise ValueError("no JSON")


# -- XML ------------------------------------------------------------------------------------------


def _xml_without(body: str, comments: frozenset[int], authors: frozenset[int]) -> str:
    patterns: dict[str, re.Pattern[str]] = {}
    if comments:
        numbers = "|".join(map(str, sorted(comments)))
        patterns["item"] = patterns["entry"] = re.compile(_NAMED.format(numbers), re.IGNORECASE)
        patterns["wp:comment"] = re.compile(_OWN.format("comment", numbers), re.IGNORECASE)
    if authors:
        numbers = "|".join(map(str, sorted(authors)))
        patterns["wp:author"] = re.compile(_OWN.format("author", numbers), re.IGNORECASE)
    out = [
        (start, end)
        for name, start, end in _elements(body)
        if name in patterns and patterns[name].search(body, start, end)
    ]
    kept, at = "", 0
    for start, end in sorted(out):
        if start >= at:
            kept += body[at:start]
        at = max(at, end)
    kept += body[at:]
    # in an element that no feed has
    return "" if any(pattern.search(kept) for pattern in patterns.values()) else kept


def _elements(body: str) -> Iterator[tuple[str, int, int]]:
    """The elements that may be a record: name, start, end. A text in CDATA cannot end one.

    Items and entries go by their name alone, whatever their prefix.
    """
    begun: dict[str, int] = {}
    for closing, name, start, end in _tags(body):
        if not closing:
            begun[name] = start
        elif name in begun:
            yield _bare(name), begun.pop(name), end
    for name, start in begun.items():  # the answer was cut off
        yield _bare(name), start, len(body)


def _tags(body: str) -> Iterator[tuple[bool, str, int, int]]:
    """Whether it closes, name, start, end. What is never closed is none, and hides nothing."""
    never: set[str] = set()
    at = 0
    while match := _BEGINNING.search(body, at):
        at = match.end()
        mark = _ENDS.get(match[0].upper(), ">")
        found = -1 if mark in never else body.find(mark, at)
        if found < 0:
            never.add(mark)
            continue
        at = found + len(mark)
        if match[2] is not None:
            yield bool(match[1]), match[2].lower(), match.start(), at


def _bare(name: str) -> str:
    return name if name.startswith("wp:") else name.rpartition(":")[2]
