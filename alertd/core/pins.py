"""The PIN that an officer gives at a screen that others use too: which are fit, and what is kept of one.

What is kept is slow to compute on purpose (scrypt, RFC 7914): six digits have only a million values, and
whoever reads the store is to need days for one of them. Never compute it while a transaction is open.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from itertools import pairwise

SHORTEST, LONGEST = 6, 12
#: the cost: 2 ** _LOG2N blocks of 128 * _R bytes (16 MiB), _P times (OWASP Password Storage Cheat Sheet)
_LOG2N, _R, _P = 14, 8, 5
#: bytes of the salt, and of the result
SALT, _BYTES = 16, 32
_MOST_MEMORY = 64 * 1024 * 1024
_NAME = "scrypt"


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def is_fit(pin: str) -> bool:
    """Whether it is digits alone, long enough, and none of those that are tried first."""
    if not (pin.isascii() and pin.isdigit() and SHORTEST <= len(pin) <= LONGEST):
        return False
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    return not (len(steps) == 1 and steps <= {0, 1, 9})


def kept_of(pin: str, salt: bytes) -> str:
    """What is kept of a PIN: the way it was computed, its salt (SALT random bytes), and the result."""
    return "$".join((_NAME, str(_LOG2N), str(_R), str(_P), _text(salt), _text(_computed(pin, salt))))


#: kept of no PIN at all: computed for whoever has none, so that the answer takes as long
OF_NOBODY = f"{_NAME}${_LOG2N}${_R}${_P}${_text(bytes(SALT))}$"


def is_same(pin: str, kept: str) -> bool:
    """Whether it is the PIN of which this was kept; never, where that cannot be read."""
    try:
        name, log2n, r, p, salt, result = kept.split("$")
        if name != _NAME:
            return False
        found = _computed(pin, base64.b64decode(salt, validate=True), int(log2n), int(r), int(p))
        return hmac.compare_digest(found, base64.b64decode(result, validate=True))
    except (ValueError, binascii.Error):
        return False


def _computed(pin: str, salt: bytes, log2n: int = _LOG2N, r: int = _R, p: int = _P) -> bytes:
    return hashlib.scrypt(
        pin.encode("utf-8", "replace"),
        salt=salt,
        n=2**log2n,
        r=r,
        p=p,
        maxmem=_MOST_MEMORY,
        dklen=_BYTES,
    )
