"""What was asked for: who is asked to decide it, how they are chased, and what still waits."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from alertd.engine.operations import acts, more_time, moving
from alertd.engine.reporting import board, deciding
from alertd.engine.ruling.scope import Actor
from alertd.store import chains
from tests.support.play import Play
from tests.support.register import at, only, tiny_register

REVIEW = "draft-review@rules/town-a"
INCIDENT = "incident-information@fire/town-a"
ANN, CAI, DAN, GAO = Actor("ann"), Actor("cai"), Actor("dan"), Actor("gao")
LATER = date(2026, 12, 31)


@pytest.fixture
def draft(begin: Any) -> Play:
    """5 to 15 working days from Tuesday 2026-12-01: last day Tuesday 12-22."""
    play: Play = begin("2026-12-01T10:00")
    play.report("draft", "rules", received="2026-12-01T10:00")
    play.go("2026-12-01T10:00")
    return play


def do(play: Play, work: Any, name: str, *args: Any) -> Any:
    return play.do(work, play.row(name).number, *args)


def asked(heard: list[tuple[str, str, tuple[str, ...]]]) -> list[tuple[str, str]]:
    """Whom a request was put to first, and when; what climbs is in story/test_requests_that_wait.py."""
    first = next((who for _, who, steps in heard if "requested" in steps), "")
    return [(when, who) for when, who, steps in heard if "requested" in steps and who == first]


def waiting(play: Play) -> list[deciding.WaitingRequest]:
    return play.do(deciding.waiting)


def test_who_decides_is_asked_again_each_working_day_and_no_more_than_three_times(draft: Play) -> None:
    do(draft, more_time.ask_extension, REVIEW, LATER, "experts", ANN)
    assert asked(draft.go("2026-12-14")) == [
        ("12-01T10:00", "cai"),
        ("12-02T10:00", "cai"),
        ("12-03T10:00", "cai"),
        ("12-04T10:00", "cai"),
    ]


def test_asked_on_a_friday_evening_it_is_heard_and_repeated_in_office_hours(draft: Play) -> None:
    draft.go("2026-12-04T20:00")
    do(draft, more_time.ask_extension, REVIEW, LATER, "experts", ANN)
    assert asked(draft.go("2026-12-08T12:00")) == [("12-07T08:30", "cai"), ("12-08T08:30", "cai")]


def test_over_a_weekend_it_is_repeated_at_the_hour_it_was_asked(draft: Play) -> None:
    draft.go("2026-12-03T10:00")
    do(draft, more_time.ask_extension, REVIEW, LATER, "experts", ANN)
    assert [when for when, _ in asked(draft.go("2026-12-14"))] == [
        "12-03T10:00",
        "12-04T10:00",
        "12-07T10:00",
        "12-08T10:00",
    ]


def test_on_an_hour_clock_the_pause_is_half_an_hour(begin: Any) -> None:
    play: Play = begin("2026-12-05T02:00")
    play.report("incident", "fire", published="2026-12-05T02:00")
    play.go("2026-12-05T02:00")
    do(play, more_time.ask_extension, INCIDENT, at("2026-12-05T09:00"), "fog", ANN)
    assert asked(play.go("2026-12-05T02:45")) == [("12-05T02:00", "cai"), ("12-05T02:30", "cai")]


@pytest.mark.parametrize("granted", [True, False])
def test_once_decided_nobody_is_asked_any_more(draft: Play, granted: bool) -> None:
    do(draft, more_time.ask_extension, REVIEW, LATER, "experts", ANN)
    if granted:
        do(draft, more_time.grant_extension, REVIEW, CAI)
    else:
        do(draft, more_time.refuse_extension, REVIEW, "no", CAI)
    assert asked(draft.go("2026-12-14")) == []
    assert waiting(draft) == []


def test_a_refusal_does_not_end_the_reminders_of_the_unit(begin: Any) -> None:
    play: Play = begin("2026-12-05T02:00")
    play.report("incident", "fire", published="2026-12-05T02:00")
    play.go("2026-12-05T02:00")
    do(play, more_time.ask_extension, INCIDENT, at("2026-12-05T09:00"), "fog", ANN)
    do(play, more_time.refuse_extension, INCIDENT, "no", CAI)
    heard = play.go("2026-12-05T02:10")
    assert any(who == "ann" and "started" in steps for _, who, steps in heard)


def test_a_superior_who_acknowledges_is_left_in_peace_for_a_while(draft: Play) -> None:
    do(draft, more_time.ask_extension, REVIEW, LATER, "experts", ANN)
    draft.go("2026-12-01T12:00")
    until = do(draft, acts.acknowledge, REVIEW, CAI)
    assert until > at("2026-12-02T10:00")
    assert all(
        when >= f"{until.astimezone(at('2026-12-01').tzinfo):%m-%dT%H:%M}"
        for when, _ in asked(draft.go("2026-12-20"))
    )


def test_a_leader_who_asks_is_not_asked_to_decide_it(draft: Play) -> None:
    do(draft, more_time.ask_extension, REVIEW, LATER, "experts", CAI)
    assert asked(draft.go("2026-12-01T12:00")) == [("12-01T10:00", "dan")]
    assert [person.id for person in waiting(draft)[0].deciders] == ["dan", "gao"]


def test_without_a_receiver_the_supervisor_is_asked_whose_it_is(draft: Play) -> None:
    do(draft, moving.decline, REVIEW, "not ours", ANN, "town-b")
    assert asked(draft.go("2026-12-01T12:00")) == [("12-01T10:00", "gao")]


def test_what_waits_says_since_when_for_whom_and_whether_the_answer_can_be_in_time(draft: Play) -> None:
    draft.go("2026-12-18T16:00")
    do(draft, more_time.ask_extension, REVIEW, LATER, "experts", ANN)
    draft.now = at("2026-12-21T09:00")
    (found,) = waiting(draft)
    assert (found.days, found.working_days, found.in_time) == (3, 1, True)
    assert [person.id for person in found.deciders] == ["cai", "dan", "gao"]
    draft.now = at("2026-12-22T18:00")  # the last day, after office hours
    assert not waiting(draft)[0].in_time
    draft.done(REVIEW)
    assert waiting(draft) == []


def test_the_message_says_what_is_asked_for_and_by_when_it_must_be_decided(draft: Play) -> None:
    do(draft, more_time.ask_extension, REVIEW, LATER, "experts", ANN)
    draft.go("2026-12-01T12:00")
    body = draft.deliveries_to("cai")[-1].body
    assert "asks for more time" in body
    assert "More time until: Thu 31 Dec" in body
    assert "Please decide before the limit" in body


def test_the_message_says_that_no_office_hours_are_left(draft: Play) -> None:
    draft.now = at("2026-12-22T18:00")
    do(draft, more_time.ask_extension, REVIEW, LATER, "experts", ANN)
    draft.go("2026-12-22T23:00")
    assert "No office hours are left" in draft.deliveries_to("cai")[-1].body


def test_the_message_about_another_unit_names_it_and_that_the_clock_runs_on(draft: Play) -> None:
    do(draft, moving.decline, REVIEW, "not ours", ANN, "town-b")
    draft.go("2026-12-01T12:00")
    body = draft.deliveries_to("gao")[-1].body
    assert "another unit's" in body
    assert "Said to be for: town-b" in body
    assert "the clock runs on" in body


def test_the_roll_shows_who_has_asked(begin: Any) -> None:
    play: Play = begin("2026-12-01T10:00", only(tiny_register(), "yearly-report"))
    play.plan()
    do(play, more_time.ask_extension, "yearly-report@2026/town-b", date(2027, 1, 8), "flood", Actor("eve"))
    roll = play.do(board.roll, "yearly-report", "2026")
    assert roll is not None
    assert {call.row.party: len(call.requests) for call in roll.calls} == {"town-a": 0, "town-b": 1}
    play.go("2026-12-23T10:00")
    assert "Have asked, to be decided" in play.deliveries_to("gao")[-1].body
    with play.store.read() as tx:
        assert chains.verify(tx) == []
