"""Several times of a day that a rule names, and how a label names one of them."""

from __future__ import annotations

import re
from datetime import time

from alertd.core.timing import Clock, Closing, OfficeHours, Rule

_TIME = re.compile(r"t(?:[01]\d|2[0-3])[0-5]\d|t2400")


def times_of(rule: Rule, office: OfficeHours) -> list[tuple[Clock | None, time | None]]:
    """The times of a day, in order, each once: the office may close at one of the others. None is 24:00."""
    found: dict[time | None, Clock | None] = {}
    for named in rule.times:
        found.setdefault(office.time_of(named), named)
    return [(found[at], at) for at in sorted(found, key=in_day)]


def in_day(at: time | None) -> tuple[bool, time]:
    """For sorting: 24:00 comes last."""
    return at is None, at or time(0)


def part_of_time(at: Clock | None) -> str:
    """How a label names one of several times of a day: "t0800", "t2400" for its end, "close" of business."""
    if isinstance(at, Closing):
        return at.value
    return f"t{at:%H%M}" if at else "t2400"


def is_time(part: str) -> bool:
    """Whether this is the part of a label that names a time."""
    return part == Closing.OFFICE.value or _TIME.fullmatch(part) is not None


def time_named(part: str) -> Clock | None:
    """The way back from `part_of_time`."""
    if part == Closing.OFFICE.value:
        return Closing.OFFICE
    return None if part == "t2400" else time(int(part[1:3]), int(part[3:]))
