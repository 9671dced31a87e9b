"""Acts of a clock as short words, for tests of what they do to its limits."""

from __future__ import annotations

from datetime import date, datetime

from alertd.core.history import AcceptedAct, ActKind, Basis, Counted, counted
from alertd.core.rules import parse_rule
from alertd.core.timing import Extension, Limits
from tests.unit.core.shipped_calendar import CALENDAR, OFFICE, at, day

FIFTEEN = "15 days roll forward"
START = "2026-11-13T10:00"


def history(rule: str, start: str, *acts: AcceptedAct, extension: Extension | None = None, **more) -> Counted:
    basis = Basis(parse_rule(rule), at(start), **more)
    return counted(basis, acts, CALENDAR, OFFICE, extension or Extension())


def pause(first: str, last: str | None = None, entered: int = 1) -> AcceptedAct:
    return AcceptedAct(ActKind.PAUSE, at(first), entered, until=at(last) if last else None)


def restart(instant: str, entered: int = 2) -> AcceptedAct:
    return AcceptedAct(ActKind.RESTART, at(instant), entered)


def grant(instant: str, end: date | datetime, entered: int = 3) -> AcceptedAct:
    return AcceptedAct(ActKind.GRANT, at(instant), entered, end=end, by="han", reason="a storm")


def returned(instant: str, end: date | datetime | None, entered: int = 4) -> AcceptedAct:
    return AcceptedAct(ActKind.RETURN, at(instant), entered, end=end, by="gao")


def last(found: Counted) -> str | None:
    return found.limits.last_day.isoformat() if found.limits.last_day else None


def due(found: Counted) -> str | None:
    return found.limits.due.isoformat()[:16] if found.limits.due else None


def trace(found: Counted) -> list[tuple[str, str, str]]:
    return [(line.at.isoformat()[:16], line.what, line.why) for line in found.limits.trace]


def why(found: Counted) -> list[str]:
    return [code for _, code in found.ineffective]


def closed(instant: str, entered: int = 7) -> AcceptedAct:
    return AcceptedAct(ActKind.CLOSED_CASE, at(instant), entered)


def on_record(instant: str, limits: Limits) -> AcceptedAct:
    return AcceptedAct(ActKind.STATED, at(instant), 9, limits=limits)


#: limits that only the store remembers: a Saturday
STATED = Limits(
    at("2026-11-12T08:00"),
    at("2026-11-12T08:00"),
    None,
    at("2026-12-06"),
    day("2026-12-05"),
    at("2026-12-04T17:30"),
    False,
    (),
)
