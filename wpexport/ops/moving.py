"""What no move into another WordPress can help: each cause has its paragraph in ``docs/moving.md``.

A cause is granted only where the two records show that it is the one: what an import could have brought along
and did not stays a difference.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

from wpexport.export.wxr.plan import folded
from wpexport.export.wxr.texts import is_cut
from wpexport.export.wxr.xml import legal
from wpexport.model import Markup
from wpexport.ops.causes import (
    BY_NAME,
    NUMBER,
    ONLY_ONE,
    ONLY_TWO,
    RENDERED,
    SAME_WORDS,
    SILENT_ONE,
    SILENT_TWO,
    WHITE,
    Contrast,
)
from wpexport.ops.pairing import Pair, Pairing, sha256, words

#: feeds, or a pull that could not read it, left it unsaid
OLD_SILENT = "the old archive does not say"
_TARGET = re.compile(r"""\b(?:href|src)\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
#: seconds; no export moves anything by more than a day
_MOVED = 86400
#: tags that mean something (feeds have galleries without figures); where pictures lead is compared by itself
_MEANING = re.compile(
    r"<(a|audio|b|blockquote|code|del|em|h[1-6]|hr|i|iframe|li|ol|pre|strong|sub|sup|table|td|th|tr|ul|video)\b"
)
_UNPUBLISHED = frozenset({"draft", "pending", "auto-draft"})
_PINGS = frozenset({"pingback", "trackback"})
_CUT = re.compile(r"\s*(?:\[(?:…|\.\.\.)\]|…)\s*\Z")
#: the last part of an address: name, size of a smaller copy, ending
_FILE = re.compile(r"""(?<=/)([^/\s"'<>?#\\]+?)((?:-\d+x\d+)?)(\.\w{1,5})(?=["'\s?#<)]|\Z)""")
#: a smaller copy of a picture
_SIZED = re.compile(r"-(?:\d+x\d+|scaled|rotated)(?=\.\w{1,5}\Z)")
#: what one version of WordPress says and another one does not
_FREE = re.compile(r"(?:extra|details|meta)\.")


@dataclass(frozen=True, slots=True)
class _Case:
    """One difference, and what is around it."""

    kind: str
    one: Any
    two: Any
    contrast: Contrast
    pairing: Pairing
    told: bool


def unavoidable(
    kind: str, pair: Pair, contrast: Contrast, pairing: Pairing, *, told: bool = False
) -> str | None:
    """The cause of a difference that an import makes whatever the file says; None for any other.

    Args:
        told: the old archive has it from an API, which says what there is.
    """
    case = _Case(kind, *pair, contrast, pairing, told)
    place = f"{kind}.{contrast.field}"
    for cause, where, holds in _RULES:
        if where.fullmatch(place) and holds(case):
            return cause
    return None


# -- what must be true ------------------------------------------------------------------------------------


def _is_number(case: _Case) -> bool:
    return case.contrast.cause in (NUMBER, SILENT_ONE)


def _has_number_in_address(case: _Case) -> bool:
    """Addresses such as ``/hello/#comment-7`` and ``/?p=7``."""
    pattern = r"#comment-\d+$" if case.kind == "comments" else r"(?<==)\d+$"
    one, two = (re.sub(pattern, "", url) for url in _below(case))
    return one == two


def _is_in_doubt(case: _Case) -> bool:
    """What the old archive is not sure to hold whole, a new one is."""
    return case.contrast.one is False and case.contrast.two is True


def _is_moved_apart(case: _Case) -> bool:
    """Moved by seconds, each of which another record of this title has: the importer takes these for one."""
    one, two = case.one, case.two
    if one.date is None or two.date is None:
        return False
    title, kind = folded(one.title), getattr(one, "type", "attachment")
    seconds = (two.date - one.date).total_seconds()
    if not 0 < seconds < _MOVED:
        return False
    met = sum(
        getattr(other, "type", "attachment") == kind and (not title or folded(other.title) in (title, ""))
        for second in range(int(seconds))
        for other in case.pairing.others_at(case.kind, one, one.date + timedelta(seconds=second))
    )
    return bool(met >= seconds)


def _is_no_xml(case: _Case) -> bool:
    """The same but for what XML has no place for: control characters, and which characters end a line."""
    one, two = _below(case)
    return legal(one) != one and _renamed(legal(one), case.pairing) == two


def _is_time_of_publication(case: _Case) -> bool:
    two = case.two
    return bool(
        two.date and two.modified and two.modified.replace(tzinfo=None) == two.date.replace(tzinfo=None)
    )


def _floats(case: _Case) -> bool:
    """Not published yet: its time on the blog's clock stays, the instant is that of the day it will be."""
    one, two = (record.date.replace(tzinfo=None) if record.date else None for record in (case.one, case.two))
    return case.one.status in _UNPUBLISHED and one == two


def _is_silent_there(case: _Case) -> bool:
    return case.contrast.cause == SILENT_TWO


def _is_only_there(case: _Case) -> bool:
    return case.contrast.cause == ONLY_TWO


def _is_known_better_there(case: _Case) -> bool:
    """The old archive never says such a thing, or only by name: it was read from feeds."""
    contrast = case.contrast
    if contrast.cause == SILENT_ONE:
        told = case.told and not _FREE.match(contrast.field)
        return not told and not case.pairing.speaks(case.kind, 0, contrast.field)
    return contrast.cause == BY_NAME


def _is_filtered(case: _Case) -> bool:
    """The same words; links that are left lead where they led."""
    if words(str(case.contrast.one)) != words(str(case.contrast.two)):
        return False
    one, two = _targets(str(case.contrast.one), str(case.contrast.two), case.pairing)
    return two <= one


def _is_locked(case: _Case) -> bool:
    one, two = case.one, case.two
    return bool(one is not None and one.password_protected and (two is None or two.status == "private"))


def _answers_nobody_here(case: _Case) -> bool:
    """What it answers is not in the archive, or under another post: no file of posts can say that."""
    if case.contrast.cause != SILENT_TWO:
        return False
    parent = case.pairing.record("comments", 0, case.one.parent)
    return parent is None or parent.post != case.one.post


def _is_pingback(case: _Case) -> bool:
    """Feeds have them; REST shows them to nobody but to a login."""
    return case.contrast.cause == ONLY_ONE and case.one.type in _PINGS


def _wrote_nothing_else(case: _Case) -> bool:
    """An account that wrote no post: an export file names authors of posts alone."""
    return case.contrast.cause == SILENT_TWO and case.one.author.user not in case.pairing.writers(0)


def _is_account(case: _Case) -> bool:
    """Of an account; of a comment only its browser."""
    return case.one.of == "author" or (case.contrast.field == "user_agent" and _is_silent_there(case))


def _shows_nothing_here(case: _Case) -> bool:
    """The picture is not in the archive; the export named it as a loss."""
    return _is_silent_there(case) and case.pairing.record("media", 0, case.one.featured_media) is None


def _is_rendered_there(case: _Case) -> bool:
    """What was typed is the same in both."""
    one, two = _faces(case)
    if one.raw is None or two.raw is None:
        return False
    sides = case.pairing.sides
    return _renamed(legal(sides[0].below(one.raw)), case.pairing) == sides[1].below(two.raw)


def _went_rendered(case: _Case) -> bool:
    """Only the visitor's face was known: the same words, and links lead where they led."""
    one, _ = _faces(case)
    if one.raw is not None or case.contrast.cause not in (SAME_WORDS, RENDERED, WHITE):
        return False
    return says_same(str(case.contrast.one), str(case.contrast.two), case.pairing)


def _is_cut_anew(case: _Case) -> bool:
    """Nobody wrote this excerpt: each WordPress cuts it out of the text."""
    one, two = case.one, case.two
    if one.excerpt.raw or two.excerpt.raw:
        return False
    if all(is_cut(record.excerpt.html or "", record.content.html or "") for record in (one, two)):
        return True
    short = [_letters(_CUT.sub("", words(record.excerpt.html))) for record in (one, two)]
    whole = [_letters(words(record.content.html)) for record in (one, two)]
    if not short[0]:
        return short[1] in whole[1]
    return all(short) and (
        short[0].startswith(short[1])
        or short[1].startswith(short[0])
        or (short[0] in whole[0] and short[1] in whole[1])
    )


def _is_same_file(case: _Case) -> bool:
    """The file is the same, byte for byte, as far as both archives hold it."""
    one, two = (sha256(media) for media in (case.one, case.two))
    return one is None or two is None or one == two


def _leads_to_renamed_files(case: _Case) -> bool:
    one, two = _below(case)
    return _renamed(one, case.pairing) == two


# -- bits ------------------------------------------------------------------------------------------------


def _letters(text: str) -> str:
    """Without punctuation, which WordPress makes finer in one place and not in another."""
    return re.sub(r"[\W_]+", "", text)


def _below(case: _Case) -> tuple[str, str]:
    one, two = case.pairing.sides
    return one.below(str(case.contrast.one)), two.below(str(case.contrast.two))


def _faces(case: _Case) -> tuple[Markup, Markup]:
    name = case.contrast.field.partition(".")[0]
    return getattr(case.one, name), getattr(case.two, name)


def says_same(one: str, two: str, pairing: Pairing) -> bool:
    """Whether links and pictures of two texts with the same words lead to the same, and stress is kept."""
    mine, other = _targets(one, two, pairing)
    return mine == other and _MEANING.findall(one.lower()) == _MEANING.findall(two.lower())


def _targets(left: str, right: str, pairing: Pairing) -> tuple[set[str], set[str]]:
    """Where the links and pictures of two texts lead, below each blog's own address and by the new names."""
    one, two = (
        {side.below(found[1] or found[2]) for found in _TARGET.finditer(text)}
        for side, text in zip(pairing.sides, (left, right), strict=True)
    )
    moved = pairing.relocated
    one = {moved.get(_plain(unquote(address))) or _renamed(address, pairing) for address in one}
    return {_plain(address) for address in one}, {_plain(address) for address in two}


def _plain(address: str) -> str:
    return _SIZED.sub("", re.sub(r"#comment-\d+$", "", address))


def _renamed(text: str, pairing: Pairing) -> str:
    """A text of the old blog in which media files have the names that they got at the new place."""
    names = pairing.renamed

    def replace(found: re.Match[str]) -> str:
        stem, size, ending = found.groups()
        whole = names.get(unquote(stem + size))
        return (whole if whole is not None else names.get(unquote(stem), stem) + size) + ending

    return _FILE.sub(replace, text) if names else text


_Rule = tuple[str, re.Pattern[str], Callable[[_Case], bool]]
_RULES: tuple[_Rule, ...] = tuple(
    (cause, re.compile(where), holds)
    for cause, where, holds in (
        ("numbers are the new site's own", r"\w+\.id", _is_number),
        ("numbers are the new site's own", r"\w+\.url", _has_number_in_address),
        (OLD_SILENT, r".*", _is_known_better_there),
        (OLD_SILENT, r"\w+\.(content|excerpt)\.complete", _is_in_doubt),
        ("two of one title and second are moved apart", r"(posts|media)\.date", _is_moved_apart),
        ("XML has no such characters", r".*", _is_no_xml),
        ("the importer takes the time of publication", r"(posts|media)\.modified", _is_time_of_publication),
        ("a draft has no instant yet", r"posts\.date", _floats),
        ("a file has no place for it", r"authors\.(description|website|meta.*|extra.*)", _is_silent_there),
        ("the new site's own", r"(authors|terms)\.", _is_only_there),
        ("filtered as a new comment is", r"comments\.(content\.\w+|author\.(name|url))", _is_filtered),
        ("a password is never stored", r"posts\.(status|password_protected)?", _is_locked),
        ("answers a comment that is not in the archive", r"comments\.parent", _answers_nobody_here),
        ("visitors are shown no pingbacks", r"comments\.", _is_pingback),
        ("accounts that only commented stay", r"comments\.author\.user", _wrote_nothing_else),
        (
            "a file has no place for it",
            r"personal\.(username|user_agent|extra\.(?!first_name|last_name).*)",
            _is_account,
        ),
        ("a picture that is not in the archive", r"posts\.featured_media", _shows_nothing_here),
        ("rendered by the new site", r"\w+\.(content|excerpt|caption|description)\.html", _is_rendered_there),
        ("the text went out rendered", r"\w+\.(content|excerpt|caption|description)\.html", _went_rendered),
        ("cut out of the text by each site", r"posts\.excerpt\.html", _is_cut_anew),
        ("files are named and scaled anew", r"media\.(details\..*|source_url|extra\.file.*)", _is_same_file),
        ("files are named and scaled anew", r"\w+\.\w+\.raw", _leads_to_renamed_files),
    )
)
#: all causes, for the docs
CAUSES = tuple(dict.fromkeys(cause for cause, _, _ in _RULES))
