"""Telephone numbers as the network writes them: E.164, a plus and at most 15 digits. Pure.

Sources: ITU-T E.164; for numbers of mobile telephones in mainland China, 11 digits that begin with 1, the
numbering plan of the Ministry of Industry and Information Technology (《電信網編號計劃》).
"""

from __future__ import annotations

import re
import unicodedata

#: the country of numbers that name none
HOME = "86"
#: what people put between digits; the plus may stand first only
_BETWEEN = re.compile(r"[\s().·\-‐‑–—/]+")
_PLUS = re.compile(r"\+[1-9]\d{6,14}")
_CHINESE_MOBILE = re.compile(r"1[3-9]\d{9}")
_NATIONAL = re.compile(r"\d{4,14}")


def e164(text: str, country: str = HOME) -> str:
    """A number as the network writes it; "" where it is none that a text message can go to.

    Without a plus or 00 it is one of `country`, with or without the 0 that is dialled before it there. Of
    mainland China only mobile numbers are: a fixed line takes no text.
    """
    plain = _BETWEEN.sub("", unicodedata.normalize("NFKC", text))
    if plain.startswith("00"):
        plain = "+" + plain[2:]
    if not plain.startswith("+"):
        if not _NATIONAL.fullmatch(plain):
            return ""
        mine = country == HOME and len(plain) == 13 and plain.startswith(HOME)
        plain = f"+{plain}" if mine else f"+{country}{plain.lstrip('0')}"
    if not _PLUS.fullmatch(plain):
        return ""
    if plain.startswith(f"+{HOME}") and not _CHINESE_MOBILE.fullmatch(plain[len(HOME) + 1 :]):
        return ""
    return plain
