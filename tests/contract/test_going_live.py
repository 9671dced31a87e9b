"""From drills to real messages and back, on both databases: nobody who owes anything is left with a drill."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from alertd.core.ways import plain
from alertd.engine.firing.afresh import decide_afresh
from alertd.engine.operations import more_time, moving
from alertd.engine.operations.going_live import GoLive, Live, Rehearsal, go_live, rehearsal
from alertd.engine.ruling.scope import Actor
from alertd.engine.ruling.world import Mode, World
from alertd.engine.sending.delivering import Attempt, follow_failures, record
from alertd.store import audit, drills, tables
from alertd.store.database import Store
from alertd.transports.base import Outcome, Result
from tests.support.play import Play
from tests.support.register import at, live_channels, only, tiny_register, world

SATURDAY, SUNDAY, MONDAY = "2026-12-19T22:00", "2026-12-20T12:00", "2026-12-21T08:30"


def rehearsing(*names: str) -> World:
    """A node with mail and Telegram that has not gone live; all of its addresses are its own."""
    register = only(tiny_register(), *names) if names else tiny_register()
    people = {
        name: replace(person, email=f"{name}@city.test", channels=plain("email"))
        for name, person in register.people.items()
    }
    found = world(replace(register, people=people), **live_channels(), admin_to=("admin@city.test",))
    return replace(found, live=False, mode=Mode.REHEARSAL)


def real(of: World) -> World:
    return replace(of, live=True, mode=Mode.LIVE)


def messages(play: Play) -> list[Any]:
    return [row for row in play.all(tables.deliveries) if row.template == "message"]


def left(play: Play, drill: bool) -> list[tuple[str, str]]:
    return sorted((row.person, row.channel) for row in messages(play) if row.sent_at and row.drill == drill)


def live(play: Play, now: str) -> Live:
    play.go(now)
    done: Live = play.do(go_live, GoLive(1))
    play.world = real(play.world)
    return done


@pytest.fixture
def reports(store: Store) -> Play:
    """Two towns owe a report by 30 December; the program is first started when it is late to remind them."""
    play = Play(store, rehearsing("yearly-report"), SATURDAY)
    play.plan()
    return play


def test_a_drill_that_waits_for_monday_is_dropped_and_said_for_real(reports: Play) -> None:
    reports.go(SATURDAY)
    assert {(row.state, row.drill) for row in messages(reports)} == {("waiting", True)}
    live(reports, SUNDAY)
    heard = [each for each in reports.go(MONDAY) if each[1] != "admin"]
    assert heard == [("12-21T08:30", "ann", ("near",)), ("12-21T08:30", "eve", ("near",))]
    assert left(reports, drill=True) == []
    assert {row.state for row in messages(reports) if row.drill} == {"dropped"}


def test_what_left_as_a_drill_stays_one_and_is_said_once_more_for_real(reports: Play) -> None:
    reports.go("2026-12-23T12:00")  # two reminders, both as drills
    rehearsed = left(reports, drill=True)
    assert rehearsed
    live(reports, "2026-12-24T10:00")
    heard = reports.go("2026-12-24T10:01")
    assert {person for _, person, _ in heard} == {"admin"} | {person for person, _ in rehearsed}
    assert left(reports, drill=True) == rehearsed
    merged = [row for row in reports.all(tables.alerts) if row.merged]
    assert {(row.step, row.merged) for row in merged} == {("nearer", ("near",))}


def test_going_live_twice_says_nothing_twice(reports: Play) -> None:
    reports.go("2026-12-23T12:00")
    assert live(reports, "2026-12-24T10:00").changed
    reports.go("2026-12-24T10:00")
    before = left(reports, drill=False)
    assert not reports.do(go_live, GoLive(1)).changed
    reports.go("2026-12-24T11:00")
    assert left(reports, drill=False) == before


def test_what_is_closed_is_not_brought_up_again(reports: Play) -> None:
    reports.go("2026-12-23T12:00")
    reports.done("yearly-report@2026/town-a")
    live(reports, "2026-12-24T10:00")
    reports.go("2026-12-24T10:00")
    about = {row.deadline for row in reports.all(tables.alerts) if row.kind == "step"}
    real_ones = {row.id for row in messages(reports) if not row.drill}
    carried = {row.notice for row in reports.all(tables.delivery_notices) if row.delivery in real_ones}
    told = {row.deadline for row in reports.all(tables.notices) if row.id in carried}
    assert told == about - {reports.row("yearly-report@2026/town-a").number}


def test_a_clock_of_five_hours_that_runs_meanwhile_is_said_at_once(store: Store) -> None:
    """The incident is reported while rehearsing, and messages become real while its five hours run."""
    play = Play(store, rehearsing(), "2026-12-05T02:00")
    play.report("incident", "fire", published="2026-12-05T02:00")
    play.go("2026-12-05T04:40")
    rehearsed = {person for person, _ in left(play, drill=True)}
    live(play, "2026-12-05T04:40")
    play.go("2026-12-05T04:40")
    assert {person for person, _ in left(play, drill=False)} == rehearsed
    repeats = [row for row in play.all(tables.notices) if row.next_at is not None]
    drilled = {row.id for row in messages(play) if row.drill}
    links = play.all(tables.delivery_notices)
    assert not {each.id for each in repeats} & {row.notice for row in links if row.delivery in drilled}


def test_a_drill_that_was_acknowledged_is_not_said_again_beside_what_is_real(store: Store) -> None:
    """The acknowledgement's rest ends an hour later; its repeat would be a second message about one step."""
    play = Play(store, rehearsing(), "2026-12-05T02:00")
    play.report("incident", "fire", published="2026-12-05T02:00")
    play.go("2026-12-05T04:40")
    drilled = {row.id for row in play.all(tables.notices)}
    asked = sorted({row.person for row in play.all(tables.notices) if row.ask})
    (case,) = {row.id for row in play.all(tables.deadlines)}
    for person in asked:
        play.acknowledge(case, person)
    live(play, "2026-12-05T04:41")
    play.go("2026-12-05T06:59")
    sent = {row.id for row in messages(play) if not row.drill}
    assert sent
    carried = {row.notice for row in play.all(tables.delivery_notices) if row.delivery in sent}
    assert not carried & drilled


def test_a_unit_that_was_given_a_duty_in_a_drill_is_asked_for_real_and_once(reports: Play) -> None:
    """No step of a policy says so, and the next one may be months away."""
    reports.now = at("2026-12-01T10:00")
    number = reports.row("yearly-report@2026/town-a").number
    for unit in ("town-b", "town-a", "town-b"):
        reports.do(moving.reassign, number, unit, "theirs")
        reports.go("2026-12-01T10:00")
    live(reports, "2026-12-02T10:00")
    heard = [each for each in reports.go("2026-12-02T10:00") if each[1] != "admin"]
    assert [(person, steps) for _, person, steps in heard if "assigned" in steps] == [
        ("eve", ("assigned",)),
        ("fay", ("assigned",)),
    ]
    assert [each for each in reports.go("2026-12-03T10:00") if each[1] != "admin"] == []


def test_what_is_decided_while_rehearsing_again_becomes_real_with_the_mode(reports: Play) -> None:
    live(reports, SUNDAY)
    reports.go(MONDAY)
    reports.world = replace(reports.world, mode=Mode.REHEARSAL)
    reports.go("2026-12-23T12:00")  # the second reminder is a drill
    assert left(reports, drill=True)
    since = reports.do(lambda scope: drills.since(scope.tx))
    reports.world = real(reports.world)
    made = reports.do(decide_afresh, since)
    assert made.deadlines == 2
    heard = reports.go("2026-12-23T12:00")
    assert {steps for _, _, steps in heard} == {("nearer",)}
    assert reports.do(lambda scope: drills.since(scope.tx)) is None
    assert reports.do(lambda scope: rehearsal(scope.tx)) == Rehearsal(0, 0, None)


def test_drills_that_a_store_on_hold_kept_do_not_leave_afterwards(reports: Play) -> None:
    reports.world = replace(reports.world, mode=Mode.HOLD)
    reports.go("2026-12-23T12:00")
    assert {row.state for row in messages(reports)} == {"waiting"}
    live(reports, "2026-12-24T10:00")
    reports.go("2026-12-24T10:00")
    assert left(reports, drill=True) == []
    assert left(reports, drill=False)


def test_redirected_messages_that_wait_do_not_reach_the_one_address_once_it_is_live(reports: Play) -> None:
    reports.world = replace(reports.world, mode=Mode.REDIRECT, redirect_to="trial@city.test")
    reports.go(SATURDAY)
    assert {row.address for row in messages(reports)} == {"trial@city.test"}
    live(reports, SUNDAY)
    reports.go(MONDAY)
    assert {row.address for row in messages(reports) if row.sent_at} == {"ann@city.test", "eve@city.test"}


def test_a_question_that_was_rehearsed_is_asked_for_real(store: Store) -> None:
    play = Play(store, rehearsing("yearly-report"), "2026-12-17T10:00")
    play.plan()
    number = play.row("yearly-report@2026/town-a").number
    play.do(more_time.ask_extension, number, date(2027, 1, 15), "more is needed", actor=Actor("ann"))
    play.go("2026-12-17T11:00")
    live(play, "2026-12-18T10:00")
    heard = play.go("2026-12-18T10:00")
    assert ("12-18T10:00", "cai", ("requested",)) in heard
    assert ("12-21T10:00", "cai", ("requested",)) in play.go("2026-12-21T10:00")


def test_what_is_real_never_goes_its_next_way_as_a_drill(reports: Play) -> None:
    live(reports, SUNDAY)
    reports.now = reports.now.replace(day=21, hour=9)
    parcels = [parcel for channel in reports.world.transports for parcel in reports.lease(channel)]
    assert parcels
    reports.world = replace(reports.world, mode=Mode.REHEARSAL)  # while the attempts are under way
    refused = Outcome(Result.REFUSED, "550", "no such user")
    reports.do(record, [Attempt(parcel, refused, 0.1) for parcel in parcels])
    reports.do(follow_failures, 100)
    assert not [row for row in messages(reports) if row.drill and row.state != "dropped"]
    reports.world = real(reports.world)
    reports.now = reports.now.replace(hour=10)
    reports.do(follow_failures, 100)
    assert [row for row in messages(reports) if not row.drill and row.state == "waiting"]


def test_it_is_on_record_what_was_decided_afresh(reports: Play) -> None:
    reports.go(SATURDAY)
    live(reports, SUNDAY)
    with reports.store.read() as tx:
        register = [row.action for row in audit.of_deadline(tx, audit.REGISTER)]
        entries = audit.of_deadline(tx, reports.row("yearly-report@2026/town-a").number)
    assert register[-2:] == ["went-live", "decided-afresh"]
    assert [row.action for row in entries if row.action != "opened"][-2:] == ["afresh", "alert"]
    assert Actor("clerk").name in {row.actor for row in entries}
