"""What this program hands out and knows again: texts signed with a key that only its nodes hold.

A sign is an HMAC (RFC 2104) over a purpose and the values it vouches for, so that a sign made for one thing
is none for another. It is written in small letters and digits: it stands in addresses of pages and of mail,
and some mail servers do not keep capitals.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence

#: bytes of a sign: 128 bits, RFC 2104 section 5 asks for half of the hash at least
_SIGNED = 16
#: bytes of a key
KEY_BYTES = 32


def sign(key: bytes, purpose: str, values: Sequence[str]) -> str:
    """The sign of these values, in this order; 26 letters and digits."""
    whole = b"".join(_measured(each) for each in (purpose, *values))
    return _text(hmac.new(key, whole, hashlib.sha256).digest()[:_SIGNED])


def signed(keys: Sequence[bytes], purpose: str, values: Sequence[str], given: str) -> bool:
    """Whether somebody who held one of these keys signed these values; capitals may have come in between."""
    lowered = given.lower().encode("utf-8", "surrogatepass")
    return any(hmac.compare_digest(sign(key, purpose, values).encode(), lowered) for key in keys)


def number_text(number: int) -> str:
    """A number from 0 below 2 ** 64 in few small letters and digits."""
    return _text(number.to_bytes((number.bit_length() + 7) // 8 or 1))


def number_of(text: str) -> int | None:
    """The number of such a text, None where it is none."""
    lowered = text.lower()
    if not 1 < len(lowered) <= 13 or not lowered.isascii():
        return None
    try:
        found = base64.b32decode(lowered.upper() + "=" * (-len(lowered) % 8))
    except ValueError:
        return None
    number = int.from_bytes(found)
    return number if number_text(number) == lowered else None


def _measured(text: str) -> bytes:
    """With its length before it: ("ab", "c") is signed otherwise than ("a", "bc")."""
    content = text.encode("utf-8", "surrogatepass")
    return len(content).to_bytes(8) + content


def _text(content: bytes) -> str:
    return base64.b32encode(content).decode().rstrip("=").lower()
