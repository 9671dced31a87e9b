"""Which step is reached, who hears of it, and when to look again."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertd.core.calendar import CalendarYear, WorkCalendar
from alertd.core.durations import parse_repeat
from alertd.core.escalation import (
    Decision,
    Reach,
    decide,
    first_action,
    overdue_ladder,
    quiet_until,
    rewound,
    timetable,
)
from alertd.core.limits import limits_after
from alertd.core.model import Overdue, Policy, State, Step
from alertd.core.rules import parse_rule
from alertd.core.steptimes import parse_step_time, step_instant
from alertd.core.timing import Period
from tests.unit.core.shipped_calendar import CALENDAR, OFFICE, at

TEN = parse_repeat("every 10 minutes until acknowledged, at most 3")


def step(name: str, when: str, to: str, ask: str = "", level: int = 1, **more: object) -> Step:
    asked = frozenset(ask.split())
    return Step(name, parse_step_time(when), tuple(to.split()), asked, level, **more)  # type: ignore[arg-type]


HOURS = Policy(
    "hours",
    {},
    (
        step("started", "start", "duty contact", "duty contact", 1, repeat=TEN, ack="any"),
        step("half", "50%", "contact leader", "contact", 2),
        step("most", "80%", "contact principal", "", 3),
        step("reached", "due", "duty principal", "duty", 5),
    ),
    hours=True,
)
YEARLY = Policy(
    "yearly",
    {},
    (
        step("near", "due - 10 working days", "contact", "contact", 1),
        step("last", "last-workday", "contact leader", "contact", 3),
    ),
    Overdue(("contact", "supervisor"), frozenset({"contact"}), daily=5, weekly=4),
)


def steps_of(policy: Policy, rule: str, start: str) -> tuple[Reach, ...]:
    parsed = parse_rule(rule)
    limits = limits_after(parsed, at(start), CALENDAR, OFFICE)
    return timetable(policy, limits, parsed.by_the_hour, CALENDAR, OFFICE)


AT_ONCE = Policy(
    "at-once",
    {},
    (
        step("now", "start", "duty contact", "duty", 1, repeat=TEN),
        step("ten", "start + 10 minutes", "contact leader", "contact", 2),
        step("half-hour", "due + 30 minutes", "principal", "principal", 3),
        step("share", "80%", "contact", "", 1),
    ),
    hours=True,
)
FIVE_HOURS = steps_of(HOURS, "5 hours", "2026-10-01T02:00")
REPORT = steps_of(YEARLY, "yearly by 12-30", "2026-11-22")
BEGINNING = at("2026-01-01")


def nobody(unless: frozenset[str]) -> bool:
    return False


def decided(
    reaches: tuple[Reach, ...],
    now: str | datetime,
    fired: tuple[str, ...] = (),
    state: State = State.OPEN,
    opens_at: datetime = BEGINNING,
    since: datetime = BEGINNING,
    excused: object = nobody,
) -> Decision:
    moment = at(now) if isinstance(now, str) else now
    return decide(state, opens_at, since, fired, reaches, moment, excused)  # type: ignore[arg-type]


def test_before_the_first_step_nobody_hears_anything() -> None:
    decision = decided(FIVE_HOURS, "2026-10-01T01:59")
    assert (decision.alert, decision.fired, decision.passed) == (None, (), ())
    assert decision.next_at == at("2026-10-01T02:00")


def test_a_step_is_reached_at_its_very_instant() -> None:
    decision = decided(FIVE_HOURS, "2026-10-01T02:00")
    assert decision.alert is not None
    assert decision.alert.step_id == "started"
    assert decision.alert.addressed == (("duty", True), ("contact", True))
    assert (decision.alert.repeat, decision.alert.ack) == (TEN, "any")
    assert decision.next_at == at("2026-10-01T04:30")


def test_a_step_that_was_spoken_is_not_spoken_again() -> None:
    decision = decided(FIVE_HOURS, "2026-10-01T02:30", ("started",))
    assert (decision.alert, decision.fired) == (None, ("started",))


def test_steps_reached_together_are_one_message_at_the_highest_level_to_all_of_them() -> None:
    decision = decided(FIVE_HOURS, "2026-10-01T06:30")
    assert decision.alert is not None
    assert (decision.alert.step_id, decision.alert.level) == ("most", 3)
    assert decision.alert.reached_at == at("2026-10-01T06:00")
    assert decision.alert.merged == ("started", "half")
    assert decision.alert.addressed == (
        ("duty", True),
        ("contact", True),  # asked by a merged step, though the top step only informs
        ("leader", False),
        ("principal", False),
    )
    assert decision.fired == ("started", "half", "most")
    assert decision.alert.repeat is None  # chased as the top step says


def test_a_step_is_passed_silently_when_its_unless_holds() -> None:
    reaches = tuple(
        replace(r, step=replace(r.step, unless=frozenset({"acknowledged"}))) if r.id == "half" else r
        for r in FIVE_HOURS
    )
    asked: list[frozenset[str]] = []

    def excused(unless: frozenset[str]) -> bool:
        asked.append(unless)
        return True

    decision = decided(reaches, "2026-10-01T04:30", ("started",), excused=excused)
    assert (decision.alert, decision.passed) == (None, ("half",))
    assert decision.fired == ("started", "half")
    assert asked == [frozenset({"acknowledged"})]
    spoken = decided(reaches, "2026-10-01T04:30", ("started",))
    assert spoken.alert is not None
    assert spoken.alert.step_id == "half"


def test_an_acknowledgement_stops_no_step_that_does_not_say_so() -> None:
    decision = decided(FIVE_HOURS, "2026-10-01T04:30", ("started",), excused=lambda unless: True)
    assert decision.alert is not None


def test_after_the_end_it_speaks_each_working_day_then_weekly_then_only_in_the_bulletin() -> None:
    overdue = [(r.id, f"{r.at:%m-%d %H:%M}") for r in REPORT if r.id.startswith("overdue")]
    assert overdue == [
        ("overdue-1", "12-31 08:30"),
        # 1 to 3 January 2027 are days off
        ("overdue-2", "01-04 08:30"),
        ("overdue-3", "01-05 08:30"),
        ("overdue-4", "01-06 08:30"),
        ("overdue-5", "01-07 08:30"),
        ("overdue-week-1", "01-14 08:30"),
        ("overdue-week-2", "01-21 08:30"),
        ("overdue-week-3", "01-28 08:30"),
        ("overdue-week-4", "02-04 08:30"),
    ]
    last = decided(REPORT, "2027-06-01", tuple(r.id for r in REPORT[:-1]))
    assert last.alert is not None
    assert (last.alert.step_id, last.alert.level) == ("overdue-week-4", 9)
    assert (last.next_at, last.waits) == (None, "bulletin")


def test_without_a_ladder_it_waits_for_the_hand_in() -> None:
    decision = decided(FIVE_HOURS, "2026-10-02")
    assert (decision.next_at, decision.waits) == (None, "completion")


def test_a_duty_without_an_end_has_no_ladder() -> None:
    reaches = steps_of(YEARLY, "at least 30 days", "2026-05-01")
    assert reaches == ()
    assert decided(reaches, "2026-05-01").waits == "completion"


@given(
    st.integers(0, 690 * 1440),
    st.sampled_from(("5 hours", "15 days", "5 working days", "1 month")),
)
def test_a_rung_is_reached_when_a_step_after_due_would_be(minutes: int, rule: str) -> None:
    parsed = parse_rule(rule)
    limits = limits_after(parsed, BEGINNING + timedelta(minutes=minutes), CALENDAR, OFFICE)
    for reach in timetable(YEARLY, limits, parsed.by_the_hour, CALENDAR, OFFICE)[-9:]:
        days = int(reach.id.rpartition("-")[2])
        days = 5 + 5 * days if "week" in reach.id else days
        when = parse_step_time(f"due + {days} working days")
        assert reach.at == step_instant(when, limits, parsed.by_the_hour, CALENDAR, OFFICE)


def test_rungs_are_not_remembered_for_another_calendar_or_another_ladder() -> None:
    closed = CalendarYear(2026, "official", {date(2026, 10, 8): "special"})
    other = WorkCalendar(CALENDAR.zone, {2026: closed}, "other")
    assert YEARLY.overdue is not None
    shorter = replace(YEARLY.overdue, daily=1)
    last_day = date(2026, 10, 7)
    rungs = {
        calendar.version: overdue_ladder(YEARLY.overdue, last_day, calendar, OFFICE)
        for calendar in (CALENDAR, other)
    }
    assert f"{rungs[CALENDAR.version][0].at:%m-%d}" == "10-08"
    assert f"{rungs['other'][0].at:%m-%d}" == "10-09"
    assert len(overdue_ladder(shorter, last_day, CALENDAR, OFFICE)) == 5


def test_a_scheduled_deadline_opens_when_its_time_has_come() -> None:
    opens = at("2026-12-01T09:00")
    early = decided(REPORT, "2026-12-01T08:59", state=State.SCHEDULED, opens_at=opens)
    assert (early.opens, early.next_at) == (False, opens)
    opened = decided(REPORT, opens, state=State.SCHEDULED, opens_at=opens)
    assert (opened.opens, opened.next_at) == (True, at("2026-12-16T08:30"))
    assert not decided(REPORT, opens, state=State.OPEN, opens_at=opens).opens


def test_no_step_is_reached_before_the_clock_opens() -> None:
    limits = limits_after(parse_rule("yearly by 01-05"), at("2026-06-01"), CALENDAR, OFFICE)
    reaches = timetable(YEARLY, limits, False, CALENDAR, OFFICE)
    assert reaches[0].id == "near"
    assert reaches[0].at == limits.opens_at == at("2027-01-01")


PACE = Policy(
    "pace",
    {},
    (step("behind", "opens", "contact", "contact", each=Period.MONTH, unless=frozenset({"on-track"})),),
)
TRAINING = steps_of(PACE, "yearly by 12-31", "2026-06-01")


def test_pace_is_asked_on_the_first_working_day_of_each_month_but_the_first() -> None:
    assert [r.id for r in TRAINING] == [f"behind.2026-{month:02}" for month in range(2, 13)]
    assert f"{TRAINING[0].at:%m-%d %H:%M}" == "02-02 08:30"


def test_pace_checks_from_before_the_duty_was_applied_are_nobodys_debt() -> None:
    decision = decided(TRAINING, "2026-11-22", since=at("2026-10-15"))
    assert decision.alert is not None
    assert (decision.alert.step_id, decision.alert.merged) == ("behind.2026-11", ())
    assert decision.next_at == at("2026-12-01T08:30")


def test_steps_that_lie_ahead_again_after_a_move_are_spoken_again() -> None:
    fired = ("started", "half", "most", "reached")
    later = steps_of(HOURS, "5 hours", "2026-10-01T05:00")  # moved by three hours
    assert rewound(fired, later, at("2026-10-01T07:30")) == ("started", "half")
    assert rewound(fired, FIVE_HOURS, at("2026-10-01T07:30")) == fired


def test_a_new_deadline_is_first_looked_at_when_it_opens_or_speaks() -> None:
    none: tuple[str, ...] = ()
    opens = at("2026-12-01")
    assert first_action(State.SCHEDULED, opens, BEGINNING, none, REPORT) == opens
    assert first_action(State.OPEN, opens, BEGINNING, none, REPORT) == at("2026-12-16T08:30")
    assert first_action(State.OPEN, opens, BEGINNING, tuple(r.id for r in REPORT), REPORT) is None
    assert first_action(State.OPEN, opens, at("2026-11-22"), none, TRAINING) == at("2026-12-01T08:30")


WAKES = st.lists(st.integers(-3 * 24 * 60, 90 * 24 * 60), max_size=25)


@pytest.mark.parametrize(
    ("reaches", "start"), [(FIVE_HOURS, "2026-10-01T02:00"), (REPORT, "2026-12-10"), (TRAINING, "2026-10-20")]
)
@given(minutes=WAKES, since=st.integers(0, 60))
def test_whenever_the_daemon_wakes_each_step_is_reached_exactly_once(
    reaches: tuple[Reach, ...], start: str, minutes: list[int], since: int
) -> None:
    applied = at(start) - timedelta(days=since)
    wakes = [at(start) + timedelta(minutes=m) for m in minutes] + [at("2028-01-01")]
    fired: tuple[str, ...] = ()
    spoken: list[str] = []
    state = State.SCHEDULED
    for now in wakes:  # in any order: the wall clock may jump back
        decision = decided(reaches, now, fired, state, at(start), applied)
        state = State.OPEN if decision.opens else state
        if decision.alert is not None:
            together = {*decision.alert.merged, decision.alert.step_id}
            assert all(r.at <= now for r in reaches if r.id in together)
            spoken += together
        fired = decision.fired
        assert decision.next_at is None or decision.next_at > now
        assert (decision.next_at is None) == (decision.waits != "")
    owed = [r.id for r in reaches if not (r.step.each and r.at < applied)]
    assert sorted(spoken) == sorted(owed)
    assert sorted(fired) == sorted(owed)


def test_waking_when_told_to_looks_at_each_step_at_its_instant() -> None:
    now = at("2026-12-10")
    fired: tuple[str, ...] = ()
    looked: list[datetime] = []
    while True:
        decision = decided(REPORT, now, fired)
        fired = decision.fired
        looked.append(now)
        if decision.next_at is None:
            break
        now = decision.next_at
    assert looked[1:] == [r.at for r in REPORT]


def test_an_acknowledgement_is_quiet_no_longer_than_until_the_next_step() -> None:
    reaches = steps_of(HOURS, "5 hours", "2026-10-01T02:00")
    now, half = at("2026-10-01T02:10"), at("2026-10-01T04:30")
    assert quiet_until(at("2026-10-01T03:10"), ("started",), reaches, now) == at("2026-10-01T03:10")
    assert quiet_until(at("2026-10-01T05:00"), ("started",), reaches, now) == half
    assert quiet_until(at("2026-10-01T05:00"), ("started", "half"), reaches, now) == at("2026-10-01T05:00")


def test_a_step_that_an_acknowledgement_excuses_does_not_end_its_quiet() -> None:
    excused = replace(HOURS.steps[1], unless=frozenset({"acknowledged"}))
    policy = replace(HOURS, steps=(HOURS.steps[0], excused, *HOURS.steps[2:]))
    reaches = steps_of(policy, "5 hours", "2026-10-01T02:00")
    until = quiet_until(at("2026-10-01T06:30"), ("started",), reaches, at("2026-10-01T02:10"))
    assert until == at("2026-10-01T06:00")


def test_steps_after_a_limit_of_no_length_are_reached_one_after_the_other() -> None:
    reaches = steps_of(AT_ONCE, "immediately", "2026-10-01T02:00")
    assert [(reach.id, reach.at) for reach in reaches] == [
        ("now", at("2026-10-01T02:00")),
        ("share", at("2026-10-01T02:00")),
        ("ten", at("2026-10-01T02:10")),
        ("half-hour", at("2026-10-01T02:30")),
    ]
    first = decided(reaches, "2026-10-01T02:00", opens_at=at("2026-10-01T02:00"))
    assert first.alert is not None
    assert (first.alert.step_id, first.next_at) == ("now", at("2026-10-01T02:10"))
    second = decided(reaches, "2026-10-01T02:10", first.fired)
    assert second.alert is not None
    assert (second.alert.step_id, second.next_at) == ("ten", at("2026-10-01T02:30"))
