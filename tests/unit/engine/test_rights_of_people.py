"""Who may acknowledge, hand in and reopen: people of the unit, its leaders, the receiver, strangers."""

from __future__ import annotations

from typing import Any

import pytest

from alertd.core.rights import RIGHTS, Act
from alertd.engine.cases import events, reported
from alertd.engine.deadlines import closing
from alertd.engine.deadlines.closing import Completion
from alertd.engine.operations import acts
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Actor
from alertd.store import audit
from tests.support.play import Play
from tests.support.register import at, only, tiny_register

INCIDENT = "incident-information@fire/town-a"
#: what each is to the incident of town-a, told at its start; the office is receiver and supervisor
PEOPLE = {
    "ben": {"owner"},
    "ann": {"owner", "asked"},
    "dan": {"owner", "superior"},
    "han": {"receiver", "supervisor", "asked"},
    "gao": {"receiver", "supervisor"},
    "eve": set(),
    "a clerk at the desk": {"admin"},
}


@pytest.fixture
def incident(begin: Any) -> Play:
    play: Play = begin("2026-12-05T02:00")
    play.report("incident", "fire", published="2026-12-05T02:00")
    play.go("2026-12-05T02:00")
    return play


def do(play: Play, act: Act, who: str) -> None:
    number, actor = play.row(INCIDENT).number, Actor(who)
    if act is Act.ACKNOWLEDGE:
        play.do(acts.acknowledge, number, actor=actor)
    elif act is Act.HAND_IN:
        play.do(acts.hand_in, number, acts.HandIn(play.now), actor=actor)
    else:
        play.do(closing.finish, number, Completion(play.now), actor=Actor("x"))
        play.do(acts.reopen, number, "incomplete", actor=actor)


@pytest.mark.parametrize("act", [Act.ACKNOWLEDGE, Act.HAND_IN, Act.REOPEN])
@pytest.mark.parametrize("who", PEOPLE)
def test_who_may_do_it(incident: Play, act: Act, who: str) -> None:
    roles = {role for role in RIGHTS[act].roles if role in PEOPLE[who]}
    if not roles:
        with pytest.raises(Refused, match="not-allowed"):
            do(incident, act, who)
        return
    do(incident, act, who)
    number = incident.row(INCIDENT).number
    with incident.store.read() as tx:
        last = audit.of_deadline(tx, number)[-1]
    assert set(last.detail["as"]) == roles


def test_an_event_closes_what_it_closes_whoever_reports_it(incident: Play) -> None:
    event = reported.Reported(
        "information-published", "fire", ("town-a",), {"published": at("2026-12-05T02:00")}
    )
    assert incident.do(events.report, event, actor=Actor("eve")).closed == [INCIDENT]


def hand_in(play: Play, name: str, happened: str) -> None:
    play.do(acts.hand_in, play.row(name).number, acts.HandIn(at(happened), reason="x"), actor=Actor("clerk"))


def test_nothing_is_handed_in_before_what_it_answers_began(incident: Play) -> None:
    with pytest.raises(Refused, match="before-start") as refused:
        hand_in(incident, INCIDENT, "2026-12-05T01:59")
    assert refused.value.values["start"].startswith("2026-12-04T18:00")
    hand_in(incident, INCIDENT, "2026-12-05T02:00")


def test_on_a_day_clock_the_day_it_began_is_early_enough(begin: Any) -> None:
    play: Play = begin("2026-12-01T10:00")
    play.report("draft", "rules", received="2026-12-01T10:00")
    with pytest.raises(Refused, match="before-start"):
        hand_in(play, "draft-review@rules/town-a", "2026-11-30")
    hand_in(play, "draft-review@rules/town-a", "2026-12-01")


def test_a_duty_of_the_calendar_may_be_done_before_its_year(begin: Any) -> None:
    play: Play = begin("2026-12-01T10:00", only(tiny_register(), "yearly-report"))
    play.plan()
    hand_in(play, "yearly-report@2027/town-a", "2026-11-30")
    assert play.row("yearly-report@2027/town-a").state == "done"
