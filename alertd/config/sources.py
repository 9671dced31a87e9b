"""Bytes of admins' files to text: encodings, sizes, what cannot be read."""

from __future__ import annotations

import codecs
import errno
import os
import stat
from pathlib import Path

from alertd.config.faults import Fault, shown

LARGEST_FILE = 5_000_000
#: what every Excel workbook begins with: it is a ZIP archive (APPNOTE.TXT 4.3.7)
WORKBOOK = b"PK\x03\x04"
_SUFFIXES = (".toml", ".csv")
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
#: what GB18030 decodes to when the bytes were something else
_PRIVATE_USE = ("\ue000", "\uf8ff")


def read_source(path: Path, file: str | None = None) -> tuple[str, tuple[Fault, ...]]:
    """The text of a file, or what keeps it from being read. Never raises.

    UTF-8 with or without byte order mark; a CSV or .txt may also be GB18030, usual in China. `file` is
    the name used in faults. With faults the text is empty.
    """
    name = file or str(path)
    data, faults = bytes_of(path, name)
    return ("", faults) if faults else decode(data, name)


def bytes_of(path: Path, file: str) -> tuple[bytes, tuple[Fault, ...]]:
    """The bytes of a regular file of a sane size, or what keeps them from being read. Never raises."""
    try:
        data = read_regular(path)
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        reason = getattr(error, "strerror", None) or type(error).__name__
        return b"", (Fault(file, 1, 1, "unreadable", {"reason": reason}),)
    if len(data) > LARGEST_FILE:
        return b"", (Fault(file, 1, 1, "too-large-file", {"limit": str(LARGEST_FILE // 1_000_000)}),)
    return data, ()


def read_regular(path: Path) -> bytes:
    """The bytes of a regular file, at most one more than LARGEST_FILE. Raises OSError.

    A pipe would wait for a writer and a device has no end: neither is opened to the point of waiting, nor
    read, whatever took the file's place meanwhile.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        kind = os.fstat(handle).st_mode
        if stat.S_ISDIR(kind):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(kind):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        with os.fdopen(handle, "rb", closefd=False) as opened:
            return opened.read(LARGEST_FILE + 1)
    finally:
        os.close(handle)


def decode(data: bytes, file: str) -> tuple[str, tuple[Fault, ...]]:
    """The text of a file's bytes; see read_source."""
    if data.startswith(WORKBOOK):
        return "", (Fault(file, 1, 1, "encoding-workbook"),)
    if data.startswith(_UTF16_MARKS) or _looks_like_utf16(data):
        return "", (Fault(file, 1, 1, "encoding-utf16"),)
    data = data.removeprefix(codecs.BOM_UTF8)  # or the places of what is wrong would be three bytes off
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _decode_other(data, file, error)
    nul = text.find("\0")
    if nul >= 0:
        return "", (Fault(file, text.count("\n", 0, nul) + 1, nul - text.rfind("\n", 0, nul), "nul"),)
    return text, ()


def read_texts(folder: Path) -> tuple[dict[str, str], tuple[Fault, ...]]:
    """All .toml and .csv files below a folder, by name relative to the folder's parent, in sorted order.

    Hidden files and what editors and Excel leave beside a file (`~$people.csv`, `people.csv~`) are not read.
    """
    texts: dict[str, str] = {}
    faults: list[Fault] = []
    for path in sorted(_files_below(folder, faults)):
        file = f"{folder.name}/{path.relative_to(folder).as_posix()}"
        text, found = read_source(path, shown(file))
        if not found and not _is_text(file):
            reason = {"reason": os.strerror(errno.EILSEQ)}
            found = (Fault(shown(file), 1, 1, "unreadable", reason),)
        faults += found
        if not found:
            texts[file] = text
    return texts, tuple(faults)


def _is_text(name: str) -> bool:
    """Whether a name is text; one with bytes that are none could not be stored with what the file says."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _files_below(folder: Path, faults: list[Fault]) -> list[Path]:
    def note(error: OSError) -> None:
        reason = error.strerror or type(error).__name__
        faults.append(Fault(shown(error.filename or folder.name), 1, 1, "unreadable", {"reason": reason}))

    found: list[Path] = []
    for parent, folders, files in os.walk(folder, onerror=note, followlinks=False):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [Path(parent, name) for name in files if _is_ours(name)]
    return found


def _is_ours(name: str) -> bool:
    return name.lower().endswith(_SUFFIXES) and not name.startswith((".", "~"))


def _looks_like_utf16(data: bytes) -> bool:
    sample = data[:200]
    nuls = max(sample[0::2].count(0), sample[1::2].count(0))
    return len(sample) >= 4 and nuls * 3 > len(sample)


def _decode_other(data: bytes, file: str, error: UnicodeDecodeError) -> tuple[str, tuple[Fault, ...]]:
    before = data[: error.start].decode("utf-8")
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        text = ""
    if not text or "\0" in text or any(_PRIVATE_USE[0] <= c <= _PRIVATE_USE[1] for c in text):
        return "", (Fault(file, line, column, "encoding-unknown", {"byte": f"0x{data[error.start]:02X}"}),)
    if file.lower().endswith((".csv", ".txt")):
        return text, ()
    return "", (Fault(file, line, column, "encoding-gb18030"),)
