"""A *received* that was pressed by mistake: everything comes as if it had not been pressed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from alertd.engine.operations import acts
from alertd.engine.operations.taking_back import take_back_received
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Actor
from alertd.store import audit, tables
from tests.support.play import Play
from tests.support.register import HOUR_CLOCK, at, tiny_register

INCIDENT = "incident-information@fire/town-a"


def _incident(begin: Any, **changes: Any) -> Play:
    register, policy = tiny_register(), replace(HOUR_CLOCK, **changes)
    play: Play = begin(
        "2026-12-05T02:00", replace(register, policies={**register.policies, policy.id: policy})
    )
    play.report("incident", "fire", published="2026-12-05T02:00")
    play.go("2026-12-05T02:05")
    return play


def _back(play: Play, by: str = "ann") -> Any:
    return play.do(take_back_received, play.row(INCIDENT).number, "slip", actor=Actor(by))


def _times(heard: list[Any], person: str) -> list[str]:
    return [when[6:] for when, who, _ in heard if who == person]


def test_reminders_come_at_the_times_they_had(begin: Any) -> None:
    untouched, play = _incident(begin), _incident(begin)
    play.acknowledge(INCIDENT, "ann")
    play.now = at("2026-12-05T02:07")
    assert _back(play) == at("2026-12-05T02:10")
    assert _times(play.go("2026-12-05T07:30"), "ann") == _times(untouched.go("2026-12-05T07:30"), "ann")
    assert play.row(INCIDENT).acknowledged_until is None


def test_what_would_have_been_said_meanwhile_is_said_at_once(begin: Any) -> None:
    play = _incident(begin)
    play.acknowledge(INCIDENT, "ann")
    assert _times(play.go("2026-12-05T02:25"), "ann") == []
    assert _back(play) == at("2026-12-05T02:25")
    assert _times(play.go("2026-12-05T02:26"), "ann") == ["02:25"]


def test_a_step_that_was_left_out_because_of_it_is_reached_now(begin: Any) -> None:
    """The principal is told at 06:00, unless somebody has acknowledged."""
    play = _incident(begin)
    play.go("2026-12-05T05:30")
    play.acknowledge(INCIDENT, "ann")
    assert _times(play.go("2026-12-05T06:10"), "dan") == []
    assert _back(play) == at("2026-12-05T06:10")
    assert _times(play.go("2026-12-05T06:11"), "dan") == ["06:10"]


def test_the_lease_of_somebody_else_stays(begin: Any) -> None:
    play = _incident(begin)
    play.acknowledge(INCIDENT, "ann")
    play.now = at("2026-12-05T02:06")
    play.acknowledge(INCIDENT, "han")
    until = play.row(INCIDENT).acknowledged_until
    _back(play)
    assert play.row(INCIDENT).acknowledged_until == until
    assert [n.acknowledged_at for n in play.all(tables.notices) if n.person == "ann"] == [None]


def test_of_two_in_a_row_the_last_is_taken_back(begin: Any) -> None:
    play = _incident(begin)
    first = play.acknowledge(INCIDENT, "ann")
    play.now = at("2026-12-05T02:15")
    play.acknowledge(INCIDENT, "ann")
    _back(play)
    assert play.row(INCIDENT).acknowledged_until == first


def test_it_is_on_record_and_done_once(begin: Any) -> None:
    play = _incident(begin)
    play.acknowledge(INCIDENT, "ann")
    _back(play)
    number = play.row(INCIDENT).number
    with play.store.read() as tx:
        last = audit.of_deadline(tx, number)[-1]
    assert (last.action, last.actor, last.detail["reason"]) == ("received-taken-back", "ann", "slip")
    with pytest.raises(Refused, match="nothing-received"):
        _back(play)


def test_nobody_takes_back_what_somebody_else_pressed(begin: Any) -> None:
    play = _incident(begin)
    play.acknowledge(INCIDENT, "ann")
    with pytest.raises(Refused, match="nothing-received"):
        _back(play, "cai")
    with pytest.raises(Refused, match="not-allowed"):
        _back(play, "eve")


def test_the_office_takes_back_what_it_pressed_for_all(begin: Any) -> None:
    play = _incident(begin)
    number = play.row(INCIDENT).number
    office = Actor("root", "root")
    play.do(acts.acknowledge, number, actor=office)
    play.do(take_back_received, number, actor=office)
    assert {n.acknowledged_at for n in play.all(tables.notices)} == {None}


def test_what_rests_nothing_any_more_is_not_taken_back(begin: Any) -> None:
    play = _incident(begin)
    until = play.acknowledge(INCIDENT, "ann")
    play.go("2026-12-05T06:59")
    play.now = max(play.now, until)
    with pytest.raises(Refused, match="nothing-received"):
        _back(play)


def test_what_is_handed_in_is_asked_about_no_more(begin: Any) -> None:
    play = _incident(begin)
    play.acknowledge(INCIDENT, "ann")
    play.done(INCIDENT, by="ann")
    with pytest.raises(Refused):
        _back(play)
