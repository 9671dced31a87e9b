"""The parts of a message, as RFC 2045 and 2046 lay them out; bounded, so that no message takes long.

The standard library's parser goes as deep as a message says, and looks at every line once for each level.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import compat32

from alertd.core.evidence import file_name

from .decoding import header_text, text_of, unwrapped

#: bytes of a message that are looked at: what providers take at most, base64 counted
LONGEST_MESSAGE = 32 * 1024 * 1024
#: bytes of one block of headers, and lines in it
LONGEST_HEADERS, MOST_HEADER_LINES = 128 * 1024, 1500
#: parts within parts within parts, and all of them together
DEEPEST, MOST_PARTS = 8, 120
#: characters of a text that are looked at
LONGEST_TEXT = 200_000
#: characters of a file's name that are looked at
_LONGEST_NAME = 1000

_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n|\A\r?\n")
_LONGEST_BOUNDARY = 200
_PARSER: BytesHeaderParser = BytesHeaderParser(policy=compat32)


@dataclass(slots=True)
class Part:
    """A message, or a part of one. `kind` is its media type in lower case; only leaves have a body."""

    headers: Message
    kind: str
    body: bytes
    parts: list[Part] = field(default_factory=list)
    cut: bool = False  # its end is missing

    def leaves(self) -> Iterator[Part]:
        """All parts that have a body, in their order."""
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.leaves()

    def content(self) -> bytes:
        """The body as it was before it was wrapped for the journey."""
        return unwrapped(self.body, str(self.headers.get("Content-Transfer-Encoding", "")))

    def text(self) -> str:
        """The body as text, with plain line ends."""
        text = text_of(self.content()[: 4 * LONGEST_TEXT], self.parameter("charset"))
        return text.replace("\r\n", "\n").replace("\r", "\n")[:LONGEST_TEXT]

    def parameter(self, name: str) -> str:
        """A parameter of its Content-Type, "" without one."""
        return _parameter(self.headers, name, "Content-Type")

    @property
    def disposition(self) -> str:
        """`attachment`, `inline`, or what else it says; "" where it says nothing (RFC 2183)."""
        return str(self.headers.get("Content-Disposition", "")).partition(";")[0].strip().lower()

    @property
    def file_name(self) -> str:
        """The name of the file it is, in any of the ways in which programs write one; "" without."""
        for name, header in (("filename", "Content-Disposition"), ("name", "Content-Type")):
            if found := _parameter(self.headers, name, header):
                return file_name(header_text(found, _LONGEST_NAME))
        return ""


def _parameter(headers: Message, name: str, header: str) -> str:
    """A parameter of a header (RFC 2231 among its forms), "" where there is none or it makes no sense."""
    try:
        found = headers.get_param(name, "", header)
    except (ValueError, IndexError, LookupError, TypeError):
        return ""
    if isinstance(found, tuple):
        charset, _, value = found
        return text_of(value.encode("latin-1", "replace"), charset or "")
    return str(found)


def parse(raw: bytes) -> Part:
    """The message in these bytes. Raises nothing; what is beyond the bounds is missing."""
    cut = len(raw) > LONGEST_MESSAGE
    return _parse(raw[:LONGEST_MESSAGE], [MOST_PARTS], 0, cut)


def _parse(raw: bytes, left: list[int], depth: int, cut: bool) -> Part:
    """`left` has how many more parts there may be, whatever they are part of."""
    end = _END_OF_HEADERS.search(raw)
    block, body = (raw[: end.start()], raw[end.end() :]) if end else (raw, b"")
    headers = _headers(block)
    kind = _kind(headers)
    part = Part(headers, kind, body, cut=cut)
    boundary = part.parameter("boundary")
    if not kind.startswith("multipart/") or not boundary or depth >= DEEPEST:
        return part
    pieces, open_end = _pieces(body, boundary[:_LONGEST_BOUNDARY], left[0])
    left[0] -= len(pieces)
    last = len(pieces) - 1
    part.parts = [
        _parse(piece, left, depth + 1, cut and open_end and at == last) for at, piece in enumerate(pieces)
    ]
    if part.parts:
        part.body = b""
    return part


def _headers(block: bytes) -> Message:
    block = block[:LONGEST_HEADERS]
    lines = block.split(b"\n", MOST_HEADER_LINES)[:MOST_HEADER_LINES]
    return _PARSER.parsebytes(b"\n".join(lines) + b"\n\n", headersonly=True)


def _kind(headers: Message) -> str:
    declared = str(headers.get("Content-Type", "text/plain")).partition(";")[0].strip().lower()
    return declared if re.fullmatch(r"[a-z0-9.+-]{1,60}/[a-z0-9.+_-]{1,80}", declared) else "text/plain"


def _pieces(body: bytes, boundary: str, most: int) -> tuple[list[bytes], bool]:
    """What stands between the lines of a boundary, and whether the closing one is missing."""
    mark = re.escape(boundary.encode("utf-8", "surrogateescape"))
    line = re.compile(rb"(?:\A|\r?\n)--" + mark + rb"(--)?[ \t]*(?=\r?\n|\Z)")
    pieces: list[bytes] = []
    start = None
    for found in line.finditer(body):
        if start is not None:
            pieces.append(body[start : found.start()].removeprefix(b"\r").removeprefix(b"\n"))
        if found[1] is not None or len(pieces) >= most:
            return pieces[:most], False
        start = found.end()
    if start is not None and len(pieces) < most:
        pieces.append(body[start:].removeprefix(b"\r").removeprefix(b"\n"))
    return pieces, True
