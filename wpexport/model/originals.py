"""The file of which WordPress made the picture that it shows: ``name-scaled.jpg`` of a big one (5.3)."""

from __future__ import annotations

import re

from wpexport.model.records import Media, MediaFile

#: it lies beside what is shown; a site may say anything
_NAME = re.compile(r"[^/\\?#\x00-\x1f]{1,255}")


def original_url(media: Media) -> str | None:
    """Where the original of a scaled or turned picture is; None where what is shown is the original."""
    name = media.details.get("original_image")
    if not isinstance(name, str) or not media.source_url or not _NAME.fullmatch(name):
        return None
    return f"{media.source_url.rpartition('/')[0]}/{name}"


def own_file(media: Media) -> MediaFile | None:
    """The file that was uploaded; the one that is shown where no other is held; None for neither."""
    by_url = {file.url: file for file in media.files}
    return by_url.get(original_url(media) or "") or by_url.get(media.source_url or "")
