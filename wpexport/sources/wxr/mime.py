"""Media types by file name, as WordPress itself derives them (``wp_get_mime_types()``); a WXR names none."""

from __future__ import annotations

from wpexport.text.addresses import parted

_TYPES = {
    "image/jpeg": "jpg jpeg jpe",
    "image/gif": "gif",
    "image/png": "png",
    "image/bmp": "bmp",
    "image/tiff": "tiff tif",
    "image/webp": "webp",
    "image/avif": "avif",
    "image/x-icon": "ico",
    "image/heic": "heic",
    "image/svg+xml": "svg",
    "video/x-ms-wmv": "wmv wmx wm",
    "video/avi": "avi",
    "video/x-flv": "flv",
    "video/quicktime": "mov qt",
    "video/mpeg": "mpeg mpg mpe",
    "video/mp4": "mp4 m4v",
    "video/ogg": "ogv",
    "video/webm": "webm",
    "video/x-matroska": "mkv",
    "video/3gpp": "3gp 3gpp",
    "text/plain": "txt asc c cc h srt",
    "text/csv": "csv",
    "text/calendar": "ics",
    "text/css": "css",
    "text/html": "htm html",
    "text/vtt": "vtt",
    "audio/mpeg": "mp3 m4a m4b",
    "audio/aac": "aac",
    "audio/wav": "wav x-wav",
    "audio/ogg": "ogg oga",
    "audio/flac": "flac",
    "audio/midi": "mid midi",
    "application/pdf": "pdf",
    "application/zip": "zip",
    "application/x-tar": "tar",
    "application/x-gzip": "gz gzip",
    "application/rar": "rar",
    "application/x-7z-compressed": "7z",
    "application/msword": "doc",
    "application/vnd.ms-powerpoint": "pot pps ppt",
    "application/vnd.ms-excel": "xla xls xlt xlw",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/rtf": "rtf",
}
_BY_ENDING = {ending: kind for kind, endings in _TYPES.items() for ending in endings.split()}


def mime_type(url: str) -> str | None:
    """The media type of a file by its address; None where WordPress' table does not have it."""
    _, dot, ending = parted(url).path.rpartition(".")
    return _BY_ENDING.get(ending.lower()) if dot else None
