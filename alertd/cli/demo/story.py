"""What the demonstration shows: two cases, told as sentences, commands and the hours between them.

The hours fit the plan of 2020, which the shipped register holds: §24 (5 and 24 hours), §8 (30 days) and §9
(5 to 15 working days). `rules_told` names what must be so in a register for this story to be true of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from alertd.core.calendar import WorkCalendar

FIRE, DRAFT = "night-fire", "parking-rules"
STAGE = "submitted-for-deliberation"
#: days after which a consultation that opened on day 0 may close: 30 full ones
_CONSULTED = timedelta(days=31)
#: working days after which a review handed in again may end: 5 full ones
_REVIEWED = 6


@dataclass(frozen=True, slots=True)
class Assumed:
    """What the story takes for granted about a duty: its rule, who owes it (a beginning), what closes it."""

    rule: str
    owed_by: str
    closed_by: str


def rules_told() -> Mapping[str, Assumed]:
    """The duties whose hours and days the story tells."""
    return {
        "incident-information": Assumed("5 hours", "event.party", "information-published"),
        "press-conference": Assumed("24 hours", "event.party", "press-conference-held"),
        "draft-consultation": Assumed("at least 30 days", "event.party", "consultation-closed"),
        "legality-review": Assumed("5 to 15 working days", "unit:", "review-opinion-issued"),
    }


def events_told() -> Mapping[str, str]:
    """The instant the story gives for each type of event it reports."""
    return {
        "major-incident": "published",
        "information-published": "published",
        "press-conference-held": "started",
        "consultation-opened": "published",
        "consultation-closed": "ended",
        "review-requested": "received",
        "draft-returned": "issued",
        "draft-resubmitted": "received",
        "review-opinion-issued": "issued",
        STAGE: "submitted",
    }


@dataclass(frozen=True, slots=True)
class Say:
    """A sentence of the narrator: `cli.demo.KEY`."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CommandStep:
    """A command, as somebody types it behind `alertd`."""

    argv: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Until:
    """Time passes; whatever goes out before `at` is seen."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Hasten:
    """From here on a day passes as quickly as minutes did."""


Beat = Say | CommandStep | Until | Hasten


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays: units and people as they are typed in commands, "" for people a register does not have."""

    town: str
    town_id: str
    town_name: str
    drafter: str
    drafter_name: str
    reviewer_id: str
    severity: str  # of the incident; "" where the register has none
    duty: str
    contact: str
    chief: str
    clerk: str  # of the drafting unit
    reviewer: str
    fire: str  # what the cases are called
    draft: str


def story(cast: Cast, calendar: WorkCalendar, night: date) -> Iterator[Beat]:
    """The whole demonstration. The clock stands at 02:10 of `night`, local time, when it begins."""
    yield from incident(cast, _Day(calendar, night))
    yield Hasten()
    yield from draft(cast, calendar, night)


class _Day:
    """Instants of one local day: `day(2, 10)`, and as they are typed."""

    def __init__(self, calendar: WorkCalendar, day: date) -> None:
        self._calendar = calendar
        self.day = day

    def __call__(self, hour: int, minute: int = 0) -> datetime:
        return self._calendar.instant(self.day, time(hour, minute))

    def typed(self, hour: int, minute: int = 0) -> str:
        return typed_instant(self(hour, minute), self._calendar.zone)


def typed_instant(at: datetime, zone: ZoneInfo) -> str:
    """An instant as people type it: local, to the minute."""
    return at.astimezone(zone).strftime("%Y-%m-%dT%H:%M")


def incident(cast: Cast, day: _Day) -> Iterator[Beat]:
    """A fire at night: five hours for the information, a day for the press conference."""
    yield Say("night", {"town": cast.town_name})
    started = ("--published", day.typed(2, 10), "--title", cast.fire)
    graded = ("--severity", cast.severity) if cast.severity else ()
    yield _report("major-incident", FIRE, cast.town, (*graded, *started), cast.duty)
    yield Until(day(2, 24))
    yield Say("duty-acks")
    yield from _acks(("--case", FIRE), cast.duty)
    yield Until(day(3, 42))
    yield Say("contact-acks")
    yield from _acks(("--case", FIRE), cast.contact)
    yield Until(day(4, 40))
    yield Say("half")
    yield Until(day(4, 44))
    yield from _acks((f"incident-information@{FIRE}/{cast.town_id}",), cast.chief)
    yield Until(day(5, 10))
    yield Say("last-two-hours")
    yield Until(day(6, 10))
    yield Say("principal")
    yield Until(day(6, 25))
    yield Say("information-out")
    yield _report("information-published", FIRE, cast.town, ("--published", day.typed(6, 22)), cast.contact)
    yield Until(day(6, 26))
    yield Say("conference-open")
    yield CommandStep(("list", "--case", FIRE))
    yield Until(day(7, 10))
    yield Say("limit-over")
    yield Hasten()
    yield Until(day(10, 5))
    yield Say("conference-held")
    yield _report("press-conference-held", FIRE, cast.town, ("--started", day.typed(10)), cast.contact)
    yield Until(day(10, 6))
    yield Say("incident-over")


def draft(cast: Cast, calendar: WorkCalendar, night: date) -> Iterator[Beat]:
    """A draft: consultation, review, sent back, past the shut gate, through the open one."""
    first = _Day(calendar, calendar.next_workday(night))
    closes = _Day(calendar, calendar.next_workday_on_or_after(first.day + _CONSULTED))
    yield Until(first(9))
    yield Say("consultation", {"drafter": cast.drafter_name})
    opened = ("--published", first.day.isoformat(), "--title", cast.draft)
    yield _report("consultation-opened", DRAFT, cast.drafter, opened, cast.clerk)
    yield Until(closes(9, 30))
    yield Say("consulted")
    yield _report("consultation-closed", DRAFT, cast.drafter, ("--ended", closes.day.isoformat()), cast.clerk)
    yield Until(closes(10))
    yield Say("review")
    yield _report("review-requested", DRAFT, cast.drafter, ("--received", closes.typed(10)), cast.reviewer)
    yield from _sent_back(cast, calendar, closes.day)


def _sent_back(cast: Cast, calendar: WorkCalendar, received: date) -> Iterator[Beat]:
    shut = _Day(calendar, calendar.next_workday(received))
    back = _Day(calendar, calendar.next_workday(received, 2))
    again = _Day(calendar, calendar.next_workday(received, 4))
    yield Until(shut(9))
    yield Say("gate-asked")
    yield CommandStep(("gate", DRAFT, STAGE))
    yield Until(shut(15))
    yield Say("gate-passed")
    yield _report(STAGE, DRAFT, cast.drafter, ("--submitted", shut.typed(15)), cast.clerk)
    yield Until(back(15))
    yield Say("returned")
    yield _report("draft-returned", DRAFT, cast.drafter, ("--issued", back.typed(15)), cast.reviewer)
    yield Until(again(9))
    yield Say("again")
    yield _report("draft-resubmitted", DRAFT, cast.drafter, ("--received", again.typed(9)), cast.reviewer)
    yield CommandStep(("explain", f"legality-review@{DRAFT}/{cast.reviewer_id}"))
    yield from _deliberated(cast, calendar, again.day)


def _deliberated(cast: Cast, calendar: WorkCalendar, received: date) -> Iterator[Beat]:
    opinion = _Day(calendar, calendar.next_workday(received, _REVIEWED))
    meeting = _Day(calendar, calendar.next_workday(opinion.day))
    yield Until(opinion(10))
    yield Say("opinion")
    issued = ("--result", "passed-after-changes", "--issued", opinion.typed(10))
    yield _report("review-opinion-issued", DRAFT, cast.drafter, issued, cast.reviewer)
    yield CommandStep(("gate", DRAFT, STAGE))
    yield Until(meeting(9))
    yield Say("deliberation")
    yield _report(STAGE, DRAFT, cast.drafter, ("--submitted", meeting.typed(9)), cast.clerk)
    yield Until(meeting(9, 1))


def _report(kind: str, case: str, unit: str, more: tuple[str, ...], who: str) -> CommandStep:
    by = ("--by", who) if who else ()
    return CommandStep(("event", "report", kind, "--subject", case, "--party", unit, *more, *by, "--yes"))


def _acks(what: tuple[str, ...], who: str) -> Iterator[Beat]:
    if who:
        yield CommandStep(("ack", *what, "--by", who))
