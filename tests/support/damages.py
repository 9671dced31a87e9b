"""Files as they arrive damaged: cut, with bytes that turned, half overwritten; workbooks made to do harm."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import openpyxl

Damage = Callable[[bytes], bytes]
_SHEET = "xl/worksheets/sheet1.xml"


def workbook(*rows: Sequence[Any]) -> bytes:
    """A whole workbook with these rows."""
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.worksheets[0].append(list(row))
    book.save(out)
    return out.getvalue()


def by_chance(data: bytes, seed: int) -> bytes:
    """One damage of a kind that disks, copies and mails do; another one for each seed."""
    chance = random.Random(seed)
    at = chance.randrange(len(data))
    length = chance.randrange(1, 64)
    kind = chance.randrange(6)
    if kind == 0:
        return data[:at]
    if kind == 1:  # some bits
        spoilt = bytearray(data)
        for _ in range(chance.randrange(1, 4)):
            spoilt[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        return bytes(spoilt)
    if kind == 2:  # a sector that was never written
        return data[:at] + bytes(length) + data[at + length :]
    if kind == 3:
        return data[:at] + chance.randbytes(length) + data[at + length :]
    if kind == 4:  # a piece is missing
        return data[:at] + data[at + length :]
    return data[:at] + data[max(0, at - length) :]  # a piece twice


def every_cut(data: bytes, step: int) -> Iterator[bytes]:
    """The file cut after every so many bytes."""
    return (data[:end] for end in range(0, len(data), step))


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        return {name: parts.read(name) for name in parts.namelist()}


def packed(parts: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def without(part: str) -> Damage:
    return lambda data: packed({name: text for name, text in parts_of(data).items() if name != part})


def with_sheet(xml: bytes) -> Damage:
    return lambda data: packed({**parts_of(data), _SHEET: xml})


def in_sheet(old: bytes, new: bytes) -> Damage:
    def change(data: bytes) -> bytes:
        sheet = parts_of(data)[_SHEET]
        assert old in sheet
        return with_sheet(sheet.replace(old, new))(data)

    return change


def with_method(method: int) -> Damage:
    """Every part says that it is packed by a method that Python may not know (APPNOTE.TXT 4.4.5)."""

    def change(data: bytes) -> bytes:
        spoilt, number = bytearray(data), method.to_bytes(2, "little")
        for mark, place in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
            at = data.find(mark)
            while at >= 0:
                spoilt[at + place : at + place + 2] = number
                at = data.find(mark, at + 4)
        return bytes(spoilt)

    return change


def locked(data: bytes) -> bytes:
    """Every part says that it needs a password (APPNOTE.TXT 4.4.4, bit 0)."""
    spoilt = bytearray(data)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            spoilt[at + place] |= 1
            at = data.find(mark, at + 4)
    return bytes(spoilt)


def _bomb(xml: bytes) -> bytes:
    names = [b'<!ENTITY a0 "' + b"a" * 50 + b'">']
    names += [b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12)]
    head, rest = xml.split(b"?>", 1) if xml.startswith(b"<?xml") else (b'<?xml version="1.0"', xml)
    return head + b"?><!DOCTYPE worksheet [" + b"".join(names) + b"]>" + rest


def entities(data: bytes) -> bytes:
    """A sheet of a few hundred bytes that is terabytes of text."""
    return with_sheet(_bomb(parts_of(data)[_SHEET]))(data)


def entities_in_utf16(data: bytes) -> bytes:
    bomb = _bomb(parts_of(data)[_SHEET]).decode().replace("UTF-8", "UTF-16")
    return with_sheet(bomb.encode("utf-16"))(data)


_SHARED = (
    b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    b'spreadsheetml.sharedStrings+xml"/>'
)
_SPACE = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def _rows(rows: bytes, text: bytes = b"") -> Damage:
    """A sheet with these rows, and one shared text."""
    sheet = b"<worksheet " + _SPACE + b"><sheetData>" + rows + b"</sheetData></worksheet>"
    texts = b"<sst " + _SPACE + b">" + (b"<si><t>" + text + b"</t></si>" if text else b"") + b"</sst>"

    def change(data: bytes) -> bytes:
        parts = parts_of(data)
        types = parts["[Content_Types].xml"].replace(b"</Types>", _SHARED + b"</Types>")
        more = {_SHEET: sheet, "xl/sharedStrings.xml": texts, "[Content_Types].xml": types}
        return packed({**parts, **more})

    return change


#: what a workbook may be instead of whole, and the fault that says so
WORKBOOKS: Mapping[str, tuple[Damage, str]] = {
    "empty": (lambda data: b"", "workbook-empty"),
    "half": (lambda data: data[: len(data) // 2], "workbook-damaged"),
    "only zeros": (lambda data: bytes(len(data)), "workbook-damaged"),
    "a CSV by another name": (lambda data: b"party,amount\njd-0001,8\n", "workbook-text"),
    "a page of the web": (
        lambda data: b"<html><table><tr><td>party</td></tr></table></html>",
        "workbook-text",
    ),
    "an old workbook, or one with a password": (
        lambda data: b"\xd0\xcf\x11\xe0" + bytes(600),
        "workbook-old",
    ),
    "locked parts": (locked, "workbook-old"),
    "packed by an unknown method": (with_method(99), "workbook-damaged"),
    "packed by a method it is not": (with_method(12), "workbook-damaged"),
    "packed by LZMA, which it is not": (with_method(14), "workbook-damaged"),
    "an archive of something else": (lambda data: packed({"a.txt": b"a"}), "workbook-damaged"),
    "an empty archive": (lambda data: packed({}), "workbook-damaged"),
    "no sheet": (without(_SHEET), "workbook-damaged"),
    "no list of sheets": (without("xl/workbook.xml"), "workbook-damaged"),
    "no list of parts": (without("[Content_Types].xml"), "workbook-damaged"),
    "a sheet that is no XML": (with_sheet(b"party,amount"), "workbook-damaged"),
    "a sheet that is half": (in_sheet(b"</sheetData>", b"<row"), "workbook-damaged"),
    "a text that is not there": (
        _rows(b'<row><c t="s"><v>1</v></c></row>', b"party"),
        "workbook-damaged",
    ),
    "a number that is none": (_rows(b'<row><c r="A1"><v>8</vx</c></row>'), "workbook-damaged"),
    "a cell nowhere": (in_sheet(b'r="A1"', b'r="1A"'), "workbook-damaged"),
    "entities without end": (entities, "workbook-damaged"),
    "entities without end, in UTF-16": (entities_in_utf16, "workbook-damaged"),
    "sixty megabytes of blanks": (with_sheet(b" " * 60_000_000), "workbook-large"),
    "a row beyond all rows": (
        _rows(b'<row r="999999999999"><c r="A1"><v>1</v></c></row>'),
        "too-many-rows",
    ),
    "more rows than a city has": (_rows(b"<row><c><v>1</v></c></row>" * 101_000), "too-many-rows"),
    "the widest rows there are": (_rows(b'<row><c r="XFD1"><v>1</v></c></row>' * 400), "too-large-file"),
    "one long text in every cell": (
        _rows(b"<row>" + b'<c t="s"><v>0</v></c>' * 10_000 + b"</row>", b"x" * 1_000_000),
        "too-large-file",
    ),
}
