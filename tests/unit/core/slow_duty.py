"""Who is on duty, counted on the fingers: every day from the first, one crew after the other."""

from __future__ import annotations

from datetime import datetime, timedelta

from alertd.core.calendar import WorkCalendar
from alertd.core.shifts import DutyPlan, Post, Rotation


def _rows(rotation: Rotation, calendar: WorkCalendar, until: datetime):
    """Every shift of a rotation, with its crew: start, end, people."""
    turn = 0
    day = rotation.since
    weeks = 0
    while calendar.instant(day, datetime.min.time()) <= until:
        if rotation.until is not None and day > rotation.until:
            return
        if day != rotation.since and (day - rotation.since).days % 7 == 0:
            weeks += 1
        free = not calendar.is_workday(day)
        if rotation.days == "all" or free == (rotation.days == "rest-days"):
            for hours in rotation.hours:
                crew = rotation.crews[(weeks if rotation.turn == "week" else turn) % len(rotation.crews)]
                last = day if hours.start < hours.end else day + timedelta(days=1)
                yield calendar.instant(day, hours.start), calendar.instant(last, hours.end), crew
                if rotation.turn == "shift":
                    turn += 1
            if rotation.turn == "day":
                turn += 1
        day += timedelta(days=1)


def slow_people(plan: DutyPlan, calendar: WorkCalendar, post: Post, at: datetime) -> list[str]:
    """The ids of those on duty at `at`, sorted, each as often as a turn names them."""
    unit, position = post
    overrides: list[str] = []
    shifts: list[str] = []
    for each in plan.written:
        there = calendar.instant(*each.start) <= at < calendar.instant(*each.end)
        if there and (each.unit, each.position) == (unit, position):
            (overrides if each.override else shifts).extend(each.people)
    if overrides or shifts:
        return sorted(set(overrides or shifts))
    found = []
    for rotation in plan.rotations:
        if (rotation.unit, rotation.position) == (unit, position):
            for start, end, crew in _rows(rotation, calendar, at):
                if start <= at < end:
                    found += crew
    return sorted(set(found))
