"""A message as a messenger shows it: a card with one button, or a plain text, of so many bytes at most. Pure.

Messengers count bytes of UTF-8 and cut what is beyond, wherever that is. So a message is shortened here, by
whole lines, and says how many it left out.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

_CUT = "…"
_JOINER = "\u200d"


@dataclass(frozen=True, slots=True)
class CardSize:
    """How many bytes a messenger takes: of a card, and of a text without one; `gap` ends a line of a card."""

    title: int
    text: int
    plain: int
    gap: int = 1


@dataclass(frozen=True, slots=True)
class Card:
    """What is shown. `link` is where the button leads; "" for a plain text, which has none."""

    title: str
    lines: tuple[str, ...]
    link: str = ""
    button: str = ""

    @property
    def plain(self) -> str:
        """All of it as one text."""
        return "\n".join((self.title, "", *self.lines)) if self.lines else self.title


def size_of(text: str) -> int:
    """Bytes of UTF-8."""
    return len(text.encode("utf-8", "replace"))


def cut(text: str, most: int) -> str:
    """At most so many bytes, with an ellipsis where something is missing.

    Nothing that people see as one character is taken apart.
    """
    if size_of(text) <= most:
        return text
    end, left = 0, most - size_of(_CUT)
    while end < len(text) and (left := left - size_of(text[end])) >= 0:
        end += 1
    while 0 < end < len(text) and _joined(text[end - 1], text[end]):
        end -= 1
    return text[:end].rstrip() + _CUT


def fitted(lines: Sequence[str], most: int, gap: int, more: Callable[[int], str]) -> tuple[str, ...]:
    """As many whole lines as fit; the last one then says how many `more` there are.

    Where not even the first one fits, it is cut.
    """
    for count in range(len(lines), 0, -1):
        left = len(lines) - count
        shown = (*lines[:count], *((more(left),) if left else ()))
        if length(shown, gap) <= most:
            return shown
    if not lines:
        return ()
    rest = more(len(lines) - 1) if len(lines) > 1 else ""
    room = most - (size_of(rest) + gap if rest else 0)
    return tuple(line for line in (cut(lines[0], room), rest) if line)


def length(lines: Sequence[str], gap: int) -> int:
    """Bytes of lines that each but the last end in so many more."""
    return sum(map(size_of, lines)) + gap * max(len(lines) - 1, 0)


def plain_card(subject: str, text: str, size: CardSize) -> Card:
    """A message of which nothing is known but its words, as a plain text."""
    title = cut(subject.strip(), size.text)
    lines = text.strip().split("\n") if text.strip() else []
    return Card(title, fitted(lines, size.plain - size_of(title) - 2, 1, lambda _: _CUT))


def stamped(card: Card, stamp: str, size: CardSize) -> Card:
    """The same card with something in front of it, and no longer than it may be."""
    room = size.title if card.link else size.plain - length(("", "", *card.lines), 1)
    return replace(card, title=cut(f"{stamp} {card.title}", max(room, size_of(stamp) + size_of(_CUT))))


def _joined(before: str, after: str) -> bool:
    """Combining marks, variation selectors, joiners and skin tones belong to what stands before them."""
    mark = unicodedata.category(after).startswith("M") or "\U0001f3fb" <= after <= "\U0001f3ff"
    return mark or _JOINER in (before, after)
