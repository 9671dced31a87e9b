"""Days as they stand in addresses and forms."""

from __future__ import annotations

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pydantic import Field

from alertd.engine.reporting.ahead import Span, span_of
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.web.page import Fields

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class Days(Fields):
    """From a day to a day, both included, or so many days from today or from the first."""

    first: str = Field("", alias="from")
    last: str = Field("", alias="to")
    days: str = Field("", pattern=r"^[0-9]{0,5}$")

    def span(self, scope: Scope, days: int = 0) -> Span:
        """The days asked for; `days` from today where nothing is. Raises Refused."""
        first, last, given = read_day(self.first), read_day(self.last), int(self.days or 0)
        return span_of(scope.today, first, last, given if given or first or last else days)


def read_day(text: str) -> date | None:
    """A day, None where none is given. Raises Refused."""
    if not text.strip():
        return None
    try:
        if _DAY.fullmatch(text.strip()):
            return date.fromisoformat(text.strip())
    except ValueError:
        pass
    raise Refused("unread-day", found=text)


def read_instant(text: str, zone: ZoneInfo) -> datetime | None:
    """An instant, local to the zone where it has no offset; None where none is given. Raises Refused."""
    if not text.strip():
        return None
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Refused("unread-instant", found=text) from None
    return at if at.tzinfo is not None else at.replace(tzinfo=zone)
