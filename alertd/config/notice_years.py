"""A holiday notice and the years of calendar.toml as they stand: the years as they are with the notice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from alertd.config.faults import Fault
from alertd.config.notice import Notice
from alertd.core.calendar import CalendarYear

_MAKE_UP = "make-up"


def unknown_year(file: str, notice: Notice, years: Mapping[int, CalendarYear]) -> tuple[Fault, ...]:
    """The fault of a notice that changes a year which `years` lacks."""
    if notice.whole or notice.year in years:
        return ()
    return (Fault(file, 1, 1, "notice-year-unknown", {"year": str(notice.year)}),)


def years_with(notice: Notice, years: Mapping[int, CalendarYear], checked: date) -> dict[int, CalendarYear]:
    """The years a notice changes, changed: its own, and the one before where it gives days of December.

    A whole notice replaces an estimate. What was entered for the end of December stays: it comes from the
    next year's notice. A notice that changes a year leaves the holidays it does not name alone. `checked` is
    the day on which the notice was entered. Pure. Raises KeyError where `unknown_year` has a fault.
    """
    before = years.get(notice.year)
    if before is None and not notice.whole:
        raise KeyError(notice.year)
    names = _names(notice, before)
    own = {day: name for day, name in names.items() if day.year == notice.year}
    off, work = _own_days(notice, before, own)
    source = notice.source if notice.whole or before is None else f"{before.source}；{notice.source}"
    year = CalendarYear(notice.year, "official", _in_order(off), _in_order(work), source, checked)
    changed = {notice.year: year}
    earlier = _year_before(notice, names, years)
    return changed if earlier is None else {earlier.year: earlier, **changed}


def _own_days(
    notice: Notice, before: CalendarYear | None, own: Mapping[date, str]
) -> tuple[dict[date, str], dict[date, str]]:
    off: dict[date, str] = {}
    work: dict[date, str] = {}
    if before is not None and notice.whole and before.status == "official":
        off.update((day, name) for day, name in before.off.items() if _of_the_next_year(day, name))
        work.update((day, name) for day, name in before.work.items() if day.month == 12)
    elif before is not None and not notice.whole:
        given_anew = {name for name in notice.holidays if name not in notice.lengthened}
        off.update((day, name) for day, name in before.off.items() if name not in given_anew)
        work.update(before.work)
        off.update(_lengthened(notice, before))
    off.update(own)
    work.update({day: _MAKE_UP for day in notice.work if day.year == notice.year})
    return off, {day: name for day, name in work.items() if day not in off}


def _of_the_next_year(day: date, name: str) -> bool:
    return day.month == 12 and name == "new-year"


def _lengthened(notice: Notice, before: CalendarYear) -> dict[date, str]:
    """The days from a holiday's last day up to its new one."""
    found: dict[date, str] = {}
    for name, last in notice.lengthened.items():
        day = max((day for day, holiday in before.off.items() if holiday == name), default=last)
        while day < last:
            day += timedelta(days=1)
            found[day] = name
        found[last] = name
    return found


def _year_before(
    notice: Notice, names: Mapping[date, str], years: Mapping[int, CalendarYear]
) -> CalendarYear | None:
    """The year before with the notice's days of December, None where there are none or it is not kept."""
    earlier = years.get(notice.year - 1)
    off = {day: name for day, name in names.items() if day.year == notice.year - 1}
    work = {day: _MAKE_UP for day in notice.work if day.year == notice.year - 1}
    if earlier is None or not (off or work):
        return None
    all_off = {day: name for day, name in {**earlier.off, **off}.items() if day not in work}
    all_work = {day: name for day, name in {**earlier.work, **work}.items() if day not in off}
    return replace(earlier, off=_in_order(all_off), work=_in_order(all_work))


def _names(notice: Notice, before: CalendarYear | None) -> dict[date, str]:
    """One holiday for each day. Where two are given together, the calendar so far says whose day it is."""
    names: dict[date, str] = {}
    for day, holidays in notice.off.items():
        known = before.off.get(day) if before is not None else None
        fixed = "national-day" if day.month == 10 else min(holidays)
        usual = fixed if fixed in holidays else min(holidays)
        names[day] = known if known in holidays else usual
    return names


def _in_order(days: Mapping[date, str]) -> dict[date, str]:
    return dict(sorted(days.items()))
