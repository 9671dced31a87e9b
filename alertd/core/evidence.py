"""Files that prove a hand-in: what they may be called, what kind they are, how many and how large.

Whoever sends one may call it anything and say of it what they like. A name becomes one that every file
system takes; the kind follows from the end of the name alone, and is never one that a browser would run.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from alertd.core.text import one_line

#: bytes of one file, whichever way it comes; each way may take less
LARGEST = 100 * 1024 * 1024
#: files of one deadline
MOST = 30
#: bytes of a name in UTF-8: file systems take 255, and a number may come before it
LONGEST_NAME = 200
_LONGEST_END = 12
#: what a file without a name is called
NAMELESS = "file"
#: any other kind is a row of bytes
BYTES = "application/octet-stream"
_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"
#: kinds by the end of a name (IANA media types; those of WPS and OFD as their makers register them)
KINDS: Mapping[str, str] = {
    "pdf": "application/pdf",
    "ofd": "application/ofd",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "heic": "image/heic",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "doc": "application/msword",
    "docx": f"{_OFFICE}.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": f"{_OFFICE}.presentationml.presentation",
    "wps": "application/vnd.ms-works",
    "odt": f"{_OPEN}.text",
    "ods": f"{_OPEN}.spreadsheet",
    "odp": f"{_OPEN}.presentation",
    "txt": "text/plain",
    "csv": "text/csv",
    "zip": "application/zip",
    "mp4": "video/mp4",
    "mp3": "audio/mpeg",
}
#: what file systems and shells take for something else
_APART = re.compile(r'[<>:"|?*\\/]+')
#: names of devices, with any end (Microsoft, "Naming Files, Paths, and Namespaces")
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE | re.ASCII)


def file_name(said: str) -> str:
    """What a file is called here, of what its sender calls it: the last part of a path, cleaned, bounded."""
    last = re.split(r"[\\/]", said[-2000:])[-1]
    name = _APART.sub("_", one_line(last, 1000)).strip(" .")
    if _DEVICE.fullmatch(name):
        name = f"_{name}"
    stem, dot, end = name.rpartition(".")
    if not dot or not stem or len(end) > _LONGEST_END:
        stem, dot, end = name, "", ""
    room = LONGEST_NAME - len(f"{dot}{end}".encode())
    short = stem.encode()[:room].decode("utf-8", "ignore").rstrip(" .")
    return f"{short or NAMELESS}{dot}{end}"


def kind_of(name: str) -> str:
    """The media type of a file by its name; a row of bytes where the name says none of those known."""
    return KINDS.get(name.rpartition(".")[2].lower(), BYTES)


def megabytes(size: int) -> str:
    """A size in bytes as people read it, at least 0.1 MB."""
    return f"{max(size / 2**20, 0.1):.1f}".removesuffix(".0") + " MB"
