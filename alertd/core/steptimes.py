"""When a step of a policy is reached: "due - 3 working days", "start + 2 hours", "last-workday", "50%"."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Protocol

from alertd.core.calendar import WorkCalendar
from alertd.core.counting import day_after, day_before, shifted
from alertd.core.durations import read_duration
from alertd.core.model import Anchor, StepTime
from alertd.core.periods import following, occurrence_at
from alertd.core.text_error import TextError
from alertd.core.timing import OfficeHours, Period
from alertd.core.words import Token, TokenReader

__all__ = ["Anchors", "TextError", "parse_share", "parse_step_time", "period_checks", "step_instant"]

_FIELDS = {
    Anchor.OPENS: "opens_at",
    Anchor.START: "start",
    Anchor.EARLIEST: "earliest",
    Anchor.DUE: "due",
    Anchor.OFFICE_DUE: "office_due",
}
_ANCHORS = tuple(anchor.value for anchor in Anchor if anchor is not Anchor.PERCENT)


class Anchors(Protocol):
    """What a step time is relative to: `timing.Limits`, or a stored deadline. Instants in any zone."""

    @property
    def start(self) -> datetime: ...
    @property
    def opens_at(self) -> datetime: ...
    @property
    def earliest(self) -> datetime | None: ...
    @property
    def due(self) -> datetime | None: ...
    @property
    def last_day(self) -> date | None: ...
    @property
    def office_due(self) -> datetime | None: ...


def parse_step_time(text: str) -> StepTime:
    """Read `ANCHOR [+|- DURATION]` or `N%`; the anchors are those of `model.Anchor`.

    Raises:
        TextError: with the place and what was expected.
    """
    reader = TokenReader(text, "anchor")
    if number := reader.take("number"):
        percent = _read_percent(reader, number)
        reader.finish()
        return StepTime(text.strip(), Anchor.PERCENT, percent=percent)
    token = reader.take(*_ANCHORS) or reader.fail("anchor")
    anchor = Anchor(token.kind)
    sign = reader.take("+", "-")
    if sign is None:
        reader.finish("sign")
        return StepTime(text.strip(), anchor)
    offset = read_duration(reader)
    reader.finish()
    return StepTime(text.strip(), anchor, offset, before=sign.kind == "-")


def parse_share(text: str) -> int:
    """Read a percentage from 0% to 100%; returns the whole number of hundredths.

    Raises:
        TextError: with the place and what was expected.
    """
    reader = TokenReader(text, "percent")
    percent = _read_percent(reader, reader.need("number", "percent"))
    reader.finish()
    return percent


def _read_percent(reader: TokenReader, number: Token) -> int:
    reader.need("%", "percent")
    if number.number > 100:
        raise TextError("percent-range", {"found": f"{number.text}%"}, number.position)
    return number.number


# ---------------------------------------------------------------- the instant of a step


def step_instant(
    step_time: StepTime, clock: Anchors, by_the_hour: bool, calendar: WorkCalendar, office: OfficeHours
) -> datetime | None:
    """When the step is reached, in the calendar's zone; None if the clock lacks what it is relative to.

    Offsets in minutes and hours are exact. Other offsets land at office opening; on a day clock they count
    from the day meant, so `due` counts from the last day, not from the midnight after it. There a day of
    rest gives way to the working day before it (the one after it once the deadline is over, or if the one
    before is too early). An anchor alone is its own instant, but `earliest` of a day clock and
    `last-workday` are office openings, and a percentage of a day clock is the office opening of the day it
    falls on.
    """
    anchor, offset = step_time.anchor, step_time.offset
    if anchor is Anchor.PERCENT:
        assert step_time.percent is not None
        return _share(step_time.percent, clock, by_the_hour, calendar, office)
    moment = _moment(anchor, clock, calendar, office)
    if moment is None:
        return None
    if offset is None:
        opening = anchor is Anchor.EARLIEST and not by_the_hour
        return _first_opening(moment.date(), clock, calendar, office) if opening else moment
    if offset.unit.exact:
        return shifted(moment, offset, calendar, step_time.before)
    base = moment.date()
    if anchor is Anchor.DUE and clock.last_day is not None:
        base = clock.last_day
    day = day_before(base, offset, calendar) if step_time.before else day_after(base, offset, calendar)
    if by_the_hour:
        return calendar.instant(day, office.opens)
    return _on_workday(day, clock.opens_at if step_time.before else moment, clock, calendar, office)


def _moment(anchor: Anchor, clock: Anchors, calendar: WorkCalendar, office: OfficeHours) -> datetime | None:
    """The anchor's own instant, in the zone."""
    if anchor is Anchor.LAST_WORKDAY:
        if clock.last_day is None:
            return None
        return calendar.instant(calendar.previous_workday_on_or_before(clock.last_day), office.opens)
    moment: datetime | None = getattr(clock, _FIELDS[anchor])
    return None if moment is None else moment.astimezone(calendar.zone)


def _share(
    percent: int, clock: Anchors, by_the_hour: bool, calendar: WorkCalendar, office: OfficeHours
) -> datetime | None:
    if clock.due is None:
        return None
    start = clock.start.astimezone(UTC)
    moment = (start + (clock.due.astimezone(UTC) - start) * percent / 100).astimezone(calendar.zone)
    if by_the_hour:
        return moment
    day = moment.date() if clock.last_day is None else min(moment.date(), clock.last_day)
    return _on_workday(day, clock.opens_at, clock, calendar, office)


def _first_opening(day: date, clock: Anchors, calendar: WorkCalendar, office: OfficeHours) -> datetime:
    """The first office opening from the day on, or that of the day itself if that would be too late."""
    opening = calendar.instant(calendar.next_workday_on_or_after(day), office.opens)
    too_late = clock.due is not None and opening >= clock.due
    return calendar.instant(day, office.opens) if too_late else opening


def _on_workday(
    day: date, floor: datetime, clock: Anchors, calendar: WorkCalendar, office: OfficeHours
) -> datetime:
    """The office opening standing for a day: of a day of rest the one before, if not before `floor`."""
    opening = calendar.instant(day, office.opens)
    if calendar.is_workday(day):
        return opening
    if clock.due is None or opening < clock.due:
        before = calendar.instant(calendar.previous_workday_on_or_before(day), office.opens)
        return before if before >= floor else _first_opening(day, clock, calendar, office)
    return calendar.instant(calendar.next_workday(day), office.opens)


def period_checks(
    period: Period, first: datetime, last: datetime, calendar: WorkCalendar, office: OfficeHours
) -> list[tuple[str, datetime]]:
    """The first office opening of each period strictly between two instants, with the label of the period."""
    checks: list[tuple[str, datetime]] = []
    occurrence = occurrence_at(period, calendar.local_date(first))
    while True:
        day = calendar.next_workday_on_or_after(occurrence.first_day)
        moment = calendar.instant(day, office.opens)
        if moment >= last:
            return checks
        if moment > first:
            checks.append((occurrence.label, moment))
        occurrence = following(occurrence, period)
