"""How whoever decides a request is chased, who is asked next, and whether an answer can be in time. Pure."""

from __future__ import annotations

from datetime import datetime

from alertd.core.calendar import WorkCalendar
from alertd.core.model import Repeat
from alertd.core.pacing import later, leave_at
from alertd.core.timing import Duration, OfficeHours, TimeUnit

#: the step under which the messages to whoever decides are kept
STEP = "requested"
#: the step by which the unit is asked that a deadline was given to
ASSIGNED = "assigned"
#: the step by which somebody is asked that a colleague handed a deadline to
HANDED = "handed-over"
#: the step under which messages to somebody who is paged are kept
PAGED = "paged"
#: and that to those concerned when the limit passes and nobody has decided
UNDECIDED = "undecided"
#: built in, since a request is no step of a policy: no more than day clocks may repeat anything
_BY_DAY = Repeat(Duration(1, TimeUnit.WORKING_DAY), 3)
_BY_HOUR = Repeat(Duration(30, TimeUnit.MINUTE), 3)


def chase(by_the_hour: bool) -> Repeat:
    """How often whoever decides is asked again: each working day on day clocks, each half hour on others."""
    return _BY_HOUR if by_the_hour else _BY_DAY


def climbs_at(
    asked_at: datetime, by_the_hour: bool, due: datetime | None, calendar: WorkCalendar, office: OfficeHours
) -> datetime:
    """When the next one up is asked too: once the chase is used up, or half of the time to `due` is over."""
    repeat = chase(by_the_hour)
    first = leave_at(asked_at, by_the_hour, due, calendar, office)
    used_up = later(first, Duration(repeat.every.amount * (repeat.at_most + 1), repeat.every.unit), calendar)
    return used_up if due is None or due <= first else min(used_up, first + (due - first) / 2)


def answer_in_time(
    now: datetime, by_the_hour: bool, due: datetime | None, calendar: WorkCalendar, office: OfficeHours
) -> bool:
    """Whether the office is open once more before `due`; on an hour clock, whether half an hour is left."""
    if due is None:
        return True
    if by_the_hour:
        return later(now, _BY_HOUR.every, calendar) <= due
    return leave_at(now, False, None, calendar, office) < due
