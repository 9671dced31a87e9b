"""Text from outside, made fit to be stored, shown and sent: one line, bounded, without what only confuses.

A provider, a file or a person may give anything: half of a surrogate pair, which no database takes, line
breaks that begin a header of their own, marks that turn the direction of what follows, or a megabyte.

What a person gives is refused where it is unfit, with the place (`fit`): nobody is to find words of theirs
changed. What a machine gives is cut to size (`one_line`): there is nobody to ask. No text has several lines:
all of them stand in tables, subjects and on telephones too, and a break that somebody typed becomes a blank.

How long a text may be is its type: `Line`, `Remark` or `PersonName`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Annotated

#: stands for what had to be cut off
CUT = "…"


@dataclass(frozen=True, slots=True)
class AtMost:
    """Marks a text from outside with how many characters it may have: `Annotated[str, AtMost(300)]`."""

    characters: int


@dataclass(frozen=True, slots=True)
class Ours:
    """Marks a text that the program made, or looks at without keeping it."""


#: characters of a name, a title, an id as somebody types it, or any other text of one line
LONGEST_LINE = 300
#: characters of what somebody says about something: a paragraph
LONGEST_REMARK = 1000
#: characters of a person's name: it stands in columns of 80, and together with an account in those of 200
LONGEST_PERSON_NAME = 80

Line = Annotated[str, AtMost(LONGEST_LINE)]
Remark = Annotated[str, AtMost(LONGEST_REMARK)]
PersonName = Annotated[str, AtMost(LONGEST_PERSON_NAME)]
OwnText = Annotated[str, Ours()]


class UnfitText(ValueError):
    """A text that may not stand as it is. `at` is the place of the first character that is wrong, from 0.

    `code` is "unfit-text" (a character that may not stand there: `values["code"]`) or "long-text" (of
    `values["count"]` characters, where `values["most"]` are allowed).
    """

    def __init__(self, code: str, at: int, /, **values: str) -> None:
        super().__init__(code)
        self.code = code
        self.at = at
        self.values = values


def fit(text: str, most: int) -> str:
    """`text` in normal form C on one line; a line break or a tab, with the blanks around it, is one blank.

    Raises UnfitText for what turns the line, hides in it or is no character, and for more than `most`
    characters.
    """
    if len(text) > most * _LOOKED_AT:
        raise UnfitText("long-text", most, count=str(len(text)), most=str(most))
    if not text.isprintable():
        for at, each in enumerate(text):
            if _fit(each) in (" ", "") and unicodedata.category(each) != "Zs" and each not in _BREAK:
                raise UnfitText("unfit-text", at, code=f"U+{ord(each):04X}")
        text = _BREAKS.sub(" ", text)
    text = unicodedata.normalize("NFC", text)
    if len(text) > most:
        raise UnfitText("long-text", most, count=str(len(text)), most=str(most))
    return text


def one_line(text: str, most: int) -> str:
    """`text` in normal form C on one line of at most `most` characters.

    Control characters and line separators become blanks, runs of blanks one; what has no shape of its own
    goes (Unicode categories Cf and Cs, and noncharacters), but for the two that join letters.
    """
    text = unicodedata.normalize("NFC", text[: most * _LOOKED_AT])
    kept = text if text.isprintable() else "".join(_fit(character) for character in text)
    line = " ".join(kept.split())
    return line if len(line) <= most else line[: most - len(CUT)].rstrip() + CUT


_BREAK = "\t\n\v\f\r\x85\u2028\u2029"
_BREAKS = re.compile(rf"\s*[{_BREAK}]\s*")
#: a text is looked at no further than so many times what may be kept of it
_LOOKED_AT = 8
#: zero-width non-joiner and joiner: letters of several scripts are written with them
_JOINERS = "\u200c\u200d"


def _fit(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Cc", "Zl", "Zp", "Zs"):
        return " "
    # What Python does not know yet (Cn) and what is private (Co) may be a rare hanzi of somebody's name.
    shapeless = (
        category in ("Cf", "Cs") or ord(character) & 0xFFFE == 0xFFFE or "\ufdd0" <= character <= "\ufdef"
    )
    return "" if shapeless and character not in _JOINERS else character
