"""Faults of the program that are known and not yet mended: runs stay usable meanwhile.

Each names the invariant it violates, what the words of the violation have in common, and why it is there. A
run counts what it met of them. Whoever mends one takes its lines out; the invariant holds it from then on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Known:
    invariant: str
    words: str
    reason: str


KNOWN: tuple[Known, ...] = (
    Known(
        "who_is_asked_on_an_hour_clock_is_reached",
        "leased.*, after receipts that failed$",
        "receipts that cannot be written leave their messages leased, and no other way is taken",
    ),
)


def reason(violation: str) -> str:
    """Why a violation "invariant: what was seen" is known, or nothing."""
    name, _, seen = violation.partition(": ")
    found = (
        each.reason for each in KNOWN if each.invariant == name and re.search(each.words, seen, re.DOTALL)
    )
    return next(found, "")
