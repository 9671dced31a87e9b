"""How Telegram counts and cuts text.

The Bot API limits a message to 4096 characters and counts offsets in UTF-16 code units (MessageEntity), so a
character beyond the basic plane, such as an emoji or a rare hanzi, counts two.
"""

from __future__ import annotations

import unicodedata

TEXT_LIMIT = 4096  # UTF-16 units, sendMessage
_JOINER = "\u200d"


def utf16_length(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)


def split_text(text: str, limit: int = TEXT_LIMIT) -> list[str]:
    """Parts of at most `limit` (2 or more) UTF-16 units, never cut inside what is read as one character.

    Cut at a line's end where one is in the second half of a part. At least one part; further ones are never
    blank, which Telegram refuses.
    """
    parts: list[str] = []
    while utf16_length(text) > limit:
        end = _end_of_part(text, limit)
        line = text.rfind("\n", end // 2, end + 1)
        cut = line if line > 0 else end
        parts.append(text[:cut].rstrip())
        text = text[cut:].lstrip("\n") if line > 0 else text[cut:]
    parts.append(text)
    return [part for part in parts if part.strip()] or parts[:1]


def _end_of_part(text: str, limit: int) -> int:
    fits = _that_fit(text, limit)
    end = fits
    while end > fits // 2 and _joined(text[end - 1], text[end]):
        end -= 1
    return end if end > fits // 2 else fits  # text made of marks only has no better place


def _that_fit(text: str, limit: int) -> int:
    units = 0
    for index, character in enumerate(text):
        units += utf16_length(character)
        if units > limit:
            return index
    return len(text)


def _joined(before: str, after: str) -> bool:
    """Combining marks, variation selectors, joiners and skin tones belong to what stands before them."""
    mark = unicodedata.category(after).startswith("M") or "\U0001f3fb" <= after <= "\U0001f3ff"
    return mark or _JOINER in (before, after)
