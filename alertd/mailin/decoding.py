"""Bytes to text, whatever charset was declared: programs say GB2312 and write GBK, or say nothing at all.

Source: GB 18030-2022, a superset of GBK and GB 2312, which takes every text of either.
"""

from __future__ import annotations

import binascii
import codecs
import re
from email.errors import HeaderParseError
from email.header import Header, decode_header

from alertd.core.text import one_line

_CHINESE = frozenset({"gb2312", "gbk", "gb18030", "hz", "euc_cn", "x-gbk", "gb_2312-80", "cp936"})
#: charsets that are declared by programs which do not know what they write
_GUESSED = frozenset({"", "ascii", "us-ascii", "iso8859-1", "cp1252", "unknown-8bit", "x-unknown", "default"})
#: codecs of Python that are charsets of mail; others unpack, escape, or take very long
_CHARSETS = re.compile(r"utf-(8|16|32)|gb|hz$|big5|cp\d|iso8859|iso2022|koi8|shift_jis|euc_|ascii$|tis-620")
_CJK = re.compile(r"[\u2e80-\u9fff\uff00-\uffef]")
#: characters of a header that are decoded
_LONGEST_HEADER = 4000


def text_of(raw: bytes, declared: str = "") -> str:
    """The text of these bytes. What is no text in any charset we know has U+FFFD in its place."""
    if raw.isascii() and b"\x1b" not in raw and b"~{" not in raw:
        name = _named(declared)
        return raw.decode(name if name.startswith(("utf-16", "utf-32")) else "ascii", "replace")
    name = _named(declared)
    plain = _strictly(raw, "utf-8")
    if plain is not None and (name in _GUESSED or name == "utf-8" or _CJK.search(plain)):
        return plain.removeprefix("\ufeff")
    if name in _CHINESE:
        name = "hz" if name == "hz" else "gb18030"
    elif name in _GUESSED or name == "utf-8":
        chinese = _strictly(raw, "gb18030")
        if chinese is not None and _CJK.search(chinese):
            return chinese
        name = name if name in ("utf-8", "cp1252") else "latin-1"
    found = _strictly(raw, name)
    if found is None and name == "gb18030":
        found = _strictly(raw, "big5")
    return (found if found is not None else raw.decode(name, "replace")).removeprefix("\ufeff")


def _named(declared: str) -> str:
    """Python's name of a charset, "" where it knows none of that name that is one."""
    plain = declared.strip().strip("\"'").lower()[:40]
    if plain in _CHINESE or plain in _GUESSED:
        return plain
    try:
        name = codecs.lookup(plain).name
    except (LookupError, ValueError):
        return ""
    return name if _CHARSETS.match(name) else ""


def _strictly(raw: bytes, name: str) -> str | None:
    try:
        return raw.decode(name)
    except (UnicodeError, LookupError):
        return None


def unwrapped(raw: bytes, encoding: str) -> bytes:
    """A body without its Content-Transfer-Encoding (RFC 2045 section 6); a damaged one as far as it goes."""
    encoding = encoding.strip().lower()
    if encoding == "quoted-printable":
        return binascii.a2b_qp(raw)
    if encoding != "base64":
        return raw
    kept = _NOT_BASE64.sub(b"", raw)
    kept = kept[: len(kept) - (len(kept) % 4 == 1)]
    return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))


_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")


def header_text(value: object, most: int) -> str:
    """A header as people read it (RFC 2047), on one line; raw bytes of old programs are taken for text."""
    raw = value if isinstance(value, Header) else str(value)[:_LONGEST_HEADER]
    try:
        pieces = decode_header(raw)
    except (HeaderParseError, ValueError, LookupError, binascii.Error):
        pieces = [(str(raw)[:_LONGEST_HEADER], None)]
    return one_line("".join(_piece(text, charset) for text, charset in pieces), most)


def _piece(text: bytes | str, charset: str | None) -> str:
    raw = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
    return text_of(raw, "" if charset is None else charset)
