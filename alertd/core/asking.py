"""How whoever decides a request is chased, and whether an answer can still come in time. Pure."""

from __future__ import annotations

from datetime import datetime

from alertd.core.calendar import WorkCalendar
from alertd.core.model import Repeat
from alertd.core.pacing import later, leave_at
from alertd.core.timing import Duration, OfficeHours, TimeUnit

#: the step under which the messages to whoever decides are kept
STEP = "requested"
#: built in, since a request is no step of a policy: no more than day clocks may repeat anything
_BY_DAY = Repeat(Duration(1, TimeUnit.WORKING_DAY), 3)
_BY_HOUR = Repeat(Duration(30, TimeUnit.MINUTE), 3)


def chase(by_the_hour: bool) -> Repeat:
    """How often whoever decides is asked again: each working day on day clocks, each half hour on others."""
    return _BY_HOUR if by_the_hour else _BY_DAY


def answer_in_time(
    now: datetime, by_the_hour: bool, due: datetime | None, calendar: WorkCalendar, office: OfficeHours
) -> bool:
    """Whether the office is open once more before `due`; on an hour clock, whether half an hour is left."""
    if due is None:
        return True
    if by_the_hour:
        return later(now, _BY_HOUR.every, calendar) <= due
    return leave_at(now, False, None, calendar, office) < due
