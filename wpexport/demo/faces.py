"""Which face of a row a visitor sees, and where WordPress refuses."""

from __future__ import annotations

from typing import Any, Final

from wpexport.demo.blog import COMMENTS, MEDIA, POSTS, TERMS, USERS, Blog, Collection, Row
from wpexport.demo.parameters import Refusal, in_context
from wpexport.demo.visitor import Visitor

Json = dict[str, Any]
#: what must be allowed for ``context=edit`` on a collection, and what WordPress says else
EDIT: Final = {
    POSTS: ("edit_posts", "Sorry, you are not allowed to edit posts in this post type."),
    MEDIA: ("edit_posts", "Sorry, you are not allowed to edit posts in this post type."),
    COMMENTS: ("moderate_comments", "Sorry, you are not allowed to edit comments."),
    TERMS: ("manage_categories", "Sorry, you are not allowed to edit terms in this taxonomy."),
    USERS: ("list_users", "Sorry, you are not allowed to edit users."),
}
EDIT_ONE: Final = {
    POSTS: "Sorry, you are not allowed to edit this post.",
    MEDIA: "Sorry, you are not allowed to edit this post.",
    COMMENTS: "Sorry, you are not allowed to edit comments.",
    TERMS: "Sorry, you are not allowed to edit this term.",
    USERS: "Sorry, you are not allowed to edit this user.",
}
MISSING: Final = {
    POSTS: ("rest_post_invalid_id", "Invalid post ID."),
    MEDIA: ("rest_post_invalid_id", "Invalid post ID."),
    COMMENTS: ("rest_comment_invalid_id", "Invalid comment ID."),
    TERMS: ("rest_term_invalid", "Term does not exist."),
    USERS: ("rest_user_invalid_id", "Invalid user ID."),
}


def forbidden(visitor: Visitor, code: str, message: str, **data: Any) -> Refusal:
    """A refusal for want of rights."""
    refusal = Refusal(visitor.refusal, code, message, **data)
    refusal.permitted = False
    return refusal


def may_edit(collection: Collection, row: Row, visitor: Visitor) -> bool:
    """Whether the visitor may see the row as an editor does."""
    if collection.kind in (POSTS, MEDIA):
        return visitor.can_edit(row)
    if collection.kind == USERS and row.id == visitor.id:
        return True
    return visitor.can(EDIT[collection.kind][0])


def check_collection(blog: Blog, collection: Collection, given: Json, visitor: Visitor) -> None:
    """Refuse what WordPress refuses of a whole collection (``get_items_permissions_check``)."""
    capability, message = EDIT[collection.kind]
    if collection.kind == COMMENTS:
        _check_comments(blog, given, visitor)
    if collection.kind == USERS and not visitor.can("list_users"):
        if given.get("roles") or given.get("capabilities"):
            raise forbidden(
                visitor, "rest_user_cannot_view", "Sorry, you are not allowed to filter users by role."
            )
        if given.get("orderby") in ("email", "registered_date"):
            raise forbidden(
                visitor,
                "rest_forbidden_orderby",
                "Sorry, you are not allowed to order users by this parameter.",
            )
    if given.get("context") == "edit" and not visitor.can(capability):
        raise forbidden(visitor, "rest_forbidden_context", message)
    if collection.kind == TERMS and given.get("post"):
        _check_terms_of(blog, blog.post(given["post"]), collection, visitor)


def _check_terms_of(blog: Blog, post: Row | None, collection: Collection, visitor: Visitor) -> None:
    """Terms of one post: of a taxonomy that its type does not have, not even an empty list is shown."""
    if post is None:
        refusal = Refusal(400, "rest_post_invalid_id", "Invalid post ID.")
        refusal.permitted = False
        raise refusal
    kinds = blog.answers["/wp/v2/types"]["view"]["body"]
    taxonomies = blog.answers["/wp/v2/taxonomies"]["view"]["body"]
    its_own = [taxonomies.get(name, {}).get("rest_base") for name in kinds[post.edit["type"]]["taxonomies"]]
    if collection.name not in its_own or not (post.view is not None or visitor.can_edit(post)):
        raise forbidden(
            visitor, "rest_forbidden_context", "Sorry, you are not allowed to view terms for this post."
        )


def _check_comments(blog: Blog, given: Json, visitor: Visitor) -> None:
    for number in given.get("post") or []:
        post = blog.post(number)
        if post is not None and not _reads(post, given.get("password"), visitor):
            raise forbidden(
                visitor,
                "rest_cannot_read_post",
                "Sorry, you are not allowed to read the post for this comment.",
            )
    if visitor.can("edit_posts"):
        return
    wrong = [name for name in ("author", "author_exclude", "author_email") if given.get(name)]
    wrong += ["type"] if given.get("type", "comment") != "comment" else []
    wrong += ["status"] if given.get("status", "approve") != "approve" else []
    if wrong:
        raise forbidden(visitor, "rest_forbidden_param", "Query parameter not permitted: " + ", ".join(wrong))


def _reads(post: Row, password: str | None, visitor: Visitor) -> bool:
    if visitor.can_edit(post):
        return True
    protected = post.edit.get("password", "")
    return post.view is not None and (not protected or password == protected)


def in_list(collection: Collection, row: Row, given: Json, visitor: Visitor) -> Json | None:
    """The row as a list shows it; None where WordPress counts it and leaves it out."""
    context = given.get("context", "view")
    if may_edit(collection, row, visitor):
        return _as_editor(collection, row, context)
    if context == "edit":
        return None
    shown = row.unlocked if given.get("password") and row.unlocked else row.view
    return (
        shown
        if shown is None or context == "view"
        else _strip(in_context(shown, collection.contexts, context))
    )


def alone(collection: Collection, number: int, given: Json, visitor: Visitor) -> Json:
    """The row as its own route shows it."""
    row = collection.find(number)
    if row is None:
        code, message = MISSING[collection.kind]
        refusal = Refusal(404, code, message)
        refusal.permitted = False
        raise refusal
    context = given.get("context", "view")
    editor = may_edit(collection, row, visitor)
    if context == "edit" and not editor:
        raise forbidden(visitor, "rest_forbidden_context", EDIT_ONE[collection.kind])
    password = given.get("password")
    if password and collection.kind in (POSTS, MEDIA) and password != row.edit.get("password", ""):
        wrong = Refusal(403, "rest_post_incorrect_password", "Incorrect post password.")
        wrong.permitted = False
        raise wrong
    if editor and not (password and row.unlocked):
        return _as_editor(collection, row, context)
    shown = row.unlocked if password and row.unlocked else row.view
    if shown is None:
        error = Refusal.recorded(
            row.refused or {"code": "rest_forbidden", "message": "", "data": {"status": 401}}
        )
        raise forbidden(visitor, error.code, error.message)
    return shown if context == "view" else _strip(in_context(shown, collection.contexts, context))


def _as_editor(collection: Collection, row: Row, context: str) -> Json:
    if context == "edit":
        return row.edit
    shown = _strip(in_context(row.edit, collection.contexts, context))
    if row.edit.get("password"):  # not even an administrator reads it without the password, but to edit
        for name in ("content", "excerpt"):
            if name in shown:
                shown[name] = {**shown[name], "rendered": ""}
    return shown


def _strip(shown: Json) -> Json:
    """Without the links that only editors get."""
    if "_links" in shown:
        links = {rel: value for rel, value in shown["_links"].items() if not rel.startswith("wp:action-")}
        if not any(":" in rel for rel in links):
            links.pop("curies", None)
        shown["_links"] = links
    return shown
