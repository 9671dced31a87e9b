"""The limits of a clock as a function of its history: a rule, a start, and the acts that were accepted.

Nothing here remembers what the limits were. They are counted anew from the whole history, so that a corrected
start, an act entered late or a new calendar gives what it would have given from the beginning. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from alertd.core.calendar import WorkCalendar
from alertd.core.clock_run import AcceptedAct, ActKind, ClockRun, in_utc
from alertd.core.counting import NominalEnd, ended
from alertd.core.limits import count_after
from alertd.core.occurrences import occurrence_count
from alertd.core.periods import occurrence_labelled
from alertd.core.timing import Extension, Limits, OfficeHours, Rule, RuleKind, TraceLine
from alertd.core.turns import turn_count

__all__ = ["AcceptedAct", "ActKind", "Basis", "Counted", "chosen_start", "counted"]

_DAY = timedelta(days=1)
_UNBOUNDED = Extension()


@dataclass(frozen=True, slots=True)
class Basis:
    """What a clock counts from, before any act. `start` is aware, in any zone.

    `stated` is the day the event states. A `turn` above nought is that turn of a recurring rule, counted
    from `start`. `occurrence` is the label of the period of a calendar rule, such as "2026" or "2026-h2";
    without one it is the first that is due after `start`. A clock is open from `opens_at` at the latest: one
    that counts from a stated day is known from the event on. `urgent` is why the event is urgent, if it is.
    """

    rule: Rule
    start: datetime
    stated: date | None = None
    turn: int = 0
    occurrence: str = ""
    opens_at: datetime | None = None
    urgent: str = ""


@dataclass(frozen=True, slots=True)
class Counted:
    """The limits of a clock after its history, and `base`, what they were without any act.

    `ineffective` are acts that no longer bite, each with the code of why: "outside-clock" (over before the
    clock began), "limit-passed" (a pause of a clock that had run out), "not-later" (a named day that the
    limit has gone past), "cannot-restart" (no start moves this rule), "not-while-open" (no case ends it).

    `beyond` are grants past what the extension allows by now, each with the bound ("most", "times" or
    "limit") and until when that reached, exclusive, as it was when granted; None of "times". They stand.

    Neither names what a restart or stated limits have made a thing of the past. `paused` is whether the clock
    stands still after the last act.
    """

    limits: Limits
    base: Limits
    ineffective: tuple[tuple[AcceptedAct, str], ...]
    beyond: tuple[tuple[AcceptedAct, str, datetime | None], ...]
    paused: bool


def counted(
    basis: Basis,
    acts: Iterable[AcceptedAct],
    calendar: WorkCalendar,
    office: OfficeHours,
    extension: Extension = _UNBOUNDED,
) -> Counted:
    """The limits of a clock after the acts, which apply in the order they happened, then of their entry.

    - A pause takes out what lies in the clock of it: hours exactly, days whole (Civil Code art. 201), working
      days only where the rule counts them. It is added before rolling, as the last day of the whole period
      moves once (art. 203). Two at once count once; one that still stands adds nothing yet.
    - A restart, also one after the limit, is a new start by the same rule. What came before is over.
    - A named day stands as that day, unless the limit without it is later. Pauses that begin after it was
      named move it too.
    - Stated limits hold from then on, with what comes after on top; a pause that stood at that instant counts
      whole, because a row is moved when its pause ends.

    All instants are in the calendar's zone. Provisional if a day looked at for the count, for the time taken
    out, or for the end that holds lies in a year without official notice.

    Raises:
        TextError: as `limits_after` does, for the start and for that of a restart.
        ValueError: `start` has no time zone; there is no such turn or period.
    """
    count = _count_of(basis, calendar, office)
    base = _opened(ended(count, calendar, office), basis)
    ordered = sorted(acts, key=lambda act: (in_utc(act.at), act.entered))
    if not ordered:
        return Counted(base, base, (), (), False)
    rule = basis.rule.chosen(bool(basis.urgent))
    begin = _begin(rule, count.start, base.opens_at)
    first = run = ClockRun(rule, count, begin, calendar, extension)
    for act in ordered:
        if act.kind is ActKind.PAUSE:
            run.pause(act)
        elif act.kind is ActKind.NOTE:
            run.note(act)
        elif act.kind is ActKind.CLOSED_CASE:
            run.close(act)
        elif act.kind is ActKind.RESTART:
            run = _restarted(run, act, basis, calendar, office, extension)
        elif act.limits is not None:
            run = _stated(run, act, act.limits, rule, calendar, extension)
        else:
            run.name(act)
    limits = run.limits(office)
    if run is first:
        limits = _opened(limits, basis)
    return Counted(limits, base, tuple(run.ineffective), tuple(run.beyond), run.paused)


def chosen_start(starts: Sequence[str], instants: Mapping[str, datetime]) -> tuple[datetime, str]:
    """The first of the named `starts` that is given, and the preferred one if that is still missing, else "".

    Raises:
        ValueError: none of them is given.
    """
    given = next((name for name in starts if name in instants), None)
    if given is None:
        raise ValueError(f"none of these is given: {', '.join(starts)}")
    return instants[given], "" if given == starts[0] else starts[0]


def _count_of(basis: Basis, calendar: WorkCalendar, office: OfficeHours) -> NominalEnd:
    rule = basis.rule
    if rule.kind is RuleKind.CALENDAR and basis.occurrence:
        return occurrence_count(rule, occurrence_labelled(basis.occurrence), calendar, office)
    if basis.turn:
        return turn_count(rule, basis.start, basis.turn, calendar, office)
    return count_after(rule, basis.start, calendar, office, basis.stated, basis.urgent)


def _opened(limits: Limits, basis: Basis) -> Limits:
    if basis.opens_at is None or in_utc(basis.opens_at) >= in_utc(limits.opens_at):
        return limits
    return replace(limits, opens_at=basis.opens_at.astimezone(limits.opens_at.tzinfo))


def _begin(rule: Rule, start: datetime, opens_at: datetime) -> datetime:
    """Since when a clock can stand still: from its start or, if it ends with a date, once it is open."""
    dated = rule.before or rule.kind in (RuleKind.CALENDAR, RuleKind.STATED)
    return min(start, opens_at, key=in_utc) if dated else start


def _restarted(
    run: ClockRun,
    act: AcceptedAct,
    basis: Basis,
    calendar: WorkCalendar,
    office: OfficeHours,
    extension: Extension,
) -> ClockRun:
    rule = basis.rule.chosen(bool(basis.urgent))
    if rule.kind is not RuleKind.ELAPSED or rule.before:
        run.idle(act, "cannot-restart")
        return run
    if in_utc(act.at) < in_utc(run.start):
        run.idle(act, "outside-clock")
        return run
    count = count_after(basis.rule, act.at, calendar, office, urgent=basis.urgent)
    before = {"from": calendar.local_date(run.start).isoformat()}
    anew = TraceLine(count.start, "start", "runs-anew", before)
    return ClockRun(rule, replace(count, lines=(*count.lines, anew)), count.start, calendar, extension)


def _time_of(due: datetime | None, last_day: date | None, calendar: WorkCalendar) -> time | None:
    """The time of its last day a clock on record ends at; None for 24:00."""
    if due is None or last_day is None or in_utc(due) == in_utc(calendar.midnight_after(last_day)):
        return None
    return due.time()


def _stated(
    run: ClockRun, act: AcceptedAct, limits: Limits, rule: Rule, calendar: WorkCalendar, extension: Extension
) -> ClockRun:
    """The run of limits that are only on record: its last day is kept, as a named day is."""
    zone, last_day = calendar.zone, limits.last_day
    times = (limits.start, limits.opens_at, limits.earliest, limits.due, limits.office_due)
    start, opens_at, earliest, due, office_due = (at and at.astimezone(zone) for at in times)
    assert start is not None
    assert opens_at is not None
    recorded = TraceLine(due or start, "due" if due else "start", "as-recorded")
    count = NominalEnd(
        start,
        opens_at,
        earliest,
        due if last_day is None else None,
        last_day,
        at=_time_of(due, last_day, calendar),
        kept_after=None if last_day is None else last_day - _DAY,
        lines=(*limits.trace, recorded),
    )
    known = replace(limits, start=start, opens_at=opens_at, earliest=earliest, due=due, office_due=office_due)
    stated = ClockRun(rule, count, _begin(rule, start, opens_at), calendar, extension, known)
    for pause in run.standing(act.at):
        stated.pause(pause)
    return stated
