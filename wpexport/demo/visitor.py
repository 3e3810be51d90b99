"""Who asks: nobody in particular, or a user with an application password."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wpexport.demo.blog import Blog, Row


@dataclass(frozen=True)
class Visitor:
    """Somebody who asks, and what they may do."""

    id: int = 0
    capabilities: Mapping[str, bool] = field(default_factory=dict)

    def can(self, capability: str) -> bool:
        """Whether WordPress would say yes to ``current_user_can``."""
        return bool(self.capabilities.get(capability))

    def can_edit(self, row: Row) -> bool:
        """Whether they may edit a post, and so see all of it."""
        if self.can("edit_others_posts"):
            return True
        return self.id != 0 and row.edit.get("author") == self.id and self.can("edit_posts")

    @property
    def refusal(self) -> int:
        """401 for strangers, 403 for those who are known (``rest_authorization_required_code``)."""
        return 403 if self.id else 401


NOBODY = Visitor()


def identify(headers: Mapping[str, str], blog: Blog) -> Visitor:
    """Who sends these headers. A wrong login is nobody: WordPress serves it as anonymous, without a word.

    Core looks at the failure before the attempt was made (seen on 6.1.9 and 7.1.1).
    """
    scheme, _, coded = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return NOBODY
    try:
        login, _, password = base64.b64decode(coded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return NOBODY
    for row in blog.collections["users"].rows:
        name = row.edit.get("username", "")
        known = blog.logins.get(name)
        if known is not None and login in (name, row.edit.get("email")) and _bare(password) == _bare(known):
            return Visitor(row.id, row.edit.get("capabilities") or {})
    return NOBODY


def _bare(password: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "", password)
