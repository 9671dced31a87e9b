"""What was taken and is not answered: the next way of its person's order, and last the deputy."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from alertd.core.model import Way
from alertd.core.timing import Duration, TimeUnit
from alertd.core.ways import DEPUTY, plain
from alertd.store import addresses, tables
from alertd.transports.base import Outcome, Result
from tests.support.play import ACCEPTED, Play
from tests.support.register import HOUR_CLOCK, live_channels, tiny_register, with_person

FIVE, TEN = Duration(5, TimeUnit.MINUTE), Duration(10, TimeUnit.MINUTE)
URGENT = (Way("telegram"), Way("email", FIVE), Way(DEPUTY, TEN))
START = "2026-12-05T02:00"


def urgent_register(**ann: Any) -> Any:
    """Everything of hour clocks is urgent, and nothing of it is said again."""
    steps = tuple(replace(step, urgent=True, repeat=None) for step in HOUR_CLOCK.steps)
    register = tiny_register()
    policies = {**register.policies, "hour-clock": replace(HOUR_CLOCK, steps=steps)}
    return with_person(replace(register, policies=policies), "ann", channels=(), **ann)


@pytest.fixture
def play(begin) -> Play:
    played: Play = begin(START, urgent_register(), **{**live_channels(), "urgent_order": URGENT})
    played.report("incident", "fire", published=START)
    return played


def to(play: Play, person: str) -> list[str]:
    return [row.channel for row in play.deliveries_to(person)]


def test_after_five_silent_minutes_the_next_channel_then_the_deputy(play: Play) -> None:
    play.go("2026-12-05T02:04")
    assert (to(play, "ann"), to(play, "ben")) == (["telegram"], [])
    play.go("2026-12-05T02:06")
    assert (to(play, "ann"), to(play, "ben")) == (["telegram", "email"], [])
    play.go("2026-12-05T02:14")
    assert to(play, "ben") == []
    play.go("2026-12-05T02:16")
    assert to(play, "ben") == ["telegram"]
    (asked,) = [notice for notice in play.all(tables.notices) if notice.person == "ben"]
    (own,) = [notice for notice in play.all(tables.notices) if notice.person == "ann"]
    assert (asked.alert, asked.ask, asked.deputy_for, asked.position) == (own.alert, True, "Ann", "contact")
    assert play.admin_topics() == []  # nobody failed


@pytest.mark.parametrize("when", ["2026-12-05T02:03", "2026-12-05T02:08"])
def test_who_has_answered_is_left_in_peace_and_so_is_the_deputy(play: Play, when: str) -> None:
    play.go(when)
    before = to(play, "ann")
    play.acknowledge("incident-information@fire/town-a", "ann")
    play.go("2026-12-05T02:40")
    assert (to(play, "ann"), to(play, "ben")) == (before, [])


def test_an_answer_of_another_counts_where_one_is_enough(play: Play) -> None:
    play.go("2026-12-05T02:03")
    play.acknowledge("incident-information@fire/town-a", "han")
    play.go("2026-12-05T02:40")
    assert (to(play, "ann"), to(play, "ben")) == (["telegram"], [])


def test_what_was_handed_in_asks_nobody_over_another_way(play: Play) -> None:
    play.go("2026-12-05T02:03")
    play.done("incident-information@fire/town-a", "2026-12-05T02:03")
    play.go("2026-12-05T02:40")
    assert "email" not in to(play, "ann")
    assert to(play, "ben") == []


def test_who_is_only_informed_is_told_once(play: Play) -> None:
    play.go("2026-12-05T04:40")  # the second step informs the leader
    assert to(play, "cai") == ["telegram"]


def test_without_a_wait_a_channel_serves_only_where_others_fail(begin) -> None:
    play = begin(START, urgent_register(), **{**live_channels(), "urgent_order": plain("telegram", "email")})
    play.report("incident", "fire", published=START)
    play.go("2026-12-05T02:30")
    assert to(play, "ann") == ["telegram"]
    assert not play.all(tables.failures)


def test_a_person_is_an_exception_to_the_order_of_everybody(begin) -> None:
    own = (Way("email"), Way("telegram", TEN))
    register = urgent_register(urgent_channels=own)
    play = begin(START, register, **{**live_channels(), "urgent_order": URGENT})
    play.report("incident", "fire", published=START)
    play.go("2026-12-05T02:16")
    assert (to(play, "ann"), to(play, "ben")) == (["email", "telegram"], [])


def test_an_order_for_what_is_urgent_is_not_for_the_rest(begin) -> None:
    play = begin(START, tiny_register(), **{**live_channels(), "urgent_order": URGENT})
    play.report("incident", "fire", published=START)
    play.go("2026-12-05T02:09")
    assert to(play, "ann") == ["telegram"]


def test_a_repeat_does_not_begin_the_ways_anew(begin) -> None:
    register = urgent_register()
    policy = register.policies["hour-clock"]
    again = replace(HOUR_CLOCK.steps[0], urgent=True)  # every ten minutes, three times
    policies = {**register.policies, "hour-clock": replace(policy, steps=(again, *policy.steps[1:]))}
    play = begin(START, replace(register, policies=policies), **{**live_channels(), "urgent_order": URGENT})
    play.report("incident", "fire", published=START)
    play.go("2026-12-05T02:34")
    assert sorted(to(play, "ann")) == ["email"] + 4 * ["telegram"]
    assert {notice.person for notice in play.all(tables.notices)} >= {"ann", "ben"}
    assert len([notice for notice in play.all(tables.notices) if notice.person == "ben"]) == 1


def test_a_way_without_an_address_that_serves_is_passed_over(play: Play) -> None:
    play.go("2026-12-05T02:03")
    play.store.transact(lambda tx: addresses.block(tx, "email", "ann@example.org", "gone", play.now))
    play.go("2026-12-05T02:06")
    assert (to(play, "ann"), to(play, "ben")) == (["telegram"], ["telegram"])


def test_a_deputy_who_is_away_is_stood_in_for_and_nobody_is_told_twice(begin) -> None:
    register = urgent_register(deputy="han")  # on duty, and told by the same step
    play = begin(START, register, **{**live_channels(), "urgent_order": (Way("telegram"), Way(DEPUTY, FIVE))})
    play.report("incident", "fire", published=START)
    play.go("2026-12-05T02:30")
    assert to(play, "han") == ["telegram"]


def test_urgent_a_channel_that_fails_gives_way_within_seconds(play: Play) -> None:
    def fails(parcel: Any) -> Outcome:
        lost = parcel.row.person == "ann" and parcel.row.channel == "telegram"
        return Outcome(Result.RETRY, "500", "server error") if lost else ACCEPTED

    play.go("2026-12-05T02:01", fails)
    assert to(play, "ann") == ["telegram", "email"]
    assert to(play, "ben") == []


def test_a_day_clock_waits_for_the_office(begin) -> None:
    register = with_person(
        tiny_register(), "ann", channels=(Way("telegram"), Way("email", Duration(1, TimeUnit.WORKING_DAY)))
    )
    play = begin("2026-12-16T08:00", register, **live_channels())
    play.plan()
    play.go("2026-12-17T08:00")
    first = [row for row in play.deliveries_to("ann") if row.template == "message"]
    assert [row.channel for row in first] == ["telegram"]
    play.go("2026-12-17T18:00")
    assert [row.channel for row in play.deliveries_to("ann")] == ["telegram", "email"]


def test_a_restart_loses_no_wait(play: Play) -> None:
    play.go("2026-12-05T02:03")
    waits = {row.delivery: row.code for row in play.all(tables.failures)}
    assert set(waits.values()) == {"silent"}
    again = Play(play.store, play.world, "2026-12-05T02:20")
    again.go("2026-12-05T02:20")
    assert to(again, "ann") == ["telegram", "email"]
