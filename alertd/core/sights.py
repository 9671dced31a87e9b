"""Who sees what: the table beside the one of who may do what (core/rights.py).

What is asked for by everybody who is signed in is small by itself: one's own matters. The rest depends on
what somebody is to the unit or to the whole.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum


class Eye(StrEnum):
    """What somebody who looks is; one person may be several."""

    ANYBODY = "anybody"  # not signed in
    PERSON = "person"  # of the directory
    UNIT = "unit"  # belongs to the unit that what is looked at concerns
    SUPERVISOR = "supervisor"  # belongs to the unit that supervises, or coordinates
    OFFICE = "office"  # the office at its keyboard, which keeps the program


class Sight(StrEnum):
    """What there is to be seen."""

    ENTRANCE = "entrance"  # signing in, the look of pages, whether the program lives
    OWN = "own"  # what concerns oneself, and one's session
    UNITS = "units"  # the deadlines of one unit
    WHOLE = "whole"  # all deadlines, the board, the bulletin
    KEEPING = "keeping"  # files, nodes, messages to others


_ALL = frozenset(Eye)
_SIGNED_IN = frozenset({Eye.PERSON, Eye.UNIT, Eye.SUPERVISOR, Eye.OFFICE})

SIGHTS: Mapping[Sight, frozenset[Eye]] = {
    Sight.ENTRANCE: _ALL,
    Sight.OWN: _SIGNED_IN,
    Sight.UNITS: frozenset({Eye.UNIT, Eye.SUPERVISOR, Eye.OFFICE}),
    Sight.WHOLE: frozenset({Eye.SUPERVISOR, Eye.OFFICE}),
    Sight.KEEPING: frozenset({Eye.OFFICE}),
}


def sees(sight: Sight, eyes: Collection[Eye]) -> bool:
    """Whether somebody who is all this sees it."""
    return bool(SIGHTS[sight].intersection(eyes))
