"""The REST API: routes, paging and the wrapping of answers (``WP_REST_Server`` and its controllers)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote_plus

from wpexport.demo import faces, query
from wpexport.demo.blog import COMMENTS, MEDIA, POSTS, TERMS, USERS, Blog, Collection, MadeRows
from wpexport.demo.parameters import Refusal, checked, fields_of, in_context, pick
from wpexport.demo.visitor import Visitor
from wpexport.demo.web import HOME, Answer, Query, Request, encode, parse_query

Json = dict[str, Any]
ROOT: Final = HOME + "/wp-json"
NO_ROUTE: Final = ("rest_no_route", "No route was found matching the URL and request method.")
TOO_FAR: Final = "The page number requested is larger than the number of pages available."
#: routes with one answer for all, whose parts have routes of their own; the error for a missing part
MAPS: Final = {
    "/wp/v2/types": (404, "rest_type_invalid", "Invalid post type."),
    "/wp/v2/taxonomies": (404, "rest_taxonomy_invalid", "Invalid taxonomy."),
    "/wp/v2/statuses": (401, "rest_cannot_read_status", "Cannot view status."),
}
MAY_NOT: Final = {
    "/wp/v2/types": "edit posts in this post type",
    "/wp/v2/taxonomies": "manage terms in this taxonomy",
    "/wp/v2/statuses": "manage post statuses",
}
#: what every answer carries
ALWAYS: Final = {
    "Content-Type": "application/json; charset=UTF-8",
    "X-Robots-Tag": "noindex",
    "X-Content-Type-Options": "nosniff",
    "Access-Control-Expose-Headers": "X-WP-Total, X-WP-TotalPages, Link",
    "Access-Control-Allow-Headers": (
        "Authorization, X-WP-Nonce, Content-Disposition, Content-MD5, Content-Type"
    ),
}
UNCACHED: Final = "no-cache, must-revalidate, max-age=0, no-store, private"


class Reply:
    """An answer before it is encoded."""

    def __init__(self, body: Any, status: int = 200, *, allow: str | None = "GET") -> None:
        self.body = body
        self.status = status
        self.headers: dict[str, Any] = {}
        self.allow = allow
        self.encoded: bytes | None = None
        #: whether ``_fields`` applies
        self.fields = True


class Rest:
    """Answers REST requests for one blog."""

    def __init__(self, blog: Blog) -> None:
        self.blog = blog
        self.by_route = {collection.route: collection for collection in blog.collections.values()}

    def answer(self, route: str, request: Request, visitor: Visitor) -> Answer:
        """One request."""
        route = "/" + route.strip("/")
        wanted = request.query
        try:
            reply = self.options(route) if request.method == "OPTIONS" else self.get(route, request, visitor)
        except Refusal as refusal:
            reply = Reply(refusal.body, refusal.status, allow=refusal.allow if refusal.permitted else None)
            reply.fields = False
        body = self._narrow(reply, wanted, visitor)
        headers = {name: str(value) for name, value in self._headers(reply).items()}
        status = reply.status
        if "_envelope" in wanted:
            body = {"body": body, "status": status, "headers": self._headers(reply)}
            headers, status, reply.encoded = {}, 200, None
        headers = {**ALWAYS, "Link": f'<{ROOT}/>; rel="https://api.w.org/"', **headers, "Vary": "Origin"}
        if visitor.id:
            headers |= {"Cache-Control": UNCACHED, "Expires": "Wed, 11 Jan 1984 05:00:00 GMT"}
        content = reply.encoded if reply.encoded is not None else encode(body)
        return Answer(status, headers, b"" if request.method == "HEAD" else content)

    def get(self, route: str, request: Request, visitor: Visitor) -> Reply:
        """The reply to a GET or HEAD."""
        if request.method not in ("GET", "HEAD"):
            raise faces.forbidden(visitor, "rest_cannot_create", "Sorry, you are not allowed to do that.")
        lower = route.lower()
        if lower == "/":
            return Reply(self.blog.index)
        if lower.strip("/") in self.blog.index["namespaces"]:
            return Reply(self.namespace(lower.strip("/")))
        if lower == "/wp/v2/users/me":
            return self.me(request, visitor)
        collection = self.by_route.get(lower)
        if collection is not None:
            return self.listing(collection, request, visitor)
        above, _, name = lower.rpartition("/")
        if above in self.by_route and name.isdigit():
            return self.single(self.by_route[above], int(name), request, visitor)
        return self.plain_or_part(lower, above, name, request, visitor)

    def plain_or_part(self, lower: str, above: str, name: str, request: Request, visitor: Visitor) -> Reply:
        """Routes that are not collections, and the parts of their answers."""
        if lower in self.blog.answers:
            allow = "GET, POST, PUT, PATCH" if lower == "/wp/v2/settings" else "GET"
            return Reply(self.plain(lower, request, visitor), allow=allow)
        if above in MAPS and re.fullmatch(r"[\w-]+", name):
            parts = self.plain(above, request, visitor)
            if name not in parts:
                status, code, message = MAPS[above]
                refusal = Refusal(status, code, message)
                refusal.permitted = status == 404
                raise refusal
            return Reply(parts[name])
        refusal = Refusal(404, *NO_ROUTE)
        refusal.permitted = False
        raise refusal

    # -- what is not a collection -----------------------------------------------------------------

    def namespace(self, name: str) -> Json:
        """The index of one namespace."""
        routes = {
            key: value for key, value in self.blog.index["routes"].items() if key.startswith(f"/{name}")
        }
        return {"namespace": name, "routes": routes, "_links": {"up": [{"href": ROOT + "/"}]}}

    def plain(self, route: str, request: Request, visitor: Visitor) -> Any:
        """A recorded answer that is not paged."""
        faces_of_it: dict[str, Json] = self.blog.answers[route]
        edit = request.text("context") == "edit"
        face = "view"
        if visitor.can("manage_options"):
            face = "edit" if edit and "edit" in faces_of_it else "administrator"
        elif edit and route in MAPS and not visitor.can("edit_posts"):
            raise faces.forbidden(
                visitor, "rest_cannot_view", f"Sorry, you are not allowed to {MAY_NOT[route]}."
            )
        kept = faces_of_it[face] if face in faces_of_it else faces_of_it["view"]
        if kept["status"] >= 400:
            error = Refusal.recorded(kept["body"])
            raise faces.forbidden(visitor, error.code, error.message)
        return kept["body"]

    def me(self, request: Request, visitor: Visitor) -> Reply:
        """The user who is logged in."""
        if not visitor.id:
            raise Refusal(401, "rest_not_logged_in", "You are not currently logged in.")
        collection = self.blog.collections["users"]
        given = {"context": request.text("context") or "view"}
        allow = "GET, POST, PUT, PATCH" + (", DELETE" if visitor.can("delete_users") else "")
        return Reply(faces.alone(collection, visitor.id, given, visitor), allow=allow)

    def options(self, route: str) -> Reply:
        """What a route can do."""
        entry = self.blog.index["routes"].get(route)
        if entry is None:
            raise Refusal(404, *NO_ROUTE)
        return Reply(entry)

    # -- collections ------------------------------------------------------------------------------

    def single(self, collection: Collection, number: int, request: Request, visitor: Visitor) -> Reply:
        """One row."""
        rules = {name: {"type": "string"} for name in ("context", "password")}
        given = checked(request.query, rules)
        body = faces.alone(collection, number, given, visitor)
        row = collection.find(number)
        edits = row is not None and faces.may_edit(collection, row, visitor)
        reply = Reply(body, allow="GET, POST, PUT, PATCH, DELETE" if edits else "GET")
        if (
            collection.kind in (POSTS, MEDIA)
            and collection.name not in ("blocks", "navigation")
            and "link" in body
        ):
            reply.headers["Link"] = f'<{body["link"]}>; rel="alternate"; type=text/html'
        return reply

    def listing(self, collection: Collection, request: Request, visitor: Visitor) -> Reply:
        """A page of a collection."""
        allow = "GET"
        if collection.kind != COMMENTS and visitor.can(faces.EDIT[collection.kind][0]):
            allow = "GET, POST"
        try:
            given = checked(request.query, collection.arguments, self._status_check(collection, visitor))
        except Refusal as refusal:
            refusal.allow = allow
            raise
        faces.check_collection(self.blog, collection, given, visitor)
        if given.get("orderby") == "relevance" and not given.get("search"):
            message = "You need to define a search term to order by relevance."
            raise Refusal(400, "rest_no_search_term_defined", message)
        rows = query.select(self.blog, collection, given, visitor)
        total, per_page, page = len(rows), given["per_page"], given["page"]
        pages = math.ceil(total / per_page)
        like_posts = collection.kind in (POSTS, MEDIA)
        start = (page - 1) * per_page
        offset = given.get("offset")
        if collection.kind == TERMS and collection.hierarchical:
            offset = None  # get_terms() with children ignores it
        if offset is not None and (offset or like_posts):
            start = offset
            if like_posts and offset >= total:
                total = pages = 0  # WP_Query counts nothing where it finds nothing
            if collection.kind in (TERMS, USERS):
                page = math.ceil(offset / per_page) + 1
        if like_posts and page > pages and total > 0:
            raise Refusal(400, "rest_post_invalid_page_number", TOO_FAR)
        chosen = rows[max(start, 0) : max(start, 0) + per_page]
        reply = Reply(None, allow=allow)
        if isinstance(collection.rows, MadeRows):
            reply.encoded = collection.rows.encoded(chosen, fields_of(request.query))
        else:
            shown = [faces.in_list(collection, row, given, visitor) for row in chosen]
            reply.body = [row for row in shown if row is not None]
        reply.headers |= {"X-WP-Total": total, "X-WP-TotalPages": pages}
        lists = {name: given[name] for name in request.query if isinstance(given.get(name), list)}
        links = _neighbours(collection.route, {**request.query, **lists}, page, pages)
        if links:
            reply.headers["Link"] = links
        return reply

    def _status_check(self, collection: Collection, visitor: Visitor) -> Callable[[list[str]], None] | None:
        """Who may ask for which status of posts (``sanitize_post_statuses``)."""
        if collection.kind not in (POSTS, MEDIA):
            return None
        default = "inherit" if collection.kind == MEDIA else "publish"

        def check(statuses: list[str]) -> None:
            for status in statuses:
                if status != default and not visitor.can("edit_posts"):
                    raise Refusal(visitor.refusal, "rest_forbidden_status", "Status is forbidden.")

        return check

    # -- wrapping ---------------------------------------------------------------------------------

    def _headers(self, reply: Reply) -> Json:
        return {**reply.headers, **({"Allow": reply.allow} if reply.allow else {})}

    def _narrow(self, reply: Reply, wanted: Query, visitor: Visitor) -> Any:
        body = reply.body
        if not reply.fields or reply.encoded is not None:
            return body
        if "_embed" in wanted:
            embed = {word for word in str(wanted["_embed"] or "").split(",") if word and word != "1"}
            many = isinstance(body, list)
            embedded = [self._embed(one, embed, visitor) for one in (body if many else [body])]
            body = embedded if many else embedded[0]
        fields = fields_of(wanted)
        if fields and isinstance(body, list):
            return [pick(one, fields) for one in body]
        return pick(body, fields, single=True) if fields else body

    def _embed(self, one: Json, only: set[str], visitor: Visitor) -> Json:
        """Put the answers of all embeddable links into the object, as WordPress does: one request each."""
        embedded: Json = {}
        for rel, links in one.get("_links", {}).items():
            slots: list[Any] = []
            for link in links:
                if (
                    not link.get("embeddable")
                    or (only and rel not in only)
                    or not link["href"].startswith(ROOT)
                ):
                    slots.append([])
                    continue
                path, _, text = link["href"].removeprefix(ROOT).partition("?")
                inner = {"per_page": "100", **parse_query(text), "context": "embed"}
                if not any(path == route for route in self.by_route):
                    del inner["per_page"]
                slots.append(self._inner(path, inner, visitor))
            if any(slots):
                embedded[rel] = slots
        return {**one, "_embedded": embedded} if embedded else one

    def _inner(self, path: str, wanted: Query, visitor: Visitor) -> Any:
        try:
            reply = self.get(path, Request("GET", path, wanted, {}), visitor)
        except Refusal as refusal:
            return refusal.body
        if path.startswith(("/wp/v2/types/", "/wp/v2/taxonomies/")):
            return in_context(reply.body, {}, "embed")
        return reply.body


def _neighbours(route: str, wanted: Query, page: int, pages: int) -> str:
    links = []
    if page > 1:
        links.append(f'<{_address(route, wanted, min(page - 1, pages))}>; rel="prev"')
    if pages > page:
        links.append(f'<{_address(route, wanted, page + 1)}>; rel="next"')
    return ", ".join(links)


def _address(route: str, wanted: Query, page: int) -> str:
    """The route with the parameters as received, but another page (``add_query_arg``)."""
    pairs = []
    for name, value in {**wanted, "page": str(page)}.items():
        if isinstance(value, list):
            pairs += [f"{name}%5B{n}%5D={quote_plus(str(one))}" for n, one in enumerate(value)]
        else:
            pairs.append(f"{name}={quote_plus(value)}")
    return f"{ROOT}{route}?" + "&".join(pairs)
