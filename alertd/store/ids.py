"""Row ids made by the writer, so that parents and children can be inserted in bulk without asking back.

63 bits: milliseconds since 2020, then 22 random bits to start each millisecond. Ascending within a process;
two nodes that ever draw the same id collide on the primary key and make their transaction again.
"""

from __future__ import annotations

import random
import time

_EPOCH_MS = 1_577_836_800_000
_random = random.SystemRandom()
_last = 0


def new_id() -> int:
    """The next id. Not guessable is not a goal; unique and ascending is."""
    global _last
    candidate = (int(time.time() * 1000) - _EPOCH_MS) << 22
    if candidate <= _last:
        _last += 1
    else:
        _last = candidate | _random.getrandbits(20)
    return _last


def ids_before(seconds: float) -> int:
    """What ids made on this machine more than so many seconds ago are smaller than."""
    return (int((time.time() - seconds) * 1000) - _EPOCH_MS) << 22


def new_id_after(last: int | None) -> int:
    """An id behind `last`, whatever the clock of the machine that made that; for an order of entry."""
    made = new_id()
    return made if last is None or made > last else last + 1 + _random.getrandbits(20)
