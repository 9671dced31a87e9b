"""The duty to supply figures: when it is asked for, apart from the ladder of the deadline itself. Pure."""

from __future__ import annotations

from datetime import date, datetime

from alertd.core.calendar import WorkCalendar
from alertd.core.escalation import Reach
from alertd.core.limits import limits_after
from alertd.core.model import Anchor, Step, StepTime, Supply
from alertd.core.periods import following, occurrence_at
from alertd.core.timing import OfficeHours, Rule, RuleKind

#: how many working days before the limit the figures are asked for
AHEAD = 3
#: asked within the level of ordinary reminders; nobody above those the files name hears of it
LEVEL = 1


def supply_reaches(
    supply: Supply, first: date, last: date, calendar: WorkCalendar, office: OfficeHours
) -> tuple[Reach, ...]:
    """Two short reminders after each period between two days: before its limit, and once it is over.

    Both fall away when there are figures for that period: `unless` holds "figures:LABEL".
    """
    reaches: list[Reach] = []
    occurrence = occurrence_at(supply.every, first)
    while occurrence.last_day <= last:
        for name, at in _moments(supply, occurrence.last_day, calendar, office):
            when = StepTime(text=name, anchor=Anchor.OPENS)
            step = Step(
                f"{name}.{occurrence.label}",
                when,
                supply.to,
                frozenset(supply.to),
                LEVEL,
                unless=frozenset({f"figures:{occurrence.label}"}),
                each=supply.every,  # like a pace check, it is nobody's debt from before the first day
            )
            reaches.append(Reach(step.id, at, step))
        occurrence = following(occurrence, supply.every)
    return tuple(reaches)


def supply_limit(supply: Supply, ended: date, calendar: WorkCalendar, office: OfficeHours) -> date:
    """The last day on which figures of a period that ended then are supplied in time."""
    rule = Rule("", RuleKind.ELAPSED, maximum=supply.within)
    limits = limits_after(rule, calendar.instant(ended, office.closes), calendar, office)
    return limits.last_day or ended


def _moments(
    supply: Supply, ended: date, calendar: WorkCalendar, office: OfficeHours
) -> list[tuple[str, datetime]]:
    limit = supply_limit(supply, ended, calendar, office)
    before = max(calendar.previous_workday(limit, AHEAD), calendar.next_workday(ended, 1))
    return [
        ("figures", calendar.instant(min(before, limit), office.opens)),
        ("figures-late", calendar.instant(calendar.next_workday(limit, 1), office.opens)),
    ]
