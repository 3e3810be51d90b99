"""Which rows a request means, and in which order: WordPress' queries over recorded rows."""

from __future__ import annotations

import datetime
import re
import zoneinfo
from collections.abc import Callable, Sequence
from typing import Any, Final

from wpexport.demo.blog import COMMENTS, MEDIA, TERMS, Blog, Collection, MadeRows, Row
from wpexport.demo.visitor import Visitor

Json = dict[str, Any]
#: what ``status=any`` means for posts: all that a search would find
ANY_STATUS: Final = ("publish", "future", "draft", "pending", "private", "inherit")
#: the names of comment states: in a query, and in an answer
COMMENT_STATUS: Final = {"approve": "approved", "hold": "hold", "spam": "spam", "trash": "trash"}


def select(blog: Blog, collection: Collection, given: Json, visitor: Visitor) -> Sequence[Row]:
    """All rows that WordPress would count for this request, in its order. Some of them it will not show."""
    rules = collection.arguments
    plain = all(name in PAGING or value == rules[name].get("default") for name, value in given.items())
    if plain and isinstance(collection.rows, MadeRows):
        return collection.rows if given.get("order") == "asc" else collection.rows[::-1]
    tests = [*_by_kind(blog, collection, given, visitor), *_common(blog, collection, given)]
    rows = [row for row in collection.rows if all(test(row) for test in tests)]
    return _sorted(rows, collection, given)


PAGING: Final = (
    "context",
    "page",
    "per_page",
    "offset",
    "order",
    "orderby",
    "status",
    "type",
    "tax_relation",
)

Test = Callable[[Row], bool]


def _by_kind(blog: Blog, collection: Collection, given: Json, visitor: Visitor) -> list[Test]:
    if collection.kind == COMMENTS:
        return _of_comments(given)
    if collection.kind == TERMS:
        return _of_terms(blog, collection, given)
    if collection.kind == "users":
        return _of_users(given, visitor)
    statuses = given.get("status") or (["inherit"] if collection.kind == MEDIA else ["publish"])
    statuses = [statuses] if isinstance(statuses, str) else statuses
    wanted = {one for status in statuses for one in (ANY_STATUS if status == "any" else (status,))}
    tests: list[Test] = [lambda row: row.edit["status"] in wanted]
    if "sticky" in given:
        tests.append(lambda row: bool(row.edit.get("sticky")) == given["sticky"])
    if given.get("mime_type"):
        tests.append(lambda row: row.edit["mime_type"] in _list(given["mime_type"]))
    if given.get("media_type"):
        wanted_types = _list(given["media_type"])
        tests.append(lambda row: row.edit["mime_type"].split("/")[0] in wanted_types)
    for other in blog.collections.values():
        if other.kind == TERMS:
            tests += _with_terms(other, given)
    return tests


def _with_terms(taxonomy: Collection, given: Json) -> list[Test]:
    tests: list[Test] = []
    wanted = given.get(taxonomy.name)
    unwanted = given.get(f"{taxonomy.name}_exclude")
    if wanted:
        inside = {int(number) for number in wanted}
        tests.append(lambda row: bool(inside.intersection(row.edit.get(taxonomy.name, []))))
    if unwanted:
        outside = {int(number) for number in unwanted}
        tests.append(lambda row: not outside.intersection(row.edit.get(taxonomy.name, [])))
    return tests


def _of_comments(given: Json) -> list[Test]:
    status = given.get("status") or "approve"
    kind = given.get("type") or "comment"
    tests: list[Test] = []
    if status == "all":
        tests.append(lambda row: row.edit["status"] in ("approved", "hold"))
    elif status != "any":
        tests.append(lambda row: row.edit["status"] == COMMENT_STATUS.get(status, status))
    if kind != "all":
        tests.append(lambda row: row.edit["type"] == kind)
    if given.get("post"):
        tests.append(lambda row: row.edit["post"] in given["post"])
    if given.get("author_email"):
        tests.append(lambda row: row.edit["author_email"] == given["author_email"])
    return tests


def _of_terms(blog: Blog, collection: Collection, given: Json) -> list[Test]:
    tests: list[Test] = []
    if given.get("hide_empty"):
        tests.append(lambda row: row.edit["count"] > 0)
    if given.get("post"):
        post = blog.post(given["post"])
        used = post.edit.get(collection.name, []) if post else []
        tests.append(lambda row: row.id in used)
    return tests


def _of_users(given: Json, visitor: Visitor) -> list[Test]:
    tests: list[Test] = []
    if not visitor.can("list_users"):
        tests.append(lambda row: row.view is not None)
    if given.get("roles"):
        tests.append(lambda row: bool(set(given["roles"]) & set(row.edit["roles"])))
    return tests


def _common(blog: Blog, collection: Collection, given: Json) -> list[Test]:
    tests: list[Test] = []
    above = "post" if collection.kind == MEDIA else "parent"
    for name, field, keep in (
        ("include", "id", True), ("exclude", "id", False), ("author", "author", True),
        ("author_exclude", "author", False), ("slug", "slug", True), ("parent", above, True),
        ("parent_exclude", above, False),
    ):  # fmt: skip
        value = given.get(name)
        if value or (name == "parent" and value == 0):
            tests.append(_is_one_of(field, _list(value), keep))
    for name, field, sign in (
        ("after", "date", 1), ("modified_after", "modified", 1),
        ("before", "date", -1), ("modified_before", "modified", -1),
    ):  # fmt: skip
        if given.get(name):
            tests.append(_beyond(field, local_time(given[name], blog), sign))
    if given.get("search"):
        needles = str(given["search"]).lower().split()
        tests.append(lambda row: all(needle in searched(row) for needle in needles))
    return tests


def _is_one_of(field: str, wanted: list[Any], keep: bool) -> Test:
    return lambda row: ((row.edit.get(field) or 0) in wanted) is keep


def _beyond(field: str, moment: str, sign: int) -> Test:
    return lambda row: (row.edit[field] > moment) if sign > 0 else (row.edit[field] < moment)


def searched(row: Row) -> str:
    """The text of a row that a search looks at."""
    parts: list[str] = []
    for name in (
        "title",
        "content",
        "excerpt",
        "name",
        "slug",
        "description",
        "author_name",
        "author_url",
        "author_email",
    ):
        value = row.edit.get(name, "")
        parts.append(str(value.get("raw", "") if isinstance(value, dict) else value))
    return "\n".join(parts).lower()


def local_time(value: str, blog: Blog) -> str:
    """A moment as the site's own clock shows it; without a zone it is taken to be that (WordPress 5.3+)."""
    value = value.upper().replace(" ", "T")
    if not re.search(r"(Z|[+-]\d{2}(:?\d{2})?)$", value):
        return value.split(".")[0]
    moment = datetime.datetime.fromisoformat(value)
    return moment.astimezone(zone(blog)).replace(tzinfo=None, microsecond=0).isoformat()


def zone(blog: Blog) -> datetime.tzinfo:
    """The site's time zone."""
    try:
        return zoneinfo.ZoneInfo(blog.index.get("timezone_string") or "")
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return datetime.timezone(datetime.timedelta(hours=float(blog.index.get("gmt_offset") or 0)))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


#: SQLite knows the case of ASCII letters only
LOWER: Final = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


def _text(field: str) -> Callable[[Row], Any]:
    def key(row: Row) -> Any:
        value = row.edit.get(field)
        if isinstance(value, dict):
            value = value.get("raw", value.get("rendered", ""))
        return value.translate(LOWER) if isinstance(value, str) else (value or 0)

    return key


def _sorted(rows: list[Row], collection: Collection, given: Json) -> list[Row]:
    by = given.get("orderby") or "id"
    downwards = given.get("order") == "desc"
    if by in ("include", "include_slugs"):
        wanted = given.get("include" if by == "include" else "slug") or []
        field = _text("id" if by == "include" else "slug")
        return sorted(rows, key=lambda row: wanted.index(field(row)) if field(row) in wanted else len(wanted))
    if by == "id":
        return rows[::-1] if downwards else rows
    field = _text({"relevance": "date", "term_group": "name", "url": "url"}.get(by, by))
    if collection.kind == COMMENTS:  # WP_Comment_Query alone breaks ties by the number
        return sorted(rows, key=lambda row: (field(row), row.id), reverse=downwards)
    # Ties: WP_Query leaves them to the database. With one status SQLite answers from its index, where the
    # number runs along; else it sorts what it finds by number.
    indexed = by == "date" and given.get("status") in (None, "publish", "inherit", ["publish"], ["inherit"])
    return sorted(rows, key=lambda row: (field(row), row.id if indexed else 0), reverse=downwards)
