"""What waits to be said or decided is looked at anew before it counts, on both databases."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from alertd.engine.operations import more_time
from alertd.engine.planning.plan import apply_plan, make_plan
from alertd.engine.ruling.scope import Actor
from alertd.store import chains, outbox, tables
from alertd.store.database import Store
from tests.support.play import Play
from tests.support.register import at, only, tiny_register, with_obligation, world

REPORTS = only(tiny_register(), "yearly-report")
TOWN = "yearly-report@2026/town-a"


def reports(store: Store) -> Play:
    play = Play(store, world(REPORTS), "2026-12-01T10:00")
    play.plan()
    return play


def move(play: Play, rule: str) -> None:
    play.world = world(with_obligation(REPORTS, "yearly-report", rule=rule))
    play.do(apply_plan, play.do(make_plan), "saved file")


def test_a_request_climbs_and_both_sides_hear_when_its_limit_passes(store: Store) -> None:
    play = reports(store)
    play.go("2026-12-28T10:00")
    number = play.row(TOWN).number
    play.do(more_time.ask_extension, number, date(2027, 1, 8), "flood", Actor("ann"))
    heard = play.go("2026-12-31T09:00")
    asked = [(when, who) for when, who, steps in heard if "requested" in steps]
    assert asked[0] == ("12-28T10:00", "cai")
    assert "dan" in {who for _, who in asked}
    assert {who for _, who, steps in heard if "undecided" in steps} == {"ann", "cai", "dan"}
    play.do(more_time.grant_extension, number, Actor("dan"))
    with store.read() as tx:
        (request,) = tx.execute(select(tables.requests)).fetchall()
        assert chains.verify(tx) == []
    assert (request.decision, request.next_at) == ("granted", None)
    assert request.asked == ("leader-in-charge", "principal")


def test_a_limit_that_comes_nearer_brings_forward_when_an_undecided_request_is_looked_at(
    store: Store,
) -> None:
    play = reports(store)
    play.go("2026-12-10T10:00")
    number = play.row(TOWN).number
    play.do(more_time.ask_extension, number, date(2027, 1, 8), "flood", Actor("ann"))
    move(play, "yearly by 12-11")
    with store.read() as tx:
        (request,) = tx.execute(select(tables.requests)).fetchall()
    assert request.next_at == at("2026-12-12")


def test_a_move_that_waits_says_the_limit_as_it_is_when_it_leaves_or_nothing(store: Store) -> None:
    play = reports(store)
    play.go("2026-12-16T20:00")
    move(play, "yearly by 12-29")
    play.fire()
    with store.write() as tx:
        assert len(outbox.unsent(tx, play.row(TOWN).number)) == 1
    move(play, "yearly by 12-30")
    play.fire()
    assert play.go("2026-12-17T12:00") == []
    moved = [row for row in play.all(tables.deliveries) if row.state == "dropped"]
    assert {row.person for row in moved} == {"ann", "eve"}
