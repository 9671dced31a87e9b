"""Duties of the calendar that open nothing more: their dates are past, or none is in their validity.

Nobody is reminded of them, and nothing is late, so that nobody would ever notice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time

from alertd.core.calendar import WorkCalendar
from alertd.core.model import Obligation
from alertd.core.occurrences import occurrences_due_after
from alertd.core.timing import OfficeHours, RuleKind
from alertd.core.validity import overlaps

#: periods looked at: one that is about the year before, the one after it, and the first whole one
_LOOKED_AT = 3
#: the days one rule may name in its year are fewer
_DAYS_OF_A_YEAR = 400
_PLAN_YEAR = re.compile(r"[0-9]{4}")


@dataclass(frozen=True, slots=True)
class Never:
    """Why a duty opens nothing from now on, and the day that says so; None where no day does.

    "past": its only dates, the last of which is `day`, are over. "ended": `valid_to` is over. "excluded": no
    period of the rule lies in its validity. "outside-plan": `day` is neither in the year of its plan nor in
    the next one, in which reports about it are due; it is opened all the same, once it is in the future.
    """

    why: str
    day: date | None = None


def opens_nothing(
    duty: Obligation, now: datetime, calendar: WorkCalendar, office: OfficeHours
) -> Never | None:
    """Why a duty opens nothing from `now` on; None where it does, or where events start it."""
    rule = duty.rule
    if rule.kind is not RuleKind.CALENDAR:
        return None
    if rule.year is not None:
        return _of_one_year(duty, rule.year, now, calendar, office)
    since = calendar.instant(duty.valid_from, time(0)) if duty.valid_from else now
    coming = occurrences_due_after(rule, max(now, since), calendar, office, _LOOKED_AT)
    if any(overlaps(duty, each.first_day, each.last_day) for each, _ in coming):
        return None
    first = occurrences_due_after(rule, since, calendar, office, _LOOKED_AT)
    if duty.valid_from and not any(overlaps(duty, each.first_day, each.last_day) for each, _ in first):
        return Never("excluded")
    return Never("ended", duty.valid_to)


def _of_one_year(
    duty: Obligation, year: int, now: datetime, calendar: WorkCalendar, office: OfficeHours
) -> Never | None:
    begin = calendar.instant(date(year - 1, 12, 1), time(0))
    found = occurrences_due_after(duty.rule, begin, calendar, office, _DAYS_OF_A_YEAR)
    owed = [limits for each, limits in found if overlaps(duty, each.first_day, each.last_day)]
    if not owed:
        return Never("excluded", date(year, 1, 1) if not found else found[-1][1].last_day)
    last = owed[-1]
    if last.due is not None and last.due <= now:
        return Never("past", last.last_day)
    plan = int(duty.plan) if _PLAN_YEAR.fullmatch(duty.plan) else year
    return None if plan <= year <= plan + 1 else Never("outside-plan", last.last_day)
