"""A row that cannot be read hides no other from what compares, counts and moves many."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from alertd.core.model import Measure
from alertd.engine.deadlines import sample
from alertd.engine.deadlines.figures import Figures
from alertd.engine.deadlines.judging import judge
from alertd.engine.planning import plan as planning
from alertd.store import settings, tables
from alertd.store.types import Unreadable
from tests.support.play import Play
from tests.support.register import at, obligation, only, tiny_register, world
from tests.support.spoiling import FIRE, FLOOD, put, readable, spoil, told, two_incidents

MINUTES, HOUR = timedelta(minutes=5), timedelta(hours=1)


@pytest.fixture
def play(begin: Callable[..., Play]) -> Play:
    return two_incidents(begin)


def test_a_changed_policy_looks_anew_at_the_others(play: Play) -> None:
    with play.store.write() as tx:
        tx.execute(update(tables.deadlines).values(next_action_at=None))
    policy = play.row(FIRE).policy
    before = spoil(play, "deadlines", "last_day", FIRE)
    assert play.do(planning.retime, play.world, [policy]) == 1
    assert [each[:2] for each in told(play)] == [("retime", FIRE)]
    put(play, "deadlines", "last_day", FIRE, before)
    assert play.row(FIRE).next_action_at == play.now + MINUTES


@pytest.mark.parametrize("at_once", [1, 200])
@pytest.mark.parametrize("place", [0, 1])
def test_recounting_moves_the_other_and_goes_past_it(
    play: Play, monkeypatch: pytest.MonkeyPatch, at_once: int, place: int
) -> None:
    monkeypatch.setattr(planning, "_AT_ONCE", at_once)
    due = play.row(FLOOD).due
    with play.store.write() as tx:
        tx.execute(update(tables.deadlines).values(due=due + HOUR))
        settings.put(tx, settings.RECOUNT, {"after": 0, "by": "clerk", "reason": "test"})
    names = [FIRE, FLOOD]  # as they were stored
    spoiled = names.pop(place)
    spoil(play, "deadlines", "last_day", spoiled)
    while play.do(planning.recount_some):
        pass
    assert [each[:2] for each in told(play)] == [("move", spoiled)]
    assert play.row(names[0]).due == due


@pytest.mark.parametrize(("table", "column"), [("events", "instants"), ("deadlines", "last_day")])
def test_the_plan_compares_the_other_started_clocks(play: Play, table: str, column: str) -> None:
    due = play.row(FLOOD).due
    with play.store.write() as tx:
        tx.execute(update(tables.deadlines).values(due=due + HOUR))
    key = play.row(FIRE).event_id if table == "events" else FIRE
    spoil(play, table, column, key, "{broken")
    plan = play.do(planning.make_plan)
    assert [(each.name, each.detail.split()[1]) for each in plan.slips] == [(FIRE, f"{table}.{column}")]
    assert [move.row.id for move in plan.moved] == [FLOOD]


def test_the_plan_moves_the_other_parties_of_a_duty_and_opens_nothing_twice(
    begin: Callable[..., Play],
) -> None:
    play = begin("2026-12-01T10:00", only(tiny_register(), "yearly-report"))
    play.plan()
    first, second = [row.id for row in play.all(tables.deadlines)][:2]
    with play.store.write() as tx:
        tx.execute(update(tables.deadlines).values(office_due=play.now))
    count = len(play.all(tables.deadlines))
    spoil(play, "deadlines", "last_day", first)
    plan = play.plan()
    assert (len(plan.opened), [each.name for each in plan.slips]) == (0, [first])
    assert ("plan", first) in [each[:2] for each in told(play)]
    assert second in {move.row.id for move in plan.moved}
    put(play, "deadlines", "last_day", first, "2026-12-30")
    assert len(play.all(tables.deadlines)) == count
    assert [move.row.id for move in play.plan().moved] == [first]


def test_what_vanished_from_the_files_is_withdrawn_but_for_it(begin: Callable[..., Play]) -> None:
    play = begin("2026-12-01T10:00", only(tiny_register(), "yearly-report"))
    play.plan()
    with play.store.write() as tx:
        tx.execute(update(tables.deadlines).values(obligation="long-gone"))
    first = play.all(tables.deadlines)[0].id
    spoil(play, "deadlines", "last_day", first)
    plan = play.do(planning.make_plan)
    assert first in [each.name for each in plan.slips]
    assert first not in [row.id for row in plan.vanished]
    assert plan.vanished


def test_the_sample_of_limits_counts_the_others(play: Play) -> None:
    due = play.row(FLOOD).due
    with play.store.write() as tx:
        tx.execute(update(tables.deadlines).values(due=due + HOUR))
    spoil(play, "events", "instants", play.row(FIRE).event_id, "{broken")
    with play.store.read() as tx:
        found, slips = sample.differing_limits(play.scope(tx), seed=1)
    assert [each.row.id for each in found] == [FLOOD]
    assert [each.name for each in slips] == [FIRE]


def test_the_roll_of_all_units_leaves_and_counts_it_by_what_can_be_read(begin: Callable[..., Play]) -> None:
    play = begin("2026-12-01T10:00", only(tiny_register(), "yearly-report"))
    play.plan()
    play.go("2026-12-23T08:00")
    closed = play.all(tables.deadlines)[1]
    put(
        play, "deadlines", "next_action_at", closed.id, None
    )  # it speaks no more, and is counted all the same
    spoil(play, "deadlines", "last_day", closed.id)
    play.go("2026-12-23T12:00")
    (message,) = [row for row in readable(play, tables.deliveries) if row.person == "gao"]
    assert message.state == "accepted"
    assert "town-b" in message.body


def counting_city(begin: Callable[..., Play]) -> Play:
    """Each town has a monthly report, and a rate that is counted from its reports."""
    month = obligation("month", "monthly by 20", "yearly", "group:every-town")
    share = Measure("cases", of="month", percent=100, pace="none")
    rate = obligation("rate", "yearly by 12-31", "yearly", "group:every-town", measure=share)
    play = begin("2026-12-01T10:00", tiny_register(obligations={each.id: each for each in (month, rate)}))
    play.plan()
    return play


def test_a_ratio_stands_for_those_who_do_not_count_what_cannot_be_read(begin: Callable[..., Play]) -> None:
    play = counting_city(begin)
    rows = {row.id: row for row in play.all(tables.deadlines)}
    spoil(play, "deadlines", "last_day", "month@2026-12/town-a")
    with play.store.read() as tx:
        counts = Figures(play.scope(tx))
        assert counts.fraction(rows["rate@2026/town-b"]) is not None
        with pytest.raises(Unreadable, match=r"deadlines\.last_day"):
            counts.fraction(rows["rate@2026/town-a"])


def test_ratios_are_judged_but_for_the_row_that_cannot_be_read(begin: Callable[..., Play]) -> None:
    play = counting_city(begin)
    play.done("month@2026-12/town-a")
    play.done("month@2026-12/town-b")
    before = spoil(play, "deadlines", "last_day", "rate@2026/town-a")
    play.now = at("2027-01-01T10:00")
    assert play.do(judge) == ("rate@2026/town-b",)
    assert [each[:2] for each in told(play)] == [("judge", "rate@2026/town-a")]
    put(play, "deadlines", "last_day", "rate@2026/town-a", before)
    assert play.do(judge) == ("rate@2026/town-a",)


def test_what_is_left_of_an_ended_duty_is_carried_over_but_for_it(begin: Callable[..., Play]) -> None:
    play = begin("2026-12-01T10:00", only(tiny_register(), "yearly-report"))
    play.plan()
    duty = replace(play.world.register.obligations["yearly-report"], valid_to=date(2026, 12, 31))
    register = replace(play.world.register, obligations={duty.id: duty})
    play.world = world(register)
    play.now = at("2027-02-01T10:00")
    first, second = "yearly-report@2026/town-a", "yearly-report@2026/town-b"
    before = spoil(play, "deadlines", "last_day", first)
    play.do(planning.carry_over)
    assert play.row(second).carried_from
    assert ("carry", first) in [each[:2] for each in told(play)]
    put(play, "deadlines", "last_day", first, before)
    play.do(planning.carry_over)
    assert play.row(first).carried_from
