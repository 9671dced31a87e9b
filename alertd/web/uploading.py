"""Forms with files (multipart/form-data, RFC 7578), read from a body that has come whole."""

from __future__ import annotations

from dataclasses import dataclass, field

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import Field, File, FormParser, parse_options_header

#: files of one form, and its other fields
MOST_FILES, MOST_FIELDS = 5, 100
MULTIPART = "multipart/form-data"


class UnreadForm(ValueError):
    """What came is no form, or has too many parts. `code` is a key below `web.problem`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as a browser sends it; its name is whatever the browser says."""

    name: str
    content: bytes


@dataclass(slots=True)
class Form:
    """All fields in their order, and the files; one that was chosen by nobody is none."""

    fields: list[tuple[str, str]] = field(default_factory=list)
    files: list[Sent] = field(default_factory=list)


def is_multipart(kind: str) -> bool:
    return kind.partition(";")[0].strip().lower() == MULTIPART


def form_of(kind: str, body: bytes) -> Form:
    """A form, by its content type. Raises UnreadForm: half of one, none, or more than may be."""
    boundary = parse_options_header(kind)[1].get(b"boundary")
    form, ended = Form(), []

    def on_field(each: Field) -> None:
        if len(form.fields) >= MOST_FIELDS:
            raise UnreadForm("fields")
        form.fields.append((_text(each.field_name), _text(each.value)))

    def on_file(each: File) -> None:
        each.file_object.seek(0)
        content, name = each.file_object.read(), _text(each.file_name)
        if not name and not content:  # a field in which nobody chose a file
            return
        if len(form.files) >= MOST_FILES:
            raise UnreadForm("many-files")
        form.files.append(Sent(name, content))

    in_memory = {"MAX_MEMORY_FILE_SIZE": len(body) + 1}
    try:
        ends = lambda: ended.append(True)  # noqa: E731
        parser = FormParser(MULTIPART, on_field, on_file, ends, boundary, config=in_memory)
        parser.write(body)
        parser.finalize()
    except FormParserError:
        raise UnreadForm("fields") from None
    if not ended:
        raise UnreadForm("fields")
    return form


def _text(raw: bytes | None) -> str:
    return (raw or b"").decode("utf-8", "replace")
