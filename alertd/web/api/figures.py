"""Figures at the word of another system: entries towards a quota, and figures of a rate or a stock."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from alertd.core.measures import Fraction
from alertd.engine.operations import progress, rating, tokens
from alertd.engine.operations.progress import MOST_PER_ENTRY
from alertd.engine.ruling.naming import obligation_named, party_named
from alertd.web.api.endpoint import Ask, Reply
from alertd.web.api.given import Day, Given, Name, Remark

_MOST_ENTRIES = 500
#: figures of a rate: what one unit can have of anything
_LARGEST = 1e12


class Entry(Given):
    """So much on a day, of a unit or of an officer by number; less than nought takes back."""

    party: Name
    amount: Annotated[float, Field(ge=-MOST_PER_ENTRY, le=MOST_PER_ENTRY)]
    on: Day
    note: Remark = ""
    case: Annotated[Remark, Field(description="the case it counts for, where it is counted by case")] = ""


class Entries(Given):
    """Entries towards one quota: all of them are taken, or none."""

    obligation: Name
    entries: Annotated[tuple[Entry, ...], Field(min_length=1, max_length=_MOST_ENTRIES)]


class Added(Reply):
    """The new totals by party, and the deadlines (ids) that were met by it or are owed again."""

    totals: dict[str, float]
    met: tuple[str, ...]
    reopened: tuple[str, ...]
    exceeded: tuple[str, ...]


class Rate(Given):
    """So many of so many on a day. Given again for the same day it takes the place of what was said."""

    obligation: Name
    party: Name
    numerator: Annotated[float, Field(ge=0, le=_LARGEST)]
    denominator: Annotated[float, Field(ge=0, le=_LARGEST)]
    on: Day
    note: Remark = ""


class Rated(Reply):
    """What the day had before, where the deadline stands now in per cent, what is closed or owed again."""

    before: tuple[float, float] | None
    percent: float | None
    closed: tuple[str, ...]
    reopened: tuple[str, ...]


def add(ask: Ask) -> Added:
    register = ask.scope.world.register
    entries = [
        progress.Entry(_party(ask, each.party), each.amount, each.on, each.note, each.case or None)
        for each in ask.asked.entries
    ]
    done = progress.add(ask.scope, obligation_named(register, ask.asked.obligation), entries)
    return Added(totals=dict(done.totals), met=done.met, reopened=done.reopened, exceeded=done.exceeded)


def rate(ask: Ask) -> Rated:
    given, register = ask.asked, ask.scope.world.register
    name, party = obligation_named(register, given.obligation), _party(ask, given.party)
    fraction = Fraction(given.numerator, given.denominator)
    done = rating.set_rate(ask.scope, name, party, fraction, given.on, given.note)
    before = (done.old.numerator, done.old.denominator) if done.old else None
    return Rated(before=before, percent=done.percent, closed=done.closed, reopened=done.reopened)


def _party(ask: Ask, name: str) -> str:
    """A unit, or an officer of one. Raises Refused, also where the token is not for that unit."""
    scope, register = ask.scope, ask.scope.world.register
    party = party_named(register, name)
    member = register.roster.get(party)
    tokens.need_parties(scope.world, ask.bearer, [member.unit if member else party], scope.now)
    return party
