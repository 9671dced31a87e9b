"""The bulletin of some days: as a page that prints, and as files to keep."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlencode

from pydantic import Field

from alertd.core.bulletins import newest_over
from alertd.engine.reporting.issuing import asked_period, issue, period_before, ruled_then
from alertd.messages.bulletin_facts import BulletinView
from alertd.messages.bulletin_files import write
from alertd.web.page import Call, Fields, File, Shown
from alertd.web.pages.days import read_day, read_instant

_KINDS = {"csv": "text/csv; charset=utf-8"}
_KINDS["xlsx"] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Which(Fields):
    """From a day to a day, both included; without them the newest period that is over.

    As known at `as_of`, now where none is given; compared with the issue known at `previous`, if one is.
    """

    first: str = Field("", alias="from")
    last: str = Field("", alias="to")
    ranking: Literal["", "yes"] = ""
    as_of: str = ""
    previous: str = ""


class Bulletin(Shown):
    """`view` are its facts, as `alertd bulletin` has them; `query` asks for the same for ever."""

    wanted: dict[str, str]
    view: Any
    query: str


@dataclass(frozen=True, slots=True)
class _Issue:
    """What is asked for, read."""

    first: date
    last: date
    as_of: datetime
    previous: datetime | None
    ranking: bool


def bulletin(call: Call) -> Bulletin:
    """What each unit owed and what became of it. Raises Refused."""
    asked = _asked(call)
    given = call.asked.model_dump(by_alias=True)
    wanted = given | {"from": asked.first.isoformat(), "to": asked.last.isoformat()}
    kept = wanted | {"as_of": asked.as_of.isoformat(timespec="microseconds")}
    query = urlencode({name: value for name, value in kept.items() if value})
    return Bulletin(wanted=wanted, view=_issued(call, asked), query=query)


def as_csv(call: Call) -> File:
    """What Excel and every other program opens."""
    return _file(call, "csv")


def as_xlsx(call: Call) -> File:
    """A workbook, one sheet for each section."""
    return _file(call, "xlsx")


def _file(call: Call, shape: str) -> File:
    asked = _asked(call)
    content = write(_issued(call, asked), call.language, shape)
    return File(content, _KINDS[shape], f"bulletin-{asked.first}-{asked.last}.{shape}")


def _asked(call: Call) -> _Issue:
    """Without days those of the schedule's newest period that is over, or of the month before."""
    asked, scope = call.asked, call.scope
    zone, schedule = scope.world.zone, scope.world.bulletin
    first, last = read_day(asked.first), read_day(asked.last)
    if first is None or last is None:
        month = of_month_before(scope.today)
        over = newest_over(schedule, scope.now, scope.world.calendar) if schedule else None
        days = (over.first, over.last) if over else month
        first, last = first or days[0], last or days[1]
    as_of = read_instant(asked.as_of, zone) or scope.now
    return _Issue(first, last, as_of, read_instant(asked.previous, zone), bool(asked.ranking))


def of_month_before(today: date) -> tuple[date, date]:
    """The first and the last day of the month before."""
    last = today.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


def _issued(call: Call, asked: _Issue) -> BulletinView:
    scope = call.scope
    world = ruled_then(scope, asked.as_of, call.ruled_by) if call.ruled_by else scope.world
    period = asked_period(world, scope.now, asked.first, asked.last, asked.as_of, asked.previous)
    before = period_before(world, period) if asked.previous else None
    return issue(scope.tx, world, period, before, asked.ranking)
