"""Files that prove a hand-in: which there are, one of them, and further ones by a form."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, WithJsonSchema

from alertd.core.evidence import BYTES
from alertd.engine.operations.evidence import File as Proof
from alertd.engine.operations.evidence import keep
from alertd.engine.reporting.evidence import content_of, files_of
from alertd.engine.ruling.refusal import Refused
from alertd.web.api.endpoint import Ask, Reply
from alertd.web.api.given import Given, Unread
from alertd.web.api.seen import visible
from alertd.web.asking import Asked
from alertd.web.page import File
from alertd.web.uploading import MOST_FILES, MULTIPART, Sent, is_multipart

_FORM: dict[str, Any] = {
    "type": "array",
    "items": {"type": "string", "format": "binary"},
    "minItems": 1,
    "maxItems": MOST_FILES,
}


class Files(Given):
    """A form with files, of at most as many bytes as pages take."""

    files: Annotated[tuple[Sent, ...], WithJsonSchema(_FORM), Field(description="each file, with its name")]


class Kept(Reply):
    """One file as it is kept: its name cleaned, its kind by the end of the name, the SHA-256 of its bytes."""

    file: str
    name: str
    kind: str
    size: int
    sha256: str
    kept_at: datetime
    kept_by: str


class Evidence(Reply):
    """The files of a deadline, oldest first; `file` is what stands in the address of one."""

    deadline: str
    files: tuple[Kept, ...]


def read(asked: Asked) -> Files:
    """The files of a request. Raises Unread for what is no such form, and for other fields."""
    kind = asked.headers.get("content-type", "")
    if not is_multipart(kind):
        raise Unread(415, "kind", found=kind.partition(";")[0].strip().lower()[:100], known=MULTIPART)
    if asked.unread:
        raise Unread(400, "many-files" if asked.unread == "many-files" else "form", most=str(MOST_FILES))
    if asked.several:
        raise Unread(422, "fields", tuple((f"/{name[:100]}", "unknown", {}) for name in asked.several))
    if not asked.files:
        raise Unread(422, "fields", (("/files", "missing", {}),))
    return Files(files=asked.files)


def find(ask: Ask) -> Evidence:
    """What there is."""
    row = visible(ask, ask.number)
    return Evidence(
        deadline=row.id,
        files=tuple(
            Kept(
                file=f"{each.id:x}",
                name=each.name,
                kind=each.kind,
                size=each.size,
                sha256=each.sha256,
                kept_at=each.kept_at,
                kept_by=each.by.partition(" (")[0],
            )
            for each in files_of(ask.scope, row.number)
        ),
    )


def add(ask: Ask) -> Evidence:
    """Keep all of them or none; the very same once more is kept once. All that there are then."""
    row = visible(ask, ask.number)
    keep(ask.scope, row.number, tuple(Proof(each.name, each.content) for each in ask.asked.files))
    return find(ask)


def download(ask: Ask) -> File:
    """One file, a row of bytes whatever it is. Raises Refused: "no-file", "file-damaged"."""
    row, name = visible(ask, ask.number), ask.placed["file"]
    try:
        number = int(name, 16) if name.isascii() and name.isalnum() else -1
    except ValueError:
        number = -1
    if not 0 <= number < 2**63:
        raise Refused("no-file", found=name[:100])
    kept, content = content_of(ask.scope, row.number, number)
    return File(content, BYTES, kept.name)
