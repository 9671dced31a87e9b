"""What a message promises is what happens: who else was told, who is told next and when, what was counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from alertd.core.model import Register, Step
from alertd.engine.planning.plan import apply_plan, make_plan
from alertd.engine.sending.composing import Parcel
from tests.support.play import Play, plays
from tests.support.register import (
    HOUR_CLOCK,
    only,
    step,
    tiny_register,
    with_obligation,
    world,
)

TEN_MINUTES = "every 10 minutes until acknowledged, at most 3"
Begin = Callable[..., Play]


@pytest.fixture
def begin() -> Iterator[Begin]:
    with plays() as beginning:
        yield beginning


def by(*steps: Step) -> Register:
    """An incident whose clock follows these steps."""
    register = only(tiny_register(), "incident-information")
    policy = replace(HOUR_CLOCK, steps=steps, overdue=None)
    return replace(register, policies={"hour-clock": policy})


def said(parcel: Parcel) -> str:
    assert parcel.rendered is not None
    return " ".join(parcel.rendered.text.split())


def to(play: Play, person: str) -> list[str]:
    return [said(parcel) for parcel in play.sent if parcel.row.person == person]


def incident(begin: Begin, *steps: Step) -> Play:
    play = begin("2026-12-05T02:00", by(*steps))
    play.report("incident", "fire", published="2026-12-05T02:00")
    return play


def test_those_who_do_the_work_have_been_told_where_a_leader_is_told_so(begin: Begin) -> None:
    play = incident(begin, step("started", "start", "contact leader-in-charge", "contact"))
    play.go("2026-12-05T02:01")
    assert "Those who do the work have been told." in to(play, "cai")[0]


def test_a_leader_is_not_told_so_where_nobody_was_asked(begin: Begin) -> None:
    play = incident(begin, step("started", "start", "leader-in-charge"))
    play.go("2026-12-05T02:01")
    assert "For your information." in to(play, "cai")[0]
    assert "have been told" not in to(play, "cai")[0]


def test_who_is_told_that_they_will_be_asked_is_asked(begin: Begin) -> None:
    play = incident(begin, step("started", "start", "contact"), step("half", "50%", "contact", "contact"))
    play.go("2026-12-05T04:31")
    noted, asked = to(play, "ann")
    assert "You will be asked when it is time." in noted
    assert "Please act now" in asked


def test_who_is_never_asked_is_not_told_that_they_will_be(begin: Begin) -> None:
    play = incident(begin, step("started", "start", "contact"))
    play.go("2026-12-05T02:01")
    assert "You will be asked" not in to(play, "ann")[0]


def test_who_is_to_be_told_next_and_when_is_told_then(begin: Begin) -> None:
    play = incident(
        begin,
        step("started", "start", "contact", "contact"),
        step("half", "50%", "leader-in-charge", "leader-in-charge", 2),
    )
    play.go("2026-12-05T02:01")
    assert "If still open, it goes up to leader in charge: Sat 5 Dec 04:30." in to(play, "ann")[0]
    heard = play.go("2026-12-05T04:31")
    assert ("12-05T04:30", "cai", ("half",)) in heard


def test_a_step_that_an_acknowledgement_stops_is_promised_only_without_one(begin: Begin) -> None:
    steps = (
        step("started", "start", "contact", "contact"),
        step("half", "50%", "principal", "principal", 2, unless=frozenset({"acknowledged"})),
    )
    play = incident(begin, *steps)
    play.go("2026-12-05T02:01")
    promise = "If it is neither acknowledged nor handed in, it goes up to principal: Sat 5 Dec 04:30."
    assert promise in to(play, "ann")[0]
    play.go("2026-12-05T04:00")
    play.acknowledge("incident-information@fire/town-a", "ann")
    assert not [who for _, who, _ in play.go("2026-12-05T04:45") if who == "dan"]


def test_while_an_event_is_unconfirmed_only_those_on_duty_are_promised(begin: Begin) -> None:
    from alertd.engine.operations import events

    steps = (
        step("started", "start", "duty", "duty"),
        step("half", "50%", "duty contact leader-in-charge", "duty", 2),
    )
    play = begin("2026-12-05T02:00", by(*steps))
    report = events.Report(
        "incident", "fire", ("town-a",), {"published": play.now}, title="fire", unconfirmed=True
    )
    play.do(events.report, report)
    play.go("2026-12-05T02:01")
    assert "If still open, duty officer will be told: Sat 5 Dec 04:30." in to(play, "han")[0]
    heard = play.go("2026-12-05T04:31")
    assert {who for when, who, steps in heard if "half" in steps} == {"han"}


def test_what_waits_for_a_review_promises_no_step_of_the_unit(begin: Begin) -> None:
    register = with_obligation(only(tiny_register(), "yearly-report"), "yearly-report", closes="verify")
    play = begin("2026-12-01T10:00", register)
    play.plan()
    play.go("2026-12-02T10:00")
    play.done("yearly-report@2026/town-a")
    play.go("2026-12-15T10:00")
    for text in to(play, "gao"):
        assert "If still open" not in text


def test_a_repeat_that_was_not_said_is_not_counted(begin: Begin) -> None:
    play = incident(
        begin,
        step("started", "start", "contact", "contact", repeat=TEN_MINUTES),
        step("next", "start + 10 minutes", "contact", "contact", 2),
    )
    play.go("2026-12-05T02:21")
    assert [("Reminder no. 2" in text, "Reminder no. 3" in text) for text in to(play, "ann")] == [
        (False, False),
        (False, False),  # the next step, in place of the repeat
        (True, False),
    ]


def test_who_is_told_of_a_provisional_limit_is_told_when_it_moves_and_a_roll_says_the_new_one(
    begin: Begin,
) -> None:
    register = only(tiny_register(), "yearly-report")
    play = begin(
        "2026-12-01T10:00",
        with_obligation(register, "yearly-report", rule="yearly by 01-30 of the next year"),
    )
    years = {**play.world.calendar.years}
    years[2027] = replace(years[2027], status="provisional")
    official = play.world
    calendar = type(official.calendar)(official.calendar.zone, years, "estimated")
    play.world = replace(official, calendar=calendar)
    play.plan()
    play.go("2027-01-25T10:00")
    assert "you are told if it moves" in to(play, "ann")[-1]
    assert "the rolls from then on have the new one" in to(play, "gao")[-1]
    assert "you are told" not in to(play, "gao")[-1]


def test_why_the_program_moved_a_limit_is_said_in_the_readers_words(begin: Begin) -> None:
    register = only(tiny_register(), "yearly-report")
    play = begin("2026-12-01T10:00", register, language="zh-Hant")
    play.plan()
    play.go("2026-12-16T10:00")
    play.world = world(with_obligation(register, "yearly-report", rule="yearly by 12-29"), language="zh-Hant")
    plan = play.do(make_plan)
    play.do(apply_plan, plan, "saved file")
    play.go("2026-12-16T10:05")
    assert "理由：台賬文件有改動" in to(play, "ann")[-1]
    assert "saved file" not in to(play, "ann")[-1]
