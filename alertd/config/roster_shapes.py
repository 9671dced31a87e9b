"""The tables of duty.toml: who is on duty when (see shapes.py)."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Annotated

from pydantic import Field, PlainValidator, WithJsonSchema, model_validator

from alertd.config.faults import shown
from alertd.config.shapes import dates_in_order
from alertd.config.values import Id, OneOf, PositionAmong, Shape, Words, fitting, type_name, wrong
from alertd.core.shifts import Hours

#: the positions of which somebody is on duty
ON_DUTY = ("duty", "duty-leader")
#: no roster begins earlier or later: a year of two digits is a slip
_EARLIEST, _LATEST = date(2000, 1, 1), date(2200, 1, 1)
#: a shift that lasts longer is a slip of the month
LONGEST_SHIFT_DAYS = 31

_HOURS = re.compile(r"(\d{1,2})[:：](\d{2})\s*[-–—~至到]\s*(\d{1,2})[:：](\d{2})")


def _hours(value: object) -> Hours:
    """ "20:00-08:00"; 24:00 may only end a shift."""
    if not isinstance(value, str):
        raise wrong("expected-text", {"found": shown(value), "type": type_name(value)})
    found = _HOURS.fullmatch(fitting(value).strip())
    if found is not None:
        hour, minute, until, past = map(int, found.groups())
        whole = (until, past) == (24, 0) and (hour, minute) != (0, 0)
        if hour < 24 and minute < 60 and past < 60 and (until < 24 or (until, past) == (24, 0)):
            return Hours(time(hour, minute), time(0) if whole or until == 24 else time(until, past))
    raise wrong("bad-hours", {"found": shown(value)})


def _moment(value: object) -> datetime:
    if not isinstance(value, datetime):
        raise wrong("expected-moment", {"found": shown(value), "type": type_name(value)})
    if value.tzinfo is not None:
        raise wrong("moment-with-zone", {"found": shown(value.isoformat())})
    if not _EARLIEST <= value.date() <= _LATEST:
        raise wrong("moment-far", {"found": shown(value.isoformat())})
    return value


def _crew(value: object) -> tuple[str, ...]:
    """One id, or several of people who are on duty together."""
    if isinstance(value, str):
        return (_name(value),)
    if not isinstance(value, list) or not value:
        raise wrong("expected-crew", {"found": shown(value), "type": type_name(value)})
    return tuple(dict.fromkeys(_name(each) for each in value))


def _name(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise wrong("expected-crew", {"found": shown(value), "type": type_name(value)})
    return fitting(value)


HoursText = Annotated[
    Hours,
    PlainValidator(_hours),
    WithJsonSchema(
        {"type": "string", "description": 'When a shift begins and ends: "08:00-20:00", "20:00-08:00"'}
    ),
]
Moment = Annotated[
    datetime,
    PlainValidator(_moment),
    WithJsonSchema(
        {
            "type": "string",
            "format": "date-time",
            "description": "Local time: 2026-10-01T08:00:00",
        }
    ),
]
Crew = Annotated[
    tuple[str, ...],
    PlainValidator(_crew),
    WithJsonSchema(
        {
            "description": "The id of a person, or a list of those who are on duty together.",
            "anyOf": [
                {"type": "string", "minLength": 1},
                {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1},
            ],
        }
    ),
]
DutyPosition = Annotated[str, PositionAmong(*ON_DUTY)]
Day = Annotated[date, Field(ge=_EARLIEST, le=_LATEST)]


class RotationShape(Shape):
    """People who take turns at the post of a unit."""

    id: Id
    unit: Words
    position: DutyPosition = "duty"
    people: Annotated[list[Crew], Field(min_length=1)]
    hours: Annotated[list[HoursText], Field(min_length=1)]
    turn: Annotated[str, OneOf("shift", "day", "week")] = "day"
    days: Annotated[str, OneOf("all", "workdays", "rest-days")] = "all"
    since: Day
    until: Day | None = None

    @model_validator(mode="after")
    def _check(self) -> RotationShape:
        dates_in_order(self.since, self.until, "since", "until")
        _check_hours(self.hours)
        return self


def _check_hours(hours: list[Hours]) -> None:
    """In order, none reaching into another; only the last may end on the next day, before the first."""
    for number, each in enumerate(hours):
        last = number == len(hours) - 1
        if last and each.over_midnight:
            fits = number == 0 or (hours[number - 1].end <= each.start and each.end <= hours[0].start)
        else:
            fits = not each.over_midnight and (number == 0 or hours[number - 1].end <= each.start)
        if not fits:
            raise wrong("hours-overlap", {"found": _said(each)}, path=("hours", number))


def _said(hours: Hours) -> str:
    return f"{hours.start:%H:%M}-{hours.end:%H:%M}"


class ShiftShape(Shape):
    """One shift as it is written: planned ahead, or as an override, which wins over everything else."""

    unit: Words
    position: DutyPosition = "duty"
    people: Annotated[list[Words], Field(min_length=1)]
    from_: Annotated[Moment, Field(alias="from")]
    to: Moment

    @model_validator(mode="after")
    def _check(self) -> ShiftShape:
        found, args = self.to - self.from_, {"found": shown(self.to), "value": shown(self.from_)}
        if self.to <= self.from_:
            raise wrong("shift-reversed", args, path=("to",))
        if found.days >= LONGEST_SHIFT_DAYS:
            raise wrong("shift-too-long", {**args, "most": str(LONGEST_SHIFT_DAYS)}, path=("to",))
        return self


class DutyFile(Shape):
    """schedules/duty.toml"""

    rotation: list[RotationShape] = Field(default_factory=list)
    shift: list[ShiftShape] = Field(default_factory=list)
    override: list[ShiftShape] = Field(default_factory=list)


def moment(at: datetime) -> tuple[date, time]:
    """As core.shifts has it."""
    return at.date(), at.time()
