"""What holds of every history: its order does not matter, and a slow count by hand agrees."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alertd.core.day_times import part_of_time
from alertd.core.history import AcceptedAct, ActKind, Basis, Counted, counted
from alertd.core.limits import limits_after
from alertd.core.occurrences import limits_of
from alertd.core.periods import occurrence_at, occurrence_labelled
from alertd.core.rules import parse_rule
from alertd.core.timing import Duration, Extension, Limits, RuleKind, TimeUnit
from alertd.core.turns import turn_limits
from tests.unit.core.shipped_calendar import CALENDAR, OFFICE, ZONE
from tests.unit.core.slow_history import SlowHistory
from tests.unit.core.slow_start import said

quick = settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])

URGENT = [
    "5 working days, urgent: 2 working days", "30 days, urgent: 5 working days roll forward",
    "5 hours, urgent: immediately", "1 month at 12:00, urgent: the same day at close of business",
    "2 hours, urgent: 30 minutes", "5 working days at close of business, urgent: 1 day at 12:00 roll back",
]  # fmt: skip
BOUNDED = [
    "2 working days, at the latest 10-02", "5 working days, at the latest 12-15 at 12:00",
    "15 days, at the latest 2026-11-20", "15 days, at the latest 2026-09-20 at close of business",
    "5 working days or 7 days, whichever is earlier", "5 working days or 7 days, whichever is later",
    "1 month or 12-last day, whichever is later", "20 days or 01-05 at 12:00, whichever is earlier",
    "10 days or 10-03, whichever is earlier roll forward", "10 days or 12-31, whichever is later roll back",
    "10 days, at the latest 10-05 roll back",
    "1 working day at 12:00 or the same day at 18:00, whichever is later",
    "the same day at 12:00 or 1 working day at close of business, whichever is earlier",
    "24 hours or 1500 minutes, whichever is earlier", "3 hours or 90 minutes, whichever is later",
    "10 working days, at the latest 12-last friday", "3 months, at the latest 2027-01-working day 5",
]  # fmt: skip
EXACT = [
    "immediately",
    "5 hours",
    "90 minutes",
    "1 to 3 hours",
    "at least 24 hours",
    "48 hours",
    "2 hours before",
]
DAYS = [
    "15 days", "1 day", "15 days roll forward", "15 days roll back", "1 day roll back",
    "2 weeks roll forward", "1 month", "1 year", "2 to 9 days roll back", "3 to 12 days roll forward",
    "at least 30 days", "5 working days", "5 to 15 working days", "at least 5 working days",
    "3 working days before", "2 working days by 12:00", "1 day by 09:30", "7 days before at 16:00 roll back",
    "the same day", "the same day at 09:30", "the same day at close of business roll forward",
    "2 working days at close of business", "1 day at close of business",
    "5 days at close of business roll back",
    "1 month 15 days", "1 month to 1 month 10 days roll back", "1 month 3 days before",
    "7 days before", "7 days before roll back", "1 month before roll forward",
]  # fmt: skip
DATED = [
    "yearly by 12-30", "yearly by 01-30 of the next year", "yearly by 10-03 roll forward",
    "yearly by 10-03 roll back", "half-yearly by last day",
    "quarterly by day 10 of the next month roll forward",
    "monthly by day 5 of the next month", "monthly by day 1 roll back", "monthly by last day",
    "weekly by friday", "weekly by sunday roll back", "weekly by monday of the next week roll forward",
    "weekly by tuesday and friday", "half-monthly by last day", "monthly by day 15 and last day roll forward",
    "yearly by 06-25 and 12-25", "yearly by 10-03 and 02-10 of the next year", "quarterly by last friday",
    "monthly by 2nd monday roll back", "quarterly by month 1 day 10", "monthly by working day 5",
    "monthly by last working day", "monthly by working day 1 of the next month", "yearly by 03-last friday",
    "yearly by working day 200", "by 2026-10-03 roll forward", "monthly in months 11 to 3 by day 28",
    "every 2 years from 2026 by 12-31", "yearly between 10-03 and 12-15", "weekly between monday and friday",
    "monthly between day 25 and last day", "weekly by friday at 16:00", "daily by 08:00",
    "yearly by 10-03 at 12:00 roll forward", "weekly by sunday at close of business roll back",
    "daily by 08:00 and 17:00", "every working day by 09:30 and close of business",
    "daily by close of business",
    "daily by 18:00, 20:00 and 24:00", "every working day by 18:00 and close of business",
    "every working day by 16:30", "monthly by last working day at 18:00",
    "yearly between 11-01 and 02-last day of the next year roll back",
]  # fmt: skip
WITH_CASE = [
    "every 12 hours while open", "every 2 days while open", "every 3 working days while open",
    "every month while open", "daily at 08:00 and 17:00 while open", "daily at 18:00 and 24:00 while open",
    "every working day at 09:30 and close of business while open", "daily at close of business while open",
]  # fmt: skip
STATED = ["as stated", "as stated roll forward", "as stated roll back", "as stated at 20:00"]
#: each kind as often as the others
RULES = st.one_of(
    *(
        st.sampled_from(texts)
        for texts in (EXACT, DAYS, BOUNDED, URGENT, STATED, DATED, WITH_CASE, ["while the case is open"])
    )
).map(parse_rule)

#: the shipped years are official to 2026; these spans touch them and the first without a notice
STARTS = st.one_of(
    st.datetimes(datetime(2026, 9, 1), datetime(2026, 11, 30)),  # noqa: DTZ001
    st.datetimes(datetime(2026, 12, 1), datetime(2027, 2, 10)),  # noqa: DTZ001
)


def on_grid(moment: datetime) -> datetime:
    """A whole ten minutes, as the slow count walks them; often midnight, which is where days change."""
    moment = moment.replace(second=0, microsecond=0, minute=moment.minute // 10 * 10, tzinfo=ZONE)
    return moment.replace(hour=0, minute=0) if moment.hour >= 20 else moment


@st.composite
def bases(draw: st.DrawFn) -> Basis:
    rule, start = draw(RULES), on_grid(draw(STARTS))
    opens_at = None
    if draw(st.booleans()):
        opens_at = start - timedelta(days=draw(st.integers(0, 20)), minutes=10 * draw(st.integers(0, 9)))
    stated = start.date() + timedelta(days=draw(st.integers(0, 30)))
    turn = draw(st.integers(0, 4)) if rule.kind is RuleKind.RECURRING else 0
    label = occurrence_at(rule.period, start.date()).label if rule.period is not None else ""
    if len(rule.days) > 1:
        label += f".{said(draw(st.sampled_from(rule.days)))}"
    if rule.times and rule.period is not None:
        label += f".{part_of_time(draw(st.sampled_from(rule.times)))}"
    return Basis(rule, start, stated, turn, label, opens_at, draw(st.sampled_from(["", "a flood"])))


@st.composite
def acts_for(draw: st.DrawFn, basis: Basis, most: int = 6) -> list[AcceptedAct]:
    """Acts about when the clock runs; some before its start, some after its limit, some at one instant."""
    limits = counted(basis, (), CALENDAR, OFFICE).base
    first, last = limits.opens_at, max(limits.start, limits.due or limits.start)
    step = timedelta(minutes=10) if basis.rule.by_the_hour else timedelta(hours=6)
    span = (last - first) // step
    count = draw(st.integers(0, most))
    moments = [on_grid(first + step * draw(st.integers(-5, span + 12))) for _ in range(count)]
    found = []
    for entered, at in zip(draw(st.permutations(range(count))), moments, strict=True):
        kind = draw(st.sampled_from([ActKind.PAUSE] * 5 + [ActKind.GRANT] * 3 + list(ActKind)))
        act = AcceptedAct(
            kind, at, entered, limits=limits if kind is ActKind.STATED else None, by="han", reason="a storm"
        )
        found.append(draw(_details(act, basis, last, step)))
    return found


@st.composite
def _details(draw: st.DrawFn, act: AcceptedAct, basis: Basis, last: datetime, step: timedelta) -> AcceptedAct:
    if act.kind is ActKind.PAUSE:
        length = draw(st.one_of(st.none(), st.integers(0, 12), st.integers(0, 60)))
        return act if length is None else replace(act, until=on_grid(act.at + step * length))
    if act.kind in (ActKind.GRANT, ActKind.RETURN):
        end = max(act.at, last - 3 * step) + step * draw(st.integers(1, 30))
        return replace(act, end=on_grid(end) + step if basis.rule.by_the_hour else end.date())
    if act.kind is ActKind.STATED:
        other = replace(basis, start=basis.start + timedelta(days=draw(st.integers(-3, 3))))
        if basis.rule.kind is RuleKind.STATED and basis.stated is not None:
            other = replace(other, stated=basis.stated + timedelta(days=4))
        limits = counted(other, (), CALENDAR, OFFICE).limits
        return replace(act, limits=replace(limits, provisional=draw(st.booleans())))
    return act


@st.composite
def histories(draw: st.DrawFn) -> tuple[Basis, list[AcceptedAct]]:
    basis = draw(bases())
    acts = draw(acts_for(basis))
    # a correction of the start, after the acts were accepted
    moved = timedelta(minutes=10 * draw(st.sampled_from([0, 0, 0, 1, -2, 144, -144, 1000, -1000])))
    start = basis.start + moved
    ahead = timedelta(days=1 if basis.rule.at else 0)  # the time of its own day may be over
    stated = max(basis.stated, start.date() + ahead) if basis.stated else None
    return replace(basis, start=start, stated=stated), acts


DURATIONS = st.builds(Duration, st.integers(1, 12), st.sampled_from(list(TimeUnit)))
EXTENSIONS = st.builds(
    Extension,
    st.one_of(st.none(), DURATIONS),
    st.one_of(st.none(), st.integers(0, 2)),
    st.one_of(st.none(), DURATIONS),
)


def count(basis: Basis, acts: list[AcceptedAct], extension: Extension | None = None) -> Counted:
    return counted(basis, acts, CALENDAR, OFFICE, extension or Extension())


def columns(limits: Limits) -> Limits:
    return replace(limits, trace=())


@settings(quick, max_examples=1000)
@given(history=histories(), extension=EXTENSIONS)
def test_a_slow_count_agrees(history: tuple[Basis, list[AcceptedAct]], extension: Extension) -> None:
    basis, acts = history
    found, slow = count(basis, acts, extension), SlowHistory(basis, acts, CALENDAR, OFFICE)
    limits = found.limits
    instants = (limits.start, limits.opens_at, limits.earliest, limits.due, limits.office_due)
    start, opens_at, earliest, due, office_due = (at and at.replace(tzinfo=None) for at in instants)
    assert slow.limits() == {
        "start": start,
        "opens_at": opens_at,
        "earliest": earliest,
        "due": due,
        "last_day": limits.last_day,
        "office_due": office_due,
        "provisional": limits.provisional,
        "paused": found.paused,
    }
    assert slow.ineffective() == {(act.entered, why) for act, why in found.ineffective}
    assert slow.beyond(extension) == {(act.entered, name) for act, name, _ in found.beyond}


@quick
@given(data=st.data(), history=histories(), extension=EXTENSIONS)
def test_the_order_in_which_the_acts_are_given_does_not_matter(
    data: st.DataObject, history: tuple[Basis, list[AcceptedAct]], extension: Extension
) -> None:
    basis, acts = history
    assert count(basis, data.draw(st.permutations(acts)), extension) == count(basis, acts, extension)


@quick
@given(history=histories(), extension=EXTENSIONS)
def test_counting_again_gives_the_same(
    history: tuple[Basis, list[AcceptedAct]], extension: Extension
) -> None:
    basis, acts = history
    once = count(basis, acts, extension)
    assert count(basis, acts, extension) == once
    stated = AcceptedAct(
        ActKind.STATED, max((act.at for act in acts), default=basis.start), 99, limits=once.limits
    )
    ended = [act for act in acts if act.until is None or act.until <= stated.at]
    assert columns(count(basis, [*ended, stated]).limits) == columns(once.limits)


@quick
@given(basis=bases())
def test_without_acts_that_move_it_it_is_what_the_rule_gives(basis: Basis) -> None:
    found = count(basis, [])
    if basis.turn:
        alone = turn_limits(basis.rule, basis.start, basis.turn, CALENDAR, OFFICE)
    elif basis.occurrence:
        alone = limits_of(basis.rule, occurrence_labelled(basis.occurrence), CALENDAR, OFFICE)
    else:
        alone = limits_after(basis.rule, basis.start, CALENDAR, OFFICE, basis.stated, basis.urgent)
    opens_at = min(alone.opens_at, basis.opens_at or alone.opens_at)
    assert found.limits == found.base == replace(alone, opens_at=opens_at)
    assert (found.ineffective, found.beyond, found.paused) == ((), (), False)
    assert (
        count(basis, [AcceptedAct(ActKind.RETURN, basis.start, 1)]) == found
    )  # without a day it moves nothing


@quick
@given(history=histories(), at=st.integers(-40, 200), length=st.one_of(st.none(), st.integers(0, 60)))
def test_one_pause_more_never_makes_a_limit_earlier(
    history: tuple[Basis, list[AcceptedAct]], at: int, length: int | None
) -> None:
    basis, acts = history
    step = timedelta(minutes=10) if basis.rule.by_the_hour else timedelta(hours=6)
    begin = basis.start + at * step
    more = AcceptedAct(ActKind.PAUSE, begin, 50, until=None if length is None else begin + length * step)
    before, after = count(basis, acts).limits, count(basis, [*acts, more]).limits
    # the end of a case is an instant, and no day, until a named day is later
    names = ("earliest", "due", "last_day", "office_due") if before.last_day else ("earliest", "due")
    for name in names:
        was, now = getattr(before, name), getattr(after, name)
        assert (was is None) == (now is None)
        assert was is None or was <= now, name


@quick
@given(history=histories())
def test_the_trace_ends_with_what_holds(history: tuple[Basis, list[AcceptedAct]]) -> None:
    limits = count(*history).limits
    told = {line.what: line.at for line in limits.trace}
    if limits.due is not None:
        assert told["due"] == limits.due
    if limits.earliest is not None and not any(line.why == "as-recorded" for line in limits.trace):
        assert told["earliest"] == limits.earliest
    assert isinstance(told.get("last-day", date.min), date)
