"""Saying again what was asked, up to a cap, and leaving in peace whoever has answered."""

from dataclasses import replace

import pytest

from alertd.core.durations import parse_repeat
from alertd.core.model import Policy
from alertd.engine.operations import moving
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Actor
from alertd.engine.ruling.world import Mode
from alertd.store import tables
from tests.support.play import Play
from tests.support.register import HOUR_CLOCK, PACE, WINDOW, at, only, tiny_register

INCIDENT = "incident-information@fire/town-a"
STARTED = ("started",)


def _incident(begin, **changes) -> Play:
    policy = replace(HOUR_CLOCK, **changes)
    register = tiny_register()
    play: Play = begin(
        "2026-12-05T02:00", replace(register, policies={**register.policies, policy.id: policy})
    )
    play.report("incident", "fire", published="2026-12-05T02:00")
    return play


def _with_ack(kind: str) -> dict[str, object]:
    first = replace(HOUR_CLOCK.steps[0], ack=kind)
    return {"steps": (first, *HOUR_CLOCK.steps[1:])}


def _times(heard, person: str) -> list[str]:
    return [when[6:] for when, who, _ in heard if who == person]


def test_repeats_end_at_their_cap(begin) -> None:
    heard = _incident(begin).go("2026-12-05T04:29")
    assert _times(heard, "ann") == ["02:00", "02:10", "02:20", "02:30"]


def test_a_repeat_says_which_one_it_is(begin) -> None:
    play = _incident(begin)
    play.go("2026-12-05T02:10")
    notice = next(n for n in play.all(tables.notices) if n.person == "ann")
    assert (notice.repeat_no, notice.repeats_left) == (1, 2)


def test_who_is_only_informed_is_not_chased(begin) -> None:
    heard = _incident(begin).go("2026-12-05T06:59")
    assert _times(heard, "cai") == ["04:30"]
    assert _times(heard, "dan") == ["06:00"]


def test_who_is_only_informed_of_a_step_that_repeats_hears_it_once(begin) -> None:
    first = replace(HOUR_CLOCK.steps[0], ask=frozenset({"duty"}))
    heard = _incident(begin, steps=(first, *HOUR_CLOCK.steps[1:])).go("2026-12-05T04:29")
    assert _times(heard, "ann") == ["02:00"]
    assert _times(heard, "han") == ["02:00", "02:10", "02:20", "02:30"]


def test_each_step_repeats_at_a_pace_of_its_own(begin) -> None:
    slower = parse_repeat("every 25 minutes until acknowledged, at most 3")
    second = replace(HOUR_CLOCK.steps[1], repeat=slower)
    play = _incident(begin, steps=(HOUR_CLOCK.steps[0], second))
    heard = play.go("2026-12-05T06:59")
    assert _times(heard, "ann")[-4:] == ["04:30", "04:55", "05:20", "05:45"]


def test_an_acknowledgement_for_all_of_a_step_stops_it_for_all_and_resumes_at_its_end(begin) -> None:
    play = _incident(begin)
    play.go("2026-12-05T02:10")
    until = play.acknowledge(INCIDENT, "ann")
    assert until == at("2026-12-05T03:10")
    heard = play.go("2026-12-05T04:29")
    assert _times(heard, "ann") == ["03:10", "03:20"]
    assert _times(heard, "han") == ["03:10", "03:20"]


def test_an_acknowledgement_of_ones_own_leaves_the_others_asked(begin) -> None:
    play = _incident(begin, **_with_ack("each"))
    play.go("2026-12-05T02:10")
    play.acknowledge(INCIDENT, "ann")
    heard = play.go("2026-12-05T04:29")
    assert _times(heard, "ann") == ["03:10", "03:20"]
    assert _times(heard, "han") == ["02:20", "02:30"]


@pytest.mark.parametrize("kind", ["any", "each"])
def test_ones_own_acknowledgement_that_ends_asks_once_more_with_no_repeats_left(begin, kind: str) -> None:
    play = _incident(begin, **_with_ack(kind))
    play.go("2026-12-05T02:35")
    play.acknowledge(INCIDENT, "ann")
    assert play.go("2026-12-05T03:34") == []
    assert _times(play.go("2026-12-05T04:29"), "ann") == ["03:35"]


def test_what_came_back_after_the_last_repeat_does_not_come_back_again(begin) -> None:
    play = _incident(begin, **_with_ack("each"))
    play.go("2026-12-05T02:05")
    play.acknowledge(INCIDENT, "ann")
    for again in ("03:05", "03:15", "03:25"):
        assert _times(play.go(f"2026-12-05T{again}"), "ann") == [again]
    play.acknowledge(INCIDENT, "ann")
    assert _times(play.go("2026-12-05T04:25"), "ann") == ["04:25"]
    play.acknowledge(INCIDENT, "ann")
    assert _times(play.go("2026-12-05T05:59"), "ann") == ["04:30"]  # the next step


def test_nor_does_it_after_an_acknowledgement_of_another_for_all(begin) -> None:
    play = _incident(begin)
    play.go("2026-12-05T02:35")
    play.acknowledge(INCIDENT, "ann")
    assert _times(play.go("2026-12-05T03:35"), "ann") == ["03:35"]
    play.acknowledge(INCIDENT, "ann")
    play.go("2026-12-05T03:40")
    play.acknowledge(INCIDENT, "han")
    heard = play.go("2026-12-05T05:59")
    assert (_times(heard, "ann"), _times(heard, "han")) == (["04:30"], ["04:40"])


def test_with_no_repeats_left_who_has_not_acknowledged_stays_unasked(begin) -> None:
    play = _incident(begin, **_with_ack("each"))
    play.go("2026-12-05T02:35")
    play.acknowledge(INCIDENT, "ann")
    assert _times(play.go("2026-12-05T04:29"), "han") == []


def test_an_acknowledgement_for_all_that_ends_later_asks_once_more_then(begin) -> None:
    play = _incident(begin)
    play.go("2026-12-05T02:35")
    play.acknowledge(INCIDENT, "ann")
    play.go("2026-12-05T03:05")
    play.acknowledge(INCIDENT, "han")
    heard = play.go("2026-12-05T04:29")
    assert (_times(heard, "ann"), _times(heard, "han")) == (["04:05"], ["04:05"])


def test_an_acknowledgement_for_all_brings_the_repeats_back_that_were_left(begin) -> None:
    play = _incident(begin)
    play.go("2026-12-05T02:25")
    play.acknowledge(INCIDENT, "dan")  # who was not asked himself
    heard = play.go("2026-12-05T04:29")
    assert (_times(heard, "ann"), _times(heard, "han")) == (["03:25"], ["03:25"])


@pytest.mark.parametrize("until", ["2026-12-05T02:15", "2026-12-05T02:35"])  # with repeats left, and without
def test_after_an_acknowledgement_by_the_office_nobody_of_the_former_unit_is_asked(begin, until: str) -> None:
    play = _incident(begin)
    play.go(until)
    play.do(moving.reassign, play.row(INCIDENT).number, "town-b", "theirs", actor=Actor("gao"))
    play.go("2026-12-05T02:36")
    play.acknowledge(INCIDENT, "a clerk at the desk")
    assert play.go("2026-12-05T04:29") == []


def test_an_acknowledgement_never_lasts_into_the_last_two_hours(begin) -> None:
    play = _incident(begin)
    play.go("2026-12-05T04:40")
    assert play.acknowledge(INCIDENT, "ann") == at("2026-12-05T05:00")


def test_an_acknowledgement_says_no_more_than_is_kept_where_the_next_step_comes_sooner(begin) -> None:
    play = _incident(begin)
    play.go("2026-12-05T04:00")
    until = play.acknowledge(INCIDENT, "ann")
    assert until == at("2026-12-05T04:30")
    heard = play.go("2026-12-05T04:30")
    assert [when for when, who, _ in heard if who == "ann"] == ["12-05T04:30"]


def test_an_acknowledgement_moves_no_deadline_and_stops_no_later_step(begin) -> None:
    play = _incident(begin)
    play.go("2026-12-05T02:00")
    before = play.row(INCIDENT)
    play.acknowledge(INCIDENT, "ann")
    after = play.row(INCIDENT)
    assert (after.due, after.next_action_at, after.state) == (before.due, before.next_action_at, before.state)
    assert ("12-05T04:30", "cai", ("half",)) in play.go("2026-12-05T04:30")


def test_a_step_unless_acknowledged_is_passed_and_the_next_is_not(begin) -> None:
    play = _incident(
        begin, acknowledged_for=parse_repeat("every 9 hours until acknowledged, at most 1").every
    )
    play.go("2026-12-05T03:00")
    play.now = at("2026-12-05T05:30")  # past due minus two hours: the lease is whole
    play.acknowledge(INCIDENT, "ann")
    heard = play.go("2026-12-05T07:00")
    assert [steps for when, _, steps in heard if when >= "12-05T06"] == [("reached",)] * 3
    assert "most" in play.row(INCIDENT).fired


@pytest.mark.parametrize("acknowledged", ["02:10", "05:00"])  # ends at 03:10, and as the step is reached
def test_a_step_unless_acknowledged_is_said_once_the_acknowledgement_has_ended(begin, acknowledged) -> None:
    play = _incident(begin)
    play.go(f"2026-12-05T{acknowledged}")
    assert play.acknowledge(INCIDENT, "ann") <= at("2026-12-05T06:00")
    assert ("12-05T06:00", "dan", ("most",)) in play.go("2026-12-05T06:00")


def test_only_who_was_asked_or_belongs_there_may_acknowledge(begin) -> None:
    play = _incident(begin)
    play.go("2026-12-05T02:00")
    with pytest.raises(Refused) as refused:
        play.acknowledge(INCIDENT, "eve")
    assert (refused.value.code, refused.value.values["person"]) == ("not-allowed", "Eve")
    play.acknowledge(INCIDENT, "dan")  # of the unit, though not told yet


def test_the_office_may_acknowledge_for_everybody(begin) -> None:
    play = _incident(begin, **_with_ack("each"))
    play.go("2026-12-05T02:00")
    play.acknowledge(INCIDENT, "a clerk at the desk")
    assert play.go("2026-12-05T02:59") == []


def test_what_is_closed_cannot_be_acknowledged(begin) -> None:
    play = _incident(begin)
    play.done(INCIDENT)
    with pytest.raises(Refused, match="closed"):
        play.acknowledge(INCIDENT, "ann")


def test_handing_in_ends_the_repeats(begin) -> None:
    play = _incident(begin)
    play.go("2026-12-05T02:05")
    play.done(INCIDENT, by="han")
    heard = play.go("2026-12-05T12:00")
    assert heard == [("12-05T02:05", "ann", ("done",))]


def _chased(text: str) -> Policy:
    return replace(WINDOW, steps=(replace(WINDOW.steps[0], repeat=parse_repeat(text)),))


@pytest.mark.parametrize(
    ("repeat", "expected"),
    [
        (
            "every 1 working day until acknowledged, at most 3",
            ["12-04T10:00", "12-07T10:00", "12-08T10:00", "12-09T10:00"],
        ),
        (
            "every 3 hours until acknowledged, at most 3",
            ["12-04T10:00", "12-04T13:00", "12-04T16:00", "12-07T08:30"],
        ),
    ],
)
def test_day_clocks_are_chased_in_office_hours_and_on_working_days(begin, repeat: str, expected) -> None:
    register = tiny_register()
    policies = {**register.policies, "window": _chased(repeat)}
    play = begin("2026-12-04T10:00", replace(register, policies=policies))  # a Friday
    play.report("draft", "rules", received="2026-12-04T09:00")
    assert [when for when, _, _ in play.go("2026-12-20T10:00")] == expected


def test_on_hold_a_repeat_joins_the_message_that_still_waits(begin) -> None:
    register = tiny_register()
    policies = {**register.policies, "window": _chased("every 1 hour until acknowledged, at most 3")}
    play = begin("2026-12-04T10:00", replace(register, policies=policies), mode=Mode.HOLD)
    play.report("draft", "rules", received="2026-12-04T09:00")
    assert play.go("2026-12-04T16:00") == []
    assert len(play.all(tables.deliveries)) == 1
    play.world = replace(play.world, mode=Mode.LIVE)
    assert [who for _, who, _ in play.go("2026-12-04T16:00")] == ["ann"]


def test_a_repeat_on_the_minute_of_the_next_step_is_not_a_second_message(begin) -> None:
    often = parse_repeat("every 10 minutes until acknowledged, at most 20")
    first = replace(HOUR_CLOCK.steps[0], repeat=often)
    play = _incident(begin, steps=(first, *HOUR_CLOCK.steps[1:]))
    heard = play.go("2026-12-05T04:40")
    assert _times(heard, "ann")[-3:] == ["04:20", "04:30", "04:40"]
    asked_by_the_first_step_only = next(who for when, who, _ in heard if when[6:] == "02:00" and who != "ann")
    assert _times(heard, asked_by_the_first_step_only)[-3:] == ["04:20", "04:30", "04:40"]


def test_a_pace_check_is_repeated_on_working_days_as_its_step_says(begin) -> None:
    chased = replace(PACE.steps[0], repeat=parse_repeat("every 1 working day until acknowledged, at most 3"))
    register = only(tiny_register(policies={"pace": replace(PACE, steps=(chased,))}), "training")
    play = begin("2026-04-15T10:00", register)
    play.plan()
    heard = play.go("2026-05-31T10:00")  # the check is on a Friday
    assert [when for when, _, _ in heard] == [
        "05-01T08:30",
        "05-04T08:30",
        "05-05T08:30",
        "05-06T08:30",
    ]
