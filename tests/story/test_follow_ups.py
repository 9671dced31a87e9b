"""Follow-up reports (續報) of an incident: every twelve hours until the final one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from alertd.core.calendar import CalendarYear, WorkCalendar
from alertd.core.model import EventType, Obligation, Source
from alertd.core.rules import parse_rule
from alertd.engine.operations import acts
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.world import World
from tests.story.city import ZONE, City, at, shipped

TOWN = "town-donghe"
INFORMATION = f"incident-information@fire/{TOWN}"
CONFERENCE = f"press-conference@fire/{TOWN}"


def turn(number: int) -> str:
    return f"follow-up@fire{f'.{number}' if number > 1 else ''}/{TOWN}"


def world(rule: str = "every 12 hours while open", *ends: str) -> World:
    """The shipped register with a duty to report again and again."""
    shipped_world = shipped()[0]
    register = shipped_world.register
    duty = Obligation(
        id="follow-up",
        title={"zh-Hant": "續報", "en": "Follow-up report"},
        source=Source("emergency plan 4.3"),
        owed_by="event.party",
        rule=parse_rule(rule),
        policy="hour-clock",
        starts_on=("major-incident.published", "major-incident.occurred"),
        closed_by=("follow-up-sent",),
        receiver="government-office",
        ends_on=ends,
    )
    kinds = {
        name: EventType(name, {"zh-Hant": name, "en": name}, ("issued",))
        for name in ("follow-up-sent", "final-report-sent")
    }
    types = {**register.event_types, **kinds}
    obligations = {**register.obligations, duty.id: duty}
    return replace(shipped_world, register=replace(register, event_types=types, obligations=obligations))


def fire(now: str = "2026-10-01 02:10", *ends: str) -> City:
    """A fire on National Day; reports go on until the final one unless told otherwise."""
    city = City(now, world("every 12 hours while open", *(ends or ("final-report-sent",))))
    city.report("major-incident", "fire", TOWN, published="2026-10-01 02:10")
    return city


def turns(city: City) -> list[tuple[str, str]]:
    rows = [row for row in city.deadlines() if row.obligation == "follow-up"]
    return [(row.occurrence, row.result or row.state) for row in rows]


def test_the_running_turn_and_the_next_are_planned() -> None:
    city = fire()
    assert turns(city) == [("fire", "open"), ("fire.2", "scheduled")]
    assert city.row(turn(1)).due == at("2026-10-01 14:10")
    assert city.row(turn(2)).opens_at == at("2026-10-01 14:10")
    city.until("2026-10-01 14:11")
    assert turns(city) == [("fire", "open"), ("fire.2", "open"), ("fire.3", "scheduled")]


def test_an_early_report_does_not_shift_the_rhythm() -> None:
    city = fire()
    city.until("2026-10-01 05:00")
    city.report("follow-up-sent", "fire", TOWN, issued="2026-10-01 04:50")
    assert turns(city) == [("fire", "done"), ("fire.2", "scheduled")]
    city.until("2026-10-01 15:00")
    assert city.row(turn(2)).state == "open"
    assert city.row(turn(2)).due == at("2026-10-02 02:10")


def test_a_missed_turn_stays_overdue_and_the_next_comes_all_the_same() -> None:
    city = fire()
    city.until("2026-10-01 16:00")
    city.report("follow-up-sent", "fire", TOWN, issued="2026-10-01 15:50")
    assert turns(city) == [("fire", "open"), ("fire.2", "done"), ("fire.3", "scheduled")]
    # Another one in the same turn answers the one that was missed.
    city.report("follow-up-sent", "fire", TOWN, issued="2026-10-01 16:00")
    assert (city.row(turn(1)).state, city.row(turn(1)).breach) == ("done", "late")


def test_a_report_at_the_very_moment_it_is_due_is_in_time() -> None:
    city = fire()
    city.until("2026-10-01 14:30")
    city.report("follow-up-sent", "fire", TOWN, issued="2026-10-01 14:10")
    assert (city.row(turn(1)).state, city.row(turn(1)).breach) == ("done", "")


def test_a_turn_is_not_handed_in_before_it_begins() -> None:
    city = fire()
    number = city.row(turn(2)).number
    with pytest.raises(Refused):
        city._do(lambda tx: acts.hand_in(city.scope(tx, "clerk"), number, acts.HandIn(city.now)))


def test_the_final_report_ends_the_turns_and_what_was_missed_stays_a_breach() -> None:
    city = fire()
    city.until("2026-10-02 09:00")
    city.report("final-report-sent", "fire", TOWN, issued="2026-10-02 08:30")
    assert turns(city) == [
        ("fire", "missed"), ("fire.2", "missed"), ("fire.3", "ended"), ("fire.4", "ended"),
    ]  # fmt: skip
    missed = [breach for breach in city.breaches() if breach.kind == "missed"]
    assert [breach.at for breach in missed] == [at("2026-10-01 14:10"), at("2026-10-02 02:10")]
    news = city.until("2026-10-02 09:30")
    assert any("missed" in message.steps for message in news)
    assert [call.mark for call in city.roll("follow-up", "fire").calls] == ["overdue"]
    made = city.bulletin("2026-10-01", "2026-10-02", "2026-10-05 09:00")
    late = [known for known in made.late if known.row.obligation == "follow-up"]
    assert [str(known.outcome) for known in late] == ["closed-late", "closed-late"]
    assert not [m for m in city.until("2026-10-20 00:00") if any("follow-up" in d for d in m.deadlines)]


def test_a_final_report_entered_late_ends_them_when_it_happened() -> None:
    city = fire()
    city.until("2026-10-02 09:00")
    city.report("final-report-sent", "fire", TOWN, issued="2026-10-01 14:00")
    assert turns(city) == [
        ("fire", "ended"), ("fire.2", "ended"), ("fire.3", "ended"), ("fire.4", "ended"),
    ]  # fmt: skip
    assert [breach.kind for breach in city.breaches() if breach.kind == "missed"] == []


def test_turns_keep_the_case_open_until_the_final_report() -> None:
    city = fire()
    city.close(INFORMATION)
    city.close(CONFERENCE)
    assert city.case("fire").closed_at is None
    city.report("final-report-sent", "fire", TOWN, issued="2026-10-01 02:10")
    assert city.case("fire").closed_at is not None


def test_without_an_end_of_their_own_they_end_with_the_case_and_go_on_with_it() -> None:
    city = City("2026-10-01 02:10", world())
    city.report("major-incident", "fire", TOWN, published="2026-10-01 02:10")
    city.close(INFORMATION)
    city.close(CONFERENCE)
    assert turns(city) == [("fire", "ended"), ("fire.2", "ended")]
    assert city.case("fire").closed_at is not None
    city.until("2026-10-01 10:00")
    city.reopen(CONFERENCE)
    assert city.case("fire").closed_at is None
    assert turns(city) == [("fire", "open"), ("fire.2", "scheduled")]


def test_they_end_with_the_last_of_the_other_reports_and_not_with_the_first() -> None:
    city = City("2026-10-01 02:10", world())
    city.report("major-incident", "fire", TOWN, published="2026-10-01 02:10")
    city.close(INFORMATION)
    city.until("2026-10-01 15:00")  # the first turn was due at 14:10
    city.close(CONFERENCE)
    assert turns(city) == [("fire", "missed"), ("fire.2", "ended"), ("fire.3", "ended")]


def test_they_end_when_the_last_report_was_handed_in_though_a_clock_was_dropped_later() -> None:
    city = City("2026-10-01 02:10", world())
    city.report("major-incident", "fire", TOWN, published="2026-10-01 02:10")
    city.close(INFORMATION)
    city.until("2026-10-01 20:00")  # the first turn was due at 14:10
    register = city.world.register
    fewer = {name: each for name, each in register.obligations.items() if name != "press-conference"}
    city.adopt(replace(city.world, register=replace(register, obligations=fewer)))
    assert city.row(CONFERENCE).state == "withdrawn"
    assert {state for _, state in turns(city)} == {"ended"}
    assert city.breaches() == []


def test_opened_again_days_later_only_what_comes_is_owed() -> None:
    city = City("2026-10-01 02:10", world())
    city.report("major-incident", "fire", TOWN, published="2026-10-01 02:10")
    city.close(INFORMATION)
    city.close(CONFERENCE)
    city.until("2026-10-03 10:00")
    city.reopen(CONFERENCE)
    found = dict(turns(city))
    assert (found["fire"], found["fire.2"]) == ("ended", "ended")
    assert [state for state in found.values() if state != "ended"] == ["open", "scheduled"]
    running = next(row for row in city.deadlines() if row.obligation == "follow-up" and row.state == "open")
    assert (running.opens_at, running.due) == (at("2026-10-03 02:10"), at("2026-10-03 14:10"))


def test_a_false_alarm_owes_no_turn() -> None:
    city = fire()
    city.until("2026-10-01 15:00")
    city.cancel(city.event_of(turn(1)))
    assert {state for _, state in turns(city)} == {"cancelled"}
    city.until("2026-10-05 00:00")
    assert len(turns(city)) == 3


def test_what_was_cancelled_by_mistake_starts_again_when_it_is_reported_again() -> None:
    city = fire()
    city.cancel(city.event_of(turn(1)))
    city.until("2026-10-01 03:00")
    started = city.report("major-incident", "fire", TOWN, published="2026-10-01 02:20")
    assert f"incident-information@fire.2/{TOWN}" in started
    assert turns(city)[2:] == [("fire.3", "open"), ("fire.4", "scheduled")]


def test_a_corrected_start_moves_every_turn_that_is_not_handed_in() -> None:
    city = fire()
    city.until("2026-10-01 15:00")
    moved = city.correct(city.event_of(turn(1)), published="2026-10-01 01:10")
    assert {turn(1), turn(2), turn(3)} <= set(moved)
    assert city.row(turn(2)).due == at("2026-10-02 01:10")
    city.until("2026-10-02 01:30")
    assert city.row(turn(4)).due == at("2026-10-03 01:10")


def test_after_a_long_downtime_each_missed_turn_is_recorded_and_nobody_is_flooded() -> None:
    city = fire()
    city.until("2026-10-01 03:30")
    city.sleep("2026-10-05 09:00")
    heard = city.until("2026-10-05 09:10")
    assert len(turns(city)) == 10
    assert turns(city)[-2:] == [("fire.9", "open"), ("fire.10", "scheduled")]
    people = [message.person for message in heard]
    assert people
    assert len(people) == len(set(people))
    assert all(any("follow-up" in name for name in message.deadlines) for message in heard)


def test_many_missed_turns_are_one_message_a_day_for_each_person() -> None:
    city = fire()
    city.until("2026-10-08 08:00")  # after the holidays
    morning = [m for m in city.until("2026-10-08 09:00") if any(s.startswith("overdue") for s in m.steps)]
    people = [message.person for message in morning]
    assert people
    assert len(people) == len(set(people))


def test_a_turn_waived_before_it_begins_does_not_break_the_series() -> None:
    city = fire()
    number = city.row(turn(2)).number
    city._do(lambda tx: acts.waive(city.scope(tx, "clerk"), number, "quiet", "leader"))
    assert turns(city) == [("fire", "open"), ("fire.2", "waived"), ("fire.3", "scheduled")]
    city.until("2026-10-02 02:30")
    assert turns(city)[2:] == [("fire.3", "open"), ("fire.4", "scheduled")]


def test_reported_days_late_the_turns_passed_meanwhile_are_on_record() -> None:
    city = City("2026-10-03 10:00", world("every day while open", "final-report-sent"))
    started = city.report("major-incident", "fire", TOWN, published="2026-10-01 02:10")
    assert turn(1) in started
    assert turns(city) == [("fire", "open"), ("fire.2", "open"), ("fire.3", "scheduled")]
    assert turns(city)[0] == ("fire", "open")


def test_a_holiday_notice_moves_the_turns_that_are_still_ahead() -> None:
    city = City("2026-12-30 10:00", world("every 2 working days while open", "final-report-sent"))
    city.report("major-incident", "fire", TOWN, published="2026-12-30 10:00")
    assert (city.row(turn(1)).provisional, city.row(turn(2)).provisional) == (True, True)
    before = city.row(turn(2)).last_day
    off = {date(2027, 1, day): "new-year" for day in range(1, 11)}
    years = {**city.world.calendar.years, 2027: CalendarYear(2027, "official", off)}
    city.adopt(replace(city.world, calendar=WorkCalendar(ZONE, years, "notice")))
    first, second = city.row(turn(1)), city.row(turn(2))
    assert (first.last_day, first.provisional) == (date(2027, 1, 11), False)
    assert second.opens_at == first.due == at("2027-01-12 00:00")
    assert second.last_day == date(2027, 1, 13) != before
    city.until("2027-01-12 09:00")
    assert city.row(turn(3)).last_day == date(2027, 1, 15)


def test_a_message_says_which_turn_it_is_about() -> None:
    city = fire()
    city.until("2026-10-01 14:20")
    bodies = [body for body in city.bodies() if turn(2) in body]
    assert bodies
    assert all("第2次" in body for body in bodies)


def test_the_trace_of_a_turn_says_where_it_is_counted_from() -> None:
    city = fire()
    lines = city.trace(turn(2))
    assert [line["why"] for line in lines] == ["hours-from-start", "turn", "turn-over", "same-as-due"]
    assert lines[1]["args"]["number"] == "2"
