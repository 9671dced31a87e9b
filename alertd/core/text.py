"""Text from outside, made fit to be stored, shown and sent: one line, bounded, without what only confuses.

A provider, a file or a person may give anything: half of a surrogate pair, which no database takes, line
breaks that begin a header of their own, marks that turn the direction of what follows, or a megabyte.
"""

from __future__ import annotations

import re
import unicodedata

#: stands for what had to be cut off
CUT = "…"


def one_line(text: str, most: int) -> str:
    """`text` in normal form C on one line of at most `most` characters.

    Control characters and line separators become blanks, runs of blanks one; formatting characters without a
    shape of their own go (Unicode categories Cc, Zl, Zp, Cf, Cs, Co, Cn), but for the two that join letters.
    """
    text = unicodedata.normalize("NFC", text[: most * _LOOKED_AT])
    kept = "".join(_fit(character) for character in text)
    line = " ".join(kept.split())
    return line if len(line) <= most else line[: most - len(CUT)].rstrip() + CUT


def unbroken(text: str) -> str:
    """`text` on one line: a line break or a tab, with the blanks around it, is one blank."""
    return _BREAKS.sub(" ", text)


_BREAKS = re.compile(r"\s*[\t\n\v\f\r\x85\u2028\u2029]\s*")


def unfit(text: str) -> int | None:
    """The place of the first character that has none in one line for people; None where all may stand.

    A blank of any width may; what ends a line, turns it or cannot be seen may not.
    """
    for at, each in enumerate(text):
        if _fit(each) in (" ", "") and unicodedata.category(each) != "Zs":
            return at
    return None


#: a text is looked at no further than so many times what may be kept of it
_LOOKED_AT = 8
#: zero-width non-joiner and joiner: letters of several scripts are written with them
_JOINERS = "\u200c\u200d"


def _fit(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Cc", "Zl", "Zp", "Zs"):
        return " "
    return "" if category[0] == "C" and character not in _JOINERS else character
