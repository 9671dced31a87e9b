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
    LINKED = "linked"  # came by the link of a message
    PERSON = "person"  # of the directory
    DESK = "desk"  # a screen in a duty room: those of one unit use it, and name themselves when they act
    UNIT = "unit"  # belongs to the unit that what is looked at concerns
    SUPERVISOR = "supervisor"  # belongs to the unit that supervises, or coordinates
    OFFICE = "office"  # the office at its keyboard, which keeps the program


class Sight(StrEnum):
    """What there is to be seen."""

    ENTRANCE = "entrance"  # signing in, the look of pages, whether the program lives
    MESSAGE = "message"  # what one message is about, for whom it was sent to
    OWN = "own"  # what concerns oneself or one's desk, and one's session
    SELF = "self"  # oneself: what one is told and over what, the PIN, all sessions of one's own
    UNITS = "units"  # the deadlines of one unit
    WHOLE = "whole"  # all deadlines, the board, the bulletin
    KEEPING = "keeping"  # files, nodes, messages to others


_ALL = frozenset(Eye)
_SIGNED_IN = frozenset({Eye.PERSON, Eye.DESK, Eye.UNIT, Eye.SUPERVISOR, Eye.OFFICE})

SIGHTS: Mapping[Sight, frozenset[Eye]] = {
    Sight.ENTRANCE: _ALL,
    Sight.MESSAGE: frozenset({Eye.LINKED}),
    Sight.OWN: _SIGNED_IN,
    Sight.SELF: frozenset({Eye.PERSON}),
    Sight.UNITS: frozenset({Eye.UNIT, Eye.SUPERVISOR, Eye.OFFICE}),
    Sight.WHOLE: frozenset({Eye.SUPERVISOR, Eye.OFFICE}),
    Sight.KEEPING: frozenset({Eye.OFFICE}),
}


def sees(sight: Sight, eyes: Collection[Eye]) -> bool:
    """Whether somebody who is all this sees it."""
    return bool(SIGHTS[sight].intersection(eyes))
