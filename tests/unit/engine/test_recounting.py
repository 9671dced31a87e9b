"""Limits are counted anew from their whole history: no act loses another one, and the columns are a cache."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import update

from alertd.core.calendar import CalendarYear, WorkCalendar
from alertd.core.timing import Duration, Extension, OfficeHours, TimeUnit
from alertd.engine.cases import corrections
from alertd.engine.deadlines import recount, sample
from alertd.engine.operations import acts, more_time
from alertd.engine.operations import events as operations
from alertd.engine.planning import plan as planning
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Actor
from alertd.store import tables
from tests.support.play import Play
from tests.support.register import CALENDAR, ZONE, at, tiny_register, with_obligation

REVIEW = "draft-review@rules/town-a"
INCIDENT = "incident-information@fire/town-a"
ANN, CAI, GAO = Actor("ann"), Actor("cai"), Actor("gao")


@pytest.fixture
def draft(begin: Any) -> Play:
    """5 to 15 working days from Tuesday 2026-12-01: earliest 12-09, last day 12-22."""
    play: Play = begin("2026-12-01T10:00")
    play.report("draft", "rules", received="2026-12-01T10:00")
    play.go("2026-12-01T10:00")
    return play


def do(play: Play, work: Any, name: str, *args: Any) -> Any:
    return play.do(work, play.row(name).number, *args)


def correct(play: Play, name: str, approver: str = "", **instants: str) -> Any:
    given = {instant: at(text) for instant, text in instants.items()}
    done = play.do(corrections.correct, play.row(name).event_id, given, None, "slip", approver)
    return list(done.moved)


def extended(play: Play, until: date) -> None:
    do(play, more_time.ask_extension, REVIEW, until, "experts", ANN)
    do(play, more_time.grant_extension, REVIEW, CAI)


def paused(play: Play, first: str, last: str) -> None:
    play.go(first)
    do(play, more_time.suspend, REVIEW, at(first), "hearing", GAO)
    play.go(last)
    do(play, more_time.resume, REVIEW, at(last), "", GAO)


# ---------------------------------------------------------------- corrections keep what was accepted


def test_a_clock_corrected_by_a_minute_keeps_its_extension(draft: Play) -> None:
    extended(draft, date(2027, 2, 5))
    correct(draft, REVIEW, received="2026-12-01T10:01")
    row = draft.row(REVIEW)
    assert (row.last_day, row.start) == (date(2027, 2, 5), at("2026-12-01T10:01"))


def test_an_extension_stands_as_its_day_unless_the_limit_without_it_is_later(draft: Play) -> None:
    extended(draft, date(2026, 12, 24))
    correct(draft, REVIEW, received="2026-12-02T10:00")  # 15 working days end on the 23rd
    assert draft.row(REVIEW).last_day == date(2026, 12, 24)
    correct(draft, REVIEW, "mayor", received="2026-12-08T10:00")  # and now on the 29th
    assert draft.row(REVIEW).last_day == date(2026, 12, 29)


def test_a_clock_corrected_by_a_minute_keeps_the_days_it_stood_still(draft: Play) -> None:
    paused(draft, "2026-12-03T10:00", "2026-12-08T10:00")  # three working days: the 4th, 7th and 8th
    assert draft.row(REVIEW).last_day == date(2026, 12, 25)
    correct(draft, REVIEW, received="2026-12-01T10:01")
    assert draft.row(REVIEW).last_day == date(2026, 12, 25)
    correct(
        draft, REVIEW, "mayor", received="2026-12-04T10:00"
    )  # of the pause only the 7th and 8th lie in it
    assert draft.row(REVIEW).last_day == date(2026, 12, 29)


def test_a_clock_corrected_by_a_minute_keeps_its_restart(draft: Play) -> None:
    draft.go("2026-12-09T09:00")
    do(draft, more_time.restart, REVIEW, at("2026-12-08T09:00"), "a new draft", GAO)
    limit = draft.row(REVIEW).last_day
    assert limit == date(2026, 12, 29)
    correct(draft, REVIEW, received="2026-12-01T10:01")
    row = draft.row(REVIEW)
    assert (row.last_day, row.start, row.counted_from) == (
        limit,
        at("2026-12-08T09:00"),
        at("2026-12-01T10:01"),
    )


def test_a_clock_that_stands_still_is_corrected_too_and_goes_on_from_the_right_start(draft: Play) -> None:
    draft.go("2026-12-03T10:00")
    do(draft, more_time.suspend, REVIEW, at("2026-12-03T10:00"), "hearing", GAO)
    assert correct(draft, REVIEW, received="2026-11-30T10:00") == [REVIEW]
    assert (draft.row(REVIEW).state, draft.row(REVIEW).last_day) == ("suspended", date(2026, 12, 21))
    draft.go("2026-12-08T10:00")
    do(draft, more_time.resume, REVIEW, at("2026-12-08T10:00"), "", GAO)
    assert draft.row(REVIEW).last_day == date(2026, 12, 24)


def test_what_a_correction_undoes_is_named_before_it_is_made(draft: Play) -> None:
    paused(draft, "2026-12-03T10:00", "2026-12-08T10:00")
    given = {"received": at("2026-12-09T10:00")}
    found = draft.do(corrections.corrections, draft.row(REVIEW).event_id, given, None)
    assert [(act.kind, why) for act, why in found.moves[0].undone] == [("pause", "outside-clock")]
    assert draft.row(REVIEW).last_day == date(2026, 12, 25)


def test_days_a_clock_stood_still_are_added_before_the_last_day_rolls(begin: Any) -> None:
    register = with_obligation(tiny_register(), "draft-review", rule="15 days roll forward")
    play: Play = begin("2026-11-13T10:00", register)
    play.report("draft", "rules", received="2026-11-13T10:00")
    play.go("2026-11-13T10:00")
    assert play.row(REVIEW).last_day == date(2026, 11, 30)  # Saturday the 28th rolls to Monday
    paused(play, "2026-11-18T10:00", "2026-11-20T10:00")
    assert play.row(REVIEW).last_day == date(2026, 11, 30)  # the 28th and two days are that Monday (art. 203)


@pytest.mark.parametrize("order", list(itertools.permutations(["pause", "grant", "correction"])))
def test_acts_entered_in_any_order_give_the_same_limits(begin: Any, order: tuple[str, ...]) -> None:
    play: Play = begin("2026-12-14T09:00")
    play.report("draft", "rules", received="2026-12-01T10:00")
    for act in order:
        if act == "pause":
            do(play, more_time.suspend, REVIEW, at("2026-12-03T10:00"), "hearing", GAO)
            do(play, more_time.resume, REVIEW, at("2026-12-08T10:00"), "", GAO)
        elif act == "grant":
            extended(play, date(2026, 12, 31))
        else:
            correct(play, REVIEW, "mayor", received="2026-12-02T10:00")
    row = play.row(REVIEW)
    assert (row.last_day, row.earliest) == (date(2026, 12, 31), at("2026-12-15"))


# ---------------------------------------------------------------- what is closed


def test_a_closed_deadline_that_was_late_after_all_gets_a_second_fact_and_keeps_the_first(
    draft: Play,
) -> None:
    draft.go("2026-12-23T09:00")
    draft.done(REVIEW, "2026-12-22T16:00", by="ann")
    with pytest.raises(Refused, match="approver-needed"):
        correct(draft, REVIEW, received="2026-11-30T10:00")
    assert correct(draft, REVIEW, "mayor", received="2026-11-30T10:00") == [REVIEW]
    row = draft.row(REVIEW)
    assert (row.state, row.breach, row.last_day) == ("done", "late", date(2026, 12, 21))
    facts = [(fact.kind, fact.detail["approver"]) for fact in draft.all(tables.breaches)]
    assert facts == [("rejudged-late", "mayor")]


def test_a_recorded_breach_is_not_erased_by_a_correction_that_makes_it_in_time(draft: Play) -> None:
    draft.go("2026-12-24T09:00")
    draft.done(REVIEW, "2026-12-23T16:00", by="ann")
    assert draft.row(REVIEW).breach == "late"
    correct(draft, REVIEW, "mayor", received="2026-12-03T10:00")
    assert draft.row(REVIEW).breach == ""
    assert [fact.kind for fact in draft.all(tables.breaches)] == ["late", "rejudged-in-time"]


def test_a_correction_that_leaves_a_verdict_as_it_was_does_not_touch_what_is_closed(draft: Play) -> None:
    draft.go("2026-12-18T09:00")
    draft.done(REVIEW, "2026-12-17T16:00", by="ann")
    assert correct(draft, REVIEW, received="2026-12-01T09:00") == []
    assert draft.all(tables.breaches) == []


# ---------------------------------------------------------------- a limit moved into the past


def test_a_limit_moved_into_the_past_speaks_at_once_and_once(begin: Any) -> None:
    play: Play = begin("2026-12-05T08:00")
    play.report("incident", "fire", published="2026-12-05T06:00")  # due at 11:00
    play.go("2026-12-05T08:30")
    correct(play, INCIDENT, published="2026-12-05T03:00")  # due at 08:00, half an hour ago
    heard = play.go("2026-12-05T08:30")
    people = [person for _, person, _ in heard]
    assert sorted(people) == sorted(set(people)), "nobody hears of it twice"
    assert {"ann", "dan", "gao"} <= set(people)
    alerts = {row.id: row for row in play.all(tables.alerts) if row.kind == "moved"}
    assert "reached" in {alert.step for alert in alerts.values()}
    told = [row.person for row in play.all(tables.notices) if row.alert in alerts]
    assert sorted(told) == sorted(set(told)), "nor twice in one message"
    row = play.row(INCIDENT)
    assert row.due == at("2026-12-05T08:00")
    assert row.next_action_at is None or row.next_action_at > play.now


def test_a_limit_moved_to_this_very_moment_is_one_in_the_past(begin: Any) -> None:
    play: Play = begin("2026-12-05T08:00")
    play.report("incident", "fire", published="2026-12-05T06:00")
    play.go("2026-12-05T08:30")
    correct(play, INCIDENT, published="2026-12-05T03:30")  # due at 08:30
    heard = play.go("2026-12-05T08:30")
    assert [person for _, person, _ in heard].count("ann") == 1
    moved = {alert.step for alert in play.all(tables.alerts) if alert.kind == "moved"}
    assert "reached" in moved


def test_a_limit_that_was_over_already_is_moved_and_its_steps_speak_for_themselves(begin: Any) -> None:
    play: Play = begin("2026-12-05T08:00")
    play.report("incident", "fire", published="2026-12-05T03:00")  # due at 08:00
    play.go("2026-12-05T08:30")
    before = {alert.id for alert in play.all(tables.alerts)}
    correct(play, INCIDENT, published="2026-12-03T03:00")  # the first working day after it is over, too
    play.fire()
    new = [alert for alert in play.all(tables.alerts) if alert.id not in before]
    assert [(alert.kind, alert.step) for alert in new] == [("moved", "moved"), ("step", "overdue-1")]


# ---------------------------------------------------------------- the calendar, the zone, the office hours


def _with_saturday_at_work(play: Play, day: str) -> Any:
    year = CalendarYear(2026, "official", work={date.fromisoformat(day): "make-up"})
    years = {2026: year, 2027: CalendarYear(2027, "official")}
    return replace(play.world, calendar=WorkCalendar(ZONE, years, "another notice"))


def _apply(play: Play) -> Any:
    found = play.do(planning.make_plan)
    play.do(planning.apply_plan, found, "new calendar")
    return found


def test_a_new_notice_recounts_running_clocks_and_those_with_acts(draft: Play) -> None:
    _apply(draft)
    paused(draft, "2026-12-03T10:00", "2026-12-08T10:00")
    assert draft.row(REVIEW).last_day == date(2026, 12, 25)
    draft.world = _with_saturday_at_work(draft, "2026-12-12")
    found = _apply(draft)
    assert [move.row.id for move in found.moved] == [REVIEW]
    assert draft.row(REVIEW).last_day == date(2026, 12, 24)
    assert _apply(draft).moved == []


def test_changed_office_hours_reach_stored_limits_once(draft: Play) -> None:
    _apply(draft)
    before = draft.row(REVIEW)
    draft.world = replace(
        draft.world, office=replace(draft.world.office, closes=at("2026-12-01T16:00").time())
    )
    found = _apply(draft)
    assert [sorted(move.values) for move in found.moved if move.started] == [["office_due", "trace"]]
    row = draft.row(REVIEW)
    assert (row.last_day, row.office_due) == (before.last_day, at("2026-12-22T16:00"))
    assert not [move for move in _apply(draft).moved if move.started]


def test_many_clocks_are_moved_a_batch_at_a_time(begin: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "_AT_ONCE", 2)
    play: Play = begin("2026-12-01T10:00")
    for number in range(5):
        play.report("draft", f"rules-{number}", received="2026-12-01T10:00")
    _apply(play)
    play.world = _with_saturday_at_work(play, "2026-12-12")
    assert len(_apply(play).moved) == 5

    def moved() -> int:
        return sum(row.last_day == date(2026, 12, 21) for row in play.all(tables.deadlines))

    assert moved() == 0
    steps = []
    while play.do(planning.recount_some):
        steps.append(moved())
    assert steps == [2, 4, 5]


def test_as_many_clocks_as_one_batch_holds_are_moved_at_once(
    begin: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "_AT_ONCE", 2)
    play: Play = begin("2026-12-01T10:00")
    for number in range(2):
        play.report("draft", f"rules-{number}", received="2026-12-01T10:00")
    _apply(play)
    play.world = _with_saturday_at_work(play, "2026-12-12")
    assert len(_apply(play).moved) == 2
    assert [row.last_day for row in play.all(tables.deadlines) if row.event_id] == [date(2026, 12, 21)] * 2
    assert play.do(planning.recount_some) is False


def test_a_stored_limit_that_is_not_what_its_history_gives_is_found(draft: Play) -> None:
    _apply(draft)
    with draft.store.write() as tx:
        assert sample.differing_limits(draft.scope(tx), seed=1) == ([], [])
        tx.execute(update(tables.deadlines).values(last_day=date(2026, 12, 30)))
        found, _ = sample.differing_limits(draft.scope(tx), seed=1)
    assert [(each.row.id, each.columns) for each in found] == [(REVIEW, ("last_day",))]


def test_the_fingerprint_of_counting_names_calendar_zone_and_office_hours(draft: Play) -> None:
    same = planning.counted_by(draft.world)
    others = [
        replace(draft.world, calendar=WorkCalendar(ZONE, {}, "another")),
        replace(draft.world, office=OfficeHours(closes=at("2026-12-01T16:00").time())),
    ]
    assert len({same, *(planning.counted_by(other) for other in others)}) == 3
    assert planning.counted_by(replace(draft.world, calendar=CALENDAR)) == same


# ---------------------------------------------------------------- a bare date


@pytest.mark.parametrize(
    ("day", "breach"),
    [("2026-12-22", ""), ("2026-12-23", "late"), ("2026-12-09", ""), ("2026-12-08", "early-soft")],
)
def test_a_hand_in_dated_by_a_day_alone_happened_on_that_day(draft: Play, day: str, breach: str) -> None:
    draft.go("2026-12-28T09:00")
    what = acts.HandIn(date.fromisoformat(day), reason="as agreed")
    do(draft, acts.hand_in, REVIEW, what, ANN)
    assert draft.row(REVIEW).breach == breach


def test_a_hand_in_dated_today_is_not_ahead_of_now(draft: Play) -> None:
    draft.go("2026-12-18T09:00")
    do(draft, acts.hand_in, REVIEW, acts.HandIn(date(2026, 12, 18)), ANN)
    assert draft.row(REVIEW).done_at == draft.now


def test_an_event_dated_by_a_day_alone_closes_on_that_day(begin: Any) -> None:
    register = with_obligation(tiny_register(), "draft-review", closed_by=("hearing",))
    play: Play = begin("2026-12-01T10:00", register)
    play.report("draft", "rules", received="2026-12-01T10:00")
    play.go("2026-12-28T09:00")
    asked = operations.Report("hearing", "rules", ("town-a",), {"assigned": date(2026, 12, 23)})
    assert play.do(operations.report, asked).closed == (REVIEW,)
    assert play.row(REVIEW).breach == "late"


# ---------------------------------------------------------------- reported again


def test_the_same_facts_reported_again_after_a_false_alarm_start_their_clocks_anew(draft: Play) -> None:
    event = draft.row(REVIEW).event_id
    draft.do(corrections.cancel, event, "false alarm")
    assert draft.row(REVIEW).state == "cancelled"
    again = draft.report("draft", "rules", received="2026-12-01T10:00")
    assert again.started == ("draft-review@rules.2/town-a",)
    assert (again.known, again.id) == (False, f"{event}.2")
    assert draft.report("draft", "rules", received="2026-12-01T10:00").known


def test_the_limits_of_a_deadline_are_what_its_history_gives(draft: Play) -> None:
    extended(draft, date(2026, 12, 31))
    paused(draft, "2026-12-03T10:00", "2026-12-08T10:00")
    for stored in draft.all(tables.deadlines):
        with draft.store.read() as tx:
            limits = recount.recounted(draft.scope(tx), stored).limits
        assert recount.differing(stored, limits) == {}


@pytest.mark.parametrize("approver", ["cai", "the mayor's office"])
def test_a_grant_that_a_correction_makes_too_long_stands_and_is_named_to_who_approved_it(
    begin: Any, approver: str
) -> None:
    bounds = Extension(limit=Duration(30, TimeUnit.DAY))
    register = with_obligation(tiny_register(), "draft-review", extension=bounds)
    play: Play = begin("2026-12-01T10:00", register)
    play.report("draft", "rules", received="2026-12-01T10:00")
    play.go("2026-12-01T10:00")
    do(play, more_time.ask_extension, REVIEW, date(2026, 12, 31), "experts", ANN)
    by = Actor("clerk") if approver != "cai" else CAI
    play.do(more_time.grant_extension, play.row(REVIEW).number, approver, None, by)
    correct(play, REVIEW, received="2026-11-25T10:00")
    assert play.row(REVIEW).last_day == date(2026, 12, 31)
    rows = play.all(tables.deliveries)
    told = [row for row in rows if (row.payload or {}).get("topic") == "extension-beyond"]
    assert [(row.person, row.template) for row in told] == [
        ("cai", "told") if approver == "cai" else ("admin", "admin")
    ]
