"""The calculator: when something would be due by a rule, whether or not there is a duty of that kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from alertd.core.calendar import WorkCalendar
from alertd.core.limits import limits_after
from alertd.core.rules import in_year, parse_rule
from alertd.core.timing import Limits, OfficeHours, Rule, RuleKind
from alertd.core.turns import turn_limits
from alertd.engine.operations.moments import instant_of, refuse_day
from alertd.engine.ruling.world import World

#: so many turns of a recurring rule
_TURNS = 4


@dataclass(frozen=True, slots=True)
class Reckoned:
    """The limits by a rule, those of an urgent case where it has others, and the first turns."""

    rule: Rule
    limits: Limits
    turns: tuple[Limits, ...]
    urgent: Limits | None


def rule_of(text: str, today: date) -> Rule:
    """The rule a text says; a date without a year is one of this year. Raises TextError."""
    return in_year(parse_rule(text), today.year)


def reckon(
    rule: Rule, start: datetime, due: date | None, calendar: WorkCalendar, office: OfficeHours
) -> Reckoned:
    """Count from `start`; `due` is the date a rule "as stated" takes. Raises TextError."""

    def limits(urgent: bool) -> Limits:
        return limits_after(rule.chosen(urgent=urgent), start, calendar, office, due)

    recurring = range(1, _TURNS + 1) if rule.kind is RuleKind.RECURRING else ()
    turns = tuple(turn_limits(rule, start, number, calendar, office) for number in recurring)
    return Reckoned(rule, limits(False), turns, limits(True) if rule.urgent else None)


def reckon_in(
    world: World, now: datetime, text: str, after: date | datetime | None, due: date | None
) -> Reckoned:
    """The same by what rules now, from `after`, a day or an instant, or from now.

    Raises TextError, and Refused: "bare-date", "far-year".
    """
    rule = rule_of(text, world.today(now))
    if after is None:
        start = now.astimezone(world.zone).replace(second=0, microsecond=0)
    else:
        refuse_day(after, rule.text, rule.by_the_hour)
        start = instant_of(world, after)
    return reckon(rule, start, due, world.calendar, world.office)
