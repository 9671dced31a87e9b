"""What a text message is to the network: its alphabet, its length, and of how many parts it is made. Pure.

Sources: 3GPP TS 23.038, 6.2.1 (the default alphabet and its extension table: a character of the extension
takes two septets) and 6.2.3 (UCS-2: as telephones use it, UTF-16 code units); 3GPP TS 23.040, 9.2.3.24.1
(a message in parts loses six octets of each to a header: 153 septets or 67 units are left). Neither an
escape and what it escapes nor the two halves of a surrogate pair stand in different parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")


class Alphabet(StrEnum):
    """In what the characters of a message are written: in septets or, all of them, in 16 bits each."""

    GSM7 = "gsm-7"
    UCS2 = "ucs-2"


#: how much one message may hold alone, and each of several parts
ALONE = {Alphabet.GSM7: 160, Alphabet.UCS2: 70}
IN_PARTS = {Alphabet.GSM7: 153, Alphabet.UCS2: 67}


@dataclass(frozen=True, slots=True)
class Counted:
    """A text as the network counts it. `length` is in septets, or in units of 16 bits."""

    alphabet: Alphabet
    length: int
    parts: int


@dataclass(frozen=True, slots=True)
class Texting:
    """What the file of a channel of text messages says that concerns their words and number.

    `language` is what they are written in, "" for each reader's own; `heard` says that texts which come back
    are read; at most `per_person` leave in a day to one person, and `per_day` over the channel: 0 for no end.
    """

    signature: str
    language: str = ""
    heard: bool = False
    per_person: int = 0
    per_day: int = 0
    #: how a registered text names its values: "{}" by name, "${}" likewise, "{1}" by their number
    named: str = "{}"


@dataclass(frozen=True, slots=True)
class Short:
    """A message in so few words that it is one text message.

    Providers of mainland China send no other texts than those registered with them, with `values` put into
    them, in their order: `kind` says which of them it is. `text` is the whole of it, but for the signature.
    """

    kind: str
    text: str
    values: Mapping[str, str] = field(default_factory=dict)


def signed(signature: str, text: str) -> str:
    """A text as the telephone shows it: who sends it stands before it, as the rules of mainland China ask."""
    return f"【{signature}】{text}" if signature else text


def counted(text: str) -> Counted:
    """How a text is sent. A text of nothing is one part."""
    alphabet = alphabet_of(text)
    sizes = [_size(character, alphabet) for character in text]
    length = sum(sizes)
    return Counted(alphabet, length, 1 if length <= ALONE[alphabet] else _parts(sizes, IN_PARTS[alphabet]))


def alphabet_of(text: str) -> Alphabet:
    """One character outside the default alphabet, and all of them take 16 bits."""
    return Alphabet.GSM7 if all(each in _BASIC or each in _EXTENDED for each in text) else Alphabet.UCS2


def _size(character: str, alphabet: Alphabet) -> int:
    if alphabet is Alphabet.GSM7:
        return 2 if character in _EXTENDED else 1
    return 2 if ord(character) > 0xFFFF else 1


def _parts(sizes: Iterable[int], room: int) -> int:
    """Characters are put one after the other into parts, each whole into one of them."""
    parts, left = 0, 0
    for size in sizes:
        if size > left:
            parts, left = parts + 1, room
        left -= size
    return parts
