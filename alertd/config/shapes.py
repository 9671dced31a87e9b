"""The tables of the files in schedules/, as pydantic shapes; also the source of their JSON Schemas.

A shape checks one table by itself. What refers to something elsewhere is checked in references.py.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, TypedDict

from pydantic import BeforeValidator, Field, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema

from alertd.config.rest_shapes import Quiet, RestDays
from alertd.config.values import (
    Account,
    Digits,
    DingtalkUser,
    DurationText,
    Email,
    HeldPositions,
    Id,
    Language,
    Line,
    Mobile,
    OneOf,
    Order,
    PersonName,
    Shape,
    ShortId,
    Title,
    WecomUser,
    Words,
    ZhezhengdingUser,
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

    # One field is one column, and another column is another field: how its cells are read follows from the
    # type, the schema and the table in docs/use.md from the description. Its value is the field of this name
    # of core.model.Person, and stands in `Person.more` where there is no such field.
    id: Annotated[Id, Field(description="what others name the person by, e.g. li-na.finance")]
    name: Annotated[PersonName, Field(description="as messages address the person")]
    unit: Annotated[Words, Field(description="an id, a name or an alias of directory.toml")]
    positions: Annotated[HeldPositions, Field(min_length=1, description="what the person is there")]
    email: Annotated[Email, Field(description="the mail address")] = ""
    telegram: Annotated[int | None, Digits(), Field(description="the chat id that the bot tells")] = None
    phone: Annotated[Line, Digits(), Field(description="the number others are told to call")] = ""
    mobile: Annotated[Mobile, Digits(), Field(description="the mobile number that text messages go to")] = ""
    wecom: Annotated[
        WecomUser,
        Digits(),
        Field(description="the account in WeCom (userid), or a mobile number with + to find it by"),
    ] = ""
    accounts: Annotated[
        list[Account],
        Field(description="where other channels reach the person, each as CHANNEL=ADDRESS: ntfy=li-na-7f3a"),
    ] = Field(default_factory=list)
    dingtalk: Annotated[
        DingtalkUser,
        Digits(),
        Field(description="the account in DingTalk (userid), or a mobile number with + to find it by"),
    ] = ""
    zhezhengding: Annotated[
        ZhezhengdingUser,
        Digits(),
        Field(description="the account in 浙政釘 (accountId), or a mobile number to find it by"),
    ] = ""
    channels: Annotated[Order, Field(description="the person's own order; empty: that of config.toml")] = (
        Field(default_factory=list)
    )
    urgent_channels: Annotated[
        Order, Field(description="likewise for what is urgent; empty: that of config.toml")
    ] = Field(default_factory=list)
    deputy: Annotated[Words | None, Field(description="the id of who stands in")] = None
    away_from: Annotated[date | None, Field(description="the first day of an absence")] = None
    away_until: Annotated[date | None, Field(description="the last day of it")] = None
    language: Annotated[Language, Field(description="of the messages; empty: that of config.toml")] = ""
    quiet: Annotated[
        Quiet,
        Field(
            description="hours without messages of day clocks, as 20:00-07:00; none; empty: as config.toml"
        ),
    ] = ""
    rest_days: Annotated[
        RestDays, Field(description="days of the week without them, as saturday; none; empty: as config.toml")
    ] = Field(default_factory=list)

    @model_validator(mode="after")
    def _check(self) -> PersonShape:
        for given, absent in (("away_from", "away_until"), ("away_until", "away_from")):
            if getattr(self, given) is not None and getattr(self, absent) is None:
                raise wrong("half-absence", {"key": given, "other": absent}, path=(given,))
        dates_in_order(self.away_from, self.away_until, "away_from", "away_until")
        named = [account.partition("=")[0] for account in self.accounts]
        for number, channel in enumerate(named):
            if channel in named[:number]:
                raise wrong("account-twice", {"found": channel}, path=("accounts", number))
        return self


class RosterShape(Shape):
    """A row of roster.csv."""

    number: Annotated[Id, Digits(), Field(description="of the officer, e.g. of the certificate")]
    name: Annotated[PersonName, Field(description="as lists and messages name the officer")]
    unit: Annotated[Words, Field(description="an id, a name or an alias of directory.toml")]
    since: Annotated[date | None, Field(description="the first day counted in this unit")] = None
    until: Annotated[date | None, Field(description="the last day counted in it")] = None

    @model_validator(mode="after")
    def _check(self) -> RosterShape:
        dates_in_order(self.since, self.until, "since", "until")
        return self


class RowShapes(TypedDict):
    """The shape of a row of each CSV file, by the kind of table."""

    person: type[PersonShape]
    officer: type[RosterShape]


ROWS: RowShapes = {"person": PersonShape, "officer": RosterShape}


class DirectoryFile(Shape):
    """schedules/directory.toml: units, groups, who supervises, whose duty desk answers at night."""

    supervisor: Words | None = None
    duty_desk: Words | None = None
    unit: list[UnitShape] = Field(default_factory=list)
    group: list[GroupShape] = Field(default_factory=list)
    person: list[PersonShape] = Field(default_factory=list)


# ---------------------------------------------------------------- event-types.toml


class SeverityShape(Shape):
    """How grave an event is: what commands and files call it, and what people read."""

    id: ShortId
    title: Title = Field(default_factory=dict)


def _severity(value: object) -> object:
    """A severity may be its id alone."""
    return {"id": value} if isinstance(value, str) else value


class _OrId:
    """Says in the schema that the id alone will do."""

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"anyOf": [{"type": "string", "pattern": "^[a-z0-9.-]+$"}, handler(schema)]}


Severity = Annotated[SeverityShape, BeforeValidator(_severity), _OrId()]


class EventTypeShape(Shape):
    """A kind of fact that can be reported. The first instant is the one `--at` gives."""

    id: Id
    title: Title
    instants: Annotated[list[Annotated[str, OneOf(*INSTANTS)]], Field(min_length=1)]
    new_version: bool = False
    confirm_within: DurationText | None = None
    severities: list[Severity] = Field(default_factory=list)

    @model_validator(mode="after")
    def _check(self) -> EventTypeShape:
        seen: set[str] = set()
        for number, severity in enumerate(self.severities):
            if severity.id in seen:
                raise wrong("severity-twice", {"id": severity.id}, path=("severities", number))
            seen.add(severity.id)
        return self


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
    source: Line = ""
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
