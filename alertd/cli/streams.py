"""Standard streams and arguments as a command finds them: closed, full, or in an old encoding."""

from __future__ import annotations

import errno
import io
import os
import sys
from pathlib import Path
from typing import TextIO, cast

#: a character every encoding for Chinese holds
_PROBE = "中"
#: what writing to a full or broken disk answers
_UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


def prepare() -> None:
    """Let every stream take what commands print: none is missing, no character stops the program.

    For the entry point only, before anything is printed.
    """
    if sys.stdin is None:
        sys.stdin = _nothing("r")
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by who called, as in `alertd list >&-`
            setattr(sys, name, _nothing("w"))
        elif isinstance(stream, io.TextIOWrapper):
            holds = _holds_chinese(stream.encoding)
            stream.reconfigure(encoding=stream.encoding if holds else "utf-8", errors="replace")


def arguments() -> list[str]:
    """What was typed, read as UTF-8 where the locale's encoding has no Chinese."""
    holds = _holds_chinese(sys.getfilesystemencoding())
    return [word if holds and _is_text(word) else _reread(word) for word in sys.argv[1:]]


def unwritable(error: BaseException) -> bool:
    """Whether stdout or stderr could not take the output, as on a full disk."""
    return isinstance(error, OSError) and error.filename is None and error.errno in _UNWRITABLE


def abandon() -> None:
    """Forget what stdout still holds, so that leaving the program does not try to write it once more."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
    except (OSError, ValueError):
        return


def _nothing(mode: str) -> TextIO:
    return cast(TextIO, Path(os.devnull).open(mode, encoding="utf-8"))


def _holds_chinese(encoding: str) -> bool:
    try:
        _PROBE.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _is_text(word: str) -> bool:
    try:
        word.encode()
    except UnicodeEncodeError:  # bytes that the locale's encoding could not read
        return False
    return True


def _reread(word: str) -> str:
    return os.fsencode(word).decode("utf-8", "replace")
