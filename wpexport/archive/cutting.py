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

#: where the number of a comment or author may stand
_NUMBERS = re.compile(
    r'"(?:id|ID)"\s*:\s*"?(\d+)|comment-(\d+)|(?:comment|author)_id>\s*(?:<!\[CDATA\[)?\s*(\d+)'
)
#: how a feed begins: a text in JSON may speak of one
_XML = re.compile(
    r"(?:\s|\ufeff|(?><\?.*?\?>)|(?><!--.*?-->)|<!DOCTYPE[^>]*>)*+<(?:rss|feed|rdf:RDF)\b", re.DOTALL
)
_TAG = re.compile(
    r"<!\[CDATA\[.*?\]\]>|<!--.*?-->|<(/?)(item|entry|wp:comment|wp:author)(?=[\s>])[^>]*>", re.DOTALL
)
#: a feed names a comment by its address, in these elements alone: a text may speak of another comment's
_NAMED = r"<(?:link|guid|id)\b[^<]*?(?:<!\[CDATA\[)?[^<]*?#comment-(?:{})(?!\d)"
_OWN = r"<wp:{}_id>\s*(?:<!\[CDATA\[)?\s*(?:{})(?!\d)"
#: what only a user's object has; a site without avatars leaves the first out (``show_avatars``)
_USER = frozenset({"avatar_urls", "avatar_URL", "login", "username", "nice_name", "email"})
#: what an object beside users and comments has: a post, media file, term or kind of them
_OTHER = frozenset({"title", "mime_type", "media_type", "modified", "modified_gmt", "taxonomy", "post_count"})
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
    except ValueError:
        return ""
    of_users = bool(_USERS_ROUTE.search(entry.url))

    def is_out(value: Any, is_author: bool) -> bool:
        if not isinstance(value, dict):
            return False
        number = value.get("id", value.get("ID"))
        if number is not None and str(number).isdecimal():
            if int(number) in comments and _is_comment(value):
                return True
            return int(number) in authors and _is_user(value, is_author=is_author)
        return False

    def walk(value: Any, is_author: bool) -> Any:
        if isinstance(value, list):
            return [walk(one, is_author) for one in value if not is_out(one, is_author)]
        if isinstance(value, dict):
            inner = {key: (one, of_users or key == "author") for key, one in value.items()}
            return {key: walk(*one) for key, one in inner.items() if not is_out(*one)}
        return value

    if _numbers(noise) & (comments | authors):
        return ""  # cut off, or a page with a little JSON in it
    kept = [] if is_out(data, of_users) else walk(data, of_users)
    return entry.body if kept == data else json.dumps(kept, ensure_ascii=False)


def _is_comment(value: dict[str, Any]) -> bool:
    if "author_name" in value or "author_email" in value:
        return True
    return {"post", "parent"} <= value.keys() and not {"slug", "title", "mime_type"} & value.keys()


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
    patterns = []
    if comments:
        numbers = "|".join(map(str, sorted(comments)))
        patterns += [("item", _NAMED.format(numbers)), ("entry", _NAMED.format(numbers))]
        patterns += [("wp:comment", _OWN.format("comment", numbers))]
    if authors:
        patterns.append(("wp:author", _OWN.format("author", "|".join(map(str, sorted(authors))))))
    out = [
        (start, end)
        for name, start, end in _elements(body)
        for of, pattern in patterns
        if of == name and re.search(pattern, body[start:end])
    ]
    kept, at = "", 0
    for start, end in sorted(out):
        if start >= at:
            kept += body[at:start]
        at = max(at, end)
    return kept + body[at:]


def _elements(body: str) -> Iterator[tuple[str, int, int]]:
    """The elements that may be a record: name, start, end. A text in CDATA cannot end one."""
    begun: dict[str, int] = {}
    for match in _TAG.finditer(body):
        name = match[2]
        if name is None:
            continue
        if not match[1]:
            begun[name] = match.start()
        elif name in begun:
            yield name, begun.pop(name), match.end()
    for name, start in begun.items():  # the answer was cut off
        yield name, start, len(body)
