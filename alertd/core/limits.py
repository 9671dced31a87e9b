"""What a rule and a start give."""

from __future__ import annotations

from datetime import date, datetime

from alertd.core.calendar import WorkCalendar
from alertd.core.model import Limits, OfficeHours, Rule


def limits_after(
    rule: Rule, start: datetime, calendar: WorkCalendar, office: OfficeHours, stated: date | None = None
) -> Limits:
    raise NotImplementedError
