"""What a case, or an event that is given a name, may be called: it stands in addresses and on telephones."""

from __future__ import annotations

import re
import unicodedata

#: begins and ends with a letter or a figure: `-x` would be an option, `..` a folder
_ID = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,118}[a-z0-9])?")
_NOT_IN_ID = re.compile(r"[^a-z0-9.-]+")
_LONGEST = 120


def as_case_id(text: str) -> str:
    """The id that is meant: lower case, half width, no blanks around it; "" where it would be none."""
    found = _lowered(text)
    return found if _ID.fullmatch(found) else ""


def near_case_id(text: str, otherwise: str) -> str:
    """An id like `text` that would do; `otherwise` where nothing of it is left."""
    return _NOT_IN_ID.sub("-", _lowered(text)).strip("-.")[:_LONGEST].rstrip("-.") or otherwise


def _lowered(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().lower()
