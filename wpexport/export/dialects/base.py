"""What one site generator expects of Markdown files: a record each, no code.

The records themselves are in `wpexport.export.dialects.data`, a user's own in a TOML file
(`wpexport.export.dialects.load`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

#: every front matter field there is, for ``--fields`` and ``--list-fields``
FIELDS: Mapping[str, str] = {
    "title": "the title, as plain text; a stand-in where there is none",
    "date": "when it was published, with the site's offset",
    "modified": "when it was last changed",
    "slug": "the last part of its address",
    "url": "its address below the blog's, when the generator can keep it",
    "save_as": "the file in the built site, for generators that want it beside the address",
    "link": "its whole former address",
    "aliases": "further addresses that should lead to it",
    "author": "the author's name",
    "author_slug": "the author's short name",
    "category": "the name of the first category, for generators that know one",
    "categories": "names of categories",
    "tags": "names of tags",
    "tag_names": "names of tags as they are, where the generator takes only words",
    "terms": "names of terms of all other taxonomies, a key each",
    "summary": "the excerpt, when it is handwritten; plain text",
    "featured_image": "the featured image",
    "featured_image_alt": "what the featured image shows, in words",
    "draft": "true for everything that is not public",
    "published": "false for everything that is not public",
    "status": "WordPress' status, when it is not publish",
    "draft_status": "draft for everything that is not public",
    "sticky": "true when it is held at the top",
    "format": "WordPress' post format, when it is not standard",
    "protected": "true when the text is behind a password and not here",
    "incomplete": "true when the source showed no text, or an excerpt only",
    "id": "WordPress' number",
    "type": "WordPress' type: post, page, ...",
    "parent": "the number of the parent page",
    "order": "the place among its sisters (menu_order), when not 0",
    "template": "the theme's template, when not the default",
    "comment_status": "open or closed",
    "comments": "how many comments there are",
    "comments_key": "by which templates find the comments, where they are data",
    "guid": "the identifier that feed readers remember",
    "meta": "all custom fields; meta.KEY for one of them",
    "extra": "what the source said and no other field holds; extra.KEY for one of it",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """What one generator expects."""

    name: str
    #: the converter's flavour of Markdown
    flavour: str = "markdown"
    #: ``yaml``, ``toml`` or ``pelican``
    front_matter: str = "yaml"
    #: type to path template; ``*`` for all others, ``TYPE:undated`` for those without a date;
    #: see `wpexport.export.markdown.places.PLACEHOLDERS`
    paths: Mapping[str, str] = field(default_factory=dict)
    #: what the path of posts must match (a regular expression, from its beginning): the generator reads
    #: no post elsewhere, and says nothing of it
    posts_at: str = ""
    #: field to front matter key, in the order they are written; dots make maps
    fields: Mapping[str, str] = field(default_factory=dict)
    #: fields that the generator takes for ``html`` or ``markdown``, and no plain text; or that are to be
    #: ``lists`` of one name each, or ``words`` without spaces and signs; or a folder's name, ``path``
    forms: Mapping[str, str] = field(default_factory=dict)
    #: key and value that every file carries
    constants: Mapping[str, Any] = field(default_factory=dict)
    #: key and value for pages that stand where a section stands
    branch_constants: Mapping[str, Any] = field(default_factory=dict)
    #: keys that mean something else to the generator; a taxonomy of this name gets ``wp_`` before it
    reserved: frozenset[str] = frozenset()
    #: how a date is written: "" for RFC 3339, else strftime's form, written without quotes
    date_format: str = ""
    #: links lead from file to file, or in the built site: from address to address, or from its root
    links: Literal["file", "address", "root"] = "file"
    #: what is below this folder has an address
    root: str = ""
    #: the front page: an address, or the file that lists the posts; "" where there is none
    home: str = "/"
    #: is ``url`` kept by front matter, so that addresses are those of the blog?
    keeps_address: bool = False
    #: can an address end in ``.html``?
    html_names: bool = True
    #: does the generator make the address of the file's path, so that a simple one need not be said?
    path_is_address: bool = False
    #: pages with others below them, and what stands at a section's place, are named so; "" for no such rule
    branch_file: str = ""
    #: files beside the text (page bundles), or all in one folder
    media: Literal["beside", "folder"] = "folder"
    media_folder: str = "media"
    #: the address of that folder in the built site
    media_address: str = "/media/"
    #: endings that the generator takes for pages: never put beside the text
    page_endings: frozenset[str] = frozenset()
    #: types by whose names no folder can be called; they get ``-type`` behind it
    reserved_folders: frozenset[str] = frozenset()
    #: a page for each term: ``{taxonomy}``, ``{slug}``, ``{address}``; "" where the generator makes its own
    term_file: str = ""
    #: key and value that every page of a term carries
    term_constants: Mapping[str, Any] = field(default_factory=dict)
    #: does the generator's template language run over the texts?
    guards_texts: bool = True
    #: does it run over the texts of comments that are data?
    guards_data: bool = False
    #: comments as data, by the text's path: ``{stem}``, ``{folder}``, ``{id}``
    comments_file: str = "{stem}.comments.json"
    #: the same where texts share a folder, and ``comments_file`` has one name in it for all of them
    comments_file_apart: str = "{stem}.comments.json"
    #: the title as a heading in the text, the featured image under it
    heading: bool = False
    #: files of the site itself: a name known to `wpexport.export.starters`
    extras: str = ""
    #: where one of these is there already, the user has a site of their own and gets no starter
    site_files: tuple[str, ...] = ()
