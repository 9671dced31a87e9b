"""The tables of the files in schedules/, as pydantic shapes; also the source of their JSON Schemas.

A shape checks one table by itself. What refers to something elsewhere is checked in references.py.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field, model_validator

from alertd.config.values import (
    DurationText,
    Email,
    HeldPosition,
    Id,
    Language,
    OneOf,
    Shape,
    Title,
    Words,
    wrong,
)

#: what an event type may call its moments, in the order they usually happen
INSTANTS = ("occurred", "received", "published", "assigned", "started", "ended", "issued", "submitted")


def dates_in_order(first: date | None, last: date | None, first_key: str, last_key: str) -> None:
    """Object to a last day before the first."""
    if first and last and last < first:
        args = {"key": last_key, "found": str(last), "other": first_key, "value": str(first)}
        raise wrong("dates-reversed", args, path=(last_key,))


# ---------------------------------------------------------------- directory.toml


class UnitShape(Shape):
    """An office, bureau, town or street."""

    id: Id
    name: Title
    aliases: list[Words] = Field(default_factory=list)
    since: date | None = None
    until: date | None = None
    successor: Words | None = None

    @model_validator(mode="after")
    def _check(self) -> UnitShape:
        dates_in_order(self.since, self.until, "since", "until")
        return self


class GroupShape(Shape):
    """Several units under one name, e.g. every town."""

    id: Id
    title: Title
    members: list[Words] = Field(default_factory=list)
    includes: list[Words] = Field(default_factory=list)

    @model_validator(mode="after")
    def _check(self) -> GroupShape:
        if not self.members and not self.includes:
            raise wrong("empty-group", {"id": self.id})
        return self


class PersonShape(Shape):
    """Somebody who gets messages; the same keys as the columns of people.csv."""

    id: Id
    name: Words
    unit: Words
    positions: Annotated[list[HeldPosition], Field(min_length=1)]
    email: Email = ""
    telegram: int | None = None
    phone: str = ""
    channels: list[Id] = Field(default_factory=list)
    deputy: Words | None = None
    away_from: date | None = None
    away_until: date | None = None
    language: Language = ""

    @model_validator(mode="after")
    def _check(self) -> PersonShape:
        for given, absent in (("away_from", "away_until"), ("away_until", "away_from")):
            if getattr(self, given) is not None and getattr(self, absent) is None:
                raise wrong("half-absence", {"key": given, "other": absent}, path=(given,))
        dates_in_order(self.away_from, self.away_until, "away_from", "away_until")
        return self


class RosterShape(Shape):
    """A row of roster.csv."""

    number: Id
    name: Words
    unit: Words
    since: date | None = None
    until: date | None = None

    @model_validator(mode="after")
    def _check(self) -> RosterShape:
        dates_in_order(self.since, self.until, "since", "until")
        return self


class DirectoryFile(Shape):
    """schedules/directory.toml: units, groups, who supervises, whose duty desk answers at night."""

    supervisor: Words | None = None
    duty_desk: Words | None = None
    unit: list[UnitShape] = Field(default_factory=list)
    group: list[GroupShape] = Field(default_factory=list)
    person: list[PersonShape] = Field(default_factory=list)


# ---------------------------------------------------------------- event-types.toml


class EventTypeShape(Shape):
    """A kind of fact that can be reported. The first instant is the one `--at` gives."""

    id: Id
    title: Title
    instants: Annotated[list[Annotated[str, OneOf(*INSTANTS)]], Field(min_length=1)]
    new_version: bool = False
    confirm_within: DurationText | None = None
    severities: list[Id] = Field(default_factory=list)


class EventTypesFile(Shape):
    """schedules/event-types.toml"""

    event_type: list[EventTypeShape] = Field(default_factory=list)


# ---------------------------------------------------------------- calendar.toml


class DaysOffShape(Shape):
    """Days off in a row; ordinary weekends need no entry."""

    from_: Annotated[date, Field(alias="from")]
    to: date | None = None
    name: Words

    @model_validator(mode="after")
    def _check(self) -> DaysOffShape:
        dates_in_order(self.from_, self.to, "from", "to")
        return self


class YearShape(Shape):
    """One year of working days, from the State Council's notice or estimated."""

    year: Annotated[int, Field(ge=1950, le=2200)]
    status: Annotated[str, OneOf("official", "provisional")]
    source: str = ""
    checked: date | None = None
    off: list[DaysOffShape] = Field(default_factory=list)
    work: list[date] = Field(default_factory=list)

    @model_validator(mode="after")
    def _check(self) -> YearShape:
        if self.status == "official" and not self.source.strip():
            raise wrong("official-without-source", {"year": str(self.year)}, path=("status",))
        for number, off in enumerate(self.off):
            for key, day in (("from", off.from_), ("to", off.to or off.from_)):
                if day.year != self.year:
                    raise wrong("day-outside-year", self._named(day), path=("off", number, key))
        for number, day in enumerate(self.work):
            if day.year != self.year:
                raise wrong("day-outside-year", self._named(day), path=("work", number))
            if day.weekday() < 5:
                raise wrong("work-on-weekday", {"found": str(day)}, path=("work", number))
            if any(off.from_ <= day <= (off.to or off.from_) for off in self.off):
                raise wrong("off-and-work", {"found": str(day)}, path=("work", number))
        return self

    def _named(self, day: date) -> dict[str, str]:
        return {"found": str(day), "year": str(self.year), "other": str(day.year)}


class CalendarFile(Shape):
    """schedules/calendar.toml"""

    year: list[YearShape] = Field(default_factory=list)
