"""An opinion within 5 working days, and within 2 where the event is urgent: 5個工作日，緊急時2個工作日."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from alertd.core.model import EventType, Obligation, Source
from alertd.core.rules import parse_rule
from alertd.engine.operations import events
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.world import World
from tests.story.city import City, at, shipped

TOWN = "town-donghe"
OPINION = f"opinion@flood/{TOWN}"
ANSWER = f"answer@flood/{TOWN}"
RULE = "5個工作日，緊急時2個工作日"
FLOOD = events.Report("consultation", "flood", (TOWN,), {"received": at("2026-11-30 10:00")})


def world() -> World:
    """The shipped register with an opinion that is asked for, and an answer that follows it."""
    shipped_world = shipped()[0]
    register = shipped_world.register
    opinion = Obligation(
        id="opinion",
        title={"zh-Hant": "徵求意見", "en": "Opinion"},
        source=Source("rules 3"),
        owed_by="event.party",
        rule=parse_rule(RULE),
        policy="hour-clock",
        starts_on=("consultation.received",),
    )
    answer = replace(
        opinion,
        id="answer",
        title={"zh-Hant": "答覆", "en": "Answer"},
        rule=parse_rule("10 working days, urgent: the same day"),
        starts_on=("opinion.done",),
    )
    kinds = {
        name: EventType(name, {"zh-Hant": name, "en": name}, ("received",))
        for name in ("consultation", "visit")
    }
    types = {**register.event_types, **kinds}
    duties = {**register.obligations, "opinion": opinion, "answer": answer}
    return replace(shipped_world, register=replace(register, event_types=types, obligations=duties))


@pytest.fixture
def city() -> City:
    return City("2026-11-30 10:00", world())


def report(city: City, asked: events.Report) -> None:
    city.do(events.report, asked)


def correct(city: City, reason: str = "looked at again", **more: object) -> tuple[str, ...]:
    asked = events.Correct(city.row(OPINION).event_id, reason=reason, **more)  # type: ignore[arg-type]
    corrected = city.do(events.correct, asked)
    assert isinstance(corrected, events.Corrected)
    return corrected.moved


def why(city: City, name: str) -> list[tuple[str, str]]:
    lines = city.trace(name)
    return [(line["why"], line["args"].get("reason", "")) for line in lines if "urgent" in line["why"]]


def test_an_urgent_event_takes_the_shorter_limit_and_says_why(city: City) -> None:
    report(city, replace(FLOOD, urgent="the river rises"))
    assert city.row(OPINION).last_day == date(2026, 12, 2)
    assert why(city, OPINION) == [("urgent", "the river rises")]
    told = city.until("2026-11-30 10:05")
    assert any("the river rises" in message.text for message in told)


def test_without_that_the_ordinary_limit_holds(city: City) -> None:
    report(city, FLOOD)
    assert city.row(OPINION).last_day == date(2026, 12, 7)
    assert why(city, OPINION) == [("not-urgent", "")]


def test_an_event_that_turns_out_urgent_is_counted_again_and_back_only_with_an_approver(city: City) -> None:
    report(city, FLOOD)
    assert correct(city, urgent="a dam leaks") == (OPINION,)
    assert city.row(OPINION).last_day == date(2026, 12, 2)
    with pytest.raises(Refused, match="approver-needed"):
        correct(city, not_urgent=True)
    assert correct(city, not_urgent=True, approver="mayor") == (OPINION,)
    assert city.row(OPINION).last_day == date(2026, 12, 7)


def test_what_follows_in_the_case_is_urgent_too(city: City) -> None:
    report(city, replace(FLOOD, urgent="the river rises"))
    city.until("2026-12-01 09:00")
    city.close(OPINION)
    assert city.row(ANSWER).last_day == date(2026, 12, 1)
    correct(city, not_urgent=True, approver="mayor")
    assert city.row(ANSWER).last_day == date(2026, 12, 15)
    assert (city.row(ANSWER).start, city.row(OPINION).state) == (at("2026-12-01 09:00"), "done")


def test_an_urgency_that_changes_no_limit_is_a_slip(city: City) -> None:
    with pytest.raises(Refused, match="urgent-unread"):
        report(city, replace(FLOOD, type="visit", urgent="the river rises"))
    report(city, FLOOD)
    with pytest.raises(Refused, match="urgent-and-not"):
        correct(city, urgent="a dam leaks", not_urgent=True)


def test_the_same_report_is_another_one_when_it_is_urgent(city: City) -> None:
    report(city, replace(FLOOD, id="e1"))
    with pytest.raises(Refused, match="event-differs"):
        report(city, replace(FLOOD, id="e1", urgent="the river rises"))
