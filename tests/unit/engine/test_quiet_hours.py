"""Who is left in peace is told afterwards: nothing waits that presses, nothing that was held is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest

from alertd.core.resting import Rest
from alertd.engine.operations import acts
from alertd.engine.operations.silencing import silence
from alertd.engine.preview.comparing import next_finding
from alertd.engine.ruling.scope import Actor
from alertd.store import tables
from tests.support.play import Play
from tests.support.register import at, live_channels, only, tiny_register, with_person

REPORT = "yearly-report@2026/town-a"
GAO = Actor("gao")


def quiet(person: str, hours: str = "", *days: str) -> Any:
    """The register where somebody is left in peace."""
    register = only(tiny_register(), "yearly-report", "incident-information")
    return with_person(register, person, quiet=hours, rest_days=days)


def play_of(begin: Any, register: Any, **changes: Any) -> Play:
    """Steps of the report come at 8:30 on Wednesdays: the 16th, the 23rd, and the 30th, when it is due."""
    play: Play = begin("2026-12-01T10:00", register, **live_channels(), **changes)
    play.plan()
    return play


def left(play: Play, until: str, person: str) -> list[str]:
    before = len(play.sent)
    play.go(until)
    return [
        f"{each.row.not_before.astimezone(play.world.zone):%m-%dT%H:%M}"
        for each in play.sent[before:]
        if each.row.person == person and each.row.not_before is not None
    ]


def test_a_message_waits_until_quiet_hours_are_over_and_others_do_not(begin: Any) -> None:
    play = play_of(begin, quiet("ann", "08:00-10:00"))
    assert left(play, "2026-12-16T09:59", "ann") == []
    assert {row.step for row in play.all(tables.alerts)} == {"near"}  # what is decided is decided
    assert [each.row.person for each in play.sent] == ["eve"]
    assert left(play, "2026-12-17T12:00", "ann") == ["12-16T10:00"]


def test_a_message_waits_for_the_day_after_a_day_of_rest(begin: Any) -> None:
    play = play_of(begin, quiet("ann", "", "wednesday", "星期四"))
    assert left(play, "2026-12-22T12:00", "ann") == ["12-18T08:30"]


def test_what_is_said_anew_while_it_waits_is_one_message_with_it(begin: Any) -> None:
    """Late, the first repeats come each working day: those of a day of rest are said with those after it."""
    play = play_of(begin, quiet("ann", "", "wednesday", "thursday"))
    play.go("2026-12-30T07:00")
    before = len(play.sent)
    play.go("2027-01-01T12:00")
    mine = [each for each in play.sent[before:] if each.row.person == "ann"]
    days = [each.row.not_before.astimezone(play.world.zone) for each in mine if each.row.not_before]
    assert [f"{day:%m-%d}" for day in days] == ["12-30", "01-01"]
    assert {notice.step for notice in mine[1].notices} != {notice.step for notice in mine[0].notices}


def test_a_limit_of_today_is_told_on_a_day_of_rest(begin: Any) -> None:
    play = play_of(begin, quiet("cai", "", "wednesday"))
    assert left(play, "2026-12-31T07:00", "cai") == ["12-30T22:00"]


def test_everybody_rests_as_the_node_says_and_one_person_otherwise(begin: Any) -> None:
    play = play_of(begin, quiet("ann", "none", "none"), rest=Rest((time(8), time(10)), frozenset({2})))
    play.go("2026-12-18T12:00")
    leaves = {row.person: row.sent_at.astimezone(play.world.zone) for row in play.all(tables.deliveries)}
    assert f"{leaves['ann']:%m-%dT%H:%M}" == "12-16T08:30"
    assert f"{leaves['eve']:%m-%dT%H:%M}" == "12-17T10:00"


def test_an_hour_clock_wakes_whoever_rests(begin: Any) -> None:
    play = play_of(begin, quiet("ann", "00:00-23:59", *["monday", "tuesday", "thursday"]))
    play.report("incident", "fire", published="2026-12-03T03:00")
    play.now = at("2026-12-03T03:00")
    play.fire()
    assert "ann" in {each.row.person for each in play.deliver()}


def test_what_waited_is_looked_at_again_by_the_files_of_then(begin: Any) -> None:
    play = play_of(begin, quiet("ann"))
    play.now = at("2026-12-16T08:30")
    play.fire()
    play.world = replace(play.world, register=quiet("ann", "08:00-10:00"))
    assert "ann" not in {each.row.person for each in play.deliver()}
    assert left(play, "2026-12-16T12:00", "ann") == ["12-16T10:00"]


def test_what_was_tried_has_begun_to_leave_and_is_held_no_more(begin: Any) -> None:
    from alertd.transports.base import Outcome, Result

    play = play_of(begin, quiet("ann", "08:31-17:00"))
    play.now = at("2026-12-16T08:30")
    play.fire()
    play.deliver(lambda parcel: Outcome(Result.RETRY, code="421"))
    play.now = at("2026-12-16T08:32")
    assert "ann" in {each.row.person for each in play.deliver()}


def test_a_silence_and_rest_are_both_waited_for(begin: Any) -> None:
    play = play_of(begin, quiet("ann", "08:00-10:00", "monday"))
    play.go("2026-12-15T10:00")
    play.do(silence, play.row(REPORT).number, date(2026, 12, 20), "agreed", actor=GAO)
    assert left(play, "2026-12-22T12:00", "ann") == ["12-22T10:00"]


def test_what_was_handed_in_meanwhile_is_not_said(begin: Any) -> None:
    play = play_of(begin, quiet("ann", "08:00-10:00"))
    play.go("2026-12-16T09:00")
    play.do(acts.hand_in, play.row(REPORT).number, acts.HandIn(), actor=Actor("ann"))
    assert left(play, "2026-12-18T12:00", "ann") == []


def test_doctor_does_not_miss_what_waits_for_somebody_to_wake(begin: Any) -> None:
    play = play_of(begin, quiet("ann", "", "wednesday", "thursday"))
    play.go("2026-12-16T12:00")
    assert play.do(next_finding).level == "ok"


@pytest.mark.parametrize("person", ["admin", "nobody"])
def test_who_is_in_no_directory_rests_never(begin: Any, person: str) -> None:
    play = play_of(begin, quiet("ann"), rest=Rest(None, frozenset({2})))
    assert not play.world.rest_of(person)
